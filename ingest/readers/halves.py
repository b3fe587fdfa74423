"""The pages of one long file, read by two processes at once.

``read_in_two`` is the one, ``python -m ingest.readers.halves`` the other, which sends its pages
as they are read and ends when the first does.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.child import replies_only, start
from ingest.errors import DamagedFileError, IngestError
from ingest.grid import Page

ReadPages = Callable[[Path, int, int], Iterator[Page]]
"""The pages of a file from one to another, both counted from 1 and both included."""

_LOOK_SECONDS = 0.2
"""How often the progress of the other process is looked at."""


def read_in_two(
    path: Path, total: int, read_pages: ReadPages, progress: Callable[[int, int], None]
) -> list[Page]:
    """All pages, in order. Raises what reading them one after the other would raise."""
    middle = total // 2
    with _Helper(path, middle + 1, total) as helper:
        pages = []
        for page in read_pages(path, 1, middle):
            pages.append(page)
            progress(len(pages) + len(helper.pages), total)
        while not helper.is_done(_LOOK_SECONDS):
            progress(middle + len(helper.pages), total)
        pages += helper.result()
    progress(total, total)
    return pages


class _Helper:
    """The other process, listened to by a thread."""

    def __init__(self, path: Path, first: int, last: int) -> None:
        self.pages: list[Page] = []
        """Those read so far."""
        self._name, self._first, self._last = path.name, first, last
        self._failure: Exception | None = None
        self._process = start(__name__, str(path), str(first), str(last))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def is_done(self, wait_seconds: float) -> bool:
        self._thread.join(wait_seconds)
        return not self._thread.is_alive()

    def result(self) -> list[Page]:
        if self._failure is not None:
            raise self._failure
        return self.pages

    def _listen(self) -> None:
        try:
            while self._first + len(self.pages) <= self._last:
                found = pickle.load(self._process.stdout)  # type: ignore[arg-type]
                if isinstance(found, Exception):
                    raise found
                self.pages.append(found)
        except (EOFError, pickle.UnpicklingError):
            self._failure = DamagedFileError(
                f"{self._name} made the reader of its page {self._first + len(self.pages)} end; "
                "it may be damaged: save it as a new PDF"
            )
        except Exception as error:
            self._failure = error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in filter(None, (self._process.stdin, self._process.stdout)):
            pipe.close()


def main() -> None:
    from ingest.readers.pdf import read_pages

    threading.Thread(target=_end_with_the_other, daemon=True).start()
    replies = replies_only()
    path, first, last = sys.argv[1:]
    try:
        for page in read_pages(Path(path), int(first), int(last)):
            pickle.dump(page, replies, pickle.HIGHEST_PROTOCOL)
            replies.flush()
    except (IngestError, MemoryError) as error:
        pickle.dump(error, replies)
    except Exception as error:
        pickle.dump(RuntimeError(f"{type(error).__name__}: {error}"), replies)
    replies.flush()


def _end_with_the_other() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()

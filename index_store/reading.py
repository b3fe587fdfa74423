"""Reading a file in a process of its own, so that a hostile one cannot take ours down.

``Reader`` is this side; ``python -m ingest.child`` is the other. A reader process is kept for
the next file and is killed when one takes too long.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

from index_store.settings import Settings
from ingest.child import end, start
from ingest.detect import MAX_PAGES
from ingest.errors import DamagedFileError, FileTooLargeError, IngestError
from ingest.model import Document

SECONDS_A_PAGE = 20
"""What each page read adds to the time that its file may take: text recognition is slow."""

OnPage = Callable[[int, int], None]
"""Called with the pages read so far and the number of pages."""

Read = Callable[..., Document]
"""``ingest.read_document``, or a function of a module with the same parameters."""

Message = (
    tuple[Literal["page"], tuple[int, int]]
    | tuple[Literal["document"], Document]
    | tuple[Literal["failed"], tuple[str, str]]
)


_KINDS = {kind.__name__: kind for kind in IngestError.__subclasses__()}


class Reader:
    """Reads files one after the other, each within the settings' limits on time and memory."""

    def __init__(self, settings: Settings, read: Read) -> None:
        self._settings = settings
        self._read = read
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path, on_page: OnPage) -> Document:
        """Raises IngestError when the file cannot be read, also when reading it crashed."""
        process = self._process = self._running()
        watchdog = _Watchdog(process, self._settings.read_seconds)

        def on_page_in_time(page: int, pages: int) -> None:
            if pages > self._settings.read_pages:
                self.close()
                raise FileTooLargeError(
                    f"{path.name} has {pages:,} pages, the limit is {self._settings.read_pages:,}; "
                    "split it, or raise BUDGET_QA_READ_PAGES"
                )
            watchdog.put_off(page)
            on_page(page, pages)

        try:
            return self._converse(process, path, on_page_in_time)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self.close()
            raise self._why_it_ended(path, process, watchdog.is_late) from error
        finally:
            watchdog.stop()

    def close(self) -> None:
        """End the process, whatever it is doing; any thread may."""
        process, self._process = self._process, None
        if process is not None:
            end(process)
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(OSError):  # what was left to send to a dead process
                    pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        limits = self._settings.read_memory_mb, self._settings.read_seconds + SECONDS_A_PAGE
        return start("ingest.child", *map(str, limits), leads_group=True)

    def _converse(self, process: subprocess.Popen[bytes], path: Path, on_page: OnPage) -> Document:
        requests, replies = process.stdin, process.stdout
        if requests is None or replies is None:
            raise EOFError("the reader has no pipes")
        try:
            pickle.dump((self._read, path), requests)
            requests.flush()
        except ValueError as error:  # closed meanwhile
            raise EOFError("the reader was ended") from error
        while True:
            message = _received(replies)
            if message[0] == "page":
                on_page(*message[1])
            elif message[0] == "document":
                return message[1]
            else:
                kind, text = message[1]
                raise _KINDS.get(kind, IngestError)(text)

    def _why_it_ended(self, path: Path, process: subprocess.Popen[bytes], is_late: bool) -> IngestError:
        if is_late:
            return FileTooLargeError(
                f"{path.name} took longer than {self._settings.read_seconds} s to read and was given up; "
                "split it, or raise BUDGET_QA_READ_SECONDS"
            )
        return DamagedFileError(
            f"{path.name} made the reader end (exit status {process.returncode}); it may be damaged, or need "
            f"more than {self._settings.read_memory_mb} MB (BUDGET_QA_READ_MEMORY_MB): save it as a new PDF"
        )


class _Watchdog:
    """Kills a process that is not done by its deadline, which each page read puts off."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.is_late = False
        """Whether it was killed."""
        self._process = process
        self._deadline = time.monotonic() + seconds
        self._pages = 0
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def put_off(self, page: int) -> None:
        """That page is read."""
        page = min(page, MAX_PAGES)
        if page > self._pages:
            self._deadline += (page - self._pages) * SECONDS_A_PAGE
            self._pages = page

    def stop(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        while (left := self._deadline - time.monotonic()) > 0:
            if self._over.wait(left):
                return
        self.is_late = True
        end(self._process)


def _received(replies: IO[bytes]) -> Message:
    """The next message. Raises UnpicklingError for anything else: a hostile file may have made it."""
    try:
        message: Any = _Unpickler(replies).load()
    except (EOFError, OSError, pickle.UnpicklingError):
        raise
    except Exception as error:
        raise pickle.UnpicklingError(f"no message of ours ({error!r})") from error
    match message:
        case ("page", (int(), int())) | ("document", Document()) | ("failed", (str(), str())):
            known: Message = message
            return known
    raise pickle.UnpicklingError("no message of ours")


class _Unpickler(pickle.Unpickler):
    """Loads our own values and nothing else: what comes back was made from a hostile file."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "ingest.model" or (module, name) == ("decimal", "Decimal"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a document")

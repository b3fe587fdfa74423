"""Files that a visitor has added, while they are being read: how far each is, and a way to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from faces.desk import LocalDesk
from faces.reading import Reading
from faces.uploads import taken
from index_store.intake import Progress
from ingest.errors import BudgetQAError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far one file is."""

    name: str
    state: Literal["waiting", "reading", "storing"] = "waiting"
    page_number: int | None = None
    """Pages read so far; None where the format has none, or before the first."""
    page_count: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a batch is at one moment."""

    files: tuple[FileProgress, ...]
    last: Progress | None
    """What was told last; None while another batch is being read."""
    stopping: bool


class Batch:
    """Uploaded files on their way into the store, read by a thread of their own."""

    def __init__(self, desk: LocalDesk, reading: Reading, uploaded: Sequence[str]) -> None:
        self.outcomes: list[dict[str, Any]] = []
        """A verdict for each file, once it is over."""
        self.failure: str | None = None
        """Why the batch as a whole broke off, for people."""
        self._files = [FileProgress(Path(file).name) for file in dict.fromkeys(uploaded)]
        self._last: Progress | None = None
        self._stop = threading.Event()
        self._over = threading.Event()
        # No daemon: what has been read is stored even when the server is told to stop meanwhile.
        threading.Thread(target=self._work, args=(desk, reading, list(uploaded))).start()

    def stop(self) -> None:
        """Drop what is being read; what has been read stays."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, at the latest after so many seconds."""
        return self._over.wait(seconds)

    def snapshot(self) -> Snapshot:
        return Snapshot(tuple(self._files), self._last, self._stop.is_set())

    def _work(self, desk: LocalDesk, reading: Reading, uploaded: Sequence[str]) -> None:
        try:
            with taken(uploaded) as paths:
                self.outcomes = reading.read(desk, paths, self._note, self._stop)
        except BudgetQAError as error:
            self.failure = str(error)
        except Exception:  # its text is for the log: it may tell of the machine
            _log.exception("a batch of files broke off")
            self.failure = ""
        finally:
            self._over.set()

    def _note(self, step: Progress) -> None:
        self._last = step
        if step.file_number is None or step.phase == "embedding":
            return
        file = self._files[step.file_number - 1]
        page, pages = step.page_number or file.page_number, step.page_count or file.page_count
        self._files[step.file_number - 1] = replace(
            file, state=step.phase, page_number=page, page_count=pages
        )

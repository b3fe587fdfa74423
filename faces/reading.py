"""Reading files while people look at the page: one batch at a time, with a note of where it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from faces.desk import LocalDesk
from index_store.intake import Progress
from ingest.errors import BudgetQAError

_log = logging.getLogger(__name__)


class Reading:
    """The file that is being read just now, for the note under the title."""

    def __init__(self) -> None:
        self.file_name: str | None = None
        self._one_at_a_time = threading.Lock()

    def read(
        self,
        desk: LocalDesk,
        paths: Sequence[Path],
        report: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> list[dict[str, Any]]:
        """Read files and keep them, after whatever is being read already: one verdict a file.

        Once ``stop`` is set, what is being read is dropped.
        """

        def note(progress: Progress) -> None:
            self.file_name = progress.file_name
            if report:
                report(progress)

        with self._one_at_a_time:
            try:
                return desk.ingest(paths, note, stop)
            finally:
                self.file_name = None

    def catch_up(self, desk: LocalDesk, samples: Sequence[Path]) -> None:
        """While people look at the page: the samples into an empty store, and meanings not learnt yet."""
        try:
            if samples and not desk.store.documents():
                self.read(desk, samples)
            else:
                desk.store.embed_pending()
        except BudgetQAError as error:
            _log.warning("%s", error)

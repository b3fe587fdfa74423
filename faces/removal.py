"""Documents removed on the page, kept for a while so that it can be undone."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from faces.desk import DeskError, LocalDesk
from ingest.model import Document

UNDO_SECONDS = 10 * 60
MOST_KEPT = 20


@dataclass(frozen=True, slots=True)
class _Removed:
    document: Document
    source: Path | None
    """A copy of the file that it was read from."""


class Removals:
    """Removes documents, and puts them back exactly as they were, within ten minutes."""

    def __init__(self, desk: LocalDesk, seconds: float = UNDO_SECONDS) -> None:
        self._desk = desk
        self._seconds = seconds
        self._kept: OrderedDict[str, _Removed] = OrderedDict()
        self._folder = TemporaryDirectory(prefix="budget-qa-removed-")
        self._lock = threading.Lock()

    def remove(self, document_id: int) -> tuple[str, str]:
        """Remove it. Gives a token to undo it by, and the file's name.

        Raises UnknownDocumentError when it is not there, and StoreError when it cannot be removed.
        """
        store, token = self._desk.store, secrets.token_urlsafe(12)
        document, source = store.load(document_id), store.source_path(document_id)
        copy = Path(self._folder.name) / f"{token}{source.suffix}" if source else None
        if source and copy:
            shutil.copyfile(source, copy)
        with self._lock:
            self._kept[token] = _Removed(document, copy)
        try:
            store.remove(document_id)
        except BaseException:
            self._forget(token)
            raise
        self._forget_later(token)
        return token, document.file_name

    def undo(self, token: str) -> str:
        """Put the document back; gives its file's name.

        Raises DeskError when it is too late, or when another document has its name by now.
        """
        with self._lock:
            removed = self._kept.get(token)
        if removed is None:
            raise DeskError("it is too late to undo this: add the file again")
        name = removed.document.file_name
        if any(document.file_name == name for document in self._desk.store.documents()):
            raise DeskError(f"another document is called {name} by now: remove that one first")
        self._desk.store.add(removed.document, removed.source)
        self._forget(token)
        return name

    def _forget_later(self, token: str) -> None:
        timer = threading.Timer(self._seconds, self._forget, [token])
        timer.daemon = True
        timer.start()
        with self._lock:
            surplus = list(self._kept)[:-MOST_KEPT]
        for oldest in surplus:
            self._forget(oldest)

    def _forget(self, token: str) -> None:
        with self._lock:
            removed = self._kept.pop(token, None)
        if removed and removed.source:
            removed.source.unlink(missing_ok=True)

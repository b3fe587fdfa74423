"""One process owns a store: embedded Chroma is not safe under two.

The claim is a lock that the operating system frees when its holder dies, so a dead owner
never has to be found out; who holds it stands beside it, for messages and for forwarding.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from index_store.errors import StoreOwnedError

LOCK_NAME = "owner.lock"
OWNER_NAME = "owner.json"


class Ownership:
    """The claim on one store directory, held from ``__init__`` until ``release``."""

    def __init__(self, directory: Path) -> None:
        """Raises StoreOwnedError at once when another process (or another Store here) holds it."""
        self._owner_path = directory / OWNER_NAME
        self._lock = FileLock(directory / LOCK_NAME, blocking=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise StoreOwnedError(*_read_owner(self._owner_path)) from None
        self.set_address(None)

    def set_address(self, url: str | None, key: str | None = None) -> None:
        """Say where the owner listens, and to those who may read the store's files, the key to it."""
        draft = self._owner_path.with_suffix(".tmp")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"pid": os.getpid(), "address": url, "key": key}, file)
        draft.replace(self._owner_path)

    def release(self) -> None:
        self._owner_path.unlink(missing_ok=True)
        self._lock.release()


def _read_owner(path: Path) -> tuple[str | None, int | None, str | None]:
    """Address, pid and key as the owner tells them; None in the moment before it has, and for others."""
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return owner["address"], owner["pid"], owner["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return None, None, None

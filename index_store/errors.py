"""What can go wrong with a store (StoreError is a BudgetQAError), each with what to do about it."""

from __future__ import annotations

from ingest.errors import BudgetQAError


class StoreError(BudgetQAError):
    """The store cannot do what was asked; what it held before is still there."""


class StoreOwnedError(StoreError):
    """Another running process owns the store; it may listen at ``address``, where ``key`` opens."""

    def __init__(self, address: str | None, pid: int | None, key: str | None = None) -> None:
        self.address = address
        self.pid = pid
        self.key = key
        who = f"process {pid}" if pid else "another process"
        where = f" at {address}" if address else ""
        super().__init__(
            f"the store is in use by {who}{where}: send the request to it, or stop it and try again"
        )


class UnknownDocumentError(StoreError):
    """No document with that id is stored."""


class EmbedderError(StoreError):
    """The model of meanings that was asked for cannot be used."""


class EmbedderUnavailableError(EmbedderError):
    """The bundled model cannot load on this machine: work on words alone."""

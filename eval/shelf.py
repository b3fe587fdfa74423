"""Documents kept in memory, as the engine reads a store: where none has to be opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index_store import PassageHit, RowHit
from ingest.model import Document, Identity


@dataclass(frozen=True)
class Kept:
    id: int
    document: Document

    @property
    def sha256(self) -> str:
        return self.document.sha256

    @property
    def identity(self) -> Identity:
        return self.document.identity


class Shelf:
    """Documents numbered from 1. What is near in meaning is given, or nothing, as without a model."""

    def __init__(
        self,
        documents: Sequence[Document],
        passages: Sequence[PassageHit] = (),
        rows: Sequence[RowHit] = (),
    ) -> None:
        self._kept = [Kept(n, d) for n, d in enumerate(documents, 1)]
        self._passages = passages
        self._rows = rows

    def documents(self) -> Sequence[Kept]:
        return self._kept

    def load(self, document_id: int) -> Document:
        return self._kept[document_id - 1].document

    def search_passages(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> Sequence[PassageHit]:
        near = [h for h in self._passages if document_ids is None or h.document_id in document_ids]
        return near[:limit]

    def search_rows(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> Sequence[RowHit]:
        return [h for h in self._rows if document_ids is None or h.document_id in document_ids][:limit]

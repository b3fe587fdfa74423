"""Meanings by id: Chroma, embedded, behind LlamaIndex's vector-store interface.

Only ids and vectors are kept here. What an id stands for is in SQL, so a text that is
removed there is gone, and everything here can be made again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import chromadb
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore

Collection = Literal["rows", "passages"]
COLLECTIONS: tuple[Collection, ...] = ("rows", "passages")

_DELETE_SIZE = 1000


class Vectors:
    """The two collections of one directory. Not for two processes at once: see ownership."""

    def __init__(self, directory: Path) -> None:
        self._client = chromadb.PersistentClient(
            str(directory), settings=ChromaSettings(anonymized_telemetry=False)
        )
        self._stores: dict[Collection, ChromaVectorStore] = {}
        self._open_collections()

    def _open_collections(self) -> None:
        for name in COLLECTIONS:
            collection = self._client.get_or_create_collection(
                name,
                embedding_function=None,  # vectors are always given; Chroma's own model would be downloaded
                configuration={"hnsw": {"space": "cosine"}},
            )
            self._stores[name] = ChromaVectorStore(chroma_collection=collection)

    def add(self, collection: Collection, ids: Sequence[str], vectors: Sequence[list[float]]) -> None:
        """An id that is there already keeps the vector it has."""
        nodes: list[BaseNode] = [
            TextNode(id_=key, text="", embedding=vector) for key, vector in zip(ids, vectors, strict=True)
        ]
        self._stores[collection].add(nodes)

    def delete(self, collection: Collection, ids: Sequence[str]) -> None:
        """Ids that are not there are passed over."""
        for start in range(0, len(ids), _DELETE_SIZE):
            self._stores[collection].delete_nodes(list(ids[start : start + _DELETE_SIZE]))

    def ids(self, collection: Collection) -> set[str]:
        return set(self._stores[collection].client.get(include=[])["ids"])

    def count(self, collection: Collection) -> int:
        return int(self._stores[collection].client.count())

    def search(
        self, collection: Collection, vector: list[float], limit: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest ids, best first, with their cosine similarity (0 to 1)."""
        try:
            return self._nearest(collection, vector, limit, among)
        except ChromaError:
            if among is None:
                raise
        # One unknown id fails the whole query: here, one deleted since the caller looked it up.
        there = self._stores[collection].client.get(ids=list(among), include=[])["ids"]
        return self._nearest(collection, vector, limit, there)

    def _nearest(
        self, collection: Collection, vector: list[float], limit: int, among: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        if among is not None and not among:
            return []
        query = VectorStoreQuery(query_embedding=vector, similarity_top_k=limit)
        only = {} if among is None else {"ids": list(among)}
        found = self._stores[collection].query(query, **only)
        scores = (_cosine(similarity) for similarity in found.similarities or [])
        return list(zip(found.ids or [], scores, strict=True))

    def clear(self) -> None:
        for name in COLLECTIONS:
            self._client.delete_collection(name)
        self._open_collections()

    def close(self) -> None:
        self._client.close()


def _cosine(similarity: float) -> float:
    """LlamaIndex reports exp(-distance), Chroma's distance is 1 - cosine."""
    return min(1.0, max(0.0, 1.0 + math.log(similarity)))

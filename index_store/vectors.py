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
import numpy as np
from chromadb.config import Settings as ChromaSettings
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore
from numpy.typing import ArrayLike, NDArray

Collection = Literal["rows", "passages"]
COLLECTIONS: tuple[Collection, ...] = ("rows", "passages")

_BATCH_SIZE = 1000

_MOST_KEPT = 10_000
"""Vectors kept in memory, 1.5 kB each: Chroma takes 18 ms to give a thousand."""


class Vectors:
    """The two collections of one directory. Not for two processes at once: see ownership."""

    def __init__(self, directory: Path) -> None:
        self._client = chromadb.PersistentClient(
            str(directory), settings=ChromaSettings(anonymized_telemetry=False)
        )
        self._stores: dict[Collection, ChromaVectorStore] = {}
        self._kept: dict[tuple[Collection, str], NDArray[np.float32]] = {}
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
        for start in range(0, len(ids), _BATCH_SIZE):
            self._stores[collection].delete_nodes(list(ids[start : start + _BATCH_SIZE]))
        for key in ids:
            self._kept.pop((collection, key), None)

    def ids(self, collection: Collection) -> set[str]:
        return set(self._stores[collection].client.get(include=[])["ids"])

    def count(self, collection: Collection) -> int:
        return int(self._stores[collection].client.count())

    def search(
        self, collection: Collection, vector: list[float], limit: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest ids, best first, with their cosine similarity (0 to 1).

        ``among`` is compared one by one, and ids that are not there are passed over. The whole is
        searched along Chroma's graph, which is grown in no fixed order and may miss some.
        """
        if among is not None:
            return self._nearest_among(collection, vector, limit, among)
        query = VectorStoreQuery(query_embedding=vector, similarity_top_k=limit)
        found = self._stores[collection].query(query)
        scores = (_cosine(similarity) for similarity in found.similarities or [])
        return list(zip(found.ids or [], scores, strict=True))

    def _nearest_among(
        self, collection: Collection, vector: list[float], limit: int, among: Sequence[str]
    ) -> list[tuple[str, float]]:
        known = self._known(collection, among)
        if not known:
            return []
        cosines = np.array(list(known.values())) @ _unit(vector)
        # Rounded, so that what is equal stays equal wherever it stands among the others.
        scores = cosines.clip(0, 1).astype(np.float64).round(6)
        return sorted(zip(known, scores.tolist(), strict=True), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _known(self, collection: Collection, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of the ids that are there, made to length 1."""
        kept = self._kept
        known = {key: found for key in ids if (found := kept.get((collection, key))) is not None}
        missing = [key for key in ids if key not in known]
        for start in range(0, len(missing), _BATCH_SIZE):
            some = missing[start : start + _BATCH_SIZE]
            given = self._stores[collection].client.get(ids=some, include=["embeddings"])
            known |= zip(given["ids"], map(_unit, given["embeddings"]), strict=True)
        if len(kept) + len(missing) > _MOST_KEPT:
            kept.clear()
        kept |= {(collection, key): known[key] for key in missing[:_MOST_KEPT] if key in known}
        return known

    def clear(self) -> None:
        for name in COLLECTIONS:
            self._client.delete_collection(name)
        self._kept = {}
        self._open_collections()

    def close(self) -> None:
        self._client.close()


def _cosine(similarity: float) -> float:
    """LlamaIndex reports exp(-distance), Chroma's distance is 1 - cosine."""
    return min(1.0, max(0.0, 1.0 + math.log(similarity)))


def _unit(vector: ArrayLike) -> NDArray[np.float32]:
    given = np.asarray(vector, np.float32)
    unit: NDArray[np.float32] = given / np.linalg.norm(given)
    return unit

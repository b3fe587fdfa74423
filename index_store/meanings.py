"""Searching by meaning: keeps the vectors in step with the readings in SQL.

SQL is the truth. Each reading there says whether it is embedded; it says so only after its
vector is kept, and a vector is deleted only after SQL has said that it should be. So a crash
at any point leaves work to repeat, never a wrong hit.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from index_store import figures
from index_store.errors import EmbedderUnavailableError, StoreError
from index_store.readings import passage_parts, row_parts

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from index_store.vectors import Collection, Vectors

Progress = Callable[[int, int], None]
"""Called with the texts embedded so far and how many there are to embed."""

_log = logging.getLogger(__name__)

_BATCH_SIZE = 128
"""Readings embedded and kept in one step: what a crash repeats."""

_PARTS_KEPT = 8192
"""Vectors of parts kept for the readings to come, 1.5 kB each."""

_EXACT_LIMIT = 2000
"""Up to this many readings are compared one by one (40 ms); for more it is faster to follow the
graph of all, and to drop what belongs to other documents."""

_LOOKUP_SIZE = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection, the readings it holds, and the places that read so."""

    collection: Collection
    readings: Table
    places: Table
    """Has ``reading_id``, ``document_id`` and, in its key, where in the document it is."""
    parts: Callable[[str], list[str]]
    """What of a reading is embedded: its vector is the mean of theirs."""


ROWS = Kind("rows", figures.row_readings, figures.rows, row_parts)
PASSAGES = Kind("passages", figures.passage_readings, figures.passage_chunks, passage_parts)
KINDS = (ROWS, PASSAGES)


class Meanings:
    """The vectors of one store. Nothing is loaded before the first search or embedding."""

    def __init__(
        self,
        engine: Engine,
        directory: Path,
        load_embedder: Callable[[], BaseEmbedding],
        write_lock: threading.RLock,
    ) -> None:
        self.words_only_reason: str | None = None
        """Why nothing is found by meaning, once that is known."""
        self._engine = engine
        self._directory = directory
        self._load_embedder = load_embedder
        self._write_lock = write_lock
        self._embedding_lock = threading.Lock()
        self._loading_lock = threading.Lock()
        self._embedder: BaseEmbedding | None = None
        self._vectors: Vectors | None = None
        self._parts: dict[str, Any] = {}
        self._query_vector = lru_cache(maxsize=256)(self._embed_query)

    def search(
        self, kind: Kind, text: str, limit: int, document_ids: Sequence[int] | None
    ) -> list[tuple[Any, float]]:
        """The places (records of ``kind.places``) that read most like the text, best first."""
        if not text.strip() or limit < 1 or (document_ids is not None and not document_ids):
            return []
        vectors, vector = self._vectors_for(text)
        if vectors is None or vector is None:
            return []
        with self._engine.connect() as connection:
            among = self._among(connection, kind, document_ids, _EXACT_LIMIT)
            asked = limit
            while among is None and asked <= _EXACT_LIMIT:
                hits = vectors.search(kind.collection, list(vector), asked)
                places = list(_places(connection, kind, hits, limit, document_ids))
                if len(places) >= limit:
                    return places
                asked *= 4
            if among is None:
                among = self._among(connection, kind, document_ids)
            hits = vectors.search(kind.collection, list(vector), limit, among)
            return list(_places(connection, kind, hits, limit, document_ids))

    def embed_pending(self, progress: Progress | None = None) -> int:
        """Embed what is not embedded yet, and give how many texts that was."""
        embedder = self._get_embedder()
        if embedder is None:
            return 0
        with self._embedding_lock:
            vectors = self._get_vectors()
            self._adopt_model(embedder, vectors)
            self.forget_removed()
            total = sum(self._count_pending(kind) for kind in KINDS)
            done = 0
            for kind in KINDS:
                while batch := self._next_pending(kind):
                    embedded = self._embedded(embedder, [kind.parts(text) for _, text in batch])
                    self._keep(kind, vectors, [key for key, _ in batch], embedded)
                    done += len(batch)
                    if progress:
                        progress(done, max(total, done))
            return done

    def _embedded(self, embedder: BaseEmbedding, readings: list[list[str]]) -> list[list[float]]:
        """The vector of each reading: the mean of its parts', each of which is embedded once.

        Titles and labels recur from row to row and from document to document.
        """
        import numpy as np  # the model has loaded it

        wanted = dict.fromkeys(part for parts in readings for part in parts)
        kept = {part: self._parts[part] for part in wanted if part in self._parts}
        new = [part for part in wanted if part not in kept]
        vectors = np.array(embedder.get_text_embedding_batch(new), np.float32)
        kept.update(zip(new, vectors, strict=True))
        self._parts = dict([*self._parts.items(), *kept.items()][-_PARTS_KEPT:])
        return [np.mean([kept[part] for part in parts], axis=0).tolist() for parts in readings]

    def reindex(self, progress: Progress | None = None) -> int:
        """Make every vector again from SQL, also when Chroma's files are damaged."""
        if self._get_embedder() is None:
            return 0
        with self._embedding_lock:
            self._discard()
        return self.embed_pending(progress)

    def forget_removed(self) -> None:
        """Delete the vectors that SQL has marked as forgotten, if there are any."""
        forgotten = figures.forgotten_vectors
        with self._write_lock:
            with self._engine.connect() as connection:
                found = connection.execute(select(forgotten.c.collection, forgotten.c.id)).all()
            if not found:
                return
            vectors = self._get_vectors()
            for kind in KINDS:
                vectors.delete(kind.collection, [key for name, key in found if name == kind.collection])
            with self._engine.begin() as connection:
                connection.execute(delete(forgotten))

    def close(self) -> None:
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None

    # --- loading -------------------------------------------------------------------------------

    def _get_embedder(self) -> BaseEmbedding | None:
        with self._loading_lock:
            if self._embedder is None and self.words_only_reason is None:
                try:
                    self._embedder = self._load_embedder()
                except EmbedderUnavailableError as error:
                    self.words_only_reason = str(error)
                    _log.warning("%s", error)
            return self._embedder

    def _get_vectors(self) -> Vectors:
        if self._vectors is None:
            with self._write_lock:  # and no other lock: a writer may already hold it when it comes here
                if self._vectors is None:
                    self._vectors = self._open_vectors()
        return self._vectors

    def _open_vectors(self) -> Vectors:
        from index_store.vectors import Vectors

        try:
            vectors = Vectors(self._directory)
        except Exception as error:  # Chroma fails in its own ways on damaged files
            raise StoreError(
                f"the index of meanings in {self._directory} cannot be opened ({error}); "
                "rebuild it with: budget-qa reindex"
            ) from error
        self._reconcile(vectors)
        return vectors

    def _vectors_for(self, text: str) -> tuple[Vectors | None, tuple[float, ...] | None]:
        """What a search needs, or Nones when it has to do without."""
        embedder = self._get_embedder()
        if embedder is None:
            return None, None
        vector = self._query_vector(text)
        kept = self._model_kept()
        if kept != (embedder.model_name, len(vector)):
            if kept is not None:
                _log.warning(
                    "the index of meanings was made with %s, not %s: no hits by meaning before "
                    "'budget-qa reindex'",
                    kept[0],
                    embedder.model_name,
                )
            return None, None
        return self._get_vectors(), vector

    def _embed_query(self, text: str) -> tuple[float, ...]:
        embedder = self._get_embedder()
        return tuple(embedder.get_query_embedding(text)) if embedder else ()

    # --- keeping step --------------------------------------------------------------------------

    def _model_kept(self) -> tuple[str, int] | None:
        """Name and dimension of the model that made the vectors; None before the first."""
        with self._engine.connect() as connection:
            records = connection.execute(select(figures.properties.c.name, figures.properties.c.value))
            found = {record.name: record.value for record in records}
        if "embedding_model" not in found:
            return None
        return found["embedding_model"], int(found["embedding_dimension"])

    def _adopt_model(self, embedder: BaseEmbedding, vectors: Vectors) -> None:
        """Vectors of another model are of no use: start over."""
        model = (embedder.model_name, len(self._query_vector("model")))
        if self._model_kept() == model:
            return
        self._mark_all_pending()
        vectors.clear()
        names = ("embedding_model", "embedding_dimension")
        with self._write_lock, self._engine.begin() as connection:
            records = [{"name": name, "value": str(value)} for name, value in zip(names, model, strict=True)]
            connection.execute(insert(figures.properties), records)

    def _mark_all_pending(self) -> None:
        """Without a model's name the vectors count as none, also after a crash half-way."""
        self._parts.clear()
        with self._write_lock, self._engine.begin() as connection:
            connection.execute(
                delete(figures.properties).where(figures.properties.c.name.startswith("embedding_"))
            )
            for kind in KINDS:
                connection.execute(update(kind.readings).values(is_embedded=False))

    def _discard(self) -> None:
        self._mark_all_pending()
        try:
            self._get_vectors().clear()
        except StoreError:
            shutil.rmtree(self._directory)

    def _reconcile(self, vectors: Vectors) -> None:
        """Chroma's files may have been deleted or restored behind our back: believe what is there."""
        with self._write_lock, self._engine.begin() as connection:
            for kind in KINDS:
                embedded = select(kind.readings.c.id).where(kind.readings.c.is_embedded)
                expected = set(connection.execute(embedded).scalars())
                if len(expected) == vectors.count(kind.collection):
                    continue
                present = vectors.ids(kind.collection)
                _set_embedded(connection, kind, sorted(expected - present), False)
                known = set(connection.execute(select(kind.readings.c.id)).scalars())
                vectors.delete(kind.collection, sorted(present - known))

    def _count_pending(self, kind: Kind) -> int:
        pending = select(func.count()).where(kind.readings.c.is_embedded.is_(False))
        with self._engine.connect() as connection:
            return connection.execute(pending).scalar_one()

    def _next_pending(self, kind: Kind) -> list[tuple[str, str]]:
        readings = kind.readings
        pending = select(readings.c.id, readings.c.text).where(readings.c.is_embedded.is_(False))
        with self._engine.connect() as connection:
            return [(key, text) for key, text in connection.execute(pending.limit(_BATCH_SIZE))]

    def _keep(self, kind: Kind, vectors: Vectors, ids: list[str], embedded: list[list[float]]) -> None:
        """Keep the vectors of those readings that were not removed in the meantime."""
        with self._write_lock, self._engine.begin() as connection:
            wanted = select(kind.readings.c.id).where(kind.readings.c.id.in_(ids))
            still = set(connection.execute(wanted).scalars())
            kept = [(key, vector) for key, vector in zip(ids, embedded, strict=True) if key in still]
            if kept:
                vectors.add(kind.collection, [key for key, _ in kept], [vector for _, vector in kept])
                _set_embedded(connection, kind, [key for key, _ in kept], True)

    def _among(
        self,
        connection: Connection,
        kind: Kind,
        document_ids: Sequence[int] | None,
        most: int | None = None,
    ) -> list[str] | None:
        """The embedded readings, of these documents if any are named; None for more than ``most``."""
        mine = select(kind.readings.c.id).where(kind.readings.c.is_embedded)
        if document_ids is not None:
            places = kind.places.c
            mine = mine.where(
                kind.readings.c.id.in_(select(places.reading_id).where(places.document_id.in_(document_ids)))
            )
        ids = list(connection.execute(mine if most is None else mine.limit(most + 1)).scalars())
        return ids if most is None or len(ids) <= most else None


def _set_embedded(connection: Connection, kind: Kind, ids: Sequence[str], is_embedded: bool) -> None:
    for start in range(0, len(ids), _LOOKUP_SIZE):
        some = kind.readings.c.id.in_(ids[start : start + _LOOKUP_SIZE])
        connection.execute(update(kind.readings).where(some).values(is_embedded=is_embedded))


def _places(
    connection: Connection,
    kind: Kind,
    hits: Sequence[tuple[str, float]],
    limit: int,
    document_ids: Sequence[int] | None,
) -> Iterator[tuple[Any, float]]:
    """The places that read like each hit, in the order of the hits."""
    left = limit
    for key, score in hits:
        wanted = select(kind.places).where(kind.places.c.reading_id == key)
        if document_ids is not None:
            wanted = wanted.where(kind.places.c.document_id.in_(document_ids))
        found = connection.execute(wanted.order_by(*kind.places.primary_key.columns).limit(left)).all()
        yield from ((record, score) for record in found)
        left -= len(found)
        if not left:
            return

"""The store: documents in, documents and hits out; the only writer."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from sqlalchemy import Connection, Engine, delete, exists, insert, inspect, literal, select, text, union
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from index_store import figures, mapping
from index_store.browse import Cells
from index_store.errors import StoreError, UnknownDocumentError
from index_store.meanings import KINDS, PASSAGES, ROWS, Meanings, Progress
from index_store.ownership import Ownership
from index_store.settings import Settings
from index_store.views import make_views
from ingest.model import Document, Identity

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Added = Literal["added", "unchanged", "replaced"]

_log = logging.getLogger(__name__)

_DOCUMENTS_KEPT = 64
"""Documents kept in memory after use, about 2 MB each."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What is known of a stored document without loading it."""

    id: int
    file_name: str
    format: str
    page_count: int | None
    identity: Identity
    table_count: int
    row_count: int
    cell_count: int
    passage_count: int
    finding_count: int
    is_embedded: bool
    """Whether all of it can be found by meaning."""
    sha256: str
    warnings: tuple[str, ...]
    added_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class RowHit:
    """A row that reads like the text asked for; ``score`` is their cosine similarity, 0 to 1."""

    document_id: int
    table_index: int
    row_index: int
    score: float


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage, part of which reads like the text; ``score`` is their cosine similarity, 0 to 1."""

    document_id: int
    passage_index: int
    score: float


def _default_embedder() -> BaseEmbedding:
    from index_store.embeddings import default_embedder  # loads LlamaIndex, so not before it is used

    return default_embedder()


class Store:
    """A directory of documents, owned by this process until it is closed. Safe under threads.

    Made by ``Store.open``. What is in it:

    - ``figures.sqlite``: all documents, in SQL (elsewhere with BUDGET_QA_DATABASE_URL)
    - ``chroma/``: the vectors, made from SQL
    - ``files/``: copies of the files themselves, by the hash of their bytes
    """

    def __init__(
        self, directory: Path, ownership: Ownership, engine: Engine, embedder: Callable[[], BaseEmbedding]
    ) -> None:
        self.directory = directory
        self._ownership = ownership
        self._engine = engine
        self.cells = Cells(engine)
        self._files = directory / "files"
        self._write_lock = threading.RLock()
        self._meanings = Meanings(engine, directory / "chroma", embedder, self._write_lock)
        self._load = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._read)

    @classmethod
    def open(cls, directory: Path, *, embedder: Callable[[], BaseEmbedding] = _default_embedder) -> Store:
        """Open the store in a directory, made if it is not there.

        ``embedder`` makes the model at its first use; by default the one that the settings name.
        Raises StoreOwnedError when another process owns the store, and StoreError when it
        cannot be opened or was written by another version.
        """
        settings = Settings.from_environment()
        try:
            (directory / "files").mkdir(parents=True, exist_ok=True)
            ownership = Ownership(directory)
        except OSError as error:
            raise StoreError(
                f"no store can be opened in {directory} ({error.strerror or error}); "
                "choose a directory that may be written to"
            ) from error
        try:
            engine = _open_tables(settings.database_url or f"sqlite:///{directory / 'figures.sqlite'}")
            store = cls(directory, ownership, engine, embedder)
            store._sweep_files()
        except BaseException:
            ownership.release()
            raise
        return store

    def close(self) -> None:
        """Give the store up. Closing twice does nothing."""
        self._meanings.close()
        self._engine.dispose()
        self._ownership.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def set_address(self, url: str | None, key: str | None = None) -> None:
        """Publish where this process listens, for others that find the store owned; ``key`` is told
        to nobody but those whom the system lets read this user's files."""
        self._ownership.set_address(url, key)

    # --- documents -----------------------------------------------------------------------------

    def add(self, document: Document, source: Path | None = None) -> Added:
        """Keep a document, whole or not at all; ``source`` is the file it was read from, copied too.

        - ``unchanged``: these bytes are stored already, under this name or another (then the name
          it has stays: the same bytes are one document)
        - ``replaced``: another content had this file name, and is gone
        - ``added``: neither

        Raises StoreError when the document contradicts itself, the file no longer has the bytes
        that were read, or the disk or database fails.
        """
        with self._write_lock:
            if self.find(document.sha256) is not None:
                return "unchanged"
            try:
                copy = self._copy_file(document, source) if source else None
                with self._engine.begin() as connection:
                    was_there = _delete_document(
                        connection, figures.documents.c.file_name == document.file_name
                    )
                    _insert_document(connection, document, copy)
                    if was_there:
                        _forget_orphans(connection)
            except (SQLAlchemyError, UnicodeError, OSError) as error:
                raise StoreError(
                    f"{document.file_name} cannot be stored, nothing of it is kept: {_cause(error)}"
                ) from error
            if was_there:
                self._clean_up()
            return "replaced" if was_there else "added"

    def remove(self, document_id: int) -> None:
        """Forget a document: its figures, its vectors and the copy of its file.

        Raises UnknownDocumentError when it is not stored.
        """
        with self._write_lock:
            with self._engine.begin() as connection:
                if not _delete_document(connection, figures.documents.c.id == document_id):
                    raise UnknownDocumentError(f"no document has the number {document_id}")
                _forget_orphans(connection)
            self._clean_up()

    def documents(self) -> list[StoredDocument]:
        """All that is stored, in the order in which it came."""
        with self._engine.connect() as connection:
            pending = _documents_pending(connection)
            records = connection.execute(select(figures.documents).order_by(figures.documents.c.id))
            return [_stored(record, record.id not in pending) for record in records]

    def find(self, sha256: str) -> StoredDocument | None:
        """The document read from a file with these bytes, whatever it is called."""
        with self._engine.connect() as connection:
            wanted = select(figures.documents).where(figures.documents.c.sha256 == sha256)
            record = connection.execute(wanted).one_or_none()
            if record is None:
                return None
            return _stored(record, not _documents_pending(connection, record.id))

    def load(self, document_id: int) -> Document:
        """Exactly the document that was added. Raises UnknownDocumentError when it is not stored."""
        return self._load(document_id)

    def source_path(self, document_id: int) -> Path | None:
        """The copy of the file; None when none was given or it is gone.

        Raises UnknownDocumentError when the document is not stored.
        """
        with self._engine.connect() as connection:
            copy = _record(connection, document_id).file_copy
        path = self._files / copy if copy else None
        return path if path and path.is_file() else None

    # --- meanings ------------------------------------------------------------------------------

    @property
    def words_only_reason(self) -> str | None:
        """Why nothing is found by meaning on this machine, once a search or embedding has found out."""
        return self._meanings.words_only_reason

    def search_rows(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> list[RowHit]:
        """The rows whose ``table title > path`` means most nearly the text, best first.

        Rows not embedded yet are not found. Raises EmbedderError when the configured model is not there.
        """
        found = self._meanings.search(ROWS, text, limit, document_ids)
        return [RowHit(r.document_id, r.table_index, r.row_index, score) for r, score in found]

    def search_passages(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> list[PassageHit]:
        """The passages that mean most nearly the text, best first, each once with its best part.

        Passages not embedded yet are not found. Raises EmbedderError when the configured model is not there.
        """
        best: dict[tuple[int, int], float] = {}
        for record, score in self._meanings.search(PASSAGES, text, limit, document_ids):
            best.setdefault((record.document_id, record.passage_index), score)
        return [PassageHit(*key, score) for key, score in best.items()]

    def embed_pending(self, progress: Progress | None = None) -> int:
        """Embed what is not embedded yet; gives how many distinct texts that was.

        0 without a model. Vectors of another model than the present one are made again.
        Raises EmbedderError when the configured model is not there.
        """
        return self._meanings.embed_pending(progress)

    def reindex(self, progress: Progress | None = None) -> int:
        """Make all vectors again from SQL; gives how many distinct texts that was. 0 without a model."""
        return self._meanings.reindex(progress)

    # --- inside --------------------------------------------------------------------------------

    def _read(self, document_id: int) -> Document:
        with self._engine.connect() as connection:
            return mapping.read(connection, _record(connection, document_id))

    def _copy_file(self, document: Document, source: Path) -> str:
        """Copy the file under its hash; gives the copy's name."""
        suffix = re.sub(r"[^a-z0-9]", "", source.suffix.lower())[:8] or document.format
        copy = self._files / f"{document.sha256}.{suffix}"
        draft = copy.with_suffix(".tmp")
        shutil.copyfile(source, draft)
        with draft.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != document.sha256:
            draft.unlink()
            raise StoreError(f"{source.name} has changed since it was read; add it again")
        draft.replace(copy)
        return copy.name

    def _clean_up(self) -> None:
        """After a removal: what is not in SQL goes too. A failure is made good at a later opening."""
        self._load.cache_clear()
        try:
            self._meanings.forget_removed()
        except StoreError as error:
            _log.warning("%s", error)
        self._sweep_files()
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _sweep_files(self) -> None:
        """Delete the copies that no document has: left by a removal or by a crash."""
        with self._engine.connect() as connection:
            kept = set(connection.execute(select(figures.documents.c.file_copy)).scalars())
        for path in self._files.iterdir():
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _open_tables(url: str) -> Engine:
    """The database with our tables, made if it has none."""
    try:
        engine = figures.connect(url)
        with engine.begin() as connection:
            if not figures.metadata.tables.keys() & set(inspect(connection).get_table_names()):
                figures.metadata.create_all(connection)
                connection.execute(
                    insert(figures.properties).values(name="schema_version", value=figures.SCHEMA_VERSION)
                )
            wanted = select(figures.properties.c.value).where(figures.properties.c.name == "schema_version")
            version = connection.execute(wanted).scalar()
            if version == figures.SCHEMA_VERSION:
                make_views(connection)
    except (SQLAlchemyError, ArgumentError, ImportError) as error:
        raise StoreError(f"the store's tables cannot be opened: {_cause(error)}") from error
    if version != figures.SCHEMA_VERSION:
        engine.dispose()
        raise StoreError(
            f"the store was written as version {version}, this program reads version "
            f"{figures.SCHEMA_VERSION}; open a new directory and ingest the documents again "
            "(their copies are in the old one's files/)"
        )
    return engine


def _cause(error: Exception) -> object:
    """The database's own words, without the statement and the figures that SQLAlchemy puts with them."""
    return getattr(error, "orig", None) or error


def _insert_document(connection: Connection, document: Document, file_copy: str | None) -> None:
    rows = [row for table in document.tables for row in table.rows]
    connection.execute(
        insert(figures.documents).values(
            file_name=document.file_name,
            sha256=document.sha256,
            format=document.format,
            page_count=document.page_count,
            **{name: getattr(document.identity, name) for name in mapping.IDENTITY_FIELDS},
            warnings=document.warnings,
            table_count=len(document.tables),
            row_count=len(rows),
            cell_count=sum(len(row.cells) for row in rows),
            passage_count=len(document.passages),
            finding_count=len(document.findings),
            file_copy=file_copy,
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
    key = select(figures.documents.c.id).where(figures.documents.c.sha256 == document.sha256)
    mapping.write(connection, connection.execute(key).scalar_one(), document)


def _delete_document(connection: Connection, which: Any) -> bool:
    """Delete the document with all its parts; False: there is none."""
    return connection.execute(delete(figures.documents).where(which)).rowcount > 0


def _forget_orphans(connection: Connection) -> None:
    """Delete the readings that no document has any more, and note which vectors are to follow."""
    for kind in KINDS:
        readings = kind.readings
        orphaned = ~exists().where(kind.places.c.reading_id == readings.c.id)
        gone = select(literal(kind.collection), readings.c.id).where(orphaned, readings.c.is_embedded)
        connection.execute(insert(figures.forgotten_vectors).from_select(["collection", "id"], gone))
        connection.execute(delete(readings).where(orphaned))


def _documents_pending(connection: Connection, document_id: int | None = None) -> set[int]:
    """Which documents (or whether this one) are not embedded whole."""
    pending = (
        select(kind.places.c.document_id)
        .join(kind.readings, kind.readings.c.id == kind.places.c.reading_id)
        .where(
            kind.readings.c.is_embedded.is_(False),
            literal(True) if document_id is None else kind.places.c.document_id == document_id,
        )
        for kind in KINDS
    )
    return set(connection.execute(union(*pending)).scalars())


def _record(connection: Connection, document_id: int) -> Any:
    record = connection.execute(
        select(figures.documents).where(figures.documents.c.id == document_id)
    ).one_or_none()
    if record is None:
        raise UnknownDocumentError(f"no document has the number {document_id}")
    return record


def _stored(record: Any, is_embedded: bool) -> StoredDocument:
    return StoredDocument(
        id=record.id,
        file_name=record.file_name,
        format=record.format,
        page_count=record.page_count,
        identity=mapping.identity_of(record),
        table_count=record.table_count,
        row_count=record.row_count,
        cell_count=record.cell_count,
        passage_count=record.passage_count,
        finding_count=record.finding_count,
        is_embedded=is_embedded,
        sha256=record.sha256,
        warnings=tuple(record.warnings),
        added_at=record.added_at,
    )

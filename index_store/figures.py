"""The tables of a store: every document, figure by figure, as SQL that people can read too.

Keys are the places that the data model counts: a cell is
(document_id, table_index, row_index, column_index), all but the first counted from 0.
Money is exact: ``value`` is the decimal number as text. ``amount_yuan`` is the same amount
in 元 for sorting and filtering inside SQL, and is never read back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Engine,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.types import UserDefinedType

SCHEMA_VERSION = "2"
"""Raised whenever the tables or what is written in them change: an older store is refused."""

metadata = MetaData()


class _ExactNumeric(UserDefinedType[Decimal]):
    """NUMERIC that is never bound as a float (SQLAlchemy's own is, for SQLite)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "NUMERIC"

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], Any]:
        if dialect.name == "sqlite":
            return lambda value: None if value is None else str(value)
        return lambda value: value


def _place() -> list[Column[Any]]:
    """Page counted from 1, box in PDF points from the page's top-left corner."""
    boxes = [Column(name, Float) for name in ("x0", "top", "x1", "bottom")]
    return [Column("page_number", Integer), *boxes]


def _key(*names: str) -> list[Column[Any]]:
    return [Column(name, Integer, primary_key=True, autoincrement=False) for name in names]


def _part_of(parent: str, *names: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(names, [f"{parent}.{name}" for name in names], ondelete="CASCADE")


def _table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_with_rowid=False)


def _readings(name: str) -> Table:
    """Distinct texts that are embedded, each once, however many places read so."""
    is_embedded = Column("is_embedded", Boolean, nullable=False)
    pending = is_embedded.is_(False)
    return _table(
        name,
        Column("id", String(24), primary_key=True),
        Column("text", String, nullable=False),
        is_embedded,
        Index(f"{name}_pending", "id", sqlite_where=pending, postgresql_where=pending),
    )


properties = _table(
    "store_properties", Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_name", String, nullable=False, unique=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("format", String, nullable=False),
    Column("page_count", Integer),
    Column("organization", String),
    Column("fiscal_year", Integer),
    Column("kind", String),
    Column("level", String),
    Column("parent", String),
    Column("government_level", String),
    Column("district", String),
    Column("version", String),
    Column("warnings", JSON, nullable=False),
    Column("table_count", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("cell_count", Integer, nullable=False),
    Column("passage_count", Integer, nullable=False),
    Column("finding_count", Integer, nullable=False),
    Column("file_copy", String),
    Column("added_at", String, nullable=False),
    Index("documents_by_owner", "organization", "fiscal_year"),
    sqlite_autoincrement=True,  # an id is never given twice, so nothing kept elsewhere can point wrong
)

tables = _table(
    "tables",
    *_key("document_id", "table_index"),
    Column("title", String, nullable=False),
    Column("number", String),
    Column("unit", String),
    Column("side", String),
    Column("pages", JSON, nullable=False),
    Column("notes", String),
    Column("label_header", String),
    Column("standard", String),
    ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
)

columns = _table(
    "columns",
    *_key("document_id", "table_index", "column_index"),
    Column("path", JSON, nullable=False),
    Column("is_text", Boolean, nullable=False),
    Column("fiscal_year", Integer),
    Column("stage", String),
    Column("formula", String),
    _part_of("tables", "document_id", "table_index"),
)

row_readings = _readings("row_readings")

rows = _table(
    "rows",
    *_key("document_id", "table_index", "row_index"),
    Column("label", String, nullable=False),
    Column("path", JSON, nullable=False),
    Column("code", String),
    Column("unit_code", String),
    Column("unit_name", String),
    Column("kind", String, nullable=False),
    Column("parent_index", Integer),
    *_place(),
    Column("reading_id", String(24), ForeignKey("row_readings.id"), nullable=False),
    _part_of("tables", "document_id", "table_index"),
    Index("rows_by_reading", "reading_id"),
    Index("rows_by_label", "label"),
)

cells = _table(
    "cells",
    *_key("document_id", "table_index", "row_index", "column_index"),
    Column("text", String, nullable=False),
    Column("value", String),
    Column("unit", String),
    Column("amount_yuan", _ExactNumeric),
    *_place(),
    Column("confidence", Float),
    _part_of("rows", "document_id", "table_index", "row_index"),
    _part_of("columns", "document_id", "table_index", "column_index"),
)

passages = _table(
    "passages",
    *_key("document_id", "passage_index"),
    Column("section", JSON, nullable=False),
    Column("text", String, nullable=False),
    ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
)

fragments = _table(
    "fragments",
    *_key("document_id", "passage_index", "fragment_index"),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    *_place(),
    Column("confidence", Float),
    _part_of("passages", "document_id", "passage_index"),
)

passage_readings = _readings("passage_readings")

passage_chunks = _table(
    "passage_chunks",
    *_key("document_id", "passage_index", "chunk_index"),
    Column("reading_id", String(24), ForeignKey("passage_readings.id"), nullable=False),
    _part_of("passages", "document_id", "passage_index"),
    Index("chunks_by_reading", "reading_id"),
)

statements = _table(
    "statements",
    *_key("document_id", "statement_index"),
    Column("passage_index", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("subject", String, nullable=False),
    Column("fiscal_year", Integer),
    Column("reason", String),
    _part_of("passages", "document_id", "passage_index"),
    Index("statements_by_passage", "document_id", "passage_index"),
)

stated_figures = _table(
    "stated_figures",
    *_key("document_id", "statement_index", "figure_index"),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", String, nullable=False),
    Column("value", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("role", String, nullable=False),
    Column("label", String, nullable=False),
    Column("direction", String),
    Column("amount_yuan", _ExactNumeric),
    _part_of("statements", "document_id", "statement_index"),
)

findings = _table(
    "findings",
    *_key("document_id", "finding_index"),
    Column("kind", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("where", String, nullable=False),
    Column("printed", String, nullable=False),
    Column("expected", String, nullable=False),
    Column("unit", String),
    Column("message", String, nullable=False),
    ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
)

finding_places = _table(
    "finding_places",
    *_key("document_id", "finding_index", "place_index"),
    Column("quote", String, nullable=False),
    Column("table", String),
    Column("row", String),
    Column("column", String),
    Column("section", String),
    *_place(),
    _part_of("findings", "document_id", "finding_index"),
)

forgotten_vectors = _table(
    "forgotten_vectors",
    Column("collection", String, primary_key=True),
    Column("id", String(24), primary_key=True),
)
"""Entries to delete from Chroma: written in the transaction that removes their document."""


def connect(url: str) -> Engine:
    """An engine whose JSON is legible Chinese and, for SQLite, whose connections keep our promises."""
    engine = create_engine(url, json_serializer=partial(json.dumps, ensure_ascii=False))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # a removed document leaves no text in free pages
    cursor.close()

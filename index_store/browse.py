"""Printed cells over all documents: filtered, sorted and counted in SQL, read a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from operator import eq
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy import Table as SqlTable

from index_store import figures
from index_store.errors import StoreError
from index_store.mapping import IDENTITY_FIELDS, PLACE_FIELDS, read_place
from ingest.model import Cell, Column, Identity, Kind, Row, Stage, Table
from ingest.script import simplified
from ingest.values import fold, name_key

Order = Literal["place", "largest", "smallest"]

MOST_NAMES = 20_000
"""Different printed names that one filter may stand for: more say nothing, and databases limit them."""
_AT_ONCE = 100
"""Cells read whole by one SELECT, which names each."""


class TooManyNamesError(StoreError):
    """The words of a filter stand in more printed names than can be looked for."""


class CellKey(NamedTuple):
    """Where a cell is, all but the first counted from 0."""

    document_id: int
    table_index: int
    row_index: int
    column_index: int


@dataclass(frozen=True, slots=True)
class CellFilter:
    """Which cells are wanted: those that fit every part that is given.

    Names are compared as name keys (``ingest.values.name_key``): script, width and punctuation do not
    count. A name fits what contains it.
    """

    organizations: tuple[str, ...] = ()
    """Any of them."""
    years: tuple[int, ...] = ()
    """Any of them: the years that the figures are of."""
    kind: Kind | None = None
    standard: str | None = None
    """The table's kind, by its id in ``standard_tables.toml``."""
    title: str = ""
    items: tuple[str, ...] = ()
    """Any of them, in the row's label, in the column's headings, or as the beginning of the row's code."""
    column: str = ""
    stage: Stage | None = None
    least_yuan: Decimal | None = None
    most_yuan: Decimal | None = None
    """Both inclusive, compared exactly up to 15 digits in SQLite, which keeps amounts in binary."""
    with_text: bool = False
    """Also cells that print something else than a number."""


@dataclass(frozen=True, slots=True)
class FoundCell:
    """One cell with all that it stands under."""

    key: CellKey
    file_name: str
    identity: Identity
    table: Table
    """Without its columns and rows."""
    row: Row
    """Without its cells."""
    column: Column
    cell: Cell


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    organizations: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    """The latest first."""
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a store. Every method reads what is committed at that moment."""

    engine: Engine = field(repr=False)

    def count(self, wanted: CellFilter) -> int:
        """How many cells fit. Raises TooManyNamesError."""
        with self.engine.connect() as connection:
            fitting = select(func.count()).select_from(figures.cells).where(*_conditions(connection, wanted))
            return connection.execute(fitting).scalar_one()

    def page(self, wanted: CellFilter, order: Order, offset: int, limit: int) -> list[FoundCell]:
        """Cells that fit, from the one at ``offset`` on. Raises TooManyNamesError."""
        with self.engine.connect() as connection:
            keys = connection.execute(_keys(connection, wanted, order).offset(offset).limit(limit))
            return list(_in_turn(connection, [CellKey(*key) for key in keys]))

    def each(self, wanted: CellFilter, order: Order, limit: int) -> Iterator[FoundCell]:
        """The first ``limit`` cells that fit, a few in memory at a time. Raises TooManyNamesError."""
        with self.engine.connect() as connection:
            keys = connection.execute(_keys(connection, wanted, order).limit(limit)).all()
            yield from _in_turn(connection, [CellKey(*key) for key in keys])

    def at(self, keys: Sequence[CellKey]) -> list[FoundCell]:
        """The cells at these places, in this order; places where none is are left out."""
        with self.engine.connect() as connection:
            return list(_in_turn(connection, keys))

    def choices(self) -> Choices:
        """The organisations, years and kinds of table that some document has."""
        documents, columns, tables = figures.documents.c, figures.columns.c, figures.tables.c
        with self.engine.connect() as connection:

            def distinct(column: ColumnElement[Any]) -> list[Any]:
                return sorted(
                    connection.execute(select(column).where(column.is_not(None)).distinct()).scalars()
                )

            return Choices(
                tuple(distinct(documents.organization)),
                tuple(
                    sorted({*distinct(columns.fiscal_year), *distinct(documents.fiscal_year)}, reverse=True)
                ),
                tuple(distinct(tables.standard)),
            )

    def standards(self) -> dict[int, frozenset[str]]:
        """Which of the usual tables each document has (``ingest.standard``), by the document's id."""
        tables = figures.tables.c
        wanted = select(tables.document_id, tables.standard).where(tables.standard.is_not(None)).distinct()
        with self.engine.connect() as connection:
            found: dict[int, set[str]] = {}
            for document_id, standard in connection.execute(wanted):
                found.setdefault(document_id, set()).add(standard)
        return {document_id: frozenset(ids) for document_id, ids in found.items()}

    def parents(self, tables: Collection[tuple[int, int]]) -> dict[tuple[int, int, int], int]:
        """(document, table, row) -> the row that it is a part of, over whole tables."""
        rows = figures.rows.c
        of_table = (and_(rows.document_id == d, rows.table_index == t) for d, t in tables)
        wanted = select(rows.document_id, rows.table_index, rows.row_index, rows.parent_index).where(
            or_(false(), *of_table), rows.parent_index.is_not(None)
        )
        with self.engine.connect() as connection:
            return {(d, t, r): parent for d, t, r, parent in connection.execute(wanted)}


# -- which cells ---------------------------------------------------------------------------


def _keys(connection: Connection, wanted: CellFilter, order: Order) -> Select[Any]:
    """The keys of the cells that fit, in order; equal amounts, and what is no money, by place."""
    amount, key = figures.cells.c.amount_yuan, figures.cells.primary_key.columns
    orders = {
        "place": (),
        "largest": (amount.desc().nulls_last(),),
        "smallest": (amount.asc().nulls_last(),),
    }
    return select(*key).where(*_conditions(connection, wanted)).order_by(*orders[order], *key)


def _conditions(connection: Connection, wanted: CellFilter) -> Iterator[ColumnElement[bool]]:
    """What the cells must meet: each filter is a set of keys, which the database may begin with."""
    cells = figures.cells.c
    yield cells.text != "" if wanted.with_text else cells.value.is_not(None)
    if documents := list(_of_document(connection, wanted)):
        yield cells.document_id.in_(select(figures.documents.c.id).where(*documents))
    if tables := list(_of_table(connection, wanted)):
        of = figures.tables.c
        fitting = select(of.document_id, of.table_index).where(*tables)
        yield tuple_(cells.document_id, cells.table_index).in_(fitting)
    if columns := list(_of_column(connection, wanted)):
        key = figures.columns.primary_key.columns
        fitting = select(*key).join(figures.documents, figures.documents.c.id == key[0]).where(*columns)
        yield tuple_(cells.document_id, cells.table_index, cells.column_index).in_(fitting)
    if wanted.items:
        yield _of_item(connection, wanted.items)
    if wanted.least_yuan is not None:
        yield cells.amount_yuan >= wanted.least_yuan
    if wanted.most_yuan is not None:
        yield cells.amount_yuan <= wanted.most_yuan


def _of_document(connection: Connection, wanted: CellFilter) -> Iterator[ColumnElement[bool]]:
    documents = figures.documents.c
    if wanted.organizations:
        yield documents.organization.in_(_names(connection, documents.organization, wanted.organizations))
    if wanted.kind:
        yield documents.kind == wanted.kind


def _of_table(connection: Connection, wanted: CellFilter) -> Iterator[ColumnElement[bool]]:
    tables = figures.tables.c
    if wanted.standard:
        yield tables.standard == wanted.standard
    if wanted.title:
        yield or_(*(c.in_(_names(connection, c, [wanted.title])) for c in (tables.title, tables.number)))


def _of_column(connection: Connection, wanted: CellFilter) -> Iterator[ColumnElement[bool]]:
    columns = figures.columns.c
    if wanted.years:
        yield func.coalesce(columns.fiscal_year, figures.documents.c.fiscal_year).in_(wanted.years)
    if wanted.stage:
        yield columns.stage == wanted.stage
    if wanted.column:
        path = cast(columns.path, String)
        yield path.in_(_names(connection, path, [wanted.column]))


def _of_item(connection: Connection, items: Sequence[str]) -> ColumnElement[bool]:
    """Whether the cell's row or column is one of the items."""
    cells, rows, columns = figures.cells.c, figures.rows, figures.columns
    path = cast(columns.c.path, String)
    of_row = [rows.c.label.in_(_names(connection, rows.c.label, items))]
    if codes := [item for item in items if name_key(item).isdigit()]:
        of_row.append(rows.c.code.in_(_codes(connection, codes)))
    by_row = select(*rows.primary_key.columns).where(or_(*of_row))
    by_column = select(*columns.primary_key.columns).where(path.in_(_names(connection, path, items)))
    return or_(
        tuple_(cells.document_id, cells.table_index, cells.row_index).in_(by_row),
        tuple_(cells.document_id, cells.table_index, cells.column_index).in_(by_column),
    )


# -- printed names -------------------------------------------------------------------------


def _names(connection: Connection, column: ColumnElement[Any], wanted: Iterable[str]) -> list[str]:
    """The distinct texts of a column that contain a wanted name, as name keys.

    The database looks for the characters that every way of writing the name has; the rest is compared
    here. Raises TooManyNamesError.
    """
    keys = {key for name in wanted if (key := name_key(name))}
    alike = or_(*(column.like(_anchors(key), escape="\\") for key in keys))
    found = connection.execute(select(column).where(alike).distinct()).scalars() if keys else ()
    return _not_too_many(text for text in found if any(key in name_key(text) for key in keys))


def _codes(connection: Connection, beginnings: Sequence[str]) -> list[str]:
    code = figures.rows.c.code
    keys = tuple(map(name_key, beginnings))
    found = connection.execute(select(code).where(code.is_not(None)).distinct()).scalars()
    return _not_too_many(text for text in found if name_key(text).startswith(keys))


def _not_too_many(found: Iterable[str]) -> list[str]:
    names = []
    for name in found:
        names.append(name)
        if len(names) > MOST_NAMES:
            raise TooManyNamesError(f"more than {MOST_NAMES:,} printed names fit; give a longer one")
    return names


def _anchors(key: str) -> str:
    """A LIKE pattern that every text with this name key fits: its characters that have no other form."""
    fixed = (c for c in key if "\u4e00" <= c <= "\u9fff" and c not in _of_several_forms())
    return f"%{'%'.join(fixed)}%"


@cache
def _of_several_forms() -> frozenset[str]:
    """What stands in name keys for a traditional character, a radical's sign or any other form too."""
    printed = (chr(code) for code in (*range(0xD800), *range(0xE000, 0x10000), *range(0x2F800, 0x2FA20)))
    return frozenset(form for c in printed for form in simplified(fold(c)) if form != c)


# -- whole cells ---------------------------------------------------------------------------


def _in_turn(connection: Connection, keys: Sequence[CellKey]) -> Iterator[FoundCell]:
    for start in range(0, len(keys), _AT_ONCE):
        yield from _whole(connection, keys[start : start + _AT_ONCE])


def _whole(connection: Connection, keys: Sequence[CellKey]) -> Iterator[FoundCell]:
    """The cells at these places with all that they stand under, in this order."""
    d, t, r, k, c = figures.documents, figures.tables, figures.rows, figures.columns, figures.cells
    of_table = (t.c.document_id == c.c.document_id) & (t.c.table_index == c.c.table_index)
    read = (
        select(d, t, r, k, c)
        .select_from(c.join(r).join(k).join(t, of_table).join(d, d.c.id == c.c.document_id))
        .where(or_(*(and_(*map(eq, c.primary_key.columns, key)) for key in keys)))  # an index look-up each
        .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    )
    found = {}
    for record in connection.execute(read).mappings():
        cell = _found(record)
        found[cell.key] = cell
    return (found[key] for key in keys if key in found)


def _found(record: RowMapping) -> FoundCell:
    def of(table: SqlTable, *names: str) -> list[Any]:
        return [record[table.c[name]] for name in names]

    d, t, r, k, c = figures.documents, figures.tables, figures.rows, figures.columns, figures.cells
    label, path, *row = of(r, "label", "path", "code", "unit_code", "unit_name", "kind", "parent_index")
    text, value, unit, confidence = of(c, "text", "value", "unit", "confidence")
    title, number, table_unit, side, pages = of(t, "title", "number", "unit", "side", "pages")
    header, *column = of(k, "path", "is_text", "fiscal_year", "stage", "formula")
    return FoundCell(
        key=CellKey(*of(c, *CellKey._fields)),
        file_name=record[d.c.file_name],
        identity=Identity(*of(d, *IDENTITY_FIELDS)),
        table=Table(
            title, number, table_unit, side, tuple(pages), (), (), *of(t, "notes", "label_header", "standard")
        ),
        row=Row(label, tuple(path), (), read_place(*of(r, *PLACE_FIELDS)), *row),
        column=Column(tuple(header), *column),
        cell=Cell(
            text,
            None if value is None else Decimal(value),
            unit,
            read_place(*of(c, *PLACE_FIELDS)),
            confidence,
        ),
    )

"""A Document to SQL rows and back, without loss: ``read`` gives exactly what was written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy import Table as SqlTable

from index_store import figures
from index_store.errors import StoreError
from index_store.readings import passage_readings, reading_id, row_reading
from ingest.model import (
    Cell,
    Column,
    Document,
    Finding,
    FindingPlace,
    Fragment,
    Identity,
    Passage,
    Place,
    Row,
    StatedFigure,
    Statement,
    Table,
)
from ingest.values import convert_money, is_money

Record = dict[str, Any]

IDENTITY_FIELDS = tuple(field.name for field in fields(Identity))
"""Each a column of ``documents`` too."""

_LOOKUP_SIZE = 500
"""Keys in one IN (…): well under every database's limit on variables."""


def write(connection: Connection, document_id: int, document: Document) -> None:
    """Everything under the document's own record, which stands already.

    Raises StoreError when a row does not fit the columns of its table.
    """
    _write_readings(connection, figures.row_readings, row_readings_of(document))
    _write_readings(connection, figures.passage_readings, passage_readings_of(document))
    for table, records in (
        (figures.tables, _table_records(document)),
        (figures.columns, _column_records(document)),
        (figures.rows, _row_records(document)),
        (figures.cells, _cell_records(document)),
        (figures.passages, _passage_records(document)),
        (figures.fragments, _fragment_records(document)),
        (figures.passage_chunks, _chunk_records(document)),
        (figures.statements, _statement_records(document)),
        (figures.stated_figures, _figure_records(document)),
        (figures.findings, _finding_records(document)),
        (figures.finding_places, _finding_place_records(document)),
    ):
        found = [{"document_id": document_id, **record} for record in records]
        if found:
            connection.execute(insert(table), found)


def row_readings_of(document: Document) -> Iterator[str]:
    return (row_reading(table, row) for table in document.tables for row in table.rows)


def passage_readings_of(document: Document) -> Iterator[str]:
    return (text for passage in document.passages for text in passage_readings(passage.text))


def _write_readings(connection: Connection, readings: SqlTable, texts: Iterable[str]) -> None:
    """Add those that are new, not yet embedded."""
    wanted = {reading_id(text): text for text in texts}
    ids = list(wanted)
    for start in range(0, len(ids), _LOOKUP_SIZE):
        known = select(readings.c.id).where(readings.c.id.in_(ids[start : start + _LOOKUP_SIZE]))
        for found in connection.execute(known).scalars():
            del wanted[found]
    if wanted:
        new = [{"id": key, "text": text, "is_embedded": False} for key, text in wanted.items()]
        connection.execute(insert(readings), new)


def _place(place: Place) -> Record:
    x0, top, x1, bottom = place.bbox or (None, None, None, None)
    return {"page_number": place.page_number, "x0": x0, "top": top, "x1": x1, "bottom": bottom}


def _amount_yuan(value: Decimal | None, unit: str | None) -> Decimal | None:
    return convert_money(value, unit, "元") if value is not None and unit and is_money(unit) else None


def _table_records(document: Document) -> Iterator[Record]:
    for index, table in enumerate(document.tables):
        yield {
            "table_index": index,
            "title": table.title,
            "number": table.number,
            "unit": table.unit,
            "side": table.side,
            "pages": table.pages,
            "notes": table.notes,
            "label_header": table.label_header,
            "standard": table.standard,
        }


def _column_records(document: Document) -> Iterator[Record]:
    for table_index, table in enumerate(document.tables):
        for index, column in enumerate(table.columns):
            yield {
                "table_index": table_index,
                "column_index": index,
                "path": column.path,
                "is_text": column.is_text,
                "fiscal_year": column.fiscal_year,
                "stage": column.stage,
                "formula": column.formula,
            }


def _row_records(document: Document) -> Iterator[Record]:
    for table_index, table in enumerate(document.tables):
        for index, row in enumerate(table.rows):
            if len(row.cells) != len(table.columns):
                raise StoreError(
                    f"{document.file_name}: row {index} ({row.label!r}) of table {table.title!r} has "
                    f"{len(row.cells)} cells for {len(table.columns)} columns; nothing of the file is kept"
                )
            yield {
                "table_index": table_index,
                "row_index": index,
                "label": row.label,
                "path": row.path,
                "code": row.code,
                "unit_code": row.unit_code,
                "unit_name": row.unit_name,
                "kind": row.kind,
                "parent_index": row.parent_index,
                "reading_id": reading_id(row_reading(table, row)),
                **_place(row.place),
            }


def _cell_records(document: Document) -> Iterator[Record]:
    for table_index, table in enumerate(document.tables):
        for row_index, row in enumerate(table.rows):
            for index, cell in enumerate(row.cells):
                yield {
                    "table_index": table_index,
                    "row_index": row_index,
                    "column_index": index,
                    "text": cell.text,
                    "value": None if cell.value is None else str(cell.value),
                    "unit": cell.unit,
                    "amount_yuan": _amount_yuan(cell.value, cell.unit),
                    **_place(cell.place),
                    "confidence": cell.confidence,
                }


def _passage_records(document: Document) -> Iterator[Record]:
    for index, passage in enumerate(document.passages):
        yield {"passage_index": index, "section": passage.section, "text": passage.text}


def _fragment_records(document: Document) -> Iterator[Record]:
    for passage_index, passage in enumerate(document.passages):
        for index, fragment in enumerate(passage.fragments):
            yield {
                "passage_index": passage_index,
                "fragment_index": index,
                "start": fragment.start,
                "end": fragment.end,
                **_place(fragment.place),
                "confidence": fragment.confidence,
            }


def _chunk_records(document: Document) -> Iterator[Record]:
    for passage_index, passage in enumerate(document.passages):
        for index, text in enumerate(passage_readings(passage.text)):
            yield {"passage_index": passage_index, "chunk_index": index, "reading_id": reading_id(text)}


def _statement_records(document: Document) -> Iterator[Record]:
    for index, statement in enumerate(document.statements):
        yield {
            "statement_index": index,
            "passage_index": statement.passage_index,
            "start": statement.start,
            "end": statement.end,
            "subject": statement.subject,
            "fiscal_year": statement.fiscal_year,
            "reason": statement.reason,
        }


def _figure_records(document: Document) -> Iterator[Record]:
    for statement_index, statement in enumerate(document.statements):
        for index, figure in enumerate(statement.figures):
            yield {
                "statement_index": statement_index,
                "figure_index": index,
                "start": figure.start,
                "end": figure.end,
                "text": figure.text,
                "value": str(figure.value),
                "unit": figure.unit,
                "role": figure.role,
                "label": figure.label,
                "direction": figure.direction,
                "amount_yuan": _amount_yuan(figure.value, figure.unit),
            }


def _finding_records(document: Document) -> Iterator[Record]:
    for index, finding in enumerate(document.findings):
        yield {"finding_index": index} | {name: getattr(finding, name) for name in _TOLD}


def _finding_place_records(document: Document) -> Iterator[Record]:
    for finding_index, finding in enumerate(document.findings):
        for index, place in enumerate(finding.places):
            yield {
                "finding_index": finding_index,
                "place_index": index,
                "quote": place.quote,
                "table": place.table,
                "row": place.row,
                "column": place.column,
                "section": place.section,
                **_place(place.place),
            }


def read(connection: Connection, record: Any) -> Document:
    """The Document behind a row of ``documents``."""
    parts = _Parts(connection, record.id)
    return Document(
        file_name=record.file_name,
        sha256=record.sha256,
        format=record.format,
        page_count=record.page_count,
        identity=identity_of(record),
        tables=tuple(parts.tables()),
        passages=tuple(parts.passages()),
        statements=tuple(parts.statements()),
        warnings=tuple(record.warnings),
        findings=tuple(parts.findings()),
    )


def identity_of(record: Any) -> Identity:
    """From a row of ``documents``."""
    return Identity(*(getattr(record, name) for name in IDENTITY_FIELDS))


class _Parts:
    """One document's tables, passages and statements, from one SELECT for each SQL table."""

    def __init__(self, connection: Connection, document_id: int) -> None:
        self._connection = connection
        self._document_id = document_id

    def _fetch(self, table: SqlTable, *names: str) -> Iterator[Sequence[Any]]:
        """The named columns of the document's records, in the order of their key."""
        statement = (
            select(*(table.c[name] for name in names))
            .where(table.c.document_id == self._document_id)
            .order_by(*table.primary_key.columns)
        )
        return iter(self._connection.execute(statement).all())

    def tables(self) -> Iterator[Table]:
        columns = self._columns()
        rows = self._rows()
        heads = ("table_index", "title", "number", "unit", "side", "pages")
        tails = ("notes", "label_header", "standard")
        for index, title, number, unit, side, pages, *rest in self._fetch(figures.tables, *heads, *tails):
            yield Table(
                title, number, unit, side, tuple(pages), tuple(columns[index]), tuple(rows[index]), *rest
            )

    def _columns(self) -> dict[int, list[Column]]:
        columns: dict[int, list[Column]] = defaultdict(list)
        names = ("table_index", "path", "is_text", "fiscal_year", "stage", "formula")
        for index, path, is_text, fiscal_year, stage, formula in self._fetch(figures.columns, *names):
            columns[index].append(Column(tuple(path), is_text, fiscal_year, stage, formula))
        return columns

    def _rows(self) -> dict[int, list[Row]]:
        cells = self._cells()
        rows: dict[int, list[Row]] = defaultdict(list)
        names = ("table_index", "row_index", "label", "path", "code", "unit_code", "unit_name", "kind")
        for found in self._fetch(figures.rows, *names, "parent_index", *PLACE_FIELDS):
            table, row, label, path, code, unit_code, unit_name, kind, parent, *place = found
            rows[table].append(
                Row(
                    label=label,
                    path=tuple(path),
                    cells=tuple(cells.get((table, row), ())),
                    place=read_place(*place),
                    code=code,
                    unit_code=unit_code,
                    unit_name=unit_name,
                    kind=kind,
                    parent_index=parent,
                )
            )
        return rows

    def _cells(self) -> dict[tuple[int, int], list[Cell]]:
        names = ("table_index", "row_index", "text", "value", "unit", "confidence", *PLACE_FIELDS)
        found = self._fetch(figures.cells, *names)
        return {
            key: [
                Cell(text, None if value is None else Decimal(value), unit, read_place(*place), confidence)
                for _, _, text, value, unit, confidence, *place in group
            ]
            for key, group in groupby(found, itemgetter(0, 1))
        }

    def passages(self) -> Iterator[Passage]:
        fragments: dict[int, list[Fragment]] = defaultdict(list)
        names = ("passage_index", "start", "end", "confidence", *PLACE_FIELDS)
        for index, start, end, confidence, *place in self._fetch(figures.fragments, *names):
            fragments[index].append(Fragment(start, end, read_place(*place), confidence))
        for index, section, text in self._fetch(figures.passages, "passage_index", "section", "text"):
            yield Passage(tuple(section), text, tuple(fragments[index]))

    def statements(self) -> Iterator[Statement]:
        stated: dict[int, list[StatedFigure]] = defaultdict(list)
        names = ("statement_index", "start", "end", "text", "value", "unit", "role", "label", "direction")
        for index, start, end, text, value, *rest in self._fetch(figures.stated_figures, *names):
            stated[index].append(StatedFigure(start, end, text, Decimal(value), *rest))
        heads = ("statement_index", "passage_index", "start", "end", "subject", "fiscal_year", "reason")
        for index, passage, start, end, subject, year, reason in self._fetch(figures.statements, *heads):
            yield Statement(passage, start, end, subject, tuple(stated[index]), year, reason)

    def findings(self) -> Iterator[Finding]:
        places: dict[int, list[FindingPlace]] = defaultdict(list)
        names = ("finding_index", "quote", "table", "row", "column", "section", *PLACE_FIELDS)
        for index, quote, table, row, column, section, *place in self._fetch(figures.finding_places, *names):
            places[index].append(FindingPlace(read_place(*place), quote, table, row, column, section))
        for index, *told in self._fetch(figures.findings, "finding_index", *_TOLD):
            yield Finding(**dict(zip(_TOLD, told, strict=True)), places=tuple(places[index]))


_TOLD = ("kind", "severity", "rule", "where", "printed", "expected", "unit", "message")
PLACE_FIELDS = ("page_number", "x0", "top", "x1", "bottom")
"""Columns of every table whose records stand somewhere on a page."""


def read_place(
    page_number: int | None, x0: float | None, top: float | None, x1: float | None, bottom: float | None
) -> Place:
    if x0 is None or top is None or x1 is None or bottom is None:
        return Place(page_number)
    return Place(page_number, (x0, top, x1, bottom))

"""What is read of a generated document against what was typeset, cell by cell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from eval.extraction_audit import missed, unfounded
from eval.extraction_match import TableMatch, match_columns, match_rows, match_tables
from ingest import read_document
from ingest.errors import IngestError
from ingest.model import Cell, Document, Row, Statement, Table
from ingest.values import name_key, squeeze

SURE = 0.9
"""A recognised cell less sure than this is marked, so that nobody takes it for certain."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was not read as it was typeset."""

    file: str
    what: str
    table: str
    row: str
    column: str
    expected: str
    got: str

    def __str__(self) -> str:
        place = " | ".join(part for part in (self.table, self.row, self.column) if part)
        return f"{self.file}: {self.what}: {place}: expected {self.expected!r}, got {self.got!r}"


@dataclass(slots=True)
class Reading:
    """What was counted, over one document or many."""

    counts: Counter[str] = field(default_factory=Counter)
    """``tables``, ``tables right``, ``tables split`` … as ``extraction_report`` names them."""
    differences: list[Difference] = field(default_factory=list)


def measure(path: Path) -> Reading:
    """Read the file and compare it with ``NAME.truth.json`` beside it.

    A file that cannot be read counts with all of its tables, cells and statements missing.
    """
    truth = json.loads(path.with_name(path.name + ".truth.json").read_text(encoding="utf-8"))
    try:
        document = read_document(path)
    except IngestError as error:
        reading = compare(truth, None)
        reading.differences.insert(0, Difference(path.name, "not read", "", "", "", "a document", str(error)))
        return reading
    return compare(truth, document)


def compare(truth: dict[str, Any], document: Document | None) -> Reading:
    """``truth`` as ``eval.corpus.truth`` writes it."""
    comparison = _Comparison(truth["file"], _unit_codes(truth["tables"]))
    comparison.reading.counts["documents"] += 1
    matches, invented = match_tables(truth["tables"], document.tables if document else ())
    for match in matches:
        comparison.table(match)
    for table in invented:
        comparison.invented_table(table)
    comparison.statements(truth["statements"], document)
    comparison.identity(truth["identity"], document)
    comparison.audit(truth["contradictions"], document)
    return comparison.reading


class _Comparison:
    def __init__(self, file: str, unit_codes: set[tuple[str, str]]) -> None:
        self.file = file
        self.unit_codes = unit_codes
        self.reading = Reading()

    def count(self, what: str, number: int = 1) -> None:
        self.reading.counts[what] += number

    def differs(
        self, what: str, expected: object, got: object, *, table: str = "", row: str = "", column: str = ""
    ) -> None:
        self.reading.differences.append(
            Difference(self.file, what, table, row, column, str(expected), str(got))
        )

    # Tables

    def table(self, match: TableMatch) -> None:
        truth, read = match.truth, match.whole
        name = truth["title"] + (f"（{truth['side']}）" if truth["side"] else "")
        self.count("tables")
        self.count("columns", len(truth["columns"]))
        self.count("rows", len(truth["rows"]))
        if read is None and match.merged_into is None:
            self.count("tables missing")
            self.differs("table missing", "a table", None, table=name)
            self.missing_cells(truth["rows"])
            return
        if read is None or match.pieces:
            kind = "split" if match.pieces else "merged"
            self.count(f"tables {kind}")
            others = match.pieces or (match.merged_into,)
            self.differs(f"table {kind}", "one", [t.title for t in others if t], table=name)
        elif wrong := list(_table_faults(truth, read)):
            self.count("tables wrong")
            for what, expected, got in wrong:
                self.differs(f"table's {what}", expected, got, table=name)
        else:
            self.count("tables right")
        alone = read or match.merged_into
        assert alone is not None
        self.cells(name, truth, match.pieces or (alone,))

    def invented_table(self, table: Table) -> None:
        self.count("tables invented")
        self.differs("table invented", None, f"{table.title} on {table.pages}", table=table.title)
        self.invented((cell, row, table) for row in table.rows for cell in row.cells)

    def cells(self, name: str, truth: dict[str, Any], tables: Sequence[Table]) -> None:
        """Every true cell against the one read for it, and what was read besides."""
        rows = [(row, at) for at, table in enumerate(tables) for row in table.rows]
        matched = match_rows(truth["rows"], [row for row, _ in rows])
        source = {id(row): at for row, at in rows}
        pairs = [(t, r) for t, r in zip(truth["rows"], matched, strict=True) if r is not None]
        columns = [
            match_columns(truth, table, [pair for pair in pairs if source[id(pair[1])] == at])
            for at, table in enumerate(tables)
        ]
        right_columns = sum(
            j is not None and tables[0].columns[j].path == tuple(path)
            for path, j in zip(truth["columns"], columns[0], strict=True)
        )
        self.count("columns right", right_columns)
        seen: set[int] = set()
        for true_row, row in zip(truth["rows"], matched, strict=True):
            if row is None:
                self.missing_cells([true_row])
                self.differs("row missing", " > ".join(true_row["path"]), None, table=name)
                continue
            seen.add(id(row))
            at = source[id(row)]
            self.row(name, truth, true_row, row, tables[at], columns[at])
        extra = [(row, tables[at]) for row, at in rows if id(row) not in seen]
        if len(tables) == 1 and truth["rows"]:
            for row, table in extra:
                self.differs("row invented", None, " > ".join(row.path), table=name)
                self.invented((cell, row, table) for cell in row.cells)

    def row(
        self,
        name: str,
        truth: dict[str, Any],
        true_row: dict[str, Any],
        row: Row,
        table: Table,
        columns: Sequence[int | None],
    ) -> None:
        label = " > ".join(true_row["path"])
        faults = list(_row_faults(true_row, row))
        if true_row["unit_code"] != row.unit_code and (row.label, row.unit_code) not in self.unit_codes:
            faults.append(("row unit code", true_row["unit_code"], row.unit_code))
        for what, expected, got in faults:
            self.differs(what, expected, got, table=name, row=label)
        self.count("rows right", not faults)
        for number, path in enumerate(truth["columns"]):
            at = columns[number]
            cell = row.cells[at] if at is not None else None
            read_path = table.columns[at].path if at is not None else None
            self.cell(
                (name, label, " > ".join(path)), true_row, number, cell, not faults, read_path == tuple(path)
            )
        unmatched = [cell for at, cell in enumerate(row.cells) if at not in columns]
        self.invented((cell, row, table) for cell in unmatched)

    def cell(
        self,
        place: tuple[str, str, str],
        true_row: dict[str, Any],
        number: int,
        cell: Cell | None,
        is_row_right: bool,
        is_column_right: bool,
    ) -> None:
        table, row, column = place
        text, value, unit = (true_row[key][number] for key in ("cells", "values", "units"))
        got = cell.whole if cell else ""
        if text is None:
            if cell is not None and got:
                self.count("cells invented")
                self.count("cells invented unmarked", not _is_marked(cell))
                self.differs("cell invented", None, got, table=table, row=row, column=column)
            return
        self.count("cells")
        if cell is None or not got:
            self.count("cells missing")
            self.differs("cell missing", text, None, table=table, row=row, column=column)
            return
        self.count("cells found")
        true_value = None if value is None else Decimal(value)
        expected, read = (squeeze(text), true_value, unit), (squeeze(got), cell.value, cell.unit)
        page = cell.place.page_number
        if expected != read:
            self.differs("cell", expected, read, table=table, row=row, column=column)
        elif page is not None and true_row["page"] is not None and page != true_row["page"]:
            self.differs("cell's page", true_row["page"], page, table=table, row=row, column=column)
        elif is_row_right and is_column_right:
            self.count("cells right")
            return
        elif not is_column_right:
            self.differs("cell's column", column, "another", table=table, row=row, column=column)
        self.count("cells wrong")

    def missing_cells(self, rows: Sequence[dict[str, Any]]) -> None:
        printed = sum(text is not None for row in rows for text in row["cells"])
        self.count("cells", printed)
        self.count("cells missing", printed)

    def invented(self, cells: Iterator[tuple[Cell, Row, Table]]) -> None:
        for cell, row, table in cells:
            if cell.text:
                self.count("cells invented")
                self.count("cells invented unmarked", not _is_marked(cell))
                self.differs("cell invented", None, cell.whole, table=table.title, row=row.label)

    # Statements and identity

    def statements(self, truths: Sequence[dict[str, Any]], document: Document | None) -> None:
        texts = [_bare(_sentence(document, s)) for s in document.statements] if document else []
        for truth in truths:
            self.count("statements")
            quote = _bare(truth["quote"])
            read = [
                s
                for s, text in zip(document.statements if document else (), texts, strict=True)
                if text and text in quote
            ]
            faults = list(_statement_faults(truth, read))
            self.count("statements right", not faults)
            for what, expected, got in faults:
                self.differs(f"statement's {what}", expected, got, row=truth["quote"])

    def identity(self, truth: dict[str, Any], document: Document | None) -> None:
        for name, expected in truth.items():
            got = getattr(document.identity, name) if document else None
            self.count("identity")
            self.count("identity right", got == expected)
            if got != expected:
                self.differs(f"identity's {name}", expected, got)

    def audit(self, planted: Sequence[dict[str, Any]], document: Document | None) -> None:
        findings = document.findings if document else ()
        wrong = missed(planted, findings)
        self.count("contradictions", len(planted))
        self.count("contradictions right", len(planted) - len(wrong))
        for contradiction in wrong:
            expected = f"{contradiction['kind']} {contradiction['rule']}: {contradiction['message']}"
            quote = contradiction["places"][0]["quote"]
            self.differs("contradiction missed", expected, None, table=contradiction["where"], row=quote)
        for finding in unfounded(planted, findings):
            self.count("findings unfounded")
            got = f"{finding.rule}: {finding.printed}, expected {finding.expected}"
            self.differs("finding unfounded", None, got, table=finding.where)


def _table_faults(truth: dict[str, Any], table: Table) -> Iterator[tuple[str, object, object]]:
    for name in ("title", "number", "unit", "side"):
        if truth[name] != getattr(table, name):
            yield name, truth[name], getattr(table, name)
    if tuple(truth["pages"]) != table.pages:
        yield "pages", truth["pages"], table.pages
    if squeeze(truth["notes"] or "") != squeeze(table.notes or ""):
        yield "notes", truth["notes"], table.notes
    paths = [tuple(path) for path in truth["columns"]]
    if paths != [column.path for column in table.columns]:
        yield "columns", paths, [column.path for column in table.columns]


def _row_faults(truth: dict[str, Any], row: Row) -> Iterator[tuple[str, object, object]]:
    if tuple(truth["path"]) != row.path:
        yield "row path", truth["path"], list(row.path)
    if truth["code"] != row.code:
        yield "row code", truth["code"], row.code


def _unit_codes(tables: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """Labels with the unit codes that stand beside them in some table: a row of the same name in a
    table without codes may be given its unit's."""
    return {(row["label"], row["unit_code"]) for table in tables for row in table["rows"] if row["unit_code"]}


def _is_marked(cell: Cell) -> bool:
    return cell.confidence is not None and cell.confidence < SURE


def _bare(text: str) -> str:
    """A sentence without white space and the marks at its end."""
    return squeeze(text).rstrip("。;,")


def _sentence(document: Document, statement: Statement) -> str:
    return document.passages[statement.passage_index].text[statement.start : statement.end]


def _statement_faults(
    truth: dict[str, Any], read: Sequence[Statement]
) -> Iterator[tuple[str, object, object]]:
    """A sentence of the truth may be read as several statements, one for each of its clauses."""
    if not read:
        yield "sentence", truth["quote"], None
        return
    expected = [(Decimal(f["value"]), f["unit"], f["role"], f["direction"]) for f in truth["figures"]]
    got = [(f.value, f.unit, f.role, f.direction) for s in read for f in s.figures]
    if expected != got:
        yield "figures", [tuple(map(str, f)) for f in expected], [tuple(map(str, f)) for f in got]
    about = name_key(truth["about"])
    named = [name_key(name) for s in read for name in (s.subject, *(f.label for f in s.figures))]
    if not any(about in name for name in named):
        yield "subject", truth["about"], read[0].subject
    reasons = [s.reason for s in read if s.reason]
    if truth["reason"] and name_key(truth["reason"]) not in map(name_key, reasons):
        yield "reason", truth["reason"], reasons
    if truth["fiscal_year"] and all(s.fiscal_year != truth["fiscal_year"] for s in read):
        yield "year", truth["fiscal_year"], [s.fiscal_year for s in read]

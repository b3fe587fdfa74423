"""The accuracy report of reading: what is right, wrong, missing, invented, split and merged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.cli import app
from eval.corpus import truth, writers
from eval.corpus.generate import generate
from eval.corpus.model import WrittenPages
from eval.corpus.style import families
from eval.extraction import Reading, compare, measure
from ingest.model import (
    Cell,
    Column,
    Document,
    Finding,
    FindingPlace,
    Identity,
    Passage,
    Place,
    Row,
    StatedFigure,
    Statement,
    Table,
)

RULED = [name for name in families() if name not in ("unruled_budget", "layered_account")]


def truth_of(family: str = "city_budget", seed: int = 1, **options: Any) -> dict[str, Any]:
    document = generate(family, seed, **options)
    return truth.truth_of(document, WrittenPages.none(document), f"{document.name}.pdf")


def as_read(content: dict[str, Any]) -> Document:
    """The document that a reader without fault makes of it."""
    passages = tuple(Passage((), s["quote"], ()) for s in content["statements"])
    return Document(
        file_name=content["file"],
        sha256="",
        format="pdf",
        page_count=None,
        identity=Identity(**content["identity"]),
        tables=tuple(map(read_table, content["tables"])),
        passages=passages,
        statements=tuple(read_statement(at, s) for at, s in enumerate(content["statements"])),
    )


def read_table(content: dict[str, Any]) -> Table:
    return Table(
        title=content["title"],
        number=content["number"],
        unit=content["unit"],
        side=content["side"],
        pages=tuple(content["pages"]),
        columns=tuple(Column(tuple(path)) for path in content["columns"]),
        rows=tuple(map(read_row, content["rows"])),
        notes=content["notes"],
    )


def read_row(content: dict[str, Any]) -> Row:
    cells = zip(content["cells"], content["values"], content["units"], strict=True)
    return Row(
        label=content["label"],
        path=tuple(content["path"]),
        cells=tuple(
            Cell(text or "", None if value is None else Decimal(value), unit, Place())
            for text, value, unit in cells
        ),
        place=Place(content["page"]),
        code=content["code"],
        unit_code=content["unit_code"],
    )


def read_statement(at: int, content: dict[str, Any]) -> Statement:
    figures = tuple(
        StatedFigure(0, 0, f["text"], Decimal(f["value"]), f["unit"], f["role"], "", f["direction"])
        for f in content["figures"]
    )
    length = len(content["quote"])
    return Statement(at, 0, length, content["about"], figures, content["fiscal_year"], content["reason"])


def changed(document: Document, table: int, change: Callable[[Table], Table | tuple[Table, ...]]) -> Document:
    new = change(document.tables[table])
    tables = new if isinstance(new, tuple) else (new,)
    return replace(document, tables=(*document.tables[:table], *tables, *document.tables[table + 1 :]))


def with_cell(table: Table, row: int, column: int, **changes: Any) -> Table:
    old = table.rows[row]
    cell = replace(old.cells[column], **changes)
    cells = (*old.cells[:column], cell, *old.cells[column + 1 :])
    return replace(table, rows=(*table.rows[:row], replace(old, cells=cells), *table.rows[row + 1 :]))


def whats(reading: Reading) -> list[str]:
    return [difference.what for difference in reading.differences]


@given(st.sampled_from(families()), st.integers(0, 5_000))
@settings(max_examples=15, deadline=None)
def test_a_faultless_reading_is_wholly_right(family: str, seed: int) -> None:
    content = truth_of(family, seed, scale=1)
    reading = compare(content, as_read(content))
    assert reading.differences == []
    counts = reading.counts
    for what in ("tables", "cells", "rows", "columns", "statements", "identity"):
        assert counts[f"{what} right"] == counts[what] > 0
    assert counts["cells missing"] == counts["cells invented"] == 0


SPENDING = next(at for at, table in enumerate(truth_of()["tables"]) if len(table["columns"]) == 8)
"""The position of 支出总表, by unit and account."""


def test_a_wrong_value_unit_or_text_is_a_wrong_cell() -> None:
    content = truth_of()
    document = as_read(content)
    for change in ({"value": Decimal(1)}, {"unit": "元"}, {"text": "1.00"}):
        read = changed(document, SPENDING, lambda table, c=change: with_cell(table, 0, 0, **c))  # type: ignore[misc]
        reading = compare(content, read)
        assert whats(reading) == ["cell"]
        assert reading.counts["cells wrong"] == 1
        assert reading.counts["cells right"] == reading.counts["cells"] - 1


def test_a_cell_on_another_page_is_wrong() -> None:
    content = truth_of()
    for row in content["tables"][SPENDING]["rows"]:
        row["page"] = 7
    read = changed(as_read(content), SPENDING, lambda table: with_cell(table, 0, 0, place=Place(8)))
    assert whats(compare(content, read)) == ["cell's page"]


def test_blank_cells_that_hold_something_are_invented() -> None:
    content = truth_of()
    rows = content["tables"][SPENDING]["rows"]
    row, column = next(
        (r, c) for r, row in enumerate(rows) for c, text in enumerate(row["cells"]) if text is None
    )
    for confidence, unmarked in ((None, 1), (0.4, 0)):
        read = changed(
            as_read(content),
            SPENDING,
            lambda table, sure=confidence: with_cell(table, row, column, text="9", confidence=sure),  # type: ignore[misc]
        )
        counts = compare(content, read).counts
        assert counts["cells invented"] == 1
        assert counts["cells invented unmarked"] == unmarked


def test_a_row_that_is_left_out_is_missing_and_the_others_are_right() -> None:
    content = truth_of()
    missing = content["tables"][SPENDING]["rows"][3]
    read = changed(
        as_read(content), SPENDING, lambda table: replace(table, rows=(*table.rows[:3], *table.rows[4:]))
    )
    reading = compare(content, read)
    printed = sum(text is not None for text in missing["cells"])
    assert whats(reading) == ["row missing"]
    assert reading.counts["cells missing"] == printed
    assert reading.counts["cells right"] == reading.counts["cells"] - printed


def test_a_wrong_path_code_or_unit_code_makes_the_rows_cells_wrong() -> None:
    content = truth_of()
    for change in ({"path": ("别处",)}, {"code": "999"}, {"unit_code": "1"}):
        read = changed(
            as_read(content),
            SPENDING,
            lambda table, c=change: replace(
                table, rows=(*table.rows[:4], replace(table.rows[4], **c), *table.rows[5:])
            ),  # type: ignore[misc]
        )
        counts = compare(content, read).counts
        assert counts["rows right"] == counts["rows"] - 1
        assert counts["cells wrong"] > 0


def test_a_table_read_in_two_pieces_is_split_and_its_cells_are_right() -> None:
    content = truth_of()
    read = changed(
        as_read(content),
        SPENDING,
        lambda table: (
            replace(table, rows=table.rows[:6]),
            replace(table, rows=table.rows[6:], title="", unit=None),
        ),
    )
    reading = compare(content, read)
    assert whats(reading) == ["table split"]
    assert reading.counts["cells right"] == reading.counts["cells"]
    assert reading.counts["tables invented"] == 0


def test_two_tables_read_as_one_are_merged() -> None:
    content = truth_of()
    document = as_read(content)
    at = next(number for number, table in enumerate(document.tables) if table.side)
    left, right = document.tables[at : at + 2]
    rows = tuple(
        replace(a, cells=(*a.cells, Cell(b.label, None, None, Place()), *b.cells))
        for a, b in zip(left.rows, right.rows, strict=False)
    )
    columns = (*left.columns, Column(("支出", "项目"), is_text=True), Column(("支出", "金额")))
    whole = replace(left, side=None, rows=rows, columns=columns)
    reading = compare(
        content, replace(document, tables=(*document.tables[:at], whole, *document.tables[at + 2 :]))
    )
    assert reading.counts["tables merged"] == 1
    assert reading.counts["tables missing"] == reading.counts["tables invented"] == 0
    assert "table merged" in whats(reading)


def test_a_table_that_is_not_there_is_invented_and_one_not_found_missing() -> None:
    content = truth_of()
    document = as_read(content)
    other = Table("无关的表", None, None, None, (), (Column(("数",)),), (read_row_of("甲", "1"),))
    reading = compare(content, replace(document, tables=(*document.tables[1:], other)))
    assert reading.counts["tables missing"] == reading.counts["tables invented"] == 1
    assert reading.counts["cells invented"] == 1
    assert reading.counts["cells missing"] > 0


def read_row_of(label: str, text: str) -> Row:
    return Row(label, (label,), (Cell(text, Decimal(text), None, Place()),), Place())


def test_statements_and_identity_are_compared() -> None:
    content = truth_of()
    document = as_read(content)
    first = replace(document.statements[-1], figures=document.statements[-1].figures[:-1])
    read = replace(
        document,
        statements=(*document.statements[1:-1], first),
        identity=replace(document.identity, fiscal_year=1999),
    )
    reading = compare(content, read)
    assert reading.counts["statements right"] == reading.counts["statements"] - 2
    assert {"statement's sentence", "statement's figures", "identity's fiscal_year"} <= set(whats(reading))


def found_as(contradiction: dict[str, Any], **changes: Any) -> Finding:
    """The finding of an audit that tells a contradiction."""
    places = tuple(
        FindingPlace(Place(), place["quote"], place["table"], place["row"], place["column"])
        for place in contradiction["places"]
    )
    fields = {name: contradiction[name] for name in ("kind", "severity", "rule", "where", "printed")}
    fields |= {name: contradiction[name] for name in ("expected", "unit", "message")}
    return Finding(**(fields | {"places": places} | changes))


def test_planted_contradictions_are_held_to_the_findings() -> None:
    content = truth_of(contradictions=6)
    planted = content["contradictions"]
    whole = replace(as_read(content), findings=tuple(map(found_as, planted)))
    assert compare(content, whole).counts["contradictions right"] == len(planted) == 6
    noted = replace(whole, findings=(found_as(planted[0], severity="note"),))
    assert compare(content, noted).counts["contradictions right"] == 0
    other = replace(whole, findings=(found_as(planted[0], printed="1.23"),))
    assert compare(content, other).counts["contradictions right"] == 0


def test_a_certain_finding_that_nobody_planted_is_unfounded() -> None:
    content = truth_of(contradictions=1)
    elsewhere = (FindingPlace(Place(), "1.00", "别的表", "甲", "乙"),)
    found = found_as(content["contradictions"][0], places=elsewhere)
    for severity, count in (("certain", 1), ("suspected", 0)):
        document = replace(as_read(content), findings=(replace(found, severity=severity),))  # type: ignore[arg-type]
        assert compare(content, document).counts["findings unfounded"] == count


def test_a_file_that_cannot_be_read_misses_everything(tmp_path: Path) -> None:
    content = truth_of()
    path = tmp_path / content["file"]
    path.write_bytes(b"%PDF-1.4 no document at all")
    path.with_name(path.name + ".truth.json").write_text(json.dumps(content), "utf-8")
    reading = measure(path)
    assert whats(reading)[0] == "not read"
    assert reading.counts["cells missing"] == reading.counts["cells"] > 0


@given(st.sampled_from(RULED), st.integers(0, 10_000))
@settings(max_examples=6, deadline=None, derandomize=True, phases=(Phase.generate,))
def test_what_is_typeset_with_rules_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, family: str, seed: int
) -> None:
    """The same few documents each time, for a build must not fail by chance; the report draws others."""
    document = generate(family, seed, scale=1, most_tables=2)
    reading = measure(writers.write(document, tmp_path_factory.mktemp("typeset"), "pdf"))
    counts = reading.counts
    assert counts["cells right"] == counts["cells"], [str(d) for d in reading.differences[:5]]
    assert counts["cells invented"] == 0


def test_the_command_reports_by_family_and_fails_below_the_bar(tmp_path: Path) -> None:
    options = ["extraction", "--documents", "1", "--family", "district_account", "--scale", "1"]
    target = tmp_path / "report.json"
    passed = CliRunner().invoke(app, [*options, "--json", str(target), "--min-accuracy", "0.5"])
    assert passed.exit_code == 0, passed.output
    assert "district_account" in passed.output
    assert json.loads(target.read_text("utf-8"))["accuracy"] >= 0.5
    listed = CliRunner().invoke(app, ["extraction", "--documents", "1", "--family", "nothing"])
    assert listed.exit_code != 0


def test_the_command_generates_files_with_their_truth(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["generate", str(tmp_path), "--documents", "1", "--scale", "1"])
    assert made.exit_code == 0, made.output
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".pdf"]

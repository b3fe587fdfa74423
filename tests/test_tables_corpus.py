"""Tables of real documents: their own totals and the cells that questions ask for check them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import find_shared

from ingest.grid import Page
from ingest.model import Row, Table
from ingest.readers.pdf import read_pdf
from ingest.readers.text import read_text
from ingest.tables import read_tables
from ingest.values import find_amounts, name_key, squeeze

LEAST_TABLES_THAT_ADD_UP = 0.97
LEAST_EVIDENCE_FOUND = 0.98


def documents() -> list[Path]:
    folder = find_shared("corpus")
    return sorted([*folder.rglob("*.pdf"), *folder.rglob("*.txt")])


@cache
def pages_of(path: Path) -> list[Page]:
    return read_pdf(path) if path.suffix == ".pdf" else read_text(path)


@cache
def tables_of(path: Path) -> tuple[Table, ...]:
    year = next((int(a.value) for a in find_amounts(path.stem) if a.unit == "年"), None)
    return read_tables(pages_of(path), year).tables


def top_level_runs(table: Table, total: int) -> Iterator[list[Row]]:
    """The parts of the whole: each run of top-level rows of one kind, after and before the total."""
    runs: dict[str, list[Row]] = {}
    for row in table.rows:
        if row.parent_index is None and row.kind not in ("total", "subtotal"):
            runs.setdefault("unit" if row.kind in ("group", "unit") else "item", []).append(row)
    yield from runs.values()


def adds_up(table: Table) -> bool | None:
    """Whether the parts give the 合计 in every money column that has both; None without a 合计."""
    index = next((i for i, row in enumerate(table.rows) if row.kind == "total"), None)
    if index is None:
        return None
    verdicts = []
    for column, header in enumerate(table.columns):
        total = table.rows[index].cells[column]
        if header.is_text or total.value is None or total.unit != table.unit:
            continue
        sums = [
            sum((v for row in run if (v := row.cells[column].value) is not None), Decimal(0))
            for run in top_level_runs(table, index)
        ]
        if sums:
            verdicts.append(any(abs(s - total.value) <= Decimal("0.05") for s in sums))
    return all(verdicts) if verdicts else None


def test_top_level_parts_add_up_to_the_total() -> None:
    verdicts = {
        f"{path.name}: {table.number or ''} {table.title} {table.side or ''}": verdict
        for path in documents()
        for table in tables_of(path)
        if (verdict := adds_up(table)) is not None
    }
    wrong = [name for name, verdict in verdicts.items() if not verdict]
    share = 1 - len(wrong) / len(verdicts)
    print(f"{len(verdicts) - len(wrong)} of {len(verdicts)} tables add up ({share:.1%})", *wrong, sep="\n")
    assert share >= LEAST_TABLES_THAT_ADD_UP, wrong


def evidences() -> list[dict[str, Any]]:
    files = sorted(find_shared("questions").glob("*.jsonl"))
    questions = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
    found = [evidence for question in questions for evidence in question["expect"].get("evidence", [])]
    return [evidence for evidence in found if {"row", "quote", "doc"} <= evidence.keys()]


def same(wanted: str | None, offered: str | None) -> bool:
    """As the evaluation compares: one contains the other, white space and punctuation left out."""
    if wanted is None:
        return True
    a, b = name_key(wanted), name_key(offered or "")
    return bool(a and b) and (a in b or b in a)


def holds(evidence: dict[str, Any], table: Table) -> bool:
    title = f"{table.number or ''} {table.title}"
    if not any(same(evidence.get("table"), name) for name in (title, table.number, table.title)):
        return False
    for row in table.rows:
        if not (same(evidence["row"], row.label) or same(evidence["row"], " ".join(row.path))):
            continue
        for cell, column in zip(row.cells, table.columns, strict=True):
            page = evidence.get("page")
            right_page = page is None or page == cell.place.page_number
            right_text = squeeze(evidence["quote"]) in squeeze(cell.text)
            if right_page and right_text and same(evidence.get("column"), " ".join(column.path)):
                return True
    return False


def test_the_cells_that_questions_ask_for_are_there() -> None:
    by_name = {path.name: path for path in documents()}
    wanted = [evidence for evidence in evidences() if evidence["doc"] in by_name]
    if not wanted:
        pytest.skip("no evidence with a row in the shared questions")
    missing = [e for e in wanted if not any(holds(e, table) for table in tables_of(by_name[e["doc"]]))]
    share = 1 - len(missing) / len(wanted)
    print(f"{len(wanted) - len(missing)} of {len(wanted)} cells found ({share:.1%})", *missing, sep="\n")
    assert share >= LEAST_EVIDENCE_FOUND, missing

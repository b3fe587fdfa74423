"""Exports: cells and passages as records, whole and exact in every form, and never a formula."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from builders import PLACE, documents, make_document, make_table
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from faces.export import MOST_CELL_CHARACTERS, cut_texts, passages_of, rows_of, write_records
from ingest.model import Cell, Column, Document, Place, Row, Table

ARMED = ("=1+1", '=HYPERLINK("http://x")', "+甲", "-甲", "@甲", "\t=1")


def table_of(*cells: Cell, label: str = "公务接待费") -> Table:
    columns = tuple(Column((f"第{i}栏",)) for i in range(len(cells)))
    return Table("支出表", "表一", "万元", None, (1,), columns, (Row(label, (label,), cells, PLACE),))


def document_of(*cells: Cell, label: str = "公务接待费") -> Document:
    return make_document(tables=(table_of(*cells, label=label),))


def as_csv(records: list[dict[str, Any]]) -> list[dict[str, str]]:
    content = write_records(records, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_workbook(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(write_records(records, "xlsx"))).active
    assert sheet is not None
    head, *lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "inlineStr"}
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def test_a_record_tells_all_of_a_cell() -> None:
    (first, *_) = rows_of(make_document(tables=(make_table(),)))
    assert first == {
        "document": "普陀区2017.pdf",
        "organization": "上海市普陀区教育局",
        "fiscal_year": 2017,
        "kind": "budget",
        "table": "2017年部门支出预算表",
        "number": "表一",
        "table_kind": None,
        "table_unit": "万元",
        "row": "教育支出",
        "row_path": ["支出合计", "教育支出"],
        "row_kind": "item",
        "code": None,
        "unit_code": None,
        "unit_name": None,
        "column_path": ["基本支出"],
        "column_year": 2017,
        "stage": "budget",
        "text": "0.00",
        "value": "0",
        "unit": "万元",
        "amount_yuan": "0",
        "page": 1,
        "bbox": [72.0, 90.5, 180.25, 104.0],
    }


def test_blank_cells_have_no_record_and_a_dash_no_value() -> None:
    records = rows_of(document_of(Cell("", None, None, PLACE), Cell("—", None, None, PLACE)))
    assert [(r["column_path"], r["text"], r["value"], r["amount_yuan"]) for r in records] == [
        (["第1栏"], "—", None, None)
    ]


@given(
    st.decimals(-(10**14), 10**14, places=2),
    st.sampled_from(["元", "千元", "万元", "百万元", "亿元", "%", "人"]),
)
def test_amounts_come_back_exactly(value: Decimal, unit: str) -> None:
    records = rows_of(document_of(Cell(f"{value:,}", value, unit, PLACE)))
    (in_csv,), (in_workbook,) = as_csv(records), as_workbook(records)
    assert in_csv["text"] == f"{value:,}"
    assert Decimal(in_csv["value"]) == Decimal(str(in_workbook["value"])) == value
    assert Decimal(json.loads(write_records(records, "json"))[0]["value"]) == value
    yuan = {"元": 1, "千元": 1000, "万元": 10_000, "百万元": 10**6, "亿元": 10**8}.get(unit)
    expected = None if yuan is None else value * yuan
    assert (Decimal(in_csv["amount_yuan"]) if in_csv["amount_yuan"] else None) == expected
    assert (None if yuan is None else Decimal(str(in_workbook["amount_yuan"]))) == expected


@pytest.mark.parametrize("text", ARMED)
def test_text_is_no_formula(text: str) -> None:
    records = rows_of(document_of(Cell(text, None, None, PLACE), label=text))
    (in_csv,), (in_workbook,) = as_csv(records), as_workbook(records)
    assert in_csv["text"] == in_csv["row"] == f"'{text}"
    assert in_workbook["text"] == in_workbook["row"] == text


@pytest.mark.parametrize("text", ["-5.00", "+", "-", "——", "（5.00）"])
def test_numbers_and_dashes_stay_as_printed(text: str) -> None:
    (record,) = as_csv(rows_of(document_of(Cell(text, None, None, PLACE))))
    assert record["text"] == text


@settings(max_examples=40)
@given(documents())
def test_every_printed_cell_and_passage_comes_back(document: Document) -> None:
    rows, passages = rows_of(document), passages_of(document)
    printed = [cell.whole for t in document.tables for row in t.rows for cell in row.cells if cell.text]
    assert [record["text"] for record in rows] == printed
    assert [record["text"] for record in passages] == [passage.text for passage in document.passages]
    assert json.loads(write_records(rows, "json")) == json.loads(json.dumps(rows))
    assert [r["text"].removeprefix("'") for r in as_csv(rows)] == [t.removeprefix("'") for t in printed]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_text_comes_back_from_a_workbook(text: str) -> None:
    (record,) = as_workbook(rows_of(document_of(Cell(text, None, None, PLACE))))
    assert record["text"] == text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def test_a_text_that_excel_cannot_hold_ends_in_a_note() -> None:
    text = "长" * MOST_CELL_CHARACTERS
    fits = rows_of(document_of(Cell(text, None, None, PLACE)))
    long = rows_of(document_of(Cell(text + "文", None, None, PLACE)))
    assert (cut_texts(fits), cut_texts(long)) == (0, 1)
    assert as_workbook(fits)[0]["text"] == text
    written = as_workbook(long)[0]["text"]
    assert len(written) == MOST_CELL_CHARACTERS
    assert written.startswith("长长")
    assert "cut here" in written
    assert as_csv(long)[0]["text"] == text + "文"


def test_passages_bring_the_figures_that_they_state() -> None:
    (record,) = passages_of(make_document())
    assert (record["section"], record["page"]) == (["第一部分"], 1)
    (statement,) = record["statements"]
    assert (statement["subject"], statement["reason"]) == ("公务接待费", "厉行节约")
    assert [(f["text"], f["value"], f["unit"]) for f in statement["figures"]] == [
        ("71.33万元", "71.33", "万元")
    ]
    (flat,) = as_csv([record])
    assert json.loads(flat["statements"]) == record["statements"]


def test_a_cell_without_a_place_is_where_its_row_is() -> None:
    (record,) = rows_of(document_of(Cell("1", Decimal(1), None, Place())))
    assert record["page"] == 1


def test_nothing_to_export_is_an_empty_file() -> None:
    assert write_records([], "json") == b"[]\n"
    assert write_records([], "csv").decode("utf-8-sig").strip() == ""
    assert load_workbook(io.BytesIO(write_records([], "xlsx"))).active is not None

"""A document's figures and passages as records, and records as JSON, CSV or a workbook.

The records are the same whoever owns the store; only what a person's program asks for differs. A
text never becomes a formula in a spreadsheet, and a number stays a number.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from ingest.errors import BudgetQAError
from ingest.model import Cell, Column, Document, Identity, Passage, Row, Statement, Table
from ingest.values import convert_money, is_money, parse_number, places

Form = Literal["json", "csv", "xlsx"]

MOST_CELL_CHARACTERS = 32_767
MOST_SHEET_ROWS = 1_048_576
"""Both are Excel's own limits."""
_CUT = " … [cut here: Excel holds 32,767 characters in a cell; the JSON and CSV exports have all]"
_MOST_EXACT_DIGITS = 15
"""Excel keeps numbers in binary: a longer one is written as text, so that it stays exact."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""XML, of which a workbook is made, cannot hold them."""

Record = Mapping[str, Any]


def rows_of(document: Document) -> list[dict[str, Any]]:
    """One record for each cell that prints something, in the document's order.

    ``value`` is the number in ``unit`` and ``amount_yuan`` the same in 元, both as decimal strings,
    null where the cell prints no number (no money); ``bbox`` is x0, top, x1, bottom in points.
    """
    return [
        cell_record(document.file_name, document.identity, table, row, column, cell)
        for table in document.tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.text
    ]


def passages_of(document: Document) -> list[dict[str, Any]]:
    """One record for each paragraph of the narrative, with the figures that it states."""
    stated: dict[int, list[Statement]] = {}
    for statement in document.statements:
        stated.setdefault(statement.passage_index, []).append(statement)
    return [
        _whose(document.file_name, document.identity) | _passage_record(passage, stated.get(index, []))
        for index, passage in enumerate(document.passages)
    ]


def _whose(file_name: str, identity: Identity) -> dict[str, Any]:
    return {
        "document": file_name,
        "organization": identity.organization,
        "fiscal_year": identity.fiscal_year,
        "kind": identity.kind,
    }


def cell_record(
    file_name: str, identity: Identity, table: Table, row: Row, column: Column, cell: Cell
) -> dict[str, Any]:
    """A cell as ``rows_of`` gives it; of table and row, what stands inside them is not read."""
    place = cell.place if cell.place.page_number else row.place
    return _whose(file_name, identity) | {
        "table": table.title,
        "number": table.number,
        "table_kind": table.standard,
        "table_unit": table.unit,
        "row": row.label,
        "row_path": list(row.path),
        "row_kind": row.kind,
        "code": row.code,
        "unit_code": row.unit_code,
        "unit_name": row.unit_name,
        "column_path": list(column.path),
        "column_year": column.fiscal_year,
        "stage": column.stage,
        "text": cell.whole,
        "value": _plain(cell.value),
        "unit": cell.unit,
        "amount_yuan": _in_yuan(cell),
        "page": place.page_number,
        "bbox": list(place.bbox) if place.bbox else None,
    }


def _in_yuan(cell: Cell) -> str | None:
    if cell.value is None or cell.unit is None or not is_money(cell.unit):
        return None
    return _plain(convert_money(cell.value, cell.unit, "元").normalize())


def _passage_record(passage: Passage, statements: Sequence[Statement]) -> dict[str, Any]:
    pages = [f.place.page_number for f in passage.fragments if f.place.page_number is not None]
    return {
        "section": list(passage.section),
        "text": passage.text,
        "page": min(pages, default=None),
        "statements": [
            {
                "text": passage.text[statement.start : statement.end],
                "subject": statement.subject,
                "fiscal_year": statement.fiscal_year,
                "reason": statement.reason,
                "figures": [
                    {
                        "text": figure.text,
                        "value": _plain(figure.value),
                        "unit": figure.unit,
                        "role": figure.role,
                        "label": figure.label,
                        "direction": figure.direction,
                    }
                    for figure in statement.figures
                ],
            }
            for statement in statements
        ],
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


# -- as files ------------------------------------------------------------------------------


def write_records(records: Sequence[Record], form: Form) -> bytes:
    """The records as the bytes of a file: UTF-8, with a byte order mark for CSV, which Excel needs.

    Raises BudgetQAError when they are more than a worksheet holds.
    """
    if form == "json":
        return (json.dumps(list(records), ensure_ascii=False, indent=1) + "\n").encode()
    return _as_csv(records) if form == "csv" else _as_workbook(records)


def _as_csv(records: Sequence[Record]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(records[0].keys() if records else ())
    writer.writerows([unarmed(_flat(value)) for value in record.values()] for record in records)
    return file.getvalue().encode("utf-8-sig", errors="replace")


def _flat(value: Any) -> str:
    """A value in one field: a path with its levels apart, anything deeper as JSON."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " > ".join(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def unarmed(text: str) -> str:
    """Text that a spreadsheet takes for text: with an apostrophe where it would begin a formula."""
    is_safe = not text.startswith(_FORMULA_STARTS) or parse_number(text) is not None
    return text if is_safe or not re.search(r"\w", text) else f"'{text}"


def _as_workbook(records: Sequence[Record]) -> bytes:
    from xlsxwriter import Workbook

    if len(records) >= MOST_SHEET_ROWS:
        raise BudgetQAError(
            f"{len(records):,} records are more than the {MOST_SHEET_ROWS:,} rows of a worksheet; "
            "export them as csv"
        )
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        as_printed = cache(lambda decimals: book.add_format({"num_format": _number_format(decimals)}))
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(records[0] if records else ()):
            sheet.write_string(0, place, name)
        for line, record in enumerate(records, start=1):
            for place, (name, value) in enumerate(record.items()):
                if (number := _number(name, value)) is not None:
                    decimals = places(value) if isinstance(value, Decimal) else None
                    sheet.write_number(line, place, number, as_printed(decimals))
                elif text := _flat(value):
                    sheet.write_string(line, place, _fitting(_NO_CHARACTERS.sub("\ufffd", text)))
    return file.getvalue()


def _number_format(decimals: int | None) -> str:
    """Excel's own for amounts with so many decimals; ``General`` for None."""
    if decimals is None:
        return "General"
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _number(name: str, value: Any) -> Decimal | int | None:
    """What goes into a workbook as a number: years, pages, and amounts that Excel keeps exactly."""
    if isinstance(value, int):
        return value
    if value is None or not (isinstance(value, Decimal) or name in ("value", "amount_yuan")):
        return None
    number = Decimal(value)
    return number if len(number.as_tuple().digits) <= _MOST_EXACT_DIGITS else None


def _fitting(text: str) -> str:
    return (
        text
        if _width(text) <= MOST_CELL_CHARACTERS
        else _first(text, MOST_CELL_CHARACTERS - len(_CUT)) + _CUT
    )


def _width(text: str) -> int:
    """In the 16-bit units that Excel counts."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def _first(text: str, width: int) -> str:
    return text.encode("utf-16-le", errors="replace")[: 2 * width].decode("utf-16-le", errors="ignore")


def cut_texts(records: Sequence[Record]) -> int:
    """How many texts a workbook cannot hold whole."""
    texts = (_flat(value) for record in records for value in record.values())
    return sum(_width(text) > MOST_CELL_CHARACTERS for text in texts)

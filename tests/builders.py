"""Documents made by hand and by hypothesis, for tests that need one without reading a file."""

from __future__ import annotations

import hashlib
import string
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

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

PLACE = Place(1, (72.0, 90.5, 180.25, 104.0))


def make_table(
    title: str = "2017年部门支出预算表",
    labels: tuple[str, ...] = ("教育支出", "行政运行", "公务接待费"),
    column_names: tuple[str, ...] = ("基本支出", "项目支出"),
) -> Table:
    """Row i, column j holds the amount i + j / 100, in 万元."""
    columns = tuple(Column((name,), fiscal_year=2017, stage="budget") for name in column_names)
    rows = tuple(
        Row(
            label=label,
            path=("支出合计", label),
            cells=tuple(_amount(i, j) for j in range(len(columns))),
            place=PLACE,
        )
        for i, label in enumerate(labels)
    )
    return Table(title, "表一", "万元", "支出", (1,), columns, rows)


def _amount(i: int, j: int) -> Cell:
    value = Decimal(i) + Decimal(j) / 100
    return Cell(f"{value:.2f}", value, "万元", PLACE)


def make_document(
    file_name: str = "普陀区2017.pdf",
    content: str | None = None,
    tables: tuple[Table, ...] | None = None,
    texts: tuple[str, ...] = ("公务接待费预算71.33万元，比2016年减少2.1万元，主要原因是厉行节约。",),
) -> Document:
    """A small whole document; ``content`` (the name, if not given) stands for the file's bytes."""
    return Document(
        file_name=file_name,
        sha256=hashlib.sha256((content or file_name).encode()).hexdigest(),
        format=Path(file_name).suffix.lstrip(".") or "txt",
        page_count=3,
        identity=Identity("上海市普陀区教育局", 2017, "budget", "department"),
        tables=(make_table(),) if tables is None else tables,
        passages=tuple(Passage(("第一部分",), text, (Fragment(0, len(text), PLACE),)) for text in texts),
        statements=tuple(
            Statement(i, 0, len(text), "公务接待费", (_stated(),), 2017, "厉行节约")
            for i, text in enumerate(texts)
        ),
        warnings=("第2页有一处不清楚",),
    )


def _stated() -> StatedFigure:
    return StatedFigure(7, 14, "71.33万元", Decimal("71.33"), "万元", "amount", "公务接待费预算", None)


def make_large_document(file_name: str = "大.pdf", row_count: int = 400, column_count: int = 10) -> Document:
    """Every row reads differently from every other, and from those of any other file name."""
    labels = tuple(f"{file_name}的项目{i}" for i in range(row_count))
    table = make_table(labels=labels, column_names=tuple(f"第{j}栏" for j in range(column_count)))
    return make_document(file_name, tables=(table,))


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_maybe_text = st.none() | _text
_path = st.lists(_text, max_size=3).map(tuple)
_number = st.integers(0, 10**6)
_decimal = st.decimals(allow_nan=False, allow_infinity=False)
_year = st.none() | st.integers(1949, 2100)
_length = st.floats(-1e4, 1e4)
_place = st.builds(
    Place, st.none() | st.integers(1, 999), st.none() | st.tuples(_length, _length, _length, _length)
)
_unit = st.none() | st.sampled_from(["元", "万元", "亿元", "%", "人", "辆"]) | _text
_confidence = st.none() | st.floats(0, 1)
_cell = st.builds(Cell, _text, st.none() | _decimal, _unit, _place, _confidence)
_stage = st.sampled_from([None, "original_budget", "adjusted_budget", "budget", "execution", "final_account"])
_column = st.builds(Column, _path, st.booleans(), _year, _stage, _maybe_text)
_row_kind = st.sampled_from(["total", "subtotal", "group", "unit", "item", "of_which"])


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    columns = tuple(draw(st.lists(_column, max_size=3)))
    cells = st.tuples(*[_cell for _ in columns])
    index = st.none() | st.integers(0, 3)
    row = st.builds(Row, _text, _path, cells, _place, _maybe_text, _maybe_text, _maybe_text, _row_kind, index)
    return Table(
        title=draw(_text),
        number=draw(_maybe_text),
        unit=draw(_unit),
        side=draw(st.sampled_from([None, "收入", "支出"])),
        pages=tuple(draw(st.lists(st.integers(1, 999), max_size=3))),
        columns=columns,
        rows=tuple(draw(st.lists(row, max_size=4))),
        notes=draw(_maybe_text),
        label_header=draw(_maybe_text),
        standard=draw(_maybe_text),
    )


_fragment = st.builds(Fragment, _number, _number, _place, _confidence)
_long_text = _text | st.text("预算支出，。；0123456789", min_size=300, max_size=900)
_passage = st.builds(Passage, _path, _long_text, st.lists(_fragment, max_size=3).map(tuple))
_role = st.sampled_from(["amount", "change", "rate", "share", "count", "price"])
_direction = st.sampled_from([None, "increase", "decrease", "unchanged"])
_figure = st.builds(StatedFigure, _number, _number, _text, _decimal, _text, _role, _text, _direction)
_identity = st.builds(
    Identity,
    _maybe_text,
    _year,
    st.sampled_from([None, "budget", "final_account"]),
    st.sampled_from([None, "department", "unit"]),
    _maybe_text,
    st.sampled_from([None, "central", "province", "city", "district", "township"]),
    _maybe_text,
    _maybe_text,
)
_finding_place = st.builds(FindingPlace, _place, _text, _maybe_text, _maybe_text, _maybe_text, _maybe_text)
_finding = st.builds(
    Finding,
    st.sampled_from(["sum", "growth", "cross", "text"]),
    st.sampled_from(["certain", "suspected", "note"]),
    _text,
    _text,
    _text,
    _text,
    _unit,
    _text,
    st.lists(_finding_place, max_size=3).map(tuple),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any whole document whose parts fit together."""
    passages = tuple(draw(st.lists(_passage, max_size=3)))
    passage_index = st.integers(0, len(passages) - 1)
    statement = st.builds(
        Statement,
        passage_index,
        _number,
        _number,
        _text,
        st.lists(_figure, max_size=2).map(tuple),
        _year,
        _maybe_text,
    )
    return Document(
        file_name=draw(_text),
        sha256=draw(st.text(string.hexdigits[:16], min_size=64, max_size=64)),
        format=draw(st.sampled_from(["pdf", "txt"])),
        page_count=draw(st.none() | st.integers(0, 9999)),
        identity=draw(_identity),
        tables=tuple(draw(st.lists(_tables(), max_size=3))),
        passages=passages,
        statements=tuple(draw(st.lists(statement, max_size=3))) if passages else (),
        warnings=tuple(draw(st.lists(_text, max_size=2))),
        findings=tuple(draw(st.lists(_finding, max_size=3))),
    )

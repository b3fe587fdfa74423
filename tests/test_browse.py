"""Cells are found in SQL exactly as a walk through the documents finds them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import make_document, make_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import no_model

from index_store import Store
from index_store.browse import CellFilter, CellKey, Order, TooManyNamesError
from ingest.model import Cell, Column, Document, Identity, Place, Row, Table
from ingest.values import YUAN_PER_UNIT, convert_money, is_money, name_key

ORGANIZATIONS = ("甲市教育局", "甲市財政局", "乙县教育局", None)
LABELS = ("公务接待费", "公務接待費", "⼈员经费", "“三公”经费", "三 公经费合计", "100%_补助", "A(b)", "")
YEARS = (2016, 2017, None)
STAGES = (None, "budget", "execution")
KINDS = ("budget", "final_account", None)
CODES = ("201 03 01", "2010350", "301", None)
NUMBERS = st.decimals(-(10**9), 10**9, places=2) | st.integers(-5, 5).map(Decimal)
UNITS = st.sampled_from(["元", "万元", "亿元", "%", "人", None])


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    text = draw(st.sampled_from(["", "—", "文字"]) | st.just("1"))
    value = draw(NUMBERS) if text == "1" else None
    return Cell(text if value is None else str(value), value, draw(UNITS), Place(1))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = tuple(
        Column((draw(st.sampled_from(LABELS)), "合计"), False, draw(st.sampled_from(YEARS)), draw(stages))
        for _ in range(draw(st.integers(1, 3)))
    )
    rows = tuple(
        Row(label, ("总", label), tuple(draw(cells()) for _ in columns), Place(1), draw(codes))
        for label in draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=4))
    )
    title, number = draw(st.sampled_from(LABELS)), draw(st.sampled_from(["表一", "表十一", None]))
    standard = draw(st.sampled_from(["income", "expenditure", None]))
    return Table(title, number, "万元", None, (1,), columns, rows, standard=standard)


stages: st.SearchStrategy[Any] = st.sampled_from(STAGES)
codes = st.sampled_from(CODES)


@st.composite
def shelves(draw: st.DrawFn) -> list[Document]:
    return [
        replace(
            make_document(
                f"{n}.pdf", tables=tuple(draw(st.lists(tables(), min_size=1, max_size=2))), texts=()
            ),
            identity=Identity(
                draw(st.sampled_from(ORGANIZATIONS)),
                draw(st.sampled_from(YEARS)),
                draw(st.sampled_from(KINDS)),
            ),
        )
        for n in range(draw(st.integers(1, 3)))
    ]


PARTS: dict[str, tuple[Any, ...]] = {
    "organizations": (("教育局",), ("甲市财政局",), ("甲市", "乙县"), ("没有",)),
    "years": ((2016,), (2016, 2017)),
    "kind": ("budget", "final_account"),
    "standard": ("income",),
    "title": ("接待", "三公", "表一", "%"),
    "items": (("公务接待费",), ("人员", "三公"), ("20103",), ("100%",), ("_",), ("ab",)),
    "column": ("公务接待费", "合计", "A"),
    "stage": ("budget", "execution"),
    "least_yuan": (Decimal(0), Decimal("10000.01"), Decimal(10**9)),
    "most_yuan": (Decimal(0), Decimal(-10_000), Decimal(10**9)),
    "with_text": (True,),
}
SINGLE = [{part: value} for part, values in PARTS.items() for value in values]
ORDERS: tuple[Order, ...] = ("place", "largest", "smallest")


def has(text: str | None, *names: str) -> bool:
    return any(name_key(name) in name_key(text or "") for name in names if name_key(name))


def fits(wanted: CellFilter, document: Document, table: Table, row: Row, column: Column, cell: Cell) -> bool:
    """What the filter's documentation says, said again over the documents."""
    whose = document.identity
    amount = (
        convert_money(cell.value, cell.unit, "元") if is_money(cell.unit) and cell.value is not None else None
    )  # type: ignore[arg-type]
    begun = [name_key(item) for item in wanted.items if name_key(item).isdigit()]
    named = has(row.label, *wanted.items) or any(has(part, *wanted.items) for part in column.path)
    coded = row.code is not None and name_key(row.code).startswith(tuple(begun))
    return all(
        (
            cell.text != "" if wanted.with_text else cell.value is not None,
            not wanted.organizations or has(whose.organization, *wanted.organizations),
            not wanted.years or (column.fiscal_year or whose.fiscal_year) in wanted.years,
            wanted.kind in (None, whose.kind),
            wanted.standard in (None, table.standard),
            not wanted.title or has(table.title, wanted.title) or has(table.number, wanted.title),
            not wanted.items or named or coded,
            not wanted.column or any(has(part, wanted.column) for part in column.path),
            wanted.stage in (None, column.stage),
            wanted.least_yuan is None or (amount is not None and amount >= wanted.least_yuan),
            wanted.most_yuan is None or (amount is not None and amount <= wanted.most_yuan),
        )
    )


def walked(
    wanted: CellFilter, documents: list[tuple[int, Document]]
) -> Iterator[tuple[CellKey, Decimal | None]]:
    for number, document in documents:
        for t, table in enumerate(document.tables):
            for r, row in enumerate(table.rows):
                for k, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
                    if fits(wanted, document, table, row, column, cell):
                        money = is_money(cell.unit) and cell.value is not None
                        yield (
                            CellKey(number, t, r, k),
                            cell.value * YUAN_PER_UNIT[cell.unit] if money else None,  # type: ignore[operator, index]
                        )


def in_order(found: list[tuple[CellKey, Decimal | None]], order: Order) -> list[CellKey]:
    sign = {"place": 0, "largest": -1, "smallest": 1}[order]
    return [
        k
        for k, amount in sorted(
            found, key=lambda f: (f[1] is None, sign * (f[1] or 0), f[0]) if sign else f[0]
        )
    ]


pairs = st.tuples(st.sampled_from(SINGLE), st.sampled_from(SINGLE), st.sampled_from(ORDERS))


@given(shelves(), st.lists(pairs, min_size=5, max_size=5))
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_filter_finds_what_a_walk_finds(
    documents: list[Document], drawn: list[tuple[dict[str, Any], dict[str, Any], Order]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder), embedder=no_model) as store:
        for document in documents:
            store.add(document)
        kept = [(stored.id, store.load(stored.id)) for stored in store.documents()]
        asked: list[tuple[dict[str, Any], Order]] = [(single, "place") for single in SINGLE]
        asked += [({}, order) for order in ORDERS] + [(a | b, order) for a, b, order in drawn]
        for parts, order in asked:
            wanted = CellFilter(**parts)
            expected = in_order(list(walked(wanted, kept)), order)
            assert store.cells.count(wanted) == len(expected)
            assert [cell.key for cell in store.cells.each(wanted, order, 1000)] == expected
            assert [cell.key for cell in store.cells.page(wanted, order, 1, 2)] == expected[1:3]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, embedder=no_model) as opened:
        yield opened


def test_a_cell_comes_with_all_that_it_stands_under(store: Store) -> None:
    document = make_document()
    store.add(document)
    (stored,) = store.documents()
    (found,) = store.cells.at([CellKey(stored.id, 0, 2, 1), CellKey(stored.id, 9, 0, 0)])
    (table,) = document.tables
    assert (found.file_name, found.identity) == (document.file_name, document.identity)
    assert found.table == replace(table, columns=(), rows=())
    assert found.row == replace(table.rows[2], cells=())
    assert found.column == table.columns[1]
    assert found.cell == table.rows[2].cells[1]


def test_amounts_compare_as_numbers_whatever_their_unit(store: Store) -> None:
    printed = (("9.5", "万元"), ("100000", "元"), ("0.001", "亿元"), ("99999.99", "元"), ("7", "人"))
    row = Row(
        "甲", ("甲",), tuple(Cell(text, Decimal(text), unit, Place(1)) for text, unit in printed), Place(1)
    )
    columns = tuple(Column((unit,)) for _, unit in printed)
    store.add(make_document(tables=(Table("表", None, None, None, (1,), columns, (row,)),)))

    def texts(**limits: Decimal) -> list[str]:
        return [cell.cell.text for cell in store.cells.each(CellFilter(**limits), "smallest", 9)]  # type: ignore[arg-type]

    assert texts() == ["9.5", "99999.99", "100000", "0.001", "7"]
    assert texts(least_yuan=Decimal("99999.99"), most_yuan=Decimal("99999.99")) == ["99999.99"]
    assert texts(least_yuan=Decimal("99999.991")) == ["100000", "0.001"]


def test_what_can_be_chosen_is_what_there_is(store: Store) -> None:
    assert store.cells.choices().years == ()
    store.add(make_document())
    offered = store.cells.choices()
    assert offered.organizations == ("上海市普陀区教育局",)
    assert offered.years == (2017,)


def test_words_that_stand_in_too_many_names_are_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index_store.browse.MOST_NAMES", 2)
    store.add(make_document(tables=(make_table(labels=("甲费", "乙费", "丙费")),)))
    assert store.cells.count(CellFilter(items=("甲费",))) == 2
    with pytest.raises(TooManyNamesError):
        store.cells.count(CellFilter(items=("费",)))


def test_names_are_data_to_the_database(store: Store) -> None:
    store.add(make_document())
    for text in ("' OR 1=1 --", "%", "_", "\\", "\x00", "公务接待费'; DROP TABLE cells; --"):
        wanted = CellFilter(organizations=(text,), items=(text,), title=text, column=text)
        assert store.cells.count(wanted) == 0
    assert store.cells.count(CellFilter()) == 6


def test_parents_are_those_of_whole_tables(store: Store) -> None:
    table = make_table()
    rows = tuple(
        replace(row, parent_index=index - 1 if index else None) for index, row in enumerate(table.rows)
    )
    store.add(make_document(tables=(replace(table, rows=rows), table)))
    (stored,) = store.documents()
    assert store.cells.parents([(stored.id, 0)]) == {(stored.id, 0, 1): 0, (stored.id, 0, 2): 1}

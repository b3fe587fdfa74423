"""The Query tab without a browser: its link, its filter, sums with what is doubtful about them, markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from builders import make_document
from hypothesis import given
from hypothesis import strategies as st
from small_world import no_model

from faces.export import rows_of
from faces.found import found_html, sum_html, sum_text
from faces.querying import (
    MOST_CHOSEN,
    AmountError,
    Query,
    Summed,
    add_up,
    citation_of,
    filter_of,
    key_of,
    link_of,
    names_of,
    query_of_fields,
    query_of_link,
    records_of,
)
from faces.wording import words
from index_store import Store
from index_store.browse import CellKey
from ingest.model import Cell, Column, Document, Identity, Place, Row, RowKind, Table
from ingest.standard import standard_names
from ingest.values import YUAN_PER_UNIT
from qa.calculator import evaluate


def row(
    label: str, *amounts: str, kind: RowKind = "item", parent: int | None = None, unit: str = "万元"
) -> Row:
    cells = tuple(Cell(text, Decimal(text) if text else None, unit, Place(3)) for text in amounts)
    return Row(label, (label,), cells, Place(3), kind=kind, parent_index=parent)


COLUMNS = (Column(("合计",), stage="budget"), Column(("基本支出",), stage="budget"), Column(("项目支出",)))
ROWS = (
    row("合计", "60.00", "40.00", "20.00", kind="total"),
    row("教育支出", "45.00", "30.00", "15.00"),
    row("普通教育", "35.00", "25.00", "10.00", parent=1),
    row("小学教育", "20.00", "20.00", "", parent=2),
    row("其他支出", "15.00", "10.00", "5.00"),
)
TABLE = Table("支出总表", "表三", "万元", "支出", (3,), COLUMNS, ROWS, standard="expenditure")
IN_YUAN = Table(
    "项目表",
    None,
    "元",
    None,
    (3,),
    (Column(("金额",)), Column(("数量",))),
    (row("教育支出", "450000", "3", unit="元"),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    counted = replace(IN_YUAN.rows[0].cells[1], unit="台")
    in_yuan = replace(IN_YUAN, rows=(replace(IN_YUAN.rows[0], cells=(IN_YUAN.rows[0].cells[0], counted)),))
    with Store.open(tmp_path, embedder=no_model) as opened:
        opened.add(make_document("甲.pdf", tables=(TABLE, TABLE, in_yuan)))
        later = Identity("乙局", 2018, "final_account")
        opened.add(replace(make_document("乙.pdf", tables=(TABLE,)), identity=later))
        yield opened


def summed(store: Store, *places: tuple[int, int, int, int]) -> Summed:
    """Of cells named by document (0 or 1), table, row and column."""
    ids = [document.id for document in store.documents()]
    return add_up(store.cells, [CellKey(ids[d], t, r, c) for d, t, r, c in places])


# -- sums ----------------------------------------------------------------------------------


def test_a_sum_is_exact_and_shows_its_working(store: Store) -> None:
    done = summed(store, (0, 0, 2, 1), (0, 0, 4, 1))
    assert done.calculation is not None
    assert (done.calculation.expression, done.calculation.value) == ("25.00 + 10.00", Decimal("35.00"))
    assert done.calculation.unit == "万元"
    assert done.warnings == ()
    assert [c.quote for c in done.citations] == ["25.00", "10.00"]


def test_other_units_of_money_are_converted_in_the_open(store: Store) -> None:
    done = summed(store, (0, 0, 4, 1), (0, 2, 0, 0))
    assert done.calculation is not None
    assert done.calculation.expression == "10.00 + (450000 / 10000)"
    assert done.calculation.value == Decimal("55.00")


@pytest.mark.parametrize("other", [(0, 2, 0, 1), (0, 0, 3, 2)], ids=["things", "nothing printed"])
def test_money_and_things_are_not_added(store: Store, other: tuple[int, int, int, int]) -> None:
    done = summed(store, (0, 2, 0, 0), other)
    if other == (0, 2, 0, 1):
        assert done.calculation is None
        assert words("zh")["query_mixed"] in sum_html(done, words("zh"))
    else:
        assert done.calculation is None or done.calculation.value == 450000


PARTS = "query_warn_parts"


@pytest.mark.parametrize(
    ("places", "warned"),
    [
        pytest.param([(0, 0, 0, 1), (0, 0, 4, 1)], True, id="the table's total and an item"),
        pytest.param([(0, 0, 3, 1), (0, 0, 1, 1)], True, id="an item and what it is a part of, two up"),
        pytest.param([(0, 0, 1, 1), (0, 0, 4, 1)], False, id="items side by side"),
        pytest.param([(0, 0, 1, 0), (0, 0, 1, 2)], True, id="the column of totals and another"),
        pytest.param([(0, 0, 1, 1), (0, 0, 1, 2)], False, id="columns side by side"),
        pytest.param([(0, 0, 0, 0), (0, 0, 3, 1)], True, id="by row and column at once"),
        pytest.param([(0, 0, 0, 1), (0, 0, 3, 2)], False, id="a total of another column"),
        pytest.param([(0, 0, 0, 1), (1, 0, 4, 1)], False, id="another document"),
    ],
)
def test_a_total_with_its_parts_is_warned_of(
    store: Store, places: list[tuple[int, int, int, int]], warned: bool
) -> None:
    assert (PARTS in summed(store, *places).warnings) == warned


def test_what_the_figures_differ_in_is_said(store: Store) -> None:
    assert summed(store, (0, 0, 1, 1), (1, 0, 4, 1)).warnings == ("query_warn_documents", "query_warn_years")
    assert "query_warn_stages" in summed(store, (0, 0, 1, 1), (1, 0, 4, 2)).warnings
    assert summed(store, (0, 0, 1, 1), (0, 1, 1, 1)).warnings == ("query_warn_twice",)
    assert summed(store, (0, 0, 1, 1)).warnings == ()


def test_a_cell_counts_once_and_a_missing_one_not_at_all(store: Store) -> None:
    done = summed(store, (0, 0, 1, 1), (0, 0, 1, 1), (0, 9, 9, 9))
    assert done.calculation is not None
    assert done.calculation.expression == "30.00"
    assert summed(store).cells == ()
    assert sum_html(summed(store), words("zh")) == ""


def test_no_more_are_added_than_can_be_shown(tmp_path: Path) -> None:
    rows = tuple(row(f"第{n}项", f"{n}.5") for n in range(MOST_CHOSEN + 5))
    table = replace(TABLE, columns=COLUMNS[:1], rows=rows)
    with Store.open(tmp_path, embedder=no_model) as store:
        store.add(make_document(tables=(table,)))
        done = summed(store, *((0, 0, n, 0) for n in range(len(rows))))
    assert len(done.cells) == MOST_CHOSEN
    assert done.calculation is not None
    assert done.calculation.value == sum(range(MOST_CHOSEN)) + Decimal("0.5") * MOST_CHOSEN
    assert words("en")["query_most_chosen"].format(most=MOST_CHOSEN) in sum_html(done, words("en"))


@given(
    st.lists(
        st.tuples(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(list(YUAN_PER_UNIT))),
        min_size=1,
        max_size=9,
    )
)
def test_every_sum_of_money_is_the_sum_in_yuan(money: list[tuple[Decimal, str]]) -> None:
    from faces.querying import _sum
    from qa.calculator import Operand

    done = _sum([Operand(value, unit, n) for n, (value, unit) in enumerate(money)])
    assert done is not None
    assert done.unit is not None
    in_yuan = sum(value * YUAN_PER_UNIT[unit] for value, unit in money)
    exact = evaluate(done.expression) * YUAN_PER_UNIT[done.unit]
    assert exact == in_yuan
    assert abs(done.value * YUAN_PER_UNIT[done.unit] - in_yuan) <= YUAN_PER_UNIT[done.unit] / 200


# -- the link and the filter ---------------------------------------------------------------

queries = st.builds(
    Query,
    organizations=st.lists(st.text(min_size=1).filter(str.strip), max_size=3).map(tuple),
    years=st.lists(st.integers(1949, 2100), max_size=3).map(tuple),
    kind=st.sampled_from(["", "budget", "final_account"]),
    standard=st.sampled_from(["", *standard_names()]),
    title=st.text(max_size=20).map(str.strip),
    item=st.text(max_size=20).map(str.strip) | st.just("a;b=c&d%3B+e?#/"),
    column=st.text(max_size=20).map(str.strip),
    stage=st.sampled_from(["", "execution"]),
    least=st.sampled_from(["", "100", "1.5亿元"]),
    most=st.sampled_from(["", "−3"]),
    unit=st.sampled_from(list(YUAN_PER_UNIT)),
    order=st.sampled_from(["place", "largest", "smallest"]),
    with_text=st.booleans(),
)


@given(queries)
def test_a_link_opens_the_query_that_it_was_made_from(query: Query) -> None:
    from starlette.datastructures import QueryParams

    link = link_of(query)
    assert link.isascii()
    assert query_of_link(QueryParams(link.partition("?")[2])["query"]) == query


def test_a_link_can_be_read() -> None:
    from urllib.parse import unquote

    query = Query(years=(2017, 2018), item="公务接待费", least="10", order="largest")
    assert unquote(link_of(query)) == "/?query=year=2017;year=2018;item=公务接待费;from=10;sort=largest"
    assert link_of(Query()) == "/?query="


@given(st.text() | st.from_regex(r"((org|year|kind|table|unit|sort|text|x)=[^;]{0,5};){1,5}"))
def test_whatever_stands_in_an_address_is_some_query(value: str) -> None:
    filter_of(replace(query_of_link(value), least="", most=""))


def test_whatever_a_browser_sends_is_some_query() -> None:
    sent = [None, "2017", "x", {}, "t" * 999, 3, [], "none", "1", "2", "tons", "random", "yes"]
    query = query_of_fields(sent)
    assert (query.organizations, query.years, query.kind, query.unit, query.order) == (
        (),
        (),
        "",
        "万元",
        "place",
    )
    assert len(query.title) == 200
    assert query.with_text is False


def test_everyday_and_english_names_find_the_official_ones() -> None:
    assert "公务接待费" in names_of("招待费")
    assert "公务接待费" in names_of("official hospitality")
    assert "接待" not in names_of("招待费")
    assert names_of("某某专项") == ("某某专项",)
    assert names_of("  ") == ()


def test_amounts_are_read_with_their_own_unit_or_the_one_chosen() -> None:
    wanted = filter_of(Query(least="1.5", most="2亿元", unit="万元"))
    assert (wanted.least_yuan, wanted.most_yuan) == (Decimal(15_000), Decimal(200_000_000))
    for typed in ("很多", "3辆", "1e9", "NaN"):
        with pytest.raises(AmountError):
            filter_of(Query(least=typed))


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,-4", "1,2,3,4,5", "１,2,3,4", "1,2,3,9999999999", "a,b,c,d"]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert key_of(text) is None
    assert key_of("1,2,3,4") == CellKey(1, 2, 3, 4)


# -- what is found -------------------------------------------------------------------------


def test_an_export_has_the_records_of_the_documents(store: Store) -> None:
    documents = [store.load(document.id) for document in store.documents()]
    everything = [record for document in documents for record in rows_of(document)]
    assert list(records_of(store.cells, Query(with_text=True))) == everything
    assert list(records_of(store.cells, Query(years=(2018,)))) == [
        r for r in everything if r["document"] == "乙.pdf"
    ]


def hostile() -> Document:
    bad = "<img src=x onerror=alert(1)>\"'&"
    cell = Cell(bad, None, bad, Place())
    table = Table(bad, bad, bad, None, (), (Column((bad, bad)),), (Row(bad, (bad, bad), (cell,), Place()),))
    return replace(make_document(f"{bad}.txt", tables=(table,)), identity=Identity(bad, None, None))


def test_document_text_is_only_text(tmp_path: Path) -> None:
    with Store.open(tmp_path, embedder=no_model) as store:
        store.add(hostile())
        query = Query(with_text=True, item="<img>")
        (found,) = store.cells.each(filter_of(Query(with_text=True)), "place", 9)
        html = found_html([found], 1, 0, (), query, words("en")) + sum_html(
            summed(store, (0, 0, 0, 0)), words("en")
        )
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_citation_says_where_the_cell_stands(store: Store) -> None:
    (found,) = summed(store, (0, 0, 3, 1)).cells
    cited = citation_of(found, 4)
    assert (cited.n, cited.doc, cited.table, cited.row, cited.column) == (
        4,
        "甲.pdf",
        "表三 支出总表",
        "小学教育",
        "基本支出",
    )
    assert (cited.table_index, cited.row_index, cited.column_index) == (0, 3, 1)
    assert cited.page_number == 3


def test_the_copied_sum_names_its_sources(store: Store) -> None:
    text = sum_text(summed(store, (0, 0, 0, 1), (0, 0, 4, 1)), words("zh"))
    assert "40.00 + 10.00 = 50.00" in text
    assert words("zh")[PARTS] in text
    assert "[2] 甲.pdf" in text

"""Which of the usual tables a table is: many names, contents alone, and every title of the shared corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from builders import make_table
from conftest import find_shared
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Kind, Table
from ingest.readers.text import read_text
from ingest.standard import with_standard
from ingest.tables import read_tables


def standard(title: str, kind: Kind | None = "budget") -> str | None:
    (named,) = with_standard([make_table(title)], kind)
    return named.standard


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("收支总表", "overall_balance"),
        ("2031年临江省白塔市水务局部门收支总体情况表", "overall_balance"),
        ("部门综合预算收支总表", "overall_balance"),
        ("部门收入总体情况表", "income"),
        ("2031年单位支出预算总表", "expenditure"),
        ("财政拨款收支总体情况表", "fiscal_balance"),
        ("财政拨款支出预算表（功能科目）", "fiscal_by_function"),
        ("财政拨款基本支出预算表（经济科目）", "fiscal_basic"),
        ("一般公共预算支出情况表", "general_public_by_function"),
        ("公共财政预算支出预算表", "general_public_by_function"),
        ("一般公共预算财政拨款支出预算表", "general_public_by_function"),
        ("一般公共预算安排基本支出和项目支出预算表", "general_public_by_function"),
        ("一般公共预算支出明细表（按支出经济分类科目）", "general_public_by_economic_class"),
        ("一般公共预算基本支出情况表", "general_public_basic"),
        ("一般公共预算基本支出（商品和服务支出）预算表", "basic_of_one_class"),
        ("一般公共预算项目支出预算表", "projects"),
        ("一般公共预算“三公”经费支出情况表", "three_public"),
        ("政府性基金预算“三公”经费支出预算表", "three_public"),
        ("部门“三公”经费和机关运行经费预算表", "three_public"),
        ("行政经费预算表", "operating_costs"),
        ("政府性基金预算支出情况表", "government_fund"),
        ("国有资本经营预算支出表", "state_capital"),
        ("财政专户管理资金支出表", "fiscal_account"),
        ("部门项目支出预算表", "projects"),
        ("政府采购预算明细表", "procurement"),
        ("政府购买服务预算财政拨款明细表", "purchased_services"),
        ("项目支出绩效目标申报表", "performance_of_projects"),
        ("部门整体支出绩效目标表", "overall_performance"),
        ("通讯录", None),
    ],
)
def test_budget_tables_by_title(title: str, expected: str | None) -> None:
    assert standard(title) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("收入支出决算总表", "final_overall_balance"),
        ("收入决算表", "final_income"),
        ("支出决算表", "final_expenditure"),
        ("财政拨款收入支出决算总表", "final_fiscal_balance"),
        ("一般公共预算财政拨款收入支出决算表", "final_general_public_balance"),
        ("一般公共预算财政拨款支出决算表", "final_general_public_by_function"),
        ("一般公共预算财政拨款基本支出决算明细表", "final_general_public_basic"),
        ("政府性基金预算财政拨款收入支出决算表", "final_government_fund"),
        ("国有资本经营预算财政拨款支出决算表", "final_state_capital"),
        ("财政拨款“三公”经费支出决算表", "final_three_public"),
    ],
)
def test_tables_of_final_accounts_by_title(title: str, expected: str) -> None:
    assert standard(title, "final_account") == expected


def test_what_differs_between_bodies_years_and_prints_does_not_count() -> None:
    assert standard("２０３１ 年 部门 收支 预算 总表（本级）") == "overall_balance"
    assert standard("临江市图书馆二〇三一年度收支预算总表") == "overall_balance"


def _untitled(columns: tuple[str, ...], labels: tuple[str, ...]) -> Table:
    return replace(make_table("附件1", labels, columns), side=None, number=None)


def test_without_a_title_that_tells_the_contents_do() -> None:
    official = _untitled(("合计", "因公出国（境）费", "公务接待费"), ("临江市水务局",))
    bought = _untitled(("采购品目", "数量", "总计"), ("计算机",))
    spending = _untitled(("合计", "基本支出", "项目支出", "上缴上级支出"), ("教育支出",))
    unknown = _untitled(("电话",), ("张某",))
    named = with_standard([official, bought, spending, unknown], "budget")
    assert [table.standard for table in named] == ["three_public", "procurement", "expenditure", None]


def test_the_travel_row_of_an_economic_classification_does_not_make_it_a_table_of_official_costs() -> None:
    labels = ("工资福利支出", "商品和服务支出", "办公费", "因公出国（境）费用", "公务接待费")
    (named,) = with_standard([_untitled(("合计", "人员经费", "公用经费"), labels)], "budget")
    assert named.standard == "basic"


def test_both_halves_of_a_side_by_side_table_are_the_same_one() -> None:
    income = replace(_untitled(("预算数",), ("财政拨款收入", "事业收入")), side="收入")
    spending = replace(_untitled(("预算数",), ("教育支出", "项目")), side="支出")
    named = with_standard([income, spending], "budget")
    assert [table.standard for table in named] == ["overall_balance", "overall_balance"]


def test_the_official_number_counts_when_nothing_else_tells() -> None:
    table = replace(_untitled(("金额",), ("甲",)), number="公开03表")
    assert [t.standard for t in with_standard([table], "final_account")] == ["final_expenditure"]
    assert [t.standard for t in with_standard([table], "budget")] == [None]


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=5))
def test_naming_changes_nothing_else(title: str, labels: list[str]) -> None:
    table = make_table(title, tuple(labels))
    (named,) = with_standard([table], None)
    assert replace(named, standard=None) == table


@pytest.mark.parametrize("number", [0, 1])
def test_every_table_of_a_real_budget_is_named(number: int) -> None:
    path = sorted(find_shared("corpus/seeds").glob("*.txt"))[number]
    tables = with_standard(read_tables(read_text(path), None).tables, "budget")
    assert [table.title for table in tables if table.standard is None] == []
    whole = Counter(t.standard for t in tables if t.side != "支出")
    assert [whole[name] for name in ("overall_balance", "income", "expenditure", "fiscal_balance")] == [1] * 4

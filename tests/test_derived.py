"""Figures made of others: averages, prices times quantities, compound growth, what was before a change."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelves import Shelf
from worlds import Line, checked, column, document, table, text_column

from ingest.model import Document
from qa.answer import Answer, Calculation, Citation, Figure
from qa.calculator import (
    CalculationError,
    Operand,
    before_change,
    compound_growth,
    evaluate,
    fall,
    growth,
    growth_by_change,
    mean,
    net,
    per_period,
    round_half_up,
)
from qa.engine import Engine
from qa.guard import UnsourcedNumberError, check

PARKS = "临川市公园管理处"
HEADING = ("二、预算编制说明",)


def parks(year: int, running: str, meetings: str, prose: tuple[str, ...] = ()) -> Document:
    own = [column("预算数", year)]
    spent: list[Line] = [
        (0, "合计", "total", (f"{Decimal(running) + Decimal(meetings):.2f}",)),
        (0, "行政运行", "item", (running,)),
        (0, "会议费", "item", (meetings,)),
    ]
    work: list[Line] = [
        (0, "广场铺装", "item", ("46.80", "按780平方米铺装")),
        (0, "坐席外包", "item", ("120.50", "按概算4.05万元/年计算，用于热线30个坐席的服务")),
    ]
    columns = [column("预算金额", year), text_column("项目内容")]
    tables = [table("部门支出总表", own, spent), table("项目支出表", columns, work)]
    return document(PARKS, year, "budget", tables, [(HEADING, text) for text in prose])


WORLD = Shelf(
    [
        parks(2022, "100.00", "20.00"),
        parks(2023, "121.00", "15.00", ("1.行政运行预算121.00万元，比上年增加21.00万元，增长21.00%。",)),
        parks(
            2024,
            "144.00",
            "18.00",
            (
                "1.行政运行预算144.00万元，比上年增加23.00万元，增长19.01%。",
                "2.会议费预算18.00万元，比上年增加2.00万元，增长12.50%。",
                "3.部门在职人员共12人。共有车辆6辆。",
                "4.公务用车运行维护费21.00万元。",
            ),
        ),
    ]
)


@cache
def engine() -> Engine:
    return Engine(WORLD)


def ask(question: str) -> Answer:
    return checked(engine().answer(question), WORLD)


@pytest.mark.parametrize(
    ("question", "value", "unit", "expression"),
    [
        ("公园管理处2024年会议费人均多少元", "15000", "元", "(18.00 * 10000) / 12"),
        ("公园管理处2024年会议费平均每月多少万元", "1.5", "万元", "18.00 / 12"),
        ("公园管理处2024年会议费平均每个季度多少万元", "4.5", "万元", "18.00 / 4"),
        ("公园管理处2024年公务用车运行维护费按实有车辆平摊，一辆车多少万元", "3.5", "万元", "21.00 / 6"),
        (
            "公园管理处2022到2024年会议费平均每年多少万元，保留两位小数",
            "17.67",
            "万元",
            "(20.00 + 15.00 + 18.00) / 3",
        ),
        (
            "公园管理处2024年坐席外包，30个坐席都按概算单价算，一年总共多少万元",
            "121.50",
            "万元",
            "4.05 * 30",
        ),
        (
            "公园管理处2024年广场铺装按780平方米算，平均每平方米多少元",
            "600",
            "元",
            "(46.80 * 10000) / 780",
        ),
        (
            "公园管理处的行政运行从2022年到2024年，年均复合增长率是多少",
            "20.00",
            "%",
            "(144.00 / 100.00) ** (1 / 2) * 100 - 100",
        ),
    ],
)
def test_figures_that_the_sources_do_not_print(question: str, value: str, unit: str, expression: str) -> None:
    answer = ask(question)
    assert answer.status == "answered", answer.text
    assert (answer.figures[0].value, answer.figures[0].unit) == (Decimal(value), unit)
    assert answer.calculations[0].expression == expression


@pytest.mark.parametrize(
    ("question", "value", "agrees"),
    [
        ("公园管理处2024年行政运行倒推上年是多少万元", "121.00", True),
        ("从2024年的预算反推，公园管理处2023年行政运行是多少万元", "121.00", True),
        ("公园管理处2024年会议费倒推出来的上年数，和2023年那份预算一致吗", "16.00", False),
        ("公园管理处2023年行政运行倒推2022年是多少", "100.00", True),
    ],
)
def test_last_year_is_worked_back_and_checked(question: str, value: str, agrees: bool) -> None:
    answer = ask(question)
    assert answer.status == "answered", answer.text
    assert answer.figures[0].value == Decimal(value)
    assert ("**一致" in answer.text) == agrees
    assert ("**不一致" in answer.text) == (not agrees)


def test_several_things_are_worked_back_one_by_one() -> None:
    answer = ask("公园管理处2024年行政运行、会议费两项倒推出来的上年数，和2023年那份预算自己的数一致不")
    assert [f.value for f in answer.figures if f.calculation] == [Decimal("121.00"), Decimal("16.00")]


def test_the_rate_of_a_change_worked_back() -> None:
    answer = ask("公园管理处2024年行政运行比上年增加23.00万元，倒推上年是多少，增幅百分之几")
    assert [f.value for f in answer.figures][:2] == [Decimal("121.00"), Decimal("19.01")]


@pytest.mark.parametrize(
    "question",
    [
        "公园管理处2022年会议费倒推上年是多少",  # nothing tells the change
        "公园管理处2022年会议费人均多少元",  # nothing tells how many they are
        "公园管理处2024年苗木费平均每月多少",
    ],
)
def test_what_cannot_be_worked_is_declined(question: str) -> None:
    assert ask(question).status == "no_answer"


@pytest.mark.parametrize(
    ("question", "right", "rate"),
    [
        ("公园管理处2024年会议费比2023年增加了20%，对吗", True, "20.00"),
        ("公园管理处2024年会议费比2023年增加了30%，对吗", False, "20.00"),
        ("公园管理处2023年会议费比2022年下降了25%，对吗", True, "25.00"),
    ],
)
def test_a_claimed_growth_is_of_the_two_years_named(question: str, right: bool, rate: str) -> None:
    answer = ask(question)
    assert answer.figures[0].value == Decimal(rate)
    assert ("不正确" not in answer.text) == right


def test_an_average_answers_in_the_unit_of_the_one_claimed() -> None:
    answer = ask("公园管理处2024年会议费人均15000元，算得对吗")
    assert (answer.figures[0].value, answer.figures[0].unit) == (Decimal(15000), "元")


# --- the operations ----------------------------------------------------------------------

positive = st.decimals("0.01", 10**8, places=2)


def wan(value: Decimal | str, citation: int = 1) -> Operand:
    return Operand(Decimal(value), "万元", citation)


@given(positive, positive)
def test_a_fall_is_growth_turned_round(new: Decimal, old: Decimal) -> None:
    assert fall(wan(new), wan(old)).value + growth(wan(new), wan(old)).value == 0


@given(positive, positive, st.booleans())
def test_growth_by_change_is_growth_over_what_was_before(now: Decimal, moved: Decimal, rose: bool) -> None:
    before = before_change(wan(now), wan(moved), rose)
    if before.value <= 0:
        return
    rate = growth_by_change(wan(now), wan(moved), rose)
    worked = growth(wan(now), wan(before.value)).value
    assert abs(rate.value - abs(worked)) < Decimal("1e-20")


def test_nothing_grows_from_zero() -> None:
    with pytest.raises(CalculationError):
        growth_by_change(wan("5"), wan("5"), True)


@given(positive, st.integers(1, 30), st.decimals("0.5", "2", places=2))
def test_compound_growth_gives_back_the_rate(old: Decimal, years: int, factor: Decimal) -> None:
    rate = compound_growth(wan(old * factor**years), wan(old), years)
    assert round_half_up(rate.value, 8) == round_half_up((factor - 1) * 100, 8)
    assert evaluate(rate.expression) == rate.value


@pytest.mark.parametrize("years", [0, -1, 101])
def test_compound_growth_needs_years(years: int) -> None:
    with pytest.raises(CalculationError):
        compound_growth(wan("2"), wan("1"), years)


@pytest.mark.parametrize(
    "expression", ["2 ** 99999999", "2 ** 3", "9 ** 9 ** 9", "(-4) ** (1 / 2)", "2 ** -1"]
)
def test_only_roots_are_worked(expression: str) -> None:
    with pytest.raises(CalculationError):
        evaluate(expression)


@given(st.lists(st.tuples(positive, st.booleans()), min_size=1, max_size=8))
def test_a_net_sum_takes_off_what_falls(moves: list[tuple[Decimal, bool]]) -> None:
    worked = net([wan(v) for v, _ in moves], [fell for _, fell in moves])
    assert worked.value == sum((-v if fell else v for v, fell in moves), Decimal(0))


@given(st.lists(positive, min_size=1, max_size=8))
def test_a_mean_lies_between_the_least_and_the_largest(values: list[Decimal]) -> None:
    assert min(values) <= round_half_up(mean([wan(v) for v in values]).value, 20) <= max(values)


@given(positive)
def test_months_make_a_year(amount: Decimal) -> None:
    assert round_half_up(per_period(wan(amount), 12).value * 12, 20) == amount


# --- what the guard lets through ---------------------------------------------------------


def worked_answer(expression: str, value: str, unit: str = "万元") -> Answer:
    citations = tuple(
        Citation(n, 1, "a.txt", quote) for n, quote in enumerate(("10.00 万元", "20.00 万元"), 1)
    )
    calculation = Calculation(1, expression, Decimal(value), unit, (1, 2))
    figure = Figure(Decimal(value), unit, "", (1, 2), 1)
    return Answer("answered", f"{value} {unit}", "zh", (figure,), citations, (calculation,))


def test_counts_in_means_and_roots_need_no_source() -> None:
    check(worked_answer("(10.00 + 20.00) / 2", "15.00"))
    check(worked_answer("(20.00 / 10.00) ** (1 / 3) * 100 - 100", "25.99", "%"))


@pytest.mark.parametrize("expression", ["(10.00 + 20.00) / 3", "20.00 / 2", "(10.00 + 20.00) / 2 * 7"])
def test_other_numbers_still_do(expression: str) -> None:
    with pytest.raises(UnsourcedNumberError):
        check(worked_answer(expression, format(round_half_up(evaluate(expression), 2), "f")))

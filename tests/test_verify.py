"""Checks of stated figures, over a made-up budget that contradicts itself in every way that is checked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelves import Shelf
from worlds import Line, checked, column, document, table

from ingest.model import Document, Fragment, Passage, Place
from ingest.statements import read_statements
from ingest.values import find_amounts
from qa.answer import Answer
from qa.breakdown import told_breakdowns
from qa.engine import Engine
from qa.facts import read_facts
from qa.guard import check
from qa.lexicon import load_lexicon
from qa.quoted import Stretch, says, stretches
from qa.rates import agrees, fitting_basis, rates_of, stated_basis

GARDENS = "临川市园林局"
HEADING = ("二、预算编制说明",)
PROSE = (
    "1.行政运行预算100万元，与上年相比增加20万元，增长25.00%。主要原因是人员增加。",
    "2.绿化养护预算90万元，与上年相比减少10万元，减少12.00%。主要原因是压缩支出。",
    "3.会议费2023年执行数为80.50万元。2024年预算安排8.05万元，比2023年执行数增加15.00%。",
    "4.培训费2023年执行数为0万元。2024年预算安排12万元，比2023年执行数增加100.00%。",
    "5.住房公积金33.10万元。2023年执行数为32.00万元，2024年预算安排35.20万元，比2023年执行数增加3.44%。",
    "年初预算为0万元，全年预算为250.00万元，支出决算为200.00万元，完成年初预算的80.00%。",
    "温室改建后总面积5000平方米，其中地上面积为3010平方米（其中展厅2000平方米，库房1100平方米），地下面积1900平方米。",
    "政府采购总额60万元，其中：货物10万元，工程20万元，服务30万元。",
    "人员经费70万元，包括：基本工资、住房公寄金、绩效工资。",
    "面向中小企业预留的项目成交60万元；其他项目由中小企业成交15万元。",
)
CLASSES = (
    (("三、收支情况", "（一）支出"), "城乡社区支出500万元，与上年相比增加65.00万元，增长14.94%。"),
    (
        ("三、收支情况", "（二）城乡社区支出（类）"),
        "1.园林事务（款）公园管理（项）支出300万元，与上年相比增加80万元。",
    ),
    (
        ("三、收支情况", "（二）城乡社区支出（类）"),
        "2.园林事务（款）苗圃管理（项）支出200万元，与上年相比减少25万元。",
    ),
)


def _tables() -> list[object]:
    by_function: list[Line] = [
        (0, "合计", "total", ("190.00",)),
        (0, "行政运行", "item", ("100.00",)),
        (0, "绿化养护", "item", ("90.00",)),
    ]
    by_class: list[Line] = [
        (0, "工资福利支出", "group", ("70.00",)),
        (1, "基本工资", "item", ("36.90",)),
        (1, "住房公积金", "item", ("33.10",)),
        (0, "商品和服务支出", "group", ("30.00",)),
        (1, "办公费", "item", ("12.00",)),
        (1, "水费", "item", ("17.00",)),
    ]
    three: list[Line] = [(0, "合计", "total", ("9.00", "140.00"))]
    empty: list[Line] = [(0, "合计", "total", ("",))]
    own = [column("预算数", 2024)]
    noted = table("三公经费和机关运行经费表", [column("三公经费", 2024), column("机关运行经费", 2024)], three)
    funds = table("政府性基金支出表", own, empty)
    return [
        table("部门支出总表", own, by_function),
        table("基本支出经济分类表", own, by_class),
        replace(noted, notes="注：本部门2024年无三公经费和机关运行经费，故本表为空表。"),
        replace(funds, notes="注：本部门2024年无政府性基金支出，故本表为空表。"),
    ]


def gardens() -> Document:
    prose = [*((HEADING, text) for text in PROSE), *CLASSES]
    return document(GARDENS, 2024, "budget", _tables(), prose)  # type: ignore[arg-type]


WORLD = Shelf([gardens()])


@cache
def engine() -> Engine:
    return Engine(WORLD)


def ask(question: str) -> Answer:
    return checked(engine().answer(question), WORLD)


RIGHT, WRONG = "正确", "不正确"


@pytest.mark.parametrize(
    ("question", "verdict", "rate"),
    [
        ("园林局2024年行政运行增加20万元、增长25.00%，算得对吗", RIGHT, "25.00"),
        ("园林局2024年行政运行的增幅写得对吗", RIGHT, "25.00"),
        ("园林局2024年绿化养护预算90万元，减少10万元、减少12.00%，按这两个数算对不对", WRONG, "10.00"),
        (
            "园林局2024年会议费2023年执行数80.50万元，2024年8.05万元，增加15.00%，验算一下对不对",
            WRONG,
            "90.00",
        ),
        ("园林局2024年会议费的增幅算对了吗", WRONG, "90.00"),
        ("园林局2024年行政运行增长30%，对吗", WRONG, "25.00"),
        ("园林局2024年公园管理增加80万元，增长36.36%，对不对", RIGHT, "36.36"),
        ("园林局2024年绿化养护占支出合计的47.37%，对吗", RIGHT, "47.37"),
        ("园林局2024年绿化养护占支出合计的50%，对吗", WRONG, "47.37"),
        ("Is the 25.00% growth of 行政运行 of 园林局 in 2024 correct?", "Correct", "25.00"),
    ],
)
def test_rates_are_worked_again(question: str, verdict: str, rate: str) -> None:
    answer = ask(question)
    assert answer.status == "answered", answer.text
    assert verdict in answer.text.splitlines()[0]
    assert (WRONG in answer.text) == (verdict == WRONG)
    assert answer.figures[0].value == Decimal(rate)
    assert answer.calculations


def test_a_rise_that_is_a_fall() -> None:
    answer = ask("园林局2024年会议费由80.50万元到8.05万元，说增加15.00%，到底是增是减，对不对")
    assert "减少 90.00%" in answer.text


def test_the_figures_that_a_wrong_rate_does_come_from() -> None:
    """Printed twice with two amounts: the rate is of the other one."""
    answer = ask("园林局2024年住房公积金增加3.44%，算得对吗")
    assert WRONG in answer.text
    assert "33.10 万元" in answer.text
    assert Decimal("10.00") in [f.value for f in answer.figures]


def test_nothing_is_a_percentage_of_zero() -> None:
    answer = ask("园林局2024年年初预算是0万元，又说完成年初预算的80.00%，说得通吗")
    assert "不能作分母" in answer.text
    assert "全年预算 250.00 万元" in answer.text
    answer = ask("园林局2024年培训费2023年执行数为0，却写增加100.00%，说得通吗")
    assert "不能作分母" in answer.text


def test_a_rate_that_cannot_be_worked_is_declined() -> None:
    assert ask("园林局2024年苗木采购增长77.77%，对吗").status == "no_answer"


@pytest.mark.parametrize(
    ("question", "verdict", "total"),
    [
        ("园林局2024年政府采购货物、工程、服务三类加起来等于总额吗", "**一致", "60"),
        ("园林局2024年政府采购各项之和等于总额吗", "**一致", "60"),
        ("园林局2024年工资福利支出下面各项加起来等于工资福利支出吗", "**一致", "70.00"),
        ("园林局2024年商品和服务支出下面各项加起来等于商品和服务支出吗", "**不一致", "29.00"),
        ("园林局2024年部门支出总表，各项加起来等于合计吗", "**一致", "190.00"),
        ("园林局2024年行政运行加绿化养护等于合计吗，对得上吗", "**一致", "190.00"),
    ],
)
def test_parts_are_added_up(question: str, verdict: str, total: str) -> None:
    answer = ask(question)
    assert answer.text.startswith(verdict), answer.text
    assert answer.figures[0].value == Decimal(total)


@pytest.mark.parametrize(("second", "verdict"), [("14.00", "**一致"), ("15.00", "**不一致")])
def test_columns_are_added_up_within_their_group_and_year(second: str, verdict: str) -> None:
    columns = [
        column(f"{year}年预算>“三公”经费>{name}", year)
        for year in (2023, 2024)
        for name in ("合计", "公务接待费", "公务用车运行费")
    ]
    lines: list[Line] = [(0, "合计", "total", ("9.00", "4.00", "5.00", "20.00", "6.00", second))]
    spent = table("“三公”经费预算表", columns, lines)
    made = document(GARDENS, 2024, "budget", [spent], [(HEADING, "编制说明。")])
    answer = Engine(Shelf([made])).answer("园林局2024年三公经费合计与各项之和一致吗")
    check(answer)
    assert answer.text.startswith(verdict), answer.text


def test_what_a_doubted_part_should_be() -> None:
    """From its own parts and from what the whole leaves: two ways to one figure."""
    answer = ask("园林局温室改建写的地上面积是3010平方米，跟展厅、库房和总面积对得上吗，应该是多少")
    assert answer.text.startswith("**不一致")
    assert [f.value for f in answer.figures if f.calculation] == [Decimal(3100), Decimal(3100)]


def test_changes_of_items_against_the_change_of_their_class() -> None:
    answer = ask("园林局2024年说明里，城乡社区支出下面各项写的增减额加起来，跟这一类增加65.00万元对得上吗")
    assert answer.text.startswith("**不一致")
    assert answer.figures[0].value == Decimal(55) or Decimal(55) in [c.value for c in answer.calculations]
    assert answer.calculations[0].expression == "80 - 25"


def test_figures_that_exclude_each_other() -> None:
    question = (
        "园林局2024年政府采购总额60万元，预留给中小企业的项目成交60万元，其他项目又成交15万元，能同时成立吗"
    )
    answer = ask(question)
    assert answer.text.startswith("**不能同时成立")
    assert answer.figures[0].value == 75


@pytest.mark.parametrize(
    "question",
    [
        "园林局2024年住房公积金说明里一会儿写33.10万元一会儿写35.20万元，按预算表到底是多少",
        "园林局2024年住房公积金是33.10万还是35.20万？",
    ],
)
def test_the_table_settles_two_amounts(question: str) -> None:
    answer = ask(question)
    assert answer.text.startswith("**不一致")
    assert answer.figures[0].value == Decimal("33.10")
    assert any(c.table for c in answer.citations)
    assert any(not c.table and "35.20" in c.quote for c in answer.citations)


def test_notes_that_call_a_table_empty() -> None:
    answer = ask("园林局2024年三公经费和机关运行经费表的注说是空表，跟表里的数对得上吗")
    assert answer.text.startswith("**不对")
    assert [f.value for f in answer.figures] == [Decimal("9.00"), Decimal("140.00")]
    answer = ask("园林局2024年政府性基金支出表的注说是空表，对吗")
    assert answer.text.startswith("**一致")
    assert answer.figures == ()


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("有人说园林局2024年办公费只有12万元，对吗", True),
        ("听说园林局2024年办公费是17万元，属实吗", False),
    ],
)
def test_claimed_amounts(question: str, right: bool) -> None:
    answer = ask(question)
    assert answer.text.startswith("**对") == right
    assert answer.figures[0].value == Decimal("12.00")


def test_a_claimed_change_is_held_against_the_change() -> None:
    answer = ask("园林局2024年苗圃管理减少25万元，对吗")
    assert answer.text.startswith("**对")
    assert answer.figures[0].value == 25


def test_a_word_that_no_table_prints() -> None:
    answer = ask("园林局2024年说明里写人员经费包括“住房公寄金”，和预算表对得上吗，应该是什么")
    assert answer.text.startswith("**对不上")
    assert "住房公积金" in answer.text
    assert answer.figures == ()
    assert "对不上" not in ask("园林局2024年说明里写人员经费包括“基本工资”，和预算表对得上吗").text


# --- the parts on their own --------------------------------------------------------------


def stretch_of(text: str) -> Stretch:
    passage = Passage((), text, (Fragment(0, len(text), Place(1)),))
    told = document(GARDENS, 2024, "budget", [], [((), text)])
    told = replace(told, passages=(passage,), statements=read_statements((passage,)))
    (stretch,) = stretches([read_facts(1, told, load_lexicon())])
    return stretch


money = st.decimals("0.01", "99999.99", places=2)


@given(money, money)
def test_a_rate_worked_from_its_own_figures_agrees(before: Decimal, now: Decimal) -> None:
    rate = abs(now - before) / before * 100
    printed = rate.quantize(Decimal("0.01"))
    way = "增加" if now >= before else "减少"
    stretch = stretch_of(
        f"2023年执行数为{before}万元。2024年预算安排{now}万元，比2023年执行数{way}{printed}%。"
    )
    told = rates_of(stretch)
    if not told:
        return  # a rate of 0.00% is no change
    basis = stated_basis(stretch, told[0])
    assert basis is not None
    assert agrees(basis, told[0].figure.value, told[0].figure.direction)
    far = told[0].figure.value * 2 + 50
    if before > 10:  # where rounding the figures cannot make so much of a difference
        assert not agrees(basis, far)


@given(money, money, money)
def test_the_pair_that_makes_a_rate_is_found_or_none(first: Decimal, second: Decimal, third: Decimal) -> None:
    stretch = stretch_of(f"甲项{first}万元，乙项{second}万元，丙项{third}万元，占比50.00%。")
    if basis := fitting_basis(stretch, Decimal("50.00")):
        assert agrees(basis, Decimal("50.00"))


@given(st.lists(st.integers(1, 9999), min_size=2, max_size=5))
def test_lists_in_brackets_are_parts_of_their_own_whole(amounts: list[int]) -> None:
    inner = "，".join(f"子{i}项{a}万元" for i, a in enumerate(amounts))
    whole = sum(amounts)
    text = f"总数{whole + 7}万元，其中甲类{whole}万元（其中{inner}），乙类7万元。"
    found = {b.whole.value: b for b in told_breakdowns(stretch_of(text))}
    assert [p.value for p in found[Decimal(whole)].parts] == amounts
    assert [p.value for p in found[Decimal(whole + 7)].parts] == [whole, 7]
    assert all(b.gap == 0 for b in found.values())


@given(money)
def test_a_quoted_figure_is_found_in_any_unit(value: Decimal) -> None:
    (claim,) = find_amounts(f"{value}万元")
    assert says(claim, value * 10_000, "元")
    assert not says(claim, value * 10_000 + 9_999, "元")
    assert not says(claim, value, "%")

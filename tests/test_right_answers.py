"""Classes of questions that staff, journalists and citizens ask, over small made-up documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from linchuan_asked import ask, values
from shelves import Shelf
from worlds import EXPLAINED, STREET, WATER, Line, checked, column, document, table, text_column

from ingest.model import Table
from qa.answer import Answer
from qa.engine import Engine
from qa.facts import read_facts
from qa.lexicon import load_lexicon
from qa.prose import prose_candidates


def over(tables: Sequence[Table], prose: Sequence[tuple[tuple[str, ...], str]], question: str) -> Answer:
    """The answer from one document of the street's alone."""
    world = Shelf([document(STREET, 2023, "budget", tables, prose)])
    return checked(Engine(world).answer(question), world)


def test_a_claim_without_a_word_for_checking_is_checked() -> None:
    wrong = ask("水务局2023年培训费是6亿2千万元吗")
    assert "不对" in wrong.text
    assert values(wrong) == [Decimal("44.00")]
    assert "对，与文件相符" in ask("水务局2023年培训费有44万元吗").text


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("水务局2023年培训费有没有超过40万元", "高于"),
        ("水务局2023年培训费超过50万元了吗", "低于"),
        ("水务局2023年培训费不低于44万元吗", "正好等于"),
    ],
)
def test_a_limit_is_no_claim_of_the_amount(question: str, verdict: str) -> None:
    answer = ask(question)
    assert verdict in answer.text
    assert "不符" not in answer.text
    assert values(answer) == [Decimal("44.00")]


def test_a_count_that_no_source_holds_is_not_confirmed_by_an_amount() -> None:
    assert ask("水务局2023年公务用车运行维护费是不是有20辆").status != "answered"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("水务局2023年培训费比办公费多多少", "不是多"),
        ("水务局2023年办公费比培训费少多少", "不是少"),
        ("水务局2023年办公费比培训费多多少", "较大的是办公费"),
        ("水务局2023年培训费和办公费相差多少", "较大的是办公费"),
    ],
)
def test_a_wrong_supposition_is_said(question: str, said: str) -> None:
    answer = ask(question)
    assert said in answer.text
    assert values(answer)[0] == Decimal("42.00")


def test_a_part_of_a_name_in_running_text_is_not_the_whole() -> None:
    columns = [column("预算金额", 2023), text_column("项目内容")]
    lines: list[Line] = [
        (0, "合计", "total", ("30.00", "")),
        (0, "外事专项", "item", ("30.00", "原在公用经费中用于外事活动的2.7万元。")),
    ]
    projects = table("部门项目支出表", columns, lines, label_header="项目名称")
    assert over([projects], [], "柳林街道2023年公用经费是多少").status == "no_answer"


def test_a_word_that_no_document_prints_is_not_dropped() -> None:
    prose = [((*EXPLAINED, "一、支出情况"), "2023年支出预算3200.00万元，比上年减少100.00万元。")]
    assert over([], prose, "柳林街道2023年养老支出多少").status == "no_answer"


def _sides() -> list[Table]:
    """A budget of two sides that come to the same, and the same spending of one fund."""
    expenditure: list[Line] = [
        (0, "一、一般公共服务支出", "item", ("700.00",)),
        (0, "二、城乡社区支出", "item", ("200.00",)),
        (0, "三、住房保障支出", "item", ("100.00",)),
        (0, "支出总计", "total", ("1,000.00",)),
    ]
    income: list[Line] = [
        (0, "一、财政拨款收入", "item", ("950.00",)),
        (0, "二、上年结转", "item", ("50.00",)),
        (0, "收入总计", "total", ("1,000.00",)),
    ]
    fund: list[Line] = [
        (0, "合计", "total", ("950.00", "550.00", "400.00")),
        (0, "一般公共服务支出", "item", ("680.00", "350.00", "330.00")),
        (0, "城乡社区支出", "item", ("170.00", "100.00", "70.00")),
        (0, "住房保障支出", "item", ("100.00", "100.00", "0.00")),
    ]
    one = [column("2023年预算", 2023)]
    three = [column(n, 2023) for n in ("总计", "基本支出", "项目支出")]
    return [
        table("一般公共预算安排基本支出和项目支出预算表", three, fund, number="表五"),
        table("收支预算总表", one, income, number="表一"),
        table("收支预算总表", one, expenditure, number="表一"),
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Which function category has the largest expenditure in the 2023 budget of 临川市柳林街道办事处?",
        "柳林街道2023年支出预算中哪一类最大",
    ],
)
def test_the_whole_budget_comes_before_the_table_of_one_fund(question: str) -> None:
    """支出预算 is in the title of the fund's table, and says nothing of the fund."""
    answer = over(_sides(), [], question)
    assert "一般公共服务支出" in answer.text
    assert values(answer)[0] == Decimal("700.00")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("柳林街道2023年支出构成", ["700.00", "200.00", "100.00"]),
        ("柳林街道2023年支出结构是怎样的", ["700.00", "200.00", "100.00"]),
        ("柳林街道2023年收入构成", ["950.00", "50.00"]),
        ("What is the breakdown of 柳林街道's 2023 expenditure?", ["700.00", "200.00", "100.00"]),
    ],
)
def test_what_something_is_made_up_of(question: str, parts: list[str]) -> None:
    """All parts with their shares, of the side asked about, though both sides come to the same."""
    answer = over(_sides(), [], question)
    found = values(answer)
    assert found[0] == Decimal("1000.00")
    money = [f.value for f in answer.figures[1:] if f.unit == "万元"]
    assert money[: len(parts)] == list(map(Decimal, parts))
    shares = [f.value for f in answer.figures if f.unit == "%"]
    assert sum(shares[: len(parts)]) == 100


def test_a_name_that_has_no_printed_parts_has_no_makeup() -> None:
    assert "占" not in ask("水务局2023年培训费的构成").text


def test_a_limit_of_a_fraction_is_no_zero() -> None:
    assert "不对" in ask("水务局2023年培训费为0.28万元，对吗").text
    assert WATER in ask("水务局2023年培训费为44万元，对吗").text


def _economic(rows: Sequence[tuple[str, str, str]]) -> Table:
    """Class, item and amount."""
    lines: list[Line] = []
    for group in dict.fromkeys(r[0] for r in rows):
        own = [(name, value) for g, name, value in rows if g == group]
        lines.append((0, group, "group", (str(sum(Decimal(v) for _, v in own)),)))
        lines += [(1, name, "item", (value,)) for name, value in own]
    return table("一般公共预算基本支出表", [column("预算数", 2023)], lines, number="表六")


WATER_AND_LIGHT = ("商品和服务支出", "水费", "3.00"), ("商品和服务支出", "电费", "7.50")


def test_an_everyday_name_of_items_of_one_level_is_their_sum() -> None:
    answer = over([_economic(WATER_AND_LIGHT)], [], "柳林街道2023年水电费多少")
    assert values(answer) == [Decimal("10.50"), Decimal("3.00"), Decimal("7.50")]
    assert [c.expression for c in answer.calculations] == ["3.00 + 7.50"]


def test_one_part_does_not_stand_for_a_name_of_both() -> None:
    answer = over([_economic(WATER_AND_LIGHT[:1])], [], "柳林街道2023年水电费多少")
    assert answer.status == "needs_clarification"
    assert answer.choices == ("水费",)


def test_an_everyday_name_of_things_of_different_levels_is_asked_back() -> None:
    staff = [("工资福利支出", "职工基本医疗保险缴费", "8.00"), ("工资福利支出", "基本工资", "90.00")]
    functional: list[Line] = [
        (0, "卫生健康支出", "item", ("11.00",)),
        (1, "行政事业单位医疗", "item", ("11.00",)),
        (2, "行政单位医疗", "item", ("11.00",)),
    ]
    tables = [_economic(staff), table("支出预算表", [column("合计", 2023)], functional)]
    answer = over(tables, [], "柳林街道2023年医保支出多少")
    assert answer.status == "needs_clarification"
    assert set(answer.choices) == {"行政事业单位医疗", "职工基本医疗保险缴费"}
    assert values(over(tables[:1], [], "柳林街道2023年医保支出多少")) == [Decimal("8.00")]


def _of_units() -> list[Table]:
    """Spending of an office and its three institutions, and of what kind they are."""
    nature: list[Line] = [
        (0, STREET, "unit", ("行政单位",)),
        (0, "文化中心", "unit", ("公益一类事业单位",)),
        (0, "体育中心", "unit", ("公益一类事业单位",)),
        (0, "党群中心", "unit", ("参公事业单位",)),
    ]
    amounts = {STREET: "40.00", "文化中心": "30.00", "体育中心": "20.00", "党群中心": "10.00"}
    lines: list[Line] = [(0, "合计", "total", ("1,100.00", "500.00", "600.00"))]
    for unit, amount in amounts.items():
        whole = Decimal(amount) * 11
        lines.append((0, unit, "unit", (str(whole), str(whole * 5 / 11), str(whole * 6 / 11))))
        lines.append((1, "住房公积金", "item", (amount, amount, "0.00")))
    reform: list[Line] = [
        (0, "住房保障支出", "item", ("200.00",)),
        (1, "住房改革支出", "item", ("160.00",)),
    ]
    three = [column(n, 2023) for n in ("合计", "基本支出", "项目支出")]
    return [
        table("部门预算单位构成", [text_column("单位性质")], nature),
        table("支出预算总表", three, lines, label_header="单位名称（功能科目）"),
        table("收支预算总表", [column("2023年预算", 2023)], reform),
    ]


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("柳林街道2023年三个事业单位的住房公积金加起来多少", "60.00", "万元"),
        ("柳林街道2023年三个事业单位的住房公积金加起来占全部的多少", "60.00", "%"),
        ("柳林街道2023年两个公益一类事业单位的住房公积金合计", "50.00", "万元"),
        ("柳林街道2023年四个预算单位的住房公积金合计占住房改革支出的多少", "62.50", "%"),
        ("柳林街道2023年除文化中心外的支出合计", "770.00", "万元"),
        ("柳林街道2023年不含项目支出的支出合计是多少", "500.00", "万元"),
    ],
)
def test_sums_over_units_and_without_a_part(question: str, value: str, unit: str) -> None:
    answer = over(_of_units(), [], question)
    assert (answer.figures[0].value, answer.figures[0].unit) == (Decimal(value), unit)
    assert answer.figures[0].calculation


@pytest.mark.parametrize(
    "question",
    [
        "柳林街道2023年五个事业单位的住房公积金加起来多少",
        "柳林街道2023年除住房改革支出以外的支出占支出合计的比重",
        "柳林街道2023年除绿化经费外的支出合计",
    ],
)
def test_what_cannot_be_summed_or_left_out_is_declined(question: str) -> None:
    """Neither the whole nor the part stands for what is left."""
    answer = over(_of_units(), [], question)
    assert answer.status != "answered"
    assert not answer.figures


def test_the_price_of_one_is_not_what_all_cost() -> None:
    counted = replace(column("数量", 2023), path=("数量",))
    goods = table(
        "政府采购预算表", [column("金额", 2023), counted], [(0, "笔记本电脑", "item", ("1.80", "3"))]
    )
    cells = goods.rows[0].cells
    row = replace(goods.rows[0], cells=(cells[0], replace(cells[1], unit="台")))
    answer = over([replace(goods, rows=(row,))], [], "柳林街道2023年一台笔记本电脑多少钱")
    assert values(answer) == [Decimal("0.60")]
    assert answer.calculations[0].expression == "1.80 / 3"


def test_the_first_few_are_added_up_in_one_question() -> None:
    answer = ask("水务局2023年前两大项目加起来多少钱")
    assert values(answer)[0] == Decimal("500.00")
    share = ask("水务局2023年前两大项目合计占项目支出的比重")
    assert (share.figures[0].value, share.figures[0].unit) == (Decimal("73.53"), "%")


@pytest.mark.parametrize(
    "question",
    [
        "会议费比上年增加多少万元",
        "会议费是30万元吗",
        "公务接待费占“三公”经费的多少",
        "培训费比上年增长百分之几",
    ],
)
def test_nobodys_figure_stands_for_everybodys(question: str) -> None:
    """The water bureau and the street office both have one, and neither is named."""
    answer = ask(question)
    assert answer.status == "needs_clarification"
    assert {WATER, STREET} <= set(answer.choices)


def test_a_change_without_a_year_is_of_the_latest() -> None:
    answer = ask("水务局会议费比上年增加多少万元")
    assert values(answer)[0] == Decimal("2.00")
    assert "2023年" in answer.text


def test_nobodys_money_is_shared_among_others_people() -> None:
    people = [((*EXPLAINED, "一、人员"), "本部门编制50人，在职40人。")]
    money = _economic([("商品和服务支出", "培训费", "8.00")])
    world = Shelf(
        [
            document(STREET, 2023, "budget", [money], []),
            document("临川市园林局", 2023, "budget", [], people),
        ]
    )
    assert Engine(world).answer("2023年人均培训费多少").status != "answered"


@pytest.mark.parametrize("row", ["一般公共预算拨款", "一般公共预算资金", "一般公共预算财政拨款收入"])
@pytest.mark.parametrize("said", ["一般公共预算财政拨款收入", "一般公共预算拨款收入", "一般公共预算收入"])
def test_income_of_one_fund_goes_by_many_names(row: str, said: str) -> None:
    """And is cited where income stands, though the expenditure of the fund comes to the same."""
    income: list[Line] = [(0, "一、财政拨款收入", "item", ("90.00",)), (1, row, "item", ("80.00",))]
    columns = [column(n, 2023) for n in ("合计", "一般公共预算", "政府性基金预算")]
    spending: list[Line] = [(0, "支出总计", "total", ("90.00", "80.00", "10.00"))]
    halves = [
        replace(table("财政拨款收支预算总表", [column("预算数", 2023)], income), side="收入"),
        replace(table("财政拨款收支预算总表", columns, spending), side="支出"),
    ]
    answer = over(halves, [], f"柳林街道2023年{said}是多少")
    assert values(answer) == [Decimal("80.00")]
    assert (answer.citations[0].row or "").endswith(row)


def test_another_scope_is_named() -> None:
    answer = over(_sides(), [], "柳林街道2023年一般公共服务支出是多少")
    assert values(answer) == [Decimal("700.00")]
    assert "680.00" in answer.text
    assert "另一口径" in answer.text
    assert "另一口径" not in over(_sides(), [], "柳林街道2023年住房保障支出是多少").text


def test_a_units_share_of_its_organisation() -> None:
    answer = over(_of_units(), [], "柳林街道2023年文化中心的项目支出占项目支出合计的比例")
    assert (answer.figures[0].value, answer.figures[0].unit) == (Decimal("30.00"), "%")


def test_one_figure_is_no_difference() -> None:
    assert ask("水务局2023年培训费差额是多少").status != "answered"
    assert values(ask("水务局2023年培训费是多少，用在哪里"))[0] == Decimal("44.00")


def test_rows_of_one_name_are_added_up_where_their_sum_is_asked_for() -> None:
    lines: list[Line] = [
        (0, "会务专项", "item", ("9.00",)),
        (1, "餐饮服务", "item", ("4.00",)),
        (0, "培训专项", "item", ("8.00",)),
        (1, "餐饮服务", "item", ("3.00",)),
    ]
    bought = [table("政府采购预算表", [column("金额", 2023)], lines)]
    answer = over(bought, [], "柳林街道2023年餐饮服务加起来多少")
    assert values(answer) == [Decimal("7.00"), Decimal("4.00"), Decimal("3.00")]
    assert over(bought, [], "柳林街道2023年餐饮服务多少").status == "needs_clarification"


def test_which_with_a_limit_asks_for_members() -> None:
    answer = over(_sides(), [], "柳林街道2023年哪一类支出低于150万元")
    assert values(answer) == [Decimal("100.00")]
    assert "住房保障支出" in answer.text


@pytest.mark.parametrize(
    ("said", "verdict"), [("大概40万元", "大致相符"), ("大概50万元", "不对"), ("40万元", "不对")]
)
def test_a_rounded_claim_is_about_right_where_it_says_so(said: str, verdict: str) -> None:
    assert verdict in ask(f"水务局2023年培训费{said}，对吗").text


def test_equals_have_no_larger() -> None:
    answer = over(_sides(), [], "柳林街道2023年支出总计和收入总计相差多少")
    assert "相同" in answer.text
    assert "较大" not in answer.text


def test_of_several_things_asked_none_is_told_rounded_where_a_cell_is_not() -> None:
    lines: list[Line] = [(0, "印刷费", "item", ("9113.97",)), (0, "办公费", "item", ("39986.12",))]
    made = table("一般公共预算基本支出表", [column("合计", 2023)], lines)
    in_yuan = [replace(r, cells=tuple(replace(c, unit="元") for c in r.cells)) for r in made.rows]
    prose = [((*EXPLAINED, "一、支出情况"), "印刷费0.91万元，办公费4.00万元。")]
    answer = over(
        [replace(made, unit="元", rows=tuple(in_yuan))], prose, "柳林街道2023年办公费、印刷费各有多少"
    )
    assert values(answer) == [Decimal("39986.12"), Decimal("9113.97")]


def test_a_table_of_basic_expenditure_does_not_stand_for_the_whole() -> None:
    """公务接待费 of the 三公 table covers basic and project expenditure: its group tells it from nothing."""
    basic = table("一般公共预算基本支出表", [column("金额", 2023)], [(0, "公务接待费", "item", ("15.00",))])
    again = table("财政拨款基本支出表", [column("金额", 2023)], [(0, "公务接待费", "item", ("15.00",))])
    names = ("合计", "“三公”经费>小计", "“三公”经费>公务用车运行费", "“三公”经费>公务接待费", "会议费")
    public = table(
        "“三公”经费、会议费支出表",
        [column(name, 2023) for name in names],
        [(0, "", "item", ("500.00", "452.50", "40.00", "412.50", "47.50"))],
    )
    answer = over([basic, again, public], [], "柳林街道2023年公务接待费是多少")
    assert values(answer)[0] == Decimal("412.50")


def test_what_the_prose_says_is_spent_is_no_income() -> None:
    section = (*EXPLAINED, "二、支出", "（二）政府性基金预算支出情况")
    made = document(STREET, 2023, "budget", [], [(section, "政府性基金支出预算12.00万元。")])
    facts = read_facts(1, made, load_lexicon())
    asked = partial(prose_candidates, "政府性基金是多少", [facts], ())
    assert [found.value for found in asked()] == [Decimal("12.00")]
    assert asked(other_side="支出") == []


def test_what_a_figure_is_spent_on_is_not_called_by_it() -> None:
    section = (*EXPLAINED, "三、支出内容")
    prose = [
        (section, "基本养老保险缴费支出141.09万元，主要用于缴纳职工的保险费。"),
        (section, "保险费的管理按有关规定执行。"),
    ]
    assert over(_sides(), prose, "柳林街道2023年保险费是多少").status == "no_answer"


def test_three_public_expenses_are_one_thing_in_english() -> None:
    share = ask("What share of the three public expenses were official receptions of 水务局 in 2023?")
    assert values(share) == [Decimal("31.25")]
    assert len(share.citations) == 2

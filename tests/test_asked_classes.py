"""Classes of questions that generated documents showed to be answered wrongly, over the small world."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from linchuan_asked import WORLD, ask, engine, values
from shelves import Shelf
from worlds import STREET, WATER, Line, checked, column, document, table, text_column

from ingest.model import Document
from qa.answer import Answer
from qa.engine import Engine
from qa.padding import as_printed


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("水务局2023年哪个项目是180.00万元？", "河道清淤整治", "180.00"),
        ("水务局2023年哪个科目是86万元？", "办公费", "86.00"),
        ("水务局2023年基本支出里哪一项是440,000元？", "培训费", "44.00"),
    ],
)
def test_a_row_is_found_by_its_amount(question: str, name: str, value: str) -> None:
    answer = ask(question)
    assert name in answer.text
    assert values(answer)[0] == Decimal(value)


def test_no_other_amount_stands_for_one_that_no_row_has() -> None:
    assert ask("水务局2023年哪个项目是123.45万元？").status == "no_answer"


def test_things_named_are_averaged() -> None:
    assert values(ask("水务局2023年会议费、培训费两项平均多少？"))[0] == Decimal("37.00")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("水务局2023年培训费预算同上年相比增减百分之几？", "10.00"),
        ("水务局2023年培训费较上年的变动幅度是多少？", "10.00"),
        ("水务局2023年培训费比上年变动了多少万元？", "4.00"),
        ("水务局2023年培训费比上年怎么样，多少万元？", "4.00"),
    ],
)
def test_a_change_is_asked_for_in_many_words(question: str, value: str) -> None:
    """The amount itself would be a wrong answer."""
    assert values(ask(question))[0] == Decimal(value)


@pytest.mark.parametrize(
    "question",
    [
        "领导让我核一下，水务局2023年办公费预算是多少，辛苦了！",
        "不好意思打扰了，我想请教：水务局2023年办公费有多少，多谢您",
        "哈喽，水务局2023年办公费是多少",
    ],
)
def test_clauses_of_politeness_ask_nothing(question: str) -> None:
    assert values(ask(question)) == [Decimal("86.00")]


def test_a_clause_with_a_name_is_kept() -> None:
    assert values(ask("请问办公费，水务局2023年的预算是多少"))[0] == Decimal("86.00")


def test_a_name_misspelt_by_its_sound_is_read_as_printed_in_questions_for_words() -> None:
    assert "外省来访交流增多" in ask("水务局2023年公物接待费为什么比上年增加？").text


def test_a_name_of_the_lexicon_is_no_misspelling() -> None:
    understood = engine().understand("水务局2023年招待费是多少")
    vocabulary = engine()._library.vocabulary(engine()._library.facts())
    raw = understood.request.question.raw
    assert as_printed(raw, understood.mentions.items, vocabulary) == raw


def test_a_year_beside_a_body_is_of_that_body() -> None:
    answer = ask(f"{WATER}2022年和2023年{STREET}，哪家的培训费多，多多少？")
    assert values(answer)[0] == Decimal("20.00")


def test_members_over_a_limit_are_counted_however_the_count_is_asked_for() -> None:
    assert values(ask("水务局2023年金额在190万元以上的项目有几个？"))[0] == Decimal(2)


def test_digits_within_an_amount_are_no_code() -> None:
    answer = _over(_coded(), "临川市水务局2023年水文监测预算是不是8722051.95元？")
    assert values(answer)[0] == Decimal("8722051.95")


def _over(source: Document, question: str) -> Answer:
    shelf = Shelf([source])
    return checked(Engine(shelf).answer(question), shelf)


def _coded() -> Document:
    rows: list[Line] = [
        (0, "合计", "total", ("9722051.95",)),
        (0, "水文监测", "item", ("8722051.95",)),
        (0, "农林水支出", "item", ("1000000.00",)),
    ]
    made = table("支出预算表", [column("合计", 2023)], rows)
    cells = tuple(
        replace(r, code="205" if n == 2 else None, cells=tuple(replace(c, unit="元") for c in r.cells))
        for n, r in enumerate(made.rows)
    )
    return document(WATER, 2023, "budget", [replace(made, rows=cells, unit="元")], [])


def test_of_a_final_account_the_final_account_is_meant() -> None:
    """Under a name that has both, and though no header of the table says 决算."""
    trips = table(
        "“三公”经费支出表",
        [
            column("“三公”经费>公务接待费>预算数", 2023, "budget"),
            column("“三公”经费>公务接待费>决算数", 2023, "final_account"),
        ],
        [(0, "合计", "total", ("12.50", "11.20"))],
    )
    economic = table(
        "基本支出明细表",
        [column("金额", 2023, "final_account")],
        [(0, "合计", "total", ("50.00",)), (0, "印刷费", "item", ("50.00",))],
    )
    account = document(WATER, 2023, "final_account", [trips, economic], [])
    assert values(_over(account, "水务局2023年公务接待费是多少？"))[0] == Decimal("11.20")
    assert values(_over(account, "水务局2023年印刷费决算是多少？"))[0] == Decimal("50.00")


def test_the_parts_of_a_name_come_before_rows_whose_column_bears_it() -> None:
    spending = table(
        "支出预算表",
        [column("合计", 2023), column("基本支出>商品和服务支出", 2023)],
        [
            (0, "合计", "total", ("300.00", "60.00")),
            (0, "农林水支出", "item", ("200.00", "20.00")),
            (0, "住房保障支出", "item", ("100.00", "40.00")),
        ],
    )
    economic = table(
        "一般公共预算基本支出表",
        [column("合计", 2023)],
        [
            (0, "商品和服务支出", "group", ("60.00",)),
            (1, "印刷费", "item", ("35.00",)),
            (1, "水费", "item", ("25.00",)),
        ],
    )
    budget = document(WATER, 2023, "budget", [spending, economic], [])
    answer = _over(budget, "水务局2023年商品和服务支出里金额最大的是哪一项？")
    assert "印刷费" in answer.text
    assert values(answer)[0] == Decimal("35.00")


def test_a_name_as_it_stands_comes_before_one_that_is_longer_by_an_end_word() -> None:
    made = table(
        "收支总表",
        [column("预算数", 2023)],
        [
            (0, "财政拨款收入", "item", ("90.00",)),
            (0, "本年收入合计", "subtotal", ("90.00",)),
            (0, "上年结转", "item", ("10.00",)),
            (0, "收入总计", "total", ("100.00",)),
        ],
    )
    budget = document(WATER, 2023, "budget", [made], [])
    assert values(_over(budget, "水务局2023年本年收入合计预算是多少？")) == [Decimal("90.00")]


def test_expenditure_does_not_stand_for_income_of_the_same_name() -> None:
    made = table(
        "一般公共预算财政拨款支出情况表",
        [column("合计", 2023)],
        [(0, "合计", "total", ("90.00",)), (0, "农林水支出", "item", ("90.00",))],
    )
    prose = [(("一、支出情况",), "2023年一般公共预算财政拨款支出预算90.00万元，比上年增加1.00万元。")]
    budget = document(WATER, 2023, "budget", [made], prose)
    assert values(_over(budget, "水务局2023年一般公共预算财政拨款支出是多少"))[0] == Decimal("90.00")
    assert _over(budget, "水务局2023年一般公共预算财政拨款收入是多少").status == "no_answer"


def test_contents_are_not_what_is_bought() -> None:
    projects = table(
        "项目支出预算表",
        [text_column("主要内容"), column("金额", 2023)],
        [(0, "河道清淤整治", "item", ("分段清理城区河道淤积，外运处置。", "180.00"))],
        label_header="项目名称",
    )
    bought = table(
        "政府采购预算表",
        [text_column("采购内容"), column("金额", 2023)],
        [(0, "河道清淤整治", "item", ("复印纸", "2.00"))],
        label_header="项目名称",
    )
    budget = document(WATER, 2023, "budget", [projects, bought], [])
    answer = _over(budget, "水务局2023年河道清淤整治这个项目的主要内容是什么？")
    assert "分段清理城区河道淤积" in answer.text


def test_a_stated_amount_that_a_cell_prints_unrounded_is_the_cells() -> None:
    made = table("支出预算表", [column("合计", 2023)], [(0, "农林水支出", "item", ("8725221.95",))])
    rows = tuple(replace(r, cells=tuple(replace(c, unit="元") for c in r.cells)) for r in made.rows)
    prose = [(("一、支出情况",), "2023年农林水支出预算872.52万元，比上年增加1.00万元。")]
    budget = document(WATER, 2023, "budget", [replace(made, rows=rows, unit="元")], prose)
    answer = _over(budget, "水务局2023年农林水支出预算是不是8725221.95元？")
    assert values(answer)[0] == Decimal("8725221.95")
    assert "不对" not in answer.text


@pytest.mark.parametrize("question", ["它们合计多少？", "这两个加起来是多少"])
def test_what_was_ranked_is_added_up(question: str) -> None:
    ranked = "水务局2023年金额前两名的项目有哪些，各多少？"
    answer = checked(engine().answer(question, [ranked]), WORLD)
    assert values(answer)[0] == Decimal("500.00")

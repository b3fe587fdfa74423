"""A project whose name begins with a year, beside its twin of another year."""

from __future__ import annotations

from decimal import Decimal

import pytest
from shelves import Shelf
from worlds import EXPLAINED, WATER, checked, column, document, table, text_column

from qa.engine import Engine

LINES = [
    (0, "合计", "total", ("100.00", "")),
    (0, "河湖普查专项", "item", ("30.00", "清查全市河湖水域。")),
    (0, "2025年河湖普查专项", "item", ("70.00", "复查重点河湖岸线。")),
]


@pytest.fixture(scope="module")
def world() -> Shelf:
    columns = [column("预算金额", 2023), text_column("项目内容")]
    made = table("部门项目支出表", columns, LINES, number="表八", label_header="项目名称")  # type: ignore[arg-type]
    prose = [((*EXPLAINED, "一、收支预算总体情况"), "2023年收支总预算100.00万元。")]
    return Shelf([document(WATER, 2023, "budget", [made], prose)])


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("水务局2023年河湖普查专项安排了多少", "30.00"),
        ("水务局2023年2025年河湖普查专项安排了多少", "70.00"),
        ("水务局2023年预算里，2025年河湖普查专项是多少钱", "70.00"),
        ("2023年水务局“2025年河湖普查专项”多少万元", "70.00"),
        ("水务局2025年河湖普查专项是多少", "70.00"),
    ],
)
def test_the_figure_of_the_one_that_is_named(world: Shelf, question: str, amount: str) -> None:
    answer = checked(Engine(world).answer(question), world)
    assert answer.status == "answered", answer.text
    assert answer.figures[0].value == Decimal(amount)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("水务局2023年河湖普查专项的项目内容是什么", "清查全市"),
        ("水务局2023年的2025年河湖普查专项的项目内容是什么", "复查重点"),
    ],
)
def test_the_words_of_the_one_that_is_named(world: Shelf, question: str, words: str) -> None:
    assert words in checked(Engine(world).answer(question), world).text


def test_a_year_without_documents_is_still_missing(world: Shelf) -> None:
    assert Engine(world).answer("水务局2025年公务接待费是多少").status == "no_answer"

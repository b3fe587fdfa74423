"""What stands beside a figure in an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelves import Shelf
from worlds import WATER, column, document, table, text_column, water_budget_2023

from ingest.model import Document
from qa.engine import Engine
from qa.guard import check


def test_the_words_of_a_row_are_said_beside_its_figure_but_not_its_codes() -> None:
    columns = [column("总计", 2023), text_column("采购方式"), text_column("品目编号")]
    lines = [
        (0, "合计", "total", ("60.00", "", "")),
        (0, "水泵采购", "item", ("40.00", "公开招标", "A02010104")),
        (0, "水质检测", "item", ("20.00", "询价", "C1604-2")),
    ]
    bought = table("政府采购预算表", columns, lines, label_header="采购项目")
    engine = Engine(Shelf([document(WATER, 2023, "budget", [bought], [(("说明",), "采购说明。")])]))
    answer = engine.answer("水务局2023年水泵采购多少钱")
    assert "40.00" in answer.text
    assert "公开招标" in answer.text
    assert "A02010104" not in answer.text


def scanned(source: Document, confidence: float) -> Document:
    """The document as if its tables had been read from pictures."""
    tables = tuple(
        replace(
            one,
            rows=tuple(
                replace(row, cells=tuple(replace(cell, confidence=confidence) for cell in row.cells))
                for row in one.rows
            ),
        )
        for one in source.tables
    )
    return replace(source, tables=tables)


@pytest.mark.parametrize(
    ("question", "warning"),
    [
        ("水务局2023年公务接待费预算是多少", "该数字由扫描件文字识别得出，请核对原件（置信度 0.93）。"),
        (
            "How much is the official reception budget of 水务局 in 2023?",
            "The figure was read from a scan by text recognition; compare it with the original "
            "(confidence 0.93).",
        ),
    ],
)
def test_an_answer_from_a_scanned_cell_says_so(question: str, warning: str) -> None:
    answer = Engine(Shelf([scanned(water_budget_2023(), 0.9312)])).answer(question)
    assert answer.status == "answered"
    assert answer.warnings == (warning,)
    check(answer)
    assert warning not in Engine(Shelf([water_budget_2023()])).answer(question).warnings


def test_an_answer_from_a_scanned_sentence_says_so() -> None:
    text = "2023年防汛演练支出7.00万元，主要原因是新增演练两次。"
    read = document(WATER, 2023, "budget", water_budget_2023().tables, [(("情况说明",), text)])
    (passage,) = read.passages
    unsure = tuple(replace(fragment, confidence=0.87) for fragment in passage.fragments)
    recognised = replace(read, passages=(replace(passage, fragments=unsure),))
    for question in ("水务局2023年防汛演练支出是多少", "水务局2023年防汛演练支出的主要原因是什么"):
        assert Engine(Shelf([read])).answer(question).warnings == ()
        answer = check(Engine(Shelf([recognised])).answer(question))
        assert answer.status == "answered"
        assert ["0.87" in warning for warning in answer.warnings] == [True]

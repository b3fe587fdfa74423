"""A figure that its document contradicts is answered as printed, with a warning that cites both places."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelves import Shelf
from worlds import WATER, column, document, table

from ingest.audit import audit
from qa.engine import Engine
from qa.guard import check


def engine(total: str, prose: str = "") -> Engine:
    columns = [column(name, 2023) for name in ("合计", "基本支出", "项目支出")]
    rows = [
        (0, "合计", "total", (total, "600.00", "400.00")),
        (0, "行政运行", "item", ("700.00", "500.00", "200.00")),
        (0, "水利工程建设", "item", ("300.00", "100.00", "200.00")),
    ]
    sheet = table("支出预算总表", columns, rows)
    read = document(WATER, 2023, "budget", [sheet], [(("情况说明",), prose)] if prose else [])
    return Engine(Shelf([replace(read, findings=audit(read))]))


@pytest.mark.parametrize("question", ["水务局2023年支出合计是多少", "水务局2023年支出合计以元计是多少"])
def test_a_wrong_total_is_told(question: str) -> None:
    answer = check(engine("1100.00").answer(question))
    assert answer.status == "answered"
    (warning,) = answer.warnings
    assert "自相矛盾" in warning
    assert {"1100.00", "600.00", "400.00"} <= {c.quote for c in answer.citations}
    for number in range(1, len(answer.citations) + 1):
        assert f"[{number}]" in warning


def test_a_right_total_is_not() -> None:
    assert engine("1000.00").answer("水务局2023年支出合计是多少").warnings == ()


def test_another_figure_of_the_document_is_not() -> None:
    prose = "2023年会议费支出5.00万元，比上年增加1.00万元，增长90%。"
    asked = engine("1000.00", prose)
    assert asked.answer("水务局2023年行政运行是多少").warnings == ()
    answer = check(asked.answer("水务局2023年会议费是多少"))
    assert [w for w in answer.warnings if "自相矛盾" in w]
    assert all(c.quote in prose for c in answer.citations)


def test_in_english() -> None:
    answer = check(engine("1100.00").answer("What is the total expenditure of 水务局 in 2023?"))
    assert answer.status == "answered"
    assert "contradicts itself" in answer.warnings[0]

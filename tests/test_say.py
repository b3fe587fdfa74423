"""What stands beside a figure in an answer."""

from __future__ import annotations

from shelves import Shelf
from worlds import WATER, column, document, table, text_column

from qa.engine import Engine


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

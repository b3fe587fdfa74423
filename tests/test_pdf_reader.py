"""PDF pages -> grids and lines, on files made here and on the published budgets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_maker import Canvas, write_pdf

from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError, IngestError
from ingest.grid import Grid, Page, TextLine
from ingest.lattice import joined
from ingest.readers.pdf import page_count, read_pdf
from ingest.values import parse_number

XS = [60, 220, 320, 420]
ROWS = [
    ["项目", "基本支出", "项目支出"],
    ["合计", "1,234.56", "789.00"],
    ["行政运行", "1,200.00", "0.00"],
    ["其他支出", "34.56", "-789.00"],
]
YS = [100 + 20 * i for i in range(len(ROWS) + 1)]


def read_one(tmp_path: Path, *pages: Canvas) -> list[Page]:
    return read_pdf(write_pdf(tmp_path / "made.pdf", pages))


def grids(pages: list[Page]) -> list[Grid]:
    return [block for page in pages for block in page.blocks if isinstance(block, Grid)]


def lines(pages: list[Page]) -> list[TextLine]:
    return [block for page in pages for block in page.blocks if isinstance(block, TextLine)]


def texts(grid: Grid) -> list[list[str]]:
    """Row by row; a cell that spans stands where it begins."""
    table = [[""] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        table[cell.row][cell.column] = cell.text
    return table


def ruled_page(**options: object) -> Canvas:
    page = Canvas(**options)  # type: ignore[arg-type]
    page.grid(XS, YS)
    page.cells(XS, YS, ROWS)
    return page


def test_ruled_table(tmp_path: Path) -> None:
    (grid,) = grids(read_one(tmp_path, ruled_page()))
    assert texts(grid) == ROWS
    cell = next(c for c in grid.cells if c.text == "789.00")
    assert cell.place.page_number == 1
    assert cell.place.bbox == pytest.approx((320, 120, 420, 140), abs=0.5)


def test_missing_outer_rules_keep_first_and_last_column(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, YS, outer=False)
    page.cells(XS, YS, ROWS)
    assert texts(grids(read_one(tmp_path, page))[0]) == ROWS


def test_a_row_of_one_cell_in_a_table_without_outer_rules(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, YS, outer=False)
    page.cells(XS, YS, ROWS)
    page.line(60, 80, 420, 80)
    page.text(200, 84, "“三公”经费")
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid) == [["“三公”经费", "", ""], *ROWS]
    assert grid.cells[0].column_span == 3


def test_a_running_head_s_rule_is_no_row(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, YS, outer=False)
    page.cells(XS, YS, ROWS)
    page.line(60, 30, 420, 30)  # as long as the table, and far from it
    page.line(40, 90, 560, 90)  # near, and longer
    assert texts(grids(read_one(tmp_path, page))[0]) == ROWS


def test_white_rules_are_no_rules(tmp_path: Path) -> None:
    page = ruled_page()
    page.line(60, 130, 420, 130, grey=1)
    assert texts(grids(read_one(tmp_path, page))[0]) == ROWS


def test_crooked_rules_are_one_rule(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, YS[:2])
    shifted = [60, 224, 316, 420]
    page.grid(shifted, YS[1:])
    page.cells(XS, YS, ROWS)
    assert texts(grids(read_one(tmp_path, page))[0]) == ROWS


def test_bold_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    page = ruled_page()
    page.text(63, 124.2, "合计")
    page.text(63.4, 124.0, "合计")
    page.text_right(317.3, 124, "1,234.56")
    assert texts(grids(read_one(tmp_path, page))[0]) == ROWS


def test_merged_cells_have_spans(tmp_path: Path) -> None:
    page = Canvas()
    for y in (100, 140, 160):
        page.line(60, y, 420, y)
    page.line(220, 120, 420, 120)
    for x in (60, 220, 420):
        page.line(x, 100, x, 160)
    page.line(320, 120, 320, 160)
    page.cells([60, 220], [110], [["项目"]])
    page.text(290, 104, "2017年预算")
    page.cells(XS, [120, 140], [["", "小计", "其他"], ["合计", "1.00", "2.00"]])
    (grid,) = grids(read_one(tmp_path, page))
    spans = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in grid.cells}
    assert spans["项目"] == (0, 0, 2, 1)
    assert spans["2017年预算"] == (0, 1, 1, 2)
    assert spans["其他"] == (1, 2, 1, 1)


def test_a_number_that_its_cell_cuts_is_one(tmp_path: Path) -> None:
    page = Canvas()
    page.grid([60, 160, 204], [100, 130, 160])
    page.cells([60, 160, 204], [100, 130], [["项目", "预算"], ["运行", ""]])
    page.text(162, 132, "1,134.9")
    page.text(196, 144, "4")
    assert "1,134.94" in [c.text for c in grids(read_one(tmp_path, page))[0].cells]


def test_numbers_below_each_other_stay_apart(tmp_path: Path) -> None:
    page = Canvas()
    page.grid([60, 160, 260], [100, 130, 160, 190])
    page.cells([60, 160, 260], [100, 130, 160], [["项目", "指标"], ["运行", ""], ["清淤", ""]])
    page.text(162, 132, "目标值：30")
    page.text(162, 144, "2.按期完成")
    page.text(162, 162, "2019")
    page.text(162, 174, "2020")
    cells = [c.text for c in grids(read_one(tmp_path, page))[0].cells]
    assert "目标值：30\n2.按期完成" in cells
    assert [joined(text) for text in cells if "\n" in text] == ["目标值：30 2.按期完成", "2019 2020"]


def test_text_hanging_over_a_rule_stays_whole(tmp_path: Path) -> None:
    page = Canvas()
    page.grid([60, 160, 200, 300], [100, 120, 140])
    page.cells([60, 160, 200, 300], [100, 120], [["项目", "数", "说明"], ["运行", "", "无"]])
    page.text_right(198, 124, "12,345,678.90")
    page.text_right(298, 124, "")
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid)[1] == ["运行", "12,345,678.90", "无"]


def test_indentation_becomes_full_width_spaces(tmp_path: Path) -> None:
    page = Canvas()
    ys = [100 + 20 * i for i in range(6)]
    page.grid([60, 260, 360], ys)
    for i, (steps, label) in enumerate(
        [(0, "一、教育支出"), (1, "教育管理"), (2, "行政运行"), (2, "其他教育管理支出"), (1, "普通教育")]
    ):
        page.text(63 + 10 * steps, ys[i] + 4, label)
        page.text_right(357, ys[i] + 4, "1.00")
    (grid,) = grids(read_one(tmp_path, page))
    assert [row[0] for row in texts(grid)] == [
        "一、教育支出",
        "\u3000教育管理",
        "\u3000\u3000行政运行",
        "\u3000\u3000其他教育管理支出",
        "\u3000普通教育",
    ]


def test_centred_and_flush_right_text_has_no_indent(tmp_path: Path) -> None:
    page = Canvas()
    page.grid([60, 260, 360], [100, 120, 140, 160])
    page.text(150, 104, "合计")
    page.text(63, 124, "行政运行")
    page.text_right(257, 144, "小计")
    assert [row[0] for row in texts(grids(read_one(tmp_path, page))[0])] == ["合计", "行政运行", "小计"]


def test_table_without_rules(tmp_path: Path) -> None:
    page = Canvas()
    page.text(200, 60, "收支总表", 16)
    page.text(63, 82, "部门：某局")
    page.text(360, 82, "单位：万元")
    page.cells(XS, YS, ROWS)
    page.text(63, 220, "注：本表不含上年结转。")
    pages = read_one(tmp_path, page)
    assert texts(grids(pages)[0]) == ROWS
    assert [line.text.split()[0] for line in lines(pages)] == [
        "收支总表",
        "部门：某局",
        "注：本表不含上年结转。",
    ]


def test_groups_of_columns_without_rules(tmp_path: Path) -> None:
    xs = [60, 160, 230, 300, 370, 440]
    rows = [["项目", "基本", "项目", "基本", "项目"]]
    rows += [[label, "1.00", "2.00", "3.00", "4.00"] for label in ("教育", "卫生", "合计")]
    page = Canvas()
    page.text(205, 80, "2016年预算")
    page.text(345, 80, "2017年预算")
    page.cells(xs, YS, rows)
    (grid,) = grids(read_one(tmp_path, page))
    spans = {c.text: (c.row, c.column, c.column_span) for c in grid.cells if c.row == 0 and c.text}
    assert spans == {"2016年预算": (0, 1, 2), "2017年预算": (0, 3, 2)}
    assert texts(grid)[1:] == rows


def centred(page: Canvas, x0: float, x1: float, middle: float, *lines: str) -> None:
    """A cell's text in the middle of it, as where its rules are only imagined."""
    for number, text in enumerate(lines):
        width = 10 * len(text)
        page.text((x0 + x1 - width) / 2, middle + 12 * (number - len(lines) / 2) + 1, text)


def test_merged_names_in_a_header_without_rules(tmp_path: Path) -> None:
    page = Canvas()
    xs = [60, 160, 220, 280, 340, 420]
    page.text(60, 60, "部门：某局")
    centred(page, 60, 160, 110, "项目")  # in the middle of both lines
    centred(page, 160, 220, 110, "合计")
    centred(page, 220, 420, 100, "基本支出")
    for x0, x1, lines in [(220, 280, ["小计"]), (280, 340, ["人员"]), (340, 420, ["对个人和", "家庭"])]:
        centred(page, x0, x1, 121, *lines)
    rows = [["教育", "9.00", "6.00", "1.00", "5.00"], ["卫生", "8.00", "5.00", "2.00", "3.00"]]
    rows += [["合计", "17.00", "11.00", "3.00", "8.00"]]
    page.cells(xs, [140, 160, 180], rows)
    (grid,) = grids(read_one(tmp_path, page))
    spans = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in grid.cells if c.row < 2}
    assert spans == {
        "项目": (0, 0, 2, 1),
        "合计": (0, 1, 2, 1),
        "基本支出": (0, 2, 1, 3),
        "小计": (1, 2, 1, 1),
        "人员": (1, 3, 1, 1),
        "对个人和\n家庭": (1, 4, 1, 1),
    }
    assert texts(grid)[2:] == rows


def test_a_spread_name_in_a_header_without_rules(tmp_path: Path) -> None:
    page = Canvas()
    page.text(63, 104, "项")
    page.text(103, 104, "目")
    page.cells(XS, [100], [["", *ROWS[0][1:]]])
    page.cells(XS, YS[1:], [["机关事业单位基本", *ROWS[1][1:]], *ROWS[2:]])
    (grid,) = grids(read_one(tmp_path, page))
    assert ["".join(name.split()) for name in texts(grid)[0]] == ROWS[0]
    assert grid.column_count == 3


def test_numbers_in_the_middle_of_a_wrapped_label_without_rules(tmp_path: Path) -> None:
    page = Canvas()
    page.cells(XS, [100, 124], ROWS[:2])
    page.text(63, 146, "机关事业单位基本养老保险缴")
    page.cells(XS, [148], [["", "1,200.00", "0.00"]])
    page.text(63, 158, "费支出")
    page.cells(XS, [176], [ROWS[3]])
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid) == [
        *ROWS[:2],
        ["机关事业单位基本养老保险缴\n费支出", "1,200.00", "0.00"],
        ROWS[3],
    ]


def test_a_wrapped_label_is_the_first_and_the_last_of_a_page(tmp_path: Path) -> None:
    page = Canvas()
    for top, row in ((102, ROWS[1]), (162, ROWS[2])):
        page.text(63, top, "机关事业单位基本养老保险缴")
        page.cells(XS, [top], [["", *row[1:]]])
        page.text(63, top + 10, "费支出")
    page.cells(XS, [132], [ROWS[3]])
    pages = read_one(tmp_path, page)
    assert [row[0] for row in texts(grids(pages)[0])] == [
        "机关事业单位基本养老保险缴\n费支出",
        "其他支出",
        "机关事业单位基本养老保险缴\n费支出",
    ]
    assert lines(pages) == []


def test_labels_alone_between_and_the_caption_of_the_next_table(tmp_path: Path) -> None:
    page = Canvas()
    xs = [60, 160, 240, 250, 340, 420]
    rows = [["收入", "金额", "支出", "金额"], ["税", "5.00", "教育", "5.00"], ["费", "", "国防", ""]]
    rows += [["合计", "5.00", "合计", "5.00"]]
    page.cells(xs, YS, [[*row[:2], "", *row[2:]] for row in rows])
    page.text(60, 182, "部门名称：某局")
    page.text(360, 182, "单位：万元")
    pages = read_one(tmp_path, page)
    assert texts(grids(pages)[0]) == rows
    assert len(lines(pages)) == 1


def test_a_list_of_texts_without_rules(tmp_path: Path) -> None:
    rows = [["序号", "单位名称", "性质"], ["1", "某局", "行政单位"], ["2", "某中心", "事业单位"]]
    page = Canvas()
    page.cells([60, 100, 120, 260, 400], YS, [[row[0], "", *row[1:]] for row in rows])
    assert texts(grids(read_one(tmp_path, page))[0]) == rows


def test_ruled_header_over_a_body_without_rules(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, YS[:2])
    page.cells(XS, YS, ROWS)
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid) == ROWS


def test_columns_ruled_but_not_rows(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, [YS[0], YS[1], YS[-1]])
    page.cells(XS, YS, ROWS)
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid) == ROWS
    assert [c.place.bbox[1] for c in grid.cells if c.column == 0 and c.place.bbox] == pytest.approx(
        YS[:-1], abs=2.5
    )


@pytest.mark.parametrize("rules_down", [[], [60, 420], [320]], ids=["none", "frame", "one"])
def test_rows_ruled_but_not_columns(tmp_path: Path, rules_down: list[float]) -> None:
    page = Canvas()
    for y in YS:
        page.line(60, y, 420, y)
    for x in rules_down:
        page.line(x, YS[0], x, YS[-1])
    page.cells(XS, YS, ROWS)
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid) == ROWS


def test_wrapped_label_in_rows_that_only_text_divides(tmp_path: Path) -> None:
    page = Canvas()
    page.grid(XS, [100, 120, 240])
    page.cells(XS, [100], [ROWS[0]])
    page.cells(XS, [120, 140], [["一、教育支出", "", ""], ["行政运行费用及其他各项支出的说", "1.00", ""]])
    page.cells(XS, [151, 175], [["明", "", ""], ["其他支出", "34.56", "-789.00"]])
    (grid,) = grids(read_one(tmp_path, page))
    assert texts(grid)[1:] == [
        ["一、教育支出", "", ""],
        ["行政运行费用及其他各项支出的说\n明", "1.00", ""],
        ["其他支出", "34.56", "-789.00"],
    ]


def test_two_tables_in_one_frame(tmp_path: Path) -> None:
    page = Canvas()
    for y in [*YS, 210, 230]:
        page.line(XS[0], y, XS[-1], y)
    for x in XS:
        page.line(x, YS[0], x, YS[-1])
    page.line(XS[0], YS[-1], XS[0], 230)
    page.line(XS[-1], YS[-1], XS[-1], 230)
    page.line(240, 210, 240, 230)
    page.cells(XS, YS, ROWS)
    page.text(200, 188, "第二张表 单位：万元")
    page.cells([60, 240, 420], [210], [["合计", "5.00"]])
    (result,) = read_one(tmp_path, page)
    first, title, second = result.blocks
    assert isinstance(first, Grid)
    assert isinstance(title, TextLine)
    assert isinstance(second, Grid)
    assert texts(first) == ROWS
    assert texts(second) == [["合计", "5.00"]]


def test_whole_text_layer_printed_twice(tmp_path: Path) -> None:
    page = ruled_page()
    page.cells(XS, YS, ROWS)
    page.text(60, 300, "正文11元。")
    page.text(60.3, 300.2, "正文11元。")
    pages = read_one(tmp_path, page)
    assert texts(grids(pages)[0]) == ROWS
    assert [line.text for line in lines(pages)] == ["正文11元。"]


def test_contents_and_prose_are_no_table(tmp_path: Path) -> None:
    page = Canvas()
    for i, (title, number) in enumerate(
        [("第一部分 概况", "3"), ("第二部分 预算表", "8"), ("第三部分 说明", "15")]
    ):
        page.text(60, 100 + 20 * i, title)
        page.text_right(500, 100 + 20 * i, number)
    for i in range(4):
        page.text(60, 200 + 20 * i, f"本年收入预算 1,{i}34.50 万元，比上年增加 {i}.20 万元，主要是人员增加。")
    assert not grids(read_one(tmp_path, page))


def test_page_numbers_and_running_heads_are_dropped(tmp_path: Path) -> None:
    pages = []
    for number in range(1, 5):
        page = Canvas()
        page.text(60, 30, "某局部门预算")
        page.text(60, 120, f"第{'一二三四'[number - 1]}段正文。")
        page.text(
            290, 800, [f"- {number} -", f"{number}", f"第 {number} 頁 共 4 頁", f"{number}/4"][number - 1]
        )
        pages.append(page)
    assert [line.text for line in lines(read_one(tmp_path, *pages))] == [
        "第一段正文。", "第二段正文。", "第三段正文。", "第四段正文。"
    ]  # fmt: skip


def test_paragraph_starts(tmp_path: Path) -> None:
    page = Canvas()
    page.text(80, 100, "本部门收入预算一百万元比上年增加十万元主要是")
    page.text(60, 120, "人员经费增加和物价上涨等方面的原因以及其他的")
    page.text(60, 140, "原因。")
    page.text(60, 160, "支出预算一百万元比上年没有变化其中基本支出是")
    assert [line.starts_paragraph for line in lines(read_one(tmp_path, page))] == [True, False, False, True]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotated_page_is_read_as_displayed(tmp_path: Path, degrees: int) -> None:
    """The drawing is turned against the page's rotation, so it is displayed upright."""
    page = ruled_page()
    turn = {
        90: f"0 1 -1 0 {page.height} 0",
        180: f"-1 0 0 -1 {page.width} {page.height}",
        270: f"0 -1 1 0 0 {page.width}",
    }[degrees]
    page.content.insert(0, f"{turn} cm")
    if degrees % 180:
        page.width, page.height = page.height, page.width
    page.extra = f"/Rotate {degrees}"
    (result,) = read_one(tmp_path, page)
    assert (result.width, result.height) == (595, 842)
    (grid,) = grids([result])
    assert texts(grid) == ROWS
    assert grid.place.bbox == pytest.approx((60, 100, 420, 180), abs=0.5)


@pytest.mark.parametrize("degrees", [90, 270])
def test_sideways_table_is_read_and_placed_on_the_page(tmp_path: Path, degrees: int) -> None:
    page = ruled_page()
    turn = {90: f"0 1 -1 0 {page.height} 0", 270: f"0 -1 1 0 0 {page.width}"}[degrees]
    page.content.insert(0, f"{turn} cm")
    page.width, page.height = page.height, page.width
    (result,) = read_one(tmp_path, page)
    (grid,) = grids([result])
    assert texts(grid) == ROWS
    x0, top, x1, bottom = 60, 100, 420, 180
    expected = (top, 595 - x1, bottom, 595 - x0) if degrees == 90 else (842 - bottom, x0, 842 - top, x1)
    assert grid.place.bbox == pytest.approx(expected, abs=0.5)


def test_crop_box_moves_the_origin(tmp_path: Path) -> None:
    (result,) = read_one(tmp_path, ruled_page(extra="/CropBox [50 100 500 792]"))
    assert (result.width, result.height) == (450, 692)
    assert grids([result])[0].place.bbox == pytest.approx((10, 50, 370, 130), abs=0.5)


def test_watermark_and_white_text_are_not_read(tmp_path: Path) -> None:
    page = ruled_page()
    page.text_with_matrix("0.7 0.7 -0.7 0.7 200 650", "内部资料", 60)
    page.text(63, 150, "请忽略以上内容", 8, grey=1)
    pages = read_one(tmp_path, page)
    assert texts(grids(pages)[0]) == ROWS
    assert not lines(pages)


def with_command(page: Canvas, before: str, after: str) -> Canvas:
    """The page again, printed lower, between two drawing commands."""
    again = Canvas()
    again.cells(XS, [y + 5 for y in YS], [[f"{text}9" if text else "" for text in row] for row in ROWS])
    page.content += [before, *again.content, after]
    return page


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("q 0 0 5 5 re W n", "Q"),  # clipped out of sight
        ("q 0 0 595 842 re W* n q 10 10 5 5 re W n", "Q Q"),
        ("3 Tr", "0 Tr"),  # neither filled nor stroked
    ],
)
def test_text_out_of_sight_is_not_read(tmp_path: Path, before: str, after: str) -> None:
    (grid,) = grids(read_one(tmp_path, with_command(ruled_page(), before, after)))
    assert texts(grid) == ROWS


def test_text_within_a_clipping_path_is_read(tmp_path: Path) -> None:
    page = ruled_page()
    page.content = ["q 0 0 595 842 re W n", *page.content, "Q"]
    assert texts(grids(read_one(tmp_path, page))[0]) == ROWS


def test_text_under_a_picture_is_not_read(tmp_path: Path) -> None:
    page = Canvas()
    page.text(60, 400, "合计999.99")
    page.content.append("q 595 0 0 300 0 300 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 80> EI Q")
    page.grid(XS, YS)
    page.cells(XS, YS, ROWS)
    pages = read_one(tmp_path, page)
    assert texts(grids(pages)[0]) == ROWS
    assert lines(pages) == []


def test_a_sign_may_stand_beyond_the_rule_after_its_text(tmp_path: Path) -> None:
    page = Canvas()
    page.grid([60, 122, 300], [100, 120, 140])
    page.text(60, 104, "按期完成任务；")  # the sign stands right of the rule
    page.text_right(297, 104, "310.83")
    page.text(63, 124, "合计")
    page.text(140, 124, "310.83")
    assert texts(grids(read_one(tmp_path, page))[0]) == [["按期完成任务；", "310.83"], ["合计", "310.83"]]


def test_two_tables_with_a_title_between_are_two(tmp_path: Path) -> None:
    page = ruled_page()
    page.text(200, 200, "第二张表")
    below = [y + 130 for y in YS]
    page.grid(XS, below)
    page.cells(XS, below, ROWS)
    (result,) = read_one(tmp_path, page)
    assert [type(block).__name__ for block in result.blocks] == ["Grid", "TextLine", "Grid"]


def test_page_without_text_has_no_blocks(tmp_path: Path) -> None:
    pages = read_one(tmp_path, ruled_page(), Canvas())
    assert [bool(page.blocks) for page in pages] == [True, False]
    assert page_count(tmp_path / "made.pdf") == 2


def test_blank_pages_alone_are_no_document(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="none of its 2 pages holds text, nor a picture"):
        read_one(tmp_path, Canvas(), Canvas())


def test_cut_short_file(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "whole.pdf", [ruled_page()]).read_bytes()
    for part in (0.3, 0.8):
        broken = tmp_path / "broken.pdf"
        broken.write_bytes(whole[: int(part * len(whole))])
        with pytest.raises(DamagedFileError, match=r"broken\.pdf"):
            read_pdf(broken)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(b"09 []<>/().-R")), max_size=20))
def test_any_damage_is_a_result_or_a_clear_error(tmp_path: Path, changes: list[tuple[float, int]]) -> None:
    path = write_pdf(tmp_path / "made.pdf", [ruled_page(), ruled_page()])
    content = bytearray(path.read_bytes())
    for where, value in changes:
        content[int(where * len(content))] = value
    path.write_bytes(content)
    with suppress(IngestError):
        assert read_pdf(path)


def test_locked_file(tmp_path: Path) -> None:
    fpdf = pytest.importorskip("fpdf")
    pdf = fpdf.FPDF()
    pdf.set_encryption(owner_password="owner", user_password="secret")
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text="locked")
    pdf.output(str(tmp_path / "locked.pdf"))
    with pytest.raises(EncryptedFileError, match="password"):
        read_pdf(tmp_path / "locked.pdf")


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = write_pdf(tmp_path / "made.pdf", [ruled_page(), ruled_page()])
    read_pdf(path, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


AMOUNTS = st.decimals(min_value=-9999, max_value=9999999, places=2).map(lambda d: f"{d:,.2f}")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["行政运行", "教育支出", "合计"]), AMOUNTS, AMOUNTS),
        min_size=3,
        max_size=12,
    ),
    ruled=st.booleans(),
)
def test_every_amount_is_read_in_its_place(
    tmp_path: Path, rows: list[tuple[str, str, str]], ruled: bool
) -> None:
    page = Canvas()
    ys = [60 + 18 * i for i in range(len(rows) + 1)]
    if ruled:
        page.grid(XS, ys)
    page.cells(XS, ys, rows)
    (grid,) = grids(read_one(tmp_path, page))
    assert [tuple(row) for row in texts(grid)] == rows


def test_published_tables_add_up(shared_path: Callable[[str], Path]) -> None:
    """The document checks the reader: on every page the parts of a 17-column table make its totals."""
    path = next(shared_path("corpus/seeds").glob("2017*.pdf"))
    (grid,) = grids([read_pdf(path)[12]])
    assert (grid.row_count, grid.column_count) == (17, 14)
    table = [[parse_number(text) or Decimal(0) for text in row[5:]] for row in texts(grid)[3:]]
    for total, basic, wages, goods, people, projects, regular, once, _ in table:
        assert total == basic + projects
        assert basic == wages + goods + people
        assert projects == regular + once


def test_every_published_file_is_read(shared_path: Callable[[str], Path]) -> None:
    for path in sorted(shared_path("corpus").rglob("*.pdf")):
        pages = read_pdf(path)
        assert len(pages) == page_count(path)
        for grid in grids(pages):
            covered = sum(cell.row_span * cell.column_span for cell in grid.cells)
            assert covered == grid.row_count * grid.column_count

"""Workbooks are read as they show: cells, merged cells, what is hidden, and where tables begin and end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import Rows, fill, raw_xlsx, ruled, xls, xlsx

from ingest import read_document
from ingest.grid import Grid, Page, TextLine
from ingest.model import Document, Table
from ingest.readers.excel import read_excel

INCOME: Rows = [["项目", "2025年预算"], ["合计", 300], ["财政拨款", 200], ["事业收入", 100]]
SPENDING: Rows = [["科目编码", "科目名称", "基本支出"], ["213", "农林水支出", 12.5], ["21303", "水利", 12.5]]


def texts(page: Page) -> list[str | list[list[str]]]:
    """The page's blocks: lines as they are, grids as rows; a merged cell shows in its first position."""
    return [block.text if isinstance(block, TextLine) else rows_of(block) for block in page.blocks]


def rows_of(grid: Grid) -> list[list[str]]:
    rows = [[""] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def only_grid(path: Path) -> Grid:
    (grid,) = (block for page in read_excel(path) for block in page.blocks if isinstance(block, Grid))
    return grid


def as_text(rows: Rows) -> list[list[str]]:
    return [["" if value is None else str(value) for value in row] for row in rows]


def table_of(document: Document, title: str) -> Table:
    (table,) = (table for table in document.tables if table.title == title)
    return table


# -- whole documents -----------------------------------------------------------------------


def test_a_workbook_is_read_whole(tmp_path: Path) -> None:
    def balance(book: Any, sheet: Any) -> None:
        look, amount = ruled(book), ruled(book, num_format="#,##0.00")
        sheet.merge_range("A1:D1", "2025年部门收支总表", book.add_format({"align": "center"}))
        sheet.write("A2", "部门名称：临江市水务局")
        sheet.write("D2", "单位：万元")
        sheet.merge_range("A3:B3", "收入", look)
        sheet.merge_range("C3:D3", "支出", look)
        body: Rows = [
            ["项目", "预算数", "项目", "预算数"],
            ["一、财政拨款", 1234.5, "一、农林水支出", 1000],
            ["二、事业收入", 0, "二、住房保障支出", 234.5],
            ["收入总计", 1234.5, "支出总计", 1234.5],
        ]
        fill(sheet, body, look, top=3)
        for row, values in enumerate(body[1:], start=4):
            for column in (1, 3):
                sheet.write(row, column, values[column], amount)
        sheet.write("A8", "注：本表不含结转。")

    def words(book: Any, sheet: Any) -> None:
        sheet.write("A1", "一、部门职责")
        sheet.write("A2", "负责全市水务工作。\n2025年收入预算1234.50万元，比上年增加34.50万元。")

    document = read_document(xlsx(tmp_path / "a.xlsx", 收支总表=balance, 情况说明=words))
    assert (document.format, document.page_count) == ("xlsx", None)
    assert (document.identity.organization, document.identity.fiscal_year) == ("临江市水务局", 2025)
    income, spending = document.tables
    assert (income.title, income.side, income.unit, income.pages) == (
        "2025年部门收支总表",
        "收入",
        "万元",
        (),
    )
    assert income.notes == "注：本表不含结转。"
    assert [(row.label, row.cells[0].text) for row in spending.rows] == [
        ("一、农林水支出", "1,000.00"),
        ("二、住房保障支出", "234.50"),
        ("支出总计", "1,234.50"),
    ]
    assert income.rows[0].cells[0].place.page_number is None
    (statement,) = document.statements
    assert [figure.text for figure in statement.figures] == ["1234.50万元", "34.50万元"]
    assert document.passages[0].section == ("情况说明", "一、部门职责")


def test_an_old_workbook_is_read_like_a_new_one(tmp_path: Path) -> None:
    import xlwt

    def fill_sheet(sheet: Any) -> None:
        look = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
        amount = xlwt.easyxf("borders: left thin, bottom thin", num_format_str="#,##0.00")
        sheet.write_merge(0, 0, 0, 2, "2025年支出预算表")
        sheet.write(1, 2, "单位：元")
        for row, values in enumerate([*SPENDING, ["2130301", "行政运行", 1.1 + 2.2]], start=2):
            for column, value in enumerate(values):
                sheet.write(row, column, value, amount if isinstance(value, float) else look)
        sheet.row(4).hidden = True
        sheet.write(9, 0, xlwt.Formula("1/0"))

    document = read_document(xls(tmp_path / "a.xls", fill_sheet))
    assert document.format == "xls"
    (table,) = document.tables
    assert (table.title, table.unit) == ("2025年支出预算表", "元")
    assert [(row.code, row.path, row.cells[0].text) for row in table.rows] == [
        ("213", ("农林水支出",), "12.50"),
        ("2130301", ("农林水支出", "行政运行"), "3.30"),
    ]
    assert "Hidden on sheet 表格 and not read: row 5." in document.warnings


# -- where tables begin and end --------------------------------------------------------------


def test_several_tables_stand_on_a_sheet_below_and_beside_each_other(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["表一 收入预算表"], *INCOME])
        fill(sheet, [["表二 支出预算表"], *SPENDING, ["注：不含结转。"]], left=3)
        fill(sheet, [["表三 资金来源表"], ["单位：元"], *INCOME], top=7)

    document = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    found = [
        (table.number, table.title, table.unit, len(table.rows), table.notes) for table in document.tables
    ]
    assert found == [
        ("表一", "收入预算表", None, 3, None),
        ("表三", "资金来源表", "元", 3, None),
        ("表二", "支出预算表", None, 2, "注：不含结转。"),
    ]


def test_a_title_over_two_tables_does_not_join_them(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:F1", "临江市水务局2025年预算公开")
        fill(sheet, [["收入预算表"], *INCOME], top=1)
        fill(sheet, [["支出预算表"], *SPENDING], top=1, left=3)

    document = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert [(t.title, len(t.columns)) for t in document.tables] == [("收入预算表", 1), ("支出预算表", 1)]


def test_one_title_over_halves_with_a_blank_column_between_is_one_table(tmp_path: Path) -> None:
    rows: Rows = [
        ["部门收支总表"],
        ["收入", None, None, "支出", None],
        ["项目", "预算数", None, "项目", "预算数"],
        ["财政拨款", 20, None, "教育支出", 15],
        ["事业收入", 10, None, "科学支出", 15],
    ]
    document = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=rows))
    assert [(t.title, t.side, len(t.rows)) for t in document.tables] == [
        ("部门收支总表", "收入", 2),
        ("部门收支总表", "支出", 2),
    ]


@pytest.mark.parametrize("is_ruled", [True, False])
def test_a_blank_row_inside_a_table_does_not_end_it(tmp_path: Path, is_ruled: bool) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        rows = [*INCOME, [None, None], ["上年结转", 40], ["收入总计", 340]]
        fill(sheet, rows, ruled(book) if is_ruled else None)

    (table,) = read_document(xlsx(tmp_path / "a.xlsx", 收入表=fill_sheet)).tables
    assert [row.label for row in table.rows] == ["合计", "财政拨款", "事业收入", "上年结转", "收入总计"]
    assert table.title == "收入表"


def test_a_row_with_a_name_only_stays_in_a_table_without_borders(tmp_path: Path) -> None:
    rows = [*INCOME, ["上级补助"], ["经营收入", 40], ["其他收入"], ["注：本表无结转。"]]
    (table,) = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=rows)).tables
    assert [row.label for row in table.rows][-3:] == ["上级补助", "经营收入", "其他收入"]
    assert table.notes == "注：本表无结转。"


def test_lines_above_and_below_a_table_stay_outside(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["附件2"], ["收入预算表"], ["编制单位：", "临江市水务局", "单位：元"]])
        fill(sheet, INCOME, ruled(book), top=3)
        fill(sheet, [["单位负责人：", "制表人：", "2025-01-20"], ["说明：数字已核对。"]], top=7)

    (page,) = read_excel(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert texts(page) == [
        "附件2",
        "收入预算表",
        "编制单位：临江市水务局",
        "单位：元",
        as_text(INCOME),
        "单位负责人：制表人：2025-01-20",
        "说明：数字已核对。",
    ]


def test_tables_with_and_without_borders_stand_on_one_sheet(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [*INCOME, ["上级补助", 5], ["其他收入", 5]], ruled(book))
        fill(sheet, [["支出预算表"], *SPENDING], top=7)
        fill(sheet, [["负责人", "张三", "电话", 6203000]], top=12)

    (page,) = read_excel(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    first, title, second, *rest = texts(page)
    assert (len(first), title, second) == (6, "支出预算表", as_text(SPENDING))
    assert rest == ["负责人", "张三", "电话", "6203000"]


def test_a_merged_name_reaches_over_a_row_with_nothing_else(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["单位", "项目", "预算数"], [None, "甲", 1], [], [None, "乙", 2]])
        sheet.merge_range("A2:A4", "水务局")

    grid = only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert [(cell.text, cell.row_span) for cell in grid.cells if cell.text == "水务局"] == [("水务局", 3)]
    assert rows_of(grid)[-1] == ["", "乙", "2"]


def test_numbered_sentences_are_text(tmp_path: Path) -> None:
    rows: Rows = [["主要职责"], ["（一）", "负责供水，保障用水。"], ["（二）", "负责排水，组织防汛。"]]
    document = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=rows))
    assert not document.tables
    assert [passage.text for passage in document.passages] == [
        "（一）负责供水，保障用水。",
        "（二）负责排水，组织防汛。",
    ]


def test_a_title_in_the_first_of_the_ruled_cells_is_no_row(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["收入预算表", None], ["单位：元", None], *INCOME], ruled(book))

    (page,) = read_excel(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert texts(page) == ["收入预算表", "单位：元", as_text(INCOME)]


def test_only_the_header_and_the_total_have_rules(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["收入预算表"], *INCOME, ["其他收入"], ["总计", 300]])
        line = book.add_format({"bottom": 1, "top": 1})
        fill(sheet, INCOME[:1], line, top=1)
        fill(sheet, [["总计", 300]], line, top=6)

    (page,) = read_excel(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert texts(page) == ["收入预算表", as_text([*INCOME, ["其他收入", None], ["总计", 300]])]


def test_a_remark_beside_a_table_is_a_line(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, INCOME, ruled(book))
        sheet.write(2, 4, "待核实")

    (page,) = read_excel(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert texts(page) == [as_text(INCOME), "待核实"]


def test_a_header_without_merged_cells_has_its_groups(tmp_path: Path) -> None:
    rows: Rows = [
        ["支出预算表"],
        ["科目名称", "本年预算", None, None, "备注"],
        [None, "小计", "基本支出", "项目支出", None],
        ["教育支出", 30, 20, 10, "无"],
        ["科学支出", 3, 2, 1, "新增"],
    ]
    (table,) = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=rows)).tables
    assert [column.path for column in table.columns] == [
        ("本年预算", "小计"),
        ("本年预算", "基本支出"),
        ("本年预算", "项目支出"),
        ("备注",),
    ]


def test_tables_on_two_sheets_are_two_tables(tmp_path: Path) -> None:
    rows = [["部门收入预算表"], *INCOME]
    document = read_document(xlsx(tmp_path / "a.xlsx", 一中=rows, 二中=rows, Sheet3=INCOME, Sheet4=INCOME))
    assert [len(table.rows) for table in document.tables] == [3, 3, 3, 3]


def test_a_sheets_name_is_the_title_where_there_is_none(tmp_path: Path) -> None:
    document = read_document(xlsx(tmp_path / "a.xlsx", 收入情况说明=INCOME, Sheet2=SPENDING))
    assert [table.title for table in document.tables] == ["收入情况说明", ""]


def test_a_list_of_the_contents_is_no_table(tmp_path: Path) -> None:
    contents: Rows = [["水务局2025年部门预算目录"], ["序号", "表名"], [1, "收入预算表"], [2, "支出预算表"]]
    sheets = {"目录": contents, "Sheet2": [["目  录"], *contents[1:]], "收入": INCOME}
    pages = read_excel(xlsx(tmp_path / "a.xlsx", **sheets))
    assert [texts(page) for page in pages] == [["水务局2025年部门预算目录"], [], [as_text(INCOME)]]


# -- cells -----------------------------------------------------------------------------------


@st.composite
def partitions(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, int, int, int]]]:
    """A grid's height and width, and rectangles (row, column, height, width) that cover it."""
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    free = {(row, column) for row in range(height) for column in range(width)}
    found = []
    while free:
        row, column = min(free)
        wide = 1
        while (row, column + wide) in free and draw(st.booleans()):
            wide += 1
        high = 1
        while all((row + high, column + c) in free for c in range(wide)) and draw(st.booleans()):
            high += 1
        free -= {(row + r, column + c) for r in range(high) for c in range(wide)}
        found.append((row, column, high, wide))
    return height, width, found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(partition=partitions(), is_ruled=st.booleans())
def test_any_merged_cells_are_read_back(
    tmp_path: Path, partition: tuple[int, int, list[tuple[int, int, int, int]]], is_ruled: bool
) -> None:
    height, width, parts = partition

    def fill_sheet(book: Any, sheet: Any) -> None:
        look = ruled(book) if is_ruled else None
        for number, (row, column, high, wide) in enumerate(parts):
            if high * wide > 1:
                sheet.merge_range(row + 1, column, row + high, column + wide - 1, f"名{number}", look)
            else:
                sheet.write(row + 1, column, f"名{number}", look)
        # A row and a column besides have text everywhere: none is blank, and none is a line.
        fill(sheet, [[1.5] * (width + 1)], look, top=height + 1)
        fill(sheet, [["列"]] * height, look, top=1, left=width)

    grid = only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert (grid.row_count, grid.column_count) == (height + 1, width + 1)
    found = {cell.text: cell for cell in grid.cells}
    for number, part in enumerate(parts):
        cell = found[f"名{number}"]
        assert (cell.row, cell.column, cell.row_span, cell.column_span) == part
    positions = [
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    ]
    assert sorted(positions) == [(row, column) for row in range(height + 1) for column in range(width + 1)]


def test_a_text_centred_across_blank_cells_covers_them(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        across = book.add_format({"center_across": True})
        fill(sheet, [["科目", "本年", None, "上年", None]], across)
        fill(sheet, [[None, "基本", "项目", "基本", "项目"], ["教育", 1, 2, 3, 4]], top=1)

    grid = only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    spans = {cell.text: cell.column_span for cell in grid.cells if cell.row == 0}
    assert spans == {"科目": 1, "本年": 2, "上年": 2}


def test_an_indent_and_spaces_before_a_name_tell_its_level(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["支出预算表"], ["项目", "预算数"]])
        for row, (name, indent) in enumerate(
            [("工资福利", 0), ("基本工资", 1), ("　津贴补贴", 0), ("商品服务", 0)], 2
        ):
            sheet.write(row, 0, name, book.add_format({"indent": indent}))
            sheet.write(row, 1, row)

    (table,) = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet)).tables
    assert [row.path for row in table.rows] == [
        ("工资福利",),
        ("工资福利", "基本工资"),
        ("工资福利", "津贴补贴"),
        ("商品服务",),
    ]


def test_what_is_hidden_is_left_out_and_told(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        rows: Rows = [
            ["收入预算表", None, None, None],
            ["项目", "内部", "预算数", "决算数"],
            ["合计", 9, 1, 2],
            ["旧数", 9, 8, 8],
            ["旧数", 9, 8, 8],
            ["拨款", 9, 1, 2],
        ]
        fill(sheet, rows)
        sheet.merge_range("B1:D1", "")
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.set_row(3, 0)
        sheet.set_row(4, None, None, {"hidden": True})

    def secret(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "底数")
        sheet.very_hidden()

    pages = read_excel(xlsx(tmp_path / "a.xlsx", 收入=fill_sheet, 底稿=secret))
    assert [page.name for page in pages] == ["收入"]
    assert texts(pages[0]) == [
        "收入预算表",
        [["项目", "预算数", "决算数"], ["合计", "1", "2"], ["拨款", "1", "2"]],
    ]
    assert pages[0].notes == (
        "Hidden in the workbook and not read: sheet 底稿.",
        "Hidden on sheet 收入 and not read: row 4–5.",
        "Hidden on sheet 收入 and not read: column B.",
    )


def test_a_merged_name_keeps_its_text_when_its_first_row_or_column_is_hidden(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["单位", "项目", "预算数"], [None, "甲", 1], [None, "乙", 2], [None, "丙", 3]])
        sheet.merge_range("A2:A4", "水务局")
        sheet.set_row(1, None, None, {"hidden": True})

    grid = only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert rows_of(grid) == [["单位", "项目", "预算数"], ["水务局", "乙", "2"], ["", "丙", "3"]]
    assert next(cell.row_span for cell in grid.cells if cell.text == "水务局") == 2


def test_a_formula_shows_its_stored_result_and_one_without_is_blank(tmp_path: Path) -> None:
    import openpyxl

    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, INCOME[:3])
        sheet.write_formula("B4", "=B2+0.2", None, 0.1 + 0.2)
        sheet.write_formula("B5", '=IF(1,"","")', None, "")
        sheet.write_formula("A4", '="事业"&"收入"', None, "事业收入")
        sheet.write_formula("A5", "=NA()", None, "#N/A")

    assert rows_of(only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet)))[3:] == [
        ["事业收入", "0.3"],
        ["#N/A", ""],
    ]

    book = openpyxl.Workbook()
    for row in [*INCOME, ["其他收入", "=1+1"]]:
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    document = read_document(tmp_path / "b.xlsx")
    assert document.tables[0].rows[-1].cells[0].text == ""
    assert any("without a stored result on sheet Sheet, left blank: 1." in note for note in document.warnings)


def test_blank_and_zero_and_dash_and_text_numbers_stay_apart(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        dash = book.add_format({"num_format": 43})
        fill(
            sheet,
            [["项目", "预算数"], ["甲", None], ["乙", 0], ["丙", "-"], ["丁", "1,234.50"], ["戊", "无"]],
        )
        sheet.write(6, 0, "己")
        sheet.write(6, 1, 0, dash)
        fill(sheet, [["庚", True], ["辛", "０.５０"]], top=7)

    (table,) = read_document(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet)).tables
    cells = [row.cells[0] for row in table.rows]
    assert [cell.text for cell in cells] == ["", "0", "-", "1,234.50", "无", "-", "TRUE", "０.５０"]
    assert [str(cell.value) for cell in cells] == [
        "None",
        "0",
        "None",
        "1234.50",
        "None",
        "None",
        "None",
        "0.50",
    ]


def test_a_sheet_that_shows_no_zeros_has_blanks(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [*INCOME, ["其他收入", 0]])
        sheet.hide_zero()

    assert rows_of(only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet)))[-1] == ["其他收入", ""]


def test_texts_are_whole_whatever_they_are_made_of(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        fill(sheet, [["项目", "内容"], ["甲", "购置\n设备"]])
        sheet.write_rich_string("B3", "维修", book.add_format({"bold": True}), "道路", "若干")
        sheet.write("A3", "乙_x0041_")

    grid = only_grid(xlsx(tmp_path / "a.xlsx", Sheet1=fill_sheet))
    assert rows_of(grid)[1:] == [["甲", "购置\n设备"], ["乙_x0041_", "维修道路若干"]]

    rows = (
        '<row><c t="inlineStr"><is><t>项目</t></is></c><c t="s"><v>0</v></c></row>'
        '<row r="4"><c r="A4" t="str"><v>甲_x000D_</v></c><c r="B4" s="9"><v>1.50</v></c></row>'
    )
    strings = '<si><r><t>预算</t></r><r><t>数</t></r><rPh sb="0" eb="1"><t>yu suan</t></rPh></si>'
    for main in (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ):
        (page,) = read_excel(raw_xlsx(tmp_path / "b.xlsx", rows, main, strings=strings))
        assert texts(page) == [[["项目", "预算数"], ["甲", "1.5"]]]


def test_a_sheet_formatted_to_its_last_row_is_read_at_once(tmp_path: Path) -> None:
    styles = '<borders><border/><border><left style="thin"/></border></borders>'
    styles += '<cellXfs><xf/><xf borderId="1"/></cellXfs>'
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="str" s="1"><v>项目{n}</v></c><c r="B{n}" s="1"><v>{n}</v></c></row>'
        for n in (1, 2, 3)
    )
    rows += "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(4, 60_000))
    rows += '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    after = '<mergeCells><mergeCell ref="C1:XFD1048576"/><mergeCell ref="B2"/></mergeCells>'
    before = '<cols><col min="3" max="16384" hidden="1"/></cols>'
    path = raw_xlsx(tmp_path / "a.xlsx", rows, styles=styles, before=before, after=after)
    grid = only_grid(path)
    assert rows_of(grid) == [["项目1", "1"], ["项目2", "2"], ["项目3", "3"]]

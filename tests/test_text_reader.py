"""The text reader: two dialects, on texts made here and on the shared corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import EmptyFileError, UnsupportedFileError
from ingest.grid import Grid, Page, TextLine
from ingest.readers.flattened_header import readings, solve
from ingest.readers.flattened_names import agreed_pieces, into_pieces
from ingest.readers.flattened_rows import Line
from ingest.readers.header import Span, is_number_line, span_header
from ingest.readers.text import read_text
from ingest.values import squeeze

Rows = Sequence[Sequence[str]]


def read(tmp_path: Path, text: str) -> Page:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    (page,) = read_text(path)
    return page


def grids_of(page: Page) -> list[Grid]:
    return [block for block in page.blocks if isinstance(block, Grid)]


def texts_of(page: Page) -> list[str]:
    return [block.text for block in page.blocks if isinstance(block, TextLine)]


def matrix(grid: Grid, first_row: int = 0) -> list[list[str]]:
    rows = [[""] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return rows[first_row:]


def spans(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    return {
        squeeze(cell.text): (cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells
    }


def covers_once(grid: Grid) -> bool:
    positions = [
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    ]
    return sorted(positions) == [(r, c) for r in range(grid.row_count) for c in range(grid.column_count)]


# --- writing a table the way the flattened dialect prints it ------------------------------


def flatten_row(cells: Sequence[str]) -> list[str]:
    """Printed lines of one row: a space closes a cell, an empty cell is two, a wrap breaks the line."""
    lines, current = [], ""
    for cell in cells:
        if "\n" in cell:
            lines += [current] if current else []
            first, *rest = cell.split("\n")
            lines += [first, *rest]
            lines[-1] += " "
            current = ""
        else:
            current += (cell or " ") + " "
    return [*lines, current] if current else lines


def flatten(rows: Rows, before: Sequence[str] = ("部门名称：某局      单位：万元 ",)) -> str:
    lines = [*before, *(line for row in rows for line in flatten_row(row))]
    return "\n\n".join(lines)


PROSE = (
    " 第一部分 部门概况 ",
    "本部门是主管某项工作的部门，承担统一规划和综合协调的职",
    "责，并监督有关单位落实。 ",
    "（二）承办交办的其他事项。 ",
)


# --- flattened ----------------------------------------------------------------------------


def test_paragraphs_go_on_over_lines_and_pages_and_page_numbers_go(tmp_path: Path) -> None:
    text = "\n\n".join(PROSE) + "\n\n- 7 - \n\n增加额为上年结\n 转所致。 \n\n \n\n 27 \n\n \n\n三、收入情况 "
    page = read(tmp_path, text)
    lines = [block for block in page.blocks if isinstance(block, TextLine)]
    assert [line.starts_paragraph for line in lines] == [True, True, False, True, True, False, True]
    assert texts_of(page)[4:] == ["增加额为上年结", "转所致。", "三、收入情况"]
    assert page.number is None
    assert page.blocks[0].place.page_number is None


def test_a_grouped_header_gets_its_tree_back(tmp_path: Path) -> None:
    header = [
        "科目编码 ",
        "单位编",
        "码 ",
        "单位名称（功能科目） 总计 基本支出 项目支出 ",
        "类 款 项 小计 工资福",
    ]
    header += ["利支出 ", "商品和", "服务支出 小计 经常性项目 一次性项目 "]
    numbers = " ".join(map(str, range(1, 13))) + " "
    row = ["201", "03", "01", "101", "  行政运行", "30.00", "10.00", "6.00", "4.00", "20.00", "", "20.00"]
    text = flatten(
        [row], ["一般情况如下 ", "表三 ", "    支出总表         ", "单位：万元 ", *header, numbers]
    )
    (grid,) = grids_of(read(tmp_path, text))
    found = spans(grid)
    assert found["科目编码"] == (0, 0, 1, 3)
    assert found["单位编码"] == (0, 3, 2, 1)
    assert found["总计"] == (0, 5, 2, 1)
    assert found["基本支出"] == (0, 6, 1, 3)
    assert found["项目支出"] == (0, 9, 1, 3)
    assert found["工资福利支出"] == (1, 7, 1, 1)
    assert found["商品和服务支出"] == (1, 8, 1, 1)
    assert matrix(grid, 3) == [row]
    assert covers_once(grid)


def test_unknown_names_are_hung_by_totals_and_sums(tmp_path: Path) -> None:
    """No name of these groups is in any word list; the figures decide."""
    header = ["序号 地区名称 甲类奖补 乙类奖补 ", "小计 早稻 晚稻 小计 渔船 渔网 "]
    numbers = "1 2 3 4 5 6 7 8 "
    rows = [
        ["1", "东区", "3.00", "1.00", "2.00", "9.00", "4.00", "5.00"],
        ["2", "西区", "7.00", "6.00", "1.00", "5.00", "5.00", ""],
    ]
    (grid,) = grids_of(read(tmp_path, flatten(rows, ["单位：万元 ", *header, numbers])))
    assert spans(grid)["甲类奖补"] == (0, 2, 1, 3)
    assert spans(grid)["乙类奖补"] == (0, 5, 1, 3)
    assert matrix(grid, 3) == rows


def test_formulas_under_the_columns_choose_between_groups() -> None:
    """Without totals or known names: columns 2 = 3 + 4 tell that the first group has three columns."""
    names = ["地区", "甲类", "乙类", "子一", "子二", "子三", "子四", "子五"]
    pieces = into_pieces([Line(" ".join(names) + " ", False)])
    formulas = ("1", "2=3+4", "3", "4", "5", "6")
    found = solve(readings(pieces, 6, formulas), 6, formulas, lambda *_: 0.0)
    assert found is not None
    assert found.spans[1] == Span(0, 1, 1, 3)
    assert found.spans[2] == Span(0, 4, 1, 2)


def test_a_space_inside_a_name_moves_with_the_wrapping() -> None:
    one = into_pieces([Line("商品和 ", False), Line("服务 ", False), Line("支出 ", False)])
    other = into_pieces([Line("商品", False), Line("和服务 ", False), Line("支出 ", False)])
    assert [squeeze(piece.text) for piece in agreed_pieces([one, other])] == ["商品和服务", "支出"]


def test_long_texts_are_parted_by_the_width_of_their_lines(tmp_path: Path) -> None:
    content = "为保障大厅正常运行而安排的日常维\n护经费，包括物业与安保。"
    goals = "一、窗口满意度保\n持较高水平；\n二、设备完好率达\n到要求。"
    # Each goal closes its own paragraph, so the row has more closed lines than cells.
    body = ["201 ", "  服务管理 ", *content.split("\n")]
    body[-1] += " "
    body += [line + (" " if line[-1] in "；。" else "") for line in goals.split("\n")]
    body.append("140.00 ")
    more = flatten_row(["201", "  网站", "", "", "5.00"])
    text = flatten([], ["单位：元 ", "编码 项目名称 项目内容 绩效目标 预算 ", "1 2 3 4 5 ", *body, *more])
    (grid,) = grids_of(read(tmp_path, text))
    assert matrix(grid, 2) == [
        ["201", "  服务管理", content, goals, "140.00"],
        ["201", "  网站", "", "", "5.00"],
    ]


def test_a_number_cut_by_a_wrap_is_one_cell(tmp_path: Path) -> None:
    lines = ["单位：万元 ", "名称 预算数 决算数 ", "1 2 3 ", "甲 12.00 ", "1,134.9", "4 ", "乙 3.00 4.00 "]
    (grid,) = grids_of(read(tmp_path, flatten([], lines)))
    assert matrix(grid, 2) == [["甲", "12.00", "1,134.9\n4"], ["乙", "3.00", "4.00"]]


def test_side_by_side_without_column_numbers(tmp_path: Path) -> None:
    rows = [
        ["一、财政拨款收\n入", "20.00", "一、教育支出", "15.00"],
        ["（一）一般公共预算", "20.00", "  普通教育", "15.00"],
        ["二、其他收入", "", "二、科学技术支出", "5.00"],
        ["本 年 收 入 合 计", "20.00", "本 年 支 出 合 计", "20.00"],
        ["三、上年结转", "", "结转下年", ""],
    ]
    before = ["单位：万元 ", "收       入 支       出 ", "收 入 项 目 2017 年预算 支 出 项 目 2017 年预算 "]
    (grid,) = grids_of(read(tmp_path, flatten(rows, before)))
    assert matrix(grid, 2) == rows
    assert spans(grid)["收入"] == (0, 0, 1, 2)
    assert spans(grid)["支出"] == (0, 2, 1, 2)


def test_rows_numbered_one_two_three_are_a_table(tmp_path: Path) -> None:
    lines = [
        *PROSE,
        "序号 单位名称 单位性质 ",
        "1 某局 行政单位 ",
        "2 某中心 事业单位 ",
        "3 某所 事业单位 ",
        "三、人员 ",
    ]
    page = read(tmp_path, "\n\n".join(lines))
    (grid,) = grids_of(page)
    assert matrix(grid)[0] == ["序号", "单位名称", "单位性质"]
    assert matrix(grid)[3] == ["3", "某所", "事业单位"]
    assert texts_of(page)[-1] == "三、人员"


def test_notes_and_what_follows_stay_text(tmp_path: Path) -> None:
    rows = [["甲", "1.00", ""], ["乙", "2.00", "3.00"]]
    before = ["表一 ", "单位：元 ", "名称 预算数 决算数 ", "1 2 3 "]
    text = flatten(rows, before) + "\n\n备注：含上年结转 9.00 元。 \n\n附则 "
    page = read(tmp_path, text)
    assert matrix(grids_of(page)[0], 2) == rows
    assert texts_of(page) == ["表一", "单位：元", "备注：含上年结转 9.00 元。", "附则"]


amounts = st.decimals(min_value=0, max_value=99999, places=2).map(lambda value: f"{value:,}")
names = st.text("预算支出管理服务行政运行教育科技文化体育卫生住房保障", min_size=2, max_size=9)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Code, label (indented, wrapped or not) and figures, as budget tables have them."""
    figures = draw(st.integers(2, 6))
    wrap_at = draw(st.integers(4, 9))
    rows = []
    for _ in range(draw(st.integers(3, 8))):
        code = draw(st.sampled_from(["201", "206", "2080501", ""]))
        name = " " * draw(st.integers(0, 2)) + draw(names)
        label = "\n".join(name[start : start + wrap_at] for start in range(0, len(name), wrap_at))
        values = [draw(amounts), *(draw(st.one_of(amounts, st.just(""))) for _ in range(figures - 1))]
        rows.append([code, label, *values])
    return rows


@settings(max_examples=60, deadline=None)
@given(rows=tables())
def test_a_flattened_table_comes_back(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    width = len(rows[0])
    columns = ["科目编码", "科目名称", *(f"{2010 + index}年预算数" for index in range(width - 2))]
    numbers = " ".join(map(str, range(1, width + 1))) + " "
    before = ["单位：万元 ", " ".join(columns) + " ", numbers]
    (grid,) = grids_of(read(tmp_path_factory.mktemp("flat"), flatten(rows, before)))
    assert matrix(grid, 2) == rows
    assert matrix(grid)[0] == columns
    assert covers_once(grid)


@settings(max_examples=60, deadline=None)
@given(st.text(" \n。；：甲乙12.,- 表单位：万元", max_size=400))
def test_no_text_is_ever_lost(text: str) -> None:
    from ingest.readers import flattened

    blocks = flattened.read_blocks(text)
    kept = "".join(
        block.text if isinstance(block, TextLine) else "".join(cell.text for cell in block.cells)
        for block in blocks
    )
    digits_and_dashes = set("0123456789-")
    assert sorted(set(squeeze(text)) - digits_and_dashes) == sorted(set(squeeze(kept)) - digits_and_dashes)


# --- tab-separated ------------------------------------------------------------------------

TABBED = """总说明

- 一、职责

收支总体情况表

单位：万元

编码\t名称\t合计\t财政拨款\t\t其他
\t\t\t小计\t一般公 共预算\t
1\t2\t3\t4\t5\t6
201\t教育\t9.00\t8.00\t8.00\t1.00

206\t科技\t7.00\t7.00\t7.00\t<p>无</p>

注： 无
"""


def test_tabbed_tables_get_their_merged_headers_back(tmp_path: Path) -> None:
    page = read(tmp_path, TABBED)
    (grid,) = grids_of(page)
    found = spans(grid)
    assert found["编码"] == (0, 0, 2, 1)
    assert found["财政拨款"] == (0, 3, 1, 2)
    assert found["一般公共预算"] == (1, 4, 1, 1)
    assert found["其他"] == (0, 5, 2, 1)
    assert covers_once(grid)
    assert matrix(grid)[4] == ["206", "科技", "7.00", "7.00", "7.00", "无"]
    assert texts_of(page) == ["总说明", "一、职责", "收支总体情况表", "单位：万元", "注： 无"]


def test_a_table_printed_again_after_a_page_break_is_another_grid(tmp_path: Path) -> None:
    part = "收 入\t\t支 出\t\n项目\t预算\t项目\t预算\n甲\t1.00\t乙\t2.00\n"
    first, second = grids_of(read(tmp_path, f"{part}\n情况表\n\n{part}"))
    assert first == second
    assert spans(first)["收入"] == (0, 0, 1, 2)


def test_a_sentence_cut_by_a_page_goes_on(tmp_path: Path) -> None:
    text = "增长百分之零，主要原因是较上年持平，没有任何的增减变\n\n化。其中：\n\n一、收入\n"
    lines = read(tmp_path, text).blocks
    assert [line.starts_paragraph for line in lines if isinstance(line, TextLine)] == [True, False, True]


def test_blank_cells_of_data_rows_are_cells_of_their_own(tmp_path: Path) -> None:
    (grid,) = grids_of(read(tmp_path, "名称\t甲\t乙\n合计\t\t1.00\n\t2.00\t\n"))
    assert matrix(grid)[1:] == [["合计", "", "1.00"], ["", "2.00", ""]]
    assert all(cell.row_span == cell.column_span == 1 for cell in grid.cells)


cell_texts = st.sampled_from(["甲", "乙乙", "1.00", "", "2,000.50", "丙 丁"])


@settings(deadline=None)
@given(
    st.integers(2, 6).flatmap(lambda n: st.lists(st.lists(cell_texts, min_size=n, max_size=n), min_size=1))
)
def test_every_tabbed_cell_is_kept(rows: list[list[str]]) -> None:
    from ingest.readers import tabbed

    grids = [b for b in tabbed.read_blocks("\n".join("\t".join(row) for row in rows)) if isinstance(b, Grid)]
    assert all(covers_once(grid) for grid in grids)
    assert [row for grid in grids for row in matrix(grid)] == rows


def test_spans_of_a_header_three_deep() -> None:
    rows = [["a", "b", "", "", "c"], ["", "d", "e", "", ""], ["", "", "f", "g", ""]]
    assert span_header(rows) == [
        Span(0, 0, 3, 1),
        Span(0, 1, 1, 3),
        Span(0, 4, 3, 1),
        Span(1, 1, 2, 1),
        Span(1, 2, 1, 2),
        Span(2, 2, 1, 1),
        Span(2, 3, 1, 1),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2", "3=1+2"], True),
        (["栏次", "1", "2"], True),
        (["", "1", "2", "9"], False),
        (["1", "3", "2"], False),
        (["1.00", "2.00"], False),
        (["1"], False),
    ],
)
def test_number_lines(cells: list[str], expected: bool) -> None:
    assert is_number_line(cells) is expected


# --- bytes --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = tmp_path / "表.txt"
    path.write_bytes(TABBED.replace("\n", line_end).encode(encoding))
    (page,) = read_text(path)
    assert page == read(tmp_path, TABBED)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n\x00\x01\x02\xff\xfe",
        b"\x00" * 64,
        bytes(range(256)),
        b"\xef\xbb\xbf\xff\xff",
        b"PK\x03\x04\x14\x00",
    ],
)
def test_binary_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFileError, match=r"a\.txt"):
        read_text(path)


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_nothing_to_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(EmptyFileError, match=r"a\.txt"):
        read_text(path)


# --- the shared corpus --------------------------------------------------------------------


@pytest.fixture
def seed(shared_path: Callable[[str], Path]) -> Callable[[str], list[Grid]]:
    folder = shared_path("corpus/seeds")

    def grids(year: str) -> list[Grid]:
        (path,) = folder.glob(f"{year}*.txt")
        (page,) = read_text(path)
        return grids_of(page)

    return grids


def test_the_flattened_seed(seed: Callable[[str], list[Grid]]) -> None:
    grids = seed("2017")
    assert len(grids) == 33
    assert all(covers_once(grid) for grid in grids)
    rows = [[squeeze(cell) for cell in row] for grid in grids for row in matrix(grid)]
    assert ["201", "03", "01", "190001", "行政运行", "664.17", "664.17", "492.76", "154.91", "16.50"] in [
        row[:10] for row in rows
    ]
    assert "1,134.94" in {row[-1] for row in rows}
    assert sum(row[-1] == "12,780.28" or "12,780.28" in row for row in rows) >= 1
    by_year = next(grid for grid in grids if grid.column_count == 17)
    assert spans(by_year)["2017年预算"] == (0, 9, 1, 8)
    assert spans(by_year)["项目支出"] == (1, 14, 1, 3)


def test_the_tabbed_seed(seed: Callable[[str], list[Grid]]) -> None:
    grids = seed("2021")
    assert len(grids) == 32
    assert all(covers_once(grid) for grid in grids)
    rows = [row for grid in grids for row in matrix(grid)]
    assert ["2010301", "行政运行", "614.09", "614.09", "0.00", "0.00", "0.00", "0.00", "0.00"] in rows


@pytest.mark.parametrize(("year", "floor"), [("2017", 0.995), ("2021", 0.98)])
def test_text_and_pdf_of_a_seed_hold_the_same_cells(
    year: str, floor: float, seed: Callable[[str], list[Grid]], shared_path: Callable[[str], Path]
) -> None:
    from ingest.readers.pdf import read_pdf

    (path,) = shared_path("corpus/seeds").glob(f"{year}*.pdf")
    printed = [block for page in read_pdf(path) for block in page.blocks if isinstance(block, Grid)]

    def cells(grid: Grid) -> set[tuple[int, int, int, int, str]]:
        return {(c.row, c.column, c.row_span, c.column_span, squeeze(c.text)) for c in grid.cells}

    whole = [cells(grid) for grid in printed]
    mine = [cells(grid) for grid in seed(year)]
    same = sum(max(len(grid & other) for other in whole) for grid in mine)
    assert same >= floor * sum(map(len, mine))


def test_an_open_group_takes_names_that_nobody_knows() -> None:
    """Districts under 其中, with further columns to the right of the group."""
    names = ["单位编码", "总计", "其中：", "绩效目标", "越秀", "海珠", "荔湾", "天河"]
    pieces = into_pieces([Line(f"{name} ", False) for name in names])
    found = solve(readings(pieces, 7, ()), 7, (), lambda *_: 0.0)
    assert found is not None
    assert found.spans[2] == Span(0, 2, 1, 4)
    assert found.spans[3] == Span(0, 6, 2, 1)

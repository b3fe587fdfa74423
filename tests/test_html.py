"""Web pages: what a visitor sees is read, whatever the mark-up is like."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from partitions import Rectangle, partitions

import ingest.readers.html_source
from ingest import _read, read_document
from ingest.errors import DamagedFileError, EmptyFileError, FileTooLargeError, IngestError
from ingest.grid import Grid, TextLine
from ingest.readers.html import read_html

AMOUNTS = "<tr><td>项目<td>金额<tr><td>合计<td>9.47"
SMALL = f"<table>{AMOUNTS}</table>"


def page(path: Path, body: str, head: str = "") -> Path:
    path.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>", encoding="utf-8")
    return path


def blocks(tmp_path: Path, body: str, head: str = "") -> list[TextLine | Grid]:
    (read,) = read_html(page(tmp_path / "a.html", body, head))
    return list(read.blocks)


def texts(tmp_path: Path, body: str, head: str = "") -> list[str]:
    return [block.text for block in blocks(tmp_path, body, head) if isinstance(block, TextLine)]


def grids(tmp_path: Path, body: str) -> list[list[tuple[str, int, int, int, int]]]:
    found = (block for block in blocks(tmp_path, body) if isinstance(block, Grid))
    return [[(c.text, c.row, c.column, c.row_span, c.column_span) for c in grid.cells] for grid in found]


# Tables


@settings(max_examples=60)
@given(partitions(), st.booleans())
def test_any_merged_rectangles_are_read_back(division: tuple[int, list[Rectangle]], ends_cells: bool) -> None:
    height, rectangles = division
    rows = []
    for number in range(height):
        cells = (
            f"<td rowspan={r.row_span} colspan={r.column_span}>{escape(r.text)}{'</td>' * ends_cells}"
            for r in rectangles
            if r.row == number
        )
        rows.append(f"<tr>{''.join(cells)}{'</tr>' * ends_cells}")
    with TemporaryDirectory() as folder:
        (found,) = grids(Path(folder), f"<table>{''.join(rows)}</table>")
    assert found == [(r.text, r.row, r.column, r.row_span, r.column_span) for r in rectangles]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # No span reaches out of its table or its group, or over a cell that is there already.
        ("<tr><td rowspan=9>甲<td>1<tr><td>2", [("甲", 0, 0, 2, 1), ("1", 0, 1, 1, 1), ("2", 1, 1, 1, 1)]),
        ("<tr><td rowspan=0>甲<td>1<tr><td>2", [("甲", 0, 0, 2, 1), ("1", 0, 1, 1, 1), ("2", 1, 1, 1, 1)]),
        (
            "<thead><tr><td rowspan=2>甲<td>乙</thead><tr><td>1<td>2",
            [("甲", 0, 0, 1, 1), ("乙", 0, 1, 1, 1), ("1", 1, 0, 1, 1), ("2", 1, 1, 1, 1)],
        ),
        (
            "<tr><td>甲<td rowspan=2>乙<tr><td colspan=2>1",
            [("甲", 0, 0, 1, 1), ("乙", 0, 1, 2, 1), ("1", 1, 0, 1, 1)],
        ),
        # A span claims columns that are not there.
        ("<tr><td colspan=50>甲<tr><td>1<td>2", [("甲", 0, 0, 1, 2), ("1", 1, 0, 1, 1), ("2", 1, 1, 1, 1)]),
        (
            "<tr><td colspan=x>甲<td>乙<tr><td>1<td>2",
            [("甲", 0, 0, 1, 1), ("乙", 0, 1, 1, 1), ("1", 1, 0, 1, 1), ("2", 1, 1, 1, 1)],
        ),
    ],
)
def test_spans_are_taken_as_browsers_take_them(
    tmp_path: Path, rows: str, expected: list[tuple[str, int, int, int, int]]
) -> None:
    assert grids(tmp_path, f"<table>{rows}</table>") == [expected]


def test_the_foot_comes_last_and_the_caption_first(tmp_path: Path) -> None:
    foot = "<tfoot><tr><td>合计<td>1</tfoot>"
    body = AMOUNTS.replace("合计", "甲")
    title, grid = blocks(tmp_path, f"<table><caption>收入表</caption>{foot}{body}</table>")
    assert isinstance(title, TextLine)
    assert isinstance(grid, Grid)
    assert title.text == "收入表"
    assert [cell.text for cell in grid.cells] == ["项目", "金额", "甲", "9.47", "合计", "1"]


def test_rows_in_a_form_and_text_between_cells_are_not_lost(tmp_path: Path) -> None:
    body = f"<table>散文<form>{AMOUNTS}</form></table>"
    found = blocks(tmp_path, body)
    text = "".join(b.text if isinstance(b, TextLine) else "".join(c.text for c in b.cells) for b in found)
    assert sorted(text) == sorted("散文项目金额合计9.47")


@pytest.mark.parametrize(
    "layout",
    [
        f"<table><tr><td>横幅</td></tr><tr><td><p>部门预算</p>{SMALL}</td></tr></table>",
        f"<table><tr><td>栏目</td><td><p>部门预算</p>{SMALL}</td></tr></table>",
        f"<table><tr><td>栏<td>目<tr><td>侧<td>{'<p>正文。</p>' * 9}{SMALL}</table>",
        f"<table><tr><td><table><tr><td>{SMALL}</td></tr></table></td></tr></table>",
    ],
)
def test_a_table_that_arranges_the_page_is_none(tmp_path: Path, layout: str) -> None:
    (grid,) = grids(tmp_path, layout)
    assert [spot[0] for spot in grid] == ["项目", "金额", "合计", "9.47"]


def test_a_table_in_a_cell_of_data_follows(tmp_path: Path) -> None:
    body = f"<table>{AMOUNTS}<tr><td>明细<td>见表{SMALL}</table>"
    first, second = grids(tmp_path, body)
    assert [spot[0] for spot in first][-2:] == ["明细", "见表"]
    assert [spot[0] for spot in second] == ["项目", "金额", "合计", "9.47"]


@pytest.mark.parametrize(
    "indent", ["&nbsp;&nbsp;{}", "&emsp;{}", "　{}", "<p style='text-indent: 2em'>{}</p>"]
)
@pytest.mark.parametrize("style", ["", " style='padding-left: 15px'"])
def test_an_indent_tells_what_a_row_is_part_of(tmp_path: Path, indent: str, style: str) -> None:
    names = ("采购", indent.format("货物"))
    rows = "".join(f"<tr><td{style}>{name}<td>3" for name in names)
    body = f"<p>采购表</p><table><tr><td>项目<td>金额{rows}</table>"
    (table,) = read_document(page(tmp_path / "a.html", body)).tables
    assert [row.path for row in table.rows] == [("采购",), ("采购", "货物")]


# What is seen


def test_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    style = "<style>/* x */ .off, #gone {display: none} .on {display:none} .on {display: block}"
    style += "@media print { .paper {display: none} }</style>"
    body = (
        "<p hidden>一</p><p style='DISPLAY : none'>二</p><p class='big off'>三</p><p id=gone>四</p>"
        "<p style='visibility:hidden'>五</p><p class=on>六</p><p class=paper>七</p><script>八</script>"
        "<noscript>九</noscript><!-- 十 --><select><option>甲</option></select><del>乙</del>"
    )
    assert texts(tmp_path, body, style) == ["六", "七"]


def test_a_hidden_row_goes_and_a_hidden_cell_keeps_its_place(tmp_path: Path) -> None:
    gone = "<tr style='display:none'><td>旧<td>1"
    dark = "<tr><td style='visibility:hidden'>暗<td>2"
    (found,) = grids(tmp_path, f"<table>{AMOUNTS}{gone}{dark}</table>")
    assert [spot[:3] for spot in found][4:] == [("", 2, 0), ("2", 2, 1)]


def test_menus_and_feet_are_no_text(tmp_path: Path) -> None:
    body = (
        "<nav>首页</nav><ul><li><a href=#>公开</a></li><li><a href=#>服务</a></li></ul>"
        "<ul><li>见<a href=#>附件</a></li></ul><footer>版权</footer>"
    )
    assert texts(tmp_path, body) == ["见附件"]


def test_lines_and_paragraphs(tmp_path: Path) -> None:
    body = (
        "<h2>概况</h2><p align=center>标题</p><p>一行<br>二行</p><div>甲<span>乙</span><p>丙</p>丁</div>"
        "<ol start=3><li>三项<li>四项</ol><pre>a  b\nc</pre>"
    )
    found = [b for b in blocks(tmp_path, body) if isinstance(b, TextLine)]
    assert [(b.text, b.starts_paragraph, b.is_title) for b in found] == [
        ("概况", True, True),
        ("标题", True, True),
        ("一行", True, False),
        ("二行", None, False),
        ("甲乙", True, False),
        ("丙", True, False),
        ("丁", True, False),
        ("3. 三项", True, False),
        ("4. 四项", True, False),
        ("a  b", True, False),
        ("c", None, False),
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("收入\n  预算", "收入预算"),
        ("收入 预算", "收入 预算"),
        ("共\n 9.47\n 万元", "共 9.47 万元"),
        ("收入\n<b>预算</b>\n合计", "收入预算合计"),
        ("a\nb", "a b"),
        ("&lt;部&gt;&amp;&#26376;", "<部>&月"),
        ("共&nbsp;&nbsp;9&ensp;万\u200b元", "共  9 万元"),
    ],
)
def test_white_space_shows_as_in_browsers(tmp_path: Path, source: str, shown: str) -> None:
    assert texts(tmp_path, f"<p>  {source} </p>") == [shown]


# Encodings and wrappings


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("", "gb18030"),
        ("gb2312", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("big5", "big5hkscs"),
        ("utf-8", "utf-16"),
        ("no-such-thing", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, declared: str, encoding: str) -> None:
    text = "部門預算" if encoding.startswith("big5") else "临朐县部门预算㐀"
    path = tmp_path / "a.html"
    path.write_bytes(
        f"<html><head><meta charset={declared}></head><body><p>{text}</p></body></html>".encode(encoding)
    )
    (read,) = read_html(path)
    assert [block.text for block in read.blocks if isinstance(block, TextLine)] == [text]


def test_a_page_saved_as_one_file_is_read(tmp_path: Path) -> None:
    content = base64.encodebytes(
        f"<html><body><p>部门预算</p>{SMALL}</body></html>".encode("gb18030")
    ).decode()
    path = tmp_path / "a.mht"
    path.write_text(
        "From: <Saved by a browser>\nSubject: budget\nMIME-Version: 1.0\nContent-Type: multipart/related;\n"
        '\tboundary="x"\n\n--x\nContent-Type: text/html; charset="gb2312"\n'
        f"Content-Transfer-Encoding: base64\n\n{content}\n--x\nContent-Type: image/png\n\nnothing\n--x--\n"
    )
    document = read_document(path)
    assert (document.format, len(document.tables), document.passages[0].text) == ("html", 1, "部门预算")


def test_a_page_under_the_name_of_a_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(
        "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><meta charset=gbk><table><tr><td colspan=2>"
        "收入表<tr><td colspan=2>单位：万元<tr><td>项目<td x:num>金额<tr><td>合计<td>9.47</table>".encode(
            "gbk"
        )
    )
    (table,) = read_document(path).tables
    assert (table.title, table.unit, table.rows[0].cells[0].text) == ("收入表", "万元", "9.47")


def test_a_page_is_read_whole(tmp_path: Path) -> None:
    body = (
        "<h1>青河市水务局2025年部门预算</h1><p>一、收入情况</p><p>2025年收入预算9.47万元，比上年增加1.00万元。</p>"
        f"<p>收入预算表</p><table><tr><td>部门：青河市水务局<td>单位：万元</table>{SMALL}<p>注：不含结转。</p>"
    )
    document = read_document(page(tmp_path / "a.html", body))
    assert (document.format, document.page_count) == ("html", None)
    assert (document.identity.organization, document.identity.fiscal_year) == ("青河市水务局", 2025)
    (table,) = document.tables
    assert (table.title, table.unit, table.notes) == ("收入预算表", "万元", "注：不含结转。")
    (statement,) = document.statements
    assert document.passages[statement.passage_index].section[-1] == "一、收入情况"


# Bad input


@pytest.mark.parametrize(
    "body", ["<div>" * 50_000 + "预算", "<table><tr><td>" * 9_000, "<b>" * 50_000 + "预算"]
)
def test_a_page_nested_too_deep_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(DamagedFileError, match=r"a\.html nests elements too deep"):
        read_document(page(tmp_path / "a.html", body))


def test_a_page_just_not_too_deep_is_read(tmp_path: Path) -> None:
    body = "<table><tr><td>" * 60 + SMALL
    assert len(grids(tmp_path, body)) == 1


def test_spans_over_millions_of_places_are_refused(tmp_path: Path) -> None:
    wide = "<td rowspan=65534>甲" * 300
    with pytest.raises(FileTooLargeError, match=r"a\.html has a table"):
        read_document(page(tmp_path / "a.html", f"<table><tr>{wide}{'<tr><td>1' * 14_000}</table>"))


def test_a_page_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.readers.html_source, "MAX_BYTES", 1_000)
    with pytest.raises(FileTooLargeError, match="limit for web pages"):
        read_document(page(tmp_path / "a.html", "<p>预算</p>" * 200))


@pytest.mark.parametrize("body", ["", "<table></table>", "<frameset><frame src=b.html></frameset>"])
def test_a_page_without_text_says_so(tmp_path: Path, body: str) -> None:
    with pytest.raises(EmptyFileError, match=r"a\.html holds no text"):
        read_document(page(tmp_path / "a.html", body))


def test_a_mail_without_a_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    path.write_text('MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\n\nno\n--x--\n')
    with pytest.raises(DamagedFileError, match=r"a\.mht is a saved web page without the page"):
        read_document(path)


TAGS = [
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<p>",
    "</p>",
    "<td rowspan=3 colspan=2>",
    "<thead>",
    "<b",
]
TAGS += [
    "<caption>",
    "<ol><li>",
    "<br>",
    "<style>",
    "</style>",
    "<!--",
    "-->",
    "合计",
    "1.00",
    "&nbsp;",
    "<div style=",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TAGS), max_size=40), st.binary(max_size=8))
def test_any_mark_up_is_read_or_refused(tags: Sequence[str], noise: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.html")
        path.write_bytes(b"<html><body>" + "".join(tags).encode() + noise)
        with suppress(IngestError):
            _read(path, path.name, None)

"""Word files: what is printed is read, with tracked changes accepted and hidden text left out."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from partitions import Rectangle, partitions

import ingest.readers.word_xml
from ingest import _read, read_document
from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    FileTooLargeError,
    IngestError,
    UnsupportedFileError,
)
from ingest.grid import Grid, TextLine
from ingest.readers.word import read_word
from ingest.readers.word_styles import format_number

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWN = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def word_file(path: Path, body: str, *, styles: str = "", numbering: str = "", namespace: str = W) -> Path:
    """A Word file with this body, made of nothing that it does not need."""
    parts = {
        "_rels/.rels": _relations("", {"officeDocument": "word/document.xml"}),
        "word/_rels/document.xml.rels": _relations(
            "", {"styles": "styles.xml", "numbering": "numbering.xml"}
        ),
        "word/document.xml": (
            f"<w:document xmlns:w='{namespace}' {DRAWN}><w:body>{body}</w:body></w:document>"
        ),
        "word/styles.xml": f"<w:styles xmlns:w='{namespace}'>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering xmlns:w='{namespace}'>{numbering}</w:numbering>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _relations(folder: str, targets: dict[str, str]) -> str:
    inside = "".join(
        f"<Relationship Id='r{n}' Type='{RELATION}/{kind}' Target='{folder}{target}'/>"
        for n, (kind, target) in enumerate(targets.items())
    )
    return f"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{inside}</Relationships>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>"


def paragraph(text: str = "", properties: str = "", more: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text) if text else ''}{more}</w:p>"


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def table(*rows: str, widths: Sequence[int] = ()) -> str:
    columns = "".join(f"<w:gridCol w:w='{width}'/>" for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def row(*texts: str, properties: str = "") -> str:
    cells = "".join(cell(paragraph(text)) for text in texts)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"


def blocks(tmp_path: Path, body: str, **parts: str) -> list[TextLine | Grid]:
    (page,) = read_word(word_file(tmp_path / "a.docx", body, **parts))
    return list(page.blocks)


def texts(tmp_path: Path, body: str, **parts: str) -> list[str]:
    return [block.text for block in blocks(tmp_path, body, **parts) if isinstance(block, TextLine)]


def grids(tmp_path: Path, body: str, **parts: str) -> list[list[tuple[str, int, int, int, int]]]:
    found = (block for block in blocks(tmp_path, body, **parts) if isinstance(block, Grid))
    return [[(c.text, c.row, c.column, c.row_span, c.column_span) for c in grid.cells] for grid in found]


# Tables


def merged_table(height: int, rectangles: Sequence[Rectangle]) -> str:
    rows = []
    for number in range(height):
        cells = ""
        here = (r for r in rectangles if r.row <= number < r.row + r.row_span)
        for r in sorted(here, key=lambda r: r.column):
            merge = (
                "" if r.row_span == 1 else "<w:vMerge/>" if r.row < number else "<w:vMerge w:val='restart'/>"
            )
            content = paragraph(r.text if r.row == number else "")
            cells += cell(content, f"<w:gridSpan w:val='{r.column_span}'/>{merge}")
        rows.append(f"<w:tr>{cells}</w:tr>")
    return table(*rows)


@settings(max_examples=60)
@given(partitions())
def test_any_merged_rectangles_are_read_back(division: tuple[int, list[Rectangle]]) -> None:
    height, rectangles = division
    with TemporaryDirectory() as folder:
        (found,) = grids(Path(folder), merged_table(height, rectangles))
    assert found == [(r.text, r.row, r.column, r.row_span, r.column_span) for r in rectangles]


def test_equal_neighbours_stay_apart(tmp_path: Path) -> None:
    (found,) = grids(tmp_path, table(row("5.00", "5.00"), row("5.00", "5.00")))
    assert [spot[1:] for spot in found] == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]


def test_rules_a_hair_apart_are_one(tmp_path: Path) -> None:
    head = "".join(cell(paragraph(t), f"<w:gridSpan w:val='{s}'/>") for t, s in (("项目", 1), ("金额", 2)))
    body = "".join(cell(paragraph(t), f"<w:gridSpan w:val='{s}'/>") for t, s in (("合计", 2), ("1.00", 1)))
    (found,) = grids(tmp_path, table(f"<w:tr>{head}</w:tr>", f"<w:tr>{body}</w:tr>", widths=(2000, 15, 2000)))
    assert [(t, c, s) for t, _, c, _, s in found] == [
        ("项目", 0, 1),
        ("金额", 1, 1),
        ("合计", 0, 1),
        ("1.00", 1, 1),
    ]


def test_a_narrow_cell_of_its_own_is_no_hair(tmp_path: Path) -> None:
    (found,) = grids(
        tmp_path, table(row("项目", "!", "金额"), row("合计", "?", "1"), widths=(2000, 15, 2000))
    )
    assert [spot[0] for spot in found] == ["项目", "!", "金额", "合计", "?", "1"]


def test_rows_that_begin_further_in_and_old_merges_across(tmp_path: Path) -> None:
    merged = cell(paragraph("金额"), "<w:hMerge w:val='restart'/>") + cell(paragraph(), "<w:hMerge/>")
    late = row("1", "2", properties="<w:gridBefore w:val='1'/>")
    (found,) = grids(tmp_path, table(f"<w:tr>{cell(paragraph('项目'))}{merged}</w:tr>", late))
    assert found == [("项目", 0, 0, 1, 1), ("金额", 0, 1, 1, 2), ("1", 1, 1, 1, 1), ("2", 1, 2, 1, 1)]


def test_deleted_and_hidden_rows_are_left_out(tmp_path: Path) -> None:
    body = table(
        row("项目", "金额"),
        row("旧", "1", properties="<w:del w:id='1'/>"),
        row("藏", "2", properties="<w:hidden/>"),
        row("新", "3", properties="<w:ins w:id='2'/>"),
    )
    (found,) = grids(tmp_path, body)
    assert [spot[0] for spot in found] == ["项目", "金额", "新", "3"]


def test_a_table_within_a_cell_follows_as_a_grid_of_its_own(tmp_path: Path) -> None:
    inner = table(row("明细", "金额"), row("设备", "2.00"))
    outer = table(
        row("项目", "说明"),
        row("合计", "无"),
        f"<w:tr>{cell(paragraph('购置'))}{cell(inner + paragraph('见表'))}</w:tr>",
    )
    first, second = grids(tmp_path, outer)
    assert [spot[0] for spot in first] == ["项目", "说明", "合计", "无", "购置", "见表"]
    assert [spot[0] for spot in second] == ["明细", "金额", "设备", "2.00"]


def test_a_frame_round_the_page_is_no_table(tmp_path: Path) -> None:
    inner = table(row("项目", "金额"), row("合计", "2.00"))
    framed = table(f"<w:tr>{cell(paragraph('收入表') + inner + paragraph('注：无'))}</w:tr>")
    found = blocks(tmp_path, framed)
    assert [type(block) for block in found] == [TextLine, Grid, TextLine]


def test_deeply_nested_tables_are_read(tmp_path: Path) -> None:
    body = table(row("项目", "金额"), row("合计", "2.00"))
    for _ in range(40):
        body = table(f"<w:tr>{cell(body + paragraph())}</w:tr>")
    assert len(grids(tmp_path, body)) == 1


# Text


def test_tracked_changes_are_accepted(tmp_path: Path) -> None:
    deleted = "<w:del w:id='1'><w:r><w:delText>8.00</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom w:id='3'>{run('搬走')}</w:moveFrom><w:moveTo w:id='4'>{run('搬来')}</w:moveTo>"
    body = paragraph("收入", more=deleted + f"<w:ins w:id='2'>{run('9.00')}</w:ins>" + run("万元") + moved)
    joined = paragraph("本年收", "<w:rPr><w:del w:id='5'/></w:rPr>") + paragraph("入减少。")
    assert texts(tmp_path, body + joined) == ["收入9.00万元搬来", "本年收入减少。"]
    (page,) = read_word(tmp_path / "a.docx")
    assert page.notes == ("Changes are tracked in the document: it is read with all of them accepted.",)


def test_hidden_text_is_left_out_and_unhidden_text_is_not(tmp_path: Path) -> None:
    styles = (
        "<w:style w:type='character' w:styleId='H'><w:rPr><w:vanish/></w:rPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='P'><w:rPr><w:vanish/></w:rPr></w:style>"
    )
    body = paragraph(
        "明",
        more=run("暗", "<w:vanish/>")
        + run("暗", "<w:rStyle w:val='H'/>")
        + run("亮", "<w:vanish w:val='0'/>"),
    )
    assert texts(tmp_path, body + paragraph("暗", "<w:pStyle w:val='P'/>"), styles=styles) == ["明亮"]
    (page,) = read_word(tmp_path / "a.docx")
    assert page.notes == ("Hidden text in the document was not read.",)


def test_signs_that_are_no_letters(tmp_path: Path) -> None:
    more = (
        "<w:r><w:noBreakHyphen/><w:softHyphen/><w:sym w:font='Wingdings' w:char='F0FE'/>"
        "<w:sym w:font='宋体' w:char='4E00'/><w:sym w:font='Wingdings' w:char='F001'/>"
        "<w:sym w:char='zz'/></w:r><w:r><w:br/><w:t>次行\u200b</w:t></w:r>"
    )
    found = blocks(tmp_path, paragraph("甲", more=more))
    assert [(b.text, b.starts_paragraph) for b in found if isinstance(b, TextLine)] == [
        ("甲-☑一\ufffd", True),
        ("次行", None),
    ]


def test_fields_print_their_results(tmp_path: Path) -> None:
    field = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>= SUM(ABOVE) </w:instrText></w:r>"
        "<w:r><w:t>不印</w:t></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
        f"{run('12.50')}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    simple = f"<w:fldSimple w:instr='DATE'>{run('2025')}</w:fldSimple>"
    assert texts(tmp_path, paragraph("合计", more=field + simple)) == ["合计12.502025"]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    boxed = paragraph("部门预算") + table(row("项目", "金额"), row("合计", "1"))
    inside = f"<w:txbxContent>{boxed}</w:txbxContent>"
    both = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        f"<w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    found = blocks(tmp_path, paragraph("封面", more=both))
    assert [b.text if isinstance(b, TextLine) else "grid" for b in found] == ["封面", "部门预算", "grid"]


def test_what_wraps_text_is_seen_through(tmp_path: Path) -> None:
    held = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('控件')}</w:sdtContent></w:sdt>"
    waiting = held.replace("<w:sdtPr/>", "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>")
    ruby = f"<w:r><w:ruby><w:rt>{run('yi')}</w:rt><w:rubyBase>{run('一')}</w:rubyBase></w:ruby></w:r>"
    link = f"<w:hyperlink>{run('链接')}</w:hyperlink>"
    rows = f"<w:sdt><w:sdtContent>{row('合计', '1')}</w:sdtContent></w:sdt>"
    body = held + waiting + paragraph("词", more=ruby + link) + table(row("项目", "金额"), rows)
    assert texts(tmp_path, body) == ["控件", "词一链接"]
    assert [spot[0] for spot in grids(tmp_path, body)[0]] == ["项目", "金额", "合计", "1"]


def test_a_strict_file_is_read(tmp_path: Path) -> None:
    path = word_file(
        tmp_path / "a.docx",
        paragraph("部门预算") + table(row("项目", "金额"), row("合计", "1")),
        namespace=STRICT,
    )
    (page,) = read_word(path)
    assert [type(block) for block in page.blocks] == [TextLine, Grid]


def test_an_indent_in_a_cell_tells_what_a_row_is_part_of(tmp_path: Path) -> None:
    inner = cell(paragraph("货物", "<w:ind w:leftChars='200' w:left='1'/>")) + cell(paragraph("3.00"))
    deeper = cell(paragraph("电脑", "<w:ind w:left='840'/>")) + cell(paragraph("3.00"))
    body = paragraph("采购表") + table(
        row("项目", "金额"), row("采购", "3.00"), f"<w:tr>{inner}</w:tr>", f"<w:tr>{deeper}</w:tr>"
    )
    (read,) = read_document(word_file(tmp_path / "a.docx", body)).tables
    assert [r.path for r in read.rows] == [("采购",), ("采购", "货物"), ("采购", "货物", "电脑")]


# Automatic numbers


def level(depth: int, number_format: str, text: str, more: str = "") -> str:
    return (
        f"<w:lvl w:ilvl='{depth}'><w:start w:val='1'/><w:numFmt w:val='{number_format}'/>{more}"
        f"<w:lvlText w:val='{text}'/></w:lvl>"
    )


NUMBERING = (
    "<w:abstractNum w:abstractNumId='7'>"
    + level(0, "chineseCounting", "%1、", "<w:pStyle w:val='H1'/>")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%2.%3")
    + "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num>"
    "<w:num w:numId='2'><w:abstractNumId w:val='7'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/>"
    "</w:lvlOverride></w:num>"
)


def numbered(text: str, depth: int, number: int = 1) -> str:
    return paragraph(text, f"<w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{number}'/></w:numPr>")


def test_automatic_numbers_are_part_of_the_text(tmp_path: Path) -> None:
    steps = [("职能", 0), ("收入", 1), ("支出", 1), ("工资", 2), ("机构", 0), ("内设", 1)]
    body = "".join(numbered(text, depth) for text, depth in steps)
    assert texts(tmp_path, body, numbering=NUMBERING) == [
        "一、职能",
        "（一）收入",
        "（二）支出",
        "二.1 工资",
        "二、机构",
        "（一）内设",
    ]


def test_a_list_may_begin_again_and_none_is_counted_with_another(tmp_path: Path) -> None:
    body = (
        numbered("甲", 0)
        + numbered("乙", 0)
        + numbered("丙", 0, 2)
        + numbered("丁", 0, 2)
        + numbered("戊", 0, 9)
    )
    assert texts(tmp_path, body, numbering=NUMBERING) == ["一、甲", "二、乙", "一、丙", "二、丁", "戊"]


def test_a_style_numbers_its_paragraphs_unless_they_decline(tmp_path: Path) -> None:
    styles = (
        "<w:style w:type='paragraph' w:styleId='H1'><w:name w:val='heading 1'/><w:pPr><w:numPr>"
        "<w:numId w:val='1'/></w:numPr><w:outlineLvl w:val='0'/></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='Mine'><w:basedOn w:val='H1'/></w:style>"
    )
    declined = "<w:pStyle w:val='H1'/><w:numPr><w:numId w:val='0'/></w:numPr>"
    body = paragraph("概况", "<w:pStyle w:val='Mine'/>") + paragraph("附件", declined)
    found = blocks(tmp_path, body, styles=styles, numbering=NUMBERING)
    assert [(b.text, b.is_title) for b in found if isinstance(b, TextLine)] == [
        ("一、概况", True),
        ("附件", True),
    ]


def test_a_serial_number_in_an_empty_cell_is_printed(tmp_path: Path) -> None:
    serial = "<w:abstractNum w:abstractNumId='3'>" + level(0, "decimal", "%1") + "</w:abstractNum>"
    serial += "<w:num w:numId='5'><w:abstractNumId w:val='3'/></w:num>"
    rows = [
        f"<w:tr>{cell(numbered('', 0, 5))}{cell(paragraph(name))}</w:tr>" for name in ("甲项目", "乙项目")
    ]
    (found,) = grids(tmp_path, table(row("序号", "名称"), *rows), numbering=serial)
    assert [spot[0].strip() for spot in found] == ["序号", "名称", "1", "甲项目", "2", "乙项目"]


@pytest.mark.parametrize(
    ("count", "style", "shown"),
    [
        (11, "chineseCounting", "十一"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "ideographTraditional", "丙"),
        (21, "decimalEnclosedCircle", "21"),
        (28, "upperLetter", "BB"),
        (4, "lowerRoman", "iv"),
        (1994, "upperRoman", "MCMXCIV"),
        (7, "decimalZero", "07"),
        (10, "decimalFullWidth", "１０"),
        (5, "someNewFormat", "5"),
    ],
)
def test_number_formats(count: int, style: str, shown: str) -> None:
    assert format_number(count, style) == shown


# Whole documents


def test_a_document_is_read_whole(tmp_path: Path) -> None:
    heading = "<w:style w:type='paragraph' w:styleId='H'><w:pPr><w:outlineLvl w:val='1'/></w:pPr></w:style>"
    body = (
        paragraph("青河市水务局", "<w:jc w:val='center'/>")
        + paragraph("2025年部门预算", "<w:jc w:val='center'/>")
        + paragraph("收入安排", "<w:pStyle w:val='H'/>")
        + paragraph("2025年收入预算9.47万元，比上年增加1.00万元，主要原因是项目增加。")
        + paragraph("收入预算表")
        + table(row("部门：青河市水务局", "单位：万元"))
        + paragraph()
        + table(row("项目", "金额"), row("财政拨款", "9.00"), row("其他收入", "0.47"))
        + paragraph()
        + table(row("项目", "金额"), row("合计", "9.47"))
        + paragraph("注：不含结转。")
    )
    document = read_document(word_file(tmp_path / "a.docx", body, styles=heading))
    assert (document.format, document.page_count) == ("docx", None)
    assert (document.identity.organization, document.identity.fiscal_year) == ("青河市水务局", 2025)
    (read,) = document.tables
    assert (read.title, read.unit, read.notes, read.pages) == ("收入预算表", "万元", "注：不含结转。", ())
    assert [(r.label, r.cells[0].text, r.cells[0].unit) for r in read.rows] == [
        ("财政拨款", "9.00", "万元"),
        ("其他收入", "0.47", "万元"),
        ("合计", "9.47", "万元"),
    ]
    (statement,) = document.statements
    assert document.passages[statement.passage_index].section == ("收入安排",)


def test_a_contents_list_is_left_out(tmp_path: Path) -> None:
    begin = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>"
    begin += "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
    page = "<w:r><w:tab/><w:t>3</w:t></w:r>"
    body = (
        paragraph("目录")
        + paragraph(more=begin + run("机构") + page)
        + paragraph("人员", more=page)
        + paragraph(more="<w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:br w:type='page'/></w:r>")
        + paragraph("机构", "<w:outlineLvl w:val='0'/>")
        + paragraph("本局设三科。")
    )
    (passage,) = read_document(word_file(tmp_path / "a.docx", body)).passages
    assert (passage.section, passage.text) == (("机构",), "本局设三科。")


# Bad input


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**20), st.integers(0, 7), st.booleans())
def test_a_damaged_file_is_read_or_refused(at: int, bit: int, cut: bool) -> None:
    with TemporaryDirectory() as folder:
        path = word_file(
            Path(folder, "a.docx"), paragraph("部门预算") + table(row("项目", "金额"), row("合计", "1"))
        )
        data = bytearray(path.read_bytes())
        data[at % len(data)] ^= 1 << bit
        path.write_bytes(data[: at % len(data)] if cut else data)
        with suppress(IngestError):
            _read(path, path.name, None)


@pytest.mark.parametrize("body", ["<w:p>", "</w:body>", "&#0;", "&unknown;"])
def test_broken_xml_is_damage(tmp_path: Path, body: str) -> None:
    with pytest.raises(DamagedFileError, match=r"a\.docx is a Word file, but damaged"):
        read_document(word_file(tmp_path / "a.docx", body))


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"<!DOCTYPE d [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><w:document xmlns:w='{W}'><w:body>"
            "<w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(DamagedFileError, match="entities"):
        read_document(path)


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = word_file(tmp_path / "a.docx", paragraph("部" * 5000))
    monkeypatch.setattr(ingest.readers.word_xml, "MAX_PART_BYTES", 10_000)
    with pytest.raises(FileTooLargeError, match=r"a\.docx unpacks to more than"):
        read_document(path)


def test_spans_that_claim_too_much_are_refused(tmp_path: Path) -> None:
    wide = cell(paragraph("甲"), "<w:gridSpan w:val='99999999'/>")
    (found,) = grids(tmp_path, table(f"<w:tr>{wide * 3}</w:tr>", row("1", "2")))
    assert max(column + span for _, _, column, _, span in found) <= 5


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match=r"a\.docx holds no text"):
        read_document(word_file(tmp_path / "a.docx", paragraph()))


def test_an_old_word_file_is_told_from_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("a")
    book.save(str(tmp_path / "a.xls"))
    data = (tmp_path / "a.xls").read_bytes()
    name = "Workbook".encode("utf-16-le")
    at = data.index(name)
    other = "WordDocument".encode("utf-16-le")
    entry = other.ljust(64, b"\0") + (len(other) + 2).to_bytes(2, "little")
    path = tmp_path / "a b.doc"
    path.write_bytes(data[:at] + entry + data[at + len(entry) :])
    with pytest.raises(UnsupportedFileError, match=r"old Word file.*--convert-to docx 'a b\.doc'"):
        read_document(path)


PIECES = st.sampled_from(
    (
        *("p", "r", "t", "tbl", "tr", "tc", "tcPr", "gridSpan", "vMerge", "hMerge", "tblGrid", "gridCol"),
        *("pPr", "rPr", "numPr", "numId", "ind", "vanish", "sdt", "sdtContent", "ins", "del", "ruby", "sym"),
        *("txbxContent", "drawing", "fldChar", "instrText", "tab", "br", "body", "document"),
    )
)
ATTRIBUTES = st.sampled_from(
    ["", "w:val='-1'", "w:val='restart'", "w:val='2'", "w:w='x'", "w:fldCharType='begin'", "w:left='9e9'"]
)
ELEMENTS = st.recursive(
    st.sampled_from(["", "合计", "1.00"]),
    lambda inner: st.builds(
        lambda name, more, inside: f"<w:{name} {more}>{''.join(inside)}</w:{name}>",
        PIECES,
        ATTRIBUTES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None)
@given(ELEMENTS, ELEMENTS)
def test_any_elements_are_read_or_refused(body: str, styles: str) -> None:
    with TemporaryDirectory() as folder:
        path = word_file(Path(folder, "a.docx"), body, styles=styles, numbering=NUMBERING)
        with suppress(IngestError):
            _read(path, path.name, None)

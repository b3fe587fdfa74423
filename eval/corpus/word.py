"""A generated document as Word file, in the manners of the people who type budgets.

The frame is python-docx's; tables are written as XML, which it cannot merge quickly.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from eval.corpus.markup import RowwiseTable, rowwise
from eval.corpus.model import GeneratedDocument, GeneratedTable, PrintedCell, Section, WrittenPages
from ingest.numerals import chinese_number

_TEXT_WIDTH_TWIPS = {False: 9_000, True: 13_900}
"""Between the margins of an A4 page, upright and lying."""
_ZIPPED = (2026, 1, 1, 0, 0, 0)
_ORDINALS = (
    re.compile(r"第([一二三四五六七八九十]+)部分 "),
    re.compile(r"([一二三四五六七八九十]+)、"),
    re.compile(r"（([一二三四五六七八九十]+)）"),
)
"""The ordinals that Word can count by itself, by the rank of a section."""
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_BY = 'w:author="编审" w:date="2026-01-01T00:00:00Z"'
_SHAPES = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_NAMESPACES = (
    f'{nsdecls("w", "wp", "a")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="{_SHAPES}"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the file is made, decided by the document's seed."""

    numbers_headings: bool
    """The ordinals of headings are automatic."""
    caption: Literal["paragraphs", "table", "rows"]
    """Owner and unit in a paragraph, in a table without rules, or all in merged rows of the table."""
    notes_in_table: bool
    indents_by_format: bool
    splits_tables: bool
    """A long table is several tables, its header repeated."""
    tracks_changes: bool
    hides: bool
    """Earlier versions of rows are still there as hidden text."""
    boxes_title: bool
    contents: bool
    framed: bool
    """Each table stands inside a table of one cell."""


def write(document: GeneratedDocument, path: Path) -> WrittenPages:
    """Write ``document`` as ``path``; Word files have no pages of their own."""
    rng = random.Random(f"{document.family} {document.seed} {document.name} docx")
    manner = _Manner(
        numbers_headings=rng.random() < 0.5,
        caption=rng.choice(("paragraphs", "paragraphs", "table", "rows")),
        notes_in_table=rng.random() < 0.3,
        indents_by_format=rng.random() < 0.5,
        splits_tables=rng.random() < 0.4,
        tracks_changes=rng.random() < 0.3,
        hides=rng.random() < 0.3,
        boxes_title=rng.random() < 0.3,
        contents=rng.random() < 0.4,
        framed=rng.random() < 0.15,
    )
    _Typist(document, manner, rng).type(path)
    return WrittenPages.none(document)


class _Typist:
    def __init__(self, document: GeneratedDocument, manner: _Manner, rng: random.Random) -> None:
        self.document = document
        self.manner = manner
        self.rng = rng
        self.file: Any = docx.Document()
        self.counts = [0, 0, 0]
        self.revision = 0
        if manner.numbers_headings:
            numbering = self.file.part.numbering_part.element
            numbering.insert(0, parse_xml(_NUMBERING))
            numbering.append(
                parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
            )

    def type(self, path: Path) -> None:
        self._running_lines()
        self._cover()
        for part in self.document.parts:
            if isinstance(part, Section):
                self._section(part)
            else:
                self._table(part)
        packed = io.BytesIO()
        self.file.save(packed)
        with zipfile.ZipFile(packed) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                target.writestr(zipfile.ZipInfo(name, _ZIPPED), source.read(name), zipfile.ZIP_DEFLATED)

    # Cover and prose

    def _running_lines(self) -> None:
        section = self.file.sections[0]
        if head := self.document.layout.running_head:
            section.header.paragraphs[0].text = head
        if self.document.layout.page_foot:
            section.footer.paragraphs[0]._p.append(
                parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE ">{_run("3")}</w:fldSimple>')
            )

    def _cover(self) -> None:
        title = self.document.title
        if self.manner.boxes_title:
            self._append(f"<w:p><w:r>{_box(f'<w:p>{_run(title)}</w:p>')}</w:r></w:p>")
        else:
            self._paragraph(title, alignment="center", points=22)
        if parent := self.document.identity.parent:
            self._paragraph(f"主管部门：{parent}", alignment="center")
        if self.manner.contents:
            self._contents()
        self._append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

    def _contents(self) -> None:
        """The contents list as Word keeps it: one field over several paragraphs."""
        entries = [
            part.heading for part in self.document.parts if isinstance(part, Section) and part.rank < 2
        ]
        self._paragraph("目录", alignment="center")
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for page, entry in enumerate(entries, start=3):
            self._append(f"<w:p>{begin}{_run(entry)}<w:r><w:tab/></w:r>{_run(str(page))}</w:p>")
            begin = ""
        if entries:
            self._append('<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')

    def _section(self, section: Section) -> None:
        heading = section.heading
        match = _ORDINALS[section.rank].match(heading) if self.manner.numbers_headings else None
        counts = match is not None and chinese_number(match[1]) == self.counts[section.rank] + 1
        properties = f'<w:pStyle w:val="Heading{section.rank + 1}"/>'
        if match and counts:
            self.counts[section.rank] += 1
            self.counts[section.rank + 1 :] = [0] * (2 - section.rank)
            heading = heading[match.end() :]
            numbered = f'<w:numPr><w:ilvl w:val="{section.rank}"/><w:numId w:val="90"/></w:numPr>'
            properties += numbered
        self._append(f"<w:p><w:pPr>{properties}</w:pPr>{self._runs(heading)}</w:p>")
        for paragraph in section.paragraphs:
            properties = '<w:pPr><w:ind w:firstLineChars="200" w:firstLine="420"/></w:pPr>'
            self._append(f"<w:p>{properties}{self._runs(paragraph.text)}</w:p>")

    # Tables

    def _table(self, table: GeneratedTable) -> None:
        self._orient(table.landscape)
        if self.manner.caption != "rows":
            self._caption(table)
        in_rows = self.manner.caption == "rows"
        parts = rowwise(
            table,
            caption_inside=in_rows,
            notes_inside=self.manner.notes_in_table,
            rows_each=self.rng.randint(12, 40)
            if self.manner.splits_tables and table.repeats_header
            else None,
        )
        for number, part in enumerate(parts):
            if number and table.continuation and not in_rows:
                self._paragraph(table.title + table.continuation.format(n=number), alignment="center")
            grid = self._grid(part)
            self._append(_framed(grid) if self.manner.framed else grid)
            # Word makes one table of two that have no paragraph between them.
            self._append("<w:p/>")
        if table.notes and not self.manner.notes_in_table:
            self._paragraph(table.notes)

    def _orient(self, landscape: bool) -> None:
        section = self.file.sections[-1]
        if (section.orientation == WD_ORIENT.LANDSCAPE) != landscape:
            section = self.file.add_section()
            section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = section.page_height, section.page_width

    def _caption(self, table: GeneratedTable) -> None:
        if table.number:
            self._paragraph(table.number, alignment="right")
        self._paragraph(table.title, alignment="center", points=14)
        lines = [line for line in (table.owner_line, table.unit_line) if line]
        if lines and self.manner.caption == "table":
            cells = "".join(f"<w:tc><w:p>{self._runs(line)}</w:p></w:tc>" for line in lines)
            columns = '<w:gridCol w:w="4500"/>' * len(lines)
            self._append(f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>")
            self._append("<w:p/>")
        elif lines:
            self._append(f"<w:p>{'<w:r><w:tab/></w:r>'.join(map(self._runs, lines))}</w:p>")

    def _grid(self, part: RowwiseTable) -> str:
        table = part.table
        total = sum(table.widths)
        widths = [_TEXT_WIDTH_TWIPS[table.landscape] * width // total for width in table.widths]
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        borders = f"<w:tblBorders>{_BORDERS}</w:tblBorders>" if table.ruling != "none" else ""
        rows = "".join(self._row(part, number) for number in range(len(part.rows)))
        return f"<w:tbl><w:tblPr>{borders}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"

    def _row(self, part: RowwiseTable, number: int) -> str:
        is_head = number < part.head_end
        cells = []
        for cell in part.rows[number]:
            goes_on = cell.row < number
            span = f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
            merge = ("<w:vMerge/>" if goes_on else '<w:vMerge w:val="restart"/>') if cell.row_span > 1 else ""
            fill = bytes(part.table.header_fill or ()).hex() if is_head else ""
            shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
            content = "<w:p/>" if goes_on else self._cell(cell, part.table.points)
            cells.append(f"<w:tc><w:tcPr>{span}{merge}{shade}</w:tcPr>{content}</w:tc>")
        header = "<w:trPr><w:tblHeader/></w:trPr>" if is_head else ""
        earlier = ""
        if self.manner.hides and not is_head and self.rng.random() < 0.05:
            blank = f"<w:tc><w:p>{_run('9.99')}</w:p></w:tc>" * part.table.column_count
            earlier = f"<w:tr><w:trPr><w:hidden/></w:trPr>{blank}</w:tr>"
        return f"{earlier}<w:tr>{header}{''.join(cells)}</w:tr>"

    def _cell(self, cell: PrintedCell, points: float) -> str:
        properties = f'<w:jc w:val="{cell.align}"/>'
        text = cell.text
        if cell.indent and self.manner.indents_by_format:
            properties = f'<w:ind w:firstLineChars="{cell.indent * 100}" w:firstLine="0"/>' + properties
        else:
            text = "　" * cell.indent + text
        if self.manner.tracks_changes and cell.value is not None and self.rng.random() < 0.1:
            runs = self._changed(text)
        else:
            runs = self._runs(text, bold=cell.bold, points=points) if text else ""
        return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"

    # Runs

    def _append(self, xml: str) -> None:
        name = re.match(r"<w:\w+", xml)
        assert name is not None
        element = parse_xml(f"{name[0]} {_NAMESPACES}{xml[name.end() :]}")
        self.file.element.body.insert_element_before(element, "w:sectPr")

    def _paragraph(self, text: str, *, alignment: str = "left", points: float = 10.5) -> None:
        runs = self._runs(text, points=points)
        self._append(f'<w:p><w:pPr><w:jc w:val="{alignment}"/></w:pPr>{runs}</w:p>')

    def _runs(self, text: str, *, bold: bool = False, points: float = 10.5) -> str:
        """The text in one run or, as after some editing, in two, wherever they part."""
        cut = self.rng.randint(1, len(text) - 1) if len(text) > 1 and self.rng.random() < 0.3 else len(text)
        parts = [part for part in (text[:cut], text[cut:]) if part]
        return '<w:proofErr w:type="gramStart"/>'.join(_run(part, bold=bold, points=points) for part in parts)

    def _changed(self, text: str) -> str:
        """A figure that was corrected, its earlier text still in the file."""
        self.revision += 2
        earlier = f"<w:r><w:delText>{escape(text[::-1])}</w:delText></w:r>"
        return (
            f'<w:del w:id="{self.revision}" {_BY}>{earlier}</w:del>'
            f'<w:ins w:id="{self.revision + 1}" {_BY}>{_run(text)}</w:ins>'
        )


def _run(text: str, *, bold: bool = False, points: float = 10.5) -> str:
    properties = f'{"<w:b/>" if bold else ""}<w:sz w:val="{round(points * 2)}"/>'
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _framed(grid: str) -> str:
    return (
        '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid>'
        f"<w:tr><w:tc>{grid}<w:p/></w:tc></w:tr></w:tbl>"
    )


def _box(content: str) -> str:
    """A text box, as Word writes it: once for new readers and once for old ones."""
    inside = f"<w:txbxContent>{content}</w:txbxContent>"
    shape = (
        f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx>{inside}</wps:txbx><wps:bodyPr/></wps:wsp>'
    )
    drawing = (
        '<wp:inline><wp:extent cx="5000000" cy="900000"/><wp:docPr id="1" name="box"/>'
        f'<a:graphic><a:graphicData uri="{_SHAPES}">{shape}</a:graphicData></a:graphic></wp:inline>'
    )
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{drawing}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:rect><v:textbox>{inside}</v:textbox></v:rect></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )


_NUMBERING = (
    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (text, suffix) in enumerate(
            (("第%1部分", "space"), ("%2、", "nothing"), ("（%3）", "nothing"))
        )
    )
    + "</w:abstractNum>"
)

"""A generated document as PDF: rules, wrapped cells and page breaks as word processors and
spreadsheets make them, and the traps that real files hold."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from fpdf import FPDF
from PIL import Image

from eval.corpus.books import data
from eval.corpus.model import GeneratedDocument, GeneratedTable, Section, TablePages, WrittenPages
from eval.corpus.pdf_grid import (
    PADDING_Y,
    RULE_WIDTHS,
    Segment,
    SetRow,
    Setting,
    broken,
    fit,
    joined,
    resumed,
    segments,
    set_rows,
    text_positions,
    with_caption_inside,
    wrapped,
)
from eval.samples import find_font

_WORDS = data("words")["pages"]
_SHORT_SIDE, _LONG_SIDE = 595.28, 841.89
"""A4, in points."""
_MARGIN = 54.0
_PRODUCED = datetime(2026, 1, 1, tzinfo=UTC)
_PROSE_POINTS, _PROSE_LEADING = 12.0, 21.0
_HEADING_POINTS = {0: 16.0, 1: 14.0, 2: 12.0}
_OVERPRINT_OFFSET = 0.25
_MOST_RUNS = 4
"""Through the document, until its list of contents names the right pages."""
_CAPTION_ROOM = 120.0
"""What a table below another one needs for its caption and its notes."""


def write(document: GeneratedDocument, path: Path) -> WrittenPages:
    """Typeset ``document`` as ``path`` and say where its tables came to stand.

    Raises FontMissingError where no Chinese font is installed.
    """
    layout, known = document.layout, _Outline()
    for _ in range(_MOST_RUNS):
        press = _Press(document, known)
        tables = press.typeset()
        # Only once it is typeset is it known on which page everything stands.
        if known == press.outline() or not (layout.contents or "{count}" in layout.page_foot):
            break
        known = press.outline()
    path.write_bytes(bytes(press.pdf.output()))
    return WrittenPages(tuple(tables))


@dataclass(frozen=True, slots=True)
class _Outline:
    """Where headings and tables stand, from an earlier run through the document."""

    page_count: int = 0
    entries: tuple[tuple[str, int], ...] = ()


class _Press:
    """Pages as they fill up. Positions are points from the top-left corner of the page as it is shown."""

    def __init__(self, document: GeneratedDocument, outline: _Outline) -> None:
        self.document = document
        self.known = outline
        self.entries: list[tuple[str, int]] = []
        self.pdf = FPDF(unit="pt", format="A4")
        self.pdf.set_creation_date(_PRODUCED)
        self.pdf.add_font("body", fname=find_font())
        self.pdf.set_font("body", size=_PROSE_POINTS)
        self.pdf.set_auto_page_break(False)
        self.widths: dict[str, float] = {}
        self.page_width, self.page_height = _SHORT_SIDE, _LONG_SIDE
        self.y = _MARGIN
        self.page_state = ExitStack()

    def typeset(self) -> list[TablePages]:
        """Every page; where each table stands."""
        self.cover()
        if self.document.layout.contents:
            self.contents()
        tables: list[TablePages] = []
        for part in self.document.parts:
            if isinstance(part, Section):
                self.section(part)
            else:
                tables.append(self.table(part))
        self.end()
        return tables

    def outline(self) -> _Outline:
        return _Outline(self.pdf.page, tuple(self.entries))

    # Pages

    def new_page(self, *, landscape: bool = False, turned: bool = False) -> None:
        """Begin a page. A turned one is an upright sheet shown lying, its content turned back."""
        self.page_state.close()
        self.page_state = ExitStack()
        upright = turned or not landscape
        self.pdf.add_page(orientation="portrait" if upright else "landscape")
        self.page_width, self.page_height = _SHORT_SIDE, _LONG_SIDE
        if landscape:
            self.page_width, self.page_height = _LONG_SIDE, _SHORT_SIDE
        if turned:
            # fpdf writes every attribute of a page object into its dictionary.
            self.pdf.pages[self.pdf.page].rotate = 90  # type: ignore[attr-defined]
            centre = _LONG_SIDE / 2
            self.page_state.enter_context(self.pdf.rotation(90, x=centre, y=centre))
        self.y = _MARGIN
        layout = self.document.layout
        if "watermark" in layout.traps:
            self.watermark()
        if layout.running_head:
            self.text((_MARGIN, 32), layout.running_head, 9)
        foot = layout.page_foot.format(n=self.pdf.page, count=self.known.page_count)
        if foot and self.pdf.page > 1:
            self.text(((self.page_width - self.width(foot, 9)) / 2, self.page_height - 28), foot, 9)

    @property
    def bottom(self) -> float:
        return self.page_height - _MARGIN

    def width(self, text: str, points: float) -> float:
        for char in text:
            if char not in self.widths:
                self.pdf.set_font(self.font_of(char), size=100)
                self.widths[char] = self.pdf.get_string_width(char) / 100
        return sum(self.widths[char] for char in text) * points

    def font_of(self, char: str) -> str:
        return "Times" if self.document.layout.latin_font and char.isascii() and char.isalnum() else "body"

    def text(
        self, at: tuple[float, float], text: str, points: float, *, bold: bool = False, spacing: float = 0.0
    ) -> None:
        """A line of text with its baseline at the given height."""
        self.pdf.set_char_spacing(spacing)
        for font, run in groupby(text, self.font_of):
            chars = "".join(run)
            self.pdf.set_font(font, size=points)
            self.pdf.text(*at, chars)
            if bold and self.document.layout.bold_by_overprint:
                self.pdf.text(at[0] + _OVERPRINT_OFFSET, at[1], chars)
            at = (at[0] + self.width(chars, points) + spacing * len(chars), at[1])
        self.pdf.set_char_spacing(0)

    def centered(self, text: str, points: float, *, spacing: float = 0.0) -> None:
        x = (self.page_width - self.width(text, points) - spacing * len(text)) / 2
        self.text((x, self.y + points), text, points, bold=True, spacing=spacing)
        self.y += points * 1.6

    # Cover and prose

    def cover(self) -> None:
        self.new_page()
        self.y = 240.0
        for line in wrapped(self.document.title, self.page_width - 2 * _MARGIN, 22, self.width):
            self.centered(line, 22)
        if parent := self.document.identity.parent:
            self.y += 20
            self.centered(_WORDS["parent"].format(parent=parent), 14)
        self.y = self.page_height

    def contents(self) -> None:
        """The list of headings and tables, their pages behind dots."""
        self.new_page()
        self.centered(_WORDS["contents"], 18)
        right = self.page_width - _MARGIN
        for title, page in self.known.entries:
            if self.y + _PROSE_LEADING > self.bottom:
                self.new_page()
            number = str(page)
            self.text((_MARGIN, self.y + _PROSE_POINTS), title, _PROSE_POINTS)
            start = _MARGIN + self.width(title, _PROSE_POINTS) + 4
            room = right - start - self.width(number, _PROSE_POINTS) - 4
            dots = "." * int(room / self.width(".", _PROSE_POINTS))
            self.text((start, self.y + _PROSE_POINTS), dots + number, _PROSE_POINTS)
            self.y += _PROSE_LEADING
        self.y = self.page_height

    def section(self, section: Section) -> None:
        points = _HEADING_POINTS[section.rank]
        lies = self.page_width > self.page_height
        if lies or self.y + points * 4 > self.bottom or section.rank == 0:
            self.new_page()
        self.entries.append((section.heading, self.pdf.page))
        self.y += 8
        if section.rank == 0:
            self.centered(section.heading, points)
        else:
            self.text((_MARGIN + 24, self.y + points), section.heading, points, bold=True)
            self.y += points * 1.8
        for paragraph in section.paragraphs:
            room = self.page_width - 2 * _MARGIN
            for line in wrapped("　　" + paragraph.text, room, _PROSE_POINTS, self.width):
                if self.y + _PROSE_LEADING > self.bottom:
                    self.new_page()
                self.text((_MARGIN, self.y + _PROSE_POINTS), line, _PROSE_POINTS)
                self.y += _PROSE_LEADING

    # Tables

    def table(self, table: GeneratedTable) -> TablePages:
        named = " ".join(filter(None, (table.number, table.title)))
        if self.document.layout.caption_inside and table.ruling != "none":
            table = with_caption_inside(table)
        upright = self.page_height > self.page_width and not table.landscape
        below = upright and not table.starts_page
        if below:
            setting, rows = self.set(table)
            self.y += 24
            first_rows = sum(row.height for row in rows[: table.head_rows + 2])
            below = self.y + _CAPTION_ROOM + first_rows <= self.bottom
        if not below:
            self.new_page(landscape=table.landscape, turned=table.turned)
            setting, rows = self.set(table)
        self.entries.append((named, self.pdf.page))
        self.caption(table, 0)
        pages = self.grid(table, setting, rows)
        if table.notes:
            self.y += 6
            for line in wrapped(table.notes, self.page_width - 2 * _MARGIN, 9, self.width):
                self.text((_MARGIN, self.y + 9), line, 9)
                self.y += 13
        return pages

    def set(self, table: GeneratedTable) -> tuple[Setting, list[SetRow]]:
        """The grid as it fits between the margins of the page."""
        setting = fit(table, _MARGIN, self.page_width - 2 * _MARGIN, self.width)
        return setting, set_rows(table, setting, self.width)

    def caption(self, table: GeneratedTable, further: int) -> None:
        """What stands above the grid, on the table's first page or its ``further``-th one after."""
        if further and table.continuation is None:
            return
        if table.number:
            at = (self.page_width - _MARGIN - self.width(table.number, 10), self.y + 10)
            self.text(at, table.number, 10)
            self.y += 15
        mark = (table.continuation or "").format(n=further) if further else ""
        if table.title:
            self.centered(table.title + mark, 14, spacing=self.document.layout.title_spacing)
            self.y += 4
        if table.owner_line:
            self.text((_MARGIN, self.y + 9), table.owner_line, 9)
        if table.unit_line:
            x = self.page_width - _MARGIN - self.width(table.unit_line, 9)
            self.text((x, self.y + 9), table.unit_line, 9)
        self.y += 14 if table.owner_line or table.unit_line else 0

    def grid(self, table: GeneratedTable, setting: Setting, rows: list[SetRow]) -> TablePages:
        """Rows on as many pages as they need; the notes must still fit below the last."""
        header, waiting = rows[: table.head_rows], rows[table.head_rows :]
        first_pages: list[int | None] = [None] * len(table.body)
        pages = [self.pdf.page]
        here = list(header)
        room = self.bottom - self.y - sum(row.height for row in header)
        notes = 40.0 if table.notes else 0.0
        while waiting:
            row = waiting[0]
            last = notes if len(waiting) == 1 else 0.0
            parts: list[SetRow] = []
            if row.height + last <= room:
                parts, waiting = [row], waiting[1:]
            elif table.breaks_rows and (two := broken(row, room, setting.points)):
                parts, waiting = [two[0]], [two[1], *waiting[1:]]
            elif len(here) == len(header) * (len(pages) == 1 or table.repeats_header):
                parts, waiting = [row], waiting[1:]  # A page of its own is the most it can have.
            for part in parts:
                here.append(part)
                room -= part.height
                number = part.number - table.head_rows
                first_pages[number] = first_pages[number] or self.pdf.page
            if not parts or (waiting and waiting[0].number == row.number):
                self.draw(table, setting, here)
                self.new_page(landscape=table.landscape, turned=table.turned)
                pages.append(self.pdf.page)
                self.caption(table, len(pages) - 1)
                waiting[0] = resumed(rows, waiting[0])
                here = list(header) if table.repeats_header else []
                room = self.bottom - self.y - sum(one.height for one in here)
        self.draw(table, setting, here)
        return TablePages(tuple(pages), tuple(first_pages))

    def draw(self, table: GeneratedTable, setting: Setting, rows: Sequence[SetRow]) -> None:
        tops = [self.y + sum(row.height for row in rows[:at]) for at in range(len(rows))]
        ends = [top + row.height for top, row in zip(tops, rows, strict=True)]
        if table.header_fill:
            height = sum(row.height for row in rows if row.number < table.header_height)
            self.pdf.set_fill_color(*table.header_fill)
            if height:
                self.pdf.rect(setting.edges[0], tops[0], setting.edges[-1] - setting.edges[0], height, "F")
        if table.ruling != "none":
            lines = segments(rows, tops, setting, table.ruling)
            self.rules(joined(lines) if self.document.layout.joined_rules else lines, table)
        cells = [(at, one) for at, row in enumerate(rows) for one in row.cells]
        if self.document.layout.scattered:
            cells.sort(key=lambda cell: (cell[1].cell.column, cell[0]))
        for at, one in cells:
            bottom = ends[min(at + one.cell.row_span, len(rows)) - 1]
            for x, y, line in text_positions(one, tops[at], bottom, setting, self.width):
                self.text((x, y), line, setting.points, bold=one.cell.bold)
        self.y = ends[-1] + PADDING_Y if ends else self.y
        if "hidden_text" in self.document.layout.traps:
            self.hidden_text(table)

    def rules(self, lines: Sequence[Segment], table: GeneratedTable) -> None:
        thickness = RULE_WIDTHS[table.ruling]
        self.pdf.set_line_width(thickness)
        self.pdf.set_fill_color(0, 0, 0)
        for x0, y0, x1, y1 in lines:
            if table.ruling == "filled":
                half = thickness / 2
                self.pdf.rect(x0 - half, y0 - half, x1 - x0 + thickness, y1 - y0 + thickness, "F")
            else:
                self.pdf.line(x0, y0, x1, y1)

    # Traps

    def watermark(self) -> None:
        self.pdf.set_text_color(225, 225, 225)
        centre = (self.page_width / 2, self.page_height / 2)
        with self.pdf.rotation(45, *centre):
            self.text((centre[0] - 100, centre[1]), _WORDS["watermark"], 50)
        self.pdf.set_text_color(0, 0, 0)

    def hidden_text(self, table: GeneratedTable) -> None:
        """Figures of the table again, clipped out of sight."""
        cells = [cell for cell in table.grid_cells() if cell.value is not None][:12]
        with self.pdf.rect_clip(_MARGIN, self.page_height - 12, 1, 1):
            for number, cell in enumerate(cells):
                self.text((_MARGIN + 30 * (number % 4), 90 + 14 * (number // 4)), cell.text, 9)

    def end(self) -> None:
        """The last page; where the layout says so, one more that repeats a table's text under a picture."""
        if "text_under_picture" in self.document.layout.traps and self.document.tables:
            self.table(self.document.tables[0])
            self.entries.pop()
            shade = Image.new("L", (60, 80), 235)
            self.pdf.image(shade, 0, 0, self.page_width, self.page_height)
        self.page_state.close()

"""A generated document before it is typeset, and its truth; no file format is known here.

A **writer** is a function ``write(document: GeneratedDocument, path: Path) -> WrittenPages``, one
module a format. It has to

1. print the parts in their order: a ``Section`` as heading and paragraphs; a ``GeneratedTable`` as
   its caption (number, title, ``owner_line`` and ``unit_line``, whichever are given), its grid and its notes;
2. lay the grid out from ``GeneratedTable.grid_cells()``: each cell once, with its spans; positions
   that no cell covers are blank cells with rules round them. ``indent`` is the number of full-width
   spaces before the text. Text comes without line breaks: wrapping is the writer's. Where the format
   has numbers of its own (a spreadsheet), ``value`` goes there, formatted to show ``text``;
3. follow ``Layout`` and the table's own options as far as the format can show them, and ignore the
   others: they change how a thing looks, never what it says;
4. return, for each table in order, the page on which each row of ``GeneratedTable.body`` begins and
   every page that the table covers. A format without pages returns ``WrittenPages.none(document)``;
5. write the same bytes for the same document.

``truth.truth_of(document, pages)`` then gives the truth as JSON; ``truth.write`` puts it beside the
file as ``NAME.truth.json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ingest.model import Direction, FigureRole, FindingKind, Identity

Align = Literal["left", "center", "right"]
Ruling = Literal["single", "hairline", "double", "filled", "open", "none"]
"""How a table's rules are drawn: thin lines, hair-lines, double lines, thin filled rectangles, lines
without the outer left and right border, or none at all."""
Trap = Literal["hidden_text", "text_under_picture", "watermark"]
"""What a page holds that is no part of what it says: text clipped out of sight, text covered by a
picture, a word across the page behind everything."""


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell of a grid as it is typeset. Rows and columns count from 0."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    align: Align = "left"
    indent: int = 0
    """Full-width spaces before the text."""
    bold: bool = False
    value: Decimal | None = None
    """The number that ``text`` prints, in the unit of its column; None for text, a dash or 无."""


@dataclass(frozen=True, slots=True)
class TrueCell:
    """What has to be read of a value or text cell."""

    text: str | None
    """As printed; None where nothing is printed."""
    value: Decimal | None = None
    """None for a blank, a dash, 无 or running text."""
    unit: str | None = None
    """Of ``value``; None where there is none."""


@dataclass(frozen=True, slots=True)
class TrueRow:
    """A row of a table of TABLES.md: what has to be read of one printed row, or of one half of it."""

    printed_row: int
    """The row of ``GeneratedTable.body`` that prints it."""
    label: str
    path: tuple[str, ...]
    """The ancestors by the table's own hierarchy, the label last; () for a row without a label."""
    cells: tuple[TrueCell, ...]
    """One for each column of the true table."""
    code: str | None = None
    """In the groups that the table prints."""
    unit_code: str | None = None


@dataclass(frozen=True, slots=True)
class TrueColumn:
    path: tuple[str, ...]
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class TrueTable:
    """A table of TABLES.md; its title, number, unit line and notes are those of the printed table."""

    columns: tuple[TrueColumn, ...]
    rows: tuple[TrueRow, ...]
    side: Literal["收入", "支出"] | None = None


@dataclass(frozen=True, slots=True)
class GeneratedTable:
    """A printed table. ``truths`` are the tables that have to be read from it: one, or the two halves
    of a table whose sides stand beside each other."""

    title: str
    number: str | None
    unit: str | None
    """What has to be read as the unit of the table, or None."""
    unit_line: str | None
    """As printed: ``单位：万元``, ``金额单位：元``; None when no unit line is printed."""
    owner_line: str | None
    """As printed: ``部门名称：某某局``; None when it is not printed."""
    widths: tuple[int, ...]
    """Relative widths of all printed columns."""
    header: tuple[PrintedCell, ...]
    header_height: int
    numbers: tuple[str, ...] | None
    """The line of column numbers or formulas under the header, a text for each printed column."""
    body: tuple[tuple[PrintedCell, ...], ...]
    """Every printed row; the cells' ``row`` is the row's own position in the body."""
    truths: tuple[TrueTable, ...]
    notes: str | None = None
    landscape: bool = False
    ruling: Ruling = "single"
    points: float = 9
    continuation: str | None = ""
    """What the title adds on the table's later pages, with ``{n}`` for their count; "" repeats the
    bare title, None leaves the title out there."""
    repeats_header: bool = True
    breaks_rows: bool = False
    """Whether a row of long text may go on over the page; else it moves to the next page whole."""
    header_fill: tuple[int, int, int] | None = None
    """Red, green and blue behind the header, 0 to 255."""
    starts_page: bool = True
    """Else it may stand below another table on the same page."""
    turned: bool = False
    """The page is a portrait sheet that is shown rotated (``/Rotate 90``)."""

    @property
    def column_count(self) -> int:
        return len(self.widths)

    @property
    def head_rows(self) -> int:
        """The rows above the body: the header and the line of column numbers."""
        return self.header_height + (self.numbers is not None)

    def grid_cells(self) -> Iterator[PrintedCell]:
        """Every cell of the grid, with the header's first row as row 0."""
        yield from self.header
        for column, text in enumerate(self.numbers or ()):
            yield PrintedCell(self.header_height, column, text, align="center")
        for row in self.body:
            for cell in row:
                yield replace(cell, row=cell.row + self.head_rows)


@dataclass(frozen=True, slots=True)
class TrueFigure:
    """A number that a sentence states."""

    text: str
    """As printed, with its unit."""
    value: Decimal
    unit: str
    role: FigureRole
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class TrueStatement:
    """A sentence that states figures."""

    quote: str
    """The whole sentence as printed."""
    about: str
    """The name of what it is about, as the sentence or its heading gives it."""
    figures: tuple[TrueFigure, ...]
    fiscal_year: int | None
    """Where the sentence names it."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    statements: tuple[TrueStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the paragraphs under it."""

    heading: str
    """With its ordinal: ``第二部分 …``, ``一、…``."""
    rank: int
    """0 for a part of the document, 1 for a section, 2 for what is below it."""
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class PlantedPlace:
    """Where a contradiction shows: a printed row and column of a table, or a sentence."""

    table: int | None = None
    """The position among ``GeneratedDocument.tables``."""
    truth: int = 0
    """Which of the table's ``truths``."""
    row: int | None = None
    """The position in that truth's rows."""
    column: int | None = None
    """The position in that truth's columns."""
    quote: str | None = None
    """The sentence, for a place in the prose."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something planted that an audit has to report; the fields are those of a Finding in TABLES.md."""

    kind: FindingKind
    rule: str
    where: str
    printed: str
    expected: str
    unit: str | None
    message: str
    places: tuple[PlantedPlace, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the document's pages look."""

    running_head: str | None = None
    page_foot: str = "- {n} -"
    """``{n}`` is the page's number, ``{count}`` the number of pages; may be empty."""
    bold_by_overprint: bool = False
    """Bold text is the same text printed twice, a little apart."""
    traps: tuple[Trap, ...] = ()
    contents: bool = False
    """A list of headings and table titles with their pages stands behind the cover."""
    latin_font: bool = False
    """Digits and Latin letters are of another font than the characters beside them."""
    title_spacing: float = 0.0
    """Points between the characters of a table's title."""
    scattered: bool = False
    """The texts of a grid are put down column by column, not in reading order."""
    caption_inside: bool = False
    """Title, owner and unit line of a ruled table stand in rows of its grid, above the header."""
    joined_rules: bool = False
    """Rules run through, instead of from cell to cell."""


@dataclass(frozen=True, slots=True)
class GeneratedDocument:
    name: str
    """File name without its ending."""
    family: str
    seed: int
    title: str
    """On the cover, one line."""
    identity: Identity
    parts: tuple[Section | GeneratedTable, ...]
    layout: Layout = Layout()
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def tables(self) -> tuple[GeneratedTable, ...]:
        return tuple(part for part in self.parts if isinstance(part, GeneratedTable))

    @property
    def statements(self) -> tuple[TrueStatement, ...]:
        sections = (part for part in self.parts if isinstance(part, Section))
        return tuple(s for section in sections for p in section.paragraphs for s in p.statements)


@dataclass(frozen=True, slots=True)
class TablePages:
    """Where a table came to stand."""

    pages: tuple[int, ...]
    """Every page that it covers, counted from 1; () for a format without pages."""
    rows: tuple[int | None, ...]
    """For each row of the body, the page on which it begins."""


@dataclass(frozen=True, slots=True)
class WrittenPages:
    """What a writer returns: a ``TablePages`` for each table of the document, in order."""

    tables: tuple[TablePages, ...]

    @classmethod
    def none(cls, document: GeneratedDocument) -> WrittenPages:
        """For formats without pages."""
        return cls(tuple(TablePages((), (None,) * len(table.body)) for table in document.tables))

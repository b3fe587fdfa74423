"""What a budget document is, once read: frozen values that every other package imports.

Imports nothing of the project. Money is a ``Decimal``, never a float. Text is kept as
printed (line breaks inside a cell or label removed); whatever is derived from it stands
beside it, never in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

BBox = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points from the page's top-left corner."""

Kind = Literal["budget", "final_account"]
Stage = Literal["original_budget", "adjusted_budget", "budget", "execution", "final_account"]
RowKind = Literal["total", "subtotal", "group", "unit", "item", "of_which"]
FigureRole = Literal["amount", "change", "rate", "share", "count", "price"]
Direction = Literal["increase", "decrease", "unchanged"]
GovernmentLevel = Literal["central", "province", "city", "district", "township"]
FindingKind = Literal["sum", "growth", "cross", "text"]
Severity = Literal["certain", "suspected", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. Both are None for formats without pages."""

    page_number: int | None = None
    """Counts from 1."""
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose document it is. Unknown parts are None, never guessed from a default."""

    organization: str | None
    fiscal_year: int | None
    kind: Kind | None
    level: Literal["department", "unit"] | None = None
    """A whole department with its subordinate units, or one unit's own budget."""
    parent: str | None = None
    """The organisation above, where the document names it."""
    government_level: GovernmentLevel | None = None
    """Whose level of government the organisation is of."""
    district: str | None = None
    """The place that is governed, as its full official name: ``上海市普陀区``."""
    version: str | None = None
    """As the document calls itself: ``草案``, ``调整``, ``修订``; None for the plain one."""


SOURCE_BREAK = "\f"
"""Stands in a cell's text where its parts are apart in the source: a page number, a running
head or the table's head printed again lies between them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The unit of truth: one printed value in one row and column.

    ``text`` is as printed, with ``SOURCE_BREAK`` between parts; "" is a blank cell.
    ``value`` is None for a blank, a dash, "无" or running text; "0" and "0.00" have the
    value 0. ``unit`` is the unit of ``value``: a money unit (元 千元 万元 百万元 亿元), %, 人,
    辆, 台, 平方米 … or None.
    """

    text: str
    value: Decimal | None
    unit: str | None
    place: Place
    """Of the first part."""
    confidence: float | None = None
    """How sure text recognition is of the text, 0 to 1; None where the file holds the text itself."""

    @property
    def whole(self) -> str:
        """The text as one, for showing, exporting and comparing."""
        return self.text.replace(SOURCE_BREAK, "")

    @property
    def parts(self) -> tuple[str, ...]:
        """The runs of text that each stand unbroken in the source, for quoting."""
        return tuple(part for part in self.text.split(SOURCE_BREAK) if part)


@dataclass(frozen=True, slots=True)
class Column:
    """A value or text column (label and code columns belong to the Row)."""

    path: tuple[str, ...]
    """The header from the outermost group to the column's own name."""
    is_text: bool = False
    """Running text (project contents, targets) rather than figures."""
    fiscal_year: int | None = None
    """The year the figures are of; the document's own unless the header names another."""
    stage: Stage | None = None
    formula: str | None = None
    """The formula printed under the header, such as ``10=11+15``, or the bare number."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: who and what its cells are about."""

    label: str
    path: tuple[str, ...]
    """The ancestors by the table's own hierarchy, the label last."""
    cells: tuple[Cell, ...]
    """One for each column of the table."""
    place: Place
    """Of the label."""
    code: str | None = None
    """In the groups that the table prints: ``201 03 01`` or ``2010301``."""
    unit_code: str | None = None
    unit_name: str | None = None
    """The budget unit that the row belongs to; None: the whole organisation."""
    kind: RowKind = "item"
    parent_index: int | None = None
    """The index, in the same table, of the row that this one is a part of."""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    """Without its continuation mark."""
    number: str | None
    """``表五``, ``表1`` or None."""
    unit: str | None
    """As printed: ``万元``, ``元``."""
    side: Literal["收入", "支出"] | None
    pages: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: str | None = None
    label_header: str | None = None
    """What the label column is called: ``项目名称``, ``单位名称（功能科目）``."""
    standard: str | None = None
    """Which of the usual tables it is, by its name in ``standard_tables.toml``; None: another one."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of a passage's text that stands unbroken in the source, so it can be quoted."""

    start: int
    end: int
    place: Place
    confidence: float | None = None
    """How sure text recognition is of it, 0 to 1; None where the file holds the text itself."""


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A number in running text."""

    start: int
    end: int
    """Span of ``text`` in the passage."""
    text: str
    """As printed, with its unit: ``71.33 万元``."""
    value: Decimal
    unit: str
    role: FigureRole
    label: str
    """The words that name it, nearest before (or after) it: ``公务接待费预算``."""
    direction: Direction | None = None
    """For a change or a rate."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the narrative that states figures."""

    passage_index: int
    start: int
    end: int
    """Span in the passage's text."""
    subject: str
    """What the sentence is about, with what it inherits from the sentences and the
    heading before it: ``“三公”经费预算 > 公务接待费``."""
    figures: tuple[StatedFigure, ...]
    fiscal_year: int | None = None
    reason: str | None = None
    """The words after 主要是, 主要原因是 and the like."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the narrative."""

    section: tuple[str, ...]
    """Headings from the outermost to the nearest."""
    text: str
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """A place that disagrees: a cell (``table``, ``row``, ``column``) or a sentence (``section``)."""

    place: Place
    quote: str
    """As printed there."""
    table: str | None = None
    """The table's title."""
    row: str | None = None
    column: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a document disagrees with itself, or with what is possible."""

    kind: FindingKind
    severity: Severity
    rule: str
    """The rule's name in ``audit.toml``."""
    where: str
    """The place in words, for people."""
    printed: str
    """What stands there: a decimal in ``unit``, or text."""
    expected: str
    """What the rule gives: a decimal in ``unit``, or text."""
    unit: str | None
    message: str
    places: tuple[FindingPlace, ...]
    """The faulty place first, then those that it disagrees with."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read whole."""

    file_name: str
    sha256: str
    """Of the file's bytes."""
    format: str
    """``pdf`` or ``txt`` …"""
    page_count: int | None
    identity: Identity
    tables: tuple[Table, ...]
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]
    warnings: tuple[str, ...] = ()
    """What could not be read well, for people."""
    findings: tuple[Finding, ...] = ()
    """Where the document disagrees with itself, in its own order."""

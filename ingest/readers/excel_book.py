"""A workbook as its readers give it: sheets of texts as shown, with what is hidden left out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingest.errors import FileTooLargeError
from ingest.readers.excel_numbers import GENERAL, printed_number, printed_text, stored_number

MAX_CELLS = 3_000_000
"""Cells with something in them, in all sheets: about fifty times the largest budget seen."""

_INDENT = "\u3000"
"""One step of indent, as wide as two half-width characters."""

Span = tuple[int, int, int, int]
"""Top row, left column, bottom row, right column; from 0, the last ones included."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell shows what is in it."""

    code: str = GENERAL
    """The number format."""
    is_ruled: bool = False
    """Whether it has a border on any side."""
    indent: int = 0
    across: bool = False
    """Whether its text is centred over the blank cells to its right."""


@dataclass(slots=True)
class SheetRow:
    texts: dict[int, str] = field(default_factory=dict)
    """By column, from left to right; blanks are left out."""
    ruled: int = 0
    """The columns with a border, as bits."""


@dataclass(slots=True)
class Sheet:
    """One visible sheet. Rows and columns count from 0."""

    name: str
    rows: dict[int, SheetRow] = field(default_factory=dict)
    """From top to bottom; rows without text or border are left out."""
    spans: list[Span] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SheetDraft:
    """A sheet while its cells come in, hidden rows and columns among them."""

    name: str
    cells_left: int
    """How many more may come."""
    since_1904: bool = False
    shows_zeros: bool = True
    rows: dict[int, SheetRow] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    without_result: int = 0
    """Formulas whose value the file does not hold."""
    errors: int = 0
    """Cells that show an error such as #REF!."""
    _across: dict[int, list[int]] = field(default_factory=dict)

    def add(self, row: int, column: int, text: str, style: Style) -> None:
        """A cell with what it shows; blank ones only matter for their style."""
        if not (text or style.is_ruled or style.across):
            return
        kept = self.rows.setdefault(row, SheetRow())
        if text:
            self.cells_left -= 1
            if self.cells_left < 0:
                raise FileTooLargeError(f"there are more than {MAX_CELLS:,} filled cells; split the workbook")
            kept.texts[column] = text
        if style.is_ruled:
            kept.ruled |= 1 << column
        if style.across:
            self._across.setdefault(row, []).append(column)

    def shown_number(self, stored: str, style: Style) -> str:
        """A stored number as the sheet shows it; what is no number, as it is."""
        value = stored_number(stored)
        if value is None:
            return stored.strip()
        if value == 0 and not self.shows_zeros:
            return ""
        return printed_number(value, style.code, self.since_1904)

    def shown_text(self, stored: str, style: Style) -> str:
        text = printed_text(stored, style.code).replace("\r\n", "\n").replace("\r", "\n").rstrip()
        return _INDENT * style.indent + text if text else ""

    def finished(self) -> Sheet:
        """The sheet as it shows: without what is hidden, the rest moved together."""
        last = max((row for row, kept in self.rows.items() if kept.texts), default=-1)
        spans = [*self.spans, *self._spans_across()]
        rows = {row: self.rows[row] for row in sorted(self.rows) if row <= last}
        sheet = Sheet(self.name, rows, spans, self._notes())
        if self.hidden_rows or self.hidden_columns:
            return _without_hidden(sheet, sorted(self.hidden_rows), sorted(self.hidden_columns))
        return sheet

    def _spans_across(self) -> Iterable[Span]:
        """A text centred across a selection: with the blank cells right of it that are so too."""
        for row, columns in self._across.items():
            texts = self.rows[row].texts if row in self.rows else {}
            start = end = -1
            for column in sorted(columns):
                if column in texts or column != end + 1:
                    if end > start >= 0:
                        yield row, start, row, end
                    start = column if column in texts else -1
                end = column if start >= 0 else -1
            if end > start >= 0:
                yield row, start, row, end

    def _notes(self) -> list[str]:
        filled: set[int] = set().union(*(row.texts for row in self.rows.values()))
        rows = [row + 1 for row in sorted(self.hidden_rows & self.rows.keys()) if self.rows[row].texts]
        columns = [column_name(column) for column in sorted(self.hidden_columns & filled)]
        notes = []
        if rows:
            notes.append(f"Hidden on sheet {self.name} and not read: row {_listed(_runs(rows))}.")
        if columns:
            notes.append(f"Hidden on sheet {self.name} and not read: column {_listed(columns)}.")
        if self.without_result:
            notes.append(
                f"Formulas without a stored result on sheet {self.name}, left blank: {self.without_result}. "
                "Open the file in a spreadsheet program, save it and add it again."
            )
        if self.errors:
            notes.append(f"Cells that show an error such as #REF! on sheet {self.name}: {self.errors}.")
        return notes


def column_name(column: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


_MOST_LISTED = 12


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_LISTED]) + (", …" if len(names) > _MOST_LISTED else "")


def _runs(numbers: Sequence[int]) -> list[str]:
    """``3–5`` for 3, 4, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ["–".join(map(str, run)) for run in runs]


def _without_hidden(sheet: Sheet, hidden_rows: list[int], hidden_columns: list[int]) -> Sheet:
    """The visible rows and columns moved together; a merged cell keeps its text where it still shows."""
    rows = {row: SheetRow(dict(kept.texts), kept.ruled) for row, kept in sheet.rows.items()}
    spans = []
    for top, left, bottom, right in sheet.spans:
        new_top, new_bottom = _visible(top, bottom, hidden_rows)
        new_left, new_right = _visible(left, right, hidden_columns)
        if new_top > new_bottom or new_left > new_right:
            continue
        if (new_top, new_left) != (top, left) and top in rows and (text := rows[top].texts.pop(left, "")):
            rows.setdefault(new_top, SheetRow()).texts[new_left] = text
        spans.append(
            (
                new_top - bisect_left(hidden_rows, new_top),
                new_left - bisect_left(hidden_columns, new_left),
                new_bottom - bisect_left(hidden_rows, new_bottom),
                new_right - bisect_left(hidden_columns, new_right),
            )
        )
    hidden = set(hidden_rows)
    kept_rows = {
        row - bisect_left(hidden_rows, row): _without_columns(rows[row], hidden_columns)
        for row in sorted(rows)
        if row not in hidden
    }
    return replace(sheet, rows=kept_rows, spans=spans)


def _visible(first: int, last: int, hidden: Sequence[int]) -> tuple[int, int]:
    """The first and the last one of a range that show; the first is the greater one when none does."""
    gone = set(hidden[bisect_left(hidden, first) : bisect_right(hidden, last)])
    while first <= last and first in gone:
        first += 1
    while last >= first and last in gone:
        last -= 1
    return first, last


def _without_columns(row: SheetRow, hidden: Sequence[int]) -> SheetRow:
    gone = set(hidden)
    texts = {
        column - bisect_left(hidden, column): row.texts[column]
        for column in sorted(row.texts)
        if column not in gone
    }
    ruled = 0
    for column in range(row.ruled.bit_length()):
        if row.ruled >> column & 1 and column not in gone:
            ruled |= 1 << (column - bisect_left(hidden, column))
    return SheetRow(texts, ruled)

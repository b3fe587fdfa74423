"""A sheet -> lines of text and Grids, in reading order.

What is a table shows by its borders, where the sheet has any; else by rows with several cells.
Titles, unit lines and notes stand outside the Grids, as on a printed page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from ingest.captions import read_caption
from ingest.errors import FileTooLargeError
from ingest.grid import Grid, GridCell, TextLine
from ingest.model import Place
from ingest.readers.excel_book import Sheet, SheetRow
from ingest.readers.header import header_row_count, span_header
from ingest.values import parse_number, squeeze
from ingest.words import words

MAX_POSITIONS = 4_000_000
"""Rows times columns of one table."""

_NOWHERE = Place()
_MOST_CAPTION_ROWS = 8
_LONGEST_LABEL = 60
_YEAR = re.compile(r"(?:19|20)\d\d")
_SENTENCE = re.compile(r"[。；！？]")
_ORDINAL = re.compile(
    r"(?:第?[一二三四五六七八九十\d]+[、.．章节]?|[（(][一二三四五六七八九十\d]+[）)]|[①-⑳•·])"
)


def read_blocks(sheet: Sheet) -> tuple[TextLine | Grid, ...]:
    """Everything on the sheet, side-by-side tables from left to right. Raises FileTooLargeError."""
    layout = _Layout(sheet)
    return tuple(layout.blocks(layout.rows, 0, layout.width - 1))


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with text as it covers the sheet."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str


class _Layout:
    """A sheet by position. Columns of a row are bits."""

    def __init__(self, sheet: Sheet) -> None:
        self._rows = dict(sheet.rows)
        last_row = max(sheet.rows, default=-1)
        self.width = max(map(_width, sheet.rows.values()), default=0)
        self._spans: dict[tuple[int, int], tuple[int, int]] = {}
        self._blank_spans: dict[int, list[int]] = {}
        self._filled = {row: sum(1 << column for column in kept.texts) for row, kept in sheet.rows.items()}
        for top, left, bottom, right in sheet.spans:
            bottom, right = min(bottom, last_row), min(right, self.width - 1)
            if top > bottom or left > right or (top, left) in self._spans:
                continue
            self._spans[top, left] = (bottom - top + 1, right - left + 1)
            if not self._text(top, left):
                self._blank_spans.setdefault(top, []).append(left)
            else:
                bits = _bits(left, right)
                for row in range(top, bottom + 1):
                    self._filled[row] = self._filled.get(row, 0) | bits
                    self._rows.setdefault(row, SheetRow())
        self.rows = sorted(self._rows)

    def _text(self, row: int, column: int) -> str:
        kept = self._rows.get(row)
        return kept.texts.get(column, "") if kept else ""

    def _cells(self, row: int, left: int, right: int) -> list[_Cell]:
        """The cells with text that begin in the row."""
        kept = self._rows[row].texts
        return [
            _Cell(row, column, *self._spans.get((row, column), (1, 1)), text)
            for column, text in sorted(kept.items())
            if left <= column <= right
        ]

    def blocks(self, rows: Sequence[int], left: int, right: int) -> Iterator[TextLine | Grid]:
        """The blocks of an area; areas that stand side by side, each under a title, one by one."""
        window = _bits(left, right)
        rows = [row for row in rows if (self._filled.get(row, 0) | self._rows[row].ruled) & window]
        for above in range(min(_MOST_CAPTION_ROWS, len(rows))):
            if above and len(self._cells(rows[above - 1], left, right)) > 1:
                break
            parts = self._columns_apart(rows[above:], window)
            if len(parts) > 1 and all(self._is_titled(rows[above:], *part) for part in parts):
                for row in rows[:above]:
                    yield from self._lines(row, left, right)
                for part in parts:
                    yield from self.blocks(rows[above:], *part)
                return
        yield from self._bands(rows, left, right)

    def _columns_apart(self, rows: Sequence[int], window: int) -> list[tuple[int, int]]:
        """The runs of columns between columns that are blank in all rows."""
        used = 0
        for row in rows:
            used |= self._filled.get(row, 0) | self._rows[row].ruled
        return _runs(used & window)

    def _is_titled(self, rows: Sequence[int], left: int, right: int) -> bool:
        """Whether a title or a table's number stands above the first row of several cells."""
        for row in rows:
            cells = self._cells(row, left, right)
            if len(cells) > 1:
                return False
            reading = read_caption(cells[0].text) if cells else None
            if reading is not None and (reading.title or reading.number):
                return True
        return False

    # -- from top to bottom ----------------------------------------------------------------

    def _bands(self, rows: Sequence[int], left: int, right: int) -> Iterator[TextLine | Grid]:
        """The lines and the tables of an area where they stand below one another."""
        band: list[int] = []
        for row, in_table in zip(rows, self._in_tables(rows, left, right), strict=True):
            if in_table and (not band or row == band[-1] + 1 or self._goes_on(band, row, left, right)):
                band.append(row)
                continue
            yield from self._table(band, left, right)
            band = [row] if in_table else []
            if not in_table:
                yield from self._lines(row, left, right)
        yield from self._table(band, left, right)

    def _in_tables(self, rows: Sequence[int], left: int, right: int) -> list[bool]:
        """Which rows belong to tables."""
        flags: list[bool] = []
        for run in _consecutive(rows):
            flags += self._in_table(run, left, right)
        return flags

    def _in_table(self, rows: Sequence[int], left: int, right: int) -> list[bool]:
        """Of rows without a blank one between them: those with borders, where most of several cells have
        them; else those that several cells fill, and what belongs to them."""
        ruled = [self._is_ruled(row, left, right) for row in rows]
        several = [self._cell_count(row, left, right) > 1 for row in rows]
        by_rules = 2 * sum(r and s for r, s in zip(ruled, several, strict=True)) >= max(sum(several), 2)
        flags: list[bool] = []
        for number, row in enumerate(rows):
            follows = number > 0 and flags[-1]
            if by_rules:
                goes_on = self._rows[row].ruled & _bits(left, right) or (
                    several[number] and self._has_amount(row, left, right)
                )
                flags.append(ruled[number] or (follows and bool(goes_on)))
                continue
            opens = number + 1 < len(rows) and several[number + 1]
            below_caption = number > 0 and self._is_caption(rows[number - 1], left, right)
            flags.append(self._is_table_row(row, left, right, follows, opens, below_caption))
        return flags

    def _is_ruled(self, row: int, left: int, right: int) -> bool:
        return (self._rows[row].ruled & _bits(left, right)).bit_count() > 1

    def _is_table_row(
        self, row: int, left: int, right: int, follows: bool, opens: bool, below_caption: bool
    ) -> bool:
        """Whether a row of a sheet without borders is one of a table.

        ``follows``: right behind another one; ``opens``: before a row of several cells;
        ``below_caption``: behind a title or unit line, below which a merged name is a header's.
        """
        cells = self._cells(row, left, right)
        if not cells:
            return follows
        if self._cell_count(row, left, right) > 1:
            is_listed = len(cells) == 2 and _ORDINAL.fullmatch(cells[0].text.strip()) and not follows
            if is_listed and _SENTENCE.search(cells[1].text):
                return False
            is_signed = all("：" in cell.text or ":" in cell.text for cell in cells)
            is_labelled = any(cell.text.rstrip().endswith(("：", ":")) for cell in cells)
            return not (self._is_caption(row, left, right) or is_signed or (is_labelled and not follows))
        cell = cells[0]
        if follows:
            return not (
                self._is_caption(row, left, right)
                or words().note.match(cell.text.strip())
                or _SENTENCE.search(cell.text)
                or len(cell.text) > _LONGEST_LABEL
            )
        is_group = cell.column_span > 1 and (cell.column > left or below_caption)
        return opens and is_group and not self._is_caption(row, left, right)

    def _goes_on(self, band: Sequence[int], row: int, left: int, right: int) -> bool:
        """Whether a row behind a blank one is no header and stands in the columns of the table above."""
        alike = self._is_ruled(band[-1], left, right) == self._is_ruled(row, left, right)
        used = reduce(or_, (self._filled.get(above, 0) for above in band[:_MOST_CAPTION_ROWS]))
        outside = self._filled.get(row, 0) & _bits(left, right) & ~used
        several = self._cell_count(row, left, right) > 1
        return alike and several and not outside and self._has_amount(row, left, right)

    def _has_amount(self, row: int, left: int, right: int) -> bool:
        return any(_is_amount(cell.text) for cell in self._cells(row, left, right)[1:])

    def _cell_count(self, row: int, left: int, right: int) -> int:
        """The cells with text in the row, those that reach down into it among them."""
        cells = self._cells(row, left, right)
        reaching = self._filled.get(row, 0) & _bits(left, right)
        for cell in cells:
            reaching &= ~_bits(cell.column, cell.column + cell.column_span - 1)
        return len(cells) + len(_runs(reaching))

    def _is_caption(self, row: int, left: int, right: int) -> bool:
        """Whether the row holds nothing but a title, a number, a unit or an owner."""
        cells = self._cells(row, left, right)
        if not cells or self._cell_count(row, left, right) > len(cells):
            return False
        readings = [read_caption(cell.text.replace("\n", "")) for cell in cells]
        return all(
            r
            and (
                r.unit or r.owner or r.number or (len(cells) == 1 and r.title.endswith(words().title_end[0]))
            )
            for r in readings
        )

    # -- a table ---------------------------------------------------------------------------

    def _table(self, rows: Sequence[int], left: int, right: int) -> Iterator[TextLine | Grid]:
        """The rows as a Grid; those above and below that only one text fills, and strays, as lines."""
        if not rows:
            return
        start, end = 0, len(rows)
        columns, strays = self._columns(rows, left, right)
        while start < end and self._is_caption(rows[start], left, right):
            start += 1
        while end > start and self._is_below(rows[end - 1], columns, left, right):
            end -= 1
        own = rows[start:end]
        if start or end < len(rows):
            columns, strays = self._columns(own, left, right)
        for row in rows[:start]:
            yield from self._lines(row, left, right)
        if len(own) > 1 and len(columns) > 1:
            yield self._grid(own, columns)
            for row in own:
                yield from _text_lines(
                    [cell for cell in self._cells(row, left, right) if cell.column in strays]
                )
        else:
            for row in own:
                yield from self._lines(row, left, right)
        for row in rows[end:]:
            yield from self._lines(row, left, right)

    def _is_below(self, row: int, columns: Sequence[int], left: int, right: int) -> bool:
        """Whether a table's last row is blank, or one text that goes over the whole width."""
        cells = self._cells(row, left, right)
        if not cells:
            return self._cell_count(row, left, right) == 0
        width = columns[-1] - columns[0] + 1 if columns else 0
        return len(cells) == 1 and cells[0].column_span >= width > 1

    def _columns(self, rows: Sequence[int], left: int, right: int) -> tuple[list[int], frozenset[int]]:
        """The columns with text, and those among them that only hold a remark beside the table."""
        counts: dict[int, int] = {}
        for row in rows:
            for cell in self._cells(row, left, right):
                counts[cell.column] = counts.get(cell.column, 0) + 1
        runs = self._columns_apart(rows, _bits(left, right))
        few = max(2, len(rows) // 4)
        strays = set()
        for start, end in runs:
            inside = [column for column in counts if start <= column <= end]
            if len(runs) > 1 and sum(counts[column] for column in inside) < few:
                strays.update(inside)
        return sorted(counts.keys() - strays), frozenset(strays)

    def _grid(self, rows: Sequence[int], columns: Sequence[int]) -> Grid:
        """The rows and columns as one Grid, blank columns left out."""
        if len(rows) * len(columns) > MAX_POSITIONS:
            raise FileTooLargeError(
                f"a table has {len(rows):,} rows and {len(columns):,} columns, more than {MAX_POSITIONS:,} "
                "cells; split the workbook"
            )
        spans = self._header_spans(rows, columns)
        anchors = [(row, column) for row in rows for column in self._rows[row].texts]
        blanks = [(row, column) for row in rows for column in self._blank_spans.get(row, ())]
        taken = [bytearray(len(columns)) for _ in rows]
        cells: list[GridCell] = []
        for row, column in (*anchors, *blanks):
            height, width = spans.get((row, column), self._spans.get((row, column), (1, 1)))
            top, bottom = bisect_left(rows, row), bisect_left(rows, row + height)
            first, last = bisect_left(columns, column), bisect_left(columns, column + width)
            if first == last or any(any(taken[r][first:last]) for r in range(top, bottom)):
                continue
            for r in range(top, bottom):
                taken[r][first:last] = b"\1" * (last - first)
            text = self._text(row, column)
            cells.append(GridCell(text, top, first, bottom - top, last - first, _NOWHERE))
        cells += (
            GridCell("", row, column, 1, 1, _NOWHERE)
            for row, marks in enumerate(taken)
            for column, mark in enumerate(marks)
            if not mark
        )
        cells.sort(key=lambda cell: (cell.row, cell.column))
        return Grid(len(rows), len(columns), tuple(cells), _NOWHERE)

    def _header_spans(
        self, rows: Sequence[int], columns: Sequence[int]
    ) -> dict[tuple[int, int], tuple[int, int]]:
        """Spans of a header in which nothing is merged: a group's name with blanks to its right."""
        texts = [[self._text(row, column) for column in columns] for row in rows[:_MOST_CAPTION_ROWS]]
        height = header_row_count(texts)
        height = next((n for n, row in enumerate(texts[:height]) if any(map(_is_amount, row[1:]))), height)
        if height < 2 or any((row, column) in self._spans for row in rows[:height] for column in columns):
            return {}
        found = {}
        for top, first, down, across in span_header(texts[:height]):
            if texts[top][first]:
                last_row, last_column = rows[top + down - 1], columns[first + across - 1]
                found[rows[top], columns[first]] = (
                    last_row - rows[top] + 1,
                    last_column - columns[first] + 1,
                )
        return found

    def _lines(self, row: int, left: int, right: int) -> Iterator[TextLine]:
        yield from _text_lines(self._cells(row, left, right))


def _text_lines(cells: Sequence[_Cell]) -> Iterator[TextLine]:
    """The texts of a row, each a paragraph of its own; a name or number goes with what it introduces."""
    texts: list[str] = []
    for cell in cells:
        before = texts[-1].rstrip() if texts else ""
        if before.endswith(("：", ":")) or _ORDINAL.fullmatch(before):
            texts[-1] = before + cell.text.strip()
        else:
            texts.append(cell.text)
    for text in texts:
        for line in text.split("\n"):
            if line.strip():
                yield TextLine(line, _NOWHERE, starts_paragraph=True)


def _is_amount(text: str) -> bool:
    return parse_number(text) is not None and not _YEAR.fullmatch(squeeze(text))


def _consecutive(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    """The runs of rows that follow each other without a gap."""
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end] != rows[end - 1] + 1:
            yield rows[start:end]
            start = end


def _width(row: SheetRow) -> int:
    return max(row.ruled.bit_length(), max(row.texts, default=-1) + 1)


def _bits(first: int, last: int) -> int:
    """The columns from first to last as bits."""
    return (1 << (last + 1)) - (1 << first) if last >= first else 0


def _runs(bits: int) -> list[tuple[int, int]]:
    """The runs of set bits, each by its first and last one."""
    runs = []
    position = 0
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        position, bits = position + skipped, bits >> skipped
        length = (~bits & (bits + 1)).bit_length() - 1
        runs.append((position, position + length - 1))
        position, bits = position + length, bits >> length
    return runs

"""Rows out of flattened text: where each cell ends, found as the cheapest way to fill the columns.

A cell is closed by one space and an empty cell is two; a line that does not end in a space
goes on in the next. What stays open (is a space part of the text? does a text go on after a
closed line?) is decided by cost, over all lines of a table part at once.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from ingest.values import parse_number, squeeze

ColumnKind = Literal["figure", "text"] | None

# Costs, in units of "one odd thing". Only their order matters.
_ROW = 0.3
_LINE_IN_ROW = 0.35
_STRAY_LINE = 8.0
_LONE_SPACE = 0.1
_NOT_A_FIGURE = 4.0
_NOT_A_TEXT = 0.5
_INDENT_SPACE = 0.02
_SPACE_BESIDE_DIGITS = 0.3
_SPACE_BETWEEN_LETTERS = 0.3
_SPACE_IN_TEXT = 2.0
_LONE_LETTER = 0.8
_INDENTED_FIGURE = 4.0
_PARAGRAPH_IN_CELL = 1.5
_SENTENCE_THEN_PARAGRAPH = 0.7
_WRAP_AT_A_RISE = 2.0
_CELL_AFTER_WRAP_ON_SAME_LINE = 1.0
_UNEVEN_LINE = 0.25
_MOST_PER_UNEVEN_LINE = 3.0
_DEAREST_CELL = 14.0

_RAGGED = 5
"""Half-widths by which a full line may be shorter than the widest of its cell."""
_LONGEST_CELL = 80
"""Lines."""
_SENTENCE_END = "。；;：:！？.，"
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d+%?")
_SUM_OF_MONEY = re.compile(_AMOUNT.pattern + " ?[百千万亿]*元")
_FIGURE_LETTERS = re.compile(r"[\d\s.,%()（）％，．\-－−–—△▲无]*")
_NO_FIGURE = {"-", "—", "－", "——", "--", "无"}


class Line(NamedTuple):
    """A printed line with its trailing space; ``rises`` when no blank line stands before it.

    The extraction leaves out the blank line where the text moves up by part of a line: at
    another cell, never inside one.
    """

    text: str
    rises: bool
    starts_page: bool = False

    @property
    def closes(self) -> bool:
        return self.text.endswith(" ")


@dataclass(frozen=True, slots=True)
class RowText:
    """The cells of one row, over the lines ``start`` to ``end`` (not included)."""

    cells: tuple[str, ...]
    start: int
    end: int
    is_stray: bool = False
    """Lines that fit no row; their text is whole in one cell."""


_Point = tuple[int, int]
"""Line and offset."""


class _Step(NamedTuple):
    """The cheapest way to a point, at a column: through which cell, and from where."""

    cost: float
    before: _Point
    before_column: int
    cell: str


_Move = tuple[float, str, _Point]
"""A cell that can begin at a point: its cost, its text, and where the next one begins."""


class _Moves(NamedTuple):
    """What can begin at a point. A row ends only where a line ends."""

    ending: list[_Move]
    """As the last cell of a row."""
    going_on: list[_Move]
    """With cells of the row to follow."""


@lru_cache(maxsize=4096)
def is_figure(text: str) -> bool:
    if not _FIGURE_LETTERS.fullmatch(text):
        return False
    plain = squeeze(text)
    return plain in _NO_FIGURE or parse_number(plain) is not None


_Cell = tuple[float, str, int, int]
"""(cost, text, line, offset after its closing space)."""


class Body:
    """Lines to be read as rows, at any width; what can begin where is found once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._moves: dict[tuple[_Point, ColumnKind], _Moves] = {}
        self._cells: dict[tuple[_Point, bool], list[_Cell]] = {}
        self._read: dict[tuple[int, int, tuple[ColumnKind, ...]], tuple[float, list[RowText]]] = {}

    def rows(self, width: int, kinds: Sequence[ColumnKind], first: int = 0) -> tuple[float, list[RowText]]:
        """The rows that fill ``width`` columns at the least cost, with this cost, from line ``first`` on.

        Lines that fit no row come back as stray rows, with their text in the first text column.
        """
        key = first, width, tuple(kinds)
        if key not in self._read:
            self._read[key] = self._find_rows(width, kinds, first)
        return self._read[key]

    def _find_rows(self, width: int, kinds: Sequence[ColumnKind], first: int) -> tuple[float, list[RowText]]:
        start, end = (first, 0), (len(self.lines), 0)
        steps: dict[_Point, list[_Step | None]] = {start: [_Step(0.0, start, -1, "")]}
        queue = [start]

        def relax(moves: list[_Move], base: float, column: int, next_column: int) -> None:
            for cost, cell, after in moves:
                if after not in steps:
                    steps[after] = [None] * width
                    heapq.heappush(queue, after)
                known = steps[after][next_column]
                if known is None or base + cost < known.cost:
                    steps[after][next_column] = _Step(base + cost, point, column, cell)

        while (point := heapq.heappop(queue)) != end:
            for column, step in enumerate(steps[point]):
                if step is None:
                    continue
                base = step.cost
                if column == 0:
                    relax([self._stray(point[0])], base, 0, 0)
                    base += _ROW
                moves = self._moves_at(point, kinds[column])
                if column + 1 == width:
                    relax(moves.ending, base, column, 0)
                else:
                    relax(moves.going_on, base, column, column + 1)
        last = steps[end][0]
        assert last is not None, "every line can be a stray one"
        return last.cost, _trace(steps, start, end, width, kinds)

    def _stray(self, line: int) -> _Move:
        """The line as one that belongs to no row."""
        text = self.lines[line].text
        return _LONE_SPACE if text == " " else _STRAY_LINE, text.rstrip(), (line + 1, 0)

    def _moves_at(self, point: _Point, kind: ColumnKind) -> _Moves:
        if (point, kind) not in self._moves:
            self._moves[point, kind] = self._find_moves(point, kind)
        return self._moves[point, kind]

    def _find_moves(self, point: _Point, kind: ColumnKind) -> _Moves:
        found = _Moves([], [])
        line, offset = point
        if self.lines[line].text.startswith("  ", offset):
            self._add(found, 0.0, 0.0, "", line, offset + 2)
        if (point, kind == "figure") not in self._cells:
            find = _figure_cells if kind == "figure" else _text_cells
            self._cells[point, kind == "figure"] = list(find(self.lines, *point))
        for cost, cell, end_line, end_offset in self._cells[point, kind == "figure"]:
            self._add(found, cost + _misfit(cell, kind), _LINE_IN_ROW, cell, end_line, end_offset)
        return found

    def _add(self, found: _Moves, cost: float, line_cost: float, cell: str, line: int, offset: int) -> None:
        """A cell that ends here; ``line_cost`` is for going on with its row in another line."""
        if offset < len(self.lines[line].text):
            found.going_on.append((cost, cell, (line, offset)))
            return
        found.ending.append((cost, cell, (line + 1, 0)))
        if line + 1 < len(self.lines):
            found.going_on.append((cost + line_cost, cell, (line + 1, 0)))


def _trace(
    steps: dict[_Point, list[_Step | None]],
    start: _Point,
    end: _Point,
    width: int,
    kinds: Sequence[ColumnKind],
) -> list[RowText]:
    """The rows on the way from the start to the end, their lines counted from the start."""
    rows: list[RowText] = []
    cells: list[str] = []
    point, column, row_end = end, 0, end[0]
    while point != start and (step := steps[point][column]) is not None:
        cells.append(step.cell)
        if step.before_column == 0:
            is_stray = column == 0 and len(cells) == 1 and width > 1
            if is_stray:
                first_text = next((i for i, kind in enumerate(kinds) if kind == "text"), 0)
                cells = ["" if i != first_text else cells[0] for i in reversed(range(width))]
            top = step.before[0]
            rows.append(RowText(tuple(reversed(cells)), top - start[0], row_end - start[0], is_stray))
            cells, row_end = [], top
        point, column = step.before, step.before_column
    return rows[::-1]


def _misfit(cell: str, kind: ColumnKind) -> float:
    if not is_figure(cell):
        return _NOT_A_FIGURE if kind == "figure" else _LONE_LETTER if len(cell.strip()) == 1 else 0.0
    indented = _INDENTED_FIGURE if cell.startswith(" ") else 0.0
    return indented + (_NOT_A_TEXT if kind == "text" else 0.0)


def _figure_cells(lines: Sequence[Line], line: int, offset: int) -> Iterator[_Cell]:
    """One run without spaces; over a line's end only when that makes a number."""
    run = lines[line].text[offset:].split(" ", 1)[0]
    if not run:
        return
    end = offset + len(run)
    if end < len(lines[line].text):
        yield 0.0, run, line, end + 1
    elif line + 1 < len(lines):
        rest = lines[line + 1].text.split(" ", 1)[0]
        if rest and len(rest) < len(lines[line + 1].text) and parse_number(run + rest) is not None:
            yield 0.0, f"{run}\n{rest}", line + 1, len(rest) + 1


def _text_cells(lines: Sequence[Line], line: int, offset: int) -> Iterator[_Cell]:
    """Every end that a text starting here can have."""
    text = lines[line].text[offset:]
    indent = len(text) - len(text.lstrip(" "))
    if indent == len(text):
        return
    cost = indent * _INDENT_SPACE
    parts: list[str] = []
    while True:
        for spaces_cost, end in _ends_in_line(text, indent):
            is_line_end = end + 1 == len(text)
            extra = 0.0 if is_line_end or not parts else _CELL_AFTER_WRAP_ON_SAME_LINE
            whole = [*parts, text[:end]]
            yield (
                cost + extra + spaces_cost + _unevenness(whole, lines, line),
                "\n".join(whole),
                line,
                offset + end + 1,
            )
        cost += _spaces_cost(text.rstrip(" "), indent)
        parts.append(text.rstrip(" "))
        if cost > _DEAREST_CELL or len(parts) >= _LONGEST_CELL or line + 1 >= len(lines):
            return
        if lines[line].closes:
            cost += _paragraph_cost(parts[-1])
        line, offset, indent = line + 1, 0, 0
        if lines[line].rises:
            cost += _WRAP_AT_A_RISE
        text = lines[line].text
        if not text.strip():
            return


def _paragraph_cost(closed_line: str) -> float:
    """Of a cell going on after a line that closed."""
    if _AMOUNT.fullmatch(closed_line.rsplit(" ", 1)[-1]):
        return 2 * _SPACE_IN_TEXT
    return _SENTENCE_THEN_PARAGRAPH if closed_line[-1:] in _SENTENCE_END else _PARAGRAPH_IN_CELL


def _ends_in_line(text: str, indent: int) -> Iterator[tuple[float, int]]:
    """The spaces that may close the cell, with the cost of the spaces inside before them."""
    cost = 0.0
    for match in re.finditer(r" +", text[indent:]):
        end = indent + match.start()
        if end == indent:
            continue
        yield cost, end
        cost += _space_cost(text, end, indent + match.end())


def _spaces_cost(text: str, indent: int) -> float:
    return sum(
        _space_cost(text, indent + match.start(), indent + match.end())
        for match in re.finditer(r" +", text[indent:])
    )


def _space_cost(text: str, start: int, end: int) -> float:
    """Of the spaces ``start:end`` being part of a text.

    Word processors set a thin gap between letters of two scripts, and people spread short
    words (合  计) over a cell.
    """
    before, after = text[:start].rsplit(" ", 1)[-1], text[end:].split(" ", 1)[0]
    is_amount = _AMOUNT.fullmatch(before) or _AMOUNT.fullmatch(after)
    if is_amount and not (_SUM_OF_MONEY.match(f"{before} {after}") or _SUM_OF_MONEY.match(text, end)):
        return 2 * _SPACE_IN_TEXT
    if before and after and end - start == 1 and before[-1].isascii() != after[0].isascii():
        could_be_two_cells = before.isdigit() and not text[:start].strip(" ").removesuffix(before)
        return _SPACE_BESIDE_DIGITS * (2 if could_be_two_cells else 1)
    if len(before) == 1 and len(after) == 1:
        return _SPACE_BETWEEN_LETTERS
    return _SPACE_IN_TEXT


def _unevenness(parts: Sequence[str], lines: Sequence[Line], last: int) -> float:
    """Wrapped lines of one cell are about as wide as its widest line; others betray a second cell."""
    if len(parts) < 2:
        return 0.0
    widths = [display_width(part) for part in parts]
    widest = max(widths)
    first = last - len(parts) + 1
    return sum(
        min(_MOST_PER_UNEVEN_LINE, max(0, widest - width - _RAGGED) * _UNEVEN_LINE)
        for index, width in enumerate(widths[:-1])
        if not lines[first + index].closes
    )


@lru_cache(maxsize=4096)
def display_width(text: str) -> int:
    """In half-widths; the gaps between scripts do not count."""
    return sum(
        2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text if character != " "
    )

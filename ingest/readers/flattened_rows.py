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


class _State(NamedTuple):
    line: int
    offset: int
    column: int


class _Step(NamedTuple):
    cost: float
    before: _State | None
    cell: str


@lru_cache(maxsize=4096)
def is_figure(text: str) -> bool:
    plain = squeeze(text)
    return plain in _NO_FIGURE or parse_number(plain) is not None


def read_rows(lines: Sequence[Line], width: int, kinds: Sequence[ColumnKind]) -> tuple[float, list[RowText]]:
    """The rows that fill ``width`` columns at the least cost, with this cost.

    Lines that fit no row come back as stray rows, with their text in the first text column.
    """
    cells = _Cells(lines)
    start = _State(0, 0, 0)
    steps: dict[_State, _Step] = {start: _Step(0.0, None, "")}
    queue = [start]
    done: set[_State] = set()
    while queue:
        state = heapq.heappop(queue)
        if state in done:
            continue
        done.add(state)
        if state.line >= len(lines):
            continue
        for cost, cell, following in _moves(lines, cells, state, width, kinds):
            total = steps[state].cost + cost
            if following not in steps or total < steps[following].cost:
                steps[following] = _Step(total, state, cell)
                heapq.heappush(queue, following)
    end = _State(len(lines), 0, 0)
    return steps[end].cost, _trace(lines, steps, end, width, kinds)


def _trace(
    lines: Sequence[Line],
    steps: dict[_State, _Step],
    state: _State,
    width: int,
    kinds: Sequence[ColumnKind],
) -> list[RowText]:
    rows: list[RowText] = []
    cells: list[str] = []
    end = state.line
    while (before := steps[state].before) is not None:
        cells.append(steps[state].cell)
        if before.offset == 0 and before.column == 0:
            is_stray = state.column == 0 and len(cells) == 1 and width > 1
            if is_stray:
                first_text = next((i for i, kind in enumerate(kinds) if kind == "text"), 0)
                cells = ["" if i != first_text else cells[0] for i in reversed(range(width))]
            rows.append(RowText(tuple(reversed(cells)), before.line, end, is_stray))
            cells, end = [], before.line
        state = before
    return rows[::-1]


class _Cells:
    """The cells that can begin at each point of the lines, whatever their column; found once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._known: dict[tuple[int, int, bool], list[tuple[float, str, int, int]]] = {}

    def at(self, line: int, offset: int, kind: ColumnKind) -> list[tuple[float, str, int, int]]:
        key = line, offset, kind == "figure"
        if key not in self._known:
            find = _figure_cells if kind == "figure" else _text_cells
            self._known[key] = list(find(self._lines, line, offset))
        return self._known[key]


def _moves(
    lines: Sequence[Line], cells: _Cells, state: _State, width: int, kinds: Sequence[ColumnKind]
) -> Iterator[tuple[float, str, _State]]:
    """What can come next: a cell, or at the start of a row, a line that belongs to none."""
    line, offset, column = state
    text = lines[line].text
    row_cost = _ROW if column == 0 else 0.0
    if column == 0:
        yield _LONE_SPACE if text == " " else _STRAY_LINE, text.rstrip(), _State(line + 1, 0, 0)
    kind = kinds[column]
    if text[offset : offset + 2] == "  " and (after := _after(lines, line, offset + 2, column, width)):
        yield row_cost, "", after
    for cost, cell, end_line, end_offset in cells.at(line, offset, kind):
        if after := _after(lines, end_line, end_offset, column, width):
            line_cost = _LINE_IN_ROW if after.column and not after.offset else 0.0
            yield row_cost + cost + line_cost + _misfit(cell, kind), cell, after


def _after(lines: Sequence[Line], line: int, offset: int, column: int, width: int) -> _State | None:
    """The state after a cell that ends here; a row ends only where a line ends."""
    at_end = offset >= len(lines[line].text)
    if column + 1 == width:
        return _State(line + 1, 0, 0) if at_end else None
    if at_end:
        return _State(line + 1, 0, column + 1) if line + 1 < len(lines) else None
    return _State(line, offset, column + 1)


def _misfit(cell: str, kind: ColumnKind) -> float:
    if not is_figure(cell):
        return _NOT_A_FIGURE if kind == "figure" else _LONE_LETTER if len(cell.strip()) == 1 else 0.0
    indented = _INDENTED_FIGURE if cell.startswith(" ") else 0.0
    return indented + (_NOT_A_TEXT if kind == "text" else 0.0)


def _figure_cells(lines: Sequence[Line], line: int, offset: int) -> Iterator[tuple[float, str, int, int]]:
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


def _text_cells(lines: Sequence[Line], line: int, offset: int) -> Iterator[tuple[float, str, int, int]]:
    """Every end that a text starting here can have: (cost, text, line, offset after its closing space)."""
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

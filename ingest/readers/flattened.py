"""Text flattened out of a PDF: a blank line after every printed line, a space after every cell.

Blank lines say nothing, then, and spaces everything: a line that ends in one ends a cell or a
paragraph, a line that does not goes on in the next. Tables are found by what they print for
people: the line of column numbers, the line with the money unit, rows numbered 1, 2, 3.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from ingest.grid import Grid, GridCell, TextLine
from ingest.model import Place
from ingest.readers import flattened_header as header
from ingest.readers.flattened_names import Piece, agreed_pieces, cut_names, into_pieces
from ingest.readers.flattened_rows import Body, ColumnKind, Line, RowText, is_figure
from ingest.readers.header import is_number_line
from ingest.values import parse_number, squeeze

_NOWHERE = Place()
_UNIT_LINE = re.compile(r"单位\s*[:：]\s*人?民?币?[（(]?[百千万亿]*元[）)]?\s*$")
_CAPTION = re.compile(r"\s*(?:附?表|附件)\s*[一二三四五六七八九十\d]+(?:[-－]\d+)?\s*")
_NOTE = re.compile(r"\s*(?:备注|注|说明)\s*(?:\d|[:：])")
_PAGE_NUMBER = re.compile(r"\s*(?:[-－—–]\s*\d{1,4}\s*[-－—–]|第\s*\d{1,4}\s*页.*)\s*")
_BARE_NUMBER = re.compile(r"\s*\d{1,4}\s*")
_AMOUNT = re.compile(r"(?<!\S)-?\d[\d,]*\.\d+%?(?= )")

_FEWEST_COLUMNS = 3
_MOST_COLUMNS = 60
_WIDEST_UNNUMBERED = 14
_FEWEST_NUMBERED_ROWS = 3
_LONGEST_HEADER = 80
"""Lines."""
_LONGEST_PREFACE = 6
"""Lines between a table part and the unit line of the next."""
_SAMPLE = 16
"""Lines from which the width of a table without column numbers is taken."""
_HOPELESS = 4.0
"""By how much rows of a wrong width may read better before the header is looked at."""
_ROW_STARTS_TRIED = 3
_HEADERS_TRIED = 10
"""For a table without column numbers; the most promising first."""
_PASSES = 3
"""Of reading rows; each knows better which columns hold figures."""
_FIGURE_SHARE = 0.8
_MOST_STRAY_SHARE = 0.5
_ROUNDING = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class _Part:
    """A table part as printed: lines of header, column numbers and rows."""

    start: int
    end: int
    header: Sequence[Line]
    formulas: tuple[str, ...]
    """The column numbers; empty where none are printed."""
    body: Sequence[Line]
    width: int


class _Sorted(NamedTuple):
    cost: float
    rows: list[RowText]


def is_flattened(text: str) -> bool:
    """Whether cells and paragraphs close with a space and a blank line follows most lines."""
    lines = [line for line in text.split("\n") if line.strip()]
    closed = sum(line.endswith(" ") for line in lines)
    blank_after = text.count("\n\n")
    return "\t" not in text and blank_after > len(lines) / 2 and closed > len(lines) / 10


def read_blocks(text: str) -> tuple[TextLine | Grid, ...]:
    """The blocks of a text, in order; one Grid for each printed part of a table."""
    lines = _into_lines(text)
    parts = list(_find_parts(lines))
    grids = _solve_parts(parts)
    blocks: list[TextLine | Grid] = []
    position = 0
    for part, grid in zip(parts, grids, strict=True):
        if grid is None:
            continue
        blocks += _text_lines(lines[position : part.start])
        blocks.append(grid.grid)
        position = part.start + grid.line_count
    return (*blocks, *_text_lines(lines[position:]))


def _into_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    gap = True
    for page_index, page in enumerate(text.split("\f")):
        starts_page = page_index > 0
        for line in page.split("\n"):
            if line:
                blank_spaces = line.replace("\u3000", "  ") if not line.strip() else line
                lines.append(Line(blank_spaces, not gap, starts_page))
                starts_page = False
            gap = not line
    return lines


def _text_lines(lines: Sequence[Line]) -> list[TextLine]:
    """Running text; a line opens a paragraph when the one before it closed."""
    found: list[TextLine] = []
    closed, after_break = True, False
    for index, line in enumerate(lines):
        after_break |= line.starts_page
        if _is_page_number(lines, index):
            after_break = True
        elif line.text.strip():
            found.append(TextLine(line.text.strip(), _NOWHERE, closed, after_break=after_break))
            closed, after_break = line.closes, False
    return found


def _is_page_number(lines: Sequence[Line], index: int) -> bool:
    """``- 7 -``, or a bare number alone between blank lines of text."""
    if _PAGE_NUMBER.fullmatch(lines[index].text):
        return True
    around = [lines[i].text.strip() for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return bool(_BARE_NUMBER.fullmatch(lines[index].text)) and not any(around)


# --- where tables are ---------------------------------------------------------------------


def _find_parts(lines: Sequence[Line]) -> Iterator[_Part]:
    units = [i for i, line in enumerate(lines) if _UNIT_LINE.search(line.text)]
    numbers = [i for i, line in enumerate(lines) if _is_number_line(line)]
    prefaces = [_preface_start(lines, unit) for unit in units]
    stops = sorted({*prefaces, len(lines), *(i for i, line in enumerate(lines) if _NOTE.match(line.text))})
    position = 0
    for anchor in sorted({*units, *numbers, *_first_numbered_rows(lines)}):
        if anchor < position:
            continue
        stop = next(s for s in stops if s > anchor)
        part: _Part | None
        if anchor in numbers:
            part = _numbered_part(lines, max(position, _header_start(lines, anchor)), anchor, stop)
        elif anchor in units:
            if any(anchor < number < min(stop, anchor + _LONGEST_HEADER) for number in numbers):
                continue
            part = _unnumbered_part(lines, anchor + 1, stop)
        else:
            part = _list_part(lines, anchor)
        if part:
            yield part
            position = part.end


def _is_number_line(line: Line) -> bool:
    cells = line.text.split()
    return line.closes and _FEWEST_COLUMNS <= len(cells) <= _MOST_COLUMNS and is_number_line(cells)


def _preface_start(lines: Sequence[Line], unit: int) -> int:
    """The first of the lines that announce a table: captions, one title, page number, blanks."""
    start, titles = unit, 0
    for index in range(unit - 1, max(-1, unit - _LONGEST_PREFACE - 1), -1):
        text = lines[index].text
        is_filler = not text.strip() or _CAPTION.fullmatch(text) or _is_page_number(lines, index)
        if not is_filler:
            titles += 1
        if titles > 1 or _AMOUNT.search(text) or _NOTE.match(text):
            break
        start = index
    return start


def _header_start(lines: Sequence[Line], number_line: int) -> int:
    """Below the unit line, or else below whatever cannot be a column name."""
    for index in range(number_line - 1, max(-1, number_line - _LONGEST_HEADER), -1):
        text = lines[index].text
        if (
            _UNIT_LINE.search(text)
            or _CAPTION.fullmatch(text)
            or re.search(r"[。；]\s*$|表\s*(?:\(.*\))?\s*$", text)
        ):
            return index + 1
        if _AMOUNT.search(text):
            return index + 1
    return max(0, number_line - _LONGEST_HEADER)


def _numbered_part(lines: Sequence[Line], start: int, number_line: int, stop: int) -> _Part:
    formulas = tuple(lines[number_line].text.split())
    return _Part(
        start,
        stop,
        tuple(lines[start:number_line]),
        formulas,
        tuple(lines[number_line + 1 : stop]),
        len(formulas),
    )


def _unnumbered_part(lines: Sequence[Line], start: int, stop: int) -> _Part | None:
    """A table without column numbers: as wide as its rows read best, headed by what reads best above."""
    first_amount = next((i for i in range(start, stop) if _AMOUNT.search(lines[i].text)), None)
    if first_amount is None or first_amount - start > _LONGEST_HEADER:
        return None
    end = min(stop, first_amount + _SAMPLE)
    body = Body(lines[start:end])
    costs = {
        width: _cost_as_rows(body, first_amount - start, width) for width in range(2, _WIDEST_UNNUMBERED)
    }
    likely = [width for width in costs if costs[width] < min(costs.values()) + _HOPELESS]
    tops = [top for top in range(start + 1, first_amount + 1) if lines[top - 1].closes]
    choices = []
    for width, top in product(likely, tops):
        pieces = into_pieces(lines[start:top])
        if len(pieces) >= width:
            cost = _cost_as_rows(body, top - start, width)
            readings = header.readings(pieces, width, ())
            choices.append((readings[0].most - cost, cost, width, top, readings))
    best: tuple[float, _Part] | None = None
    for most, cost, width, top, readings in sorted(choices, key=itemgetter(0), reverse=True)[:_HEADERS_TRIED]:
        if best and most <= best[0]:
            break
        rows = _read_bodies([body], width, first=top - start)[0].rows
        enough = best[0] + cost if best else -math.inf
        found = header.solve(readings, width, (), _adds_up([rows]), more_than=enough)
        if found:
            best = found.score - cost, _Part(start, stop, lines[start:top], (), lines[top:stop], width)
    return best[1] if best else None


def _cost_as_rows(body: Body, first: int, width: int) -> float:
    """Of reading the lines from ``first`` on in rows of this width, from where a row may begin.

    A row has its amounts in one line; a width that takes several to fill a row is too great.
    """
    unknown: list[ColumnKind] = [None] * width
    count = len(body.lines) - first
    costs: list[float] = []
    for start in range(min(_ROW_STARTS_TRIED, count)):
        cost, rows = body.rows(width, unknown, first + start)
        with_amounts = sum(bool(_AMOUNT.search(line.text)) for line in body.lines[first + start :])
        costs.append((cost + abs(with_amounts - len(rows))) * count / (count - start))
    return min(costs)


def _first_numbered_rows(lines: Sequence[Line]) -> Iterator[int]:
    """Where rows numbered 1, 2, 3 begin, all with as many words."""
    for index, line in enumerate(lines):
        words = line.text.split()
        if line.closes and len(words) >= _FEWEST_COLUMNS and words[0] == "1":
            rows = [each.text.split() for each in lines[index : index + _FEWEST_NUMBERED_ROWS]]
            if [row[0] for row in rows if len(row) == len(words)] == ["1", "2", "3"]:
                yield index


def _list_part(lines: Sequence[Line], first_row: int) -> _Part | None:
    width = len(lines[first_row].text.split())
    end = first_row
    while end < len(lines):
        words = lines[end].text.split()
        if len(words) != width or words[0] != str(end - first_row + 1):
            break
        end += 1
    start = first_row - 1
    while start > 0 and not lines[start - 1].closes:
        start -= 1
    return _Part(start, end, tuple(lines[start:first_row]), (), tuple(lines[first_row:end]), width)


# --- what they hold -----------------------------------------------------------------------


class _Solved(NamedTuple):
    grid: Grid
    line_count: int


def _solve_parts(parts: Sequence[_Part]) -> list[_Solved | None]:
    """The grids of the parts; parts with the same header are one table and are solved as one."""
    alike: dict[tuple[str, int, tuple[str, ...]], list[int]] = {}
    for index, part in enumerate(parts):
        text = squeeze("".join(line.text for line in part.header))
        alike.setdefault((text, part.width, part.formulas), []).append(index)
    solved: list[_Solved | None] = [None] * len(parts)
    for indices in alike.values():
        for index, grid in zip(indices, _solve_table([parts[i] for i in indices]), strict=True):
            solved[index] = grid
    return solved


def _solve_table(parts: Sequence[_Part]) -> list[_Solved | None]:
    width = parts[0].width
    texts = [Body(part.body) for part in parts]
    bodies = _read_bodies(texts, width)
    printings = [into_pieces(part.header) for part in parts]
    evidence = _adds_up([body.rows for body in bodies])
    formulas = parts[0].formulas
    readings = header.readings(agreed_pieces(printings), width, formulas)
    found = header.solve(readings, width, formulas, evidence)
    if found:
        bodies = _read_bodies(texts, width, header.column_kinds(found, width))
    return [
        _build(part, found, pieces, body.rows)
        for part, pieces, body in zip(parts, printings, bodies, strict=True)
    ]


def _read_bodies(
    bodies: Sequence[Body], width: int, named: Sequence[ColumnKind] = (), first: int = 0
) -> list[_Sorted]:
    """The rows of all parts of one table, read again as long as this tells more of its columns.

    What the column names say of a column stands; for the others the part that reads best
    without knowing them teaches first.
    """
    named = named or [None] * width
    kinds = list(named)
    found = [_Sorted(*body.rows(width, kinds, first)) for body in bodies]
    teachers = [min(found, key=lambda body: body.cost / max(1, len(body.rows)))]
    for _ in range(_PASSES):
        before = kinds
        kinds = [known or _kind(teachers, column) for column, known in enumerate(named)]
        if kinds == before:
            break
        teachers = found = [_Sorted(*body.rows(width, kinds, first)) for body in bodies]
    return found


def _kind(bodies: Sequence[_Sorted], column: int) -> ColumnKind:
    cells = [
        row.cells[column]
        for body in bodies
        for row in body.rows
        if not row.is_stray and row.cells[column].strip()
    ]
    if not cells:
        return None
    return "figure" if sum(map(is_figure, cells)) >= _FIGURE_SHARE * len(cells) else "text"


def _adds_up(bodies: Sequence[Sequence[RowText]]) -> header.Evidence:
    """Evidence from the figures: the first column of a group that sums the others belongs with them."""
    rows = [
        tuple(parse_number(cell) for cell in row.cells) for body in bodies for row in body if not row.is_stray
    ]

    def evidence(first: int, _end: int, children: tuple[int, ...]) -> float:
        if len(children) < 2:
            return 0.0
        right = wrong = 0
        for row in rows:
            total, addends = row[first], [row[child] for child in children[1:]]
            known = [addend for addend in addends if addend is not None]
            if total is None or not any(known) or len(known) < min(2, len(addends)):
                continue
            if abs(total - sum(known)) <= _ROUNDING:
                right += 1
            else:
                wrong += 1
        if right + wrong == 0:
            return 0.0
        share = right / (right + wrong)
        return header.ADDS_UP * share if share > 0.5 else 0.0

    return evidence


def _build(
    part: _Part, found: header.Header | None, pieces: Sequence[Piece], rows: Sequence[RowText]
) -> _Solved | None:
    """The grid of one part; None where most lines fit no row. Trailing lines that fit none are left out."""
    kept = list(rows)
    while kept and kept[-1].is_stray:
        kept.pop()
    if found is None or not kept or sum(row.is_stray for row in kept) > _MOST_STRAY_SHARE * len(kept):
        return None
    names = cut_names(pieces, found.lengths)
    cells = [
        _cell(name, *span) for name, span in sorted(zip(names, found.spans, strict=True), key=lambda p: p[1])
    ]
    depth = found.depth
    if part.formulas:
        cells += [_cell(text, depth, column) for column, text in enumerate(part.formulas)]
        depth += 1
    for row in kept:
        cells += [_cell(text, depth, column) for column, text in enumerate(row.cells)]
        depth += 1
    line_count = len(part.header) + bool(part.formulas) + kept[-1].end
    return _Solved(Grid(depth, part.width, tuple(cells), _NOWHERE), line_count)


def _cell(text: str, row: int, column: int, row_span: int = 1, column_span: int = 1) -> GridCell:
    return GridCell(text, row, column, row_span, column_span, _NOWHERE)

"""Characters and a lattice -> a Grid: which cell each character belongs to, and its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable

from ingest.grid import Grid, GridCell
from ingest.model import BBox, Place
from ingest.readers.glyphs import (
    NARROW_WORD_GAP,
    Glyph,
    Line,
    ink,
    into_lines,
    is_same_line,
    least_sure,
    line_text,
)
from ingest.readers.ruling import Lattice
from ingest.values import parse_number

INDENT = "\u3000"
"""One step of indentation, as wide as a Chinese character."""
SAME_EDGE = 0.6
"""Left edges that differ by less than this many points were aligned on purpose."""
CENTRED = 2.0
"""Text whose margins left and right differ by less than this many points looks centred."""

PADDING = 2.0
"""What a cell may leave free beside its text, left and right together, in widths of a character."""

GUESSED = 0.5
"""In a scan, columns that no rules divide are found less surely than the characters in them."""

STRUCK = 0.15
"""A rule that goes through a character leaves at least this part of its width on each side."""

_HANGS = frozenset("，。；：、！？）》”’,.;:!?)")
"""Signs that may stand beyond the edge of the text they end (标点溢出边界); no cell begins with one."""

_NUMERIC = re.compile(r"[\d.,%()（）％，．\-−－—–△▲\s]*")

Lines = list[Line]


def is_numeric(text: str) -> bool:
    """Whether nothing but digits and what goes with them is printed."""
    return _NUMERIC.fullmatch(text) is not None


def lattice_grid(lattice: Lattice, lines: list[Lines], place: Callable[[BBox], Place]) -> Grid:
    """``lines`` are those of each region; ``place`` turns a box in their coordinates into a Place."""
    indents = _indents(lattice, lines)
    cells = tuple(
        GridCell(
            indent + _text(own, lattice.box(region)),
            region.row,
            region.column,
            region.row_span,
            region.column_span,
            place(lattice.box(region)),
            _sure(lattice, own),
        )
        for region, own, indent in zip(lattice.regions, lines, indents, strict=True)
    )
    return Grid(len(lattice.ys) - 1, len(lattice.xs) - 1, cells, place(lattice.bbox))


def _text(lines: Lines, box: BBox) -> str:
    """The lines as printed; a number that one has no room for, and so goes on in the next, is one."""
    text = ""
    width = 0.0
    widest = max((_width(line) for line in lines), default=0.0)
    for line in lines:
        room = max(widest, box[2] - box[0] - PADDING * line[0].size) - width
        below = line_text(line)
        is_cut = text[-1:].isdigit() and below[:1].isdigit() and room < _width(_number(line))
        text += below if is_cut or not text else f"\n{below}"
        width = _width(line)
    return text


def _number(line: Line) -> Line:
    """The digits, and what goes with them, that the line begins with."""
    end = next((i for i, glyph in enumerate(line) if not is_numeric(glyph.text)), len(line))
    return line[:end]


def _width(line: Line) -> float:
    inked = ink(line)
    return inked[-1].x1 - inked[0].x0


def _sure(lattice: Lattice, lines: Lines) -> float | None:
    """How sure recognition is of a cell; of one whose place in its table is a guess, no more than half."""
    sure = least_sure(lines)
    return sure if sure is None or lattice.is_ruled else min(sure, GUESSED)


def cell_lines(lattice: Lattice, glyphs: Iterable[Glyph]) -> list[Lines]:
    """The lines of each region. A character belongs where its middle is; a run of characters
    that hangs over a rule belongs where most of it is."""
    index = lattice.region_index()
    inside: list[list[Glyph]] = [[] for _ in lattice.regions]
    near: list[tuple[int, Glyph]] = []
    last_row, last_column = len(lattice.ys) - 2, len(lattice.xs) - 2
    for glyph in glyphs:
        row = min(max(bisect_right(lattice.ys, glyph.middle) - 1, 0), last_row)
        column = min(max(bisect_right(lattice.xs, glyph.centre) - 1, 0), last_column)
        home = index[row, column]
        inside[home].append(glyph)
        left, _, right, _ = lattice.box(lattice.regions[home])
        if (glyph.x0 < left + glyph.size or glyph.x1 > right - glyph.size) and not glyph.text.isspace():
            near.append((home, glyph))
    _mend_overhangs(lattice, inside, near)
    return [into_lines(own) for own in inside]


def _mend_overhangs(lattice: Lattice, inside: list[list[Glyph]], near: list[tuple[int, Glyph]]) -> None:
    """Move the smaller part of each run that a rule cuts to the larger one."""
    near.sort(key=lambda item: item[1].x0)
    for position, (home, glyph) in enumerate(near):
        wall = lattice.box(lattice.regions[home])[2]
        for other_home, other in near[position + 1 :]:
            gap = other.x0 - glyph.x1
            if gap > NARROW_WORD_GAP * glyph.size:
                break
            if other_home == home or not is_same_line(glyph, other) or not glyph.centre < wall < other.centre:
                continue
            if glyph not in inside[home] or other not in inside[other_home]:
                continue  # moved already, with a run that another rule cuts
            if other.text in _HANGS and not is_numeric(glyph.text):
                inside[other_home].remove(other)
                inside[home].append(other)
                break
            left = _run(inside[home], glyph, -1)
            right = _run(inside[other_home], other, 1)
            if _is_cut(left, right, wall):
                source, target, moved = (
                    (other_home, home, right) if len(left) >= len(right) else (home, other_home, left)
                )
                inside[source] = [g for g in inside[source] if g not in moved]
                inside[target] += moved
            break


def _run(glyphs: list[Glyph], start: Glyph, step: int) -> Line:
    """The characters of one kind that stand close together from ``start`` on, left or right."""
    line = sorted((g for g in glyphs if is_same_line(g, start)), key=lambda g: g.x0)
    at = line.index(start)
    run = [start]
    while 0 <= at + step < len(line):
        before, after = sorted((line[at], line[at + step]), key=lambda g: g.x0)
        if after.x0 - before.x1 > NARROW_WORD_GAP * start.size or after.text.isspace():
            break
        if is_numeric(line[at + step].text) != is_numeric(start.text):
            break
        at += step
        run.append(line[at])
    return run[::step]


def _is_cut(left: Line, right: Line, wall: float) -> bool:
    """Whether the two are one run with a rule through it, and not two cells' texts that touch."""
    if is_numeric(left[0].text) != is_numeric(right[0].text):
        return False
    struck = any(g.x0 + STRUCK * (g.x1 - g.x0) < wall < g.x1 - STRUCK * (g.x1 - g.x0) for g in left + right)
    if not is_numeric(left[0].text):
        return struck
    text = "".join(g.text for g in left + right)
    return parse_number(text) is not None and (struck or "," in text)


def _indents(lattice: Lattice, lines: list[Lines]) -> list[str]:
    """What stands before each region's text so that a label set further right looks so.

    Steps are counted from the leftmost text of the column, in widths of a character; text
    that is centred or set flush right has none.
    """
    indents = [""] * len(lines)
    by_column: dict[tuple[int, int], list[int]] = {}
    for index, (region, own) in enumerate(zip(lattice.regions, lines, strict=True)):
        if own and not is_numeric("".join(g.text for g in own[0])):
            by_column.setdefault((region.column, region.column_span), []).append(index)
    for members in by_column.values():
        base = min(lines[i][0][0].x0 for i in members)
        for i in members:
            first = lines[i][0]
            steps = round((first[0].x0 - base) / first[0].size)
            others = (lines[j][0] for j in members if j != i)
            if steps > 0 and _is_set_left(lattice.box(lattice.regions[i]), first, others):
                indents[i] = INDENT * steps
    return indents


def _is_set_left(box: BBox, line: Line, others: Iterable[Line]) -> bool:
    start, end = line[0].x0, ink(line)[-1].x1
    for other in others:
        if abs(other[0].x0 - start) < SAME_EDGE and abs(ink(other)[-1].x1 - end) > CENTRED:
            return True
    left, right = ink(line)[0].x0 - box[0], box[2] - end
    return left < right and abs(left - right) > CENTRED

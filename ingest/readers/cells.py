"""Characters and a lattice -> a Grid: which cell each character belongs to, and its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable

from ingest.grid import Grid, GridCell
from ingest.model import BBox, Place
from ingest.readers.glyphs import Glyph, Line, ink, into_lines, line_text
from ingest.readers.ruling import Lattice

INDENT = "\u3000"
"""One step of indentation, as wide as a Chinese character."""
SAME_EDGE = 0.6
"""Left edges that differ by less than this many points were aligned on purpose."""
CENTRED = 2.0
"""Text whose margins left and right differ by less than this many points looks centred."""

_NUMERIC = re.compile(r"[\d.,%()（）％，．\-−－—–△▲\s]*")

Lines = list[Line]


def lattice_grid(lattice: Lattice, glyphs: Iterable[Glyph], place: Callable[[BBox], Place]) -> Grid:
    """``place`` turns a box in the glyphs' coordinates into a Place on the page."""
    lines = cell_lines(lattice, glyphs)
    indents = _indents(lattice, lines)
    cells = tuple(
        GridCell(
            indent + "\n".join(line_text(line) for line in own),
            region.row,
            region.column,
            region.row_span,
            region.column_span,
            place(lattice.box(region)),
        )
        for region, own, indent in zip(lattice.regions, lines, indents, strict=True)
    )
    return Grid(len(lattice.ys) - 1, len(lattice.xs) - 1, cells, place(lattice.bbox))


def cell_lines(lattice: Lattice, glyphs: Iterable[Glyph]) -> list[Lines]:
    """The lines of each region. A character belongs where its middle is."""
    index = lattice.region_index()
    inside: list[list[Glyph]] = [[] for _ in lattice.regions]
    last_row, last_column = len(lattice.ys) - 2, len(lattice.xs) - 2
    for glyph in glyphs:
        row = min(max(bisect_right(lattice.ys, glyph.middle) - 1, 0), last_row)
        column = min(max(bisect_right(lattice.xs, glyph.centre) - 1, 0), last_column)
        inside[index[row, column]].append(glyph)
    return [into_lines(own) for own in inside]


def _indents(lattice: Lattice, lines: list[Lines]) -> list[str]:
    """What stands before each region's text so that a label set further right looks so.

    Steps are counted from the leftmost text of the column, in widths of a character; text
    that is centred or set flush right has none.
    """
    indents = [""] * len(lines)
    by_column: dict[int, list[int]] = {}
    for index, (region, own) in enumerate(zip(lattice.regions, lines, strict=True)):
        if own and not _NUMERIC.fullmatch("".join(g.text for g in own[0])):
            by_column.setdefault(region.column, []).append(index)
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

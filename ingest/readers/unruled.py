"""Tables, or parts of them, that no rules divide -> lattices read from how their text lines up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ingest.model import BBox
from ingest.readers.cells import is_numeric
from ingest.readers.glyphs import Line, box_of, ink
from ingest.readers.ruling import Lattice, Region
from ingest.values import parse_number

COLUMN_GAP = 1.0
"""Text further apart than this many characters stands in two columns."""
SAME_COLUMN = 3.0
"""Numbers whose edges differ by less than this many points line up."""
FEWEST_ROWS = 3
FEWEST_ROWS_BELOW = 2
"""Rows with numbers that make a table, and that make the rest of one that has a ruled header."""
LOOSE_ROW = 2.5
"""A line more than this many characters below the last one does not belong to the table."""
TIGHT_ROW = 0.7
"""A line less than this many characters below the last one may go on with its text."""


Columns = list[tuple[float, float]]
"""The left and right edge of each column's text."""


class Segment(NamedTuple):
    """A piece of a line with a wide gap on each side."""

    x0: float
    x1: float
    text: str

    @property
    def is_number(self) -> bool:
        return is_numeric(self.text) and parse_number(self.text) is not None

    @property
    def is_amount(self) -> bool:
        """A number that no list or page number looks like."""
        return self.is_number and any(mark in self.text for mark in ".,．，%％")


class TextRow(NamedTuple):
    """One line of the page and its segments."""

    box: BBox
    size: float
    segments: tuple[Segment, ...]

    @property
    def is_tabular(self) -> bool:
        return len(self.segments) > 1 and any(s.is_number for s in self.segments)


def with_text_tables(ruled: Sequence[Lattice], lines: Sequence[Line]) -> list[Lattice]:
    """The ruled tables of a page and those without rules among ``lines``, which stand outside.

    A table without rules is made of rows in which columns of numbers line up. Where such rows
    stand right below a ruled table and fit its columns, they are the rest of it.
    """
    rows = [text_row(line) for line in lines]
    lattices = list(ruled)
    start = 0
    while start < len(rows):
        end = _body_end(rows, start)
        body = rows[start:end]
        columns = _columns(body)
        head = next((i for i, lattice in enumerate(lattices) if body and _fits_below(body, lattice)), None)
        if head is not None and _lines_up(body, FEWEST_ROWS_BELOW):
            lattices[head] = _continued(lattices[head], body)
        elif columns and _lines_up(body, FEWEST_ROWS):
            top = _header_start(rows, start, len(columns))
            lattices.append(_text_lattice(rows[top:start], body, columns))
        start = max(end, start + 1)
    return lattices


def text_cuts(rows: list[TextRow]) -> list[float]:
    """Where to cut a column that holds several columns of text; [] when it holds one."""
    columns = _columns(rows)
    if not columns or not _lines_up(rows, FEWEST_ROWS):
        return []
    names = [row for row in rows if len(row.segments) == len(columns) and not row.is_tabular]
    columns = _widened(columns, names[:1])
    return [(left[1] + right[0]) / 2 for left, right in pairwise(columns)]


def _fits_below(body: list[TextRow], lattice: Lattice) -> bool:
    """Whether the rows start right below the table and have one text at most in each column."""
    size = body[0].size
    if not -size / 2 <= body[0].box[1] - lattice.ys[-1] < LOOSE_ROW * size:
        return False
    for row in body:
        homes = [bisect_right(lattice.xs, (s.x0 + s.x1) / 2) for s in row.segments]
        if len(set(homes)) < len(homes) or homes[0] == 0 or homes[-1] == len(lattice.xs):
            return False
    return True


def _continued(lattice: Lattice, body: list[TextRow]) -> Lattice:
    columns = [(x0, x1) for x0, x1 in pairwise(lattice.xs)]
    groups = _wrapped_together(body, columns)
    ys = [(above[-1].box[3] + below[0].box[1]) / 2 for above, below in pairwise(groups)]
    ys.append(groups[-1][-1].box[3] + 1)
    first = len(lattice.ys) - 1
    regions = [Region(first + i, column, 1, 1) for i in range(len(groups)) for column in range(len(columns))]
    return Lattice(lattice.xs, (*lattice.ys, *ys), (*lattice.regions, *regions))


def text_row(line: Line) -> TextRow:
    glyphs = [g for g in ink(line) if not g.text.isspace()]
    pieces: list[Line] = [[glyphs[0]]]
    for previous, glyph in pairwise(glyphs):
        if glyph.x0 - previous.x1 > COLUMN_GAP * glyph.size:
            pieces.append([])
        pieces[-1].append(glyph)
    segments = tuple(Segment(p[0].x0, p[-1].x1, "".join(g.text for g in p)) for p in pieces)
    return TextRow(box_of(glyphs), median(g.size for g in glyphs), segments)


def _body_end(rows: list[TextRow], start: int) -> int:
    """The row after the last of the tabular ones from ``start`` on; labels may stand between."""
    if not rows[start].is_tabular:
        return start
    end = start + 1
    for number in range(start + 1, len(rows)):
        row = rows[number]
        if row.box[1] - rows[number - 1].box[3] > LOOSE_ROW * row.size:
            break
        if row.is_tabular:
            end = number + 1
        elif len(row.segments) > 1 or number - end >= 2:
            break
    return end


def _columns(body: list[TextRow]) -> Columns:
    """The bands of the page that text fills, with a white gap between each and the next."""
    spans = sorted((s.x0, s.x1) for row in body if row.is_tabular for s in row.segments)
    columns: Columns = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] + 1:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns if len(columns) > 1 else []


def _lines_up(body: list[TextRow], fewest: int) -> bool:
    """Whether most rows have numbers that share an edge, and they are amounts, not page numbers."""
    tabular = [row for row in body if row.is_tabular]
    numbers = [s for row in tabular for s in row.segments if s.is_number]
    if len(tabular) < fewest or 2 * sum(s.is_amount for s in numbers) < len(numbers):
        return False
    edges = sorted(s.x1 for s in numbers)
    best = max(sum(0 <= other - edge <= SAME_COLUMN for other in edges) for edge in edges)
    return best >= max(2, 0.5 * len(tabular))


def _header_start(rows: list[TextRow], start: int, columns: int) -> int:
    """The first of the rows right above the body that name its columns."""
    top = start
    while top > 0:
        row = rows[top - 1]
        enough = 2 if top < start else max(2, columns // 2)
        if (
            rows[top].box[1] - row.box[3] > LOOSE_ROW * row.size
            or len(row.segments) < enough
            or any(mark in s.text for s in row.segments for mark in "：:")
        ):
            break
        top -= 1
    return top


def _text_lattice(header: list[TextRow], body: list[TextRow], columns: Columns) -> Lattice:
    columns = _widened(columns, header)
    everything = header + body
    xs = [min(row.box[0] for row in everything) - 1]
    xs += [(left[1] + right[0]) / 2 for left, right in pairwise(columns)]
    xs.append(max(row.box[2] for row in everything) + 1)
    groups = [[row] for row in header] + _wrapped_together(body, columns)
    ys = [groups[0][0].box[1] - 1]
    ys += [(above[-1].box[3] + below[0].box[1]) / 2 for above, below in pairwise(groups)]
    ys.append(groups[-1][-1].box[3] + 1)
    numeric = {_column_of(s, columns) for row in body for s in row.segments if s.is_number}
    regions: list[Region] = []
    for number in range(len(groups)):
        spans = _header_spans(header, number, columns, numeric) if number < len(header) else []
        covered = {column for first, last in spans for column in range(first, last + 1)}
        spans += [(column, column) for column in range(len(columns)) if column not in covered]
        regions += [Region(number, first, 1, last - first + 1) for first, last in sorted(spans)]
    return Lattice(tuple(xs), tuple(ys), tuple(regions))


def _column_of(segment: Segment, columns: Columns) -> int:
    """The column that shares most with the segment, or else stands nearest."""

    def shared(column: int) -> float:
        return min(segment.x1, columns[column][1]) - max(segment.x0, columns[column][0])

    return max(range(len(columns)), key=shared)


def _named_columns(row: TextRow, columns: Columns) -> list[int]:
    """The column of each name: in order when there are as many, since flush-left names can
    stand far from flush-right numbers."""
    if len(row.segments) == len(columns):
        return list(range(len(columns)))
    return [_column_of(segment, columns) for segment in row.segments]


def _widened(columns: Columns, header: list[TextRow]) -> Columns:
    """Columns as wide as their names in the last header row, where these do not meet."""
    widened = list(columns)
    named = zip(header[-1].segments, _named_columns(header[-1], columns), strict=True) if header else ()
    for segment, column in named:
        left = columns[column - 1][1] if column else segment.x0
        right = columns[column + 1][0] if column + 1 < len(columns) else segment.x1
        x0, x1 = widened[column]
        widened[column] = (min(x0, max(segment.x0, left)), max(x1, min(segment.x1, right)))
    return widened


def _header_spans(
    header: list[TextRow], number: int, columns: Columns, numeric: set[int]
) -> list[tuple[int, int]]:
    """The first and last column under each name of a header row.

    A name in a row above the last spans the columns of numbers whose own names are nearest.
    """
    segments = header[number].segments
    owners = {column: index for index, column in enumerate(_named_columns(header[number], columns))}
    if number + 1 < len(header):
        below = header[number + 1]
        for column, name in zip(_named_columns(below, columns), below.segments, strict=True):
            centre = (name.x0 + name.x1) / 2
            distances = [abs((s.x0 + s.x1) / 2 - centre) for s in segments]
            if column in numeric:
                owners.setdefault(column, distances.index(min(distances)))
    spans: list[tuple[int, int]] = []
    for column in sorted(owners):
        if spans and spans[-1][1] == column - 1 and owners[column] == owners[column - 1]:
            spans[-1] = (spans[-1][0], column)
        else:
            spans.append((column, column))
    return spans


def _wrapped_together(body: list[TextRow], columns: Columns) -> list[list[TextRow]]:
    """A label that fills its column goes on in the next line when that has nothing else."""
    groups: list[list[TextRow]] = []
    for row in body:
        if groups and not row.is_tabular:
            above = groups[-1][-1]
            column = _column_of(row.segments[0], columns)
            full = any(
                _column_of(s, columns) == column and s.x1 > columns[column][1] - 1.5 * row.size
                for s in above.segments
            )
            if full and row.box[1] - above.box[3] < TIGHT_ROW * row.size:
                groups[-1].append(row)
                continue
        groups.append([row])
    return groups

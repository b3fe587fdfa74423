"""Lines of a page as rows of pieces with wide gaps between them, and where they line up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ingest.model import BBox
from ingest.readers.cells import is_numeric
from ingest.readers.glyphs import Line, box_of, ink
from ingest.values import parse_number

COLUMN_GAP = 1.0
"""Text further apart than this many characters stands in two columns."""
SAME_COLUMN = 3.0
"""Numbers whose edges differ by less than this many points line up."""

MANY_AMOUNTS = 4
"""No prose has so many amounts set apart from each other in one or two lines."""

Columns = list[tuple[float, float]]
"""The left and right edge of each column's text."""


class Segment(NamedTuple):
    """A piece of a line with a wide gap on each side."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str

    @property
    def is_number(self) -> bool:
        return is_numeric(self.text) and parse_number(self.text) is not None

    @property
    def is_figure(self) -> bool:
        """A number, or what stands for one: a dash, 无."""
        return is_numeric(self.text) or len(self.text) == 1

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


def text_row(line: Line) -> TextRow:
    glyphs = [g for g in ink(line) if not g.text.isspace()]
    pieces: list[Line] = [[glyphs[0]]]
    for previous, glyph in pairwise(glyphs):
        if glyph.x0 - previous.x1 > COLUMN_GAP * glyph.size:
            pieces.append([])
        pieces[-1].append(glyph)
    segments = tuple(Segment(*box_of(p), "".join(g.text for g in p)) for p in pieces)
    return TextRow(box_of(glyphs), median(g.size for g in glyphs), segments)


def columns_of(body: Sequence[TextRow]) -> Columns:
    """The bands of the page that the text of rows with numbers fills, with a white gap between each
    and the next; [] when there is but one."""
    spans = sorted((s.x0, s.x1) for row in body if row.is_tabular for s in row.segments)
    columns: Columns = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] + 1:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns if len(columns) > 1 else []


def column_of(segment: Segment, columns: Columns) -> int:
    """The column that shares most with the segment, or else stands nearest."""

    def shared(column: int) -> float:
        return min(segment.x1, columns[column][1]) - max(segment.x0, columns[column][0])

    return max(range(len(columns)), key=shared)


def lines_up(body: Sequence[TextRow], fewest: int) -> bool:
    """Whether most rows have numbers that share an edge, among them amounts, not only page numbers.
    Fewer rows than ``fewest`` will do where they have several amounts each."""
    tabular = [row for row in body if row.is_tabular]
    numbers = [s for row in tabular for s in row.segments if s.is_number]
    with_amounts = sum(any(s.is_amount for s in row.segments) for row in tabular)
    amounts = sum(s.is_amount for s in numbers)
    if (len(tabular) < fewest and amounts < MANY_AMOUNTS) or 2 * with_amounts < len(tabular):
        return False
    edges = sorted(s.x1 for s in numbers)
    best = max(sum(0 <= other - edge <= SAME_COLUMN for other in edges) for edge in edges)
    return best >= (max(2, 0.5 * len(tabular)) if len(tabular) > 1 else 1)

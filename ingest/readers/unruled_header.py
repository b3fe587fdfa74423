"""The header of a table that no rules divide: which names stand over which columns.

A name is printed in the middle of the cell that it would have with rules, between the lines where
the cell is merged downwards. So the lowest name over a column is its own, and any other name is a
group's, over the columns whose middle it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ingest.readers.ruling import Region
from ingest.readers.unruled_rows import Columns, TextRow

MOST_LINES = 8
"""A header has no more lines than this."""
WRAPPED = 0.5
"""A name goes on in the next line when that is less than this many characters below it."""
LARGER = 1.2
"""Lines whose print is larger than the body's by this factor are a title's."""
WIDEST_NAME = 0.6
"""A single name in its line is no wider than this part of the table: wider ones are prose."""
LOOSE_ROW = 2.5
"""A line more than this many characters above the next one does not belong to the table."""
SINGLE = 1.4
"""A piece narrower than this many heights is one character."""
BELOW = 1.0
"""Points by which a name stands lower than the middle of the header, to be below a group."""
AS_NEAR = 6.0
"""Middles that differ by less than this many points are the same: where the rules would be is a guess."""
PADDING = 3.0
"""Points between a column's text and where its rule would be."""


class Name(NamedTuple):
    """The print of one header cell, its lines together."""

    x0: float
    top: float
    x1: float
    bottom: float
    is_spread: bool = False
    """Its characters stand apart."""

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class Group(NamedTuple):
    """A name over the columns ``first`` to ``last``."""

    name: Name
    first: int
    last: int


class Header(NamedTuple):
    """``names`` has the own name of each column that has one."""

    names: dict[int, Name]
    groups: tuple[Group, ...]

    def depth(self, first: int, last: int) -> int:
        """How many groups stand over all of these columns."""
        return sum(
            g.first <= first and last <= g.last and (g.first, g.last) != (first, last) for g in self.groups
        )

    @property
    def height(self) -> int:
        """The rows that it needs; 0 without names."""
        return 1 + max((self._own_depth(column) for column in self.names), default=-1)

    def _own_depth(self, column: int) -> int:
        return sum(g.first <= column <= g.last for g in self.groups)

    def regions(self, columns: int) -> list[Region]:
        """The header's cells: groups a row high, names down to the last row."""
        found = [Region(self.depth(g.first, g.last), g.first, 1, g.last - g.first + 1) for g in self.groups]
        edges = self.edges()
        for column in range(columns):
            depth = self._own_depth(column)
            name = self.names.get(column)
            # A name that is not set in the middle of its rows stands in the last of them.
            start = max([depth, *(r for r in range(depth, self.height) if name and edges[r] <= name.top)])
            if depth < start:
                found.append(Region(depth, column, start - depth, 1))
            if start < self.height:
                found.append(Region(start, column, self.height - start, 1))
        return found

    def edges(self) -> list[float]:
        """Where each of its rows begins, from the top."""
        tops = [name.top for name in (*self.names.values(), *(g.name for g in self.groups))]
        edges = [min(tops) - 1]
        for row in range(1, self.height):
            above = [g.name.bottom for g in self.groups if self.depth(g.first, g.last) < row]
            below = [g.name.top for g in self.groups if self.depth(g.first, g.last) >= row]
            below += [name.top for column, name in self.names.items() if self._own_depth(column) >= row]
            edges.append(max((max(above) + min(below)) / 2, edges[-1]))
        return edges


def header_start(rows: Sequence[TextRow], start: int, width: float) -> int:
    """The first of the lines right above ``start`` that may belong to the header of the body there."""
    top, size = start, rows[start].size
    while top > 0 and start - top < MOST_LINES:
        row = rows[top - 1]
        alone = len(row.segments) == 1
        if (
            rows[top].box[1] - row.box[3] > LOOSE_ROW * row.size
            or row.size > LARGER * size
            or (alone and row.box[2] - row.box[0] > WIDEST_NAME * width)
            or any(mark in s.text for s in row.segments for mark in "：:。")
        ):
            break
        top -= 1
    return top


def read_header(lines: Sequence[TextRow], columns: Columns, numeric: frozenset[int]) -> Header | None:
    """The header in these lines; None where they do not name half of the columns."""
    names = _spread_together(_names(lines), columns)
    own = _own_names(names, columns)
    if len(own) < max(2, len(columns) / 2):
        return None
    groups: list[Group] = []
    blocks = [(column, column) for column in range(len(columns))]
    bounds = _bounds(columns, own, numeric)
    for name in sorted(set(names) - set(own.values()), key=lambda n: -n.bottom):
        span = _span(name, blocks, bounds, own, groups)
        if span is None:
            continue
        groups.append(Group(name, *span))
        blocks = [b for b in blocks if b[1] < span[0] or b[0] > span[1]]
        blocks = sorted([*blocks, span])
    return Header(own, tuple(groups))


def _names(lines: Sequence[TextRow]) -> list[Name]:
    names: list[Name] = []
    for line in lines:
        for segment in line.segments:
            name = Name(segment.x0, segment.top, segment.x1, segment.bottom)
            above = next((n for n in reversed(names) if _goes_on(n, name, line.size)), None)
            if above is not None:
                names.remove(above)
                name = Name(min(above.x0, name.x0), above.top, max(above.x1, name.x1), name.bottom)
            names.append(name)
    return names


def _spread_together(names: Sequence[Name], columns: Columns) -> list[Name]:
    """Single characters of one line over one column are a name that is spread out: 项　　目."""
    joined: list[Name] = []
    for name in sorted(names, key=lambda n: (n.middle, n.x0)):
        before = joined[-1] if joined else None
        if (
            before is not None
            and abs(before.middle - name.middle) < BELOW
            and name.x1 - name.x0 < SINGLE * (name.bottom - name.top)
            and (before.x1 - before.x0 < SINGLE * (before.bottom - before.top) or before.is_spread)
            and _column_at(before.centre, columns) == _column_at(name.centre, columns)
        ):
            joined[-1] = Name(before.x0, before.top, name.x1, name.bottom, is_spread=True)
        else:
            joined.append(name)
    return joined


def _goes_on(above: Name, name: Name, size: float) -> bool:
    """Whether a line of a name is the next of it: close below and in the middle of it, or flush left."""
    aligned = abs(above.centre - name.centre) < size or abs(above.x0 - name.x0) < size / 2
    return aligned and -size / 2 < name.top - above.bottom < WRAPPED * size


def _own_names(names: Sequence[Name], columns: Columns) -> dict[int, Name]:
    """The lowest name over each column; where there are as many names as columns, in all or in the last
    line, in their order: names set flush left can stand far from numbers set flush right."""
    lowest = max((n.middle for n in names), default=0.0)
    for some in (names, [n for n in names if n.middle > lowest - BELOW]):
        ordered = sorted(some, key=lambda n: n.centre)
        if len(some) == len(columns) and all(a.x1 <= b.x0 for a, b in pairwise(ordered)):
            return dict(enumerate(ordered))
    own: dict[int, Name] = {}
    for name in sorted(names, key=lambda n: -n.bottom):
        own.setdefault(_column_at(name.centre, columns), name)
    return own


def _column_at(x: float, columns: Columns) -> int:
    return sum(1 for left, right in pairwise(columns) if x > (left[1] + right[0]) / 2)


def _bounds(columns: Columns, own: dict[int, Name], numeric: frozenset[int]) -> list[float]:
    """Where the rules between the columns would be: beside numbers on their right, beside text on its
    left; between text and numbers as far from the name's middle as the other side is, or, where names
    are not in the middle, as far from it as the number columns are wide."""
    rights = {column: columns[column][1] + PADDING for column in numeric}
    pairs = [column for column in numeric if column - 1 in numeric]
    off = [abs(own[c].centre - (rights[c - 1] + rights[c]) / 2) for c in pairs if c in own]
    width = median(rights[c] - rights[c - 1] for c in pairs) if pairs else None
    is_centred = not off or median(off) < PADDING
    bounds = [columns[0][0] - PADDING]
    for column, ((_, right), (left, _)) in enumerate(pairwise(columns), 1):
        guess = (left + right) / 2
        if column - 1 in numeric:
            guess = rights[column - 1]
        elif column not in numeric:
            guess = left - PADDING
        elif is_centred and column in own:
            guess = 2 * own[column].centre - rights[column]
        elif width is not None:
            guess = rights[column] - width
        bounds.append(min(max(guess, right), left))
    return [*bounds, columns[-1][1] + PADDING]


def _span(
    name: Name,
    blocks: Sequence[tuple[int, int]],
    bounds: Sequence[float],
    own: dict[int, Name],
    groups: Sequence[Group],
) -> tuple[int, int] | None:
    """The run of columns and groups below the name whose middle it stands in; of several, the longest."""
    lowest = max(n.middle for n in own.values())
    tallest = max(n.bottom - n.top for n in own.values() if n.middle > lowest - BELOW)
    # A column beside the group has its name in the middle of the rows from the group's down, of which
    # those with wrapped names are higher.
    beside = (name.middle + lowest) / 2 + (tallest - (name.bottom - name.top)) / 4 + BELOW

    def is_below(block: tuple[int, int]) -> bool:
        head = next((g.name for g in groups if (g.first, g.last) == block), None)
        if head is not None:
            return head.middle > name.bottom
        return block[0] not in own or own[block[0]].middle > beside

    found: list[tuple[float, tuple[int, int]]] = []
    for first in range(len(blocks)):
        for last in range(first, len(blocks)):
            if not is_below(blocks[last]):
                break
            span = (blocks[first][0], blocks[last][1])
            left, right = bounds[span[0]], bounds[span[1] + 1]
            if last > first and left <= name.centre <= right:
                found.append((abs(name.centre - (left + right) / 2), span))
    nearest = min((off for off, _ in found), default=0.0)
    alike = [span for off, span in found if off <= nearest + AS_NEAR]
    return max(alike, key=lambda span: span[1] - span[0], default=None)

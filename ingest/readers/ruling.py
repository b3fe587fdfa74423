"""Printed rules -> the lattice of each table and the cells that the rules close off."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.model import BBox

JOIN_GAP = 3.0
"""Points that may be missing between two pieces of one rule, or where two rules meet."""
SAME_RULE = 1.0
"""Pieces whose positions differ by less than this many points are one rule."""
SHORTEST_RULE = 5.0
"""Anything shorter, in points, is a mark and not a rule."""
OPEN_SIDE = 8.0
"""Rules that reach at least this many points past the outermost crossing rule leave a side open."""

HIGHEST_ROW = 4.0
"""A row of one line is no higher than this many heights of small print."""


class Rule(NamedTuple):
    """A straight stroke: its position across, and where it starts and ends along, in points."""

    at: float
    start: float
    end: float


class Region(NamedTuple):
    """A closed-off cell, in rows and columns of its lattice."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """The finest rows and columns of one ruled table."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    regions: tuple[Region, ...]
    """In reading order; they cover every position once."""
    is_ruled: bool = True
    """False where only the text's columns tell of it."""

    @property
    def bbox(self) -> BBox:
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def box(self, region: Region) -> BBox:
        return (
            self.xs[region.column],
            self.ys[region.row],
            self.xs[region.column + region.column_span],
            self.ys[region.row + region.row_span],
        )

    def region_index(self) -> dict[tuple[int, int], int]:
        """(row, column) -> the index of the region that covers it."""
        return {
            (row, column): index
            for index, region in enumerate(self.regions)
            for row in range(region.row, region.row + region.row_span)
            for column in range(region.column, region.column + region.column_span)
        }


def find_lattices(horizontal: Iterable[Rule], vertical: Iterable[Rule], text_size: float) -> list[Lattice]:
    """The ruled tables of one page, from top to bottom.

    ``text_size`` is the height of small print on the page: no row or column is narrower, so
    rules nearer to each other are one rule that is drawn twice or not quite straight.
    """
    across, down = join_rules(horizontal), join_rules(vertical)
    lattices = []
    for some_across, some_down in _with_closing_rules(_connected(across, down), text_size):
        lattice = _lattice(some_across, some_down, text_size)
        if lattice is not None:
            lattices.append(lattice)
    return sorted(lattices, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def join_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Pieces in one line become one rule, what stays shorter is dropped; sorted by position."""
    by_position: list[list[Rule]] = []
    for rule in sorted(rules):
        if by_position and rule.at - by_position[-1][0].at <= SAME_RULE:
            by_position[-1].append(rule)
        else:
            by_position.append([rule])
    joined: list[Rule] = []
    for pieces in by_position:
        pieces.sort(key=lambda r: r.start)
        at, start, end = pieces[0]
        for piece in pieces[1:]:
            if piece.start <= end + JOIN_GAP:
                end = max(end, piece.end)
            else:
                joined.append(Rule(at, start, end))
                at, start, end = piece
        joined.append(Rule(at, start, end))
    return sorted(rule for rule in joined if rule.end - rule.start >= SHORTEST_RULE)


class _Groups:
    """Disjoint sets of the numbers below ``size``."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = item = self._parent[self._parent[item]]
        return item

    def join(self, one: int, other: int) -> None:
        self._parent[self.find(one)] = self.find(other)


def _connected(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that cross or touch, directly or through others, belong to one table."""
    groups = _Groups(len(across) + len(down))
    positions = [v.at for v in down]
    for i, h in enumerate(across):
        first = bisect_left(positions, h.start - JOIN_GAP)
        for j in range(first, bisect_right(positions, h.end + JOIN_GAP)):
            if down[j].start - JOIN_GAP <= h.at <= down[j].end + JOIN_GAP:
                groups.join(i, len(across) + j)
    tables: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, h in enumerate(across):
        tables.setdefault(groups.find(i), ([], []))[0].append(h)
    for j, v in enumerate(down):
        tables.setdefault(groups.find(len(across) + j), ([], []))[1].append(v)
    return [(some_across, some_down) for some_across, some_down in tables.values()]


def _with_closing_rules(
    tables: list[tuple[list[Rule], list[Rule]]], text_size: float
) -> list[tuple[list[Rule], list[Rule]]]:
    """Where a table has no outer rules down, a row that is one cell has a rule that nothing crosses: it
    is as long as the table's own, and no further from them than a row is high."""
    lone = [table[0][0] for table in tables if len(table[0]) == 1 and not table[1]]
    ruled = [table for table in tables if table[1]]
    for rule in sorted(lone, key=lambda r: r.at):
        for across, down in ruled:
            if not across:
                continue
            start, end = min(r.start for r in across), max(r.end for r in across)
            is_as_long = abs(rule.start - start) <= JOIN_GAP and abs(rule.end - end) <= JOIN_GAP
            is_open = (
                min(v.at for v in down) > start + OPEN_SIDE and max(v.at for v in down) < end - OPEN_SIDE
            )
            ats = [r.at for r in across]
            distance = min(abs(rule.at - min(ats)), abs(rule.at - max(ats)))
            if is_as_long and is_open and distance <= HIGHEST_ROW * text_size:
                across.append(rule)
                break
    return ruled


def _lattice(across: list[Rule], down: list[Rule], text_size: float) -> Lattice | None:
    xs = _positions(down, across, 0.7 * text_size)
    ys = _positions(across, down, 0.6 * text_size)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) == 2 and len(ys) == 2):
        return None
    walls_down = _walls(down, xs, ys)
    walls_across = _walls(across, ys, xs)
    regions = _regions(walls_down, walls_across, len(ys) - 1, len(xs) - 1)
    return Lattice(tuple(xs), tuple(ys), tuple(regions))


def _positions(rules: list[Rule], crossing: list[Rule], tolerance: float) -> list[float]:
    """Where the rules of one direction stand, near ones snapped together, open sides closed."""
    clusters: list[list[Rule]] = []
    for rule in sorted(rules):
        if clusters and rule.at - clusters[-1][0].at <= tolerance:
            clusters[-1].append(rule)
        else:
            clusters.append([rule])
    positions = [sum(r.at * (r.end - r.start) for r in c) / sum(r.end - r.start for r in c) for c in clusters]
    starts, ends = sorted(r.start for r in crossing), sorted(r.end for r in crossing)
    # Two rules must reach out: a single one is an underline or a stray stroke.
    if len(starts) > 1 and positions:
        if starts[1] < positions[0] - OPEN_SIDE:
            positions.insert(0, starts[1])
        if ends[-2] > positions[-1] + OPEN_SIDE:
            positions.append(ends[-2])
    return positions


def _walls(rules: list[Rule], positions: Sequence[float], bands: Sequence[float]) -> list[list[bool]]:
    """``walls[p][b]``: whether rules at position p run along more than half of band b.

    The outermost positions are walls everywhere.
    """
    covered = [[0.0] * (len(bands) - 1) for _ in positions]
    for rule in rules:
        position = min(range(len(positions)), key=lambda p: abs(positions[p] - rule.at))
        first = max(0, bisect_right(bands, rule.start) - 1)
        for band in range(first, len(bands) - 1):
            if bands[band] >= rule.end:
                break
            covered[position][band] += min(rule.end, bands[band + 1]) - max(rule.start, bands[band])
    walls = [
        [length > (bands[b + 1] - bands[b]) / 2 for b, length in enumerate(lengths)] for lengths in covered
    ]
    walls[0] = walls[-1] = [True] * (len(bands) - 1)
    return walls


def _regions(
    walls_down: list[list[bool]], walls_across: list[list[bool]], rows: int, columns: int
) -> list[Region]:
    groups = _Groups(rows * columns)
    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and not walls_down[column + 1][row]:
                groups.join(row * columns + column, row * columns + column + 1)
            if row + 1 < rows and not walls_across[row + 1][column]:
                groups.join(row * columns + column, (row + 1) * columns + column)
    members: dict[int, list[tuple[int, int]]] = {}
    for row in range(rows):
        for column in range(columns):
            members.setdefault(groups.find(row * columns + column), []).append((row, column))
    regions = [region for cells in members.values() for region in _rectangles(cells)]
    return sorted(regions)


def _rectangles(cells: list[tuple[int, int]]) -> list[Region]:
    """Cut an area into rectangles: itself where it is one, else its runs row by row."""
    top, bottom = cells[0][0], cells[-1][0]
    left, right = min(c for _, c in cells), max(c for _, c in cells)
    if len(cells) == (bottom - top + 1) * (right - left + 1):
        return [Region(top, left, bottom - top + 1, right - left + 1)]
    open_runs: dict[tuple[int, int], Region] = {}
    done: list[Region] = []
    for row in range(top, bottom + 1):
        runs = _runs([c for r, c in cells if r == row])
        done += [region for run, region in open_runs.items() if run not in runs]
        open_runs = {
            run: open_runs[run]._replace(row_span=open_runs[run].row_span + 1)
            if run in open_runs
            else Region(row, run[0], 1, run[1] - run[0] + 1)
            for run in runs
        }
    return done + list(open_runs.values())


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column in columns:
        if runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs

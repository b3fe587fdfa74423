"""Lattices whose rules say too little: rows that only the text divides, two tables in one frame."""

from __future__ import annotations

from itertools import pairwise

from ingest.readers.cells import Lines, is_numeric
from ingest.readers.glyphs import Line, box_of, ink, line_text
from ingest.readers.ruling import Lattice, Region
from ingest.readers.unruled import text_cuts
from ingest.readers.unruled_rows import TextRow, text_row
from ingest.values import parse_number
from ingest.words import words

FULL_LINE = 1.5
"""A line that ends this many characters before its cell's right side may go on in the next."""


def divided_by_text(lattice: Lattice, lines: list[Lines]) -> Lattice:
    """The same table with a row for each line where columns of amounts stand in one tall row.

    ``lines`` are those of each region. A number that is wrapped in its cell is left alone:
    its pieces do not have the same decimals.
    """
    cuts: dict[int, list[float]] = {}
    for row in range(len(lattice.ys) - 1):
        band = [
            (lattice.box(region)[2], own)
            for region, own in zip(lattice.regions, lines, strict=True)
            if region.row == row and region.row_span == 1
        ]
        if found := _row_cuts(band):
            cuts[row] = found
    return _cut(lattice, cuts) if cuts else lattice


def columns_divided_by_text(lattice: Lattice, lines: list[Lines]) -> Lattice:
    """The same table with the columns that its rules leave out but its numbers show."""
    cuts: dict[int, list[float]] = {}
    rows = [[text_row(line) for line in own] for own in lines]
    for column in range(len(lattice.xs) - 1):
        own_rows = [
            row
            for region, own in zip(lattice.regions, rows, strict=True)
            if region.column == column and region.column_span == 1
            for row in own
        ]
        if found := text_cuts(own_rows):
            cuts[column] = found
    return _cut_columns(lattice, rows, cuts) if cuts else lattice


def _cut_columns(lattice: Lattice, rows: list[list[TextRow]], cuts: dict[int, list[float]]) -> Lattice:
    xs: list[float] = []
    new_column: list[int] = []
    for column, x in enumerate(lattice.xs):
        new_column.append(len(xs))
        xs += [x, *cuts.get(column, [])]
    regions: list[Region] = []
    for region, own in zip(lattice.regions, rows, strict=True):
        first, end = new_column[region.column], new_column[region.column + region.column_span]
        edges = [first, end]
        if region.column_span == 1:
            segments = [s for row in own for s in row.segments]
            edges[1:1] = [
                edge for edge in range(first + 1, end) if not any(s.x0 < xs[edge] < s.x1 for s in segments)
            ]
        regions += [region._replace(column=a, column_span=b - a) for a, b in pairwise(edges)]
    return Lattice(tuple(xs), lattice.ys, tuple(sorted(regions)))


def _row_cuts(band: list[tuple[float, Lines]]) -> list[float]:
    """Where to cut one row. ``band``: the right side and the lines of each of its cells."""
    amounts = [own for _, own in band if _is_amount_column(own)]
    if not amounts:
        return []
    rows: list[tuple[float, float]] = []
    for own in amounts:
        rows += [(box[1], box[3]) for box in map(box_of, own)]
    rows = _overlapping_joined(rows)
    if not any(len(_items(own, right)) >= len(rows) for right, own in band if own not in amounts):
        return []
    for right, own in band:
        if own not in amounts:
            rows += _items(own, right)
    rows = _overlapping_joined(rows)
    return [(above[1] + below[0]) / 2 for above, below in pairwise(rows)]


def _is_amount_column(lines: Lines) -> bool:
    texts = [line_text(ink(line)) for line in lines]
    if len(texts) < 2 or not all(is_numeric(t) and parse_number(t) is not None for t in texts):
        return False
    decimals = {len(t.partition(".")[2]) for t in texts}
    return len(decimals) == 1 and decimals != {0}


def _items(lines: Lines, right: float) -> list[tuple[float, float]]:
    """Top and bottom of each label, with the lines into which it is wrapped."""
    items: list[tuple[float, float]] = []
    above: Line | None = None
    for line in map(ink, lines):
        _, top, _, bottom = box_of(line)
        if above is not None and above[-1].x1 > right - FULL_LINE * above[-1].size:
            items[-1] = (items[-1][0], bottom)
        else:
            items.append((top, bottom))
        above = line
    return items


def _overlapping_joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans that share more than half of the smaller one's height are one row."""
    joined: list[tuple[float, float]] = []
    for top, bottom in sorted(spans):
        if joined and joined[-1][1] - top > min(bottom - top, joined[-1][1] - joined[-1][0]) / 2:
            joined[-1] = (joined[-1][0], max(joined[-1][1], bottom))
        else:
            joined.append((top, bottom))
    return joined


def _cut(lattice: Lattice, cuts: dict[int, list[float]]) -> Lattice:
    ys: list[float] = []
    new_row: list[int] = []
    for row, y in enumerate(lattice.ys):
        new_row.append(len(ys))
        ys += [y, *cuts.get(row, [])]
    regions: list[Region] = []
    for region in lattice.regions:
        first, end = new_row[region.row], new_row[region.row + region.row_span]
        if region.row_span == 1:
            regions += [region._replace(row=row) for row in range(first, end)]
        else:
            regions.append(region._replace(row=first, row_span=end - first))
    return Lattice(lattice.xs, tuple(ys), tuple(sorted(regions)))


def split_tables(lattice: Lattice, lines: list[Lines]) -> list[tuple[Lattice, list[Lines]]]:
    """Cut a frame that holds several tables, or a table with its title, where a title stands.

    Rows that span the whole width and name a unit of money, with such rows next to them, are
    titles; so is an empty one between different columns. They are left out, and their text is
    then outside every lattice. ``lines`` are those of each region, and come back with it.
    """
    width = len(lattice.xs) - 1
    wide: dict[int, str] = {
        region.row: "".join(map(line_text, own))
        for region, own in zip(lattice.regions, lines, strict=True)
        if region.column_span == width and region.row_span == 1
    }
    kept: list[tuple[int, int]] = []
    start = row = 0
    while row < len(lattice.ys) - 1:
        end = row
        while end in wide:
            end += 1
        texts = [wide[r] for r in range(row, end)]
        if any(words().unit.search(text) for text in texts) or (
            not all(texts) and _columns_of_row(lattice, row - 1) != _columns_of_row(lattice, end)
        ):
            kept.append((start, row))
            start = end
        row = max(end, row + 1)
    kept.append((start, len(lattice.ys) - 1))
    if len(kept) == 1:
        return [(lattice, lines)]
    return [_rows_between(lattice, lines, *rows) for rows in kept if rows[0] < rows[1]]


def _columns_of_row(lattice: Lattice, row: int) -> set[int]:
    return {r.column for r in lattice.regions if r.row <= row < r.row + r.row_span}


def _rows_between(lattice: Lattice, lines: list[Lines], start: int, end: int) -> tuple[Lattice, list[Lines]]:
    """Some of the rows, on the columns that these rows use."""
    kept = [i for i, r in enumerate(lattice.regions) if start <= r.row < end]
    regions = [lattice.regions[i] for i in kept]
    edges = sorted({r.column for r in regions} | {r.column + r.column_span for r in regions})
    renumbered = tuple(
        Region(
            r.row - start,
            edges.index(r.column),
            r.row_span,
            edges.index(r.column + r.column_span) - edges.index(r.column),
        )
        for r in regions
    )
    xs = tuple(lattice.xs[edge] for edge in edges)
    return Lattice(xs, lattice.ys[start : end + 1], renumbered), [lines[i] for i in kept]

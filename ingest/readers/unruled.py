"""Tables, or parts of them, that no rules divide -> lattices read from how their text lines up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.glyphs import Line
from ingest.readers.ruling import Lattice, Region
from ingest.readers.unruled_header import LOOSE_ROW, Name, header_start, read_header
from ingest.readers.unruled_rows import (
    Columns,
    Segment,
    TextRow,
    column_of,
    columns_of,
    lines_up,
    text_row,
)
from ingest.words import words

FEWEST_ROWS = 3
FEWEST_ROWS_BELOW = 2
"""Rows with numbers that make a table, and that make the rest of one that has a ruled header."""
TIGHT_ROW = 0.7
"""A line less than this many characters below the last one may go on with its text."""
TIGHTER = 0.6
"""Lines whose gap is less than this part of the usual one between rows are lines of one row."""


def with_text_tables(ruled: Sequence[Lattice], lines: Sequence[Line]) -> list[Lattice]:
    """The ruled tables of a page and those without rules among ``lines``, which stand outside.

    A table without rules is made of rows in which columns of numbers line up. Where such rows
    stand right below a ruled table and fit its columns, they are the rest of it.
    """
    rows = [text_row(line) for line in lines]
    lattices = list(ruled)
    start = done = 0
    while start < len(rows):
        end = _body_end(rows, start)
        if end > start > done and _overlap(rows[start - 1], rows[start]):
            start -= 1  # the first line of a label whose numbers stand lower
        body = rows[start:end]
        columns = columns_of(body)
        head = next((i for i, lattice in enumerate(lattices) if body and _fits_below(body, lattice)), None)
        if head is not None and lines_up(body, FEWEST_ROWS_BELOW):
            lattices[head] = _continued(lattices[head], body)
        elif columns and (lines_up(body, FEWEST_ROWS) or _is_list(body, rows[:start])):
            lattices.append(_text_lattice(rows, start, body, columns))
        start = done = max(end, start + 1)
    return lattices


def text_cuts(rows: list[TextRow]) -> list[float]:
    """Where to cut a column that holds several columns of text; [] when it holds one."""
    columns = columns_of(rows)
    if not columns or not lines_up(rows, FEWEST_ROWS):
        return []
    names = [row for row in rows if len(row.segments) == len(columns) and not row.is_tabular]
    columns = _widened(columns, dict(enumerate(names[0].segments)) if names else {})
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


def _body_end(rows: list[TextRow], start: int) -> int:
    """The row after the last of the table's from ``start`` on. Rows of labels alone belong to it where
    they stand in its columns: several in one line, or one with rows of numbers after it."""
    if not rows[start].is_tabular:
        return start
    end = start + 1
    for number in range(start + 1, len(rows)):
        row = rows[number]
        if row.box[1] - rows[number - 1].box[3] > LOOSE_ROW * row.size:
            break
        if not row.is_tabular and not _fits(row, columns_of(rows[start:end])):
            break
        if len(row.segments) > 1 or (number == end and _overlap(rows[number - 1], row)):
            end = number + 1
    return end


def _overlap(above: TextRow, below: TextRow) -> bool:
    """Whether two lines stand so near that they are of one row."""
    return above.box[3] > below.box[1]


def _is_list(body: Sequence[TextRow], above: Sequence[TextRow]) -> bool:
    """Whether numbered rows of three texts or more stand below a row of as many names."""
    counts = {len(row.segments) for row in (*above[-1:], *body)}
    return len(body) > 1 and len(above) > 0 and len(counts) == 1 and counts.pop() > 2


def _fits(row: TextRow, columns: Columns) -> bool:
    """Whether a row of labels has one at most in each column, none of them over two; a line that says
    whose the next table is, or its unit, is none."""
    if any(words().unit.search(s.text) or words().owner.match(s.text) for s in row.segments):
        return False
    homes = []
    for segment in row.segments:
        over = [i for i, (x0, x1) in enumerate(columns) if segment.x0 < x1 and segment.x1 > x0]
        if len(over) > 1:
            return False
        homes += over
    is_within = columns[0][0] - row.size < row.box[0] and row.box[2] < columns[-1][1] + row.size
    return len(homes) == len(set(homes)) and (bool(homes) or is_within)


def _text_lattice(rows: Sequence[TextRow], start: int, body: list[TextRow], columns: Columns) -> Lattice:
    """The table of the body that starts at row ``start``, with the header above it if it has one."""
    columns = _stretched(columns, body)
    numeric = _numeric(body, columns)
    lines = rows[header_start(rows, start, columns[-1][1] - columns[0][0]) : start]
    header = read_header(lines, columns, numeric)
    while header is None and lines:
        lines = lines[1:]  # what stands above may be text
        header = read_header(lines, columns, numeric)
    columns = _widened(columns, header.names if header else {})
    everything = [*(lines if header else ()), *body]
    xs = [min(row.box[0] for row in everything) - 1]
    xs += [(left[1] + right[0]) / 2 for left, right in pairwise(columns)]
    xs.append(max(row.box[2] for row in everything) + 1)
    groups = _wrapped_together(body, columns)
    ys = header.edges() if header else []
    ys.append((lines[-1].box[3] + body[0].box[1]) / 2 if header else body[0].box[1] - 1)
    ys += [(above[-1].box[3] + below[0].box[1]) / 2 for above, below in pairwise(groups)]
    ys.append(groups[-1][-1].box[3] + 1)
    regions = header.regions(len(columns)) if header else []
    first = header.height if header else 0
    regions += [Region(first + i, column, 1, 1) for i in range(len(groups)) for column in range(len(columns))]
    return Lattice(tuple(xs), tuple(ys), tuple(sorted(regions)), is_ruled=False)


def _stretched(columns: Columns, body: Sequence[TextRow]) -> Columns:
    """Columns as wide as the labels in them that stand beside no number, where these do not meet."""
    stretched = columns
    for row in body:
        if not row.is_tabular:
            homes = [column_of(s, columns) for s in row.segments]
            stretched = _widened(stretched, dict(zip(homes, row.segments, strict=True)))
    return stretched


def _numeric(body: Sequence[TextRow], columns: Columns) -> frozenset[int]:
    """The columns of numbers, which are set flush right."""
    votes = [0] * len(columns)
    for row in body:
        for segment in row.segments:
            votes[column_of(segment, columns)] += 1 if segment.is_figure else -1
    return frozenset(column for column, vote in enumerate(votes) if vote > 0)


def _widened(columns: Columns, names: Mapping[int, Name | Segment]) -> Columns:
    """Columns as wide as the texts given for them, where these do not meet."""
    widened = list(columns)
    for column, name in names.items():
        left = columns[column - 1][1] if column else name.x0
        right = columns[column + 1][0] if column + 1 < len(columns) else name.x1
        x0, x1 = widened[column]
        widened[column] = (min(x0, max(name.x0, left)), max(x1, min(name.x1, right)))
    return widened


def _wrapped_together(body: Sequence[TextRow], columns: Columns) -> list[list[TextRow]]:
    """The lines of each row: its numbers stand in the middle of what is wrapped beside them."""
    gaps = [below.box[1] - above.box[3] for above, below in pairwise(body)]
    between = [g for g, (a, b) in zip(gaps, pairwise(body), strict=True) if a.is_tabular and b.is_tabular]
    usual = median(between) if between else body[0].size
    together = [
        not (above.is_tabular and below.is_tabular)
        and (gap < TIGHTER * usual or _goes_on(above, below, gap, columns))
        for gap, (above, below) in zip(gaps, pairwise(body), strict=True)
    ]
    cuts = {0, len(body)} | {i + 1 for i, joined in enumerate(together) if not joined}
    numbers = [i for i, row in enumerate(body) if row.is_tabular]
    for first, second in pairwise(numbers):
        if not any(first < cut <= second for cut in cuts):
            cuts.add(max(range(first, second), key=lambda i: gaps[i]) + 1)
    return [list(body[start:end]) for start, end in pairwise(sorted(cuts))]


def _goes_on(above: TextRow, below: TextRow, gap: float, columns: Columns) -> bool:
    """Whether a text that fills its column goes on in the next line, which has nothing else."""
    if len(below.segments) > 1 or gap >= TIGHT_ROW * below.size:
        return False
    column = column_of(below.segments[0], columns)
    return any(
        column_of(s, columns) == column and s.x1 > columns[column][1] - 1.5 * below.size
        for s in above.segments
    )

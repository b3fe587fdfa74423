"""A table's grid on paper: column widths, wrapped text, row heights, and rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.corpus.model import GeneratedTable, PrintedCell, Ruling

Width = Callable[[str, float], float]
"""The width of a text at a size, both in points."""
Segment = tuple[float, float, float, float]

PADDING_Y = 2.5
_PADDING_X, _UNRULED_PADDING_X = 3.0, 6.0
LINE_HEIGHT = 1.35
"""Of the font's size."""
_LEAST_POINTS = 5.0
_NEVER_FIRST = "，。；：、！？）》”’%％"
RULE_WIDTHS: dict[Ruling, float] = {
    "single": 0.5,
    "hairline": 0.1,
    "double": 0.5,
    "filled": 0.48,
    "open": 0.5,
    "none": 0.0,
}


def wrapped(text: str, room: float, points: float, width: Width, *, words: bool = True) -> list[str]:
    """The text in lines no wider than ``room``; numbers and Latin words stay whole where they fit,
    and a closing mark begins no line but one that has room for nothing else before it."""
    lines: list[str] = []
    line: list[str] = []
    for piece in re.findall(r"[0-9A-Za-z.,%+\-÷=]+|.", text) if words else list(text):
        if line and width("".join(line), points) + width(piece, points) > room:
            # A closing mark takes the piece before it along.
            along = line[-1:] if piece in _NEVER_FIRST and len(line) > 1 else []
            lines.append("".join(line[: len(line) - len(along)]))
            line = along
        if len(piece) > 1 and width(piece, points) > room:
            *full, piece = wrapped(piece, room, points, width, words=False)
            lines += full
        line.append(piece)
    return [*lines, "".join(line)]


def with_caption_inside(table: GeneratedTable) -> GeneratedTable:
    """The table with its title, owner and unit line in rows of the grid, above the header."""
    width, middle = table.column_count, max(1, table.column_count // 2)
    rows = [[PrintedCell(0, 0, table.title, column_span=width, align="center", bold=True)]]
    if table.owner_line or table.unit_line:
        owner = PrintedCell(1, 0, table.owner_line or "", column_span=middle)
        unit = PrintedCell(1, middle, table.unit_line or "", column_span=width - middle, align="right")
        rows.append([owner, unit])
    above = [cell for row in rows for cell in row]
    below = [replace(cell, row=cell.row + len(rows)) for cell in table.header]
    return replace(
        table,
        title="",
        owner_line=None,
        unit_line=None,
        header=(*above, *below),
        header_height=table.header_height + len(rows),
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """How a grid is set: its size, the left edge of each column and the right one of the last."""

    points: float
    edges: tuple[float, ...]
    padding: float
    """Between a cell's sides and its text."""

    def room(self, cell: PrintedCell) -> float:
        return self.edges[cell.column + cell.column_span] - self.edges[cell.column] - 2 * self.padding


def fit(table: GeneratedTable, left: float, room: float, width: Width) -> Setting:
    """Column widths in proportion, wide enough for every figure and code; a smaller size if need be."""
    points = table.points
    padding = _UNRULED_PADDING_X if table.ruling == "none" else _PADDING_X
    while True:
        needed = [0.0] * table.column_count
        for cell in table.grid_cells():
            if cell.column_span == 1 and re.fullmatch(r"[\d.,%\- +=÷]+", cell.text):
                own = max(width(word, points) for word in re.split("(?<=[+=÷])", cell.text))
                needed[cell.column] = max(needed[cell.column], own + 2 * padding + 0.5)
        least = [max(need, points * 1.1 + 2 * padding) for need in needed]
        if sum(least) <= room * 0.97 or points <= _LEAST_POINTS:
            break
        points -= 0.5
    whole = sum(table.widths)
    wanted = [max(part / whole * room, low) for part, low in zip(table.widths, least, strict=True)]
    spare, excess = sum(w - low for w, low in zip(wanted, least, strict=True)), sum(wanted) - room
    share = excess / spare if spare else 0.0
    edges = [left]
    for w, low in zip(wanted, least, strict=True):
        edges.append(edges[-1] + w - (w - low) * share)
    return Setting(points, tuple(edges), padding)


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell with its lines of text."""

    cell: PrintedCell
    lines: tuple[str, ...]
    top_aligned: bool = False


@dataclass(frozen=True, slots=True)
class SetRow:
    """A printed row. Its cells may reach into the rows below it."""

    number: int
    """In the whole grid, the header's first row being 0."""
    height: float
    cells: tuple[SetCell, ...]

    @property
    def line_count(self) -> int:
        return max((len(cell.lines) for cell in self.cells if cell.cell.row_span == 1), default=1)


def set_rows(table: GeneratedTable, setting: Setting, width: Width) -> list[SetRow]:
    """Every row of the grid, header first, as tall as its text needs."""
    count = table.head_rows + len(table.body)
    cells: list[list[SetCell]] = [[] for _ in range(count)]
    covered: set[tuple[int, int]] = set()
    for cell in table.grid_cells():
        text = "　" * cell.indent + cell.text
        lines = wrapped(text, setting.room(cell), setting.points, width)
        cells[cell.row].append(SetCell(cell, tuple(lines)))
        covered |= {
            (cell.row + r, cell.column + c) for r in range(cell.row_span) for c in range(cell.column_span)
        }
    for row in range(count):
        blank = (c for c in range(table.column_count) if (row, c) not in covered)
        cells[row] += [SetCell(PrintedCell(row, column, ""), ("",)) for column in blank]
        cells[row].sort(key=lambda one: one.cell.column)
    line_counts = [SetRow(0, 0, tuple(row)).line_count for row in cells]
    for row, own in enumerate(cells):
        for one in own:
            last = row + one.cell.row_span - 1
            missing = len(one.lines) - sum(line_counts[row : last + 1])
            line_counts[last] += max(0, missing) if last > row else 0
    leading = setting.points * LINE_HEIGHT
    return [
        SetRow(row, count * leading + 2 * PADDING_Y, tuple(own))
        for row, (own, count) in enumerate(zip(cells, line_counts, strict=True))
    ]


def broken(row: SetRow, room: float, points: float) -> tuple[SetRow, SetRow] | None:
    """A row in two parts, the first no taller than ``room``; None when it cannot be broken well."""
    leading = points * LINE_HEIGHT
    fits = int((room - 2 * PADDING_Y) / leading)
    if fits < 2 or row.line_count - fits < 2:
        return None

    def part(start: int, end: int | None) -> SetRow:
        cells = tuple(
            c if c.cell.row_span > 1 else replace(c, lines=c.lines[start:end] or ("",), top_aligned=True)
            for c in row.cells
            if c.cell.row_span == 1 or start == 0
        )
        lines = max(len(one.lines) for one in cells)
        return SetRow(row.number, lines * leading + 2 * PADDING_Y, cells)

    return part(0, fits), part(fits, None)


def resumed(rows: Sequence[SetRow], row: SetRow) -> SetRow:
    """The row as the first on a further page: merged cells that reach into it go on, blank."""
    going_on = [
        SetCell(replace(cell, text="", row=row.number, row_span=end - row.number), ("",))
        for above in rows[: row.number]
        for cell in (one.cell for one in above.cells)
        if (end := cell.row + cell.row_span) > row.number
    ]
    return replace(row, cells=(*row.cells, *going_on))


def segments(
    rows: Sequence[SetRow], tops: Sequence[float], setting: Setting, ruling: Ruling
) -> list[Segment]:
    """The rules round the cells of the rows that stand on one page, each drawn once."""
    found: dict[Segment, None] = {}
    bottoms = [top + row.height for row, top in zip(rows, tops, strict=True)]
    left, right = setting.edges[0], setting.edges[-1]
    for at, row in enumerate(rows):
        for one in row.cells:
            x0, x1 = setting.edges[one.cell.column], setting.edges[one.cell.column + one.cell.column_span]
            y0, y1 = tops[at], bottoms[min(at + one.cell.row_span, len(rows)) - 1]
            for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                outer = edge[0] == edge[2] and edge[0] in (left, right)
                if not (ruling == "open" and outer):
                    found[edge] = None
    if ruling == "double" and rows:
        gap, top, bottom = 1.6, tops[0], bottoms[-1]
        x0, x1, y0, y1 = left - gap, right + gap, top - gap, bottom + gap
        found |= dict.fromkeys([(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)])
    return list(found)


def joined(lines: Sequence[Segment]) -> list[Segment]:
    """Upright and level rules that touch end to end as one."""
    found: list[Segment] = []
    for across in (True, False):
        own = [line for line in lines if (line[1] == line[3]) is across]
        own.sort(key=lambda line: (line[1], line[0]) if across else (line[0], line[1]))
        for line in own:
            last = found[-1] if found and (found[-1][1] == found[-1][3]) is across else None
            if last and across and last[1] == line[1] and line[0] <= last[2]:
                found[-1] = (last[0], last[1], max(last[2], line[2]), last[3])
            elif last and not across and last[0] == line[0] and line[1] <= last[3]:
                found[-1] = (last[0], last[1], last[2], max(last[3], line[3]))
            else:
                found.append(line)
    return found


def text_positions(
    one: SetCell, top: float, bottom: float, setting: Setting, width: Width
) -> Iterator[tuple[float, float, str]]:
    """x and baseline of each line of a cell."""
    cell, points = one.cell, setting.points
    x0, x1 = setting.edges[cell.column], setting.edges[cell.column + cell.column_span]
    leading = points * LINE_HEIGHT
    free = bottom - top - 2 * PADDING_Y - len(one.lines) * leading
    y = top + PADDING_Y + (0 if one.top_aligned else max(0.0, free / 2)) + points
    for line in one.lines:
        own = width(line, points)
        if cell.align == "right":
            x = x1 - setting.padding - own
        elif cell.align == "center":
            x = (x0 + x1 - own) / 2
        else:
            x = x0 + setting.padding
        if line:
            yield x, y, line
        y += leading

"""A table of a Word file -> its cells at their rows and columns, merged ones once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ingest.grid import Grid, TextLine
from ingest.readers.markup import MarkupCell
from ingest.readers.word_xml import Element, find, find_value, is_on, local, number, parts, value

_WIDEST_SPAN = 1_000
_SAME_EDGE_TWIPS = 60
"""Rules that stand three points apart are one, drawn again for another row."""


@dataclass(slots=True)
class _Rows:
    """The cells placed so far."""

    cells: list[MarkupCell]
    going_on: dict[int, int]
    """Column -> the cell that may go on in the next row, as a position in ``cells``."""


def read_rows(
    table: Element, read_cell: Callable[[Element], tuple[TextLine | Grid, ...]]
) -> tuple[int, list[MarkupCell]]:
    """The number of rows and the cells in reading order; deleted and hidden rows are left out."""
    placed = _Rows([], {})
    count = 0
    for row in parts(table):
        properties = find(row, "trPr")
        if local(row) != "tr" or find(properties, "del") is not None or is_on(find(properties, "hidden")):
            continue
        _place_row(placed, count, row, properties, read_cell)
        count += 1
    return count, _snapped(placed.cells, _edges(table))


def _place_row(
    placed: _Rows,
    row_number: int,
    row: Element,
    properties: Element | None,
    read_cell: Callable[[Element], tuple[TextLine | Grid, ...]],
) -> None:
    column = _span(find_value(properties, "gridBefore"), least=0)
    open_now: dict[int, int] = {}
    for cell in parts(row):
        if local(cell) != "tc":
            continue
        own = find(cell, "tcPr")
        span = _span(find_value(own, "gridSpan"))
        above = placed.going_on.get(column) if _goes_on(own, "vMerge") else None
        if above is not None and placed.cells[above].column_span == span:
            placed.cells[above] = replace(
                placed.cells[above], row_span=row_number + 1 - placed.cells[above].row
            )
            open_now[column] = above
        elif _goes_on(own, "hMerge") and placed.cells and placed.cells[-1].row == row_number:
            placed.cells[-1] = replace(placed.cells[-1], column_span=placed.cells[-1].column_span + span)
        else:
            if find(own, "vMerge") is not None:
                open_now[column] = len(placed.cells)
            placed.cells.append(MarkupCell(row_number, column, 1, span, read_cell(cell)))
        column += span
    placed.going_on = open_now


def _goes_on(properties: Element | None, name: str) -> bool:
    """Whether a merged cell goes on here (ISO/IEC 29500-1, 17.18.57: without a value it does)."""
    merge = find(properties, name)
    return merge is not None and value(merge) in (None, "continue")


def _span(text: str | None, least: int = 1) -> int:
    return min(_WIDEST_SPAN, max(least, number(text) or least))


def _edges(table: Element) -> list[int]:
    """Where the columns of the table's own grid begin and end, in twips; [] when it has none."""
    columns = find(table, "tblGrid")
    widths = [] if columns is None else [number(value(c, "w")) or 0 for c in columns if local(c) == "gridCol"]
    return [0, *accumulate(widths)]


def _snapped(cells: Sequence[MarkupCell], edges: Sequence[int]) -> list[MarkupCell]:
    """The cells on a grid in which edges close together are one, but for those of a narrow cell."""
    last = max((cell.column + cell.column_span for cell in cells), default=0)
    if len(edges) <= last:
        return list(cells)
    starts: dict[int, int] = {}
    """Edge -> where the narrowest cell that ends there begins."""
    for cell in cells:
        end = cell.column + cell.column_span
        starts[end] = max(cell.column, starts.get(end, 0))
    at = [0]
    first = 0
    for edge in range(1, last + 1):
        close = edges[edge] - edges[first] < _SAME_EDGE_TWIPS
        if close and starts.get(edge, -1) < first:
            at.append(at[-1])
        else:
            first = edge
            at.append(at[-1] + 1)
    return [
        replace(
            cell, column=at[cell.column], column_span=at[cell.column + cell.column_span] - at[cell.column]
        )
        for cell in cells
    ]

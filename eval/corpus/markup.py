"""A generated table row by row, for formats that write tables as rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from eval.corpus.model import GeneratedTable, PrintedCell


@dataclass(frozen=True, slots=True)
class RowwiseTable:
    """The whole of a printed table or, where it is broken, a part of it."""

    table: GeneratedTable
    rows: tuple[tuple[PrintedCell, ...], ...]
    """What each row shows from left to right: a cell that reaches over several rows is in each of
    them, and where the table has no cell there is a blank one. A cell's ``row`` counts in these rows."""
    head_end: int
    """The rows of caption, names and column numbers."""


def rowwise(
    table: GeneratedTable, *, caption_inside: bool, notes_inside: bool, rows_each: int | None
) -> Iterator[RowwiseTable]:
    """The table with caption and notes as merged rows of it, broken after ``rows_each`` rows of its body."""
    width = table.column_count
    captions = [_wide(0, text, width) for text in _caption(table)] if caption_inside else []
    head = [cell for cell in table.grid_cells() if cell.row < table.head_rows]
    step = rows_each or max(1, len(table.body))
    starts = [start for start in range(0, max(1, len(table.body)), step) if _may_break(table, start)]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(table.body)
        above = captions if number == 0 else []
        cells = [replace(cell, row=row) for row, cell in enumerate(above)]
        cells += [replace(cell, row=cell.row + len(above)) for cell in head]
        head_end = len(above) + table.head_rows
        cells += [
            replace(cell, row=cell.row - start + head_end) for row in table.body[start:end] for cell in row
        ]
        count = head_end + end - start
        if table.notes and notes_inside and end == len(table.body):
            cells.append(_wide(count, table.notes, width))
            count += 1
        yield RowwiseTable(table, _rows(cells, count, width), head_end)


def _caption(table: GeneratedTable) -> list[str]:
    lines = " ".join(line for line in (table.owner_line, table.unit_line) if line)
    return [text for text in (table.number, table.title, lines) if text]


def _wide(row: int, text: str, width: int) -> PrintedCell:
    return PrintedCell(row, 0, text, column_span=width)


def _may_break(table: GeneratedTable, start: int) -> bool:
    """Whether no cell reaches over the place before the row."""
    return not any(cell.row + cell.row_span > start for row in table.body[:start] for cell in row)


def _rows(cells: Sequence[PrintedCell], count: int, width: int) -> tuple[tuple[PrintedCell, ...], ...]:
    at = {(row, cell.column): cell for cell in cells for row in range(cell.row, cell.row + cell.row_span)}
    rows = []
    for row in range(count):
        shown, column = [], 0
        while column < width:
            cell = at.get((row, column)) or PrintedCell(row, column, "")
            shown.append(cell)
            column += cell.column_span
        rows.append(tuple(shown))
    return tuple(rows)

"""A grid as a matrix: which cell covers each position. A span is one cell seen several times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.grid import Grid, GridCell
from ingest.model import SOURCE_BREAK, Place

LatticeRow = tuple[GridCell, ...]
EDGE_TOLERANCE_POINTS = 4.0
"""How far the same rule may stand apart on two pages."""

_LETTER = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"\d")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff（）、：])[ \u3000]+(?=[\u3400-\u9fff（）、：])")


@dataclass(frozen=True, slots=True)
class Lattice:
    """The cells of a grid by position. ``edges``: x of each column's left side and the last
    right side, in PDF points; None for formats without boxes."""

    rows: tuple[LatticeRow, ...]
    width: int
    edges: tuple[float, ...] | None

    def column(self, index: int) -> tuple[GridCell, ...]:
        return tuple(row[index] for row in self.rows)


def lattice(grid: Grid) -> Lattice:
    """The grid by position; what no cell covers becomes a blank, blank rows are left out."""
    matrix: list[list[GridCell | None]] = [[None] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        for row in matrix[cell.row : cell.row + cell.row_span]:
            for column in range(cell.column, min(cell.column + cell.column_span, grid.column_count)):
                row[column] = cell
    rows = [
        tuple(cell or blank(number, column, grid.place) for column, cell in enumerate(row))
        for number, row in enumerate(matrix)
    ]
    kept = tuple(row for row in rows if any(cell.text.strip() for cell in row))
    return Lattice(kept, grid.column_count, _edges(grid))


def stacked(upper: Lattice, lower: Lattice) -> Lattice | None:
    """Both as one grid, on the columns of the one that has more; None if the rules differ."""
    if upper.width > lower.width:
        laid = aligned(lower, upper)
        return None if laid is None else replace(upper, rows=upper.rows + laid.rows)
    laid = aligned(upper, lower)
    return None if laid is None else replace(lower, rows=laid.rows + lower.rows)


def blank(row: int, column: int, place: Place) -> GridCell:
    return GridCell("", row, column, 1, 1, place)


def own_cells(row: LatticeRow) -> list[GridCell]:
    """The cells of a row from left to right, each once."""
    return [cell for i, cell in enumerate(row) if i == 0 or cell is not row[i - 1]]


def joined(text: str) -> str:
    """A cell's text without its line breaks: a space keeps English words, and numbers, apart.

    The readers have put a number together that a line's end has cut.
    """
    parts = [part.strip() for part in text.split("\n")]
    result = parts[0]
    for part in parts[1:]:
        spaced = any(kind.match(result[-1:]) and kind.match(part) for kind in (_LETTER, _DIGIT))
        result += (" " if spaced else "") + part
    return result


def label_text(text: str) -> str:
    """A label without breaks, and without the spaces that spread its characters (合　计)."""
    return _CJK_GAP.sub("", joined(text).replace(SOURCE_BREAK, "")).strip()


def header_text(text: str) -> str:
    return re.sub(r"\s+", "", text)


def without_ghost_columns(sheet: Lattice, header_height: int) -> Lattice:
    """Columns that rules cut in two become one: no header of their own, never a text beside a text."""
    keep = [0]
    merged = [list(sheet.column(0))] if sheet.width else []
    for index in range(1, sheet.width):
        cells, last = sheet.column(index), merged[-1]
        apart = any(
            left is not right and left.text.strip() and right.text.strip()
            for left, right in zip(last, cells, strict=True)
        )
        unnamed = not any(
            cell.text.strip() and cell is not left
            for cell, left in zip(cells[:header_height], last[:header_height], strict=True)
        ) or not any(cell.text.strip() for cell in last[:header_height])
        if apart or not unnamed or header_height == 0:
            keep.append(index)
            merged.append(list(cells))
        else:
            merged[-1] = [
                left if left.text.strip() else right for left, right in zip(last, cells, strict=True)
            ]
    if len(keep) == sheet.width:
        return sheet
    edges = None if sheet.edges is None else tuple(sheet.edges[i] for i in [*keep, sheet.width])
    rows = tuple(tuple(column[r] for column in merged) for r in range(len(sheet.rows)))
    return Lattice(rows, len(merged), edges)


def aligned(sheet: Lattice, like: Lattice) -> Lattice | None:
    """The sheet laid over another's columns, or None when its rules do not stand on the other's.

    Without boxes only the number of columns can tell.
    """
    if sheet.edges is None or like.edges is None:
        return sheet if sheet.width == like.width else None
    if abs(sheet.edges[0] - like.edges[0]) > EDGE_TOLERANCE_POINTS * 2:
        return None
    if any(min(abs(x - edge) for edge in like.edges) > EDGE_TOLERANCE_POINTS for x in sheet.edges):
        return sheet if sheet.width == like.width else None
    source = [_column_at((a + b) / 2, sheet.edges) for a, b in zip(like.edges, like.edges[1:], strict=False)]
    rows = tuple(tuple(row[column] for column in source) for row in sheet.rows)
    return replace(sheet, rows=rows, width=like.width, edges=like.edges)


def _column_at(x: float, edges: Sequence[float]) -> int:
    inside = sum(1 for edge in edges[1:-1] if edge <= x)
    return min(inside, len(edges) - 2)


def _edges(grid: Grid) -> tuple[float, ...] | None:
    starts: list[list[float]] = [[] for _ in range(grid.column_count + 1)]
    for cell in grid.cells:
        if cell.place.bbox is not None:
            starts[cell.column].append(cell.place.bbox[0])
            starts[min(cell.column + cell.column_span, grid.column_count)].append(cell.place.bbox[2])
    if not all(starts):
        return None
    return tuple(median(xs) for xs in starts)

"""Grids and pages made by hand, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.grid import Grid, GridCell, Page, TextLine
from ingest.model import Place

LEFT, UP = "<", "^"
"""In a row: this position belongs to the cell on its left, or above it."""


def grid(
    *rows: str, page: int | None = None, edges: Sequence[float] | None = None, top: float = 100.0
) -> Grid:
    """A grid from rows such as ``"收入|<|支出|<"``: cells between bars, ``<`` and ``^`` mark spans."""
    return matrix_grid([[text.strip(" ") for text in row.split("|")] for row in rows], page, edges, top)


def matrix_grid(
    matrix: Sequence[Sequence[str]],
    page: int | None = None,
    edges: Sequence[float] | None = None,
    top: float = 100.0,
) -> Grid:
    height, width = len(matrix), len(matrix[0])
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(height):
        for column in range(width):
            if (row, column) in taken:
                continue
            across = column + 1
            while across < width and matrix[row][across] == LEFT:
                across += 1
            down = row + 1
            while down < height and matrix[down][column] == UP:
                down += 1
            taken |= {(r, c) for r in range(row, down) for c in range(column, across)}
            box = (edges[column], top + row, edges[across], top + down) if edges is not None else None
            text = matrix[row][column].replace("\\n", "\n")
            cells.append(GridCell(text, row, column, down - row, across - column, Place(page, box)))
    return Grid(height, width, tuple(cells), Place(page))


def pages(*contents: Sequence[str | Grid]) -> list[Page]:
    """Pages of text lines and grids, numbered from 1."""
    return [
        Page(
            number,
            595.0,
            842.0,
            tuple(TextLine(b, Place(number)) if isinstance(b, str) else b for b in blocks),
        )
        for number, blocks in enumerate(contents, start=1)
    ]


def flat(*blocks: str | Grid) -> list[Page]:
    """A file without pages."""
    return [Page(None, None, None, tuple(TextLine(b, Place()) if isinstance(b, str) else b for b in blocks))]

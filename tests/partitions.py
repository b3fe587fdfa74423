"""Grids divided into merged rectangles, for the readers of formats that have spans."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Rectangle:
    row: int
    column: int
    row_span: int
    column_span: int
    text: str


@st.composite
def partitions(draw: st.DrawFn) -> tuple[int, list[Rectangle]]:
    """The number of rows and the rectangles in reading order; the first row has a cell for each column."""
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    cells = [Rectangle(0, column, 1, 1, f"名{column}") for column in range(width)]
    free = {(row, column) for row in range(1, height) for column in range(width)}
    for row in range(1, height):
        for column in range(width):
            if (row, column) not in free:
                continue
            across = draw(st.integers(1, width))
            while any((row, c) not in free for c in range(column, column + across)):
                across -= 1
            down = draw(st.integers(1, height - row))
            free -= {(r, c) for r in range(row, row + down) for c in range(column, column + across)}
            text = draw(st.sampled_from(["1.00", "1.00", "合计", "", "甲<乙&丙"]))
            cells.append(Rectangle(row, column, down, across, text))
    return height, cells

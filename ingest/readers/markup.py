"""What files made of paragraphs and tables (Word, web pages) have in common -> text lines and Grids.

Some tables only arrange a page: these are read as what their cells hold, one after the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import and_

from ingest.errors import FileTooLargeError
from ingest.grid import Grid, GridCell, TextLine
from ingest.model import Place

MAX_CELLS = 1_000_000
MAX_POSITIONS = 4_000_000
"""Rows times columns of one table: a few cells can claim to span millions."""

_NOWHERE = Place()
_FEWEST_FILLED_ROWS = 2
_MOST_LINES, _MOST_CHARACTERS = 3, 200
"""What a cell with a grid in it, or of the only filled row, may hold; with more it arranges a page."""
_WIDEST_INDENT = 40
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SPACES = str.maketrans({"\u00a0": " ", "\u2002": " ", "\u2003": "\u3000", "\u2009": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True)
class MarkupCell:
    """A cell of a table, at its place among the rows and columns that are there to be seen."""

    row: int
    column: int
    row_span: int
    column_span: int
    blocks: tuple[TextLine | Grid, ...]


def clean(text: str) -> str:
    """The text without characters that show nothing; every space is one of two widths."""
    return text.translate(_ZERO_WIDTH).translate(_SPACES)


def indent(half_widths: float) -> str:
    """White space as wide as an indent of so many half-width characters."""
    count = min(_WIDEST_INDENT, max(0, round(half_widths)))
    return "\u3000" * (count // 2) + " " * (count % 2)


def text_lines(text: str, *, is_title: bool = False, after_break: bool = False) -> Iterator[TextLine]:
    """The lines of a paragraph; a line that it breaks on purpose may or may not start another."""
    starts: bool | None = True
    for line in text.split("\n"):
        if line.strip():
            yield TextLine(line, _NOWHERE, starts, after_break=after_break, is_title=is_title)
            starts, after_break = None, False


def table_blocks(row_count: int, cells: Sequence[MarkupCell], file_name: str) -> list[TextLine | Grid]:
    """A table as its Grid, followed by the Grids in its cells; one that only arranges: what it holds.

    No two ``cells`` cover one position, and they are in reading order. A column is where some cell
    begins: spans may claim more than there are. Raises FileTooLargeError over ``MAX_CELLS`` or
    ``MAX_POSITIONS``.
    """
    starts = sorted({cell.column for cell in cells})
    width = len(starts)
    if len(cells) > MAX_CELLS or row_count * width > MAX_POSITIONS:
        raise FileTooLargeError(
            f"{file_name} has a table of {row_count:,} rows and {width:,} columns, the limit is "
            f"{MAX_POSITIONS:,} cells; split it"
        )
    inside = [block for cell in cells for block in cell.blocks]
    texts = ["\n".join(b.text for b in cell.blocks if isinstance(b, TextLine)) for cell in cells]
    if width < 2 or not _holds_data(cells, texts):
        return inside
    placed = []
    for cell, text in zip(cells, texts, strict=True):
        column = bisect_right(starts, cell.column) - 1
        end = bisect_left(starts, cell.column + cell.column_span)
        placed.append(GridCell(text, cell.row, column, cell.row_span, end - column, _NOWHERE))
    return [Grid(row_count, width, tuple(placed), _NOWHERE), *(b for b in inside if isinstance(b, Grid))]


def _holds_data(cells: Sequence[MarkupCell], texts: Sequence[str]) -> bool:
    """Whether rows are filled side by side, and no cell holds both a grid and much text.

    A single filled row has to be short, with no grid in it.
    """
    filled = Counter(cell.row for cell, text in zip(cells, texts, strict=True) if text.strip())
    long = [text.count("\n") >= _MOST_LINES or len(text) > _MOST_CHARACTERS for text in texts]
    holds = [any(isinstance(block, Grid) for block in cell.blocks) for cell in cells]
    if sum(count > 1 for count in filled.values()) >= _FEWEST_FILLED_ROWS:
        return not any(map(and_, long, holds))
    return not any(long) and not any(holds)

"""The narrow waist: every reader makes Pages of text lines and Grids; all that follows reads them."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.model import BBox, Place


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a ruled grid, spanning one or more rows and columns (0-based)."""

    text: str
    """As printed; wrapped lines are joined by a line break ``\\n``."""
    row: int
    column: int
    row_span: int
    column_span: int
    place: Place
    confidence: float | None = None
    """How sure text recognition is of the text, 0 to 1; None where the file holds the text itself."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands on one page, cells in reading order; each position is covered once."""

    row_count: int
    column_count: int
    cells: tuple[GridCell, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text outside every grid."""

    text: str
    place: Place
    starts_paragraph: bool | None = None
    """Whether an indent or a gap marks a new paragraph; None where the format does not tell."""
    font_size: float | None = None
    after_break: bool = False
    """Whether a page break, or a line that was dropped as a page number, stands right before."""
    confidence: float | None = None
    """As for a GridCell."""
    is_title: bool = False
    """The format itself sets it apart as one: it has a heading's style, or is centred on its own."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page (or the whole file, for formats without pages), blocks from top to bottom.

    Page numbers, running heads and feet are not blocks.
    """

    number: int | None
    width: float | None
    height: float | None
    blocks: tuple[TextLine | Grid, ...]
    name: str | None = None
    """What the format calls it: a sheet's name."""
    notes: tuple[str, ...] = ()
    """What of it was left out or could not be read well, for people."""


def bbox_union(boxes: list[BBox]) -> BBox:
    """The smallest box around all of them. Raises ValueError when there is none."""
    if not boxes:
        raise ValueError("no boxes to join")
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )

"""Blocks that belong to no table -> lines of running text, each measured against its margins."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from unicodedata import east_asian_width

from ingest.confidence import least
from ingest.grid import Grid, Page, TextLine, bbox_union
from ingest.model import Place

_SAME_REACH = 0.93
_NARROWEST_TEXT = 0.75
"""Lines that are wrapped reach at least so far over the page."""
_CENTRED_SET_IN = 3.2
"""In characters; a paragraph's first line is set in by two."""
_OFF_CENTRE = 0.035
"""In widths of the page."""
_USUAL_FONT_SIZE = 14.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text, and what its place tells of where paragraphs start."""

    text: str
    place: Place
    starts: bool | None
    """Whether a new paragraph is known to start here."""
    centred: bool
    reach: float
    """How far right it goes, 1 being where lines are wrapped."""
    after_table: bool
    after_break: bool = False
    """Something stands between it and the line before that is no part of the text."""
    is_row: bool = False
    """A row of a grid that is no table: a paragraph of its own."""
    is_title: bool = False
    """The format sets it apart as a title of its own."""
    confidence: float | None = None
    """How sure text recognition is; None where the file holds the text itself."""


def prose_lines(pages: Sequence[Page], used: AbstractSet[tuple[int, int]]) -> list[Line]:
    """The lines of all blocks but ``used``: (page index, block index) of those in tables."""
    full = _full_reach(pages, used)
    lines: list[Line] = []
    after_table = False
    for page_index, page in enumerate(pages):
        for block_index, block in enumerate(page.blocks):
            if (page_index, block_index) in used:
                after_table = True
                continue
            if isinstance(block, Grid):
                lines.extend(_grid_lines(block))
                continue
            if text := block.text.strip():
                reach = _reach(block) / full[page.width]
                centred = _is_centred(block, page, full[page.width])
                lines.append(
                    Line(
                        text,
                        block.place,
                        block.starts_paragraph,
                        centred,
                        reach,
                        after_table,
                        block.after_break,
                        is_title=block.is_title,
                        confidence=block.confidence,
                    )
                )
                after_table = False
    return lines


def _reach(line: TextLine) -> float:
    """How far right a line goes: in points, or in half characters for formats without places."""
    if line.place.bbox:
        return line.place.bbox[2]
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in line.text.strip())


def _full_reach(pages: Sequence[Page], used: AbstractSet[tuple[int, int]]) -> dict[float | None, float]:
    """For each width of page, how far a line goes that was wrapped: where most text ends."""
    reaches: defaultdict[float | None, list[float]] = defaultdict(list)
    for i, page in enumerate(pages):
        for j, block in enumerate(page.blocks):
            if isinstance(block, TextLine) and (i, j) not in used and block.text.strip():
                reaches[page.width].append(_reach(block))
    return {
        width: max(_commonest(sorted(found)), (width or 0) * _NARROWEST_TEXT)
        for width, found in reaches.items()
    }


def _commonest(reaches: list[float]) -> float:
    """The reach that the most text ends at or just before. ``reaches`` is sorted."""

    def text_ending_at(reach: float) -> float:
        return reach * (bisect_right(reaches, reach) - bisect_left(reaches, reach * _SAME_REACH))

    return max(set(reaches), key=text_ending_at)


def _is_centred(line: TextLine, page: Page, full: float) -> bool:
    """Set in by more than an indent from both margins, and as much from one as from the other."""
    if line.place.bbox is None or page.width is None:
        return False
    x0, _, x1, _ = line.place.bbox
    left, right = x0 - (page.width - full), full - x1
    set_in = _CENTRED_SET_IN * (line.font_size or _USUAL_FONT_SIZE)
    return min(left, right) > set_in and abs(left - right) < 2 * _OFF_CENTRE * page.width


def _grid_lines(grid: Grid) -> Iterator[Line]:
    """A grid that no table was made of, row by row, so that none of its text is lost."""
    for row in range(grid.row_count):
        cells = [cell for cell in grid.cells if cell.row == row and cell.text.strip()]
        if cells:
            text = " ".join(join_lines(cell.text.split("\n")) for cell in cells)
            boxes = [cell.place.bbox for cell in cells if cell.place.bbox]
            place = Place(grid.place.page_number, bbox_union(boxes) if boxes else None)
            sure = least(cell.confidence for cell in cells)
            yield Line(
                text, place, True, centred=False, reach=0, after_table=False, is_row=True, confidence=sure
            )


def join_lines(lines: Sequence[str]) -> str:
    """Wrapped lines as one: a space only between two words written in letters."""
    joined = ""
    for line in (line.strip() for line in lines):
        joined += gap(joined, line) + line
    return joined


def gap(before: str, after: str) -> str:
    """What joins two wrapped lines: a space between two words written in letters, else nothing."""
    needs = bool(before and after) and all(c.isascii() and c.isalpha() for c in (before[-1], after[0]))
    return " " if needs else ""

"""Lines of running text -> TextLines that know where paragraphs start."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from statistics import median

from ingest.grid import TextLine
from ingest.model import BBox, Place
from ingest.readers.glyphs import Line, box_of, ink, is_wide, least_sure, line_text

INDENTED = 1.2
"""A first line set in by at least this many characters starts a paragraph."""
CUT_SHORT = 1.5
"""A line that leaves this many characters more than the next word needs ended its paragraph."""
EXTRA_LEADING = 0.6
"""A gap above that is larger than usual by this part of the size sets a paragraph apart."""


def text_lines(lines: list[Line], place: Callable[[BBox], Place]) -> list[TextLine]:
    """``lines`` stand outside every grid, from top to bottom on one page."""
    if not lines:
        return []
    inked = [ink(line) for line in lines]
    boxes = [box_of(line) for line in inked]
    sizes = [median(g.size for g in line) for line in inked]
    left, right = _left_margin(boxes), max(box[2] for box in boxes)
    gaps = [below[1] - above[3] for above, below in pairwise(boxes)]
    usual_gap = median(gaps) if gaps else 0.0
    starts = [boxes[0][0] - left >= INDENTED * sizes[0]]
    for i in range(1, len(lines)):
        size, indent = sizes[i], boxes[i][0] - left
        apart = gaps[i - 1] > usual_gap + EXTRA_LEADING * size or abs(sizes[i - 1] - size) > 1
        room = right - boxes[i - 1][2] - CUT_SHORT * size
        wrapped = _is_centred(boxes[i - 1], boxes[i], left, size)
        starts.append(
            apart or (not wrapped and (indent >= INDENTED * size or room > _first_word_width(inked[i])))
        )
    return [
        TextLine(line_text(line), place(box), start, round(size, 2), confidence=least_sure([line]))
        for line, box, start, size in zip(inked, boxes, starts, sizes, strict=True)
    ]


def _is_centred(above: BBox, below: BBox, left: float, size: float) -> bool:
    """Whether ``below`` goes on with a centred heading that was too long for its line."""
    middles = (above[0] + above[2]) / 2, (below[0] + below[2]) / 2
    return (
        abs(middles[0] - middles[1]) < size / 2
        and left + INDENTED * size < above[0] < below[0] - size
        and below[1] - above[3] < size
    )


def _first_word_width(line: Line) -> float:
    """The width of what cannot be broken at the start of a line: a number, a Latin word."""
    end = line[0].x1
    for glyph in line[1:]:
        if is_wide(glyph.text) or glyph.text.isspace():
            break
        end = glyph.x1
    return end - line[0].x0


def _left_margin(boxes: list[BBox]) -> float:
    """The leftmost edge that two lines share, or the leftmost of all."""
    starts = sorted(box[0] for box in boxes)
    for one, other in pairwise(starts):
        if other - one <= 2:
            return one
    return starts[0]

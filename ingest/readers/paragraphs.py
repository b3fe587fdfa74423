"""Lines of running text -> TextLines that know where paragraphs start."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from statistics import median

from ingest.grid import TextLine
from ingest.model import BBox, Place
from ingest.readers.glyphs import Line, box_of, ink, line_text

INDENTED = 1.2
"""A first line set in by at least this many characters starts a paragraph."""
CUT_SHORT = 2.5
"""A line that ends this many characters before the margin was the last of its paragraph."""
EXTRA_LEADING = 0.6
"""A gap above that is larger than usual by this part of the size sets a paragraph apart."""


def text_lines(lines: list[Line], place: Callable[[BBox], Place]) -> list[TextLine]:
    """``lines`` stand outside every grid, from top to bottom on one page."""
    if not lines:
        return []
    inked = [ink(line) for line in lines]
    boxes = [box_of(line) for line in inked]
    left, right = _left_margin(boxes), max(box[2] for box in boxes)
    usual_gap = median(b[1] - a[3] for a, b in pairwise(boxes)) if len(boxes) > 1 else 0.0
    result: list[TextLine] = []
    for number, (line, own, box) in enumerate(zip(lines, inked, boxes, strict=True)):
        size = median(g.size for g in own)
        starts = box[0] - left >= INDENTED * size
        if number:
            previous, above = result[-1], boxes[number - 1]
            starts = (
                starts
                or above[2] < right - CUT_SHORT * size
                or box[1] - above[3] > usual_gap + EXTRA_LEADING * size
                or abs((previous.font_size or size) - size) > 1
            )
        result.append(TextLine(line_text(line), place(box), starts, round(size, 2)))
    return result


def _left_margin(boxes: list[BBox]) -> float:
    """The leftmost edge that two lines share, or the leftmost of all."""
    starts = sorted(box[0] for box in boxes)
    for one, other in pairwise(starts):
        if other - one <= 2:
            return one
    return starts[0]

"""Characters on a page -> lines of text.

Coordinates are PDF points from the top-left corner of the page as it is displayed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.model import BBox

SAME_LINE = 0.5
"""Characters whose middles differ by less than this part of their size share a line."""
SAME_GLYPH = 0.5
"""The same character again, shifted by less than this part of its width: bold made by printing twice."""
WIDE_WORD_GAP = 0.5
"""A gap next to a full-width character that is read as a space, in parts of the size."""
NARROW_WORD_GAP = 0.25
"""The same between two half-width characters."""


class Glyph(NamedTuple):
    """One printed character (or the few that a ligature stands for)."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    confidence: float | None = None
    """How sure text recognition is, 0 to 1; None where the file holds the text itself."""

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


Line = list[Glyph]
"""Characters of one line from left to right, never empty."""


def into_lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """Group by height on the page; lines from top to bottom, characters from left to right.

    Characters printed twice are kept once, and lines of nothing but space are dropped.
    """
    groups: list[Line] = []
    first_middle = first_size = 0.0
    for glyph in sorted(glyphs, key=lambda g: g.top + g.bottom):
        if groups and glyph.middle - first_middle <= SAME_LINE * min(glyph.size, first_size):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
            first_middle, first_size = glyph.middle, glyph.size
    lines = [_printed_once(sorted(group, key=lambda g: g.x0)) for group in groups]
    return [line for line in lines if any(not g.text.isspace() for g in line)]


def _printed_once(line: Line) -> Line:
    kept: Line = []
    for glyph in line:
        tolerance = SAME_GLYPH * (glyph.x1 - glyph.x0)
        for earlier in reversed(kept[-3:]):
            if earlier.text == glyph.text and glyph.x0 - earlier.x0 < tolerance:
                break
        else:
            kept.append(glyph)
    return kept


def is_same_line(one: Glyph, other: Glyph) -> bool:
    return abs(one.middle - other.middle) <= SAME_LINE * min(one.size, other.size)


def is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character[0]) in "WF"


def line_text(line: Line) -> str:
    """The line as printed: its own spaces, and one more for each word gap without one."""
    parts: list[str] = []
    previous: Glyph | None = None
    for glyph in line:
        if previous is not None and not glyph.text.isspace() and not previous.text.isspace():
            wide = is_wide(glyph.text) or is_wide(previous.text)
            limit = (WIDE_WORD_GAP if wide else NARROW_WORD_GAP) * max(glyph.size, previous.size)
            gap = glyph.x0 - previous.x1
            if gap > limit:
                parts.append(" " * max(1, min(8, round(gap / glyph.size))))
        parts.append(glyph.text)
        previous = glyph
    return "".join(parts).rstrip()


def ink(line: Line) -> Line:
    """The line without the spaces before and after its text."""
    start, end = 0, len(line)
    while line[start].text.isspace():
        start += 1
    while line[end - 1].text.isspace():
        end -= 1
    return line[start:end]


def box_of(glyphs: Sequence[Glyph]) -> BBox:
    return (
        min(g.x0 for g in glyphs),
        min(g.top for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.bottom for g in glyphs),
    )


def least_sure(lines: Sequence[Line]) -> float | None:
    """The confidence of the character that is least sure; None where the file holds the text itself."""
    if not lines or lines[0][0].confidence is None:
        return None
    return min(g.confidence for line in lines for g in line if g.confidence is not None)

"""What a PDF page draws -> its visible characters and rules, upright, from the top-left corner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pdfminer.layout import LTChar, LTCurve, LTFigure, LTImage, LTRect

from ingest.model import BBox
from ingest.readers.content import page_layout
from ingest.readers.glyphs import Glyph
from ingest.readers.ruling import Rule

THICKEST_RULE = 3.0
"""A box up to this many points thick is a rule, a thicker filled one is shading."""
ALMOST_WHITE = 0.97
SLANT = 0.2
"""Text that leans more than this from both axes is a watermark."""
LEAST_COVER = 36.0
"""A picture covers text from this many points on in both directions; smaller ones are marks and signs."""
_TRANSPARENT = frozenset(("SMask", "Mask", "ImageMask", "SMaskInData"))
"""What a picture that lets text through may have."""
UNREADABLE = "\ufffd"
"""Stands for a character whose font does not say what it is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The page as displayed, in points, and how far its text is turned."""

    left: float
    """The displayed box in pdfminer's coordinates (bottom-left origin)."""
    top: float
    width: float
    height: float
    turn: int
    """Degrees clockwise by which the displayed page must be turned for its text to be upright."""

    def upright(self, x0: float, y0: float, x1: float, y1: float) -> BBox:
        """From pdfminer's coordinates to the page turned upright, top-left origin."""
        shown = (x0 - self.left, self.top - y1, x1 - self.left, self.top - y0)
        return _turned(shown, self.turn, self.width, self.height)

    def displayed(self, box: BBox) -> BBox:
        """From the page turned upright to the page as displayed."""
        sides = (self.width, self.height) if self.turn % 180 == 0 else (self.height, self.width)
        return _turned(box, -self.turn % 360, *sides)


@dataclass(frozen=True, slots=True)
class Strokes:
    """One page, turned so that its text reads from left to right."""

    frame: Frame
    glyphs: list[Glyph]
    horizontal: list[Rule]
    vertical: list[Rule]


def read_strokes(page: Any) -> Strokes:
    """Everything visible on a pdfplumber page, which is parsed here, once.

    White on white, text under a picture, watermarks set aslant and rules in the colour of the paper
    are left out.
    """
    layout = page_layout(page)
    chars: list[Any] = []
    paths: list[Any] = []
    for item in _leaves(layout):
        if isinstance(item, LTImage):
            chars = _beside(item, chars)
        else:
            (chars if isinstance(item, LTChar) else paths).append(item)
    left, top, right, bottom = _shown_box(page, layout)
    frame = Frame(left, top, right - left, top - bottom, _reading_turn(chars))
    shades = [
        frame.upright(*path.bbox)
        for path in paths
        if path.fill and _is_visible(path.non_stroking_color) and not _is_thin(path)
    ]
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for path in paths:
        for box in _rule_boxes(path):
            x0, y0, x1, y1 = frame.upright(*box)
            if x1 - x0 >= y1 - y0:
                horizontal.append(Rule((y0 + y1) / 2, x0, x1))
            if y1 - y0 >= x1 - x0:
                vertical.append(Rule((x0 + x1) / 2, y0, y1))
    return Strokes(frame, list(_glyphs(chars, frame, shades)), horizontal, vertical)


def _leaves(container: Iterable[Any]) -> Iterator[Any]:
    for item in container:
        if isinstance(item, LTFigure):
            yield from _leaves(item)
        elif isinstance(item, LTChar | LTCurve | LTImage):
            yield item


def _beside(picture: LTImage, chars: list[Any]) -> list[Any]:
    """The characters drawn before that an opaque picture does not cover."""
    if (
        picture.width < LEAST_COVER
        or picture.height < LEAST_COVER
        or _TRANSPARENT & picture.stream.attrs.keys()
    ):
        return chars
    x0, y0, x1, y1 = picture.bbox
    return [c for c in chars if not (x0 <= (c.x0 + c.x1) / 2 <= x1 and y0 <= (c.y0 + c.y1) / 2 <= y1)]


def _shown_box(page: Any, layout: Any) -> BBox:
    """Left, top, right and bottom of the crop box, in the layout's coordinates."""
    media, crop = page.page_obj.mediabox, page.page_obj.cropbox or page.page_obj.mediabox
    x0, y0 = max(crop[0] - media[0], 0), max(crop[1] - media[1], 0)
    x1, y1 = min(crop[2], media[2]) - media[0], min(crop[3], media[3]) - media[1]
    if x1 <= x0 or y1 <= y0:
        return (0.0, layout.height, layout.width, 0.0)
    width, height = media[2] - media[0], media[3] - media[1]
    left, top, right, bottom = _turned((x0, height - y1, x1, height - y0), page.rotation, width, height)
    return (left, layout.height - top, right, layout.height - bottom)


def _turned(box: BBox, degrees: int, width: float, height: float) -> BBox:
    """A box on a page of that size, after the page is turned clockwise."""
    x0, top, x1, bottom = box
    if degrees == 90:
        return (height - bottom, x0, height - top, x1)
    if degrees == 180:
        return (width - x1, height - bottom, width - x0, height - top)
    if degrees == 270:
        return (top, width - x1, bottom, width - x0)
    return box


def _reading_turn(chars: list[Any]) -> int:
    turns = Counter(_turn_of(char.matrix) for char in chars if not char.get_text().isspace())
    del turns[None]
    return max(turns, key=lambda turn: turns[turn]) or 0 if turns else 0


def _turn_of(matrix: tuple[float, ...]) -> int | None:
    a, b = matrix[0], matrix[1]
    if abs(b) <= SLANT * abs(a):
        return 0 if a >= 0 else 180
    if abs(a) <= SLANT * abs(b):
        return 90 if b > 0 else 270
    return None


def _glyphs(chars: list[Any], frame: Frame, shades: list[BBox]) -> Iterator[Glyph]:
    width, height = frame.width, frame.height
    if frame.turn % 180:
        width, height = height, width
    for char in chars:
        text = char.get_text()
        if not text or text == "\x00" or _turn_of(char.matrix) is None:
            continue
        if text.startswith("(cid:"):
            text = UNREADABLE
        x0, top, x1, bottom = frame.upright(*char.bbox)
        x, y = (x0 + x1) / 2, (top + bottom) / 2
        if not (0 <= x <= width and 0 <= y <= height and top < bottom):
            continue
        if not _is_visible(char.graphicstate.ncolor) and not any(
            s[0] <= x <= s[2] and s[1] <= y <= s[3] for s in shades
        ):
            continue
        yield Glyph(text, x0, top, x1, bottom, bottom - top)


def _is_thin(path: Any) -> bool:
    return bool(min(path.width, path.height) <= THICKEST_RULE)


def _rule_boxes(path: Any) -> Iterator[BBox]:
    """The thin boxes of a path that can be table rules, in pdfminer's coordinates."""
    stroked = path.stroke and _is_visible(path.stroking_color)
    filled = path.fill and _is_visible(path.non_stroking_color)
    x0, y0, x1, y1 = path.bbox
    if _is_thin(path):
        if stroked or filled:
            yield (x0, y0, x1, y1)
    elif not stroked:
        return
    elif isinstance(path, LTRect):
        yield from ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
    else:
        for (ax, ay), (bx, by) in zip(path.pts, path.pts[1:], strict=False):
            if min(abs(ax - bx), abs(ay - by)) <= 0.5:
                yield (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _is_visible(colour: Any) -> bool:
    """Whether it is told apart from white paper. Patterns and unknown colours are."""
    parts = colour if isinstance(colour, tuple | list) else (colour,)
    if not all(isinstance(part, int | float) for part in parts):
        return True
    if len(parts) == 4:
        return bool(max(parts) > 1 - ALMOST_WHITE)
    return not parts or bool(min(parts) < ALMOST_WHITE)

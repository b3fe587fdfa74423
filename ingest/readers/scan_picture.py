"""A scanned page -> an upright grey picture, and the rules that are drawn in it."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, tan
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.model import BBox
from ingest.readers.picture import MAX_PIXELS, PDFIUM_LOCK, POINTS_PER_INCH
from ingest.readers.ruling import Rule
from ingest.readers.strokes import THICKEST_RULE, Frame

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

DOTS_PER_INCH = 200
"""Small print is some 20 pixels high, which recognition reads as well as higher."""
MAX_STORED_PIXELS = 100_000_000
"""Pictures that hold more, all together, are not drawn: PDFium unpacks them whole. An A3 page at
600 dots per inch has 70 million."""

FAINTEST = 36
"""Ink is darker than its paper by at least this many of 255 levels, after smoothing."""
FEWEST_INK_PIXELS = 20
"""Less ink is dirt."""
SMALLEST = 32
"""Pixels; a page that is narrower or lower holds no text."""
LARGEST_SKEW = 3.0
"""Degrees; a page that is turned further is left as it is."""
THIN_SKEW = 0.02
"""Less than this many degrees moves nothing by a pixel."""

LINE_CONTRAST = 22
"""A rule is darker than what is beside it by at least this many of 255 levels."""
LONG_RULE = 100.0
"""Points. A shorter stroke is a rule only where it runs from one rule to another."""
SHORT_RULE = 8.0
"""Points; most strokes of characters are shorter."""
MOST_STROKES = 2_000
"""In each direction; more are not of a table, and the shortest are left out."""
TOUCHING = 1.0
"""Points between the end of a short rule and the rule that it ends at."""


class UnreadPictureError(Exception):
    """A page is a picture and cannot be read; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class SkewedFrame(Frame):
    """The frame of a page whose picture was turned by a small angle to make it straight."""

    skew: float = 0.0
    """Degrees counterclockwise by which the picture was turned about its middle."""

    def displayed(self, box: BBox) -> BBox:
        x0, top, x1, bottom = Frame.displayed(self, box)
        centre_x, centre_y = self.width / 2, self.height / 2
        along, across = cos(radians(self.skew)), sin(radians(self.skew))
        corners = [(x - centre_x, y - centre_y) for x in (x0, x1) for y in (top, bottom)]
        xs = [centre_x + x * along - y * across for x, y in corners]
        ys = [centre_y + x * across + y * along for x, y in corners]
        return (min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as the grey picture that it prints, straight, with its place on the page."""

    grey: Grey
    pixels_per_point: float
    frame: SkewedFrame

    def turned(self, degrees: int) -> Picture:
        """The same page turned clockwise by 0, 90, 180 or 270 degrees more."""
        frame = self.frame
        turned = SkewedFrame(
            frame.left, frame.top, frame.width, frame.height, (frame.turn + degrees) % 360, frame.skew
        )
        return Picture(
            np.ascontiguousarray(np.rot90(self.grey, -degrees // 90)), self.pixels_per_point, turned
        )


def draw(path: Path, page_number: int) -> Picture | None:
    """The page (counted from 1), made straight; None when it is blank.

    Raises UnreadPictureError when it cannot be drawn.
    """
    try:
        with PDFIUM_LOCK:
            grey, points = _drawn(path, page_number)
    except pdfium.PdfiumError as error:
        raise UnreadPictureError(
            f"Page {page_number} is a picture that cannot be drawn ({error})."
        ) from error
    if _is_uniform(grey):
        return None
    skew = _skew(grey)
    width, height = points
    return Picture(
        _straight(grey, skew), grey.shape[1] / width, SkewedFrame(0, height, width, height, 0, skew)
    )


def _drawn(path: Path, page_number: int) -> tuple[Grey, tuple[float, float]]:
    """The page as it prints, and its width and height in points."""
    document = pdfium.PdfDocument(path)
    try:
        page = document[page_number - 1]
        if (pixels := _stored_pixels(page)) > MAX_STORED_PIXELS:
            raise UnreadPictureError(
                f"Page {page_number} is a picture of {pixels:,} pixels, more than the {MAX_STORED_PIXELS:,} "
                "that are read: scan it at 200 or 300 dots per inch."
            )
        width, height = page.get_size()
        scale = min(DOTS_PER_INCH / POINTS_PER_INCH, (MAX_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
        return grey, (width, height)
    finally:
        document.close()


def _stored_pixels(page: pdfium.PdfPage) -> int:
    images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])
    return sum(width * height for width, height in (image.get_px_size() for image in images))


def _is_uniform(grey: Grey) -> bool:
    """Whether nothing is printed: the paper may be shaded, dark at its edges and grainy."""
    if min(grey.shape) < SMALLEST:
        return True
    smooth = cv2.blur(grey, (3, 3))
    margin = [max(1, side // 40) for side in smooth.shape]
    inner = smooth[margin[0] : -margin[0], margin[1] : -margin[1]]
    return bool((darkness(inner) > FAINTEST).sum() < FEWEST_INK_PIXELS)


def darkness(grey: Grey) -> Grey:
    """How much darker each pixel is than the paper around it."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.blur(cv2.dilate(small, np.ones((15, 15), np.uint8)), (15, 15))
    darker: Grey = cv2.subtract(cv2.resize(paper, grey.shape[::-1]), grey)
    return darker


def _skew(grey: Grey) -> float:
    """Degrees by which to turn the picture counterclockwise, so that its lines lie level.

    Level lines put their ink into few rows of pixels.
    """
    rows, columns = np.nonzero(darkness(grey) > 80)
    if not len(rows):
        return 0.0
    step = max(1, len(rows) // 200_000)
    xs: Numbers = columns[::step] - grey.shape[1] / 2
    ys: Numbers = rows[::step].astype(np.float64)
    best = 0.0
    for width, spacing in ((LARGEST_SKEW, 0.25), (0.25, 0.03), (0.03, 0.005)):
        angles = best + np.arange(-width, width + spacing / 2, spacing)
        best = float(max(angles, key=lambda angle: _levelness(xs, ys, angle)))
    return best if THIN_SKEW < abs(best) < LARGEST_SKEW - 0.1 else 0.0


def _levelness(xs: Numbers, ys: Numbers, degrees: float) -> float:
    rows = ys - xs * tan(radians(degrees))
    counts = np.bincount((rows - rows.min()).astype(np.int64))
    return float((counts.astype(np.float64) ** 2).sum())


def _straight(grey: Grey, skew: float) -> Grey:
    if not skew:
        return grey
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1)
    straight: Grey = cv2.warpAffine(
        grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return straight


def find_rules(picture: Picture) -> tuple[list[Rule], list[Rule], Mask]:
    """Horizontal and vertical rules in points, and the pixels that they cover."""
    scale = picture.pixels_per_point
    grey = picture.grey
    marks = _marks(grey, scale), _marks(np.ascontiguousarray(grey.T), scale)
    across = _strokes(marks[0], marks[1].T, scale)
    down = [_transposed(box) for box in _strokes(marks[1], marks[0].T, scale)]
    across, down = _kept(across, down, scale)
    covered = np.zeros(picture.grey.shape, np.bool_)
    for x0, top, x1, bottom in across + down:
        covered[max(0, top - 1) : bottom + 1, max(0, x0 - 1) : x1 + 1] = True
    horizontal = [Rule((t + b) / 2 / scale, x0 / scale, x1 / scale) for x0, t, x1, b in across]
    vertical = [Rule((x0 + x1) / 2 / scale, t / scale, b / scale) for x0, t, x1, b in down]
    return horizontal, vertical, covered


Box = tuple[int, int, int, int]
"""x0, top, x1, bottom in pixels."""


def _transposed(box: Box) -> Box:
    return (box[1], box[0], box[3], box[2])


def _marks(grey: Grey, scale: float) -> Grey:
    """1 where a level stroke runs that is thin and longer than those of small characters."""
    reach = 2 * round(THICKEST_RULE * scale) + 1
    ridges = cv2.morphologyEx(cv2.blur(grey, (3, 1)), cv2.MORPH_BLACKHAT, np.ones((reach, 1), np.uint8))
    marks: Grey = (ridges > LINE_CONTRAST).astype(np.uint8)
    marks = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, round(SHORT_RULE * scale)), np.uint8))
    return marks


def _strokes(marks: Grey, crossing: Grey, scale: float) -> list[Box]:
    """The boxes of level strokes, joined where ``crossing``, those of the other direction, cross
    them: there neither is thin."""
    thick = round(THICKEST_RULE * scale)
    near = cv2.dilate(np.ascontiguousarray(crossing), np.ones((thick, thick), np.uint8))
    closed = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((1, thick + 4), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(marks | closed & near, connectivity=8)
    boxes = [(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist() if h <= thick + 2]
    return sorted(boxes, key=lambda box: box[0] - box[2])[:MOST_STROKES]


def _kept(across: list[Box], down: list[Box], scale: float) -> tuple[list[Box], list[Box]]:
    """The strokes that are rules: the long ones, and those that run from one rule to another."""
    least = LONG_RULE * scale
    strokes = across, down
    long = [[box for box in strokes[axis] if box[axis + 2] - box[axis] >= least] for axis in (0, 1)]
    short = [[box for box in strokes[axis] if box[axis + 2] - box[axis] < least] for axis in (0, 1)]
    kept = long
    while True:
        found = [
            long[axis] + [cut for box in short[axis] if (cut := _between(box, kept[1 - axis], axis, scale))]
            for axis in (0, 1)
        ]
        if found == kept:
            return kept[0], kept[1]
        kept = found


def _between(box: Box, rules: list[Box], axis: int, scale: float) -> Box | None:
    """The part of a stroke along ``axis`` from the first to the last of the rules that it meets."""
    near, at = TOUCHING * scale, (box[1 - axis] + box[3 - axis]) / 2
    met = [
        rule
        for rule in rules
        if rule[1 - axis] - near <= at <= rule[3 - axis] + near
        and box[axis] - near <= rule[axis + 2]
        and rule[axis] <= box[axis + 2] + near
    ]
    start, end = min((r[axis] for r in met), default=0), max((r[axis + 2] for r in met), default=0)
    if end - start < SHORT_RULE * scale:
        return None
    return (start, box[1], end, box[3]) if axis == 0 else (box[0], start, box[2], end)

"""A page without readable characters -> what a PDF page draws, read from its picture.

The rules are found in the picture and the text is recognised line by line; from there on a
scanned page is read like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np

from ingest.readers.glyphs import Glyph, is_wide
from ingest.readers.ruling import find_lattices
from ingest.readers.scan_lines import Mask, Piece, contrast, find_pieces
from ingest.readers.scan_picture import Grey, Picture, draw, find_rules, opened
from ingest.readers.scan_text import Read, recogniser
from ingest.readers.strokes import Strokes

SMALL_PRINT = 6.0
"""Points; no row or column of a scan is narrower."""
LEGIBLE = 0.6
"""A page whose characters are on average less sure than this is tried turned."""
SAMPLE = 8
"""Lines by which to tell which way up a page is."""
NONSENSE = 0.35
"""A line that is on average less sure than this is no text."""


def read_scan(path: Path, index: int) -> Strokes | None:
    """The page at ``index`` (from 0) of a PDF; None when it is blank or too large."""
    with opened(path) as document:
        picture = draw(document, index)
    if picture is None:
        return None
    return max(_readings(picture), key=lambda found: found[0])[1]


def _readings(picture: Picture) -> Iterator[tuple[float, Strokes]]:
    for degrees in (0,):
        yield _read(picture.turned(degrees))


def _read(picture: Picture) -> tuple[float, Strokes]:
    horizontal, vertical, covered = find_rules(picture)
    lattices = find_lattices(horizontal, vertical, SMALL_PRINT)
    found = contrast(picture, lattices, covered)
    pieces = find_pieces(found, lattices, picture)
    read = recogniser().read([_line_picture(found, piece) for piece in pieces])
    glyphs: list[Glyph] = []
    for piece, characters in zip(pieces, read, strict=True):
        if characters and fmean(c.confidence for c in characters) >= NONSENSE:
            glyphs += _glyphs(piece, characters, picture.pixels_per_point)
    sure = fmean(g.confidence or 0 for g in glyphs) if glyphs else 0.0
    return sure, Strokes(picture.frame, glyphs, horizontal, vertical)


def _margins(piece: Piece) -> tuple[int, int]:
    """White around a piece in its picture, above and below, left and right."""
    height = piece.box[3] - piece.box[1]
    tall = max(height + 0.2 * piece.size, 1.2 * piece.size)
    return round((tall - height) / 2), round(0.25 * piece.size)


def _line_picture(contrast: Grey, piece: Piece) -> Grey:
    x0, top, x1, bottom = piece.box
    above, beside = _margins(piece)
    return cv2.copyMakeBorder(
        255 - contrast[top:bottom, x0:x1], above, above, beside, beside, cv2.BORDER_CONSTANT, value=255
    )


def _glyphs(piece: Piece, characters: list[Read], scale: float) -> Iterator[Glyph]:
    """The characters where they stand, in points, one against the next."""
    x0, top, x1, bottom = piece.box
    size = piece.size
    _, beside = _margins(piece)
    middle = (piece.line[0] + piece.line[1]) / 2
    centres = [x0 - beside + c.centre for c in characters]
    edges = [x0, *((a + b) / 2 for a, b in zip(centres, centres[1:], strict=False)), x1]
    for left, right, c in zip(edges, edges[1:], characters, strict=False):
        yield Glyph(
            c.text, left / scale, (middle - size / 2) / scale, right / scale, (middle + size / 2) / scale,
            size / scale, c.confidence,
        )

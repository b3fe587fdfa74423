"""A page without readable characters -> what a PDF page draws, read from its picture.

The rules are found in the picture and the text is recognised line by line; from there on a
scanned page is read like any other.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import cv2
import numpy as np

from ingest.readers.glyphs import Glyph
from ingest.readers.ruling import find_lattices
from ingest.readers.scan_lines import INK, Piece, contrast, find_pieces, runs
from ingest.readers.scan_picture import Grey, Mask, Picture, UnreadPictureError, draw, find_rules
from ingest.readers.scan_text import Read, recogniser
from ingest.readers.scan_type import alike, is_character, mended, type_size
from ingest.readers.strokes import Strokes

SMALL_PRINT = 6.0
"""Points; no row or column of a scan is narrower."""
LEGIBLE = 0.7
"""A page whose lines are on average less sure than this is tried turned."""
SAMPLE = 12
"""Lines that tell which way up a page is."""
FEW_CHARACTERS = 4
"""Shorter lines tell less of which way up a page is."""
MOST_LINES = 3_000
"""More pieces of text than any page has; each takes some 10 ms."""
SPACE = 0.3
"""White of more than this part of the height of characters is a space: 0.33 and more with one, 0.25 at
most without, in 3,081 pairs of characters."""
NONSENSE = 0.35
"""A line that is on average less sure than this is no text: a seal, a picture, dirt."""


def read_scan(path: Path, page_number: int) -> Strokes | None:
    """The page (counted from 1) of a PDF, read as a picture; None when it is blank.

    Raises UnreadPictureError when it cannot be drawn or holds too much.
    """
    picture = draw(path, page_number)
    if picture is None:
        return None
    sketch = _sketch(picture)
    if sketch.pieces and _legibility(sketch) < LEGIBLE:
        others = (_sketch(picture.turned(degrees)) for degrees in (90, 180, 270))
        sketch = max(sketch, *others, key=_legibility)
    if len(sketch.pieces) > MOST_LINES:
        raise UnreadPictureError(f"Page {page_number} is a picture of more than {MOST_LINES:,} lines.")
    return _strokes(sketch)


class _Sketch(NamedTuple):
    """A page whose text is found and not read yet."""

    picture: Picture
    strokes: Strokes
    """Without characters."""
    ink: Grey
    """How much darker than its ground each pixel of text is."""
    pieces: list[Piece]


def _sketch(picture: Picture) -> _Sketch:
    horizontal, vertical, covered = find_rules(picture)
    lattices = find_lattices(horizontal, vertical, SMALL_PRINT)
    ink = contrast(picture, lattices, covered)
    pieces = find_pieces(ink, lattices, picture)
    return _Sketch(picture, Strokes(picture.frame, [], horizontal, vertical), ink, pieces)


def _legibility(sketch: _Sketch) -> float:
    """How sure the reading of the longest lines is, 0 to 1; lines of text that stands sideways are as
    short as a character."""
    longest = sorted(sketch.pieces, key=lambda piece: piece.box[0] - piece.box[2])[:SAMPLE]
    lines = recogniser().read([_line_picture(sketch.ink, piece) for piece in longest])
    return fmean(_sure(line) * min(1, len(line) / FEW_CHARACTERS) for line in lines) if lines else 0.0


def _sure(line: list[Read]) -> float:
    return fmean(c.confidence for c in line) if line else 0.0


def _strokes(sketch: _Sketch) -> Strokes:
    scale = sketch.picture.pixels_per_point
    lines = recogniser().read([_line_picture(sketch.ink, piece) for piece in sketch.pieces])
    read = [(p, line) for p, line in zip(sketch.pieces, lines, strict=True) if _sure(line) >= NONSENSE]
    glyphs = sketch.strokes.glyphs
    lines_read = list(mended([(p, _with_spaces(p, line, sketch.ink)) for p, line in read]))
    sizes = alike([type_size(piece, line, scale) for piece, line in lines_read])
    for (piece, line), size in zip(lines_read, sizes, strict=True):
        glyphs += _glyphs(piece, line, size, scale)
    return sketch.strokes


def _margins(piece: Piece) -> tuple[int, int]:
    """White around a piece in its picture, above and below, left and right."""
    height = piece.box[3] - piece.box[1]
    tall = max(height + 0.2 * piece.size, 1.2 * piece.size)
    return round((tall - height) / 2), round(0.25 * piece.size)


def _line_picture(ink: Grey, piece: Piece) -> Grey:
    x0, top, x1, bottom = piece.box
    above, beside = _margins(piece)
    line: Grey = cv2.copyMakeBorder(
        255 - ink[top:bottom, x0:x1], above, above, beside, beside, cv2.BORDER_CONSTANT, value=(255,)
    )
    return line


def _with_spaces(piece: Piece, line: list[Read], ink: Grey) -> list[Read]:
    """The line with a space wherever white stands between two Chinese characters."""
    x0, top, x1, bottom = piece.box
    white: Mask = np.all(ink[top:bottom, x0:x1] <= INK, axis=0)
    start, gap = _margins(piece)[1], SPACE * piece.size
    spaced = line[:1]
    for before, c in pairwise(line):
        between = white[max(0, round(before.centre) - start) : max(0, round(c.centre) - start)]
        widest = max((b - a for a, b in runs(between)), default=0)
        if is_character(before) and is_character(c) and widest > gap:
            spaced.append(Read(" ", (before.centre + c.centre) / 2, 1.0))
        spaced.append(c)
    return spaced


def _glyphs(piece: Piece, line: list[Read], size: float, scale: float) -> list[Glyph]:
    """The characters where they stand, in points, one against the next."""
    x0, _, x1, _ = piece.box
    start = x0 - _margins(piece)[1]
    middle = (piece.line[0] + piece.line[1]) / 2 / scale
    edges = [x0, *(start + (a.centre + b.centre) / 2 for a, b in pairwise(line)), x1]
    return [
        Glyph(c.text, left / scale, middle - size / 2, right / scale, middle + size / 2, size, c.confidence)
        for c, (left, right) in zip(line, pairwise(edges), strict=True)
    ]


__all__ = ["UnreadPictureError", "read_scan"]

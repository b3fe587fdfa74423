"""Where text stands in the picture of a page: one piece for each line of a cell or of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np

from ingest.readers.ruling import Lattice
from ingest.readers.scan_picture import Box, Grey, Mask, Picture, darkness

INK = 60
"""Ink differs from what is around it by at least this many of 255 levels."""
SPECK_PIXELS = 4
"""A smaller spot is dirt."""
LEAST_INK_PIXELS = 14
"""A line of text has at least as many dark pixels: a dash of 10 by 2, half a dozen for a stop."""
TALLEST = 60.0
"""Points; what is taller is a picture."""
ONE_LINE = 1.3
"""Strokes in a height of this many characters stand in one line: those of 二."""
TWO_LINES = 1.7
"""Ink in a height of more than this many characters can be two lines that touch."""
WIDE_GAP = 1.5
"""White of more than this many characters divides a line into pieces."""


class Piece(NamedTuple):
    """A run of text in one line."""

    box: Box
    """Around its ink, in pixels."""
    line: tuple[int, int]
    """Top and bottom of the whole line that it is a part of."""
    size: float
    """The usual height of characters around it, in pixels."""


def contrast(picture: Picture, lattices: Sequence[Lattice], rules: Mask) -> Grey:
    """How much each pixel differs from what it is printed on; rules are left out.

    The ground of a cell is its most frequent shade, so that shaded cells and white text on dark
    ones read as well as any.
    """
    found = darkness(picture.grey)
    for lattice in lattices:
        for region in lattice.regions:
            x0, top, x1, bottom = in_pixels(lattice.box(region), picture)
            cell = picture.grey[top:bottom, x0:x1]
            if cell.size:
                ground = float(np.median(cell))
                found[top:bottom, x0:x1] = np.abs(cell.astype(np.int16) - ground).astype(np.uint8)
    found[rules] = 0
    return found


def find_pieces(contrast: Grey, lattices: Sequence[Lattice], picture: Picture) -> list[Piece]:
    """The text in each cell, and then that outside all lattices, from top to bottom."""
    ink = _without_specks(contrast > INK)
    pieces: list[Piece] = []
    outside = ink.copy()
    for lattice in lattices:
        boxes = [in_pixels(lattice.box(region), picture) for region in lattice.regions]
        size = _usual_size([ink[top:bottom, x0:x1] for x0, top, x1, bottom in boxes], picture)
        for box in boxes:
            pieces += _pieces(ink, box, size, picture)
        x0, top, x1, bottom = in_pixels(lattice.bbox, picture)
        outside[top:bottom, x0:x1] = False
    height, width = ink.shape
    pieces += _pieces(outside, (0, 0, width, height), _usual_size([outside], picture), picture)
    return pieces


def in_pixels(box: tuple[float, float, float, float], picture: Picture) -> Box:
    height, width = picture.grey.shape
    x0, top, x1, bottom = (round(side * picture.pixels_per_point) for side in box)
    return (max(0, x0), max(0, top), min(width, x1), min(height, bottom))


def _without_specks(ink: Mask) -> Mask:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= SPECK_PIXELS
    kept[0] = False
    clean: Mask = kept[labels]
    return clean


def _usual_size(parts: Sequence[Mask], picture: Picture) -> float:
    """The height of Chinese characters there, in pixels, told from the heights of lines.

    Most lines of a table are digits, which are lower than characters by a quarter.
    """
    scale = picture.pixels_per_point
    heights = [
        end - start for part in parts for start, end in runs(part.any(axis=1)) if end - start > 4 * scale
    ]
    usual = sorted(height for height in heights if height < 25 * scale)
    return float(np.percentile(usual, 80)) if usual else 10 * scale


def _pieces(ink: Mask, box: Box, size: float, picture: Picture) -> Iterator[Piece]:
    """The lines of a box, divided where they have wide gaps, and their parts into lines again."""
    x0, top, x1, bottom = box
    for start, end in _line_spans(ink[top:bottom, x0:x1], size):
        line = ink[top + start : top + end, x0:x1]
        own = max(size, 0.8 * (end - start))
        columns = _joined(runs(line.any(axis=0)), WIDE_GAP * own)
        for left, right in columns:
            part = line[:, left:right]
            rows = runs(part.any(axis=1))
            inner = (x0 + left, top + start + rows[0][0], x0 + right, top + start + rows[-1][1])
            if len(columns) > 1 and len(_line_spans(part, size)) > 1:
                yield from _pieces(ink, inner, size, picture)
            elif part.sum() >= LEAST_INK_PIXELS and inner[3] - inner[1] <= TALLEST * picture.pixels_per_point:
                yield Piece(inner, (top + start, top + end), size)


def _line_spans(ink: Mask, size: float) -> list[tuple[int, int]]:
    """Top and bottom of each line, from top to bottom."""
    lines: list[tuple[int, int]] = []
    for start, end in runs(ink.any(axis=1)):
        if lines and end - lines[-1][0] <= ONE_LINE * size:
            lines[-1] = (lines[-1][0], end)
        else:
            lines.append((start, end))
    return [part for start, end in lines for part in _parted(ink, start, end, size)]


def _parted(ink: Mask, start: int, end: int, size: float) -> list[tuple[int, int]]:
    """Lines that touch, cut where little ink stands between them."""
    if end - start <= TWO_LINES * size:
        return [(start, end)]
    counts = ink[start:end].sum(axis=1)
    low, high = round(0.7 * size), min(end - start - round(0.5 * size), round(1.6 * size))
    if low >= high:
        return [(start, end)]
    cut = low + int(counts[low:high].argmin())
    if counts[cut] > 0.25 * np.median(counts[counts > 0]):
        return [(start, end)]
    return [(start, start + cut), *_parted(ink, start + cut, end, size)]


def runs(marked: Any) -> list[tuple[int, int]]:
    """Where the marked stretches of a row of marks start and end."""
    steps = np.flatnonzero(np.diff(np.concatenate(([False], marked, [False])).astype(np.int8)))
    return list(zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True))


def _joined(runs: list[tuple[int, int]], gap: float) -> list[tuple[int, int]]:
    """Runs with no more than that many pixels between them become one."""
    if not runs:
        return []
    starts = [runs[0][0], *(b[0] for a, b in pairwise(runs) if b[0] - a[1] > gap)]
    ends = [*(a[1] for a, b in pairwise(runs) if b[0] - a[1] > gap), runs[-1][1]]
    return list(zip(starts, ends, strict=True))

"""A page as a picture, and where its text stands on it, for showing a figure in its place."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from ingest.errors import DamagedFileError
from ingest.readers.glyphs import Glyph

POINTS_PER_INCH = 72
MAX_PIXELS = 12_000_000
"""A page of absurd size is drawn smaller rather than filling the memory."""
MAX_CHARACTERS = 60_000
"""A page with more is no page of a document; what it holds beyond them is not looked at."""

PDFIUM_LOCK = threading.Lock()
"""PDFium is not safe to call from two threads."""

_UNITS_PER_POINT = 64
"""PDFium gives places on a page as whole numbers: these parts of a point are fine enough."""

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as it prints, and its size."""

    image: Image.Image
    width_points: float
    height_points: float


def draw_page(path: Path, page_number: int, *, dots_per_inch: float = 144) -> PagePicture:
    """The page (counted from 1) as it prints.

    Raises DamagedFileError when the file or the page cannot be drawn.
    """

    def draw(page: Any) -> PagePicture:
        width, height = page.get_size()
        scale = min(dots_per_inch / POINTS_PER_INCH, (MAX_PIXELS / (width * height)) ** 0.5)
        return PagePicture(page.render(scale=scale).to_pil().convert("RGB"), width, height)

    return _with_page(path, page_number, draw)


def page_glyphs(path: Path, page_number: int) -> list[Glyph]:
    """The characters of the page (counted from 1) in the order of the file; none of a scanned page.

    Raises DamagedFileError when the file or the page cannot be read.
    """
    return _with_page(path, page_number, lambda page: list(_glyphs(page)))


def _with_page(path: Path, page_number: int, see: Callable[[Any], Seen]) -> Seen:
    try:
        with PDFIUM_LOCK:
            pdf = pdfium.PdfDocument(path)
            try:
                if not 1 <= page_number <= len(pdf):
                    raise IndexError(f"it has {len(pdf)} pages")
                return see(pdf[page_number - 1])
            finally:
                pdf.close()
    except (pdfium.PdfiumError, OSError, IndexError) as error:
        raise DamagedFileError(
            f"page {page_number} of {path.name} cannot be drawn ({error}); open the file itself to see it"
        ) from error


def _glyphs(page: Any) -> Iterator[Glyph]:
    text = page.get_textpage()
    displayed = _displayed(page)
    box = pdfium_c.FS_RECTF()
    for index in range(min(text.count_chars(), MAX_CHARACTERS)):
        character = chr(pdfium_c.FPDFText_GetUnicode(text, index))
        if character.isspace() or not pdfium_c.FPDFText_GetLooseCharBox(text, index, box):
            continue
        (x0, y0), (x1, y1) = displayed(box.left, box.top), displayed(box.right, box.bottom)
        top, bottom = min(y0, y1), max(y0, y1)
        yield Glyph(character, min(x0, x1), top, max(x0, x1), bottom, bottom - top)


def _displayed(page: Any) -> Callable[[float, float], tuple[float, float]]:
    """From a page's own coordinates to points from the top-left corner of what is displayed."""
    width, height = (round(side * _UNITS_PER_POINT) for side in page.get_size())

    def at(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        return across.value / _UNITS_PER_POINT, down.value / _UNITS_PER_POINT

    return at

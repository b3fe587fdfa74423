"""A page as a picture, for showing where a figure stands."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from ingest.errors import DamagedFileError
from ingest.model import BBox

POINTS_PER_INCH = 72
MARK_COLOUR = (208, 32, 32)
MARK_FILL = (208, 32, 32, 28)
MAX_PIXELS = 12_000_000
"""A page of absurd size is drawn smaller rather than filling the memory."""

PDFIUM_LOCK = threading.Lock()
"""PDFium is not safe to call from two threads."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as it prints, and its scale."""

    image: Image.Image
    pixels_per_point: float

    def marked(self, mark: BBox) -> PagePicture:
        """The same with a red box around ``mark`` (PDF points)."""
        return PagePicture(_mark(self.image, mark, self.pixels_per_point), self.pixels_per_point)

    def height_share(self, mark: BBox) -> float:
        """How far down the page the middle of ``mark`` is, 0 to 1."""
        return (mark[1] + mark[3]) / 2 * self.pixels_per_point / self.image.height


def draw_page(path: Path, page_number: int, *, dots_per_inch: float = 144) -> PagePicture:
    """The page (counted from 1) as it prints.

    Raises DamagedFileError when the file or the page cannot be drawn.
    """
    try:
        with PDFIUM_LOCK:
            return _draw(path, page_number, dots_per_inch)
    except (pdfium.PdfiumError, OSError, IndexError) as error:
        raise DamagedFileError(
            f"page {page_number} of {path.name} cannot be drawn ({error}); open the file itself to see it"
        ) from error


def _draw(path: Path, page_number: int, dots_per_inch: float) -> PagePicture:
    pdf = pdfium.PdfDocument(path)
    try:
        if not 1 <= page_number <= len(pdf):
            raise IndexError(f"it has {len(pdf)} pages")
        page = pdf[page_number - 1]
        width, height = page.get_size()
        scale = min(dots_per_inch / POINTS_PER_INCH, (MAX_PIXELS / (width * height)) ** 0.5)
        image: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        return PagePicture(image, image.width / width)
    finally:
        pdf.close()


def _mark(picture: Image.Image, mark: BBox, pixels_per_point: float) -> Image.Image:
    """A copy of the picture with a red box around ``mark`` (points, top-left origin)."""
    margin = 2 * pixels_per_point
    x0, top, x1, bottom = (side * pixels_per_point for side in mark)
    box = (x0 - margin, top - margin, x1 + margin, bottom + margin)
    tint = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    ImageDraw.Draw(tint).rectangle(
        box, fill=MARK_FILL, outline=(*MARK_COLOUR, 255), width=max(2, round(1.5 * pixels_per_point))
    )
    return Image.alpha_composite(picture.convert("RGBA"), tint).convert("RGB")

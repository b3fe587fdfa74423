"""A typeset PDF -> the same pages as pictures, as an office scanner gives them, without any text."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

DOTS_PER_INCH = 200
POINTS_PER_INCH = 72
LARGEST_SKEW_DEGREES = 0.5
PAPER_GREY = (228, 246)
"""How light the paper comes out, 0 to 255."""
INK_GREY = (15, 60)
NOISE_LEVELS = 5.0
"""Standard deviation of the grain, in levels of grey."""
JPEG_QUALITY = (60, 85)

_RANDOM_ID = re.compile(rb"/ID\[<\w+><\w+>\](?=>>\s+startxref)")
"""What PDFium puts at the end of a file, different each time."""


def write_scan(source: Path, path: Path, *, seed: int = 0, pages: Collection[int] | None = None) -> Path:
    """``source`` as a scan at ``path``: slightly skewed, grey, grainy and compressed.

    ``pages`` (counted from 1) are the pages that become pictures, None for all; the others stay as
    they are. The same arguments write the same bytes.
    """
    chance = random.Random(seed)
    document = pdfium.PdfDocument(source)
    try:
        for number in range(1, len(document) + 1):
            if pages is None or number in pages:
                _replace(document, number - 1, chance)
        written = io.BytesIO()
        document.save(written)
        path.write_bytes(_RANDOM_ID.sub(rb"/ID[<00><00>]", written.getvalue()))
    finally:
        document.close()
    return path


def _replace(document: pdfium.PdfDocument, index: int, chance: random.Random) -> None:
    """Put a page with nothing but a picture in the place of the page at ``index``."""
    page = document[index]
    width, height = page.get_size()
    drawn = page.render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil().convert("L")
    page.close()
    document.del_page(index)
    sheet = document.new_page(width, height, index)
    picture = pdfium.PdfImage.new(document)
    picture.load_jpeg(_jpeg(_scanned(drawn, chance), chance))
    picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
    sheet.insert_obj(picture)
    sheet.gen_content()


def _scanned(drawn: Image.Image, chance: random.Random) -> Image.Image:
    """The page on grey paper, turned a little, with grain."""
    paper, ink = chance.randint(*PAPER_GREY), chance.randint(*INK_GREY)
    skew = chance.uniform(-LARGEST_SKEW_DEGREES, LARGEST_SKEW_DEGREES)
    turned = drawn.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)
    levels = ink + np.asarray(turned, dtype=np.float32) / 255 * (paper - ink)
    grain = np.random.default_rng(chance.getrandbits(32)).normal(0, NOISE_LEVELS, levels.shape)
    return Image.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image, chance: random.Random) -> io.BytesIO:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=chance.randint(*JPEG_QUALITY))
    return stream

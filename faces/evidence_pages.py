"""A page of a document as a picture for the page, with boxes laid over it."""

from __future__ import annotations

import base64
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Generic, TypeVar

from faces.evidence_places import Mark
from faces.wording import Words
from ingest.errors import DamagedFileError
from ingest.readers.glyphs import Glyph
from ingest.readers.picture import draw_page, page_glyphs

DOTS_PER_INCH = 180
BOX_MARGIN = 2.0
"""Points between what is cited and the frame around it."""

PICTURES_KEPT_BYTES = 32_000_000
"""About 200 pages; the page before and the page after are looked at again and again."""
CHARACTERS_KEPT = 200_000
"""About 200 pages, 30 MB."""

Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """What was made lately, as long as all of it together weighs no more than the limit."""

    def __init__(self, make: Callable[[Path, int], Kept], weigh: Callable[[Kept], int], limit: int) -> None:
        self._make, self._weigh, self._limit = make, weigh, limit
        self._kept: OrderedDict[tuple[Path, int], Kept] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, path: Path, page_number: int) -> Kept:
        """As ``make`` gives it, and raises."""
        key = (path, page_number)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._make(path, page_number)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._weight += self._weigh(made)
            while self._weight > self._limit:
                self._weight -= self._weigh(self._kept.popitem(last=False)[1])
        return made


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page's picture as the browser takes it, and the page's size in points."""

    webp: bytes
    width_points: float
    height_points: float


def _drawn(path: Path, page_number: int) -> Drawn:
    picture = draw_page(path, page_number, dots_per_inch=DOTS_PER_INCH)
    buffer = io.BytesIO()
    picture.image.save(buffer, "WEBP", quality=82, method=0)
    return Drawn(buffer.getvalue(), picture.width_points, picture.height_points)


_pictures: Shelf[Drawn] = Shelf(_drawn, lambda drawn: len(drawn.webp), PICTURES_KEPT_BYTES)
_characters: Shelf[list[Glyph]] = Shelf(page_glyphs, len, CHARACTERS_KEPT)


def glyphs_on(path: Path, page_number: int) -> Sequence[Glyph]:
    """The characters of a page; none of one that cannot be read."""
    try:
        return _characters.get(path, page_number)
    except DamagedFileError:
        return ()


def sheet_html(path: Path, page_number: int, marks: Iterable[Mark], alt: str, words: Words) -> str:
    """The page in a frame that scrolls and zooms, with the marks that are on it.

    Raises DamagedFileError when the page cannot be drawn.
    """
    drawn = _pictures.get(path, page_number)
    here = [mark for mark in marks if mark.page_number == page_number]
    boxes = "".join(_box_html(mark, drawn) for mark in here)
    source = "data:image/webp;base64," + base64.b64encode(drawn.webp).decode("ascii")
    return (
        f'<div class="sheet" tabindex="0" role="region" aria-label="{escape(alt)}"'
        f' title="{escape(words["zoom"])}"{_middle(here, drawn)}>'
        f'<div class="page"><img src="{source}" alt="{escape(alt)}">{boxes}</div></div>'
    )


def _middle(marks: Sequence[Mark], drawn: Drawn) -> str:
    """How far across and down the page the cited place is, 0 to 1, for bringing it into view."""
    cited = next((mark.bbox for mark in marks if mark.role == "cited"), None)
    if cited is None:
        return ""
    across, down = (
        (cited[0] + cited[2]) / 2 / drawn.width_points,
        (cited[1] + cited[3]) / 2 / drawn.height_points,
    )
    return f' data-across="{across:.3f}" data-down="{down:.3f}"'


def _box_html(mark: Mark, drawn: Drawn) -> str:
    margin = BOX_MARGIN if mark.role == "cited" else 0.0
    x0, top, x1, bottom = mark.bbox
    left, width = (x0 - margin) / drawn.width_points, (x1 - x0 + 2 * margin) / drawn.width_points
    above, height = (top - margin) / drawn.height_points, (bottom - top + 2 * margin) / drawn.height_points
    style = f"left:{left:.3%};top:{above:.3%};width:{width:.3%};height:{height:.3%}"
    return f'<span class="box {mark.role}" style="{style}"></span>'

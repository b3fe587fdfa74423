"""Page numbers, running heads and feet: printed on every page, part of no document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.grid import Page, TextLine

MARGIN = 0.1
"""The part of a page's height at its top and foot where its number can stand."""
RUNNING_SHARE = 0.5
"""A head or foot runs when at least this part of the pages, and three of them, carry it."""

_PAGE_NUMBER = re.compile(
    r"[-—–－_·•~\s]*(?:第\s*)?(?:\d{1,4}|[ivxlcIVXLC]{1,7}|[一二三四五六七八九十百]{1,5}(?=\s*[页頁]))\s*[页頁]?"
    r"(?:\s*[/,，、]?\s*共?\s*\d{1,4}\s*[页頁]?)?[-—–－_·•~\s]*"
)


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The same pages without their numbers and without what is repeated in their margins."""
    numbered = [_trim(page, _is_page_number) for page in pages]
    counts = Counter(key for page in numbered for key in {_key(page, line) for line in _outermost(page)})
    running = {key for key, count in counts.items() if count >= max(3, RUNNING_SHARE * len(pages))}
    if not running:
        return numbered
    return [_trim(page, lambda p, line: _key(p, line) in running) for page in numbered]


def _outermost(page: Page) -> list[TextLine]:
    """The first and the last block of the page where they are lines in its margins."""
    if not page.blocks or not page.height:
        return []
    found = []
    for block in {id(b): b for b in (page.blocks[0], page.blocks[-1])}.values():
        if isinstance(block, TextLine) and block.place.bbox:
            middle = (block.place.bbox[1] + block.place.bbox[3]) / 2 / page.height
            if not MARGIN < middle < 1 - MARGIN:
                found.append(block)
    return found


def _trim(page: Page, is_furniture: Callable[[Page, TextLine], bool]) -> Page:
    """Take outermost lines away for as long as they are furniture."""
    while dropped := [line for line in _outermost(page) if is_furniture(page, line)]:
        page = replace(page, blocks=tuple(b for b in page.blocks if not any(b is d for d in dropped)))
    return page


def _is_page_number(page: Page, line: TextLine) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text.strip()))


def _key(page: Page, line: TextLine) -> tuple[str, int]:
    """Two lines with the same key are one running head: same text, same height on the page."""
    top = line.place.bbox[1] if line.place.bbox else 0.0
    return ("".join(line.text.split()), round(top / 3))

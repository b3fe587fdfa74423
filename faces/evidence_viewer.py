"""The pages of a document: the one that is cited, its marks, and buttons to turn and to enlarge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import groupby
from pathlib import Path

from faces.evidence_pages import glyphs_on, sheet_html
from faces.evidence_places import CitedCell, Mark, Role, marks_of
from faces.wording import Words
from ingest.model import Document
from qa.answer import Citation


@dataclass(frozen=True, slots=True)
class Aim:
    """Which place of which side of the panel a button is about."""

    side: int
    at: int

    def button(
        self,
        text: str,
        kind: str,
        page_number: int | None = None,
        *,
        name: str = "",
        current: bool = False,
        off: bool = False,
    ) -> str:
        """A button that moves the side to the place, at its own page unless another is named.

        ``name`` says what it does where ``text`` does not.
        """
        page = "" if page_number is None else f' data-page="{page_number}"'
        return (
            f'<button type="button" class="{kind}" data-side="{self.side}" data-at="{self.at}"{page}'
            + (f' aria-label="{escape(name)}" title="{escape(name)}"' if name else "")
            + (' aria-current="true"' if current else "")
            + (' aria-disabled="true"' if off else "")
            + f">{escape(text)}</button>"
        )


def viewer_html(
    document: Document,
    path: Path,
    citation: Citation,
    cell: CitedCell | None,
    aim: Aim,
    turned_to: int | None,
    words: Words,
) -> str:
    """The page turned to, or that of the place; ``path`` is the document's file.

    Raises DamagedFileError when the page cannot be drawn.
    """
    marks = marks_of(document, citation, partial(glyphs_on, path))
    home = marks[0].page_number if marks else citation.page_number or 1
    count = max(document.page_count or 1, home)
    page_number = turned_to if turned_to is not None and 1 <= turned_to <= count else home
    alt = words["picture_alt" if page_number == home else "picture_alt_other"]
    sheet = sheet_html(path, page_number, marks, alt.format(doc=citation.doc, page=page_number), words)
    pages = cell.table.pages if cell else ()
    return (
        f'<div class="viewer"><div class="bar">{_turning(page_number, home, count, aim, words)}'
        f"{_zooming(words)}</div>{_marked_pages(marks, pages, page_number, aim, words)}{sheet}</div>"
    )


def _turning(page_number: int, home: int, count: int, aim: Aim, words: Words) -> str:
    back = aim.button(words["page_back"], "turn home") if page_number != home else ""
    return (
        f'<span class="turning" role="group" aria-label="{escape(words["page_turning"])}">'
        + aim.button("‹", "turn previous", page_number - 1, name=words["page_previous"], off=page_number <= 1)
        + f"<span>{escape(words['page_of'].format(page=page_number, count=count))}</span>"
        + aim.button("›", "turn next", page_number + 1, name=words["page_next"], off=page_number >= count)
        + f"{back}</span>"
    )


def _zooming(words: Words) -> str:
    signs = {"out": "−", "fit": "100%", "in": "+"}
    buttons = "".join(
        f'<button type="button" class="zoom" data-zoom="{kind}" title="{escape(words["zoom_" + kind])}"'
        + (f' aria-label="{escape(words["zoom_" + kind])}"' if kind != "fit" else "")
        + f">{sign}</button>"
        for kind, sign in signs.items()
    )
    return f'<span class="zooming" role="group" aria-label="{escape(words["zooming"])}">{buttons}</span>'


def _marked_pages(
    marks: Sequence[Mark], table_pages: Sequence[int], page_number: int, aim: Aim, words: Words
) -> str:
    """Links to every page with a mark and to every page of the table, when there is more than one."""
    roles = {
        page: {mark.role for mark in group}
        for page, group in groupby(sorted(marks, key=lambda m: m.page_number), key=lambda m: m.page_number)
    }
    pages = sorted(roles.keys() | set(table_pages))
    if len(pages) < 2:
        return ""
    buttons = "".join(
        aim.button(
            _page_label(page, roles.get(page, set()), words), "turn", page, current=page == page_number
        )
        for page in pages
    )
    title = words["table_pages" if table_pages else "marked_pages"]
    return (
        f'<nav class="marked-pages" aria-label="{escape(title)}"><span>{escape(title)}</span>{buttons}</nav>'
    )


def _page_label(page_number: int, roles: set[Role], words: Words) -> str:
    page = words["page"].format(page=page_number)
    role = next((role for role in ("cited", "heading") if role in roles), None)
    return f"{page} · {words['mark_' + role]}" if role else page

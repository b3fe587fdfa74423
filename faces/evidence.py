"""The place that proves a figure: the page's picture, the table or the passage, marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from faces.evidence_places import CitedCell, cited_cell, cited_passage, cited_row
from faces.evidence_table import table_html
from faces.evidence_viewer import Aim, viewer_html
from faces.wording import Words
from ingest.errors import BudgetQAError, DamagedFileError
from ingest.model import Document
from qa.answer import Citation

if TYPE_CHECKING:
    from index_store.store import Store

PASSAGES_AROUND = 1

SOURCES_PATH = "sources"
"""Under the page's own address: the files of the documents, by their number."""


@dataclass(frozen=True, slots=True)
class Side:
    """One place that is shown, of those that may be chosen in its stead."""

    among: tuple[int, ...]
    """Positions in the view's citations."""
    at: int
    page_number: int | None = None
    """The page turned to; None: that of the place itself."""


@dataclass(frozen=True, slots=True)
class View:
    """What a panel shows: nothing, one place, or two side by side."""

    citations: tuple[Citation, ...] = ()
    sides: tuple[Side, ...] = ()

    @classmethod
    def one(cls, citations: Sequence[Citation], n: int) -> View:
        """Citation ``n``, with the others to choose from; nothing when there is none of that number."""
        at = next((index for index, citation in enumerate(citations) if citation.n == n), None)
        sides = () if at is None else (Side(tuple(range(len(citations))), at),)
        return cls(tuple(citations), sides)

    @classmethod
    def pair(cls, a: Citation, b: Citation, further: Sequence[Citation] = ()) -> View:
        """``a`` beside ``b``, in whose stead one of the ``further`` ones can be chosen."""
        citations = (a, b, *further)
        return cls(citations, (Side((0,), 0), Side(tuple(range(1, len(citations))), 1)))

    def moved(self, side: int, at: int, page_number: int | None) -> View:
        """With another place or page on one side; the same when that side has no such place."""
        if not (0 <= side < len(self.sides) and at in self.sides[side].among):
            return self
        sides = list(self.sides)
        sides[side] = replace(sides[side], at=at, page_number=page_number)
        return replace(self, sides=tuple(sides))


def evidence_html(store: Store, view: View, words: Words, hint: str = "evidence_empty") -> str:
    """The panel's content; ``hint`` is the key of what the empty one says."""
    if not view.sides:
        return (
            f'<section class="evidence"><h3>{escape(words["evidence"])}</h3>'
            f'<p class="hint">{escape(words[hint])}</p></section>'
        )
    sides = "".join(_side_html(store, view, number, words) for number in range(len(view.sides)))
    pair = " pair" * (len(view.sides) > 1)
    return f'<section class="evidence{pair}"><div class="sides">{sides}</div></section>'


def source_link(document_id: int, text: str) -> str:
    """A link that saves the document's file; what it leads to is ``faces.sources``."""
    return f'<a class="source" href="{SOURCES_PATH}/{document_id}" download>{escape(text)}</a>'


def _side_html(store: Store, view: View, number: int, words: Words) -> str:
    side = view.sides[number]
    citation = view.citations[side.at]
    return (
        f'<article class="side" data-shown="{citation.document_id}.{side.at}">'
        f"{_chooser(view, number)}{_place_html(citation, words)}"
        f"{_source_html(store, citation, Aim(number, side.at), side.page_number, words)}</article>"
    )


def _chooser(view: View, number: int) -> str:
    """Buttons for the places that the side can show."""
    side = view.sides[number]
    if len(side.among) < 2:
        return ""
    buttons = "".join(
        Aim(number, at).button(str(view.citations[at].n), "place", current=at == side.at) for at in side.among
    )
    return f'<nav class="chooser">{buttons}</nav>'


def _place_html(citation: Citation, words: Words) -> str:
    page = words["page"].format(page=citation.page_number) if citation.page_number else ""
    path = " › ".join(p for p in (citation.table or citation.section, citation.row, citation.column) if p)
    return (
        f'<h3>{escape(citation.doc)}</h3><p class="path"><span class="page-name">{escape(page)}</span>'
        f"{escape(path)}</p><blockquote>{escape(citation.quote)}</blockquote>"
    )


def _source_html(store: Store, citation: Citation, aim: Aim, turned_to: int | None, words: Words) -> str:
    """The place as its document shows it: the page and the table as read; or the table, or the passage."""
    try:
        document, path = store.load(citation.document_id), store.source_path(citation.document_id)
    except BudgetQAError:
        return _hint(words["gone"])
    cell = cited_cell(document, citation)
    read = _read_html(document, citation, cell, words)
    saved = source_link(citation.document_id, words["source_download"])
    link = f'<p class="file">{saved}</p>' if path else ""
    if citation.page_number is None:
        return f"{read}{link}"
    if path is None:
        return f"{_hint(words['no_file'])}{read}"
    try:
        viewer = viewer_html(document, path, citation, cell, aim, turned_to, words)
    except DamagedFileError:
        return f"{_hint(words['damaged'])}{read}{link}"
    fold = f"<details><summary>{escape(words['table_view'])}</summary>{read}</details>" if cell else ""
    return f"{viewer}{fold}{link}"


def _read_html(document: Document, citation: Citation, cell: CitedCell | None, words: Words) -> str:
    """What was read there: the table with the cell or the row, or the passage with the quote."""
    if cell is not None:
        return table_html(cell.table, cell.row_index, cell.column_index, words)
    row = cited_row(document, citation)
    return table_html(*row, None, words) if row else passage_html(document, citation)


def _hint(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def passage_html(document: Document, citation: Citation) -> str:
    """The passage that holds the quote, marked, between its neighbours; nothing if none does."""
    found = cited_passage(document, citation)
    if found is None:
        return ""
    cited, start, end = found
    index = next(i for i, passage in enumerate(document.passages) if passage is cited)
    before = document.passages[max(0, index - PASSAGES_AROUND) : index]
    after = document.passages[index + 1 : index + 1 + PASSAGES_AROUND]
    marked = (
        f"{escape(cited.text[:start])}<mark>{escape(cited.text[start:end])}</mark>{escape(cited.text[end:])}"
    )
    paragraphs = [*(escape(p.text) for p in before), marked, *(escape(p.text) for p in after)]
    return f'<div class="passage">{"".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)}</div>'

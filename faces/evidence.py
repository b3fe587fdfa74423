"""The place that proves a figure: the page's picture, the table or the passage, marked."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from PIL import Image

from faces.wording import Words
from ingest.errors import BudgetQAError
from ingest.model import Column, Document, Passage, Row, Table
from ingest.readers.picture import draw_page
from qa.answer import Citation

if TYPE_CHECKING:
    from index_store.store import Store

ROWS_AROUND = 25
"""Rows shown before and after the cited one: enough to see its group and total."""

PICTURE_DOTS_PER_INCH = 150
PASSAGES_AROUND = 1
CHOSEN = ' aria-current="true"'


def evidence_html(store: Store, citations: Sequence[Citation], n: int, words: Words) -> str:
    """The panel for citation ``n``, with the other citations to choose from."""
    citation = next((c for c in citations if c.n == n), None)
    if citation is None:
        return empty_html(words)
    return (
        f'<section class="evidence">{_chooser(citations, n)}{_place(citation, words)}'
        f"{_source(store, citation, words)}</section>"
    )


def pair_html(store: Store, a: Citation, b: Citation, words: Words) -> str:
    """Two places that are to be compared, side by side."""
    sides = "".join(f"<div>{_place(c, words)}{_source(store, c, words)}</div>" for c in (a, b))
    return f'<section class="evidence pair">{sides}</section>'


def empty_html(words: Words) -> str:
    return (
        f'<section class="evidence"><h3>{escape(words["evidence"])}</h3>'
        f'<p class="hint">{escape(words["evidence_empty"])}</p></section>'
    )


def _chooser(citations: Sequence[Citation], n: int) -> str:
    buttons = "".join(
        f'<button type="button" class="place" data-n="{c.n}"{CHOSEN * (c.n == n)}>{c.n}</button>'
        for c in citations
    )
    return f'<nav class="chooser">{buttons}</nav>'


def _place(citation: Citation, words: Words) -> str:
    page = words["page"].format(page=citation.page_number) if citation.page_number else ""
    path = " › ".join(p for p in (citation.table or citation.section, citation.row, citation.column) if p)
    return (
        f'<h3>{escape(citation.doc)}</h3><p class="path"><span class="page">{escape(page)}</span>'
        f"{escape(path)}</p><blockquote>{escape(citation.quote)}</blockquote>"
    )


def _source(store: Store, citation: Citation, words: Words) -> str:
    try:
        picture = _picture(store, citation, words)
        document = store.load(citation.document_id)
    except (BudgetQAError, LookupError):
        return f'<p class="hint">{escape(words["gone"])}</p>'
    table = _cited_table(document, citation)
    if table is None:
        return picture or passage_html(document, citation)
    grid = table_html(table, citation.row_index, citation.column_index, words)
    if not picture:
        return grid
    return f"{picture}<details><summary>{escape(words['table_view'])}</summary>{grid}</details>"


# -- a page --------------------------------------------------------------------------------


def _picture(store: Store, citation: Citation, words: Words) -> str:
    path = store.source_path(citation.document_id)
    if path is None or citation.page_number is None:
        return ""
    picture = draw_page(path, citation.page_number, dots_per_inch=PICTURE_DOTS_PER_INCH)
    middle = 0.0
    if citation.bbox:
        picture, middle = picture.marked(citation.bbox), picture.height_share(citation.bbox)
    alt = words["picture_alt"].format(doc=citation.doc, page=citation.page_number)
    return (
        f'<div class="sheet" data-middle="{middle:.3f}" title="{escape(words["zoom"])}">'
        f'<img src="{_data_url(picture.image)}" alt="{escape(alt)}"></div>'
    )


def _data_url(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=82, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


# -- a table -------------------------------------------------------------------------------


def _cited_table(document: Document, citation: Citation) -> Table | None:
    index = citation.table_index
    return document.tables[index] if index is not None and index < len(document.tables) else None


def table_html(table: Table, row_index: int | None, column_index: int | None, words: Words) -> str:
    """The table as a grid around the cited row, the cited cell marked."""
    middle = row_index or 0
    first, last = max(0, middle - ROWS_AROUND), min(len(table.rows), middle + ROWS_AROUND + 1)
    width = len(table.columns) + 1
    body = "".join(
        _row_html(row, table.columns, column_index if index == row_index else None)
        for index, row in enumerate(table.rows[first:last], start=first)
    )
    caption = " ".join(part for part in (table.number, table.title) if part)
    unit = f'<span class="unit">{escape(table.unit)}</span>' if table.unit else ""
    return (
        f'<figure class="table"><figcaption>{escape(caption)}{unit}</figcaption><div class="grid"><table>'
        f"<thead>{_head_html(table, words)}</thead>"
        f"<tbody>{_gap(first, width, words)}{body}{_gap(len(table.rows) - last, width, words)}</tbody>"
        f"</table></div></figure>"
    )


def _gap(count: int, width: int, words: Words) -> str:
    if count <= 0:
        return ""
    return f'<tr class="gap"><td colspan="{width}">{escape(words["row_gap"].format(count=count))}</td></tr>'


def _row_html(row: Row, columns: tuple[Column, ...], marked_column: int | None) -> str:
    cells = "".join(
        f'<td class="{"text" * column.is_text} {"mark" * (index == marked_column)}">{escape(cell.whole)}</td>'
        for index, (column, cell) in enumerate(zip(columns, row.cells, strict=True))
    )
    code = f"<small>{escape(row.code)}</small> " if row.code else ""
    return (
        f'<tr class="{row.kind}{" cited" * (marked_column is not None)}">'
        f'<th scope="row" style="--depth:{len(row.path) - 1}">{code}{escape(row.label)}</th>{cells}</tr>'
    )


def _head_html(table: Table, words: Words) -> str:
    """Header rows in which columns of one group share a cell."""
    depth = max((len(column.path) for column in table.columns), default=1)
    label = escape(table.label_header or words["blank_label"])
    rows = [f'<th rowspan="{depth}">{label}</th>', *[""] * (depth - 1)]
    for level in range(depth):
        rows[level] += "".join(
            f'<th colspan="{span}" rowspan="{height}">{escape(name)}</th>'
            for name, span, height in header_cells(table.columns, level, depth)
        )
    return "".join(f"<tr>{row}</tr>" for row in rows)


def header_cells(columns: tuple[Column, ...], level: int, depth: int) -> list[tuple[str, int, int]]:
    """Name, column span and row span of each header cell that begins at ``level``."""
    cells: list[tuple[str, int, int]] = []
    for group, members in groupby(enumerate(columns), key=lambda at: _group(at[0], at[1], level)):
        path, goes_on, _ = group
        if len(path) == level + 1:
            cells.append((path[level], len(list(members)), 1 if goes_on else depth - level))
        elif not path and level == 0:
            cells.append(("", 1, depth))
    return cells


def _group(index: int, column: Column, level: int) -> tuple[tuple[str, ...], bool, int]:
    """What the columns of one header cell share: the path so far, when it goes on below."""
    goes_on = len(column.path) > level + 1
    return column.path[: level + 1], goes_on, -1 if goes_on else index


# -- a passage -----------------------------------------------------------------------------


def passage_html(document: Document, citation: Citation) -> str:
    """The passage that holds the quote, marked, between its neighbours; nothing if none does."""
    index = _cited_passage(document.passages, citation)
    if index is None:
        return ""
    around = document.passages[max(0, index - PASSAGES_AROUND) : index + PASSAGES_AROUND + 1]
    cited = document.passages[index]
    return (
        '<div class="passage">'
        + "".join(
            f"<p>{_marked(p.text, citation.quote) if p is cited else escape(p.text)}</p>" for p in around
        )
        + "</div>"
    )


def _cited_passage(passages: tuple[Passage, ...], citation: Citation) -> int | None:
    holding = [i for i, p in enumerate(passages) if _quote_pattern(citation.quote).search(p.text)]
    section = citation.section or ""
    return min(holding, key=lambda i: not section.endswith("".join(passages[i].section[-1:])), default=None)


def _marked(text: str, quote: str) -> str:
    found = _quote_pattern(quote).search(text)
    if found is None:
        return escape(text)
    before, quoted, after = text[: found.start()], found[0], text[found.end() :]
    return f"{escape(before)}<mark>{escape(quoted)}</mark>{escape(after)}"


def _quote_pattern(quote: str) -> re.Pattern[str]:
    """The quote, whatever white space stands between its characters."""
    return re.compile(r"\s*".join(re.escape(character) for character in "".join(quote.split())))

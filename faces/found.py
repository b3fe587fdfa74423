"""Cells that were found, as markup: the table with its pages, and the sum of the chosen ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from typing import get_args

from faces.citing import where, written
from faces.export import Form
from faces.querying import MOST_CHOSEN, MOST_EXPORTED, PAGE_ROWS, Query, Summed, link_of, year_of
from faces.wording import Words
from index_store.browse import CellKey, FoundCell
from qa.answer import Citation
from qa.builder import show

_HEADINGS = (
    "query_body",
    "query_year",
    "query_kind",
    "query_table",
    "query_item",
    "query_column",
    "query_amount",
    "query_unit",
    "query_page",
)


def found_html(
    found: Sequence[FoundCell],
    total: int,
    page: int,
    chosen: Collection[CellKey],
    query: Query,
    words: Words,
) -> str:
    """One page of the cells that fit, each with a box to choose it and its figure leading to its place."""
    if not total:
        return note_html(words["query_none"])
    heads = "".join(f'<th scope="col">{escape(words[name])}</th>' for name in _HEADINGS)
    every = f'<input type="checkbox" class="every" aria-label="{escape(words["query_choose_page"])}">'
    body = "".join(_line(cell, cell.key in chosen, words) for cell in found)
    return (
        f"{_pages(total, page, words)}{_tools(total, query, words)}"
        f'<div class="grid found" tabindex="0" role="region" aria-label="{escape(words["query_found"])}">'
        f"<table><thead><tr><th>{every}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def note_html(text: str) -> str:
    return f'<p class="hint" role="status">{escape(text)}</p>'


def _pages(total: int, page: int, words: Words) -> str:
    first, last = page * PAGE_ROWS, min(total, (page + 1) * PAGE_ROWS)
    shown = words["query_shown"].format(first=f"{first + 1:,}", last=f"{last:,}", total=f"{total:,}")
    return (
        f'<nav class="pages"><span role="status">{escape(shown)}</span>'
        f"{_turn(page - 1, page > 0, words['query_previous'])}"
        f"{_turn(page + 1, last < total, words['query_next'])}</nav>"
    )


def _tools(total: int, query: Query, words: Words) -> str:
    """The query's link, and the files of all that fits it."""
    link, done, copy = (escape(t) for t in (link_of(query), words["query_link_copied"], words["query_link"]))
    forms = "".join(
        f'<button type="button" class="export" data-form="{form}">{form.upper()}</button>'
        for form in get_args(Form)
    )
    cut = words["query_cut"].format(most=f"{MOST_EXPORTED:,}") if total > MOST_EXPORTED else ""
    return (
        f'<div class="tools"><a class="link" href="{link}" data-done="{done}">{copy}</a>'
        f"<span>{escape(words['query_export'])}</span>{forms}<small>{escape(cut)}</small></div>"
    )


def _turn(page: int, is_there: bool, text: str) -> str:
    return (
        f'<button type="button" class="turn" data-page="{page}"{" disabled" * (not is_there)}>'
        f"{escape(text)}</button>"
    )


def _line(found: FoundCell, is_chosen: bool, words: Words) -> str:
    key = ",".join(map(str, found.key))
    identity, row, column, cell = found.identity, found.row, found.column, found.cell
    unknown = words["unknown"]
    stage = words[f"query_stage_{column.stage}"] if column.stage else ""
    kind = words[f"kind_{identity.kind}"] if identity.kind else unknown
    above = " › ".join(dict.fromkeys(filter(None, (row.unit_name, *row.path[:-1]))))
    page = cell.place.page_number or row.place.page_number
    item = _with_above(row.label, above)
    choose = escape(words["query_choose"].format(item=row.label, figure=cell.whole))
    cells = (
        escape(identity.organization or unknown),
        str(year_of(found) or unknown),
        _with_above(stage or kind, kind if stage else ""),
        _with_above(found.table.title, found.table.number or ""),
        item,
        _with_above(column.path[-1] if column.path else "", " › ".join(column.path[:-1])),
    )
    number = "" if cell.value is None else " number"
    return (
        f'<tr><td><input type="checkbox" class="choose" data-key="{key}" aria-label="{choose}"'
        f"{' checked' * is_chosen}></td>{''.join(f'<td>{text}</td>' for text in cells)}"
        f'<td class="figure{number}"><button type="button" class="open" data-key="{key}" '
        f'title="{escape(words["query_open"])}">{escape(cell.whole)}</button></td>'
        f'<td>{escape(cell.unit or "")}</td><td class="number">{page or "—"}</td></tr>'
    )


def _with_above(name: str, above: str) -> str:
    """A name under the smaller ones that it stands under."""
    return (f"<small>{escape(above)}</small> " if above else "") + f"<span>{escape(name)}</span>"


# -- the sum -------------------------------------------------------------------------------


def sum_html(summed: Summed, words: Words) -> str:
    """The chosen cells, their sum with its working, and what is doubtful about it; nothing when none is."""
    if not summed.cells:
        return ""
    count = words["query_chosen"].format(count=len(summed.cells))
    full = words["query_most_chosen"].format(most=MOST_CHOSEN) if len(summed.cells) == MOST_CHOSEN else ""
    warnings = "".join(f"<li>{escape(words[key])}</li>" for key in summed.warnings)
    lines = "".join(
        _chosen(cell, citation, words) for cell, citation in zip(summed.cells, summed.citations, strict=True)
    )
    return (
        f'<section class="sum" aria-live="polite"><header><b>{escape(count)}</b>{_result(summed, words)}'
        f'<button type="button" class="clear">{escape(words["query_clear"])}</button></header>'
        f'<ul class="warnings">{warnings}</ul>{note_html(full) if full else ""}'
        f"<details><summary>{escape(words['sources'])}</summary><ol>{lines}</ol></details></section>"
    )


def _result(summed: Summed, words: Words) -> str:
    done = summed.calculation
    if done is None:
        return f'<span class="mixed">{escape(words["query_mixed"])}</span>'
    return (
        f'<output class="total">{escape(show(done.value, done.unit))}</output>'
        f'<span class="working">{escape(words["calculation"])} {escape(written(done))}</span>'
        f'<button type="button" class="copy" data-copy="{escape(sum_text(summed, words))}" '
        f'data-done="{escape(words["copied"])}">{escape(words["query_copy"])}</button>'
    )


def sum_text(summed: Summed, words: Words) -> str:
    """The sum with its working, warnings and sources, to paste into a text."""
    if summed.calculation is None:
        return ""
    lines = [f"{words['calculation']}: {written(summed.calculation)}"]
    lines += [words[key] for key in summed.warnings]
    lines += [f"[{c.n}] {where(c, words)}: {c.quote}" for c in summed.citations]
    return "\n".join(lines)


def _chosen(cell: FoundCell, citation: Citation, words: Words) -> str:
    key = ",".join(map(str, cell.key))
    drop = escape(words["query_drop"].format(n=citation.n))
    figure = show(cell.cell.value, cell.cell.unit) if cell.cell.value is not None else cell.cell.whole
    return (
        f'<li><button type="button" class="place" data-n="{citation.n}">{citation.n}</button> '
        f"<span>{escape(where(citation, words))}</span> <b>{escape(figure)}</b>"
        f'<button type="button" class="drop" data-key="{key}" aria-label="{drop}">×</button></li>'
    )

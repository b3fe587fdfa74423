"""The results of an answer: the chart, the rows behind it as a table that can be sorted, the downloads.

Markup and files are made from the same rows, so they agree to the last digit; texts are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any, Literal, get_args

from faces.charts import Chart, draw
from faces.citing import cite_button, where, written
from faces.comparing import chart_of, labels_of, title_of
from faces.export import write_records
from faces.result_rows import ResultRow, result_rows
from faces.wording import Words
from ingest.values import YUAN_PER_UNIT
from qa.answer import Answer

Form = Literal["xlsx", "csv"]
"""Of a file made here; the picture (PNG) is made of the chart by the browser."""

_LONGEST_NAME = 60
"""Characters of a file's name, without its ending."""
_NO_FILE_NAME = re.compile(r"[^\w\-（）()“”·、，]+")


def results_html(answer: Answer, turn: int, words: Words) -> str:
    """Chart, table and downloads of an answer that stands on several figures; "" for any other.

    ``turn`` is the answer's number in its conversation, from 0: the citation marks and the download
    buttons carry it.
    """
    rows = result_rows(answer)
    if answer.status != "answered" or len({row.citations for row in rows if row.subject}) < 2:
        return ""
    chart = chart_of(rows, words)
    drawn = _with_caption(chart, turn) if chart else ""
    table = _table(rows, turn, words)
    summary = escape(words["results_table"].format(count=len(rows)))
    opened = "" if drawn else " open"
    return (
        f'<div class="results">{drawn}'
        f"<details{opened}><summary>{summary}</summary>{table}</details>"
        f"{_downloads(rows, turn, words, has_picture=bool(drawn))}</div>"
    )


def _with_caption(chart: Chart, turn: int) -> str:
    return (
        f'<p class="title">{escape(chart.title)}</p>{draw(chart, f"chart-{turn}")}'
        f'<p class="source">{escape(chart.source)}</p>'
    )


def _downloads(rows: Sequence[ResultRow], turn: int, words: Words, *, has_picture: bool) -> str:
    name = escape(file_name(rows, words))
    forms = [*get_args(Form), *(["png"] if has_picture else [])]
    buttons = "".join(
        f'<button type="button" class="save" data-turn="{turn}" data-form="{form}" data-name="{name}.{form}">'
        f"{form.upper()}</button>"
        for form in forms
    )
    return f'<div class="downloads"><span>{escape(words["download"])}</span>{buttons}</div>'


# -- the table -----------------------------------------------------------------------------


def _table(rows: Sequence[ResultRow], turn: int, words: Words) -> str:
    """The rows; the headings are buttons that sort them (``scripts/results.js``)."""
    has_share = any(row.share for row in rows)
    keys = ["results_item", "results_value", "results_unit", "results_share", "results_source"]
    heads = "".join(
        '<th scope="col" aria-sort="none">'
        f'<button type="button" class="sort">{escape(words[key])}</button></th>'
        for key in keys
        if has_share or key != "results_share"
    )
    labels = _labels(rows, words)
    body = "".join(_line(row, label, turn, words, has_share) for row, label in zip(rows, labels, strict=True))
    return f'<div class="grid"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def _line(row: ResultRow, label: str, turn: int, words: Words, has_share: bool) -> str:
    working = f"<small>{escape(written(row.calculation))}</small>" if row.calculation else ""
    share = f"{row.share.value:,f}" if row.share else ""
    cells = [
        f'<th scope="row" data-key="{escape(label)}">{escape(label)}{working}</th>',
        f'<td class="value" data-key="{_sort_key(row)}">{row.shown}</td>',
        f'<td class="unit">{escape(row.unit)}</td>',
        f'<td class="value" data-key="{share.replace(",", "")}">{share}</td>' if has_share else "",
        f'<td class="text">{_sources(row, turn, words)}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _sort_key(row: ResultRow) -> str:
    """The value by which rows are sorted: money in 元."""
    return f"{row.value * YUAN_PER_UNIT.get(row.unit, 1):f}"


def _sources(row: ResultRow, turn: int, words: Words) -> str:
    marks = "".join(cite_button(turn, c.n) for c in row.citations)
    place = where(row.citations[0], words) if len(row.citations) == 1 else ""
    return f"{marks}<small>{escape(place)}</small>" if place else marks


def _labels(rows: Sequence[ResultRow], words: Words) -> list[str]:
    """Short names where the title says what is common to all; a result is told by its working."""
    about = [row.subject for row in rows if row.subject]
    short = iter(labels_of(about, words) if about else [])
    result = words["results_calculated"]
    return [next(short) if row.subject else result if row.calculation else row.label for row in rows]


# -- the files -----------------------------------------------------------------------------


def results_file(answer: Answer, form: Form, words: Words) -> tuple[str, bytes]:
    """Name and bytes of a file with the answer's rows and where each stands in its document.

    Raises ValueError for a form that is none, or an answer without rows.
    """
    rows = result_rows(answer)
    if form not in get_args(Form) or not rows:
        raise ValueError(f"no {form!r} of {len(rows)} rows; expected one of {', '.join(get_args(Form))}")
    return f"{file_name(rows, words)}.{form}", write_records(result_records(rows, words), form)


def result_records(rows: Sequence[ResultRow], words: Words) -> list[dict[str, Any]]:
    """A record for each row, under headings in the reader's language; values are Decimals."""
    return [
        {
            words["results_item"]: _whole_name(row, words),
            words["results_value"]: row.value,
            words["results_unit"]: row.unit,
            words["results_share"]: row.share.value if row.share else None,
            words["column_organization"]: row.subject.organization if row.subject else None,
            words["column_year"]: row.subject.fiscal_year if row.subject else None,
            words["column_working"]: "\n".join(written(c) for c in row.workings),
            **_places(row, words),
        }
        for row in rows
    ]


def _whole_name(row: ResultRow, words: Words) -> str:
    is_result = row.calculation is not None and row.subject is None
    return " · ".join(filter(None, [words["results_calculated"] if is_result else "", row.label]))


def _places(row: ResultRow, words: Words) -> dict[str, Any]:
    """Where the row's figures stand; of several citations a line each."""

    def each(of: str) -> str:
        return "\n".join(str(getattr(c, of) or "") for c in row.citations)

    pages = [c.page_number for c in row.citations]
    return {
        words["column_document"]: each("doc"),
        words["column_page"]: pages[0] if len(pages) == 1 else each("page_number"),
        words["column_table"]: each("table"),
        words["column_row"]: each("row"),
        words["column_column"]: each("column"),
        words["column_quote"]: each("quote"),
    }


def file_name(rows: Sequence[ResultRow], words: Words) -> str:
    """What the rows are of, as a file's name without its ending."""
    about = [row.subject for row in rows if row.subject]
    title = title_of(about, words) if about else words["results_title"]
    return _NO_FILE_NAME.sub(" ", title).strip()[:_LONGEST_NAME].strip() or words["results_title"]

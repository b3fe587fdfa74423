"""The Query tab: fields above, the cells that fit them beside the place where a figure is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from functools import partial
from typing import Any, get_args

import gradio as gr

from faces.desk import LocalDesk
from faces.export import Form, write_records
from faces.found import found_html, note_html, sum_html
from faces.querying import (
    MOST_CHOSEN,
    PAGE_ROWS,
    AmountError,
    Query,
    add_up,
    citation_of,
    filter_of,
    key_of,
    query_of_fields,
    query_of_link,
    records_of,
)
from faces.saving import file_html
from faces.screens.common import PRIVATE, QUIET, asset, words_for
from faces.screens.evidence_panel import EvidencePanel
from faces.wording import Words
from index_store.browse import CellKey, Order, TooManyNamesError
from ingest.model import Kind, Stage
from ingest.standard import standard_names
from ingest.values import YUAN_PER_UNIT

MOST_OFFERED = 500
"""Organisations in the list to choose from; any other can be typed."""


def query_screen(page: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab, desk: LocalDesk, label: gr.I18n) -> None:
    """Lay the screen out. A link with ``?query=`` opens it with the query that it holds."""
    asked, at, chosen = gr.State(Query()), gr.State(0), gr.State([])
    with gr.Row(elem_id="query-fields"):
        typed = _fields(label)
        search = gr.Button(label("query_search"), variant="primary", elem_id="query-search", min_width=90)
        reset = gr.Button(label("query_reset"), elem_id="query-reset", min_width=90)
    with gr.Row(elem_id="query"):
        with gr.Column(scale=7, min_width=320):
            script = asset("scripts/query.js")
            found = gr.HTML(elem_id="query-found", js_on_load=script)
            summed = gr.HTML(elem_id="query-sum", js_on_load=script)
            file = gr.HTML(js_on_load=asset("scripts/saving.js"), visible="hidden")
        with gr.Column(scale=4, min_width=320):
            evidence = EvidencePanel(desk, elem_id="query-evidence", label=label, hint="query_evidence_empty")

    def look(query: Query, number: int, keys: Sequence[CellKey], request: gr.Request) -> tuple[Any, ...]:
        return query, number, _found(desk, query, number, keys, words_for(request))

    def begin(keys: list[CellKey], request: gr.Request, *values: Any) -> tuple[Any, ...]:
        return look(query_of_fields(values), 0, keys, request)

    def turn(query: Query, keys: list[CellKey], event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        return look(query, max(0, int(event.page)), keys, request)

    def forget(keys: list[CellKey], request: gr.Request) -> tuple[Any, ...]:
        return *_values(Query()), *look(Query(), 0, keys, request)

    def arrive(query: Query, number: int, keys: list[CellKey], request: gr.Request) -> tuple[Any, ...]:
        return *_offered(desk, words_for(request)), *look(query, number, keys, request)

    def follow(request: gr.Request) -> tuple[Any, ...]:
        """Open the tab if the page's address says so."""
        link = dict(request.query_params).get("query")
        if link is None:
            return *(gr.skip() for _ in [*typed, *shown]), gr.skip(), *evidence.empty(request)
        query = query_of_link(str(link))
        offered = _offered(desk, words_for(request), query)
        return *offered, *look(query, 0, [], request), gr.Tabs(selected="query"), *evidence.empty(request)

    def choose(keys: list[CellKey], event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        named = [key for text in event.keys[:PAGE_ROWS] if (key := key_of(str(text)))]
        others = [key for key in keys if key not in named]
        return told((others + named)[:MOST_CHOSEN] if event.on else others, request)

    def told(keys: list[CellKey], request: gr.Request) -> tuple[Any, ...]:
        return keys, sum_html(add_up(desk.store.cells, keys), words_for(request))

    def leave_out(keys: list[CellKey], event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        return told([key for key in keys if key != key_of(str(event.key))] if event.key else [], request)

    def show(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        key = key_of(str(event.key))
        cells = desk.store.cells.at([key]) if key else []
        return evidence.show([citation_of(cell) for cell in cells], 1, request)

    def show_chosen(keys: list[CellKey], event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        return evidence.show(add_up(desk.store.cells, keys).citations, int(event.n), request)

    def export(query: Query, event: gr.EventData) -> Any:
        form: Form = next((form for form in get_args(Form) if form == event.form), "csv")
        content = write_records(list(records_of(desk.store.cells, query)), form)
        return file_html(f"query.{form}", content)

    shown = [asked, at, found]
    for moment in (search.click, *(text.submit for text in typed if isinstance(text, gr.Textbox))):
        moment(begin, [chosen, *typed], shown, **QUIET)
    for listed in (field for field in typed if not isinstance(field, gr.Textbox)):
        listed.input(begin, [chosen, *typed], shown, **QUIET)
    reset.click(forget, chosen, [*typed, *shown], **QUIET)
    tab.select(arrive, [asked, at, chosen], [*typed, *shown], **QUIET)
    page.load(follow, None, [*typed, *shown, tabs, *evidence.outputs], **QUIET)
    found.submit(turn, [asked, chosen], shown, **QUIET)
    found.input(choose, chosen, [chosen, summed], **QUIET)
    found.select(show, None, evidence.outputs, **QUIET)
    summed.select(show_chosen, chosen, evidence.outputs, **QUIET)
    summed.delete(leave_out, chosen, [chosen, summed], **QUIET)
    found.download(export, asked, file, show_progress_on=found, **PRIVATE)


def _found(desk: LocalDesk, query: Query, number: int, keys: Sequence[CellKey], words: Words) -> str:
    cells = desk.store.cells
    try:
        wanted = filter_of(query)
        total = cells.count(wanted)
        page = min(number, max(0, total - 1) // PAGE_ROWS)
        listed = cells.page(wanted, query.order, page * PAGE_ROWS, PAGE_ROWS)
    except AmountError as error:
        return note_html(words["query_bad_amount"].format(typed=error))
    except TooManyNamesError:
        return note_html(words["query_too_many"])
    return found_html(listed, total, page, keys, query, words)


# -- the fields ----------------------------------------------------------------------------


def _fields(label: gr.I18n) -> list[Any]:
    """One for each field of ``Query``, in its order; what can be chosen is offered when the tab opens."""

    def named(name: str) -> dict[str, Any]:
        return {"label": label(f"query_{name}"), "elem_id": f"query-{name}", "min_width": 130}

    text = partial(gr.Textbox, max_lines=1, max_length=200)
    hints = {name: label(f"query_{name}_hint") for name in ("title", "item", "column")}
    return [
        gr.Dropdown([], value=[], multiselect=True, allow_custom_value=True, **named("organization")),
        gr.Dropdown([], value=[], multiselect=True, **named("year")),
        gr.Dropdown(["", *get_args(Kind)], value="", **named("kind")),
        gr.Dropdown(["", *standard_names()], value="", **named("table")),
        text(placeholder=hints["title"], **named("title")),
        text(placeholder=hints["item"], **named("item")),
        text(placeholder=hints["column"], **named("column")),
        gr.Dropdown(["", *get_args(Stage)], value="", **named("stage")),
        text(**named("from")),
        text(**named("to")),
        gr.Dropdown(list(YUAN_PER_UNIT), value=Query().unit, **named("unit")),
        gr.Dropdown(list(get_args(Order)), value=Query().order, **named("order")),
        gr.Checkbox(container=False, **named("with_text")),
    ]


def _values(query: Query) -> list[Any]:
    """The query as the values of the fields, in which years are texts."""
    values = [getattr(query, f.name) for f in fields_of(query)]
    return [list(map(str, value)) if isinstance(value, tuple) else value for value in values]


def _offered(desk: LocalDesk, words: Words, query: Query | None = None) -> list[Any]:
    """What can be chosen in each field, in the words of the page; filled in as the query says, if any."""
    choices = desk.store.cells.choices()
    every = (words["query_all"], "")
    names = standard_names()
    offered: dict[str, list[Any]] = {
        "organizations": list(choices.organizations[:MOST_OFFERED]),
        "years": [str(year) for year in choices.years],
        "kind": [every, *((words[f"kind_{kind}"], kind) for kind in get_args(Kind))],
        "standard": [every, *((names[id_], id_) for id_ in choices.standards if id_ in names)],
        "stage": [every, *((words[f"query_stage_{stage}"], stage) for stage in get_args(Stage))],
        "order": [(words[f"query_order_{order}"], order) for order in get_args(Order)],
    }
    updates = []
    for f, value in zip(fields_of(Query), _values(query or Query()), strict=True):
        update = {"choices": offered[f.name]} if f.name in offered else {}
        if query is not None:
            update["value"] = value
        updates.append(gr.update(**update))
    return updates

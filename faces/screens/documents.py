"""The documents: uploads with their progress and verdicts, the list, removal that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import gradio as gr

from faces.access import account_of, for_editors
from faces.batches import Batch
from faces.desk import LocalDesk
from faces.gaps import gaps
from faces.listing import documents_html
from faces.reading import Reading
from faces.removal import Removals
from faces.screens.common import QUIET, asset, words_for
from faces.verdicts import batch_html, progress_html
from ingest.errors import BudgetQAError

LOOK_SECONDS = 0.3
"""How often a bar moves."""


def listed(desk: LocalDesk, request: gr.Request) -> str:
    """The list of documents, for whoever looks."""
    documents = desk.store.documents()
    missing = gaps(documents, desk.store.cells.standards())
    may_edit = account_of(request).may_edit
    return documents_html(documents, words_for(request), may_edit=may_edit, missing=missing)


def documents_screen(
    page: gr.Blocks, desk: LocalDesk, reading: Reading, timer: gr.Timer, label: gr.I18n
) -> gr.HTML:
    """Lay the screen out. Gives the list; it changes when the documents do, and is selected from by a
    click on the number of a document's findings."""
    running, script = gr.State(None), asset("scripts/sorting.js") + asset("scripts/listing.js")
    upload = gr.File(elem_id="upload", label=label("upload"), file_count="multiple", height=140)
    cancel = gr.Button(label("batch_stop"), visible=False, size="sm", elem_id="batch-stop")
    verdicts = gr.HTML(elem_id="verdicts")
    removed = gr.HTML(elem_id="removed", js_on_load=script)
    hint = label("list_filter")
    gr.Textbox(elem_id="listing-filter", label=hint, placeholder=hint, show_label=False, container=False)
    listing = gr.HTML(elem_id="listing", js_on_load=script)

    def take(files: list[str] | None, request: gr.Request) -> Iterator[Any]:
        if not files:
            return
        said, batch = words_for(request), Batch(desk, reading, files)
        yield batch, gr.File(value=None, visible=False), gr.Button(visible=True), gr.skip(), gr.skip()
        while not batch.wait(LOOK_SECONDS):
            yield (*(gr.skip() for _ in range(3)), progress_html(batch.snapshot(), said), gr.skip())
        told = batch_html(batch, desk.store, said)
        yield None, gr.File(visible=True), gr.Button(visible=False), told, listed(desk, request)

    def stop(batch: Batch | None) -> None:
        if batch is not None:
            batch.stop()

    remove, undo = _removal(desk)
    upload.upload(lambda: gr.Timer(active=True), None, timer, **QUIET)
    upload.upload(
        for_editors(take),
        upload,
        [running, upload, cancel, verdicts, listing],
        concurrency_limit=None,
        **QUIET,
    )
    cancel.click(for_editors(stop), running, None, **QUIET)
    listing.delete(for_editors(remove), None, [removed, listing], **QUIET)
    removed.undo(for_editors(undo), None, [removed, listing], **QUIET)
    page.load(_for_editors_only, None, upload, **QUIET)
    return listing


def _for_editors_only(request: gr.Request) -> Any:
    return gr.File(visible=account_of(request).may_edit)


def _removal(desk: LocalDesk) -> tuple[Callable[..., Any], Callable[..., Any]]:
    removals = Removals(desk)

    def remove(event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        said = words_for(request)
        try:
            token, name = removals.remove(int(event.document))
        except BudgetQAError as error:  # somebody else has removed it meanwhile
            return _note(str(error)), listed(desk, request)
        button = f'<button type="button" class="undo" data-token="{token}">{escape(said["undo"])}</button>'
        return _note(said["removed"].format(name=name), button), listed(desk, request)

    def undo(event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        try:
            told = words_for(request)["undone"].format(name=removals.undo(str(event.token)))
        except BudgetQAError as error:
            told = str(error)
        return _note(told), listed(desk, request)

    return remove, undo


def _note(text: str, button: str = "") -> str:
    return f'<p class="hint" role="status">{escape(text)} {button}</p>'

"""The documents: uploads, the list, removal."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from faces.desk import LocalDesk
from faces.listing import documents_html, verdicts_html
from faces.reading import Reading
from faces.screens.common import PRIVATE, QUIET, words_for
from faces.uploads import taken
from index_store.intake import Progress
from ingest.errors import BudgetQAError

_PROGRESS = gr.Progress()
"""As a default it asks Gradio for the progress bar of the event at hand."""


def documents_screen(
    desk: LocalDesk, reading: Reading, gestures: gr.HTML, timer: gr.Timer, label: gr.I18n
) -> gr.HTML:
    """Lay the screen out. Gives the list; it changes when the documents do."""
    upload = gr.File(elem_id="upload", label=label("upload"), file_count="multiple", height=140)
    verdicts = gr.HTML(elem_id="verdicts")
    doomed = gr.State(None)
    with gr.Row(visible=False, elem_id="confirm") as confirm:
        sure = gr.HTML(elem_id="sure")
        yes = gr.Button(label("remove_yes"), variant="stop", size="sm", min_width=120, elem_id="remove-yes")
        no = gr.Button(label("remove_no"), size="sm", min_width=80, elem_id="remove-no")
    listing = gr.HTML(elem_id="listing")

    def take(files: list[str], request: gr.Request, progress: gr.Progress = _PROGRESS) -> Any:
        said = words_for(request)

        def report(step: Progress) -> None:
            page = f" {step.page_number}/{step.page_count}" if step.page_count else ""
            doing = f"{said['doing_' + step.phase]} {step.file_name or ''}{page}"
            progress((step.done, step.total), desc=doing)

        with taken(files) as paths:
            outcomes = reading.read(desk, paths, report)
        return None, verdicts_html(outcomes, said), documents_html(desk.store.documents(), said)

    def doubt(event: gr.EventData, request: gr.Request) -> Any:
        name = next((d.file_name for d in desk.store.documents() if d.id == event.document), None)
        if name is None:
            return gr.skip(), gr.Row(visible=False), gr.skip()
        question = words_for(request)["remove_question"].format(name=name)
        return event.document, gr.Row(visible=True), escape(question)

    def remove_listed(document_id: int, request: gr.Request) -> Any:
        said = words_for(request)
        try:
            told = said["removed"].format(name=desk.remove(str(document_id))["file_name"])
        except BudgetQAError as error:  # somebody else has removed it meanwhile
            told = str(error)
        note = f'<p class="hint">{escape(told)}</p>'
        return None, gr.Row(visible=False), note, documents_html(desk.store.documents(), said)

    upload.upload(lambda: gr.Timer(active=True), None, timer, **QUIET)
    upload.upload(take, upload, [upload, verdicts, listing], show_progress_on=verdicts, **PRIVATE)
    gestures.delete(doubt, None, [doomed, confirm, sure], **QUIET)
    yes.click(remove_listed, doomed, [doomed, confirm, verdicts, listing], **QUIET)
    no.click(lambda: (None, gr.Row(visible=False)), None, [doomed, confirm], **QUIET)
    return listing

"""The audit: what each document says against itself, with the two places side by side."""

from __future__ import annotations

from typing import Any

import gradio as gr

from faces.auditing import SEVERITIES, audit_of
from faces.desk import LocalDesk
from faces.export import Form, write_records
from faces.findings import FORMS, citations_of, finding_records, findings_html
from faces.saving import file_html
from faces.screens.common import QUIET, asset, words_for
from faces.screens.evidence_panel import EvidencePanel
from faces.wording import Words
from index_store.store import StoredDocument
from ingest.errors import BudgetQAError


def audit_screen(tabs: gr.Tabs, tab: gr.Tab, listing: gr.HTML, desk: LocalDesk, label: gr.I18n) -> None:
    """Lay the screen out. A click on the number of findings in ``listing`` opens it at that document."""
    with gr.Row(elem_id="audit-fields"):
        chosen = gr.Dropdown([], label=label("audit_document"), elem_id="audit-document", scale=4)
        severity = gr.Dropdown([], label=label("audit_severity"), elem_id="audit-severity", scale=1)
    with gr.Row(elem_id="audit"):
        with gr.Column(scale=4, min_width=320):
            found = gr.HTML(elem_id="audit-found", js_on_load=asset("scripts/audit.js"))
            file = gr.HTML(js_on_load=asset("scripts/saving.js"), visible="hidden")
        with gr.Column(scale=7, min_width=320):
            evidence = EvidencePanel(desk, elem_id="audit-evidence", label=label, hint="audit_hint")

    def open_at(document_id: int | None, wanted: str | None, request: gr.Request) -> tuple[Any, ...]:
        said, documents = words_for(request), desk.store.documents()
        known = [document.id for document in documents]
        shown = document_id if document_id in known else _worst(documents)
        offered = gr.Dropdown([(_named(d, said), d.id) for d in documents], value=shown)
        kinds = [(said["audit_all"], ""), *((said[f"severity_{s}"], s) for s in SEVERITIES)]
        html = _found(desk, shown, wanted or "", said)
        return offered, gr.Dropdown(kinds, value=wanted or ""), html, *evidence.empty(request)

    def look(document_id: int | None, wanted: str | None, request: gr.Request) -> tuple[Any, ...]:
        return _found(desk, document_id, wanted or "", words_for(request)), *evidence.empty(request)

    def arrive(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        return gr.Tabs(selected="audit"), *open_at(int(event.document), "", request)

    def show(document_id: int | None, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        try:
            document = desk.store.load(document_id or 0)
            finding = document.findings[int(event.finding)]
        except (BudgetQAError, IndexError):  # removed meanwhile
            return evidence.empty(request)
        first, *others = citations_of(finding, document_id or 0, document.file_name)
        if not others:
            return evidence.show([first], first.n, request)
        return evidence.show_pair(first, others[0], request, others[1:])

    def export(document_id: int | None, event: gr.EventData) -> Any:
        findings = audit_of(desk.store.load(document_id or 0))["findings"]
        form: Form = next((form for form in FORMS if form == event.form), "csv")
        records = findings if form == "json" else list(finding_records(findings))
        content = write_records(records, form)
        return file_html(f"findings.{form}", content)

    opened = [chosen, severity, found, *evidence.outputs]
    tab.select(open_at, [chosen, severity], opened, **QUIET)
    listing.select(arrive, None, [tabs, *opened], **QUIET)
    for field in (chosen, severity):
        field.input(look, [chosen, severity], [found, *evidence.outputs], **QUIET)
    found.select(show, chosen, evidence.outputs, **QUIET)
    found.download(export, chosen, file, **QUIET)


def _worst(documents: list[StoredDocument]) -> int | None:
    """The document with the most findings: what one comes here to see."""
    return max(documents, key=lambda d: d.finding_count).id if documents else None


def _named(document: StoredDocument, words: Words) -> str:
    return f"{document.file_name} ({words['list_findings']}: {document.finding_count})"


def _found(desk: LocalDesk, document_id: int | None, severity: str, words: Words) -> str:
    if document_id is None:
        return f'<p class="hint">{words["audit_none"]}</p>'
    try:
        return findings_html(desk.store.load(document_id), severity, words)
    except BudgetQAError:
        return f'<p class="hint">{words["gone"]}</p>'

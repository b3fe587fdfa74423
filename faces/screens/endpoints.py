"""The named endpoints for programs: the desk's requests, as ``faces.desk.RemoteDesk`` sends them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import gradio as gr

from faces.desk import LocalDesk
from faces.reading import Reading
from faces.uploads import taken
from ingest.errors import BudgetQAError

Value = TypeVar("Value")


def add_endpoints(desk: LocalDesk, reading: Reading) -> None:
    """Add them to the page at hand."""

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        return desk.ask(question, history or [])

    def explain(question: str, history: list[str] | None = None) -> dict[str, Any]:
        return desk.explain(question, history or [])

    def documents() -> list[dict[str, Any]]:
        return desk.documents()

    def remove(name: str) -> dict[str, Any]:
        return desk.remove(name)

    def tables(name: str) -> list[dict[str, Any]]:
        return desk.tables(name)

    def rows(name: str) -> list[dict[str, Any]]:
        return desk.rows(name)

    def passages(name: str) -> list[dict[str, Any]]:
        return desk.passages(name)

    def findings(name: str) -> dict[str, Any]:
        return desk.findings(name)

    def reindex() -> int:
        return desk.reindex()

    def ingest(files: list[str]) -> list[dict[str, Any]]:
        with taken(files) as paths:
            return reading.read(desk, paths)

    for request in (ask, explain, documents, remove, tables, rows, passages, findings, reindex):
        gr.api(_for_people(request), api_name=request.__name__)
    # A file component, because it lets in only files that were uploaded to this server.
    files, verdicts = gr.File(file_count="multiple", visible=False), gr.JSON(visible=False)
    gr.Button(visible=False).click(_for_people(ingest), files, verdicts, api_name="ingest")


def _for_people(request: Callable[..., Value]) -> Callable[..., Value]:
    """A failure with a text for people reaches the asker as that text, without a traceback here."""

    @wraps(request)
    def answered(*given: Any) -> Value:
        try:
            return request(*given)
        except BudgetQAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return answered

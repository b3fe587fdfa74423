"""The named endpoints for programs: ``faces.programs``, as ``faces.desk.RemoteDesk`` sends them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import gradio as gr

from faces.access import for_editors
from faces.desk import LocalDesk
from faces.programs import detail_requests, editing_requests, looking_requests
from faces.reading import Reading
from faces.screens.common import ASKING
from faces.uploads import taken
from ingest.errors import BudgetQAError

Value = TypeVar("Value")


def add_endpoints(desk: LocalDesk, reading: Reading) -> None:
    """Add them to the page at hand."""

    def ingest(files: list[str]) -> list[dict[str, Any]]:
        """Read uploaded files and keep what they hold: one verdict a file. Editors only.

        Parameters:
            files: Files uploaded to this server.
        """
        with taken(files) as paths:
            return reading.read(desk, paths)

    for request in (*looking_requests(desk), *detail_requests(desk)):
        group = ASKING if request.__name__ in ("ask", "explain") else {}
        gr.api(_for_people(request), api_name=request.__name__, **group)
    for request in editing_requests(desk):
        gr.api(for_editors(_for_people(request)), api_name=request.__name__)
    # A file component, because it lets in only files that were uploaded to this server.
    files, verdicts = gr.File(file_count="multiple", visible=False), gr.JSON(visible=False)
    gr.Button(visible=False).click(for_editors(_for_people(ingest)), files, verdicts, api_name="ingest")


def _for_people(request: Callable[..., Value]) -> Callable[..., Value]:
    """A failure with a text for people reaches the asker as that text, without a traceback here."""

    @wraps(request)
    def answered(*given: Any) -> Value:
        try:
            return request(*given)
        except BudgetQAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return answered

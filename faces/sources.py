"""The documents' own files, to be saved by whoever reads the page: by their number, never by a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from faces.evidence import SOURCES_PATH
from faces.wording import language_of, words
from ingest.errors import BudgetQAError

if TYPE_CHECKING:
    from index_store.store import Store

_LARGEST_NUMBER = 2**63 - 1
"""That a database takes."""


def source_route(store: Store) -> Route:
    """Answers with a document's file as an attachment, under the name that it was added with."""

    def source(request: Request) -> Response:
        document_id: int = request.path_params["document_id"]
        try:
            path = store.source_path(min(document_id, _LARGEST_NUMBER))
            name = store.load(document_id).file_name if path else ""
        except BudgetQAError:
            path = None
        if path is None:
            said = words(language_of(request.headers.get("accept-language")))
            return PlainTextResponse(said["no_source"], status_code=404)
        # Saved, never opened in our name: an HTML document could hold anything.
        headers = {"cache-control": "private, no-store"}
        return FileResponse(path, filename=name, media_type="application/octet-stream", headers=headers)

    return Route(f"/{SOURCES_PATH}/{{document_id:int}}", source, methods=["GET"])

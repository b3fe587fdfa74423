"""What may cross between the page and the world: nothing but this server and its own page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faces.settings import LOOPBACK

POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; form-action 'self'; frame-ancestors 'self'; "
    "base-uri 'self'"
)
"""Content-Security-Policy: the browser itself refuses to fetch anything from elsewhere, whatever
a document or a library makes the page say. Gradio builds templates from strings, hence 'unsafe-eval'."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",  # "no-referrer" would make browsers hide a form's own origin
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_PAGE = r"|config|theme\.css|favicon\.ico|robots\.txt|manifest\.json|login|logout|sources/\d+"
_FILES = r"(?:assets|static|svelte)/.+"
_API = (
    r"info|openapi\.json|app_id|login_check|user|startup-events|theme\.css|upload|upload_progress|"
    r"queue/(?:join|data)|cancel|reset|heartbeat/[^/]+|(?:call|run|api)/.+|"
    r"file=(?!\w+:).+|mcp"
)
OPEN = re.compile(rf"/(?:(?:{_PAGE}|gradio_api/(?:{_API}))/?|{_FILES})")
"""The addresses that there are. Gradio has more, which this page has no use for, and some of which
ask for no log-in: fetching from other servers, recording, history on a hub, editing by a model."""


class Boundary:
    """ASGI middleware: adds the headers; turns away requests made under another name or from another page.

    On loopback, where nobody logs in, a request under another host name is one of a web page whose
    name is made to point at this machine (DNS rebinding). A request from a page of another origin is
    refused everywhere: no other page has business here.
    """

    def __init__(self, app: ASGIApp, *, listens_on: str, any_name: bool = False) -> None:
        """``any_name``: the host names need no check, because everybody has to log in."""
        self._app = app
        self._hosts = LOOPBACK if listens_on in LOOPBACK and not any_name else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # nothing here speaks it
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(Headers(scope=scope), scope["path"])
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers, path: str) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if self._hosts is not None and urlsplit("//" + host).hostname not in self._hosts:
            return PlainTextResponse("This server answers to 127.0.0.1 only.", status_code=403)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return PlainTextResponse("This server answers to its own page only.", status_code=403)
        if not OPEN.fullmatch(path):
            return PlainTextResponse("There is nothing at this address.", status_code=404)
        return None

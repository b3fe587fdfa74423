"""What may cross between the page and the world: nothing but this server and its own page."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'; base-uri 'self'"
)
"""Content-Security-Policy: the browser itself refuses to fetch anything from elsewhere, whatever
a document or a library makes the page say. Gradio builds templates from strings, hence 'unsafe-eval'."""


class Boundary:
    """ASGI middleware: adds the policy, and on loopback turns away requests made under another name.

    The second stops a web page whose host name is made to point at this machine (DNS rebinding)
    from reading the store through the visitor's browser.
    """

    def __init__(self, app: ASGIApp, *, listens_on: str) -> None:
        self._app = app
        self._hosts = LOOPBACK if listens_on in LOOPBACK else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = urlsplit("//" + Headers(scope=scope).get("host", "")).hostname
        if self._hosts is not None and host not in self._hosts:
            refusal = PlainTextResponse("This server answers to 127.0.0.1 only.", status_code=403)
            await refusal(scope, receive, send)
            return

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = POLICY
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_with_policy)

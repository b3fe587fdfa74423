"""A file for the browser to save: it comes with the page, and lies in no folder of the server."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from mimetypes import guess_type
from time import time_ns


def file_html(name: str, content: bytes) -> str:
    """The file in a link that ``scripts/saving.js`` follows; no two are alike, so each is noticed."""
    kind = guess_type(name)[0] or "application/octet-stream"
    data = b64encode(content).decode("ascii")
    return f'<a download="{escape(name)}" data-made="{time_ns()}" href="data:{kind};base64,{data}"></a>'

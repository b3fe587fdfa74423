"""Files of an answer's results: made at a click, saved by the browser, kept in no folder of the server."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from mimetypes import guess_type

import gradio as gr

from faces.chat import Turn
from faces.results import results_file
from faces.screens.common import QUIET, asset, words_for


def add_downloads(turns: gr.State) -> None:
    """Answer the download buttons of ``faces.results`` for the conversation in ``turns``."""
    script = asset("scripts/sorting.js") + asset("scripts/results.js")
    files = gr.HTML(js_on_load=script, visible="hidden")

    def make(earlier: list[Turn], event: gr.EventData, request: gr.Request) -> str:
        said = words_for(request)
        try:
            turn = earlier[int(event.turn)]
            assert turn.answer is not None
            name, content = results_file(turn.answer, event.form, said)
        except (AssertionError, IndexError, ValueError):  # another conversation has begun meanwhile
            gr.Warning(said["download_failed"])
            return ""
        return _link(name, content, int(event.at))

    files.download(make, [turns], files, **QUIET)


def _link(name: str, content: bytes, at: int) -> str:
    """The file in a link that the script follows; ``at`` tells two askings for it apart."""
    kind = guess_type(name)[0] or "application/octet-stream"
    data = b64encode(content).decode("ascii")
    return f'<a download="{escape(name)}" data-at="{at}" href="data:{kind};base64,{data}"></a>'

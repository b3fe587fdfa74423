"""Files of an answer's results: made at a click, saved by the browser, kept in no folder of the server."""

from __future__ import annotations

import gradio as gr

from faces.chat import Turn
from faces.results import results_file
from faces.saving import file_html
from faces.screens.common import QUIET, asset, words_for


def add_downloads(turns: gr.State) -> None:
    """Answer the download buttons of ``faces.results`` for the conversation in ``turns``."""
    script = "".join(asset(f"scripts/{name}.js") for name in ("sorting", "results", "saving"))
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
        return file_html(name, content)

    files.download(make, [turns], files, **QUIET)

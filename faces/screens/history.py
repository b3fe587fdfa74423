"""The drawer with the conversations kept: search, open, export, delete; ratings of answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from faces.access import account_of
from faces.conversation_files import json_lines, markdown
from faces.conversations import ConversationError, UnknownConversationError
from faces.desk import LocalDesk
from faces.history import history_html
from faces.saving import file_html
from faces.screens.common import QUIET, asset, words_for

_log = logging.getLogger(__name__)


class HistoryDrawer:
    """Made beside the chat, which opens what is chosen: ``chosen`` is an event with an ``id``."""

    def __init__(self, desk: LocalDesk, label: gr.I18n) -> None:
        self._kept = desk.conversations
        with gr.Column(elem_id="history", min_width=280):
            with gr.Row(elem_id="history-head"):
                gr.Markdown(label("history_open"), elem_id="history-title")
                gr.Button(label("history_close"), elem_id="history-close", size="sm")
            search = gr.Textbox(
                elem_id="history-search",
                show_label=False,
                label=label("history_search"),
                placeholder=label("history_search"),
                max_length=200,
                max_lines=1,
                container=False,
            )
            listed = gr.HTML(elem_id="history-list", js_on_load=asset("scripts/history.js"))
            file = gr.HTML(js_on_load=asset("scripts/saving.js"), visible="hidden")
        self.chosen = listed.select
        listed.expand(self._listed, search, listed, **QUIET)
        search.change(self._listed, search, listed, trigger_mode="always_last", **QUIET)
        listed.delete(self._delete, search, listed, **QUIET)
        listed.download(self._export, None, file, **QUIET)
        listed.like(self._rate, None, None, **QUIET)

    def _listed(self, search: str, request: gr.Request) -> str:
        found = self._kept.listed(account_of(request).name, search)
        return history_html(found, words_for(request), searched=bool(search.strip()))

    def _delete(self, search: str, event: gr.EventData, request: gr.Request) -> str:
        account = account_of(request).name
        with told(request):
            if event.id:
                self._kept.delete(account, str(event.id))
            else:
                self._kept.delete_all(account)
        return self._listed(search, request)

    def _export(self, event: gr.EventData, request: gr.Request) -> Any:
        account, said = account_of(request).name, words_for(request)
        with told(request):
            turns = self._kept.opened(account, str(event.id)) if event.id else self._kept.all_turns(account)
            if event.form == "md":
                return file_html(f"{said['history_file']}.md", markdown(turns, said).encode())
            return file_html(f"{said['history_file']}.jsonl", json_lines(turns).encode())
        return gr.skip()

    def _rate(self, event: gr.EventData, request: gr.Request) -> None:
        with told(request):
            self._kept.rate(account_of(request).name, str(event.token), event.rating, str(event.comment))


@contextmanager
def told(request: gr.Request) -> Iterator[None]:
    """What is not found, or cannot be written, is told on the page, which stays as it is."""
    said = words_for(request)
    try:
        yield
    except UnknownConversationError:
        gr.Warning(said["not_found"], title=said["notice"])
    except ConversationError:
        _log.exception("the conversations cannot be read or written")
        gr.Warning(said["not_possible"], title=said["notice"])

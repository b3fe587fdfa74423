"""What the server keeps of each page that is open: Gradio's page states, without what is never used.

Gradio works out the settings of every component for every page and for every single call of a program,
and keeps them, 170 kB each and up to 10,000 of them, for links that open a page as it was left
(``gr.DeepLinkButton``). There are no such links here: answers have links of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder


@dataclass(frozen=True, slots=True)
class _Page:
    """The page as a new state takes it: all that it is made of, and no settings to keep."""

    default_config: Any
    blocks: Mapping[int, Any] = field(default_factory=dict)


class PageStates(StateHolder):  # type: ignore[misc]
    """The states of open pages by their session; a program's call is over with its answer, so has none."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            state = SessionState(_Page(self.blocks.default_config))
            if session_id in self.blocks._queue.event_ids_to_events:  # a call, which names no page
                return state
            self.session_data[session_id] = state
        return super().__getitem__(session_id)


def keep_lightly(app: App, page: gr.Blocks) -> None:
    """Let the app of a launched page keep its states so."""
    states = PageStates()
    states.set_blocks(page)
    app.state_holder = states

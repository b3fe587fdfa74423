"""The panel that shows where figures stand: in any screen, over any citations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from faces.desk import LocalDesk
from faces.evidence import empty_html, evidence_html, pair_html
from faces.screens.common import QUIET, asset, words_for
from qa.answer import Citation


class EvidencePanel:
    """Shows one of some citations, and lets the others be chosen.

    Made inside the column that it is to stand in. ``show`` and ``empty`` give the values
    for ``outputs``, the components that an event of the screen has to name.
    """

    def __init__(self, desk: LocalDesk, *, elem_id: str, label: gr.I18n) -> None:
        self._desk = desk
        self._label = label
        self._shown = gr.State(())
        self._html = gr.HTML(elem_id=elem_id, js_on_load=asset("scripts/evidence.js"))
        self.outputs: list[Any] = [self._shown, self._html]
        self._html.select(self._choose, self._shown, self.outputs, **QUIET)

    def show(self, citations: Sequence[Citation], n: int, request: gr.Request) -> tuple[Any, ...]:
        """Citation ``n`` of ``citations``; the empty panel when there is none of that number."""
        return tuple(citations), evidence_html(self._desk.store, citations, n, words_for(request))

    def show_pair(self, a: Citation, b: Citation, request: gr.Request) -> tuple[Any, ...]:
        """Two places that are to be compared, side by side."""
        return (a, b), pair_html(self._desk.store, a, b, words_for(request))

    def empty(self, request: gr.Request) -> tuple[Any, ...]:
        return (), empty_html(words_for(request))

    def _choose(
        self, shown: tuple[Citation, ...], chosen: gr.SelectData, request: gr.Request
    ) -> tuple[Any, ...]:
        return self.show(shown, int(chosen.value), request)

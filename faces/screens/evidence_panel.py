"""The panel that shows where figures stand: in any screen, over any citations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from faces.desk import LocalDesk
from faces.evidence import View, evidence_html
from faces.screens.common import QUIET, asset, words_for
from qa.answer import Citation


class EvidencePanel:
    """Shows one of some citations, or two side by side; lets others be chosen and pages be turned.

    Made inside the column that it is to stand in. ``show``, ``show_pair`` and ``empty`` give the
    values for ``outputs``, the components that an event of the screen has to name.
    """

    def __init__(
        self, desk: LocalDesk, *, elem_id: str, label: gr.I18n, hint: str = "evidence_empty"
    ) -> None:
        """``hint`` is the key of the words that stand in it while it is empty."""
        self._desk = desk
        self._hint = hint
        self._view = gr.State(View())
        self._content = gr.HTML(
            elem_id=elem_id, label=label("evidence"), js_on_load=asset("scripts/evidence.js")
        )
        self.outputs: list[Any] = [self._view, self._content]
        self._content.select(self._move, self._view, self.outputs, **QUIET)

    def show(
        self, citations: Sequence[Citation], n: int | Sequence[int], request: gr.Request
    ) -> tuple[Any, ...]:
        """Citation ``n`` of ``citations``, or the first of several numbers beside the next ones.

        The empty panel when there is none of that number.
        """
        if isinstance(n, int):
            return self._values(View.one(citations, n), request)
        found = [citation for number in n for citation in citations if citation.n == number]
        view = View.pair(found[0], found[1], found[2:]) if len(found) > 1 else View()
        return self._values(view, request)

    def show_pair(
        self, a: Citation, b: Citation, request: gr.Request, further: Sequence[Citation] = ()
    ) -> tuple[Any, ...]:
        """``a`` beside ``b``, which are to be compared; ``further`` ones can be chosen instead of ``b``."""
        return self._values(View.pair(a, b, further), request)

    def empty(self, request: gr.Request) -> tuple[Any, ...]:
        return self._values(View(), request)

    def _move(self, view: View, moved: gr.SelectData, request: gr.Request) -> tuple[Any, ...]:
        at, page_number = moved.value
        page = None if page_number is None else int(page_number)
        return self._values(view.moved(int(moved.index), int(at), page), request)

    def _values(self, view: View, request: gr.Request) -> tuple[Any, ...]:
        return view, evidence_html(self._desk.store, view, words_for(request), self._hint)

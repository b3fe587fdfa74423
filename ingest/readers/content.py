"""What a PDF page draws and shows, by pdfminer, in the order in which it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTPage
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import PSKeyword, keyword_name
from pdfminer.utils import apply_matrix_pt
from pdfplumber.utils.exceptions import PdfminerException

from ingest.model import BBox
from ingest.readers.tokens import QuickParser

UNPAINTED = (3, 7)
"""Text rendering modes that neither fill nor stroke (ISO 32000-1, table 106): such as what a scanner's
text recognition lays over its picture."""

MOST_DRAWN = 20_000
"""Forms and pictures on one page. Forms that draw others twice can make billions of a few lines."""

Operator = tuple[Callable[..., None], int]
"""What carries a command out, and how many operands it takes."""


def page_layout(page: Any) -> LTPage:
    """Everything that a pdfplumber page draws, in its order. Raises PdfminerException."""
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number)
    try:
        _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    except Exception as error:  # pdfminer raises all kinds on broken pages
        raise PdfminerException(error) from error
    return device.get_result()


class _Device(PDFPageAggregator):  # type: ignore[misc]
    """Leaves out text that is not painted, or hidden by a clipping path; pdfminer itself keeps it."""

    visible: BBox = (-math.inf, -math.inf, math.inf, math.inf)
    """The box around what may be painted now, in the device's coordinates."""
    drawn: int = 0
    """Forms and pictures so far."""

    def render_string(self, textstate: Any, *given: Any) -> None:
        """One string of text: as a whole, since the end of a name that its column cuts is still its end."""
        before = len(self.cur_item)
        super().render_string(textstate, *given)
        if textstate.render in UNPAINTED:
            del self.cur_item._objs[before:]
        x0, y0, x1, y1 = self.visible
        drawn = self.cur_item._objs[before:]
        if not any(x0 <= (c.x0 + c.x1) / 2 <= x1 and y0 <= (c.y0 + c.y1) / 2 <= y1 for c in drawn):
            del self.cur_item._objs[before:]


class _Interpreter(PDFPageInterpreter):  # type: ignore[misc]
    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self._outer: list[BBox] = []

    def do_q(self) -> None:
        super().do_q()
        self._outer.append(self.device.visible)

    def do_Q(self) -> None:  # noqa: N802 (pdfminer names commands as PDF does)
        super().do_Q()
        if self._outer:
            self.device.visible = self._outer.pop()

    def do_Do(self, xobjid: Any) -> None:  # noqa: N802
        self.device.drawn += 1
        if self.device.drawn > MOST_DRAWN:
            raise ValueError(f"more than {MOST_DRAWN:,} forms and pictures are drawn")
        visible = self.device.visible
        super().do_Do(xobjid)
        self.device.visible = visible

    def do_W(self) -> None:  # noqa: N802
        """Nothing outside the path is painted from here on. Of a path that is no rectangle, the box around
        it counts."""
        points = [
            apply_matrix_pt(self.ctm, (x, y))
            for _, *numbers in self.curpath
            for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        if points:
            xs, ys = zip(*points, strict=True)
            x0, y0, x1, y1 = self.device.visible
            self.device.visible = (max(x0, min(xs)), max(y0, min(ys)), min(x1, max(xs)), min(y1, max(ys)))

    do_W_a = do_W  # noqa: N815

    def execute(self, streams: Sequence[object]) -> None:
        """Carry out the commands of the streams; one that is being carried out already is passed over."""
        self.stream_ids.clear()
        known = [stream for stream in map(stream_value, streams) if stream.objid is not None]
        fresh = [stream for stream in known if stream.objid not in self.parent_stream_ids]
        self.stream_ids.update(stream.objid for stream in fresh)
        operators: dict[PSKeyword, Operator | None] = {}
        for value in QuickParser(fresh).values() if fresh else ():
            if not isinstance(value, PSKeyword):
                self.argstack.append(value)
                continue
            if value not in operators:
                operators[value] = self._operator(keyword_name(value))
            if operator := operators[value]:
                carry_out, count = operator
                operands = self.pop(count)
                if len(operands) == count:
                    carry_out(*operands)

    def _operator(self, name: str) -> Operator | None:
        plain = name.replace("*", "_a").replace('"', "_w").replace("'", "_q")
        found = getattr(self, f"do_{plain}", None)
        return (found, found.__code__.co_argcount - 1) if found else None

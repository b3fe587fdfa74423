"""References of a PDF that lead to references: pdfminer follows those that go in a circle for ever."""

from __future__ import annotations

from typing import Any

from pdfminer.pdftypes import PDFObjRef

_MOST_STEPS = 100
"""More references behind one another than any file has: an object is seldom a reference at all."""

_follow_once = PDFObjRef.resolve


def _resolve(reference: PDFObjRef, default: object = None) -> Any:
    """What is at the end of the references, ``default`` where there is nothing, or no end."""
    found: Any = reference
    for _ in range(_MOST_STEPS):
        found = _follow_once(found, default)
        if not isinstance(found, PDFObjRef):
            return found
    return default


def end_circles() -> None:
    """From now on, in all of pdfminer. Its functions call this method of a reference, each by itself."""
    PDFObjRef.resolve = _resolve

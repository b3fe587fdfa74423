"""The text of a Word paragraph as it is printed, and the boxes of text that hang on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers.markup import clean, indent
from ingest.readers.word_styles import Numbering, Styles, word_data
from ingest.readers.word_xml import Element, find, is_on, local, number, parts, value

_TAB = "    "
_LEADERS = "……"
"""What a contents list prints between an entry and its page."""
_TWIPS_PER_HALF_WIDTH = 105
"""Half a Chinese character of 10.5 points, the usual size in tables; a twip is a twentieth of a point."""
_BROKEN = re.compile(r"[\r\n\t]+")
_PRIVATE_USE = 0xF000


@dataclass(slots=True)
class Printed:
    """What one paragraph prints."""

    text: str = ""
    """With ``\\n`` for a line broken on purpose."""
    breaks_page: bool = False
    boxes: list[Element] = field(default_factory=list)
    """The contents of its text boxes."""
    goes_on: bool = False
    """A tracked change took away the mark at its end: the next paragraph is one with it."""


@dataclass(slots=True)
class _Field:
    """An open field: its instruction, then the result that is printed."""

    instruction: str = ""
    in_result: bool = False


class ParagraphText:
    """Reads paragraphs in the document's order: numbers are counted, and fields reach over several."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._fields: list[_Field] = []
        self.has_hidden = False
        """Whether some text was left out because it is hidden."""

    def read(self, paragraph: Element, before: str = "") -> Printed:
        """What the paragraph prints, its automatic number and the indent of its first line included.

        ``before`` is the text of the paragraph that goes on in this one.
        """
        properties = find(paragraph, "pPr")
        goes_on = any(find(properties, f"rPr/{mark}") is not None for mark in ("del", "moveFrom"))
        printed = Printed(before, goes_on=goes_on)
        for element in parts(paragraph):
            if local(element) == "r" and self._styles.is_hidden(element, properties):
                self.has_hidden |= find(element, "t") is not None
            elif local(element) == "r":
                self._run(element, properties, printed)
        for open_field in self._fields:
            open_field.in_result = True  # an instruction ends with its paragraph, whatever is damaged
        printed.text = clean(printed.text)
        if printed.goes_on or (not printed.text and is_on(find(properties, "rPr/vanish"))):
            return printed
        text = self._numbering.text(properties) + printed.text
        printed.text = self._indent(properties) + text if text.strip() else ""
        return printed

    def _run(self, run: Element, properties: Element | None, printed: Printed) -> None:
        for element in parts(run):
            kind = local(element)
            if kind == "fldChar":
                self._field(value(element, "fldCharType"))
            elif kind == "instrText":
                if self._fields:
                    self._fields[-1].instruction += element.text or ""
            elif kind == "r":
                self._run(element, properties, printed)  # the characters below a pronunciation
            elif all(open_field.in_result for open_field in self._fields):
                printed.text += self._characters(kind, element, properties)
                printed.breaks_page |= kind == "br" and value(element, "type") == "page"
                printed.boxes += _boxes(element) if kind in ("drawing", "pict", "object") else ()

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _characters(self, kind: str, element: Element, properties: Element | None) -> str:
        if kind == "t":
            return _BROKEN.sub(" ", element.text or "")
        if kind in ("tab", "ptab"):
            return _LEADERS if self._in_contents(properties) else _TAB
        if kind == "cr" or (kind == "br" and value(element, "type") in (None, "textWrapping")):
            return "\n"
        if kind == "noBreakHyphen":
            return "-"
        return _symbol(element) if kind == "sym" else ""

    def _in_contents(self, properties: Element | None) -> bool:
        listed = any(f.instruction.split()[:1] == ["TOC"] for f in self._fields)
        return listed or self._styles.name(properties).startswith("toc ")

    def _indent(self, properties: Element | None) -> str:
        """Left and first-line indents; in characters where the file says it so, which outranks points."""
        found = self._styles.find(properties, "ind")
        if found is None:
            return ""
        half_widths = 0.0
        for name, sign in (("left", 1), ("start", 1), ("firstLine", 1), ("hanging", -1)):
            characters, twips = number(value(found, f"{name}Chars")), number(value(found, name))
            if characters:
                half_widths += sign * characters / 50  # hundredths of a character
            elif twips:
                half_widths += sign * twips / _TWIPS_PER_HALF_WIDTH
        return indent(half_widths)


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes in a drawing, each once; those inside another come with it."""
    for child in parts(element):
        if local(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _symbol(element: Element) -> str:
    """A character by its code in a font: known signs of symbol fonts, plain ones as they are."""
    code = value(element, "char") or ""
    known = word_data()["symbols"].get(value(element, "font"))
    try:
        point = int(code, 16) % _PRIVATE_USE if code.upper().startswith("F0") else int(code, 16)
        shown = chr(point) if known is None else str(known.get(f"{point:X}", "\ufffd"))
        return shown if shown.isprintable() else ""
    except (ValueError, OverflowError):
        return ""


def is_centred(styles: Styles, properties: Element | None) -> bool:
    found = styles.find(properties, "jc")
    return found is not None and value(found) == "center"

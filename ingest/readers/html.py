"""Web pages -> one Page of text lines and Grids: what a reader of the page sees of its text and tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ingest.grid import Grid, Page, TextLine
from ingest.readers.html_source import Element, page_source, page_tree
from ingest.readers.html_style import Styles
from ingest.readers.html_table import read_rows
from ingest.readers.markup import clean, indent, table_blocks, text_lines

Block = TextLine | Grid

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    *("address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "form", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol"),
    *("p", "pre", "search", "section", "summary", "ul"),
}
"""Elements that begin and end a line of their own (HTML Living Standard, 15.3)."""
_LEFT_OUT = {
    *("area", "aside", "audio", "button", "canvas", "datalist", "del", "dialog", "embed", "footer", "head"),
    *(
        "iframe",
        "map",
        "nav",
        "noframes",
        "noscript",
        "object",
        "rp",
        "rt",
        "script",
        "select",
        "style",
        "svg",
    ),
    *("template", "textarea", "title", "video"),
}
"""What shows no text, or none of the document's: navigation, controls, pronunciations, deletions."""
_LISTS = {"ul", "ol", "menu"}
_BREAK, _WRAP = "\x1e", "\x1f"
"""Stand for a line broken on purpose, and for white space in which the source begins a new line."""
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CJK = r"[\u3000-\u9fff\uff00-\uffef]"
_WRAP_IN_CHINESE = re.compile(rf"(?<={_CJK}){_WRAP}(?={_CJK})")
_AROUND_BREAK = re.compile(rf"[ {_WRAP}]*{_BREAK}[ {_WRAP}]*")


def read_html(path: Path, progress: Callable[[int, int], None] | None = None) -> list[Page]:
    """The page as one Page without a number; places have neither page nor box, ``progress`` no step.

    Raises DamagedFileError, UnsupportedFileError or FileTooLargeError, as ``page_source`` does.
    """
    root = page_tree(page_source(path.read_bytes(), path.name), path.name)
    return [Page(None, None, None, _Reader(path.name, Styles(root)).blocks(root))]


class _Flow:
    """The blocks so far, and the paragraph that is being put together."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.half_widths = 0.0
        self.is_title = False

    @property
    def is_blank(self) -> bool:
        return not any(part.strip(f" {_WRAP}") for part in self.parts)

    def text(self, text: str | None, keeps_space: bool) -> None:
        if text and keeps_space:
            self.parts.append(text.replace(" ", "\u00a0").replace("\n", _BREAK))
        elif text:
            self.parts.append(_SPACE.sub(lambda m: _WRAP if "\n" in m[0] else " ", text))

    def end_paragraph(self, half_widths: float = 0.0, *, is_title: bool = False) -> None:
        """End the paragraph; the next one is set in so far."""
        text = re.sub(rf"[ {_WRAP}]{{2,}}", " ", "".join(self.parts))
        text = _AROUND_BREAK.sub("\n", _WRAP_IN_CHINESE.sub("", text)).replace(_WRAP, " ")
        text = clean(text.strip(" \n"))
        if text.strip():
            self.blocks += text_lines(indent(self.half_widths) + text, is_title=self.is_title)
        self.parts, self.half_widths, self.is_title = [], half_widths, is_title


class _Reader:
    def __init__(self, file_name: str, styles: Styles) -> None:
        self._name = file_name
        self._styles = styles

    def blocks(self, element: Element) -> tuple[Block, ...]:
        """The blocks inside an element: a page, a cell or a caption."""
        flow = _Flow()
        look = self._styles.look(element)
        flow.half_widths = look.half_widths
        if not look.is_hidden:
            self._read(element, flow, look.keeps_space)
        flow.end_paragraph()
        return tuple(flow.blocks)

    def _read(self, element: Element, flow: _Flow, keeps_space: bool) -> None:
        flow.text(element.text, keeps_space)
        count = _number(element, "start", 1) - 1
        for child in element:
            if child.tag == "li" and element.tag == "ol" and self._styles.look(element).numbers_items:
                count = _number(child, "value", count + 1)
                self._element(child, flow, keeps_space, f"{count}. ")
            elif isinstance(child.tag, str):
                self._element(child, flow, keeps_space)
            flow.text(child.tail, keeps_space)

    def _element(self, element: Element, flow: _Flow, keeps_space: bool, marker: str = "") -> None:
        look = self._styles.look(element)
        kind = element.tag
        if kind in _LEFT_OUT or look.is_gone or look.is_hidden or (kind in _LISTS and _is_menu(element)):
            return
        keeps_space = keeps_space or look.keeps_space
        if kind == "br":
            flow.parts.append(_BREAK)
        elif kind == "table":
            flow.end_paragraph()
            flow.blocks += self._table(element)
        elif kind in _BLOCKS:
            half_widths = flow.half_widths if flow.is_blank else 0.0
            flow.end_paragraph(
                half_widths + look.half_widths,
                is_title=kind in _HEADINGS or kind == "center" or look.is_centred,
            )
            flow.parts += [marker] if marker else []
            self._read(element, flow, keeps_space)
            flow.end_paragraph()
        else:
            self._read(element, flow, keeps_space)

    def _table(self, table: Element) -> list[Block]:
        rows = read_rows(table, self._styles, self.blocks, self._name)
        return [*rows.above, *table_blocks(rows.count, rows.cells, self._name)]


def _is_menu(element: Element) -> bool:
    """Whether a list holds links and nothing else, so leads away from the page."""
    links = [text for link in element.iter("a") for text in link.itertext()]
    return bool(links) and "".join("".join(links).split()) == "".join("".join(element.itertext()).split())


def _number(element: Element, name: str, default: int) -> int:
    text = element.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 7 else default

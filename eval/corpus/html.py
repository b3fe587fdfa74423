"""A generated document as web page, in the manners of government sites: typed into an editor, saved
from Word or Excel, inside tables that arrange the page."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from eval.corpus.markup import RowwiseTable, rowwise
from eval.corpus.model import GeneratedDocument, GeneratedTable, PrintedCell, Section, WrittenPages

_HEADINGS = {0: "h2", 1: "h3", 2: "h4"}
_PIXELS_PER_CHARACTER = 14
_PAGE = """<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{title}</title>
<style>.old {{ display: none }} td {{ padding: 4px }}</style></head>
<body><nav><a href="#">首页</a></nav>
{content}
<footer>版权所有</footer><script>var unit = '万元';</script></body></html>
"""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the page is made, decided by the document's seed."""

    encoding: Literal["utf-8", "gb18030"]
    arranged: bool
    """The page is a table: a banner, a menu beside the content, a foot."""
    caption: Literal["paragraphs", "table", "rows", "caption"]
    notes_in_table: bool
    indents: Literal["nbsp", "spaces", "padding"]
    ends_cells: bool
    """With ``</td>`` and ``</tr>``, which may be left out."""
    head_element: bool
    """Names stand in ``thead`` as ``th``."""
    wraps: Literal["", "p", "span"]
    """What a cell's text stands in."""
    real_headings: bool
    hides: bool
    """Earlier versions are still there, not shown."""
    wraps_source: bool
    """Long paragraphs go over several lines of the source."""


def write(document: GeneratedDocument, path: Path) -> WrittenPages:
    """Write ``document`` as ``path``; web pages have no pages."""
    rng = random.Random(f"{document.family} {document.seed} {document.name} html")
    manner = _Manner(
        encoding=rng.choice(("utf-8", "gb18030")),
        arranged=rng.random() < 0.4,
        caption=rng.choice(("paragraphs", "paragraphs", "table", "rows", "caption")),
        notes_in_table=rng.random() < 0.3,
        indents=rng.choice(("nbsp", "spaces", "padding")),
        ends_cells=rng.random() < 0.7,
        head_element=rng.random() < 0.5,
        wraps=rng.choice(("", "", "p", "span")),
        real_headings=rng.random() < 0.5,
        hides=rng.random() < 0.3,
        wraps_source=rng.random() < 0.3,
    )
    path.write_bytes(_Site(document, manner, rng).page().encode(manner.encoding, "xmlcharrefreplace"))
    return WrittenPages.none(document)


class _Site:
    def __init__(self, document: GeneratedDocument, manner: _Manner, rng: random.Random) -> None:
        self.document = document
        self.manner = manner
        self.rng = rng

    def page(self) -> str:
        charset = "gb2312" if self.manner.encoding == "gb18030" else "utf-8"
        content = "\n".join(self._content())
        if self.manner.arranged:
            content = (
                "<table width=100% border=0><tr><td colspan=2><img src=banner.png alt=横幅></td></tr>"
                f"<tr><td><ul><li><a href=#>信息公开</a></li></ul></td><td>{content}</td></tr></table>"
            )
        return _PAGE.format(charset=charset, title=escape(self.document.title), content=content)

    def _content(self) -> Iterator[str]:
        yield f"<h1>{escape(self.document.title)}</h1>"
        if parent := self.document.identity.parent:
            yield self._paragraph(f"主管部门：{parent}", "center")
        for part in self.document.parts:
            if isinstance(part, Section):
                yield self._heading(part)
                for paragraph in part.paragraphs:
                    yield self._paragraph(paragraph.text, style="text-indent: 2em")
            else:
                yield from self._table(part)

    def _heading(self, section: Section) -> str:
        kind = _HEADINGS[section.rank]
        text = escape(section.heading)
        return f"<{kind}>{text}</{kind}>" if self.manner.real_headings else f"<p><strong>{text}</strong></p>"

    def _paragraph(self, text: str, align: str = "left", style: str = "") -> str:
        source = escape(text)
        if self.manner.wraps_source and len(text) > 40:
            # Between two Chinese characters, where white space that wraps the source shows as nothing.
            cut = next(
                (i for i in range(30, len(text)) if _is_han(text[i - 1]) and _is_han(text[i])), len(text)
            )
            source = f"{escape(text[:cut])}\n    {escape(text[cut:])}"
        hidden = f'<span class="old">{escape(text[::-1])}</span>' if self.manner.hides else ""
        return f'<p align="{align}" style="{style}">{source}{hidden}</p>'

    # Tables

    def _table(self, table: GeneratedTable) -> Iterator[str]:
        in_rows = self.manner.caption == "rows"
        if not in_rows:
            yield from self._caption(table)
        (part,) = rowwise(
            table, caption_inside=in_rows, notes_inside=self.manner.notes_in_table, rows_each=None
        )
        title = f"<caption>{escape(table.title)}</caption>" if self.manner.caption == "caption" else ""
        rows = [self._row(part, number) for number in range(len(part.rows))]
        if self.manner.head_element:
            rows.insert(part.head_end, "</thead><tbody>")
            rows = ["<thead>", *rows, "</tbody>"]
        border = 0 if table.ruling == "none" else 1
        yield "\n".join([f'<table border="{border}" cellspacing="0">{title}', *rows, "</table>"])
        if table.notes and not self.manner.notes_in_table:
            yield self._paragraph(table.notes)

    def _caption(self, table: GeneratedTable) -> Iterator[str]:
        if table.number:
            yield self._paragraph(table.number, "right")
        if self.manner.caption != "caption":
            yield self._paragraph(table.title, "center")
        lines = [escape(line) for line in (table.owner_line, table.unit_line) if line]
        if lines and self.manner.caption == "table":
            yield f"<table width=100%><tr>{''.join(f'<td>{line}</td>' for line in lines)}</tr></table>"
        elif lines:
            yield f"<p>{'&nbsp;&emsp;&nbsp;'.join(lines)}</p>"

    def _row(self, part: RowwiseTable, number: int) -> str:
        is_head = number < part.head_end
        begins = (cell for cell in part.rows[number] if cell.row == number)
        end = "</tr>" if self.manner.ends_cells else ""
        earlier = ""
        if self.manner.hides and not is_head and self.rng.random() < 0.05:
            earlier = f'<tr style="display:none"><td colspan="{part.table.column_count}">9.99</td></tr>'
        return f"{earlier}<tr>{''.join(self._cell(cell, is_head) for cell in begins)}{end}"

    def _cell(self, cell: PrintedCell, is_head: bool) -> str:
        kind = "th" if is_head and self.manner.head_element else "td"
        spans = f' colspan="{cell.column_span}"' * (cell.column_span > 1)
        spans += f' rowspan="{cell.row_span}"' * (cell.row_span > 1)
        style, text = "", escape(cell.text)
        if cell.indent and self.manner.indents == "padding":
            style = f' style="padding-left: {cell.indent * _PIXELS_PER_CHARACTER}px"'
        else:
            text = ("&nbsp;&nbsp;" if self.manner.indents == "nbsp" else "　") * cell.indent + text
        if is_head and len(cell.text) > 4 and self.rng.random() < 0.3:
            text = f"{escape(cell.text[:4])}<br/>{escape(cell.text[4:])}"
        text = text or "&nbsp;"
        if self.manner.wraps:
            text = f"<{self.manner.wraps}>{text}</{self.manner.wraps}>"
        end = f"</{kind}>" if self.manner.ends_cells else ""
        return f'<{kind} align="{cell.align}"{spans}{style}>{text}{end}'


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"

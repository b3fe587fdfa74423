"""Markdown-like text: one line a paragraph, one tab-separated line a table row.

A merged header cell shows as blanks: to its right when it spans columns, below it when it
spans rows. A page break inside a table shows as its title and header printed again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.grid import Grid, GridCell, TextLine
from ingest.model import SOURCE_BREAK, Place
from ingest.readers.header import Span, header_row_count, span_header

_NOWHERE = Place()
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|i|u|em|strong|font|sub|sup|table|tbody|thead|tr|td|th|ul|ol|li|a|img|h[1-6])"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[-*•]\s+")
_OPENS_PARAGRAPH = re.compile(
    r"[-*•#第注]|备注|[（(]?[一二三四五六七八九十]+[、）).．]|[（(]?\d{1,2}[、）)．]|\d{1,2}[.．](?!\d)"
)
_SENTENCE_END = "。；：！？!?;:…”’》）)】"
_SHORTEST_CUT_LINE = 20


def read_blocks(text: str) -> tuple[TextLine | Grid, ...]:
    """The blocks of a text, in order; one Grid for each printed part of a table."""
    blocks: list[TextLine | Grid] = []
    rows: list[list[str]] = []
    before, starts_page = "", False
    for line in re.split(r"(\f)|\n", text):
        if line == "\f":
            starts_page = True
        elif not line:
            continue
        elif "\t" in line:
            cells = [_cell_text(cell) for cell in line.split("\t")]
            if rows and len(cells) != len(rows[-1]):
                blocks.append(_grid(rows))
                rows = []
            rows.append(cells)
        elif line.strip():
            if rows:
                blocks.append(_grid(rows))
                rows, before = [], ""
            blocks += _text_lines(line, before, starts_page)
            before, starts_page = line.strip(), False
    if rows:
        blocks.append(_grid(rows))
    return tuple(blocks)


def _cell_text(printed: str) -> str:
    """The cell without mark-up, with a mark where there was some inside; blank cells are ""."""
    return SOURCE_BREAK.join(part.rstrip() for part in _TAG.split(printed) if part.strip())


def _text_lines(line: str, before: str, starts_page: bool) -> Iterator[TextLine]:
    """The line without mark-up, cut where there was some inside."""
    starts_paragraph, after_break = not _goes_on(before, line), starts_page
    for part in filter(None, (part.strip() for part in _TAG.split(line))):
        text = _BULLET.sub("", part) if not after_break else part
        yield TextLine(text, _NOWHERE, starts_paragraph, after_break=after_break)
        starts_paragraph, after_break = False, True


def _goes_on(before: str, line: str) -> bool:
    """Whether a page break, shown as a blank line, cuts a sentence between the two lines."""
    return (
        len(before) >= _SHORTEST_CUT_LINE
        and before[-1] not in _SENTENCE_END
        and any(mark in before for mark in "，。；")
        and not _OPENS_PARAGRAPH.match(line)
    )


def _grid(rows: Sequence[Sequence[str]]) -> Grid:
    width = len(rows[0])
    header_rows = header_row_count(rows)
    spans = [*span_header(rows[:header_rows]), *_single_cells(range(header_rows, len(rows)), width)]
    cells = tuple(
        GridCell(rows[row][column], row, column, row_span, column_span, _NOWHERE)
        for row, column, row_span, column_span in spans
    )
    return Grid(len(rows), width, cells, _NOWHERE)


def _single_cells(rows: range, width: int) -> Iterator[Span]:
    return (Span(row, column, 1, 1) for row in rows for column in range(width))

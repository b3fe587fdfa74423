"""A table of a web page -> its cells at their rows and columns, spans resolved as browsers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.errors import FileTooLargeError
from ingest.grid import Grid, TextLine
from ingest.readers.html_source import Element
from ingest.readers.html_style import Styles
from ingest.readers.markup import MAX_POSITIONS, MarkupCell, clean, text_lines

_WIDEST_SPAN = 1_000
"""HTML Living Standard, 4.9.11: the most that colspan can be."""
_GROUPS = ("thead", "tbody", "tfoot")

ReadCell = Callable[[Element], tuple[TextLine | Grid, ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    above: list[TextLine | Grid]
    """The caption, and what stands in the table outside its cells: browsers show it above."""
    count: int
    cells: list[MarkupCell]


@dataclass(slots=True)
class _Span:
    """Columns that a cell above still covers."""

    first: int
    end: int
    rows_left: int


def read_rows(table: Element, styles: Styles, read_cell: ReadCell, file_name: str) -> Rows:
    """The rows as they are shown: the head first, the foot last, hidden ones left out.

    Raises FileTooLargeError when spans cover more than ``MAX_POSITIONS``.
    """
    strays: list[Element | str] = []
    groups: dict[str, list[list[Element]]] = {name: [] for name in _GROUPS}
    _gather(table, groups, strays)
    placed = _Placed(styles, read_cell, file_name)
    for group in (*groups["thead"], *groups["tbody"], *groups["tfoot"]):
        placed.add([row for row in group if not styles.look(row).is_gone])
    above = [
        block
        for stray in (*strays, *placed.strays)
        for block in (text_lines(clean(stray.strip())) if isinstance(stray, str) else read_cell(stray))
    ]
    return Rows(above, placed.row_count, placed.cells)


def _gather(parent: Element, groups: dict[str, list[list[Element]]], strays: list[Element | str]) -> None:
    """The rows by the group they stand in; rows outside any make one of their own."""
    strays += _text(parent.text)
    loose: list[Element] | None = None
    for child in parent:
        if child.tag == "tr":
            if loose is None:
                loose = []
                groups["tbody"].append(loose)
            loose.append(child)
        elif child.tag in _GROUPS:
            loose = None
            groups[child.tag].append([row for row in child if row.tag == "tr"])
            strays += (stray for stray in child if stray.tag != "tr" and isinstance(stray.tag, str))
        elif child.tag not in ("colgroup", "col") and isinstance(child.tag, str):
            if child.tag != "table" and child.find(".//tr") is not None and child.find(".//table") is None:
                _gather(child, groups, strays)  # a form, say, that wraps the rows
            else:
                strays.append(child)
        strays += _text(child.tail)


def _text(text: str | None) -> Iterator[str]:
    if text and text.strip():
        yield " ".join(text.split())


class _Placed:
    """The cells placed so far."""

    def __init__(self, styles: Styles, read_cell: ReadCell, file_name: str) -> None:
        self.cells: list[MarkupCell] = []
        self.row_count = 0
        self.strays: list[Element | str] = []
        self._styles = styles
        self._read_cell = read_cell
        self._name = file_name
        self._covered = 0

    def add(self, rows: Sequence[Element]) -> None:
        """Place a group of rows, which no cell reaches out of (HTML Living Standard, 4.9.12.1)."""
        spans: list[_Span] = []
        for index, row in enumerate(rows):
            spans = self._place(row, spans, len(rows) - index)
            self.row_count += 1
            self._covered += len(spans)
            if self._covered > MAX_POSITIONS:
                raise FileTooLargeError(
                    f"{self._name} has a table whose cells span more than {MAX_POSITIONS:,} places; split it"
                )

    def _place(self, row: Element, above: Sequence[_Span], rows_left: int) -> list[_Span]:
        """Place a row's cells in the columns that are free; what is covered in the row below."""
        taken = sorted(above, key=lambda span: span.first)
        going_on = [_Span(span.first, span.end, span.rows_left - 1) for span in taken if span.rows_left > 1]
        column = at = 0
        for cell in self._cells_of(row):
            while at < len(taken) and taken[at].first <= column:
                column = max(column, taken[at].end)
                at += 1
            free = taken[at].first - column if at < len(taken) else _WIDEST_SPAN
            column_span = min(_span(cell, "colspan") or 1, free)
            asked = _span(cell, "rowspan")
            row_span = min(rows_left if asked == 0 else asked, rows_left)
            blocks = () if self._styles.look(cell).is_hidden else self._read_cell(cell)
            self.cells.append(MarkupCell(self.row_count, column, row_span, column_span, blocks))
            if row_span > 1:
                going_on.append(_Span(column, column + column_span, row_span - 1))
            column += column_span
        return going_on

    def _cells_of(self, row: Element) -> Iterator[Element]:
        self.strays += _text(row.text)
        for cell in row:
            if cell.tag in ("td", "th"):
                if not self._styles.look(cell).is_gone:
                    yield cell
            elif isinstance(cell.tag, str):
                self.strays.append(cell)
            self.strays += _text(cell.tail)


def _span(cell: Element, name: str) -> int:
    """A span as browsers take it: 1 where it is no number, 0 only where that means to the end."""
    text = cell.get(name, "1").strip()
    limit = _WIDEST_SPAN if name == "colspan" else 65_534
    return min(limit, int(text)) if text.isdecimal() and len(text) < 9 else 1

"""A table as a grid for the page: around one row, the cited cell marked and its headings lit."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import NamedTuple

from faces.wording import Words
from ingest.model import Column, Row, Table

ROWS_AROUND = 25
"""Rows shown before and after the cited one: enough to see its group and total."""

LIT = ' class="lit"'


class HeaderCell(NamedTuple):
    """A cell of a table's head, which begins above column ``first``."""

    name: str
    first: int
    span: int
    height: int

    def is_over(self, column: int | None) -> bool:
        return column is not None and self.first <= column < self.first + self.span


def table_html(table: Table, row_index: int | None, column_index: int | None, words: Words) -> str:
    """The table around the cited row, the cited cell marked, its row's and column's headings lit."""
    middle = row_index or 0
    first, last = max(0, middle - ROWS_AROUND), min(len(table.rows), middle + ROWS_AROUND + 1)
    width = len(table.columns) + 1
    above = _rows_above(table, row_index)
    body = "".join(
        _row_html(row, table.columns, column_index if index == row_index else None, is_lit=index in above)
        for index, row in enumerate(table.rows[first:last], start=first)
    )
    caption = " ".join(part for part in (table.number, table.title) if part)
    unit = f'<span class="unit">{escape(table.unit)}</span>' if table.unit else ""
    return (
        f'<figure class="table"><figcaption>{escape(caption)}{unit}</figcaption>'
        f'<div class="grid" tabindex="0" role="region" aria-label="{escape(caption or words["table_view"])}">'
        f"<table><thead>{_head_html(table, column_index, words)}</thead>"
        f"<tbody>{_gap(first, width, words)}{body}{_gap(len(table.rows) - last, width, words)}</tbody>"
        f"</table></div></figure>"
    )


def _rows_above(table: Table, row_index: int | None) -> frozenset[int]:
    """The row and those that it is a part of."""
    above: set[int] = set()
    while row_index is not None and row_index not in above:
        above.add(row_index)
        row_index = table.rows[row_index].parent_index
    return frozenset(above)


def _gap(count: int, width: int, words: Words) -> str:
    if count <= 0:
        return ""
    return f'<tr class="gap"><td colspan="{width}">{escape(words["row_gap"].format(count=count))}</td></tr>'


def _row_html(row: Row, columns: tuple[Column, ...], marked_column: int | None, *, is_lit: bool) -> str:
    cells = "".join(
        f'<td class="{"text" * column.is_text} {"mark" * (index == marked_column)}">{escape(cell.whole)}</td>'
        for index, (column, cell) in enumerate(zip(columns, row.cells, strict=True))
    )
    code = f"<small>{escape(row.code)}</small> " if row.code else ""
    return (
        f'<tr class="{row.kind}{" cited" * (marked_column is not None)}">'
        f'<th scope="row"{LIT * is_lit} style="--depth:{len(row.path) - 1}">'
        f"{code}{escape(row.label)}</th>{cells}</tr>"
    )


def _head_html(table: Table, lit_column: int | None, words: Words) -> str:
    """Header rows in which columns of one group share a cell."""
    depth = max((len(column.path) for column in table.columns), default=1)
    label = escape(table.label_header or words["blank_label"])
    rows = [f'<th rowspan="{depth}">{label}</th>', *[""] * (depth - 1)]
    for level in range(depth):
        rows[level] += "".join(
            f'<th scope="{"col" if head.span == 1 else "colgroup"}" colspan="{head.span}" '
            f'rowspan="{head.height}"{LIT * head.is_over(lit_column)}>{escape(head.name)}</th>'
            for head in header_cells(table.columns, level, depth)
        )
    return "".join(f"<tr>{row}</tr>" for row in rows)


def header_cells(columns: tuple[Column, ...], level: int, depth: int) -> list[HeaderCell]:
    """The header cells that begin at ``level`` of ``depth``."""
    cells: list[HeaderCell] = []
    for (path, goes_on, _), members in groupby(
        enumerate(columns), key=lambda at: _group(at[0], at[1], level)
    ):
        indexes = [index for index, _ in members]
        if len(path) == level + 1:
            cells.append(HeaderCell(path[level], indexes[0], len(indexes), 1 if goes_on else depth - level))
        elif not path and level == 0:
            cells.append(HeaderCell("", indexes[0], 1, depth))
    return cells


def _group(index: int, column: Column, level: int) -> tuple[tuple[str, ...], bool, int]:
    """What the columns of one header cell share: the path so far, when it goes on below."""
    goes_on = len(column.path) > level + 1
    return column.path[: level + 1], goes_on, -1 if goes_on else index

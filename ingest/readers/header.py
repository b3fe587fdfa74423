"""What the text dialects know in common about the header of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.values import squeeze

_FORMULA = re.compile(r"\d{1,3}(?:=[\d+\-−－×÷*/()]+)?")
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d+%?")
_FEWEST_NUMBERS = 2


class Span(NamedTuple):
    """Where a cell stands: its upper left position (0-based) and its extent."""

    row: int
    column: int
    row_span: int
    column_span: int


def column_number(text: str) -> int | None:
    """The number in ``3`` or ``10=11+15``, None for anything else."""
    plain = squeeze(text)
    return int(plain.split("=")[0]) if _FORMULA.fullmatch(plain) else None


def is_number_line(cells: Sequence[str]) -> bool:
    """Whether this row numbers the columns: 1 2 3 …, some with a formula, none out of order.

    Columns at the left, such as the labels', may go without a number (栏次, blank).
    """
    numbers = [column_number(cell) for cell in cells]
    while numbers and numbers[0] is None:
        numbers.pop(0)
    return len(numbers) >= _FEWEST_NUMBERS and numbers == list(range(1, len(numbers) + 1))


def header_row_count(rows: Sequence[Sequence[str]]) -> int:
    """The rows above the column numbers; without these, down to the row in which the last column is named.

    A merged group leaves blanks that its own columns fill further down, so a header is whole
    when every column has been named. It never reaches into the first row with an amount.
    """
    for index, row in enumerate(rows):
        if is_number_line(row):
            return index
    named = [False] * len(rows[0])
    for index, row in enumerate(rows):
        if any(_AMOUNT.fullmatch(squeeze(cell)) for cell in row):
            return index
        named = [was or bool(cell.strip()) for was, cell in zip(named, row, strict=True)]
        if all(named):
            return index + 1
    return 0


def span_header(rows: Sequence[Sequence[str]]) -> list[Span]:
    """The cells of a header in which merged positions are blank: right of a group, below a name.

    Every position is covered once. A blank that no name can claim is a cell of its own.
    """
    if not rows:
        return []
    found = list(_split(rows, 0, 0, len(rows[0])))
    return sorted(found)


def _split(rows: Sequence[Sequence[str]], top: int, left: int, right: int) -> Iterator[Span]:
    """The cells in rows from ``top`` on and columns ``left`` to ``right`` (not included)."""
    if top == len(rows):
        return
    starts = [column for column in range(left, right) if rows[top][column].strip()]
    if not starts:
        yield from (Span(top, column, 1, 1) for column in range(left, right))
        yield from _split(rows, top + 1, left, right)
        return
    if starts[0] > left:
        yield from _split_blank(rows, top, left, starts[0])
    for start, end in zip(starts, [*starts[1:], right], strict=True):
        below = top + 1
        while below < len(rows) and not any(rows[below][column].strip() for column in range(start, end)):
            below += 1
        yield Span(top, start, below - top, end - start)
        yield from _split(rows, below, start, end)


def _split_blank(rows: Sequence[Sequence[str]], top: int, left: int, right: int) -> Iterator[Span]:
    yield from (Span(top, column, 1, 1) for column in range(left, right))
    yield from _split(rows, top + 1, left, right)

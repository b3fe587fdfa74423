"""Forms: grids of keys and values (a project's targets), which have no columns to speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.blocks import Block, Entry
from ingest.confidence import least
from ingest.grid import GridCell
from ingest.headers import label_unit
from ingest.hierarchy import RowText
from ingest.lattice import Lattice, LatticeRow, joined, label_text, own_cells
from ingest.model import Cell
from ingest.values import parse_number

_LEAST_SHARE_WIDE = 0.4
_LEAST_PATTERNS = 3


def is_form(rows: Sequence[LatticeRow]) -> bool:
    """Whether these rows (below what would be the header) divide the width each in its own way."""
    patterns = {_pattern(row) for row in rows}
    wide = sum(1 for row in rows if _has_wide_value(row))
    return len(patterns) >= _LEAST_PATTERNS and wide >= _LEAST_SHARE_WIDE * len(rows)


def form_entries(sheet: Lattice) -> tuple[Entry, ...]:
    """One row for each value, called by its keys from the outermost."""
    found = []
    for index in range(len(sheet.rows)):
        for keys, value in _pairs(sheet.rows, index):
            labels = tuple(label_text(key.text) for key in keys if key.text.strip())
            text = joined(value.text).strip() if value is not None else ""
            if not labels and not text:
                continue
            number = parse_number(text)
            place = keys[-1].place
            value_place = value.place if value is not None else place
            unit = next((unit for label in reversed(labels) if (unit := label_unit(label))), None)
            confidence = value.confidence if value is not None else None
            cells = (Cell(text, number, None, value_place, confidence),)
            sure = least(key.confidence for key in keys)
            found.append(Entry(RowText(labels, amount=number), cells, place, unit, sure))
    return tuple(found)


def form_block(entries: Sequence[Entry]) -> Block:
    """The single column of a form; text unless some value is a figure."""
    figures = any(entry.cells[0].value is not None for entry in entries)
    return Block((), (), (), (), (0,), (not figures,), None)


def _pairs(rows: Sequence[LatticeRow], index: int) -> Iterator[tuple[tuple[GridCell, ...], GridCell | None]]:
    """The values of a row, each with its keys: the merged cells at the left, then its own.

    Below a merged key, or with an odd number of cells, all cells but the last are keys;
    otherwise keys and values take turns.
    """
    row = rows[index]
    neighbours = [rows[i] for i in (index - 1, index + 1) if 0 <= i < len(rows)]
    cells = own_cells(row)
    merged = 0
    while merged < len(cells) and any(_holds(near, cells[merged]) for near in neighbours):
        merged += 1
    outer, rest = tuple(cells[:merged]), cells[merged:]
    if not rest:
        return
    in_list = bool(outer) and any(_pattern(near) == _pattern(row) for near in neighbours)
    if len(rest) == 1:
        yield (outer, rest[0]) if outer else ((rest[0],), None)
    elif in_list or len(rest) % 2:
        yield (*outer, *rest[:-1]), rest[-1]
    else:
        for key, value in zip(rest[::2], rest[1::2], strict=True):
            yield (*outer, key), value


def _pattern(row: LatticeRow) -> tuple[int, ...]:
    """Where the row's cells start."""
    return tuple(i for i in range(len(row)) if i == 0 or row[i] is not row[i - 1])


def _holds(row: LatticeRow, cell: GridCell) -> bool:
    return any(other is cell for other in row)


def _has_wide_value(row: LatticeRow) -> bool:
    """Whether a cell behind the first has a text, and more than one column."""
    widths = Counter(map(id, row))
    return any(cell.text.strip() and widths[id(cell)] > 1 for cell in own_cells(row)[1:])

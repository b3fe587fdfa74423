"""How sure text recognition is of a figure: of what is printed, and of the names that it goes by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from ingest.grid import Grid, GridCell, Page, TextLine
from ingest.model import Row, Table

DOUBTFUL = 0.9
"""A cell less sure than this has to be compared with the page. Measured on 1,351 printed cells: in
scans of 200 dots per inch 2 are doubtful and none is wrong; of 110 dots per inch 47 are doubtful, two
of the four wrong ones among them (the others: 政 for 款, and a full stop that is missing)."""


def least(confidences: Iterable[float | None]) -> float | None:
    """The smallest that is known; None when the file holds all of the text itself."""
    return min((c for c in confidences if c is not None), default=None)


def of_columns(header: Sequence[Sequence[GridCell]], width: int) -> tuple[float | None, ...]:
    """That of each column's name, which stands in the rows of ``header``."""
    return tuple(least(row[i].confidence for row in header) for i in range(width))


def with_names(
    rows: tuple[Row, ...], labels: Sequence[float | None], columns: Sequence[float | None]
) -> tuple[Row, ...]:
    """No cell is surer than its row's label, the labels that this is a part of, and its column's name.

    ``labels`` and ``columns`` are the confidences of the rows' own labels and the columns' names.
    """
    if least([*labels, *columns]) is None:
        return rows
    paths: list[float | None] = []
    for row, label in zip(rows, labels, strict=True):
        above = row.parent_index
        paths.append(least([label, paths[above] if above is not None and above < len(paths) else None]))
    return tuple(
        replace(
            row,
            cells=tuple(
                replace(cell, confidence=least([cell.confidence, path, column])) if cell.text else cell
                for cell, column in zip(row.cells, columns, strict=True)
            ),
        )
        for row, path in zip(rows, paths, strict=True)
    )


def recognition_warnings(pages: Sequence[Page], tables: Sequence[Table]) -> tuple[str, ...]:
    """What people have to know of a document, or pages of it, that are pictures."""
    scanned = [page.number for page in pages if page.number and any(map(_is_recognised, page.blocks))]
    if not scanned:
        return ()
    sure = [
        cell.confidence
        for table in tables
        for row in table.rows
        for cell in row.cells
        if cell.confidence is not None
    ]
    doubtful = sum(confidence < DOUBTFUL for confidence in sure)
    return (
        f"Read from pictures by text recognition: page {_ranges(scanned)}. Of {len(sure)} cells, {doubtful} "
        "are doubtful: compare them with the page.",
    )


def _is_recognised(block: TextLine | Grid) -> bool:
    parts = block.cells if isinstance(block, Grid) else (block,)
    return any(part.confidence is not None for part in parts)


def _ranges(numbers: Sequence[int]) -> str:
    """``1-3, 7`` for 1, 2, 3 and 7."""
    runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0])]
    return ", ".join(f"{run[0][1]}" if len(run) == 1 else f"{run[0][1]}-{run[-1][1]}" for run in runs)

"""Which read table, row and column stands for which true one.

Tables are matched by what they hold, so that a table read in two pieces is told as split, and two
read as one as merged, instead of as cells missing and invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ingest.model import Row, Table
from ingest.values import squeeze

TrueTable = dict[str, Any]
"""A table of a truth file: TABLES.md with ``values`` and ``units``."""

_LEAST_SHARED = 0.1
"""Of its cells that a table shares with another to count as a piece of it."""
_LEAST_SCORE = 0.5
_MOSTLY = 0.5
_LEAST_LIKENESS = 0.3
"""Of the texts of two rows for them to be one."""
_TITLE_SCORE, _SIDE_SCORE, _PAGE_SCORE = 0.5, 0.2, 0.2


@dataclass(frozen=True, slots=True)
class TableMatch:
    """A true table with what was read of it."""

    truth: TrueTable
    whole: Table | None
    """The read table that stands for it; None: not found."""
    pieces: tuple[Table, ...] = ()
    """The read tables, ``whole`` among them, that each hold a part of it, in order; () for one alone."""
    merged_into: Table | None = None
    """A read table that stands for another true table and holds this one's cells too."""


def match_tables(
    truths: Sequence[TrueTable], tables: Sequence[Table]
) -> tuple[list[TableMatch], list[Table]]:
    """Every true table with its reading, and the read tables that stand for none."""
    true_content = [_true_content(truth) for truth in truths]
    read_content = [_read_content(table) for table in tables]
    scores = [
        (_score(truth, content, table, found), -abs(i - j), i, j)
        for i, (truth, content) in enumerate(zip(truths, true_content, strict=True))
        for j, (table, found) in enumerate(zip(tables, read_content, strict=True))
    ]
    wholes: dict[int, int] = {}
    for score, _, i, j in sorted(scores, reverse=True):
        if score >= _LEAST_SCORE and i not in wholes and j not in wholes.values():
            wholes[i] = j
    pieces: dict[int, list[int]] = {}
    for j in set(range(len(tables))) - set(wholes.values()):
        shares = [(_shared(read_content[j], content), i) for i, content in enumerate(true_content)]
        share, i = max(shares, default=(0.0, -1))
        if share >= _MOSTLY and i in wholes:
            pieces.setdefault(i, []).append(j)
    beside = {j: _texts(read_content[j]) - _texts(true_content[i]) for i, j in wholes.items()}
    matches = []
    for i, truth in enumerate(truths):
        merged = None if i in wholes else _merged_into(true_content[i], beside, tables)
        whole = tables[wholes[i]] if i in wholes else None
        parts = [tables[j] for j in sorted([wholes[i], *pieces[i]])] if i in pieces else []
        matches.append(TableMatch(truth, whole, tuple(parts), merged))
    used = set(wholes.values()) | {j for group in pieces.values() for j in group}
    return matches, [table for j, table in enumerate(tables) if j not in used]


def _merged_into(
    content: Counter[str], beside: dict[int, Counter[str]], tables: Sequence[Table]
) -> Table | None:
    """The read table that holds the cells of an unmatched true one ``beside`` those of its own."""
    texts = _texts(content)
    share, j = max(((_shared(texts, other), j) for j, other in beside.items()), default=(0.0, 0))
    return tables[j] if share >= _MOSTLY else None


def _score(truth: TrueTable, content: Counter[str], table: Table, found: Counter[str]) -> float:
    shared = sum((content & found).values()) / max(1, sum(content.values()), sum(found.values()))
    title = squeeze(truth["title"]) == squeeze(table.title)
    side = bool(truth["side"] == table.side)
    pages = not set(table.pages).isdisjoint(truth["pages"])
    if shared < _LEAST_SHARED and not (title and side):
        return 0.0
    return shared + title * _TITLE_SCORE + side * _SIDE_SCORE + pages * _PAGE_SCORE


def _shared(own: Counter[str], other: Counter[str]) -> float:
    return sum((own & other).values()) / sum(own.values()) if own else 0.0


def _texts(content: Counter[str]) -> Counter[str]:
    """Cells without their rows' labels: of two tables read as one, the rows go by one's labels."""
    return Counter({text: n for key, n in content.items() if len(text := key.split("|", 1)[1]) > 3})


def _true_content(truth: TrueTable) -> Counter[str]:
    return Counter(
        f"{squeeze(row['label'])}|{squeeze(text)}" for row in truth["rows"] for text in row["cells"] if text
    )


def _read_content(table: Table) -> Counter[str]:
    return Counter(
        f"{squeeze(row.label)}|{squeeze(cell.whole)}" for row in table.rows for cell in row.cells if cell.text
    )


def match_rows(truths: Sequence[dict[str, Any]], rows: Sequence[Row]) -> list[Row | None]:
    """The read row for each true one, in order; rows in between that stand for none are left out."""
    keys = [_row_key(row["label"], row["cells"]) for row in truths]
    found = [_row_key(row.label, [cell.whole for cell in row.cells]) for row in rows]
    matched: list[Row | None] = [None] * len(truths)
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, keys, found, autojunk=False).get_opcodes():
        if tag == "equal":
            matched[a0:a1] = rows[b0:b1]
        elif tag == "replace":
            _match_unlike(truths, rows, matched, range(a0, a1), range(b0, b1))
    return matched


def _row_key(label: str, cells: Sequence[str | None]) -> str:
    return "|".join([squeeze(label), *(squeeze(text or "") for text in cells)])


def _match_unlike(
    truths: Sequence[dict[str, Any]],
    rows: Sequence[Row],
    matched: list[Row | None],
    ours: range,
    theirs: range,
) -> None:
    """Rows that are not read alike: each with the likest one behind the row matched last."""
    found = {j: Counter(_row_texts(rows[j].label, [c.whole for c in rows[j].cells])) for j in theirs}
    start = theirs.start
    for i in ours:
        wanted = Counter(_row_texts(truths[i]["label"], truths[i]["cells"]))
        likeness = [
            (2 * (wanted & own).total() / max(1, wanted.total() + own.total()), -j)
            for j, own in found.items()
            if j >= start
        ]
        best, at = max(likeness, default=(0.0, 0))
        if best >= _LEAST_LIKENESS:
            matched[i], start = rows[-at], 1 - at


def _row_texts(label: str, cells: Sequence[str | None]) -> list[str]:
    return [squeeze(text) for text in (label, *cells) if text]


def match_columns(
    truth: TrueTable, table: Table, rows: Sequence[tuple[dict[str, Any], Row]]
) -> list[int | None]:
    """The position of the read column for each true one: by its path, else by what stands in it.

    ``rows`` are the matched rows of the two.
    """
    free = list(range(len(table.columns)))
    matched: list[int | None] = [None] * len(truth["columns"])
    for i, path in enumerate(truth["columns"]):
        at = next((j for j in free if table.columns[j].path == tuple(path)), None)
        if at is not None:
            matched[i] = at
            free.remove(at)
    for i in [i for i, at in enumerate(matched) if at is None]:
        alike = [(_same_texts(rows, i, j), j == i, -j) for j in free]
        same, is_there, at = max(alike, default=(0, False, 0))
        if alike and (same or is_there):
            matched[i] = -at
            free.remove(-at)
    return matched


def _same_texts(rows: Sequence[tuple[dict[str, Any], Row]], i: int, j: int) -> int:
    pairs = ((true_row["cells"][i], row.cells[j].whole) for true_row, row in rows)
    return sum(text is not None and squeeze(text) == squeeze(got) for text, got in pairs)

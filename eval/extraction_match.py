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

from ingest.model import Column, Row, Table
from ingest.values import squeeze

TrueTable = dict[str, Any]
"""A table of a truth file: TABLES.md with ``values`` and ``units``."""

_LEAST_SHARED = 0.1
"""Of its cells that a table shares with another to count as a piece of it."""
_LEAST_SCORE = 0.15
_TITLE_SCORE, _SIDE_SCORE, _PAGE_SCORE = 0.5, 0.2, 0.2


@dataclass(frozen=True, slots=True)
class TableMatch:
    """A true table with what was read of it."""

    truth: TrueTable
    whole: Table | None
    """The read table that stands for it; None: not found."""
    pieces: tuple[Table, ...] = ()
    """Further read tables that hold parts of it."""
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
        if share >= 0.5 and i in wholes:
            pieces.setdefault(i, []).append(j)
    matches = []
    for i, truth in enumerate(truths):
        merged = None
        if i not in wholes:
            shares = [(_shared(true_content[i], content), j) for j, content in enumerate(read_content)]
            share, at = max(shares, default=(0.0, -1))
            merged = tables[at] if share >= 0.5 else None
        whole = tables[wholes[i]] if i in wholes else None
        matches.append(TableMatch(truth, whole, tuple(tables[j] for j in sorted(pieces.get(i, ()))), merged))
    used = set(wholes.values()) | {j for group in pieces.values() for j in group}
    return matches, [table for j, table in enumerate(tables) if j not in used]


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
    start = theirs.start
    for i in ours:
        wanted = Counter([squeeze(truths[i]["label"]), *(squeeze(t) for t in truths[i]["cells"] if t)])
        best, best_at = 0.0, -1
        for j in range(start, theirs.stop):
            own = Counter([squeeze(rows[j].label), *(squeeze(c.whole) for c in rows[j].cells if c.text)])
            likeness = 2 * sum((wanted & own).values()) / (sum(wanted.values()) + sum(own.values()))
            likeness -= 0.01 * (j - start)
            if likeness > best:
                best, best_at = likeness, j
        if best >= 0.3 or len(ours) == len(theirs):
            at = best_at if best >= 0.3 else start + (i - ours.start) - (start - theirs.start)
            if start <= at < theirs.stop:
                matched[i], start = rows[at], at + 1


def match_columns(paths: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[int | None]:
    """The position of the read column for each true one: by its path, else by its place."""
    free = list(range(len(columns)))
    matched: list[int | None] = [None] * len(paths)
    for i, path in enumerate(paths):
        same = next((j for j in free if columns[j].path == tuple(path)), None)
        if same is not None:
            matched[i] = same
            free.remove(same)
    left = [i for i, j in enumerate(matched) if j is None]
    if len(left) == len(free):
        for i, j in zip(left, free, strict=True):
            matched[i] = j
    else:
        for i in left:
            if i in free:
                matched[i] = i
                free.remove(i)
    return matched

"""Wholes and their parts: what a sentence lists after 其中, and the rows that a table adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from ingest.values import YUAN_PER_UNIT
from qa.calculator import places
from qa.facts import RowFact, StatedFact, TableFact
from qa.linking import Candidate
from qa.quoted import Stretch
from qa.reading import beside

_OPENS = re.compile(r"其中|包括|分别|如下|including|of which")
_LONGEST_JOINT = 24
"""Characters between a whole and the 其中 that lists its parts, at most."""


@dataclass(frozen=True)
class Breakdown:
    whole: Candidate
    parts: tuple[Candidate, ...]

    @property
    def gap(self) -> Decimal:
        """Whole minus parts, money in 元; 0 when they agree."""
        return worth(self.whole) - sum((worth(p) for p in self.parts), Decimal(0))


def worth(candidate: Candidate) -> Decimal:
    """Comparable: money in 元, anything else as it is; a blank is 0."""
    return (candidate.value or Decimal(0)) * YUAN_PER_UNIT.get(candidate.unit or "", Decimal(1))


def rounding(candidates: Sequence[Candidate]) -> Decimal:
    """What rounding can make of a sum of these: half a unit of the last printed place of each amount,
    in 元; nothing for counts."""
    halves = (
        Decimal(1).scaleb(-places(c.value)) / 2 * YUAN_PER_UNIT[c.unit]
        for c in candidates
        if c.value is not None and c.unit in YUAN_PER_UNIT
    )
    return sum(halves, Decimal(0))


def _same_kind(one: StatedFact, other: StatedFact) -> bool:
    units = {one.figure.unit, other.figure.unit}
    return len(units) == 1 or units <= YUAN_PER_UNIT.keys()


def told_breakdowns(stretch: Stretch) -> Iterator[Breakdown]:
    """``A，其中B（其中C，D），E。`` -> A = B + E and B = C + D."""
    text = stretch.passage.text
    facts = [f for f in stretch.stated if f.figure.role in ("amount", "count")]
    for index, whole in enumerate(facts[:-1]):
        joint = text[whole.figure.end : facts[index + 1].figure.start]
        opened = _OPENS.search(joint[:_LONGEST_JOINT])
        if opened is None or re.search(r"[。；;]", joint[: opened.start()]):
            continue
        parts = _listed(text, whole, facts[index + 1 :], inside=_depth(joint[: opened.end()]) > 0)
        head, listed = stretch.candidate(whole), [stretch.candidate(p) for p in parts]
        if own := _own_parts(head, listed):
            yield Breakdown(head, own)


def _listed(text: str, whole: StatedFact, later: Sequence[StatedFact], inside: bool) -> list[StatedFact]:
    """The figures of the list: to the end of the sentence, or of the brackets that it stands in;
    what stands in brackets of its own is a part of a part."""
    level = 1 if inside else 0
    parts = []
    for fact in later:
        between = text[whole.figure.end : fact.figure.start]
        if "。" in between or _lowest(between, level) < level:
            break
        if _depth(between) == level and _same_kind(whole, fact):
            parts.append(fact)
    return parts


def _own_parts(whole: Candidate, listed: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """A list often runs on to the next whole: the longest beginning that adds up, else what comes
    before the first figure that is no smaller than the whole. () for fewer than two parts."""
    sums = list(accumulate(worth(c) for c in listed))
    exact = [n for n, value in enumerate(sums, 1) if n > 1 and value == worth(whole)]
    larger = [n for n, c in enumerate(listed) if worth(c) >= worth(whole)]
    parts = listed[: exact[-1]] if exact else listed[: larger[0]] if larger else listed
    return tuple(parts) if len(parts) > 1 else ()


def _depth(text: str) -> int:
    return sum((c in "（(") - (c in "）)") for c in text)


def _lowest(text: str, level: int) -> int:
    """The lowest depth after the list's own brackets have been opened."""
    depth, lowest, reached = 0, level, level == 0
    for c in text:
        depth += (c in "（(") - (c in "）)")
        reached = reached or depth == level
        lowest = min(lowest, depth) if reached else lowest
    return lowest


def _under(table: TableFact, row: RowFact) -> list[RowFact]:
    """The row's children; of a grand total that has none, the rows of the highest level."""
    children = [r for r in table.rows if r.row.parent_index == row.row_index]
    if children or not row.is_total:
        return children
    return [r for r in table.rows if r.row.parent_index is None and not r.is_total and r is not row]


def row_breakdown(whole: Candidate) -> Breakdown | None:
    """A table's row and the rows under it, in the same column; None where it has none."""
    if whole.table is None or whole.row is None or whole.column is None:
        return None
    rows = _under(whole.table, whole.row)
    while len(rows) == 1:  # a class with one section: its items are the parts
        rows = _under(whole.table, rows[0])
    listed = [r for r in rows if r.row.kind != "of_which"]
    parts = [c for r in listed if (c := beside(whole, r, whole.column)) is not None]
    return Breakdown(whole, tuple(parts)) if len(parts) > 1 else None


def column_breakdown(whole: Candidate) -> Breakdown | None:
    """The total of a group of columns and the columns of the group, in the same row; None for any
    other column."""
    if whole.table is None or whole.row is None or whole.column is None or not whole.column.is_total:
        return None
    own = whole.column.column
    columns = [
        c
        for c in whole.table.columns
        if c.is_part_of(whole.column.ancestors)
        and not c.column.is_text
        and (c.column.fiscal_year, c.column.stage) == (own.fiscal_year, own.stage)
    ]
    parts = [c for column in columns if (c := beside(whole, whole.row, column)) is not None]
    return Breakdown(whole, tuple(parts)) if len(parts) > 1 else None

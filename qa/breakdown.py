"""Wholes and their parts: what a sentence lists after 其中, and the rows that a table adds up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingest.lists import told_lists
from ingest.values import YUAN_PER_UNIT, places
from qa.facts import RowFact, TableFact
from qa.linking import Candidate
from qa.quoted import Stretch
from qa.reading import beside


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


def told_breakdowns(stretch: Stretch) -> Iterator[Breakdown]:
    """The lists of a paragraph: ``A，其中B（其中C，D），E。`` -> A = B + E and B = C + D."""
    facts = [f for f in stretch.stated if f.figure.role in ("amount", "count")]
    for told in told_lists(stretch.passage.text, [f.figure for f in facts]):
        parts = tuple(stretch.candidate(facts[i]) for i in told.parts)
        yield Breakdown(stretch.candidate(facts[told.whole]), parts)


def _under(table: TableFact, row: RowFact) -> list[RowFact]:
    """The row's children; of a grand total that has none, the rows of the highest level."""
    children = [r for r in table.rows if r.row.parent_index == row.row_index]
    if children or not row.is_total:
        return children
    top = [r for r in table.rows if r.row.parent_index is None and r is not row]
    groups = [r for r in top if r.row.kind == "subtotal" and r.ancestors]  # 政府性基金 > 小计
    return [r for r in top if not r.is_total] or groups


def row_breakdown(whole: Candidate, least: int = 2) -> Breakdown | None:
    """A table's row and the rows under it, in the same column; None where fewer than ``least`` of them
    print anything."""
    if whole.table is None or whole.row is None or whole.column is None:
        return None
    rows = _under(whole.table, whole.row)
    while len(rows) == 1:  # a class with one section: its items are the parts
        rows = _under(whole.table, rows[0])
    listed = [r for r in rows if r.row.kind != "of_which"]
    parts = [c for r in listed if (c := beside(whole, r, whole.column)) is not None]
    return Breakdown(whole, tuple(parts)) if len(parts) >= least else None


def column_breakdown(whole: Candidate, least: int = 2) -> Breakdown | None:
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
    return Breakdown(whole, tuple(parts)) if len(parts) >= least else None

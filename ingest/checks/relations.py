"""What the tables of a document say of each other.

Two kinds of claims: the relations between the usual tables that ``audit.toml`` names, and the
columns of two tables that are seen to give the same figures for the same rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any

from ingest.checks.columns import is_whole
from ingest.checks.equations import Claim, Equation, Trust, added
from ingest.checks.parts import Pattern, audit_data, read_pattern
from ingest.checks.sheet import MONEY, Sheet, Spot
from ingest.model import Row, Table
from ingest.values import name_key, without_ordinal

_LEAST_SAME = 3
"""Different figures that two columns must share to be seen as the same column."""
_MOST_ALIKE = 24
"""A figure that a row has in more columns of the document tells none of them apart."""
_MOST_BODIES = 100
"""With more tables of one kind, which goes with which cannot be told."""
_CLASS_DIGITS = 3
_ROUGHLY = Decimal(100)
"""元. Amounts are first compared as multiples of it, so that those in 元 and in 万元 come together."""

_Time = tuple[int | None, str | None]
"""Year and stage of a column."""


def relation_equations(sheet: Sheet) -> Iterator[Equation]:
    """Every relation between the tables."""
    yield from _named(sheet)
    yield from _halves(sheet)
    yield from _same_figures(sheet)


# -- the usual tables ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Selector:
    """One amount of a usual table, for each year and stage that it has."""

    table: str
    side: str | None
    row: Pattern | None
    """None: the total, or the only row."""
    column: Pattern | None
    """None: the only column, or the total of the columns."""


@dataclass(frozen=True, slots=True)
class _Relation:
    rule: str
    trust: Trust
    whole: _Selector
    readings: tuple[tuple[_Selector, ...], ...]
    """Ways to make the whole up, the most natural first; the selectors of each are added."""


@cache
def _relations() -> tuple[_Relation, ...]:
    return tuple(
        _Relation(
            told["rule"],
            told["trust"],
            _selector(told["whole"]),
            tuple(tuple(map(_selector, reading)) for reading in told["readings"]),
        )
        for told in audit_data()["between"]
    )


def _selector(told: Mapping[str, Any]) -> _Selector:
    row, column = (read_pattern(told[name]) if name in told else None for name in ("row", "column"))
    return _Selector(told["table"], told.get("side"), row, column)


def _named(sheet: Sheet) -> Iterator[Equation]:
    for number, relation in enumerate(_relations()):
        wholes = _spots(sheet, relation.whole)
        if not 0 < len(wholes) <= _MOST_BODIES:
            continue
        ends = [*(table for table, _ in wholes[1:]), len(sheet.tables)]
        readings = [[_spots(sheet, selector) for selector in reading] for reading in relation.readings]
        for (table, whole), end in zip(wholes, ends, strict=True):
            for place, reading in enumerate(readings):
                found = [_nearest(spots, table, end) for spots in reading]
                for time, spot in whole.items():
                    parts = [own[time] for own in found if time in own]
                    if parts and spot not in parts:
                        question = ("between", number, table, time)
                        claim = Claim(relation.rule, (*question, place), question, relation.trust)
                        yield added(claim, spot, parts)


def _nearest(spots: Sequence[tuple[int, dict[_Time, Spot]]], table: int, end: int) -> dict[_Time, Spot]:
    """Of the table that goes with ``table``: the next before ``end``, where the same kind of table
    begins again for another body, else the last before it."""
    following = [own for index, own in spots if table <= index < end]
    before = [own for index, own in spots if index < table]
    return next(iter(following), before[-1] if before else {})


def _spots(sheet: Sheet, selector: _Selector) -> list[tuple[int, dict[_Time, Spot]]]:
    """The tables that have the amount, with the cell for each year and stage."""
    found = []
    for index, table in enumerate(sheet.tables):
        if table.standard != selector.table or (selector.side and table.side != selector.side):
            continue
        row = _row(table, selector.row)
        if row is not None and (columns := _columns(sheet, index, row, selector.column)):
            found.append((index, {time: (index, row, column) for time, column in columns.items()}))
    return found


def _row(table: Table, pattern: Pattern | None) -> int | None:
    if pattern is not None:
        return next((i for i, row in enumerate(table.rows) if pattern.fits(row.label)), None)
    totals = [index for index, row in enumerate(table.rows) if row.kind == "total"]
    if totals:
        return 0 if totals[0] == 0 else totals[-1]
    return 0 if len(table.rows) == 1 else None


def _columns(sheet: Sheet, table: int, row: int, pattern: Pattern | None) -> dict[_Time, int]:
    """The column of money for each year and stage: the only one, or the total of those that fit."""
    columns = sheet.tables[table].columns
    fitting: dict[_Time, list[int]] = defaultdict(list)
    for index, column in enumerate(columns):
        if sheet.measure(table, index) == MONEY and (pattern is None or pattern.fits("".join(column.path))):
            fitting[column.fiscal_year, column.stage].append(index)
    found = {}
    for time, group in fitting.items():
        depth = min(len(columns[index].path) for index in group)
        outer = [index for index in group if len(columns[index].path) == depth]
        totals = [index for index in outer if columns[index].path and is_whole(columns[index].path[-1])]
        if len(group) == 1 or totals or _leads(sheet, table, row, outer):
            found[time] = (totals or outer)[0]
    return found


def _leads(sheet: Sheet, table: int, row: int, columns: Sequence[int]) -> bool:
    """Whether the first column is the sum of the others, though it is not called so."""
    amounts = [sheet.amount((table, row, column)) for column in columns]
    values = [amount.value if amount else Decimal(0) for amount in amounts]
    return bool(values[0]) and values[0] == sum(values[1:])


# -- the halves of a table -----------------------------------------------------------------


def _halves(sheet: Sheet) -> Iterator[Equation]:
    """Parts of one side of a table that stand beside each other, one of them without a total of its
    own: the total, or a subtotal, of the other is its sum too."""
    beside = [pair for i in range(1, len(sheet.tables)) for pair in ((i - 1, i), (i, i - 1))]
    for one, other in beside:
        listed, summed = sheet.tables[one], sheet.tables[other]
        if listed.side is None or _half(listed) != _half(summed):
            continue
        rows = [index for index, row in enumerate(listed.rows) if row.parent_index is None]
        if len(rows) < 2 or any(listed.rows[row].kind in ("total", "subtotal") for row in rows):
            continue
        wholes = [i for i, row in enumerate(summed.rows) if row.kind in ("total", "subtotal")]
        for time, column in _columns(sheet, one, rows[0], None).items():
            for whole in reversed(wholes):
                own = _columns(sheet, other, whole, None).get(time)
                if own is not None:
                    question = ("halves", one, other, time)
                    claim = Claim("halves_sum", (*question, whole), question, "likely")
                    yield added(claim, (other, whole, own), [(one, row, column) for row in rows])


def _half(table: Table) -> tuple[str, str | None, str | None, tuple[int, ...]]:
    return table.title, table.number, table.side, table.pages


# -- the same figures ----------------------------------------------------------------------


def _same_figures(sheet: Sheet) -> Iterator[Equation]:
    """Columns of two tables that agree in nearly all the rows that both have."""
    keyed = [_keys(table) for table in sheet.tables]
    for (one, a), (other, b) in _twins(sheet, keyed):
        shared = keyed[one].keys() & keyed[other].keys()
        about = ("same", one, a, other, b)
        claim = Claim("same_figures", about, about, "guess")
        for key in sorted(shared):
            yield added(claim, (one, keyed[one][key], a), [(other, keyed[other][key], b)])


def _twins(
    sheet: Sheet, keyed: Sequence[Mapping[str, int]]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Pairs of columns, each as table and column, that share enough different figures."""
    alike: dict[tuple[str, _Time, int], list[tuple[int, int]]] = defaultdict(list)
    for table, rows in enumerate(keyed):
        columns = sheet.tables[table].columns
        money = [index for index in range(len(columns)) if sheet.measure(table, index) == MONEY]
        for key, row in rows.items():
            for index in money:
                amount = sheet.amount((table, row, index))
                if amount is not None and amount.value:
                    time = (columns[index].fiscal_year, columns[index].stage)
                    alike[key, time, round(amount.value / _ROUGHLY)].append((table, index))
    shared: dict[tuple[tuple[int, int], tuple[int, int]], set[int]] = defaultdict(set)
    for (_, _, value), places in alike.items():
        for one, other in combinations(places, 2) if len(places) <= _MOST_ALIKE else ():
            if one[0] != other[0]:
                shared[one, other].add(value)
    # Of the columns of another table, a column goes with the one that is most like it, and that with it.
    best: dict[tuple[tuple[int, int], int], int] = defaultdict(int)
    for (one, other), values in shared.items():
        best[one, other[0]] = max(best[one, other[0]], len(values))
        best[other, one[0]] = max(best[other, one[0]], len(values))
    for (one, other), values in shared.items():
        if len(values) >= max(_LEAST_SAME, best[one, other[0]], best[other, one[0]]):
            yield one, other


def _keys(table: Table) -> dict[str, int]:
    """The rows of a table under names that other tables have for them too: unit, and code or name.
    Names that come twice tell nothing."""
    names = [(_key(row), index) for index, row in enumerate(table.rows)]
    count = Counter(name for name, _ in names)
    return {name: index for name, index in names if name and count[name] == 1}


def _key(row: Row) -> str:
    if row.kind in ("total", "subtotal", "of_which"):
        return ""
    code = "".join(filter(str.isalnum, row.code or ""))
    # Classes go by their names: the tables of totals print no codes.
    own = code if len(code) > _CLASS_DIGITS else name_key(without_ordinal(row.label))
    return f"{row.unit_code or row.unit_name or ''} {own}" if own else ""

"""What the columns of a table say of each other: printed formulas, groups with their totals, named
parts, rates and changes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from ingest.checks.equations import Claim, Equation, Trust, holds
from ingest.checks.parts import audit_data, named_parts
from ingest.checks.sheet import MONEY, Sheet
from ingest.hierarchy import is_total
from ingest.model import Column
from ingest.values import squeeze
from ingest.words import words

_TERM = r"[A-Za-z]|\d{1,3}"
_LINEAR = re.compile(rf"(?:{_TERM})(?:[+-](?:{_TERM}))*")
_RATIO = re.compile(rf"\(?(?P<top>{_LINEAR.pattern})\)?[÷/](?P<base>{_TERM})(?:[×*xX]100%?|%)?")
_LEAST_SEEN = 3
"""Rows in which a relation that nothing names has to hold, with different figures."""
_LEAST_SHARE = Decimal("0.8")
_SAMPLE = 5
"""So many rows tell whether the others have to be looked at."""
_MOST_COLUMNS = 16
"""A table with more columns of money, or of rates, is not searched for relations that nothing names."""


@dataclass(frozen=True, slots=True)
class _Relation:
    """``whole`` is the sum of the signed ``parts``; with ``base``, in per cent of it."""

    rule: str
    whole: int
    parts: tuple[tuple[int, int], ...]
    trust: Trust
    base: int | None = None
    at_most: bool = False


def column_equations(sheet: Sheet, table: int) -> Iterator[Equation]:
    """Every column that is worked from others, in every row."""
    for number, relation in enumerate(_relations(sheet, table)):
        about = (table, "column", number)
        question = (table, "column", relation.whole, relation.at_most)
        claim = Claim(relation.rule, about, question, relation.trust)
        for row in range(len(sheet.tables[table].rows)):
            yield _in_row(table, row, relation, claim)


def _in_row(table: int, row: int, relation: _Relation, claim: Claim) -> Equation:
    return Equation(
        claim,
        (table, row, relation.whole),
        tuple(((table, row, part), sign) for part, sign in relation.parts),
        None if relation.base is None else (table, row, relation.base),
        relation.at_most,
    )


def _relations(sheet: Sheet, table: int) -> Iterator[_Relation]:
    columns = sheet.tables[table].columns
    yield from _printed(columns)
    yield from _groups(sheet, table)
    yield from _seen(sheet, table)


# -- formulas ------------------------------------------------------------------------------


def _printed(columns: Sequence[Column]) -> Iterator[_Relation]:
    """The formulas under the header: ``10=11+15``, ``9=8÷7``."""
    sides = [_sides(column.formula) for column in columns]
    numbered = {own: index for index, (own, _) in enumerate(sides) if own}
    for index, (_, formula) in enumerate(sides):
        if _LINEAR.fullmatch(formula):
            parts, base = _terms(formula, numbered), None
        elif ratio := _RATIO.fullmatch(formula):
            parts, base = _terms(ratio["top"], numbered), numbered.get(ratio["base"])
            if base is None:
                continue
        else:
            continue
        if parts:
            yield _Relation("formula", index, parts, "sure", base)


def _sides(formula: str | None) -> tuple[str, str]:
    """A column's own number or letter, and what it is worked from; "" where it says neither."""
    own, _, worked = squeeze(formula or "").partition("=")
    return own.strip("()栏"), worked


def _terms(formula: str, numbered: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """The signed columns of a sum; () where it names a column that the table does not have."""
    signed = re.findall(rf"([+-]?)({_TERM})", formula)
    if any(name not in numbered for _, name in signed):
        return ()
    return tuple((numbered[name], -1 if sign == "-" else 1) for sign, name in signed)


# -- groups --------------------------------------------------------------------------------

Path = tuple[str, ...]
Columns = dict[int, Path]
"""Columns of one year and stage, by their index, each with its path."""


def _groups(sheet: Sheet, table: int) -> Iterator[_Relation]:
    """The columns that add up others beside or below them, by the header's tree."""
    columns = sheet.tables[table].columns
    alike: dict[object, Columns] = defaultdict(dict)
    for index in sheet.sum_columns(table):
        column = columns[index]
        alike[column.fiscal_year, column.stage, sheet.measure(table, index)][index] = column.path
    for group in alike.values():
        yield from _tree(_without_common_end(group), (), sheet.tables[table].title)


def _without_common_end(group: Columns) -> Columns:
    """Without 预算数 or 决算数 where every path of the group ends so."""
    ends = {path[-1:] for path in group.values()}
    if len(group) < 2 or len(ends) > 1 or min(map(len, group.values())) < 2:
        return group
    return {index: path[:-1] for index, path in group.items()}


def _tree(group: Columns, prefix: Path, title: str) -> Iterator[_Relation]:
    """The relations among the columns below a heading, then of the headings below that; ``title`` is
    the table's."""
    depth = len(prefix)
    inner: dict[str, Columns] = defaultdict(dict)
    for index, path in group.items():
        if len(path) > depth:
            inner[path[depth]][index] = path
    totals = [i for name, below in inner.items() if is_whole(name) for i in below]
    parts = {
        column: name
        for name, below in inner.items()
        if not is_whole(name)
        for column in _standing_for(below, depth + 1)
        if not _is_of_which(name)
    }
    yield from _official(totals, parts, "".join(prefix), title)
    yield from _wholes(totals, parts)
    if not totals and len(parts) > 1:
        first, *rest = parts
        yield _Relation("columns_sum", first, tuple((i, 1) for i in rest), "guess")
    for name, below in inner.items():
        if _is_of_which(name):
            whole = max(
                (t for t in totals if t < min(below)),
                default=max((i for i in group if i < min(below)), default=None),
            )
            if whole is not None:
                for column in _standing_for(below, depth + 1):
                    yield _Relation("of_which", whole, ((column, 1),), "likely", at_most=True)
        if len(below) > 1:
            yield from _tree(below, (*prefix, name), title)


def _official(totals: Sequence[int], parts: dict[int, str], heading: str, title: str) -> Iterator[_Relation]:
    """A total with the parts that it officially has. Where other columns stand beside them, and only
    the table's title tells what the total is of, it may be of more."""
    for named in named_parts():
        found = named.find(parts)
        if found and named.whole.fits(title + heading):
            is_sure = named.whole.fits(heading) or len(found) == len(parts)
            for total in totals:
                addends = tuple((index, 1) for index in found)
                yield _Relation(named.rule, total, addends, "sure" if is_sure else "likely")


def _wholes(totals: Sequence[int], parts: dict[int, str]) -> Iterator[_Relation]:
    """Readings of what each total sums up, the most natural first."""
    for number, whole in enumerate(totals):
        before = totals[number - 1] if number else -1
        after = totals[number + 1] if number + 1 < len(totals) else max([whole, *parts]) + 1
        readings = (
            [i for i in parts if whole < i < after],
            [i for i in parts if before < i < whole],
            list(parts),
            [i for i in totals if i != whole],
        )
        for reading in dict.fromkeys(map(tuple, readings)):
            if reading:
                yield _Relation("columns_sum", whole, tuple((i, 1) for i in reading), "likely")


def _standing_for(below: Columns, depth: int) -> list[int]:
    """The columns that make up a heading: its own total, else its own column, else what is below it."""
    totals = [i for i, path in below.items() if len(path) == depth + 1 and is_whole(path[depth])]
    own = [i for i, path in below.items() if len(path) == depth]
    return totals[:1] or own[:1] or [i for i, path in below.items() if not _is_of_which(path[depth])]


def is_whole(name: str) -> bool:
    """Whether a column is called a total: 合计, 小计, 本年支出合计."""
    return is_total(name) or squeeze(name).endswith(words().subtotal_endings)


def _is_of_which(name: str) -> bool:
    return bool(words().of_which.match(squeeze(name)))


# -- rates and changes ---------------------------------------------------------------------


def _seen(sheet: Sheet, table: int) -> Iterator[_Relation]:
    """Columns of rates and of changes, worked from the columns that give nearly all of them."""
    columns = sheet.tables[table].columns
    money = [i for i in range(len(columns)) if sheet.measure(table, i) == MONEY]
    rates = [i for i in range(len(columns)) if sheet.measure(table, i) == "%"]
    if max(len(money), len(rates)) > _MOST_COLUMNS:
        return
    for rate in rates:
        yield from _best(sheet, table, [r for pair in permutations(money, 2) for r in _rates(rate, *pair)])
    for change in money:
        name = squeeze("".join(columns[change].path[-1:]))
        if any(word in name for word in audit_data()["columns"]["change"]):
            pairs = permutations([i for i in money if i != change], 2)
            differences = [((a, 1), (b, -1)) for a, b in pairs]
            yield from _best(
                sheet, table, [_Relation("change_column", change, d, "likely") for d in differences]
            )


def _rates(rate: int, a: int, b: int) -> Iterator[_Relation]:
    yield _Relation("rate_column", rate, ((a, 1),), "likely", base=b)
    yield _Relation("growth_column", rate, ((a, 1), (b, -1)), "likely", base=b)


def _best(sheet: Sheet, table: int, relations: Sequence[_Relation]) -> Iterator[_Relation]:
    """The relation that holds in most rows, if it is seen often enough to be meant."""
    if not relations:
        return
    whole = relations[0].whole
    rows = range(len(sheet.tables[table].rows))
    found = ((row, sheet.amount((table, row, whole))) for row in rows)
    telling = {row: amount.value for row, amount in found if amount and amount.value not in (0, 100)}
    sample = list(telling)[:_SAMPLE]
    open_ = [r for r in relations if _share_held(sheet, table, r, sample)[1] >= _LEAST_SHARE]
    judged = [(_share_held(sheet, table, relation, list(telling)), relation) for relation in open_]
    held, relation = max(judged, key=lambda j: len(j[0][0]), default=((frozenset(), Decimal(0)), None))
    different = {telling[row] for row in held[0]}
    if relation is not None and held[1] >= _LEAST_SHARE and len(different) >= _LEAST_SEEN:
        yield relation


def _share_held(
    sheet: Sheet, table: int, relation: _Relation, rows: Sequence[int]
) -> tuple[frozenset[int], Decimal]:
    """The rows in which a relation holds, and their share of those in which it can be checked."""
    claim = Claim(relation.rule, (), (), relation.trust)
    verdicts = {row: holds(sheet, _in_row(table, row, relation, claim)) for row in rows}
    held = frozenset(row for row, verdict in verdicts.items() if verdict)
    checked = sum(1 for verdict in verdicts.values() if verdict is not None)
    return held, Decimal(len(held)) / checked if checked else Decimal(0)

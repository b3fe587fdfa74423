"""Amounts of the prose that go by the name of a table's row, column or title, and stand in no table."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from ingest.checks.accounts import Accounts, TableCell, in_unit, other_unit, two_amounts, unit_places
from ingest.checks.moves import unit_finding
from ingest.checks.parts import Interval, make_finding, table_name
from ingest.checks.slips import is_slip, misprints, significant
from ingest.checks.told import Prose, Told, core_name, is_no_name, own_stages
from ingest.model import Finding, Table
from ingest.values import YUAN_PER_UNIT, places, without_ordinal

_OFTEN = 2
_MOST_AMOUNTS = 12
"""A name with more amounts is that of many things."""
_LEAST_DIGITS_ALONE = {"amount": 6, "change": 5}
"""Shorter amounts are one digit off from another by chance."""
_LEAST_DIGITS = 3
"""A shorter number is met in a table by chance."""


class Headlines:
    """The totals of the tables by what they are called."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._named: defaultdict[str, list[TableCell]] = defaultdict(list)
        for row in accounts.rows:
            for cell in row.cells:
                for name in self._names(cell):
                    self._named[name].append(cell)

    def _names(self, cell: TableCell) -> Iterator[str]:
        """What an amount is called: by its row, or, in a row of totals, by its column or the table."""
        table = self._accounts.document.tables[cell.table_index]
        row, column = table.rows[cell.row_index], table.columns[cell.column_index]
        if column.fiscal_year not in (None, self._accounts.document.identity.fiscal_year):
            return
        only = len(table.rows) == 1
        if column.stage not in own_stages(self._accounts.document):
            return
        path = list(column.path)
        while path and is_no_name(path[-1]):
            path.pop()
        is_total_column = len(path) < len(column.path) or not path
        if row.label and not only and (is_total_column or len(table.columns) == 1) and len(row.path) < 3:
            yield core_name(without_ordinal(row.label))
        if row.kind == "total" or only:
            if path:
                yield core_name(path[-1])
            elif not table.side:
                yield core_name(_bare_title(table, self._accounts.document.identity.organization))

    def of(self, name: str) -> list[TableCell]:
        """The totals that go by the name; none by one that only says that it is a total."""
        return [] if is_no_name(name) else self._named.get(core_name(name), [])


def _bare_title(table: Table, organization: str | None) -> str:
    title = re.sub(r"(?:19|20)\d{2}\s*年度?", "", table.title).removesuffix("表")
    return title.replace(organization or "\0", "").removeprefix("部门")


def headline_findings(prose: Prose, accounts: Accounts, headlines: Headlines) -> Iterator[Finding]:
    """Amounts that go by the name of a table's total, against the tables and against each other."""
    yield from _not_in_tables(prose, accounts, headlines)
    yield from _repeated(prose, accounts, headlines)


def _not_in_tables(prose: Prose, accounts: Accounts, headlines: Headlines) -> Iterator[Finding]:
    """Amounts of the own year that no table has, though tables have the name."""
    for index, told in prose.told.items():
        if prose.chain(index):
            continue  # held to its own account's rows
        for one in told:
            if not (one.is_amount and prose.is_own(one) and prose.is_of_own_stage(one) and one.figure.value):
                continue
            cells = headlines.of(prose.name(one))
            if cells and not accounts.near(one):
                yield _not_in_table(prose, accounts, one, cells)


def _not_in_table(prose: Prose, accounts: Accounts, told: Told, cells: Sequence[TableCell]) -> Finding:
    if unit := other_unit(told, cells):
        return unit_finding(prose, told, unit, unit_places(prose, accounts, told, unit, cells))
    expected = {in_unit(cell, told): cell for cell in reversed(cells)}
    value, cell = list(expected.items())[-1]
    slip = len(expected) == 1 and is_slip(told.figure.value, Decimal(value))
    return make_finding(
        "prose_table",
        printed=told.printed,
        expected=value,
        unit=told.figure.unit,
        where=prose.where(told),
        places=[prose.place(told), accounts.place(cell)],
        severity="certain" if slip else "suspected",
        table=table_name(accounts.document.tables[cell.table_index]),
    )


def _repeated(prose: Prose, accounts: Accounts, headlines: Headlines) -> Iterator[Finding]:
    """Amounts of one name in different paragraphs that are one slip or one unit apart; where a table
    has one of them, the other is the fault, and of two that no table has the rarer one."""
    named: defaultdict[str, list[Told]] = defaultdict(list)
    for one in (t for told in prose.told.values() for t in told):
        if one.is_amount and one.year == prose.year and not is_no_name(prose.name(one)):
            named[core_name(prose.name(one))].append(one)
    units = Counter(one.figure.unit for same in named.values() for one in same)
    for same in named.values():
        by_amount: defaultdict[Interval, list[Told]] = defaultdict(list)
        for one in same:
            by_amount[one.amount].append(one)
        if len(by_amount) > _MOST_AMOUNTS:
            continue
        first = [
            (bool(accounts.near(told[0])), len(told), units[told[0].figure.unit], told[0])
            for told in by_amount.values()
        ]
        for pair in combinations(first, 2):
            rare, usual = sorted(pair, key=lambda told: told[:3])
            yield from _twice(prose, accounts, headlines, rare[3], usual[3])


def _twice(
    prose: Prose, accounts: Accounts, headlines: Headlines, rare: Told, usual: Told
) -> Iterator[Finding]:
    if accounts.near(rare) or (headlines.of(prose.name(rare)) and accounts.near(usual)):
        return  # both are the tables', or the tables have told already
    if unit := _unit_of(rare, usual):
        against = [prose.place(rare), prose.place(usual)]
        yield unit_finding(prose, rare, unit, against, "suspected")
    elif rare.figure.unit == usual.figure.unit and _is_slip(rare, usual):
        yield two_amounts(prose, rare, usual, [], "suspected")


def _is_slip(one: Told, other: Told) -> bool:
    return places(one.figure.value) == places(other.figure.value) and is_slip(
        one.figure.value, other.figure.value
    )


def _unit_of(one: Told, other: Told) -> str | None:
    """The other unit of money with which the first is the second."""
    same = one.figure.value == other.figure.value and len(significant(one.figure.value)) >= _LEAST_DIGITS
    return other.figure.unit if same and one.figure.unit != other.figure.unit else None


def near_findings(prose: Prose, accounts: Accounts) -> Iterator[Finding]:
    """Amounts and changes that are printed once and in no table, one digit off from one that is printed
    again and again."""
    told = [t for own in prose.told.values() for t in own if t.figure.role in ("amount", "change")]
    often = Counter((t.figure.role, t.figure.value, t.figure.unit) for t in told)
    known: defaultdict[tuple[str, str], set[Decimal]] = defaultdict(set)
    for (role, value, unit), times in often.items():
        if times >= _OFTEN and unit in YUAN_PER_UNIT:
            known[role, unit].add(value)
    for one in told:
        figure = one.figure
        digits = significant(figure.value).rstrip("0")
        if figure.unit not in YUAN_PER_UNIT or not prose.is_own(one) or prose.is_repeated(one):
            continue
        if len(digits) < _LEAST_DIGITS_ALONE[figure.role] or accounts.near(one):
            continue
        meant = set(misprints(figure.value)) & known[figure.role, figure.unit]
        if len(meant) == 1:
            value = meant.pop()
            other = next(t for t in told if t.figure.value == value and t.figure.role == figure.role)
            yield two_amounts(prose, one, other, [], "suspected")


def other_year_findings(prose: Prose, accounts: Accounts, headlines: Headlines) -> Iterator[Finding]:
    """Sentences of a year that is neither the document's nor the one before, which give the amount
    that the tables have for the document's own year."""
    if prose.year is None:
        return
    for index, told in prose.told.items():
        for one in told:
            if one.is_amount and one.year is not None and not prose.year - 1 <= one.year <= prose.year:
                cell = _own_cell(prose, accounts, headlines, index, one)
                if cell is not None:
                    yield _other_year(prose, accounts, one, cell)


def _own_cell(
    prose: Prose, accounts: Accounts, headlines: Headlines, index: int, told: Told
) -> TableCell | None:
    """The cell of that name, or any where the amount is said to have changed, which has the amount."""
    chain = [name for _, name in prose.chain(index)]
    named = [c for row in accounts.of(chain) for c in row.cells] if chain else headlines.of(prose.name(told))
    moved = any(f.role in ("change", "rate") for f in told.statement.figures)
    near = accounts.near(told) if moved else []
    enough = len(significant(told.figure.value)) >= _LEAST_DIGITS
    return next((c for c in (*named, *near) if enough and c.amount.meets(told.amount)), None)


def _other_year(prose: Prose, accounts: Accounts, told: Told, cell: TableCell) -> Finding:
    return make_finding(
        "other_year",
        printed=f"{told.year}年",
        expected=f"{prose.year}年",
        unit=None,
        where=prose.where(told),
        places=[prose.place(told), accounts.place(cell)],
        figure=told.figure.text,
        table=table_name(accounts.document.tables[cell.table_index]),
    )

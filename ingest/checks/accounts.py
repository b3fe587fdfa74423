"""Prose against tables: an account's amount in the text, and the rows that the tables have of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache

from ingest.checks.moves import Move, unit_finding
from ingest.checks.parts import Interval, audit_data, cell_place, make_finding, plain, rounded_to, total_of
from ingest.checks.slips import significant
from ingest.checks.told import Prose, Told, core_name, distinct, in_other_unit
from ingest.model import Cell, Document, Finding, FindingPlace, Severity
from ingest.values import YUAN_PER_UNIT, convert_money, name_key, without_ordinal

_SPENDING = "支出"
_MOST_KEYS = 1 << 14
_LEAST_DIGITS = 3
"""In a shorter number an amount in another unit is met by chance."""


@dataclass(frozen=True)
class TableCell:
    """An amount of money in a table."""

    table_index: int
    row_index: int
    column_index: int
    cell: Cell

    @property
    def amount(self) -> Interval:
        assert self.cell.value is not None
        return rounded_to(self.cell.value, self.cell.unit)


@dataclass(frozen=True)
class AccountRow:
    """A row of a table: the names on the way to it, outermost first, and its amounts."""

    names: tuple[str, ...]
    path: tuple[str, ...]
    code: str | None
    cells: tuple[TableCell, ...]

    def is_of(self, names: Sequence[str]) -> bool:
        """Whether these names lead to the row: the last to itself, the others in their order."""
        if not names or not self.names or self.names[-1] != names[-1]:
            return False
        rest = iter(self.names[:-1])
        return all(name in rest for name in names[:-1])


class Accounts:
    """What the tables of a document say of its accounts, by their names."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.rows: list[AccountRow] = []
        for table_index, table in enumerate(document.tables):
            for row_index, row in enumerate(table.rows):
                cells = tuple(
                    TableCell(table_index, row_index, column_index, cell)
                    for column_index, cell in enumerate(row.cells)
                    if cell.value is not None and cell.unit in YUAN_PER_UNIT
                )
                names = tuple(level_key(part) for part in row.path)
                self.rows.append(AccountRow(names, row.path, row.code, cells))

    def of(self, names: Sequence[str]) -> list[AccountRow]:
        """The rows that have amounts and to which these names lead."""
        keys = [level_key(name) for name in names]
        return [row for row in self._by_name.get(keys[-1], []) if row.cells and row.is_of(keys)]

    def coded(self, depth: int) -> list[AccountRow]:
        """The rows with amounts whose path leads from class to item (depth 3), section (2) or is a
        class (1), as their codes of 7, 5 or 3 digits tell."""
        return self._by_depth.get(depth, [])

    @cached_property
    def _by_depth(self) -> dict[int, list[AccountRow]]:
        found: defaultdict[int, list[AccountRow]] = defaultdict(list)
        for row in self.rows:
            if row.cells and row.code and len(name_key(row.code)) == 2 * len(row.names) + 1:
                found[len(row.names)].append(row)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[AccountRow]]:
        found: defaultdict[str, list[AccountRow]] = defaultdict(list)
        for row in self.rows:
            if row.names:
                found[row.names[-1]].append(row)
        return found

    @cached_property
    def _amounts(self) -> list[TableCell]:
        """Every amount of every table, the smallest first."""
        return sorted((c for row in self.rows for c in row.cells), key=lambda c: c.amount.low)

    @cached_property
    def _lows(self) -> list[Decimal]:
        return [cell.amount.low for cell in self._amounts]

    @cached_property
    def _widest(self) -> Decimal:
        return max((c.amount.high - c.amount.low for c in self._amounts), default=Decimal(0))

    def near(self, told: Told) -> list[TableCell]:
        """The cells of all tables that print the amount, as far as rounding tells."""
        if not self._amounts:
            return []
        start = bisect_left(self._lows, told.amount.low - self._widest)
        end = bisect_right(self._lows, told.amount.high)
        return [cell for cell in self._amounts[start:end] if cell.amount.meets(told.amount)]

    def of_year(self, cell: TableCell, year: int) -> list[TableCell]:
        """The amounts of another year for the same: in its row, under the same names but the first."""
        table = self.document.tables[cell.table_index]
        names = table.columns[cell.column_index].path[1:]
        return [
            TableCell(cell.table_index, cell.row_index, index, other)
            for index, other in enumerate(table.rows[cell.row_index].cells)
            if table.columns[index].fiscal_year == year and other.unit in YUAN_PER_UNIT
            if other.value is not None and (not names or table.columns[index].path[1:] == names)
        ]

    def place(self, cell: TableCell) -> FindingPlace:
        return cell_place(self.document.tables[cell.table_index], cell.row_index, cell.column_index)


@lru_cache(maxsize=_MOST_KEYS)
def level_key(name: str) -> str:
    """An account's name as a key; 支出 behind it is often left out."""
    key = name_key(without_ordinal(name))
    return key.removesuffix(_SPENDING) or key


def mentions(prose: Prose, passage_index: int) -> list[Told]:
    """The amounts of the document's own year and stage that the passage gives for the account with
    which it opens."""
    chain = prose.chain(passage_index)
    if not chain:
        return []
    named = {level_key(chain[-1][1]), *map(name_key, audit_data()["prose"]["names"]["generic"])}
    return [
        t
        for t in prose.told.get(passage_index, ())
        if t.is_amount and prose.is_own(t) and prose.is_of_own_stage(t)
        if {level_key(t.figure.label), core_name(t.figure.label)} & named
    ]


@dataclass(frozen=True)
class Compared:
    """The amounts of an account in a passage, after they were held against each other and the tables."""

    confirmed: tuple[Told, ...]
    """Those that a table or another mention has as well."""
    findings: tuple[Finding, ...]
    meant: dict[Told, Told] = field(default_factory=dict)
    """The mention that is right, for each that is wrong."""


def compare(prose: Prose, accounts: Accounts, passage_index: int, moves: Sequence[Move]) -> Compared:
    """The mentions of the passage's account against each other and against the tables."""
    told = mentions(prose, passage_index)
    rows = accounts.of([name for _, name in prose.chain(passage_index)]) if told else []
    cells = [cell for row in rows for cell in row.cells]
    amounts = [*(c.amount for c in cells), *_sums(rows)]
    right = [t for t in told if any(a.meets(t.amount) for a in amounts)]
    if len(distinct(told)) > 1:
        right = right or [_backed(told, moves)]
        wrong = [t for t in distinct(told) if not any(t.amount.meets(r.amount) for r in right)]
        settling = [accounts.place(c) for c in cells if c.amount.meets(right[0].amount)][:1]
        findings = tuple(two_amounts(prose, t, right[0], settling) for t in wrong)
        return Compared(tuple(right), findings, dict.fromkeys(wrong, right[0]))
    if told and cells and not right and (unit := other_unit(told[0], cells)):
        finding = unit_finding(prose, told[0], unit, unit_places(prose, accounts, told[0], unit, cells))
        return Compared((), (finding,), {t: in_other_unit(t, unit) for t in told})
    if told and cells and not right:
        return Compared((), (_other_amount(prose, accounts, told[0], rows),))
    return Compared(tuple(right if cells else told if len(told) > 1 else ()), ())


def _sums(rows: Sequence[AccountRow]) -> list[Interval]:
    """What the rows of one table make together, column by column: the same account of several units."""
    columns: defaultdict[tuple[int, int], list[Interval]] = defaultdict(list)
    for cell in (cell for row in rows for cell in row.cells):
        columns[cell.table_index, cell.column_index].append(cell.amount)
    return [total_of(amounts) for amounts in columns.values() if len(amounts) > 1]


def _backed(told: Sequence[Told], moves: Sequence[Move]) -> Told:
    """The mention from which the rates of the passage are worked, else the first."""
    readings = [r for m in moves if m.change or m.rate for r in m.readings()]
    kept = [r.now for r in readings if not any(r.broken())]
    return next((t for t in told if t in kept), told[0])


def two_amounts(
    prose: Prose,
    wrong: Told,
    right: Told,
    settling: Sequence[FindingPlace],
    severity: Severity = "certain",
) -> Finding:
    """One account with two amounts, and the cells that settle which is right."""
    return make_finding(
        "two_amounts",
        printed=wrong.printed,
        expected=plain(right.figure.value),
        unit=wrong.figure.unit,
        where=prose.where(wrong),
        places=[prose.place(wrong), prose.place(right), *settling],
        severity=severity,
    )


def _other_amount(prose: Prose, accounts: Accounts, told: Told, rows: Sequence[AccountRow]) -> Finding:
    """Against the first amount of each row, which is its total."""
    totals = [row.cells[0] for row in rows]
    common, _ = Counter(c.amount for c in totals).most_common(1)[0]
    cell = next(c for c in totals if c.amount == common)
    return make_finding(
        "prose_table",
        printed=told.printed,
        expected=in_unit(cell, told),
        unit=told.figure.unit,
        where=prose.where(told),
        places=[prose.place(told), accounts.place(cell)],
        severity="certain" if len({c.amount for c in totals}) == 1 else "suspected",
        table=accounts.document.tables[cell.table_index].title,
    )


def other_unit(told: Told, cells: Sequence[TableCell]) -> str | None:
    """The other unit of money in which the prose has the amount of one of the cells."""
    units = YUAN_PER_UNIT if len(significant(told.figure.value)) >= _LEAST_DIGITS else {}
    others = (u for u in units if u != told.figure.unit)
    return next((u for u in others if any(_is(told, u, c) for c in cells)), None)


def unit_places(
    prose: Prose, accounts: Accounts, told: Told, unit: str, cells: Sequence[TableCell]
) -> list[FindingPlace]:
    """The figure, and the cell that has its amount in that unit."""
    return [prose.place(told), accounts.place(next(c for c in cells if _is(told, unit, c)))]


def _is(told: Told, unit: str, cell: TableCell) -> bool:
    return bool(cell.cell.value) and cell.amount.meets(in_other_unit(told, unit).amount)


def in_unit(cell: TableCell, told: Told) -> str:
    """The cell's amount in the unit of the prose, with no more places than it needs."""
    assert cell.cell.value is not None
    value = convert_money(cell.cell.value, cell.cell.unit or "元", told.figure.unit)
    return plain(value.normalize()) if value != value.to_integral() else plain(value.to_integral())

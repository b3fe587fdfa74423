"""What the prose says of the year before, against the tables that print that year beside their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.checks.accounts import Accounts, TableCell, in_unit
from ingest.checks.headlines import Headlines
from ingest.checks.moves import Move
from ingest.checks.parts import make_finding, plain, table_name
from ingest.checks.told import Prose, Told
from ingest.model import Finding
from ingest.values import YUAN_PER_UNIT, places


def last_year_findings(
    prose: Prose, accounts: Accounts, headlines: Headlines, moves: dict[int, list[Move]]
) -> Iterator[Finding]:
    """Changes and amounts of the year before that no column of that year makes, in the rows that have
    the amount of the own year under its name."""
    if prose.year is None:
        return
    for index, own in moves.items():
        chain = [name for _, name in prose.chain(index)]
        for move in own:
            now = move.now[0]
            named = (
                [c for r in accounts.of(chain) for c in r.cells] if chain else headlines.of(prose.name(now))
            )
            pairs = [
                (cell, old)
                for cell in named
                if cell.amount.meets(now.amount)
                for old in accounts.of_year(cell, prose.year - 1)
            ]
            if pairs:
                before = list(_wrong_before(prose, accounts, move, [old for _, old in pairs]))
                yield from before or _wrong_change(prose, accounts, move, pairs)


def _wrong_change(
    prose: Prose, accounts: Accounts, move: Move, pairs: Sequence[tuple[TableCell, TableCell]]
) -> Iterator[Finding]:
    change = move.change
    if change is None or any((c.amount - b.amount).meets(change.signed) for c, b in pairs):
        return
    cell, before = pairs[0]
    gap = cell.amount - before.amount
    middle = (gap.low + gap.high) / 2 / YUAN_PER_UNIT[change.figure.unit]
    expected = round(-middle if change.signed.high < 0 else middle, places(change.figure.value))
    yield _finding(prose, accounts, change, plain(expected), [before, cell])


def _wrong_before(
    prose: Prose, accounts: Accounts, move: Move, cells: Sequence[TableCell]
) -> Iterator[Finding]:
    for before in move.before[:1]:
        if not any(c.amount.meets(before.amount) for c in cells):
            yield _finding(prose, accounts, before, in_unit(cells[0], before), cells[:1])


def _finding(
    prose: Prose, accounts: Accounts, told: Told, expected: str, cells: Sequence[TableCell]
) -> Finding:
    return make_finding(
        "last_year",
        printed=told.printed,
        expected=expected,
        unit=told.figure.unit,
        where=prose.where(told),
        places=[prose.place(told), *map(accounts.place, cells)],
        severity="suspected",
        table=table_name(accounts.document.tables[cells[0].table_index]),
    )

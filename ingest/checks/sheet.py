"""The printed amounts of a document's tables, indexed once for every rule.

An amount is held as its value and the rounding that its printing allows, in 元 for money and in its
own unit for anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.model import Cell, Document, Table
from ingest.values import YUAN_PER_UNIT, places

MONEY = "元"
_MOST_USUAL_PLACES = 2

Spot = tuple[int, int, int]
"""A cell: the index of its table in the document, of its row and of its column."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed amount, in ``measure``: ``元`` for all money, else the cell's unit."""

    value: Decimal
    rounding: Decimal
    """What the true amount may lie above or below ``value``."""
    measure: str


class Sheet:
    """The amounts of every table of a document."""

    def __init__(self, document: Document) -> None:
        self.tables = document.tables
        self._amounts = [_amounts(table) for table in document.tables]
        self._measures = [_measures(*both) for both in zip(self.tables, self._amounts, strict=True)]
        self._supposed: dict[Spot, Decimal] = {}

    def amount(self, spot: Spot) -> Amount | None:
        """None for a blank, a dash, text, or a number of no known unit."""
        table, row, column = spot
        printed = self._amounts[table][row][column]
        if printed is None or spot not in self._supposed:
            return printed
        return replace(printed, value=self._supposed[spot])

    def supposed(self, spot: Spot) -> Decimal | None:
        """What is supposed in place of the printed value, if anything is."""
        return self._supposed.get(spot)

    def suppose(self, spot: Spot, value: Decimal | None) -> None:
        """Take another value for the printed one from now on; None: the printed one again."""
        if value is None:
            self._supposed.pop(spot, None)
        else:
            self._supposed[spot] = value

    def is_unclear(self, spot: Spot) -> bool:
        """Whether digits stand there that are no number: two amounts run into each other, say."""
        cell = self.cell(spot)
        return cell.value is None and any(character.isdigit() for character in cell.text)

    def cell(self, spot: Spot) -> Cell:
        table, row, column = spot
        return self.tables[table].rows[row].cells[column]

    def measure(self, table: int, column: int) -> str | None:
        """What the numbers of a column are in; None where there are none, or of several measures."""
        return self._measures[table][column]

    def sum_columns(self, table: int) -> tuple[int, ...]:
        """The columns whose numbers can be added up: money and counts."""
        measures = enumerate(self._measures[table])
        return tuple(column for column, measure in measures if measure not in (None, "%"))


def _measures(table: Table, amounts: Sequence[Sequence[Amount | None]]) -> list[str | None]:
    found = []
    for column, header in enumerate(table.columns):
        own = {amount.measure for row in amounts if (amount := row[column])}
        found.append(own.pop() if len(own) == 1 and not header.is_text else None)
    return found


def _amounts(table: Table) -> list[list[Amount | None]]:
    usual = _usual_places(table)
    return [[_amount(cell, usual) for cell in row.cells] for row in table.rows]


def _amount(cell: Cell, usual: dict[str, int]) -> Amount | None:
    if cell.value is None or cell.unit is None:
        return None
    size = YUAN_PER_UNIT.get(cell.unit)
    rounding = Decimal(0)
    if cell.value and (size or cell.unit == "%"):
        # A trailing 0 that is left out, as in 25 beside 21.56, does not make an amount less exact.
        printed = max(places(cell.value), usual.get(cell.unit, 0))
        rounding = Decimal(1).scaleb(-printed) / 2
    if size is None:
        return Amount(cell.value, rounding, cell.unit)
    return Amount(cell.value * size, rounding * size, MONEY)


def _usual_places(table: Table) -> dict[str, int]:
    """For each unit, the decimal places that at least half of its amounts in the table print."""
    printed: dict[str, list[int]] = {}
    for row in table.rows:
        for cell in row.cells:
            if cell.value and cell.unit:
                printed.setdefault(cell.unit, []).append(places(cell.value))
    return {unit: min(_MOST_USUAL_PLACES, _upper_median(found)) for unit, found in printed.items()}


def _upper_median(numbers: Sequence[int]) -> int:
    return sorted(numbers)[len(numbers) // 2]

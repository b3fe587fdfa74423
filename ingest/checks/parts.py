"""What every rule of the audit is made of: printed amounts as intervals, places, findings.

A printed amount stands for every amount that is rounded to it, half a unit of its last printed
place either way. A rule is broken when no amounts in these intervals keep it: a difference that
rounding can make is never a finding.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ingest.model import Cell, Finding, FindingKind, FindingPlace, Severity, Table
from ingest.values import YUAN_PER_UNIT, name_key, places


@dataclass(frozen=True, slots=True)
class Interval:
    """Every amount from ``low`` to ``high``, both in the same unit and included."""

    low: Decimal
    high: Decimal

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval | None:
        """None where the divisor can be 0."""
        if other.low <= 0 <= other.high:
            return None
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    @property
    def middle(self) -> Decimal:
        """Half-way; the lower end of an interval without an upper one."""
        return self.low if self.high.is_infinite() else (self.low + self.high) / 2

    def meets(self, other: Interval) -> bool:
        """Whether one amount can be both."""
        return self.low <= other.high and other.low <= self.high


NOTHING = Interval(Decimal(0), Decimal(0))


def rounded_to(value: Decimal, unit: str | None = None) -> Interval:
    """What is rounded to a printed amount, in 元 for a money unit, else in the unit itself. A printed
    0 is taken as exact: so small an amount is not printed."""
    size = YUAN_PER_UNIT.get(unit or "", Decimal(1))
    half = Decimal(1).scaleb(-places(value)) / 2 if value else Decimal(0)
    return Interval((value - half) * size, (value + half) * size)


def total_of(intervals: Iterable[Interval]) -> Interval:
    """The sum of the amounts, 0 of none."""
    return sum(intervals, NOTHING)


def plain(value: Decimal, decimals: int | None = None) -> str:
    """A decimal without exponent or separators, with that many places where told."""
    return format(value, "f" if decimals is None else f".{decimals}f")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as ``audit.toml`` tells it."""

    name: str
    kind: FindingKind
    severity: Severity
    """The most severe that its findings may be."""
    text: str
    """In plain words, for people."""
    source: str
    """What says that the rule holds."""
    message: str
    """What a finding says, with the names in braces that the rule fills in."""


@cache
def audit_data() -> dict[str, Any]:
    """``audit.toml`` as it stands."""
    return tomllib.loads((Path(__file__).parents[1] / "audit.toml").read_text("utf-8"))


@cache
def rules() -> dict[str, Rule]:
    """The rules of ``audit.toml`` by name."""
    return {name: Rule(name, **told) for name, told in audit_data()["rules"].items()}


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that a name must have, and words that it must not."""

    needed: tuple[str, ...]
    barred: tuple[str, ...]

    def fits(self, name: str) -> bool:
        key = name_key(name)
        return all(word in key for word in self.needed) and not any(word in key for word in self.barred)


def read_pattern(written: str) -> Pattern:
    """``公务用车购置 !运行`` -> what must be in a name, and what must not."""
    names = written.split()
    return Pattern(
        tuple(name_key(name) for name in names if not name.startswith("!")),
        tuple(name_key(name) for name in names if name.startswith("!")),
    )


@dataclass(frozen=True, slots=True)
class NamedParts:
    """A whole and the parts that it officially has."""

    rule: str
    whole: Pattern
    parts: tuple[Pattern, ...]

    def find(self, names: Mapping[int, str]) -> tuple[int, ...]:
        """The one name that fits each part; () where any is missing or doubtful."""
        fitting = [[index for index, name in names.items() if part.fits(name)] for part in self.parts]
        return tuple(found[0] for found in fitting) if all(len(f) == 1 for f in fitting) else ()


@cache
def named_parts() -> tuple[NamedParts, ...]:
    """The official parts that ``audit.toml`` lists."""
    return tuple(
        NamedParts(told["rule"], read_pattern(told["whole"]), tuple(map(read_pattern, told["parts"])))
        for told in audit_data()["parts"]
    )


def table_name(table: Table) -> str:
    """A table as people speak of it: its number and title, and which half it is."""
    return " ".join(filter(None, (table.number, table.title, table.side)))


def cell_place(table: Table, row: int, column: int) -> FindingPlace:
    """A cell as a place of a finding."""
    cell = table.rows[row].cells[column]
    return FindingPlace(
        place=cell.place,
        quote=cell.whole,
        table=table_name(table),
        row=" > ".join(table.rows[row].path) or table.rows[row].label,
        column=" > ".join(table.columns[column].path),
    )


def weaker(one: Severity, other: Severity) -> Severity:
    """The less severe of two."""
    order: tuple[Severity, ...] = ("certain", "suspected", "note")
    return max(one, other, key=order.index)


def is_recognised(cells: Iterable[Cell]) -> bool:
    """Whether text recognition has read one of the cells."""
    return any(cell.confidence is not None for cell in cells)


def make_finding(
    rule_name: str,
    printed: str,
    expected: str,
    unit: str | None,
    where: str,
    places: Sequence[FindingPlace],
    *,
    severity: Severity = "certain",
    **told: str,
) -> Finding:
    """A finding by a rule, no more severe than the rule allows.

    ``told`` fills the rule's message, beside ``where``, ``printed``, ``expected`` and ``unit``.
    Raises KeyError for a rule or a name that ``audit.toml`` does not have.
    """
    rule = rules()[rule_name]
    said = {"where": where, "printed": printed, "expected": expected, "unit": unit or ""} | told
    return Finding(
        kind=rule.kind,
        severity=weaker(rule.severity, severity),
        rule=rule_name,
        where=where,
        printed=printed,
        expected=expected,
        unit=unit,
        message=rule.message.format(**said),
        places=tuple(places),
    )

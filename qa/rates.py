"""Rates that a paragraph states, and the figures beside them that they can be worked from.

A rate of change is worked from the figure and the one before it, or from the figure and its
change; a share or a degree of completion from a part and its whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Literal

from ingest import rates
from ingest.checks.parts import Interval, rounded_to
from ingest.model import Direction
from ingest.values import YUAN_PER_UNIT, name_key, places
from qa.builder import Builder
from qa.calculator import CalculationError, Operand, Worked, fall, growth, growth_by_change, share
from qa.facts import StatedFact
from qa.linking import Candidate
from qa.quoted import Stretch

MOST_FIGURES = 16
"""A paragraph with more figures is not searched for the pair that a rate comes from."""
_WHOLE = re.compile(r"(?:占|完成(?:了)?)([^，,。；;占]{2,30}?)的?(?:约|比重|比例|为|达|到)*$")


@dataclass(frozen=True)
class Basis:
    """Two figures that make a rate: now and before, now and its change, or a part and its whole."""

    kind: Literal["growth", "change", "share"]
    first: Candidate
    second: Candidate

    @property
    def direction(self) -> Direction | None:
        """Which way the rate goes; None for a share."""
        if self.kind == "share":
            return None
        if self.kind == "change":
            return _stated_direction(self.second) or "increase"
        return "increase" if _yuan(self.first) >= _yuan(self.second) else "decrease"

    def worked(self, builder: Builder) -> Worked:
        """The rate in %, a fall as a positive number. Raises CalculationError for a base of 0."""
        return self._work(builder.operand(self.first), builder.operand(self.second))

    def value(self) -> Decimal | None:
        """The rate, unrounded; None where it has none."""
        try:
            return self._work(_uncited(self.first), _uncited(self.second)).value
        except CalculationError:
            return None

    def reach(self) -> tuple[Decimal, Decimal] | None:
        """The least and the largest rate that figures make which are printed as these two; None
        where these have none."""
        if self.value() is None:
            return None
        first, second = _around(self.first), _around(self.second)
        falls = self.direction == "decrease"
        if self.kind == "share":
            found = rates.share(first, second)
        elif self.kind == "growth":
            found = rates.growth(first, second)
        else:
            found = rates.growth_by(-second if falls else second, first)
        if found is None:
            return None
        return (-found.high, -found.low) if falls else (found.low, found.high)

    def _work(self, first: Operand, second: Operand) -> Worked:
        if self.kind == "share":
            return share(first, second)
        if self.kind == "change":
            return growth_by_change(first, second, self.direction == "increase")
        return growth(first, second) if self.direction == "increase" else fall(first, second)


def _uncited(candidate: Candidate) -> Operand:
    return Operand(candidate.value or Decimal(0), candidate.unit, 0)


def _around(candidate: Candidate) -> Interval:
    """What is rounded to the printed amount, money in 元; a count is exact."""
    value = candidate.value or Decimal(0)
    return rounded_to(value, candidate.unit) if candidate.unit in YUAN_PER_UNIT else Interval(value, value)


def _yuan(candidate: Candidate) -> Decimal:
    return (candidate.value or Decimal(0)) * YUAN_PER_UNIT.get(candidate.unit or "", Decimal(1))


def _stated_direction(candidate: Candidate) -> Direction | None:
    return candidate.stated.figure.direction if candidate.stated else None


def agrees(basis: Basis, rate: Decimal, direction: Direction | None = None) -> bool:
    """Whether the basis makes this rate and goes its way, as far as the printed places can tell."""
    ways = {direction, basis.direction} - {None, "unchanged"}
    reach = basis.reach()
    half = Decimal(1).scaleb(-places(rate)) / 2
    return reach is not None and len(ways) < 2 and reach[0] - half <= abs(rate) <= reach[1] + half


def rates_of(stretch: Stretch) -> list[StatedFact]:
    """The rates and shares that the paragraph states."""
    return [f for f in stretch.stated if f.figure.unit == "%" and f.figure.role in ("rate", "share")]


def stated_basis(stretch: Stretch, rate: StatedFact) -> Basis | None:
    """The figures that the sentence says the rate is of."""
    before = [f for f in stretch.stated if f.figure.start < rate.figure.start]
    sentence = [f for f in before if f.statement is rate.statement]
    now = _last(sentence, "amount") or _last(before, "amount")
    if now is None:
        return None
    if whole := _named_whole(stretch, rate):
        return Basis("share", stretch.candidate(now), stretch.candidate(whole))
    if rate.figure.role == "share":
        return None
    earlier = [f for f in before if f.figure.role == "amount" and _is_earlier(f, now)]
    if earlier:
        return Basis("growth", stretch.candidate(now), stretch.candidate(earlier[-1]))
    change = _last(sentence, "change")
    return Basis("change", stretch.candidate(now), stretch.candidate(change)) if change else None


def _last(facts: Sequence[StatedFact], role: str) -> StatedFact | None:
    return next((f for f in reversed(facts) if f.figure.role == role), None)


def _is_earlier(fact: StatedFact, now: StatedFact) -> bool:
    """Of an earlier year than the figure, as its sentence says."""
    own, other = now.statement.fiscal_year, fact.statement.fiscal_year
    return own is not None and other is not None and other < own


def _named_whole(stretch: Stretch, rate: StatedFact) -> StatedFact | None:
    """``完成年初预算的``, ``占收入预算的``: the figure of the paragraph that has this name."""
    match = _WHOLE.search(stretch.passage.text[: rate.figure.start].rstrip())
    if match is None:
        return None
    name = name_key(match.group(1))
    others = [f for f in stretch.stated if f.figure.role == "amount" and f.figure.start != rate.figure.start]
    return next((f for f in others if f.key.endswith(name) or (f.key and name.endswith(f.key))), None)


def fitting_basis(stretch: Stretch, rate: Decimal, direction: Direction | None = None) -> Basis | None:
    """The figures of the paragraph that do make the rate, whatever the sentence says; None where
    none or too many pairs do."""
    found = [b for b in _bases(stretch) if agrees(b, rate, direction)]
    return found[0] if len(found) == 1 else None


def _bases(stretch: Stretch) -> Iterator[Basis]:
    amounts = [f for f in stretch.stated if f.figure.role in ("amount", "count") and f.figure.value]
    distinct = list({(f.figure.value, f.figure.unit): f for f in reversed(amounts)}.values())
    if len(distinct) > MOST_FIGURES:
        return
    for one, other in permutations([stretch.candidate(f) for f in distinct], 2):
        if (one.unit in YUAN_PER_UNIT) == (other.unit in YUAN_PER_UNIT):
            yield Basis("share", one, other)
            yield Basis("growth", one, other)

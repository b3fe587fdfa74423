"""Equations between printed amounts: which hold, which do not, and which amount is to blame.

A rule says of a table, or of two, what has to be equal; each row or column that it speaks of gives an
equation. The equations of one claim stand or fall together: a claim that fails nearly everywhere
tells of a table that is built otherwise, not of a wrong figure. Of those that are left, the amount
is blamed whose correction mends most equations and breaks fewest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ingest.checks.parts import Interval
from ingest.checks.sheet import Sheet, Spot

Trust = Literal["sure", "likely", "guess"]

ENOUGH: dict[Trust, int] = {"sure": 2, "likely": 4, "guess": 5}
"""So many equations of a claim have to hold for each that does not, for the claim to be proved."""
MAY_FAIL: dict[Trust, tuple[int, int]] = {"sure": (3, 2), "likely": (1, 1), "guess": (0, 0)}
"""So many equations may fail, or so many for each that holds, before a claim is refuted."""

_MANY_PARTS = 40
"""Of more parts than these, only those that stand in another failing equation too may be to blame."""
_MOST_EFFORT = 1_000_000
"""Additions spent on finding who is to blame, a few seconds; after that it is the whole each time. A table of
hundreds of totals that contradict one another could take hours."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule says is equal throughout a table, or between two."""

    rule: str
    """Its name in ``audit.toml``."""
    about: tuple[object, ...]
    """Tells the claim from every other."""
    question: tuple[object, ...]
    """Shared by claims that read the same structure in different ways, the most natural first: where
    one of them is proved, the others are wrong readings."""
    trust: Trust
    """``sure``: the source prints, numbers or names it so; ``likely``: as such tables are built;
    ``guess``: seen in most of the figures, and no law."""

    def __hash__(self) -> int:
        """Quick, for it is taken of every equation: ``about`` alone tells claims apart."""
        return hash(self.about)


@dataclass(frozen=True, slots=True)
class Equation:
    """``whole`` is the sum of the signed ``parts``, or no less than it (``at_most``); with ``base``,
    it is that sum in per cent of ``base``."""

    claim: Claim
    whole: Spot
    parts: tuple[tuple[Spot, int], ...]
    base: Spot | None = None
    at_most: bool = False

    @property
    def spots(self) -> tuple[Spot, ...]:
        base = () if self.base is None else (self.base,)
        return (self.whole, *(spot for spot, _ in self.parts), *base)


def added(claim: Claim, whole: Spot, parts: Iterable[Spot], *, at_most: bool = False) -> Equation:
    """``whole`` is the sum of ``parts``."""
    return Equation(claim, whole, tuple((part, 1) for part in parts), at_most=at_most)


def holds(sheet: Sheet, equation: Equation) -> bool | None:
    """Whether it holds as far as the printed places tell; None where there is nothing to check: the
    whole or every part is blank, a part cannot be read, all are 0, or they are not of one measure."""
    whole = sheet.amount(equation.whole)
    made = made_of(sheet, equation)
    if whole is None or made is None:
        return None
    printed = Interval(whole.value - whole.rounding, whole.value + whole.rounding)
    if printed.low == printed.high == made.low == made.high == 0:
        return None
    if equation.at_most:
        return made.low <= printed.high if made.low >= 0 else None
    return printed.meets(made)


def made_of(sheet: Sheet, equation: Equation) -> Interval | None:
    """What the whole has to be, as the other side has it."""
    parts = []
    for spot, sign in equation.parts:
        amount = sheet.amount(spot)
        if amount is not None:
            parts.append((amount, sign))
        elif sheet.is_unclear(spot):
            return None
    whole = sheet.amount(equation.whole)
    measures = {amount.measure for amount, _ in parts}
    if not parts or len(measures) > 1:
        return None
    value = sum((amount.value * sign for amount, sign in parts), Decimal(0))
    rounding = sum((amount.rounding for amount, _ in parts), Decimal(0))
    made = Interval(value - rounding, value + rounding)
    if equation.base is None:
        return made if whole is None or whole.measure in measures else None
    base = sheet.amount(equation.base)
    if base is None or base.measure not in measures:
        return None
    share = made / Interval(base.value - base.rounding, base.value + base.rounding)
    return share and Interval(share.low * 100, share.high * 100)


def is_short(sheet: Sheet, equation: Equation) -> bool:
    """Whether the parts come to less than the whole, so that one may be missing."""
    made, whole = made_of(sheet, equation), sheet.amount(equation.whole)
    return made is not None and whole is not None and made.high < whole.value


def needed(sheet: Sheet, equation: Equation, spot: Spot) -> Interval | None:
    """What the amount at ``spot`` has to be for the equation to hold; None where it cannot tell."""
    if spot == equation.whole:
        made = made_of(sheet, equation)
        return Interval(made.low, Decimal("Infinity")) if made and equation.at_most else made
    whole, own = sheet.amount(equation.whole), sheet.amount(spot)
    made = made_of(sheet, equation)
    if equation.base is not None or equation.at_most or not (whole and own and made):
        return None
    sign = next(sign for part, sign in equation.parts if part == spot)
    # The other parts make up what is made, less the amount itself.
    others = Interval(made.low - own.value * sign + own.rounding, made.high - own.value * sign - own.rounding)
    left = Interval(whole.value - whole.rounding, whole.value + whole.rounding) - others
    return left if sign > 0 else -left


Line = tuple[object, int, int]
"""What a row or a column of a table has to be: a claim with table and row, or a rule with table and
column."""


def row_line(equation: Equation) -> Line:
    """The row that the equation's whole stands in."""
    return (equation.claim, *equation.whole[:2])


def column_line(equation: Equation) -> Line:
    """The column that the equation's whole stands in."""
    return equation.claim.rule, equation.whole[0], equation.whole[2]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each claim holds and fails."""

    held: Counter[Claim]
    failed: Counter[Claim]
    failing: tuple[Equation, ...]
    held_lines: Counter[Line]
    """How many hold in each row and column of a table."""

    def is_proved(self, claim: Claim) -> bool:
        """Enough equations hold for those that do not to be wrong figures."""
        return self.held[claim] >= ENOUGH[claim.trust] * max(1, self.failed[claim])

    def is_trusted(self, claim: Claim) -> bool:
        """Proved, or sure by itself and not at odds with what is seen."""
        fails_little = self.failed[claim] <= max(1, self.held[claim])
        return self.is_proved(claim) or (claim.trust == "sure" and fails_little)

    def is_open(self, claim: Claim) -> bool:
        """Not refuted: few equations fail, or about as many hold."""
        few, share = MAY_FAIL[claim.trust]
        return self.failed[claim] <= max(few, share * self.held[claim])


def tally(sheet: Sheet, equations: Iterable[Equation]) -> Tally:
    """The equations checked, and which fail."""
    held: Counter[Claim] = Counter()
    failed: Counter[Claim] = Counter()
    lines: Counter[Line] = Counter()
    failing = []
    for equation in equations:
        verdict = holds(sheet, equation)
        if verdict is None:
            continue
        (held if verdict else failed)[equation.claim] += 1
        if verdict:
            lines.update((row_line(equation), column_line(equation)))
        else:
            failing.append(equation)
    return Tally(held, failed, tuple(failing), lines)


def right_readings(tallied: Tally) -> frozenset[Claim]:
    """The claims whose failing equations are about wrong figures.

    Of several readings of a structure, those that are proved or else hold somewhere; where none
    does, the first that is open. A guess has to be proved.
    """
    readings: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in dict.fromkeys((*tallied.held, *tallied.failed)):
        readings[claim.question].append(claim)
    right: set[Claim] = set()
    for claims in readings.values():
        proved = [c for c in claims if tallied.is_proved(c)]
        holding = [c for c in claims if tallied.held[c] and not tallied.failed[c]]
        open_ = [c for c in claims if tallied.is_open(c)]
        right.update(proved or holding or open_[:1])
    return frozenset(right)


@dataclass(frozen=True, slots=True)
class Fault:
    """An amount that is blamed for equations that fail."""

    spot: Spot
    expected: Interval
    equations: tuple[Equation, ...]
    """Those that its correction mends, the most trustworthy first."""
    breaks: int
    """Equations that hold now and would not with the correction."""


def faults(
    sheet: Sheet, failing: Iterable[Equation], holding: Callable[[frozenset[Spot]], Iterable[Equation]]
) -> list[Fault]:
    """The amounts to blame, one after the other, until every failing equation is explained.

    Each is supposed to be corrected from then on, so that others are not blamed for it. A guess
    against which anything speaks is no fault. ``holding`` gives the equations that hold and have one
    of the spots.
    """
    left = sorted(failing, key=_trust)
    spots = frozenset(spot for equation in left for spot in equation.spots)
    around = _by_spot(holding(spots))
    found: dict[Spot, Fault] = {}
    patience = _MOST_EFFORT
    while left:
        fault, effort = _blame(sheet, left, around, patience)
        patience -= effort
        is_guess = all(e.claim.trust == "guess" for e in fault.equations)
        if fault.spot not in found and not (is_guess and fault.breaks):
            found[fault.spot] = fault
            sheet.suppose(fault.spot, fault.expected.middle)
        left = [e for e in left if e not in fault.equations and holds(sheet, e) is False]
    for spot in found:
        sheet.suppose(spot, None)
    return list(found.values())


def _trust(equation: Equation) -> int:
    return ("sure", "likely", "guess").index(equation.claim.trust)


def _by_spot(equations: Iterable[Equation]) -> dict[Spot, list[Equation]]:
    found: dict[Spot, list[Equation]] = defaultdict(list)
    for equation in equations:
        for spot in equation.spots:
            found[spot].append(equation)
    return found


def _blame(
    sheet: Sheet, failing: list[Equation], around: dict[Spot, list[Equation]], patience: int
) -> tuple[Fault, int]:
    """The best fault among the amounts of the first failing equation, and the effort of finding it.

    Where that would be more than ``patience``, the whole is blamed for this equation alone.
    """
    first, having = failing[0], _by_spot(failing)
    suspects = [
        spot
        for spot in dict.fromkeys(first.spots)
        if spot == first.whole or len(having[spot]) > 1 or len(first.parts) <= _MANY_PARTS
    ]
    effort = sum(
        len(having[spot]) * sum(len(e.parts) for e in (*having[spot], *around.get(spot, ())))
        for spot in suspects
    )
    if effort > patience:
        return next(_faults_of(sheet, first.whole, [first], around.get(first.whole, ()))), 0
    candidates = [
        fault for spot in suspects for fault in _faults_of(sheet, spot, having[spot], around.get(spot, ()))
    ]
    best = max(map(_merit, candidates))
    tied = [fault for fault in candidates if _merit(fault) == best]
    if len({fault.spot for fault in tied}) > 1:
        # Where several parts may be wrong, only the whole can be named.
        tied = [fault for fault in candidates if fault.spot == first.whole] or tied
    chosen = max(tied, key=_merit)
    alike = [f for f in tied if (f.spot, f.equations) == (chosen.spot, chosen.equations)]
    return min(alike, key=lambda fault: fault.expected.high - fault.expected.low), effort


def _merit(fault: Fault) -> int:
    return len(fault.equations) - fault.breaks


def _faults_of(
    sheet: Sheet, spot: Spot, failing: Sequence[Equation], holding: Sequence[Equation]
) -> Iterator[Fault]:
    """What each failing equation makes of the amount, with all that this would mend and break."""
    supposed = sheet.supposed(spot)
    # Tables that repeat one another make the same of an amount, again and again.
    for expected in dict.fromkeys(needed(sheet, equation, spot) for equation in failing):
        if expected is None:
            continue
        sheet.suppose(spot, expected.middle)
        mended = tuple(e for e in failing if holds(sheet, e) is not False)
        breaks = sum(1 for e in holding if holds(sheet, e) is False)
        sheet.suppose(spot, supposed)
        yield Fault(spot, expected, mended, breaks)

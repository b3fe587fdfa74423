"""The rates that printed amounts can make, as intervals: every amount that is rounded to a printed
one counts. Rates are in %.

Worked from the quotient of the two amounts, so that each of them is rounded once.
"""

from __future__ import annotations

from decimal import Decimal

from ingest.checks.parts import NOTHING, Interval

_HUNDRED = Interval(Decimal(100), Decimal(100))


def growth(now: Interval, before: Interval) -> Interval | None:
    """How far an amount rose, below 0 where it fell; None where it may have been 0 before."""
    quotient = now / before
    return None if quotient is None else quotient * _HUNDRED - _HUNDRED


def growth_by(change: Interval, now: Interval) -> Interval | None:
    """How far an amount rose that is ``now`` after a signed change; None where it may have been 0
    before, or where the change may be 0 and is not printed so."""
    if change == NOTHING:
        return NOTHING
    quotient = now / change
    one = Interval(Decimal(1), Decimal(1))
    inverse = None if quotient is None else one / (quotient - one)
    return None if inverse is None else inverse * _HUNDRED


def share(part: Interval, whole: Interval) -> Interval | None:
    """What part of the whole it is; None where the whole may be 0."""
    quotient = part / whole
    return None if quotient is None else quotient * _HUNDRED

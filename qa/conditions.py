"""Conditions on the members of a family: amounts above or below a limit, names left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, Amount
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.mentions import ItemMention
from qa.request import Request, Target

NEAR = 4
"""A limit's word stands at most this many characters before or after its amount."""
ENDS_EXCLUSION = "外"
LEAST_ALIKE = 0.55


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in 元 (or in %, for rates); None: open."""

    least: Decimal | None = None
    most: Decimal | None = None
    with_least: bool = False
    with_most: bool = False

    def hold(self, value: Decimal) -> bool:
        """Whether the value lies within."""
        above = self.least is None or value > self.least or (self.with_least and value == self.least)
        below = self.most is None or value < self.most or (self.with_most and value == self.most)
        return above and below

    @property
    def is_open(self) -> bool:
        return self.least is None and self.most is None


def _worth(amount: Amount) -> Decimal:
    return amount.value * YUAN_PER_UNIT.get(amount.unit or "", Decimal(1))


def read_limits(request: Request, lexicon: Lexicon) -> Limits:
    """``超过100万``, ``50万以下``, ``100万到500万之间``: what the question's own amounts limit."""
    key = request.question.key
    if any(w in request.question.plain for w in lexicon.operation["and_zero"]):
        return Limits(Decimal(0), Decimal(0), True, True)
    amounts = [a for a in request.numbers if a.unit in YUAN_PER_UNIT or a.unit == "%"]
    if len(amounts) == 2 and "之间" in key[amounts[1].end : amounts[1].end + NEAR]:
        low, high = sorted(_worth(a) for a in amounts)
        return Limits(low, high, True, True)
    limits = Limits()
    for amount in amounts:
        around = key[max(0, amount.start - NEAR) : amount.start] + "|" + key[amount.end : amount.end + NEAR]
        operation = lexicon.operation
        if any(w in around for w in operation["at_least"]):
            limits = replace(limits, least=_worth(amount), with_least=True)
        elif any(w in around for w in operation["at_most"]):
            limits = replace(limits, most=_worth(amount), with_most=True)
        elif any(w in around for w in operation["above"]):
            limits = replace(limits, least=_worth(amount))
        elif any(w in around for w in operation["below"]):
            limits = replace(limits, most=_worth(amount))
    return limits


def split_excluded(
    target: Target, request: Request, lexicon: Lexicon
) -> tuple[Target, tuple[ItemMention, ...]]:
    """The target without what the question leaves out (``除了X以外``), and what that is."""
    key = request.question.key
    for word in lexicon.operation["exclude"]:
        at = key.find(word)
        if at < 0:
            continue
        end = key.find(ENDS_EXCLUSION, at)
        stop = end if end > 0 else len(key)
        gone = tuple(i for i in target.items if at <= i.start < stop)
        if gone:
            return replace(target, items=tuple(i for i in target.items if i not in gone)), gone
    return target, ()


def keep(
    members: Sequence[Candidate], limits: Limits, excluded: Sequence[ItemMention]
) -> tuple[Candidate, ...]:
    """The members that the conditions leave."""
    return tuple(
        m
        for m in members
        if (limits.is_open or (m.amount[0] is not None and limits.hold(m.amount[0])))
        and not any(_is_meant(m, item) for item in excluded)
    )


def _is_meant(member: Candidate, item: ItemMention) -> bool:
    keys = [f.key for f in (member.row, member.column) if f is not None]
    keys += [*member.row.also, member.row.unit_key or ""] if member.row else []
    return any(item.quality(key) >= LEAST_ALIKE for key in keys if key)

"""Conditions on the members of a family: amounts above or below a limit, names left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, Amount
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.mentions import ItemMention, positions
from qa.request import Request, Target

NEAR = 4
"""A limit's word stands at most this many characters before or after its amount."""
ENDS_EXCLUSION = "外"
LEAST_ALIKE = 0.4
"""From this quality on, a name that is left out means a member."""


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
    plain = request.question.plain
    zero = [w for w in lexicon.operation["and_zero"] if re.search(rf"(?<!不){w}(?![\d.])", plain)]
    if zero:
        return Limits(Decimal(0), Decimal(0), True, True)
    amounts = [a for a in request.numbers if a.unit in YUAN_PER_UNIT or a.unit == "%"]
    if len(amounts) == 2 and "之间" in key[amounts[1].end : amounts[1].end + NEAR]:
        low, high = sorted(_worth(a) for a in amounts)
        return Limits(low, high, True, True)
    limits = Limits()
    for amount in amounts:
        around = _around(request, amount)
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


def _around(request: Request, amount: Amount) -> str:
    """What stands right before and after an amount; in English, where words are longer, more of it."""
    text, start, near = request.question.key, amount.start, NEAR
    if request.question.language == "en" and (at := request.question.plain.find(amount.text.lower())) >= 0:
        text, start, near = request.question.plain, at, 3 * NEAR
    end = start + len(amount.text)
    return text[max(0, start - near) : start] + "|" + text[end : end + near]


def split_excluded(
    target: Target, request: Request, lexicon: Lexicon
) -> tuple[Target, tuple[ItemMention, ...]]:
    """The target without what the question leaves out (``除了X以外``), and what that is."""
    span = excluded_span(request, lexicon)
    gone = tuple(i for i in target.items if span and i.start in span)
    return replace(target, items=tuple(i for i in target.items if i not in gone)), gone


def excluded_span(request: Request, lexicon: Lexicon) -> range | None:
    """Where the question says what it leaves out: up to 外, else to the end of its clause or to the 的
    behind it (不含X的支出); None where it leaves nothing out."""
    key, items = request.question.key, [i for t in request.targets for i in t.items]
    bodies = [t.body for t in request.targets if t.body]
    inside = positions(items) | positions(bodies)
    for word in lexicon.operation["exclude"]:
        at = key.find(word)
        if at < 0 or at in inside:
            continue
        after = [p for p in range(at + len(word), len(key)) if p not in inside]
        outer = [p for p in after if key[p] == ENDS_EXCLUSION]
        ends = [p for p in request.question.gaps if p > at + len(word) and p not in inside]
        ends += [p for p in after if key[p] == "的"]
        return range(at, min(outer or ends, default=len(key)))
    return None


def keep(
    members: Sequence[Candidate], limits: Limits, excluded: Sequence[ItemMention]
) -> tuple[Candidate, ...] | None:
    """The members that the conditions leave; None when a name left out is that of no member."""
    gone: set[int] = set()
    for item in excluded:
        alike = [_likeness(m, item) for m in members]
        best = max(alike, default=0.0)
        if best < LEAST_ALIKE:
            return None
        gone.update(n for n, likeness in enumerate(alike) if likeness == best)
    return tuple(
        m
        for n, m in enumerate(members)
        if n not in gone and (limits.is_open or (m.amount[0] is not None and limits.hold(m.amount[0])))
    )


def _likeness(member: Candidate, item: ItemMention) -> float:
    """How well the name fits the member's row, column or unit."""
    keys = [f.key for f in (member.row, member.column) if f is not None]
    keys += [*member.row.also, member.row.unit_key or ""] if member.row else []
    return max((item.quality(key) for key in keys if key), default=0.0)


def has_unread_limit(request: Request, limits: Limits, lexicon: Lexicon) -> bool:
    """The question limits its members by a number that was not understood."""
    words = [w for kind in ("at_least", "at_most", "above", "below") for w in lexicon.operation[kind]]
    near = any(
        re.search(rf"{re.escape(w)}\s*[\d一二三四五六七八九十百]", request.question.plain) for w in words
    )
    return limits.is_open and near

"""What the prose says of one amount's way from year to year: amount, amount before, change, rate.

``read_moves`` finds them, ``growth_findings`` holds them against each other. Where a sentence can be
read in several ways, one that agrees is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import product, takewhile

from ingest import rates
from ingest.checks.parts import Interval, audit_data, make_finding, plain
from ingest.checks.slips import meant
from ingest.checks.told import Prose, Told, core_name, distinct, in_other_unit, is_no_name, stage_of
from ingest.model import Finding, FindingPlace, Severity
from ingest.narrative import narrative_words
from ingest.phrases import bracket_depth
from ingest.values import YUAN_PER_UNIT, places

_COMPARED = re.compile(r"(?:比|较|与|同|和)([^，,。；;：:比较与同和]{2,20})")
_SENTENCE_END = "。；;"
_LONGEST_JOINT = 12
"""Characters between a change and its rate, at most."""
_MOST_EARLIER = 200
"""Figures looked at before a change: more than two sentences hold."""
_FARTHEST = 1
"""Full stops between an amount and what is said of its change, at most."""
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Reading:
    """One way to read a move."""

    rate: Told | None
    change: Told | None
    before: Told | None
    now: Told

    def broken(self) -> Iterator[frozenset[str]]:
        """The figures of each relation that no amounts keep which are rounded to these."""
        now, before, change, rate = self.now, self.before, self.change, self.rate
        if before and change and not (now.amount - before.amount).meets(change.signed):
            yield frozenset({"now", "before", "change"})
        if before and rate and not makes(rates.growth(now.amount, before.amount), rate):
            yield frozenset({"now", "before", "rate"})
        if change and rate and not makes(rates.growth_by(change.signed, now.amount), rate):
            yield frozenset({"now", "change", "rate"})

    @property
    def starts_from_nothing(self) -> bool:
        """Whether the amount was 0 before, as printed."""
        if self.before is not None:
            return self.before.figure.value == 0
        change = self.change
        return change is not None and change.signed == self.now.amount

    def mended(self, name: str) -> Decimal | None:
        """The figure of that name as the others make it, in its own unit and direction; below 0 where
        they make the other direction. None where they make none."""
        told: Told = getattr(self, name)
        exact = self._exact(name)
        if exact is None:
            return None
        exact = exact / YUAN_PER_UNIT.get(told.figure.unit, Decimal(1))
        exact = -exact if told.figure.direction == "decrease" else exact
        return exact.quantize(Decimal(1).scaleb(-places(told.figure.value)), ROUND_HALF_UP)

    def _exact(self, name: str) -> Decimal | None:
        now = self.now.amount.middle
        before = None if self.before is None else self.before.amount.middle
        change = None if self.change is None else self.change.signed.middle
        rate = None if self.rate is None else self.rate.signed.middle / _HUNDRED
        if name == "rate":
            base = before if before is not None else max(now - (change or 0), Decimal(0))
            return (now - base) / base * _HUNDRED if base else None
        if name == "change":
            return now - before if before is not None else _part(now, rate)
        if name == "before":
            return now - change if change is not None else now - (_part(now, rate) or 0)
        if before is not None:
            return before + change if change is not None else before * (1 + (rate or 0))
        return change + change / rate if change is not None and rate else None


def _part(now: Decimal, rate: Decimal | None) -> Decimal | None:
    """What of an amount it has grown by."""
    return None if rate is None or rate == -1 else now * rate / (1 + rate)


def makes(reach: Interval | None, rate: Told) -> bool:
    """Whether the rate is one of these, cut off or rounded up where others would round."""
    last_place = Decimal(1).scaleb(-places(rate.figure.value))
    middle = rate.signed.middle
    return reach is not None and reach.meets(Interval(middle - last_place, middle + last_place))


@dataclass(frozen=True)
class Move:
    """What is said of one amount; the amounts that may be meant are nearest first."""

    now: tuple[Told, ...]
    before: tuple[Told, ...]
    change: Told | None = None
    rate: Told | None = None
    unchanged: tuple[int, int] | None = None
    """Where the passage says that there is no change."""

    def readings(self) -> Iterator[Reading]:
        for now, before in product(self.now, self.before or (None,)):
            yield Reading(self.rate, self.change, before, now)

    @property
    def is_clear(self) -> bool:
        """Whether it can only be read in one way."""
        moved = self.change or self.rate
        if moved is None:
            return len(distinct(self.now)) == 1 and len(distinct(self.before)) < 2
        own = [t for t in self.now if t.statement is moved.statement] or self.now
        return _has_name_of(own[0], moved) and len(distinct(own)) == 1 and len(distinct(self.before)) < 2


# Finding them


def read_moves(prose: Prose) -> dict[int, list[Move]]:
    """The moves that each passage tells of."""
    return {index: [*_moves(prose, told), *_unchanged(prose, told)] for index, told in prose.told.items()}


def _moves(prose: Prose, told: Sequence[Told]) -> Iterator[Move]:
    text = prose.passage(told[0]).text
    index = 0
    while index < len(told):
        pair = [told[index]] if _moved(told[index]) else []
        if pair and index + 1 < len(told) and _belong(text, told[index], told[index + 1]):
            pair.append(told[index + 1])
        now = _now(prose, text, told[:index], pair[0]) if pair else []
        if now:
            found = {t.figure.role: t for t in pair}
            compared = _COMPARED.findall(text[pair[0].statement.start : pair[0].figure.start])
            before = _before(prose, told[:index], compared[-1] if compared else "")
            yield Move(tuple(now), tuple(before), found.get("change"), found.get("rate"))
        index += len(pair) or 1


def _moved(told: Told) -> bool:
    unit = told.figure.unit
    return told.figure.role in ("change", "rate") and (unit in YUAN_PER_UNIT or unit == "%")


def _belong(text: str, one: Told, other: Told) -> bool:
    """A change and a rate that stand beside each other and go the same way."""
    joint = text[one.figure.end : other.figure.start]
    ways = {one.figure.direction, other.figure.direction} - {"unchanged"}
    return (
        {one.figure.role, other.figure.role} == {"change", "rate"}
        and _moved(other)
        and len(joint) <= _LONGEST_JOINT
        and not any(c in _SENTENCE_END for c in joint)
        and len(ways) < 2
    )


def _now(prose: Prose, text: str, earlier: Sequence[Told], moved: Told) -> list[Told]:
    """The amounts that may be what moved, those of the sentence before those of the one before; first
    those that go by the name of the change."""
    depth = bracket_depth(text, moved.statement.start, moved.figure.start)
    amounts = [
        t
        for t in reversed(earlier[-_MOST_EARLIER:])
        if t.is_amount and prose.is_own(t) and bracket_depth(text, t.statement.start, t.figure.start) <= depth
    ]
    near = [t for t in amounts if _ends_between(text, t, moved.figure.start) <= _FARTHEST]
    return sorted(near, key=lambda t: (t.statement is not moved.statement, not _has_name_of(t, moved)))


def _has_name_of(told: Told, moved: Told) -> bool:
    label = moved.figure.label
    return told.figure.label == label or is_no_name(label)


def _may_be_of(moved: Told, now: Told) -> bool:
    """Whether a change can be that of the amount by their names: one is in the other, or short for it
    (收、支总计 for 收入、支出总计)."""
    labels = (moved.figure.label, now.figure.label)
    shorter, longer = sorted(map(core_name, labels), key=len)
    return set(shorter) <= set(longer) or any(map(is_no_name, labels))


def _before(prose: Prose, earlier: Sequence[Told], compared: str) -> list[Told]:
    """The amounts of the year before, of the stage (budget, execution …) that is compared with, of
    which no other change has been told."""
    last = prose.year - 1 if prose.year else None
    unmoved = list(takewhile(lambda t: t.figure.role not in ("change", "rate"), reversed(earlier)))
    amounts = [t for t in unmoved if t.is_amount and last and t.year == last]
    wanted = stage_of(compared)
    return [t for t in amounts if wanted is None or prose.stage(t) in (None, wanted)]


def _ends_between(text: str, told: Told, end: int) -> int:
    return text.count("。", told.figure.end, end)


@cache
def _unchanged_words() -> re.Pattern[str]:
    marks = "|".join(map(re.escape, narrative_words()["reasons"]["unchanged"]))
    hedged = "".join(f"(?<!{re.escape(word)})" for word in audit_data()["prose"]["words"]["hedges"])
    return re.compile(rf"(?:比|较|与|同|和)(?P<other>[^，,。；;：:]{{2,20}}?){hedged}(?:{marks})")


def _unchanged(prose: Prose, told: Sequence[Told]) -> Iterator[Move]:
    text = prose.passage(told[0]).text
    for match in _unchanged_words().finditer(text):
        earlier = [t for t in told if t.figure.end <= match.start()]
        own = [t for t in reversed(earlier) if t.is_amount and prose.is_own(t)]
        now = [t for t in own if _ends_between(text, t, match.start()) <= _FARTHEST]
        if now:
            before = _before(prose, earlier, match["other"])
            yield Move((now[0],), tuple(before), unchanged=match.span())


# Do they agree?


def growth_findings(prose: Prose, moves: Sequence[Move], confirmed: Sequence[Told]) -> Iterator[Finding]:
    """What disagrees in the moves of a passage. ``confirmed`` are amounts that a table or another
    mention has as well: none of them, nor of those that other paragraphs have, is taken for the fault."""
    for move in moves:
        severity: Severity = "certain" if move.is_clear else "suspected"
        if move.unchanged is not None:
            yield from _not_unchanged(prose, move)
            continue
        readings = list(move.readings())
        reading = readings[0]
        moved = move.change or move.rate or reading.now
        if not _may_be_of(moved, reading.now) or not all(any(r.broken()) for r in readings):
            continue
        nothing = reading.starts_from_nothing and reading.rate is not None
        say = _rate_of_nothing if nothing else _wrong_growth
        yield say(prose, reading, severity, confirmed)


def _not_unchanged(prose: Prose, move: Move) -> Iterator[Finding]:
    now = move.now[0]
    if not move.before or any(b.amount.meets(now.amount) for b in move.before):
        return
    assert move.unchanged is not None
    text = prose.passage(now).text
    before = move.before[0]
    change = plain(now.figure.value - before.figure.value)
    place = prose.text_place(now.passage_index, *move.unchanged)
    yield make_finding(
        "not_unchanged",
        printed=text[slice(*move.unchanged)],
        expected=change,
        unit=now.figure.unit,
        where=prose.where(now),
        places=[place, prose.place(now), prose.place(before)],
        now=now.figure.text,
        before=before.figure.text,
    )


def _rate_of_nothing(
    prose: Prose, reading: Reading, severity: Severity, confirmed: Sequence[Told]
) -> Finding:
    assert reading.rate is not None
    return make_finding(
        "rate_of_nothing",
        printed=reading.rate.printed,
        expected=audit_data()["prose"]["words"]["no_rate"],
        unit="%",
        where=prose.where(reading.now),
        places=_places(prose, reading, reading.rate),
        severity=severity,
        now=reading.now.figure.text,
    )


def _wrong_growth(prose: Prose, reading: Reading, severity: Severity, confirmed: Sequence[Told]) -> Finding:
    """The figure most likely wrong: one of every broken relation, if possible one that is a slip away
    from agreeing, and the rate before the change, and these before the amounts."""
    in_all = frozenset.intersection(*reading.broken()) or frozenset({"rate", "change"})
    readable = [
        (name, told, mended)
        for name in (f.name for f in fields(Reading))
        if name in in_all and (told := getattr(reading, name)) is not None
        if (mended := reading.mended(name)) is not None
    ]
    options = [o for o in readable if o[1] not in confirmed and not _is_money_told_twice(prose, o[1])]
    options = options or readable
    for name, told, _ in sorted(options, key=lambda o: prose.use_of_unit(o[1])):
        if unit := _meant_unit(reading, name, told):
            return unit_finding(prose, told, unit, _places(prose, reading, told), severity)
    slips = [(t, s) for name, t, _ in options if (s := meant(t.figure.value, _keeps(reading, name)))]
    told, expected = slips[0] if slips else options[0][1:]
    return make_finding(
        "growth",
        printed=told.printed,
        expected=plain(expected),
        unit=told.figure.unit,
        where=prose.where(reading.now),
        places=_places(prose, reading, told),
        severity=severity,
        told="、".join(t.figure.text for t in _figures(reading)),
    )


CONFUSED_UNITS = ("元", "万元", "亿元")
"""Nobody writes 千元 or 百万元 by mistake."""


def _is_money_told_twice(prose: Prose, told: Told) -> bool:
    return told.figure.unit in YUAN_PER_UNIT and prose.is_repeated(told)


def _meant_unit(reading: Reading, name: str, told: Told) -> str | None:
    """The other unit of money with which everything agrees: one that is confused with it."""
    is_money = told.figure.unit in YUAN_PER_UNIT
    units = [u for u in CONFUSED_UNITS if u != told.figure.unit] if is_money else []
    others = (u for u in units if not any(replace(reading, **{name: in_other_unit(told, u)}).broken()))
    return next(others, None)


def unit_finding(
    prose: Prose, told: Told, unit: str, places: Sequence[FindingPlace], severity: Severity = "certain"
) -> Finding:
    """The figure is right with another unit."""
    return make_finding(
        "other_unit",
        printed=told.figure.text,
        expected=in_other_unit(told, unit).figure.text,
        unit=None,
        where=prose.where(told),
        places=places,
        severity=severity,
    )


def _keeps(reading: Reading, name: str) -> Callable[[Decimal], bool]:
    """Whether everything agrees with another value in the place of that figure."""
    told: Told = getattr(reading, name)

    def keeps(value: Decimal) -> bool:
        changed = replace(told, figure=replace(told.figure, value=value))
        return not any(replace(reading, **{name: changed}).broken())

    return keeps


def _figures(reading: Reading) -> list[Told]:
    return [t for t in (reading.now, reading.before, reading.change, reading.rate) if t is not None]


def _places(prose: Prose, reading: Reading, fault: Told) -> list[FindingPlace]:
    return [prose.place(t) for t in (fault, *(t for t in _figures(reading) if t is not fault))]

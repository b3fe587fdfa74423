"""What a follow-up leaves out is what the turn before said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.numerals import chinese_number
from ingest.values import YUAN_PER_UNIT
from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.operations import Intent, combination_of, has_any
from qa.request import Mentions, Request, Target


@dataclass(frozen=True)
class Said:
    """The conversation so far, as far as a follow-up needs it."""

    request: Request
    mentions: Mentions
    targets: tuple[Target, ...]
    """Everything asked about, oldest first."""
    topic: tuple[Target, ...] = ()
    """The same, from the last question on that stands by itself."""


def _has(request: Request, lexicon: Lexicon, name: str) -> bool:
    return any(word in request.question.plain for word in lexicon.words[name])


def _filled(target: Target, mentions: Mentions, context: tuple[ItemMention, ...]) -> Target:
    body = mentions.bodies[0] if mentions.bodies else None
    year = mentions.years[0].year if mentions.years else None
    return replace(target, body=target.body or body, year=target.year or year, context=context)


def inherit(request: Request, mentions: Mentions, before: Said | None, lexicon: Lexicon) -> Request:
    """Fill the request from the conversation. ``mentions`` hold what is said now and, where nothing
    is, what was said before."""
    if before is None:
        return request
    own_items = any(t.items for t in request.targets)
    own_body = any(b.end > 0 for b in mentions.bodies)
    last = tuple(_recalled(t, before.request) for t in before.request.targets[:1])
    if request.measure == "share":
        last = tuple(_for_named(t, request, lexicon) for t in last)
    points_back = _has(request, lexicon, "points_back")
    context = last[0].items + last[0].context if last and (points_back or not own_items) else ()
    targets = tuple(_filled(t, mentions, context) for t in request.targets)
    denominators = tuple(_filled(d, mentions, ()) for d in request.denominators)
    if all_of_them := _together(request, before, lexicon):
        return all_of_them
    if not own_items and not own_body and _has(request, lexicon, "both") and len(before.targets) > 1:
        return replace(request, targets=tuple(_recalled(t, before.request) for t in before.targets[-2:]))
    if not own_items and not own_body and (converted := _converted(request, before.request, lexicon)):
        return converted
    if not own_items and (changed := _change(request, targets, last, before, lexicon)):
        return changed
    if request.measure == "share" and not denominators:
        return _share(request, targets, last, own_items)
    if request.measure == "share" and last and not any(t.items for t in request.targets):
        wholes = denominators
        if _has(request, lexicon, "completion"):  # of the very thing asked about before
            wholes = tuple(replace(d, context=last[0].context) for d in denominators)
        return replace(request, targets=last, denominators=wholes)
    if request.combination in ("compare", "difference") and not own_items and own_body and len(targets) == 1:
        return replace(request, targets=(*last, *targets))
    if request.combination in ("compare", "difference") and own_items and len(targets) == 1:
        return replace(request, targets=(*_same_thing_before(targets[0], last), *targets))
    if request.intent != "figure" and not own_items and len(targets) == 1 and _has(request, lexicon, "same"):
        targets = (*_same_thing_before(targets[0], last), *targets)
    changed = replace(request, targets=targets, denominators=denominators)
    if not own_items and request.measure == "value" and request.combination == "each":
        changed = replace(changed, measure=before.request.measure, unit=request.unit or before.request.unit)
    return replace(changed, intent=_intent(request, before.request, lexicon))


def _intent(request: Request, before: Request, lexicon: Lexicon) -> Intent:
    """``那2018年呢`` asks in the way that the question before it asked: why, or what it means."""
    plain = request.question.plain.rstrip("?？。")
    says_no_more = plain.endswith(tuple(lexicon.words["says_no_more"])) or plain.startswith(
        tuple(lexicon.words["elliptical"])
    )
    asks = _has(request, lexicon, "how_much") or request.combination != "each" or request.measure != "value"
    return before.intent if request.intent == "figure" and says_no_more and not asks else request.intent


def _same_thing_before(target: Target, last: tuple[Target, ...]) -> tuple[Target, ...]:
    """``跟2017年比``: the same thing in the year that was talked about."""
    if not last or last[0].year in (None, target.year):
        return ()
    return (replace(target, year=last[0].year, body=last[0].body),)


def _recalled(target: Target, request: Request) -> Target:
    """An earlier target: its names are spans of an earlier question, and explain nothing of this one."""
    asked = target.asked or request.question.plain
    return replace(target, items=(), context=(*target.items, *target.context), asked=asked)


def _together(request: Request, before: Said, lexicon: Lexicon) -> Request | None:
    """``合计呢``, ``哪个更高`` after several things: of all of them, in the year that is named now."""
    own = request.targets[0] if len(request.targets) == 1 else None
    if own is None or own.items or request.measure != "value":
        return None
    meant = _meant(request, before, lexicon)
    counted = _counted(request, lexicon)
    text = request.question.plain.replace(counted.group(), "") if counted else request.question.plain
    together = combination_of(text, lexicon, True, request.numbers)  # 前两个 ranks nothing here
    bodies, years = {t.body for t in meant}, {t.year for t in meant}
    is_clear = (not own.body or (together == "sum" and len(bodies) == 1)) and (
        not own.year or len(years) == 1
    )
    kinds = ("sum", "difference", "compare", "times", *(["rank"] if counted else []))
    if len(meant) < 2 or together not in kinds or not is_clear:
        return None
    recalled = (_recalled(t, before.request) for t in meant)
    targets = tuple(replace(t, body=own.body or t.body, year=own.year or t.year) for t in recalled)
    return replace(request, combination=together, targets=targets)


NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5}


def _counted(request: Request, lexicon: Lexicon) -> re.Match[str] | None:
    """``前两个``, ``the two``: so many of the things that were asked about."""
    found = (re.search(pattern, request.question.plain) for pattern in lexicon.words["counted_back"])
    return next((match for match in found if match), None)


def _meant(request: Request, before: Said, lexicon: Lexicon) -> tuple[Target, ...]:
    """The things asked about before that a follow-up means: so many of the first, so many of the last
    (前两个, 三个), or, of one question that asked for several, of one topic, all of them."""
    several = before.request.targets if len(before.request.targets) > 1 else before.topic
    match = _counted(request, lexicon)
    if match is None:
        return several
    said = match[2]
    count = int(said) if said.isdigit() else chinese_number(said) or NUMBERS.get(said, 0)
    if count > len(several):
        several = before.targets
    if not 1 < count <= len(several):
        return ()
    return several[:count] if match[1] else several[-count:]


def _converted(request: Request, before: Request, lexicon: Lexicon) -> Request | None:
    """``换成元``: all that was asked before, in another unit."""
    plain = {request.measure, request.combination} == {"value", "each"}
    if (
        request.unit not in YUAN_PER_UNIT
        or not plain
        or request.targets[0].year
        or request.intent != "figure"
    ):
        return None
    return replace(
        before,
        question=request.question,
        targets=tuple(_recalled(t, before) for t in before.targets),
        denominators=tuple(_recalled(t, before) for t in before.denominators),
        unit=request.unit,
        decimals=request.decimals,
    )


def _change(
    request: Request,
    targets: tuple[Target, ...],
    last: tuple[Target, ...],
    before: Said,
    lexicon: Lexicon,
) -> Request | None:
    """``跟2019年比呢``, ``涨了多少``: the change of what was asked before, from one year to the other of
    the two that were talked about, or from the year before."""
    operation, plain = lexicon.operation, request.question.plain
    asks = (*operation["change"], *operation["against"], *operation["difference"])
    is_change = request.measure in ("change", "growth")
    if (
        len(targets) != 1
        or not last
        or request.intent != "figure"
        or request.combination in ("verify", "rank")
    ):
        return None
    if any(b.end for b in [targets[0].body] if b) or not (
        is_change or (request.measure == "value" and has_any(plain, asks))
    ):
        return None
    if request.compares_with_previous or request.base_year:
        return None
    same = [t for t in before.topic if _is_same_thing(t, last[0])] or [last[0]]
    years = sorted({y for y in (request.targets[0].year, *(t.year for t in same)) if y})
    own = request.targets[0].year
    pair = sorted({own, last[0].year} if own else years[-2:], key=lambda y: y or 0)
    if len(pair) != 2 or not all(pair):
        return None
    target = replace(last[0], year=pair[1])
    measure = request.measure if is_change else "change"
    return replace(request, measure=measure, combination="each", targets=(target,), base_year=pair[0])


def _is_same_thing(one: Target, other: Target) -> bool:
    """The same names of the same body, in whatever year."""
    names = [[i.text for i in (*t.items, *t.context)] for t in (one, other)]
    return names[0] == names[1] and _bodies(one) == _bodies(other)


def _bodies(target: Target) -> set[str]:
    return {b.key for b in target.body.bodies} if target.body else set()


def _for_named(last: Target, request: Request, lexicon: Lexicon) -> Target:
    """``2024年占总支出多少``: the part asked about before, in the year and of the body that this
    question names before 占; a share of one year's part in another year's whole is nobody's question."""
    key, own = request.question.key, request.targets[0] if request.targets else last
    at = min((p for word in lexicon.words["share_of"] if (p := key.find(word)) >= 0), default=len(key))
    body = own.body if own.body and 0 < own.body.end <= at else last.body
    return replace(last, year=own.year or last.year, body=body)


def _share(
    request: Request, targets: tuple[Target, ...], last: tuple[Target, ...], own_items: bool
) -> Request:
    """A share of what was asked before; without a name of its own, of what that is a part of."""
    if own_items:
        return replace(request, targets=targets, denominators=last)
    return replace(request, targets=last, denominators=())


def said(request: Request, mentions: Mentions, before: Said | None) -> Said:
    """The conversation after this turn."""
    targets = tuple(replace(t, asked=t.asked or request.question.plain) for t in request.targets)
    is_whole = any(b.end for b in mentions.bodies) and any(t.items for t in targets)
    if before is None:
        return Said(request, mentions, targets, targets)
    new = tuple(t for t in targets if not any(_is_said(t, e) for e in before.targets))
    topic = targets if is_whole else (*before.topic, *new)
    return Said(request, mentions, (*before.targets, *new), topic)


def followed(before: Said, again: Said) -> Said:
    """The conversation after a turn that asked the one before again, of another year or body."""
    new = tuple(t for t in again.request.targets if not any(_is_said(t, e) for e in before.targets))
    return replace(again, targets=(*before.targets, *new), topic=(*before.topic, *new))


def _is_said(target: Target, earlier: Target) -> bool:
    return target.year == earlier.year and _is_same_thing(target, earlier)

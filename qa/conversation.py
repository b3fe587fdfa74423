"""What a follow-up leaves out is what the turn before said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.operations import Intent, combination_of
from qa.request import Mentions, Request, Target


@dataclass(frozen=True)
class Said:
    """The conversation so far, as far as a follow-up needs it."""

    request: Request
    mentions: Mentions
    targets: tuple[Target, ...]
    """Everything asked about, oldest first."""


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
    if not own_items and not own_body and _has(request, lexicon, "both") and len(before.targets) > 1:
        return replace(request, targets=tuple(_recalled(t, before.request) for t in before.targets[-2:]))
    if all_of_them := _together(request, before.request, lexicon):
        return all_of_them
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
    return replace(target, items=(), context=(*target.items, *target.context), asked=request.question.plain)


def _together(request: Request, before: Request, lexicon: Lexicon) -> Request | None:
    """``合计呢``, ``哪个更高`` after several things: of all of them, in the year that is named now."""
    own = request.targets[0] if len(request.targets) == 1 else None
    if own is None or own.items or request.measure != "value" or len(before.targets) < 2:
        return None
    together = combination_of(request.question.plain, lexicon, True, request.numbers)
    bodies, years = {t.body for t in before.targets}, {t.year for t in before.targets}
    is_clear = (not own.body or (together == "sum" and len(bodies) == 1)) and (
        not own.year or len(years) == 1
    )
    if together not in ("sum", "difference", "compare", "times") or not is_clear:
        return None
    recalled = (_recalled(t, before) for t in before.targets)
    targets = tuple(replace(t, body=own.body or t.body, year=own.year or t.year) for t in recalled)
    return replace(request, combination=together, targets=targets)


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
    earlier = before.targets if before else ()
    return Said(request, mentions, (*earlier, *request.targets))

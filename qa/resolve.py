"""A Target -> what it may mean in the store: cells, stated figures, figures in running text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.values import YUAN_PER_UNIT, convert_money, places
from qa.calculator import round_half_up
from qa.clauses import own_names
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.linking import Candidate, link
from qa.named_years import twins_apart
from qa.prose import price_pair, prose_candidates
from qa.reading import Linked, is_enough, usable
from qa.request import Request, Target
from qa.scope import Library, for_target, of_kind
from qa.stated import asked_unit, same_measure
from qa.understanding import Understood
from qa.weighing import side_not_asked

LEAST_ALIKE = 0.9
"""From this quality on, a matched name is another way to say the one asked for."""
MOST_ROUNDED = 24
"""Candidates among which the unrounded form of a stated amount is sought."""
COUNT_UNITS = ("人", "辆", "台", "个", "项", "平方米", "次", "场", "家", "批次", "人次")


def roles_for(request: Request) -> tuple[str, ...]:
    """Which kinds of stated figures answer the question."""
    if request.unit in COUNT_UNITS:
        return ("count", "amount")
    if request.unit == "%" and request.measure == "value":
        return ("share", "rate", "amount")
    return ("amount", "count")


def documents_for(target: Target, understood: Understood, library: Library) -> Sequence[DocumentFacts]:
    """The documents that the target is about, of the kind that the question means."""
    return of_kind(_of_either_kind(target, understood, library), understood.asks_spent)


def _of_either_kind(target: Target, understood: Understood, library: Library) -> Sequence[DocumentFacts]:
    if target.body or target.year:
        return for_target(library.facts(), target)
    return understood.documents


def link_target(
    target: Target,
    understood: Understood,
    library: Library,
    lexicon: Lexicon,
    roles: Sequence[str] | None = None,
) -> Linked:
    """Everything that the target may mean: cells and stated figures, and where those do not explain
    the question, figures inside running text; in documents of the other kind only where the kind
    that the question means holds nothing of it."""
    documents = documents_for(target, understood, library)
    linked = _link_in(documents, target, understood, lexicon, roles)
    if linked.ranked and is_enough(understood, target, linked.ranked[:1]):
        return linked
    either = _of_either_kind(target, understood, library)
    if len(either) == len(documents):
        return linked
    wider = _link_in(either, target, understood, lexicon, roles)
    return wider if wider.ranked and is_enough(understood, target, wider.ranked[:1]) else linked


def _link_in(
    documents: Sequence[DocumentFacts],
    target: Target,
    understood: Understood,
    lexicon: Lexicon,
    roles: Sequence[str] | None,
) -> Linked:
    request = understood.request
    asks_amount = any(w in request.question.plain for w in lexicon.words["how_much"])
    candidates = link(target, documents, lexicon, roles or roles_for(request))
    ranked = _of_unit(
        usable(candidates, wants_text=not asks_amount, wants_blank=request.asks_yes_no),
        target.unit or request.unit,
        request,
        lexicon,
    )
    vague = bool(target.asked and target.items) and not any(i.is_known_name for i in target.items)
    if roles is None and (vague or not (ranked and is_enough(understood, target, ranked[:1]))):
        whole = understood.said_before + request.question.plain
        asked = target.asked or own_names(whole, target, request.targets)
        prose = _of_unit(
            prose_candidates(
                asked,
                documents,
                understood.spoken_for,
                target.unit,
                target.year,
                _official(target, lexicon),
                _side_not_meant(target, request, lexicon),
            ),
            target.unit or request.unit,
            request,
            lexicon,
        )
        ranked = prose or ranked
    years = frozenset(d.document.identity.fiscal_year for d in documents) | {target.year}
    ranked = twins_apart(ranked, understood.named_years, frozenset(y for y in years if y))
    return Linked(target, _finest_first(ranked))


def _side_not_meant(target: Target, request: Request, lexicon: Lexicon) -> str | None:
    """The side of the budget that is not asked about, also where its word only follows the name
    (国有资本经营 收入)."""
    following = [replace(i, text=request.question.key[i.start : i.end + 2]) for i in target.items]
    return side_not_asked(target.items, lexicon) or side_not_asked(following, lexicon)


def _finest_first(ranked: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Where the prose rounds what a cell prints (872.52万元 for 8,725,221.95元), the cell comes first."""
    for cell in ranked[1:MOST_ROUNDED] if ranked and ranked[0].stated else ():
        told = ranked[0]
        if cell.table and cell.explained >= told.explained and _rounds_to(cell, told):
            rest = (c for c in ranked if not (c.stated and _rounds_to(cell, c)))
            return (replace(cell, score=told.score), *rest)
    return tuple(ranked)


def finest(told: Candidate, ranked: Sequence[Candidate]) -> Candidate:
    """The cell that prints unrounded what the prose told, where there is one; else what was told."""
    cells = ranked[:MOST_ROUNDED] if told.stated else ()
    finer = (c for c in cells if c.table and c.explained >= told.explained and _rounds_to(c, told))
    return next(finer, told)


def _rounds_to(fine: Candidate, coarse: Candidate) -> bool:
    """Whether the one amount is the other, printed to more places."""
    if fine.value is None or coarse.value is None or fine.amount == coarse.amount:
        return False
    if fine.unit not in YUAN_PER_UNIT or coarse.unit not in YUAN_PER_UNIT:
        return False
    value = convert_money(fine.value, fine.unit, coarse.unit)
    return round_half_up(value, places(coarse.value)) == coarse.value


def _official(target: Target, lexicon: Lexicon) -> list[frozenset[str]]:
    """For each name that the target says whole, and not as the end of a longer one (离退休人员经费),
    every way to say it."""
    ends = {i.end for i in target.items if not i.is_known_name}
    return [
        frozenset(
            (
                item.text,
                *item.names,
                *lexicon.names_of.get(item.text, ()),
                *(m.label for m in item.matches if m.quality > LEAST_ALIKE),
            )
        )
        for item in target.items
        if (item.is_known_name or {item.text, *item.names} & (lexicon.accounts | lexicon.names_of.keys()))
        and item.start not in ends
    ]


def beside_counts(linked: list[Linked], understood: Understood, library: Library) -> list[Linked]:
    """``几台，多少钱``: the amount that stands next to the count, when the count is found in prose."""
    if (
        len(linked) != 2
        or linked[1].target.unit != "money"
        or linked[1].target.items != linked[0].target.items
    ):
        return linked
    if not linked[0].ranked or linked[0].ranked[0].quote is None:
        return linked
    pair = price_pair(linked[0].target.asked, documents_for(linked[0].target, understood, library))
    return [linked[0], replace(linked[1], ranked=(pair[0], *linked[1].ranked))] if pair else linked


def _names_money(request: Request, lexicon: Lexicon) -> bool:
    """Something named ends as names of money do; or the question has such a word, and no name."""
    ends, items = lexicon.words["money_end"], request.targets[0].items
    if not items:
        return any(word in request.question.key for word in ends if len(word) > 1)
    return any(i.text.endswith(ends) for i in items)


def _of_unit(
    candidates: list[Candidate], unit: str | None, request: Request, lexicon: Lexicon
) -> list[Candidate]:
    """Those of the kind that the question asks to count, or to pay."""
    if unit == "number":
        return [c for c in candidates if c.unit not in YUAN_PER_UNIT and c.unit != "%"]
    if unit == "money":
        return [c for c in candidates if c.unit in YUAN_PER_UNIT or c.value is None]
    if unit in COUNT_UNITS and request.measure == "value":
        return [c for c in candidates if c.unit == unit]
    asks_count = request.question.language == "zh" or "how many" in request.question.plain
    counts = asks_count and unit is None and len(request.targets) == 1
    counted = asked_unit(request.question.plain) if counts else None
    if counts and counted is None and _names_money(request, lexicon):
        return [c for c in candidates if c.unit in (None, "%") or c.unit in YUAN_PER_UNIT]
    if counted not in (None, "%") and request.measure == "value":
        return [c for c in candidates if same_measure(c.unit or "", counted or "")]
    return candidates

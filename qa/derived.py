"""Figures that the sources do not print but their figures make: averages, unit prices, a price times a
quantity, compound growth, and what was before a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.values import YUAN_PER_UNIT, Amount
from qa.answer import Answer
from qa.backwards import answer_backwards
from qa.builder import Builder, show
from qa.calculator import (
    CalculationError,
    Operand,
    Worked,
    compound_growth,
    mean,
    per_period,
    per_unit,
    product,
)
from qa.case import Case
from qa.changes import are_comparable, change_of
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.linking import Candidate, stated_candidate
from qa.phrases import describe, phrase
from qa.prose import price_pair, priced_count, prose_candidates
from qa.quoted import is_money, is_rate
from qa.reading import Linked, are_enough, beside, choose_together, fit, is_enough, repeats
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, say_item, working
from qa.scope import Library
from qa.understanding import Understood

SHARED_AMONG = (("per_person", "person_count"), ("per_vehicle", "vehicle_count"))
"""Words of the lexicon: what an average is asked for, and what documents call the count of it."""
_PER_THING = ("per_person", "per_vehicle", "per_month", "per_quarter")
"""Words of the lexicon for averages of one amount."""
MOST_READINGS = 12
"""How many readings of a figure are tried for one that every year has."""
MOST_AMOUNTS = 3
"""How many readings of the amount are tried for one that a count stands beside."""


def answer_derived(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """A figure made of others; None for any other question."""
    case = Case(understood, library, lexicon)
    if not case.targets:
        return None
    if case.request.measure == "reverse":
        return answer_backwards(case)
    if case.request.measure == "growth" and case.asks("compound"):
        return _compound(case)
    if case.request.measure == "average":
        return _product(case) or _mean(case) or _average(case)
    return None


def _compound(case: Case) -> Answer | None:
    """The yearly rate between two years' figures."""
    asked = replace(case.understood, request=replace(case.request, measure="growth"))
    change = change_of(case.targets[0], asked, case.library, case.lexicon)
    if change is None or change.pair is None:
        return None
    new, old = change.pair
    if new.fiscal_year is None or old.fiscal_year is None:
        return None
    years = new.fiscal_year - old.fiscal_year
    if years == 1:
        return None  # growth like any other
    builder = Builder()
    operands = [builder.operand(new), builder.operand(old)]
    try:
        worked = compound_growth(operands[0], operands[1], years)
    except CalculationError:
        return None
    figure, cited = computed(builder, worked, operands, case.request, describe(new))
    line = phrase(
        case.language,
        "compound",
        figure=figure,
        marks=cited,
        label=describe(new),
        old=show(operands[1].value, operands[1].unit),
        new=show(operands[0].value, operands[0].unit),
        first=old.fiscal_year,
        last=new.fiscal_year,
    )
    return finish(case.request, builder, [line, *working(case.request, builder)], case.understood)


def _product(case: Case) -> Answer | None:
    """A number of things at the price that the source gives for each."""
    if not case.asks("product"):
        return None
    for count in (c for c in case.quoted if not is_rate(c) and not is_money(c)):
        pair = priced_count(case.request.question.plain, count, case.documents)
        if pair is None:
            continue
        builder = Builder()
        operands = [builder.operand(c) for c in pair]
        worked = product(operands[0], operands[1], _money_asked(case))
        return _say(case, builder, "product", worked, operands, pair[0])
    return None


def _mean(case: Case) -> Answer | None:
    """The mean of several figures: of each of the years, of the bodies, or of the things named."""
    if len(case.targets) < 2 or any(case.asks(kind) for kind in _PER_THING):
        return None
    linked = [link_target(t, case.understood, case.library, case.lexicon) for t in case.targets]
    if len({(t.body, t.year) for t in case.targets}) > 1:
        chosen = _same_in_each(linked, case)
    else:
        chosen = _of_each(linked, case)
    if chosen is None:
        return None
    builder = Builder()
    operands = [builder.operand(c) for c in chosen]
    try:
        worked = mean(operands, case.request.unit)
    except CalculationError:
        return None
    figure, cited = computed(builder, worked, operands, case.request, "")
    lines = [phrase(case.language, "mean", figure=figure, marks=cited)]
    lines += [say_item(replace(case.request, unit=None), builder, c) for c in chosen]
    return finish(case.request, builder, [*lines, *working(case.request, builder)], case.understood)


def _same_in_each(linked: Sequence[Linked], case: Case) -> list[Candidate] | None:
    """The same thing for every target: comparable by its names, else the same cell of the same table."""
    first, *others = linked
    for one in first.ranked[:MOST_READINGS]:
        if is_enough(case.understood, first.target, [one]):
            row = [next((c for c in o.ranked if are_comparable(one, c)), None) for o in others]
            if all(row):
                return [one, *(c for c in row if c)]
    together = choose_together([entry.ranked for entry in linked])
    alike = together and all(fit(together[0], c) > 0 for c in together[1:])
    enough = together and are_enough(case.understood, (e.target for e in linked), together)
    return together if alike and enough else None


def _of_each(linked: Sequence[Linked], case: Case) -> list[Candidate] | None:
    """The figure of every thing named, no printed figure twice."""
    chosen = choose_together([entry.ranked for entry in linked])
    enough = chosen and are_enough(case.understood, (e.target for e in linked), chosen)
    return chosen if chosen and enough and not repeats(chosen) else None


def _average(case: Case) -> Answer | None:
    """An amount for each of what it is shared among: people, things, months."""
    target = replace(case.targets[0], unit=None)
    linked = link_target(target, case.understood, case.library, case.lexicon)
    documents = documents_for(target, case.understood, case.library)
    before = case.understood.said_before
    if before and (pair := price_pair(before, documents)):
        return _say_average(case, *pair)
    for best in [c for c in linked.ranked if c.unit in YUAN_PER_UNIT][:MOST_AMOUNTS]:
        for count in _counts(case, linked, best, documents):
            if count.value and _are_of_one(best, count) and is_enough(case.understood, target, [best, count]):
                return _say_average(case, best, count)
        if (periods := _periods(case)) and is_enough(case.understood, target, [best]):
            builder = Builder()
            amount = builder.operand(best)
            worked = per_period(amount, periods, _money_asked(case))
            return _say(case, builder, "average", worked, [amount], best)
    return None


def _are_of_one(amount: Candidate, count: Candidate) -> bool:
    """Of one body and year: nobody's money is shared among another's people."""
    mine, theirs = amount.facts.document.identity, count.facts.document.identity
    return (mine.organization, amount.fiscal_year) == (theirs.organization, count.fiscal_year)


def _money_asked(case: Case) -> str | None:
    """The money unit that the question asks for, or states its own result in."""
    told = [case.request.unit, *(c.unit for c in case.quoted)]
    return next((u for u in told if u in YUAN_PER_UNIT), None)


def _say_average(case: Case, best: Candidate, number: Candidate) -> Answer:
    builder = Builder()
    amount, count = builder.operand(best), builder.operand(number)
    return _say(case, builder, "average", per_unit(amount, count, _money_asked(case)), [amount], best)


def _say(
    case: Case, builder: Builder, name: str, worked: Worked, operands: list[Operand], best: Candidate
) -> Answer:
    decimals = case.request.decimals
    if decimals is None and name == "average":
        decimals = 2
    figure, cited = computed(
        builder, worked, operands, replace(case.request, decimals=decimals), describe(best)
    )
    line = phrase(case.language, name, figure=figure, marks=cited, label=describe(best))
    return finish(case.request, builder, [line, *working(case.request, builder)], case.understood)


def _periods(case: Case) -> int | None:
    """Months or quarters of a year, where the question asks for each."""
    return next((n for n, kind in ((12, "per_month"), (4, "per_quarter")) if case.asks(kind)), None)


def _counts(
    case: Case, linked: Linked, best: Candidate, documents: Sequence[DocumentFacts]
) -> Iterator[Candidate]:
    """How many, the surest first: a count that the question names; the number that it brings, where a
    source holds it; the row's own quantity; what such an average is usually shared among."""
    brought = [a for a in case.quoted if not is_money(a) and not is_rate(a)]
    named = [c for c in linked.ranked if _is_count(c) and c.explained]
    yield from (c for c in named if not brought or any(c.value == a.value for a in brought))
    for amount in brought:
        yield from _printed_counts(amount, documents)
    if brought:
        return
    yield from _quantities(best)
    for asked, usual in SHARED_AMONG:
        if case.asks(asked):
            for name in case.lexicon.words[usual]:
                yield from (c for c in prose_candidates(name, documents, ()) if _is_count(c))


def _is_count(candidate: Candidate) -> bool:
    return candidate.unit not in YUAN_PER_UNIT and candidate.unit not in ("%", "个百分点", None)


def _printed_counts(amount: Amount, documents: Sequence[DocumentFacts]) -> Iterator[Candidate]:
    for facts in documents:
        found = prose_candidates(amount.text, [facts], ())
        stated = (stated_candidate(facts, f) for f in facts.stated)
        yield from (c for c in (*found, *stated) if c.value == amount.value and _is_count(c))


def _quantities(best: Candidate) -> Iterator[Candidate]:
    """The counts that stand in the row of the amount."""
    if best.table is None or best.row is None:
        return
    for column in best.table.columns:
        if not column.column.is_text and (cell := beside(best, best.row, column)) and _is_count(cell):
            yield replace(cell, quote=None)

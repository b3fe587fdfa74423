"""Is a stated rate right? Worked again from the figures that it is said to be of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ingest.model import Direction
from qa.answer import Answer
from qa.builder import Builder, show
from qa.calculator import places
from qa.case import Case
from qa.changes import Change, change_of
from qa.facts import StatedFact
from qa.linking import Candidate
from qa.phrases import describe, marks, phrase, stated_name
from qa.quoted import Stretch, is_rate, says
from qa.rates import Basis, agrees, fitting_basis, rates_of, stated_basis
from qa.say import computed, finish, working


def check_printed_rate(case: Case) -> Answer | None:
    """A rate that the person quotes, against the figures that its paragraph gives for it."""
    quoted = [c for c in case.quoted if is_rate(c)]
    if not quoted:
        return None
    for stretch in case.stretches:
        rates = rates_of(stretch)
        said = [r for r in rates if says(quoted[0], r.figure.value, r.figure.unit)]
        if said and (answer := _say_rate(case, stretch, said[0])):
            return answer
    return None


def _say_rate(case: Case, stretch: Stretch, rate: StatedFact) -> Answer | None:
    value, direction = rate.figure.value, rate.figure.direction
    basis = stated_basis(stretch, rate)
    other = fitting_basis(stretch, value, direction)
    builder = Builder()
    if basis is not None and basis.value() is not None:
        right = agrees(basis, value, direction)
        lines = [_worked_rate(case, builder, basis, rate, right)]
        if not right and other is not None:
            lines.append(_say_source(case, builder, other))
    elif other is not None and basis is not None:
        base, cited = _shown(case, basis.second), _mark(builder, basis.second)
        lines = [phrase(case.language, "zero_base", label=base, marks=cited)]
        lines.append(_say_source(case, builder, other))
    elif other is not None:
        lines = [_worked_rate(case, builder, other, rate, right=True)]
    else:
        return None
    builder.quoted_figure(stretch.candidate(rate), rate.figure.label)
    return finish(case.request, builder, [*lines, *working(case.request, builder)], case.understood)


def _worked_rate(case: Case, builder: Builder, basis: Basis, rate: StatedFact, right: bool) -> str:
    worked = basis.worked(builder)
    operands = [builder.operand(basis.first), builder.operand(basis.second)]
    decimals = max(case.request.decimals or 0, 2, places(rate.figure.value))
    figure, cited = computed(builder, worked, operands, replace(case.request, decimals=decimals), "")
    return phrase(
        case.language,
        "rate_right" if right else "rate_wrong",
        figure=f"{_way(case, basis.direction)}{figure}",
        printed=f"{_way(case, rate.figure.direction)}{show(rate.figure.value, rate.figure.unit)}",
        marks=cited,
        first=_shown(case, basis.first),
        second=_shown(case, basis.second),
    )


def _way(case: Case, direction: Direction | None) -> str:
    return phrase(case.language, direction) + " " if direction else ""


def _say_source(case: Case, builder: Builder, basis: Basis) -> str:
    """Which figures do make the rate."""
    worked = basis.worked(builder)
    operands = [builder.operand(basis.first), builder.operand(basis.second)]
    figure, cited = computed(builder, worked, operands, replace(case.request, decimals=2), "")
    for candidate in (basis.second, basis.first):
        builder.quoted_figure(candidate, describe(candidate))
    return phrase(
        case.language,
        "rate_source",
        figure=figure,
        first=_shown(case, basis.first),
        second=_shown(case, basis.second),
        marks=cited,
    )


def _shown(case: Case, candidate: Candidate) -> str:
    """A figure with its name; a change with its direction."""
    amount = show(candidate.value or Decimal(0), candidate.unit)
    if candidate.stated is None:
        return f"{describe(candidate)} {amount}"
    figure = candidate.stated.figure
    if figure.role == "change" and figure.direction:
        return f"{phrase(case.language, figure.direction)} {amount}"
    names = stated_name(candidate.stated.statement.subject, figure.label)
    return f"{'·'.join(dict.fromkeys(filter(None, names)))} {amount}"


def _mark(builder: Builder, *candidates: Candidate) -> str:
    return marks([builder.cite(c) for c in candidates])


def check_named_rate(case: Case) -> Answer | None:
    """A rate that is only named, or that the person has otherwise than the documents: worked from
    the figures of the two years, or from the change that the text states."""
    quoted = [c for c in case.quoted if is_rate(c)]
    if not (quoted or case.request.measure == "growth") or not case.targets or not case.targets[0].items:
        return None
    asked = replace(case.understood, request=replace(case.request, measure="growth"))
    year = None if len(case.understood.mentions.years) > 1 else case.targets[0].year
    change = change_of(replace(case.targets[0], year=year), asked, case.library, case.lexicon)
    basis = _basis_of(change, case) if change else None
    if change is None or basis is None or basis.value() is None:
        return None
    stated = change.stated.stated.figure if change.stated and change.stated.stated else None
    rate = quoted[0].value if quoted else stated.value if stated else None
    if rate is None:
        return None
    right = agrees(basis, rate, stated.direction if stated and not quoted else None)
    builder = Builder()
    operands = [builder.operand(basis.first), builder.operand(basis.second)]
    decimals = max(case.request.decimals or 0, 2, places(rate))
    worked = basis.worked(builder)
    figure, cited = computed(builder, worked, operands, replace(case.request, decimals=decimals), "")
    if change.stated:
        cited += _mark(builder, change.stated)
    line = phrase(
        case.language,
        "rate_right" if right else "recomputed_wrong",
        figure=f"{_way(case, basis.direction)}{figure}",
        marks=cited,
        first=_shown(case, basis.first),
        second=_shown(case, basis.second),
    )
    return finish(case.request, builder, [line, *working(case.request, builder)], case.understood)


def _basis_of(change: Change, case: Case) -> Basis | None:
    if change.pair:
        return Basis("growth", *change.pair)
    if change.stated is None or change.stated.stated is None:
        return None
    facts, fact = change.stated.facts, change.stated.stated
    own = tuple(f for f in facts.stated if f.statement is fact.statement)
    passage = facts.document.passages[fact.statement.passage_index]
    return stated_basis(Stretch(facts, passage, own, ()), fact)

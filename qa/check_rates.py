"""Is a stated rate right? Worked again from the figures that it is said to be of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ingest.model import Direction
from ingest.values import Amount, name_key, places
from qa.answer import Answer
from qa.backwards import find_step
from qa.builder import Builder, show
from qa.case import Case
from qa.changes import Change, change_of
from qa.facts import StatedFact
from qa.linking import Candidate
from qa.mentions import ItemMention
from qa.phrases import describe, marks, phrase, stated_name
from qa.quoted import Stretch, is_rate, says, stretches
from qa.rates import Basis, agrees, fitting_basis, rates_of, stated_basis
from qa.reading import are_enough, choose_together
from qa.resolve import link_target
from qa.say import computed, finish, working

SAME_NAME = 0.9


def check_printed_rate(case: Case) -> Answer | None:
    """A rate that the person quotes, against the figures that its paragraph gives for it."""
    quoted = [c for c in case.quoted if is_rate(c)]
    if not quoted:
        return None
    for stretch in (*case.stretches, *_named_stretches(case)):
        rates = rates_of(stretch)
        said = [r for r in rates if says(quoted[0], r.figure.value, r.figure.unit)]
        if said and (answer := _say_rate(case, stretch, said[0])):
            return answer
    return None


def _named_stretches(case: Case) -> list[Stretch]:
    """Paragraphs that state a rate and are about what is asked, the nearest name first."""
    known = [i for i in case.items if i.is_known_name] or case.items
    found = [(_nearness(known, s), s) for s in stretches(case.documents) if known and rates_of(s)]
    return [s for near, s in sorted(found, key=lambda f: -f[0]) if near]


def _nearness(items: Sequence[ItemMention], stretch: Stretch) -> float:
    """How much of the names that the paragraph goes by, or opens with, the items are; 0 when one of
    them is missing."""
    subjects = {name_key(p) for f in stretch.stated for p in f.statement.subject.split(" > ")}
    lead = name_key(stretch.passage.text[: stretch.stated[0].figure.start])
    keys = {k for k in (*subjects, *(f.key for f in stretch.stated), lead) if k}
    return min((max((_likeness(i, k) for k in keys), default=0.0) for i in items), default=0.0)


def _likeness(item: ItemMention, key: str) -> float:
    if item.quality(key) >= SAME_NAME:
        return 1.0
    return len(item.text) / len(key) if item.text in key else 0.0


def _named_rate(case: Case, stretch: Stretch) -> StatedFact:
    """The rate whose own sentence names most of what is asked."""

    def named(rate: StatedFact) -> float:
        own = Stretch(stretch.facts, stretch.passage, _sentence(stretch.stated, rate), ())
        return sum(_nearness([i], own) for i in case.items)

    return max(rates_of(stretch), key=named)


def _sentence(stated: Sequence[StatedFact], rate: StatedFact) -> tuple[StatedFact, ...]:
    return tuple(f for f in stated if f.statement is rate.statement)


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
    elif basis is not None:
        base, cited = _shown(case, basis.second), _mark(builder, basis.first, basis.second)
        name = "zero_before" if basis.kind == "change" else "zero_base"
        lines = [phrase(case.language, name, label=base, marks=cited)]
        lines += [_say_source(case, builder, other)] if other is not None else []
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
    """A rate that is only named, or that the person has otherwise than the documents."""
    quoted = [c for c in case.quoted if is_rate(c)]
    asks_rate = case.request.measure == "growth" or (case.asks("rate_word") and case.asks("change_word"))
    if not quoted and not asks_rate:
        return None
    for stretch in [] if quoted else _named_stretches(case):
        rate = _named_rate(case, stretch)
        if rate.figure.role == "rate" and (answer := _say_rate(case, stretch, rate)):
            return answer
    return _worked_by_name(case, quoted[0] if quoted else None)


def check_share(case: Case) -> Answer | None:
    """A share that the person states, worked from the part and the whole that are named."""
    quoted = [c for c in case.quoted if is_rate(c)]
    if not quoted or case.request.measure != "share" or len(case.request.denominators) != 1:
        return None
    named = (*case.targets[:1], *case.request.denominators)
    linked = [link_target(t, case.understood, case.library, case.lexicon) for t in named]
    chosen = choose_together([[c for c in e.ranked if c.value is not None] for e in linked])
    if not chosen or not are_enough(case.understood, named, chosen):
        return None
    basis = Basis("share", *chosen)
    return _say_basis(case, basis, quoted[0].value) if basis.value() is not None else None


def _worked_by_name(case: Case, quoted: Amount | None) -> Answer | None:
    """From the figures of the two years, or from those of the paragraph that states the rate."""
    if not case.targets or not case.targets[0].items:
        return None
    asked = replace(case.understood, request=replace(case.request, measure="growth"))
    year = max((y.year for y in case.understood.mentions.years), default=case.targets[0].year)
    change = change_of(replace(case.targets[0], year=year), asked, case.library, case.lexicon)
    stated = change.stated.stated.figure if change and change.stated and change.stated.stated else None
    basis = (_basis_of(change) if change else None) or _named_basis(case) or _changed_basis(case)
    rate = quoted.value if quoted else stated.value if stated else None
    if basis is None or basis.value() is None or rate is None:
        return None
    direction = stated.direction if stated and not quoted else None
    return _say_basis(case, basis, rate, direction, change.stated if change else None)


def _say_basis(
    case: Case,
    basis: Basis,
    rate: Decimal,
    direction: Direction | None = None,
    stated: Candidate | None = None,
) -> Answer:
    """A rate against two figures found by their names."""
    builder = Builder()
    operands = [builder.operand(basis.first), builder.operand(basis.second)]
    decimals = max(case.request.decimals or 0, 2, places(rate))
    worked = basis.worked(builder)
    figure, cited = computed(builder, worked, operands, replace(case.request, decimals=decimals), "")
    line = phrase(
        case.language,
        "rate_right" if agrees(basis, rate, direction) else "recomputed_wrong",
        figure=f"{_way(case, basis.direction)}{figure}",
        marks=cited + (_mark(builder, stated) if stated else ""),
        first=_shown(case, basis.first),
        second=_shown(case, basis.second),
    )
    return finish(case.request, builder, [line, *working(case.request, builder)], case.understood)


def _changed_basis(case: Case) -> Basis | None:
    """Of the change that the text states without its rate."""
    step = find_step(case, case.targets[0])
    return Basis("change", step.now, step.change) if step else None


def _named_basis(case: Case) -> Basis | None:
    """Of the rate of the nearest paragraph: as its sentence says, where that has a value."""
    for stretch in _named_stretches(case)[:1]:
        rate = _named_rate(case, stretch)
        basis = stated_basis(stretch, rate)
        has_value = basis is not None and basis.value() is not None
        return basis if has_value else fitting_basis(stretch, rate.figure.value, rate.figure.direction)
    return None


def _basis_of(change: Change) -> Basis | None:
    if change.pair:
        return Basis("growth", *change.pair)
    if change.stated is None or change.stated.stated is None:
        return None
    facts, fact = change.stated.facts, change.stated.stated
    passage = facts.document.passages[fact.statement.passage_index]
    return stated_basis(Stretch(facts, passage, _sentence(facts.stated, fact), ()), fact)

"""Is a figure that somebody states right? Worked again from the sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from ingest.model import Direction
from ingest.values import YUAN_PER_UNIT, Amount
from qa.answer import Answer
from qa.builder import Builder, show
from qa.calculator import converted, places
from qa.case import Case
from qa.changes import Change, change_of
from qa.facts import StatedFact
from qa.lexicon import Lexicon
from qa.linking import Candidate, stated_candidate
from qa.phrases import describe, marks, phrase, stated_name
from qa.prose import clauses_with
from qa.quoted import Stretch, is_money, is_rate, says
from qa.rates import Basis, agrees, fitting_basis, rates_of, stated_basis
from qa.reading import is_enough
from qa.resolve import link_target
from qa.say import computed, finish, say_item, working
from qa.scope import Library
from qa.sums import check_parts, check_together
from qa.understanding import Understood

Check = Callable[[Case], Answer | None]


def answer_verification(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Check a stated rate, a sum of parts, a note or a claimed figure; None for any other question."""
    case = Case(understood, library, lexicon)
    for check in _checks(case):
        if answer := check(case):
            return answer
    return None


def _checks(case: Case) -> tuple[Check, ...]:
    """Those that the question asks for: by its words, or by bringing a rate with its two figures."""
    if case.request.measure == "reverse":
        return ()
    if case.request.combination == "verify":
        return (_note, _printed_rate, check_together, _conflict, check_parts, _rate_by_name, _claim)
    brings_both = any(map(is_rate, case.quoted)) and sum(map(is_money, case.quoted)) > 1
    return (_printed_rate,) if brings_both else ()


# --- rates -------------------------------------------------------------------------------


def _printed_rate(case: Case) -> Answer | None:
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
    builder.cite(stretch.candidate(rate))
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


def _rate_by_name(case: Case) -> Answer | None:
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


# --- claimed amounts ---------------------------------------------------------------------


def _claim(case: Case) -> Answer | None:
    """A claimed amount or count against the one that the documents give; where they print the
    claimed one elsewhere, that place is named."""
    quoted = [c for c in case.quoted if not is_rate(c)]
    if not quoted or not case.targets:
        return None
    linked = link_target(case.targets[0], case.understood, case.library, case.lexicon)
    ranked = [c for c in linked.ranked if c.value is not None and _comparable(quoted[0], c)]
    if not ranked or not is_enough(case.understood, linked.target, ranked[:1]):
        return None
    best = ranked[0]
    right = says(quoted[0], best.value, best.unit)
    builder = Builder()
    figure = builder.quoted_figure(best, describe(best))
    lines = [
        phrase(
            case.language,
            "claim_right" if right else "wrong",
            label=describe(best),
            figure=show(figure.value, figure.unit),
            marks=_mark(builder, best),
        )
    ]
    elsewhere = next((c for c in ranked if says(quoted[0], c.value, c.unit)), None)
    if elsewhere is not None and not right:
        lines.append(_say_elsewhere(case, builder, elsewhere))
    return finish(case.request, builder, lines, case.understood)


def _comparable(claim: Amount, candidate: Candidate) -> bool:
    return candidate.unit == claim.unit or (is_money(claim) and candidate.unit in YUAN_PER_UNIT)


def _say_elsewhere(case: Case, builder: Builder, place: Candidate) -> str:
    table = place.table.table.title if place.table else ""
    return phrase(
        case.language,
        "claimed_elsewhere",
        figure=show(place.value or Decimal(0), place.unit),
        label=" ".join([table, describe(place)]).strip(),
        marks=_mark(builder, place),
    )


def _conflict(case: Case) -> Answer | None:
    """Two amounts for one thing: where the documents print the one, where the other, and which of
    them the table has."""
    quoted = list({(c.value, c.unit): c for c in case.quoted if is_money(c)}.values())
    if len(quoted) < 2 or any(map(is_rate, case.quoted)) or not case.asks("either"):
        return None
    plain_question = case.request.question.plain
    found = [_place_of(case, c) or clauses_with(c, case.documents, plain_question) for c in quoted[:2]]
    places_found = [c for c in found if c is not None]
    if len(places_found) < 2:
        return None
    builder = Builder()
    settled = _settling_cell(case, quoted)
    lines = [phrase(case.language, "conflict")]
    if settled is not None:
        lines.append(_say_settled(case, builder, settled, quoted[0]))
    lines += [say_item(replace(case.request, unit=None), builder, c) for c in places_found]
    return finish(case.request, builder, [*lines, *working(case.request, builder)], case.understood)


def _place_of(case: Case, claim: Amount) -> Candidate | None:
    """Where the best paragraph states the quoted amount."""
    for stretch in case.stretches[:1]:
        for fact in stretch.quoted:
            if says(claim, fact.figure.value, fact.figure.unit):
                return stated_candidate(stretch.facts, fact)
    return None


def _settling_cell(case: Case, quoted: list[Amount]) -> Candidate | None:
    """The table's own figure for the thing asked about."""
    linked = link_target(
        replace(case.targets[0], unit=None), case.understood, case.library, case.lexicon, ("amount",)
    )
    cells = [c for c in linked.ranked if c.table is not None and c.unit in YUAN_PER_UNIT and c.explained]
    return cells[0] if cells and cells[0].value is not None else None


def _say_settled(case: Case, builder: Builder, cell: Candidate, claim: Amount) -> str:
    """The cell's amount in the unit in which people speak of it."""
    operand = builder.operand(cell)
    shown = show(operand.value, operand.unit)
    if claim.unit and operand.unit != claim.unit:
        decimals = max(2, places(claim.value))
        worked = converted(operand, claim.unit)
        shown, _ = computed(
            builder, worked, [operand], replace(case.request, decimals=decimals), describe(cell)
        )
    else:
        builder.quoted_figure(cell, describe(cell))
    return phrase(case.language, "settled", label=describe(cell), figure=shown, marks=_mark(builder, cell))


# --- notes -------------------------------------------------------------------------------


def _note(case: Case) -> Answer | None:
    """A note that calls its table empty, against the figures that the table has."""
    if not case.asks("empty_note"):
        return None
    for facts in case.documents:
        for table in facts.tables:
            if not table.table.notes or not any(
                w in table.table.notes for w in case.lexicon.operation["empty_note"]
            ):
                continue
            linked = [link_target(t, case.understood, case.library, case.lexicon) for t in case.targets]
            held = [
                next((c for c in entry.ranked if c.facts is facts and c.table is table and c.value), None)
                for entry in linked
            ]
            shown = list({c.cell_key: c for c in held if c is not None and c.explained}.values())
            if shown:
                return _say_note(case, shown)
    return None


def _say_note(case: Case, shown: list[Candidate]) -> Answer:
    builder = Builder()
    lines = [say_item(case.request, builder, c) for c in shown]
    table = shown[0].table
    assert table is not None
    note = builder.quote(
        shown[0].facts,
        table.table.notes or "",
        shown[0].row.row.place if shown[0].row else shown[0].place,
        None,
        table=table.table.title,
    )
    lines.insert(0, phrase(case.language, "note_wrong", title=table.table.title, marks=marks([note])))
    return finish(case.request, builder, lines, case.understood)

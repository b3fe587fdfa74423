"""Is a figure that somebody states right? Worked again from the sources."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, Amount, fold, places
from qa.answer import Answer
from qa.builder import Builder, show
from qa.calculator import converted, round_half_up
from qa.case import Case, Check
from qa.check_notes import check_note
from qa.check_rates import check_named_rate, check_printed_rate, check_share
from qa.check_sums import check_parts
from qa.check_together import check_together
from qa.check_words import check_word
from qa.conditions import read_limits
from qa.decline import decline
from qa.lexicon import Lexicon
from qa.linking import Candidate, stated_candidate
from qa.phrases import describe, marks, phrase
from qa.prose import clauses_with
from qa.quoted import digits, is_money, is_rate, says
from qa.reading import is_enough
from qa.resolve import link_target
from qa.say import computed, finish, say_item, working
from qa.scope import Library
from qa.understanding import Understood


def answer_verification(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Check a stated rate, a sum of parts, a note or a claimed figure; None for any other question.
    A claim that cannot be checked is declined: a figure alone would seem to confirm it."""
    case = Case(understood, library, lexicon)
    for check in _checks(case):
        if answer := check(case):
            return answer
    doubted = case.request.combination == "verify" and bool(case.quoted)
    worked_below = case.request.measure in ("reverse", "average")
    return decline(understood, (), library) if doubted and not worked_below else None


def _checks(case: Case) -> tuple[Check, ...]:
    """Those that the question asks for: by its words, or by the figures that it brings."""
    if case.request.measure == "reverse":
        return ()
    if case.request.combination == "verify":
        first = (check_note, check_word, check_printed_rate, check_together, _conflict)
        return (*first, check_parts, check_share, check_named_rate, _claim)
    rates, money = filter(is_rate, case.quoted), [c for c in case.quoted if is_money(c)]
    whole = any(r.value == 100 for r in case.quoted if is_rate(r)) and case.asks("sum")
    checks: list[Check] = [check_printed_rate] * (any(rates) and len(money) > 1)
    return (*checks, *([_conflict] * (len(money) > 1)), *([check_parts] * whole))


def _claim(case: Case) -> Answer | None:
    """A claimed amount or count against the one that the documents give; where they print the
    claimed one elsewhere, that place is named."""
    quoted = [c for c in case.quoted if not is_rate(c)]
    if not quoted or not case.targets or case.request.measure == "average":
        return None
    roles = ("change",) if _claims_change(case, quoted[0]) else None
    asked = case.understood
    if not is_money(quoted[0]):  # a count is looked for, not what is paid
        asked = replace(asked, request=replace(case.request, unit=quoted[0].unit))
    linked = link_target(case.targets[0], asked, case.library, case.lexicon, roles)
    ranked = [c for c in linked.ranked if c.value is not None and _comparable(quoted[0], c)]
    if roles:
        ranked = [c for c in ranked if c.stated and c.stated.figure.role == "change"]
    if not ranked or not is_enough(case.understood, linked.target, ranked[:1]):
        return None
    best = ranked[0]
    right = says(quoted[0], best.value, best.unit)
    builder = Builder()
    figure = builder.quoted_figure(best, describe(best))
    verdict = "claim_right" if right else "wrong"
    if not right and case.asks("roughly") and _rounds_to(best, quoted[0]):
        verdict = "claim_about"
    bounded = not read_limits(case.request, case.lexicon).is_open
    lines = [
        phrase(
            case.language,
            _against_limit(quoted[0], best) if bounded else verdict,
            label=describe(best),
            figure=show(figure.value, figure.unit),
            marks=marks([builder.cite(best)]),
        )
    ]
    elsewhere = next((c for c in ranked if says(quoted[0], c.value, c.unit)), None)
    if elsewhere is not None and verdict == "wrong" and not bounded:
        lines.append(_say_elsewhere(case, builder, elsewhere))
    return finish(case.request, builder, lines, case.understood)


def _rounds_to(candidate: Candidate, claim: Amount) -> bool:
    """Whether the figure, at as many digits as the person gave, is the claim: 1,597.25 is about 1600."""
    value = (candidate.value or Decimal(0)) * YUAN_PER_UNIT.get(candidate.unit or "", Decimal(1))
    said = claim.value * YUAN_PER_UNIT.get(claim.unit or "", Decimal(1))
    if not value or not said:
        return False
    place = said.adjusted() - max(1, digits(claim.value)) + 1
    return round_half_up(value, -place) == said


def _against_limit(limit: Amount, candidate: Candidate) -> str:
    """Whether the figure lies above or below an amount that it is asked to exceed, or to keep within."""
    gap = (candidate.amount[0] or Decimal(0)) - limit.value * YUAN_PER_UNIT.get(limit.unit or "", Decimal(1))
    return "at_limit" if gap == 0 else "above_limit" if gap > 0 else "below_limit"


def _claims_change(case: Case, claim: Amount) -> bool:
    """The figure is said to be what something rose or fell by: ``减少100万元``."""
    before = fold(case.request.question.raw)[: claim.start].rstrip("了约 ")
    return before.endswith(case.lexicon.operation["change_word"])


def _comparable(claim: Amount, candidate: Candidate) -> bool:
    return candidate.unit == claim.unit or (is_money(claim) and candidate.unit in YUAN_PER_UNIT)


def _say_elsewhere(case: Case, builder: Builder, place: Candidate) -> str:
    table = place.table.table.title if place.table else ""
    return phrase(
        case.language,
        "claimed_elsewhere",
        figure=show(place.value or Decimal(0), place.unit),
        label=" ".join([table, describe(place)]).strip(),
        marks=marks([builder.cite(place)]),
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
    return phrase(
        case.language, "settled", label=describe(cell), figure=shown, marks=marks([builder.cite(cell)])
    )

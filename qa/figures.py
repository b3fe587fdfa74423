"""Figures for a Request: link its targets, decide, calculate, and say what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qa.answer import Answer
from qa.builder import Builder, result_decimals, show
from qa.calculator import CalculationError, Operand, Worked, converted, difference, growth, share, times, total
from qa.decline import clarify_places, decline
from qa.lexicon import Lexicon
from qa.linking import Candidate, link
from qa.phrases import describe, marks, phrase, short
from qa.ranking import answer_list
from qa.reading import agreeing, choose_together, is_enough, with_values
from qa.request import Request, Target
from qa.scope import Library, for_target
from qa.understanding import Understood
from qa.verify import answer_verification

_ROLES = {"growth": ("rate",), "change": ("change",)}
_COUNT_UNITS = ("人", "辆", "台", "个", "项", "平方米")


@dataclass(frozen=True)
class Linked:
    """A target with everything that it may mean, best first."""

    target: Target
    ranked: tuple[Candidate, ...]


def roles_for(request: Request) -> tuple[str, ...]:
    """Which kinds of stated figures answer the question."""
    if request.unit in _COUNT_UNITS:
        return ("count", "amount")
    if request.unit == "%" and request.measure == "value":
        return ("share", "rate", "amount")
    return ("amount", "count")


def link_target(target: Target, understood: Understood, library: Library, lexicon: Lexicon, roles: Sequence[str]) -> Linked:
    documents = for_target(library.facts(), target) if target.body or target.year else understood.documents
    return Linked(target, tuple(with_values(link(target, documents, lexicon, roles))))


def answer_figures(understood: Understood, library: Library, lexicon: Lexicon) -> Answer:
    """Answer a question for figures, ask back, or decline."""
    request = understood.request
    if request.combination == "verify" and (checked := answer_verification(understood, library, lexicon)):
        return checked
    if request.combination in ("rank", "list") and (listed := answer_list(understood, library, lexicon)):
        return listed
    roles = roles_for(request)
    linked = [link_target(t, understood, library, lexicon, roles) for t in request.targets]
    if request.measure in ("growth", "change") and len(request.targets) == 1:
        return _answer_change(understood, library, lexicon, linked[0])
    wholes = [link_target(d, understood, library, lexicon, roles) for d in request.denominators]
    every = [*linked, *wholes]
    chosen = choose_together([entry.ranked for entry in every])
    if chosen is None or not _all_enough(understood, every, chosen):
        return decline(understood, every, library)
    if question := clarify_places(understood, every, chosen):
        return question
    parts, bases = chosen[: len(linked)], chosen[len(linked) :]
    builder = Builder()
    try:
        text = _say(request, builder, linked, parts, bases)
    except CalculationError:
        return decline(understood, every, library)
    return finish(request, builder, text, understood)


def _all_enough(understood: Understood, linked: Sequence[Linked], chosen: Sequence[Candidate]) -> bool:
    return all(is_enough(understood, entry.target, chosen) for entry in linked)


def finish(request: Request, builder: Builder, lines: Sequence[str], understood: Understood) -> Answer:
    return Answer(
        "answered",
        "\n".join(lines),
        request.question.language,
        tuple(builder.figures),
        tuple(builder.citations),
        tuple(builder.calculations),
        tuple(builder.warnings),
        understood=" / ".join(t.describe() for t in request.targets),
    )


def _working(request: Request, builder: Builder) -> list[str]:
    return [
        phrase(request.question.language, "working", expression=c.expression, result=show(c.value, c.unit))
        for c in builder.calculations
    ]


def computed(builder: Builder, worked: Worked, operands: list[Operand], request: Request, label: str) -> tuple[str, str]:
    """Record a result as a figure of the answer; its shown form and its marks."""
    calculation = builder.calculate(worked, result_decimals(worked, request.decimals, operands))
    figure = builder.computed_figure(calculation, label)
    return show(figure.value, figure.unit), marks(calculation.inputs)


def _say(
    request: Request, builder: Builder, linked: Sequence[Linked], parts: list[Candidate], bases: list[Candidate]
) -> list[str]:
    if request.measure == "share":
        lines = _say_shares(request, builder, parts, bases)
    elif request.combination == "sum":
        lines = _say_sum(request, builder, parts)
    elif request.combination == "times" and len(parts) == 2:
        lines = _say_times(request, builder, parts)
    elif request.combination in ("compare", "difference") and len(parts) == 2:
        lines = _say_difference(request, builder, parts)
    elif request.combination == "rank" and len(parts) > 1:
        ordered = sorted(parts, key=lambda c: c.amount[0] or 0, reverse=not request.ascending)
        lines = [say_item(request, builder, c) for c in ordered]
    elif len(parts) > 1:
        lines = [say_item(request, builder, c) for c in parts]
    else:
        lines = _say_one(request, builder, linked[0], parts[0])
    return lines + _working(request, builder)


def say_item(request: Request, builder: Builder, candidate: Candidate) -> str:
    figure, cited = _one(request, builder, candidate)
    return phrase(request.question.language, "item", label=describe(candidate), figure=figure, marks=cited)


def _one(request: Request, builder: Builder, candidate: Candidate) -> tuple[str, str]:
    """One figure, in the unit that was asked for."""
    assert candidate.value is not None
    operand = builder.operand(candidate)
    if request.unit in ("亿元", "元", "万元") and candidate.unit in ("元", "万元", "亿元", "千元") and request.unit != candidate.unit:
        return computed(builder, converted(operand, request.unit), [operand], request, describe(candidate))
    figure = builder.quoted_figure(candidate, describe(candidate))
    return show(figure.value, figure.unit), marks(figure.citations)


def _say_one(request: Request, builder: Builder, linked: Linked, best: Candidate) -> list[str]:
    language = request.question.language
    figure, cited = _one(request, builder, best)
    lines = [phrase(language, "figure", figure=figure, marks=cited, label=describe(best))]
    same = agreeing(best, linked.ranked)[:3]
    if same:
        lines.append(phrase(language, "agree", marks=marks([builder.cite(c) for c in same])))
    return lines


def _say_shares(request: Request, builder: Builder, parts: list[Candidate], bases: list[Candidate]) -> list[str]:
    language = request.question.language
    lines = []
    for index, part in enumerate(parts):
        base = bases[min(index, len(bases) - 1)]
        operands = [builder.operand(part), builder.operand(base)]
        figure, cited = computed(builder, share(*operands), operands, request, describe(part))
        lines.append(
            phrase(language, "share", figure=figure, marks=cited, part=describe(part), whole=describe(base))
        )
    if request.combination in ("compare", "difference") and len(parts) == 2:
        first, second = builder.figures[-2:]
        winner = parts[0] if first.value >= second.value else parts[1]
        lines.insert(0, f"**{winner.facts.document.identity.organization or short(winner)}**")
    return lines


def _say_sum(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    operands = [builder.operand(p) for p in parts]
    figure, cited = computed(builder, total(operands, request.unit), operands, request, "")
    lines = [phrase(request.question.language, "sum", figure=figure, marks=cited)]
    return lines + [say_item(request, builder, p) for p in parts]


def _say_times(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    operands = [builder.operand(p) for p in parts]
    figure, cited = computed(builder, times(*operands), operands, request, describe(parts[0]))
    return [
        phrase(request.question.language, "times", figure=figure, marks=cited, part=describe(parts[0]), whole=describe(parts[1]))
    ]


def _say_difference(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    language = request.question.language
    first, second = parts
    if (first.amount[0] or Decimal(0)) < (second.amount[0] or Decimal(0)):
        first, second = second, first
    operands = [builder.operand(first), builder.operand(second)]
    worked = difference(*operands, to_unit=request.unit)
    figure, cited = computed(builder, worked, operands, request, describe(first))
    lines = [phrase(language, "difference", figure=figure, marks=cited)]
    if request.combination == "compare":
        lines = [phrase(language, _winner(request, worked), label=_told_apart(request, first, second), figure=figure, marks=cited)]
    return lines + [say_item(request, builder, p) for p in parts]


def _winner(request: Request, worked: Worked) -> str:
    if worked.value == 0:
        return "winner_equal"
    return "winner_more"


def _told_apart(request: Request, one: Candidate, other: Candidate) -> str:
    """By what the winner differs from the other: its organisation, its unit, its year or its name."""
    mine, theirs = one.facts.document.identity, other.facts.document.identity
    if mine.organization != theirs.organization:
        return mine.organization or ""
    if one.row and other.row and one.row.unit_key != other.row.unit_key and one.row.row.unit_name:
        return one.row.row.unit_name
    if one.fiscal_year != other.fiscal_year:
        return str(one.fiscal_year)
    return short(one) if short(one) != short(other) else describe(one)


def _answer_change(understood: Understood, library: Library, lexicon: Lexicon, now: Linked) -> Answer:
    """How a figure changed against the year before: from the two figures, else as the text states it."""
    request = understood.request
    language = request.question.language
    stated = link_target(now.target, understood, library, lexicon, _ROLES[request.measure])
    pair = _year_pair(understood, library, lexicon, now)
    builder = Builder()
    role = _ROLES[request.measure][0]
    best_stated = next((c for c in stated.ranked if c.stated and c.stated.figure.role == role), None)
    if best_stated and not is_enough(understood, now.target, [best_stated]):
        best_stated = None
    if pair and is_enough(understood, now.target, pair):
        new, old = pair
        if best_stated is None or new.score > best_stated.score - 2:
            operands = [builder.operand(new), builder.operand(old)]
            return finish(request, builder, _say_change(request, builder, new, old, operands, best_stated), understood)
    if best_stated is None:
        return decline(understood, [now], library)
    figure, cited = _one(request, builder, best_stated)
    direction = best_stated.stated.figure.direction if best_stated.stated else None
    line = phrase(
        language, "stated_change", direction=phrase(language, direction or "unchanged"), figure=figure,
        marks=cited, label=describe(best_stated),
    )
    return finish(request, builder, [line], understood)


def _say_change(
    request: Request, builder: Builder, new: Candidate, old: Candidate, operands: list[Operand], stated: Candidate | None
) -> list[str]:
    language = request.question.language
    rises = (new.amount[0] or 0) >= (old.amount[0] or 0)
    lines = []
    old_text, new_text = show(operands[1].value, operands[1].unit), show(operands[0].value, operands[0].unit)
    for measure in ("growth", "change") if request.measure == "growth" else ("change",):
        try:
            worked = growth(*operands) if measure == "growth" else difference(*(operands if rises else operands[::-1]))
        except CalculationError:
            continue
        if measure == "growth" and not rises:
            worked = growth_down(operands)
        figure, cited = computed(builder, worked, operands, request, describe(new))
        direction = "none" if worked.value == 0 and measure == "change" else "up" if rises else "down"
        lines.append(phrase(language, f"{measure}_{direction}", figure=figure, marks=cited, label=describe(new), old=old_text, new=new_text))
    if stated is not None:
        lines.append(phrase(language, "agree", marks=marks([builder.cite(stated)])))
    return lines + _working(request, builder)


def growth_down(operands: Sequence[Operand]) -> Worked:
    """A fall as a positive rate: (old - new) / old."""
    new, old = operands
    worked = growth(new, old)
    flipped = difference(old, new)
    return Worked(f"({flipped.expression}) / {worked.expression.split(' / ')[-1]}", -worked.value, "%", worked.inputs)


def _year_pair(
    understood: Understood, library: Library, lexicon: Lexicon, now: Linked
) -> tuple[Candidate, Candidate] | None:
    """The figure and the one of the year before: in the same row, or in that year's document."""
    if not now.ranked:
        return None
    year = now.ranked[0].fiscal_year
    if year is None:
        return None
    earlier = understood.request.base_year or year - 1
    before = link_target(replace(now.target, year=earlier), understood, library, lexicon, ("amount",))
    same = choose_together([now.ranked, before.ranked])
    return (same[0], same[1]) if same else None

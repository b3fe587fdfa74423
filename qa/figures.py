"""Figures for a Request: link its targets, decide, calculate, and say what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT
from qa.answer import Answer
from qa.builder import Builder, result_decimals, show
from qa.calculator import CalculationError, Operand, Worked, converted, difference, growth, share, times, total
from qa.decline import clarify_places, decline
from qa.derived import answer_derived
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.linking import Candidate, link
from qa.phrases import describe, marks, phrase, short
from qa.prose import price_pair, prose_candidates
from qa.ranking import answer_list
from qa.reading import Linked, agreeing, choose_together, is_enough, usable, whole_of
from qa.request import Request, Target
from qa.scope import Library, for_target
from qa.understanding import Understood
from qa.verify import answer_verification

_ROLES = {"growth": ("rate",), "change": ("change",)}
COUNT_UNITS = ("人", "辆", "台", "个", "项", "平方米", "次", "场", "家")


def roles_for(request: Request) -> tuple[str, ...]:
    """Which kinds of stated figures answer the question."""
    if request.unit in COUNT_UNITS:
        return ("count", "amount")
    if request.unit == "%" and request.measure == "value":
        return ("share", "rate", "amount")
    return ("amount", "count")


def documents_for(target: Target, understood: Understood, library: Library) -> Sequence[DocumentFacts]:
    """The documents that may hold the target."""
    if target.body or target.year:
        return for_target(library.facts(), target)
    return understood.documents


def link_target(
    target: Target, understood: Understood, library: Library, lexicon: Lexicon, roles: Sequence[str] | None = None
) -> Linked:
    """Everything that the target may mean: cells and stated figures, and where those do not explain
    the question, figures inside running text."""
    documents = documents_for(target, understood, library)
    request = understood.request
    asks_amount = any(w in request.question.plain for w in lexicon.words["how_much"])
    candidates = link(target, documents, lexicon, roles or roles_for(request))
    ranked = _of_unit(
        usable(candidates, wants_text=not asks_amount, wants_blank=request.asks_yes_no),
        target.unit or request.unit, request,
    )
    if roles is None and not (ranked and is_enough(understood, target, ranked[:1])):
        asked = understood.said_before + (target.asked or request.question.plain)
        prose = _of_unit(prose_candidates(asked, documents, understood.spoken_for), target.unit or request.unit, request)
        ranked = [*prose, *ranked]
    return Linked(target, tuple(ranked))


def _beside_counts(linked: list[Linked], understood: Understood, library: Library) -> list[Linked]:
    """``几台，多少钱``: the amount that stands next to the count, when the count is found in prose."""
    if len(linked) != 2 or linked[1].target.unit != "money" or linked[1].target.items != linked[0].target.items:
        return linked
    if not linked[0].ranked or linked[0].ranked[0].quote is None:
        return linked
    pair = price_pair(linked[0].target.asked, documents_for(linked[0].target, understood, library))
    return [linked[0], replace(linked[1], ranked=(pair[0], *linked[1].ranked))] if pair else linked


def _of_unit(candidates: list[Candidate], unit: str | None, request: Request) -> list[Candidate]:
    """Those of the kind that the question asks to count, or to pay."""
    if unit == "money":
        return [c for c in candidates if c.unit in YUAN_PER_UNIT or c.value is None]
    if unit in COUNT_UNITS and request.measure == "value":
        return [c for c in candidates if c.unit == unit]
    return candidates


def answer_figures(understood: Understood, library: Library, lexicon: Lexicon) -> Answer:
    """Answer a question for figures, ask back, or decline."""
    request = understood.request
    for special in (answer_verification, answer_list, answer_derived):
        if answer := special(understood, library, lexicon):
            return answer
    if request.measure in ("growth", "change"):
        return answer_changes(understood, library, lexicon)
    linked = [link_target(t, understood, library, lexicon) for t in request.targets]
    linked = _beside_counts(linked, understood, library)
    wholes = [link_target(d, understood, library, lexicon) for d in request.denominators]
    every = [*linked, *wholes]
    chosen = choose_together([entry.ranked for entry in every])
    if chosen is None or not all(is_enough(understood, entry.target, chosen) for entry in every):
        return decline(understood, every, library)
    if question := clarify_places(understood, every, chosen):
        return question
    parts, bases = chosen[: len(linked)], chosen[len(linked) :]
    if request.combination == "each":
        parts = list({c.cell_key or id(c): c for c in parts}.values())
    if request.measure == "share" and not bases:
        bases = [whole for part in parts if (whole := whole_of(part))]
        if len(bases) != len(parts):
            return decline(understood, every, library)
    builder = Builder()
    try:
        text = _say(request, builder, linked, parts, bases)
    except CalculationError:
        return decline(understood, every, library)
    return finish(request, builder, text, understood)


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


def working(request: Request, builder: Builder) -> list[str]:
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
        lines = say_sum(request, builder, parts)
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
    return lines + working(request, builder)


def say_item(request: Request, builder: Builder, candidate: Candidate) -> str:
    figure, cited = _one(request, builder, candidate)
    return phrase(request.question.language, "item", label=describe(candidate), figure=figure, marks=cited)


def _one(request: Request, builder: Builder, candidate: Candidate) -> tuple[str, str]:
    """One figure, in the unit that was asked for."""
    if candidate.value is None and not candidate.text.strip():
        return phrase(request.question.language, "blank"), marks([builder.cite(candidate)])
    if candidate.value is None:
        return candidate.text.replace("\n", ""), marks([builder.cite(candidate)])
    operand = builder.operand(candidate)
    if request.unit in ("亿元", "元", "万元") and candidate.unit in ("元", "万元", "亿元", "千元") and request.unit != candidate.unit:
        return computed(builder, converted(operand, request.unit), [operand], request, describe(candidate))
    figure = builder.quoted_figure(candidate, describe(candidate))
    return show(figure.value, figure.unit), marks(figure.citations)


def _say_one(request: Request, builder: Builder, linked: Linked, best: Candidate) -> list[str]:
    language = request.question.language
    figure, cited = _one(request, builder, best)
    lines = [phrase(language, "figure", figure=figure, marks=cited, label=describe(best))]
    if request.asks_yes_no and not best.value and not best.column_is_text:
        lines.insert(0, phrase(language, "none", label=describe(best), marks=cited))
    lines += say_row(request, builder, best)
    same = agreeing(best, linked.ranked)[:3]
    if same:
        lines.append(phrase(language, "agree", marks=marks([builder.cite(c) for c in same])))
    return lines


LONGEST_NOTE = 40


def say_row(request: Request, builder: Builder, best: Candidate) -> list[str]:
    """What the row's short text cells and counts say beside the figure: 数量, 采购方式 …"""
    if best.row is None or best.table is None or best.row.is_total or best.quote is not None:
        return []
    notes = []
    for column, cell in zip(best.table.columns, best.row.row.cells, strict=True):
        text = cell.text.replace("\n", "").strip()
        counted = cell.unit is not None and cell.unit not in YUAN_PER_UNIT and cell.unit != "%" and cell.value is not None
        if column is best.column or not text or len(text) > LONGEST_NOTE or not (column.column.is_text or counted):
            continue
        beside = replace(best, column=column, text=cell.text, value=cell.value, unit=cell.unit, place=cell.place)
        said = f"{text} {cell.unit}" if counted and cell.unit not in text else text
        notes.append(f"{column.column.path[-1]}：{said}{marks([builder.cite(beside)])}")
        if counted and cell.value is not None:
            builder.quoted_figure(beside, column.column.path[-1])
    return ["；".join(notes)] if notes else []


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


def say_sum(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    operands = [builder.operand(p) for p in parts]
    figure, cited = computed(builder, total(operands, request.unit), operands, request, "")
    lines = [phrase(request.question.language, "sum", figure=figure, marks=cited)]
    plain_request = replace(request, unit=None)
    return lines + [say_item(plain_request, builder, p) for p in parts]


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


@dataclass(frozen=True)
class Change:
    """How one target changed: by two figures, by what the text states, or both."""

    pair: tuple[Candidate, Candidate] | None
    stated: Candidate | None


def change_of(target: Target, understood: Understood, library: Library, lexicon: Lexicon) -> Change | None:
    role = _ROLES[understood.request.measure]
    now = link_target(target, understood, library, lexicon)
    told = link_target(target, understood, library, lexicon, role)
    stated = next((c for c in told.ranked if c.stated and c.stated.figure.role in role), None)
    if stated and not is_enough(understood, target, [stated]):
        stated = None
    pair = _year_pair(understood, library, lexicon, now)
    if pair and not is_enough(understood, target, pair):
        pair = None
    if pair and stated and pair[0].score < stated.score - 2:
        pair = None
    return Change(pair, stated) if pair or stated else None


def answer_changes(understood: Understood, library: Library, lexicon: Lexicon) -> Answer:
    """How figures changed against the year before; several are also compared."""
    request = understood.request
    changes = [change_of(t, understood, library, lexicon) for t in request.targets]
    if not all(changes):
        return decline(understood, [link_target(t, understood, library, lexicon) for t in request.targets], library)
    builder = Builder()
    lines: list[str] = []
    for change in filter(None, changes):
        if change.pair:
            operands = [builder.operand(c) for c in change.pair]
            lines += _say_change(request, builder, *change.pair, operands, change.stated)
        elif change.stated:
            lines.append(_say_stated_change(request, builder, change.stated))
    if len(changes) > 1:
        best = max(range(len(changes)), key=lambda i: builder.figures[i].value if i < len(builder.figures) else 0)
        first = changes[best]
        shown = (first.pair[0] if first and first.pair else first.stated if first else None)
        if shown:
            lines.insert(0, f"**{shown.facts.document.identity.organization or short(shown)}**")
    return finish(request, builder, lines + working(request, builder), understood)


def _say_stated_change(request: Request, builder: Builder, stated: Candidate) -> str:
    figure, cited = _one(request, builder, stated)
    direction = (stated.stated.figure.direction if stated.stated else None) or "unchanged"
    language = request.question.language
    return phrase(
        language, "stated_change", direction=phrase(language, direction), figure=figure, marks=cited,
        label=describe(stated),
    )


def _say_change(
    request: Request, builder: Builder, new: Candidate, old: Candidate, operands: list[Operand], stated: Candidate | None
) -> list[str]:
    language = request.question.language
    rises = (new.amount[0] or 0) >= (old.amount[0] or 0)
    lines = []
    old_text, new_text = show(operands[1].value, operands[1].unit), show(operands[0].value, operands[0].unit)
    measures = ("growth", "change") if request.measure == "growth" and len(request.targets) == 1 else (request.measure,)
    for measure in measures:
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
    return lines


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

"""How figures changed: against the year before, or against a year that the question names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT
from qa.answer import Answer
from qa.builder import Builder, show
from qa.calculator import CalculationError, Operand, Worked, difference, growth
from qa.decline import decline
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.mentions import ItemMention, positions
from qa.phrases import describe, marks, phrase, short
from qa.reading import Linked, is_enough
from qa.request import Request, Target
from qa.resolve import link_target
from qa.say import computed, finish, say_figure, working
from qa.scope import Library, for_target
from qa.understanding import Understood

_ROLES = {"growth": ("rate",), "change": ("change",)}


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
    targets = tuple(_of_the_latest(t, library) for t in request.targets)
    request = replace(request, targets=targets)
    understood = replace(understood, request=request)
    changes = [change_of(t, understood, library, lexicon) for t in targets]
    if not all(changes):
        return decline(
            understood, [link_target(t, understood, library, lexicon) for t in request.targets], library
        )
    builder = Builder()
    lines: list[str] = []
    for change in filter(None, changes):
        if change.pair:
            operands = [builder.operand(c) for c in change.pair]
            lines += _say_change(request, builder, *change.pair, operands, change.stated)
        elif change.stated:
            lines.append(_say_stated_change(request, builder, change.stated))
    if len(changes) > 1:
        best = max(
            range(len(changes)), key=lambda i: builder.figures[i].value if i < len(builder.figures) else 0
        )
        first = changes[best]
        shown = first.pair[0] if first and first.pair else first.stated if first else None
        if shown:
            lines.insert(0, f"**{shown.facts.document.identity.organization or short(shown)}**")
    return finish(request, builder, lines + working(request, builder), understood)


def _of_the_latest(target: Target, library: Library) -> Target:
    """``比上年`` of a body, and no year: the change of the latest year that it has a document of."""
    if target.year or target.body is None or len(target.body.bodies) > 1:
        return target
    held = for_target(library.facts(), target)
    years = {year for d in held if (year := d.document.identity.fiscal_year)}
    return replace(target, year=max(years)) if len(years) > 1 else target


def _say_stated_change(request: Request, builder: Builder, stated: Candidate) -> str:
    figure, cited = say_figure(request, builder, stated)
    direction = (stated.stated.figure.direction if stated.stated else None) or "unchanged"
    language = request.question.language
    return phrase(
        language,
        "stated_change",
        direction=phrase(language, direction),
        figure=figure,
        marks=cited,
        label=describe(stated),
    )


def _say_change(
    request: Request,
    builder: Builder,
    new: Candidate,
    old: Candidate,
    operands: list[Operand],
    stated: Candidate | None,
) -> list[str]:
    language = request.question.language
    rises = (new.amount[0] or 0) >= (old.amount[0] or 0)
    lines = []
    old_text, new_text = show(operands[1].value, operands[1].unit), show(operands[0].value, operands[0].unit)
    measures = (
        ("growth", "change")
        if request.measure == "growth" and len(request.targets) == 1
        else (request.measure,)
    )
    for measure in measures:
        try:
            worked = (
                growth(operands[0], operands[1])
                if measure == "growth"
                else difference(max(operands, key=_yuan), min(operands, key=_yuan), _money_unit(request))
            )
        except CalculationError:
            continue
        if measure == "growth" and not rises:
            worked = growth_down(operands)
        figure, cited = computed(builder, worked, operands, request, describe(new))
        if measure == "growth" and worked.value == 0:
            continue  # the change says it
        direction = "none" if worked.value == 0 and measure == "change" else "up" if rises else "down"
        lines.append(
            phrase(
                language,
                f"{measure}_{direction}",
                figure=figure,
                marks=cited,
                label=describe(new),
                old=old_text,
                new=new_text,
            )
        )
    if stated is not None:
        lines.append(phrase(language, "agree", marks=marks([builder.cite(stated)])))
    return lines


def _money_unit(request: Request) -> str | None:
    return request.unit if request.unit in YUAN_PER_UNIT else None


def _yuan(operand: Operand) -> Decimal:
    return operand.value * YUAN_PER_UNIT.get(operand.unit or "", Decimal(1))


def growth_down(operands: Sequence[Operand]) -> Worked:
    """A fall as a positive rate: (old - new) / old."""
    new, old = operands
    worked = growth(new, old)
    flipped = difference(old, new)
    return Worked(
        f"({flipped.expression}) / {worked.expression.split(' / ')[-1]}", -worked.value, "%", worked.inputs
    )


PAIRED = 24
"""Candidates of this year that an earlier year's figure is sought for."""


def _year_pair(
    understood: Understood, library: Library, lexicon: Lexicon, now: Linked
) -> tuple[Candidate, Candidate] | None:
    """The figure and the same one of the year before: in the same row, or in that year's document."""
    if not now.ranked or now.ranked[0].fiscal_year is None:
        return None
    earlier = understood.request.base_year or now.ranked[0].fiscal_year - 1
    target = replace(now.target, year=earlier)
    before = link_target(target, understood, library, lexicon, ("amount", "count"))
    if stages := _stages_of_base(now.target, lexicon):
        own = tuple(i for i in now.target.items if i not in stages)
        now = link_target(replace(now.target, items=own), understood, library, lexicon)
    aside = positions(stages)
    pairs = [
        (new.score + old.score, new, old)
        for old in before.ranked[:PAIRED]
        for new in now.ranked[:PAIRED]
        if new.cell_key is None or new.cell_key != old.cell_key
        if are_comparable(new, replace(old, explained=old.explained - aside))
        if is_enough(understood, now.target, [new, old] if aside else [new])
    ]
    best = max(pairs, key=lambda p: p[0], default=None)
    return (best[1], best[2]) if best else None


def _stages_of_base(target: Target, lexicon: Lexicon) -> list[ItemMention]:
    """The stages (年初预算) that are said of the figure compared with: those behind the name that both
    figures have, where the question names one stage only."""
    stages = [i for i in target.items if {i.text, *i.names} & {*lexicon.words["stage_name"]}]
    names = [i for i in target.items if i not in stages]
    return stages if len(stages) == 1 and names and stages[0].start > names[-1].end else []


def _same_heading(new: Candidate, old: Candidate) -> bool:
    """Totals are the same thing in two documents when their tables are, or their whole column names."""
    assert new.table is not None
    assert old.table is not None
    if new.table.title == old.table.title:
        return True
    if new.column is None or old.column is None:
        return False
    if not new.column.is_total and new.column.key == old.column.key:
        return True
    return bool(new.column.ancestors) and (new.column.ancestors, new.column.key) == (
        old.column.ancestors,
        old.column.key,
    )


def are_comparable(new: Candidate, old: Candidate) -> bool:
    """The same thing in two years: both explain the same of the question, bear the same name, and
    cover the same part of the budget. A cell and a stated figure may not: their scopes are unknown."""
    if new.explained != old.explained or new.value is None or old.value is None:
        return False
    if (new.unit in YUAN_PER_UNIT) != (old.unit in YUAN_PER_UNIT):
        return False
    if new.stated is not None and old.stated is not None:
        return new.stated.key == old.stated.key and new.bears_name and old.bears_name
    if new.row is None or old.row is None or new.table is None or old.table is None:
        return False
    if new.facts is old.facts:
        return new.table is old.table and new.row is old.row
    if not (new.bears_name and old.bears_name) or new.table.covers != old.table.covers:
        return False
    if new.row.is_total or old.row.is_total:
        return new.row.is_total and old.row.is_total and _same_heading(new, old)
    return new.row.key == old.row.key

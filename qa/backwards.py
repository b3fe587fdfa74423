"""What a figure was before it changed, from what it is now; checked against last year's own document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, places
from qa.answer import Answer
from qa.breakdown import worth
from qa.builder import Builder, show
from qa.calculator import CalculationError, Worked, before_change, growth_by_change
from qa.case import Case
from qa.linking import Candidate, stated_candidate
from qa.mentions import positions
from qa.phrases import describe, marks, phrase
from qa.quoted import named_share
from qa.reading import choose_together, is_enough
from qa.request import Target
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, working

NEAR = 3.0
"""A figure of last year's document that scores this much less than the best is of another scope."""


@dataclass(frozen=True)
class Step:
    """This year's figure and the change that made it."""

    target: Target
    now: Candidate
    change: Candidate

    @property
    def rose(self) -> bool:
        return self.change.stated is None or self.change.stated.figure.direction != "decrease"


def answer_backwards(case: Case) -> Answer | None:
    """The figure of the year before for each thing asked about; None where one of them has no change."""
    year = _this_year(case)
    steps = [find_step(case, replace(t, year=year, document_year=None, unit=None)) for t in case.targets]
    found = [s for s in steps if s is not None]
    chosen = [c for s in found for c in (s.now, s.change)]
    if not found or len(found) < len(steps):
        return None
    if not all(is_enough(case.understood, s.target, [s.now, *chosen]) for s in found):
        return None
    builder = Builder()
    lines, checks = [], []
    try:
        for step in found:
            line, before = _say_before(case, builder, step)
            lines.append(line)
            checks += _say_check(case, builder, step, before)
    except CalculationError:
        return None
    lines = [*lines, *checks, *working(case.request, builder)]
    return finish(case.request, builder, lines, case.understood)


def _this_year(case: Case) -> int | None:
    """The year whose document states the change: the later of two; of one, itself where the question
    asks for the year before, else the next."""
    years = sorted({y.year for y in case.understood.mentions.years})
    if not years:
        return None
    if len(years) > 1 or case.request.compares_with_previous:
        return years[-1]
    after = replace(case.targets[0], year=years[0] + 1, document_year=None)
    has_next = any(
        d.document.identity.fiscal_year == after.year
        for d in documents_for(after, case.understood, case.library)
    )
    return after.year if has_next else years[0]


def find_step(case: Case, target: Target) -> Step | None:
    """What the text says of the target's change: the change, and the figure that has changed."""

    def ranked(*roles: str) -> Sequence[Candidate]:
        found = link_target(target, case.understood, case.library, case.lexicon, roles).ranked
        return [c for c in found if c.value is not None]

    named = (c for c in ranked("change") if c.stated and c.stated.figure.role == "change" and c.explained)
    change = _quoted_change(case, target) or next(named, None)
    if change is None:
        return None
    if now := _changed(change):
        return Step(target, now, change)
    amounts = [c for c in ranked("amount", "count") if not c.stated or c.stated.figure.role != "change"]
    chosen = choose_together([[change], amounts])
    return Step(target, chosen[1], change) if chosen else None


def _quoted_change(case: Case, target: Target) -> Candidate | None:
    """The change that the person quotes, where a paragraph about the thing prints it."""
    for stretch in case.stretches:
        fact = next((f for f in stretch.quoted if f.figure.role == "change"), None)
        if fact is not None and named_share(target.items, stretch) == 1:
            return replace(stretch.candidate(fact), explained=frozenset(positions(target.items)))
    return None


def _changed(change: Candidate) -> Candidate | None:
    """The figure that the paragraph says has changed: the nearest of its kind before the change."""
    fact = change.stated
    assert fact is not None
    before = [
        f
        for f in change.facts.stated
        if f.statement.passage_index == fact.statement.passage_index
        and f.figure.role in ("amount", "count")
        and f.figure.end <= fact.figure.start
        and (f.figure.unit == fact.figure.unit or {f.figure.unit, fact.figure.unit} <= YUAN_PER_UNIT.keys())
    ]
    if not before:
        return None
    now = max(before, key=lambda f: f.figure.start)
    return replace(stated_candidate(change.facts, now), explained=change.explained)


def _say_before(case: Case, builder: Builder, step: Step) -> tuple[str, Worked]:
    """The figure of the year before, and the rate of the change where the question asks for one."""
    now, change = builder.operand(step.now), builder.operand(step.change)
    worked = before_change(now, change, step.rose, case.request.unit or change.unit)
    coarse = places(change.value) if change.unit == worked.unit != now.unit else None
    request = replace(case.request, decimals=case.request.decimals or coarse)
    figure, cited = computed(builder, worked, [now, change], request, describe(step.now))
    line = phrase(case.language, "before", figure=figure, marks=cited, label=describe(step.now))
    if case.asks("rate_word"):
        rate = growth_by_change(now, change, step.rose)
        figure, cited = computed(builder, rate, [now, change], case.request, "")
        name = "growth_by_change_up" if step.rose else "growth_by_change_down"
        line += phrase(case.language, name, figure=figure, marks=cited)
    return line, worked


def _say_check(case: Case, builder: Builder, step: Step, before: Worked) -> list[str]:
    """The same figure in last year's own document, where it is in the store."""
    if step.target.year is None:
        return []
    target = replace(step.target, year=step.target.year - 1)
    linked = link_target(target, case.understood, case.library, case.lexicon, ("amount", "count"))
    own = [
        c
        for c in linked.ranked
        if c.value is not None and c.facts.document.identity.fiscal_year == target.year and c.explained
    ]
    if not own:
        return []
    same = next((c for c in own if c.score > own[0].score - NEAR and _same(c, before)), None)
    shown = same or own[0]
    figure = builder.quoted_figure(shown, describe(shown))
    return [
        phrase(
            case.language,
            "before_agrees" if same else "before_differs",
            label=describe(shown),
            figure=show(figure.value, figure.unit),
            marks=marks(figure.citations),
        )
    ]


def _same(printed: Candidate, before: Worked) -> bool:
    """Equal but for the last printed place."""
    scale = YUAN_PER_UNIT.get(before.unit or "", Decimal(1))
    place = Decimal(1).scaleb(-places(printed.value or Decimal(0)))
    slack = place * YUAN_PER_UNIT.get(printed.unit or "", Decimal(1))
    return abs(worth(printed) - before.value * scale) <= slack

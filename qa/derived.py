"""Figures that the sources do not print but their figures make: unit prices, and what was before a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.values import YUAN_PER_UNIT, Amount
from qa.answer import Answer
from qa.backwards import answer_backwards
from qa.builder import Builder
from qa.calculator import Operand, per_unit
from qa.case import Case
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.linking import Candidate, stated_candidate
from qa.phrases import describe, phrase
from qa.prose import price_pair, prose_candidates
from qa.reading import Linked, is_enough
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, working
from qa.scope import Library
from qa.understanding import Understood

SMALL_COUNT = 12
"""Up to this many (两年, 四个季度) a count is a plain number of the question, not a figure to cite."""


def answer_derived(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """A unit price, an average, or the figure before a change; None for any other question."""
    request = understood.request
    if request.measure not in ("average", "reverse") or not request.targets:
        return None
    linked = link_target(replace(request.targets[0], unit=None), understood, library, lexicon)
    if request.measure == "average":
        return _average(understood, linked, library)
    return answer_backwards(Case(understood, library, lexicon))


def _average(understood: Understood, linked: Linked, library: Library) -> Answer | None:
    documents = documents_for(linked.target, understood, library)
    if understood.said_before and (pair := price_pair(understood.said_before, documents)):
        builder = Builder()
        operands = [builder.operand(c) for c in pair]
        return _say_average(understood, builder, operands[0], operands[1], pair[0])
    for best in [c for c in linked.ranked if c.unit in YUAN_PER_UNIT][:3]:
        builder = Builder()
        named = _linked_count(understood, linked)
        if not is_enough(understood, linked.target, [best, named] if named else [best]):
            continue
        amount = builder.operand(best)
        count = builder.operand(named) if named else _count(understood, best, builder, documents)
        if count is None or count.value == 0:
            continue
        return _say_average(understood, builder, amount, count, best)
    return None


def _say_average(
    understood: Understood, builder: Builder, amount: Operand, count: Operand, best: Candidate
) -> Answer:
    request = understood.request
    worked = per_unit(amount, count, request.unit if request.unit in YUAN_PER_UNIT else None)
    figure, cited = computed(builder, worked, [amount], request, describe(best))
    line = phrase(request.question.language, "average", figure=figure, marks=cited, label=describe(best))
    return finish(request, builder, [line, *working(request, builder)], understood)


def _linked_count(understood: Understood, linked: Linked) -> Candidate | None:
    """A count that the question names beside the amount: the staff, the area."""
    numbers = {a.value for a in understood.request.numbers}
    counts = [
        c for c in linked.ranked if c.unit not in YUAN_PER_UNIT and c.unit not in ("%", None) and c.explained
    ]
    return next((c for c in counts if not numbers or c.value in numbers), None)


def _count(
    understood: Understood,
    best: Candidate,
    builder: Builder,
    documents: Sequence[DocumentFacts],
) -> Operand | None:
    """How many: the number that the question names, where a source holds it; else the row's quantity;
    else the count that stands beside the amount in the text."""
    for amount in understood.request.numbers:
        if operand := _named_count(amount, builder, documents):
            return operand
    if best.table is not None and best.row is not None:
        for column, cell in zip(best.table.columns, best.row.row.cells, strict=True):
            counted = (
                cell.value is not None and cell.unit not in YUAN_PER_UNIT and cell.unit not in ("%", None)
            )
            if counted and not column.column.is_text:
                quantity = replace(
                    best,
                    column=column,
                    value=cell.value,
                    unit=cell.unit,
                    text=cell.text,
                    place=cell.place,
                    quote=None,
                )
                return builder.operand(quantity)
    return None


def _named_count(amount: Amount, builder: Builder, documents: Sequence[DocumentFacts]) -> Operand | None:
    for facts in documents:
        for candidate in prose_candidates(f"{amount.text}", [facts], ()):
            if candidate.value == amount.value:
                return builder.operand(candidate)
        for fact in facts.stated:
            if fact.figure.value == amount.value and fact.figure.unit not in YUAN_PER_UNIT:
                return builder.operand(stated_candidate(facts, fact))
    return None

"""What something is made up of (收入构成, 支出结构): its parts one level below, each with its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from qa.answer import Answer
from qa.breakdown import Breakdown, column_breakdown, rounding, row_breakdown, worth
from qa.builder import Builder
from qa.calculator import share
from qa.decline import clarify_places
from qa.heads import item
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.members import says
from qa.phrases import describe, phrase
from qa.reading import is_enough
from qa.resolve import link_target
from qa.say import computed, finish, say_figure, working
from qa.scope import Library
from qa.sides import other_side, with_side
from qa.understanding import Understood

CONSIDERED = 24
"""Readings of the whole that are tried for one with parts."""
LEAST_SCORE = 2.0
"""How much worse than the best reading one with parts may be."""


def answer_makeup(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """The parts of what is asked about, by rows and by columns, where they add up to it; None for any
    other question, and where no printed parts do."""
    request = understood.request
    plain_value = request.measure in ("value", "share") and request.combination in ("each", "list")
    if len(request.targets) != 1 or not plain_value or not says(request, lexicon.operation["makeup"]):
        return None
    target = with_side(request.targets[0], understood, library, lexicon)
    other = other_side(target, lexicon)
    linked = link_target(replace(target, unit=None), understood, library, lexicon)
    best = linked.ranked[0].score if linked.ranked else 0.0
    near = [
        c
        for c in linked.ranked[:CONSIDERED]
        if c.score > best - LEAST_SCORE and is_enough(understood, target, [c]) and _is_of_side(c, other)
    ]
    found = _breakdowns(near, other)
    if not found:
        return None
    if question := clarify_places(understood, [linked], [found[0].whole]):
        return question
    builder = Builder()
    lines = _say(understood, builder, found)
    return finish(request, builder, [*lines, *working(request, builder)], understood)


def _is_of_side(whole: Candidate, other: str | None) -> bool:
    """Not of the other side of the budget, which comes to the same."""
    if whole.table is None or whole.row is None or other is None:
        return True
    if side := whole.table.table.side:
        return side != other
    title = whole.table.title
    return other not in (whole.row.key if "收" in title and "支" in title else title)


def _breakdowns(wholes: Sequence[Candidate], other: str | None) -> list[Breakdown]:
    """The first that rows make and the first that columns make, of wholes of one amount, unless both
    come to the same; one part that is all of it, only where nothing has more. What the money is spent
    on is no part of income (``other``: the side not asked about)."""
    wholes = [w for w in wholes if w.value]
    for least in (2, 1):
        found: list[Breakdown] = []
        for read in (row_breakdown, column_breakdown):
            same = [w for w in wholes if not found or w.amount == found[0].whole.amount]
            parted = (
                b
                for w in same
                if (b := read(w, least)) and _holds(b) and _parted(b) >= least and not _are_of(other, b)
            )
            found += [b for b in islice(parted, 1) if not found or _amounts(b) != _amounts(found[0])]
        if found:
            return found if least > 1 else found[:1]
    return []


def _are_of(side: str | None, found: Breakdown) -> bool:
    return side is not None and any(side in p.row.key for p in found.parts if p.row)


def _parted(found: Breakdown) -> int:
    return sum(bool(p.value) for p in found.parts)


def _amounts(found: Breakdown) -> list[Decimal]:
    return sorted(worth(p) for p in found.parts if p.value)


def _holds(found: Breakdown) -> bool:
    """The parts add up to the whole; one alone may be all of it."""
    return abs(found.gap) <= rounding([found.whole, *found.parts])


def _say(understood: Understood, builder: Builder, found: Sequence[Breakdown]) -> list[str]:
    request = understood.request
    language = request.question.language
    figure, cited = say_figure(request, builder, found[0].whole)
    lines = [phrase(language, "figure", figure=figure, marks=cited, label=describe(found[0].whole))]
    for number, breakdown in enumerate(found):
        whole = builder.operand(breakdown.whole)
        lines += [phrase(language, "divided_too")] * (number > 0)
        for part in (p for p in breakdown.parts if p.value or request.combination == "list"):
            operand = builder.operand(part)
            shown, cited = say_figure(request, builder, part)
            ratio, _ = computed(builder, share(operand, whole), [operand, whole], request, describe(part))
            lines.append(
                item(language, "part_item", part, _own(part), figure=shown, share=ratio, marks=cited)
            )
    return lines


def _own(part: Candidate) -> str | None:
    """Of the subtotal of a group (政府性基金 > 小计), the group's name."""
    row = part.row.row if part.row else None
    return row.path[-2] if row and row.kind == "subtotal" and len(row.path) > 1 else None

"""A whole without one of its parts (除市长专线中心外的支出, 不含社保的支出合计): taken off where both are
printed in one table, as the part's row or column stands under the whole's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answer import Answer
from qa.builder import Builder
from qa.calculator import difference
from qa.conditions import excluded_span
from qa.decline import decline
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.mentions import ItemMention, positions
from qa.organizations import BodyMention
from qa.phrases import describe, phrase
from qa.request import Request
from qa.resolve import link_target
from qa.say import computed, finish, say_item, working
from qa.scope import Library
from qa.sides import with_side
from qa.understanding import Understood

CONSIDERED = 40
"""Readings of the whole and of the part that are held against each other."""


def answer_without(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """What is left of the whole; declined where no table has both. None where nothing is left out."""
    request = understood.request
    span = excluded_span(request, lexicon)
    if span is None or not any(m.start in span for m in _named(request)):
        return None
    plain_value = request.measure == "value" and request.combination in ("each", "sum", "list")
    pair = _pair(understood, span, library, lexicon) if plain_value else None
    if pair is None:  # no figure of the whole, nor of the part, may stand for what is left
        return decline(understood, (), library)
    whole, part = pair
    builder = Builder()
    operands = [builder.operand(whole), builder.operand(part)]
    worked = difference(operands[0], operands[1], request.unit)
    figure, cited = computed(builder, worked, operands, request, describe(whole))
    plain = replace(request, unit=None)
    lines = [phrase(request.question.language, "without", figure=figure, marks=cited)]
    lines += [say_item(plain, builder, c) for c in pair]
    return finish(request, builder, [*lines, *working(request, builder)], understood)


def _named(request: Request) -> list[BodyMention | ItemMention]:
    bodies = [t.body for t in request.targets if t.body and t.body.end]
    return [*bodies, *(i for t in (*request.targets, *request.denominators) for i in t.items)]


def _pair(
    understood: Understood, span: range, library: Library, lexicon: Lexicon
) -> tuple[Candidate, Candidate] | None:
    """The whole and the part that go together best."""
    request = understood.request
    bodies = [t.body for t in request.targets if t.body]
    gone = [b for b in bodies if b.end and b.start in span]
    first = request.targets[0]
    items = tuple(i for i in first.items if i.start not in span)
    left_out = tuple(i for i in first.items if i.start in span)
    if len(gone) + bool(left_out) != 1:
        return None
    body = next((b for b in bodies if b not in gone), None) or _above(gone, library) or first.body
    whole = with_side(replace(first, body=body, items=items, unit=None), understood, library, lexicon)
    part = replace(whole, body=gone[0]) if gone else replace(first, items=(*items, *left_out), unit=None)
    wholes, parts = (
        link_target(t, understood, library, lexicon, ("amount",)).ranked[:CONSIDERED] for t in (whole, part)
    )
    named = positions(left_out)
    own = positions(i for i in items if i.is_known_name)
    pairs = [
        (w, p)
        for w in wholes
        for p in parts
        if _is_part(p, w, gone) and p.explained >= named and w.explained >= own and not w.explained & named
    ]
    return max(pairs, key=lambda pair: pair[0].score + pair[1].score, default=None)


def _above(gone: Sequence[BodyMention], library: Library) -> BodyMention | None:
    """The organisation that the unit left out is of, where no other is named."""
    ids = {i for b in gone for x in b.bodies for i in x.document_ids}
    held = [b for b in library.bodies() if not b.is_unit and b.document_ids & ids]
    return BodyMention(0, 0, (held[0],)) if len(held) == 1 else None


def _is_part(part: Candidate, whole: Candidate, gone: Sequence[BodyMention]) -> bool:
    """The part's row stands under the whole's in one column, or its column under the whole's in one row."""
    if part.table is None or part.table is not whole.table or not (part.value and whole.value):
        return False
    if part.row is None or whole.row is None or part.column is None or whole.column is None:
        return False
    if part.column is whole.column and part.row is not whole.row:
        if gone:
            keys = {b.key for m in gone for b in m.bodies}
            of_unit = part.row.key in keys or part.row.unit_key in keys
            return of_unit and whole.row.unit_key is None and _same_name(part, whole)
        above = part.row.row.parent_index
        return above == whole.row.row_index or (whole.row.is_total and above is None)
    inside = part.column.ancestors[: len(whole.column.ancestors)] == whole.column.ancestors
    return (
        not gone
        and part.row is whole.row
        and whole.column.is_total
        and inside
        and part.column is not whole.column
    )


def _same_name(part: Candidate, whole: Candidate) -> bool:
    """The unit's own row against the total, or its row of a name against the row of that name."""
    assert part.row is not None
    assert whole.row is not None
    if whole.row.is_total:
        return part.row.row.kind == "unit"
    return part.row.key == whole.row.key

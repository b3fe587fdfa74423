"""Everyday names (医保, 养老支出, 社保) that cover several official items.

Such a name is no other name of one item. Where a document prints only one of them, that is meant;
where it prints several beside each other under one head, their sum is; otherwise nobody but the
person who asks can say which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.answer import Answer
from qa.builder import Builder
from qa.decline import clarify_places
from qa.lexicon import EverydayName, Lexicon
from qa.linking import Candidate
from qa.mentions import ItemMention
from qa.phrases import describe, phrase, short
from qa.reading import Linked, is_enough
from qa.request import Target
from qa.resolve import documents_for, link_target
from qa.say import finish, say_figure, say_sum, working
from qa.scope import Library
from qa.understanding import Understood
from qa.vocabulary import Match, label_key


def answer_everyday(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """The one item that the name can only mean, the sum of its items, or a question which of them;
    None where the question holds no such name, or the documents none of its items."""
    request = understood.request
    if len(request.targets) != 1:
        return None
    target = request.targets[0]
    said = _said(understood, lexicon)
    if said is None:
        return None
    found = [
        _found(t, understood, library, lexicon) for t in _meant(target, said, understood, library, lexicon)
    ]
    parts = _without_nested([entry for entry in found if entry.ranked])
    if not parts:
        return None
    siblings = _siblings(parts) if len(parts) > 1 else []
    is_value = request.measure == "value" and request.combination in ("each", "sum")
    if siblings and is_value and not _unclear(understood, parts):
        builder = Builder()
        lines = [*say_sum(request, builder, siblings), *working(request, builder)]
        return finish(request, builder, lines, understood)
    chosen = [entry.ranked[0] for entry in parts]
    is_one = len({c.amount for c in chosen}) == 1 and not (siblings or said[2].adds)
    if is_value and is_one:
        return _say_one(understood, parts[0])
    choices = tuple(dict.fromkeys(map(short, chosen)))
    language = request.question.language
    text = phrase(language, "which_item", choices="、".join(choices))
    return Answer("needs_clarification", text, language, choices=choices)


def _said(understood: Understood, lexicon: Lexicon) -> tuple[int, int, EverydayName] | None:
    """The longest everyday name in the question that is no part of an official one, and what it covers."""
    key = understood.request.question.key
    named = [(i.start, i.end) for t in understood.request.targets for i in t.items if _is_official(i)]
    hits = [
        (at, at + len(name), everyday)
        for everyday in lexicon.everyday
        for name in everyday.said
        if (at := key.find(name)) >= 0
    ]
    free = [h for h in hits if not any(s < h[1] and h[0] < e and e - s >= h[1] - h[0] for s, e in named)]
    return max(free, key=lambda h: h[1] - h[0], default=None)


def _is_official(item: ItemMention) -> bool:
    return item.is_known_name and any(m.quality >= 0.9 for m in item.matches)


def _meant(
    target: Target,
    said: tuple[int, int, EverydayName],
    understood: Understood,
    library: Library,
    lexicon: Lexicon,
) -> Iterator[Target]:
    """The target with each printed name in the everyday one's place."""
    start, end, everyday = said
    others = tuple(i for i in target.items if i.end <= start or i.start >= end)
    labels = library.vocabulary(documents_for(target, understood, library)).labels
    text = understood.request.question.key[start:end]
    for label in dict.fromkeys(map(label_key, everyday.covers)):
        if label in labels:
            item = ItemMention(start, end, text, (Match(start, end, label, 1.0, "exact"),))
            yield replace(target, items=tuple(sorted((*others, item), key=lambda i: i.start)), context=())


def _found(target: Target, understood: Understood, library: Library, lexicon: Lexicon) -> Linked:
    """The places that bear the name itself."""
    linked = link_target(target, understood, library, lexicon, ("amount",))
    own = tuple(
        c
        for c in linked.ranked
        if c.value is not None and c.bears_name and is_enough(understood, target, [c])
    )
    return replace(linked, ranked=own)


def _without_nested(found: Sequence[Linked]) -> list[Linked]:
    """Without items that stand under another one found: its amount holds theirs."""
    keys = {e.ranked[0].row.key for e in found if e.ranked[0].row}
    return [e for e in found if not (e.ranked[0].row and keys & {*e.ranked[0].row.ancestors})]


def _siblings(parts: Sequence[Linked]) -> list[Candidate]:
    """One figure of each part, all of them rows of one level of one table, in one column; the best such
    place. [] where there is none."""
    by_place = [{_level(c): c for c in reversed(e.ranked) if _level(c)} for e in parts]
    shared = set.intersection(*(set(places) for places in by_place))
    rows = [[places[where] for places in by_place] for where in shared]
    return max(rows, key=lambda row: sum(c.score for c in row), default=[])


def _level(candidate: Candidate) -> tuple[int, int, int | None, int] | None:
    table, row, column = candidate.table, candidate.row, candidate.column
    if not (table and row and column) or row.row.kind != "item":
        return None
    where = (candidate.facts.document_id, table.table_index)
    return (*where, row.row.parent_index, column.column_index)


def _unclear(understood: Understood, parts: Sequence[Linked]) -> bool:
    return any(clarify_places(understood, [entry], [entry.ranked[0]]) for entry in parts)


def _say_one(understood: Understood, entry: Linked) -> Answer:
    best, request = entry.ranked[0], understood.request
    if question := clarify_places(understood, [entry], [best]):
        return question
    builder = Builder()
    figure, cited = say_figure(request, builder, best)
    line = phrase(request.question.language, "figure", figure=figure, marks=cited, label=describe(best))
    return finish(request, builder, [line, *working(request, builder)], understood)

"""A question for quotations -> its clauses: what is asked of each body and year.

``水务局基本支出、园林局总预算都比上年多，原因是什么`` asks two things of two bodies;
``防汛方面，水务局和园林局的职责各是什么`` asks one thing of both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.question import Question
from qa.request import Target
from qa.terms import concepts, direction, form_words, words
from qa.understanding import Understood

_CAPITALISED = re.compile(r"[A-Z][\w'’-]*(?:\s+(?:(?:of|and|for|the)\s+)*[A-Z][\w'’-]*)+")
SHORTEST_HEADING = 2
"""Form words with more characters are headings; others (项目, 目标) are parts of names as well."""
LEAST_NAME = 2
"""Words of a capitalised name that must be the body's, for the whole of it to be its name."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What is asked of one body and year."""

    target: Target
    text: str
    parts: tuple[str, ...]
    """The text with each one of the names that it joins, where it joins several."""
    ignore: tuple[str, ...]
    """The words that name bodies and years."""


def clauses_of(understood: Understood) -> list[Clause]:
    """One clause for each body and year that the request is about, in its order."""
    grouped: dict[object, list[Target]] = {}
    for target in _clear(understood.request.targets):
        bodies = tuple(b.key for b in target.body.bodies) if target.body else ()
        grouped.setdefault((bodies, target.year), []).append(target)
    groups = list(grouped.values())
    ignore = (*understood.spoken_for, *_english_names(understood))
    whole = _said_before(understood) + understood.request.question.raw
    by_year = _each_year(understood, groups[0][0]) if len(groups) == 1 else []
    texts = _own_words(understood, by_year, ignore)
    if by_year and not texts and any(w in whole for w in words()["intents"]["text"]["each"]):
        texts = [whole] * len(by_year)
    if texts:
        return [Clause(t, text, (), ignore) for t, text in zip(by_year, texts, strict=True)]
    texts = _own_words(understood, [g[0] for g in groups], ignore) or [whole] * len(groups)
    return [
        Clause(group[0], text, _parts(text, group), ignore) for group, text in zip(groups, texts, strict=True)
    ]


def _said_before(understood: Understood) -> str:
    """What the earlier question named; without the heading that it asked for, where this one asks for
    another (项目的绩效目标 … 项目内容呢)."""
    text = understood.said_before
    headings = sorted((w for w in form_words() if len(w) > SHORTEST_HEADING), key=len, reverse=True)
    if any(w in understood.request.question.plain for w in headings):
        for heading in headings:
            text = text.replace(heading, "，")
    return text


def _clear(targets: Sequence[Target]) -> Sequence[Target]:
    """The targets of one body each, where there are such: what may be any of several bodies beside
    them is part of a name (社区服务中心)."""
    return [t for t in targets if t.body and len(t.body.bodies) == 1] or targets


def _each_year(understood: Understood, target: Target) -> list[Target]:
    """The target in each of the years that the question names: ``2018年涨、2019年又降``."""
    years = dict.fromkeys(y.year for y in understood.mentions.years)
    return [replace(target, year=year) for year in years] if len(years) > 1 else []


def _own_words(understood: Understood, targets: Sequence[Target], ignore: Sequence[str]) -> list[str]:
    """The words that belong to each target: from its body or year to the next one's, with what stands
    before the first and after the last comma. [] where one of them has none of its own."""
    question = understood.request.question
    starts = [s for t in targets if (s := _anchor(understood, t, targets)) is not None]
    if len(targets) < 2 or question.language == "en" or len(set(starts)) < len(targets):
        return []
    *_, last = anchors = sorted(starts)
    own = {a: _spaced(question, a, b) for a, b in pairwise([*anchors, len(question.key)])}
    if not all(concepts(text, ignore) or direction(text) for text in own.values()):
        return []
    head, (_, comma, tail) = _spaced(question, 0, anchors[0]), own[last].rpartition("，")
    return [head + own[s] + ("，" + tail if comma and s != last else "") for s in starts]


def _anchor(understood: Understood, target: Target, targets: Sequence[Target]) -> int | None:
    """Where the question names what tells this target from the others: its body, else its year."""
    bodies = {t.body.bodies[0].key for t in targets if t.body}
    if len(bodies) > 1:
        return target.body.start if target.body and target.body.end else None
    return next((y.start for y in understood.mentions.years if y.year == target.year), None)


def _spaced(question: Question, start: int, end: int) -> str:
    """The question's characters from ``start`` to ``end`` of its key, with the punctuation between."""
    return "".join(
        (question.gaps.get(p, "") if p > start else "") + question.key[p] for p in range(start, end)
    ).replace(",", "，")


def _parts(text: str, targets: Sequence[Target]) -> tuple[str, ...]:
    """For each target its own names alone."""
    found = dict.fromkeys(own_names(text, t, targets) for t in targets)
    return tuple(found) if len(found) > 1 else ()


def own_names(text: str, target: Target, targets: Sequence[Target]) -> str:
    """The text without the names that only other targets have."""
    own = {i.text for i in target.items}
    others = {i.text for t in targets for i in t.items} - own
    for other in sorted(others, key=lambda name: (-len(name), name)):
        text = text.replace(other, "，")
    return text


def _english_names(understood: Understood) -> list[str]:
    """The English names of bodies that are known already, as typed."""
    question = understood.request.question
    if question.language != "en":
        return []
    known = "".join(understood.spoken_for)
    return [
        m.group()
        for m in _CAPITALISED.finditer(question.raw)
        if sum(w in known for w in re.findall(r"[a-z]{4,}", m.group().lower())) >= LEAST_NAME
    ]

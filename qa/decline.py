"""Declining well: which part of the question the documents do not hold, and what is there instead."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from ingest.model import Kind
from ingest.values import name_key
from qa.answer import Answer
from qa.facts import RowFact
from qa.families import Family
from qa.lexicon import load_lexicon
from qa.linking import Candidate
from qa.mentions import content_runs
from qa.phrases import phrase, short
from qa.question import Question
from qa.reading import Linked, unexplained
from qa.request import Target
from qa.scope import Library
from qa.understanding import Understood
from qa.weights import READINGS

ALIKE = 1.5
"""Figures of different bodies this near in score are the same thing, and no body was named."""
SAME = 0.01
"""Scores nearer than this are the same."""
LONG = 4
"""From this many unexplained characters on, a question names something, and it is not here."""


MOST_NAMES = 8
"""Organisations that a refusal names."""


def _available(library: Library, bodies: Sequence[str] = (), unknown: str = "") -> str:
    """The organisations with their years: those asked about first, then those named most alike."""
    years: dict[str, set[str]] = defaultdict(set)
    for facts in library.facts():
        identity = facts.document.identity
        years[identity.organization or facts.document.file_name].add(str(identity.fiscal_year or ""))

    def order(name: str) -> tuple[bool, float, str]:
        return name not in bodies, -SequenceMatcher(None, unknown, name).ratio() if unknown else 0.0, name

    names = sorted(years, key=order)[:MOST_NAMES]
    return "；".join(f"{name} {'、'.join(sorted(years[name]))}".strip() for name in names)


def decline(understood: Understood, linked: Sequence[Linked], library: Library) -> Answer:
    """Say which part is missing and what is there instead. A question that names nothing at all is
    asked back, one that is not about budgets is told what can be asked."""
    kept = [facts.document for facts in library.facts()]
    names = dict.fromkeys(d.identity.organization or d.file_name for d in kept)
    named = (understood.request.question.raw, *names)
    return replace(_decline(understood, linked, library), named=named)


def _decline(understood: Understood, linked: Sequence[Linked], library: Library) -> Answer:
    request = understood.request
    language = request.question.language
    if not library.facts():
        return Answer("no_answer", phrase(language, "no_documents"), language)
    if understood.is_talk:
        return Answer("no_answer", phrase(language, "talk", available=_available(library)), language)
    bodies = [b.name for m in understood.mentions.bodies for b in m.bodies]
    if understood.unknown_body:
        there = _available(library, unknown=understood.unknown_body)
        text = phrase(language, "missing_body", body=understood.unknown_body, available=there)
        return Answer("no_answer", text, language)
    if understood.missing_kind:
        return Answer("no_answer", _missing_kind(understood, understood.missing_kind, library), language)
    if understood.mentions.years and not _of_that_year(understood):
        text = phrase(
            language,
            "missing_year",
            body=bodies[0] if bodies else phrase(language, "any_body"),
            year=understood.mentions.years[0].year,
            available=_available(library, bodies),
        )
        return Answer("no_answer", text, language)
    if is_nameless(understood):
        return Answer("needs_clarification", phrase(language, "which_question"), language)
    return _missing_item(understood, linked, library)


def _missing_kind(understood: Understood, kind: Kind, library: Library) -> str:
    whose = understood.documents[0].document.identity
    language = understood.request.question.language
    same = [
        f"{i.fiscal_year or ''} {phrase(language, i.kind)}".strip()
        for i in (f.document.identity for f in library.facts())
        if i.organization == whose.organization and i.kind
    ]
    return phrase(
        language,
        "missing_kind",
        body=whose.organization or "",
        year=whose.fiscal_year or "",
        kind=phrase(language, kind),
        available="、".join(sorted(dict.fromkeys(same))),
    )


def _missing_item(understood: Understood, linked: Sequence[Linked], library: Library) -> Answer:
    language = understood.request.question.language
    near = [c for entry in linked for c in entry.ranked[:3] if c.explained or c.quote is not None]
    best = [entry.ranked[0] for entry in linked if entry.ranked]
    item = _left_out(understood, best) or _left_out(understood, [])
    text = phrase(language, "missing_item", item=item) if item else phrase(language, "missing")
    nearest = list(dict.fromkeys(short(c) for c in near))
    if nearest:
        text += phrase(language, "nearest", names="、".join(nearest))
    elif understood.mentions.bodies and understood.documents:
        text += phrase(language, "searched", names=_searched(understood))
    else:
        text += phrase(language, "there_is", available=_available(library))
    return Answer("no_answer", text, language, choices=tuple(nearest))


def _searched(understood: Understood) -> str:
    """Whose documents were looked through, of which years and kinds."""
    language = understood.request.question.language
    names: dict[str, None] = {}
    for identity in (d.document.identity for d in understood.documents):
        kind = phrase(language, identity.kind) if identity.kind else ""
        names[" ".join(filter(None, [identity.organization, str(identity.fiscal_year or ""), kind]))] = None
    return "、".join(list(names)[:MOST_NAMES])


def _left_out(understood: Understood, candidates: Sequence[Candidate]) -> str:
    """The words of the question that nothing explains, whole, and no figure: not even its own."""
    question = understood.request.question
    explained = understood.explained.union(*(c.explained for c in candidates))
    if question.language == "en":
        return " ".join(_words_left(question, explained))
    texts: list[str] = []
    last = -2
    for start, end in content_runs(question, set(explained)):
        begin = max(0, start - 1) if end - start == 1 else start
        if texts and start - last <= 1 and start not in question.gaps:
            texts[-1] += question.key[last:end]  # 养老项目, of which 项 alone is a filler
        else:
            texts.append(question.key[begin:end])
        last = end
    bare = (re.sub(r"[\d.%]+", "", t) for t in texts)
    return "、".join(t for t in bare if t)


def _words_left(question: Question, explained: frozenset[int]) -> list[str]:
    """The English words most of whose letters nothing explains."""
    edges = [*sorted({0, *question.gaps}), len(question.key)]
    spans = [(a, b) for a, b in pairwise(edges) if question.key[a:b].isalpha()]
    left = [(a, b) for a, b in spans if 2 * len(explained.intersection(range(a, b))) < b - a]
    return [question.key[a:b] for a, b in left]


def is_nameless(understood: Understood) -> bool:
    """It names neither a body nor a thing, and there is no conversation to take them from."""
    request, lexicon = understood.request, load_lexicon()
    if understood.mentions.bodies or understood.said_before:
        return False
    named = any(t.items or len(t.context) > 1 for t in request.targets) or understood.mentions.items
    asks_for_budget = any(w in request.question.plain for w in lexicon.words["budget_word"])
    short = len(unexplained(understood, [])) < LONG
    return understood.is_elliptical or (not named and not asks_for_budget and short)


def _of_that_year(understood: Understood) -> bool:
    """A document of the year asked about is kept, though it may not print what was asked."""
    asked = {y.year for y in understood.mentions.years}
    return any(d.document.identity.fiscal_year in asked for d in understood.documents)


def clarify_places(
    understood: Understood, linked: Sequence[Linked], chosen: Sequence[Candidate]
) -> Answer | None:
    """Ask back when another body, year or item explains the question just as well."""
    language = understood.request.question.language
    for entry, best in zip(linked, chosen, strict=True):
        if entry.target.body is not None and len(entry.target.body.bodies) > 1:
            choices = [b.name for b in entry.target.body.bodies]
            return _ask(language, "which_body", choices)
        near = [c for c in entry.ranked if c.score > best.score - ALIKE and c.explained >= best.explained]
        organizations = list(dict.fromkeys(c.facts.document.identity.organization or "" for c in near))
        if entry.target.body is None and len(organizations) > 1:
            return _ask(language, "which_body", organizations)
        units = _equal_units(best, near)
        if len(units) > 1:
            return _ask(language, "which_body", units)
        if entry.target.year is None:
            near_years = [
                c
                for c in entry.ranked
                if c.score > best.score - READINGS.close - 0.6
                and c.fiscal_year == c.facts.document.identity.fiscal_year
            ]
            years = sorted({str(c.fiscal_year) for c in near_years if c.fiscal_year})
            if len(years) > 1:
                return _ask(language, "which_year", years)
        rows = _equal_rows(best, near)
        if len(rows) > 1:
            return _ask(language, "which_item", rows)
        names = [] if best.quote is not None else _equal_names(entry)
        if len(names) > 1:
            return _ask(language, "which_item", names)
    return None


def _equal_units(best: Candidate, near: Sequence[Candidate]) -> list[str]:
    """Budget units that each have the row, where nothing says which is meant and no total is printed."""
    if best.row is None or best.row.row.unit_name is None:
        return []
    same = [c for c in near if c.row and c.row.key == best.row.key and c.score == best.score]
    return list(dict.fromkeys(c.row.row.unit_name or "" for c in same if c.row))


def _equal_rows(best: Candidate, near: Sequence[Candidate]) -> list[str]:
    """Rows of one table that bear the same name and print different figures: where each stands."""
    if best.row is None or best.table is None or best.row.is_total:
        return []
    same = [
        c
        for c in near
        if c.table is best.table
        and c.column is best.column
        and c.row
        and c.row.key == best.row.key
        and abs(c.score - best.score) < SAME
    ]
    if len({c.amount for c in same}) < 2:
        return []
    return list(dict.fromkeys(_where(c.row) for c in same if c.row))


def _where(row: RowFact) -> str:
    parts = [row.row.unit_name, *row.row.path, row.row.code, *row.named]
    return " › ".join(dict.fromkeys(p for p in parts if p))


def clarify_families(understood: Understood, target: Target, found: Sequence[Family]) -> Answer | None:
    """Ask back when another body or year has a family that explains the question just as well."""
    language = understood.request.question.language
    if target.body is not None and len(target.body.bodies) > 1:
        return _ask(language, "which_body", [b.name for b in target.body.bodies])
    near = [f.members[0].facts.document.identity for f in found if f.score > found[0].score - READINGS.close]
    organizations = list(dict.fromkeys(i.organization or "" for i in near))
    if target.body is None and len(organizations) > 1:
        return _ask(language, "which_body", organizations)
    years = sorted({str(i.fiscal_year) for i in near if i.fiscal_year})
    if target.year is None and len(years) > 1:
        return _ask(language, "which_year", years)
    return None


def _equal_names(entry: Linked) -> list[str]:
    """Rows that share, just as well, the one piece of a name that was asked for (补贴)."""
    if not any(i.matches for i in entry.target.items) or any(i.is_known_name for i in entry.target.items):
        return []
    best = max(i.matches[0].quality for i in entry.target.items if i.matches)
    equal = {m.label for i in entry.target.items for m in i.matches if m.quality > best - 0.05}
    rows = [c for c in entry.ranked if c.row is not None and c.row.key in equal]
    return list({name_key(short(c)): short(c) for c in rows}.values())


def _ask(language: str, name: str, choices: Sequence[str]) -> Answer:
    text = phrase(language, name, choices="、".join(choices[:8]))  # type: ignore[arg-type]
    return Answer("needs_clarification", text, language, choices=tuple(choices[:8]))  # type: ignore[arg-type]

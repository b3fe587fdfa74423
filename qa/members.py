"""The members of a family in an answer: whether they answer the question, and what to call them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from decimal import Decimal

from ingest.numerals import chinese_number
from ingest.values import squeeze
from qa.families import Asked, Family, is_of_projects, read_asked
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.request import Request, Target
from qa.understanding import Understood
from qa.weights import READINGS


def says(request: Request, words: Sequence[str]) -> bool:
    """Whether one of the words is in the question."""
    return any(w in request.question.plain for w in words)


def read_kind(understood: Understood, lexicon: Lexicon) -> Asked:
    """The kind of family asked for; a follow-up that names none (``那最少的呢``) means the one before."""
    request = understood.request
    asked = read_asked(request, lexicon)
    if asked.is_named or not understood.said_before:
        return asked
    question = replace(request.question, plain=understood.said_before)
    return read_asked(replace(request, question=question), lexicon)


def is_enough(
    understood: Understood, target: Target, family: Family, asked: Asked, excluded: set[int]
) -> bool:
    """Whether the family explains enough of the question, and every official name in it."""
    table = family.members[0].table
    of_projects = family.is_of_named or (table is not None and is_of_projects(table))
    if asked.projects and not of_projects:
        return False
    only_units = asked.units and not (asked.projects or asked.level or target.items)
    if only_units and family.kind != "units":
        return False
    return explains(understood, target, family.explained | excluded, asked)


def explains(understood: Understood, target: Target, explained: Set[int], asked: Asked) -> bool:
    """Whether these positions, with the words for the kind of family, are enough of the question."""
    key = understood.request.question.key
    words = [squeeze(w) for w in asked.words]  # the key has no spaces
    kind = {p for w in words for at in [key.find(w)] if at >= 0 for p in range(at, at + len(w))}
    explained = explained | kind
    for item in target.items:
        if item.is_known_name and not explained & set(range(item.start, item.end)):
            return False
    everything = explained | understood.explained
    if names_unknown_kind(key, everything):
        return False
    missing = len(set(range(len(key))) - everything)
    found = len(explained) + sum(i.end - i.start for i in target.context)
    return missing <= 1 or found / (found + missing) >= READINGS.least_explained


def names_unknown_kind(key: str, explained: Set[int]) -> bool:
    """``哪个月``: members of a kind that nothing explains."""
    return any(m.end() < len(key) and m.end() not in explained for m in _WHICH.finditer(key))


def is_superlative(request: Request, lexicon: Lexicon) -> bool:
    """``最高`` asks for one; an order (从高到低) for all."""
    return says(request, lexicon.words["superlative"])


def told_apart(member: Candidate, members: Sequence[Candidate]) -> str:
    """Its name with its parent's, where another member bears the same name
    (一般行政管理事务), or a unit's own; else empty."""
    if member.row is None or member.quote is not None:
        return ""
    if member.row.row.kind == "unit":
        return member.row.row.label.strip()
    twins = [m for m in members if m.row and m.row.key == member.row.key and m.row is not member.row]
    same_parent = any(t.row and t.row.ancestors == member.row.ancestors for t in twins)
    if not twins or (same_parent and member.row.row.unit_name is None):
        return ""
    above = member.row.row.unit_name if same_parent else " > ".join(member.row.row.path[-2:-1])
    return f"{above} > {member.row.row.label.strip()}"


def worth(member: Candidate) -> Decimal:
    """Money in 元, anything else as it is; a blank is 0."""
    return member.amount[0] or Decimal(0)


_WHICH = re.compile(r"哪(?:一?[个家项类款]|些)")
_ASKED_COUNT = re.compile(
    r"[哪前]([两三四五六七八九十])[个项家类款]?"
    r"|\b(?:which|top|the(?= \w+ (?:\w+est|most|least)\b)) (two|three|four|five|ten)\b"
)
"""``the three`` counts before a superlative only: ``the three public expenses`` are one thing."""
_ENGLISH = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}


def how_many(request: Request) -> int | None:
    """How many of the first are asked for: ``前三``, ``哪三个项目``, ``which three``."""
    match = _ASKED_COUNT.search(request.question.plain)
    if request.top or not match:
        return request.top
    return _ENGLISH.get(match.group(2) or "") or chinese_number(match.group(1) or "")


_NTH = re.compile(r"第([二三四五])|\b(second|third) (?:largest|highest)")


def which_place(request: Request) -> int:
    """1 for the first; 2 for ``第二高的``."""
    match = _NTH.search(request.question.plain)
    if not match:
        return 1
    return {"second": 2, "third": 3}.get(match.group(2) or "") or chinese_number(match.group(1)) or 1

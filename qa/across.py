"""One family in several years, and one figure of several bodies or years."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qa.families import Family, code_key
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.organizations import BodyMention
from qa.request import Target
from qa.scope import Library, for_target
from qa.understanding import Understood
from qa.vocabulary import bigrams

ABOUT_AS_GOOD = 1.0
WEIGHED = 8
MOST_TARGETS = 40
"""More bodies and years than this are not ranked at once."""


@dataclass(frozen=True)
class Joined:
    """One member of a family in each of the years, oldest first; None where a year lacks it."""

    members: tuple[Candidate | None, ...]

    @property
    def newest(self) -> Candidate:
        """The member of the latest year that has it."""
        return next(m for m in reversed(self.members) if m is not None)

    @property
    def is_whole(self) -> bool:
        return all(m is not None and m.value is not None for m in self.members)

    @property
    def moved(self) -> Decimal:
        """Last year's amount less the first's, in 元; a year that lacks it counts as 0."""
        first, last = self.members[0], self.members[-1]
        return _worth(last) - _worth(first)

    @property
    def is_unchanged(self) -> bool:
        return self.is_whole and len({m.amount for m in self.members if m}) == 1


def _worth(member: Candidate | None) -> Decimal:
    return (member.amount[0] or Decimal(0)) if member else Decimal(0)


def _member_key(member: Candidate) -> tuple[object, ...]:
    """By what a member is known in another year: its code, else its name; within its unit."""
    if member.row is None:
        return (member.label,)
    if code := code_key(member.row.row.code):
        return (member.row.unit_key, code)
    column = member.column.key if member.column else ""
    return (member.row.unit_key, member.row.ancestors, member.row.key or column)


def join(families: Sequence[Family]) -> list[Joined]:
    """Families of one kind, oldest year first -> their members year by year. A name that a family
    holds twice says not which is which, and is left out."""
    keyed: list[dict[tuple[object, ...], Candidate]] = []
    doubled: set[tuple[object, ...]] = set()
    for family in families:
        is_columns = family.kind == "columns"
        keys = [(m.column.key if m.column else "",) if is_columns else _member_key(m) for m in family.members]
        doubled |= {key for key, count in Counter(keys).items() if count > 1}
        keyed.append(dict(zip(keys, family.members, strict=True)))
    order = dict.fromkeys(key for year in reversed(keyed) for key in year if key not in doubled)
    return [Joined(tuple(year.get(key) for year in keyed)) for key in order]


def same_family(one: Family, others: Sequence[Family]) -> Family | None:
    """The family of another year that is most like this one: of one shape, of the same table and column."""

    def likeness(other: Family) -> tuple[bool, bool, float]:
        a, b = one.members[0], other.members[0]
        same_table = bool(a.table and b.table and a.table.title == b.table.title)
        same_column = bool(a.column and b.column and a.column.key == b.column.key)
        return same_table, same_column or one.kind == "columns", other.score

    alike = [f for f in others if f.shape == one.shape]
    return max(alike, key=likeness, default=None)


def choose_alike(ranked: Sequence[Sequence[Candidate]]) -> list[Candidate] | None:
    """One candidate a target, all of them as far as possible from tables of one kind; None when a
    target has none. Only those about as good as the target's best are weighed."""
    if not all(ranked):
        return None
    near = [[c for c in found if c.score > found[0].score - ABOUT_AS_GOOD][:WEIGHED] for found in ranked]
    best: tuple[float, list[Candidate]] | None = None
    for first in near[0]:
        chosen = [first, *(max(found, key=lambda c: c.score + _likeness(first, c)) for found in near[1:])]
        score = sum(c.score + _likeness(first, c) for c in chosen)
        if best is None or score > best[0]:
            best = (score, chosen)
    return best[1] if best else None


def _likeness(one: Candidate, other: Candidate) -> float:
    """0 .. 2: how much two figures are of tables, and of rows or columns, of one name."""
    if one.table is None or other.table is None or one.row is None or other.row is None:
        return 0.0
    mine, theirs = bigrams(one.table.title), bigrams(other.table.title)
    title = len(mine & theirs) / len(mine | theirs)
    same_column = one.column and other.column and one.column.key == other.column.key
    return title + (0.5 if same_column else 0.0) + 0.5 * (one.row.key == other.row.key)


def years_asked(understood: Understood, lexicon: Lexicon) -> list[int]:
    """The years that the question compares, oldest first: those named, those between the ends of a
    range, and for ``比上年`` the year before."""
    question = understood.request.question
    mentioned = [y for y in understood.mentions.years if question.key[y.start : y.end]]
    years = {y.year for y in mentioned}
    if understood.request.compares_with_previous and len(years) == 1:
        years |= {y - 1 for y in years}
    if len(years) == 2 and _is_range(question.plain, min(years), max(years)):
        years = set(range(min(years), max(years) + 1))
    return sorted(years)


def _is_range(plain: str, first: int, last: int) -> bool:
    return re.search(rf"{first}\s*年?度?\s*(?:到|至|to|through|[-—–~])\s*{last}", plain) is not None


def spread(understood: Understood, library: Library, lexicon: Lexicon) -> tuple[Target, ...]:
    """The targets of a ranking over bodies or years, where the question names them only together:
    every body in every year, each year of a range, every body there is."""
    request = understood.request
    plain = request.question.plain
    years = years_asked(understood, lexicon)
    targets = request.targets
    bodies = tuple(dict.fromkeys(t.body for t in targets if t.body))
    one = targets[0]
    if len(bodies) > 1 and len(years) > 1 and _stand_together(understood):
        targets = tuple(replace(one, body=b, year=y) for b in bodies for y in years)
    elif len(bodies) == 1 and any(w in plain for w in lexicon.operation["which_year"]):
        years = years if len(years) > 1 else _years_of(bodies[0], library)
        targets = tuple(replace(one, year=y) for y in years)
    elif not bodies and any(w in plain for w in lexicon.operation["which_body"]):
        every = _every_body(one, library)
        newest = {b: max(_years_of(b, library), default=None) for b in every}
        targets = tuple(replace(one, body=b, year=one.year or newest[b]) for b in every)
    return targets if len(targets) <= MOST_TARGETS else request.targets


def _stand_together(understood: Understood) -> bool:
    """The years stand side by side, so that each is meant for every body."""
    years = understood.mentions.years
    bodies = understood.mentions.bodies
    inside = [b for b in bodies if years[0].end <= b.start < years[-1].start]
    return not inside


def _years_of(body: BodyMention, library: Library) -> list[int]:
    ids = {i for b in body.bodies for i in b.document_ids}
    years = {d.document.identity.fiscal_year for d in library.facts() if d.document_id in ids}
    return sorted(y for y in years if y)


def _every_body(target: Target, library: Library) -> list[BodyMention]:
    """The organisations that have documents of the target's year."""
    mentions = [BodyMention(0, 0, (b,)) for b in library.bodies() if not b.is_unit]
    return [m for m in mentions if for_target(library.facts(), replace(target, body=m))]

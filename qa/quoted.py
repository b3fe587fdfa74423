"""Figures that a person quotes, found where the documents print them.

A check begins with the place that is doubted: the paragraph that prints most of the figures that
the question brings along and names most of what it asks about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.model import Passage
from ingest.values import YUAN_PER_UNIT, Amount, find_amounts, fold, name_key, places
from qa.calculator import round_half_up
from qa.facts import DocumentFacts, StatedFact
from qa.linking import Candidate, stated_candidate
from qa.mentions import ItemMention
from qa.question import Question

PERCENT = ("%", "个百分点")
TELLING = 3
"""From this many significant digits on, a figure is hardly met twice by chance."""
NAMED = 4.0
"""What a paragraph gains that names everything asked about, in significant digits."""


def claims(question: Question) -> list[Amount]:
    """Amounts, counts and rates that the question states; years and bare numbers are none."""
    text = re.sub(r"\s*per ?cent", "%", fold(question.raw), flags=re.I)
    return [a for a in find_amounts(text) if a.unit not in (None, "年", "月", "日")]


def is_rate(claim: Amount) -> bool:
    return claim.unit in PERCENT


def is_money(claim: Amount) -> bool:
    return claim.unit in YUAN_PER_UNIT


def digits(value: Decimal) -> int:
    """Significant digits: 3 for 15.90, 1 for 100, none for 0."""
    return len(str(abs(value)).replace(".", "").strip("0"))


def says(claim: Amount, value: Decimal | None, unit: str | None) -> bool:
    """Whether a printed figure is the quoted one, rounded where the person rounded it."""
    if value is None or unit is None or claim.unit is None:
        return False
    if claim.unit in YUAN_PER_UNIT and unit in YUAN_PER_UNIT:
        value = value * YUAN_PER_UNIT[unit] / YUAN_PER_UNIT[claim.unit]
    elif claim.unit != unit and not (claim.unit in PERCENT and unit in PERCENT):
        return False
    rounded = digits(claim.value) >= TELLING and places(claim.value) < places(value)
    return claim.value == (round_half_up(value, places(claim.value)) if rounded else value)


@dataclass(frozen=True)
class Stretch:
    """A paragraph and the figures that it states, in its order."""

    facts: DocumentFacts
    passage: Passage
    stated: tuple[StatedFact, ...]
    quoted: tuple[StatedFact, ...]
    """Those that the person quotes, in the paragraph's order."""

    def candidate(self, fact: StatedFact) -> Candidate:
        return stated_candidate(self.facts, fact)


def stretches(documents: Sequence[DocumentFacts]) -> Iterator[Stretch]:
    """Every paragraph that states figures."""
    for facts in documents:
        by_passage: dict[int, list[StatedFact]] = defaultdict(list)
        for fact in facts.stated:
            by_passage[fact.statement.passage_index].append(fact)
        for index, stated in by_passage.items():
            ordered = tuple(sorted(stated, key=lambda f: f.figure.start))
            yield Stretch(facts, facts.document.passages[index], ordered, ())


def named_share(items: Sequence[ItemMention], stretch: Stretch) -> float:
    """The share of the names asked about that the paragraph or its headings print."""
    keys = {k for fact in stretch.stated for k in (fact.key, *fact.context)}
    text = name_key("".join((*stretch.passage.section, stretch.passage.text)))
    lengths = [(i.end - i.start, i.text in text or any(i.quality(k) for k in keys)) for i in items]
    return sum(n for n, found in lengths if found) / (sum(n for n, _ in lengths) or 1)


def _score(stretch: Stretch, quoted: Sequence[Amount], items: Sequence[ItemMention]) -> tuple[float, Stretch]:
    found: dict[int, StatedFact] = {}
    told, telling = 0, 0
    for claim in {(c.value, c.unit): c for c in quoted}.values():
        same = [f for f in stretch.stated if says(claim, f.figure.value, f.figure.unit)]
        found.update((f.figure.start, f) for f in same)
        told += digits(claim.value) if same else 0
        telling += bool(same) and digits(claim.value) >= TELLING
    named = named_share(items, stretch)
    if not telling or (telling < 2 and items and not named):
        return 0.0, stretch
    return told + NAMED * named, replace(stretch, quoted=tuple(found[s] for s in sorted(found)))


def quoted_stretches(
    quoted: Sequence[Amount], items: Sequence[ItemMention], documents: Sequence[DocumentFacts]
) -> list[Stretch]:
    """The paragraphs that print the quoted figures, best first, newest documents first among equals.

    One figure of few digits proves nothing; one of many must stand beside a name asked about.
    """
    scored = [_score(s, quoted, items) for s in stretches(documents)]
    found = [(score, s) for score, s in scored if score]
    newest = sorted(found, key=lambda f: (-f[0], -(f[1].facts.document.identity.fiscal_year or 0)))
    return [s for _, s in newest]

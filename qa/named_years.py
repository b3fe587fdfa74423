"""Years that belong to a name (2023年人口调查专项 in the budget of 2017), not to the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.facts import DocumentFacts
from qa.linking import Candidate
from qa.mentions import YearMention
from qa.question import Question

_OWN_YEAR = re.compile(r"\W*((?:19|20)\d{2})年")
TWIN = 0.1
"""What a row gains or loses beside another that differs from it in the year of its name alone."""


def year_of_name(label: str) -> int | None:
    """The year that a printed name begins with."""
    match = _OWN_YEAR.match(label)
    return int(match[1]) if match else None


def years_of_names(
    question: Question, years: Sequence[YearMention], documents: Sequence[DocumentFacts]
) -> list[YearMention]:
    """Those of the years that begin a name as the documents print it, where another year says which
    document is meant, or none is of that year."""
    kept = {d.document.identity.fiscal_year for d in documents}
    return [
        y for y in years if (len(years) > 1 or y.year not in kept) and _begins_a_name(question, y, documents)
    ]


def _begins_a_name(question: Question, year: YearMention, documents: Sequence[DocumentFacts]) -> bool:
    return any(
        question.key.startswith(row.key, year.end)
        for facts in documents
        for table in facts.tables
        for row in table.rows
        if row.key and year_of_name(row.row.label) == year.year
    )


def twins_apart(ranked: Sequence[Candidate], asked: frozenset[int], years: frozenset[int]) -> list[Candidate]:
    """Best first again: rows whose name begins with a year that the question says (``asked``) before
    those of another year or of none, and those of another year last. ``years``: of the documents meant."""

    def weighed(candidate: Candidate) -> Candidate:
        own = year_of_name(candidate.row.row.label) if candidate.row else None
        if own in asked and own is not None:
            return replace(candidate, score=candidate.score + TWIN)
        if candidate.row and (asked or own not in (None, *years)):
            return replace(candidate, score=candidate.score - TWIN)
        return candidate

    if not asked and not any(c.row and year_of_name(c.row.row.label) for c in ranked):
        return list(ranked)
    return sorted(map(weighed, ranked), key=lambda c: -c.score)

"""Is a word of the text the one that the tables print?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from ingest.values import fold, name_key
from qa.answer import Answer
from qa.builder import Builder
from qa.case import Case
from qa.facts import DocumentFacts
from qa.linking import Candidate, link_tables
from qa.phrases import marks, phrase
from qa.request import Target
from qa.say import finish
from qa.vocabulary import bigrams

_QUOTED = re.compile(r"[“\"「『《]([^“”\"「」『』《》]{2,12})[”\"」』》]")
_LISTED = re.compile(r"[、，,；;。：:（）()和及]")


def check_word(case: Case) -> Answer | None:
    """A name that the text lists and no table prints, against the name that tables print for it."""
    if case.quoted:
        return None
    for match in _QUOTED.finditer(fold(case.request.question.raw)):
        word = name_key(match.group(1))
        for facts in case.documents:
            if answer := _misprint(case, facts, word):
                return answer
    return None


def _misprint(case: Case, facts: DocumentFacts, word: str) -> Answer | None:
    listings = list(_listings(facts, word))
    beside = [d for d in case.documents if d.organization == facts.organization]
    tables = [t for d in beside for t in link_tables(Target(()), d, case.lexicon)]
    rows = [c for _, cells in tables for c in cells]
    titled = [c for c in rows if c.table and any(i.quality(c.table.title) for i in case.items)]
    if not listings or any(c.row and c.row.key == word for c in rows):
        return None
    asked = bigrams(case.request.question.key)
    passage_index, names = max(
        listings, key=lambda n: len(asked & bigrams(name_key(facts.document.passages[n[0]].text)))
    )
    meant = _nearest(word, names, titled or rows)
    if meant is None or meant.row is None:
        return None
    passage = facts.document.passages[passage_index]
    at = next(f for f in passage.fragments if _holds(passage.text[f.start : f.end], word))
    builder = Builder()
    quoted = builder.quote(
        facts, passage.text[at.start : at.end].strip(), at.place, " > ".join(passage.section)
    )
    line = phrase(
        case.language,
        "other_word",
        word=word,
        meant=meant.row.row.label.strip(),
        marks=marks([quoted]),
        meant_marks=marks([builder.cite(meant)]),
    )
    return finish(case.request, builder, [line], case.understood)


def _holds(text: str, word: str) -> bool:
    return word in map(name_key, _LISTED.split(text))


def _listings(facts: DocumentFacts, word: str) -> Iterator[tuple[int, set[str]]]:
    """Paragraphs that list the word among other names, with those names."""
    for index, passage in enumerate(facts.document.passages):
        if any(_holds(passage.text[f.start : f.end], word) for f in passage.fragments):
            yield index, set(map(name_key, _LISTED.split(passage.text)))


def _nearest(word: str, listed: set[str], cells: Sequence[Candidate]) -> Candidate | None:
    """The row whose name is one slip of the pen away, which the list lacks and whose neighbours it has."""
    near = [
        c
        for c in cells
        if c.row and c.row.key not in listed and Levenshtein.distance(word, c.row.key) == 1 and c.value
    ]
    beside = [c for c in near if _neighbours(c) & listed]
    return beside[0] if beside else None


def _neighbours(cell: Candidate) -> set[str]:
    assert cell.table is not None
    assert cell.row is not None
    at = cell.row.row_index
    return {r.key for r in cell.table.rows[max(0, at - 2) : at + 3]}

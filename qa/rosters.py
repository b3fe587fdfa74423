"""What one list names and another does not: ``今年的内设机构里，哪几个是新出现的``.

Both lists are found in running text, like any quotation; names are compared by their keys, so
that spacing and punctuation make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from ingest.values import name_key, without_ordinal
from qa.answer import Answer
from qa.builder import Builder
from qa.facts import DocumentFacts
from qa.passages import Extract, find_passages
from qa.phrases import marks, phrase
from qa.request import Target
from qa.scope import Library, for_target
from qa.snippets import is_item
from qa.terms import words
from qa.understanding import Understood

LEAST_COVERAGE = 0.7
"""Share of what is listed (``内设机构``) that a list must be explained by."""
LEAST_NAMES = 3
"""A sentence with fewer names is no list."""
LONGEST_NAME = 30
"""Characters of a name; what is longer is a sentence."""


_LACKING = re.compile(r"((?:19|20)\d\d)年?(?:的?名单)?[里中]?没有的")
"""The year whose list lacks the names asked for: ``哪些是2018年没有的``."""
_ANNOUNCED = re.compile(r"(?:分别是|分别为|包括|包含|下设|内设)(?=[^，。；]*、)[：:]?|[：:]")


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of names in one document."""

    label: str
    """Whose, of which year."""
    facts: DocumentFacts
    extract: Extract
    names: tuple[str, ...]


def compare_rosters(understood: Understood, library: Library) -> Answer | None:
    """The names that only the one list holds; None where the question does not compare two lists,
    or where one of them is not found."""
    asking = words()["intents"]["list"]
    plain = understood.request.question.plain
    lacking = _LACKING.search(plain)
    gone = any(w in plain for w in asking["gone"])
    if lacking:
        gone = int(lacking.group(1)) == max((y.year for y in understood.mentions.years), default=0)
    elif not gone and not any(w in plain for w in asking["new"]):
        return None
    targets = _two(understood)
    found = [_roster(target, understood, library) for target in targets]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    asked, other = (found[1], found[0]) if gone else (found[0], found[1])
    return _say(understood, asked, other)


def _two(understood: Understood) -> list[Target]:
    """The list asked about first, the one that it is compared with second: the newer and the older
    year, or the bodies in the order in which they are named."""
    targets = understood.request.targets
    years = sorted({y.year for y in understood.mentions.years}, reverse=True)
    if len(years) == 2 and targets:
        return [replace(targets[0], year=year) for year in years]
    return list({t.body.bodies[0].key: t for t in targets if t.body}.values())


def _roster(target: Target, understood: Understood, library: Library) -> Roster | None:
    documents = for_target(library.facts(), target)
    listed = "，".join(i.text for i in target.items)
    found = find_passages(listed, "list", [(d.document_id, d.document) for d in documents], limit=3)
    for extract in (e for e in found if e.coverage >= LEAST_COVERAGE):
        names = names_listed(extract.text)
        if len(names) >= LEAST_NAMES:
            facts = next(d for d in documents if d.document_id == extract.document_id)
            identity = facts.document.identity
            label = f"{identity.organization or ''} {identity.fiscal_year or ''}".strip()
            return Roster(label, facts, extract, names)
    return None


def names_listed(text: str) -> tuple[str, ...]:
    """The names that a text lists: its first run of numbered lines, else what stands between 、 behind
    the words that announce it, to the end of the sentence."""
    lines = [line for line in text.split("\n") if line.strip()]
    numbered = list(takewhile(is_item, dropwhile(lambda line: not is_item(line), lines)))
    if len(numbered) >= LEAST_NAMES:
        parts = [without_ordinal(line) for line in numbered]
    else:
        parts = re.split("[、，]", _ANNOUNCED.split(text, maxsplit=1)[-1].partition("。")[0])
    names = (part.strip(" \n；;。等") for part in parts)
    return tuple(dict.fromkeys(n for n in names if name_key(n) and len(n) <= LONGEST_NAME))


def _say(understood: Understood, asked: Roster, other: Roster) -> Answer:
    language = understood.request.question.language
    known = {name_key(n) for n in other.names}
    only = [n for n in asked.names if name_key(n) not in known]
    builder = Builder()
    cited = [*_cite(builder, asked, only), *_cite(builder, other, other.names[:1])]
    name = "only_there" if only else "none_only_there"
    text = phrase(
        language, name, label=asked.label, other=other.label, names="、".join(only), marks=marks(cited)
    )
    return Answer("answered", text, language, citations=tuple(builder.citations), understood=asked.label)


def _cite(builder: Builder, roster: Roster, names: Sequence[str]) -> list[int]:
    """The runs of a list that print these names; its longest run, where none does."""
    runs = ((roster.extract.quote, roster.extract.place), *roster.extract.more)
    printing = [(quote, place) for quote, place in runs if any(n in quote for n in names)] or runs[:1]
    section = " > ".join(roster.extract.section)
    return [builder.quote(roster.facts, quote, place, section) for quote, place in printing]

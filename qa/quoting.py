"""From the best candidate to the text that a person wants, cut but never reworded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import dropwhile, pairwise, takewhile

from ingest.model import SOURCE_BREAK, Document, Place
from qa.scoring import Candidate, Question, gives_reason, heading_named, heading_says_all
from qa.snippets import Snippet, Source, is_item, snippets
from qa.terms import terms

LONGEST_TEXT = 1200
"""Characters of the longest extract; a whole list of duties is cut here, at an item's end."""
WHOLE_CELL = 240
"""A cell of running text up to this many characters is quoted whole."""
OUTSTANDING = 0.1
"""By this share of the question's words an item must explain more than any other of its list."""
KIN = 0.75
"""A neighbouring sentence joins the extract when it scores this share of the best one."""
EQUAL = 0.9
"""For a question for several things, sentences of one section with this share are one answer."""


SHORT_SECTION = 800
"""A section up to this many characters is quoted whole where a list is asked for."""
NAMED = 0.99
"""The share of a heading's words that the question says, for its whole section to be the answer."""
Span = tuple[Source, int, int]
"""A source with the start and the end of what is quoted of it."""


def quoted_spans(question: Question, best: Candidate, ranked: Sequence[Candidate]) -> list[Span]:
    """What the extract consists of: spans of sources, in order."""
    source, snippet = best.snippet.source, best.snippet
    if _asks_for_section(question, best):
        return _section(best)
    if question.intent == "definition" and snippet.head:
        return [(source, snippet.start, _definition_end(best))]
    if question.is_plural and len(equals := _equals(best, ranked)) > 1:
        return equals
    if source.passage_index is None and (item := _item(question, best)):
        return [item]
    if source.passage_index is None and len(source.text) <= WHOLE_CELL:
        return [(source, 0, len(source.text))]
    start, end = _window(best, ranked)
    if question.intent == "reason" and not gives_reason(snippet):
        end = len(source.text)  # the reason follows in words of its own
    if question.intent == "reason":
        start = _subject_start(question, best, start)
    if source.text[start:end].rstrip().endswith(("：", ":")):
        return [(source, start, end), *_following(best, end)]
    return [(source, start, end)]


def _asks_for_section(question: Question, best: Candidate) -> bool:
    """The duties as such, what stands under a heading that the question names, or a short list."""
    snippet = best.snippet
    if snippet.source.passage_index is None or question.intent in ("reason", "definition", "figure"):
        return False
    if question.intent == "list" and sum(len(s.text) for s in _below(best)) <= SHORT_SECTION:
        return True
    if question.intent == "duty" and not question.concepts:
        return True
    return heading_says_all(question, snippet) or heading_named(question, snippet) >= NAMED


def _item(question: Question, best: Candidate) -> Span | None:
    """The one item of a cell's list (``3. 指标名称：…``) that the question names; None: not just one."""
    source = best.snippet.source
    starts = [s.start for s in snippets(best.document) if s.source is source and is_item(s.text)]
    spans = list(pairwise([*starts, len(source.text)]))
    named = [question.asked.explained(((terms(source.text[a:b]), 1.0),)) for a, b in spans]
    if len(spans) < 2 or question.is_plural:
        return None
    first, second, *_ = sorted(named, reverse=True)
    return (source, *spans[named.index(first)]) if first >= second + OUTSTANDING else None


def _equals(best: Candidate, ranked: Sequence[Candidate]) -> list[Span]:
    """The best candidate with those of its section that answer as well, in the document's order."""
    section = best.snippet.source.section
    equals = {
        (id(c.snippet.source), c.snippet.start)
        for c in ranked
        if c.document is best.document
        and c.snippet.source.section == section
        and c.score >= EQUAL * best.score
    }
    return _up_to_longest(s for s in snippets(best.document) if (id(s.source), s.start) in equals)


def _up_to_longest(parts: Iterable[Snippet]) -> list[Span]:
    """As many as fit the longest text, but at least one."""
    found: list[Span] = []
    length = 0
    for part in parts:
        length += part.end - part.start
        if found and length > LONGEST_TEXT:
            break
        found.append((part.source, part.start, part.end))
    return found


def _subject_start(question: Question, best: Candidate, start: int) -> int:
    """Where the nearest sentence before begins that names more of the question than the best one."""
    source = best.snippet.source

    def names(snippet: Snippet) -> float:
        return question.asked.explained(((snippet.subject_terms, 1.0),))

    before = [s for s in snippets(best.document) if s.source is source and s.start < start]
    naming = [s.start for s in before if names(s) > names(best.snippet)]
    return max(naming, default=start)


def _definition_end(best: Candidate) -> int:
    """A definition runs on to the next one in its passage."""
    later = [
        s.start
        for s in snippets(best.document)
        if s.source is best.snippet.source and s.start > best.snippet.start and s.head and is_item(s.text)
    ]
    return min(later, default=len(best.snippet.source.text))


def _window(best: Candidate, ranked: Sequence[Candidate]) -> tuple[int, int]:
    """The best sentence with the neighbours that explain nearly as much in their own right."""
    kin = sorted(
        (c.snippet.start, c.snippet.end)
        for c in ranked
        if c.snippet.source is best.snippet.source and c.score >= KIN * best.score
    )
    at = kin.index((best.snippet.start, best.snippet.end))
    low = high = at
    text = best.snippet.source.text
    while low and not text[kin[low - 1][1] : kin[low][0]].strip():
        low -= 1
    while high + 1 < len(kin) and not text[kin[high][1] : kin[high + 1][0]].strip():
        high += 1
    return kin[low][0], kin[high][1]


def _following(best: Candidate, end: int) -> list[Span]:
    """What a sentence that ends in a colon announces: the rest below it in its section."""
    section = best.snippet.source.section
    after = dropwhile(lambda s: s is not best.snippet, snippets(best.document))
    return _up_to_longest(
        takewhile(
            lambda s: _is_below(s, section),
            (s for s in after if s.source is not best.snippet.source or s.start >= end),
        )
    )


def _section(best: Candidate) -> list[Span]:
    """The whole section of the best candidate; of a long one, the first sentence of each paragraph."""
    below = _below(best)
    if sum(len(s.text) for s in below) > LONGEST_TEXT:
        firsts: dict[int, Snippet] = {}
        for snippet in below:
            firsts.setdefault(id(snippet.source), snippet)
        below = list(firsts.values())
    return _up_to_longest(below)


def _below(best: Candidate) -> list[Snippet]:
    """Everything that stands under the best candidate's heading, in order."""
    section = best.snippet.source.section
    return [s for s in snippets(best.document) if _is_below(s, section)]


def _is_below(snippet: Snippet, section: tuple[str, ...]) -> bool:
    return snippet.source.section == section or (
        bool(section) and snippet.source.section[: len(section)] == section
    )


def unbroken_runs(document: Document, source: Source, start: int, end: int) -> list[tuple[str, Place]]:
    """The span's parts that stand unbroken in the source, each with its place."""
    if source.passage_index is None:
        runs = [run.strip() for run in source.text[start:end].split(SOURCE_BREAK)]
        return [(run, source.place) for run in runs if run]
    parts = [
        (source.text[max(start, f.start) : min(end, f.end)].strip(), f.place)
        for f in document.passages[source.passage_index].fragments
        if f.start < end and start < f.end
    ]
    return [p for p in parts if p[0]] or [(source.text[start:end].strip(), source.place)]

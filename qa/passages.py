"""Answers that are quoted: reasons, definitions, duties, contents, lists and figures in prose.

Every sentence of the narrative and every cell of running text is a candidate
(``qa.snippets``). Its score is written down in ``_score``: words it explains, the form that the
intent asks for, and, where a store has vectors, nearness in meaning. The best ones are
then cut to the length that a person wants, never reworded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import dropwhile, takewhile
from typing import Literal

from ingest.model import Document, Place
from ingest.values import find_amounts, without_ordinal
from qa.snippets import Snippet, Source, attested, is_item, snippets
from qa.stated import FigureExtract, stated_figures
from qa.terms import Concept, Weights, concepts, direction, explained, gloss, terms, words

__all__ = ["Extract", "FigureExtract", "Intent", "find_passages", "gloss", "stated_figures"]

Intent = Literal["reason", "definition", "duty", "content", "list", "text", "figure"]

# score = W_WORDS * words + W_FORM * form + W_MEANING * meaning - W_LENGTH * length, each 0..1
W_WORDS = 0.60
"""The share of the question's words that the candidate and what stands around it explain."""
W_FORM = 0.35
"""Has it the form that the intent asks for: a definition of the term, a reason, a duty?"""
W_MEANING = 0.25
"""Nearness of its passage's vector to the question's, scaled over the passages given."""
W_LENGTH = 0.05
"""A short candidate that explains as much as a long one is the better quotation."""

OWN, CONTEXT, NEIGHBOUR = 1.0, 0.8, 0.4
"""What finding a word of the question is worth in the sentence itself, in its headings and
subject, and in the rest of its paragraph or cell."""
OTHERS_DEFINITION = -0.4
"""The form of a definition where none is asked for."""
LONG = 400
"""Characters from which a candidate counts as long."""
LONGEST_TEXT = 1200
"""Characters of the longest extract; a whole list of duties is cut here, at an item's end."""
WHOLE_CELL = 240
"""A cell of running text up to this many characters is quoted whole."""
KIN = 0.75
"""A neighbouring sentence joins the extract when it scores this share of the best one."""
EQUAL = 0.9
"""For a question for several things, sentences of one section with this share are one answer."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Text to quote, with its source."""

    document_id: int
    quote: str
    """The longest run of ``text`` that stands unbroken in the source."""
    text: str
    """What a person wants to read: the definition whole, the reason with its figure, the list."""
    place: Place
    """Of ``quote``."""
    section: tuple[str, ...]
    """Headings of a passage; title, row path and column path of a cell."""
    score: float
    coverage: float
    """0..1: the share of the question's words that the text and its headings explain."""
    source: Literal["passage", "cell", "note"]
    more: tuple[tuple[str, Place], ...] = ()
    """Further unbroken runs of ``text`` (on the next page, of the next item), to be cited too."""
    passage_index: int | None = None
    table_index: int | None = None
    row_index: int | None = None
    column_index: int | None = None


@dataclass(frozen=True)
class _Question:
    text: str
    intent: Intent
    concepts: tuple[Concept, ...]
    weights: Weights

    def named(self, name: frozenset[str]) -> float:
        """The share of a name's terms that the question says, in any wording."""
        said = frozenset[str]().union(*(a for c in self.concepts for a in c.alternatives))
        return self.weights.mass(name & said) / (self.weights.mass(name) or 1.0)

    @property
    def is_plural(self) -> bool:
        low = self.text.lower()
        return self.intent == "list" or _has(low, words()["intents"]["text"]["plural"])


_Span = tuple[Source, int, int]


@dataclass(frozen=True)
class _Candidate:
    document_id: int
    document: Document
    snippet: Snippet
    words: float
    score: float


def find_passages(
    question: str,
    intent: Intent,
    documents: Sequence[tuple[int, Document]],
    semantic: Mapping[tuple[int, int], float] | None = None,
    limit: int = 5,
    ignore: Sequence[str] = (),
) -> list[Extract]:
    """The best extracts for a question, best first; [] when nothing shares a word with it.

    ``documents``: (id, Document) of the organisations and years that the question means.
    ``ignore``: its words that are explained already (organisation names, years).
    ``semantic``: (document id, passage index) -> similarity 0..1 of the passage's vector.
    Whether the best is good enough is the caller's decision, by ``coverage``.
    """
    pool = [(i, d, s) for i, d in documents for s in snippets(d)]
    asked = _Question(
        question,
        intent,
        concepts(question, ignore, partial(attested, [d for _, d in documents])),
        Weights.over(s.own_terms | s.context_terms for _, _, s in pool),
    )
    meaning = _scaled(semantic or {})
    ranked = sorted(
        (_candidate(asked, i, d, s, meaning) for i, d, s in pool), key=lambda c: c.score, reverse=True
    )
    extracts: list[Extract] = []
    for candidate in ranked:
        if len(extracts) == limit or candidate.score <= 0:
            break
        extract = _extract(asked, candidate, ranked)
        if not any(extract.quote in e.text for e in extracts):
            extracts.append(extract)
    return extracts


def _scaled(semantic: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Similarities spread over 0..1: a model's own lie close together."""
    if not semantic:
        return {}
    low, high = min(semantic.values()), max(semantic.values())
    return {k: (v - low) / (high - low) if high > low else 0.0 for k, v in semantic.items()}


def _candidate(
    asked: _Question,
    document_id: int,
    document: Document,
    snippet: Snippet,
    meaning: Mapping[tuple[int, int], float],
) -> _Candidate:
    found = _words(asked, snippet)
    near = meaning.get((document_id, snippet.source.passage_index or 0), 0.0)
    if snippet.source.passage_index is None:
        near = 0.0
    return _Candidate(document_id, document, snippet, found, _score(asked, snippet, found, near))


def _score(asked: _Question, snippet: Snippet, found: float, near: float) -> float:
    """The formula. A form counts as far as the candidate is about the question at all."""
    length = min(1.0, len(snippet.text) / LONG)
    about = min(1.0, 2 * max(found, near)) if asked.concepts else 1.0
    form = _form(asked, snippet) * about
    return W_WORDS * found + W_FORM * form + W_MEANING * near - W_LENGTH * length


def _form(asked: _Question, snippet: Snippet) -> float:
    if asked.intent == "definition":
        return _definition_form(asked, snippet)
    if snippet.head:
        return OTHERS_DEFINITION
    if asked.intent == "reason":
        return _reason_form(asked, snippet)
    return max(_FORMS[asked.intent](snippet), _heading_form(asked, snippet))


def _words(asked: _Question, snippet: Snippet) -> float:
    credits = (
        (snippet.own_terms, OWN),
        (snippet.context_terms, CONTEXT),
        (snippet.source.own_terms, NEIGHBOUR),
    )
    return explained(asked.concepts, asked.weights, credits)


# The form that each intent asks for, 0..1 (below 0: it speaks against the candidate).


def _definition_form(asked: _Question, snippet: Snippet) -> float:
    """How nearly the term defined is the term asked for, seen from both."""
    if not (head := snippet.head):
        return 0.0
    head_terms = terms(head)
    by_head = explained(asked.concepts, asked.weights, ((head_terms, 1.0),))
    return by_head * asked.named(head_terms)


def _reason_form(asked: _Question, snippet: Snippet) -> float:
    reasons = words()["intents"]["reason"]
    if any(s.reason for s in snippet.statements) or _has(snippet.text, reasons["openers"]):
        form = 0.7
    elif _has(snippet.text, reasons["weak"]) or _in_headings(snippet, reasons["columns"]):
        form = 0.3
    else:
        return 0.0
    wanted, given = direction(asked.text), direction(snippet.text)
    if wanted and given:
        form += 0.3 if wanted == given else -0.5
    return form


def _heading_form(asked: _Question, snippet: Snippet) -> float:
    """Does the question name the heading or the column that the candidate stands under?"""
    section = snippet.source.section
    return asked.named(terms(without_ordinal(section[-1]))) ** 2 if section else 0.0


def _duty_form(snippet: Snippet) -> float:
    duty = words()["intents"]["duty"]
    return 0.6 * _in_headings(snippet, duty["sections"]) + 0.4 * _has(snippet.text, duty["words"])


def _content_form(snippet: Snippet) -> float:
    content = words()["intents"]["content"]
    in_cell = snippet.source.column_index is not None and _in_headings(snippet, content["columns"])
    return 0.7 * (in_cell or _in_headings(snippet, content["sections"]))


def _list_form(snippet: Snippet) -> float:
    lists = words()["intents"]["list"]
    items = min(1.0, snippet.text.count("、") / 3)
    in_section = _in_headings(snippet, lists["sections"])
    return 0.4 * items + 0.4 * _has(snippet.text, lists["words"]) + 0.2 * in_section


def _figure_form(snippet: Snippet) -> float:
    return float(any(a.unit not in (None, "年", "月", "日") for a in find_amounts(snippet.text)))


def _no_form(snippet: Snippet) -> float:
    return 0.0


_FORMS: dict[Intent, Callable[[Snippet], float]] = {
    "duty": _duty_form,
    "content": _content_form,
    "list": _list_form,
    "figure": _figure_form,
    "text": _no_form,
}


def _has(text: str, any_of: Iterable[str]) -> bool:
    return any(word in text for word in any_of)


def _in_headings(snippet: Snippet, any_of: Iterable[str]) -> bool:
    return _has("".join(snippet.source.section[-2:]), any_of)


# From the best candidate to the text that a person wants.


def _extract(asked: _Question, best: _Candidate, ranked: Sequence[_Candidate]) -> Extract:
    spans = _spans(asked, best, ranked)
    runs = [run for source, start, end in spans for run in _runs(best.document, source, start, end)]
    text = "\n".join(source.text[start:end].strip() for source, start, end in spans)
    quote, place = max(runs, key=lambda run: len(run[0]))
    source = best.snippet.source
    headings = best.snippet.context_terms
    return Extract(
        best.document_id,
        quote,
        text,
        place,
        source.section,
        best.score,
        explained(asked.concepts, asked.weights, ((terms(text), 1.0), (headings, 1.0))),
        _kind(source),
        tuple(run for run in runs if run[0] != quote),
        source.passage_index,
        source.table_index,
        source.row_index,
        source.column_index,
    )


def _kind(source: Source) -> Literal["passage", "cell", "note"]:
    if source.passage_index is not None:
        return "passage"
    return "cell" if source.row_index is not None else "note"


def _spans(asked: _Question, best: _Candidate, ranked: Sequence[_Candidate]) -> list[_Span]:
    """What the extract consists of: spans of sources, in order."""
    source, snippet = best.snippet.source, best.snippet
    if asked.intent == "duty" and not asked.concepts:
        return _section(best)
    if asked.intent == "definition" and snippet.head:
        return [(source, snippet.start, _definition_end(best))]
    if asked.is_plural and len(equals := _equals(best, ranked)) > 1:
        return equals
    if source.passage_index is None and len(source.text) <= WHOLE_CELL:
        return [(source, 0, len(source.text))]
    start, end = _window(best, ranked)
    if source.text[start:end].rstrip().endswith(("：", ":")):
        return [(source, start, end), *_following(best, end)]
    return [(source, start, end)]


def _equals(best: _Candidate, ranked: Sequence[_Candidate]) -> list[_Span]:
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


def _up_to_longest(parts: Iterable[Snippet]) -> list[_Span]:
    """As many as fit the longest text, but at least one."""
    found: list[_Span] = []
    length = 0
    for part in parts:
        length += part.end - part.start
        if found and length > LONGEST_TEXT:
            break
        found.append((part.source, part.start, part.end))
    return found


def _definition_end(best: _Candidate) -> int:
    """A definition runs on to the next one in its passage."""
    later = [
        s.start
        for s in snippets(best.document)
        if s.source is best.snippet.source and s.start > best.snippet.start and s.head and is_item(s.text)
    ]
    return min(later, default=len(best.snippet.source.text))


def _window(best: _Candidate, ranked: Sequence[_Candidate]) -> tuple[int, int]:
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


def _following(best: _Candidate, end: int) -> list[_Span]:
    """What a sentence that ends in a colon announces: the rest below it in its section."""
    section = best.snippet.source.section
    after = dropwhile(lambda s: s is not best.snippet, snippets(best.document))
    return _up_to_longest(
        takewhile(
            lambda s: s.source.section[: len(section)] == section,
            (s for s in after if s.source is not best.snippet.source or s.start >= end),
        )
    )


def _section(best: _Candidate) -> list[_Span]:
    """The whole section of the best candidate."""
    section = best.snippet.source.section
    return _up_to_longest(s for s in snippets(best.document) if s.source.section == section)


def _runs(document: Document, source: Source, start: int, end: int) -> list[tuple[str, Place]]:
    """The span's parts that stand unbroken in the source, each with its place."""
    if source.passage_index is None:
        return [(source.text[start:end].strip(), source.place)]
    parts = [
        (source.text[max(start, f.start) : min(end, f.end)].strip(), f.place)
        for f in document.passages[source.passage_index].fragments
        if f.start < end and start < f.end
    ]
    return [p for p in parts if p[0]] or [(source.text[start:end].strip(), source.place)]

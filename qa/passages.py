"""Answers that are quoted: reasons, definitions, duties, contents, lists and figures in prose.

Every sentence of the narrative and every cell of running text is a candidate
(``qa.snippets``). Its score is written down in ``_score``: words it explains, the form that the
intent asks for, and, where a store has vectors, nearness in meaning. The best ones are
then cut to the length that a person wants, never reworded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ingest.model import SOURCE_BREAK, Document, Place
from qa.quoting import quoted_spans, unbroken_runs
from qa.scoring import (
    Candidate,
    Intent,
    Question,
    fitness,
    score,
    ways_agree,
    words_explained,
)
from qa.snippets import Snippet, Source, attested, snippets, weights
from qa.stated import FigureExtract, stated_figures
from qa.terms import Asked, Concept, about_the_whole, concepts, form_words, gloss, terms, words
from qa.weights import PASSAGES

__all__ = ["Extract", "FigureExtract", "Intent", "find_passages", "gloss", "stated_figures"]


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
    """0..1: the share of the question's words that the text and its headings explain, times
    its fitness where a definition or a reason is asked for (``qa.scoring.fitness``)."""
    source: Literal["passage", "cell", "note"]
    more: tuple[tuple[str, Place], ...] = ()
    """Further unbroken runs of ``text`` (on the next page, of the next item), to be cited too."""
    contradicts: bool = False
    """The source says that it went another way than the question supposes (为什么增加: 减少了)."""
    passage_index: int | None = None
    table_index: int | None = None
    row_index: int | None = None
    column_index: int | None = None


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
    read = [d for _, d in documents]
    named = concepts(question, ignore, partial(attested, read))
    if intent != "definition":
        named = about_the_whole(named)
    if intent == "duty":
        named = tuple(c for c in named if c.said not in words()["intents"]["duty"]["asking"])
    weighed = weights(read)
    asked = Question(question, intent, named, Asked(named, weighed), Asked(_things(named), weighed))
    pool = [(i, d, s) for i, d in documents for s in snippets(d)]
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


def _things(named: Sequence[Concept]) -> list[Concept]:
    """What a question is about, without what only says in which form (项目, 立项依据)."""
    return [c for c in named if c.said not in form_words()] or list(named)


def _scaled(semantic: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Similarities spread over 0..1: a model's own lie close together."""
    if not semantic:
        return {}
    low, high = min(semantic.values()), max(semantic.values())
    return {k: (v - low) / (high - low) if high > low else 0.0 for k, v in semantic.items()}


def _candidate(
    question: Question,
    document_id: int,
    document: Document,
    snippet: Snippet,
    meaning: Mapping[tuple[int, int], float],
) -> Candidate:
    found = words_explained(question, snippet)
    near = meaning.get((document_id, snippet.source.passage_index or 0), 0.0)
    if snippet.source.passage_index is None:
        near = 0.0
    return Candidate(document_id, document, snippet, found, score(question, snippet, found, near))


def _extract(question: Question, best: Candidate, ranked: Sequence[Candidate]) -> Extract:
    spans = quoted_spans(question, best, ranked)
    runs = [run for source, start, end in spans for run in unbroken_runs(best.document, source, start, end)]
    text = "\n".join(source.text[start:end].replace(SOURCE_BREAK, "").strip() for source, start, end in spans)
    quote, place = max(runs, key=lambda run: len(run[0]))
    source = best.snippet.source
    return Extract(
        best.document_id,
        quote,
        text,
        place,
        source.section,
        best.score,
        _coverage(question, best.snippet, text),
        _kind(source),
        tuple(run for run in runs if run[0] != quote),
        question.intent == "reason" and not ways_agree(question, best.snippet),
        source.passage_index,
        source.table_index,
        source.row_index,
        source.column_index,
    )


def _coverage(question: Question, snippet: Snippet, text: str) -> float:
    """A question that names nothing but what its intent says (the duties) is covered by the form."""
    if not question.concepts:
        return 1.0
    source = snippet.source
    own = (terms(text), 1.0), (snippet.context_terms, 1.0)
    credits = (*own, (source.sibling_terms, PASSAGES.beside), (source.beside_terms, PASSAGES.listed))
    share = min(question.asked.explained(credits), question.things.explained(credits))
    return min(1.0, share * fitness(question, snippet, text))


def _kind(source: Source) -> Literal["passage", "cell", "note"]:
    if source.passage_index is not None:
        return "passage"
    return "cell" if source.row_index is not None else "note"

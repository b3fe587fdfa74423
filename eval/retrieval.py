"""Where answers are lost: is what holds the answer in the store, found, chosen and rightly said?

Recall tells at which place the gold stands among what is found: for a question for figures, among the
candidates that linking gives for each of its targets; for one for words, among the passages, found by
words (BM25), by meaning, by both, and as quotations are ranked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eval.formats import Question, answer_from
from eval.score import judge, supports
from index_store import Store
from ingest.values import name_key, squeeze
from qa.answer import Answer
from qa.builder import Builder
from qa.engine import Engine
from qa.facts import DocumentFacts
from qa.lexicon import load_lexicon
from qa.linking import Candidate
from qa.nearest import LOOKED_AT
from qa.passages import find_passages
from qa.quotes import form_of
from qa.request import Target
from qa.resolve import link_target
from qa.retrieval import Place, by_words, fused
from qa.scope import Library
from qa.understanding import Understood

CUTS = (1, 5, 20)
DEEPEST = max(CUTS)
WORD_TYPES = ("reason", "definition", "text")
"""Questions that are answered with words; those of the other types with figures."""

Stage = Literal["right", "not in the store", "not a candidate", "another chosen", "wrongly said"]
STAGES: tuple[Stage, ...] = ("right", "wrongly said", "another chosen", "not a candidate", "not in the store")
WORD_WAYS = ("BM25", "vectors", "fused", "quoting")


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one question that has an answer."""

    id: str
    type: str
    stage: Stage
    places: Mapping[str, int | None]
    """Way of finding -> place of the gold among what it found, from 1; None: not among the first 20."""


class Tracer:
    """Follows questions through an engine over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._engine = Engine(store)
        self._lexicon = load_lexicon()
        self._library = Library(store, self._lexicon)

    def trace(self, questions: Iterable[Question]) -> Iterator[Trace]:
        """A trace of each question that expects an answer and names its evidence."""
        for question in questions:
            if question.expect.status == "answered" and question.expect.evidence:
                yield self._trace(question)

    def _trace(self, question: Question) -> Trace:
        understood = self._engine.understand(question.text, question.history)
        answer = self._engine.answer(question.text, question.history)
        if question.type in WORD_TYPES and (gold := self._gold_passages(question)):
            places = {way: _first(found, gold) for way, found in self._found(understood).items()}
            reached = any(places.values())
        else:
            places = {"linking": self._linked(understood, question)}
            reached = places["linking"] is not None
        return Trace(question.id, question.type, self._stage(question, answer, reached), places)

    def _stage(self, question: Question, answer: Answer, is_found: bool) -> Stage:
        given = answer_from(answer.to_dict(question.id))
        if judge(question, given).correct_and_cited:
            return "right"
        if not any(self._holds(evidence) for evidence in question.expect.evidence):
            return "not in the store"
        if any(supports(e, c) for e in question.expect.evidence for c in given.citations):
            return "wrongly said"
        return "another chosen" if is_found else "not a candidate"

    # --- what the store holds ------------------------------------------------------------------

    def _of(self, evidence: Mapping[str, Any]) -> list[DocumentFacts]:
        name = squeeze(str(evidence.get("doc") or ""))
        return [f for f in self._library.facts() if squeeze(f.document.file_name) == name]

    def _holds(self, evidence: Mapping[str, Any]) -> bool:
        """Does a cell, a label or a passage of the document hold what is quoted?"""
        quote = name_key(str(evidence.get("quote") or ""))
        return any(
            quote in name_key(text)
            for facts in self._of(evidence)
            for text in (
                *(p.text for p in facts.document.passages),
                *(c.text for t in facts.document.tables for r in t.rows for c in r.cells),
                *(r.label for t in facts.document.tables for r in t.rows),
                *(t.notes or "" for t in facts.document.tables),
            )
        )

    def _gold_passages(self, question: Question) -> set[Place]:
        return {
            (facts.document_id, index)
            for evidence in question.expect.evidence
            if evidence.get("quote")
            for facts in self._of(evidence)
            for index, passage in enumerate(facts.document.passages)
            if name_key(str(evidence["quote"])) in name_key(passage.text)
        }

    # --- what is found -------------------------------------------------------------------------

    def _found(self, understood: Understood) -> dict[str, list[Place]]:
        """The passages of the documents that are meant, as each way ranks them."""
        text, ignore = understood.request.question.raw, understood.spoken_for
        read = [(f.document_id, f.document) for f in understood.documents or self._library.facts()]
        words = by_words(text, read, ignore)
        hits = self._store.search_passages(text, LOOKED_AT, [i for i, _ in read])
        meanings = {(h.document_id, h.passage_index): h.score for h in hits}
        both = fused(words, meanings)
        extracts = find_passages(text, form_of(understood), read, both, DEEPEST, ignore)
        quoted = [(e.document_id, e.passage_index) for e in extracts if e.passage_index is not None]
        ranked = (list(words), list(meanings), list(both), quoted)
        return dict(zip(WORD_WAYS, ranked, strict=True))

    def _linked(self, understood: Understood, question: Question) -> int | None:
        """The place at which every target has a gold figure among its candidates."""
        request = understood.request
        places = [self._place(t, understood, question) for t in (*request.targets, *request.denominators)]
        found = [p for p in places if p is not None]
        return max(found) if found and len(found) == len(places) else None

    def _place(self, target: Target, understood: Understood, question: Question) -> int | None:
        ranked = link_target(target, understood, self._library, self._lexicon).ranked[:DEEPEST]
        cited = (_as_cited(candidate) for candidate in ranked)
        evidence = question.expect.evidence
        return next((n for n, c in enumerate(cited, 1) if any(supports(e, c) for e in evidence)), None)


def _as_cited(candidate: Candidate) -> dict[str, Any]:
    builder = Builder()
    return builder.citations[builder.cite(candidate) - 1].to_dict()


def _first(found: Sequence[Place], gold: set[Place]) -> int | None:
    return next((n for n, place in enumerate(found[:DEEPEST], 1) if place in gold), None)


def report(traces: Sequence[Trace]) -> str:
    """Recall at 1, 5 and 20 for each question type and way of finding, and where the rest was lost."""
    ways: dict[str, dict[str, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    stages: dict[str, Counter[Stage]] = defaultdict(Counter)
    for trace in traces:
        for kind in (trace.type, "all"):
            stages[kind][trace.stage] += 1
            for way, place in trace.places.items():
                ways[way][kind].append(place)
    lines = [_line(("found by", "type", "questions", *(f"recall@{cut}" for cut in CUTS)))]
    for way in (w for w in ("linking", *WORD_WAYS) if w in ways):
        for kind, places in sorted(ways[way].items(), key=lambda k: k[0] == "all"):
            shares = (f"{sum(p is not None and p <= cut for p in places) / len(places):.1%}" for cut in CUTS)
            lines.append(_line((way, kind, str(len(places)), *shares)))
    lines += ["", _line(("", "type", "questions", *STAGES))]
    for kind, counts in sorted(stages.items(), key=lambda k: k[0] == "all"):
        lines.append(_line(("", kind, str(counts.total()), *(str(counts[stage]) for stage in STAGES))))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return cells[0].ljust(10) + cells[1].ljust(12) + "".join(cell.rjust(18) for cell in cells[2:])

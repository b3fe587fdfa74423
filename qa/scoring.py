"""How well a candidate answers a question: the written-down formula.

Words it explains, the form that the intent asks for, nearness in meaning where a store has
vectors, and brevity.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.model import Document
from ingest.script import simplified
from ingest.values import find_amounts, without_ordinal
from qa.snippets import Snippet
from qa.terms import Asked, Concept, concepts, direction, terms, words
from qa.weights import PASSAGES

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=年)")
_SENTENCE = re.compile(r"[。；，、：;,:\d]")

Intent = Literal["reason", "definition", "duty", "content", "list", "text", "figure"]

# score = words + form + meaning - echo - length, each between 0 and 1 and times its weight in PASSAGES

W_OTHER_YEAR = 0.1
"""A row or a heading whose name begins with another year is about another thing of nearly its name."""


@dataclass(frozen=True)
class Question:
    """A question as it is scored."""

    text: str
    intent: Intent
    concepts: tuple[Concept, ...]
    asked: Asked
    things: Asked
    """What it is about, without the words for the form of the answer."""

    @property
    def is_plural(self) -> bool:
        low = self.text.lower()
        return self.intent == "list" or _has(low, words()["intents"]["text"]["plural"])


@dataclass(frozen=True)
class Candidate:
    """A snippet with its score."""

    document_id: int
    document: Document
    snippet: Snippet
    words: float
    score: float


def score(question: Question, snippet: Snippet, found: float, near: float) -> float:
    """The formula. A form counts as far as the candidate is about the question at all."""
    length = min(1.0, len(snippet.text) / PASSAGES.long)
    about = min(1.0, 2 * max(found, near)) if question.concepts else 1.0
    form = _form(question, snippet) * about if about else 0.0
    return (
        PASSAGES.words * found
        + PASSAGES.form * form
        + PASSAGES.meaning * near
        - PASSAGES.echo * _echo(question, snippet)
        - PASSAGES.length * length
        - W_OTHER_YEAR * _other_year(question, snippet)
    )


def _echo(question: Question, snippet: Snippet) -> float:
    """How little the candidate says beyond the question; a bare title says nothing."""
    if snippet.source.passage_index is not None and not _SENTENCE.search(snippet.text):
        return 1.0
    return question.asked.named(snippet.own_terms) ** 2


def _other_year(question: Question, snippet: Snippet) -> int:
    """1 for a name with a year that is not asked about, -1 for one of several years asked about."""
    asked = set(_YEAR.findall(question.text))
    own = {year for name in snippet.source.section[1:] for year in _YEAR.findall(name)}
    if asked and own - asked:
        return 1
    return -1 if own and len(asked) > 1 else 0


def _form(question: Question, snippet: Snippet) -> float:
    if question.intent == "definition":
        return _definition_form(question, snippet)
    if snippet.is_glossary:
        return PASSAGES.others_definition
    if question.intent == "reason":
        return _reason_form(question, snippet)
    return max(_FORMS[question.intent](question, snippet), _heading_form(question, snippet))


def words_explained(question: Question, snippet: Snippet) -> float:
    """The share of the question's words that the candidate and what stands around it explain."""
    own = snippet.subject_terms if question.intent == "reason" else snippet.own_terms
    is_cell = snippet.source.passage_index is None
    credits = (
        (own, PASSAGES.own),
        (snippet.context_terms, PASSAGES.row if is_cell else PASSAGES.context),
        (snippet.source.own_terms, PASSAGES.neighbour),
        (snippet.source.beside_terms, PASSAGES.sibling),
    )
    return question.asked.explained(credits)


# The form that each intent asks for, 0..1 (below 0: it speaks against the candidate).


def _definition_form(question: Question, snippet: Snippet) -> float:
    """How nearly the term defined is the term asked for, seen from both."""
    if not (head := snippet.head):
        return 0.0
    head_terms = terms(head)
    by_head = question.asked.explained(((head_terms, 1.0),))
    return by_head * question.asked.named(head_terms)


def _reason_form(question: Question, snippet: Snippet) -> float:
    reasons = words()["intents"]["reason"]
    changes = [f for s in snippet.statements for f in s.figures if f.direction]
    if gives_reason(snippet):
        form = 0.7
    elif changes or _hints(snippet.text) or _in_headings(snippet, reasons["columns"]):
        form = 0.3
    else:
        return 0.0
    if direction(question.text) and snippet.direction:
        form += PASSAGES.same_way if ways_agree(question, snippet) else PASSAGES.other_way
    return form


def ways_agree(question: Question, snippet: Snippet) -> bool:
    """False when both say which way something went, and not the same way."""
    supposed = direction(question.text)
    return not (supposed and snippet.direction and supposed != snippet.direction)


def _hints(text: str) -> bool:
    return any(re.search(hint, simplified(text)) for hint in words()["intents"]["reason"]["hints"])


def gives_reason(snippet: Snippet) -> bool:
    openers = words()["intents"]["reason"]["openers"]
    return any(s.reason for s in snippet.statements) or _has(snippet.text, openers)


def _heading_form(question: Question, snippet: Snippet) -> float:
    return heading_named(question, snippet) ** 2


def heading_named(question: Question, snippet: Snippet) -> float:
    """How far the question names the heading or the column that the candidate stands under."""
    section = snippet.source.section
    return question.asked.named(_heading_terms(section[-1])) if section else 0.0


def heading_says_all(question: Question, snippet: Snippet) -> bool:
    """Does the question name nothing but the heading that the candidate stands under?"""
    section = snippet.source.section
    return (
        bool(section) and question.asked.explained(((_heading_terms(section[-1]), 1.0),)) >= PASSAGES.nearly
    )


@lru_cache(maxsize=4096)
def _heading_terms(heading: str) -> frozenset[str]:
    """What a heading names, without its ordinal, its year and words such as 主要 and 情况."""
    named = concepts(without_ordinal(heading), attested=lambda _: True)
    return frozenset[str]().union(*(c.alternatives[0] for c in named))


def fitness(question: Question, snippet: Snippet, text: str) -> float:
    """How far a quotation is of the kind asked for: what ``coverage`` is multiplied by.

    Words alone do not make a definition, a reason or a figure of a sentence.
    """
    if question.intent == "definition":
        return math.sqrt(_definition_form(question, snippet)) if snippet.head else PASSAGES.formless
    if snippet.is_glossary:
        return PASSAGES.formless
    if question.intent == "reason":
        return (
            1.0
            if gives_reason(snippet) or _hints(text) or _reason_form(question, snippet)
            else PASSAGES.formless
        )
    return 1.0 if question.intent != "figure" or _figure_form(question, snippet) else PASSAGES.formless


def _duty_form(question: Question, snippet: Snippet) -> float:
    duty = words()["intents"]["duty"]
    return 0.6 * _in_headings(snippet, duty["sections"]) + 0.4 * _has(snippet.text, duty["words"])


def _content_form(question: Question, snippet: Snippet) -> float:
    """Contents stand under 内容; under 目标 and 指标 only when the question says so, then first of all."""
    content = words()["intents"]["content"]
    kind = "sections" if snippet.source.column_index is None else "columns"
    if _in_headings(snippet, content["naming_columns"]):
        return 0.0
    by_name = _has(question.text, content["second_columns"] + content["second_sections"])
    if _in_headings(snippet, content[kind]):
        return PASSAGES.second if by_name else PASSAGES.first
    if _in_headings(snippet, content[f"second_{kind}"]):
        return PASSAGES.first if by_name else PASSAGES.second
    return 0.0


def _list_form(question: Question, snippet: Snippet) -> float:
    lists = words()["intents"]["list"]
    announces = snippet.text.rstrip().endswith(("：", ":"))
    items = 1.0 if announces else min(1.0, snippet.text.count("、") / 3)
    in_section = _in_headings(snippet, lists["sections"])
    return 0.4 * items + 0.4 * _has(snippet.text, lists["words"]) + 0.2 * in_section


def _figure_form(question: Question, snippet: Snippet) -> float:
    return float(any(a.unit not in (None, "年", "月", "日") for a in find_amounts(snippet.text)))


def _no_form(question: Question, snippet: Snippet) -> float:
    return 0.0


_FORMS: dict[Intent, Callable[[Question, Snippet], float]] = {
    "duty": _duty_form,
    "content": _content_form,
    "list": _list_form,
    "figure": _figure_form,
    "text": _no_form,
}


def _has(text: str, any_of: Iterable[str]) -> bool:
    text = simplified(text)
    return any(word in text for word in any_of)


def _in_headings(snippet: Snippet, any_of: Iterable[str]) -> bool:
    return _has(snippet.source.section[-1] if snippet.source.section else "", any_of)

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

_SENTENCE = re.compile(r"[。；，、：;,:\d]")

Intent = Literal["reason", "definition", "duty", "content", "list", "text", "figure"]

# score = W_WORDS * words + W_FORM * form + W_MEANING * meaning - W_ECHO * echo - W_LENGTH * length
# with each of the five between 0 and 1.
W_WORDS = 0.60
"""The share of the question's words that the candidate and what stands around it explain."""
W_FORM = 0.35
"""Has it the form that the intent asks for: a definition of the term, a reason, a duty?"""
W_MEANING = 0.25
"""Nearness of its passage's vector to the question's, scaled over the passages given."""
W_ECHO = 0.25
"""A title, or a name that the question itself says, answers nothing."""
W_LENGTH = 0.05
"""A short candidate that explains as much as a long one is the better quotation."""

OWN, ROW, CONTEXT, NEIGHBOUR, SIBLING = 1.0, 0.95, 0.8, 0.4, 0.3
"""What finding a word of the question is worth in the sentence itself, in a cell's row and
column (which say what it is about), in a sentence's headings and subject, in the rest of its
paragraph or cell, and in the sections beside its own."""
FIRST, SECOND = 0.8, 0.5
"""The form of what stands where contents stand first, and where they stand too."""
SAME_WAY, OTHER_WAY = 0.1, -0.2
"""What a reason's form gains or loses when it goes the way that the question supposes, or another:
little, since the reason of something else that went that way is no answer."""
FORMLESS = 0.4
"""The fitness of a sentence that only mentions the term whose definition or reason is asked for."""
NEARLY = 0.95
"""The share of the question's words from which a heading says all of it."""
BESIDE, LISTED = 0.6, 0.4
"""What a word counts for in ``coverage`` when only the sections beside the extract's say it, which are
about one thing with it, or only a heading that lists several things."""
OTHERS_DEFINITION = -0.4
"""The form of a definition where none is asked for."""
LONG = 400
"""Characters from which a candidate counts as long."""


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
    length = min(1.0, len(snippet.text) / LONG)
    about = min(1.0, 2 * max(found, near)) if question.concepts else 1.0
    form = _form(question, snippet) * about if about else 0.0
    return (
        W_WORDS * found
        + W_FORM * form
        + W_MEANING * near
        - W_ECHO * _echo(question, snippet)
        - W_LENGTH * length
    )


def _echo(question: Question, snippet: Snippet) -> float:
    """How little the candidate says beyond the question; a bare title says nothing."""
    if snippet.source.passage_index is not None and not _SENTENCE.search(snippet.text):
        return 1.0
    return question.asked.named(snippet.own_terms) ** 2


def _form(question: Question, snippet: Snippet) -> float:
    if question.intent == "definition":
        return _definition_form(question, snippet)
    if snippet.is_glossary:
        return OTHERS_DEFINITION
    if question.intent == "reason":
        return _reason_form(question, snippet)
    return max(_FORMS[question.intent](question, snippet), _heading_form(question, snippet))


def words_explained(question: Question, snippet: Snippet) -> float:
    """The share of the question's words that the candidate and what stands around it explain."""
    own = snippet.subject_terms if question.intent == "reason" else snippet.own_terms
    is_cell = snippet.source.passage_index is None
    credits = (
        (own, OWN),
        (snippet.context_terms, ROW if is_cell else CONTEXT),
        (snippet.source.own_terms, NEIGHBOUR),
        (snippet.source.beside_terms, SIBLING),
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
        form += SAME_WAY if ways_agree(question, snippet) else OTHER_WAY
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
    return bool(section) and question.asked.explained(((_heading_terms(section[-1]), 1.0),)) >= NEARLY


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
        return math.sqrt(_definition_form(question, snippet)) if snippet.head else FORMLESS
    if snippet.is_glossary:
        return FORMLESS
    if question.intent == "reason":
        return 1.0 if gives_reason(snippet) or _hints(text) or _reason_form(question, snippet) else FORMLESS
    return 1.0 if question.intent != "figure" or _figure_form(question, snippet) else FORMLESS


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
        return SECOND if by_name else FIRST
    if _in_headings(snippet, content[f"second_{kind}"]):
        return FIRST if by_name else SECOND
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

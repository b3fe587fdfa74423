"""What a question names and the documents do not hold: another body, or another kind of document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.model import Kind
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.mentions import ItemMention, YearMention, content_runs, positions
from qa.operations import intent_of
from qa.question import Question, known_english

SHORTEST_PLACE, LONGEST_PLACE = 2, 8
"""Characters of what may name a place or a body before the year."""
RESEMBLES = 0.5
"""Quality from which a piece of a name counts as one."""


def unknown_body(question: Question, taken: set[int], fillers: set[int], lexicon: Lexicon) -> str | None:
    """A leftover run that ends as names of public bodies do, whole from the last gap or year on."""
    ends = lexicon.words["unknown_body_end"]
    single = {w for w in lexicon.words["filler"] if len(w) == 1}
    ending = {p for word in ends for m in re.finditer(word, question.key) for p in range(*m.span())}
    for start, end in content_runs(question, taken | (fillers - ending)):  # the 中 of 中心 is no filler
        while start - 1 in fillers and start not in question.gaps and question.key[start - 1] in single:
            start -= 1  # the 上 of 上海 is no filler here
        text = question.key[start:end]
        for word in ends:
            at = text.rfind(word)
            if at >= 2:
                return text[: at + len(word)]
    return None


def unknown_place(
    question: Question,
    years: Sequence[YearMention],
    fillers: set[int],
    items: Sequence[ItemMention],
    partial: Sequence[ItemMention],
    lexicon: Lexicon,
) -> str | None:
    """``徐汇区2025年…``: what opens the question before its year, where a body would stand, and is no
    name that the documents print; in English, a word with a capital amid the sentence."""
    if question.language == "en":
        return _unknown_capitals(question) if any(i.is_known_name for i in items) else None
    end = years[0].start if years else 0
    named = positions([*items, *(p for p in partial if any(m.quality >= RESEMBLES for m in p.matches))])
    opening = [p for p in range(end) if p not in fillers]
    start = opening[0] if opening else end
    is_parted = any(start < gap <= end for gap in question.gaps)
    if not SHORTEST_PLACE <= end - start <= LONGEST_PLACE or is_parted or named & set(range(end)):
        return None
    return question.key[start:end]


def _unknown_capitals(question: Question) -> str | None:
    """The first words with capitals amid an English sentence of which no glossary knows the first."""
    for match in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*", question.raw):
        if match.group().split()[0].lower() not in known_english():
            return match.group()
    return None


def missing_kind(
    question: Question, items: Sequence[ItemMention], documents: Sequence[DocumentFacts], lexicon: Lexicon
) -> Kind | None:
    """A budget's figures must not pass for what was spent, nor a final account's for what was planned."""
    printed = [m.label for i in items for m in i.matches if m.quality >= 0.9]
    kinds = {d.document.identity.kind for d in documents}
    if kinds == {"final_account"} and _asks_planned(question, items, lexicon):
        return (
            None if any(word in label for label in printed for word in lexicon.words["planned"]) else "budget"
        )
    if not says_spent(question, lexicon) or kinds != {"budget"}:
        return None
    spent = lexicon.words["spent"]
    return None if any(word in label for label in printed for word in spent) else "final_account"


def _asks_planned(question: Question, items: Sequence[ItemMention], lexicon: Lexicon) -> bool:
    """Is what was budgeted asked for, outside of names (一般公共预算财政拨款) and of shares in it?"""
    named = positions(i for i in items if not i.text.endswith(lexicon.words["budget_word"]))
    text = "".join("\0" if p in named else c for p, c in enumerate(question.key))
    asks = re.search("|".join(lexicon.words["asks_planned"]), text)
    return bool(asks) and not says_spent(question, lexicon) and intent_of(text, lexicon) == "figure"


def says_spent(question: Question, lexicon: Lexicon) -> bool:
    return any(word in question.key for word in lexicon.words["spent"])

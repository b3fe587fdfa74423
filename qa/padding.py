"""What of a question is only manner: clauses of politeness, and slips of spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.operations import has_any
from qa.organizations import find_bodies
from qa.question import read_question
from qa.scope import Library

LONGEST_PADDING = 16
_MARK = re.compile(r"[，,：:！!。；;]+\s*")


def without_padding(raw: str, library: Library, lexicon: Lexicon) -> str:
    """``领导让我核一下，…，辛苦了`` -> the question without clauses at its ends that ask nothing: they hold
    a word of courtesy, and neither a name nor a number nor an operation."""
    while (mark := _MARK.search(raw)) and mark.end() < len(raw):
        if not _is_padding(raw[: mark.start()], library, lexicon):
            break
        raw = raw[mark.end() :]
    while marks := [m for m in _MARK.finditer(raw.rstrip("。！!？?～~ ")) if m.start()]:
        if not _is_padding(raw[marks[-1].end() :], library, lexicon):
            break
        raw = raw[: marks[-1].start()]
    return raw


def _is_padding(text: str, library: Library, lexicon: Lexicon) -> bool:
    question = read_question(text, lexicon)
    key = question.key
    if question.language == "en" or not 1 < len(key) <= LONGEST_PADDING or re.search(r"\d", key):
        return False
    asks = (*lexicon.words["interrogative"], *lexicon.words["own_unit"], *lexicon.words["points_back"])
    operations = [w for group in (*lexicon.operation.values(), *lexicon.intent.values()) for w in group if w]
    return (
        has_any(key, lexicon.words["courtesy_cue"])
        and not has_any(key, (*asks, *operations))
        and not find_bodies(question, library.bodies(), lexicon)
        and not any(library.vocabulary(library.facts()).whole(key))
    )


def as_printed(raw: str, items: Sequence[ItemMention]) -> str:
    """The question with the names that it spells by their sound (公物接待费) as they are printed."""
    for typed, printed in _misspelt(items):
        raw = raw.replace(typed, printed)
    return raw


def _misspelt(items: Sequence[ItemMention]) -> Iterator[tuple[str, str]]:
    for item in items:
        labels = {m.label for m in item.matches}
        by_sound = item.matches and all(m.kind == "sound" for m in item.matches)
        if by_sound and len(labels) == 1 and len(label := labels.pop()) == len(item.text):
            yield item.text, label

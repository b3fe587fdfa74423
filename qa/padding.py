"""What of a question is only manner: clauses of politeness, and slips of spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.operations import has_any
from qa.organizations import find_bodies
from qa.question import read_question
from qa.scope import Library
from qa.vocabulary import Vocabulary

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
    rest = re.sub("|".join(sorted(lexicon.words["courtesy"], key=len, reverse=True)), "", key)
    return (
        has_any(key, lexicon.words["courtesy_cue"])
        and not has_any(rest, (*asks, *operations))
        and not find_bodies(question, library.bodies(), lexicon)
        and not any(library.vocabulary(library.facts()).whole(key))
    )


def as_printed(raw: str, items: Sequence[ItemMention], vocabulary: Vocabulary) -> str:
    """The question with the names that it spells by their sound (公物接待费) as they are printed."""
    for item in items:
        printed = vocabulary.spelt(item.text) if item.is_known_name else None
        if printed and len(printed) == len(item.text):
            raw = raw.replace(item.text, printed)
    return raw

"""What of a question is only manner: clauses of politeness, and slips of spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.values import fold
from qa.lexicon import Lexicon
from qa.mentions import ItemMention, explained_by_fillers
from qa.operations import has_any
from qa.organizations import find_bodies
from qa.question import Question, read_question
from qa.scope import Library
from qa.talk import is_order
from qa.vocabulary import Vocabulary

LONGEST_PADDING, LONGEST_ORDER = 30, 60
"""Characters of a clause that asks nothing."""
LONGEST_RESIDUE = 4
"""Characters without meaning in what stands, without punctuation, before the year."""
_MARK = re.compile(r"[，,：:！!。；;]+\s*")


def without_padding(raw: str, library: Library, lexicon: Lexicon) -> str:
    """``领导让我核一下，…，辛苦了`` -> the question without clauses at its ends that ask nothing: they hold
    a word of courtesy, and neither a name nor a number nor an operation."""
    raw = _without_edges(raw, library, lexicon)
    while (mark := _MARK.search(raw)) and mark.end() < len(raw):
        if not _is_padding(raw[: mark.start()], library, lexicon):
            break
        raw = raw[mark.end() :]
    while marks := [m for m in _MARK.finditer(raw.rstrip("。！!？?～~ ")) if m.start()]:
        if not _is_padding(raw[marks[-1].end() :], library, lexicon):
            break
        raw = raw[: marks[-1].start()]
    return raw


def _without_edges(raw: str, library: Library, lexicon: Lexicon) -> str:
    """The same without punctuation: what stands before the year, and behind the words that ask."""
    year = re.search(r"(?:19|20)?\d{2}年|(?:19|20)\d{2}|[二一][〇零○一二三四五六七八九]{3}年", fold(raw))
    lead = raw[: year.start()] if year else ""
    if lead and _is_padding(lead, library, lexicon) and len(_residue(lead, lexicon)) <= LONGEST_RESIDUE:
        raw = raw[len(lead) :]
    asked = [m.end() for m in re.finditer("|".join(lexicon.words["asked_end"]), raw)]
    for end in asked:
        if end < len(raw) and _is_padding(raw[end:], library, lexicon):
            return raw[:end]
    return raw


def _residue(text: str, lexicon: Lexicon) -> str:
    """What no courtesy and no filler explains: a name, where it is long."""
    key = read_question(text, lexicon).key
    manner = (*lexicon.words["courtesy"], *lexicon.words["courtesy_cue"])
    explained = explained_by_fillers(key, lexicon, manner)
    return "".join(c for p, c in enumerate(key) if p not in explained)


def _is_padding(text: str, library: Library, lexicon: Lexicon) -> bool:
    question = read_question(text, lexicon)
    key = question.key
    if (
        is_order(question.plain, lexicon)
        and len(key) <= LONGEST_ORDER
        and _is_nameless(question, library, lexicon)
    ):
        return True
    if question.language == "en" or not 1 < len(key) <= LONGEST_PADDING or re.search(r"\d", key):
        return False
    asks = (*lexicon.words["interrogative"], *lexicon.words["own_unit"], *lexicon.words["points_back"])
    groups = (*lexicon.operation.values(), *lexicon.intent.values())
    operations = [w for group in groups for w in group if len(w) > 1]  # 大 of 大学 asks for nothing
    rest = re.sub("|".join(sorted(lexicon.words["courtesy"], key=len, reverse=True)), "", key)
    return (
        has_any(key, lexicon.words["courtesy_cue"])
        and not key.endswith(lexicon.words["unknown_body_end"])
        and not has_any(rest, (*asks, *operations, *lexicon.words["money_word"]))
        and _is_nameless(question, library, lexicon)
    )


def _is_nameless(question: Question, library: Library, lexicon: Lexicon) -> bool:
    named = any(library.vocabulary(library.facts()).whole(question.key))
    return not named and not find_bodies(question, library.bodies(), lexicon)


def as_printed(raw: str, items: Sequence[ItemMention], vocabulary: Vocabulary) -> str:
    """The question with the names that it spells by their sound (公物接待费) as they are printed."""
    for item in items:
        printed = vocabulary.spelt(item.text) if item.is_known_name else None
        if printed and len(printed) == len(item.text):
            raw = raw.replace(item.text, printed)
    return raw

"""A follow-up that names only another year or body: the turn before, asked again for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.values import fold
from qa.lexicon import Lexicon
from qa.mentions import YearMention
from qa.organizations import BodyMention
from qa.question import Question


@dataclass(frozen=True)
class Turn:
    """A question with the bodies and years that it names itself."""

    question: Question
    bodies: tuple[BodyMention, ...]
    years: tuple[YearMention, ...]

    def spelled(self, mention: BodyMention | YearMention) -> str:
        """The mention as it stands in the question."""
        if isinstance(mention, BodyMention) and mention.spoken:
            return mention.spoken
        return self.question.key[mention.start : mention.end]


def asked_again(turn: Turn, before: Turn, lexicon: Lexicon) -> str | None:
    """``那2025年呢``, ``Y呢``: the question before with this year, this body in place of its own.
    None where the turn says more than that, or where it is unclear what it stands in for."""
    if not _names_only(turn, lexicon) or max(len(turn.bodies), len(turn.years)) > 1:
        return None
    if (turn.bodies and len(before.bodies) > 1) or (turn.years and len(before.years) > 1):
        return None
    text = fold(before.question.raw)
    for year in turn.years:
        new = str(year.year) if before.question.language == "en" else f"{year.year}年"
        text = _put(text, before, before.years, new)
    for body in turn.bodies:
        text = _put(text, before, before.bodies, _named_for(body, turn, before))
    return text


def _names_only(turn: Turn, lexicon: Lexicon) -> bool:
    """Nothing is said but a name and words like 那…呢: ``2025年占比呢`` asks for something else."""
    if not turn.bodies and not turn.years:
        return False
    rest = fold(turn.question.raw).lower()
    mentions: list[BodyMention | YearMention] = [*turn.bodies, *turn.years]
    for mention in mentions:
        rest = _pattern(turn.spelled(mention)).sub(" ", rest)
    for word in sorted(lexicon.words["only_names"], key=len, reverse=True):
        edge = r"\b" if word.isascii() else ""
        rest = re.sub(f"{edge}{re.escape(word)}{edge}", " ", rest)
    return re.search(r"\w", rest) is None


def _named_for(body: BodyMention, turn: Turn, before: Turn) -> str:
    """As the person named it, or in full where the conversation is in the other language."""
    same = turn.question.language == before.question.language or not body.spoken
    return turn.spelled(body) if same else body.bodies[0].name


def _put(text: str, before: Turn, old: Sequence[BodyMention | YearMention], new: str) -> str:
    """The text with the new name for the old one, or before all else where it had none."""
    for mention in old:
        pattern = _pattern(before.spelled(mention))
        if pattern.search(text):
            return pattern.sub(lambda _: new, text)
    return f"{new} {text}" if before.question.language == "en" else f"{new}{text}"


def _pattern(name: str) -> re.Pattern[str]:
    """The characters of a key as they may stand in the text, spaces and punctuation between them."""
    letters = [re.escape(c) for c in name if not c.isspace()]
    return re.compile(r"[\W_]*".join(letters), re.IGNORECASE)

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


def corrected(raw: str, lexicon: Lexicon) -> str:
    """``不是2018年，是2019年``, ``我说的是省高院``: what is meant, without what is taken back."""
    for pattern in lexicon.words["taken_back"]:
        if match := re.fullmatch(pattern, raw.strip(" 。.!！?？"), re.IGNORECASE):
            return match[1] + ("" if re.search("[?？]", raw) or raw.isascii() else "呢")
    return raw


def asked_of_unit(turn: Turn, before: Turn, name: str, lexicon: Lexicon) -> str | None:
    """``本级呢``, ``整个部门呢``: the question before, of the body's own unit or of the body with all of
    its units. ``name``: the body that is talked about. None where the turn says anything else."""
    own = lexicon.words["own_unit"]
    whole = (*lexicon.words["whole_department"], *lexicon.words["whole_alone"])
    said = sorted((*own, *whole), key=len, reverse=True)
    word = next((w for w in said if w in turn.question.key), None)
    if word is None or turn.bodies or turn.years or len(before.bodies) > 1:
        return None
    if not _says_only(fold(turn.question.raw).replace(word, " "), lexicon):
        return None
    text = fold(before.question.raw)
    spelled = before.spelled(before.bodies[0]) if before.bodies else ""
    ending = next((w for w in sorted((*own, ""), key=len) if w and spelled.endswith(w)), "")
    bare = spelled.removesuffix(ending) or name
    return _put(text, before, before.bodies, bare + word if word in own else bare)


def asked_again(turn: Turn, before: Turn, lexicon: Lexicon) -> str | None:
    """``那2025年呢``, ``Y呢``: the question before with this year, this body in place of its own.
    None where the turn says more than that, or where it is unclear what it stands in for."""
    if swapped := _other_side(turn, before, lexicon):
        return swapped
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


def _other_side(turn: Turn, before: Turn, lexicon: Lexicon) -> str | None:
    """``支出呢`` after a question for the income: the same for the other side of the budget."""
    sides = lexicon.words["budget_side"]
    text, rest = fold(before.question.raw), fold(turn.question.raw)
    side = next((s for s in sides if s in rest), None)
    other = next((s for s in sides if s != side and s in text), None)
    if side is None or other is None or side in text or turn.bodies or turn.years:
        return None
    bare = re.sub("预算|决算|总", "", rest.replace(side, " "))
    return text.replace(other, side) if _says_only(bare, lexicon) else None


def _names_only(turn: Turn, lexicon: Lexicon) -> bool:
    """Nothing is said but a name and words like 那…呢: ``2025年占比呢`` asks for something else."""
    if not turn.bodies and not turn.years:
        return False
    rest = fold(turn.question.raw).lower()
    mentions: list[BodyMention | YearMention] = [*turn.bodies, *turn.years]
    for mention in mentions:
        rest = _pattern(turn.spelled(mention)).sub(" ", rest)
    return _says_only(rest, lexicon)


def _says_only(rest: str, lexicon: Lexicon) -> bool:
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

"""A typed question -> the one form in which it is matched: folded, without spaces, gaps kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.values import fold
from qa.answer import Language
from qa.lexicon import Lexicon


@dataclass(frozen=True)
class Question:
    raw: str
    """In simplified characters, without courtesies."""
    language: Language
    plain: str
    """Folded, lower case, white space dropped (for English: kept); for operation words."""
    key: str
    """Word characters alone, in the vocabulary's language; spans of mentions count in this."""
    gaps: dict[int, str]
    """Positions of ``key`` that punctuation precedes, with the punctuation."""


def detect_language(text: str) -> Language:
    """English when its words outweigh the Chinese characters, which may be names in brackets."""
    chinese = len(re.findall(r"[\u3400-\u9fff]", text))
    english = len(re.findall(r"[A-Za-z]{2,}", text))
    return "en" if english >= 3 and english * 2 > chinese else "zh"


@lru_cache(maxsize=4)
def _phrase_pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<![a-z])(" + "|".join(re.escape(p) for p in ordered) + r")(?:'s|s|es)?(?![a-z])")


def _translate(text: str, lexicon: Lexicon) -> str:
    """Known English phrases become Chinese names; function words go; the rest stays as it is."""
    pattern = _phrase_pattern(tuple(lexicon.english))
    text = pattern.sub(lambda m: f" {lexicon.english[m.group(1)]} ", text)
    fillers = set(lexicon.words["filler_en"])
    return " ".join(w for w in re.split(r"\s+", text) if re.sub(r"[^\w]", "", w) not in fillers)


def without_courtesy(raw: str, lexicon: Lexicon) -> str:
    """``您好，请问…？谢谢`` -> the question alone; a question of nothing but courtesy stays as it is."""
    words = "|".join(re.escape(w) for w in sorted(lexicon.words["courtesy"], key=len, reverse=True))
    edge = rf"(?:{words})(?![a-z])[\s，,。.！!~、]*"
    bare = re.sub(rf"^\s*(?:{edge})+", "", raw, flags=re.IGNORECASE)
    bare = re.sub(rf"[\s，,。.！!~、]*(?<![a-z])(?:{words})[\s。.！!~]*$", "", bare, flags=re.IGNORECASE)
    return bare if bare.strip(" ，,。.！!？?") else raw


def read_question(raw: str, lexicon: Lexicon) -> Question:
    """Fold width and case, translate known English names, and keep where the gaps were."""
    language = detect_language(raw)
    text = fold(raw).lower()
    plain = text if language == "en" else re.sub(r"\s+", "", text)
    matched = _translate(text, lexicon) if language == "en" else text
    key: list[str] = []
    gaps: dict[int, str] = {}
    for index, char in enumerate(matched):
        if re.match(r"[^\W_]", char):
            key.append(char)
        elif char == "." and key and key[-1].isdigit() and matched[index + 1 : index + 2].isdigit():
            key.append(char)  # a decimal point is part of its number
        elif key and key[-1].isdigit() and (char == "%" or matched[index + 1 : index + 2].isdigit()):
            key.append(char)  # keeps 2017、2018 two numbers
        elif not char.isspace() or language == "en":
            gaps[len(key)] = gaps.get(len(key), "") + char
    return Question(raw, language, plain, "".join(key), gaps)

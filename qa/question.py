"""A typed question -> the one form in which it is matched: folded, without spaces, gaps kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.values import fold
from qa.answer import Language
from qa.lexicon import Lexicon, load_lexicon
from qa.terms import words

LONGEST_PREPOSITION = 4
"""Letters of English words that are no names of things (or, plus)."""


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


_HAN = re.compile(r"[\u3400-\u9fff]+")
_QUOTED = re.compile(r"[“\"'‘「《(（][^”\"'’」》)）]*[”\"'’」》)）]")
_NAMES = 2
"""Runs of Chinese characters amid English words that may be names, however long."""


def detect_language(text: str) -> Language:
    """English when its words outweigh the Chinese, of which names count little: what stands in quotes
    or brackets nothing, and one or two runs, where English is spoken around them, once each."""
    said = re.findall(r"[A-Za-z]{2,}", text)
    runs = _HAN.findall(text)
    if not runs:
        return "en" if any(w.lower() in english_words() for w in said) else "zh"
    runs = _HAN.findall(_QUOTED.sub(" ", text))
    spoken = [w for w in said if w.lower() in english_words()]
    if len(said) < 3 or not spoken:
        return "zh"
    if len(spoken) >= 2 and len(runs) <= _NAMES and len(said) > 2 * len(runs):
        return "en"
    return "en" if len(said) * 2 > sum(map(len, runs)) else "zh"


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """The words of which English sentences are made, whatever they are about."""
    groups = load_lexicon().words
    return frozenset(w for name in ("filler_en", "talk", "spoken_en") for w in " ".join(groups[name]).split())


@lru_cache(maxsize=1)
def known_english() -> frozenset[str]:
    """Every English word that the lexicon or the glossary of passages knows."""
    lexicon, passages = load_lexicon(), words()
    forms = [form for part in ("glossary", "english") for forms in passages[part].values() for form in forms]
    phrases = (*lexicon.english, *lexicon.organization_words, *forms, *lexicon.words["calendar_en"])
    return frozenset(re.findall(r"[a-z]+", " ".join(phrases).lower())) | english_words()


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


def _english_names(text: str, lexicon: Lexicon) -> str:
    """A Chinese question with the names that it says in English (2017年的 official reception)."""
    if not re.search(r"[a-z]{3}", text):
        return text
    return _phrase_pattern(tuple(lexicon.english)).sub(
        lambda m: lexicon.english[m.group(1)] if len(m.group(1)) > LONGEST_PREPOSITION else m.group(), text
    )


def without_courtesy(raw: str, lexicon: Lexicon) -> str:
    """``您好，请问…？谢谢`` -> the question alone; a question of nothing but courtesy stays as it is."""
    manner = "|".join(re.escape(w) for w in sorted(lexicon.words["courtesy"], key=len, reverse=True))
    edge = rf"(?:{manner})(?![a-z])[\s，,。.！!~、]*"
    bare = re.sub(rf"^\s*(?:{edge})+", "", raw, flags=re.IGNORECASE)
    bare = re.sub(rf"[\s，,。.！!~、]*(?<![a-z])(?:{manner})[\s。.！!~]*$", "", bare, flags=re.IGNORECASE)
    return bare if bare.strip(" ，,。.！!？?") else raw


def read_question(raw: str, lexicon: Lexicon) -> Question:
    """Fold width and case, translate known English names, and keep where the gaps were."""
    language = detect_language(raw)
    text = fold(raw).lower()
    plain = text if language == "en" else re.sub(r"\s+", "", text)
    matched = _translate(text, lexicon) if language == "en" else _english_names(text, lexicon)
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

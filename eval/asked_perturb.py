"""How people distort a question: each distortion keeps its meaning, so that its gold stays.

A distortion is a function of the question, the body's name in it and a random generator; it gives
the question back unchanged where it finds nothing to distort.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Distortion = Callable[[str, Mapping[str, str], random.Random, Mapping[str, Any]], str]
"""Question, its parts (``org``, ``who``, ``name``), generator, ``[perturb]`` of asked.toml."""


def typing_error(
    question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]
) -> str:
    """One character of the name asked for is another of the same sound."""
    name = parts.get("name", "")
    pairs = {pair[0]: pair[1] for pair in words["homophones"]}
    places = [at for at, char in enumerate(name) if char in pairs]
    if len(name) < 4 or not places:
        return question
    at = rng.choice(places)
    return question.replace(name, name[:at] + pairs[name[at]] + name[at + 1 :], 1)


def abbreviated(question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]) -> str:
    """The body's name without one of the words that people leave out."""
    org = parts.get("org", "")
    short = [org.replace(word, "", 1) for word in words["left_out"] if word in org[1:]]
    return question.replace(org, rng.choice(short)) if short else question


def turned_round(
    question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]
) -> str:
    """Whose and when it is about comes last."""
    who = parts.get("who", "")
    if not who or who not in question or parts.get("who_other"):
        return question
    rest = question.replace(who, "", 1).strip("，？?。 的在里")
    return f"{rest}？（{who.rstrip('的')}）"


def polite(question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]) -> str:
    return str(rng.choice(words["before"])) + question.rstrip("？?") + str(rng.choice(words["after"]))


def full_width(question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in question)


def unpunctuated(
    question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]
) -> str:
    """Without punctuation, except between digits and between things that are listed."""
    return re.sub(r"[，。？！：“”]", "", question)


def traditional(question: str, parts: Mapping[str, str], rng: random.Random, words: Mapping[str, Any]) -> str:
    return in_traditional(question)


def in_traditional(text: str) -> str:
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    from opencc import OpenCC  # takes a moment to load

    return OpenCC("s2t")


DISTORTIONS: dict[str, Distortion] = {
    f.__name__: f
    for f in (typing_error, abbreviated, turned_round, polite, full_width, unpunctuated, traditional)
}

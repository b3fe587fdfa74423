"""The words of questions, loaded from ``lexicon.toml``: names, operations, intents, units."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.values import name_key


@dataclass(frozen=True)
class EverydayName:
    """A name that covers several official items."""

    said: tuple[str, ...]
    """Ways to say it."""
    covers: tuple[str, ...]
    """Official names."""
    adds: bool
    """It means all of them together: one alone is never meant."""


@dataclass(frozen=True)
class Lexicon:
    names_of: dict[str, tuple[str, ...]]
    """Key of any way to say a thing -> the keys of all its other names, the official one first."""
    english: dict[str, str]
    """English phrase, lower case -> the official Chinese name or grammar word."""
    accounts: frozenset[str]
    """Keys of official items of the classifications, which a question names whole or not at all."""
    whole_budget: frozenset[str]
    """Keys of every way to say all income, all expenditure or both."""
    words: dict[str, tuple[str, ...]]
    operation: dict[str, tuple[str, ...]]
    intent: dict[str, tuple[str, ...]]
    unit: dict[str, tuple[str, ...]]
    organization_words: dict[str, str]
    everyday: tuple[EverydayName, ...]


def _tuples(section: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in section.items()}


def _names(terms: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    names_of: dict[str, tuple[str, ...]] = {}
    for term in terms:
        keys = tuple(dict.fromkeys(name_key(n) for n in (term["name"], *term.get("zh", ()))))
        printed = tuple(map(name_key, term.get("prints", ())))
        for key in keys:
            names_of[key] = names_of.get(key, ()) + keys + printed
    return names_of


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The project's own lexicon. Raises ValueError where an English phrase means two things."""
    raw = tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text("utf-8"))
    english: dict[str, str] = dict(raw["english_grammar"])
    for term in raw["term"]:
        for phrase in term.get("en", ()):
            if english.setdefault(phrase.lower(), term["name"]) != term["name"]:
                raise ValueError(f"lexicon.toml: {phrase!r} means both {english[phrase]} and {term['name']}")
    names_of = _names(raw["term"])
    return Lexicon(
        names_of=names_of,
        english=english,
        accounts=frozenset(name_key(n) for names in raw["accounts"].values() for n in names),
        whole_budget=frozenset(
            other for name in raw["words"]["whole_budget"] for other in names_of[name_key(name)]
        ),
        words=_tuples(raw["words"]),
        operation=_tuples(raw["operation"]),
        intent=_tuples(raw["intent"]),
        unit=_tuples(raw["unit"]),
        organization_words=raw["organization_words"],
        everyday=tuple(
            EverydayName(tuple(e["said"]), tuple(e["covers"]), e.get("adds", False)) for e in raw["everyday"]
        ),
    )

"""The words of the page in both languages, from ``wording.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from qa.answer import Language

Words = Mapping[str, str]


@cache
def words(language: Language) -> Words:
    return all_words()[language]


@cache
def all_words() -> dict[str, dict[str, str]]:
    text = resources.files("faces").joinpath("wording.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def language_of(accept_language: str | None) -> Language:
    """The page's language: that of the browser's first choice, English unless it is Chinese.

    ``accept_language`` is the HTTP header of that name (RFC 9110, section 12.5.4).
    """
    first = (accept_language or "zh").split(",")[0].strip().lower()
    return "zh" if first.startswith("zh") else "en"

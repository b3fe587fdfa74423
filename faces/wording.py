"""The words of the page in both languages, from the files in ``faces/words``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from qa.answer import Language

Words = dict[str, str]


@cache
def words(language: Language) -> Words:
    """Every word of the page in one language, by its key.

    Raises ValueError when two files give the same key: one of them would never be read.
    """
    said: dict[str, str] = {}
    for file in sorted(resources.files("faces").joinpath("words").iterdir(), key=lambda file: file.name):
        further: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))[language]
        if twice := said.keys() & further.keys():
            raise ValueError(f"{file.name} gives words that another file gives: {', '.join(sorted(twice))}")
        said |= further
    return said


def language_of(accept_language: str | None) -> Language:
    """The page's language: that of the browser's first choice, English unless it is Chinese.

    ``accept_language`` is the HTTP header of that name (RFC 9110, section 12.5.4).
    """
    first = (accept_language or "zh").split(",")[0].strip().lower()
    return "zh" if first.startswith("zh") else "en"

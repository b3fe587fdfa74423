"""What reading and keeping a file says in English, in the page's language (``chinese.toml``)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from faces.wording import Words


def reason(verdict: dict[str, Any], words: Words) -> str | None:
    """Why the file has this verdict: by the class of the failure, where it is a failure."""
    message: str | None = verdict["message"]
    if message is None or words["language"] != "zh":
        return message
    known: str | None = _chinese()["errors"].get(verdict["error"])
    return known or note(message, words)


def note(text: str, words: Words) -> str:
    """A note from reading; as it is where the page is English, or nobody has translated it."""
    if words["language"] != "zh":
        return text
    for pattern, chinese in _note_patterns():
        if match := pattern.fullmatch(text):
            return chinese.format(**match.groupdict())
    return text


@cache
def _chinese() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("faces").joinpath("chinese.toml").read_text(encoding="utf-8"))


@cache
def _note_patterns() -> list[tuple[re.Pattern[str], str]]:
    """The English of each note as a pattern, its blanks as groups; and the Chinese."""
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(english)), re.DOTALL), chinese)
        for english, chinese in _chinese()["notes"].items()
    ]

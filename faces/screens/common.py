"""What every screen needs: its words, its files, and the settings of an event."""

from __future__ import annotations

from importlib import resources
from typing import Any

import gradio as gr

from faces.gate import QUESTIONS
from faces.wording import Words, language_of, words

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
"""Of an event that is a gesture on the page, and no request for programs."""

QUIET: dict[str, Any] = {"show_progress": "hidden", **PRIVATE}
"""Of an event that needs no bar of its own while it runs."""

ASKING: dict[str, Any] = {"concurrency_id": QUESTIONS, "concurrency_limit": 4}
"""Of an event or endpoint that answers a question: the gate counts them, a few are answered at once."""


def asset(name: str) -> str:
    """A file beside the screens: ``scripts/…`` or ``styles/…``."""
    return resources.files("faces").joinpath(name).read_text(encoding="utf-8")


def styles() -> str:
    """Every style sheet of the page, by name."""
    files = sorted(resources.files("faces").joinpath("styles").iterdir(), key=lambda file: file.name)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def words_for(request: gr.Request) -> Words:
    """The words in the language of whoever looks at the page."""
    return words(language_of(request.headers.get("accept-language")))


def translations() -> dict[str, dict[str, str]]:
    """The words by the locale that a browser names, for ``gr.I18n``."""
    chinese, english = words("zh"), words("en")
    return {"en": english, "zh": chinese, "zh-CN": chinese, "zh-TW": chinese, "zh-HK": chinese}

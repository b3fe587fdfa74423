"""Questions to begin with, made from what is loaded and tried before they are offered."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING

from qa.answer import Language

if TYPE_CHECKING:
    from index_store.store import StoredDocument
    from qa.engine import Engine

_log = logging.getLogger(__name__)

COUNT = 4
"""As many as fit under each other in an empty chat."""

TRIED = 24
"""At most so many questions are tried, so that an unusual document does not hold the page up."""


def example_questions(engine: Engine, documents: Sequence[StoredDocument], language: Language) -> list[str]:
    """Up to four questions about the loaded documents, each of which the engine answers."""
    tried = islice(_candidates(documents, language), TRIED)
    return list(islice((q for q in tried if _is_answered(engine, q)), COUNT))


def _is_answered(engine: Engine, question: str) -> bool:
    """Nobody has asked it, so that a failure is for the log alone."""
    try:
        return engine.answer(question).status == "answered"
    except Exception:
        _log.exception("an example could not be tried: %s", question)
        return False


def _candidates(documents: Sequence[StoredDocument], language: Language) -> Iterator[str]:
    """The questions of ``examples.toml`` in order, over the documents in turn, the newest first."""
    text = resources.files("faces").joinpath("examples.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)[language]
    known = [d.identity for d in reversed(documents) if d.identity.organization and d.identity.fiscal_year]
    questions: list[str] = said["questions"]
    for turn in range(len(questions) * len(known)):
        identity = known[turn % len(known)]
        # Over one round of the documents each gets another question, so that four differ in kind.
        question = questions[(turn + turn // len(known)) % len(questions)]
        yield question.format(
            organization=identity.organization,
            year=identity.fiscal_year,
            kind=said[identity.kind or "budget"],
        )

"""Questions to begin with, made from what is loaded and tried before they are offered."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

from qa.answer import Language

if TYPE_CHECKING:
    from index_store.store import StoredDocument
    from ingest.model import Identity
    from qa.engine import Engine

_log = logging.getLogger(__name__)

TRIED = 6
"""At most so many questions of one kind are tried, so that unusual documents do not hold the page up."""


class Examples:
    """The questions to begin with, worked out once for what is loaded."""

    def __init__(self) -> None:
        self._known: dict[Language, tuple[tuple[int, ...], list[str]]] = {}

    def questions(self, engine: Engine, documents: Sequence[StoredDocument], language: Language) -> list[str]:
        loaded = tuple(document.id for document in documents)
        if language not in self._known or self._known[language][0] != loaded:
            self._known[language] = loaded, example_questions(engine, documents, language)
        return self._known[language][1]


def example_questions(engine: Engine, documents: Sequence[StoredDocument], language: Language) -> list[str]:
    """A question of each kind about the loaded documents, the newest first, that the engine answers;
    each kind begins with another document than the one before."""
    known = [d.identity for d in reversed(documents) if d.identity.organization and d.identity.fiscal_year]
    offered: list[str] = []
    for kind, templates in enumerate(_data()["example"]):
        turn = kind % len(known) if known else 0
        identities = known[turn:] + known[:turn]
        tried = islice(_candidates(templates[language], identities, language), TRIED)
        offered += islice((q for q in tried if _is_answered(engine, q)), 1)
    return offered


def _is_answered(engine: Engine, question: str) -> bool:
    """Nobody has asked it, so that a failure is for the log alone."""
    try:
        return engine.answer(question).status == "answered"
    except Exception:
        _log.exception("an example could not be tried: %s", question)
        return False


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("faces").joinpath("examples.toml").read_text(encoding="utf-8"))


def _candidates(
    templates: Sequence[str], identities: Sequence[Identity], language: Language
) -> Iterator[str]:
    """The templates over the documents; each document gets its best one before any gets another."""
    for template in templates:
        for identity in identities:
            year = identity.fiscal_year or 0
            parts = {
                "organization": identity.organization,
                "year": year,
                "before": year - 1,
                "kind": _data()[language][identity.kind or "budget"],
                "other": _another(identities, identity, same_body=False),
                "older": _another(identities, identity, same_body=True),
            }
            if all(part for name, part in parts.items() if "{" + name in template):
                yield template.format(**parts)


def _another(identities: Sequence[Identity], identity: Identity, *, same_body: bool) -> Identity | None:
    """Whose another document is: another body's, or the same body's of an earlier year."""
    for other in identities:
        if (other.organization == identity.organization) is not same_body:
            continue
        if not same_body or (other.fiscal_year or 0) < (identity.fiscal_year or 0):
            return other
    return None

"""The sentences of answers, in the question's language, from ``phrases.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from qa.answer import Language, Subject
from qa.linking import Candidate


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text("utf-8"))


def phrase(language: Language, name: str, **parts: object) -> str:
    """The named sentence with its parts filled in. Raises KeyError for a part that it lacks."""
    return _phrases()[language][name].format(**parts)


def marks(numbers: Sequence[int]) -> str:
    """``[1][2]`` after the words that they prove."""
    return "".join(f"[{n}]" for n in dict.fromkeys(numbers))


def stated_name(subject: str, label: str) -> list[str]:
    """The subject of the sentence and the figure's label; where these are one word (预算), what the
    sentence before was about."""
    parts = subject.split(" > ")
    return parts[-2:] if parts[-1] == label else [parts[-1], label]


def _own_name(candidate: Candidate) -> list[str]:
    """The names of the cell's row and column that say something, from the general to the particular."""
    parts: list[str] = []
    if candidate.quote is not None:
        return [candidate.row.row.label.strip(), candidate.label] if candidate.row else [candidate.label]
    if candidate.stated is not None:
        return stated_name(candidate.stated.statement.subject, candidate.stated.figure.label)
    if candidate.row is not None:
        row = candidate.row.row
        if row.unit_name and row.unit_name != row.label:
            parts.append(row.unit_name)
        parts.append(row.label.strip())
    if candidate.column is not None:
        parts.extend(candidate.column.column.path)
    return parts


def named_parts(candidate: Candidate) -> tuple[str, str, list[str]]:
    """Whose a figure is, of which year, and the names of its row and column."""
    identity = candidate.facts.document.identity
    year = f"{identity.fiscal_year}年" if identity.fiscal_year else ""
    names = [n for n in dict.fromkeys(_own_name(candidate)) if n and n != identity.organization]
    return identity.organization or "", year, names


def subject_of(candidate: Candidate) -> Subject:
    """What a figure is about, in its parts; a name is kept also where it is the body's own."""
    names = filter(None, dict.fromkeys(_own_name(candidate)))
    organization = candidate.facts.document.identity.organization or ""
    return Subject(organization, candidate.fiscal_year, tuple(names))


def describe(candidate: Candidate) -> str:
    """What a figure is, for people: whose, of which year, which row and column."""
    organization, year, names = named_parts(candidate)
    return " ".join([f"{organization}{year}", "·".join(names)]).strip()


def short(candidate: Candidate) -> str:
    """The one name by which a figure is told from its neighbours: its row's, else its column's."""
    if candidate.quote is not None:
        return candidate.label or candidate.text
    if candidate.stated is not None:
        return candidate.stated.figure.label or candidate.stated.statement.subject
    if candidate.row is not None and not candidate.row.is_total:
        return candidate.row.row.label.strip()
    if candidate.column is not None and not candidate.column.is_total:
        return candidate.column.column.path[-1]
    return describe(candidate)

"""Question and answer files (JSON Lines) -> frozen values.

Raises ``FormatError`` with the file and line for anything that is not of the format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from ingest.errors import BudgetQAError
from ingest.values import normalize_unit, parse_number


class FormatError(BudgetQAError):
    """A question or answer file is not of the format."""


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure that an answer gives, or that a question expects."""

    value: Decimal | None
    """None: what stands there is no number."""
    unit: str | None
    decimals: int = 0
    """The places to which an expected figure is compared."""

    def __str__(self) -> str:
        return f"{self.value}{self.unit or ''}"


@dataclass(frozen=True, slots=True)
class Expectation:
    status: str
    figures: tuple[StatedFigure, ...]
    forbidden: tuple[StatedFigure, ...]
    """Tempting wrong figures that must not be given as the answer."""
    keywords: tuple[tuple[str, ...], ...]
    """Of each inner tuple, at least one must be in the text."""
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    language: str
    type: str
    expect: Expectation
    documents: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    """Earlier questions of the same conversation, oldest first."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """A line of an answer file."""

    id: str
    status: str
    text: str
    figures: tuple[StatedFigure, ...]
    citations: tuple[Mapping[str, Any], ...]
    calculations: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any] = field(repr=False)
    elapsed_ms: float | None = None


def read_questions(path: Path) -> list[Question]:
    """The questions of a file, in its order. Raises FormatError, also for an id given twice."""
    return list(_unique(path, (question_from(line, f"{path}:{n}") for n, line in _lines(path))))


def read_answers(path: Path) -> list[GivenAnswer]:
    """The answers of a file. Raises FormatError, also for an id given twice."""
    return list(_unique(path, (answer_from(line, f"{path}:{n}") for n, line in _lines(path))))


def answer_from(line: Mapping[str, Any], where: str = "answer") -> GivenAnswer:
    """One answer from its outside form."""
    try:
        elapsed = line.get("elapsed_ms")
        return GivenAnswer(
            id=str(line["id"]),
            status=str(line["status"]),
            text=str(line.get("text") or ""),
            figures=tuple(_figure(f) for f in line.get("figures") or ()),
            citations=tuple(line.get("citations") or ()),
            calculations=tuple(line.get("calculations") or ()),
            raw=line,
            elapsed_ms=float(elapsed) if isinstance(elapsed, int | float) else None,
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise FormatError(
            f"{where}: not an answer ({problem!r}); expected at least id and status"
        ) from problem


def question_from(line: Mapping[str, Any], where: str = "question") -> Question:
    """One question from its outside form."""
    try:
        expect = line["expect"]
        return Question(
            id=str(line["id"]),
            text=str(line["question"]),
            language=str(line.get("lang", "zh")),
            type=str(line["type"]),
            documents=tuple(line.get("docs") or ()),
            history=tuple(str(turn["question"]) for turn in line.get("history") or ()),
            expect=Expectation(
                status=str(expect.get("status", "answered")),
                figures=tuple(_figure(f) for f in expect.get("figures") or ()),
                forbidden=tuple(_figure(f) for f in expect.get("forbid") or ()),
                keywords=tuple(
                    (word,) if isinstance(word, str) else tuple(word) for word in expect.get("keywords") or ()
                ),
                evidence=tuple(expect.get("evidence") or ()),
            ),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise FormatError(
            f"{where}: not a question ({problem!r}); expected at least id, question, type and expect"
        ) from problem


def _figure(given: Mapping[str, Any]) -> StatedFigure:
    value = parse_number(str(given.get("value", "")))
    printed = 0
    if value is not None and isinstance(exponent := value.as_tuple().exponent, int):
        printed = max(0, -exponent)
    decimals = given.get("decimals")
    return StatedFigure(
        value, normalize_unit(given.get("unit")) or None, printed if decimals is None else int(decimals)
    )


def _lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise FormatError(f"cannot read {path}: {problem}; expected a UTF-8 JSON Lines file") from problem
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            parsed = json.loads(line)
        except json.JSONDecodeError as problem:
            raise FormatError(f"{path}:{number}: not JSON ({problem})") from problem
        if not isinstance(parsed, dict):
            raise FormatError(f"{path}:{number}: expected a JSON object, got {type(parsed).__name__}")
        yield number, parsed


_Line = TypeVar("_Line", Question, GivenAnswer)


def _unique(path: Path, items: Iterator[_Line]) -> Iterator[_Line]:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise FormatError(f"{path}: the id {item.id!r} is given twice; ids must be unique in a file")
        seen.add(item.id)
        yield item

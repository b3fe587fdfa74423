"""Question files -> answer files, through an engine."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from eval.formats import Question
from qa.answer import Answer

_log = logging.getLogger(__name__)


class Answers(Protocol):
    """What is evaluated: anything that answers a question after some earlier ones."""

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer: ...


def answer_lines(questions: Iterable[Question], engine: Answers) -> Iterator[dict[str, Any]]:
    """A line of an answer file for each question, in order; ``elapsed_ms`` is measured from outside.

    A question on which the engine fails has no line, so it counts as wrong; the log tells why.
    """
    for question in questions:
        started = time.perf_counter()
        try:
            answer = engine.answer(question.text, question.history)
        except Exception:  # one broken question must not hide how the others do
            _log.exception("no answer to %s: %s", question.id, question.text)
            continue
        elapsed_ms = (time.perf_counter() - started) * 1000
        yield answer.to_dict(question.id) | {"elapsed_ms": round(elapsed_ms, 2)}


def write_answers(lines: Iterable[dict[str, Any]], path: Path) -> None:
    """An answer file: JSON Lines, UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

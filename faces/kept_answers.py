"""An Answer to JSON and back, without loss: what was shown once is shown again to the last digit."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from qa.answer import Answer

_answers = TypeAdapter(Answer)


def to_json(answer: Answer) -> str:
    """The whole answer; a Decimal is its digits as text, so that 24.50 stays 24.50."""
    return json.dumps(_answers.dump_python(answer, mode="json"), ensure_ascii=False)


def from_json(text: str) -> Answer:
    """What ``to_json`` was given; a field that it did not know yet has its default.

    Raises ValueError when the text is no answer.
    """
    return _answers.validate_json(text)

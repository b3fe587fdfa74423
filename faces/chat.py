"""A conversation: its turns, each answered or said to have failed, as the chat shows them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from faces.desk import LocalDesk
from faces.wording import Words
from ingest.errors import BudgetQAError
from qa.answer import Answer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer; None while it is being looked for."""

    question: str
    answer: Answer | None = None


def answer_or_say_why(desk: LocalDesk, asked: str, history: Sequence[str], said: Words) -> Answer:
    """The engine's answer; if it fails, that it did, so that the conversation can go on."""
    try:
        return desk.answers.answer(asked, history)
    except BudgetQAError as error:
        return Answer("no_answer", str(error), "zh")
    except Exception:  # its text is for the log: it may tell of the machine
        _log.exception("a question could not be answered")
        return Answer("no_answer", said["failed"], "zh")

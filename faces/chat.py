"""A conversation: its turns, each answered or said to have failed, as the chat shows them."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from weakref import WeakValueDictionary

from faces.conversations import KeptTurn
from faces.desk import LocalDesk
from faces.steps import Step, first_steps
from faces.wording import Words
from ingest.errors import BudgetQAError
from qa.answer import Answer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer; None while it is being looked for."""

    question: str
    answer: Answer | None = None
    steps: tuple[Step, ...] = ()
    """What was known before the answer was."""
    answered_at: float = 0.0
    """On the monotonic clock, in seconds; 0 where that was long ago."""
    kept: KeptTurn | None = None
    """As it is kept; None before it is, and where it could not be."""


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """Without a turn that was stopped before its answer came."""
    return [turn for turn in turns if turn.answer]


def begun(desk: LocalDesk, asked: str, history: Sequence[str], said: Words) -> tuple[Step, ...]:
    """How the question is understood; nothing if that fails, which the answer then tells of."""
    try:
        return first_steps(desk.engine.understand(asked, history), said)
    except Exception:
        _log.exception("a question could not be understood")
        return ()


def answer_or_say_why(desk: LocalDesk, asked: str, history: Sequence[str], said: Words) -> Answer:
    """The engine's answer; if it fails, that it did, so that the conversation can go on."""
    try:
        return desk.answers.answer(asked, history)
    except BudgetQAError as error:
        return Answer("no_answer", str(error), "zh")
    except Exception:  # its text is for the log: it may tell of the machine
        _log.exception("a question could not be answered")
        return Answer("no_answer", said["failed"], "zh")


class Waiting:
    """Who waits for an answer; each may stop waiting. What is under way then ends unheard."""

    def __init__(self) -> None:
        self._over: WeakValueDictionary[str, threading.Event] = WeakValueDictionary()

    def begin(self, session: str) -> threading.Event:
        """An event that ``stop`` sets, for ``unless``; forgotten with it."""
        over = self._over[session] = threading.Event()
        return over

    def stop(self, session: str) -> None:
        if over := self._over.get(session):
            over.set()


def unless(over: threading.Event, make: Callable[[], Answer]) -> Answer | None:
    """What ``make`` gives; None when the event is set before."""
    made: list[Answer] = []

    def work() -> None:
        try:
            made.append(make())
        finally:
            over.set()

    threading.Thread(target=work, daemon=True).start()
    over.wait()
    return made[0] if made else None


def spoken(answer: Answer) -> str:
    """What a screen reader says of an answer when it comes: its text, without its marks, as HTML."""
    return escape(re.sub(r"\[\d{1,3}\]|[*`#]", "", answer.text))

"""The small world, asked: one engine for the tests that only ask it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from worlds import checked, linchuan

from qa.answer import Answer
from qa.engine import Engine

WORLD = linchuan()


@cache
def engine() -> Engine:
    return Engine(WORLD)


def ask(question: str) -> Answer:
    return checked(engine().answer(question), WORLD)


def values(answer: Answer) -> list[Decimal]:
    return [figure.value for figure in answer.figures]

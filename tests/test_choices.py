"""A choice clicked in the page is the next turn: it completes the question that was asked back."""

from __future__ import annotations

import pytest
from worlds import linchuan

from qa.answer import Answer
from qa.engine import Engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(linchuan())


def chosen(engine: Engine, question: str) -> list[Answer]:
    """What each choice of the question back leads to, through further ones if it asks again."""
    found: list[Answer] = []
    open_turns = [[question]]
    while open_turns:
        *history, asked = open_turns.pop()
        answer = engine.answer(asked, history)
        if answer.status == "needs_clarification":
            assert answer.choices, answer.text
            assert len(history) < 2, "asked back for what was said already"
            open_turns += [[*history, asked, choice] for choice in answer.choices]
        else:
            found.append(answer)
    return found


@pytest.mark.parametrize(
    "question", ["公务接待费是多少？", "2023年公务接待费是多少？", "水务局公务接待费是多少？"]
)
def test_every_choice_leads_to_an_answer(engine: Engine, question: str) -> None:
    assert [answer.status for answer in chosen(engine, question)].count("answered") > 0


def test_the_year_that_was_said_is_kept_when_a_body_is_chosen(engine: Engine) -> None:
    answers = chosen(engine, "2023年公务接待费是多少？")
    assert len(answers) > 1
    assert all("2023年" in answer.text for answer in answers), [answer.text for answer in answers]


def test_a_name_alone_is_answered_in_the_language_of_the_conversation(engine: Engine) -> None:
    answers = chosen(engine, "What was the 2023 budget for official receptions?")
    assert len(answers) > 1
    assert {answer.language for answer in answers} == {"en"}

"""Questions with gold answers over real documents: how many are right, and that nothing is made up.

Each document is read once a session. The floors only rise: they stand a little under what was
measured, so that a change which loses answers shows.
"""

from __future__ import annotations

from functools import cache

import pytest
from conftest import find_shared
from shelves import Shelf

from eval.formats import answer_from, read_questions
from eval.quotes import Sources
from eval.runner import answer_lines
from eval.score import Verdict, add_up, judge
from ingest import read_document
from ingest.model import Document
from qa.engine import Engine

SEEDS = ("2017年广州市人民政府政务管理办公室部门预算.txt", "2021年广州开发区行政服务管理中心部门预算.txt")
"""The seeds come as text and as PDF; the questions are asked of the text."""
ASKED_OF = {
    "seed2021": ("corpus/seeds", SEEDS[1:]),
    "seed2017": ("corpus/seeds", SEEDS[:1]),
    "seeds_cross": ("corpus/seeds", SEEDS),
    "putuo": ("corpus/putuo", ()),
    "jiangsu": ("corpus/jiangsu", ()),
}
"""Question file -> the folder and the documents (() for all of them) that are loaded."""
LEAST_ACCURACY = {"seed2021": 0.95, "seed2017": 0.96, "seeds_cross": 0.90, "putuo": 0.92, "jiangsu": 0.91}


@cache
def read(folder: str, name: str) -> Document:
    return read_document(find_shared(folder) / name)


@cache
def verdicts(question_file: str) -> tuple[Verdict, ...]:
    folder, names = ASKED_OF[question_file]
    names = names or tuple(sorted(f.name for f in find_shared(folder).glob("*.pdf")))
    questions = read_questions(find_shared(f"questions/{question_file}.jsonl"))
    engine = Engine(Shelf([read(folder, name) for name in names]))
    answers = {line["id"]: answer_from(line) for line in answer_lines(questions, engine)}
    sources = Sources([find_shared(folder) / name for name in names])
    return tuple(judge(q, answers.get(q.id), sources.fault) for q in questions)


@pytest.mark.parametrize("question_file", sorted(LEAST_ACCURACY))
def test_as_many_answers_are_right_and_cited_as_before(question_file: str) -> None:
    found = verdicts(question_file)
    wrong = [f"{v.id} {v.question}: {'; '.join(v.reasons)}" for v in found if not v.correct_and_cited]
    assert add_up(found).accuracy >= LEAST_ACCURACY[question_file], "\n".join(wrong)


@pytest.mark.parametrize("question_file", sorted(ASKED_OF))
def test_every_question_is_answered_without_an_invented_number(question_file: str) -> None:
    found = verdicts(question_file)
    assert [v.id for v in found if v.given_status is None] == []
    assert [(v.id, v.untraceable) for v in found if v.untraceable] == []


@pytest.mark.parametrize("question_file", sorted(ASKED_OF))
def test_every_quote_stands_in_its_document(question_file: str) -> None:
    assert [(v.id, v.false_quotes) for v in verdicts(question_file) if v.false_quotes] == []

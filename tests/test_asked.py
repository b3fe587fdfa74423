"""Questions over generated documents: how they are made, and the level of right answers that must stay."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from eval.asked import Outcomes, World, make_world, measure_answers
from eval.asked_facts import read_source
from eval.asked_operations import OPERATIONS
from eval.asked_questions import distorted, questions_of, write_questions
from eval.cli import app
from eval.corpus.generate import generate
from eval.corpus.model import WrittenPages
from eval.corpus.truth import truth_of
from eval.extraction_report import Plan
from eval.formats import question_from, read_questions

SEED = 7
LEAST_RIGHT = 0.98
MOST_LOST = 0.02


@cache
def world() -> World:
    return make_world(Plan(10, SEED, ("html",)))


@cache
def outcomes() -> Outcomes:
    asked = questions_of(world().sources, 240, SEED)
    return measure_answers(world(), asked, perturb=False, seed=SEED)


def test_answers_stay_right() -> None:
    assert outcomes().accuracy >= LEAST_RIGHT, "\n".join(outcomes().faults())


def test_nothing_is_answered_that_has_no_answer() -> None:
    assert outcomes().declined_rightly == 1, "\n".join(outcomes().faults())


def test_no_number_is_without_a_source() -> None:
    assert outcomes().untraceable == []


def test_distortions_cost_little() -> None:
    asked = questions_of(world().sources, 40, SEED + 1)
    found = measure_answers(world(), asked, perturb=True, seed=SEED)
    assert found.untraceable == []
    assert {name for name, loss in found.losses().items() if loss > MOST_LOST} <= {"typing_error"}
    assert found.losses()["typing_error"] <= 3 * MOST_LOST, "\n".join(found.faults())


def test_the_report_counts_every_question_once() -> None:
    lines = list(outcomes().lines())
    operations = [line.split() for line in lines[1:] if line.split()[0] in OPERATIONS]
    assert sum(int(cells[1]) for cells in operations) == len(outcomes().of())
    assert sum(int(cells[2]) for cells in operations) == sum(v.correct_and_cited for v in outcomes().of())


def test_the_same_seed_asks_the_same_questions() -> None:
    truth = generate("city_budget", 3)
    sources = [read_source(truth_of(truth, WrittenPages.none(truth), "a.docx"))]
    first, second, other = (questions_of(sources, 60, seed) for seed in (1, 1, 2))
    assert [a.line for a in first] == [a.line for a in second]
    assert [a.line for a in first] != [a.line for a in other]


def test_gold_is_what_the_truth_prints() -> None:
    """A looked-up figure and its evidence stand in one cell of the truth."""
    document = generate("province_budget", 5)
    truth = truth_of(document, WrittenPages.none(document), "a.docx")
    cells = {
        (table["title"], row["label"], value)
        for table in truth["tables"]
        for row in table["rows"]
        for value in row["values"]
    }
    asked = [a for a in questions_of([read_source(truth)], 200, 1) if a.operation == "lookup"]
    assert asked
    for one in asked:
        expect = one.line["expect"]
        place, figure = expect["evidence"][0], expect["figures"][0]
        assert (place["table"], place.get("row", ""), figure["value"]) in cells


def test_questions_are_of_the_outside_format(tmp_path: Path) -> None:
    asked = questions_of(world().sources, 80, SEED)
    write_questions(asked, tmp_path / "asked.jsonl")
    read = read_questions(tmp_path / "asked.jsonl")
    assert [q.text for q in read] == [a.line["question"] for a in asked]
    assert all(q.documents and q.expect.evidence for q in read if q.expect.status == "answered")


def test_distortions_change_the_question_and_not_its_gold() -> None:
    asked = questions_of(world().sources, 40, SEED)
    plain = {a.id: a.line for a in asked}
    for _, one in distorted(asked, SEED):
        assert one.line["question"] != plain[one.id]["question"]
        assert question_from(one.line).expect == question_from(plain[one.id]).expect


def test_the_command_reports_and_fails_below_the_bar(tmp_path: Path) -> None:
    options = ["asked", "--documents", "2", "--questions", "12", "--formats", "html"]
    path = tmp_path / "asked.jsonl"
    done = CliRunner().invoke(app, [*options, "--out", str(path)])
    assert done.exit_code == 0
    assert "right and cited" in done.output
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 12
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["expect"]["status"]

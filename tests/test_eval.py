"""The scorer on hand-worked cases, and against the independent one."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_maker import Canvas, write_pdf
from typer.testing import CliRunner
from worlds import linchuan

from eval.bench_ingestion import ingestion_costs
from eval.bench_memory import ingestion_memory
from eval.bench_parts import PARTS, parts_of
from eval.bench_server import ServerError, ask_all, crowd_cost, serving
from eval.bench_uploads import upload_cost
from eval.cli import app
from eval.formats import FormatError, Question, StatedFigure, answer_from, read_answers, read_questions
from eval.quotes import Sources
from eval.report import Scores, compare, read_marks, table, write_json
from eval.runner import answer_lines, write_answers
from eval.samples import FontMissingError
from eval.score import ERRORS, Verdict, add_up, judge, percentile, same_figure, untraceable_numbers
from qa.answer import Answer
from qa.engine import Engine

PROJECT = Path(__file__).resolve().parent.parent
SHARED_FILES = ("seed2017", "seed2021", "seeds_cross", "putuo", "jiangsu")


def question_line(**changes: Any) -> dict[str, Any]:
    line = {
        "id": "q1",
        "question": "2017年公务接待费预算是多少",
        "lang": "zh",
        "docs": ["甲.txt"],
        "type": "lookup",
        "expect": {
            "status": "answered",
            "figures": [{"value": "24.53", "unit": "万元", "decimals": 2}],
            "forbid": [{"value": "22.95", "unit": "万元", "decimals": 2}],
            "keywords": [],
            "evidence": [{"doc": "甲.txt", "row": "合计", "quote": "24.53"}],
        },
    }
    return line | changes


def answer_line(**changes: Any) -> dict[str, Any]:
    line = {
        "id": "q1",
        "status": "answered",
        "text": "公务接待费预算 24.53 万元[1]。",
        "figures": [{"value": "24.53", "unit": "万元", "label": "公务接待费", "citations": [1]}],
        "citations": [
            {
                "n": 1,
                "doc": "甲.txt",
                "page": None,
                "table": "表十",
                "row": "合 计",
                "column": "公务接待费",
                "quote": "24.53",
            }
        ],
        "calculations": [],
        "warnings": [],
        "elapsed_ms": 12.5,
    }
    return line | changes


def figure(value: str, unit: str | None) -> dict[str, Any]:
    return {"value": value, "unit": unit, "label": "", "citations": [1]}


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Question]:
    def read(**changes: Any) -> Question:
        path = tmp_path / "q.jsonl"
        path.write_text(json.dumps(question_line(**changes), ensure_ascii=False), "utf-8")
        return read_questions(path)[0]

    return read


@pytest.mark.parametrize(
    ("answer", "correct", "cited", "value", "unit"),
    [
        (answer_line(), True, True, True, True),
        (answer_line(figures=[figure("245300", "元")]), True, True, True, True),
        (answer_line(figures=[figure("24.53", "元")]), False, False, True, False),
        (answer_line(figures=[figure("24.53", None)]), False, False, True, False),
        (answer_line(figures=[figure("22.95", "万元"), figure("24.53", "万元")]), False, False, True, True),
        (answer_line(figures=[figure("24.53", "万元"), figure("22.95", "万元")]), True, True, True, True),
        (answer_line(figures=[]), False, False, False, False),
        (answer_line(citations=[]), True, False, True, True),
        (answer_line(status="no_answer"), False, False, True, True),
    ],
)
def test_verdict_on_a_figure(
    ask: Callable[..., Question], answer: dict[str, Any], correct: bool, cited: bool, value: bool, unit: bool
) -> None:
    verdict = judge(ask(), answer_from(answer))
    assert (verdict.correct, verdict.cited, verdict.value_right, verdict.unit_right) == (
        correct,
        cited,
        value,
        unit,
    )
    assert bool(verdict.reasons) == (not verdict.correct_and_cited)


@pytest.mark.parametrize(
    ("expect", "answer", "errors"),
    [
        ({}, answer_line(), ()),
        ({}, None, ("failed",)),
        ({}, answer_line(figures=[figure("22.95", "万元")]), ("wrong figure",)),
        ({}, answer_line(figures=[figure("22.95", "万元"), figure("24.53", "万元")]), ("wrong figure",)),
        ({}, answer_line(figures=[figure("24.53", "元")]), ("wrong unit",)),
        ({"keywords": ["下降"]}, answer_line(), ("wrong words",)),
        ({}, answer_line(citations=[{"n": 1, "doc": "乙.txt", "quote": "24.53"}]), ("miscited", "misquoted")),
        ({}, answer_line(status="no_answer"), ("declined",)),
        ({}, answer_line(status="needs_clarification"), ("asked back",)),
        ({"status": "no_answer"}, answer_line(), ("answered",)),
        ({"status": "no_answer"}, answer_line(status="needs_clarification"), ("asked back",)),
        ({"status": "needs_clarification"}, answer_line(status="no_answer"), ("declined",)),
        ({}, answer_line(text="24.53 万元，另有 9 万元"), ("untraced",)),
    ],
)
def test_errors_are_told_apart(
    ask: Callable[..., Question],
    expect: dict[str, Any],
    answer: dict[str, Any] | None,
    errors: tuple[str, ...],
) -> None:
    def check_quote(citation: Mapping[str, Any]) -> str | None:
        return None if citation["doc"] == "甲.txt" else "unknown document"

    question = ask(expect=question_line()["expect"] | expect)
    found = judge(question, answer_from(answer) if answer else None, check_quote)
    assert found.errors == errors
    assert set(errors) <= set(ERRORS)
    assert found.correct_and_cited == (not set(errors) - {"misquoted", "untraced"})
    told = table(Scores("f", (found,)))
    assert all(f"  {error} ({ERRORS[error]}): 1: q1" in told for error in errors)
    assert Scores("f", (found,)).to_dict()["errors"] == dict.fromkeys(errors, 1)


def test_keywords_take_any_of_a_group(ask: Callable[..., Question]) -> None:
    expect = {"status": "answered", "keywords": ["主要", ["人员", "编制"]]}
    question = ask(expect=expect)
    assert judge(question, answer_from(answer_line(text="主 要是编制增加"))).correct_and_cited
    assert judge(question, answer_from(answer_line(text="主要是项目增加"))).reasons == (
        "the text lacks 人员 / 编制",
    )


def test_a_refusal_is_right_only_where_one_is_expected(ask: Callable[..., Question]) -> None:
    question = ask(expect={"status": "no_answer"})
    assert judge(question, answer_from(answer_line(status="no_answer"))).correct_and_cited
    wrong = judge(question, answer_from(answer_line()))
    assert wrong.reasons == ("status answered, expected no_answer",)
    assert judge(question, None).given_status is None


def test_untraceable_numbers() -> None:
    def found(text: str, **changes: Any) -> tuple[str, ...]:
        return untraceable_numbers(answer_from(answer_line(text=text, **changes)))

    assert found("2017年第 8 页：24.53 万元[1]，即 245,300 元，占 100%") == ()
    assert found("24.53 万元，比上年 22.95 万元多1.58万元") == ("22.95", "1.58")
    assert found("约 24.5 万元，品目 A02010104，2016-2017年") == ()
    assert found("12345,7699.00") == ("12345", "7699.00")
    assert found("99 万元", status="no_answer") == ()
    assert found("宽 99 点", citations=[{"n": 1, "doc": "甲.txt", "bbox": [99, 0, 1, 1], "quote": "x"}]) == (
        "99",
    )


def test_false_quotes_are_looked_up_in_the_file(tmp_path: Path) -> None:
    source = tmp_path / "甲.txt"
    source.write_text("公务接待费\t24.53\n行政\n运行\t1,234.50\n", "utf-8")
    sources = Sources([tmp_path])
    assert sources.fault({"doc": "甲.txt", "quote": "24.53"}) is None
    assert sources.fault({"doc": "甲.txt", "quote": "行政运行"}) is None
    assert "is not in" in str(sources.fault({"doc": "甲.txt", "quote": "24.54"}))
    assert "unknown document" in str(sources.fault({"doc": "../乙.txt", "quote": "24.53"}))
    assert "empty quote" in str(sources.fault({"doc": "甲.txt", "quote": ""}))


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(["元", "万元", "亿元"]),
)
def test_a_money_figure_is_the_same_in_every_unit(amount_wan_yuan: Decimal, unit: str) -> None:
    scale = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
    expected = StatedFigure(amount_wan_yuan, "万元", 2)
    assert same_figure(expected, StatedFigure(amount_wan_yuan * scale["万元"] / scale[unit], unit))
    assert not same_figure(expected, StatedFigure(amount_wan_yuan + 1, "万元"))


@given(st.lists(st.floats(min_value=0, max_value=10**6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_one_of_the_values(values: list[float], percent: int) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    assert found in ordered
    assert sum(v <= found for v in ordered) * 100 >= percent * len(ordered)


def verdict(identifier: str, right: bool) -> Verdict:
    return Verdict(
        id=identifier, type="lookup", question="?", expected_status="answered", given_status="answered",
        correct=right, cited=right, value_right=right, unit_right=right, untraceable=(), false_quotes=(),
        reasons=() if right else ("wrong",), elapsed_ms=1.0,
    )  # fmt: skip


def test_sums_by_type_and_overall() -> None:
    sums = add_up([verdict("a", True), verdict("b", False)])
    assert (sums.questions, sums.correct_and_cited, sums.accuracy) == (2, 1, 0.5)
    assert add_up([]).accuracy == 0.0


def test_comparison_names_what_changed(tmp_path: Path) -> None:
    before, after = tmp_path / "a.json", tmp_path / "b.json"
    write_json([Scores("f", (verdict("a", True), verdict("b", False), verdict("old", True)))], before)
    write_json([Scores("f", (verdict("a", False), verdict("b", True), verdict("new", True)))], after)
    found = compare(read_marks(before), read_marks(after))
    assert (found.better, found.worse) == (("f/b",), ("f/a",))
    assert (found.only_before, found.only_after) == (("f/old",), ("f/new",))
    assert CliRunner().invoke(app, ["compare", str(before), str(after)]).exit_code == 0
    write_json([Scores("f", (verdict("a", False), verdict("b", False)))], after)
    assert CliRunner().invoke(app, ["compare", str(before), str(after)]).exit_code == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "expected a JSON object"),
        ('{"id": "a"}', "not a question"),
        (json.dumps(question_line()) + "\n" + json.dumps(question_line()), "given twice"),
    ],
)
def test_a_broken_question_file_says_where(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(FormatError, match=message):
        read_questions(path)


def test_score_command_fails_a_build(tmp_path: Path) -> None:
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text(json.dumps(question_line()), "utf-8")
    result_file = tmp_path / "scores.json"

    def score(answer: dict[str, Any], *options: str) -> int:
        answers.write_text(json.dumps(answer), "utf-8")
        arguments = ["score", str(questions), str(answers), "--json", str(result_file), *options]
        return CliRunner().invoke(app, arguments).exit_code

    assert score(answer_line(), "--min-accuracy", "1") == 0
    assert json.loads(result_file.read_text("utf-8"))["files"][0]["sums"]["accuracy"] == 1.0
    assert score(answer_line(status="no_answer", figures=[])) == 0
    assert score(answer_line(status="no_answer", figures=[]), "--min-accuracy", "0.5") == 1
    assert score(answer_line(text="24.53 万元，约合 777.7 斤")) == 1


def spoiled(answer: dict[str, Any], question: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """An answer with one thing, or nothing, changed."""
    kind = chance.choice(
        ["same", "status", "figure", "unit", "scale", "forbid", "citation", "text", "order", "none"]
    )
    changed = json.loads(json.dumps(answer))
    figures = changed["figures"]
    if kind == "status":
        changed["status"] = chance.choice(["answered", "no_answer", "needs_clarification"])
    elif kind == "figure" and figures:
        figures[0]["value"] = str(Decimal(figures[0]["value"]) + Decimal("0.01"))
    elif kind == "unit" and figures:
        figures[-1]["unit"] = chance.choice(["元", "%", "个", "", "人", "万元"])
    elif kind == "scale" and figures and figures[0]["unit"] == "万元":
        figures[0] |= {"value": str(Decimal(figures[0]["value"]) * 10_000), "unit": "元"}
    elif kind == "forbid":
        changed["figures"] = [*(question["expect"].get("forbid") or []), *figures]
    elif kind == "citation" and changed["citations"]:
        field = chance.choice(["doc", "page", "table", "row", "column", "quote"])
        changed["citations"][0][field] = 99 if field == "page" else "别的"
    elif kind == "text":
        changed["text"] = changed["text"].partition("；")[2] + " 另有 9,876.54 万元"
    elif kind == "order":
        changed["figures"] = [figure(str(n), "辆") for n in range(chance.choice([2, 3, 4]))] + figures
    elif kind == "none":
        changed = {"id": answer["id"], "status": "answered", "text": "", "figures": [], "citations": []}
    return changed


def perfect(question: dict[str, Any]) -> dict[str, Any]:
    expect = question["expect"]
    words = [w if isinstance(w, str) else w[0] for w in expect.get("keywords") or []]
    figures = [figure(f["value"], f.get("unit")) for f in expect.get("figures") or []]
    said = [f"{f['value']}{f['unit']}" for f in figures]
    citations = [{"n": n, **e} for n, e in enumerate(expect.get("evidence") or [], start=1)]
    return {
        "id": question["id"],
        "status": expect["status"],
        "text": "；".join(words + said),
        "figures": figures,
        "citations": citations[:1],
        "calculations": [],
        "warnings": [],
        "elapsed_ms": 1.0,
    }


@pytest.mark.parametrize("name", SHARED_FILES)
def test_agrees_with_the_independent_scorer(
    name: str, tmp_path: Path, shared_path: Callable[[str], Path]
) -> None:
    """On answers right and spoiled in every way, question by question."""
    scorer, questions = shared_path("score/score.py"), shared_path(f"questions/{name}.jsonl")
    chance = random.Random(name)
    asked = [json.loads(line) for line in questions.read_text("utf-8").splitlines() if line.strip()]
    answers = [spoiled(perfect(q), q, chance) for q in asked]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(a, ensure_ascii=False) + "\n" for a in answers), "utf-8")
    told = subprocess.run(
        [sys.executable, str(scorer), str(questions), str(path), "--wrong"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    faults = [line.split(" -> ") for line in told.stdout.splitlines() if " -> " in line]
    their_faults = {line.split(" ")[0] for line, fault in faults if not fault.startswith("untraceable")}
    verdicts = [judge(q, answer_from(a)) for q, a in zip(read_questions(questions), answers, strict=True)]
    assert {v.id for v in verdicts if v.reasons} == their_faults
    sums = add_up(verdicts)
    assert f"correct              {sums.correct}\n" in told.stdout
    assert f"correct_and_cited    {sums.correct_and_cited}\n" in told.stdout


class FailsOnOne:
    """An engine that breaks on one question."""

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        if question == "坏":
            raise RuntimeError("broken")
        return Answer("no_answer", f"没有找到：{question}，此前 {len(history)} 问", "zh")


def test_one_broken_question_leaves_the_others(ask: Callable[..., Question], tmp_path: Path) -> None:
    questions = [ask(id="a"), ask(id="b", question="坏"), ask(id="c", history=[{"question": "先前"}])]
    path = tmp_path / "out" / "answers.jsonl"
    write_answers(answer_lines(questions, FailsOnOne()), path)
    answers = read_answers(path)
    assert [a.id for a in answers] == ["a", "c"]
    assert "此前 1 问" in answers[1].text
    assert all(a.elapsed_ms is not None for a in answers)


def test_ingestion_is_measured_whole_and_in_its_parts(tmp_path: Path) -> None:
    page = Canvas()
    page.text(60, 100, "某单位年度预算说明")
    (cost,) = ingestion_costs({"one": [write_pdf(tmp_path / "one.pdf", [page, page])]}, cores=1, rounds=1)
    assert (cost.name, cost.cores, cost.pages) == ("one", 1, 2)
    assert list(cost.parts) == ["read", "structure", "audit", "store", "embed"]
    assert sum(cost.parts.values()) > 0
    assert f"ratio {cost.ratio:.2f}" in str(cost)
    with pytest.raises(ValueError, match="no PDF files to measure in none"):
        ingestion_costs({"none": []}, cores=1, rounds=1)


def test_an_answers_time_is_told_in_its_parts_and_nothing_stays_behind() -> None:
    from qa import figures, resolve

    world = linchuan()
    engine = Engine(world)
    questions = ["水务局2023年培训费占基本支出的比重是多少？", "你好"]
    engine.answer(questions[0])
    started = time.perf_counter()
    share, talk = parts_of(engine.answer, questions)
    seconds = time.perf_counter() - started
    assert set(share) == set(talk) == set(PARTS)
    assert all(taken > 0 for taken in share.values())
    assert 0 < sum(share.values()) + sum(talk.values()) <= seconds
    assert talk["link"] == talk["calculate"] == 0
    assert figures.link_target is resolve.link_target
    assert not hasattr(figures.link_target, "__wrapped__")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_is_measured_in_both_processes() -> None:
    try:
        memory = ingestion_memory(2)
    except FontMissingError as error:
        pytest.skip(str(error))
    assert memory.pages == 2
    assert memory.reader_mib > 10
    assert memory.keeper_mib > 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_server_is_measured_while_people_ask_and_send_files(
    ask: Callable[..., Question], tmp_path: Path
) -> None:
    """A real server over an empty store: both questions are declined, until the file is read."""
    questions = [ask(id="a"), ask(id="b", question="公务接待费是多少", history=[{"question": "2017年呢"}])]
    page = Canvas()
    page.text(60, 100, "某单位年度预算说明")
    files = [write_pdf(tmp_path / name, [page] * n) for n, name in enumerate(("one.pdf", "two.pdf"), 1)]
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing else")
    with serving(tmp_path / "store") as server:
        crowd = asyncio.run(crowd_cost(server, questions, people=3, each=2))
        assert (crowd.people, crowd.questions) == (3, 6)
        assert crowd.peak_mib > 50
        assert f"ratios {crowd.p50_ms / crowd.alone_p50_ms:.1f} and" in str(crowd)
        with pytest.raises(ServerError, match="answered in two ways"):
            asyncio.run(ask_all(server, questions, {(questions[0].text, ()): "another answer"}))
        upload = asyncio.run(upload_cost(server, "3 files", [*files, broken], questions))
    assert upload.verdicts == {"added": 2, "failed": 1}
    assert "2 added, 1 failed; a question meanwhile p50" in str(upload)
    with pytest.raises(ServerError, match="did not start"), serving(tmp_path / "broken.pdf"):
        pass


def test_run_ingests_asks_and_scores(tmp_path: Path) -> None:
    """The whole way, with the real store and engine, over a document of one paragraph."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "2020年青石县档案馆部门预算.txt").write_text(
        "2020年青石县档案馆部门预算\n\n第一部分 预算安排情况说明\n\n一、“三公”经费预算情况\n\n"
        "2020年“三公”经费预算12.50万元，其中公务接待费3.20万元。\n",
        "utf-8",
    )
    questions = tmp_path / "q.jsonl"
    asked = question_line(
        question="青石县档案馆2020年公务接待费预算是多少",
        expect={"status": "answered", "figures": [{"value": "3.20", "unit": "万元"}]},
    )
    questions.write_text(json.dumps(asked), "utf-8")
    out = tmp_path / "out"
    arguments = ["run", questions, "--documents", documents, "--store", tmp_path / "store", "--out", out]
    first = CliRunner().invoke(app, [*map(str, arguments), "--min-accuracy", "1"])
    assert first.exit_code == 0, first.output
    (answer,) = read_answers(out / "q.answers.jsonl")
    assert answer.citations[0]["doc"] == "2020年青石县档案馆部门预算.txt"
    scores = out / "scores.json"
    earlier = scores.read_text("utf-8").replace('"correct_and_cited": true', '"correct_and_cited": false')
    scores.write_text(earlier, "utf-8")
    again = CliRunner().invoke(app, [*map(str, arguments), "--reread", "--baseline", str(scores)])
    assert "accuracy 0.0% -> 100.0%\nbetter (1): q/q1" in again.output

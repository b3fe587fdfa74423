"""Passages found by words and in meaning, and the report that tells where answers are lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_passages import made_document

from eval.formats import Question, question_from, read_questions
from eval.retrieval import STAGES, Trace, Tracer, report
from index_store import Store
from index_store.errors import EmbedderUnavailableError
from ingest import read_document
from qa.retrieval import by_words, fused

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def test_passages_that_share_rare_words_come_first() -> None:
    document = made_document()
    (_, first), *_ = by_words("防汛值守", [(1, document)])
    assert "防汛" in document.passages[first].text


def test_english_questions_look_for_what_is_printed() -> None:
    document = made_document()
    (_, first), *_ = by_words("Why did official receptions fall?", [(1, document)])
    assert "公务接待" in document.passages[first].text


def test_nothing_shared_and_nothing_there_finds_nothing() -> None:
    assert by_words("防汛", []) == {}
    assert by_words("龘龘", [(1, made_document())]) == {}


def test_what_both_ways_find_goes_before_what_one_finds() -> None:
    words = {(1, 0): 9.0, (1, 1): 8.0, (1, 2): 1.0}
    meanings = {(1, 3): 0.90, (1, 1): 0.89, (1, 4): 0.80}
    assert next(iter(fused(words, meanings))) == (1, 1)


SCORES = st.dictionaries(st.tuples(st.just(1), st.integers(0, 9)), st.floats(0, 100), max_size=8)


@given(SCORES, SCORES)
def test_fusing_loses_no_passage_and_orders_by_score(
    words: dict[tuple[int, int], float], meanings: dict[tuple[int, int], float]
) -> None:
    both = fused(words, meanings)
    assert set(both) == set(words) | set(meanings)
    assert list(both.values()) == sorted(both.values(), reverse=True)
    assert all(0 <= score <= 1 for score in both.values())
    if not meanings:
        assert [words[p] for p in both] == sorted(words.values(), reverse=True)


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Tracer:
    def no_model() -> object:
        raise EmbedderUnavailableError("words alone")

    store = Store.open(tmp_path_factory.mktemp("store"), embedder=no_model)  # type: ignore[arg-type]
    for path in sorted(SAMPLES.glob("*.pdf")):
        store.add(read_document(path), path)
    return Tracer(store)


def one(tracer: Tracer, **changes: object) -> Trace:
    """The trace of a sample question with its expectation changed."""
    question = {
        "id": "q",
        "question": "2017年政务办公务接待费是多少",
        "lang": "zh",
        "docs": [],
        "type": "lookup",
        "expect": {
            "status": "answered",
            "figures": [{"value": "24.53", "unit": "万元", "decimals": 2}],
            "evidence": [{"doc": "2017年广州市人民政府政务管理办公室部门预算（示例）.pdf", "quote": "24.53"}],
        }
        | changes,
    }
    (trace,) = tracer.trace([question_from(question)])
    return trace


def test_the_stages_of_one_question(tracer: Tracer) -> None:
    doc = "2017年广州市人民政府政务管理办公室部门预算（示例）.pdf"
    assert one(tracer).stage == "right"
    assert one(tracer).places == {"linking": 1}
    assert one(tracer, evidence=[{"doc": doc, "quote": "98765.43"}]).stage == "not in the store"
    wrong = [{"value": "24.54", "unit": "万元", "decimals": 2}]
    assert one(tracer, figures=wrong).stage == "wrongly said"
    elsewhere = [{"doc": doc, "quote": "广州市市长专线电话受理中心"}]
    assert one(tracer, evidence=elsewhere).stage == "not a candidate"
    other = [{"doc": doc, "quote": "4.73", "row": "合计"}]
    assert one(tracer, evidence=other).stage == "another chosen"


def test_questions_without_an_answer_are_left_out(tracer: Tracer) -> None:
    assert not list(tracer.trace([question for question in SAMPLE_QUESTIONS if not question.expect.evidence]))


def test_the_report_over_the_samples(tracer: Tracer) -> None:
    traces = list(tracer.trace(SAMPLE_QUESTIONS))
    text = report(traces)
    assert all(stage in text for stage in STAGES)
    assert not any(trace.stage == "not in the store" for trace in traces)
    found = [t.places["quoting"] for t in traces if "quoting" in t.places]
    assert found
    assert all(place == 1 for place in found)


SAMPLE_QUESTIONS: list[Question] = read_questions(SAMPLES / "questions.jsonl")

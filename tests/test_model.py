"""With a language model: it may say what is meant and put it in words; no figure of its own ever passes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_model import Step, scripted
from shelves import Shelf
from worlds import linchuan

from index_store import RowHit
from qa.answer import Answer
from qa.assisted import AssistedEngine, assisted
from qa.engine import Engine
from qa.guard import check
from qa.model import LanguageModel, ModelSettings, ModelSettingsError

pytest.importorskip("llama_index.llms.openai_like", reason="the model's client is not installed")

HARD = "水务局2023年买纸笔墨水的钱是多少"
"""No name that is printed, and none that the lexicon knows."""
UNKNOWN_BODY = "青山市林业局2023年的办公费是多少"


def world() -> Shelf:
    """The small world, in which 办公费 and its neighbours are near every question in meaning."""
    plain = linchuan()
    hits = [
        RowHit(kept.id, table_index, row_index, 0.8)
        for kept in plain.documents()
        for table_index, table in enumerate(kept.document.tables)
        for row_index, row in enumerate(table.rows)
        if row.label.strip() in ("办公费", "公务接待费")
    ]
    return Shelf([kept.document for kept in plain.documents()], rows=hits)


WORLD = world()
PLAIN = Engine(WORLD)


def ask(question: str, *steps: Step, seconds: float = 5.0, phrases: bool = False) -> Answer:
    with scripted(*steps) as script:
        settings = ModelSettings(script.url, "scripted", seconds=seconds, phrases=phrases)
        answer = AssistedEngine(PLAIN, WORLD, LanguageModel(settings)).answer(question)
    return check(answer)


def plan(**changed: Any) -> str:
    given = {
        "operation": "figure",
        "items": ["办公费"],
        "whole": None,
        "organisations": [],
        "years": [],
        "unit": None,
    }
    return json.dumps(given | changed, ensure_ascii=False)


def test_a_plan_is_answered_by_the_engine_and_told() -> None:
    assert PLAIN.answer(HARD).status == "no_answer"
    answer = ask(HARD, plan())
    assert answer.status == "answered"
    assert str(answer.figures[0].value) == "86.00"
    assert "语言模型把问题理解为" in answer.text
    assert answer.citations[0].row == "办公费" or "办公费" in str(answer.citations[0].row)


def test_the_question_s_own_year_is_not_the_model_s_to_change() -> None:
    assert str(ask(HARD, plan(years=[2022])).figures[0].value) == "86.00"


@pytest.mark.parametrize(
    "reply",
    [
        plan(items=["秘密经费"]),
        plan(operation="delete"),
        plan(items=[]),
        plan(items="办公费"),
        plan(operation="share"),
        plan(years=["2023"], items=["办公费", 3]),
        "[]",
        "{" * 5000,
        "答案是 999.99 万元",
        "",
    ],
)
def test_a_plan_that_is_none_changes_nothing(reply: str) -> None:
    assert ask(HARD, reply) == PLAIN.answer(HARD)


@pytest.mark.parametrize("step", [500, 404, b"not json", b"", b'{"choices": []}'])
def test_a_broken_endpoint_changes_nothing(step: Step) -> None:
    assert ask(HARD, step) == PLAIN.answer(HARD)


def test_a_slow_endpoint_costs_a_bounded_wait() -> None:
    started = time.monotonic()
    assert ask(HARD, 30.0, seconds=0.5) == PLAIN.answer(HARD)
    assert time.monotonic() - started < 10


def test_a_dead_endpoint_changes_nothing() -> None:
    settings = ModelSettings("http://127.0.0.1:9/v1", "none", seconds=5.0)
    assert AssistedEngine(PLAIN, WORLD, LanguageModel(settings)).answer(HARD) == PLAIN.answer(HARD)


def test_a_body_that_is_not_there_is_not_asked_about() -> None:
    with scripted(plan()) as script:
        settings = ModelSettings(script.url, "scripted")
        answer = AssistedEngine(PLAIN, WORLD, LanguageModel(settings)).answer(UNKNOWN_BODY)
    assert answer == PLAIN.answer(UNKNOWN_BODY)
    assert script.asked == []


# --- tools -------------------------------------------------------------------------------------

LOOKUP: Step = {"tool": "lookup_figures", "question": "水务局2023年办公费是多少"}
LOOKUP_TWO: Step = {"tool": "lookup_figures", "question": "水务局2023年办公费和公务接待费各是多少"}
NO_PLAN = "no plan"


def test_what_the_tools_found_may_be_said() -> None:
    answer = ask(HARD, NO_PLAN, LOOKUP, "2023年办公费是86.00万元[1]。")
    assert answer.status == "answered"
    assert answer.text.startswith("2023年办公费是86.00万元[1]。")
    assert str(answer.figures[0].value) == "86.00"


def test_results_come_from_the_calculator() -> None:
    share: Step = {"tool": "calculate", "operation": "share", "figures": ["F2", "F1"]}
    answer = ask(HARD, NO_PLAN, LOOKUP_TWO, share, "公务接待费与办公费之比为14.53%[2][1]。")
    assert answer.status == "answered", answer.text
    assert any(str(c.value) == "14.53" for c in answer.calculations)


@pytest.mark.parametrize(
    "lie",
    [
        "2023年办公费是88.00万元[1]。",  # a number of its own
        "2023年办公费是86.00万元。",  # no mark
        "2023年办公费是86.00万元[7]。",  # a mark for nothing
        "2023年会议费是86.00万元[1]。",  # a true number under another name
        "2022年办公费是86.00万元[1]。",  # of another year
        "2023年办公费是86.00万元[1]，共计100万元。",
        "办公费86.00万元[1]，约占九成即90%[1]。",
        "2023年办公费86.00万元[1]，约九十万元[1]。",
        "2023年办公费86.00万元[1]，占百分之九十。",
        "2023年办公费86.00万元[1]，翻了一番。",
        "2023年办公费86.00万元[1]，about half of the total.",
        "NONE",
        "",
        "<script>alert(1)</script>",
    ],
)
def test_what_the_tools_did_not_find_may_not(lie: str) -> None:
    assert ask(HARD, NO_PLAN, LOOKUP, lie) == PLAIN.answer(HARD)


def test_two_true_numbers_may_not_change_places() -> None:
    right = "办公费86.00万元[1]，公务接待费12.50万元[2]。"
    assert ask(HARD, NO_PLAN, LOOKUP_TWO, right).status == "answered"
    for lie in (
        "办公费12.50万元[2]，公务接待费86.00万元[1]。",
        "办公费和公务接待费分别为12.50万元[2]、86.00万元[1]。",
    ):
        assert ask(HARD, NO_PLAN, LOOKUP_TWO, lie) == PLAIN.answer(HARD)


@pytest.mark.parametrize(
    "call",
    [
        {"tool": "shell", "command": "id"},
        {"tool": "calculate", "operation": "power", "figures": ["F1", "F1"]},
        {"tool": "calculate", "operation": "sum", "figures": ["F9"]},
        {"tool": "calculate", "wrong": 1},
        {"tool": "lookup_figures", "question": "那个呢"},
    ],
)
def test_a_call_that_is_none_is_told_to_the_model(call: Step) -> None:
    answer = ask(HARD, NO_PLAN, call, LOOKUP, "2023年办公费是86.00万元[1]。")
    assert answer.status == "answered"


def test_a_model_that_never_ends_is_stopped() -> None:
    assert ask(HARD, NO_PLAN, LOOKUP) == PLAIN.answer(HARD)


@given(number=st.decimals(0, 10**7, places=2), label=st.sampled_from(["办公费", "会议费", "合计"]))
def test_no_number_of_the_model_s_own_ever_passes(number: object, label: str) -> None:
    from qa.ledger import Ledger
    from qa.phrasing import MisphrasedError, check_phrasing

    ledger = Ledger()
    ledger.take(PLAIN.answer("水务局2023年办公费是多少"))
    found = ledger.answer("", "zh")
    text = f"2023年{label}是{number}万元[1]。"
    if label == "办公费" and format(number, "f") in ("86.00", "86"):
        return
    with pytest.raises(MisphrasedError):
        check_phrasing(text, found, {})


# --- phrasing ----------------------------------------------------------------------------------

EASY = "水务局2023年办公费是多少"


def test_an_answer_may_be_put_in_words() -> None:
    answer = ask(EASY, "水务局在2023年为办公费安排了86.00万元[1]。", phrases=True)
    assert answer.text.startswith("水务局在2023年为办公费安排了86.00万元[1]。")
    assert answer.figures == PLAIN.answer(EASY).figures


@pytest.mark.parametrize("reply", ["办公费是90万元[1]。", "办公费很多。", "", 500])
def test_words_that_change_the_answer_are_dropped(reply: Step) -> None:
    assert ask(EASY, reply, phrases=True) == PLAIN.answer(EASY)


def test_two_numbers_of_one_sentence_may_not_change_places() -> None:
    """Prose has no row: what each number is called is told by the figures of the answer."""
    question = "水务局2023年编制和在职人数各是多少"
    plain = PLAIN.answer(question)
    assert [str(figure.value) for figure in plain.figures] == ["120", "108"], plain.text
    right = "编制120人[1]，在职108人[1]。"
    assert ask(question, right, phrases=True).text.startswith(right)
    for lie in (
        "编制108人[1]，在职120人[1]。",
        "编制和在职人数分别为108人和120人[1]。",
        "共有120人[1]，108人[1]。",
    ):
        assert ask(question, lie, phrases=True) == plain


@pytest.mark.parametrize(
    "babble",
    [
        "水务局2023年办公费86.00万元[1]。iatrics",
        "水务局2023年办公费86.00万元[1]。に通報",
        "水务局2023年办公费86.00万元[1]。\n水务局2023年办公费86.00万元[1]。",
        "水务局2023年办公费86.00万元[1]，" + "水务局很好，" * 60 + "谢谢。",
    ],
)
def test_babble_is_dropped(babble: str) -> None:
    """What a very small model really wrote: words of other languages, and itself again and again."""
    assert ask(EASY, babble, phrases=True) == PLAIN.answer(EASY)


# --- settings ----------------------------------------------------------------------------------


def test_without_settings_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUDGET_QA_LLM_BASE_URL", raising=False)
    assert assisted(PLAIN, WORLD) is PLAIN


@pytest.mark.parametrize(
    "given",
    [
        {"BUDGET_QA_LLM_BASE_URL": "file:///etc/passwd", "BUDGET_QA_LLM_MODEL": "m"},
        {"BUDGET_QA_LLM_BASE_URL": "http://127.0.0.1/v1"},
        {
            "BUDGET_QA_LLM_BASE_URL": "http://127.0.0.1/v1",
            "BUDGET_QA_LLM_MODEL": "m",
            "BUDGET_QA_LLM_SECONDS": "soon",
        },
    ],
)
def test_settings_that_do_not_fit_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ModelSettingsError):
        ModelSettings.from_environment(given)


def test_a_key_is_never_shown() -> None:
    settings = ModelSettings.from_environment(
        {"BUDGET_QA_LLM_BASE_URL": "http://h/v1", "BUDGET_QA_LLM_MODEL": "m", "BUDGET_QA_LLM_API_KEY": "hush"}
    )
    assert settings is not None
    assert settings.api_key == "hush"
    assert "hush" not in repr(settings)

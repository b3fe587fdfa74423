"""Conversations are kept whole, for those who had them alone, and come back to the last digit."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from small_world import no_model

import cli
from eval.formats import read_answers, read_questions
from faces.chat import Turn
from faces.conversation_files import feedback_lines, json_lines, markdown
from faces.conversations import (
    MAX_COMMENT,
    MAX_TURNS,
    ConversationError,
    Conversations,
    UnknownConversationError,
)
from faces.desk import LocalDesk
from faces.keeping import earlier_questions, keep, linked, reopened
from faces.kept_answers import from_json, to_json
from faces.settings import ServerSettings, SettingsError
from faces.wording import words
from index_store.store import Store
from qa.answer import Answer, Calculation, Citation, Figure

CITED = Citation(
    1,
    7,
    "2017年样例.pdf",
    "24.50",
    18,
    (1.0, 2.25, 3.1, 4.0),
    None,
    "表七 “三公”经费预算表",
    "公务接待费",
    "2017年",
)
RECEPTIONS = Answer(
    "answered",
    "2017年公务接待费预算为 **24.50万元** [1]。",
    "zh",
    (Figure(Decimal("24.50"), "万元", "公务接待费", (1,)),),
    (CITED,),
)
SHARE = Answer(
    "answered",
    "占 **34.35%** [1]。",
    "zh",
    (Figure(Decimal("34.35"), "%", "比重", (), 1),),
    (CITED,),
    (Calculation(1, "24.50 / 71.33 * 100", Decimal("34.35"), "%", (1,)),),
)
NOTHING = Answer("no_answer", "这些文件里没有2019年的数据。", "zh")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    opened = Conversations(tmp_path)
    yield opened
    opened.close()


# -- an answer as JSON ---------------------------------------------------------------------


def strategy_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type, every field of a dataclass given."""
    arguments = get_args(hint)
    if is_dataclass(hint):
        return st.builds(hint, **{name: strategy_of(kind) for name, kind in get_type_hints(hint).items()})
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of(*map(strategy_of, arguments))
    if get_origin(hint) is tuple and arguments[-1] is ...:
        return st.lists(strategy_of(arguments[0]), max_size=2).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*map(strategy_of, arguments))
    if hint in (Decimal, float):
        numbers = st.decimals if hint is Decimal else st.floats
        return numbers(allow_nan=False, allow_infinity=False)
    return st.from_type(hint)


@settings(max_examples=60)
@given(strategy_of(Answer))
def test_an_answer_comes_back_to_the_last_digit(answer: Answer) -> None:
    back = from_json(to_json(answer))
    assert back == answer
    assert repr(back) == repr(answer)  # 24.50 equals 24.5, and is written otherwise


def test_an_answer_of_an_earlier_version_is_read() -> None:
    stored = json.loads(to_json(RECEPTIONS))
    for later in ("understood", "choices"):
        del stored[later]
    assert from_json(json.dumps(stored | {"no_longer": 1})) == RECEPTIONS


# -- kept ----------------------------------------------------------------------------------


def test_a_conversation_is_kept_whole(kept: Conversations, tmp_path: Path) -> None:
    first = kept.add("li", None, "公务接待费是多少？", RECEPTIONS)
    second = kept.add("li", first.conversation_id, "占多少？", SHARE, [first.question])
    kept.close()
    again = Conversations(tmp_path)
    (listed,) = again.listed("li")
    assert (listed.id, listed.title, listed.turn_count) == (first.conversation_id, first.question, 2)
    assert again.opened("li", listed.id) == [first, second]
    assert again.turn("li", second.token) == second
    assert second.history == (first.question,)
    again.close()


def test_the_newest_comes_first(kept: Conversations) -> None:
    clock = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 9))
    kept._now = lambda: next(clock)
    older, newer = (kept.add("li", None, question, NOTHING) for question in ("甲？", "乙？"))
    assert [c.title for c in kept.listed("li")] == ["乙？", "甲？"]
    kept.add("li", older.conversation_id, "丙？", NOTHING)
    assert [c.id for c in kept.listed("li")] == [older.conversation_id, newer.conversation_id]
    assert [c.title for c in kept.listed("li", limit=1)] == ["甲？"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("接待", True),
        ("24.50万元", True),  # stands in the answer
        ("接待 多少", True),
        ("接待 出国", False),
        ("公務接待費", True),
        ("２４．５０", True),
        ("%", False),
        ("2017_公务", False),
        ("' or 1=1 --", False),
        ("   ", True),
    ],
)
def test_questions_and_answers_are_searched(kept: Conversations, search: str, found: bool) -> None:
    kept.add("li", None, "公务接待费是多少？", RECEPTIONS)
    assert bool(kept.listed("li", search)) is found


def test_a_full_conversation_is_followed_by_another(kept: Conversations) -> None:
    asked = [f"问题{number}" for number in range(MAX_TURNS + 2)]
    ids: list[str | None] = [None]
    for number, question in enumerate(asked):
        ids.append(kept.add("li", ids[-1], question, NOTHING, asked[:number]).conversation_id)
    assert len(set(ids[1 : MAX_TURNS + 1])) == 1
    following = kept.opened("li", str(ids[-1]))
    assert [turn.question for turn in following] == asked[-2:]
    assert following[-1].history == tuple(asked[:-1])


def test_many_at_once_lose_nothing(kept: Conversations) -> None:
    first = kept.add("li", None, "第一问", NOTHING)
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda n: kept.add("li", first.conversation_id, f"问{n}", NOTHING), range(40)):
            pass
    assert len({turn.question for turn in kept.opened("li", first.conversation_id)}) == 41


def test_old_conversations_are_forgotten(tmp_path: Path) -> None:
    today = datetime(2026, 3, 31, tzinfo=UTC)
    written = Conversations(tmp_path, now=lambda: today)
    turn = written.add("li", None, "旧问题", NOTHING)
    in_time, too_late = (
        Conversations(tmp_path, keep_days=30, now=lambda days=days: today + timedelta(days=days))
        for days in (29, 31)
    )
    assert in_time.turn("li", turn.token) == turn
    with pytest.raises(UnknownConversationError):
        too_late.turn("li", turn.token)
    assert written.listed("li") == []
    for opened in (written, in_time, too_late):
        opened.close()
    assert "旧问题".encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_how_long_they_are_kept_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ServerSettings.from_environment({}).history_days is None
    monkeypatch.setenv("BUDGET_QA_HISTORY_DAYS", "90")
    with Store.open(tmp_path, embedder=no_model) as store:
        assert LocalDesk(store).conversations._keep_days == 90
    with pytest.raises(SettingsError, match="BUDGET_QA_HISTORY_DAYS"):
        ServerSettings.from_environment({"BUDGET_QA_HISTORY_DAYS": "0"})


# -- whose they are ------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", ["wang", ""])
def test_another_account_finds_nothing(kept: Conversations, stranger: str) -> None:
    turn = kept.add("li", None, "公务接待费是多少？", RECEPTIONS)
    for attempt in (
        lambda: kept.opened(stranger, turn.conversation_id),
        lambda: kept.turn(stranger, turn.token),
        lambda: kept.add(stranger, turn.conversation_id, "？", NOTHING),
        lambda: kept.rate(stranger, turn.token, "like"),
        lambda: kept.delete(stranger, turn.conversation_id),
    ):
        with pytest.raises(UnknownConversationError, match="not found"):
            attempt()
    assert kept.listed(stranger) == kept.listed(stranger, "接待") == kept.all_turns(stranger) == []
    assert kept.delete_all(stranger) == 0
    assert kept.opened("li", turn.conversation_id) == [turn]


def test_only_the_owner_of_the_files_reads_them(kept: Conversations, tmp_path: Path) -> None:
    kept.add("li", None, "？", NOTHING)
    modes = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0}, modes


def test_what_is_deleted_is_gone(kept: Conversations) -> None:
    first, second = (kept.add("li", None, question, RECEPTIONS) for question in ("甲？", "乙？"))
    kept.delete("li", first.conversation_id)
    with pytest.raises(UnknownConversationError):
        kept.turn("li", first.token)
    assert [c.id for c in kept.listed("li")] == [second.conversation_id]
    assert kept.delete_all("li") == 1
    assert kept.all_turns("li") == []


# -- in the chat ---------------------------------------------------------------------------


def test_a_conversation_deleted_in_another_window_goes_on_as_a_new_one(kept: Conversations) -> None:
    first = keep(kept, "li", [], "公务接待费是多少？", RECEPTIONS)
    assert first is not None
    kept.delete("li", first.conversation_id)
    second = keep(kept, "li", [Turn(first.question, first.answer, kept=first)], "占多少？", SHARE)
    assert second is not None
    assert second.conversation_id != first.conversation_id
    assert kept.turn("li", second.token).history == (first.question,)


def test_what_is_asked_after_a_link_begins_a_new_conversation_that_knows_the_old(kept: Conversations) -> None:
    first = kept.add("li", None, "公务接待费是多少？", RECEPTIONS)
    second = kept.add("li", first.conversation_id, "占多少？", SHARE, [first.question])
    shown = linked(kept, "li", second.token)
    assert [(turn.question, turn.answer) for turn in shown] == [("占多少？", SHARE)]
    third = keep(kept, "li", shown, "2016年呢？", NOTHING)
    assert third is not None
    assert third.history == (first.question, second.question)
    assert [turn.question for turn in reopened(kept, "li", third.conversation_id)] == ["2016年呢？"]
    assert earlier_questions(reopened(kept, "li", third.conversation_id)) == [*third.history, "2016年呢？"]
    assert len(kept.opened("li", first.conversation_id)) == 2


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(kept: Conversations, tmp_path: Path) -> None:
    kept.close()
    for file in tmp_path.iterdir():
        file.write_bytes(b"no database")
    assert keep(kept, "li", [], "？", NOTHING) is None


# -- ratings and files ---------------------------------------------------------------------


def test_a_rating_is_kept_changed_and_taken_back(kept: Conversations) -> None:
    token = kept.add("li", None, "？", RECEPTIONS).token
    for rating, comment in (("dislike", " 单位不对 "), ("like", ""), (None, "")):
        kept.rate("li", token, rating, comment)  # type: ignore[arg-type]
        turn = kept.turn("li", token)
        assert (turn.rating, turn.comment) == (rating, comment.strip())
        assert [t.token for t in kept.rated()] == ([token] if rating else [])


def test_a_rating_has_limits(kept: Conversations) -> None:
    token = kept.add("li", None, "？", RECEPTIONS).token
    with pytest.raises(ConversationError):
        kept.rate("li", token, "like", "长" * (MAX_COMMENT + 1))
    with pytest.raises(ConversationError):
        kept.rate("li", token, "love")  # type: ignore[arg-type]


def test_half_a_character_is_refused_with_a_reason(kept: Conversations) -> None:
    with pytest.raises(ConversationError):
        kept.add("li", None, "\ud800", NOTHING)
    assert kept.listed("li") == []


def test_an_export_is_a_question_file_and_an_answer_file(kept: Conversations, tmp_path: Path) -> None:
    first = kept.add("li", None, "公务接待费是多少？", RECEPTIONS)
    second = kept.add("li", first.conversation_id, "占多少？", SHARE, [first.question])
    kept.add("li", None, "2019年呢？", NOTHING)
    path = tmp_path / "export.jsonl"
    path.write_text(json_lines(kept.all_turns("li")), encoding="utf-8")
    by_id = {answer.id: answer for answer in read_answers(path)}
    assert by_id[second.token].raw["calculations"] == SHARE.to_dict()["calculations"]
    asked = {question.identifier: question for question in cli._read_questions(path)}
    assert asked[second.token].history == [first.question]
    assert len(asked) == len(by_id) == 3


def test_what_was_liked_is_a_question_with_its_gold(
    kept: Conversations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    liked, disliked, _ = (kept.add("li", None, f"问{n}", answer) for n, answer in enumerate([SHARE] * 3))
    kept.rate("li", liked.token, "like")
    kept.rate("li", disliked.token, "dislike", "应为34.3%")
    out = tmp_path / "rated.jsonl"
    monkeypatch.setattr(sys, "argv", ["budget-qa", "feedback", "--out", str(out), "--store", str(tmp_path)])
    with pytest.raises(SystemExit, match="0"):
        cli.main()
    assert out.read_text("utf-8") == feedback_lines(kept.rated())
    lines = {line["id"]: line for line in map(json.loads, out.read_text("utf-8").splitlines())}
    assert lines.keys() == {liked.token, disliked.token}
    assert lines[disliked.token]["comment"] == "应为34.3%"
    assert lines[disliked.token]["answer"]["text"] == SHARE.text
    assert "expect" not in lines[disliked.token]
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(lines[liked.token]), encoding="utf-8")
    (question,) = read_questions(gold)
    assert [(str(f.value), f.unit, f.decimals) for f in question.expect.figures] == [("34.35", "%", 2)]
    assert question.expect.evidence[0]["page"] == 18


def test_the_text_for_people_holds_questions_answers_and_sources(kept: Conversations) -> None:
    hostile = "<img src=x> ![x](http://x.example/x) [y](javascript:1)\n[1]: http://x.example\n# 标题"
    first = kept.add("li", None, hostile, replace(RECEPTIONS, text=f"{RECEPTIONS.text}\n{hostile}"))
    kept.add("li", first.conversation_id, "占多少？", SHARE)
    kept.rate("li", first.token, "like", hostile)
    text = markdown(kept.all_turns("li"), words("zh"))
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    for shown in ("24.50万元", "2017年样例.pdf · 第 18 页", "占多少？", "34.35%", "&lt;img src=x&gt;"):
        assert shown in html
    assert not any(f"<{name}" in html for name in ("img", "a ", "script"))
    assert html.count("<h1>") == 1
    assert html.count("<h2>") == 2


def test_every_field_of_an_answer_is_kept() -> None:
    assert {field.name for field in fields(Answer)} == json.loads(to_json(NOTHING)).keys()

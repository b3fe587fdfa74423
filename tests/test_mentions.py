"""What a question mentions: years, items, numbers, and what is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lexicon import load_lexicon
from qa.mentions import (
    ItemMention,
    content_runs,
    explained_by_fillers,
    find_items,
    find_numbers,
    find_partial_items,
    find_years,
    positions,
)
from qa.question import Question, read_question
from qa.vocabulary import Vocabulary

LEXICON = load_lexicon()
VOCABULARY = Vocabulary(
    [
        "公务接待费",
        "三公经费",
        "办公费",
        "会议费",
        "培训费",
        "邮电费",
        "智慧水务平台二期建设项目",
        "12345热线运行维护",
    ],
    LEXICON,
)


def read(text: str) -> Question:
    return read_question(text, LEXICON)


def items(text: str) -> list[ItemMention]:
    question = read(text)
    return find_items(question, VOCABULARY, LEXICON, positions(find_years(question.key)))


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2017年公务接待费", [2017]),
        ("2017年度和2018年度", [2017, 2018]),
        ("21年的会议费", [2021]),
        ("二〇一九年预算", [2019]),
        ("2021预算是多少", [2021]),
        ("budget of 2021", [2021]),
        ("民国114年度预算", [2025]),
        ("114年度预算", [2025]),
        ("114个项目", []),
        ("截至2020年底的资产", []),
        ("2024年8月31日", []),
        ("安排2017.5万元", []),
        ("编码2010301", []),
        ("采购99年质保", []),
        ("12345热线", []),
        ("", []),
    ],
)
def test_years(text: str, years: list[int]) -> None:
    assert [y.year for y in find_years(read(text).key)] == years


@given(st.integers(1990, 2099), st.sampled_from(["{}年", "{}年度", "请问{}年的"]))
def test_any_year_is_found_where_it_stands(year: int, form: str) -> None:
    key = read(form.format(year) + "会议费").key
    (found,) = find_years(key)
    assert found.year == year
    assert key[found.start : found.end].startswith(str(year))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("办公费、会议费和培训费一共多少", ["办公费", "会议费", "培训费"]),
        ("招待费是多少", ["招待费"]),
        ("12345热线运行维护安排了多少", ["12345热线运行维护"]),
        ("智慧水务平台二期建设项目多少钱", ["智慧水务平台二期建设项目"]),
        ("今天天气怎么样", []),
    ],
)
def test_whole_names(text: str, found: list[str]) -> None:
    assert [i.text for i in items(text)] == found


def test_a_name_does_not_cross_a_comma_but_may_hold_brackets_and_quotes() -> None:
    assert [i.text for i in items("请看会议，费多少")] == []
    assert [i.text for i in items("“三公”经费是多少")] == ["三公经费"]


def test_an_official_name_that_no_document_prints_is_kept_as_absent() -> None:
    """电费 is an account of its own, not the end of 邮电费."""
    (found,) = items("电费是多少")
    assert found.text == "电费"
    assert found.is_known_name
    assert all(m.label != "邮电费" or m.kind == "part" for m in found.matches)


def test_a_leftover_resembles_a_long_name() -> None:
    question = read("智慧平台二期花了多少")
    fillers = explained_by_fillers(question.key, LEXICON)
    (found,) = find_partial_items(question, VOCABULARY, fillers)
    assert found.text == "智慧平台二期"
    assert not found.is_known_name
    assert found.matches[0].label == "智慧水务平台二期建设项目"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2017年会议费是15万元，对吗", [("15", "万元")]),
        ("增长8.5%对吗", [("8.5", "%")]),
        ("12345热线运行维护多少", []),
        ("按108人算", [("108", "人")]),
    ],
)
def test_numbers_that_the_person_brings(text: str, numbers: list[tuple[str, str]]) -> None:
    question = read(text)
    years = find_years(question.key)
    found = find_numbers(question, years, find_items(question, VOCABULARY, LEXICON, positions(years)))
    assert [(str(a.value), a.unit) for a in found] == numbers


def test_fillers_explain_themselves_alone() -> None:
    key = read("请问办公室装修是多少钱呢").key
    explained = explained_by_fillers(key, LEXICON)
    assert "".join(c for i, c in enumerate(key) if i not in explained) == "办公室装修"


@given(st.text("公务接待费三公办会议培训电智慧水平台二期项目12345热线，、年的是多少和", max_size=30))
def test_mentions_never_overlap(text: str) -> None:
    question = read(text)
    years = find_years(question.key)
    end = 0
    for item in items(text):
        assert end <= item.start < item.end <= len(question.key)
        assert question.key[item.start : item.end] == item.text
        end = item.end
    assert not positions(years) & positions(items(text))


@given(st.text("会议费，的 和2017", max_size=20), st.sets(st.integers(0, 19)))
def test_runs_are_what_nothing_explains(text: str, taken: set[int]) -> None:
    question = read(text)
    runs = content_runs(question, taken)
    covered = {p for start, end in runs for p in range(start, end)}
    assert covered == set(range(len(question.key))) - taken
    assert all(not any(start < gap < end for gap in question.gaps) for start, end in runs)

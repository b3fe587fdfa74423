"""A typed question in the one form in which it is matched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values import find_amounts
from qa.lexicon import load_lexicon
from qa.question import Question, detect_language, read_question

LEXICON = load_lexicon()


def read(text: str) -> Question:
    return read_question(text, LEXICON)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2021年公务接待费是多少？", "zh"),
        ("VTM 终端采购预算", "zh"),
        ("What is the 2021 budget for official receptions?", "en"),
        ("How much did 某市水务局 spend on training in 2023?", "en"),
        ("某市水务局 (Water Bureau) 的培训费是多少", "zh"),
        ("How much did 中共某某市某某区委社会工作部机关服务中心 spend on training?", "en"),
        ("What is the budget of “某某区某某社区新时代文明实践志愿服务专项活动经费”?", "en"),
        ("2023年水务局的 official reception 预算是多少", "zh"),
        ("Why?", "en"),
        ("Thanks", "en"),
        ("GDP", "zh"),
        ("", "zh"),
        ("2021", "zh"),
    ],
)
def test_the_language_is_that_of_most_words(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_width_case_space_and_punctuation_fold() -> None:
    question = read("２０２１年 “三公”经费（ＶＴＭ）是多少？")
    assert question.key == "2021年三公经费vtm是多少"
    assert question.raw == "２０２１年 “三公”经费（ＶＴＭ）是多少？"
    assert question.plain.startswith("2021年“三公”经费(vtm)")


def test_gaps_keep_where_punctuation_stood() -> None:
    question = read("办公费、印刷费，各多少")
    assert question.key == "办公费印刷费各多少"
    assert question.gaps == {3: "、", 6: ","}


@pytest.mark.parametrize(
    ("text", "key"),
    [("增长 2.5%吗", "增长2.5%吗"), ("第3.节", "第3节"), ("100％", "100%")],
)
def test_numbers_keep_their_point_and_percent(text: str, key: str) -> None:
    assert read(text).key == key


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2017、2018年各多少", ["2017", "2018"]),
        ("1,234.50元对吗", ["1234.50"]),
        ("合计１，２３４万元", ["1234"]),
        ("12 万元和3万元", ["12", "3"]),
    ],
)
def test_neighbouring_numbers_stay_apart_and_one_number_whole(text: str, values: list[str]) -> None:
    assert [str(a.value) for a in find_amounts(read(text).key)] == values


def test_english_names_become_official_ones() -> None:
    question = read("What was the housing provident fund budget, and the Training Fee?")
    assert question.language == "en"
    assert "住房公积金" in question.key
    assert "培训费" in question.key
    assert "what" not in question.key


def test_the_longest_english_name_counts() -> None:
    assert "公务接待费" in read("How much goes to official reception expenses in all?").key
    key = read("How much is general public services expenditure here?").key
    assert "一般公共服务支出" in key
    assert "services" not in key


def test_a_possessive_does_not_hide_a_name() -> None:
    assert "培训费" in read("What is training's budget in this year then?").key


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    question = read(text)
    assert question.raw == text
    for before, char in zip(" " + question.key, question.key, strict=False):
        assert char.isalnum() or before.isdigit()
    assert all(0 <= position <= len(question.key) for position in question.gaps)


@given(st.text("三公经费预算年是多少？，、（）“”", max_size=40))
def test_spaces_are_no_difference_in_chinese(text: str) -> None:
    spaced = read(" ".join(text))
    assert (spaced.key, spaced.gaps) == (read(text).key, read(text).gaps)

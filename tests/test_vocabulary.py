"""Names of the store found in questions: exact, by another name, without end words, by sound, in part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lexicon import load_lexicon
from qa.vocabulary import Match, Vocabulary, bracketless, label_key, syllables

LEXICON = load_lexicon()
LABELS = (
    "公务接待费",
    "三公经费",
    "办公费",
    "邮电费",
    "住房公积金",
    "机关运行经费",
    "智慧水务平台二期建设及运行维护项目",
    "防汛物资采购专项",
    "社会保障和就业支出",
)
VOCABULARY = Vocabulary(LABELS, LEXICON)


def best(text: str, kind: str) -> set[str]:
    return {m.label for m in VOCABULARY.whole(text) if m.kind == kind}


@pytest.mark.parametrize("label", LABELS)
def test_a_name_matches_itself_wherever_it_stands(label: str) -> None:
    matches = [m for m in VOCABULARY.whole(f"请问{label}是多少") if m.kind == "exact" and m.label == label]
    assert [(m.start, m.end, m.quality) for m in matches] == [(2, 2 + len(label), 1.0)]


@pytest.mark.parametrize(
    ("said", "kind", "label"),
    [
        ("招待费", "alias", "公务接待费"),
        ("三公消费", "alias", "三公经费"),
        ("公积金", "alias", "住房公积金"),
        ("防汛物资采购", "core", "防汛物资采购专项"),
        ("公务接代费", "sound", "公务接待费"),
        ("防讯物资采购专项", "sound", "防汛物资采购专项"),
    ],
)
def test_other_ways_to_say_a_name(said: str, kind: str, label: str) -> None:
    assert label in best(f"{said}多少", kind)


def test_what_is_said_exactly_is_worth_more_than_what_only_sounds_so() -> None:
    quality = {
        m.kind: m.quality for text in ("公务接待费", "招待费", "公务接代费") for m in VOCABULARY.whole(text)
    }
    assert quality["exact"] > quality["alias"] > quality["sound"]


def test_a_part_of_a_long_name() -> None:
    text = "智慧水务平台建设"
    first = VOCABULARY.parts(text, 0, len(text))[0]
    assert first.label == "智慧水务平台二期建设及运行维护项目"
    assert first.quality < 1


def test_a_part_by_sound() -> None:
    text = "智会水务平台建设"
    assert VOCABULARY.parts(text, 0, len(text))[0].label == "智慧水务平台二期建设及运行维护项目"


@pytest.mark.parametrize("text", ["天气怎么样", "卫星发射", "咖啡"])
def test_foreign_words_are_no_names(text: str) -> None:
    assert list(VOCABULARY.whole(text)) == []
    assert VOCABULARY.parts(text, 0, len(text)) == []


def test_fillers_and_single_characters_are_no_names() -> None:
    vocabulary = Vocabulary(["的", "费", "是多少", "会议费"], LEXICON)
    assert vocabulary.labels == {"会议费"}


def test_a_name_without_its_brackets_is_a_variant() -> None:
    label = "维修（护）费"
    form = bracketless(label)
    assert form == "维修费"
    vocabulary = Vocabulary([label_key(label)], LEXICON, [(form, label_key(label))])
    assert label_key(label) in {m.label for m in vocabulary.whole("维修费")}
    assert bracketless("会议费") is None


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("一、“三公”经费", "三公经费"),
        ("2017年预算数", "预算数"),
        ("其中：公务接待费", "公务接待费"),
        ("12345热线", "12345热线"),
    ],
)
def test_label_keys(printed: str, key: str) -> None:
    assert label_key(printed) == key


def test_sounds_are_equal_for_homophones_alone() -> None:
    assert syllables("接待") == syllables("接代")
    assert syllables("接待") != syllables("招待")


@given(st.text("公务接待费三公办邮电住房积金机关运行经防汛物资采购专项12是多少", max_size=30))
def test_every_match_lies_in_the_text(text: str) -> None:
    for match in VOCABULARY.whole(text):
        assert 0 <= match.start < match.end <= len(text)
        assert match.label in VOCABULARY.labels
        assert 0 < match.quality <= 1
        assert match.kind != "exact" or text[match.start : match.end] == match.label


@given(st.text("公务接待费三公办邮电住房积金机关运行经防汛物资采购专项", min_size=2, max_size=20))
def test_parts_come_best_first(text: str) -> None:
    found: list[Match] = VOCABULARY.parts(text, 0, len(text))
    assert [m.quality for m in found] == sorted((m.quality for m in found), reverse=True)
    assert all(0 < m.quality < 1 for m in found)

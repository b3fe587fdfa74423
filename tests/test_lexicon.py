"""The word lists: every word means one thing, and every word of the grammar is there."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import qa
from ingest.values import YUAN_PER_UNIT, name_key
from qa.lexicon import load_lexicon
from qa.phrases import phrase

LEXICON = load_lexicon()
FOLDER = Path(next(iter(qa.__path__)))


def raw() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "lexicon.toml").read_text("utf-8"))


def test_every_name_of_a_thing_leads_to_all_its_names() -> None:
    for term in raw()["term"]:
        keys = {name_key(n) for n in (term["name"], *term.get("zh", ()))}
        for key in keys:
            assert keys <= set(LEXICON.names_of[key]), term["name"]


def test_no_chinese_word_means_two_things_but_the_total_that_both_sides_share() -> None:
    meanings = defaultdict(set)
    for term in raw()["term"]:
        for word in (term["name"], *term.get("zh", ())):
            meanings[name_key(word)].add(term["name"])
    assert {w for w, m in meanings.items() if len(m) > 1} <= set(LEXICON.words["grand_total"])


def test_no_thing_has_two_entries() -> None:
    names = Counter(name_key(t["name"]) for t in raw()["term"])
    assert [n for n, count in names.items() if count > 1] == []


def test_no_english_phrase_means_two_things() -> None:
    phrases: Counter[str] = Counter()
    for term in raw()["term"]:
        phrases.update({p.lower() for p in term.get("en", ())})
    phrases.update(raw()["english_grammar"].keys())
    assert [p for p, count in phrases.items() if count > 1] == []
    assert all(p == p.lower().strip() and p.isascii() for p in LEXICON.english)


def test_every_english_phrase_leads_to_a_chinese_name() -> None:
    known = LEXICON.names_of.keys() | set(raw()["english_grammar"].values())
    assert {p: n for p, n in LEXICON.english.items() if n not in known and name_key(n) not in known} == {}


def test_words_are_written_as_questions_are_compared() -> None:
    """A list word in another width or case would never be found."""
    lists = {**LEXICON.operation, **LEXICON.intent, **LEXICON.unit, **LEXICON.words}
    for name, words in lists.items():
        for word in words:
            assert word == word.strip() != "", (name, word)
            assert word == word.lower() or not word.isascii(), (name, word)


@pytest.mark.parametrize("kind", ["operation", "intent", "unit"])
def test_no_group_of_words_is_empty(kind: str) -> None:
    groups = getattr(LEXICON, kind)
    assert groups
    assert all(groups.values())


def test_units_asked_for_are_units() -> None:
    counted = {
        "%",
        "人",
        "辆",
        "台",
        "个",
        "项",
        "平方米",
        "倍",
        "场",
        "次",
        "家",
        "批次",
        "人次",
        "number",
        "money",
    }
    assert LEXICON.unit.keys() <= YUAN_PER_UNIT.keys() | counted


def test_every_intent_and_measure_of_the_grammar_has_words() -> None:
    assert {"reason", "definition", "duty", "content"} <= LEXICON.intent.keys()
    needed = {
        "share",
        "times",
        "difference",
        "sum",
        "average",
        "rank",
        "list",
        "verify",
        "growth_rate",
        "change",
    }
    assert needed <= LEXICON.operation.keys()


def test_accounts_are_keys() -> None:
    assert LEXICON.accounts
    assert all(name_key(name) == name for name in LEXICON.accounts)


def test_pieces_of_organisations_are_chinese() -> None:
    for english, piece in LEXICON.organization_words.items():
        assert english == english.lower()
        assert english.isascii()
        assert not piece.isascii()


def test_whatever_is_said_in_chinese_is_said_in_english_of_the_same_parts() -> None:
    phrases = tomllib.loads((FOLDER / "phrases.toml").read_text("utf-8"))
    for name, sentence in phrases["zh"].items():
        assert parts(phrases["en"][name]) <= parts(sentence) | {"item"}, name


def parts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_a_phrase_lacking_a_part_says_so() -> None:
    with pytest.raises(KeyError):
        phrase("zh", "figure", figure="1")
    assert phrase("en", "sum", figure="71.33 万元", marks="[1]") == "Total **71.33 万元**[1]."


def test_phrases_in_braces_of_a_document_are_not_filled() -> None:
    assert (
        phrase("zh", "quote", text="{marks}{0}{text.__class__}", marks="[1]")
        == "{marks}{0}{text.__class__}[1]"
    )

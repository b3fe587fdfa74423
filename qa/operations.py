"""The operation words of a question: what is measured, how results combine, which unit and places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ingest.numerals import chinese_number
from ingest.values import YUAN_PER_UNIT, Amount
from qa.lexicon import Lexicon

Measure = Literal["value", "share", "growth", "change", "average", "reverse"]
Combination = Literal["each", "sum", "difference", "times", "compare", "rank", "list", "verify"]
Intent = Literal["figure", "reason", "definition", "duty", "content"]


COUNTED = ("人", "辆", "台", "平方米")
"""Units of counts that a question claims; 个 and 项 are also words for things."""


_ONE_OF_THEM = re.compile(
    r"(?<!第)[一每][台辆部架件](?!\s*的)\S{0,16}?(?:多少钱|几多钱|要多少|多少元|多少万)"
)
"""``一台笔记本电脑多少钱``: the price of one, not what all of them cost."""


def has_any(text: str, words: Sequence[str]) -> bool:
    return any(_find(text, w) >= 0 for w in words)


def _find(text: str, word: str) -> int:
    if word.isascii():
        match = re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text)
        return match.start() if match else -1
    return text.find(word)


def how_many_first(text: str) -> int | None:
    match = re.search(
        r"前\s*(\d+|[一二两三四五六七八九十]+)|最\S{1,3}的?([两三四五六]|\d+)[个项家类]"
        r"|top (\d+|three|two|five|ten)",
        text,
    )
    if not match:
        return None
    word = next(g for g in match.groups() if g)
    english = {"two": 2, "three": 3, "five": 5, "ten": 10}
    return int(word) if word.isdigit() else english.get(word) or chinese_number(word)


def decimals_asked(plain: str) -> int | None:
    match = re.search(r"(?:保留|精确到?|小数点后)?([一两二三四五六\d])位小数|(\w+) decimals?", plain)
    if "精确到分" in plain:
        return 2
    if not match:
        return None
    word = match.group(1) or match.group(2)
    english = {"one": 1, "two": 2, "three": 3, "four": 4}
    return int(word) if word.isdigit() else english.get(word) or chinese_number(word)


def unit_asked(plain: str, lexicon: Lexicon) -> str | None:
    return next((u for u, words in lexicon.unit.items() if has_any(plain, words)), None)


def intent_of(text: str, lexicon: Lexicon) -> Intent:
    for intent in ("reason", "definition", "duty", "content"):
        if has_any(text, lexicon.intent[intent]):
            return intent
    if re.search(r"是(?:什么|啥)\W*$", text) and not has_any(text, lexicon.words["how_much"]):
        return "definition"
    return "figure"


def measure_of(text: str, lexicon: Lexicon, compares: bool) -> Measure:
    operation = lexicon.operation
    if has_any(text, operation["reverse"]):
        return "reverse"
    if has_any(text, operation["share"]):
        return "share"
    changes = compares and has_any(text, operation["change_word"]) and has_any(text, operation["rate_word"])
    if changes or has_any(text, operation["growth_rate"]):
        return "growth"
    if compares and (has_any(text, operation["change"]) or has_any(text, operation["difference"])):
        return "change"
    if has_any(text, operation["average"]) or _ONE_OF_THEM.search(text):
        return "average"
    if compares and has_any(text, operation["compare_more"]) and "%" in text:
        return "growth"
    return "change" if compares and has_any(text, operation["against"]) else "value"


def _claims_amount(text: str, lexicon: Lexicon, numbers: Sequence[Amount]) -> bool:
    """``总支出是6亿元吗``: yes or no to one amount or count, and nothing else is asked."""
    operation = lexicon.operation
    claimed = [a for a in numbers if a.unit in YUAN_PER_UNIT or a.unit in COUNTED]
    kinds = ("rank", "list", "which", "how_many_members", "asks_amount", "times", "difference", "share")
    others = [word for kind in kinds for word in operation[kind]]
    return len(claimed) == 1 and has_any(text, operation["yes_no"]) and not has_any(text, others)


def combination_of(text: str, lexicon: Lexicon, several: bool, numbers: Sequence[Amount]) -> Combination:
    operation = lexicon.operation
    if has_any(text, operation["verify"]) and not has_any(text, operation["rank"]):
        return "verify"
    if _claims_amount(text, lexicon, numbers):
        return "verify"
    if has_any(text, operation["times"]):
        return "times"
    if has_any(text, operation["rank"]):
        return "rank"
    if not several and has_any(text, operation["difference"]):
        return "difference"
    if several:
        if has_any(text, operation["compare"]) and has_any(
            text, (*operation["compare_more"], *operation["compare_less"])
        ):
            return "compare"
        if has_any(text, operation["difference"]):
            return "difference"
        if has_any(text, operation["sum"]):
            return "sum"
        return "each"
    if has_any(text, operation["list"]):
        return "list"
    return "each"

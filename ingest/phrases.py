"""The figures of one sentence: what each is (amount, change, rate, share …) and what names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from ingest.model import Direction, FigureRole, StatedFigure
from ingest.narrative import narrative_words
from ingest.values import Amount, find_amounts, is_money, name_key
from ingest.years import SPELLED

_OPENING, _CLOSING, _STOPS = "（(〔[【", "）)〕]】", "，。；：,;:！？!?"
_LONGEST_LABEL = 60
_NEAR = 4
"""So many characters beside a number tell whether it states a figure."""
_RATE_REACH = 5
"""A verb of change belongs to a percentage only when it stands this close before it."""
_CLASS = re.compile(r"[（(]\d*(?P<class>[类款项])[）)]")
_YEAR = re.compile(rf"{SPELLED}\s*年(?:\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?)?(?:度|末|底|初)?")
_NOTE = re.compile(r"[（(][^（）()]*(?:详见|见表|见附|附表)[^（）()]*[）)]")
_NUMBERING = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]"
    r"|\d{1,2}[、．.](?!\d\d)|\d{1,2}[）)]|[①-⑳])\s*"
)
_RANGE_START = re.compile(r"[\d.,]+\s*[-－–—~～至到]\s*$")
"""``2-3次``: the figure is the upper end."""
_WORDS_AFTER = re.compile(r"[^\s\d，。；：、！？,;:（）()“”]{2,12}")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The words of ``narrative.toml`` about figures, ready to search with."""

    change: re.Pattern[str]
    share: re.Pattern[str]
    share_noun: re.Pattern[str]
    comparison: re.Pattern[str]
    governing: re.Pattern[str]
    price: re.Pattern[str]
    increase: frozenset[str]
    with_object: frozenset[str]
    time_units: frozenset[str]
    time_after_count: tuple[str, ...]
    ordinal_marks: tuple[str, ...]
    front: tuple[str, ...]
    back: tuple[str, ...]
    nothing: frozenset[str]
    kinds: frozenset[str]


@cache
def _phrases() -> _Phrases:
    data: dict[str, Any] = narrative_words()
    figures, verbs, labels = data["figures"], data["verbs"], data["labels"]
    return _Phrases(
        change=_any_of([*verbs["increase"], *verbs["decrease"]]),
        share=_any_of([*verbs["share_verbs"], *verbs["share_nouns"]]),
        share_noun=_any_of(verbs["share_nouns"]),
        comparison=re.compile(
            rf"(?:比|较|与|同|和)\s*(?:{_alternatives(verbs['compared_with'])}|{_YEAR.pattern})"
        ),
        governing=_any_of(labels["governing"]),
        price=_any_of(figures["price_words"]),
        increase=frozenset(verbs["increase"]),
        with_object=frozenset(verbs["with_object"]),
        time_units=frozenset(figures["time_units"]),
        time_after_count=tuple(figures["time_after_count"]),
        ordinal_marks=tuple(figures["ordinal_marks"]),
        front=tuple(sorted(labels["front"], key=len, reverse=True)),
        back=tuple(sorted(labels["back"], key=len, reverse=True)),
        nothing=frozenset(labels["nothing"]),
        kinds=frozenset(labels["kinds"]),
    )


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_alternatives(words))


def stated_figures(
    text: str, start: int, end: int, inherited: str, organization: str | None
) -> list[StatedFigure]:
    """The figures in ``text[start:end]``, left to right.

    ``inherited`` names those that the sentence itself does not name (与上年相比增加 5 万元).
    """
    found: list[StatedFigure] = []
    inherited = inherited or _opening_name(text[start:end], organization)
    named = {0: inherited}
    previous_end = start
    for amount in _amounts(text, start, end):
        depth = bracket_depth(text, start, amount.start)
        outer = next((named[d] for d in range(depth, -1, -1) if d in named), inherited)
        after = text[amount.end : end]
        figure = _figure(amount, text[previous_end : amount.start], after, outer, organization)
        if figure.role in ("amount", "count", "price"):
            named = {d: name for d, name in named.items() if d < depth} | {depth: figure.label}
        found.append(figure)
        names_behind = figure.label if figure.label and after.startswith(figure.label) else ""
        previous_end = amount.end + len(names_behind)
    return found


def _opening_name(sentence: str, organization: str | None) -> str:
    """What the sentence opens with, before a comparison: 会议费与上年相比，增加 … -> 会议费."""
    comparison = _phrases().comparison.search(sentence)
    if comparison is None:
        return ""
    opening = sentence[: comparison.start()]
    return "" if any(char in _STOPS + _OPENING for char in opening) else clean_label(opening, organization)


def _amounts(text: str, start: int, end: int) -> Iterator[Amount]:
    """The numbers that state a figure: no years, spans of time, ordinals or references."""
    words = _phrases()
    for found in find_amounts(text[start:end]):
        amount = Amount(found.start + start, found.end + start, found.text, found.value, found.unit)
        before = text[max(0, amount.start - _NEAR) : amount.start].rstrip()
        after = text[amount.end : amount.end + 2 * _NEAR].lstrip()
        is_code = (
            amount.unit == "项" and before.endswith(tuple(_OPENING)) and after.startswith(tuple(_CLOSING))
        )
        if (
            amount.unit is None
            or amount.unit in words.time_units
            or before.endswith(words.ordinal_marks)
            or (amount.unit == "个" and after.startswith(words.time_after_count))
            or re.match(r"0\d", amount.text)
            or is_code
        ):
            continue
        yield amount


def bracket_depth(text: str, start: int, end: int) -> int:
    """How many brackets opened in ``text[start:end]`` are still open at its end."""
    depth = 0
    for char in text[start:end]:
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
    return depth


def _figure(amount: Amount, lead: str, after: str, outer: str, organization: str | None) -> StatedFigure:
    assert amount.unit is not None
    segment, is_adjacent = _last_segment(_RANGE_START.sub("", _NOTE.sub("", lead)))
    role, verb = _role(amount, segment, after)
    direction: Direction | None = None
    if role in ("change", "rate") and verb is not None:
        label = _changed(segment, verb, organization) or outer
        direction = _direction(amount.value, verb.group())
    elif role == "share" and verb is not None and not _phrases().share_noun.fullmatch(verb.group()):
        label = clean_label(segment[: verb.start()], organization) or outer
    else:
        label = clean_label(segment, organization) or _fallback(amount, segment, after, outer, is_adjacent)
    return StatedFigure(
        start=amount.start,
        end=amount.end,
        text=amount.text,
        value=amount.value,
        unit=amount.unit,
        role=role,
        label=label,
        direction=direction,
    )


def _last_segment(lead: str) -> tuple[str, bool]:
    """The words right before a figure, back to the last stop or open bracket, and whether
    nothing but these stands between it and the figure before."""
    lead, depth = lead.rstrip(_STOPS + " "), 0
    for index in range(len(lead) - 1, -1, -1):
        char = lead[index]
        if char in _CLOSING:
            depth += 1
        elif char in _OPENING:
            if depth == 0:
                return lead[index + 1 :], False
            depth -= 1
        elif char in _STOPS and depth == 0:
            return lead[index + 1 :], False
    return lead, True


def _role(amount: Amount, segment: str, after: str) -> tuple[FigureRole, re.Match[str] | None]:
    """What the figure is, and the verb that makes it so."""
    words = _phrases()
    change = _last_match(words.change, segment)
    if amount.unit in ("%", "‰", "个百分点"):
        near = change is not None and len(_bare(segment[change.end() :])) <= _RATE_REACH
        share = _last_match(words.share, segment)
        if near and change is not None and (share is None or share.start() < change.start()):
            return "rate", change
        return "share", share
    if change is not None and (
        not _bare(segment[change.end() :]) or any(change.group().startswith(v) for v in words.with_object)
    ):
        return "change", change
    if is_money(amount.unit):
        is_price = re.match(r"\s*/|\s*每", after) or words.price.search(segment)
        return ("price" if is_price else "amount"), None
    return "count", None


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda match: match.end(), default=None)


def _bare(text: str) -> str:
    """What is left of the words between a verb and its figure when fillers are cut."""
    return clean_label(text, None)


def _direction(value: Decimal, verb: str) -> Direction:
    if value == 0:
        return "unchanged"
    grows = verb in _phrases().increase
    return "increase" if grows == (value > 0) else "decrease"


def _changed(segment: str, verb: re.Match[str], organization: str | None) -> str:
    """What changes: the words behind the verb (增加编制人数 42 人), else those before it
    without the other side of the comparison (会议费比上年增加). "" when neither names anything."""
    behind = clean_label(segment[verb.end() :], organization)
    if behind and verb.group() in _phrases().with_object:
        return behind
    before = segment[: verb.start()]
    comparison = _phrases().comparison.search(before)
    if comparison is not None:
        tail = re.search(r"(?:相比|比较|对比)，?(.*)$", before[comparison.end() :])
        own_words = before[: comparison.start()]
        before = tail.group(1) if tail and not own_words.strip() else own_words
    return clean_label(before, organization)


def _fallback(amount: Amount, segment: str, after: str, outer: str, is_adjacent: bool) -> str:
    """A name for a figure with no words of its own before it."""
    if not is_money(amount.unit) and (match := _WORDS_AFTER.match(after)):
        return match.group()
    own = re.sub(r"\s", "", segment)
    if not is_adjacent and own and own not in _phrases().nothing and len(own) > 1:
        return own  # 合计 1,170.00 万元: the total of what was listed
    return outer or own


def clean_label(words: str, organization: str | None) -> str:
    """The name in ``words``: without years, owner, numbering, verbs and connectors; "" if none is left."""
    label = re.sub(r"\s+", "", _NOTE.sub("", words))
    label = _without_year(label)
    label = _behind_last(_phrases().governing, label)
    label = _without_owner(label, organization)
    label = _NUMBERING.sub("", label)
    label = _of_class(_trim(label))
    return "" if label in _phrases().nothing or not name_key(label) else label[-_LONGEST_LABEL:]


def _without_year(label: str) -> str:
    """What stands behind the last year; with the words before it where it only says of what kind the
    figure is: 公务接待费2020年预算."""
    years = list(_YEAR.finditer(label))
    if years and label[years[-1].end() :] in _phrases().kinds:
        return label[: years[-1].start()] + label[years[-1].end() :]
    return _behind_last(_YEAR, label)


def without_numbering(heading: str) -> str:
    """A heading as a name: without its number, years and white space."""
    return _YEAR.sub("", _NUMBERING.sub("", re.sub(r"\s+", "", heading)))


def _behind_last(pattern: re.Pattern[str], label: str) -> str:
    """What stands behind the last match, unless that is nothing; then what stands before it."""
    match = _last_match(pattern, label)
    if match is None:
        return label
    behind = label[match.end() :]
    return behind if name_key(_trim(behind)) else label[: match.start()]


def _without_owner(label: str, organization: str | None) -> str:
    if not organization or organization not in label:
        return label
    behind = label.split(organization, 1)[1]
    return re.sub(r"^[（(][^（）()]*[）)]", "", behind)


def _trim(label: str) -> str:
    words = _phrases()
    while True:
        before = label
        label = label.strip("、，,。；;：:！-—·/")
        label = label.removeprefix(next((w for w in words.front if label.startswith(w)), ""))
        label = label.removesuffix(next((w for w in words.back if label.endswith(w)), ""))
        label = label.lstrip("".join(_CLOSING)) if label[:1] in _CLOSING else label
        if len(label) > 1 and label[0] in "“\"'‘" and label[-1] in "”\"'’":
            label = label[1:-1]
        if label.count("“") != label.count("”"):
            label = label.strip("“”")
        if label == before:
            return label


def class_chain(words: str) -> tuple[str, ...]:
    """``X（类）Y（款）Z（项）`` -> (X, Y, Z); () for anything else."""
    return tuple(name for _, name in class_levels(words))


def class_levels(words: str) -> tuple[tuple[str, str], ...]:
    """``X（类）Y（款）Z（项）`` -> ((类, X), (款, Y), (项, Z)); () for anything else."""
    parts = _CLASS.split(re.sub(r"\s+", "", words))
    names = (re.split(rf"[{_STOPS}]", name)[-1] for name in parts[:-1:2])
    return tuple(
        (level, _trim(_NUMBERING.sub("", name))) for name, level in zip(names, parts[1::2], strict=True)
    )


def _of_class(label: str) -> str:
    """The name of the last class in a chain: 一般公共服务支出（类）…行政运行（项） -> 行政运行."""
    chain = class_chain(label)
    if not chain:
        return label
    last = list(_CLASS.finditer(label))[-1]
    tail = label[last.end() :].strip('”"')
    keeps_tail = last["class"] == "类" and not chain[-1].endswith(tail)
    return chain[-1] + tail if keeps_tail else chain[-1]

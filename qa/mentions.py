"""Spot what a question mentions: bodies, years, names of rows and columns, numbers; each a span.

Nothing is decided here that the data could decide: a span keeps every name that it may mean.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ingest.numerals import chinese_number
from ingest.values import Amount, find_amounts
from qa.lexicon import Lexicon
from qa.question import Question
from qa.vocabulary import Match, Vocabulary


@dataclass(frozen=True, slots=True)
class YearMention:
    start: int
    end: int
    year: int


@dataclass(frozen=True, slots=True)
class ItemMention:
    """A span that names a row, a column, a table or a stated figure: the names it may mean."""

    start: int
    end: int
    text: str
    matches: tuple[Match, ...]
    is_known_name: bool = True
    """It is a name of the store or the lexicon, not a leftover that resembles some."""
    names: tuple[str, ...] = ()
    """Other names for the same thing that the lexicon knows."""

    def quality(self, key: str) -> float:
        return max((m.quality for m in self.matches if m.label == key), default=0.0)


class Spanned(Protocol):
    """Characters ``start:end`` of the question's key."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def positions(mentions: Iterable[Spanned]) -> set[int]:
    """Every position that one of the mentions covers."""
    return {p for m in mentions for p in range(m.start, m.end)}


LONGEST_RANGE = 12
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:年度?(?!底|末|\d{1,2}月)|(?![\d年]|\.\d))|(?<![\d.])(\d{2})年度?(?!\d{1,2}月|底|末)"
)
"""A date (2020年底, 2024年8月31日) is no budget year."""
_CHINESE_YEAR = re.compile(
    r"([二一][〇零○一二三四五六七八九]{3}|[二两]千[零〇]?(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]))年度?"
)
_REPUBLIC_YEAR = re.compile(r"(?:中?华?民国(\d{2,3})年度?|(?<![\d.])(1\d\d)年度)(?!\d{1,2}月|底|末)")
_FIRST_REPUBLIC_YEAR = 1912


def find_years(key: str) -> list[YearMention]:
    """``2017年``, ``21年``, ``二〇一九年``, ``114年度`` (of 民國) or a bare ``2017``."""
    found = []
    for match in _YEAR.finditer(key):
        short = match.group(2)
        year = int(match.group(1)) if match.group(1) else 2000 + int(short)
        if short and not 5 <= int(short) <= 40:
            continue
        found.append(YearMention(match.start(), match.end(), year))
    for match in _REPUBLIC_YEAR.finditer(key):
        year = _FIRST_REPUBLIC_YEAR - 1 + int(match.group(1) or match.group(2))
        found = [other for other in found if not match.start() <= other.start < match.end()]
        found.append(YearMention(match.start(), match.end(), year))
    for match in _CHINESE_YEAR.finditer(key):
        year_number = chinese_number(match.group(1))
        if year_number and 1990 <= year_number <= 2100:
            found.append(YearMention(match.start(), match.end(), year_number))
    return _with_ranges(key, sorted(found, key=lambda y: y.start))


_RANGE = re.compile(r"到|至|—|~|-|to")


def _with_ranges(key: str, years: list[YearMention]) -> list[YearMention]:
    """``2017到2019年``: the years in between are asked about as well."""
    filled: list[YearMention] = []
    for year in years:
        last = filled[-1] if filled else None
        if (
            last
            and 1 < year.year - last.year < LONGEST_RANGE
            and _RANGE.fullmatch(key[last.end : year.start])
        ):
            filled += [YearMention(last.end, last.end, y) for y in range(last.year + 1, year.year)]
        filled.append(year)
    return filled


_MONTH = re.compile(r"\d{1,2}月(?!\d|底|末|初)")
"""A month for itself (12月份) is asked about: it is no number that the person brings."""


def find_numbers(
    question: Question, years: Sequence[YearMention], items: Sequence[ItemMention]
) -> list[Amount]:
    """Figures that the person brings along, neither years nor part of a name."""
    taken = positions(years) | positions(i for i in items if i.is_known_name)
    amounts = [a for a in find_amounts(question.key) if a.unit != "年" and a.start not in taken]
    return [a for a in amounts if not _MONTH.match(question.key, a.start)]


def _overlaps(start: int, end: int, taken: set[int]) -> bool:
    return any(p in taken for p in range(start, end))


LONGEST = 48
"""Characters of no name but a longer one."""


def _best_spans(matches: list[Match], taken: set[int]) -> list[tuple[int, int]]:
    """Longest first; of equal length, the one with less of an end word (预算), then the better match."""
    found = {
        (m.start, m.end, min(m.end - m.start, len(m.label) if m.kind == "core" else LONGEST), m.quality)
        for m in matches
    }
    order = sorted(found, key=lambda s: (s[0] - s[1], -s[2], -s[3], s[0]))
    spans: list[tuple[int, int]] = []
    for start, end, _, _ in order:
        if not _overlaps(start, end, taken):
            spans.append((start, end))
            taken.update(range(start, end))
    return sorted(spans)


def _is_parted(question: Question, start: int, end: int) -> bool:
    """Punctuation that no name holds stands inside the span."""
    inside = "".join(marks for gap, marks in question.gaps.items() if start < gap < end)
    return any(mark not in "“”\"'()/《》-·" for mark in inside)


def _cuts_number(key: str, start: int, end: int) -> bool:
    """The span begins or ends amid the digits of a number: 221 is no code in 8725221.95, 表二 none in
    表二十."""
    if 0 < end < len(key) and key[end - 1] in _NUMERALS and key[end] in _NUMERALS:
        return True
    return any(0 < at < len(key) and key[at - 1] in _DIGITS and key[at] in _DIGITS for at in (start, end))


def _of_the_side(
    key: str, end: int, matches: tuple[Match, ...], lexicon: Lexicon
) -> tuple[str, tuple[Match, ...]]:
    """The side of the budget that follows the span (收入), and the names that are not of the other side
    alone: 一般公共预算财政拨款收入 is not what a name with 支出 prints."""
    sides = lexicon.words["budget_side"]
    side = next((s for s in sides if key.startswith(s, end)), "")
    others = [s for s in sides if s != side] if side else []
    return side, tuple(m for m in matches if side in m.label or not any(o in m.label for o in others))


def _own_name_first(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Where the span is a name as it stands, names that only have an end word more or less count less."""
    if not any(m.quality >= OWN_NAME and m.kind != "alias" for m in matches):
        return matches
    return tuple(
        replace(m, quality=m.quality * NOT_OWN) if m.kind == "core" and m.quality < OWN_NAME else m
        for m in matches
    )


def find_items(
    question: Question, vocabulary: Vocabulary, lexicon: Lexicon, taken: set[int]
) -> list[ItemMention]:
    """Whole names, the longest first; ``taken`` are positions already explained, and grows."""
    long_parts = _long_parts(question, vocabulary, lexicon, taken)
    matches = [
        m
        for m in vocabulary.whole(question.key)
        if not _is_parted(question, m.start, m.end)
        and not _cuts_number(question.key, m.start, m.end)
        and question.key[m.start : m.end] not in lexicon.words["bare_total"]
        and question.key[m.start : m.end] not in lexicon.words["filler"]
        and question.key[m.start : m.end] not in lexicon.operation["average"]
    ]
    absent = _inside_accounts(question, lexicon, matches)
    matches = [m for m in matches if m not in absent]
    items = [p for p in long_parts if _uncovered(p, matches) > LEAST_UNCOVERED]
    for item in items:
        taken.update(range(item.start, item.end))
    for start, end in _best_spans(matches, taken):
        here = _own_name_first(tuple(m for m in matches if m.start == start and m.end == end))
        side, here = _of_the_side(question.key, end, here, lexicon)
        if not here:
            taken.update(range(end, end + len(side)))
            end += len(side)
        span = question.key[start:end]
        items.append(ItemMention(start, end, span, here, names=vocabulary.other_names(span)))
    items += _known_but_absent(question, lexicon, taken)
    items += _to_be_there(question, vocabulary, lexicon, taken)
    items.sort(key=lambda i: i.start)
    if question.language == "en":  # a name in English and again in brackets in Chinese is one mention
        items = [i for n, i in enumerate(items) if all(i.text != earlier.text for earlier in items[:n])]
    return items


_DIGITS = frozenset("0123456789.")
_NUMERALS = frozenset("一二三四五六七八九十")
OWN_NAME = 0.95
"""Quality of a name that is printed as it was typed, or but for a 预算 behind it."""
NOT_OWN = 0.85
"""What the others are worth beside it."""
SHORTEST_PART = 5
LEAST_PART_QUALITY = 0.55
LEAST_UNCOVERED = 0.3
"""A long piece of a name counts before the short names in it when they leave this share of it bare."""


def _uncovered(part: ItemMention, matches: Sequence[Match]) -> float:
    """The share of the part's characters that no whole name inside it covers."""
    covered = {p for m in matches for p in range(m.start, m.end)}
    return 1 - len(covered.intersection(range(part.start, part.end))) / (part.end - part.start)


def _long_parts(
    question: Question, vocabulary: Vocabulary, lexicon: Lexicon, taken: set[int]
) -> list[ItemMention]:
    """Runs between connectors, trimmed of fillers, that are a piece of one long name."""
    joints = set(taken)
    for word in (w for w in lexicon.words["part_end"] if not w.isascii()):
        start = question.key.find(word)
        while start >= 0:
            joints.update(range(start, start + len(word)))
            start = question.key.find(word, start + 1)
    found = []
    for start, end in content_runs(question, joints):
        fillers = explained_by_fillers(question.key[start:end], lexicon)
        while start < end and 0 in fillers and start not in joints:
            start, fillers = start + 1, {f - 1 for f in fillers if f}
        while start < end and end - start - 1 in fillers:
            end -= 1
        if end - start < SHORTEST_PART:
            continue
        matches = tuple(vocabulary.parts(question.key, start, end, 0.62))
        if matches and matches[0].quality >= LEAST_PART_QUALITY:
            found.append(ItemMention(start, end, question.key[start:end], matches, is_known_name=False))
    return found


def _inside_accounts(question: Question, lexicon: Lexicon, matches: Sequence[Match]) -> list[Match]:
    """Names that only stand inside a longer official one which the documents do not print: 电费 of
    邮电费."""
    key, found = question.key, {(m.start, m.end) for m in matches}
    spans = [
        (s, e)
        for s in range(len(key))
        for e in range(s + 3, min(len(key), s + 16) + 1)
        if key[s:e] in lexicon.accounts
        and not _is_parted(question, s, e)
        and not any(a <= s and e <= b for a, b in found)
    ]
    return [m for m in matches for s, e in spans if s <= m.start and m.end <= e]


def _known_but_absent(question: Question, lexicon: Lexicon, taken: set[int]) -> list[ItemMention]:
    """Official names that the documents do not print: whoever asks for one must not get another."""
    names = lexicon.accounts | lexicon.names_of.keys()
    spans = [
        Match(s, e, question.key[s:e], 0.0, "exact")
        for s in range(len(question.key))
        for e in range(s + 2, min(len(question.key), s + 16) + 1)
        if question.key[s:e] in names and not _is_parted(question, s, e)
    ]
    return [
        ItemMention(s, e, question.key[s:e], (), is_known_name=question.key[s:e] in lexicon.accounts)
        for s, e in _best_spans(spans, taken)
    ]


def _to_be_there(
    question: Question, vocabulary: Vocabulary, lexicon: Lexicon, taken: set[int]
) -> list[ItemMention]:
    """Months, quarters and tables that are named: a figure of the whole year or of another table is not
    theirs."""
    found = re.finditer("|".join(lexicon.words["to_be_there"]), question.key)
    items = []
    for start, end in (match.span() for match in found):
        if not _overlaps(start, end, taken):
            taken.update(range(start, end))
            matches = tuple(vocabulary.parts(question.key, start, end))
            items.append(ItemMention(start, end, question.key[start:end], matches))
    return items


def explained_by_fillers(
    key: str, lexicon: Lexicon, extra: Sequence[str] = (), edges: Container[int] | None = None
) -> set[int]:
    """Positions of words that carry no content of their own, longest words first. ``edges``: where the
    words of an English question begin and end; no English filler is a piece of one (he in weather)."""
    positions: set[int] = set()
    for word in sorted({*lexicon.words["filler"], *extra}, key=lambda w: (-len(w), w)):
        start = key.find(word)
        while start >= 0:
            is_word = edges is None or not word.isascii() or (start in edges and start + len(word) in edges)
            if is_word and not _overlaps(start, start + len(word), positions):
                positions.update(range(start, start + len(word)))
            start = key.find(word, start + 1)
    return positions


def content_runs(question: Question, taken: set[int]) -> list[tuple[int, int]]:
    """Maximal runs of positions that nothing explains yet, broken at gaps."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for position in range(len(question.key) + 1):
        free = position < len(question.key) and position not in taken
        if start is not None and (not free or position in question.gaps):
            runs.append((start, position))
            start = None
        if free and start is None:
            start = position
    return runs


def find_partial_items(question: Question, vocabulary: Vocabulary, taken: set[int]) -> list[ItemMention]:
    """Leftover runs that resemble names: abbreviations and pieces of long names."""
    items = []
    for start, end in content_runs(question, taken):
        if end - start < 2:
            continue
        matches = tuple(vocabulary.parts(question.key, start, end))
        items.append(ItemMention(start, end, question.key[start:end], matches, is_known_name=False))
    return items

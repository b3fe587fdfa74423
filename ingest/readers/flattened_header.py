"""The header of a flattened table: its names in reading order -> which stands over which columns.

The text does not hint where a header row ends or what a group spans. Each way to join the
pieces into names and to hang the names into a tree with the right number of leaves is scored
by the evidence: known names and groups, a total opening each group, formulas, and whether
the columns add up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from ingest.readers.flattened_names import Piece, comparable, header_words, ways_to_join
from ingest.readers.flattened_rows import ColumnKind
from ingest.readers.header import Span
from ingest.values import fold, squeeze

_KNOWN_CHILD = 2.0
_TOTAL_OPENS_GROUP = 3.0
_GROUP_AS_LEAF = -1.0
_OPEN_GROUP_AS_LEAF = -4.0
_SINGLE_CHILD = -3.0
_STRANGE_CHILD = -1.5
_LEVEL = -0.5
_UNKNOWN_GROUP = -1.0
_FORMULA_HOLDS = 2.0
_FORMULA_FAILS = -4.0
ADDS_UP = 3.0
"""The most that evidence from figures may say for one group."""

_TREES_KEPT = 3
_MOST_GROUPS = 7
_MOST_UNKNOWN_NAMES = 14
"""Up to so many names that nothing is known of are tried as groups; beyond, it takes too long."""


class Reading(NamedTuple):
    """One way to read names out of pieces."""

    most: float
    """What no header with these names can score above."""
    score: float
    """Of the names alone."""
    names: list[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The names with where each stands; ``depth`` rows deep."""

    names: tuple[str, ...]
    lengths: tuple[int, ...]
    """Characters of each name without white space, to cut the same header elsewhere."""
    spans: tuple[Span, ...]
    depth: int
    score: float


class _Node(NamedTuple):
    """How many names of the next header row stand below each name of one row."""

    score: float
    rows: tuple[tuple[int, ...], ...]


_Scored = TypeVar("_Scored", bound=tuple[Any, ...])

Evidence = Callable[[int, int, tuple[int, ...]], float]
"""(first column of a group, its end, first columns of its children) -> how well its columns add up."""


def readings(pieces: Sequence[Piece], width: int, formulas: Sequence[str]) -> list[Reading]:
    """Ways to read the names of ``width`` columns out of the pieces, the most promising first."""
    from_figures = ADDS_UP + (_FORMULA_HOLDS if any("+" in formula for formula in formulas) else 0.0)
    found = [
        Reading(name_score + _most_for_trees(names, count - width, from_figures), name_score, names)
        for count, ways in ways_to_join(pieces, width, min(len(pieces), width + _MOST_GROUPS)).items()
        for name_score, names in ways
    ]
    return sorted(found, key=itemgetter(0), reverse=True)


def solve(
    readings: Sequence[Reading],
    width: int,
    formulas: Sequence[str],
    evidence: Evidence,
    more_than: float = -math.inf,
) -> Header | None:
    """The best header with ``width`` leaf columns, or None when no tree has that many and scores enough."""
    best: Header | None = None
    score_to_beat = more_than
    for most, name_score, names in readings:
        if most <= score_to_beat:
            break
        for tree in _trees(tuple(map(squeeze, names)), len(names) - width):
            spans, children = _place(tree.rows, width)
            score = name_score + tree.score
            score += sum(evidence(*group) + _formula_score(group, formulas) for group in children)
            if score > score_to_beat:
                score_to_beat = score
                lengths = tuple(len(squeeze(name)) for name in names)
                best = Header(tuple(names), lengths, tuple(spans), len(tree.rows), score)
    return best


def column_kinds(found: Header, width: int) -> list[ColumnKind]:
    """What the names of the columns say of their content; None where they say nothing."""
    words = header_words()
    kinds: list[ColumnKind] = [None] * width
    for name, span in zip(found.names, found.spans, strict=True):
        if span.column_span == 1 and span.row + span.row_span == found.depth:
            plain = re.sub(r"\(.*?\)$", "", comparable(name))
            is_text, is_figure = plain.endswith(words.text_columns), plain.endswith(words.figure_columns)
            kinds[span.column] = "text" if is_text else "figure" if is_figure else None
    return kinds


def _most_for_trees(names: Sequence[str], groups: int, from_figures: float) -> float:
    """What no tree of these names can score above; badly cut names are known by it without trying.

    ``from_figures``: what the figures can say for one group at most.
    """
    words, plain = header_words(), [comparable(name) for name in names]
    expected = frozenset[str]().union(*(words.groups.get(name, ()) for name in plain))
    known_children = sum(name in expected for name in plain)
    totals = sum(name in words.totals for name in plain)
    unknown_groups = max(0, groups - sum(map(_is_known_group, names)))
    return (
        known_children * _KNOWN_CHILD
        + min(groups, totals) * _TOTAL_OPENS_GROUP
        + unknown_groups * _UNKNOWN_GROUP
        + groups * from_figures
    )


@lru_cache(maxsize=256)
def _trees(names: tuple[str, ...], groups: int) -> list[_Node]:
    """The best ways to lay the names in rows with exactly ``groups`` of them standing over others."""
    can_group = [_is_known_group(name) for name in names]
    unknown = [comparable(name) not in header_words().known for name in names]
    if sum(unknown) <= _MOST_UNKNOWN_NAMES:
        can_group = [either or other for either, other in zip(can_group, unknown, strict=True)]
    groupable = [0, *accumulate(can_group)]
    leaf_scores = [_leaf_score(name) for name in names]
    totals = [0, *accumulate(comparable(name) in header_words().totals for name in names)]
    """How many of the first names are totals; each opens a group of its own."""

    @cache
    def below(start: int, end: int, left: int) -> tuple[_Node, ...]:
        """Names start:end are a header row; the rest of the names stand in rows below it."""
        if end == len(names):
            score = sum(leaf_scores[start:end])
            return (_Node(score, ((0,) * (end - start),)),) if left == 0 else ()
        if left == 0 or groupable[end] == groupable[start]:
            return ()
        found = [
            (_LEVEL + upper.score + lower.score, upper.rows[0], lower.rows)
            for next_end in range(end + 1, len(names) + 1)
            for here in range(1, min(left, groupable[end] - groupable[start], next_end - end) + 1)
            if (lowers := below(end, next_end, left - here))
            for upper in hang(start, end, end, next_end, here)
            for lower in lowers
        ]
        return tuple(_Node(score, (row, *rows)) for score, row, rows in _best(found))

    @cache
    def hang(upper: int, upper_end: int, lower: int, lower_end: int, left: int) -> tuple[_Node, ...]:
        """Names lower:lower_end are shared out, in order, among ``left`` of the names upper:upper_end."""
        if upper == upper_end:
            return (_Node(0.0, ((),)),) if lower == lower_end and left == 0 else ()
        most = min(groupable[upper_end] - groupable[upper], lower_end - lower)
        needed = totals[lower_end] - totals[min(lower + 1, lower_end)] + (lower < lower_end)
        if not needed <= left <= most:
            return ()
        found = [
            (leaf_scores[upper] + rest.score, 0, rest.rows[0])
            for rest in hang(upper + 1, upper_end, lower, lower_end, left)
        ]
        if left and can_group[upper]:
            for end in range(lower + 1, lower_end - left + 2):
                if totals[end] > totals[lower + 1]:
                    break
                rests = hang(upper + 1, upper_end, end, lower_end, left - 1)
                if rests and (own := _group_score(names[upper], names[lower:end])) is not None:
                    found += [(own + rest.score, end - lower, rest.rows[0]) for rest in rests]
        return tuple(_Node(score, ((count, *row),)) for score, count, row in _best(found))

    return [tree for end in range(1, len(names) + 1) for tree in below(0, end, groups)]


def _best(scored: list[_Scored]) -> list[_Scored]:
    return sorted(scored, key=itemgetter(0), reverse=True)[:_TREES_KEPT]


def _is_known_group(name: str) -> bool:
    return comparable(name) in header_words().groups or comparable(name) in header_words().open_groups


def _leaf_score(name: str) -> float:
    words, plain = header_words(), comparable(name)
    if plain in words.open_groups:
        return _OPEN_GROUP_AS_LEAF
    return _GROUP_AS_LEAF if plain in words.groups and plain not in words.leaves else 0.0


@lru_cache(maxsize=65536)
def _group_score(name: str, children: tuple[str, ...]) -> float | None:
    """How well the children, a total first if any, go with the name; None when they cannot."""
    words, plain, year = header_words(), comparable(name), _year(name)
    if year and any(_year(child) not in (None, year) for child in children):
        return None
    score = _TOTAL_OPENS_GROUP if comparable(children[0]) in words.totals else 0.0
    expected = words.groups.get(plain)
    if plain in words.open_groups:
        score += sum(_STRANGE_CHILD for child in children if comparable(child) in words.leaves)
    elif expected is None:
        score += _UNKNOWN_GROUP
    else:
        known = sum(comparable(child) in expected for child in children)
        if not known:
            return None
        score += known * _KNOWN_CHILD + (len(children) - known) * _STRANGE_CHILD
    return score + (_SINGLE_CHILD if len(children) == 1 else 0.0)


def _year(name: str) -> str | None:
    match = re.match(r"\d{4}(?=年)", name)
    return match.group() if match else None


def _place(
    rows: tuple[tuple[int, ...], ...], width: int
) -> tuple[list[Span], list[tuple[int, int, tuple[int, ...]]]]:
    """Spans of the names, and for each group its columns and where its children start."""
    leaf_counts: list[list[int]] = []
    for row in reversed(rows):
        below = iter(leaf_counts[0] if leaf_counts else ())
        leaf_counts.insert(0, [sum(next(below) for _ in range(count)) or 1 for count in row])
    starts: list[list[int]] = [list(accumulate(leaf_counts[0], initial=0))[:-1]]
    groups: list[tuple[int, int, tuple[int, ...]]] = []
    for level, row in enumerate(rows):
        lower: list[int] = []
        for index, count in enumerate(row):
            if not count:
                continue
            first = starts[level][index]
            sizes = leaf_counts[level + 1][len(lower) : len(lower) + count]
            begins = list(accumulate(sizes, initial=first))
            groups.append((first, begins[-1], tuple(begins[:-1])))
            lower += begins[:-1]
        starts.append(lower)
    spans = [
        Span(level, starts[level][index], 1 if count else len(rows) - level, leaf_counts[level][index])
        for level, row in enumerate(rows)
        for index, count in enumerate(row)
    ]
    return spans, groups


def _formula_score(group: tuple[int, int, tuple[int, ...]], formulas: Sequence[str]) -> float:
    """``11=12+13+14`` under the columns: the group that opens with 11 holds 12 to 14."""
    first, end, _ = group
    if first >= len(formulas) or "+" not in formulas[first]:
        return 0.0
    terms = [int(number) for number in re.findall(r"\d+", fold(formulas[first]).split("=")[-1])]
    inside = all(first < term - 1 < end for term in terms)
    return _FORMULA_HOLDS if inside else _FORMULA_FAILS

"""Wholes and their parts in a paragraph: what it lists after 其中 and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from ingest.model import StatedFigure
from ingest.values import YUAN_PER_UNIT

_OPENS = re.compile(r"其中|包括|分别|如下|including|of which")
_NEXT_SENTENCE = re.compile(r"[。；;]\s*其中")
_LONGEST_JOINT = 24
"""Characters between a whole and the 其中 that lists its parts, at most."""


@dataclass(frozen=True, slots=True)
class ToldList:
    """Positions among the figures of the paragraph."""

    whole: int
    parts: tuple[int, ...]
    """Those that are most likely the whole's own: a list often runs on to the next whole."""
    all_parts: tuple[int, ...]
    """All that the list names."""


def told_lists(text: str, figures: Sequence[StatedFigure]) -> Iterator[ToldList]:
    """``A，其中B（其中C，D），E。`` -> A = B + E and B = C + D. ``figures`` are amounts and counts in
    the order of the text."""
    for index, whole in enumerate(figures[:-1]):
        joint = text[whole.end : figures[index + 1].start]
        opened = _NEXT_SENTENCE.match(joint) or _OPENS.search(joint[:_LONGEST_JOINT])
        if opened is None or re.search(r"[。；;]", joint[: opened.start()]):
            continue
        inside = _depth(joint[: opened.end()]) > 0
        listed = _listed(text, figures, index, whole.end + opened.end(), inside)
        if parts := _own_parts(figures, index, listed):
            yield ToldList(index, parts, tuple(listed))


def _listed(text: str, figures: Sequence[StatedFigure], whole: int, start: int, inside: bool) -> list[int]:
    """The figures of the list that is opened before ``start``: to the end of the sentence, or of the
    brackets that it stands in; what stands in brackets of its own is a part of a part."""
    level = 1 if inside else 0
    parts = []
    for index in range(whole + 1, len(figures)):
        between = text[figures[whole].end : figures[index].start]
        if "。" in text[start : figures[index].start] or _lowest(between, level) < level:
            break
        if _depth(between) == level and _same_kind(figures[whole], figures[index]):
            parts.append(index)
    return parts


def _own_parts(figures: Sequence[StatedFigure], whole: int, listed: Sequence[int]) -> tuple[int, ...]:
    """A list often runs on to the next whole: the longest beginning that adds up, else what comes
    before the first figure that is no smaller than the whole. () for fewer than two parts."""
    most = _worth(figures[whole])
    sums = list(accumulate(_worth(figures[i]) for i in listed))
    exact = [n for n, value in enumerate(sums, 1) if n > 1 and value == most]
    larger = [n for n, i in enumerate(listed) if _worth(figures[i]) >= most]
    parts = listed[: exact[-1]] if exact else listed[: larger[0]] if larger else listed
    return tuple(parts) if len(parts) > 1 else ()


def _worth(figure: StatedFigure) -> Decimal:
    return figure.value * YUAN_PER_UNIT.get(figure.unit, Decimal(1))


def _same_kind(one: StatedFigure, other: StatedFigure) -> bool:
    units = {one.unit, other.unit}
    return len(units) == 1 or units <= YUAN_PER_UNIT.keys()


def _depth(text: str) -> int:
    return sum((c in "（(") - (c in "）)") for c in text)


def _lowest(text: str, level: int) -> int:
    """The lowest depth after the list's own brackets have been opened."""
    depth, lowest, reached = 0, level, level == 0
    for c in text:
        depth += (c in "（(") - (c in "）)")
        reached = reached or depth == level
        lowest = min(lowest, depth) if reached else lowest
    return lowest

"""The names in the header of a flattened table: pieces of text -> ways to join them into names.

The text holds wrapped names in several lines. Each way to join them is scored by what is known
of column names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple

from ingest.readers.flattened_rows import Line
from ingest.values import squeeze

_NAME = -1.0
_KNOWN_LETTER = 0.4
_KNOWN_AT_LEAST = 0.9
_LIKELY_LETTER = 0.15
_MOST_LETTERS = 10
_ODD_NAME = -2.0
_UNBALANCED = -4.0
_JOIN_OVER_LINES = -1.0
_JOIN_BESIDE_DIGITS = -0.2
_JOIN_LETTERS = 0.0
_JOIN_IN_LINE = -4.0

_MOST_PIECES = 12
_NAMES_KEPT = 3


class Piece(NamedTuple):
    """A run of header text that is in one cell for certain; a wrap inside is a line break."""

    text: str
    after: str
    """What stands between it and the next piece: spaces in a line, or a line break."""

    @property
    def length(self) -> int:
        return len(squeeze(self.text))


@dataclass(frozen=True, slots=True)
class Words:
    """What ``flattened_words.toml`` knows of column names, as ``comparable`` gives them."""

    totals: frozenset[str]
    leaves: frozenset[str]
    heads: tuple[str, ...]
    groups: dict[str, frozenset[str]]
    open_groups: frozenset[str]
    known: frozenset[str]
    text_columns: tuple[str, ...]
    figure_columns: tuple[str, ...]


@lru_cache(maxsize=16384)
def comparable(name: str) -> str:
    """A column name as compared: no white space, full width folded, without year or colon."""
    return re.sub(r"^\d{4}年度?(?=.)|[:：]$", "", squeeze(name))


@cache
def header_words() -> Words:
    """The words that headers are read by."""
    data = tomllib.loads(
        resources.files("ingest.readers").joinpath("flattened_words.toml").read_text(encoding="utf-8")
    )
    groups = {comparable(name): frozenset(map(comparable, below)) for name, below in data["groups"].items()}
    totals, leaves, open_groups, names = (
        frozenset(map(comparable, data[key])) for key in ("totals", "leaves", "open_groups", "names")
    )
    known = names.union(totals, leaves, open_groups, groups, *groups.values())
    text_columns, figure_columns = (tuple(data[key]) for key in ("text_columns", "figure_columns"))
    return Words(
        totals, leaves, tuple(data["heads"]), groups, open_groups, known, text_columns, figure_columns
    )


def into_pieces(lines: Sequence[Line]) -> list[Piece]:
    """The header's text cut at every space and closed line; lines that wrap are joined."""
    pieces: list[Piece] = []
    text = ""
    for line in lines:
        found = list(re.finditer(r"(\S+)( *)", line.text))
        for index, match in enumerate(found):
            text += match.group(1)
            is_last = index + 1 == len(found)
            if is_last and not match.group(2):
                text += "\n"
            else:
                pieces.append(Piece(text, "\n" if is_last else match.group(2)))
                text = ""
    if text.strip():
        pieces.append(Piece(text.strip(), "\n"))
    return pieces


def agreed_pieces(printings: Sequence[Sequence[Piece]]) -> list[Piece]:
    """One header printed several times: its pieces, cut only where every printing cuts.

    A cell closes in every printing; a space inside a name moves with the wrapping.
    """
    ends = [set(accumulate(piece.length for piece in pieces)) for pieces in printings]
    common = set.intersection(*ends)
    in_one_line = {
        end
        for pieces in printings
        for end, piece in zip(accumulate(p.length for p in pieces), pieces, strict=True)
        if piece.after != "\n"
    }
    agreed: list[Piece] = []
    text, end = "", 0
    for piece in printings[0]:
        end += piece.length
        text += piece.text
        if end in common:
            after = piece.after if piece.after != "\n" else (" " if end in in_one_line else "\n")
            agreed.append(Piece(text, after))
            text = ""
        else:
            text += piece.after
    return agreed


def cut_names(pieces: Sequence[Piece], lengths: Sequence[int]) -> list[str]:
    """The names as printed here, by the lengths found for the same header elsewhere."""
    names: list[str] = []
    text = ""
    remaining = list(lengths)
    for piece in pieces:
        text += piece.text
        if remaining and len(squeeze(text)) == remaining[0]:
            names.append(text)
            remaining.pop(0)
            text = ""
        else:
            text += piece.after if piece.after == "\n" else " "
    return names


def ways_to_join(pieces: Sequence[Piece], fewest: int, most: int) -> dict[int, list[tuple[float, list[str]]]]:
    """The best ways to join the pieces into ``fewest`` to ``most`` names, by what is known of names."""
    kept: list[dict[int, list[tuple[float, list[str]]]]] = [{} for _ in range(len(pieces) + 1)]
    kept[0][0] = [(0.0, [])]
    for end in range(1, len(pieces) + 1):
        for start in range(max(0, end - _MOST_PIECES), end):
            if not kept[start]:
                continue
            score, name = _name(pieces[start:end])
            for used, ways in kept[start].items():
                if used < most and fewest - used - 1 <= len(pieces) - end:
                    kept[end].setdefault(used + 1, []).extend(
                        (before + score, [*names, name]) for before, names in ways
                    )
        for used, ways in kept[end].items():
            kept[end][used] = sorted(ways, key=itemgetter(0), reverse=True)[:_NAMES_KEPT]
    return {count: ways for count, ways in sorted(kept[len(pieces)].items()) if count >= fewest}


def _name(pieces: Sequence[Piece]) -> tuple[float, str]:
    """The name that these pieces make together, and how much it looks like one."""
    words = header_words()
    text = pieces[0].text
    score = _NAME
    for before, piece in pairwise(pieces):
        score += _join_score(before, piece)
        text += ("\n" if before.after == "\n" else " ") + piece.text
    name = comparable(text)
    letters = min(len(name), _MOST_LETTERS)
    if name in words.known:
        score += max(_KNOWN_AT_LEAST, _KNOWN_LETTER * letters)
    elif name.count("(") != name.count(")"):
        score += _UNBALANCED
    elif len(name) < 2 or name[0] in ")的和及":
        score += _ODD_NAME
    elif re.sub(r"\(.*?\)$", "", name).endswith(words.heads):
        score += _LIKELY_LETTER * letters
    return score, text


def _join_score(before: Piece, piece: Piece) -> float:
    if before.after == "\n":
        return _JOIN_OVER_LINES
    if len(before.after) == 1 and before.text[-1].isascii() and not piece.text[0].isascii():
        return _JOIN_BESIDE_DIGITS
    last = re.split(r"\s", before.text)[-1]
    return _JOIN_LETTERS if len(last) == 1 and len(piece.text) == 1 else _JOIN_IN_LINE

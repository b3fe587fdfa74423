"""What the printed forms of recognised characters tell that recognition confuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.glyphs import is_wide
from ingest.readers.scan_lines import Piece
from ingest.readers.scan_text import ALIKE, Read
from ingest.values import parse_number

NARROW_FORMS = dict(ALIKE)
FULL_WIDTH = 0.75
"""A sign that takes more than this part of the size is full-width."""
DASH = "—"
ONE = "一"
FULL_STOP = "。"
ROUND = frozenset("0Oo〇°")
LOW = 0.5
"""A lone ring that is lower than this part of the characters around it is a full stop."""
ORDINALS = frozenset("二三四五六七八九十")
CHARACTER_HEIGHT, DIGIT_HEIGHT = 0.92, 0.74
"""Of the ink of Chinese characters and of digits, in parts of the size."""

SAME_SIZE = 1.15
"""The ratio of a line's size as its ink shows it to another's of the same type, at most."""
MENDED = 0.5
"""The confidence at most of a character that was mended, or that stands in an impossible number."""
_DIGITS_FOR = str.maketrans("OoIl|，．", "00111,.")
_NUMBER = re.compile(r"[-−－（(]*\d[\d.,]*[%％)）]*")

Line = list[Read]


def mended(lines: Sequence[tuple[Piece, Line]]) -> Iterator[tuple[Piece, Line]]:
    """The lines of a page with signs in the right width, and dashes where 一 stands alone,
    full stops where a small ring does.

    A lone 一 is a numeral only above or below other numerals.
    """
    numbered = [p.box for p, line in lines if len(line) == 1 and line[0].text in ORDINALS]
    for piece, line in lines:
        if [c.text for c in line] == [ONE] and not any(
            abs(_centre(box) - _centre(piece.box)) < piece.size for box in numbered
        ):
            line = [line[0]._replace(text=DASH)]
        elif len(line) == 1 and line[0].text in ROUND and _height(piece) < LOW * piece.size:
            line = [line[0]._replace(text=FULL_STOP)]
        yield piece, _as_number(_in_width(line, piece.size / CHARACTER_HEIGHT))


def type_size(piece: Piece, line: Line, scale: float) -> float:
    """The size of a line's type in points, to half a point."""
    text = "".join(c.text for c in line)
    height = _height(piece) / scale
    if any(is_wide(c) and c.isalnum() and c not in ONE for c in text):
        size = height / CHARACTER_HEIGHT
    elif any(c.isalnum() and c != ONE for c in text):
        size = height / (CHARACTER_HEIGHT if any(c in "(),/" for c in text) else DIGIT_HEIGHT)
    else:
        size = piece.size / scale / CHARACTER_HEIGHT
    return max(4.0, round(2 * size) / 2)


def alike(sizes: Sequence[float]) -> list[float]:
    """The sizes with those that differ by little, as brackets and bare digits make them, set to one."""
    order = sorted(range(len(sizes)), key=lambda i: sizes[i])
    same: list[list[int]] = []
    for i in order:
        if same and sizes[i] <= SAME_SIZE * sizes[same[-1][0]]:
            same[-1].append(i)
        else:
            same.append([i])
    found = list(sizes)
    for group in same:
        for i in group:
            found[i] = median(sizes[j] for j in group)
    return found


def _height(piece: Piece) -> int:
    return piece.box[3] - piece.box[1]


def _centre(box: tuple[int, int, int, int]) -> float:
    return (box[0] + box[2]) / 2


def _in_width(line: Line, size: float) -> Line:
    """Signs that come in two widths in the one that their neighbours' distance leaves them, or the sign
    that opens or closes them. ``size`` is that of the type, in pixels."""
    places = [i for i, c in enumerate(line) if c.text in NARROW_FORMS]
    is_latin = any(c.text.isalnum() for c in line) and not any(is_character(c) for c in line)
    widths = {i: _room(line, i, _pitch(line) or size) for i in places}
    mended = list(line)
    for here, partner in _partners(line, places):
        rooms = [room for room in (widths[here], widths[partner]) if room is not None]
        if is_latin or (rooms and max(rooms) <= FULL_WIDTH):
            mended[here] = line[here]._replace(text=NARROW_FORMS[line[here].text])
    return mended


def _pitch(line: Line) -> float | None:
    """The distance of Chinese characters that follow each other, in pixels."""
    steps = [b.centre - a.centre for a, b in pairwise(line) if is_character(a) and is_character(b)]
    return median(steps) if steps else None


def is_character(c: Read) -> bool:
    return is_wide(c.text) and c.text.isalnum()


def _room(line: Line, index: int, size: float) -> float | None:
    """What is left for a character between its neighbours, in sizes; None at either end."""
    if not 0 < index < len(line) - 1:
        return None
    before, after = line[index - 1], line[index + 1]
    taken = sum(1.0 if is_wide(c.text) else 0.5 for c in (before, after)) / 2
    return (after.centre - before.centre) / size - taken


def _partners(line: Line, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each sign with the one that it opens or closes, or with itself."""
    open_at: list[int] = []
    partner = {i: i for i in places}
    for i in places:
        if line[i].text == "（":
            open_at.append(i)
        elif line[i].text == "）" and open_at:
            other = open_at.pop()
            partner[i], partner[other] = other, i
    yield from partner.items()


def _as_number(line: Line) -> Line:
    """A number with letters for digits, or stops for commas, mended; what was mended, and all stops and
    commas of a number that is impossible still, are doubtful."""
    printed = "".join(c.text for c in line)
    if len(printed) != len(line) or not any(c.isdigit() for c in printed):
        return line
    likely = printed.translate(_DIGITS_FOR)
    if not _NUMBER.fullmatch(likely):
        return line
    right = likely if parse_number(likely) is not None else _regrouped(likely)
    if right is None:
        return [c._replace(confidence=min(c.confidence, MENDED)) if c.text in ".,，．" else c for c in line]
    return [
        c if c.text == text else Read(text, c.centre, min(c.confidence, MENDED))
        for c, text in zip(line, right, strict=True)
    ]


def _regrouped(number: str) -> str | None:
    """The number with commas between its groups of three digits and a stop before its decimals; None
    where its groups are no thousands."""
    groups = re.split(r"[.,]", number)
    digits = [re.sub(r"\D", "", group) for group in groups]
    decimals = len(digits[-1]) < 3
    thousands = digits[1:-1] if decimals else digits[1:]
    if not 1 <= len(digits[0]) <= 3 or not digits[-1] or any(len(group) != 3 for group in thousands):
        return None
    return ",".join(groups[:-1]) + ("." if decimals else ",") + groups[-1]

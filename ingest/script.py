"""Traditional and simplified characters: one comparing form, and documents read in it.

Word lists are written in simplified characters. A name or a question is compared in them character
by character (``simplified``), and a document printed in traditional ones is read in them and given
back as printed (``folding_of``), so that no list has to hold both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

_LEAST_SHARE = 0.05
"""A text in traditional characters has a third of them unlike the simplified ones; a simplified text
has next to none (the 乾 of a county's name)."""
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
_NOT_PRINTED = frozenset({"unit", "side", "file_name", "sha256"})
"""Fields that hold no text of the document, or none as printed: a unit has one spelling everywhere."""

Value = TypeVar("Value")


@cache
def _simplified_of() -> dict[int, str]:
    """Code point of a traditional character -> the simplified one (OpenCC's table)."""
    from opencc import OpenCC

    characters = [chr(code) for block in _HAN for code in block]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, converted, strict=True) if old != new}


@cache
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _simplified_of()))}]")


def simplified(text: str) -> str:
    """The text in simplified characters, each for itself: as long as before, for comparing only."""
    if text.isascii() or not _traditional().search(text):
        return text
    return text.translate(_simplified_of())


@dataclass(frozen=True, slots=True)
class Folding:
    """Reads a document in simplified characters, and knows for each which one is printed."""

    forth: dict[int, str]
    back: dict[int, str]

    def fold(self, value: Value) -> Value:
        """Pages as they are read: every text of theirs in simplified characters."""
        folded: Value = _translated(value, self.forth)
        return folded

    def restore(self, value: Value) -> Value:
        """What was read from such pages, as printed."""
        restored: Value = _translated(value, self.back)
        return restored


def folding_of(pages: object) -> Folding | None:
    """How to read these pages, or None when they are in simplified characters already.

    Where two characters of the document have one simplified form (後 and 后), only the more frequent
    one takes it, so that what is printed can always be told.
    """
    counted = Counter("".join(_texts(pages)))
    table = _simplified_of()
    written = [(count, char) for char, count in counted.items() if ord(char) in table]
    if sum(count for count, _ in written) <= _LEAST_SHARE * sum(
        n for c, n in counted.items() if c > "\u33ff"
    ):
        return None
    forth: dict[int, str] = {}
    for count, char in sorted(written, reverse=True):
        new = table[ord(char)]
        if not {ord(char), ord(new)} & forth.keys() and new not in forth.values() and counted[new] < count:
            forth[ord(char)] = new
            if counted[new]:
                forth[ord(new)] = char
    return Folding(forth, {ord(new): chr(old) for old, new in forth.items()})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _translated(value: Any, table: dict[int, str]) -> Any:
    """The same value, frozen dataclasses and tuples of them included, with its texts translated."""
    if isinstance(value, str):
        return value if value.isascii() else value.translate(table)
    if isinstance(value, tuple | list):
        return type(value)(_translated(part, table) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _translated(getattr(value, field.name), table)
            for field in fields(value)
            if field.name not in _NOT_PRINTED
        }
        return replace(value, **changed)
    return value

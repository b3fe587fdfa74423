"""One slip of the pen: the numbers that a printed one may have been meant to be.

A digit left out, put in, changed or exchanged with its neighbour, or a decimal point moved.
Where exactly one of them makes the figures agree, it is most likely what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from ingest.checks.parts import plain

_DIGITS = "0123456789"
LEAST_DIGITS = 4
"""In shorter or rounder numbers nearly any other number is one slip away."""


def meant(printed: Decimal, fits: Callable[[Decimal], bool]) -> Decimal | None:
    """The one number that is a slip away from the printed one and fits; None where none or several do."""
    if len(significant(printed).rstrip("0")) < LEAST_DIGITS:
        return None
    found = {value for value in _slips(plain(abs(printed))) if value != abs(printed) and fits(value)}
    return found.pop() if len(found) == 1 else None


def is_slip(printed: Decimal, other: Decimal) -> bool:
    """Whether the one may be the other with a slip, as printed with the same number of places."""
    return meant(printed, lambda value: value == abs(other)) is not None


def misprints(printed: Decimal) -> Iterator[Decimal]:
    """The numbers of as many digits that differ in one of them, or in the order of two neighbours."""
    text = plain(abs(printed))
    for spelt in _edits(text):
        if len(spelt) == len(text) and spelt.find(".") == text.find(".") and spelt != text:
            yield Decimal(spelt)


def significant(value: Decimal) -> str:
    """The digits of a number, from the first that is not 0."""
    return plain(abs(value)).replace(".", "").lstrip("0")


def _slips(text: str) -> Iterator[Decimal]:
    for spelt in {*_edits(text), *_moved_points(text)}:
        if spelt.strip(".") and not spelt.startswith(".") and not spelt.endswith("."):
            yield Decimal(spelt)


def _edits(text: str) -> Iterator[str]:
    for index, char in enumerate(text):
        before, after = text[:index], text[index + 1 :]
        yield from (f"{before}{digit}{char}{after}" for digit in _DIGITS)
        if char == ".":
            continue
        yield before + after
        yield from (before + digit + after for digit in _DIGITS)
        point = "." if after.startswith(".") else ""
        rest = after[len(point) :]
        yield before + rest[:1] + point + char + rest[1:]
    if "." not in text:
        yield from (text + digit for digit in _DIGITS)


def _moved_points(text: str) -> Iterator[str]:
    digits = text.replace(".", "")
    yield from (f"{digits[:index]}.{digits[index:]}" for index in range(1, len(digits)))
    yield digits

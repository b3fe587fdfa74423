"""Numbers in Chinese characters."""

from __future__ import annotations

_UP_TO_TEN = "一二三四五六七八九十"
_DIGITS = "〇一二三四五六七八九"


def han(number: int) -> str:
    """1 to 99: 二十一."""
    tens, ones = divmod(number, 10)
    return (
        (_UP_TO_TEN[tens - 1] if tens > 1 else "")
        + "十" * bool(tens)
        + (_UP_TO_TEN[ones - 1] if ones else "")
    )


def han_digits(number: int) -> str:
    """Digit by digit, as years are written: 二〇二四."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))

"""Dates and times as a sheet shows them: a count of days, and the letters of a number format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

DATE_LETTERS = "ymdhsea"
_LAST_DAY = 2_958_465
"""31 December 9999."""
_DAYS_TO_1904 = 1462
_FALSE_LEAP_DAY = 60
"""29 February 1900, which spreadsheets count though there was none."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHINESE_WEEKDAYS = "一二三四五六日"


def printed_date(days: Decimal, tokens: Sequence[tuple[str, str]], since_1904: bool) -> str | None:
    """The day and time in the form of the tokens; None where there is no such day.

    ``tokens`` are those of ``excel_numbers``: what each is, and its text.
    """
    if since_1904:
        days += _DAYS_TO_1904
    if not 0 <= days < _LAST_DAY + 1:
        return None
    start = datetime(1899, 12, 31) if days < _FALSE_LEAP_DAY else datetime(1899, 12, 30)
    seconds = int((days * 86_400).quantize(Decimal(1), ROUND_HALF_UP))
    moment = start + timedelta(seconds=seconds)
    half_days = any(kind == "half" for kind, _ in tokens)
    texts = []
    for index, (kind, text) in enumerate(tokens):
        if kind == "half":
            texts.append(text.split("/")[moment.hour >= 12])
        elif kind == "elapsed":
            texts.append(_elapsed(seconds, text))
        elif kind == "date":
            texts.append(_part(moment, _meaning(tokens, index), half_days))
        elif kind == "digit":
            texts.append("0")  # parts of a second
        else:
            texts.append(text)
    return "".join(texts)


def _elapsed(seconds: int, text: str) -> str:
    size = {"h": 3600, "m": 60, "s": 1}[text[0].lower()]
    return str(seconds // size).zfill(len(text))


def _meaning(tokens: Sequence[tuple[str, str]], index: int) -> str:
    """The letters in lower case; ``n`` for m that means minutes: behind hours or before seconds."""
    text = tokens[index][1].lower()
    if not text.startswith("m") or len(text) > 2:
        return text
    before = next((t for k, t in reversed(tokens[:index]) if k in ("date", "elapsed")), "")
    after = next((t for k, t in tokens[index + 1 :] if k in ("date", "elapsed")), "")
    is_minutes = before[:1].lower() == "h" or after[:1].lower() == "s"
    return text.replace("m", "n") if is_minutes else text


def _part(moment: datetime, letters: str, half_days: bool) -> str:
    size = len(letters)
    if letters[0] in "ye":
        return f"{moment.year % 100:02}" if letters == "yy" else str(moment.year)
    if letters[0] == "a":
        return ("星期" if size > 3 else "") + _CHINESE_WEEKDAYS[moment.weekday()]
    if letters[0] in "md" and size > 2:
        name = _MONTHS[moment.month - 1] if letters[0] == "m" else _WEEKDAYS[moment.weekday()]
        return {3: name[:3], 5: name[:1]}.get(size, name)
    hour = (moment.hour - 1) % 12 + 1 if half_days else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}
    return str(number[letters[0]]).zfill(min(size, 2))

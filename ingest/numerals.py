"""Numbers told in Chinese: digits in characters, and in steps of 十, 百, 千, 万 and 亿."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "兩": 2}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_STEPS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_SCALES = {"万": 10_000, "亿": 100_000_000}

PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ONE = rf"(?:{PLAIN}|[{''.join(_DIGITS)}])"
_STEP = r"(?:[十拾佰仟万亿]|百(?!分)|千(?![克米瓦伏卡帕焦]))"
_MORE = rf"\s{{0,2}}(?:零?{_ONE}\s{{0,2}}(?:{_STEP}|元)|{_STEP})"
_WITH_UNIT = rf"{PLAIN}\s{{0,2}}(?:[万亿]|百万(?=元)|千(?=元))(?!{_MORE})"
"""A number and one unit (``3万元``), which is no number told in steps."""
TOLD = (
    rf"(?<![几数多第\d])(?!{_WITH_UNIT})(?:{_ONE}\s{{0,2}}{_STEP}|[十拾])(?:\s{{0,2}}零?{_ONE}?\s{{0,2}}{_STEP}){{0,9}}"
    rf"(?:\s{{0,2}}零?{_ONE}(?=\s{{0,2}}元))?"
)
"""Pattern of a number told in steps: ``3亿2千万``, ``10亿9,711万9千``, ``五百万``, ``壹仟贰佰``."""
_TOKEN = re.compile(rf"{_ONE}|[{''.join([*_STEPS, *_SCALES])}]")


def chinese_number(text: str) -> int | None:
    """``二〇一七`` -> 2017, ``十二`` -> 12, ``三`` -> 3; None when it is no such numeral."""
    if not text or any(c not in _DIGITS and c not in _STEPS for c in text):
        return None
    if not any(c in _STEPS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    value = told_value(text)
    return None if value is None else int(value)


def told_value(text: str) -> Decimal | None:
    """The value of a number told in steps, largest first; None where they do not fall."""
    total, section, pending = Decimal(0), Decimal(0), None
    last_step = last_scale = 10**9
    for token in _TOKEN.findall(text):
        if token in _STEPS:
            if _STEPS[token] >= last_step:
                return None
            section += _STEPS[token] * (Decimal(1) if pending is None else pending)
            pending, last_step = None, _STEPS[token]
        elif token in _SCALES:
            part = section + (pending or 0)
            if _SCALES[token] >= last_scale:
                if part:
                    return None
                total *= _SCALES[token]  # 3万亿
            else:
                total += part * _SCALES[token]
            section, pending, last_step, last_scale = Decimal(0), None, 10**9, _SCALES[token]
        else:
            if pending:
                return None
            digit = _DIGITS.get(token)
            pending = Decimal(token.replace(",", "") if digit is None else digit)
    return total + section + (pending or 0)


def last_scale(text: str) -> str:
    """The money unit that a number told in steps ends in: 亿元, 万元, or 元 when it goes below."""
    return f"{text[-1]}元" if text[-1] in _SCALES else "元"

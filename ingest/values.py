"""Printed numbers, units and years -> Decimal values, and names -> a comparable form.

The one place where a number is parsed, for cells, prose and questions alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

YUAN_PER_UNIT: dict[str, Decimal] = {
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
"""Every money unit met in practice, in 元."""

_UNIT_SPELLINGS = {
    "％": "%",
    "百分点": "个百分点",
    "平米": "平方米",
    "㎡": "平方米",
    "m2": "平方米",
    "万": "万元",
    "亿": "亿元",
    "千万元": "千万元",
    "名": "人",
    "块": "元",
    "块钱": "元",
    "人民币元": "元",
    "萬元": "万元",
    "億元": "亿元",
}

_SIGN = r"(?:(?<![\d%])[-－−–△▲])?"
_NUMBER = rf"{_SIGN}\(?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|{_SIGN}\d+(?:\.\d+)?"
_COUNTED = r"\s*[封通户吨份平名辆台场家张件人次头株亩册字]"
"""Behind 万, these say that things are counted (``10万封``), not money."""
_UNITS = (
    "百万元|千万元|万元|萬元|亿元|億元|千元|元|个百分点|百分点|%|平方米|平米|㎡|万人|"
    rf"万(?!{_COUNTED})|亿(?!{_COUNTED})|人次|人|个月|个|项|"
    "次|辆|台|套|倍|年|月|日|场|家|名|张|件|本|户|天|小时|间|条|批|组"
)
_AMOUNT = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNITS})?(?:人民币)?")
_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "兩": 2}
_CHINESE_STEPS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number found in running text; ``start:end`` spans it with its unit."""

    start: int
    end: int
    text: str
    value: Decimal
    unit: str | None


def fold(text: str) -> str:
    """NFKC: full-width digits, letters and punctuation become half-width."""
    return unicodedata.normalize("NFKC", text)


def squeeze(text: str) -> str:
    """Fold width and drop all white space."""
    return re.sub(r"\s+", "", fold(text))


def name_key(text: str) -> str:
    """The form in which names are compared: folded, lower case, without space or punctuation."""
    return re.sub(r"[\W_]+", "", squeeze(text)).lower()


_ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|\d{1,2}[、.](?!\d)|其中:?|减:)"
)


def without_ordinal(label: str) -> str:
    """``一、教育支出``, ``（二）…``, ``其中：…`` -> the name alone. Never returns ""."""
    stripped = squeeze(label)
    while match := _ORDINAL.match(stripped):
        if match.end() == len(stripped):
            break
        stripped = stripped[match.end() :]
    return stripped or squeeze(label)


def parse_number(text: str) -> Decimal | None:
    """The value of a printed number, or None when the text is not just one.

    Thousands separators, full width, a trailing %, and negatives written with −, －, △
    or in brackets are understood; a blank, a dash or 无 is None.
    """
    plain = squeeze(text).rstrip("%")
    negative = False
    if bracketed := re.fullmatch(r"\((.+)\)", plain):
        negative, plain = True, bracketed.group(1)
    if re.match(r"[-−–△▲]", plain):
        negative, plain = not negative, plain[1:]
    if not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+", plain):
        return None
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    return -value if negative else value


def normalize_unit(unit: str | None) -> str | None:
    """One spelling for each unit: ``％`` -> ``%``, ``平米`` -> ``平方米``."""
    if unit is None:
        return None
    folded = squeeze(unit)
    return _UNIT_SPELLINGS.get(folded, folded)


def is_money(unit: str | None) -> bool:
    return unit in YUAN_PER_UNIT


def convert_money(value: Decimal, unit: str, to_unit: str) -> Decimal:
    """Exact conversion between money units. Raises KeyError for any other unit."""
    return value * YUAN_PER_UNIT[unit] / YUAN_PER_UNIT[to_unit]


def find_amounts(text: str) -> Iterator[Amount]:
    """Numbers in running text with the unit that follows each, left to right.

    A year (``2017年``) comes out with the unit 年. Digits inside a word (A090101) do not count.
    ``text`` must keep its own offsets, so only width-preserving folding is done here.
    """
    same_length = "".join(f if len(f := fold(c)) == 1 else c for c in text)
    for match in _AMOUNT.finditer(same_length):
        before = same_length[match.start() - 1] if match.start() else ""
        if before and before.isascii() and (before.isalnum() or before in "._"):
            continue
        value = parse_number(match.group("number"))
        if value is None:
            continue
        end = match.end("unit") if match.group("unit") else match.end("number")
        yield Amount(
            match.start(), end, text[match.start() : end], value, normalize_unit(match.group("unit"))
        )


def chinese_number(text: str) -> int | None:
    """``二〇一七`` -> 2017, ``十二`` -> 12, ``三`` -> 3; None when it is no such numeral."""
    if not text or any(c not in _CHINESE_DIGITS and c not in _CHINESE_STEPS for c in text):
        return None
    if not any(c in _CHINESE_STEPS for c in text):
        return int("".join(str(_CHINESE_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in _CHINESE_STEPS:
            total += (digit or 1) * _CHINESE_STEPS[c]
            digit = 0
        else:
            digit = _CHINESE_DIGITS[c]
    return total + digit

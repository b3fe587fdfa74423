"""Printed numbers, units and years -> Decimal values, and names -> a comparable form.

The one place where a number is parsed, for cells, prose and questions alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ingest.numerals import PLAIN, TOLD, last_scale, told_value
from ingest.script import simplified

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
    "名": "人",
    "块": "元",
    "块钱": "元",
    "圆": "元",
}
_CURRENCY = re.compile(r"^(?:人民币|新[台臺]币)(?=.)")

_SIGN = r"(?:(?<![\d%])[-－−–△▲])?"
_SPACED = r"\d{1,3}(?: \d{3})+\.\d{2}(?=\s{0,2}[百千万亿]*元)"
"""1 234 567.00: spaces part thousands only where places and money follow."""
_NUMBER = rf"{_SIGN}(?:\(?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|{_SPACED}|\d+(?:\.\d+)?)"
_COUNTED = r"\s*[封通户吨份平名辆台场家张件人次头株亩册字]"
"""Behind 万, these say that things are counted (``10万封``), not money."""
_COUNTS = (
    "个百分点|百分点|%|‰|平方米|平米|㎡|人次|人|个月|个|项|"
    "次|辆|台|套|倍|年|月|日|场|家|名|张|件|本|户|天|小时|间|条|批|组"
)
_UNITS = rf"百万元|万元|亿元|千元|元|圆|万人|万(?!{_COUNTED})|亿(?!{_COUNTED})|{_COUNTS}"
_AMOUNT = re.compile(
    rf"(?P<told>{_SIGN}{TOLD})\s*(?P<told_unit>元|圆|{_COUNTS})?"
    rf"|(?P<number>{_NUMBER})\s*(?P<unit>{_UNITS})?(?:人民币)?"
)
_TOLD = re.compile(TOLD)
_QUANTITY = re.compile(rf"(?P<number>{_SIGN}(?:{PLAIN}))\s*(?P<unit>{_UNITS})")
_TIMES = frozenset({"年", "月", "日", "天", "小时", "个月"})


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
    """The form in which names are compared: folded, simplified, lower case, without space or punctuation."""
    return re.sub(r"[\W_]+", "", simplified(squeeze(text))).lower()


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

    Thousands separators, full width, a ¥, a trailing % or ‰, and negatives written with −, －, △
    or in brackets are understood; a blank, a dash or 无 is None.
    """
    plain = squeeze(text).rstrip("%‰")
    if "¥" in plain:
        plain = re.sub(r"^([(]?[-−–△▲]?)¥", r"\1", plain)
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


def parse_quantity(text: str) -> tuple[Decimal, str] | None:
    """Number and unit of a text that is just these (``12.5万元``, ``3辆``), else None; a time is none."""
    match = _QUANTITY.fullmatch(simplified(fold(text)).strip())
    value = parse_number(match.group("number")) if match else None
    unit = normalize_unit(match.group("unit")) if match else None
    return None if value is None or unit is None or unit in _TIMES else (value, unit)


def cell_value(text: str) -> Decimal | None:
    """The value of a cell that prints a number, alone or with its unit; None for any other text."""
    value = parse_number(text)
    if value is None and (quantity := parse_quantity(text)):
        value = quantity[0]
    return value


def places(value: Decimal) -> int:
    """Decimal places as printed: 2 for 71.30."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def normalize_unit(unit: str | None) -> str | None:
    """One spelling for each unit: ``％`` -> ``%``, ``平米`` -> ``平方米``, ``新臺幣千元`` -> ``千元``."""
    if unit is None:
        return None
    folded = _CURRENCY.sub("", simplified(squeeze(unit)))
    return _UNIT_SPELLINGS.get(folded, folded)


def is_money(unit: str | None) -> bool:
    return unit in YUAN_PER_UNIT


def convert_money(value: Decimal, unit: str, to_unit: str) -> Decimal:
    """Exact conversion between money units. Raises KeyError for any other unit."""
    return value * YUAN_PER_UNIT[unit] / YUAN_PER_UNIT[to_unit]


def find_amounts(text: str) -> Iterator[Amount]:
    """Numbers in running text with the unit that follows each, left to right.

    A year (``2017年``) comes out with the unit 年, an amount told in steps (``10億9,711萬9千元``) as
    one, in the money unit that it ends in. Digits inside a word (A090101) do not count.
    """
    plain = _same_length(text)
    position = 0
    while match := _AMOUNT.search(plain, position):
        before = plain[match.start() - 1] if match.start() else ""
        if before and before.isascii() and (before.isalnum() or before in "._"):
            position = match.end()
            continue
        amount = _told(match, text) if match.group("told") else _printed(match, text)
        position = amount.end if amount else match.start() + 1 if match.group("told") else match.end()
        if amount:
            yield amount


def with_plain_amounts(text: str) -> str:
    """The text with each amount told in steps as digits and a unit: ``3亿2千万元`` -> ``32000万元``."""
    if not _TOLD.search(_same_length(text)):
        return text
    parts, end = [], 0
    for amount in find_amounts(text):
        if _TOLD.match(_same_length(amount.text).lstrip("-−–△▲")):
            parts += [text[end : amount.start], f"{amount.value:f}{amount.unit or ''}"]
            end = amount.end
    return "".join([*parts, text[end:]])


def _same_length(text: str) -> str:
    """Folded character by character, so that offsets stay those of ``text``."""
    if not unicodedata.is_normalized("NFKC", text):
        text = "".join(f if len(f := fold(c)) == 1 else c for c in text)
    return simplified(text)


def _printed(match: re.Match[str], text: str) -> Amount | None:
    value = parse_number(match.group("number"))
    if value is None:
        return None
    end = match.end("unit") if match.group("unit") else match.end("number")
    return Amount(match.start(), end, text[match.start() : end], value, normalize_unit(match.group("unit")))


def _told(match: re.Match[str], text: str) -> Amount | None:
    """An amount told in steps; characters alone make one only before 元 (一百个 is no figure)."""
    told, unit = match.group("told").rstrip(), match.group("told_unit")
    value = told_value(told)
    in_digits = any(c.isdigit() and c.isascii() for c in told)
    if value is None or not (in_digits or unit in ("元", "圆")):
        return None
    if told[0] in "-−–△▲":
        value = -value
    money = last_scale(told)
    if unit in ("元", "圆") or (unit is None and money != "元"):
        value, unit = convert_money(value, "元", money), money
    end = match.end("told_unit") if match.group("told_unit") else match.start() + len(told)
    return Amount(match.start(), end, text[match.start() : end], value, normalize_unit(unit))

"""Number formats: a stored number -> the text that the sheet shows for it.

The language of formats is that of ISO/IEC 29500-1, 18.8.30 and 18.8.31; where it depends on the
country, the Chinese form is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, DecimalException
from functools import lru_cache

from ingest.readers.excel_dates import DATE_LETTERS, printed_date

GENERAL = "General"
SIGNIFICANT_DIGITS = 15
"""All that a spreadsheet keeps of a number: what is behind them is the noise of binary fractions."""

_ACCOUNTING = '_ * {0}#,##0{1}_ ;_ * {0}\\-#,##0{1}_ ;_ * {0}"-"{2}_ ;_ @_ '
_YEAR_MONTH, _MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
_HALF_DAY, _HALF_DAY_SECONDS = '上午/下午h"时"mm"分"', '上午/下午h"时"mm"分"ss"秒"'
BUILT_IN: dict[int, str] = {
    **dict(enumerate((GENERAL, "0", "0.00", "#,##0", "#,##0.00"))),
    **dict.fromkeys((5, 6), '"¥"#,##0;"¥"\\-#,##0'),
    **dict.fromkeys((7, 8), '"¥"#,##0.00;"¥"\\-#,##0.00'),
    **dict(enumerate(("0%", "0.00%", "0.00E+00", "# ?/?", "# ??/??", "yyyy/m/d", "d-mmm-yy"), start=9)),
    **dict(enumerate(("d-mmm", "mmm-yy", "h:mm AM/PM", "h:mm:ss AM/PM", "h:mm", "h:mm:ss"), start=16)),
    22: "yyyy/m/d h:mm",
    **dict.fromkeys((27, 36, 50, 52, 57), _YEAR_MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), _MONTH_DAY),
    30: "m-d-yy",
    31: _YEAR_MONTH + 'd"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    **dict.fromkeys((34, 55), _HALF_DAY),
    **dict.fromkeys((35, 56), _HALF_DAY_SECONDS),
    **dict.fromkeys((37, 38), "#,##0;\\-#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00;\\-#,##0.00"),
    41: _ACCOUNTING.format("", "", ""),
    42: _ACCOUNTING.format('"¥"', "", ""),
    43: _ACCOUNTING.format("", ".00", "??"),
    44: _ACCOUNTING.format('"¥"', ".00", "??"),
    **dict(enumerate(("mm:ss", "[h]:mm:ss", "mm:ss.0", "##0.0E+0", "@"), start=45)),
}
"""The formats that a file names by number only (18.8.30, with the forms of zh-cn)."""

_MOST_PLAIN_DIGITS = 21
_LONGEST_CODE = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|(?P<blank>_.)|(?P<fill>\*.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<half>AM/PM|A/P|上午/下午)|(?P<exponent>E[+-])"
    rf"|(?P<date>(?P<letter>[{DATE_LETTERS}])(?P=letter)*)|(?P<digit>[0#?])|(?P<sign>[.,%/@;])|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
_KEPT = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_EVEN, Emax=308, Emin=-307)
"""Spreadsheets compute in numbers of 64 bits, which are no larger and no nearer to 0 than this."""
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)

Token = tuple[str, str]
"""What it is (a name of ``_TOKEN``'s groups, or ``elapsed``), and its text."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the forms between semicolons."""

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.tokens)

    def holds(self, kind: str, text: str) -> bool:
        return (kind, text) in self.tokens


def stored_number(text: str) -> Decimal | None:
    """A number as a file stores it, without the noise behind its digits; None when it is none."""
    try:
        value = _KEPT.plus(Decimal(text.strip()))
    except DecimalException:
        return None
    return value if value.is_finite() else None


def printed_number(value: Decimal, code: str, since_1904: bool = False) -> str:
    """What is shown for the number in a cell with this format; "" where the format hides it."""
    sections = _sections(code)
    numeric = sections[:3] if len(sections) > 3 else _without_text_section(sections)
    chosen = next((n for n, section in enumerate(numeric) if _applies(value, n, numeric)), None)
    if chosen is None:
        return _general(value)
    section = numeric[chosen]
    if not section.tokens and len(numeric) > 1:
        return ""
    if section.has("date", "elapsed", "half"):
        return (printed_date(value, section.tokens, since_1904) or _general(value)).strip()
    minus = "-" if value < 0 and not _is_for_negatives(chosen, numeric) else ""
    return (minus + _number(abs(value), section.tokens)).strip()


def printed_text(text: str, code: str) -> str:
    """What is shown for a text in a cell with this format."""
    section = _text_section(_sections(code))
    if section is None:
        return text
    words = (text if kind == "sign" else said for kind, said in section.tokens if _is_said(kind, said))
    return "".join(words)


def _is_said(kind: str, said: str) -> bool:
    return kind in ("quoted", "escaped", "literal") or (kind, said) == ("sign", "@")


def _text_section(sections: Sequence[_Section]) -> _Section | None:
    """The form for texts, where there is one that changes them."""
    if len(sections) > 3:
        return sections[3]
    last = sections[-1]
    return last if last.holds("sign", "@") and len(last.tokens) > 1 else None


def _without_text_section(sections: tuple[_Section, ...]) -> tuple[_Section, ...]:
    return sections[:-1] if len(sections) > 1 and sections[-1].holds("sign", "@") else sections


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[Token] = []
    condition = None
    for match in _TOKEN.finditer(code[:_LONGEST_CODE]):
        kind, text = match.lastgroup or "literal", match.group()
        kind = "date" if kind == "letter" else kind
        if kind == "bracket":
            inner = match.group("bracket")
            if found := _CONDITION.fullmatch(inner.strip()):
                condition = found[1], Decimal(found[2])
            elif inner.startswith("$"):
                tokens.append(("quoted", inner[1:].split("-")[0]))
            elif _ELAPSED.fullmatch(inner):
                tokens.append(("elapsed", inner))
        elif (kind, text) == ("sign", ";"):
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "blank":
            tokens.append(("blank", " "))
        elif kind != "fill":
            tokens.append((kind, match.group(kind) if kind in ("quoted", "escaped") else text))
    return (*sections, _Section(tuple(tokens), condition))


def _applies(value: Decimal, number: int, sections: Sequence[_Section]) -> bool:
    """Whether this section is for the value: by its condition, else above 0, below 0, all others."""
    if condition := sections[number].condition:
        return _TESTS[condition[0]](value, condition[1])
    if number == len(sections) - 1:
        return True
    if number == 0:
        return value > 0 or (value == 0 and len(sections) == 2)
    return value < 0


def _is_for_negatives(number: int, sections: Sequence[_Section]) -> bool:
    """Whether the section itself says how a minus looks, because nothing else comes into it."""
    if condition := sections[number].condition:
        return condition[0] in ("<", "<=") and condition[1] <= 0
    return number == 1 and sections[0].condition is None


def _general(value: Decimal) -> str:
    if value == 0:
        return "0"
    if value.adjusted() >= _MOST_PLAIN_DIGITS:
        return f"{value.normalize():E}"
    return f"{value.normalize(_EXACT):f}"


def _number(value: Decimal, tokens: Sequence[Token]) -> str:
    """The value, not negative, in a section for numbers."""
    digits = [i for i, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not digits or ("sign", "/") in tokens:
        return _said(_general(value), tokens)
    point = tokens.index(("sign", ".")) if ("sign", ".") in tokens else len(tokens)
    exponent = next((i for i, (kind, _) in enumerate(tokens) if kind == "exponent"), len(tokens))
    whole = [i for i in digits if i < min(point, exponent)]
    fraction = [i for i in digits if point < i < exponent]
    value *= Decimal(100) ** sum(1 for token in tokens if token == ("sign", "%"))
    value /= Decimal(1000) ** _scale(tokens, {digits[-1], *whole[-1:]})
    power = 0
    if exponent < len(tokens):
        power = value.adjusted() - (max(len(whole), 1) - 1) if value else 0
        value = value.scaleb(-power)
    rounded = f"{value.quantize(Decimal(1).scaleb(-len(fraction)), context=_EXACT):f}"
    before, _, after = rounded.partition(".")
    grouped = bool(whole) and ("sign", ",") in tokens[whole[0] : whole[-1]]
    texts = _whole_digits(before.lstrip("0"), whole, tokens, grouped)
    texts |= _fraction_digits(after, fraction, tokens)
    if exponent < len(tokens):
        places = [i for i in digits if i > exponent]
        texts |= _whole_digits(str(abs(power)), places, tokens, grouped=False)
        sign = "-" if power < 0 else "+" if tokens[exponent][1].endswith("+") else ""
        texts[exponent] = "E" + sign
    if point < len(tokens):
        # Excel shows a bare point here (``5.``), which is no way to print a number.
        behind = "." if any(texts[i].strip() for i in fraction) else ""
        texts[point] = ("" if whole else before.lstrip("0")) + behind
    return "".join(texts.get(i, _plain(token)) for i, token in enumerate(tokens))


def _said(number: str, tokens: Sequence[Token]) -> str:
    """A section without places for digits, or with a fraction: its words, and the number once."""
    words = []
    for token in tokens:
        if token[0] == "general" or token in (("sign", "@"), ("sign", "/")):
            words.append(number)
            number = ""
        else:
            words.append(_plain(token))
    return "".join(words)


def _plain(token: Token) -> str:
    kind, text = token
    return "" if token == ("sign", ",") or kind in ("general", "digit") else text


def _scale(tokens: Sequence[Token], ends: set[int]) -> int:
    """How many times the number is divided by 1,000: the commas right behind a part's last digit."""
    count = 0
    for end in ends:
        while end + 1 < len(tokens) and tokens[end + 1] == ("sign", ","):
            count, end = count + 1, end + 1
    return count


def _whole_digits(text: str, places: Sequence[int], tokens: Sequence[Token], grouped: bool) -> dict[int, str]:
    """The digits before the point for each place, the first place taking all that are left over."""
    texts: dict[int, str] = {}
    left, count = text, 0
    for number, index in enumerate(reversed(places)):
        is_first = number == len(places) - 1
        part, left = (left, "") if is_first else (left[-1:], left[:-1])
        part = part or {"0": "0", "?": " "}.get(tokens[index][1], "")
        out = ""
        for digit in reversed(part):
            if grouped and count and count % 3 == 0 and digit != " ":
                out = "," + out
            out, count = digit + out, count + 1
        texts[index] = out
    return texts


def _fraction_digits(text: str, places: Sequence[int], tokens: Sequence[Token]) -> dict[int, str]:
    """The digits behind the point for each place; zeros at the end only where the place keeps them."""
    texts: dict[int, str] = {}
    is_end = True
    for index, digit in reversed(list(zip(places, text, strict=True))):
        is_end = is_end and digit == "0" and tokens[index][1] != "0"
        texts[index] = {"?": " "}.get(tokens[index][1], "") if is_end else digit
    return texts

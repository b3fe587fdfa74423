"""Years as budgets print them: 2017年, 二〇一七年, 民國106年, 106年度."""

from __future__ import annotations

import re

from ingest.numerals import chinese_number

SPELLED = (
    r"(?:(?P<western>(?:19|20)\d{2})"
    r"|(?P<chinese>[一二][〇○零O0一二三四五六七八九]{3})"
    r"|(?:中[華华])?民[國国]\s*(?P<republic>\d{2,3})"
    r"|(?<!\d)(?P<bare_republic>9\d|1\d{2})(?=\s*年度))"
)
"""The number of a year, to be followed by 年. Without 民國 before it, only 年度 behind it tells a year of
the Republic from a span of time."""
_REPUBLIC_BEGAN = 1911
"""Year 1 of the Republic (民國元年) is 1912."""


def year_of(match: re.Match[str]) -> int:
    """The year of a match of an expression with ``SPELLED`` in it, in the Western count."""
    if match["western"]:
        return int(match["western"])
    if republic := match["republic"] or match["bare_republic"]:
        return int(republic) + _REPUBLIC_BEGAN
    return chinese_number(match["chinese"].replace("O", "〇").replace("0", "〇")) or 0

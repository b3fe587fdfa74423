"""What of an answer can be drawn beside each other, and how each of it is called there.

Amounts of money are comparable whatever unit they are printed in; anything else only with its own unit.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from faces.charts import MOST_SERIES, Chart, Point, lines_fit
from faces.result_rows import ResultRow
from faces.wording import Words
from ingest.values import YUAN_PER_UNIT, convert_money, is_money
from qa.answer import Subject

MOST_BARS = 20
"""More are no picture any longer; the table has them all."""
FEWEST_YEARS = 3
"""Fewer are told by bars."""
_YEAR = re.compile(r"(?:19|20)\d\d\s*(?:年度?)?")

_Key = tuple[str, tuple[str, ...]]
"""What a figure is about but for the year: whose it is, and its names."""


def chart_of(rows: Sequence[ResultRow], words: Words) -> Chart | None:
    """The chart of what is comparable; None where that is fewer than two figures."""
    points = _without_whole(_comparable(rows), rows)
    if len(points) < 2:
        return None
    source = words["chart_source"].format(places="；".join(_places(points, words)))
    return _lines(points, source, words) or _bars(points, source, words)


def _lines(rows: Sequence[ResultRow], source: str, words: Words) -> Chart | None:
    """Lines over years; None where the rows are none, or too many of them for their labels."""
    subjects = [row.about for row in rows]
    keys = _lines_of(subjects)
    series = tuple(dict.fromkeys(keys))
    points = [
        _point(row, _when(row.year, words), rows, series.index(key))
        for row, key in zip(rows, keys, strict=False)
    ]
    if not points or not lines_fit([p.shown for p in points], len({r.year for r in rows}), len(series)):
        return None
    names = _told_apart(series) if len(series) > 1 else [""]
    return Chart("lines", title_of(subjects, words), rows[0].unit, tuple(points), tuple(names), source)


def _bars(rows: Sequence[ResultRow], source: str, words: Words) -> Chart:
    """Bars in the answer's order, or in that of time; coloured by year where several things have years."""
    title, unit = title_of([row.about for row in rows], words), rows[0].unit
    over_time = _is_over_time([row.about for row in rows])
    years = _years_to_colour([row.about for row in rows])
    if years or over_time:
        things = list(dict.fromkeys(_key(row.about) for row in rows)) if years else []
        rows = sorted(rows, key=lambda row: (things and things.index(_key(row.about)), row.year))
    labels = labels_of([row.about for row in rows], words)
    if over_time:
        labels = [_when(row.year, words) for row in rows]
    bars = [
        _point(row, label, rows, years.index(row.year) if years else 0)
        for row, label in zip(rows, labels, strict=True)
    ]
    if len(bars) > MOST_BARS:
        source = " ".join([words["results_first"].format(count=MOST_BARS), source])
    named = tuple(_when(year, words) for year in years)
    return Chart("bars", title, unit, tuple(bars[:MOST_BARS]), named or ("",), source)


# -- which rows ----------------------------------------------------------------------------


def _comparable(rows: Sequence[ResultRow]) -> list[ResultRow]:
    """The most that can be compared of what the answer gives; if that is no two, with what it
    calculates from."""
    about = [row for row in rows if row.subject and row.unit]
    for some in ([row for row in about if not row.is_input], about):
        kinds: dict[str, dict[object, ResultRow]] = defaultdict(dict)
        for row in some:
            kinds["元" if is_money(row.unit) else row.unit].setdefault(row.citations, row)
        most = max(kinds.values(), key=len, default={})
        if len(most) > 1:
            return list(most.values())
    return []


def _without_whole(points: list[ResultRow], rows: Sequence[ResultRow]) -> list[ResultRow]:
    """The parts of a whole without it: beside it they would all be small. Where one is divided in two
    ways, the parts of the first."""
    if shares := [row.share for row in points if row.share]:
        return [row for row in points if row.share and row.share.inputs[1] == shares[0].inputs[1]]
    sums = [set(row.citations) for row in rows if row.calculation and " + " in row.calculation.expression]
    for parts in sums:
        others = [row for row in points if not parts.issuperset(row.citations)]
        if len(others) == 1 and len(parts) == len(points) - 1:
            return [row for row in points if row is not others[0]]
    return points


def _size(row: ResultRow, unit: str) -> Decimal:
    """The value in the unit, where both are money."""
    return convert_money(row.value, row.unit, unit) if row.unit in YUAN_PER_UNIT else row.value


def _point(row: ResultRow, label: str, rows: Sequence[ResultRow], series: int) -> Point:
    """The row's point among the others; its unit is said where theirs differ."""
    says_unit = len({r.unit for r in rows}) > 1
    told, share = f"{row.shown} {row.unit}", f" · {row.share.value:,f}%" if row.share else ""
    shown = told if says_unit else row.shown
    return Point(label, shown + share, told + share, _size(row, rows[0].unit), series)


# -- over time -----------------------------------------------------------------------------


def _key(about: Subject) -> _Key:
    return about.organization, tuple(filter(None, (_YEAR.sub("", name).strip() for name in about.names)))


def _lines_of(subjects: Sequence[Subject]) -> list[_Key]:
    """The line that each belongs to; empty where they are no lines over years."""
    if len({about.fiscal_year for about in subjects} - {None}) < FEWEST_YEARS:
        return []
    if _is_over_time(subjects):
        return [("", ())] * len(subjects)
    keys = [_key(about) for about in subjects]
    points = {(key, about.fiscal_year) for key, about in zip(keys, subjects, strict=True)}
    counts = Counter(key for key, _ in points)
    are_lines = len(points) == len(keys) and min(counts.values()) >= FEWEST_YEARS
    return keys if are_lines and len(counts) <= MOST_SERIES else []


def _is_over_time(subjects: Sequence[Subject]) -> bool:
    """One thing of one body in different years; its names may differ in part from one to the other."""
    years = {about.fiscal_year for about in subjects}
    keys = [_key(about) for about in subjects]
    alike = len(set(keys)) == 1 or bool(set.intersection(*(set(names) for _, names in keys)))
    return len(years - {None}) == len(subjects) and len({whose for whose, _ in keys}) == 1 and alike


def _years_to_colour(subjects: Sequence[Subject]) -> list[int]:
    """The years in order, where several things are compared over them; else none."""
    years = sorted({about.fiscal_year or 0 for about in subjects})
    several = len({_key(about) for about in subjects}) > 1 and not _is_over_time(subjects)
    counts = Counter(_key(about) for about in subjects).values()
    is_grouped = several and 1 < len(years) <= MOST_SERIES and all(years) and max(counts) > 1
    return years if is_grouped else []


# -- what they are called ------------------------------------------------------------------


def labels_of(subjects: Sequence[Subject], words: Words) -> list[str]:
    """What tells each from the others, no two alike."""
    said = _told_apart([_key(about) for about in subjects])
    if len({about.fiscal_year for about in subjects}) > 1:
        whens = [_when(about.fiscal_year, words) for about in subjects]
        only_when = len(set(said)) == 1
        said = [
            when if only_when and when else f"{when} {name}".strip()
            for when, name in zip(whens, said, strict=True)
        ]
    twice = Counter(said)
    seen: Counter[str] = Counter()
    labels = []
    for name in said:
        seen[name] += 1
        labels.append(f"{name} ({seen[name]})" if twice[name] > 1 else name)
    return labels


def title_of(subjects: Sequence[Subject], words: Words) -> str:
    """What all of them have in common."""
    keys = [_key(about) for about in subjects]
    whose = {about.organization for about in subjects}
    years = {about.fiscal_year for about in subjects}
    shared = "·".join(
        name for name in keys[0][1] if name not in whose and all(name in names for _, names in keys)
    )
    common = [whose.pop() if len(whose) == 1 else "", _when(years.pop(), words) if len(years) == 1 else ""]
    return " ".join(filter(None, [*common, shared])) or words["results_title"]


def _told_apart(keys: Sequence[_Key]) -> list[str]:
    """Of each the body where they differ, and the names that not all have; failing these, its last name."""
    several = len({whose for whose, _ in keys}) > 1
    shared = {name for name in keys[0][1] if all(name in names for _, names in keys)}
    own = ["·".join(name for name in names if name not in shared) for _, names in keys]
    return [
        " ".join(filter(None, [whose if several else "", name])) or (names[-1] if names else whose)
        for (whose, names), name in zip(keys, own, strict=True)
    ]


def _when(year: int | None, words: Words) -> str:
    return words["of_year"].format(year=year) if year else ""


def _places(rows: Sequence[ResultRow], words: Words) -> list[str]:
    """The documents that the rows come from, each with its pages."""
    pages: dict[str, dict[int, None]] = defaultdict(dict)
    for citation in (c for row in rows for c in row.citations[:1]):
        pages[citation.doc].update({citation.page_number: None} if citation.page_number else {})
    return [
        f"{doc} {words['page'].format(page=', '.join(map(str, sorted(on))))}" if on else doc
        for doc, on in pages.items()
    ]

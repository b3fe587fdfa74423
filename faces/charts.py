"""Bars and lines as inline SVG, from the figures of an answer.

What is drawn is placed in shares of the width and in pixels of the height, so a chart fits a telephone
and a desk without its letters shrinking. Every value is labelled as it is printed; only lengths are
rounded. Colours are Okabe and Ito's (told apart by colour-blind readers), each with a pattern, a dash or
a marker of its own, for print. Colours stand in the markup itself: a picture made of it needs no style
sheet; on the page ``styles/results.css`` changes them in the dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Literal
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

FONTS = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Of Okabe and Ito's: blue, vermillion, green, purple."""
MOST_SERIES = len(COLOURS)

_INK, _QUIET, _RULE = "#1f2933", "#52606d", "#d5dbe1"
_FONT, _SMALL = 13, 12
_LINE = 18
"""Height of a line of text, in pixels, as all heights here."""
_BAR, _GAP = 18, 10
_PLOT = 190
_ABOVE, _BELOW = -9, 19
"""From a point to the base of its label."""
PICTURE_WIDTH = 640
"""In pixels, of the picture that the browser makes of a chart (``scripts/results.js``)."""
_NARROWEST = 255
"""Pixels of width that a chart has on a telephone: its texts are broken and its margins kept for that."""
_FIRST_POINT, _LAST_POINT, _GUTTER = 30, 86, 20
"""Shares of a line chart's width: where its points begin and end, and what its scale takes."""
_PATTERNS = ("", "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", "M4,0 v8", "M0,4 h8")
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_MARKERS = (
    "M-4,0 a4,4 0 1,0 8,0 a4,4 0 1,0 -8,0z",
    "M-4,-4 h8 v8 h-8z",
    "M0,-5 l5,9 h-10z",
    "M0,-6 l6,6 l-6,6 l-6,-6z",
)
_STEPS = tuple(map(Decimal, ("1", "2", "2.5", "3", "4", "5", "10")))
_WORDS = re.compile(r"[\x21-\x7e]+ ?|[（“《]*[^（“《][·，。、；：）》”]*|.")
"""What stays on one line: Latin words and numbers, a Chinese character with the marks that belong to it."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Point:
    """A value to draw."""

    label: str
    """Of a bar what it is of; of a point in time its year."""
    shown: str
    """The value as printed, to stand beside it."""
    told: str
    """The value with its unit, in words for who does not see the chart."""
    size: Decimal
    """The value in the chart's unit."""
    series: int = 0
    """Its place in the chart's ``series``."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn; all texts are plain."""

    kind: Literal["bars", "lines"]
    title: str
    unit: str
    points: tuple[Point, ...]
    """Bars from top to bottom; of lines every series from left to right."""
    series: tuple[str, ...] = ("",)
    """Names of what differs in colour, at most MOST_SERIES; a single one needs none."""
    source: str = ""


def draw(chart: Chart, identifier: str) -> str:
    """The chart as an SVG element, its texts escaped; ``identifier`` is unlike any other's on the page."""
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "chart",
            "role": "img",
            "aria-labelledby": f"{identifier}-title {identifier}-desc",
            "width": "100%",
            "data-width": str(PICTURE_WIDTH),
            "font-family": FONTS,
            "font-size": str(_FONT),
            "fill": _INK,
        },
    )
    _put(svg, "title", id=f"{identifier}-title").text = _safe(chart.title)
    _put(svg, "desc", id=f"{identifier}-desc").text = _safe(_told(chart))
    y = _legend(svg, chart, 0, identifier)
    y = _draw_bars(svg, chart, y, identifier) if chart.kind == "bars" else _draw_lines(svg, chart, y)
    svg.set("height", str(y))
    _frame(svg, chart, y)
    return tostring(svg, encoding="unicode")


def _frame(svg: Element, chart: Chart, height: int) -> None:
    """Title and source above and below what the page shows, for the picture: the page has its own."""
    above = _LINE * (len(broken(chart.title, PICTURE_WIDTH / _FONT)) + 1)
    added = _put(svg, "g", cls="of-picture")
    _lines(added, chart.title, 14 - above, cls="caption", of_width=PICTURE_WIDTH, weight="600")
    end = _lines(added, chart.source, height + _LINE, cls="caption", of_width=PICTURE_WIDTH, fill=_QUIET)
    svg.set("data-above", str(above))
    svg.set("data-below", str(end - height))


def _told(chart: Chart) -> str:
    """The chart in words, for who does not see it."""
    lines = chart.kind == "lines"
    return "; ".join(
        " ".join(filter(None, [chart.series[p.series] if lines else "", p.label, p.told]))
        for p in chart.points
    )


# -- bars ----------------------------------------------------------------------------------


def _draw_bars(svg: Element, chart: Chart, top: int, identifier: str) -> int:
    """The bars with their labels above and their values behind them; gives where they end."""
    marks = ticks([p.size for p in chart.points], most=_most_ticks(chart))
    room = min(60.0, 100 * (10 + _FONT * max(_ems(p.shown) for p in chart.points)) / _NARROWEST)
    low, span = marks[0], marks[-1] - marks[0]

    def across(value: Decimal) -> float:
        return float((value - low) / span) * (100 - room)

    grid, y = _put(svg, "g", cls="rules"), top
    for point in chart.points:
        group = _put(svg, "g", cls="point")
        y = _lines(group, point.label, y + _FONT, of_width=_NARROWEST) - _FONT + 5
        left, right = sorted((across(Decimal(0)), across(point.size)))
        width = _share(right - left)
        _bar(group, point.series, identifier, x=_share(left), y=y, width=width, height=_BAR)
        _text(group, point.shown, _share(right), y + 14, dx=6, cls="value", weight="600")
        y += _BAR + _GAP
    for mark in marks:
        x = _share(across(mark))
        _put(grid, "line", x1=x, x2=x, y1=top, y2=y, stroke=_RULE)
        anchor = "start" if mark == low else "middle"
        _text(svg, _tick(mark), x, y + 15, anchor=anchor, cls="quiet", fill=_QUIET, size=_SMALL)
    _text(svg, chart.unit, "100%", y + 15, anchor="end", cls="quiet unit", fill=_QUIET, size=_SMALL)
    return y + 18


def _most_ticks(chart: Chart) -> int:
    """As many as do not touch on a telephone."""
    longest = max(len(_tick(mark)) for mark in ticks([p.size for p in chart.points], most=4))
    return 4 if longest < 8 else 2 if longest < 11 else 1


# -- lines ---------------------------------------------------------------------------------


def lines_fit(shown: Sequence[str], years: int, series: int) -> bool:
    """Do the labels of lines over so many years stay apart on a telephone? Those of one line may stand
    above and below it in turn."""
    apart = _years_apart(years) * (2 if series == 1 else 1)
    return max(map(_ems, shown)) * _FONT <= apart * _NARROWEST / 100


def _years_apart(years: int) -> float:
    """Share of the width from one year to the next."""
    return (_LAST_POINT - _FIRST_POINT) / max(1, years - 1)


def _draw_lines(svg: Element, chart: Chart, top: int) -> int:
    """The points by year, joined within their series; gives where the years below them end."""
    marks = ticks([p.size for p in chart.points], most=4)
    years = sorted({p.label for p in chart.points})
    top += 2 * _LINE
    _text(svg, chart.unit, "0", top - _LINE, cls="quiet unit", fill=_QUIET, size=_SMALL)

    def x_of(year: str) -> str:
        return _share(_FIRST_POINT + _years_apart(len(years)) * years.index(year))

    def y_of(value: Decimal) -> float:
        return round(top + float((marks[-1] - value) / (marks[-1] - marks[0])) * _PLOT, 1)

    for mark in marks:
        y = y_of(mark)
        _put(svg, "line", cls="rules", x1=_share(_GUTTER), x2="100%", y1=y, y2=y, stroke=_RULE)
        _text(svg, _tick(mark), "0", y + 4, cls="quiet", fill=_QUIET, size=_SMALL)
    for number in range(len(chart.series)):
        own = sorted((p for p in chart.points if p.series == number), key=lambda p: p.label)
        _draw_line(svg, number, [(x_of(p.label), y_of(p.size)) for p in own])
    bottom, lower = top + _PLOT + 20, 0 if lines_fit(years, len(years), 2) else _LINE
    in_turn = len(chart.series) == 1 and not lines_fit([p.shown for p in chart.points], len(years), 2)
    for place, year in enumerate(years):
        at = sorted((p for p in chart.points if p.label == year), key=lambda p: -p.size)
        is_below = [0 < n == len(at) - 1 or (in_turn and place % 2 == 1) for n in range(len(at))]
        wanted = [y_of(p.size) + (_BELOW if b else _ABOVE) for p, b in zip(at, is_below, strict=True)]
        for point, y in zip(at, _apart(wanted), strict=True):
            _text(svg, point.shown, x_of(year), y, anchor="middle", cls="value", weight="600")
        _text(svg, year, x_of(year), bottom + place % 2 * lower, anchor="middle", cls="label")
    return bottom + lower + 4


def _draw_line(svg: Element, series: int, points: Sequence[tuple[str, float]]) -> None:
    """One series from its first point to its last, each with its mark."""
    dashes = {"stroke-dasharray": _DASHES[series]} if _DASHES[series] else {}
    for (x1, y1), (x2, y2) in pairwise(points):
        line = _put(svg, "line", cls=f"line s{series}", x1=x1, y1=y1, x2=x2, y2=y2, stroke=COLOURS[series])
        line.attrib.update({"stroke-width": "2.5", **dashes})
    for x, y in points:
        _marker(svg, series, x, y)


def _apart(wanted: Sequence[float]) -> Iterator[float]:
    """The heights of labels from top to bottom, moved down where one would lie on another."""
    last = -1000.0
    for y in wanted:
        last = max(y, last + _LINE - 3)
        yield last


def _marker(parent: Element, series: int, x: str, y: float) -> None:
    """A mark of the series' own shape, at a share of the width."""
    at = _put(parent, "svg", x=x, y=y, overflow="visible")
    _put(at, "path", cls=f"marker s{series}", d=_MARKERS[series], fill=COLOURS[series])


# -- what both are made of -----------------------------------------------------------------


def _legend(svg: Element, chart: Chart, y: int, identifier: str) -> int:
    """What each colour is, one below the other; gives where it ends."""
    if len(chart.series) < 2:
        return y
    for number, name in enumerate(chart.series):
        if chart.kind == "lines":
            _marker(svg, number, "8", y + 9)
        else:
            _define_pattern(svg, number, identifier)
            _bar(svg, number, identifier, x="0", y=y + 3, width="16", height=12)
        y = _lines(svg, name, y + 14, of_width=_NARROWEST - 24, x=24, cls="label") - 14
    return y + 6


def _define_pattern(svg: Element, series: int, identifier: str) -> None:
    if not _PATTERNS[series]:
        return
    tile = _put(svg, "pattern", id=f"{identifier}-{series}", width=8, height=8)
    tile.set("patternUnits", "userSpaceOnUse")
    _put(tile, "path", d=_PATTERNS[series], stroke="#fff", fill="none")


def _bar(parent: Element, series: int, identifier: str, *, x: str, y: int, width: str, height: int) -> None:
    """A rectangle in the series' colour, with its pattern over it."""
    box = {"x": x, "y": y, "width": width, "height": height}
    _put(parent, "rect", cls=f"s{series}", fill=COLOURS[series], **box)
    if _PATTERNS[series]:
        _put(parent, "rect", cls="pattern", fill=f"url(#{identifier}-{series})", **box)


def ticks(values: Sequence[Decimal], most: int) -> list[Decimal]:
    """Round steps from 0, or from below the lowest value, to above the highest: at most ``most`` of them
    on each side of 0."""
    high, low = max(*values, Decimal(0)), min(*values, Decimal(0))
    reach = max(high, -low) or Decimal(1)
    power = Decimal(1).scaleb((reach / most).adjusted())
    step = next(power * n for n in _STEPS if reach <= power * n * most)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING) or (first == 0)
    return [step * n for n in range(int(first), int(last) + 1)]


def _tick(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _put(parent: Element, tag: str, cls: str = "", **attributes: object) -> Element:
    given = {"class": cls} if cls else {}
    return SubElement(parent, tag, given | {name: str(value) for name, value in attributes.items()})


def _text(
    parent: Element,
    text: str,
    x: str,
    y: float,
    *,
    cls: str,
    anchor: str = "start",
    weight: str = "400",
    fill: str = _INK,
    size: int = _FONT,
    dx: int = 0,
) -> None:
    look = {"text-anchor": anchor, "font-weight": weight, "fill": fill, "font-size": str(size)}
    if cls == "value":  # legible on lines and rules
        look |= {"stroke": "#fff", "stroke-width": "3", "paint-order": "stroke"}
    SubElement(parent, "text", {"class": cls, "x": x, "y": str(y), "dx": str(dx), **look}).text = _safe(text)


def _lines(
    parent: Element,
    text: str,
    y: int,
    *,
    cls: str = "label",
    of_width: int = _NARROWEST,
    x: int = 0,
    weight: str = "400",
    fill: str = _INK,
    size: int = _FONT,
) -> int:
    """The text in lines of that width; gives the base of the line that would follow."""
    for line in broken(text, of_width / size):
        _text(parent, line, str(x), y, cls=cls, weight=weight, fill=fill, size=size)
        y += _LINE
    return y


def broken(text: str, ems: float) -> list[str]:
    """The text in at most three lines of so many ems; what is beyond them is left out (``…``)."""
    lines, left = [""], ems
    for word in _WORDS.findall(_safe(text)):
        for piece in [word] if _ems(word) <= ems else word:
            if _ems(piece.rstrip()) > left and lines[-1]:
                lines.append("")
                left = ems
            lines[-1] += piece
            left -= _ems(piece)
    kept = [line.rstrip() for line in lines[:3]]
    return [*kept[:2], kept[2][:-1] + "…"] if len(lines) > 3 else [line for line in kept if line]


def _ems(text: str) -> float:
    """About how wide a text is, in widths of a Chinese character."""
    return sum(1.0 if east_asian_width(c) in "WFA" else 0.6 for c in text)


def _share(of_width: float) -> str:
    return f"{of_width:.3f}%"


def _safe(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub("\ufffd", " ".join(text.split()))

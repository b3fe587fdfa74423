"""Charts as SVG: what is drawn where, what it says, and that nothing in it runs."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.charts import COLOURS, Chart, Point, broken, draw, ticks

SVG = "{http://www.w3.org/2000/svg}"


def point(label: str, value: str, series: int = 0) -> Point:
    number = Decimal(value)
    return Point(label, f"{number:,f}", f"{number:,f} 万元", number, series)


def bars(*points: Point, series: tuple[str, ...] = ("",)) -> Chart:
    return Chart("bars", "三公经费", "万元", points, series, "来源：甲.pdf 第 1 页")


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(draw(chart, "chart-0"))


def share(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name].removesuffix("%"))


def texts(svg: ElementTree.Element, kind: str) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if t.get("class") == kind]


def test_bars_are_as_long_as_their_values() -> None:
    svg = drawn(bars(point("甲", "24.00"), point("乙", "12.00"), point("丙", "0.00")))
    first, second, third = [share(r, "width") for r in svg.iter(f"{SVG}rect")]
    assert first == pytest.approx(2 * second, abs=0.01)
    assert third == 0
    assert texts(svg, "value") == ["24.00", "12.00", "0.00"]
    assert texts(svg, "label") == ["甲", "乙", "丙"]
    assert texts(svg, "quiet unit") == ["万元"]


def test_a_negative_value_lies_on_the_other_side_of_zero() -> None:
    above, below = drawn(bars(point("增", "10.00"), point("减", "-5.00"))).iter(f"{SVG}rect")
    assert share(below, "x") + share(below, "width") == pytest.approx(share(above, "x"), abs=0.01)
    assert share(above, "width") == pytest.approx(2 * share(below, "width"), abs=0.01)


def test_it_tells_who_does_not_see_it() -> None:
    svg = drawn(bars(point("甲", "24.00")))
    assert svg.get("role") == "img"
    title, told = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert svg.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert (title.text, told.text) == ("三公经费", "甲 24.00 万元")


def test_series_differ_in_print_too() -> None:
    points = [point(f"{year}年 甲", "5.00", n) for n, year in enumerate(range(2017, 2021))]
    svg = drawn(bars(*points, series=("2017年", "2018年", "2019年", "2020年")))
    fills = {r.attrib["fill"] for r in svg.iter(f"{SVG}rect")}
    patterns = {f"url(#{p.get('id')})" for p in svg.iter(f"{SVG}pattern")}
    assert len(patterns) == 3
    assert fills == {*COLOURS, *patterns}
    lines = drawn(Chart("lines", "甲", "万元", tuple(points), ("a", "b", "c", "d")))
    assert len({p.attrib["d"] for p in lines.iter(f"{SVG}path")}) == 4


def test_points_of_a_line_stand_in_the_order_of_time() -> None:
    chart = Chart(
        "lines", "三公经费", "万元", (point("2019年", "3"), point("2017年", "1"), point("2018年", "2"))
    )
    svg = drawn(chart)
    assert texts(svg, "label") == ["2017年", "2018年", "2019年"]
    assert texts(svg, "value") == ["1", "2", "3"]
    joined = [line for line in svg.iter(f"{SVG}line") if line.get("class") == "line s0"]
    heights = [(float(line.attrib["y1"]), float(line.attrib["y2"])) for line in joined]
    assert all(before > after for before, after in heights)


def test_labels_of_lines_that_meet_do_not_lie_on_each_other() -> None:
    points = [point(year, "5.00", n) for year in ("2017年", "2018年", "2019年") for n in range(4)]
    svg = drawn(Chart("lines", "甲", "万元", tuple(points), ("a", "b", "c", "d")))
    values = [t for t in svg.iter(f"{SVG}text") if t.get("class") == "value"]
    for x in {t.attrib["x"] for t in values}:
        heights = sorted(float(t.attrib["y"]) for t in values if t.attrib["x"] == x)
        assert all(after - before >= 15 for before, after in pairwise(heights))


hostile = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'\0\x1b"), min_size=1, max_size=80
)


@given(hostile)
def test_texts_stay_texts(text: str) -> None:
    chart = Chart("bars", text, text, (Point(text, text, text, Decimal(1)),), (text,), text)
    svg = drawn(chart)
    names = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert names <= {"svg", "title", "desc", "g", "rect", "line", "text", "defs", "pattern", "path"}


amounts = st.decimals(-(10**13), 10**13, places=2)


@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from([1, 2, 4]))
def test_ticks_are_round_and_reach_every_value(values: list[Decimal], most: int) -> None:
    marks = ticks(values, most)
    assert marks[0] <= min(*values, Decimal(0))
    assert max(*values, Decimal(0)) <= marks[-1]
    assert Decimal(0) in marks
    assert 2 <= len(marks) <= 2 * most + 1
    assert all(len(mark.normalize().as_tuple().digits) <= 3 for mark in marks)


@given(hostile, st.integers(5, 40))
def test_lines_are_no_wider_than_asked(text: str, ems: int) -> None:
    lines = broken(text, ems)
    assert len(lines) <= 3
    assert all(len(line) <= ems * 2 for line in lines)


def test_marks_stay_with_their_characters() -> None:
    assert broken("合计·预算·“三公”经费（一般公共预算）", 6) == ["合计·预算·", "“三公”经费", "（一般公共…"]

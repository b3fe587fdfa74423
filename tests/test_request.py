"""The grammar: which figures a question asks for, and what is to be done with them."""

from __future__ import annotations

from functools import cache

import pytest
from worlds import STATION, STREET, WATER, linchuan

from qa.engine import Engine
from qa.request import Request


@cache
def engine() -> Engine:
    return Engine(linchuan())


def request(question: str, *history: str) -> Request:
    return engine().understand(question, history).request


def targets(found: Request) -> list[tuple[str, int | None, tuple[str, ...]]]:
    return [
        (t.body.bodies[0].name if t.body else "", t.year, tuple(i.text for i in t.items))
        for t in found.targets
    ]


def test_one_figure() -> None:
    found = request("水务局2023年办公费是多少？")
    assert targets(found) == [(WATER, 2023, ("办公费",))]
    assert (found.intent, found.measure, found.combination) == ("figure", "value", "each")
    assert found.numbers == ()


@pytest.mark.parametrize(
    ("question", "combination"),
    [
        ("水务局2023年办公费和会议费一共多少", "sum"),
        ("水务局2023年办公费与会议费之和是多少", "sum"),
        ("水务局2023年办公费、会议费加起来多少", "sum"),
        ("水务局2023年办公费和会议费相差多少", "difference"),
        ("水务局2023年办公费比会议费多多少", "difference"),
        ("水务局2023年办公费和会议费哪个更高", "compare"),
        ("水务局2023年办公费和会议费分别是多少", "each"),
        ("水务局2023年办公费是会议费的几倍", "times"),
    ],
)
def test_two_items(question: str, combination: str) -> None:
    found = request(question)
    assert found.combination == combination
    assert targets(found) == [(WATER, 2023, ("办公费",)), (WATER, 2023, ("会议费",))]


@pytest.mark.parametrize(
    ("question", "bodies"),
    [
        ("水务局和柳林街道2023年培训费哪个高", [WATER, STREET]),
        ("柳林街道与水务局2023年的培训费相差多少", [STREET, WATER]),
        ("2023年水务局、柳林街道的培训费各是多少", [WATER, STREET]),
    ],
)
def test_what_one_says_holds_for_both_bodies(question: str, bodies: list[str]) -> None:
    assert targets(request(question)) == [(b, 2023, ("培训费",)) for b in bodies]


def test_each_body_with_its_own_item() -> None:
    found = request("水务局2023年的办公费和柳林街道2023年的会议费一共多少")
    assert targets(found) == [(WATER, 2023, ("办公费",)), (STREET, 2023, ("会议费",))]
    assert found.combination == "sum"


def test_two_years() -> None:
    found = request("水务局2022年和2023年的会议费分别是多少")
    assert targets(found) == [(WATER, 2022, ("会议费",)), (WATER, 2023, ("会议费",))]


@pytest.mark.parametrize(
    ("question", "part", "whole"),
    [
        ("水务局2023年公务接待费占三公经费的比重是多少", "公务接待费", "三公经费"),
        ("水务局2023年会议费占基本支出的百分之几", "会议费", "基本支出"),
        (
            "What share of the Water Bureau of Linchuan's 2023 three public expenses is official reception?",
            "公务接待费",
            "三公经费",
        ),
        (
            "What is official reception's share of the Linchuan Water Bureau's 2023 three public expenses?",
            "公务接待费",
            "三公经费",
        ),
    ],
)
def test_shares(question: str, part: str, whole: str) -> None:
    found = request(question)
    assert found.measure == "share"
    assert [tuple(i.text for i in t.items) for t in found.targets] == [(part,)]
    assert [tuple(i.text for i in t.items) for t in found.denominators] == [(whole,)]


@pytest.mark.parametrize(
    ("question", "measure", "base_year"),
    [
        ("水务局2023年培训费比2022年增长百分之多少", "growth", 2022),
        ("水务局2023年培训费同比增长率是多少", "growth", None),
        ("水务局2023年培训费比上年增加多少", "change", None),
        ("水务局2023年培训费比上年减少了多少", "change", None),
    ],
)
def test_changes(question: str, measure: str, base_year: int | None) -> None:
    found = request(question)
    assert found.measure == measure
    assert found.base_year == base_year
    assert targets(found)[0] == (WATER, 2023, ("培训费",))


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("水务局2023年会议费是多少元", "元"),
        ("水务局2023年收支总预算折合多少亿元", "亿元"),
        ("水务局2023年会议费是多少万元", "万元"),
        ("水务局在职有多少人", "人"),
        ("水务局2023年公务接待费占三公经费百分之几", "%"),
    ],
)
def test_the_unit_asked_for(question: str, unit: str) -> None:
    assert request(question).unit == unit


@pytest.mark.parametrize(
    ("question", "decimals"),
    [
        ("水务局2023年会议费是多少，保留一位小数", 1),
        ("水务局2023年会议费占比，保留4位小数", 4),
        ("水务局2023年会议费", None),
    ],
)
def test_the_places_asked_for(question: str, decimals: int | None) -> None:
    assert request(question).decimals == decimals


def test_rankings() -> None:
    first = request("水务局2023年金额最大的前两个项目")
    assert (first.combination, first.top, first.ascending) == ("rank", 2, False)
    assert request("水务局2023年哪个项目金额最少").ascending


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("水务局2023年收支总预算为什么增加", "reason"),
        ("机关运行经费是什么意思", "definition"),
        ("水务局的主要职责是什么", "duty"),
        ("防汛物资采购专项买什么", "content"),
        ("Why did the Water Bureau's total budget rise in 2023?", "reason"),
    ],
)
def test_intents(question: str, intent: str) -> None:
    assert request(question).intent == intent


def test_an_operation_word_inside_a_name_is_none() -> None:
    """The 建设 and 整治 of project names are no questions, and neither is a 比 or 占 in them."""
    found = request("水务局2023年智慧水务平台二期建设安排多少")
    assert (found.intent, found.measure, found.combination) == ("figure", "value", "each")


def test_a_stated_figure_is_kept_for_checking() -> None:
    found = request("水务局2023年公务接待费是15万元，对吗")
    assert found.combination == "verify"
    assert [(str(a.value), a.unit) for a in found.numbers] == [("15", "万元")]


def test_a_unit_of_the_body() -> None:
    assert targets(request("水文监测中心2023年项目支出是多少")) == [(STATION, 2023, ("项目支出",))]


def test_a_clause_of_its_own_is_a_target_of_its_own() -> None:
    found = request("水务局2023年办公费是多少，会议费是多少？")
    assert [t[2] for t in targets(found)] == [("办公费",), ("会议费",)]


def test_follow_ups_inherit_what_they_leave_out() -> None:
    (year_only,) = request("那2022年呢", "水务局2023年会议费是多少？").targets
    assert year_only.body is not None
    assert (year_only.body.bodies[0].name, year_only.year) == (WATER, 2022)
    assert [i.text for i in (*year_only.items, *year_only.context)] == ["会议费"]
    (item_only,) = request("培训费呢", "水务局2023年会议费是多少？").targets
    assert item_only.body is not None
    assert (item_only.body.bodies[0].name, item_only.year) == (WATER, 2023)
    assert [i.text for i in item_only.items] == ["培训费"]


def test_a_follow_up_through_two_turns() -> None:
    (target,) = request("柳林街道呢", "水务局2023年会议费是多少？", "培训费呢").targets
    assert target.body is not None
    assert target.body.bodies[0].name == STREET
    assert "培训费" in [i.text for i in (*target.items, *target.context)]


def test_a_whole_question_takes_nothing_from_the_one_before() -> None:
    alone = request("柳林街道2023年会议费是多少")
    after = request("柳林街道2023年会议费是多少", "水务局2022年公务接待费占三公经费的比重是多少")
    assert (after.measure, after.combination, targets(after)) == (
        alone.measure,
        alone.combination,
        targets(alone),
    )

"""Conversations: what a follow-up changes, picks, adds up or takes back, and where a topic ends."""

from __future__ import annotations

import pytest
from worlds import checked, linchuan

from qa.answer import Answer
from qa.engine import Engine

WORLD = linchuan()
RECEPTION = "水务局2023年公务接待费是多少"
TRAINING = "水务局2023年培训费是多少"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(WORLD)


def ask(engine: Engine, *turns: str) -> Answer:
    return checked(engine.answer(turns[-1], turns[:-1]), WORLD)


@pytest.mark.parametrize(
    ("turns", "value", "unit"),
    [
        # one thing changes
        ((RECEPTION, "那2022年呢"), "10.00", "万元"),
        ((RECEPTION, "2022呢"), "10.00", "万元"),
        ((RECEPTION, "柳林街道呢"), "8.00", "万元"),
        ((RECEPTION, "培训费呢"), "44.00", "万元"),
        ((RECEPTION, "培训费呢", "2022年呢"), "40.00", "万元"),
        ((RECEPTION, "培训费呢", "柳林街道的呢"), "20.00", "万元"),
        ((RECEPTION, "占三公经费的比重呢"), "31.25", "%"),
        ((RECEPTION, "比上年增加多少"), "2.50", "万元"),
        ((RECEPTION, "跟2022年比呢"), "2.50", "万元"),
        ((RECEPTION, "那2022年呢", "涨了多少"), "2.50", "万元"),
        ((RECEPTION, "那2022年呢", "涨幅呢"), "25.00", "%"),
        ((RECEPTION, "换成元"), "125000", "元"),
        ((RECEPTION, "单位换成元呢"), "125000", "元"),
        ((RECEPTION, "用元表示"), "125000", "元"),
        # pronouns
        ((RECEPTION, "它2022年是多少"), "10.00", "万元"),
        ((RECEPTION, "该项在2022年是多少"), "10.00", "万元"),
        ((RECEPTION, "这个单位的培训费呢"), "44.00", "万元"),
        (("水务局2023年三公经费是多少", "其中公务接待费呢"), "12.50", "万元"),
        (("水务局2023年三公经费是多少", "其中公务接待费呢", "占比多少"), "31.25", "%"),
        # corrections
        ((RECEPTION, "不对，是2022年"), "10.00", "万元"),
        ((RECEPTION, "不是2023年，是2022年"), "10.00", "万元"),
        ((RECEPTION, "我说的是柳林街道"), "8.00", "万元"),
        ((RECEPTION, "错了，我要的是培训费"), "44.00", "万元"),
        ((RECEPTION, "不是公务接待费，是培训费"), "44.00", "万元"),
        (("水务局2023年支出合计是多少", "不是部门，是本级"), "1250.00", "万元"),
        (("水务局2023年支出合计是多少", "本级呢"), "1250.00", "万元"),
        (("水务局本级2023年支出合计是多少", "不是本级，是整个部门"), "1850.00", "万元"),
        # sums and comparisons of what was asked before
        ((RECEPTION, "培训费呢", "合计多少"), "56.50", "万元"),
        ((RECEPTION, "培训费呢", "它们合计多少"), "56.50", "万元"),
        ((RECEPTION, "培训费呢", "两个加起来"), "56.50", "万元"),
        ((RECEPTION, "培训费呢", "会议费呢", "前两个加起来"), "56.50", "万元"),
        ((RECEPTION, "培训费呢", "会议费呢", "后两个加起来"), "74.00", "万元"),
        ((RECEPTION, "培训费呢", "会议费呢", "三项一共多少"), "86.50", "万元"),
        ((RECEPTION, "培训费呢", "差多少"), "31.50", "万元"),
        ((RECEPTION, "培训费呢", "哪个高"), "31.50", "万元"),
        # a whole question begins a new topic
        ((RECEPTION, "柳林街道2023年会议费是多少"), "10.00", "万元"),
        ((RECEPTION, TRAINING, "会议费呢", "合计多少"), "74.00", "万元"),
        # thanks do not end it
        ((RECEPTION, "谢谢", "那2022年呢"), "10.00", "万元"),
        # in English
        (("What was the Linchuan Water Bureau's 2023 training fee?", "And in 2022?"), "40.00", "万元"),
        (("What was the Linchuan Water Bureau's 2023 training fee?", "No, I meant 2022"), "40.00", "万元"),
        (("What was the Linchuan Water Bureau's 2023 training fee?", "In yuan please"), "440000", "元"),
        (
            (
                "What was the Linchuan Water Bureau's 2023 training fee?",
                "What about official receptions?",
                "What is the total of the two?",
            ),
            "56.50",
            "万元",
        ),
    ],
)
def test_what_a_follow_up_asks(engine: Engine, turns: tuple[str, ...], value: str, unit: str) -> None:
    answer = ask(engine, *turns)
    assert answer.status == "answered", answer.text
    given = [(f"{f.value.normalize():f}", f.unit) for f in answer.figures]
    assert (f"{float(value):f}".rstrip("0").rstrip("."), unit) in given[:3], answer.text


@pytest.mark.parametrize(
    ("turns", "value"),
    [
        (("2023年公务接待费是多少", "第一个"), "水务局"),
        (("2023年公务接待费是多少", "1"), "水务局"),
        (("2023年公务接待费是多少", "第二个"), "柳林街道"),
        (("2023年公务接待费是多少", "后一个"), "柳林街道"),
        (("2023年公务接待费是多少", "街道那个"), "柳林街道"),
        (("2023年公务接待费是多少", "我要水务局的"), "水务局"),
        (("水务局公务接待费是多少", "第一个"), "2022年"),
        (("水务局公务接待费是多少", "最后一个吧"), "2023年"),
        (("What was the 2023 budget for official receptions?", "The second one"), "柳林街道"),
    ],
)
def test_a_choice_is_taken_by_place_or_by_part_of_its_name(
    engine: Engine, turns: tuple[str, ...], value: str
) -> None:
    answer = ask(engine, *turns)
    back = ask(engine, *turns[:-1])
    assert back.status == "needs_clarification"
    places = {"1": 0, "第一个": 0, "第二个": 1, "后一个": -1, "最后一个吧": -1, "The second one": 1}
    if (place := places.get(turns[-1])) is not None:
        value = back.choices[place]
    assert answer.status == "answered", answer.text
    assert value in answer.text


def test_all_of_the_choices(engine: Engine) -> None:
    answer = ask(engine, "水务局公务接待费是多少", "都要")
    assert [str(f.value) for f in answer.figures] == ["10.00", "12.50"]


def test_a_place_that_no_choice_has_is_asked_again(engine: Engine) -> None:
    assert ask(engine, "水务局公务接待费是多少", "第九个").status == "needs_clarification"


def test_why_asks_of_what_was_said(engine: Engine) -> None:
    for why in ("为什么", "原因呢", "为什么增加了"):
        assert "外省来访交流增多" in ask(engine, RECEPTION, why).text


def test_the_other_side_of_the_budget(engine: Engine) -> None:
    answer = ask(engine, "水务局2023年支出合计是多少", "项目支出呢")
    assert answer.figures[0].value == 680

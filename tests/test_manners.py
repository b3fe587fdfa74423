"""How people really type: politeness without punctuation, mixed languages, numerals, other scripts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelves import Shelf
from worlds import checked, linchuan

from qa.engine import Engine

WORLD = linchuan()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(WORLD)


@pytest.mark.parametrize(
    "question",
    [
        "水务局2023公务接待费多少钱啊在线等挺急的",
        "麻烦您百忙之中帮忙看一眼2023年水务局公务接待费是多少可以吗非常感谢",
        "您好打扰了我是实习生小王想请教下2023年水务局的公务接待费大概是多少呀",
        "老师您好，我是某某大学研究生，论文需要，想问下2023年水务局公务接待费是多少，万分感谢！",
        "二〇二三年水务局公务接待费多少",
        "两千零二十三年水务局公务接待费",
        "２０２３年水务局公务接待费",
        "請問2023年水務局公務接待費是多少？",
        "2023年水务局公务接代费",
        "2023年水务局的 official reception 是多少",
        "what was the official reception of the linchuan water bureau in 2023",
        "How much did 临川市水务局 budget for official receptions in 2023?",
    ],
)
def test_the_manner_changes_no_figure(engine: Engine, question: str) -> None:
    answer = checked(engine.answer(question), WORLD)
    assert answer.status == "answered", answer.text
    assert str(answer.figures[0].value) == "12.50"


@pytest.mark.parametrize(
    "question",
    [
        "领导让我核一下，北川市渔政管理局2023年培训费是多少，谢谢",
        "哈喽，北川市渔政管理局2023年培训费是多少",
        "麻烦看下北川市渔政管理局2023年培训费是多少",
        "我要问卫星发射费，2023年水务局是多少",
        "请问卫星发射费2023年水务局是多少",
    ],
)
def test_politeness_hides_no_name(engine: Engine, question: str) -> None:
    assert engine.answer(question).status == "no_answer"


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("水务局2023年会议费培训费各多少", {"30.00", "44.00"}),
        ("水务局2023年办公费会议费培训费分别是多少", {"86.00", "30.00", "44.00"}),
    ],
)
def test_names_side_by_side(engine: Engine, question: str, amounts: set[str]) -> None:
    assert {str(f.value) for f in checked(engine.answer(question), WORLD).figures} == amounts


def test_income_and_expenditure_by_their_older_names(engine: Engine) -> None:
    for question in ("水务局2023年歲出總額是多少", "水务局2023年岁出多少"):
        assert str(checked(engine.answer(question), WORLD).figures[0].value) == "1850.00"


def test_the_city_s_bureau_is_not_that_of_its_district() -> None:
    kept = linchuan().load(4)
    district = replace(kept, identity=replace(kept.identity, organization="临川市东湖区水务局"))
    engine = Engine(Shelf([district]))
    for name in ("临川市水务局", "市水务局"):
        assert engine.answer(f"{name}2023年公务接待费是多少").status == "no_answer"
    for name in ("水务局", "东湖水务局", "区水务局", "临川市东湖区水务局"):
        assert engine.answer(f"{name}2023年公务接待费是多少").status == "answered"

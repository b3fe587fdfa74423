"""Whose budget is asked about: full names, abbreviations, slips of sound, English, nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values import name_key
from qa.lexicon import load_lexicon
from qa.organizations import Body, BodyMention, find_bodies
from qa.question import read_question

LEXICON = load_lexicon()


def body(name: str, *documents: int, is_unit: bool = False) -> Body:
    return Body(name_key(name), name, frozenset(documents), is_unit)


WATER = body("临川市水务局", 1, 2)
WATER_STATION = body("临川市水务局水文监测中心", 1, 2, is_unit=True)
WATER_SUPPLY = body("临川市供水工程管理处", 1, 2, is_unit=True)
EDUCATION = body("临川市教育局", 3)
NORTH = body("临川市北山区教育局", 4)
SOUTH = body("临川市南湖区教育局", 5)
STREET = body("临川市南湖区人民政府柳林街道办事处", 6)
BODIES = (WATER, WATER_STATION, WATER_SUPPLY, EDUCATION, NORTH, SOUTH, STREET)


def find(question: str, bodies: tuple[Body, ...] = BODIES) -> list[BodyMention]:
    return find_bodies(read_question(question, LEXICON), bodies, LEXICON)


def named(question: str) -> list[set[str]]:
    return [{b.name for b in m.bodies} for m in find(question)]


@pytest.mark.parametrize("one", BODIES, ids=lambda b: b.name)
def test_a_full_name_is_that_body_alone(one: Body) -> None:
    assert named(f"{one.name}2023年公务接待费是多少？") == [{one.name}]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("市水务局2023年预算总额", WATER),
        ("水务局的培训费", WATER),
        ("水文监测中心今年有多少项目支出", WATER_STATION),
        ("水文中心的基本支出是多少", WATER_STATION),
        ("供水管理处2023年的基本支出", WATER_SUPPLY),
        ("柳林街道的三公经费", STREET),
        ("柳林街道办事处的三公经费", STREET),
        ("柳林办事处会议费", STREET),
        ("北山区教育局的培训费", NORTH),
        ("北山教育局的培训费", NORTH),
    ],
)
def test_abbreviations(question: str, expected: Body) -> None:
    assert named(question) == [{expected.name}]


@pytest.mark.parametrize(
    ("question", "expected"),
    [("市水物局的预算", WATER), ("柳琳街道的三公经费", STREET), ("水文检测中心的基本支出", WATER_STATION)],
)
def test_slips_of_sound(question: str, expected: Body) -> None:
    assert named(question) == [{expected.name}]


def test_an_unclear_name_keeps_every_body_that_it_may_be() -> None:
    (found,) = named("区教育局的培训费是多少")
    assert {NORTH.name, SOUTH.name} <= found


def test_several_bodies_in_order() -> None:
    assert named("水务局和柳林街道的会议费哪个多") == [{WATER.name}, {STREET.name}]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "公务接待费是多少",
        "2023年的会议费",
        "什么是机关运行经费",
        "按功能分类哪一类支出最多",
        "气象局的预算是多少",
    ],
)
def test_nobody(question: str) -> None:
    assert named(question) == []


def test_the_own_unit_is_told_from_the_department() -> None:
    (mention,) = find("水务局本级的基本支出")
    assert mention.own_unit
    assert [b.name for b in mention.bodies] == [WATER.name]
    assert not find("水务局的基本支出")[0].own_unit


@pytest.mark.parametrize("printed", ["临川市水务局本级", "临川市水务局（本级）", "临川市水务局机关本级"])
def test_the_own_unit_is_the_one_that_the_documents_print(printed: str) -> None:
    own = body(printed, 1, is_unit=True)
    (mention,) = find("水务局本级的基本支出", (*BODIES, own))
    assert mention.bodies == (own,)
    assert find("水务局的基本支出", (*BODIES, own))[0].bodies == (WATER,)


def test_spans_hold_the_name() -> None:
    question = read_question("请问，柳林街道的三公经费？", LEXICON)
    (mention,) = find_bodies(question, BODIES, LEXICON)
    assert question.key[mention.start : mention.end] == "柳林街道"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the Linchuan Municipal Water Bureau's training fee in 2023?", WATER),
        ("How much did Liulin Subdistrict budget for meetings?", STREET),
        ("How much did the Beishan District Education Bureau budget for meetings?", NORTH),
        ("How much did 柳林街道 budget for meetings in that year?", STREET),
    ],
)
def test_english_names(question: str, expected: Body) -> None:
    assert named(question) == [{expected.name}]


def test_an_english_name_means_whose_documents_they_are_before_a_unit_inside() -> None:
    bureau, unit = body("临川市教育局", 1), body("临川市教育服务中心", 1, is_unit=True)
    (mention,) = find("How much did the Linchuan Education Bureau spend in 2023?", (unit, bureau))
    assert mention.bodies == (bureau,)


@given(st.text("水务局教育街道中心临川市区公务接待费2023年的是多少，", max_size=30))
def test_mentions_never_overlap_and_name_known_bodies(text: str) -> None:
    question = read_question(text, LEXICON)
    end = 0
    for mention in find_bodies(question, BODIES, LEXICON):
        assert end <= mention.start < mention.end <= len(question.key)
        assert mention.bodies
        assert set(mention.bodies) <= set(BODIES)
        end = mention.end


def test_without_documents_nobody_is_named() -> None:
    assert find("水务局的培训费", ()) == []

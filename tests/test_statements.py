"""Sentences -> figures with their names and roles; then every gold figure that the corpus states in prose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from conftest import find_shared
from hypothesis import given
from hypothesis import strategies as st

from ingest import read_document
from ingest.model import Document, Fragment, Passage, Place, Statement
from ingest.statements import read_statements
from ingest.values import convert_money, find_amounts, is_money, name_key


def passage(text: str, *section: str) -> Passage:
    return Passage(section, text, (Fragment(0, len(text), Place(1)),))


def read(*texts: str, section: str = "", organization: str | None = None) -> tuple[Statement, ...]:
    return read_statements([passage(text, *([section] if section else [])) for text in texts], organization)


def told(text: str, organization: str | None = None) -> list[tuple[str, str, str]]:
    """(printed, role, label) of every figure in the text."""
    statements = read(text, organization=organization)
    return [(f.text, f.role, f.label) for statement in statements for f in statement.figures]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2031年“三公”经费预算合计80.50万元（详见表十），比上年预算增加8.10万元，增长11.19%。",
            [
                ("80.50万元", "amount", "“三公”经费预算"),
                ("8.10万元", "change", "“三公”经费预算"),
                ("11.19%", "rate", "“三公”经费预算"),
            ],
        ),
        (
            "车辆费6万元（其中购置费2万元，运行费4万元），占经费的30%。",
            [
                ("6万元", "amount", "车辆费"),
                ("2万元", "amount", "购置费"),
                ("4万元", "amount", "运行费"),
                ("30%", "share", "车辆费"),
            ],
        ),
        (
            "按支出预算的功能分类，包括：教育支出1,209.78万元，占82.83%；科技支出9.5 万元，占 1%。",
            [
                ("1,209.78万元", "amount", "教育支出"),
                ("82.83%", "share", "教育支出"),
                ("9.5 万元", "amount", "科技支出"),
                ("1%", "share", "科技支出"),
            ],
        ),
        (
            "总编制人数59人，其中：行政编制29人、事业编制30人。",
            [("59人", "count", "总编制人数"), ("29人", "count", "行政编制"), ("30人", "count", "事业编制")],
        ),
        ("打印机11台共33.11万元。", [("11台", "count", "打印机"), ("33.11万元", "amount", "打印机")]),
        (
            "编报绩效目标的项目50个，涉及项目预算资金5634.81万元。",
            [("50个", "count", "绩效目标的项目"), ("5634.81万元", "amount", "项目预算资金")],
        ),
        (
            "在职人员增加65人，退休人员减少2人。",
            [("65人", "change", "在职人员"), ("2人", "change", "退休人员")],
        ),
        ("因划入单位而增加编制人数28人。", [("28人", "change", "编制人数")]),
        (
            "总预算20.00万，其中支持创新发展8.00万，支持国际发展12.00万，合计20.00万。",
            [
                ("20.00万", "amount", "总预算"),
                ("8.00万", "amount", "支持创新发展"),
                ("12.00万", "amount", "支持国际发展"),
                ("20.00万", "amount", "合计"),
            ],
        ),
        (
            "“教育支出（类）普通教育（款）小学教育（项）”938.99万元，主要用于办学。",
            [("938.99万元", "amount", "小学教育")],
        ),
        ("公共安全（类）支出5万元，主要用于人员支出。", [("5万元", "amount", "公共安全支出")]),
        (
            "单价100万元（含）以上设备（不含车辆）0台（套）。",
            [("100万元", "price", "单价"), ("0台", "count", "设备（不含车辆）")],
        ),
        (
            "按506个人工坐席、每席2.04万元/年计算。",
            [("506个", "count", "人工坐席"), ("2.04万元", "price", "每席")],
        ),
        ("组织2-3次集中视察。", [("3次", "count", "集中视察")]),
        ("完成年初预算的95.89%。", [("95.89%", "share", "")]),
        (
            "2031年度支出预算与2030年度相比（2030年度支出预算为48.07万元），增加8.72万元。",
            [("48.07万元", "amount", "2030年支出预算"), ("8.72万元", "change", "支出预算")],
        ),
        (
            "2020年度一般公共预算拨款安排的会议费预算支出71.02万元。",
            [("71.02万元", "amount", "会议费预算支出")],
        ),
    ],
)
def test_the_figures_of_a_sentence(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "（临府办〔2014〕90号文）于2014年5月1日印发。",
        "12345热线提供24小时服务，3个工作日内办结，为期3个月。",
        "公共安全支出（204类）司法（06款）行政运行（13项）。",
        "实施周期：2025.1.1-2025.12.31",
        "召开第3次会议，见第2项。",
    ],
)
def test_what_states_no_figure(text: str) -> None:
    assert told(text) == []


def test_the_body_whose_document_it_is_is_no_part_of_a_name() -> None:
    text = "2025年，临江市水务局（部门）收入预算9.47万元，临江市水务局共有车辆8辆。"
    assert told(text, "临江市水务局") == [("9.47万元", "amount", "收入预算"), ("8辆", "count", "车辆")]


def test_directions() -> None:
    (statement,) = read("经费9万元，比上年减少1万元，下降10%，会议费增加0万元，增长0%。")
    directions = [figure.direction for figure in statement.figures]
    assert directions == [None, "decrease", "decrease", "unchanged", "unchanged"]


def test_a_negative_growth_is_a_decrease() -> None:
    (statement,) = read("会议费3万元，增长-5.2%。")
    assert (statement.figures[1].value, statement.figures[1].direction) == (Decimal("-5.2"), "decrease")


def test_a_sentence_that_only_compares_is_about_the_one_before() -> None:
    first, second = read("项目支出预算数为9万元。与上年相比增加1万元，增长12.5%，主要原因为新增项目。")
    assert [figure.label for figure in second.figures] == ["项目支出预算数"] * 2
    assert (first.reason, second.reason) == (None, "新增项目")


def test_a_reason_in_a_sentence_of_its_own_belongs_to_the_figures_before() -> None:
    (statement,) = read("接待费9万元，比上年减少1万元。主要原因：人员减少。")
    assert statement.reason == "人员减少"
    assert statement.end == len("接待费9万元，比上年减少1万元。主要原因：人员减少。")


def test_a_purpose_and_a_definition_are_no_reasons() -> None:
    assert [s.reason for s in read("接待费9万元，主要用于接待。", "主要是指接待费9万元。")] == [None, None]


def test_a_reason_without_figures_is_kept() -> None:
    (statement,) = read("财政拨款收入增加的主要原因是：项目调整。")
    assert (statement.subject, statement.reason, statement.figures) == ("财政拨款收入增加", "项目调整", ())


def test_a_sentence_that_turns_to_another_year_is_two_statements() -> None:
    first, second = read("2023年执行数为60.13万元，2024年预算安排25.77万元，比2023年预算执行数减少57.14%。")
    assert (first.fiscal_year, second.fiscal_year) == (2023, 2024)
    assert [figure.label for figure in second.figures] == ["预算", "预算"]


def test_a_year_compared_with_and_a_date_are_no_fiscal_year() -> None:
    assert [s.fiscal_year for s in read("比2023年预算增加5万元。", "截至2024年8月31日，共有车辆8辆。")] == [
        None,
        None,
    ]


def test_a_list_is_part_of_what_led_into_it() -> None:
    statements = read(
        "“三公”经费预算9万元，比上年增加1万元。其中：",
        "1.出国经费4万元。",
        "2.接待费5万元。",
        "会议费1万元。",
        section="四、“三公”经费预算情况说明",
    )
    heading = "“三公”经费预算"
    assert [s.subject for s in statements] == [
        heading,
        f"{heading} > 出国经费",
        f"{heading} > 接待费",
        f"{heading} > 会议费",
    ]


def test_the_headings_tell_what_a_bare_figure_is() -> None:
    section = ("第四部分 项目", "调解项目经费情况说明", "六、年度预算安排")
    (statement,) = read_statements([passage("795万元", *section)])
    assert statement.subject == "调解项目经费 > 年度预算安排"
    assert statement.figures[0].label == "年度预算安排"


def test_a_later_sentence_keeps_the_classes_that_opened_its_passage() -> None:
    (statement,) = read("1、教育支出（类）普通教育（款）小学教育（项）。全年预算为9万元。")
    assert statement.subject == "教育支出 > 普通教育 > 小学教育 > 全年预算"


@given(
    st.text(
        st.sampled_from("年经费预算增加减少占比 0123.,%万元人（）“”，。；：其中主要原因是2017年"), max_size=80
    )
)
def test_every_span_holds_what_it_says(text: str) -> None:
    for statement in read(text):
        assert 0 <= statement.start < statement.end <= len(text)
        for figure in statement.figures:
            assert text[figure.start : figure.end] == figure.text
            assert statement.start <= figure.start < figure.end <= statement.end


def test_a_sentence_without_an_end_is_no_prose() -> None:
    assert read("2017年经费5万元，" * 1_000) == ()


# The shared corpus

LEAST_QUOTES_FOUND = 409
"""Of 419 prose quotes that stand in running text; the other gold quotes are cells and notes of tables."""
LEAST_FIGURES_STATED = 97


@cache
def documents() -> dict[str, Document]:
    folder = find_shared("corpus")
    paths = sorted([*folder.rglob("*.pdf"), *folder.rglob("*.txt")])
    return {path.name: read_document(path) for path in paths}


def questions() -> Iterator[dict[str, Any]]:
    for path in sorted(find_shared("questions").glob("*.jsonl")):
        yield from (json.loads(line) for line in path.read_text("utf-8").splitlines())


def quoted_passages(question: dict[str, Any]) -> Iterator[tuple[Document, int]]:
    """The passages that hold a quote of the question's prose evidence, one for each quote found."""
    for evidence in question["expect"].get("evidence", []):
        if "quote" not in evidence or "table" in evidence or "row" in evidence:
            continue
        document = documents()[evidence["doc"]]
        for index, candidate in enumerate(document.passages):
            pages = {fragment.place.page_number for fragment in candidate.fragments}
            on_page = evidence.get("page") is None or evidence["page"] in pages
            if on_page and name_key(evidence["quote"]) in name_key(candidate.text):
                yield document, index
                break


def is_same(value: Decimal, unit: str | None, gold: dict[str, str]) -> bool:
    if is_money(unit) and is_money(gold["unit"]):
        value, unit = convert_money(value, str(unit), gold["unit"]), gold["unit"]
    return unit == gold["unit"] and abs(value) == Decimal(gold["value"])


def test_the_quotes_of_the_questions_stand_within_passages() -> None:
    assert sum(len(list(quoted_passages(question))) for question in questions()) >= LEAST_QUOTES_FOUND


def test_the_gold_figures_that_prose_prints_are_stated() -> None:
    stated, missing = 0, []
    for question in questions():
        found = list(quoted_passages(question))
        for gold in question["expect"].get("figures", []):
            printed = any(
                is_same(amount.value, amount.unit, gold)
                for document, index in found
                for amount in find_amounts(document.passages[index].text)
            )
            is_stated = any(
                is_same(figure.value, figure.unit, gold)
                for document, index in found
                for statement in document.statements
                if statement.passage_index == index
                for figure in statement.figures
            )
            stated += is_stated
            if printed and not is_stated:
                missing.append((question["id"], gold["value"]))
    assert missing == []
    assert stated >= LEAST_FIGURES_STATED


def test_every_figure_of_the_corpus_has_a_name() -> None:
    figures = [f for d in documents().values() for s in d.statements for f in s.figures]
    assert len(figures) > 1500
    assert sum(not figure.label for figure in figures) == 0


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("公务接待费2020年预算0.82万元，与上年相比减少0.10万元。", "公务接待费预算"),
        ("一般公共预算支出2025年决算3,837.23万元。", "一般公共预算支出决算"),
        ("会议费2020年度支出预算1.50万元。", "会议费支出预算"),
        ("与2019年预算相比，2020年培训费3.00万元。", "培训费"),
    ],
)
def test_a_name_may_stand_before_the_year(text: str, label: str) -> None:
    (statement,) = read(text)
    assert statement.figures[0].label == label


@pytest.mark.parametrize(
    "text",
    [
        "2024年一般公共預算支出3,222.80萬元，比上年增加496.00萬元。",
        "113年度一般公共預算支出3,222.80萬元，比上年增加496.00萬元。",
        "民國113年一般公共預算支出3,222.80萬元，比112年度增加496.00萬元。",
        "二〇二四年一般公共預算支出3,222.80萬元，比二〇二三年增加496.00萬元。",
    ],
)
def test_years_in_every_spelling(text: str) -> None:
    (statement,) = read(text)
    assert statement.fiscal_year == 2024
    assert [(f.role, f.value) for f in statement.figures] == [
        ("amount", Decimal("3222.80")),
        ("change", Decimal("496.00")),
    ]


def test_a_span_of_years_is_no_year() -> None:
    (statement,) = read("房屋使用120年，维修费3.00万元。")
    assert statement.fiscal_year is None

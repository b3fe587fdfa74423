"""No number leaves without a source, whoever wrote the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.values import YUAN_PER_UNIT, convert_money
from qa.answer import Answer, Calculation, Citation, Figure
from qa.calculator import round_half_up
from qa.guard import UnsourcedNumberError, check

RECEPTION = Citation(1, 7, "样例.pdf", "24.53", page_number=8, table="表七 三公经费表", row="公务接待费")
WHOLE = Citation(2, 7, "样例.pdf", "71.33", page_number=8, table="表七 三公经费表", row="合计")
SHARE = Calculation(1, "24.53 / 71.33 * 100", Decimal("34.39"), "%", (1, 2))


def answer(
    text: str,
    figures: Sequence[Figure] = (),
    citations: Sequence[Citation] = (RECEPTION, WHOLE),
    calculations: Sequence[Calculation] = (),
    warnings: Sequence[str] = (),
) -> Answer:
    return Answer(
        "answered", text, "zh", tuple(figures), tuple(citations), tuple(calculations), tuple(warnings)
    )


def quoted(value: str, unit: str = "万元", *citations: int) -> Figure:
    return Figure(Decimal(value), unit, "公务接待费", citations or (1,))


@pytest.mark.parametrize(
    "text",
    [
        "公务接待费为24.53万元 [1]。",
        "公务接待费为 245,300 元 [1]。",
        "公务接待费为0.002453亿元[1]。",
        "公务接待费为２４．５３万元[1]。",
        "约25万元，即24.5万元[1]。",
        "2017年为24.53万元，2016-2018年另见第8页。",
        "1. 公务接待费：24.53万元[1]\n2. 合计：71.33万元[1, 2]",
        "见“样例.pdf”第 8 页第3行。",
        "没有数字。",
    ],
)
def test_what_the_sources_hold_may_be_said(text: str) -> None:
    given_answer = answer(text, [quoted("24.53")])
    assert check(given_answer) is given_answer


@pytest.mark.parametrize(
    "text",
    [
        "公务接待费为24.54万元[1]。",
        "公务接待费为24.530,1万元[1]。",
        "公务接待费为２５．５３万元[1]。",
        "公务接待费为25,553万元[1]。",
        "公务接待费为24.53万元[1]，人均300元。",
        "公务接待费为245.3万元[1]，合2.4万元。",
        "另有2021万元。",
        "另有 2,021 万元。",
        "另有 2021 yuan",
        "增长2019%。",
        "合计为3.2019亿元。",
        "合计为30[99]。",
        "[31]",
        "共㉝项",
        "共٣٣项",
    ],
)
def test_what_no_source_holds_is_refused(text: str) -> None:
    with pytest.raises(UnsourcedNumberError, match="no source"):
        check(answer(text, [quoted("24.53")]))


IN_STEPS = Citation(1, 7, "样例.pdf", "歲出編列10億9,711萬9千元", page_number=3)


@pytest.mark.parametrize(
    "text",
    ["编列10億9,711萬9千元[1]。", "编列1,097,119,000元[1]。", "编列109,711.9万元[1]。", "编列10.97亿元[1]。"],
)
def test_an_amount_told_in_steps_is_one_number(text: str) -> None:
    check(answer(text, [quoted("1097119000", "元")], [IN_STEPS]))


@pytest.mark.parametrize("text", ["编列9,711万元[1]。", "编列10亿元[1]。", "编列三百万元[1]。"])
def test_a_part_of_an_amount_told_in_steps_is_another_number(text: str) -> None:
    with pytest.raises(UnsourcedNumberError, match="no source"):
        check(answer(text, [quoted("1097119000", "元")], [IN_STEPS]))


def test_warnings_are_read_too() -> None:
    check(answer("见表[1]。", warnings=["分项之和为71.33万元"]))
    with pytest.raises(UnsourcedNumberError):
        check(answer("见表[1]。", warnings=["分项之和为71.34万元"]))


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["{}", "{}万元", "共 {} 元。", "（{}%）", "A：{};"]))
def test_any_foreign_number_is_refused(value: Decimal, sentence: str) -> None:
    held = {convert_money(Decimal("24.53"), "万元", unit) for unit in YUAN_PER_UNIT}
    held |= {Decimal(n) for n in ("71.33", "8", "7", "1")}
    assume(all(value != round_half_up(h, 2) for h in held))
    for shown in (
        f"{value}",
        f"{value:,}",
        f"{value}".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        with pytest.raises(UnsourcedNumberError):
            check(answer(sentence.format(shown), [quoted("24.53")]))


@given(
    st.integers(0, 10**9), st.sampled_from(["万元", "元", "亿元", "%", "人", "个", "项", " 万元", " yuan"])
)
def test_any_foreign_whole_number_with_a_unit_is_refused(value: int, unit: str) -> None:
    assume(value not in {1, 8, 24, 25, 71, 245300, 24530, 0, 2, 3, 7})
    with pytest.raises(UnsourcedNumberError):
        check(answer(f"安排{value}{unit}", [quoted("24.53")]))


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from(sorted(YUAN_PER_UNIT)),
    st.sampled_from(sorted(YUAN_PER_UNIT)),
)
def test_any_cited_figure_may_be_said_in_any_money_unit(value: Decimal, unit: str, shown_in: str) -> None:
    citation = replace(RECEPTION, quote=f"{value:,}")
    shown = convert_money(value, unit, shown_in)
    figure = quoted(str(value), unit)
    check(answer(f"{value}{unit} [1]，合{format(shown, 'f')}{shown_in}。", [figure], [citation]))


def test_a_figure_needs_a_source_of_its_own() -> None:
    with pytest.raises(UnsourcedNumberError, match="neither"):
        check(answer("24.53万元", [Figure(Decimal("24.53"), "万元", "公务接待费")]))
    with pytest.raises(UnsourcedNumberError, match="neither"):
        check(answer("24.53万元", [quoted("24.53", "万元", 3)]))
    with pytest.raises(UnsourcedNumberError, match="neither"):
        check(answer("34.39%", [Figure(Decimal("34.39"), "%", "比重", (), 1)]))


def test_a_figure_says_what_its_source_says() -> None:
    check(answer("约25万元", [quoted("245300", "元")], [replace(RECEPTION, quote="24.53万元")]))
    check(answer("减少 2.15", [quoted("2.15")], [replace(RECEPTION, quote="－2.15")]))
    with pytest.raises(UnsourcedNumberError, match=r"24\.54"):
        check(answer("24.54万元", [quoted("24.54")]))
    with pytest.raises(UnsourcedNumberError, match=r"71\.33"):
        check(answer("71.33万元", [quoted("71.33", "万元", 1)], [RECEPTION]))
    with pytest.raises(UnsourcedNumberError, match=r"34\.4"):
        check(answer("34.4%", [Figure(Decimal("34.4"), "%", "比重", (1, 2), 1)], calculations=[SHARE]))


def test_a_calculation_is_worked_again() -> None:
    share = Figure(Decimal("34.39"), "%", "比重", (1, 2), 1)
    text = "占34.39%[1][2]，计算：24.53 / 71.33 * 100 = 34.39%"
    check(answer(text, [share], calculations=[SHARE]))
    for changed in (
        {"value": Decimal("34.38")},
        {"value": Decimal("34.4001")},
        {"inputs": ()},
        {"inputs": (1,)},
        {"inputs": (1, 2, 3)},
        {"expression": "24.53 / 71.34 * 100"},
        {"expression": "24.53 / 71.33 * 100 + 0 * 55"},
        {"expression": "24.53 / 71.33 * 100 # 34.39"},
        {"expression": "24.53 / 0 * 100"},
        {"expression": "__import__('os')"},
    ):
        broken = replace(SHARE, **changed)  # type: ignore[arg-type]
        with pytest.raises(UnsourcedNumberError):
            check(answer("见计算", [replace(share, value=broken.value)], calculations=[broken]))


@given(st.decimals("0.01", 10**6, places=2), st.decimals("0.01", 10**6, places=2), st.integers(1, 99))
def test_any_wrong_result_is_refused(part: Decimal, whole: Decimal, off_by: int) -> None:
    citations = [replace(RECEPTION, quote=str(part)), replace(WHOLE, quote=str(whole))]
    right = part + whole
    calculation = Calculation(1, f"{part} + {whole}", right, "万元", (1, 2))
    figure = Figure(right, "万元", "合计", (1, 2), 1)
    check(answer(f"合计{right}万元", [figure], citations, [calculation]))
    wrong = right + Decimal(off_by) / 100
    with pytest.raises(UnsourcedNumberError):
        check(
            answer(
                f"合计{wrong}万元",
                [replace(figure, value=wrong)],
                citations,
                [replace(calculation, value=wrong)],
            )
        )


def test_a_refusal_holds_no_figure_of_its_own() -> None:
    check(Answer("no_answer", "没有2030年的数据。", "zh"))
    with pytest.raises(UnsourcedNumberError):
        check(Answer("no_answer", "大概是24.53万元。", "zh"))


def test_a_refusal_may_repeat_names_that_hold_numbers_and_an_answer_may_not() -> None:
    said, named = "没有“12号井”；现有：3.pdf。", ("12号井修缮费是多少", "3.pdf")
    check(Answer("no_answer", said, "zh", named=named))
    for refused in (Answer("no_answer", said, "zh"), Answer("answered", said, "zh", named=named)):
        with pytest.raises(UnsourcedNumberError):
            check(refused)


def test_a_source_with_a_very_long_number_is_only_text() -> None:
    citation = replace(RECEPTION, quote="9" * 5000)
    with pytest.raises(UnsourcedNumberError, match="12"):
        check(answer("12万元", citations=[citation]))


def test_codes_in_brackets_are_no_marks_but_may_be_quoted() -> None:
    citation = replace(RECEPTION, quote="[2010301]行政运行 24.53")
    check(answer("“[2010301]行政运行” [1]", citations=[citation]))
    with pytest.raises(UnsourcedNumberError, match="2010302"):
        check(answer("“[2010302]行政运行” [1]", citations=[citation]))

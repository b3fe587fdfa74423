"""Printed numbers, units, years and names -> comparable values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values import (
    YUAN_PER_UNIT,
    chinese_number,
    convert_money,
    find_amounts,
    fold,
    is_money,
    name_key,
    normalize_unit,
    parse_number,
    squeeze,
    without_ordinal,
)

FULL_WIDTH = str.maketrans("0123456789.,()-%", "０１２３４５６７８９．，（）－％")
numbers = st.decimals(-(10**12), 10**12, places=2)
units = st.sampled_from(sorted(YUAN_PER_UNIT))


@given(numbers, st.sampled_from(["{:f}", "{:,f}", " {:,f} ", "{:f}%"]))
def test_a_formatted_number_parses_back(value: Decimal, form: str) -> None:
    assert parse_number(form.format(value)) == value
    assert parse_number(form.format(value).translate(FULL_WIDTH)) == value


@given(
    st.decimals("0.01", 10**12, places=2),
    st.sampled_from(["-{}", "−{}", "－{}", "–{}", "△{}", "▲{}", "({})", "（{}）"]),
)
def test_every_way_to_print_a_negative(value: Decimal, form: str) -> None:
    assert parse_number(form.format(f"{value:,}")) == -value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "—",
        "——",
        "无",
        "无。",
        "1.2.3",
        "1,23",
        "12,3456",
        "约12",
        "12万元",
        "2021-01",
        "A12",
        "1e5",
        "0x1f",
        "½",
    ],
)
def test_what_is_no_number_has_no_value(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("0.00", "0.00"),
        (".5", "0.5"),
        ("007", "7"),
        ("１２．５０", "12.50"),
        ("1 234.50", "1234.50"),
    ],
)
def test_zeros_and_odd_forms(text: str, value: str) -> None:
    assert str(parse_number(text)) == value


@given(st.text(max_size=30))
def test_any_text_parses_to_a_finite_number_or_none(text: str) -> None:
    value = parse_number(text)
    assert value is None or value.is_finite()


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("％", "%"),
        ("百分点", "个百分点"),
        ("平米", "平方米"),
        ("㎡", "平方米"),
        ("万", "万元"),
        ("億元", "亿元"),
        (" 万 元 ", "万元"),
        ("人", "人"),
    ],
)
def test_one_spelling_for_each_unit(printed: str, unit: str) -> None:
    assert normalize_unit(printed) == unit
    assert normalize_unit(unit) == unit


def test_no_unit_stays_none() -> None:
    assert normalize_unit(None) is None
    assert not is_money(None)
    assert not is_money("人")


@given(st.decimals(-(10**9), 10**9, places=2), units, units)
def test_money_converts_exactly_there_and_back(value: Decimal, one: str, other: str) -> None:
    assert convert_money(convert_money(value, one, other), other, one) == value


def test_only_money_converts() -> None:
    assert convert_money(Decimal("71.33"), "万元", "元") == 713300
    with pytest.raises(KeyError):
        convert_money(Decimal(1), "人", "元")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "公务接待费71.33万元，比上年减少2.15万元，下降2.9%。",
            [("71.33", "万元"), ("2.15", "万元"), ("2.9", "%")],
        ),
        ("2017年预算1,234.50元", [("2017", "年"), ("1234.50", "元")]),
        ("编制３０人、公车２辆", [("30", "人"), ("2", "辆")]),
        ("面积 800 平米，共 3 亿", [("800", "平方米"), ("3", "亿元")]),
        ("提高5个百分点", [("5", "个百分点")]),
        ("结余-3.20万元", [("-3.20", "万元")]),
        ("5-10人", [("5", None), ("10", "人")]),
        ("第A090101号", []),
        ("没有", []),
        ("表12", [("12", None)]),
    ],
)
def test_amounts_in_running_text(text: str, found: list[tuple[str, str | None]]) -> None:
    assert [(str(a.value), a.unit) for a in find_amounts(text)] == found


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["预算", "，其中", "（含", "比上年\n", "共 ", "　", "“三公”"]),
            st.decimals(0, 10**8, places=2),
            st.sampled_from(["万元", "元", "%", "人", " 亿元"]),
        ),
        max_size=8,
    )
)
def test_every_amount_is_found_where_it_stands(parts: list[tuple[str, Decimal, str]]) -> None:
    text = "".join(f"{words}{value}{unit}" for words, value, unit in parts)
    found = list(find_amounts(text))
    assert [(a.value, a.unit) for a in found] == [(v, normalize_unit(u)) for _, v, u in parts]
    for amount in found:
        assert text[amount.start : amount.end] == amount.text


@given(st.text("0123456789.,万亿元%年人-－（）０１２ab 三公", max_size=40))
def test_offsets_hold_in_any_text(text: str) -> None:
    end = 0
    for amount in find_amounts(text):
        assert end <= amount.start < amount.end <= len(text)
        assert text[amount.start : amount.end] == amount.text
        end = amount.end


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("一百零五", 105),
        ("三千二百", 3200),
        ("二〇一七", 2017),
        ("二零二一", 2021),
        ("两", 2),
        ("", None),
        ("三公", None),
        ("12", None),
    ],
)
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


@given(st.integers(1990, 2100))
def test_any_year_in_chinese(year: int) -> None:
    assert chinese_number(str(year).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))) == year


@given(st.text("“三公”经费（境）、 　\n1２.％ABｃ-—_", max_size=40))
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert squeeze(squeeze(text)) == squeeze(text)
    assert name_key(name_key(text)) == name_key(text)
    assert not any(c.isspace() for c in squeeze(text))


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("“三公”经费", "三公经费"),
        ("因公出国（境）费", "因公出国(境)费"),
        ("ＶＴＭ 终端", "vtm终端"),
        ("办 公 费", "办公费"),
    ],
)
def test_names_compare_without_width_space_and_punctuation(printed: str, typed: str) -> None:
    assert name_key(printed) == name_key(typed)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("一、教育支出", "教育支出"),
        ("（二）卫生健康支出", "卫生健康支出"),
        ("其中：公务接待费", "公务接待费"),
        ("1．会议费", "会议费"),
        ("3、培训费", "培训费"),
        ("减：结转", "结转"),
        ("一、（一）收入", "收入"),
        ("12345热线", "12345热线"),
        ("一般公共服务支出", "一般公共服务支出"),
        ("其中：", "其中:"),
        ("一、", "一、"),
        ("1.5倍", "1.5倍"),
    ],
)
def test_ordinals_come_off_names(label: str, name: str) -> None:
    assert without_ordinal(label) == name

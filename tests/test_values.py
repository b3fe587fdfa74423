"""Printed numbers, units, years and names -> comparable values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.numerals import chinese_number
from ingest.values import (
    YUAN_PER_UNIT,
    convert_money,
    find_amounts,
    fold,
    is_money,
    name_key,
    normalize_unit,
    parse_number,
    parse_quantity,
    squeeze,
    with_plain_amounts,
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
        "1¥2",
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
        ("￥1,234.50", "1234.50"),
        ("-¥5", "-5"),
        ("¥-5", "-5"),
        ("(¥5)", "-5"),
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


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("10億9,711萬9千元", "1097119000", "元"),
        ("10 億 9,711 萬 9 千元", "1097119000", "元"),
        ("3亿2千万元", "32000", "万元"),
        ("3亿2千万", "32000", "万元"),
        ("1万2千元", "12000", "元"),
        ("5千万元", "5000", "万元"),
        ("2.5千万元", "2500", "万元"),
        ("3万亿元", "30000", "亿元"),
        ("9,711萬9元", "97110009", "元"),
        ("1万2千人", "12000", "人"),
        ("五百万元", "500", "万元"),
        ("一百零五万元", "105", "万元"),
        ("壹仟贰佰叁拾元", "1230", "元"),
        ("−3亿2千万元", "-32000", "万元"),
    ],
)
def test_an_amount_told_in_steps_is_one(text: str, value: str, unit: str) -> None:
    (amount,) = find_amounts(f"共编列{text}，比上年多。")
    assert (amount.text, amount.value, amount.unit) == (text, Decimal(value), unit)


@pytest.mark.parametrize("text", ["数百万元", "几十万元", "三公经费", "万元以上", "二十个处室", "第一百元"])
def test_vague_amounts_and_words_are_none(text: str) -> None:
    assert list(find_amounts(text)) == []


def test_amounts_side_by_side_stay_apart() -> None:
    found = find_amounts("分别为3亿元、2千万元，3万 5人，上升3百分点，约5千克")
    assert [(a.text, a.unit) for a in found] == [
        ("3亿元", "亿元"),
        ("2千万元", "万元"),
        ("3万", "万元"),
        ("5人", "人"),
        ("3百分点", "个百分点"),
        ("5", None),
    ]


@given(st.integers(1, 99), st.integers(0, 9999), st.integers(1, 9))
def test_steps_add_up(hundred_millions: int, ten_thousands: int, thousands: int) -> None:
    middle = f"{ten_thousands:,}万" if ten_thousands else ""
    (amount,) = find_amounts(f"{hundred_millions}亿{middle}{thousands}千元")
    assert amount.value == hundred_millions * 10**8 + ten_thousands * 10**4 + thousands * 1000
    assert amount.unit == "元"


def test_spaces_part_thousands_before_money() -> None:
    (amount,) = find_amounts("共1 234 567.00 元")
    assert (amount.text, amount.value) == ("1 234 567.00 元", Decimal("1234567.00"))


def test_amounts_in_steps_as_plain_numbers() -> None:
    assert with_plain_amounts("编列1亿2千万元，其中3万元") == "编列12000万元，其中3万元"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5万元", ("12.5", "万元")),
        ("1,234.5 元", ("1234.5", "元")),
        ("3辆", ("3", "辆")),
        ("３．５％", ("3.5", "%")),
        ("2.5‰", ("2.5", "‰")),
        ("400千元", ("400", "千元")),
    ],
)
def test_a_number_with_its_unit(text: str, expected: tuple[str, str]) -> None:
    assert parse_quantity(text) == (Decimal(expected[0]), expected[1])


@pytest.mark.parametrize("text", ["2031年", "12", "约3辆", "3辆以上", "", "万元"])
def test_more_or_less_than_a_number_with_its_unit(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize("text", ["新臺幣千元", "人民币千元", "千元", " 千 元 "])
def test_a_currency_before_the_unit_adds_nothing(text: str) -> None:
    assert normalize_unit(text) == "千元"

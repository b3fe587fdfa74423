"""A stored number is read as the sheet shows it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.excel_numbers import BUILT_IN, printed_number, printed_text, stored_number
from ingest.values import parse_number


def shown(stored: str, code: str, since_1904: bool = False) -> str:
    value = stored_number(stored)
    assert value is not None
    return printed_number(value, code, since_1904)


@pytest.mark.parametrize(
    ("stored", "code", "text"),
    [
        ("1234.5", "#,##0.00", "1,234.50"),
        ("1234.5", "0.00_ ", "1234.50"),
        ("1234.5", "[$¥-804]#,##0.00", "¥1,234.50"),
        ("1234.5", '#,##0.0"万元"', "1,234.5万元"),
        ("0.123", "0.0%", "12.3%"),
        ("-0.0542", "0.00%", "-5.42%"),
        ("1.005", "0.00", "1.01"),
        ("1.0049999999999999", "0.00", "1.01"),
        ("-5", "0.00_);(0.00)", "(5.00)"),
        ("-5", "0.00;[Red]-0.00", "-5.00"),
        ("5", "0.##", "5"),
        ("5.5", "0.##", "5.5"),
        ("0.25", "#.00", ".25"),
        ("100.25", ".00", "100.25"),
        ("12", "000000", "000012"),
        ("1234567", "0.00E+00", "1.23E+06"),
        ("0.00012", "0.00E+00", "1.20E-04"),
        ("2", 'General"人"', "2人"),
        ("3", "@", "3"),
        ("1.5", "# ?/?", "1.5"),
        ("7", ";;;", ""),
    ],
)
def test_a_number_is_shown_in_its_format(stored: str, code: str, text: str) -> None:
    assert shown(stored, code) == text


@pytest.mark.parametrize(
    ("stored", "code", "text"),
    [
        ("12345678", "0!.0,", "1234.6"),
        ("12345678", r"0\.0,", "1234.6"),
        ("12345", "0!.0000", "1.2345"),
        ("1234567.891", "0.00,", "1234.57"),
        ("1234567.891", "#,##0.00,", "1,234.57"),
        ("1234567890", "#,##0.0,,", "1,234.6"),
        ("123456", '[>=10000]0!.0000"万";General', "12.3456万"),
        ("5000", '[>=10000]0!.0000"万";General', "5000"),
        ("-5", "[>=10000]0.00;General", "-5"),
    ],
)
def test_amounts_are_shown_in_thousands_and_ten_thousands(stored: str, code: str, text: str) -> None:
    assert shown(stored, code) == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("0.30000000000000004", "0.3"),
        ("1.1000000000000001", "1.1"),
        ("123456789012.35", "123456789012.35"),
        ("20230101", "20230101"),
        ("1E+2", "100"),
        ("0", "0"),
        ("-0.0", "0"),
        ("1E+300", "1E+300"),
    ],
)
def test_a_general_number_has_no_noise(stored: str, text: str) -> None:
    assert shown(stored, "General") == text


def test_an_accounting_format_shows_zero_as_a_dash() -> None:
    assert [shown(n, BUILT_IN[43]) for n in ("0", "1234.5", "-1234.5")] == ["-", "1,234.50", "-1,234.50"]
    assert shown("0", "#,##0.00;-#,##0.00;") == ""


@pytest.mark.parametrize(
    ("stored", "code", "text"),
    [
        ("45000", "yyyy/m/d", "2023/3/15"),
        ("45000", BUILT_IN[31], "2023年3月15日"),
        ("45000", r"[$-804]yyyy\-mm\-dd;@", "2023-03-15"),
        ("45292", 'yyyy"年"', "2024年"),
        ("45000", "d-mmm-yy", "15-Mar-23"),
        ("45000", "aaaa", "星期三"),
        ("45000.5", "yyyy/m/d h:mm", "2023/3/15 12:00"),
        ("45000.75", BUILT_IN[34], "下午6时00分"),
        ("45000.999999999", "yyyy-mm-dd hh:mm:ss", "2023-03-16 00:00:00"),
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("59", "yyyy/m/d", "1900/2/28"),
        ("61", "yyyy/m/d", "1900/3/1"),
        ("9999999", "yyyy/m/d", "9999999"),
        ("-3", "yyyy/m/d", "-3"),
    ],
)
def test_a_date_is_shown_in_its_format(stored: str, code: str, text: str) -> None:
    assert shown(stored, code) == text


def test_dates_may_count_from_1904() -> None:
    assert shown("43538", "yyyy/m/d", since_1904=True) == "2023/3/15"
    assert shown("2958465", "yyyy/m/d", since_1904=True) == "2958465"


def test_texts_have_formats_too() -> None:
    assert printed_text("  水务局", BUILT_IN[43]) == "  水务局"
    assert printed_text("3", '@"元"') == "3元"
    assert printed_text("保密", ";;;") == ""
    assert printed_text("12", "0.00") == "12"


def test_what_is_no_number_is_told() -> None:
    assert [stored_number(text) for text in ("无", "", "NaN", "Infinity", "1,5")] == [None] * 5


AMOUNTS = st.decimals(-(10**11), 10**11, allow_nan=False, places=4)


@given(AMOUNTS, st.integers(0, 4), st.booleans())
def test_a_shown_amount_is_the_amount_rounded(amount: Decimal, places: int, grouped: bool) -> None:
    code = ("#,##0" if grouped else "0") + ("." + "0" * places if places else "")
    text = shown(str(amount), code)
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert parse_number(text) == rounded
    assert text == f"{rounded:,f}" if grouped else f"{rounded:f}"


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_a_sum_of_cents_shows_as_cents(first: int, second: int) -> None:
    text = shown(repr(first / 100 + second / 100), "General")
    assert parse_number(text) == Decimal(first + second) / 100


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text('#0?.,%;E+-[]"\\!_*@ymdhs年元万< >=1/General', max_size=20),
)
def test_any_format_shows_any_number(value: float, code: str) -> None:
    number = stored_number(repr(value))
    assert number is not None
    assert isinstance(printed_number(number, code), str)
    assert isinstance(printed_text("收入", code), str)

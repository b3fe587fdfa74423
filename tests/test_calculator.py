"""Arithmetic: exact in Decimal, the working re-workable, and nothing but arithmetic evaluated."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ingest.values import YUAN_PER_UNIT, places
from qa.calculator import (
    CalculationError,
    Operand,
    before_change,
    converted,
    difference,
    evaluate,
    growth,
    per_unit,
    plain,
    product,
    round_half_up,
    share,
    times,
    total,
)

amounts = st.decimals(-(10**10), 10**10, places=2)
positive = st.decimals("0.01", 10**10, places=2)
money_units = st.sampled_from(sorted(YUAN_PER_UNIT))


def wan(value: str | Decimal, citation: int = 1) -> Operand:
    return Operand(Decimal(value), "万元", citation)


@pytest.mark.parametrize(
    ("worked", "expression", "value", "unit", "inputs"),
    [
        (total([wan("24.53"), wan("46.80", 2)]), "24.53 + 46.80", "71.33", "万元", (1, 2)),
        (difference(wan("71.33"), wan("24.53", 2)), "71.33 - 24.53", "46.80", "万元", (1, 2)),
        (share(wan("24.53"), wan("98.12", 2)), "24.53 / 98.12 * 100", "25", "%", (1, 2)),
        (times(wan("46.80"), wan("23.40", 2)), "46.80 / 23.40", "2", "倍", (1, 2)),
        (growth(wan("110"), wan("100", 2)), "(110 - 100) / 100 * 100", "10", "%", (1, 2)),
        (growth(wan("90"), wan("100", 2)), "(90 - 100) / 100 * 100", "-10", "%", (1, 2)),
        (per_unit(wan("12.50"), Operand(Decimal(5), "台", 2)), "12.50 / 5", "2.5", "万元", (1, 2)),
        (product(wan("2.50"), Operand(Decimal(4), "台", 2)), "2.50 * 4", "10", "万元", (1, 2)),
        (before_change(wan("69.18"), wan("2.15", 2), False), "69.18 + 2.15", "71.33", "万元", (1, 2)),
        (before_change(wan("71.33"), wan("2.15", 2), True), "71.33 - 2.15", "69.18", "万元", (1, 2)),
        (converted(wan("15947.98"), "亿元"), "15947.98 / 10000", "1.594798", "亿元", (1,)),
        (converted(wan("1.25"), "元"), "1.25 * 10000", "12500", "元", (1,)),
    ],
)
def test_operations_show_their_working(
    worked: object, expression: str, value: str, unit: str, inputs: tuple[int, ...]
) -> None:
    assert (worked.expression, worked.value, worked.unit, worked.inputs) == (  # type: ignore[attr-defined]
        expression,
        Decimal(value),
        unit,
        inputs,
    )


def test_the_difference_of_two_rates_is_in_points() -> None:
    assert difference(Operand(Decimal("7.5"), "%", 1), Operand(Decimal("5"), "%", 2)).unit == "个百分点"


def test_a_place_cited_twice_is_one_input() -> None:
    assert total([wan("1"), wan("2"), wan("3", 2)]).inputs == (1, 2)


def test_units_are_converted_in_the_open() -> None:
    worked = total([wan("1.5"), Operand(Decimal(2500), "元", 2)])
    assert worked.expression == "1.5 + (2500 / 10000)"
    assert worked.value == Decimal("1.75")
    assert total([wan("1.5"), Operand(Decimal(2500), "元", 2)], "元").value == 17500


@pytest.mark.parametrize(
    "other", [Operand(Decimal(3), "人", 2), Operand(Decimal(3), "%", 2), Operand(Decimal(3), None, 2)]
)
def test_figures_of_different_kinds_do_not_mix(other: Operand) -> None:
    for operation in (difference, share, times, growth):
        with pytest.raises(CalculationError, match="cannot mix"):
            operation(wan("1"), other)
    with pytest.raises(CalculationError, match="cannot mix"):
        total([wan("1"), other])


def test_what_has_no_result_is_an_error() -> None:
    with pytest.raises(CalculationError, match="nothing"):
        total([])
    for operation in (share, times, growth):
        with pytest.raises(CalculationError, match="no result"):
            operation(wan("5"), wan("0.00", 2))
    with pytest.raises(CalculationError, match="no result"):
        per_unit(wan("5"), Operand(Decimal(0), "人", 2))
    with pytest.raises(CalculationError, match="cannot convert"):
        converted(Operand(Decimal(5), "人", 1), "元")
    with pytest.raises(CalculationError, match="cannot convert"):
        converted(wan("5"), "人")


@given(st.lists(amounts, min_size=1, max_size=40))
def test_sums_are_exact(values: list[Decimal]) -> None:
    worked = total([wan(v, n) for n, v in enumerate(values, 1)])
    assert worked.value == sum(values)
    assert evaluate(worked.expression) == worked.value


@given(amounts, amounts)
def test_differences_are_exact(larger: Decimal, smaller: Decimal) -> None:
    assert difference(wan(larger), wan(smaller, 2)).value == larger - smaller


@given(positive, positive, money_units, money_units)
def test_ratios_do_not_depend_on_the_unit(part: Decimal, whole: Decimal, one: str, other: str) -> None:
    same = share(Operand(part, one, 1), Operand(whole, one, 2)).value
    moved = converted(Operand(whole, one, 2), other).value
    assert abs(share(Operand(part, one, 1), Operand(moved, other, 2)).value - same) <= abs(same) * Decimal(
        "1e-40"
    )


@given(amounts, money_units, money_units)
def test_conversions_round_trip(value: Decimal, one: str, other: str) -> None:
    there = converted(Operand(value, one, 1), other)
    back = converted(Operand(there.value, other, 1), one)
    assert there.unit == other
    assert evaluate(there.expression) == there.value
    assert back.value == value


@given(positive, positive)
def test_what_was_before_a_change_grows_by_it(now: Decimal, change: Decimal) -> None:
    before = before_change(wan(now), wan(change, 2), increased=False)
    assert difference(wan(before.value), wan(now, 2)).value == change


_leaves = st.decimals(0, 10**8, places=2).map(lambda d: (plain(d), d))


def _combine(children: st.SearchStrategy[tuple[str, Decimal]]) -> st.SearchStrategy[tuple[str, Decimal]]:
    def join(parts: tuple[tuple[str, Decimal], str, tuple[str, Decimal]]) -> tuple[str, Decimal]:
        (left, a), sign, (right, b) = parts
        with localcontext(Context(prec=50)):
            value = a + b if sign == "+" else a - b if sign == "-" else a * b
        return f"({left} {sign} {right})", value

    return st.tuples(children, st.sampled_from("+-*"), children).map(join)


@given(st.recursive(_leaves, _combine, max_leaves=12))
def test_evaluate_agrees_with_decimal(case: tuple[str, Decimal]) -> None:
    expression, value = case
    assert evaluate(expression) == value


@given(amounts, positive)
def test_division_keeps_fifty_digits(value: Decimal, divisor: Decimal) -> None:
    assert evaluate(f"({plain(value)}) / {plain(divisor)}") == Context(prec=50).divide(value, divisor)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("-5 + 2", "-3"),
        ("15,947.98 / 10000", "1.594798"),
        ("0.1 + 0.2", "0.3"),
        ("12345678901234567890.12 + 0.01", "12345678901234567890.13"),
    ],
)
def test_evaluate_reads_numbers_as_written(expression: str, value: str) -> None:
    assert evaluate(expression) == Decimal(value)


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "1 +",
        "一加一",
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "9**9**9",
        "1 << 40",
        "7 % 4",
        "7 // 2",
        "~1",
        "+1",
        "abs(-1)",
        "round(1.5)",
        "total",
        "[1, 2][0]",
        "(lambda: 1)()",
        "1 if 1 else 2",
        "1 < 2",
        "True",
        "1j",
        "0x10",
        "'1'",
        "f'{1}'",
        "x := 1",
        "1; 2",
        "1\n2",
        "1\x002",
        "１２",
        "1 / 0",
        "1 / (2 - 2)",
        "0 / 0",
        "1e999999 * 1e999999",
        "1" * 4001,
        "(" * 1500 + "1" + ")" * 1500,
        "-" * 3900 + "1",
        "1+" * 1900 + "1",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_anything_but_short_arithmetic_is_refused(hostile: str) -> None:
    with pytest.raises(CalculationError):
        evaluate(hostile)


@given(st.text(max_size=60))
@example("1_0")
@example("9e9")
def test_any_text_gives_a_number_or_the_one_error(text: str) -> None:
    try:
        value = evaluate(text)
    except CalculationError:
        return
    assert isinstance(value, Decimal)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("2.5", 0, "3"),
        ("2.665", 2, "2.67"),
        ("2.664999", 2, "2.66"),
        ("34.389…".rstrip("…"), 2, "34.39"),
        ("7", 2, "7.00"),
    ],
)
def test_half_goes_up(value: str, decimals: int, expected: str) -> None:
    assert plain(round_half_up(Decimal(value), decimals)) == expected


@given(st.decimals(-(10**12), 10**12, places=6), st.integers(0, 4))
def test_rounding_moves_by_at_most_half_a_place(value: Decimal, decimals: int) -> None:
    rounded = round_half_up(value, decimals)
    assert places(rounded) == decimals
    assert abs(rounded - value) <= Decimal(1).scaleb(-decimals) / 2
    assert rounded == -round_half_up(-value, decimals)


@given(st.integers(1, 10**30), st.integers(0, 400), st.integers(0, 6))
def test_a_number_of_any_length_rounds(head: int, zeros: int, decimals: int) -> None:
    value = Decimal(f"{head}{'0' * zeros}.5")
    with localcontext(Context(prec=1000)):
        expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert round_half_up(value, decimals) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=3))
def test_plain_has_no_exponent(value: Decimal) -> None:
    assert "E" not in plain(value).upper()
    assert Decimal(plain(value)) == value
    assume(value >= 0)
    assert evaluate(plain(value)) == value

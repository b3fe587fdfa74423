"""Exact arithmetic with the working shown. Nothing else in the project computes an answer.

Every operation makes an expression of printed numbers and plain constants, and its value in
Decimal; ``evaluate`` works any such expression again, so that a result can be checked.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from ingest.values import YUAN_PER_UNIT

_PRECISION = 50
_LONGEST_EXPRESSION = 4000


class CalculationError(ValueError):
    """An expression that is not arithmetic, or arithmetic that has no result."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A cited figure that goes into a calculation."""

    value: Decimal
    unit: str | None
    citation: int


@dataclass(frozen=True, slots=True)
class Worked:
    """A result with the expression that makes it. ``value`` is unrounded unless ``decimals`` were asked."""

    expression: str
    value: Decimal
    unit: str | None
    inputs: tuple[int, ...]


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Round as officials do (四舍五入): 0.5 of the last place goes away from zero."""
    digits = max(_PRECISION, value.adjusted() + decimals + 2)  # a source may print any number of them
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, Context(prec=digits))


def plain(value: Decimal) -> str:
    """Without exponent or separators: the form in which expressions and files hold numbers."""
    return format(value, "f")


_BINARY: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_HIGHEST_ROOT = 100


def evaluate(expression: str) -> Decimal:
    """The value of an expression of numbers, + - * /, brackets and roots ``** (1 / n)``, in Decimal.

    Raises CalculationError for anything else, for a division by zero and for the root of a number
    below zero.
    """
    if len(expression) > _LONGEST_EXPRESSION:
        raise CalculationError(f"expression of {len(expression)} characters; at most {_LONGEST_EXPRESSION}")
    try:
        tree = ast.parse(expression.replace(",", ""), mode="eval")
        with localcontext(Context(prec=_PRECISION)):
            return _value(tree.body, expression.replace(",", ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CalculationError(f"not an arithmetic expression: {expression!r}") from error
    except ArithmeticError as error:
        raise CalculationError(f"no result: {expression!r}") from error


def _value(node: ast.expr, source: str) -> Decimal:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        # The digits as written: a float would already have lost some of them.
        return Decimal(ast.get_source_segment(source, node) or "")
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _BINARY[type(node.op)](_value(node.left, source), _value(node.right, source))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, source)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _root(_value(node.left, source), _value(node.right, source))
    raise CalculationError(f"not an arithmetic expression: {source!r}")


def _root(base: Decimal, exponent: Decimal) -> Decimal:
    """Only exponents from 1/100 to 1: a power could be made to run for ever."""
    if not Decimal(1) / _HIGHEST_ROOT <= exponent <= 1:
        raise CalculationError(f"exponent {exponent}; only roots up to the {_HIGHEST_ROOT}th are worked")
    return base**exponent


def _term(operand: Operand, unit: str | None) -> str:
    """The operand's printed number, converted in the open where its money unit is another."""
    number = plain(operand.value)
    if operand.value < 0:
        number = f"({number})"
    if unit == operand.unit or unit not in YUAN_PER_UNIT or operand.unit not in YUAN_PER_UNIT:
        return number
    have, want = YUAN_PER_UNIT[operand.unit], YUAN_PER_UNIT[unit]
    return f"({number} / {plain(want / have)})" if want > have else f"({number} * {plain(have / want)})"


def _common_unit(operands: Sequence[Operand], asked: str | None = None) -> str | None:
    """The unit asked for where it is money of theirs, else the first one's; raises CalculationError
    when figures of different kinds are mixed."""
    kinds = {"money" if o.unit in YUAN_PER_UNIT else o.unit for o in operands}
    if len(kinds) > 1:
        raise CalculationError(f"cannot mix units: {', '.join(str(o.unit) for o in operands)}")
    return asked if asked in YUAN_PER_UNIT and kinds == {"money"} else operands[0].unit


def _worked(expression: str, unit: str | None, operands: Sequence[Operand]) -> Worked:
    inputs = tuple(dict.fromkeys(o.citation for o in operands))
    return Worked(expression, evaluate(expression), unit, inputs)


def total(operands: Sequence[Operand], to_unit: str | None = None) -> Worked:
    """Their sum, in ``to_unit`` or the first one's unit. Raises CalculationError for mixed kinds or none."""
    if not operands:
        raise CalculationError("nothing to add up")
    unit = _common_unit(operands, to_unit)
    return _worked(" + ".join(_term(o, unit) for o in operands), unit, operands)


def net(operands: Sequence[Operand], falls: Sequence[bool]) -> Worked:
    """Their sum in the first one's unit, with those that fall taken off. Raises CalculationError for
    mixed kinds or none."""
    if not operands:
        raise CalculationError("nothing to add up")
    unit = _common_unit(operands)
    signs = ["-" if fell else "+" for fell in falls]
    terms = " ".join(f"{sign} {_term(o, unit)}" for sign, o in zip(signs, operands, strict=True))
    return _worked(terms.removeprefix("+ "), unit, operands)


def difference(larger: Operand, smaller: Operand, to_unit: str | None = None) -> Worked:
    """First minus second, in ``to_unit`` or the first one's unit."""
    unit = _common_unit([larger, smaller], to_unit)
    result = _worked(f"{_term(larger, unit)} - {_term(smaller, unit)}", unit, [larger, smaller])
    return Worked(result.expression, result.value, "个百分点" if unit == "%" else unit, result.inputs)


def share(part: Operand, whole: Operand) -> Worked:
    """Part of whole, in %."""
    unit = _common_unit([part, whole])
    return _worked(f"{_term(part, unit)} / {_term(whole, unit)} * 100", "%", [part, whole])


def share_of_sums(parts: Sequence[Operand], wholes: Sequence[Operand]) -> Worked:
    """What the parts come to, of what the wholes come to, in %. Raises CalculationError for mixed kinds
    or none."""
    if not parts or not wholes:
        raise CalculationError("nothing to add up")
    unit = _common_unit([*parts, *wholes])
    upper, lower = (" + ".join(_term(o, unit) for o in operands) for operands in (parts, wholes))
    upper, lower = (f"({text})" if " + " in text else text for text in (upper, lower))
    return _worked(f"{upper} / {lower} * 100", "%", [*parts, *wholes])


def times(dividend: Operand, divisor: Operand) -> Worked:
    """How many times the second goes into the first, in 倍."""
    unit = _common_unit([dividend, divisor])
    return _worked(f"{_term(dividend, unit)} / {_term(divisor, unit)}", "倍", [dividend, divisor])


def growth(new: Operand, old: Operand) -> Worked:
    """(new - old) / old, in %. Raises CalculationError when the old figure is 0."""
    unit = _common_unit([new, old])
    a, b = _term(new, unit), _term(old, unit)
    return _worked(f"({a} - {b}) / {b} * 100", "%", [new, old])


def fall(new: Operand, old: Operand) -> Worked:
    """(old - new) / old, in %: a fall as a positive rate. Raises CalculationError when the old is 0."""
    unit = _common_unit([new, old])
    a, b = _term(new, unit), _term(old, unit)
    return _worked(f"({b} - {a}) / {b} * 100", "%", [new, old])


def growth_by_change(now: Operand, change: Operand, increased: bool) -> Worked:
    """The rate, positive, by which a figure rose (or fell) by ``change`` to what it is now, in %.
    Raises CalculationError when it was 0 before."""
    unit = _common_unit([now, change])
    moved = _term(change, unit)
    before = f"({_term(now, unit)} {'-' if increased else '+'} {moved})"
    return _worked(f"{moved} / {before} * 100", "%", [now, change])


def compound_growth(new: Operand, old: Operand, periods: int) -> Worked:
    """The yearly rate that makes the old figure the new one in ``periods`` years, in %. Raises
    CalculationError for no period, an old figure of 0 or a quotient below 0."""
    if periods < 1:
        raise CalculationError(f"compound growth over {periods} years; at least 1")
    unit = _common_unit([new, old])
    quotient = f"({_term(new, unit)} / {_term(old, unit)})"
    return _worked(f"{quotient} ** (1 / {periods}) * 100 - 100", "%", [new, old])


def per_unit(amount: Operand, count: Operand, to_unit: str | None = None) -> Worked:
    """Amount for each of ``count``, money in ``to_unit`` where one is asked for."""
    unit = to_unit or amount.unit
    expression = f"{_term(amount, unit)} / {plain(count.value)}"
    return _worked(expression, unit, [amount, count])


def per_period(amount: Operand, periods: int, to_unit: str | None = None) -> Worked:
    """Amount for each of the year's ``periods``: 12 months, 4 quarters."""
    unit = _common_unit([amount], to_unit)
    return _worked(f"{_term(amount, unit)} / {periods}", unit, [amount])


def mean(figures: Sequence[Operand], to_unit: str | None = None) -> Worked:
    """Their sum over how many they are. Raises CalculationError for mixed kinds or none."""
    summed = total(figures, to_unit)
    return _worked(f"({summed.expression}) / {len(figures)}", summed.unit, figures)


def product(price: Operand, count: Operand, to_unit: str | None = None) -> Worked:
    """Price for each, times ``count``."""
    unit = to_unit or price.unit
    return _worked(f"{_term(price, unit)} * {plain(count.value)}", unit, [price, count])


def before_change(now: Operand, change: Operand, increased: bool, to_unit: str | None = None) -> Worked:
    """What the figure was before it rose (or fell) by ``change``."""
    unit = _common_unit([now, change], to_unit)
    sign = "-" if increased else "+"
    return _worked(f"{_term(now, unit)} {sign} {_term(change, unit)}", unit, [now, change])


def converted(figure: Operand, unit: str) -> Worked:
    """The same money in another unit. Raises CalculationError when it is no money."""
    if figure.unit not in YUAN_PER_UNIT or unit not in YUAN_PER_UNIT:
        raise CalculationError(f"cannot convert {figure.unit} to {unit}")
    term = _term(figure, unit)
    return _worked(term.removeprefix("(").removesuffix(")") if term.startswith("(") else term, unit, [figure])

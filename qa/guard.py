"""No number leaves without a source: the last check before an answer is given.

Every number of the text must stand in a figure, in a citation, or in a calculation whose inputs
are cited, and every calculation is worked again. The check knows nothing of how the answer was
made, so it holds for a language model's text as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, fold, parse_number, places, with_plain_amounts
from qa.answer import Answer, Figure
from qa.calculator import CalculationError, evaluate, round_half_up

_MARK = re.compile(r"\[\d+(?:\s*[,，、]\s*\d+)*\]")
_COUNTED = r"[千百]?[万亿]?元|[万亿%‰倍]|人(?!员)|个(?!人)|项(?!目)|[辆台次名]|yuan|million|billion|percent"
YEAR = re.compile(rf"(?<!\d)(?<!\d\.)(?:19|20)\d{{2}}(?!\d|\.\d|\s*(?:{_COUNTED}))", re.I)
"""A number that something is counted in (2021万元) is no year."""
_ORDINAL = re.compile(
    r"(?m)^\s*\d+[.、)]\s|第\s*\d+\s*(?:页|行|列|条|项|款|名|位)|\bp(?:age|\.)?\s*\d+", re.I
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_COUNT_UNITS = ("个", "项", "家")
_CONSTANTS = frozenset(
    {Decimal(4), Decimal(12), Decimal(100)}
    | {large / small for large in YUAN_PER_UNIT.values() for small in YUAN_PER_UNIT.values() if large > small}
)
"""Quarters and months of a year, per cent, and the steps between money units."""
_DEGREE = re.compile(r"\*\* \(1 / \d{1,2}\)")
_MEAN = re.compile(r"^\((.+)\) / (\d+)$")


class UnsourcedNumberError(ValueError):
    """The text holds a number that nothing cited or computed holds."""


def numbers(text: str) -> Iterator[Decimal]:
    """The numbers of a text, without their signs; an amount told in steps (3亿2千万) is one."""
    for match in _NUMBER.finditer(with_plain_amounts(fold(text))):
        value = parse_number(match.group().rstrip(","))
        if value is None:
            value = parse_number(match.group().replace(",", ""))
        if value is not None:
            yield abs(value)


def _without_marks(text: str, cited: set[int]) -> str:
    """``[1]`` is a mark only where there is such a citation; else it is a number like any other."""
    return _MARK.sub(lambda m: " " if cited.issuperset(map(int, numbers(m.group()))) else m.group(), text)


def _sourced(answer: Answer) -> set[Decimal]:
    known: set[Decimal] = set()
    for citation in answer.citations:
        for part in (
            citation.quote,
            citation.row,
            citation.column,
            citation.table,
            citation.section,
            citation.doc,
        ):
            known.update(numbers(part or ""))
        known.add(Decimal(citation.page_number or 0))
    for calculation in answer.calculations:
        known.update(numbers(calculation.expression))
        known.add(abs(calculation.value))
    for name in (*answer.choices, *(answer.named if answer.status != "answered" else ())):
        known.update(numbers(name))
    for figure in answer.figures:
        known.update(numbers(figure.label))
        known.update(_in_any_unit(figure))
    return known


def _matches(value: Decimal, known: set[Decimal]) -> bool:
    return value in known or any(round_half_up(k, places(value)) == value for k in known)


def check(answer: Answer) -> Answer:
    """The answer itself, when every number in it has a source.

    Raises UnsourcedNumberError otherwise, naming the number.
    """
    cited = {c.n for c in answer.citations}
    for calculation in answer.calculations:
        _check_calculation(calculation.expression, calculation.value, calculation.inputs, answer, cited)
    for figure in answer.figures:
        _check_figure(figure, answer, cited)
    known = _sourced(answer)
    sure = {Decimal(str(c.confidence)) for c in answer.citations if c.confidence is not None}
    for text, sources in ((answer.text, known), *((warning, known | sure) for warning in answer.warnings)):
        bare = _ORDINAL.sub(" ", YEAR.sub(" ", _without_marks(fold(text), cited)))
        for value in numbers(bare):
            if not _matches(value, sources):
                raise UnsourcedNumberError(f"{value} in the text has no source")
    return answer


def _check_figure(figure: Figure, answer: Answer, cited: set[int]) -> None:
    result = next((c.value for c in answer.calculations if c.n == figure.calculation), None)
    if result is not None:
        if result != figure.value:
            raise UnsourcedNumberError(f"figure {figure.value} is not the {result} that was calculated")
        return
    if not figure.citations or not cited.issuperset(figure.citations):
        raise UnsourcedNumberError(f"figure {figure.value} has neither citation nor calculation")
    if figure.unit in _COUNT_UNITS and figure.value == len(set(figure.citations)):
        return  # it counts the places that it cites
    quoted = {n for c in answer.citations if c.n in figure.citations for n in numbers(c.quote)}
    if quoted.isdisjoint(_in_any_unit(figure)):
        raise UnsourcedNumberError(f"figure {figure.value} is not in what it cites")


def _in_any_unit(figure: Figure) -> set[Decimal]:
    """The figure's own number, and for money the numbers that it is in other units."""
    value = abs(figure.value)
    if figure.unit not in YUAN_PER_UNIT:
        return {value}
    yuan = value * YUAN_PER_UNIT[figure.unit]
    return {value, *(yuan / scale for scale in YUAN_PER_UNIT.values())}


def _without_counts(expression: str) -> str:
    """Without the years that a yearly rate is worked over and the number of figures in a mean: what
    is counted, not quoted."""
    mean = _MEAN.match(expression)
    if mean and mean.group(1).count(" + ") + 1 == int(mean.group(2)):
        return mean.group(1)
    return _DEGREE.sub(" ", expression)


def _check_calculation(
    expression: str, value: Decimal, inputs: tuple[int, ...], answer: Answer, cited: set[int]
) -> None:
    if not cited.issuperset(inputs) or not inputs:
        raise UnsourcedNumberError(f"calculation {expression!r} has inputs that are not cited")
    quoted = {n for c in answer.citations if c.n in inputs for n in numbers(c.quote)}
    for number in numbers(_without_counts(expression)):
        if number not in quoted | _CONSTANTS:
            raise UnsourcedNumberError(f"{number} in {expression!r} is not in the figures it cites")
    try:
        exact = evaluate(expression)
    except CalculationError as error:
        raise UnsourcedNumberError(str(error)) from error
    if round_half_up(exact, places(value)) != value:
        raise UnsourcedNumberError(f"{expression!r} is {exact}, not {value}")

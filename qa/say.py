"""The parts of answers that every kind of figure question shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ingest.model import SOURCE_BREAK
from ingest.values import YUAN_PER_UNIT
from qa.answer import Answer
from qa.builder import Builder, result_decimals, show
from qa.calculator import Operand, Worked, converted, total
from qa.heads import headed, item
from qa.linking import Candidate
from qa.phrases import describe, marks, phrase
from qa.request import Request
from qa.understanding import Understood

LONGEST_NOTE = 40
"""Characters of a text cell that is worth saying beside a figure."""
_CODE = re.compile(r"[A-Za-z]*\d[\w.-]*", re.ASCII)
"""A catalogue's code (A02010104) tells a reader nothing."""


def finish(request: Request, builder: Builder, lines: Sequence[str], understood: Understood) -> Answer:
    return Answer(
        "answered",
        "\n".join(headed(lines)),
        request.question.language,
        tuple(builder.figures),
        tuple(builder.citations),
        tuple(builder.calculations),
        tuple(builder.warnings),
        understood=" / ".join(t.describe() for t in request.targets),
        inputs=tuple(builder.inputs),
    )


def told_as_recognised(answer: Answer) -> Answer:
    """With a warning where a cited cell was read from a picture, and how sure that reading is."""
    sure = min((c.confidence for c in answer.citations if c.confidence is not None), default=None)
    if sure is None:
        return answer
    warning = phrase(answer.language, "recognised", confidence=f"{sure:.2f}")
    return replace(answer, warnings=(*answer.warnings, warning))


def working(request: Request, builder: Builder) -> list[str]:
    return [
        phrase(
            request.question.language,
            "working",
            expression=readable(c.expression),
            result=show(c.value, c.unit),
        )
        for c in builder.calculations
    ]


def readable(expression: str) -> str:
    """The expression as people write it: separators, × and ÷, ^(1/2) for a root."""
    grouped = re.sub(r"\d+(?:\.\d+)?", lambda m: show(Decimal(m.group()), None), expression)
    roots = re.sub(r" \*\* \(1 / (\d+)\)", r"^(1/\1)", grouped)
    return roots.replace("*", "×").replace(" / ", " ÷ ")


def computed(
    builder: Builder, worked: Worked, operands: list[Operand], request: Request, label: str
) -> tuple[str, str]:
    """Record a result as a figure of the answer; its shown form and its marks."""
    calculation = builder.calculate(worked, result_decimals(worked, request.decimals, operands))
    figure = builder.computed_figure(calculation, label)
    return show(figure.value, figure.unit), marks(calculation.inputs)


def say_item(request: Request, builder: Builder, candidate: Candidate) -> str:
    figure, cited = say_figure(request, builder, candidate)
    return item(request.question.language, "item", candidate, figure=figure, marks=cited)


def say_figure(request: Request, builder: Builder, candidate: Candidate) -> tuple[str, str]:
    """One figure, in the unit that was asked for."""
    if candidate.value is None and not candidate.text.strip():
        return phrase(request.question.language, "blank"), marks([builder.cite(candidate)])
    if candidate.value is None:
        return candidate.text.replace(SOURCE_BREAK, "").replace("\n", ""), marks([builder.cite(candidate)])
    operand = builder.operand(candidate)
    if (
        request.unit in ("亿元", "元", "万元")
        and candidate.unit in ("元", "万元", "亿元", "千元")
        and request.unit != candidate.unit
    ):
        return computed(builder, converted(operand, request.unit), [operand], request, describe(candidate))
    figure = builder.quoted_figure(candidate, describe(candidate))
    return show(figure.value, figure.unit), marks(figure.citations)


def say_row(request: Request, builder: Builder, best: Candidate) -> list[str]:
    """What the row's short text cells and counts say beside the figure: 数量, 采购方式 …"""
    if best.row is None or best.table is None or best.row.is_total or best.quote is not None:
        return []
    notes = []
    for column, cell in zip(best.table.columns, best.row.row.cells, strict=True):
        text = cell.whole.replace("\n", "").strip()
        counted = (
            cell.unit is not None
            and cell.unit not in YUAN_PER_UNIT
            and cell.unit != "%"
            and cell.value is not None
        )
        if (
            column is best.column
            or not text
            or len(text) > LONGEST_NOTE
            or not (column.column.is_text or counted)
            or _CODE.fullmatch(text)
        ):
            continue
        beside = replace(
            best, column=column, text=cell.text, value=cell.value, unit=cell.unit, place=cell.place
        )
        said = f"{text} {cell.unit}" if counted and str(cell.unit) not in text else text
        notes.append(f"{column.column.path[-1]}：{said}{marks([builder.cite(beside)])}")
        if counted and cell.value is not None:
            builder.quoted_figure(beside, column.column.path[-1])
    return ["；".join(notes)] if notes else []


def say_sum(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    operands = [builder.operand(p) for p in parts]
    figure, cited = computed(builder, total(operands, request.unit), operands, request, "")
    lines = [phrase(request.question.language, "sum", figure=figure, marks=cited)]
    plain_request = replace(request, unit=None)
    return lines + [say_item(plain_request, builder, p) for p in parts]

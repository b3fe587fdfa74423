"""Answers made for tests of what is shown of them: each figure in a cell of its own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from qa.answer import Answer, Calculation, Citation, Figure, Subject
from qa.builder import show
from qa.calculator import Operand, Worked, round_half_up

DOCUMENT = "2017年样例市财政局部门预算.pdf"


class Made:
    """Collects figures as the engine does; ``answer`` gives what was collected."""

    def __init__(self) -> None:
        self._citations: list[Citation] = []
        self._calculations: list[Calculation] = []
        self._figures: list[Figure] = []
        self._inputs: list[Figure] = []

    def figure(
        self,
        value: str | Decimal,
        *names: str,
        unit: str = "万元",
        year: int | None = 2017,
        body: str = "样例市财政局",
        is_input: bool = False,
    ) -> Operand:
        """A cited figure that the answer gives, or with ``is_input`` only calculates with."""
        value, n = Decimal(value), len(self._citations) + 1
        place = {"table": "表一", "row": names[-1] if names else "合计", "column": unit}
        self._citations.append(Citation(n, 1, DOCUMENT, f"{value:,f}", page_number=n, **place))
        about = Subject(body, year, names)
        made = Figure(value, unit, f"{body}{year}年 {'·'.join(names)}", (n,), subject=about)
        (self._inputs if is_input else self._figures).append(made)
        return Operand(value, unit, n)

    def result(self, worked: Worked, decimals: int = 2, label: str = "") -> None:
        """What is worked out of figures, as a figure of the answer."""
        n, value = len(self._calculations) + 1, round_half_up(worked.value, decimals)
        self._calculations.append(Calculation(n, worked.expression, value, worked.unit, worked.inputs))
        self._figures.append(Figure(value, worked.unit, label, worked.inputs, n))
        cited = {f.citations: f for f in self._figures if f.calculation is None}
        self._inputs += [cited[(i,)] for i in worked.inputs if (i,) in cited]

    def answer(self) -> Answer:
        marks = "".join(f"[{c.n}]" for c in self._citations)
        said = "".join(f"- {f.label}：**{show(f.value, f.unit)}**\n" for f in self._figures)
        return Answer(
            "answered",
            said + marks,
            "zh",
            tuple(self._figures),
            tuple(self._citations),
            tuple(self._calculations),
            inputs=tuple(dict.fromkeys(self._inputs)),
        )


def listed(pairs: Sequence[tuple[str, str]], **given: object) -> Answer:
    """An answer of named values."""
    made = Made()
    for name, value in pairs:
        made.figure(value, name, **given)  # type: ignore[arg-type]
    return made.answer()

"""What a language model's tools have found: citations numbered across all of them, figures by reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answer import Answer, Calculation, Citation, Figure, Language
from qa.builder import Builder, result_decimals, show
from qa.calculator import Operand, Worked, difference, growth, mean, share, times, total
from qa.phrases import marks
from qa.say import told_as_recognised


def _pair(figures: Sequence[Operand]) -> tuple[Operand, Operand]:
    if len(figures) != 2:
        raise ValueError(f"this takes two figures, not {len(figures)}")
    return figures[0], figures[1]


_OPERATIONS: dict[str, Callable[[Sequence[Operand]], Worked]] = {
    "sum": total,
    "mean": mean,
    "difference": lambda figures: difference(*_pair(figures)),
    "share": lambda figures: share(*_pair(figures)),
    "growth": lambda figures: growth(*_pair(figures)),
    "times": lambda figures: times(*_pair(figures)),
}
OPERATIONS = tuple(_OPERATIONS)


class Ledger:
    """Mutable while one answer is made."""

    def __init__(self) -> None:
        self._built = Builder()

    def take(self, answer: Answer) -> list[str]:
        """Enter an answer's figures; a line for each, with its reference and marks."""
        numbers = {citation.n: self.cite(citation) for citation in answer.citations}
        worked = {c.n: self._enter(c, tuple(numbers[n] for n in c.inputs)) for c in answer.calculations}
        return [
            self._add(
                replace(
                    figure,
                    citations=tuple(numbers[n] for n in figure.citations),
                    calculation=None if figure.calculation is None else worked[figure.calculation],
                )
            )
            for figure in answer.figures
        ]

    def cite(self, citation: Citation) -> int:
        """The citation's number here; the same place is cited once."""
        kept = self._built.citations
        for known in kept:
            if replace(known, n=citation.n) == citation:
                return known.n
        kept.append(replace(citation, n=len(kept) + 1))
        return len(kept)

    def calculate(self, operation: str, references: Sequence[str]) -> str:
        """Work one of ``OPERATIONS`` over figures; a line with the result's reference and marks.

        Raises ValueError for an operation or a reference that is none, or figures that do not go together.
        """
        if operation not in _OPERATIONS:
            raise ValueError(f"operation is {operation!r}; expected one of {', '.join(OPERATIONS)}")
        operands = [self._operand(reference) for reference in references]
        worked = _OPERATIONS[operation](operands)
        calculation = self._built.calculate(worked, result_decimals(worked, None, operands))
        self._built.computed_figure(calculation, operation)
        return self._line(len(self._built.figures))

    def answer(self, text: str, language: Language) -> Answer:
        """An answer in these words over all that was found."""
        built = self._built
        return told_as_recognised(
            Answer(
                "answered",
                text,
                language,
                tuple(built.figures),
                tuple(built.citations),
                tuple(built.calculations),
            )
        )

    def _enter(self, calculation: Calculation, inputs: tuple[int, ...]) -> int:
        entered = self._built.calculations
        entered.append(replace(calculation, n=len(entered) + 1, inputs=inputs))
        return len(entered)

    def _add(self, figure: Figure) -> str:
        self._built.figures.append(figure)
        return self._line(len(self._built.figures))

    def _line(self, number: int) -> str:
        figure = self._built.figures[number - 1]
        return f"F{number}: {figure.label} = {show(figure.value, figure.unit)}{marks(figure.citations)}"

    def _operand(self, reference: str) -> Operand:
        number = reference.removeprefix("F")
        figures = self._built.figures
        if not number.isdecimal() or not 0 < int(number) <= len(figures):
            raise ValueError(f"there is no figure {reference!r}; there are F1 to F{len(figures)}")
        figure = figures[int(number) - 1]
        if figure.calculation is not None:
            raise ValueError(f"{reference} is a result; calculate with the figures that it was worked from")
        return Operand(figure.value, figure.unit, figure.citations[0])

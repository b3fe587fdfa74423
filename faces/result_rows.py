"""The figures of an answer as rows: the answer's own values, set in order, nothing calculated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from qa.answer import Answer, Calculation, Citation, Figure, Subject


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A figure of the answer, or one that it is calculated from."""

    label: str
    value: Decimal
    unit: str
    citations: tuple[Citation, ...]
    subject: Subject | None = None
    """None where it is calculated from several figures, or stands in a text that is quoted."""
    calculation: Calculation | None = None
    share: Calculation | None = None
    """What it is of the whole, in %, where the answer says so of several rows."""
    is_input: bool = False
    """Not given by the answer itself, but calculated with."""

    @property
    def about(self) -> Subject:
        """The subject of a row that has one."""
        assert self.subject is not None
        return self.subject

    @property
    def year(self) -> int:
        """0 where none is known."""
        return (self.subject.fiscal_year if self.subject else None) or 0

    @property
    def shown(self) -> str:
        return f"{self.value:,f}"

    @property
    def workings(self) -> tuple[Calculation, ...]:
        return tuple(filter(None, (self.calculation, self.share)))


def result_rows(answer: Answer) -> tuple[ResultRow, ...]:
    """The answer's figures in its order, then the cited ones that these are calculated from."""
    cited = {c.n: c for c in answer.citations}
    worked = {c.n: c for c in answer.calculations}
    shares = _shares(answer.figures, worked)
    about = {f.citations: f.subject for f in answer.inputs}
    given = {(f.value, f.unit, f.citations) for f in answer.figures if f.calculation is None}
    taken = {n for c in answer.calculations for n in c.inputs}
    inputs = [
        f
        for f in answer.inputs
        if taken.issuperset(f.citations) and (f.value, f.unit, f.citations) not in given
    ]
    rows = [
        ResultRow(
            label=figure.label,
            value=figure.value,
            unit=figure.unit or "",
            citations=tuple(cited[n] for n in figure.citations if n in cited),
            subject=figure.subject or about.get(figure.citations),
            calculation=worked.get(figure.calculation or 0),
            share=shares.get(figure.citations),
            is_input=place >= len(answer.figures),
        )
        for place, figure in enumerate((*answer.figures, *inputs))
        if worked.get(figure.calculation or 0) not in shares.values()
    ]
    return tuple(dict.fromkeys(rows))


def _shares(
    figures: Iterable[Figure], worked: Mapping[int, Calculation]
) -> dict[tuple[int, ...], Calculation]:
    """The shares of one whole, by the citation of the part: of at least two parts."""
    found = [c for f in figures if (c := worked.get(f.calculation or 0)) and _is_share(c)]
    wholes = Counter(c.inputs[1] for c in found)
    return {(c.inputs[0],): c for c in found if wholes[c.inputs[1]] > 1}


def _is_share(calculation: Calculation) -> bool:
    """A part of a whole in %, and no rate of change."""
    is_quotient = calculation.expression.endswith(" * 100") and " - " not in calculation.expression
    return calculation.unit == "%" and is_quotient and len(calculation.inputs) == 2

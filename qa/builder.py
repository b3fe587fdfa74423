"""Collects what an answer stands on: citations, calculations and figures, each numbered once."""

from __future__ import annotations

from decimal import Decimal

from ingest.confidence import least
from ingest.model import SOURCE_BREAK, Place
from ingest.values import places
from qa.answer import Calculation, Citation, Figure
from qa.calculator import Operand, Worked, round_half_up
from qa.facts import ColumnFact, DocumentFacts, RowFact, TableFact
from qa.linking import Candidate
from qa.phrases import describe, subject_of


class Builder:
    """Mutable while one answer is made; what it hands out is frozen."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []
        self.calculations: list[Calculation] = []
        self.figures: list[Figure] = []
        self.inputs: list[Figure] = []
        self.warnings: list[str] = []
        self._numbers: dict[tuple[object, ...], int] = {}

    def _add(self, key: tuple[object, ...], citation: Citation) -> int:
        if key not in self._numbers:
            self._numbers[key] = citation.n
            self.citations.append(citation)
        return self._numbers[key]

    def cite(self, candidate: Candidate) -> int:
        """The citation's number for a cell or a stated figure; the same place is cited once. A cell's
        text that breaks in the source has a citation for each part; the first one's number is given."""
        if candidate.quote is not None:
            return self._cite_clause(candidate)
        if candidate.stated is not None:
            return self._cite_stated(candidate)
        assert candidate.table is not None
        assert candidate.row is not None
        assert candidate.column is not None
        facts, table, row, column = candidate.facts, candidate.table, candidate.row, candidate.column
        parts = [part.strip() for part in candidate.text.split(SOURCE_BREAK) if part.strip()]
        numbers = [
            self._add(
                ("cell", candidate.cell_key, index),
                Citation(
                    n=len(self.citations) + 1,
                    document_id=facts.document_id,
                    doc=facts.document.file_name,
                    quote=part,
                    page_number=candidate.place.page_number,
                    bbox=candidate.place.bbox,
                    confidence=row.row.cells[column.column_index].confidence,
                    **place_in_table(table, row, column),  # type: ignore[arg-type]
                ),
            )
            for index, part in enumerate(parts or [row.row.label])
        ]
        return numbers[0]

    def _cite_clause(self, candidate: Candidate) -> int:
        assert candidate.quote is not None
        where: dict[str, object] = {}
        if candidate.table and candidate.row and candidate.column:
            where = place_in_table(candidate.table, candidate.row, candidate.column)
            where["confidence"] = candidate.row.row.cells[candidate.column.column_index].confidence
        return self.quote(candidate.facts, candidate.quote, candidate.place, candidate.section, **where)

    def _cite_stated(self, candidate: Candidate) -> int:
        fact, facts = candidate.stated, candidate.facts
        assert fact is not None
        passage = facts.document.passages[fact.statement.passage_index]
        fragment = next((f for f in passage.fragments if f.start <= fact.figure.start < f.end), None)
        start, end = fact.statement.start, fact.statement.end
        if fragment is not None:
            start, end = max(start, fragment.start), min(end, fragment.end)
        return self.quote(
            facts, passage.text[start:end].strip(), candidate.place, " > ".join(passage.section)
        )

    def quote(
        self, facts: DocumentFacts, quote: str, place: Place, section: str | None, **where: object
    ) -> int:
        """Cite a run of text that stands unbroken in the source."""
        where.setdefault("confidence", _confidence(facts, quote, place))
        return self._add(
            ("text", facts.document_id, quote, place),
            Citation(
                n=len(self.citations) + 1,
                document_id=facts.document_id,
                doc=facts.document.file_name,
                quote=quote,
                page_number=place.page_number,
                bbox=place.bbox,
                section=section,
                **where,  # type: ignore[arg-type]
            ),
        )

    def operand(self, candidate: Candidate) -> Operand:
        """The candidate as a cited number. Raises ValueError when it has none."""
        if candidate.value is None:
            raise ValueError("a blank cell has no value to calculate with")
        taken = _cited_figure(candidate, describe(candidate), self.cite(candidate))
        if taken not in self.inputs:
            self.inputs.append(taken)
        return Operand(candidate.value, candidate.unit, taken.citations[0])

    def calculate(self, worked: Worked, decimals: int) -> Calculation:
        """Record a result, rounded half up to ``decimals`` places at the end."""
        calculation = Calculation(
            len(self.calculations) + 1,
            worked.expression,
            round_half_up(worked.value, decimals),
            worked.unit,
            worked.inputs,
        )
        self.calculations.append(calculation)
        return calculation

    def quoted_figure(self, candidate: Candidate, label: str) -> Figure:
        """A figure of the answer that stands in the source as it is."""
        figure = _cited_figure(candidate, label, self.cite(candidate))
        self.figures.append(figure)
        return figure

    def computed_figure(self, calculation: Calculation, label: str) -> Figure:
        """A figure of the answer that a calculation makes."""
        figure = Figure(calculation.value, calculation.unit, label, calculation.inputs, calculation.n)
        self.figures.append(figure)
        return figure


def _cited_figure(candidate: Candidate, label: str, citation: int) -> Figure:
    assert candidate.value is not None
    return Figure(candidate.value, candidate.unit, label, (citation,), subject=subject_of(candidate))


def _confidence(facts: DocumentFacts, quote: str, place: Place) -> float | None:
    """How sure text recognition is of running text; None where the file holds it itself."""
    return least(
        fragment.confidence
        for passage in facts.document.passages
        for fragment in passage.fragments
        if fragment.confidence is not None
        and fragment.place.page_number == place.page_number
        and quote in passage.text[fragment.start : fragment.end]
    )


def place_in_table(table: TableFact, row: RowFact, column: ColumnFact) -> dict[str, object]:
    """The fields of a Citation that say where in its table a cell stands."""
    number = f"{table.table.number} " if table.table.number else ""
    names = filter(None, [row.row.unit_name, *row.row.path, *row.named])
    return {
        "table": number + table.table.title,
        "row": " > ".join(dict.fromkeys(names)),
        "column": " > ".join(column.column.path) or table.table.unit,
        "table_index": table.table_index,
        "row_index": row.row_index,
        "column_index": column.column_index,
    }


def show(value: Decimal, unit: str | None) -> str:
    """``15,947.98 万元``: separators by thousands, digits as in the source."""
    number = format(value, ",f")
    return f"{number}{'' if unit in ('%', '倍') else ' '}{unit or ''}".rstrip()


def result_decimals(worked: Worked, asked: int | None, operands: list[Operand]) -> int:
    """Places of a result: as asked, else two for ratios, else as many as the inputs print."""
    if asked is not None:
        return asked
    if worked.unit in ("%", "倍", "个百分点"):
        return 2
    most = max((places(o.value) for o in operands), default=2)
    if worked.unit == "亿元" and all(o.unit != "亿元" for o in operands):
        return 2 if worked.value >= 1 else 4
    exact = places(worked.value.normalize())
    return exact if exact <= 6 and exact > most else most

"""What an answer is: a text whose every number stands in a figure, a citation or a calculation.

``Answer.to_dict`` gives the fixed outside format of an answer file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from ingest.model import BBox

Status = Literal["answered", "no_answer", "needs_clarification"]
Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in a source, numbered from 1 within its answer. ``quote`` is copied from the source."""

    n: int
    document_id: int
    doc: str
    """The file's name."""
    quote: str
    page_number: int | None = None
    bbox: BBox | None = None
    section: str | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None
    table_index: int | None = None
    row_index: int | None = None
    column_index: int | None = None
    confidence: float | None = None
    """How sure text recognition is of a cell of a scan, 0 to 1; None where the file holds the text."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "doc": self.doc,
            "page": self.page_number,
            "bbox": [round(x, 2) for x in self.bbox] if self.bbox else None,
            "section": self.section,
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Calculation:
    """Arithmetic over cited figures: ``24.53 / 71.33 * 100`` = 34.39 %."""

    n: int
    expression: str
    value: Decimal
    unit: str | None
    inputs: tuple[int, ...]
    """Citation numbers whose quotes hold the numbers of the expression."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "expression": self.expression,
            "value": format(self.value, "f"),
            "unit": self.unit,
            "inputs": list(self.inputs),
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """What a cited figure is about, in its parts, so that figures can be set beside each other."""

    organization: str
    fiscal_year: int | None
    names: tuple[str, ...]
    """Of its row and column, from the general to the particular."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the answer gives: quoted (``citations``) or computed (``calculation``)."""

    value: Decimal
    unit: str | None
    label: str
    citations: tuple[int, ...] = ()
    calculation: int | None = None
    subject: Subject | None = None
    """None where it is computed, or stands in a text that is quoted."""

    def to_dict(self) -> dict[str, Any]:
        given: dict[str, Any] = {
            "value": format(self.value, "f"),
            "unit": self.unit or "",
            "label": self.label,
            "citations": list(self.citations),
        }
        if self.calculation is not None:
            given["calculation"] = self.calculation
        return given


@dataclass(frozen=True, slots=True)
class Answer:
    status: Status
    text: str
    """Markdown, in the question's language, with citation marks ``[1]``."""
    language: Language
    figures: tuple[Figure, ...] = ()
    citations: tuple[Citation, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    warnings: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """Names that the documents print: to choose from, or the nearest things found."""
    named: tuple[str, ...] = ()
    """Of a refusal: the question, and whose documents there are. Numbers in these are names, not figures."""
    understood: str = ""
    """How the question was understood, for people."""
    inputs: tuple[Figure, ...] = ()
    """The cited figures that the calculations take in, in their order."""
    elapsed_ms: float = field(default=0.0, compare=False)

    def to_dict(self, identifier: str | None = None) -> dict[str, Any]:
        """The answer-file format; with the question's ``id`` first where one is given."""
        given: dict[str, Any] = {} if identifier is None else {"id": identifier}
        return given | {
            "status": self.status,
            "text": self.text,
            "figures": [f.to_dict() for f in self.figures],
            "citations": [c.to_dict() for c in self.citations],
            "calculations": [c.to_dict() for c in self.calculations],
            "warnings": list(self.warnings),
            "elapsed_ms": round(self.elapsed_ms, 1),
        }

"""Questions whose answer is a quotation: reasons, definitions, duties, contents."""

from __future__ import annotations

from ingest.values import find_amounts
from qa.answer import Answer, Figure
from qa.builder import Builder
from qa.lexicon import Lexicon
from qa.passages import find_passages
from qa.phrases import marks, phrase
from qa.scope import Library, StoreLike, for_target
from qa.understanding import Understood

LEAST_COVERAGE = 0.45
"""Share of the question's content words that a quotation must explain."""


def answer_text(understood: Understood, library: Library, lexicon: Lexicon, store: StoreLike) -> Answer | None:
    """The best extract, quoted and cited; None when nothing explains enough of the question."""
    request = understood.request
    target = request.targets[0]
    documents = for_target(library.facts(), target) or list(understood.documents)
    key = request.question.key
    ignore = [key[m.start : m.end] for m in (*understood.mentions.bodies, *understood.mentions.years) if m.end]
    found = find_passages(
        request.question.raw, request.intent, [(d.document_id, d.document) for d in documents], ignore=ignore
    )
    if not found or found[0].coverage < LEAST_COVERAGE:
        return None
    best = found[0]
    facts = next(d for d in documents if d.document_id == best.document_id)
    builder = Builder()
    numbers = []
    for quote, place in ((best.quote, best.place), *best.more):
        numbers.append(
            builder.quote(
                facts, quote, place, " > ".join(best.section),
                table_index=best.table_index, row_index=best.row_index, column_index=best.column_index,
            )
        )
    _add_figures(builder, best.text, numbers, request.unit)
    text = phrase(request.question.language, "quote", text=best.text, marks=marks(numbers))
    return Answer(
        "answered", text, request.question.language, tuple(builder.figures), tuple(builder.citations),
        understood=target.describe(),
    )


MOST_FIGURES = 12


def _add_figures(builder: Builder, text: str, citations: list[int], unit: str | None) -> None:
    """The figures that the quotation holds, those of the unit asked for first."""
    amounts = [a for a in find_amounts(text) if a.unit not in (None, "年", "月", "日")]
    for amount in sorted(amounts, key=lambda a: a.unit != unit)[:MOST_FIGURES]:
        quoting = [n for n in citations if amount.text in builder.citations[n - 1].quote]
        if quoting:
            builder.figures.append(Figure(amount.value, amount.unit, amount.text, tuple(quoting[:1])))

"""Questions whose answer is a quotation: reasons, definitions, duties, contents."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from ingest.values import find_amounts, name_key
from qa.answer import Answer, Figure
from qa.builder import Builder
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.passages import Extract, find_passages, gloss
from qa.phrases import marks, phrase
from qa.request import Target
from qa.scope import Library, StoreLike, for_target
from qa.understanding import Understood

LEAST_COVERAGE = 0.5
"""Share of the question's content words that a quotation must explain."""
ALIKE = 0.9
"""Texts this similar say the same."""
MOST_FIGURES = 12


def answer_text(
    understood: Understood, library: Library, lexicon: Lexicon, store: StoreLike
) -> Answer | None:
    """The best extract for each target, quoted and cited; None when one of them has none that
    explains enough of the question."""
    request = understood.request
    targets = _distinct(request.targets)
    builder = Builder()
    lines, extracts = [], []
    for target in targets:
        documents = for_target(library.facts(), target) or list(understood.documents)
        asked = _asked(understood, target, len(targets) > 1)
        best = _best(asked, understood, documents)
        if best is None:
            return None
        extracts.append(best)
        lines.append(_quote(builder, best, documents, understood))
    if len(extracts) > 1 and any(w in request.question.plain for w in lexicon.words["same"]):
        lines.insert(0, phrase(request.question.language, "same_text" if _alike(extracts) else "other_text"))
    return Answer(
        "answered",
        "\n\n".join(lines),
        request.question.language,
        tuple(builder.figures),
        tuple(builder.citations),
        warnings=tuple(builder.warnings),
        understood=" / ".join(t.describe() for t in targets),
    )


def _distinct(targets: Sequence[Target]) -> list[Target]:
    """One for each body, year and set of names."""
    found: dict[object, Target] = {}
    for target in targets:
        bodies = tuple(b.key for b in target.body.bodies) if target.body else ()
        found.setdefault((bodies, target.year), target)
    return list(found.values())


def _asked(understood: Understood, target: Target, several: bool) -> str:
    """The question to look for; with several targets, each one's own names and the intent."""
    question = understood.request.question
    text = understood.said_before + question.raw
    if not several or not target.items or question.language == "en":
        return text
    items = [i for t in understood.request.targets for i in t.items]
    others = {i.text for i in items} - {i.text for i in target.items}
    for other in others:
        text = text.replace(other, "")
    return text


def _best(asked: str, understood: Understood, documents: Sequence[DocumentFacts]) -> Extract | None:
    intent = understood.request.intent
    found = find_passages(
        asked,
        "text" if intent == "figure" else intent,
        [(d.document_id, d.document) for d in documents],
        ignore=understood.spoken_for,
    )
    return found[0] if found and found[0].coverage >= LEAST_COVERAGE else None


def _quote(
    builder: Builder, best: Extract, documents: Sequence[DocumentFacts], understood: Understood
) -> str:
    facts = next(d for d in documents if d.document_id == best.document_id)
    language = understood.request.question.language
    numbers = [
        builder.quote(
            facts,
            quote,
            place,
            " > ".join(best.section),
            table_index=best.table_index,
            row_index=best.row_index,
            column_index=best.column_index,
        )
        for quote, place in ((best.quote, best.place), *best.more)
    ]
    _add_figures(builder, best.text, numbers, understood.request.unit)
    text = phrase(language, "quote", text=best.text, marks=marks(numbers))
    if best.contradicts:
        text = phrase(language, "other_direction") + text
    if language == "en" and (terms := gloss(best.text)):
        text += "\n\n" + phrase(language, "gloss", terms="; ".join(f"{zh} = {en}" for zh, en in terms))
    return text


def _alike(extracts: Sequence[Extract]) -> bool:
    first, *others = (name_key(e.text) for e in extracts)
    return all(SequenceMatcher(None, first, other, autojunk=False).ratio() >= ALIKE for other in others)


def _add_figures(builder: Builder, text: str, citations: list[int], unit: str | None) -> None:
    """The figures that the quotation holds, those of the unit asked for first."""
    amounts = [a for a in find_amounts(text) if a.unit not in (None, "年", "月", "日")]
    for amount in sorted(amounts, key=lambda a: a.unit != unit)[:MOST_FIGURES]:
        quoting = [n for n in citations if amount.text in builder.citations[n - 1].quote]
        if quoting:
            builder.figures.append(Figure(amount.value, amount.unit, amount.text, tuple(quoting[:1])))

"""Questions whose answer is a quotation: reasons, definitions, duties, contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from ingest.values import find_amounts, name_key
from qa.answer import Answer, Figure
from qa.builder import Builder, place_in_table
from qa.clauses import Clause, clauses_of
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.nearest import near_passages, nearest_passages
from qa.passages import Extract, Intent, find_passages, gloss
from qa.phrases import marks, phrase
from qa.scope import Library, StoreLike, for_target
from qa.stated import asked_units
from qa.terms import words
from qa.understanding import Understood

LEAST_COVERAGE = 0.5
"""Share of the question's content words that a quotation must explain."""
SURE_COVERAGE = 0.75
"""The same, where the question's own form does not show that it asks for a quotation."""
WORDS_DECIDE = 0.6
"""Below this coverage, passages near in meaning are looked for as well."""
ALL_SAID = 0.95
"""From this coverage on, one quotation says all that the question names."""
RIVAL = 0.98
"""An extract with this share of the best one's score is as good."""
ALIKE = 0.9
"""Texts this similar say the same."""
MOST_FIGURES = 12


def answer_text(
    understood: Understood,
    library: Library,
    lexicon: Lexicon,
    store: StoreLike,
    least: float = LEAST_COVERAGE,
) -> Answer | None:
    """The best extract for each clause of the question, quoted and cited; None when one of them has
    none that explains at least the share ``least`` of its words."""
    request = understood.request
    builder = Builder()
    found: list[tuple[Clause, Extract, Sequence[DocumentFacts]]] = []
    for clause in clauses_of(understood):
        documents = for_target(library.facts(), clause.target) or list(understood.documents)
        extracts = _extracts(clause, understood, documents, store, least)
        if not extracts:
            return None
        found += [(clause, extract, documents) for extract in extracts]
    lines = [_quote(builder, extract, documents, understood) for _, extract, documents in found]
    if len(found) > 1 and any(w in request.question.plain for w in lexicon.words["same"]):
        alike = _alike([extract for _, extract, _ in found])
        lines.insert(0, phrase(request.question.language, "same_text" if alike else "other_text"))
    return Answer(
        "answered",
        "\n\n".join(lines),
        request.question.language,
        tuple(builder.figures),
        tuple(builder.citations),
        warnings=tuple(builder.warnings),
        understood=" / ".join(dict.fromkeys(clause.target.describe() for clause, _, _ in found)),
    )


def needs_words(understood: Understood) -> bool:
    """Can nothing but words answer it? A figure is no reason, no definition and no duty."""
    request = understood.request
    return (
        request.intent in ("reason", "definition", "duty")
        and request.measure == "value"
        and request.combination in ("each", "list")
        and not _asks(understood, "amount")
    )


def decline_words(understood: Understood, store: StoreLike) -> Answer:
    """Say that no passage answers, with the passages nearest in meaning."""
    request = understood.request
    text = phrase(request.question.language, "missing_words")
    names = nearest_passages(store, request.question.raw, understood.documents)
    if names:
        text += phrase(request.question.language, "nearest", names="；".join(names))
    return Answer("no_answer", text, request.question.language, choices=tuple(names))


def _extracts(
    clause: Clause,
    understood: Understood,
    documents: Sequence[DocumentFacts],
    store: StoreLike,
    least: float,
) -> list[Extract]:
    """One extract that says it all; else one for each thing that the clause names, when all are found;
    else the best one for the whole clause. [] when that explains too little."""
    whole = _best(clause.text, clause.ignore, understood, documents, store)
    parts = []
    if len(clause.parts) > 1 and (whole is None or whole.coverage < ALL_SAID):
        parts = [_best(part, clause.ignore, understood, documents, store) for part in clause.parts]
    good = [p for p in parts if p is not None and p.coverage >= least]
    distinct = list({p.quote: p for p in good}.values())
    if len(good) == len(parts) and len(distinct) > 1:
        return distinct
    return [whole] if whole is not None and whole.coverage >= least else []


def _best(
    text: str,
    ignore: Sequence[str],
    understood: Understood,
    documents: Sequence[DocumentFacts],
    store: StoreLike,
) -> Extract | None:
    """The best extract by words; where they do not decide, by words and nearness in meaning."""
    read = [(d.document_id, d.document) for d in documents]
    found = find_passages(text, form_of(understood), read, ignore=ignore)
    if not found or found[0].coverage < WORDS_DECIDE:
        near = near_passages(store, text, documents)
        found = find_passages(text, form_of(understood), read, near, ignore=ignore) if near else found
    return found[0] if found and not _has_rivals(found) else None


def _has_rivals(found: Sequence[Extract]) -> bool:
    """Does another section say as much, where the best one does not say it all?"""
    best, *others = found
    return best.coverage < SURE_COVERAGE and any(
        e.score >= RIVAL * best.score and e.section != best.section for e in others
    )


def form_of(understood: Understood) -> Intent:
    """The form that a quotation should have: a list, where one is asked for in so many words."""
    request = understood.request
    if request.intent == "definition" and _ends_in_a_heading(request.question.plain):
        return "content"  # 项目内容是什么 asks for no definition
    if request.intent in ("figure", "content"):
        asks_list = any(w in request.question.plain for w in words()["intents"]["list"]["asking"])
        return "list" if asks_list else "text" if request.intent == "figure" else "content"
    return request.intent


def asks_for_words(understood: Understood) -> bool:
    """Does a question that reads like one for figures ask for words (``提出要在哪些方面…``)?"""
    request = understood.request
    return (
        request.measure == "value"
        and request.combination in ("each", "list")
        and not asked_units(request.question.plain)
        and (_asks(understood, "asking") or _ends_in_a_heading(request.question.plain))
        and not _asks(understood, "not_asking")
    )


def _ends_in_a_heading(question: str) -> bool:
    """``信息化项目的绩效目标``: the text that stands under that heading is asked for."""
    content = words()["intents"]["content"]
    kinds = ("columns", "sections", "second_columns", "second_sections")
    headings = [heading for kind in kinds for heading in content[kind]]
    return re.sub(r"(?:是什么|是啥|有哪些|呢)?[?？。]*$", "", question).endswith(tuple(headings))


def _asks(understood: Understood, kind: str) -> bool:
    """Does the question have a word of the kind, of those for ``text``?"""
    return any(w in understood.request.question.plain for w in words()["intents"]["text"][kind])


def _quote(
    builder: Builder, best: Extract, documents: Sequence[DocumentFacts], understood: Understood
) -> str:
    facts = next(d for d in documents if d.document_id == best.document_id)
    request = understood.request
    language = request.question.language
    section, where = " > ".join(best.section), _cell_of(best, facts)
    numbers = [
        builder.quote(facts, quote, place, section, **where)
        for quote, place in ((best.quote, best.place), *best.more)
    ]
    units = asked_units(request.question.plain)
    if units or request.intent not in ("definition", "duty"):
        _add_figures(builder, best.text, numbers, units)
    text = phrase(language, "quote", text=best.text, marks=marks(numbers))
    if best.contradicts:
        text = phrase(language, "other_direction") + text
    if language == "en" and (terms := gloss(best.text)):
        text += "\n\n" + phrase(language, "gloss", terms="; ".join(f"{zh} = {en}" for zh, en in terms))
    return text


def _cell_of(extract: Extract, facts: DocumentFacts) -> dict[str, object]:
    """Where a quoted cell stands; of a table's note, the table. Empty for a passage."""
    if extract.table_index is None:
        return {}
    table = facts.tables[extract.table_index]
    if extract.row_index is None or extract.column_index is None:
        return {"table": table.table.title, "table_index": extract.table_index}
    return place_in_table(table, table.rows[extract.row_index], table.columns[extract.column_index])


def _alike(extracts: Sequence[Extract]) -> bool:
    first, *others = (name_key(e.text) for e in extracts)
    return all(SequenceMatcher(None, first, other, autojunk=False).ratio() >= ALIKE for other in others)


def _add_figures(builder: Builder, text: str, citations: list[int], units: Sequence[str]) -> None:
    """The figures that the quotation holds; only those of the units asked for, where it holds any."""
    amounts = [a for a in find_amounts(text) if a.unit not in (None, "年", "月", "日")]
    asked = [a for a in amounts if a.unit in units]
    quoted = {n: {a.text for a in find_amounts(builder.citations[n - 1].quote)} for n in citations}
    for amount in (asked or amounts)[:MOST_FIGURES]:
        quoting = [n for n in citations if amount.text in quoted[n]]  # as an amount: 2 人 is not in 42 人
        if quoting:
            builder.figures.append(Figure(amount.value, amount.unit, amount.text, tuple(quoting[:1])))

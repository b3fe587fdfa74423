"""Figures that only running text holds, as candidates: counts, prices, areas, what a text cell says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from ingest.values import YUAN_PER_UNIT, Amount, name_key
from qa.facts import DocumentFacts
from qa.linking import Candidate
from qa.passages import FigureExtract, stated_figures
from qa.snippets import attested
from qa.terms import concepts

_EACH_AFTER = re.compile(r"\s*[/／每]")
_EACH_BEFORE = re.compile(r"(?:每\w{1,3}|单价|/)[约为是按]*\s*$")
_PART_OF = ("中", "里", "内", "项下")
NEXT_TO = 6
"""Characters between a count and its amount, at most."""
LEAST_COVERAGE = 0.62
"""Share of the question's words that a figure in running text must be explained by."""


def prose_candidates(
    question: str,
    documents: Sequence[DocumentFacts],
    ignore: Sequence[str],
    unit: str | None = None,
    year: int | None = None,
    names: Sequence[frozenset[str]] = (),
    other_side: str | None = None,
) -> list[Candidate]:
    """The figures of the narrative and of text cells that fit the question in words and in kind
    (and are of the ``unit`` and ``year`` asked for, where they are known), best first; [] when none
    explains enough. ``names``: for each official name asked for, every way to say it; a figure that
    one of them only follows (主要用于邮电费、差旅费 …) is another thing's. Where there are none, the one
    thing that the question names and the documents print stands for them. ``other_side``: what is
    called by it (支出) is not asked for."""
    facts = {d.document_id: d for d in documents}
    names = names or _only_name(question, documents, ignore)
    found = stated_figures(question, [(i, d.document) for i, d in facts.items()], ignore, unit=unit)
    return [
        _candidate(facts[e.document_id], e)
        for e in found
        if e.coverage >= LEAST_COVERAGE
        and e.fits
        and (year is None or _year_of(e, facts[e.document_id]) in (year, None))
        and all(_bears(e, ways) for ways in names)
        and not (other_side and other_side in name_key(e.figure.label or e.subject))
    ]


def _only_name(
    question: str, documents: Sequence[DocumentFacts], ignore: Sequence[str]
) -> list[frozenset[str]]:
    printed = partial(attested, [d.document for d in documents])
    named = concepts(question, ignore, printed)
    return [frozenset({named[0].said})] if len(named) == 1 and printed(named[0].said) else []


def _bears(extract: FigureExtract, ways: frozenset[str]) -> bool:
    """Whether the figure's headings, or its sentence up to the end of its clause, say the name."""
    text, at = extract.text, extract.figure.start
    start = max(text.rfind(end, 0, at) for end in "。；;\n") + 1
    end = min((i for c in "，,。；;：" if (i := text.find(c, extract.figure.end)) >= 0), default=len(text))
    said = name_key("·".join((*extract.section, extract.subject, extract.figure.label, text[start:end])))
    part_of = tuple(way + inside for way in ways for inside in _PART_OF)
    for phrase in part_of:  # 公用经费中用于外事的: a part of it
        said = said.replace(phrase, "·")
    return any(way in said for way in ways)


def _year_of(extract: FigureExtract, facts: DocumentFacts) -> int | None:
    return extract.fiscal_year or facts.document.identity.fiscal_year


def _candidate(facts: DocumentFacts, extract: FigureExtract) -> Candidate:
    table = row = column = None
    if extract.table_index is not None and extract.row_index is not None and extract.column_index is not None:
        table = facts.tables[extract.table_index]
        row, column = table.rows[extract.row_index], table.columns[extract.column_index]
    return Candidate(
        facts,
        extract.figure.value,
        extract.figure.unit,
        extract.figure.text,
        extract.place,
        frozenset(),
        extract.score,
        (f"words {extract.coverage:.2f}",),
        row,
        column,
        table,
        quote=extract.quote,
        section=" > ".join(extract.section),
        label=extract.figure.label or extract.subject,
    )


def prose_families(
    question: str, documents: Sequence[DocumentFacts], ignore: Sequence[str]
) -> Iterator[list[Candidate]]:
    """The amounts that one paragraph, or one cell of running text, divides something into, in the
    text's order and without their total; those of the text that fits the question best first."""
    facts = {d.document_id: d for d in documents}
    found = stated_figures(question, [(i, d.document) for i, d in facts.items()], ignore, limit=10_000)
    texts: dict[tuple[object, ...], list[FigureExtract]] = {}
    for extract in found:
        where = (extract.document_id, extract.passage_index, extract.table_index, extract.row_index)
        texts.setdefault((*where, extract.column_index), []).append(extract)
    for extracts in texts.values():
        if max(e.coverage for e in extracts) < LEAST_COVERAGE:
            continue
        amounts = [e for e in extracts if e.figure.role == "amount" and e.figure.unit in YUAN_PER_UNIT]
        parts = _without_totals(sorted(amounts, key=lambda e: e.figure.start))
        if len(parts) > 1:
            yield [_candidate(facts[e.document_id], e) for e in parts]


def _without_totals(extracts: list[FigureExtract]) -> list[FigureExtract]:
    """Those left when the figures that the others add up to are taken away."""
    worth = [e.figure.value * YUAN_PER_UNIT[e.figure.unit] for e in extracts]
    for whole in sorted(set(worth), reverse=True):
        rest = [(e, w) for e, w in zip(extracts, worth, strict=True) if w != whole]
        if len(rest) > 1 and sum(w for _, w in rest) == whole:
            return [e for e, _ in rest]
    return extracts


def clauses_with(amount: Amount, documents: Sequence[DocumentFacts], question: str) -> Candidate | None:
    """The clause that prints this very amount and shares most words with the question."""
    facts = {d.document_id: d for d in documents}
    found = stated_figures(question, [(i, d.document) for i, d in facts.items()], (), limit=10_000)
    worth = amount.value * YUAN_PER_UNIT.get(amount.unit or "", Decimal(1))
    same = [
        e
        for e in found
        if e.figure.unit in YUAN_PER_UNIT and e.figure.value * YUAN_PER_UNIT[e.figure.unit] == worth
    ]
    return _candidate(facts[same[0].document_id], same[0]) if same else None


def price_pair(question: str, documents: Sequence[DocumentFacts]) -> tuple[Candidate, Candidate] | None:
    """An amount and the count that stands next to it in the same clause: ``11 台共 33.11 万元``."""
    facts = {d.document_id: d for d in documents}
    found = stated_figures(question, [(i, d.document) for i, d in facts.items()], (), limit=200)
    money = [e for e in found if e.figure.unit in YUAN_PER_UNIT]
    counts = [e for e in found if e.figure.unit not in (*YUAN_PER_UNIT, "%", "个百分点", "年")]
    for count in sorted(counts, key=lambda e: -e.score):
        beside = [
            m for m in money if m.text == count.text and 0 <= m.figure.start - count.figure.end <= NEXT_TO
        ]
        if beside and count.coverage >= LEAST_COVERAGE / 2:
            amount = min(beside, key=lambda m: m.figure.start)
            return _candidate(facts[amount.document_id], amount), _candidate(facts[count.document_id], count)
    return None


def priced_count(
    question: str, count: Amount, documents: Sequence[DocumentFacts]
) -> tuple[Candidate, Candidate] | None:
    """The price of each and how many, from the text that prints this very count and a price beside it."""
    facts = {d.document_id: d for d in documents}
    found = stated_figures(question, [(i, d.document) for i, d in facts.items()], (), limit=10_000)
    counts = {e.text: e for e in found if e.figure.value == count.value and e.figure.unit == count.unit}
    prices = [e for e in found if e.text in counts and e.figure.unit in YUAN_PER_UNIT and _is_price(e)]
    if not prices:
        return None
    price, number = prices[0], counts[prices[0].text]
    return _candidate(facts[price.document_id], price), _candidate(facts[number.document_id], number)


def _is_price(extract: FigureExtract) -> bool:
    """``20.04万元/年``, ``每个 600 元``: an amount for each."""
    after, before = extract.text[extract.figure.end :], extract.text[: extract.figure.start]
    return extract.figure.role == "price" or bool(_EACH_AFTER.match(after) or _EACH_BEFORE.search(before))

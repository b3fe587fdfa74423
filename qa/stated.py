"""Figures that stand only in running text, for a question about an amount, a count or a share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ingest.model import SOURCE_BREAK, Document, FigureRole, Place, StatedFigure
from ingest.values import find_amounts, is_money, name_key
from qa.snippets import Snippet, attested, snippets, weights
from qa.terms import Asked, concepts, direction, terms, words

LABEL, SENTENCE, AROUND, BESIDE = 1.0, 0.6, 0.5, 0.3
"""What finding a word of the question is worth in the figure's own label, elsewhere in its
sentence, in the subject and headings around it, and in the rest of its paragraph and the
sections beside it."""
W_ROLE = 0.15
"""The figure has the role asked for: a change, a rate, a count …; or not: as much less."""
W_UNIT = 0.15
"""It has the unit asked for; a figure of another unit loses twice as much."""
W_LABEL = 0.1
"""Its label says nothing but what the question says (车辆, not 购置车辆)."""
SAYS_LITTLE = 4
"""A label of fewer characters (指标值, 约) does not name its number alone."""
CLAUSE_ENDS = "，,；;。：:、（("


@dataclass(frozen=True, slots=True)
class FigureExtract:
    """A candidate figure of the narrative or of a cell of running text."""

    document_id: int
    figure: StatedFigure
    """Value, unit, role, label and direction; its span is within ``text``."""
    text: str
    """The passage or the cell."""
    quote: str
    """The clause with the figure, unbroken in the source."""
    place: Place
    section: tuple[str, ...]
    subject: str
    fiscal_year: int | None
    score: float
    coverage: float
    """0..1: the share of the question's words that label, sentence and headings explain."""
    fits: bool = True
    """False: its role, unit or direction is not the one asked for."""
    passage_index: int | None = None
    table_index: int | None = None
    row_index: int | None = None
    column_index: int | None = None


@dataclass(frozen=True)
class _Figure:
    """The figure asked for."""

    question: str
    named: Asked
    role: FigureRole | None
    unit: str | None


def stated_figures(
    question: str,
    documents: Sequence[tuple[int, Document]],
    ignore: Sequence[str] = (),
    limit: int = 10,
    unit: str | None = None,
) -> list[FigureExtract]:
    """Candidate figures for the question, best first.

    ``ignore``: words explained already. ``unit``: of the number asked for (``money``: of any money
    unit), where the caller knows it better than the question's words say.
    """
    read = [d for _, d in documents]
    named = Asked(concepts(question, ignore, partial(attested, read)), weights(read))
    role = asked_role(question) if unit in (None, asked_unit(question)) else None
    asked = _Figure(question, named, role, unit or asked_unit(question))
    pool = [(i, d, s) for i, d in documents for s in snippets(d)]
    found = [e for i, d, s in pool for e in _of_snippet(asked, i, d, s)]
    return sorted(found, key=lambda e: e.score, reverse=True)[:limit]


def asked_role(question: str) -> FigureRole | None:
    """What kind of figure a question asks for, by its words; None: it does not say."""
    roles: dict[FigureRole, list[str]] = words()["roles"]
    return next((role for role, ws in roles.items() if _has(question, ws)), None)


def asked_unit(question: str) -> str | None:
    """The unit of the number asked for (``多少辆``, ``面积``); None: it does not say."""
    return next(iter(asked_units(question)), None)


def asked_units(question: str) -> list[str]:
    """The units of all numbers asked for (``几台，用几年``), the surest first."""
    units: dict[str, list[str]] = words()["units"]
    low = question.lower()
    named = [unit for unit, ws in units.items() if any(re.search(w, low) for w in ws)]
    counted = re.findall(rf"(?:多少|几)({'|'.join(words()['measures']['words'])})(?![月员])", question)
    return list(dict.fromkeys((*named, *counted)))


def same_measure(unit: str, other: str) -> bool:
    """Are two units measures of the same things (名 and 人)? ``money`` is any money unit."""
    if other == "money":
        return is_money(unit)
    groups: list[list[str]] = words()["measures"]["alike"]
    return unit == other or any({unit, other} <= set(group) for group in groups)


def _has(question: str, any_of: Sequence[str]) -> bool:
    low = question.lower()
    return any(word in low for word in any_of)


def _of_snippet(
    asked: _Figure, document_id: int, document: Document, snippet: Snippet
) -> Iterator[FigureExtract]:
    source = snippet.source
    for figure, subject, year in _figures(snippet):
        label = terms(figure.label + _counted(source.text, figure))
        credits = (
            (label, LABEL),
            (_sentence_terms(snippet, figure), SENTENCE),
            (snippet.context_terms | terms(subject), AROUND),
            (snippet.source.own_terms | snippet.source.beside_terms, BESIDE),
        )
        matched = asked.named.explained(credits)
        if not matched:
            continue
        fit = _fit(asked, figure)
        is_named = asked.unit or asked.role or asked.named.explained(((label, 1.0),))
        if not (is_named or is_money(figure.unit)):
            fit -= 2 * W_UNIT  # neither a count or a share is asked for, nor the name of this one
        quote, place = _quote(document, snippet, figure)
        yield FigureExtract(
            document_id,
            figure,
            source.text,
            quote,
            place,
            source.section,
            subject,
            year,
            matched + fit + W_LABEL * asked.named.named(terms(figure.label)),
            asked.named.explained([(found, 1.0) for found, _ in credits[:3]]),
            fit >= 0,
            source.passage_index,
            source.table_index,
            source.row_index,
            source.column_index,
        )


def _sentence_terms(snippet: Snippet, figure: StatedFigure) -> frozenset[str]:
    """The words of the figure's sentence. The reasons that follow an amount are of its change: they
    name another thing than it is of."""
    openers: list[str] = words()["intents"]["reason"]["openers"]
    after = snippet.text[max(0, figure.end - snippet.start) :]
    starts = [at for opener in openers if (at := after.find(opener)) >= 0]
    if figure.role != "amount" or not starts:
        return snippet.own_terms
    return terms(snippet.text[: len(snippet.text) - len(after) + min(starts)])


def _counted(text: str, figure: StatedFigure) -> str:
    """What a count counts stands behind it: ``10名导办人员``."""
    return "，" + text[figure.end : _clause_end(text, figure.end)] if figure.role == "count" else ""


def _figures(snippet: Snippet) -> Iterator[tuple[StatedFigure, str, int | None]]:
    """Figures with their subject and year: of statements, or counted out of a text cell."""
    for statement in snippet.statements:
        for figure in statement.figures:
            if snippet.start <= figure.start < snippet.end:
                yield figure, statement.subject, statement.fiscal_year
    if snippet.source.passage_index is None:
        subject = " > ".join(snippet.source.section)
        for amount in find_amounts(snippet.text):
            if amount.unit and amount.unit not in ("年", "月", "个月", "日"):
                start = snippet.start + amount.start
                label = _label_start(snippet.source.text, start)
                yield (
                    StatedFigure(
                        start,
                        snippet.start + amount.end,
                        amount.text,
                        amount.value,
                        amount.unit,
                        _role_of_unit(amount.unit),
                        snippet.source.text[label:start].replace(SOURCE_BREAK, ""),
                    ),
                    subject,
                    None,
                )


def _role_of_unit(unit: str) -> FigureRole:
    if is_money(unit):
        return "amount"
    return "share" if unit == "%" else "count"


def _fit(asked: _Figure, figure: StatedFigure) -> float:
    """Does the figure have the role, the unit and the direction asked for?"""
    fit = 0.0
    if asked.role:
        alike = {asked.role, figure.role} <= {"share", "rate"}
        fit += W_ROLE if figure.role == asked.role or alike else -W_ROLE
    elif figure.role in ("change", "rate"):
        fit -= W_ROLE
    if asked.unit:
        fit += W_UNIT if same_measure(figure.unit, asked.unit) else -2 * W_UNIT
    elif figure.unit in words()["measures"]["time"]:
        fit -= 2 * W_UNIT
    wanted = direction(asked.question)
    if wanted and figure.direction and wanted != figure.direction:
        fit -= W_ROLE
    return fit


def _quote(document: Document, snippet: Snippet, figure: StatedFigure) -> tuple[str, Place]:
    """The clause with the figure, within one unbroken run."""
    source = snippet.source
    start, end = _clause_start(source.text, figure.start), _clause_end(source.text, figure.end)
    if source.passage_index is None:
        before = source.text.rfind(SOURCE_BREAK, 0, figure.start) + 1
        after = source.text.find(SOURCE_BREAK, figure.end)
        return source.text[max(start, before) : end if after < 0 else min(end, after)].strip(), source.place
    for fragment in document.passages[source.passage_index].fragments:
        if fragment.start <= figure.start and figure.end <= fragment.end:
            return source.text[max(start, fragment.start) : min(end, fragment.end)].strip(), fragment.place
    return figure.text, source.place


def _label_start(text: str, at: int) -> int:
    """Where the words begin that name a number: a clause, and one more where it says little."""
    start = _clause_start(text, at)
    return start if len(name_key(text[start:at])) >= SAYS_LITTLE else _clause_start(text, max(0, start - 1))


def _clause_end(text: str, at: int) -> int:
    """Where the clause of a position ends."""
    return next((i for i in range(at, len(text)) if text[i] in CLAUSE_ENDS or text[i] == "\n"), len(text))


def _clause_start(text: str, at: int) -> int:
    """Where the clause of a position begins; a comma between digits does not end one."""
    for i in range(at - 1, -1, -1):
        if text[i] in CLAUSE_ENDS and not (text[i] == "," and text[i + 1 : i + 2].isdigit()):
            return i + 1
    return 0

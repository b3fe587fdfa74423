"""Can a total and its parts hold together, as a question states them?"""

from __future__ import annotations

from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, Amount, fold, name_key
from qa.answer import Answer
from qa.breakdown import worth
from qa.builder import Builder, show
from qa.calculator import total
from qa.case import Case
from qa.linking import Candidate
from qa.phrases import describe, marks, phrase
from qa.quoted import is_money, says, stretches
from qa.say import computed, finish, say_item, working
from qa.vocabulary import bigrams

LEAST_SHARED = 2
"""Pairs of characters that a quoted figure's clause and the printed one must share."""


def check_together(case: Case) -> Answer | None:
    """A total and its parts, as the question states them: together the parts must not be larger."""
    if not case.asks("together"):
        return None
    money = [c for c in case.quoted if is_money(c)]
    total_claim = next((c for c in money if _is_called_total(case, c)), None)
    if total_claim is None or len(money) < 3:
        return None
    taken: set[tuple[int, int, int]] = set()
    whole = _printed(case, total_claim, taken)
    parts = [_printed(case, c, taken) for c in money if c is not total_claim]
    if whole is None or not all(parts):
        return None
    return _say_together(case, whole, [p for p in parts if p])


def _clause_before(case: Case, claim: Amount) -> str:
    """The words of the question that lead up to a quoted figure."""
    text = fold(case.request.question.raw)
    clause = text[: claim.start]
    for mark in "，,。；;：:、":
        clause = clause.rsplit(mark, 1)[-1]
    return clause


def _is_called_total(case: Case, claim: Amount) -> bool:
    return any(w in _clause_before(case, claim) for w in case.lexicon.words["total_row"])


def _printed(case: Case, claim: Amount, taken: set[tuple[int, int, int]]) -> Candidate | None:
    """The place that prints the figure and shares most words with its clause; each place once."""
    pairs = bigrams(name_key(_clause_before(case, claim)))
    best: tuple[int, tuple[int, int, int], Candidate] | None = None
    for stretch in stretches(case.documents):
        for fact in stretch.stated:
            spot = (stretch.facts.document_id, fact.statement.passage_index, fact.figure.start)
            if spot in taken or not says(claim, fact.figure.value, fact.figure.unit):
                continue
            ends = [f.figure.end for f in stretch.stated if f.figure.end <= fact.figure.start]
            words = stretch.passage.text[max(fact.statement.start, *ends, 0) : fact.figure.end]
            fit = len(pairs & bigrams(name_key(words)))
            if fit >= LEAST_SHARED and (best is None or fit > best[0]):
                best = (fit, spot, stretch.candidate(fact))
    if best is None:
        return None
    taken.add(best[1])
    return best[2]


def _say_together(case: Case, whole: Candidate, parts: list[Candidate]) -> Answer | None:
    builder = Builder()
    operands = [builder.operand(p) for p in parts]
    worked = total(operands)
    excess = worked.value * YUAN_PER_UNIT.get(worked.unit or "", Decimal(1)) - worth(whole)
    figure, cited = computed(builder, worked, operands, case.request, "")
    name = "cannot_hold" if excess > 0 else "can_hold"
    shown = show(whole.value or Decimal(0), whole.unit)
    cited_whole = marks(builder.quoted_figure(whole, describe(whole)).citations)
    lines = [phrase(case.language, name, figure=figure, marks=cited, whole=shown, whole_marks=cited_whole)]
    lines += [say_item(case.request, builder, p) for p in parts]
    return finish(case.request, builder, [*lines, *working(case.request, builder)], case.understood)

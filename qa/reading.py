"""Candidates -> the one reading that is answered, or why there is none.

Targets that belong together (the two sides of a comparison, a part and its whole) are chosen
together: figures of one table and one column fit each other better than two of different kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa.facts import ColumnFact, RowFact, StatedFact
from qa.linking import Candidate, stated_candidate
from qa.mentions import ItemMention, positions
from qa.request import Target
from qa.understanding import Understood
from qa.weights import READINGS

MOST_NEW = 1
"""Characters without meaning that a follow-up for what was asked before may hold."""


SAME_NAME = 0.95
"""Quality from which a name is the row's own."""


@dataclass(frozen=True)
class Linked:
    """A target with everything that it may mean, best first."""

    target: Target
    ranked: tuple[Candidate, ...]


def fit(a: Candidate, b: Candidate) -> float:
    """How well two figures go together."""
    if a.table is None or b.table is None or a.column is None or b.column is None:
        same = a.facts is b.facts and a.stated and b.stated
        return READINGS.same_column * bool(
            same and a.stated and b.stated and a.stated.statement is b.stated.statement
        )
    same_table = a.table.title == b.table.title
    same_column = a.column.key == b.column.key and a.column.ancestors == b.column.ancestors
    same_row = a.row is not None and b.row is not None and a.row.key == b.row.key
    if a.table.covers != b.table.covers:
        return -READINGS.other_scope
    return READINGS.same_table * same_table + READINGS.same_column * (
        same_table and (same_column or same_row)
    )


def choose_together(ranked: Sequence[Sequence[Candidate]]) -> list[Candidate] | None:
    """One candidate a target, so that scores and fits are largest in all; None when one has none."""
    if not all(ranked):
        return None
    best: tuple[float, list[Candidate]] | None = None
    ranked = [_near_best(candidates) for candidates in ranked]
    for first in ranked[0]:
        chosen, score = [first], first.score
        for others in ranked[1:]:
            pick = max(
                others,
                key=lambda c: c.score + fit(first, c) - 0.01 * (c.cell_key == first.cell_key),
            )
            chosen.append(pick)
            score += pick.score + fit(first, pick)
        if best is None or score > best[0]:
            best = (score, chosen)
    return best[1] if best else None


def _near_best(ranked: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those that may be chosen for the company's sake: not so much worse than the best that nothing but
    the company speaks for them."""
    return [c for c in ranked[: READINGS.together] if c.score >= ranked[0].score - READINGS.worth_company]


def usable(
    ranked: Sequence[Candidate], wants_text: bool = False, wants_blank: bool = False
) -> list[Candidate]:
    """Those that say something: a figure; the text of a column that was asked for; and, where the
    question is whether there is any, a cell left blank."""
    return [c for c in ranked if c.value is not None or _speaks(c, wants_text, wants_blank)]


def _speaks(candidate: Candidate, wants_text: bool, wants_blank: bool) -> bool:
    if candidate.column is None:
        return False
    if candidate.column.column.is_text:
        return wants_text and bool(candidate.text.strip())
    return wants_blank and bool(candidate.explained)


def whole_of(part: Candidate) -> Candidate | None:
    """What a part is a share of when the question does not say: its parent row in the same column,
    or the total of the column group it stands in."""
    if part.stated is not None:
        return _head_of(part, part.stated)
    if part.table is None or part.row is None or part.column is None:
        return None
    parent = part.row.row.parent_index
    if parent is not None:
        return beside(part, part.table.rows[parent], part.column)
    for column in part.table.columns:
        same_year = column.column.fiscal_year == part.column.column.fiscal_year
        is_beside = column is not part.column and column.ancestors == part.column.ancestors
        if column.is_total and is_beside and same_year:
            return beside(part, part.row, column)
    totals = [r for r in part.table.rows if r.is_total and r is not part.row]
    return beside(part, totals[0], part.column) if totals else None


def _head_of(part: Candidate, fact: StatedFact) -> Candidate | None:
    """The amount that opens the sentence: of the 2,254.74, the goods are 250.6."""
    for figure in fact.statement.figures:
        is_whole = figure.role == fact.figure.role and figure.unit == fact.figure.unit
        if is_whole and figure.start < fact.figure.start and figure.value > fact.figure.value:
            head = StatedFact(fact.statement_index, fact.statement, figure, "", fact.context)
            return stated_candidate(part.facts, head)
    return None


def beside(part: Candidate, row: RowFact, column: ColumnFact) -> Candidate | None:
    cell = row.row.cells[column.column_index]
    if cell.value is None:
        return None
    return replace(
        part, row=row, column=column, value=cell.value, unit=cell.unit, text=cell.text, place=cell.place
    )


def unexplained(understood: Understood, candidates: Sequence[Candidate], target: Target | None = None) -> str:
    """The question's content that nothing chosen explains; for one target, what the others name aside."""
    explained = set(understood.explained)
    if target is not None:
        explained |= _of_others(understood, target)
    for candidate in candidates:
        explained |= candidate.explained
    key = understood.request.question.key
    return "".join(c for i, c in enumerate(key) if i not in explained)


def _of_others(understood: Understood, target: Target) -> set[int]:
    """Where the question names what its other targets ask for."""
    request = understood.request
    others = {i for t in (*request.targets, *request.denominators) for i in t.items} - {*target.items}
    return positions(others)


def weight_of(text: str) -> float:
    """Characters of content; a letter of an English word counts for a quarter."""
    return sum(0.25 if c.isascii() and c.isalpha() else 1.0 for c in text)


def _is_named(item: ItemMention, candidates: Sequence[Candidate]) -> bool:
    """The item is a known name, or a piece of a name that resembles the figure's own enough."""
    if item.is_known_name:
        return True
    best = max((m.quality for m in item.matches), default=0.0)
    return best >= READINGS.least_resemblance and any(
        set(range(item.start, item.end)) & c.explained for c in candidates
    )


def _earns(target: Target, candidates: Sequence[Candidate]) -> bool:
    """Do the names taken from the conversation earn enough, or does the row or column bear one?"""
    if not candidates:
        return False
    best = candidates[0]
    named = {m.label for i in target.context for m in i.matches if m.quality >= SAME_NAME}
    own = {fact.key for fact in (best.row, best.column) if fact}
    return bool(target.asked and own & named) or best.score > READINGS.least_score


def is_enough(understood: Understood, target: Target, candidates: Sequence[Candidate]) -> bool:
    """Whether the figures (the target's own first) explain enough of what was asked for it, and every
    official name in it."""
    missing = weight_of(unexplained(understood, candidates, target))
    if understood.before and not target.items and target.context and missing > MOST_NEW:
        return False  # a follow-up that says something else
    if candidates and candidates[0].quote is not None:
        return True  # found by its words, which have been weighed
    if not target.items and target.context and not _earns(target, candidates):
        return False
    explained = {p for c in candidates for p in c.explained}
    for item in target.items:
        if item.is_known_name and not explained.intersection(range(item.start, item.end)):
            return False
    if target.items and not any(_is_named(i, candidates) for i in target.items):
        return False
    if target.items and candidates and not candidates[0].explained & positions(target.items):
        return False  # what is named belongs to the other figures
    told = target.context if understood.said_before or target.items else ()  # else nobody said it
    found = len(explained - _of_others(understood, target)) + sum(i.end - i.start for i in told)
    if not found and missing:
        return False  # nothing is named, and something is said
    return missing <= 1 or (found + 0.01) / (found + missing) >= READINGS.least_explained


def are_enough(understood: Understood, targets: Iterable[Target], chosen: Sequence[Candidate]) -> bool:
    """Whether figures chosen together, one a target, are enough for each of their targets."""
    return all(
        is_enough(understood, target, [own, *chosen]) for target, own in zip(targets, chosen, strict=True)
    )


def agreeing(best: Candidate, ranked: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Other places that print the same figure and explain as much of the question."""
    return tuple(
        c
        for c in ranked
        if c is not best
        and c.value is not None
        and c.amount == best.amount
        and c.score > best.score - 3
        and c.explained >= best.explained
    )


def repeats(parts: Sequence[Candidate]) -> bool:
    """Whether one printed figure stands for two of the parts, so that a sum would count it twice."""
    return len(set(map(_printed_at, parts))) < len(parts)


def _printed_at(candidate: Candidate) -> object:
    if candidate.quote is not None:
        return candidate.facts.document_id, candidate.quote, candidate.text
    if candidate.stated is not None:
        fact = candidate.stated
        return candidate.facts.document_id, fact.statement.passage_index, fact.figure.start
    return candidate.cell_key

"""A Target -> the cells and stated figures that it may mean, each scored with its reasons.

The score counts characters of the question: a candidate earns the characters that its names
explain (weighted by how well), and pays for what it says that the question does not
(``weights.toml``). The one that explains most and assumes least wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ingest.model import Cell, Place
from ingest.values import YUAN_PER_UNIT, name_key
from qa.facts import ColumnFact, DocumentFacts, RowFact, StatedFact, TableFact
from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.request import Target
from qa.weighing import (
    Scope,
    cost_of_column,
    cost_of_restriction,
    cost_of_stage,
    cost_of_unit,
    cost_of_year,
    is_exact,
    name_quality,
    own_quality,
    parts_of_column,
    parts_of_row,
    restricts,
    scope_of,
    side_not_asked,
    title_quality,
)
from qa.weights import FIGURES, FigureWeights


@dataclass(frozen=True)
class Candidate:
    """A printed figure that a Target may mean."""

    facts: DocumentFacts
    value: Decimal | None
    unit: str | None
    text: str
    place: Place
    explained: frozenset[int]
    score: float
    reasons: tuple[str, ...]
    row: RowFact | None = None
    column: ColumnFact | None = None
    table: TableFact | None = None
    stated: StatedFact | None = None
    bears_name: bool = True
    """Its own row, column or label bears a name of the question, not just the table's title."""
    quote: str | None = None
    """The clause to quote, for a figure inside running text."""
    section: str | None = None
    label: str = ""

    @cached_property
    def amount(self) -> tuple[Decimal | None, str | None]:
        """Comparable: money in 元, anything else as it is."""
        if self.value is not None and self.unit in YUAN_PER_UNIT:
            return self.value * YUAN_PER_UNIT[self.unit], "元"
        return self.value, self.unit

    @property
    def column_is_text(self) -> bool:
        return self.column is not None and self.column.column.is_text

    @property
    def cell_key(self) -> tuple[int, int, int, int] | None:
        if self.table is None or self.row is None or self.column is None:
            return None
        return (self.facts.document_id, self.table.table_index, self.row.row_index, self.column.column_index)

    @property
    def fiscal_year(self) -> int | None:
        own = self.facts.document.identity.fiscal_year
        if self.column is not None:
            return self.column.column.fiscal_year or own
        if self.stated is not None:
            return self.stated.statement.fiscal_year or own
        return own


def _cells(
    target: Target, facts: DocumentFacts, lexicon: Lexicon, weights: FigureWeights
) -> Iterator[Candidate]:
    items = (*target.items, *target.context)
    scope = scope_of(target, facts)
    for table in facts.tables:
        yield from _table_cells(table, target, items, scope, facts, lexicon, weights)


def link_tables(
    target: Target, facts: DocumentFacts, lexicon: Lexicon, weights: FigureWeights = FIGURES
) -> Iterator[tuple[TableFact, list[Candidate]]]:
    """Every cell of the body and year, table by table: for rankings and lists, where the rows are
    not named but asked for, so that an unnamed row or column costs nothing."""
    items = (*target.items, *target.context)
    scope = scope_of(target, facts)
    for table in facts.tables:
        yield table, list(_table_cells(table, target, items, scope, facts, lexicon, weights, any_row=True))


def _table_cells(
    table: TableFact,
    target: Target,
    items: Sequence[ItemMention],
    scope: Scope,
    facts: DocumentFacts,
    lexicon: Lexicon,
    weights: FigureWeights,
    any_row: bool = False,
) -> Iterator[Candidate]:
    title_parts = [title_quality(i, table.title, lexicon, weights) for i in items]
    if table.number:
        title_parts = [max(p, name_quality(i, table.number)) for p, i in zip(title_parts, items, strict=True)]
    title_parts = [
        p * (weights.title_beside if _is_printed_in(item, table, lexicon) else 1.0)
        for p, item in zip(title_parts, items, strict=True)
    ]
    others = {c.key for c in table.columns if c.column.is_text}
    title_parts = [
        max(p, weights.other_column * any(name_quality(i, k) for k in others))
        for p, i in zip(title_parts, items, strict=True)
    ]
    if facts.document.identity.kind == "final_account":  # all of it is 决算, said or not
        spent = lexicon.words["spent"]
        title_parts = [
            max(p, weights.title * any(w in i.text for w in spent))
            for p, i in zip(title_parts, items, strict=True)
        ]
    other_side = side_not_asked(target.items, lexicon)
    if (
        other_side
        and other_side in table.title
        and not any(i.text[-len(other_side) :] in table.title for i in items)
    ):
        title_parts = [0.0 for _ in items]  # the title is of the other side
    restriction = weights.other_side * (
        table.table.side is not None and table.table.side == other_side
    ) + cost_of_restriction(table, items, title_parts, lexicon, weights)
    value_columns = sum(not c.column.is_text for c in table.columns)
    columns = []
    for column in table.columns:
        year_cost = cost_of_year(column, target, facts, items, weights)
        parts = parts_of_column(column, items, weights)
        if year_cost is None or (column.column.is_text and not any(parts)):
            continue
        only = value_columns == 1 and not column.column.is_text
        keys = column.stage_keys
        is_said = any(name_quality(i, k) for i in items for k in keys) if keys else any(parts)
        cost = year_cost + cost_of_stage(column, target, facts, weights) * (not is_said)
        columns.append((column, parts, cost + cost_of_column(column, items, only, weights, lexicon)))
    for row in table.rows:
        unit_cost = cost_of_unit(row, scope, facts, weights)
        if unit_cost is None:
            continue
        if any_row:
            unit_cost = 0.0
        row_parts = parts_of_row(row, items, weights)
        own = any(own_quality(i, row, weights) for i in items)
        neutral = row.is_total or (row.key == scope.unit_key) or len(table.rows) == 1
        if (
            not any_row
            and not own
            and not neutral
            and not (scope.unit_key is None and row.key == facts.organization)
        ):
            continue
        row_cost = weights.lesser_total * (
            row.is_total and not is_exact(items, row) and row.key not in lexicon.words["grand_total"]
        )
        if other_side and other_side in row.key and not any(i.text in row.key for i in items):
            row_cost += weights.other_side
        for column, column_parts, column_cost in columns:
            cell = row.row.cells[column.column_index]
            yield _cell_candidate(
                facts,
                table,
                row,
                column,
                cell,
                items,
                target,
                [max(a, b) for a, b in zip(row_parts, column_parts, strict=True)],
                title_parts,
                column_cost + restriction + unit_cost + row_cost,
                weights,
            )


def _is_printed_in(item: ItemMention, table: TableFact, lexicon: Lexicon) -> bool:
    """Some row or column of the table bears the name, so that the title proves little of the others;
    unless the name says which part of the budget the whole table covers."""
    if restricts({item.text, *item.names}, table.title, lexicon) or name_quality(item, table.title) >= 0.9:
        return False
    names = {k for c in table.columns for k in (c.key, *c.ancestors)} | {r.key for r in table.rows}
    return any(m.quality >= 0.9 and m.label in names for m in item.matches)


def _cell_candidate(
    facts: DocumentFacts,
    table: TableFact,
    row: RowFact,
    column: ColumnFact,
    cell: Cell,
    items: Sequence[ItemMention],
    target: Target,
    own_parts: Sequence[float],
    title_parts: Sequence[float],
    cost: float,
    weights: FigureWeights,
) -> Candidate:
    if cell.value is None and not column.column.is_text:
        cost += weights.blank
    parts = [max(a, b) for a, b in zip(own_parts, title_parts, strict=True)]
    explained, earned = _earned(items, parts, len(target.items), weights)
    return Candidate(
        facts,
        cell.value,
        cell.unit,
        cell.text,
        cell.place,
        explained,
        earned - cost,
        (f"names {earned:.1f}", f"assumptions -{cost:.1f}"),
        row,
        column,
        table,
        bears_name=any(part >= weights.explains for part in own_parts),
    )


def _earned(
    items: Sequence[ItemMention], parts: Sequence[float], own: int, weights: FigureWeights
) -> tuple[frozenset[int], float]:
    explained: set[int] = set()
    earned = 0.0
    for index, (item, part) in enumerate(zip(items, parts, strict=True)):
        if part > 0:
            share = 1.0 if index < own or own == 0 else weights.inherited
            earned += share * part * (item.end - item.start)
            if index < own and part >= weights.explains:
                explained.update(range(item.start, item.end))
    return frozenset(explained), earned


def _stated(
    target: Target, facts: DocumentFacts, roles: Sequence[str], lexicon: Lexicon, weights: FigureWeights
) -> Iterator[Candidate]:
    items = (*target.items, *target.context)
    scope = scope_of(target, facts)
    own_year = facts.document.identity.fiscal_year
    other_side = side_not_asked(target.items, lexicon)
    for fact in facts.stated:
        year = fact.statement.fiscal_year or own_year
        if target.year is not None and year not in (target.year, None):
            continue
        if other_side and other_side in fact.key:
            continue
        passage = facts.document.passages[fact.statement.passage_index]
        sentence = name_key(passage.text[fact.statement.start : fact.statement.end])
        if (
            scope.unit_key
            and scope.unit_key not in sentence
            and not any(scope.unit_key in c for c in fact.context)
        ):
            continue
        label_parts = [name_quality(i, fact.key) for i in items]
        parts = [
            max(
                p,
                weights.stated_context * max((name_quality(i, c) for c in fact.context), default=0.0),
                weights.title * (i.text in sentence),
            )
            for p, i in zip(label_parts, items, strict=True)
        ]
        if not any(label_parts if fact.key else parts):
            continue
        cost = weights.stated
        if fact.figure.role not in roles:
            cost += weights.other_role
        if target.year is None and year != own_year:
            cost += weights.other_year
        explained, earned = _earned(items, parts, len(target.items), weights)
        yield Candidate(
            facts,
            fact.figure.value,
            fact.figure.unit,
            fact.figure.text,
            _place_of(facts, fact),
            explained,
            earned - cost,
            (f"names {earned:.1f}", f"assumptions -{cost:.1f}"),
            stated=fact,
        )


def stated_candidate(facts: DocumentFacts, fact: StatedFact) -> Candidate:
    """A stated figure as a candidate that was found otherwise than by its names."""
    return Candidate(
        facts,
        fact.figure.value,
        fact.figure.unit,
        fact.figure.text,
        _place_of(facts, fact),
        frozenset(),
        0.0,
        ("named by its value",),
        stated=fact,
    )


def _place_of(facts: DocumentFacts, fact: StatedFact) -> Place:
    passage = facts.document.passages[fact.statement.passage_index]
    for fragment in passage.fragments:
        if fragment.start <= fact.figure.start < fragment.end:
            return fragment.place
    return Place()


def link(
    target: Target,
    documents: Iterable[DocumentFacts],
    lexicon: Lexicon,
    roles: Sequence[str] = ("amount",),
    weights: FigureWeights = FIGURES,
) -> list[Candidate]:
    """Candidates for the target in the documents, the best first; ties keep the documents' order."""
    found: list[Candidate] = []
    for facts in documents:
        found.extend(_cells(target, facts, lexicon, weights))
        found.extend(_stated(target, facts, roles, lexicon, weights))
    return sorted(found, key=lambda c: -c.score)

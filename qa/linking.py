"""A Target -> the cells and stated figures that it may mean, each scored with its reasons.

The score counts characters of the question: a candidate earns the characters that its names
explain (weighted by how well), and pays for what it says that the question does not
(``Weights``). The one that explains most and assumes least wins.
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


@dataclass(frozen=True, slots=True)
class Weights:
    """All in characters of the question. What is earned is a share of a mention's length."""

    title: float = 0.7
    title_floor: float = 0.35
    """A name is worth this and its share of the title: a long title is about other things as well."""
    title_beside: float = 0.3
    """What is left of the title's worth for a name that a row or column of the table bears."""
    ancestor: float = 0.6
    other_name: float = 0.95
    other_column: float = 0.46
    """The header of a text column: what it says stands beside the figure."""
    column_group: float = 0.85
    stated_context: float = 0.75
    row_unexplained: float = 7.0
    column_unexplained: float = 3.0
    group_unexplained: float = 1.2
    restricted_table: float = 1.2
    other_table: float = 2.0
    other_unit: float = 4.0
    other_year: float = 5.0
    named_year: float = 2.0
    other_stage: float = 1.5
    stated: float = 0.6
    other_role: float = 5.0
    blank: float = 2.5
    lesser_total: float = 0.5
    later_column: float = 0.02
    inherited: float = 0.4


WEIGHTS = Weights()
EXPLAINS = 0.45
"""From this quality on, a name explains the characters of the question that it matches."""


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


def _quality(item: ItemMention, key: str) -> float:
    return item.quality(key) if key else 0.0


def _title_quality(item: ItemMention, title: str, lexicon: Lexicon, weights: Weights) -> float:
    direct = _quality(item, title)
    if direct:
        return direct
    names = {item.text, *item.names, *(m.label for m in item.matches if m.quality >= 0.9)}
    if _restricts(names, title, lexicon):
        return weights.title
    if names & lexicon.whole_budget:  # 支出预算 ends the title of every table
        return 0.0
    longest = max((len(n) for n in names if n in title), default=0)
    return weights.title * min(1.0, weights.title_floor + longest / len(title)) if longest else 0.0


def _restricts(names: set[str], title: str, lexicon: Lexicon) -> bool:
    """A name is of a part of the budget, and the title says that the table covers that part."""
    words = (*lexicon.words["restriction"], *lexicon.words["strong_restriction"])
    return any(w in n for n in names for w in words if w in title)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which rows count for the target's body."""

    unit_key: str | None
    own_unit: bool


def _scope(target: Target, facts: DocumentFacts) -> _Scope:
    if target.body is None:
        return _Scope(None, False)
    keys = {b.key for b in target.body.bodies}
    if target.body.own_unit or facts.organization not in keys:
        unit = next((k for k in keys if k in facts.units), None)
        if unit is None and facts.organization in keys:
            unit = facts.organization if facts.organization in facts.units else None
        return _Scope(unit, target.body.own_unit)
    return _Scope(None, False)


def _unit_cost(row: RowFact, scope: _Scope, facts: DocumentFacts, weights: Weights) -> float | None:
    """What the row's budget unit costs; None: the row is not of the body asked for."""
    if scope.unit_key is not None:
        return 0.0 if scope.unit_key in (row.unit_key, row.key) else None
    if row.unit_key is None or len(facts.units) <= 1:
        return 0.0
    return weights.other_unit


def _year_cost(
    column: ColumnFact, target: Target, facts: DocumentFacts, items: Sequence[ItemMention], weights: Weights
) -> float | None:
    """What the column's year costs; None: it is not the year asked for. A column that the question
    names (年初预算, 执行率) may be of another year than its document, which is the year that was said."""
    own = facts.document.identity.fiscal_year
    year = column.column.fiscal_year or own
    if year in (target.year, None):
        return 0.0
    if target.year is None:
        return 0.0 if year == own else weights.other_year
    names = column.column.stage not in (None, "budget") and any(_quality(i, column.key) > 0.9 for i in items)
    return weights.named_year if names and target.year == own else None


_NATURAL_STAGES = {
    "budget": (None, "budget", "original_budget"),
    "final_account": (None, "final_account", "execution"),
    None: (None, "budget", "final_account"),
}


def _stage_cost(column: ColumnFact, target: Target, facts: DocumentFacts, weights: Weights) -> float:
    kind = facts.document.identity.kind
    natural = _NATURAL_STAGES[kind]
    if column.column.stage in natural:
        return 0.0
    return weights.other_stage


def _column_parts(column: ColumnFact, items: Sequence[ItemMention], weights: Weights) -> list[float]:
    return [
        max(
            _quality(item, column.key),
            weights.column_group * max((_quality(item, a) for a in column.ancestors), default=0.0),
        )
        for item in items
    ]


def _own_quality(item: ItemMention, row: RowFact, weights: Weights) -> float:
    other = max((_quality(item, name) for name in row.also), default=0.0)
    return max(_quality(item, row.key), weights.other_name * other)


def _is_exact(items: Sequence[ItemMention], row: RowFact) -> bool:
    return any(_quality(i, row.key) == 1.0 for i in items)


def _row_parts(row: RowFact, items: Sequence[ItemMention], weights: Weights) -> list[float]:
    return [
        max(
            _own_quality(item, row, weights),
            weights.ancestor * max((_quality(item, a) for a in row.ancestors), default=0.0),
        )
        for item in items
    ]


def _column_cost(
    column: ColumnFact, items: Sequence[ItemMention], only: bool, weights: Weights, lexicon: Lexicon
) -> float:
    """What the column says that the question does not."""
    if only:
        return 0.0
    cost = 0.0
    if not column.is_total and not any(_quality(i, column.key) for i in items):
        cost += weights.column_unexplained
    for ancestor in column.ancestors:
        if (
            ancestor
            and ancestor not in lexicon.words["total_name"]
            and not any(_quality(i, ancestor) for i in items)
        ):
            cost += weights.group_unexplained
    return cost + weights.later_column * column.column_index


def _restriction_cost(
    table: TableFact,
    items: Sequence[ItemMention],
    title_parts: Sequence[float],
    lexicon: Lexicon,
    weights: Weights,
) -> float:
    """What it costs that the table covers only a part of the budget which the question does not name.
    Nothing, where the title names what is asked: the other words are the table's other subjects."""
    for item, part in zip(items, title_parts, strict=True):
        if part > 0 and not _restricts({item.text, *item.names}, table.title, lexicon):
            return 0.0
    cost = 0.0
    for word in table.covers:
        named = any(
            word in i.text or any(word in m.label and m.quality > 0.8 for m in i.matches) for i in items
        )
        strong = word in lexicon.words["strong_restriction"]
        cost += (weights.other_table if strong else weights.restricted_table) * (not named)
    return cost


def _cells(target: Target, facts: DocumentFacts, lexicon: Lexicon, weights: Weights) -> Iterator[Candidate]:
    items = (*target.items, *target.context)
    scope = _scope(target, facts)
    for table in facts.tables:
        yield from _table_cells(table, target, items, scope, facts, lexicon, weights)


def link_tables(
    target: Target, facts: DocumentFacts, lexicon: Lexicon, weights: Weights = WEIGHTS
) -> Iterator[tuple[TableFact, list[Candidate]]]:
    """Every cell of the body and year, table by table: for rankings and lists, where the rows are
    not named but asked for, so that an unnamed row or column costs nothing."""
    items = (*target.items, *target.context)
    scope = _scope(target, facts)
    for table in facts.tables:
        yield table, list(_table_cells(table, target, items, scope, facts, lexicon, weights, any_row=True))


def _table_cells(
    table: TableFact,
    target: Target,
    items: Sequence[ItemMention],
    scope: _Scope,
    facts: DocumentFacts,
    lexicon: Lexicon,
    weights: Weights,
    any_row: bool = False,
) -> Iterator[Candidate]:
    title_parts = [_title_quality(i, table.title, lexicon, weights) for i in items]
    if table.number:
        title_parts = [max(p, _quality(i, table.number)) for p, i in zip(title_parts, items, strict=True)]
    title_parts = [
        p * (weights.title_beside if _is_printed_in(item, table, lexicon) else 1.0)
        for p, item in zip(title_parts, items, strict=True)
    ]
    others = {c.key for c in table.columns if c.column.is_text}
    title_parts = [
        max(p, weights.other_column * any(_quality(i, k) for k in others))
        for p, i in zip(title_parts, items, strict=True)
    ]
    restriction = _restriction_cost(table, items, title_parts, lexicon, weights)
    value_columns = sum(not c.column.is_text for c in table.columns)
    columns = []
    for column in table.columns:
        year_cost = _year_cost(column, target, facts, items, weights)
        parts = _column_parts(column, items, weights)
        if year_cost is None or (column.column.is_text and not any(parts)):
            continue
        only = value_columns == 1 and not column.column.is_text
        cost = year_cost + _stage_cost(column, target, facts, weights) * (not any(parts))
        columns.append((column, parts, cost + _column_cost(column, items, only, weights, lexicon)))
    for row in table.rows:
        unit_cost = _unit_cost(row, scope, facts, weights)
        if unit_cost is None:
            continue
        if any_row:
            unit_cost = 0.0
        row_parts = _row_parts(row, items, weights)
        own = any(_own_quality(i, row, weights) for i in items)
        neutral = row.is_total or (row.key == scope.unit_key) or len(table.rows) == 1
        if (
            not any_row
            and not own
            and not neutral
            and not (scope.unit_key is None and row.key == facts.organization)
        ):
            continue
        row_cost = weights.lesser_total * (
            row.is_total and not _is_exact(items, row) and row.key not in lexicon.words["grand_total"]
        )
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
    if _restricts({item.text, *item.names}, table.title, lexicon) or _quality(item, table.title) >= 0.9:
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
    weights: Weights,
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
        bears_name=any(part >= EXPLAINS for part in own_parts),
    )


def _earned(
    items: Sequence[ItemMention], parts: Sequence[float], own: int, weights: Weights
) -> tuple[frozenset[int], float]:
    explained: set[int] = set()
    earned = 0.0
    for index, (item, part) in enumerate(zip(items, parts, strict=True)):
        if part > 0:
            share = 1.0 if index < own or own == 0 else weights.inherited
            earned += share * part * (item.end - item.start)
            if index < own and part >= EXPLAINS:
                explained.update(range(item.start, item.end))
    return frozenset(explained), earned


def _stated(
    target: Target, facts: DocumentFacts, roles: Sequence[str], lexicon: Lexicon, weights: Weights
) -> Iterator[Candidate]:
    items = (*target.items, *target.context)
    scope = _scope(target, facts)
    own_year = facts.document.identity.fiscal_year
    for fact in facts.stated:
        year = fact.statement.fiscal_year or own_year
        if target.year is not None and year not in (target.year, None):
            continue
        passage = facts.document.passages[fact.statement.passage_index]
        sentence = name_key(passage.text[fact.statement.start : fact.statement.end])
        if (
            scope.unit_key
            and scope.unit_key not in sentence
            and not any(scope.unit_key in c for c in fact.context)
        ):
            continue
        label_parts = [_quality(i, fact.key) for i in items]
        parts = [
            max(
                p,
                weights.stated_context * max((_quality(i, c) for c in fact.context), default=0.0),
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
    weights: Weights = WEIGHTS,
) -> list[Candidate]:
    """Candidates for the target in the documents, the best first; ties keep the documents' order."""
    found: list[Candidate] = []
    for facts in documents:
        found.extend(_cells(target, facts, lexicon, weights))
        found.extend(_stated(target, facts, roles, lexicon, weights))
    return sorted(found, key=lambda c: -c.score)

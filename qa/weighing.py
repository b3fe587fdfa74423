"""How well the names of rows, columns and tables explain a question, and what they cost beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.facts import ColumnFact, DocumentFacts, RowFact, TableFact
from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.request import Target
from qa.weights import FigureWeights


def name_quality(item: ItemMention, key: str) -> float:
    return item.quality(key) if key else 0.0


def title_quality(item: ItemMention, title: str, lexicon: Lexicon, weights: FigureWeights) -> float:
    direct = name_quality(item, title)
    if direct:
        return direct
    names = {item.text, *item.names, *(m.label for m in item.matches if m.quality >= 0.9)}
    if restricts(names, title, lexicon) and not names & lexicon.accounts:  # 绩效工资 is no 绩效目标
        return weights.title
    if names & lexicon.whole_budget:  # 支出预算 ends the title of every table
        return 0.0
    longest = max((len(n) for n in names if n in title), default=0)
    return weights.title * min(1.0, weights.title_floor + longest / len(title)) if longest else 0.0


def restricts(names: set[str], title: str, lexicon: Lexicon) -> bool:
    """A name is of a part of the budget, and the title says that the table covers that part."""
    words = (*lexicon.words["restriction"], *lexicon.words["strong_restriction"])
    return any(w in n for n in names for w in words if w in title)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows count for the target's body."""

    unit_key: str | None
    own_unit: bool


def scope_of(target: Target, facts: DocumentFacts) -> Scope:
    if target.body is None:
        return Scope(None, False)
    keys = {b.key for b in target.body.bodies}
    if target.body.own_unit or facts.organization not in keys:
        unit = next((k for k in keys if k in facts.units), None)
        if unit is None and facts.organization in keys:
            unit = facts.organization if facts.organization in facts.units else None
        return Scope(unit, target.body.own_unit)
    return Scope(None, False)


def cost_of_unit(row: RowFact, scope: Scope, facts: DocumentFacts, weights: FigureWeights) -> float | None:
    """What the row's budget unit costs; None: the row is not of the body asked for."""
    if scope.unit_key is not None:
        return 0.0 if scope.unit_key in (row.unit_key, row.key) else None
    if row.unit_key is None or len(facts.units) <= 1:
        return 0.0
    return weights.other_unit


def cost_of_year(
    column: ColumnFact,
    target: Target,
    facts: DocumentFacts,
    items: Sequence[ItemMention],
    weights: FigureWeights,
) -> float | None:
    """What the column's year costs; None: it is not the year asked for. A column that the question
    names (年初预算, 执行率) may be of another year than its document, which is the year that was said."""
    own = facts.document.identity.fiscal_year
    year = column.column.fiscal_year or own
    if year in (target.year, None):
        return 0.0
    if target.year is None:
        return 0.0 if year == own else weights.other_year
    names = column.column.stage not in (None, "budget") and any(
        name_quality(i, column.key) > 0.9 for i in items
    )
    return weights.named_year if names and target.year == own else None


def side_not_asked(items: Sequence[ItemMention], lexicon: Lexicon) -> str | None:
    """The side of the budget that is not asked about, where every name ends in the other one
    (一般公共预算财政拨款收入 is not asked of expenditure)."""
    sides = lexicon.words["budget_side"]
    said = {next((s for s in sides if i.text.endswith(s)), None) for i in items}
    return next((s for s in sides if s not in said), None) if len(said) == 1 and None not in said else None


_NATURAL_STAGES = {
    "budget": (None, "budget", "original_budget"),
    "final_account": (None, "final_account", "execution"),
    None: (None, "budget", "final_account"),
}


def cost_of_stage(column: ColumnFact, target: Target, facts: DocumentFacts, weights: FigureWeights) -> float:
    kind = facts.document.identity.kind
    natural = _NATURAL_STAGES[kind]
    if column.column.stage in natural:
        return 0.0
    return weights.other_stage


def parts_of_column(column: ColumnFact, items: Sequence[ItemMention], weights: FigureWeights) -> list[float]:
    return [
        max(
            name_quality(item, column.key),
            weights.column_group * max((name_quality(item, a) for a in column.ancestors), default=0.0),
        )
        for item in items
    ]


def own_quality(item: ItemMention, row: RowFact, weights: FigureWeights) -> float:
    other = max((name_quality(item, name) for name in row.also), default=0.0)
    return max(name_quality(item, row.key), weights.other_name * other)


def is_exact(items: Sequence[ItemMention], row: RowFact) -> bool:
    return any(name_quality(i, row.key) == 1.0 for i in items)


def parts_of_row(row: RowFact, items: Sequence[ItemMention], weights: FigureWeights) -> list[float]:
    return [
        max(
            own_quality(item, row, weights),
            weights.ancestor * max((name_quality(item, a) for a in row.ancestors), default=0.0),
        )
        for item in items
    ]


def cost_of_column(
    column: ColumnFact, items: Sequence[ItemMention], only: bool, weights: FigureWeights, lexicon: Lexicon
) -> float:
    """What the column says that the question does not."""
    if only:
        return 0.0
    cost = 0.0
    if not column.is_total and not any(name_quality(i, column.key) for i in items):
        cost += weights.column_unexplained
    is_told = column.is_lone and any(name_quality(i, column.key) == 1.0 for i in items)
    for ancestor in () if is_told else column.ancestors:
        if (
            ancestor
            and ancestor not in lexicon.words["total_name"]
            and not any(name_quality(i, ancestor) for i in items)
        ):
            cost += weights.group_unexplained
    return cost + weights.later_column * column.column_index


def cost_of_restriction(
    table: TableFact,
    items: Sequence[ItemMention],
    title_parts: Sequence[float],
    lexicon: Lexicon,
    weights: FigureWeights,
) -> float:
    """What it costs that the table covers only a part of the budget which the question does not name.
    Nothing, where the title names what is asked: the other words are the table's other subjects."""
    for item, part in zip(items, title_parts, strict=True):
        if part > 0 and not restricts({item.text, *item.names}, table.title, lexicon):
            return 0.0
    cost = 0.0
    for word in table.covers:
        named = any(
            word in i.text or any(word in m.label and m.quality > 0.8 for m in i.matches) for i in items
        )
        strong = word in lexicon.words["strong_restriction"]
        cost += (weights.other_table if strong else weights.restricted_table) * (not named)
    funds = [w for w in lexicon.words["fund"] if w in table.title]
    of_one = bool(funds) and not any(w in i.text for w in funds for i in items)
    return cost + weights.one_fund * of_one

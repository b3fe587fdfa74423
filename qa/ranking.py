"""Rankings and lists: the members of one family, rows or columns of one level of one table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.values import squeeze, without_ordinal
from qa.answer import Answer
from qa.builder import Builder
from qa.facts import RowFact, TableFact
from qa.lexicon import Lexicon
from qa.linking import WEIGHTS, Candidate, link_tables
from qa.request import Request, Target
from qa.say import finish, say_item, say_sum
from qa.scope import Library, for_target
from qa.understanding import Understood

KIND = 3.0
"""What a family gains when its members are of the kind that the question names."""
NAMED = 0.9
"""From this quality on, the parent of a family is the row that the question names."""
PART_OF_WHOLE = 1.0
"""What a family loses when its rows are of several budget units and the question is of none."""
LONGEST_LIST = 60


@dataclass(frozen=True)
class Family:
    """Figures of one kind: the children of a row, the leaves of a table, the columns of a group."""

    members: tuple[Candidate, ...]
    score: float
    explained: frozenset[int]


def _row_groups(table: TableFact) -> Iterator[tuple[str, RowFact | None, list[RowFact]]]:
    """(kind, parent, rows): the children of each row, the budget units, and all leaves."""
    children: dict[int | None, list[RowFact]] = defaultdict(list)
    for row in table.rows:
        children[row.row.parent_index].append(row)
    for parent, rows in children.items():
        items = [r for r in rows if r.row.kind in ("item", "of_which") and not r.is_total]
        yield "children", None if parent is None else table.rows[parent], items
    yield "units", None, [r for r in table.rows if r.row.kind == "unit"]
    same: dict[str, list[RowFact]] = defaultdict(list)
    for row in table.rows:
        if row.unit_key and row.row.kind == "item":
            same[row.key].append(row)
    for rows in same.values():
        if len({r.unit_key for r in rows}) == len(rows):
            yield "units", None, rows
    leaves = [
        r for r in table.rows if r.row_index not in children and r.row.kind == "item" and not r.is_total
    ]
    yield "leaves", None, [r for r in leaves if r.unit_key]
    yield "leaves", None, [r for r in leaves if not r.unit_key]


def _are_classes(rows: Sequence[RowFact]) -> bool:
    """Rows of the functional classification's highest level: codes of three digits, or 一、二、三."""
    return bool(rows) and all(
        len(r.row.code or "") == 3 or without_ordinal(r.row.label) != squeeze(r.row.label) for r in rows
    )


def _kind_bonus(
    kind: str, table: TableFact, rows: Sequence[RowFact], request: Request, lexicon: Lexicon
) -> float:
    text = request.question.plain
    words = lexicon.words
    if any(w in text for w in words["kind_column"]):
        return -KIND
    if any(w in text for w in words["kind_unit"]):
        return KIND if kind == "units" else 0.0
    names = (
        table.table.title,
        table.table.label_header or "",
        *(c.key for c in table.columns if c.column.is_text),
    )
    is_of_projects = any("项目" in n and "收" not in n and n != "支出项目" for n in names)
    if any(w in text for w in words["kind_class"]):
        return KIND if kind == "children" and _are_classes(rows) else 0.0
    if any(w in text for w in words["kind_project"]):
        return KIND if kind == "leaves" and is_of_projects else 0.0
    return 0.0 if kind != "units" else -KIND


def _row_families(
    table: TableFact, cells: Sequence[Candidate], request: Request, lexicon: Lexicon, target: Target
) -> Iterator[Family]:
    by_row: dict[int, list[Candidate]] = defaultdict(list)
    for cell in cells:
        if cell.row is not None and cell.value is not None:
            by_row[cell.row.row_index].append(cell)
    for kind, parent, rows in _row_groups(table):
        rows = [r for r in rows if r.row_index in by_row]
        named = parent is not None and any(
            item.quality(name) >= NAMED for item in target.items for name in (parent.key, *parent.also)
        )
        bonus = KIND if named else _kind_bonus(kind, table, rows, request, lexicon)
        if any(r.unit_key for r in rows) and (kind == "children" or bonus < KIND):
            bonus -= PART_OF_WHOLE
        for column in {c.column.column_index for r in rows for c in by_row[r.row_index] if c.column}:
            members = [
                c for r in rows for c in by_row[r.row_index] if c.column and c.column.column_index == column
            ]
            for group in _narrowed(members, parent, target):
                if len(group) > 1:
                    yield _family(group, bonus)


def _narrowed(members: list[Candidate], parent: RowFact | None, target: Target) -> Iterator[list[Candidate]]:
    """All members, and those under each ancestor that the question names."""
    yield members
    for item in target.items:
        under = [
            m for m in members if m.row and any(item.quality(a) for a in (*m.row.ancestors, *m.row.also))
        ]
        if 1 < len(under) < len(members):
            yield under


def _family(members: Sequence[Candidate], bonus: float) -> Family:
    common = frozenset.intersection(*(m.explained for m in members))
    weakest = min(m.score for m in members)
    return Family(tuple(members), weakest + bonus, common)


def _column_families(
    table: TableFact, cells: Sequence[Candidate], request: Request, lexicon: Lexicon
) -> Iterator[Family]:
    """The columns of a group, for a total or a named row."""
    bonus = KIND if any(w in request.question.plain for w in lexicon.words["kind_column"]) else -KIND
    by_row: dict[int, list[Candidate]] = defaultdict(list)
    whole = any(c.row is not None and c.row.is_total for c in cells)
    for cell in cells:
        named = cell.row is not None and (cell.row.is_total or (cell.row.row.kind == "unit" and not whole))
        if cell.value is not None and cell.column and not cell.column.is_total and cell.row and named:
            by_row[cell.row.row_index].append(cell)
    for members in by_row.values():
        groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
        for cell in members:
            assert cell.column is not None
            groups[cell.column.ancestors].append(cell)
        for group in groups.values():
            if len(group) > 1 and not any(m.column and m.column.column.is_text for m in group):
                yield _family(group, WEIGHTS.column_unexplained + bonus)


def find_family(understood: Understood, target: Target, library: Library, lexicon: Lexicon) -> Family | None:
    """The family that explains most of the question and assumes least; the larger of two equals."""
    best: Family | None = None
    documents = for_target(library.facts(), target) if target.body or target.year else understood.documents
    for facts in documents:
        for table, cells in link_tables(target, facts, lexicon):
            for family in _families(table, cells, understood.request, lexicon, target):
                if best is None or (family.score, len(family.members)) > (best.score, len(best.members)):
                    best = family
    return best


def _families(
    table: TableFact, cells: Sequence[Candidate], request: Request, lexicon: Lexicon, target: Target
) -> Iterator[Family]:
    yield from _row_families(table, cells, request, lexicon, target)
    yield from _column_families(table, cells, request, lexicon)


def answer_list(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """List the family's members, or the first of them by size; None when there is no family."""
    request = understood.request
    target = request.targets[0]
    sums = request.combination == "sum" or (
        _has_sum(request, lexicon) and any(w in request.question.plain for w in lexicon.words["every_unit"])
    )
    if len(request.targets) > 1 or not (request.combination in ("rank", "list") or sums):
        return None
    family = find_family(understood, target, library, lexicon)
    if family is None:
        return None
    members = list(family.members)
    if request.combination == "rank":
        members.sort(key=lambda m: m.amount[0] or 0, reverse=not request.ascending)
        members = members[: request.top or _how_many(request, lexicon)]
    builder = Builder()
    if sums:
        return finish(request, builder, say_sum(request, builder, members), understood)
    lines = [say_item(request, builder, m) for m in members[:LONGEST_LIST]]
    return finish(request, builder, lines, understood)


def _has_sum(request: Request, lexicon: Lexicon) -> bool:
    return any(w in request.question.plain for w in lexicon.operation["sum"])


def _how_many(request: Request, lexicon: Lexicon) -> int:
    """``最高`` asks for one; an order (从高到低) for all."""
    text = request.question.plain
    return 1 if any(w in text for w in lexicon.words["superlative"]) else LONGEST_LIST

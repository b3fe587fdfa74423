"""Families: the figures that a ranking, a list or a count is about.

A family is of one kind and one level: the children of a row, the rows of one level of a
classification, the projects, the budget units, the columns of a group. Totals and subtotals are
in none, a parent is never with its own children, and income never with expenditure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.values import name_key, squeeze, without_ordinal
from qa.facts import DocumentFacts, RowFact, TableFact
from qa.lexicon import Lexicon
from qa.linking import Candidate, link_tables
from qa.mentions import ItemMention, positions
from qa.request import Request, Target
from qa.weights import FAMILIES, FIGURES

Kind = Literal["children", "units", "leaves", "level", "columns", "stated"]
CLASS, SECTION, ITEM = 1, 2, 3
"""The levels 类, 款 and 项 of the official classifications: codes of 3, 5 and 7 digits."""


@dataclass(frozen=True)
class Family:
    """Figures of one kind."""

    kind: Kind
    members: tuple[Candidate, ...]
    score: float
    explained: frozenset[int]
    parent: str = ""
    """Key of the row or the column group that they are the parts of."""
    level: int | None = None
    is_of_named: bool = False
    """The question names the parent."""

    @property
    def shape(self) -> tuple[object, ...]:
        """What the same family of another year has in common with this one."""
        return (self.kind, self.parent, self.level)


@dataclass(frozen=True)
class Asked:
    """What the words of a question say about the family."""

    level: int | None
    units: bool
    projects: bool
    things: bool
    of_projects: bool
    """A name in the question is of projects (项目支出), without asking for projects in so many words."""
    columns: bool
    income: bool
    functional: bool
    economic: bool
    text: str
    level_words: frozenset[str]
    words: frozenset[str]
    """Those of the question that say all this."""

    @property
    def is_named(self) -> bool:
        """Whether the question says what its members are."""
        return bool(self.level or self.units or self.projects)


def read_asked(request: Request, lexicon: Lexicon) -> Asked:
    """The kind of family that the question names."""
    question = request.question
    words, operation = lexicon.words, lexicon.operation
    items = [i for t in request.targets for i in t.items if i.is_known_name]
    bare = question.plain
    for item in items:
        bare = bare.replace(item.text, "")  # 单位 in a project's name asks for no units
    said: set[str] = set()

    def says(text: str, names: Sequence[str]) -> bool:
        found = {w for w in names if w in text}
        said.update(found)
        return bool(found)

    levels = (
        (operation["level_item"], ITEM),
        (operation["level_section"], SECTION),
        (words["kind_class"], CLASS),
    )
    unquoted = re.sub(r"[“”\"']", "", question.plain)  # “项”级
    level = next((level for names, level in levels if says(unquoted, names)), None)
    level_words = frozenset(said)
    of_class = any(m.label in words["economic_class"] for i in items for m in i.matches)
    return Asked(
        level,
        says(bare, words["kind_unit"]),
        says(bare, words["kind_project"]),
        says(bare, words["kind_thing"]),
        any(w in i.text for i in items for w in words["kind_project"]),
        says(question.plain, words["kind_column"]),
        says(question.plain, operation["income"]),
        says(question.plain, operation["functional"]),
        says(question.plain, operation["economic"]) or (level == SECTION and of_class),
        question.plain,
        level_words,
        frozenset(said),
    )


def code_key(code: str | None) -> tuple[int, ...]:
    """``2010301``, ``201 03 01`` and ``201 3 1`` -> (201, 3, 1); () where there is no code."""
    groups = re.findall(r"\d+", code or "")
    if len(groups) == 1:
        digits = groups[0]
        groups = [digits[:3], *(digits[i : i + 2] for i in range(3, len(digits), 2))]
    return tuple(int(g) for g in groups)


def level_of(row: RowFact, table: TableFact) -> int | None:
    """The row's level in its classification: by its code, else by its ordinal and its parents."""
    if key := code_key(row.row.code):
        return len(key)
    parent = row.row.parent_index
    if parent is None:
        return CLASS if without_ordinal(row.row.label) != squeeze(row.row.label) else None
    above = level_of(table.rows[parent], table) if parent < row.row_index else None
    return above + 1 if above else None


def _is_economic(rows: Sequence[RowFact]) -> bool:
    """Codes from 301 on are of the economic classification, those of 2xx of the functional one."""
    return any(key[0] // 100 in (3, 5) for r in rows if (key := code_key(r.row.code)))


def is_of_projects(table: TableFact) -> bool:
    """The rows are projects: what the title, the label column or a text column says."""
    own = table.table
    header = name_key(own.label_header or "")
    if own.side is not None or "收" in table.title or "科目" in header:
        return False
    names = (table.title, header, *(c.key for c in table.columns if c.column.is_text))
    return any("项目" in n and n not in ("项目", "支出项目") for n in names)


def _row_groups(table: TableFact) -> Iterator[tuple[Kind, RowFact | None, list[RowFact]]]:
    """(kind, parent, rows): children, budget units, the same row of each unit, leaves, levels."""
    children: dict[int | None, list[RowFact]] = defaultdict(list)
    for row in table.rows:
        children[row.row.parent_index].append(row)
    parts: dict[tuple[str, str | None], list[RowFact]] = defaultdict(list)  # of all rows of one name
    first: dict[tuple[str, str | None], RowFact | None] = {}
    for index, rows in children.items():
        parent = None if index is None else table.rows[index]
        name = (parent.key, parent.unit_key) if parent else ("", None)
        first.setdefault(name, parent)
        parts[name] += [r for r in rows if r.row.kind in ("item", "of_which") and not r.is_total]
    yield from (("children", first[name], rows) for name, rows in parts.items())
    yield "units", None, [r for r in table.rows if r.row.kind == "unit"]
    items = [r for r in table.rows if r.row.kind == "item" and not r.is_total]
    yield from (("units", None, rows) for rows in _same_of_units(items))
    leaves = [r for r in items if r.row_index not in children]
    yield "leaves", None, [r for r in leaves if r.unit_key]
    yield "leaves", None, [r for r in leaves if not r.unit_key]
    levels: dict[int | None, list[RowFact]] = defaultdict(list)
    for row in items:
        if not row.unit_key:
            levels[level_of(row, table)].append(row)
    yield from (("level", None, rows) for level, rows in levels.items() if level)


def _same_of_units(items: Sequence[RowFact]) -> Iterator[list[RowFact]]:
    """Rows of one name, one in each budget unit."""
    same: dict[str, list[RowFact]] = defaultdict(list)
    for row in items:
        if row.unit_key:
            same[row.key].append(row)
    for rows in same.values():
        if len({r.unit_key for r in rows}) == len(rows):
            yield rows


def _common_level(rows: Sequence[RowFact], table: TableFact) -> int | None:
    levels = {level_of(r, table) for r in rows}
    return levels.pop() if len(levels) == 1 else None


def _fit(
    asked: Asked, kind: Kind, rows: Sequence[RowFact], level: int | None, table: TableFact, named: bool
) -> float:
    """How well rows of this kind fit what the question says its family is."""
    if asked.functional and _is_economic(rows):
        return -FAMILIES.kind
    if asked.economic and not _is_economic(rows):
        return -FAMILIES.kind
    if asked.level is not None:
        doubt = FAMILIES.less_likely * (not asked.economic and _is_economic(rows))
        return FAMILIES.kind + named - doubt if level == asked.level else -FAMILIES.kind
    if asked.units:
        return FAMILIES.kind if kind == "units" else 0.0
    if named:
        return FAMILIES.kind
    if (asked.projects or asked.things or asked.of_projects) and kind == "leaves" and is_of_projects(table):
        return FAMILIES.kind
    if asked.columns and _is_economic(rows):
        return FAMILIES.kind / 2
    return -FAMILIES.kind if asked.columns or kind == "units" else 0.0


def _table_cost(table: TableFact, asked: Asked, lexicon: Lexicon) -> float:
    """What a table loses for being of the other side of the budget, or of one fund only."""
    title = table.title
    is_income = table.table.side == "收入" or ("收入" in title and "支出" not in title)
    cost = FAMILIES.other_side * (is_income != asked.income and (is_income or table.table.side == "支出"))
    funds = lexicon.words["fund"]
    return cost + FAMILIES.other_fund * any(f in title and f not in asked.text for f in funds)


def _row_families(
    table: TableFact, cells: Sequence[Candidate], asked: Asked, target: Target, lexicon: Lexicon
) -> Iterator[Family]:
    by_row: dict[int, dict[int, Candidate]] = defaultdict(dict)
    for cell in cells:
        if cell.row is not None and cell.column is not None and cell.value is not None:
            by_row[cell.row.row_index][cell.column.column_index] = cell
    parents = {r.row.parent_index for r in table.rows} - {None}
    grouping = _naming(target, [table.rows[p].key for p in parents if p is not None])
    several_units = len({table.rows[n].unit_key for n in by_row} - {None}) > 1
    for kind, parent, group in _row_groups(table):
        rows = [r for r in group if r.row_index in by_row]
        if not rows or (kind != "units" and not is_of_projects(table) and _are_mixed(rows)):
            continue
        if kind == "children" and several_units and rows[0].unit_key:
            continue  # one unit's part of what the question asks of all
        naming = _naming(target, (parent.key, *parent.also)) if parent else []
        named = bool(naming)
        level = _common_level(rows, table)
        bonus = _fit(asked, kind, rows, level, table, named)
        if bonus <= -FAMILIES.kind:
            continue  # of another kind than the question names
        if any(r.unit_key for r in rows) and bonus < FAMILIES.kind:
            bonus -= FAMILIES.part_of_whole
        above = parent.key if parent else ""
        for column in sorted({c for r in rows for c in by_row[r.row_index]}):
            members = [by_row[r.row_index][column] for r in rows if column in by_row[r.row_index]]
            for narrowed, by_class in _narrowed(members, target, lexicon):
                alone_is_enough = kind == "children" if named else len(rows) > 1 and bonus >= FAMILIES.kind
                if len(narrowed) > 1 or (narrowed and alone_is_enough):
                    family = _family(kind, narrowed, bonus, above, positions([*naming, *by_class]), level)
                    outside = [i for i in grouping if i not in naming and not _all_under(narrowed, i)]
                    explained = family.explained - positions(outside)
                    yield replace(family, explained=explained, is_of_named=named)


def _are_mixed(rows: Sequence[RowFact]) -> bool:
    """One name in several budget units: each row is only a part of what the name means."""
    return len({r.unit_key for r in rows}) > 1 and len({r.key for r in rows}) < len(rows)


def _naming(target: Target, names: Sequence[str]) -> list[ItemMention]:
    """The mentions that name the parent, by its name or its code."""
    return [item for item in target.items if any(item.quality(name) >= FAMILIES.named for name in names)]


def _narrowed(
    members: list[Candidate], target: Target, lexicon: Lexicon
) -> Iterator[tuple[list[Candidate], list[ItemMention]]]:
    """All members; those under each ancestor that the question names; and those of the economic
    classes that a name stands for (公用经费), with that name."""
    yield members, []
    for item in target.items:
        under = [
            m for m in members if m.row and any(item.quality(a) for a in (*m.row.ancestors, *m.row.also))
        ]
        if 1 < len(under) < len(members):
            yield under, []
        for name, *classes in (lexicon.words["personnel_classes"], lexicon.words["running_classes"]):
            if item.text == name or item.quality(name) >= FAMILIES.named:
                yield [m for m in members if _code(m).startswith(tuple(classes))], [item]


def _all_under(members: Sequence[Candidate], item: ItemMention) -> bool:
    """Whether the row that the name groups by (一次性专项) is above every member."""
    return all(m.row and any(item.quality(a) >= FAMILIES.named for a in m.row.ancestors) for m in members)


def _code(member: Candidate) -> str:
    return (member.row.row.code if member.row else None) or ""


def _family(
    kind: Kind,
    members: Sequence[Candidate],
    bonus: float,
    parent: str,
    naming: set[int],
    level: int | None = None,
) -> Family:
    common = frozenset.intersection(*(m.explained for m in members)) | naming
    weakest = min(m.score for m in members)
    return Family(kind, tuple(members), weakest + bonus, common, parent, level)


def _column_families(
    table: TableFact, cells: Sequence[Candidate], asked: Asked, target: Target
) -> Iterator[Family]:
    """The columns of a group, for a total or a named row; a group within it counts by its total."""
    by_row: dict[int, list[Candidate]] = defaultdict(list)
    for cell in cells:
        if cell.value is not None and cell.row and cell.column and not cell.column_is_text:
            by_row[cell.row.row_index].append(cell)
    whole = any(c.row is not None and c.row.is_total for c in cells)
    for index, members in by_row.items():
        row = table.rows[index]
        named = bool(_naming(target, (row.key, *row.also)))
        if not (row.is_total or named or len(table.rows) == 1 or (row.row.kind == "unit" and not whole)):
            continue
        for path in dict.fromkeys(m.column.ancestors for m in members if m.column):
            group = [m for m in members if m.column and m.column.is_part_of(path)]
            if len(group) > 1:
                naming = _naming(target, path[-1:])
                parent = path[-1] if path else ""
                says_so = any(w in parent for w in asked.level_words)
                named_group = bool(naming) and not asked.of_projects
                other_kind = asked.units or asked.functional or (asked.level and not says_so)
                if other_kind or not (asked.columns or says_so or named_group):
                    continue  # columns are parts only where the question asks for them or names their group
                bonus = FAMILIES.kind + FAMILIES.group_named * bool(naming) + FAMILIES.says_so * says_so
                yield _family("columns", group, FIGURES.column_unexplained + bonus, parent, positions(naming))


def families(
    target: Target, documents: Iterable[DocumentFacts], asked: Asked, lexicon: Lexicon
) -> list[Family]:
    """Every family of the documents, those first that explain most of the question and assume
    least; the larger of two equals first."""
    found: list[Family] = []
    documents = list(documents)
    whole = _whole_budget(target, documents, lexicon)
    target = replace(target, items=tuple(i for i in target.items if i not in whole))
    for facts in documents:
        for table, cells in link_tables(target, facts, lexicon):
            cost = _table_cost(table, asked, lexicon)
            rows = _row_families(table, cells, asked, target, lexicon)
            columns = _column_families(table, cells, asked, target)
            by_title = titled(table, target) | positions(whole)
            found += [_placed(f, by_title, cost) for f in (*rows, *columns)]
    if not (asked.is_named or asked.of_projects):
        found = list(_after_named_parts(found))
    return sorted(found, key=lambda f: (-f.score, -len(f.members)))


def _whole_budget(
    target: Target, documents: Sequence[DocumentFacts], lexicon: Lexicon
) -> tuple[ItemMention, ...]:
    """The mentions of all income or expenditure that are the title of no table: they restrict a family to
    one side of the budget, and do not speak for a table whose title happens to hold them."""
    titles = {t.title for d in documents for t in d.tables}
    return tuple(
        i for i in target.items if {i.text, *i.names} & lexicon.whole_budget and i.text not in titles
    )


def _after_named_parts(found: Sequence[Family]) -> Iterator[Family]:
    """The parts of what the question names come before other rows that explain no more of it."""
    named = [f.explained for f in found if f.is_of_named and f.kind == "children"]
    for family in found:
        is_other = not family.is_of_named and family.kind != "columns"
        beaten = is_other and any(family.explained and family.explained <= e for e in named)
        yield replace(family, score=family.score - FAMILIES.other_parts * beaten)


def titled(table: TableFact, target: Target) -> set[int]:
    """The positions of the names that the table's title or number holds, and no row or column."""
    printed = {k for c in table.columns for k in (c.key, *c.ancestors)}
    printed |= {k for r in table.rows for k in (r.key, *r.also)}

    def is_meant(item: ItemMention) -> bool:
        names = {m.label for m in item.matches if m.quality >= FAMILIES.named}
        in_title = any(name in table.title for name in (item.text, *names))
        in_number = table.number is not None and table.number in names
        return in_number or (in_title and not names & printed)

    return positions(i for i in target.items if is_meant(i))


def _placed(family: Family, by_title: set[int], cost: float) -> Family:
    """The family with what its table says: the title restricts it, and so explains names."""
    gain = FAMILIES.title * len(by_title - family.explained)
    return replace(family, score=family.score + gain - cost, explained=family.explained | by_title)

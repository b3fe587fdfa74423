"""A Document laid out for linking: every row, column and stated figure with the keys of its names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.headers import column_stage
from ingest.model import Column, Document, Row, StatedFigure, Statement, Table
from ingest.values import name_key
from qa.lexicon import Lexicon
from qa.vocabulary import bracketless, label_key


@dataclass(frozen=True, slots=True)
class RowFact:
    table_index: int
    row_index: int
    row: Row
    key: str
    ancestors: tuple[str, ...]
    unit_key: str | None
    """The budget unit that the row belongs to; None: the whole organisation."""
    is_total: bool
    also: tuple[str, ...] = ()
    """Keys of its other names: its code, and what short text cells call it."""
    named: tuple[str, ...] = ()
    """What the columns of names call it, as printed: the thing bought for a project."""


@dataclass(frozen=True, slots=True)
class ColumnFact:
    column_index: int
    column: Column
    key: str
    ancestors: tuple[str, ...]
    is_total: bool
    """Its own name says no more than total or amount."""
    stage_keys: tuple[str, ...] = ()
    """The names above it, and its own, that say its stage; (): the title or the document does."""
    is_lone: bool = False
    """No other column of the table has its name for the same year and stage: the headings above do not
    tell it from another."""

    def is_part_of(self, group: tuple[str, ...]) -> bool:
        """Does it stand right under the group's header, or is it the total of a group that does?"""
        if self.is_total:
            return bool(self.ancestors) and self.ancestors[:-1] == group
        return self.ancestors == group


@dataclass(frozen=True, slots=True)
class StatedFact:
    statement_index: int
    statement: Statement
    figure: StatedFigure
    key: str
    context: tuple[str, ...]
    """Keys of the subject's parts and of the headings above."""


@dataclass(frozen=True, slots=True)
class TableFact:
    table_index: int
    table: Table
    title: str
    number: str | None
    columns: tuple[ColumnFact, ...]
    rows: tuple[RowFact, ...]
    covers: frozenset[str] = frozenset()
    """The parts of the budget that its title restricts it to; empty: the whole of it."""


@dataclass(frozen=True)
class DocumentFacts:
    document_id: int
    document: Document
    organization: str
    tables: tuple[TableFact, ...]
    stated: tuple[StatedFact, ...]
    units: dict[str, str] = field(default_factory=dict)
    """Key of a budget unit's name -> the name as printed."""
    is_own_unit: bool = False
    """The budget of a department's own unit (本级), beside that of the whole department."""

    def labels(self) -> Iterator[str]:
        """Keys of every name that a question may mention."""
        for table in self.tables:
            yield table.title
            if table.number:
                yield table.number
            for column in table.columns:
                yield column.key
                yield from column.ancestors
            for row in table.rows:
                # Digits alone are a name only as a code, which is among the other names.
                yield from (k for k in (row.key, *row.ancestors) if not k.isdigit())
                yield from row.also
        for fact in self.stated:
            yield fact.key
            yield from fact.context

    def variants(self) -> Iterator[tuple[str, str]]:
        """(form without brackets, key) of the names that have a part in brackets."""
        names = {c.column.path[-1] for t in self.tables for c in t.columns if c.column.path}
        names |= {part for t in self.tables for c in t.columns for part in c.column.path[:-1]}
        names |= {r.row.label for t in self.tables for r in t.rows} | {t.table.title for t in self.tables}
        names |= {f.figure.label for f in self.stated}
        for name in names:
            if form := bracketless(name):
                yield form, label_key(name)


def _is_total_name(key: str, lexicon: Lexicon) -> bool:
    return key in lexicon.words["total_name"]


def _column_facts(columns: Sequence[Column], lexicon: Lexicon) -> tuple[ColumnFact, ...]:
    facts = [_column_fact(i, column, lexicon) for i, column in enumerate(columns)]
    alike = Counter(_name_and_time(fact) for fact in facts)
    return tuple(replace(fact, is_lone=alike[_name_and_time(fact)] == 1) for fact in facts)


def _name_and_time(fact: ColumnFact) -> tuple[str, int | None, str | None]:
    return fact.key, fact.column.fiscal_year, fact.column.stage


def _column_fact(index: int, column: Column, lexicon: Lexicon) -> ColumnFact:
    keys = tuple(label_key(part) for part in column.path)
    own = keys[-1] if keys else ""
    stages = [column_stage((part,), "", None) for part in column.path]
    saying = tuple(k for k, stage in zip(keys, stages, strict=True) if stage and stage == column.stage)
    return ColumnFact(index, column, own, keys[:-1], not own or _is_total_name(own, lexicon), saying)


LONGEST_NAME = 30


def _other_names(row: Row, columns: Sequence[Column]) -> Iterator[str]:
    """The code, and the names in the row's text cells, such as the item bought for a project."""
    if row.code:
        yield name_key(row.code)
    for cell, column in zip(row.cells, columns, strict=True):
        text = cell.text.strip()
        if column.is_text and 1 < len(text) <= LONGEST_NAME and not re.search(r"[，。；]", text):
            yield label_key(text)
            if without_code := re.sub(r"^[\[【(（]?\w*\d[\])】）]?", "", text):
                yield label_key(without_code)
            if code := re.match(r"^[\[【(（](\d{3,7})[\])）】]", text):
                yield code.group(1)


def _printed_names(row: Row, columns: Sequence[Column], lexicon: Lexicon) -> Iterator[str]:
    for cell, column in zip(row.cells, columns, strict=True):
        text = cell.text.replace("\n", "").strip()
        header = column.path[-1] if column.path else ""
        names = any(w in header for w in lexicon.words["naming_column"])
        numbers = any(w in header for w in lexicon.words["code_column"])
        if (
            column.is_text
            and names
            and not numbers
            and 1 < len(text) <= LONGEST_NAME
            and text not in row.path
        ):
            yield text


def _row_fact(table_index: int, row_index: int, row: Row, table: Table, lexicon: Lexicon) -> RowFact:
    key = label_key(row.label)
    also = tuple(dict.fromkeys(k for k in _other_names(row, table.columns) if len(k) > 1 and k != key))
    is_total = row.kind == "total" or not key or _is_total_name(key, lexicon)
    return RowFact(
        table_index,
        row_index,
        row,
        key,
        tuple(label_key(part) for part in row.path[:-1]),
        name_key(row.unit_name) if row.unit_name else None,
        is_total,
        also,
        tuple(_printed_names(row, table.columns, lexicon)),
    )


def _table_fact(index: int, table: Table, lexicon: Lexicon) -> TableFact:
    return TableFact(
        index,
        table,
        label_key(table.title),
        name_key(table.number) if table.number else None,
        _column_facts(table.columns, lexicon),
        tuple(_row_fact(index, i, r, table, lexicon) for i, r in enumerate(table.rows)),
        _covered(label_key(table.title), lexicon),
    )


def _covered(title: str, lexicon: Lexicon) -> frozenset[str]:
    halves = lexicon.words["restriction"]
    parts = {word for word in halves if word in title}
    if len(parts) == len(halves):
        parts = set()  # 基本支出和项目支出 are the whole again
    return frozenset(parts | {word for word in lexicon.words["strong_restriction"] if word in title})


def _stated_facts(document: Document) -> Iterator[StatedFact]:
    for index, statement in enumerate(document.statements):
        section = document.passages[statement.passage_index].section
        parts = [*section[-2:], *statement.subject.split(">")]
        context = tuple(dict.fromkeys(key for part in parts if (key := label_key(part))))
        for figure in statement.figures:
            yield StatedFact(index, statement, figure, label_key(figure.label), context)


def read_facts(document_id: int, document: Document, lexicon: Lexicon) -> DocumentFacts:
    """Lay a document out for linking. The organisation's own name counts as the whole, not a unit."""
    tables = tuple(_table_fact(i, t, lexicon) for i, t in enumerate(document.tables))
    organization = name_key(document.identity.organization or "")
    units: dict[str, str] = defaultdict(str)
    for table in tables:
        for fact in table.rows:
            if fact.unit_key:
                units.setdefault(fact.unit_key, fact.row.unit_name or "")
    return DocumentFacts(
        document_id, document, organization, tables, tuple(_stated_facts(document)), dict(units)
    )

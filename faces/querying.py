"""What the Query tab is asked: its fields, their link, their filter; and sums of chosen cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote, unquote

from faces.export import cell_record
from index_store.browse import CellFilter, CellKey, FoundCell, Order
from ingest.errors import BudgetQAError
from ingest.hierarchy import is_total
from ingest.model import Kind, Stage
from ingest.standard import standard_names
from ingest.values import YUAN_PER_UNIT, convert_money, name_key, parse_number, parse_quantity
from ingest.words import words as reading_words
from qa.answer import Calculation, Citation
from qa.builder import result_decimals
from qa.calculator import CalculationError, Operand, round_half_up, total
from qa.lexicon import load_lexicon

if TYPE_CHECKING:
    from index_store.browse import Cells

PAGE_ROWS = 50
MOST_EXPORTED = 10_000
"""Records in one export, which is made in memory."""
MOST_CHOSEN = 100
"""Cells added up at once: a longer sum cannot be shown as working."""
_LONGEST_FIELD = 200
_MOST_NAMED = 50
"""Organisations or years in one query."""
_SHORTEST_OTHER_NAME = 4
"""Characters of another name that is looked for too: a shorter one (接待) stands in names of other things."""


class AmountError(BudgetQAError):
    """What is typed as an amount is none."""


@dataclass(frozen=True, slots=True)
class Query:
    """The tab's fields as they are filled in; a text that is empty asks for nothing."""

    organizations: tuple[str, ...] = field(default=(), metadata={"link": "org"})
    years: tuple[int, ...] = field(default=(), metadata={"link": "year"})
    kind: str = ""
    standard: str = field(default="", metadata={"link": "table"})
    title: str = ""
    item: str = ""
    column: str = ""
    stage: str = ""
    least: str = field(default="", metadata={"link": "from"})
    most: str = field(default="", metadata={"link": "to"})
    unit: str = "万元"
    order: Order = field(default="place", metadata={"link": "sort"})
    with_text: bool = field(default=False, metadata={"link": "text"})


def query_of_fields(values: Sequence[Any]) -> Query:
    """The fields' values, in the order of ``Query``, whatever a browser sends for them."""
    given = {f.name: value for f, value in zip(fields(Query), values, strict=True)}
    return _checked({name: value for name, value in given.items() if value is not None})


_ALLOWED: dict[str, tuple[str, ...]] = {
    "kind": ("", *get_args(Kind)),
    "stage": ("", *get_args(Stage)),
    "unit": tuple(YUAN_PER_UNIT),
    "order": get_args(Order),
    "standard": ("", *standard_names()),
}


def _checked(given: dict[str, Any]) -> Query:
    """A query of what can be one; the rest is left as if nothing had been given."""
    kept: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("organizations", "years"):
            several = (
                [str(v)[:_LONGEST_FIELD] for v in value[:_MOST_NAMED]] if isinstance(value, list) else []
            )
            kept[name] = tuple(filter(str.strip, several))
        elif name == "with_text":
            kept[name] = value in (True, "1")
        elif str(value) in _ALLOWED.get(name, (str(value),)):
            kept[name] = str(value).strip()[:_LONGEST_FIELD]
    years = tuple(int(year) for year in kept.pop("years", ()) if re.fullmatch(r"[0-9]{4}", year))
    return Query(**kept, years=years)


def key_of(text: str) -> CellKey | None:
    """A cell's key as the page writes it: ``1,0,12,3``; None for anything else."""
    return CellKey(*map(int, text.split(","))) if re.fullmatch(r"[0-9]{1,9}(,[0-9]{1,9}){3}", text) else None


# -- the link ------------------------------------------------------------------------------


def link_of(query: Query) -> str:
    """``/?query=item=公务接待费;year=2017``: what differs from an empty query, and opens it again."""
    parts = []
    for f in fields(Query):
        value = getattr(query, f.name)
        several = value if isinstance(value, tuple) else (value,) if value != f.default else ()
        for one in several:
            text = "1" if one is True else str(one)
            parts.append(f"{_parameter(f)}={text.replace('%', '%25').replace(';', '%3B')}")
    return "/?query=" + quote(";".join(parts), safe="=;:,")


def query_of_link(value: str) -> Query:
    """The query that the parameter ``query`` of a link holds; what is no part of one is passed over."""
    names = {_parameter(f): f.name for f in fields(Query)}
    given: dict[str, Any] = {}
    for part in value.split(";"):
        parameter, _, text = part.partition("=")
        name = names.get(parameter)
        if name in ("organizations", "years"):
            given.setdefault(name, []).append(unquote(text))
        elif name:
            given[name] = unquote(text)
    return _checked(given)


def _parameter(f: Any) -> str:
    return str(f.metadata.get("link", f.name))


# -- the filter ----------------------------------------------------------------------------


def filter_of(query: Query) -> CellFilter:
    """The cells that the query is about. Raises AmountError."""
    return CellFilter(
        organizations=query.organizations,
        years=query.years,
        kind=next((kind for kind in get_args(Kind) if kind == query.kind), None),
        standard=query.standard or None,
        title=query.title,
        items=names_of(query.item),
        column=query.column,
        stage=next((stage for stage in get_args(Stage) if stage == query.stage), None),
        least_yuan=_yuan(query.least, query.unit),
        most_yuan=_yuan(query.most, query.unit),
        with_text=query.with_text,
    )


def names_of(item: str) -> tuple[str, ...]:
    """What is typed, the official name for it, and that one's other names: 招待费 also finds 公务接待费."""
    if not name_key(item):
        return ()
    lexicon = load_lexicon()
    official = lexicon.english.get(" ".join(item.lower().split()), item)
    first, *others = lexicon.names_of.get(name_key(official), (official,))
    long_enough = (name for name in others if len(name) >= _SHORTEST_OTHER_NAME)
    return tuple(dict.fromkeys((item, official, first, *long_enough)))


def _yuan(typed: str, unit: str) -> Decimal | None:
    """An amount as typed, alone or with its own unit. Raises AmountError."""
    if not typed.strip():
        return None
    number, own_unit = parse_quantity(typed) or (parse_number(typed), unit)
    if number is None or own_unit not in YUAN_PER_UNIT:
        raise AmountError(typed)
    return convert_money(number, own_unit, "元")


# -- what is found -------------------------------------------------------------------------


def citation_of(found: FoundCell, n: int = 1) -> Citation:
    """The cell's place, for the evidence; of a cell that goes on after a page break, the first part."""
    place = found.cell.place if found.cell.place.page_number else found.row.place
    return Citation(
        n=n,
        document_id=found.key.document_id,
        doc=found.file_name,
        quote=next(iter(found.cell.parts), found.row.label),
        page_number=place.page_number,
        bbox=place.bbox,
        table=" ".join(filter(None, (found.table.number, found.table.title))),
        row=" > ".join(dict.fromkeys(filter(None, (found.row.unit_name, *found.row.path)))),
        column=" > ".join(found.column.path) or found.table.unit,
        table_index=found.key.table_index,
        row_index=found.key.row_index,
        column_index=found.key.column_index,
        confidence=found.cell.confidence,
    )


def year_of(found: FoundCell) -> int | None:
    """The year that the figure is of: the column's, or the document's."""
    return found.column.fiscal_year or found.identity.fiscal_year


def records_of(cells: Cells, query: Query) -> Iterator[dict[str, Any]]:
    """The first ``MOST_EXPORTED`` records of what is found. Raises AmountError and TooManyNamesError."""
    for found in cells.each(filter_of(query), query.order, MOST_EXPORTED):
        yield cell_record(found.file_name, found.identity, found.table, found.row, found.column, found.cell)


# -- sums ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summed:
    """Chosen cells added up."""

    cells: tuple[FoundCell, ...]
    citations: tuple[Citation, ...]
    calculation: Calculation | None
    """None where they cannot be added: no numbers among them, or numbers of different kinds."""
    warnings: tuple[str, ...]
    """The keys, in ``words/query.toml``, of what is doubtful about the sum."""


def add_up(cells: Cells, keys: Sequence[CellKey]) -> Summed:
    """The sum of the cells at these places, in the first one's unit, with what is doubtful about it."""
    found = tuple(cells.at(list(dict.fromkeys(keys))[:MOST_CHOSEN]))
    citations = tuple(citation_of(cell, n) for n, cell in enumerate(found, start=1))
    operands = [
        Operand(cell.cell.value, cell.cell.unit, n)
        for n, cell in enumerate(found, start=1)
        if cell.cell.value is not None
    ]
    warnings = () if len(found) < 2 else tuple(_warnings(cells, found))
    return Summed(found, citations, _sum(operands), warnings)


def _sum(operands: list[Operand]) -> Calculation | None:
    try:
        worked = total(operands)
    except CalculationError:
        return None
    value = round_half_up(worked.value, result_decimals(worked, None, operands))
    return Calculation(1, worked.expression, value, worked.unit, worked.inputs)


def _warnings(cells: Cells, found: Sequence[FoundCell]) -> Iterator[str]:
    parents = cells.parents({(cell.key.document_id, cell.key.table_index) for cell in found})
    pairs = [pair for a, b in combinations(found, 2) for pair in ((a, b), (b, a))]
    if any(_covers(a, b, parents) for a, b in pairs):
        yield "query_warn_parts"
    if any(_may_be_same(a, b) for a, b in pairs):
        yield "query_warn_twice"
    if len({cell.key.document_id for cell in found}) > 1:
        yield "query_warn_documents"
    if len({year_of(cell) for cell in found}) > 1:
        yield "query_warn_years"
    if len({_stage(cell) for cell in found}) > 1:
        yield "query_warn_stages"


def _stage(found: FoundCell) -> str | None:
    return found.column.stage or found.identity.kind


def _covers(whole: FoundCell, part: FoundCell, parents: dict[tuple[int, int, int], int]) -> bool:
    """Whether one figure has another in it: by the row, by the column, or by both."""
    if whole.key[:2] != part.key[:2] or whole.key == part.key:
        return False
    same_row = whole.key.row_index == part.key.row_index
    same_column = whole.key.column_index == part.key.column_index
    return (same_row or _row_covers(whole, part, parents)) and (same_column or _column_covers(whole, part))


def _row_covers(whole: FoundCell, part: FoundCell, parents: dict[tuple[int, int, int], int]) -> bool:
    if whole.row.kind == "total" and part.row.kind != "total":
        return True
    row: int | None = part.key.row_index
    seen: set[int] = set()
    while row is not None and row not in seen:
        seen.add(row)
        row = parents.get((*part.key[:2], row))
        if row == whole.key.row_index:
            return True
    return False


def _column_covers(whole: FoundCell, part: FoundCell) -> bool:
    """A column called 合计 covers the others under the same heading."""
    *group, own = whole.column.path or ("",)
    says_total = is_total(own) or name_key(own).endswith(reading_words().subtotal_endings)
    return says_total and part.column.path[: len(group)] == tuple(group)


def _may_be_same(a: FoundCell, b: FoundCell) -> bool:
    """Tables of one document print the same figure again."""
    return (
        a.key.document_id == b.key.document_id
        and a.key.table_index < b.key.table_index
        and (a.cell.value, a.cell.unit) == (b.cell.value, b.cell.unit)
        and name_key(a.row.label) == name_key(b.row.label)
    )

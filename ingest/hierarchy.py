"""Which row is a part of which: by totals, units, codes, ordinals, indents and 其中."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.model import RowKind
from ingest.values import name_key, squeeze
from ingest.words import words

_ORDINALS = (
    re.compile(r"第[一二三四五六七八九十]+[部章节]"),
    re.compile(r"[一二三四五六七八九十]+[、.,]"),
    re.compile(r"\([一二三四五六七八九十]+\)"),
    re.compile(r"\d{1,2}[.、](?!\d)"),
    re.compile(r"\(\d{1,2}\)|[①-⑳]|\d{1,2}\)"),
)
"""From the outermost style to the innermost."""

_FIRST_ORDINAL = re.compile(r"\(?(?:一|1)[)、.,]|①")

# How far in a row stands: a row is a part of the nearest row above it that stands further out.
_UNIT_GROUP, _UNIT, _CATEGORY, _ITEM = 1, 2, 3, 4

_LEAST_INDENT = 2
"""Half-width characters; a single space is a printer's accident."""


@dataclass(frozen=True, slots=True)
class RowText:
    """What a row prints to the left of its values."""

    labels: tuple[str, ...]
    """From the outermost label column to the row's own label, merged and left-out ones repeated."""
    qualifiers: tuple[str, ...] = ()
    """Names beside the label that it belongs to: the project of a purchase."""
    indent: int = 0
    """Space before the label, in half-width characters."""
    code: str | None = None
    unit_code: str | None = None
    amount: Decimal | None = None
    """The first value, for telling how far a list of 其中 goes."""

    @property
    def label(self) -> str:
        return self.labels[-1] if self.labels else ""


@dataclass(frozen=True, slots=True)
class RowPosition:
    """Where a row stands in its table."""

    kind: RowKind
    path: tuple[str, ...]
    parent_index: int | None
    unit_code: str | None
    unit_name: str | None


@dataclass(frozen=True, slots=True)
class _Open:
    """A row that later rows may be parts of."""

    index: int
    row: RowText
    rank: int
    path: tuple[str, ...]


def arrange(rows: Sequence[RowText], units: Mapping[str, str | None]) -> tuple[RowPosition, ...]:
    """The place of every row. ``units``: name keys of the document's budget units -> unit code."""
    if any(len(row.labels) > 1 for row in rows):
        return _outline(rows)
    return _Arranger(rows, units).positions()


def _outline(rows: Sequence[RowText]) -> tuple[RowPosition, ...]:
    """Several label columns, one a level: a row is a part of the row whose labels begin its own.

    A 小计 beside a merged label stands for that label.
    """
    heads: dict[tuple[str, ...], int] = {}
    positions = []
    for index, row in enumerate(rows):
        subtotal = len(row.labels) > 1 and name_key(row.label).endswith(words().subtotal_endings)
        outer = row.labels[:-1]
        parents = (heads.get(outer[:size]) for size in range(len(outer) - subtotal, 0, -1))
        parent = next((head for head in parents if head is not None), None)
        kind: RowKind = "subtotal" if subtotal else "total" if is_total(row.label) else "item"
        if words().of_which.match(squeeze(row.label)):
            kind = "of_which"
        heads[outer if subtotal else row.labels] = index
        positions.append(RowPosition(kind, row.labels, parent, row.unit_code, None))
    return tuple(positions)


def find_units(rows: Sequence[RowText]) -> dict[str, str | None]:
    """Rows that name a budget unit: the first row with its unit code, called like an organisation."""
    found: dict[str, str | None] = {}
    seen: set[str] = set()
    for row in rows:
        if row.unit_code and row.unit_code not in seen and not row.code:
            seen.add(row.unit_code)
            if is_organization(row.label):
                found[name_key(row.label)] = row.unit_code
    return found


def is_organization(label: str) -> bool:
    """Whether a label ends as names of organisations do."""
    return squeeze(label).endswith(words().organization_endings) and not is_unit_group(label)


def is_unit_group(label: str) -> bool:
    return squeeze(label).endswith(words().unit_group_endings) and len(squeeze(label)) <= 14


def is_total(label: str) -> bool:
    return name_key(label) in words().total


def is_kind_of_spending(label: str) -> bool:
    """Whether a label is a known part of spending, or a whole of such: 基本支出, 经常性专项."""
    key = name_key(label)
    return key in words().part_of or key in words().part_of.values()


def ordinal_rank(label: str) -> int | None:
    """0 for 第一部分, 1 for 一、, 2 for （一）, 3 for 1., 4 for （1）; None without an ordinal."""
    plain = words().of_which.sub("", squeeze(label))
    return next((rank for rank, style in enumerate(_ORDINALS) if style.match(plain)), None)


class _Arranger:
    def __init__(self, rows: Sequence[RowText], units: Mapping[str, str | None]) -> None:
        self.rows = rows
        self.units = units
        self.open: list[_Open] = []
        self.unit: _Open | None = None
        self.of_which: tuple[int, RowText] | None = None
        self.left_of_whole: Decimal | None = None
        self.has_codes = any(row.code for row in rows)
        names = [row.label for row in rows if not is_total(row.label)]
        coded = self.has_codes or any(row.unit_code for row in rows)
        self.lists_bodies = not coded and all(map(is_organization, names))
        """Every row is an organisation, so none is an account of the one above it."""
        self.has_units = any(row.unit_code or self._is_unit(row) for row in rows)
        self.categories = _listed_categories(rows)
        self.ranks_begun: set[int] = set()
        self.list_heads: set[int] = set()
        """Rows without an ordinal below which a list begins again."""
        indents = [row.indent for row in rows if not is_total(row.label)]
        # Where codes or units tell the levels, indents are decoration and often uneven.
        plain = bool(indents) and not self.has_codes and not self.has_units
        self.indents_tell = plain and max(indents) - min(indents) >= _LEAST_INDENT

    def positions(self) -> tuple[RowPosition, ...]:
        placed = [self._place(index, row) for index, row in enumerate(self.rows)]
        wholes = {position.parent_index for position in placed}
        return tuple(
            replace(position, kind="item") if position.kind == "group" and index not in wholes else position
            for index, position in enumerate(placed)
        )

    def _place(self, index: int, row: RowText) -> RowPosition:
        if is_total(row.label):
            self._close_all()
            return self._position("total", (row.label,), None)
        if self._continues_of_which(row):
            return self._part_of_whole(index, row)
        if words().of_which.match(squeeze(row.label)) and index:
            self._start_of_which(index, row)
            return self._part_of_whole(index, row)
        self.of_which = None
        if squeeze(row.label).endswith(words().subtotal_endings):
            return self._subtotal(index, row)
        rank, kind = self._rank(index, row)
        if rank == _UNIT_GROUP:
            self.unit = None
        if self._begins_list_again(index, row):
            self.list_heads.add(index - 1)
        while self.open and not self._is_part(row, rank, self.open[-1]):
            self.open.pop()
        parent = self.open[-1] if self.open else None
        path = self._path(row, parent)
        opened = _Open(index, row, rank, path)
        self.open.append(opened)
        if rank == _UNIT:
            self.unit = opened
        return self._position(kind, path, parent.index if parent else None, row)

    def _rank(self, index: int, row: RowText) -> tuple[int, RowKind]:
        if self._is_unit(row):
            return _UNIT, "unit"
        if row.code or (row.unit_code and self.has_units and not self._is_category(index, row)):
            return _ITEM, "item"
        if is_unit_group(row.label) and self.has_units:
            return _UNIT_GROUP, "group"
        if self._is_category(index, row):
            return _CATEGORY, "group"
        return _ITEM, "item"

    def _is_unit(self, row: RowText) -> bool:
        """A row of a budget unit: called as one, and no account of it (accounts have codes)."""
        return not row.code and name_key(row.label) in self.units

    def _is_category(self, index: int, row: RowText) -> bool:
        """A heading among coded rows (经常性专项), or a known part of spending under a unit."""
        if is_kind_of_spending(row.label):
            return self.has_units or self.has_codes
        if name_key(row.label) in self.categories:
            return True
        if ordinal_rank(row.label) is not None or row.code or row.unit_code:
            return False
        return self.has_codes and self.has_units

    def _is_part(self, row: RowText, rank: int, above: _Open) -> bool:
        """Whether the row can be a part of an open row above it."""
        if self.lists_bodies:
            return False
        if rank != _ITEM or above.rank != _ITEM:
            if rank == above.rank == _UNIT:
                return _code_prefix(above.row.unit_code or "", row.unit_code or "")
            if rank == above.rank == _CATEGORY:
                return words().part_of.get(name_key(row.label)) == name_key(above.row.label)
            return above.rank < rank
        if above.row.code and row.code:
            return _code_prefix(above.row.code, row.code)
        if above.row.code or row.code:
            return False
        ours, theirs = ordinal_rank(row.label), ordinal_rank(above.row.label)
        if ours is not None or theirs is not None:
            return self._is_part_by_ordinal(row, ours, above, theirs)
        return self._is_further_in(row, above)

    def _is_part_by_ordinal(self, row: RowText, ours: int | None, above: _Open, theirs: int | None) -> bool:
        if theirs is None:
            return above.index in self.list_heads
        if ours is not None:
            return theirs < ours
        if any(word in row.label for word in words().standalone):
            return False
        return self._is_further_in(row, above) or not self.indents_tell

    def _begins_list_again(self, index: int, row: RowText) -> bool:
        """Whether the row is 一、 for the second time, so a part of the row without an ordinal above it."""
        rank = ordinal_rank(row.label)
        if rank is None or not _FIRST_ORDINAL.match(squeeze(row.label)):
            return False
        again = rank in self.ranks_begun
        self.ranks_begun.add(rank)
        above = self.open[-1] if self.open else None
        return (
            again and above is not None and above.index == index - 1 and ordinal_rank(above.row.label) is None
        )

    def _is_further_in(self, row: RowText, above: _Open) -> bool:
        return self.indents_tell and row.indent - above.row.indent >= _LEAST_INDENT

    def _subtotal(self, index: int, row: RowText) -> RowPosition:
        """A total of a part of the table; the rows it adds up are closed."""
        while self.open and self.open[-1].rank == _ITEM:
            self.open.pop()
        parent = self.open[-1] if self.open else None
        path = self._path(row, parent)
        return self._position("subtotal", path, parent.index if parent else None, row)

    def _start_of_which(self, index: int, row: RowText) -> None:
        self.of_which = (index - 1, row)
        whole = self.rows[index - 1]
        self.left_of_whole = whole.amount

    def _continues_of_which(self, row: RowText) -> bool:
        """Whether the row is a further part of the whole that an 其中 row has opened."""
        if self.of_which is None or words().of_which.match(squeeze(row.label)):
            return False
        first = self.of_which[1]
        if is_unit_group(row.label) or self._is_unit(row) or row.unit_code != first.unit_code:
            return False
        if row.code or first.code:
            return False
        if squeeze(row.label).endswith(words().subtotal_endings):
            return False
        if ordinal_rank(first.label) is not None or ordinal_rank(row.label) is not None:
            return (ordinal_rank(row.label) or 0) >= (ordinal_rank(first.label) or 99)
        return row.amount is None or (self.left_of_whole is not None and row.amount <= self.left_of_whole)

    def _part_of_whole(self, index: int, row: RowText) -> RowPosition:
        assert self.of_which is not None
        whole, first = self.of_which
        rank = ordinal_rank(row.label)
        if rank is not None and rank > (ordinal_rank(first.label) or 0):
            outer = next((o for o in reversed(self.open) if (ordinal_rank(o.row.label) or 0) < rank), None)
            if outer is not None and outer.index > whole:
                path = (*outer.path, row.label)
                self.open.append(_Open(index, row, _ITEM, path))
                return self._position("item", path, outer.index, row)
        if self.left_of_whole is not None and row.amount is not None:
            self.left_of_whole -= row.amount
        above = next((o for o in self.open if o.index == whole), None)
        path = (*(above.path if above else ()), row.label)
        if rank is not None:
            self.open = [o for o in self.open if o.index <= whole]
            self.open.append(_Open(index, row, _ITEM, path))
        return self._position("of_which", path, whole, row)

    def _path(self, row: RowText, parent: _Open | None) -> tuple[str, ...]:
        return (*(parent.path if parent else ()), *row.qualifiers, *row.labels)

    def _close_all(self) -> None:
        self.open, self.unit, self.of_which = [], None, None

    def _position(
        self, kind: RowKind, path: tuple[str, ...], parent: int | None, row: RowText | None = None
    ) -> RowPosition:
        code = (row.unit_code if row else None) or (self.unit.row.unit_code if self.unit else None)
        name = self.unit.row.label if self.unit else None
        if (
            row is not None
            and row.unit_code
            and self.unit
            and self.unit.row.unit_code not in (None, row.unit_code)
        ):
            name = None
        if kind == "unit" and row is not None:
            code = code or self.units.get(name_key(row.label))
        return RowPosition(kind, path, parent, code, name)


def _listed_categories(rows: Sequence[RowText]) -> frozenset[str]:
    """Names that a list of 其中 announces and that head rows later: 运行保障类, 经常性专项."""
    announced: set[str] = set()
    heading: set[str] = set()
    listing = False
    for row in rows:
        bare = words().of_which.sub("", squeeze(row.label))
        listing = bare != squeeze(row.label) or (listing and not row.unit_code and not row.code)
        if listing:
            announced.add(name_key(bare))
        elif name_key(bare) in announced:
            heading.add(name_key(bare))
    return frozenset(heading)


def _code_prefix(outer: str, inner: str) -> bool:
    """Whether one code is above the other: 201 > 20103 > 2010301, 301 > 301 2."""
    a, b = outer.split(), inner.split()
    if not a or not b:
        return False
    if len(a) > 1 or len(b) > 1:
        return len(a) < len(b) and [p.zfill(2) for p in b[: len(a)]] == [p.zfill(2) for p in a]
    return len(outer) < len(inner) and inner.startswith(outer)

"""How one document is laid out and printed: drawn from its layout family by its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal

from eval.corpus.books import data
from eval.corpus.model import Layout, Ruling, Trap, TrueCell
from ingest.model import GovernmentLevel, Kind
from ingest.values import YUAN_PER_UNIT

_HAN = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Style:
    """The options of ``families.toml``, decided; the comments there say what each is."""

    family: str
    kind: Kind
    government_level: GovernmentLevel
    level: Literal["department", "unit"]
    unit: str
    places: int
    thousands: bool
    zero: str
    codes: Literal["joined", "split", "spaced"]
    by_unit: bool
    indents: bool
    ordinals: bool
    total_first: bool
    total_spans_codes: bool
    numbers: Literal["none", "plain", "formulas", "line"]
    lines: bool
    all_classes: bool
    number_format: str
    year_in_title: bool
    continuation: str
    repeats_header: bool
    breaks_rows: bool
    landscape: Literal["none", "wide", "all"]
    turned: bool
    ruling: Ruling
    header_fill: tuple[int, ...]
    points: float
    owner_label: str
    unit_label: str
    running_head: bool
    page_foot: str
    bold_by_overprint: bool
    traps: tuple[Trap, ...]
    prose_first: bool
    trips: Literal["row", "list", "units"]
    outlines: bool
    by_use: bool
    minus: str
    unit_in_header: bool
    notes: bool
    names: dict[str, Any]
    """The words of ``words.toml``, one of each list."""

    @property
    def step_fen(self) -> int:
        """The smallest amount that the document prints, in 分."""
        return int(YUAN_PER_UNIT[self.unit] * 100 / 10**self.places)

    def money(self, amount_fen: int, unit: str | None = None) -> TrueCell:
        """An amount as it is printed in a cell, in the document's unit or another.

        Raises ValueError when its unit cannot print it whole.
        """
        unit = unit or self.unit
        if not amount_fen:
            is_number = self.zero == "0.00"
            text = f"{Decimal(0):.{self.places}f}" if is_number else self.zero or None
            return TrueCell(text, Decimal(text) if is_number and text else None, unit if is_number else None)
        value = in_unit(amount_fen, unit)
        text = f"{abs(value):{',' if self.thousands else ''}.{self.places}f}"
        if Decimal(text.replace(",", "")) != abs(value):
            raise ValueError(f"{amount_fen} 分 cannot be printed in {unit} with {self.places} places")
        return TrueCell(self.minus * (value < 0) + text, value, unit)

    def table_number(self, n: int) -> str | None:
        """``表三`` for the third table; None where tables have no numbers."""
        han = _HAN[n - 1] if n <= len(_HAN) else "十" + _HAN[n - 11]
        return self.number_format.format(n=n, han=han) or None

    def layout(self, title: str) -> Layout:
        return Layout(
            title if self.running_head else None, self.page_foot, self.bold_by_overprint, self.traps
        )


def in_unit(amount_fen: int, unit: str) -> Decimal:
    """An amount in 分 as a number of 元, 万元 …"""
    return Decimal(amount_fen) / 100 / YUAN_PER_UNIT[unit]


def families() -> list[str]:
    """The names of all layout families."""
    return [name for name in data("families") if name != "usual"]


def draw_style(rng: random.Random, family: str) -> Style:
    """A style of the family. Raises KeyError for an unknown one."""
    choices = {**data("families")["usual"], **data("families")[family]}
    decided = {name: rng.choice(choices[name]) for name in sorted(choices)}
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in decided.items()
    }
    words = {name: rng.choice(options) for name, options in data("words")["names"].items()}
    assert {field.name for field in fields(Style)} == plain.keys() | {"family", "names"}
    return Style(family=family, names=words, **plain)

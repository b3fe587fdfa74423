"""How one document is laid out and printed: drawn from its layout family by its seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal

from eval.corpus.books import data
from eval.corpus.model import Layout, Ruling, Trap, TrueCell
from eval.corpus.numerals import han, han_digits
from ingest.errors import BudgetQAError
from ingest.model import GovernmentLevel, Kind
from ingest.values import YUAN_PER_UNIT


class UnknownFamilyError(BudgetQAError):
    """No layout family goes by that name."""


@dataclass(frozen=True, slots=True)
class Style:
    """The options of ``families.toml``, decided; the comments there say what each is."""

    family: str
    kind: Kind
    government_level: GovernmentLevel
    level: Literal["department", "unit"]
    script: Literal["simplified", "traditional"]
    unit: str
    places: int
    thousands: bool
    zero: str
    codes: Literal["joined", "split", "own", "spaced", "glued"]
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
    of_which: bool
    cover: str
    repeats_header: bool
    breaks_rows: bool
    landscape: Literal["none", "wide", "all"]
    turned: bool
    ruling: Ruling
    header_fill: tuple[int, ...]
    points: float
    owner_label: str
    date_line: bool
    unit_label: str
    running_head: bool
    page_foot: str
    contents: bool
    latin_font: bool
    title_spacing: float
    scattered: bool
    caption_inside: bool
    joined_rules: bool
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

    def money(self, amount_fen: int) -> TrueCell:
        """An amount as it is printed in a cell, in the document's unit.

        Raises ValueError when the unit cannot print it whole.
        """
        unit = self.unit
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
        return self.number_format.format(n=n, han=han(n)) or None

    def cover_title(self, organization: str, year: int, kind: str) -> str:
        """``某某局2024年度部门预算`` in one of its forms; the year may be in Chinese numerals."""
        return self.cover.format(organization=organization, year=year, kind=kind, han_year=han_digits(year))

    def layout(self, title: str) -> Layout:
        return Layout(
            running_head=title if self.running_head else None,
            page_foot=self.page_foot,
            bold_by_overprint=self.bold_by_overprint,
            traps=self.traps,
            contents=self.contents,
            latin_font=self.latin_font,
            title_spacing=self.title_spacing,
            scattered=self.scattered,
            caption_inside=self.caption_inside,
            joined_rules=self.joined_rules,
        )


def in_unit(amount_fen: int, unit: str) -> Decimal:
    """An amount in 分 as a number of 元, 万元 …"""
    return Decimal(amount_fen) / 100 / YUAN_PER_UNIT[unit]


def families() -> list[str]:
    """The names of all layout families."""
    return [name for name in data("families") if name != "usual"]


def draw_style(family: str, seed: int) -> Style:
    """A style of the family. Raises UnknownFamilyError.

    Each option has a chance of its own: a further option, or name, leaves the others as they were.
    """

    if family not in families():
        raise UnknownFamilyError(f"no layout family {family!r}; there are: {', '.join(families())}")

    def drawn(name: str, options: Sequence[Any]) -> Any:
        return random.Random(f"{family} {seed} {name}").choice(options)

    choices = {**data("families")["usual"], **data("families")[family]}
    decided = {name: drawn(name, options) for name, options in choices.items()}
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in decided.items()
    }
    words = {name: drawn(name, options) for name, options in data("words")["names"].items()}
    assert {field.name for field in fields(Style)} == plain.keys() | {"family", "names"}
    return Style(family=family, names=words, **plain)

"""The words that tell how a table is built, read once from ``words.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ingest.model import Stage
from ingest.values import name_key


@dataclass(frozen=True, slots=True)
class Words:
    """Word lists as sets of name keys, patterns compiled; the file says what each is for."""

    unit: re.Pattern[str]
    owner: re.Pattern[str]
    number: re.Pattern[str]
    continued: re.Pattern[str]
    points_at_table: re.Pattern[str]
    note: re.Pattern[str]
    of_which: re.Pattern[str]
    title_end: tuple[str, ...]
    title_end_inside: tuple[str, ...]
    """Of a title that is a row of the grid."""
    year_line: re.Pattern[str]
    form_column: str
    """What the single column of a form is called."""
    nothing: frozenset[str]
    serial: frozenset[str]
    column_numbers: frozenset[str]
    code_endings: tuple[str, ...]
    code_parts: frozenset[str]
    account_classes: re.Pattern[str]
    unit_code_words: tuple[str, ...]
    label_exact: frozenset[str]
    label_endings: tuple[str, ...]
    text_words: tuple[str, ...]
    measure_unit: frozenset[str]
    quantity: frozenset[str]
    column_units: tuple[tuple[str, str], ...]
    """(word, unit), the longest word first."""
    compared_year: re.Pattern[str]
    before_previous_year: tuple[str, ...]
    previous_year: tuple[str, ...]
    current_year: tuple[str, ...]
    stages: tuple[tuple[Stage, tuple[str, ...]], ...]
    total: frozenset[str]
    subtotal_endings: tuple[str, ...]
    standalone: tuple[str, ...]
    unit_group_endings: tuple[str, ...]
    organization_endings: tuple[str, ...]
    part_of: dict[str, str]
    """Name key of a part -> name key of its whole."""


@cache
def words() -> Words:
    data: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    caption, header, year, row = data["caption"], data["header"], data["year"], data["row"]
    return Words(
        unit=re.compile(caption["unit"]),
        owner=re.compile(caption["owner"]),
        number=re.compile(caption["number"]),
        continued=re.compile(caption["continued"]),
        points_at_table=re.compile(caption["points_at_table"]),
        note=re.compile(caption["note"]),
        of_which=re.compile(row["of_which"]),
        title_end=tuple(caption["title_end"]),
        title_end_inside=tuple(caption["title_end_inside"]),
        year_line=re.compile(caption["year_line"]),
        form_column=header["form_column"],
        nothing=_keys(header["nothing"]),
        serial=_keys(header["serial"]),
        column_numbers=_keys(header["column_numbers"]),
        code_endings=tuple(header["code_endings"]),
        code_parts=_keys(header["code_parts"]),
        account_classes=re.compile(header["account_classes"]),
        unit_code_words=tuple(header["unit_code_words"]),
        label_exact=_keys(header["label_exact"]),
        label_endings=tuple(header["label_endings"]),
        text_words=tuple(header["text_words"]),
        measure_unit=_keys(header["measure_unit"]),
        quantity=_keys(header["quantity"]),
        column_units=_column_units(header["units"]),
        compared_year=re.compile(year["compared"]),
        before_previous_year=tuple(year["before_previous"]),
        previous_year=tuple(year["previous"]),
        current_year=tuple(year["current"]),
        stages=tuple((stage["name"], tuple(stage["words"])) for stage in data["stage"]),
        total=_keys(row["total"]),
        subtotal_endings=tuple(row["subtotal_endings"]),
        standalone=tuple(row["standalone"]),
        unit_group_endings=tuple(row["unit_group_endings"]),
        organization_endings=tuple(row["organization_endings"]),
        part_of={
            name_key(part): name_key(whole) for whole, parts in row["part_of"].items() for part in parts
        },
    )


def _keys(names: list[str]) -> frozenset[str]:
    return frozenset(name_key(name) for name in names)


def _column_units(units: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    pairs = [(name, unit) for unit, names in units.items() for name in names]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))

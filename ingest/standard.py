"""Which of the usual budget tables a table is: by its title, else by what stands in it.

The kinds, their many names and the marks of their contents are in ``standard_tables.toml``; the code
knows only how titles are made comparable and that the halves of a side-by-side table are one table.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from ingest.model import Kind, Table
from ingest.values import name_key

_MOST_LABELS = 60
"""The first rows tell what a table is about; a long one tells nothing more."""
_DIGITS = re.compile(r"\d+|[〇零一二三四五六七八九]{4}(?=年)")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Words that must all occur in a text, and words that must not."""

    needed: tuple[str, ...]
    barred: tuple[str, ...]

    def fits(self, text: str) -> bool:
        return all(word in text for word in self.needed) and not any(word in text for word in self.barred)


@dataclass(frozen=True, slots=True)
class _Usual:
    """One kind of table, with its id in a budget and in a final account."""

    ids: dict[Kind, str]
    titles: tuple[_Pattern, ...]
    contents: tuple[_Pattern, ...]
    final_numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Usuals:
    kinds: tuple[_Usual, ...]
    same: tuple[tuple[str, str], ...]
    """(what a title says, what stands for it), the longest first."""
    dropped: tuple[str, ...]


def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "standard_tables.toml").read_text("utf-8"))


@cache
def _usuals() -> _Usuals:
    data = _data()
    kinds = tuple(
        _Usual(
            {"budget": kind["id"], "final_account": kind["final_id"]},
            tuple(map(_pattern, kind["titles"])),
            tuple(map(_pattern, kind["contents"])),
            frozenset(map(name_key, kind.get("numbers", ()))),
        )
        for kind in data["kind"]
    )
    same = [(name_key(word), one) for one, words in data["title"]["same"].items() for word in words]
    return _Usuals(
        kinds,
        tuple(sorted(same, key=lambda pair: -len(pair[0]))),
        tuple(sorted(map(name_key, data["title"]["drop"]), key=len, reverse=True)),
    )


def _pattern(written: str) -> _Pattern:
    words = written.split()
    return _Pattern(
        tuple(name_key(word) for word in words if not word.startswith("!")),
        tuple(name_key(word) for word in words if word.startswith("!")),
    )


@cache
def standard_names() -> dict[str, str]:
    """The official name of each usual table, by its id."""
    kinds = _data()["kind"]
    return {kind[of + "id"]: kind[of + "name"] for of in ("", "final_") for kind in kinds}


def with_standard(tables: Sequence[Table], kind: Kind | None) -> tuple[Table, ...]:
    """The tables, each with ``standard`` filled where it is one of the usual ones.

    ``kind`` is the document's: whether its tables are a budget's or a final account's.
    """
    named: list[Table] = []
    for _, group in groupby(tables, key=lambda table: (table.side is not None, table.number, table.title)):
        halves = tuple(group)
        if halves[0].side is None:
            named += [replace(table, standard=_standard((table,), kind)) for table in halves]
        else:
            standard = _standard(halves, kind)
            named += [replace(table, standard=standard) for table in halves]
    return tuple(named)


def _standard(halves: tuple[Table, ...], kind: Kind | None) -> str | None:
    """The id of the usual table that these halves, or this one table, are."""
    kinds = _usuals().kinds
    title, number = _comparable(halves[0].title), name_key(halves[0].number or "")
    found = next((usual for usual in kinds if any(p.fits(title) for p in usual.titles)), None)
    if found is None:
        contents = _contents(halves)
        found = next((usual for usual in kinds if any(p.fits(contents) for p in usual.contents)), None)
    if found is None and kind == "final_account":
        found = next((usual for usual in kinds if number in usual.final_numbers), None)
    return found.ids[kind or "budget"] if found else None


def _comparable(title: str) -> str:
    """A title without what differs between bodies, years and regions."""
    usuals = _usuals()
    plain = _DIGITS.sub("", name_key(title))
    for said, one in usuals.same:
        plain = plain.replace(said, one)
    for word in usuals.dropped:
        plain = plain.replace(word, "")
    return plain


def _contents(halves: tuple[Table, ...]) -> str:
    """What stands in the heads and label columns, as one text to look for words in."""
    texts = ["single" if halves[0].side is None else "sided"]
    for table in halves:
        texts += [table.side or "", table.label_header or ""]
        texts += ["".join(column.path) for column in table.columns]
        texts += [row.label for row in table.rows[:_MOST_LABELS]]
    return "\n".join(map(name_key, texts))

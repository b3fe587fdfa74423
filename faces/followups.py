"""What to ask next: questions made from an answer's own scope, each tried before it is offered."""

from __future__ import annotations

import logging
import re
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from itertools import product
from string import Formatter
from typing import TYPE_CHECKING, Any

from faces.wording import Words
from ingest.model import Column, Document, Identity, Row, Table
from ingest.values import convert_money, is_money, name_key
from qa.answer import Answer, Citation, Figure
from qa.lexicon import load_lexicon

if TYPE_CHECKING:
    from faces.desk import LocalDesk
    from qa.request import Request
    from qa.understanding import Understood

_log = logging.getLogger(__name__)

COUNT = 3
TRYING_SECONDS = 1.5
"""No further question is tried after this time: the answer is on screen already, and others wait."""

_PER_PART = 2
"""At most so many values of one part (wholes, siblings) are tried in one template."""

_YEAR = re.compile(r"\d{4}年")

Parts = Mapping[str, Sequence[Any]]
"""For each part of a template the values that it may have."""


@dataclass(frozen=True, slots=True)
class Followup:
    """A template of ``followups.toml``."""

    kind: str
    after: tuple[str, ...]
    text: Mapping[str, str]
    """By language."""
    in_prose: bool = False
    """Only an answer out of running text will do."""

    def questions(self, parts: Parts, language: str) -> Iterator[str]:
        """Every question that the parts make of it, the likeliest first."""
        text = self.text[language]
        names = list(dict.fromkeys(name.split(".")[0] for _, name, _, _ in Formatter().parse(text) if name))
        for values in product(*(parts.get(name, [])[:_PER_PART] for name in names)):
            yield text.format(**dict(zip(names, values, strict=True)))


@cache
def _data() -> Mapping[str, Any]:
    text = resources.files("faces").joinpath("followups.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def templates() -> tuple[Followup, ...]:
    return tuple(
        Followup(
            given["kind"],
            tuple(given["after"]),
            {"zh": given["zh"], "en": given["en"]},
            given.get("in_prose", False),
        )
        for given in _data()["followup"]
    )


def follow_ups(desk: LocalDesk, asked: Sequence[str], answer: Answer) -> list[str]:
    """Up to three questions that the engine answers from the store, with figures that ``answer``, the
    one to the last of the questions ``asked``, does not give. None where nothing was answered."""
    if answer.status != "answered" or not answer.citations:
        return []
    try:
        understood = desk.engine.understand(asked[-1], asked[:-1])
        candidates = list(_candidates(desk, understood, answer))
    except Exception:  # nobody has asked for it: a failure is for the log alone
        _log.exception("no follow-up could be made")
        return []
    return _tried(candidates, lambda question: desk.engine.answer(question, asked), asked, answer)


def followups_html(questions: Sequence[str], words: Words) -> str:
    buttons = "".join(
        f'<button type="button" class="choice" data-question="{escape(q)}">{escape(q)}</button>'
        for q in questions
    )
    return f"<b>{escape(words['next'])}</b>{buttons}" if buttons else ""


def _candidates(desk: LocalDesk, understood: Understood, answer: Answer) -> Iterator[tuple[Followup, str]]:
    """Template and text of every question that the templates make of the answer's scope."""
    given = _given(understood.request)
    parts = _parts(desk, understood, answer)
    for template in templates():
        if given in template.after:
            yield from ((template, q) for q in template.questions(parts, answer.language))


def _given(request: Request) -> str:
    if request.intent != "figure":
        return "words"
    return request.combination if request.combination != "each" else request.measure


# -- the scope of an answer ----------------------------------------------------------------


def _parts(desk: LocalDesk, understood: Understood, answer: Answer) -> Parts:
    target, language = understood.request.targets[0], answer.language
    bodies = target.body.bodies if target.body else ()
    named = bodies[0].name if len(bodies) == 1 else None
    stored = {document.id: document.identity for document in desk.store.documents()}
    cited = _cited(answer, named, stored)
    document = desk.store.load(cited.document_id)
    organization = named or document.identity.organization
    year = target.year or document.identity.fiscal_year
    items = [i for i in target.items if not i.text.isdigit()]  # a code beside its name says nothing new
    keys = {name_key(i.text) for i in items} | {m.label for i in items for m in i.matches}
    line = _Line.of(document, cited, keys)
    unlike = {organization, None, *load_lexicon().words["total_row"]}

    def names(*given: Iterable[str]) -> list[str]:
        told = dict.fromkeys(name for part in given for name in part if name not in unlike)
        return [re.sub('[“”"]', "", name) if language == "en" else name for name in told]

    wholes = (i.text for t in understood.request.denominators for i in t.items)
    item: str = _data()["item_joint"][language].join(i.text for i in items)
    is_name = bool(items) and all(i.is_known_name for i in items)
    return {
        "organization": [organization] if organization else [],
        "year": [year] if year else [],
        "before": [year - 1] if year else [],
        "item": names([item] if is_name else ()),
        "whole": names(wholes, line.wholes() if line else (), _data()["wholes"]),
        "sibling": names(line.siblings()) if line else [],
        "first": names([line.row.label]) if line else [],
        "other": _others(stored.values(), organization, year),
    }


def _cited(answer: Answer, organization: str | None, stored: Mapping[int, Identity]) -> Citation:
    """A cited place of that body's document, in a table if there is one."""

    def fit(citation: Citation) -> tuple[bool, bool]:
        whose = stored[citation.document_id].organization
        return organization not in (None, whose), citation.table_index is None

    return min(answer.citations, key=fit)


@dataclass(frozen=True, slots=True)
class _Line:
    """A cited cell, seen along its row's or its column's headings, whichever the item is among."""

    table: Table
    row: Row
    column: Column
    by_column: bool
    depth: int
    """Of the heading that the item names."""

    @staticmethod
    def of(document: Document, cited: Citation, keys: set[str]) -> _Line | None:
        if cited.table_index is None or cited.row_index is None or cited.column_index is None:
            return None
        table = document.tables[cited.table_index]
        row, column = table.rows[cited.row_index], table.columns[cited.column_index]
        for path in (row.path, column.path):
            for depth in reversed(range(len(path))):
                if name_key(path[depth]) in keys:
                    return _Line(table, row, column, path is column.path, depth)
        return _Line(table, row, column, False, len(row.path) - 1)

    @property
    def path(self) -> tuple[str, ...]:
        return self.column.path if self.by_column else self.row.path

    def wholes(self) -> Iterator[str]:
        """What the item is a part of, the nearest first."""
        return (name for name in reversed(self.path[: self.depth]) if not _YEAR.search(name))

    def siblings(self) -> Iterator[str]:
        """The other lines under the same heading that print a number, those that follow first."""
        at = next(n for n, column in enumerate(self.table.columns) if column is self.column)
        lines = (
            [(c.path, self.row.cells[n]) for n, c in enumerate(self.table.columns)]
            if self.by_column
            else [(r.path, r.cells[at]) for r in self.table.rows if r.label != r.unit_name]
        )
        here = next((n for n, (path, _) in enumerate(lines) if path == self.path), 0)
        for path, cell in (*lines[here:], *lines[:here]):
            beside = path[: self.depth] == self.path[: self.depth] and len(path) > self.depth
            if beside and cell.value and path[self.depth] != self.path[self.depth]:
                yield path[self.depth]


def _others(stored: Iterable[Identity], organization: str | None, year: int | None) -> list[Identity]:
    """Whose other documents there are: another year's of the same body first."""
    known = [i for i in stored if i.organization and i.fiscal_year]
    others = [i for i in known if (i.organization, i.fiscal_year) != (organization, year)]
    return sorted(others, key=lambda i: i.organization != organization)


def _tried(
    candidates: Sequence[tuple[Followup, str]],
    answer_to: Callable[[str], Answer],
    asked: Sequence[str],
    shown: Answer,
) -> list[str]:
    """The first of each kind that says something new, in time."""
    until = time.monotonic() + TRYING_SECONDS
    said = [shown]
    offered: dict[str, str] = {}
    for template, question in candidates:
        if len(offered) == COUNT or time.monotonic() > until:
            break
        if template.kind in offered or question in asked:
            continue
        try:
            found = answer_to(question)
        except Exception:
            _log.exception("a follow-up could not be tried: %s", question)
            continue
        if template.in_prose and any(c.table for c in found.citations):
            continue
        if found.status == "answered" and all(_is_news(found, before) for before in said):
            offered[template.kind] = question
            said.append(found)
    return list(offered.values())


def _is_news(found: Answer, shown: Answer) -> bool:
    """It gives a figure that was not shown; or, where it gives none, other words."""
    if any(f.calculation and f.unit == "%" and f.value == 100 for f in found.figures):
        return False  # the share of a thing in itself
    if found.figures:
        return not _amounts(found.figures) <= _amounts(shown.figures)
    return found.text not in shown.text


def _amounts(figures: Sequence[Figure]) -> set[Any]:
    """Which figures these are, money in 元."""
    return {
        convert_money(f.value, f.unit, "元") if f.unit and is_money(f.unit) else (f.value, f.unit)
        for f in figures
    }

"""Reverse look-up: which row prints a figure that the person brings (哪个项目是182万元)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qa.answer import Answer
from qa.builder import Builder
from qa.case import Case
from qa.conditions import read_limits
from qa.decline import decline
from qa.families import is_of_projects, read_asked
from qa.lexicon import Lexicon
from qa.linking import Candidate, link_tables
from qa.mentions import positions
from qa.quoted import is_money, says
from qa.reading import unexplained, weight_of
from qa.say import finish, say_item
from qa.scope import Library
from qa.understanding import Understood

MOST_ROWS = 5
"""More rows than this with one amount say nothing about it."""
LEAST_UNREAD = 2
"""So many characters of the question may stay without meaning."""


def answer_by_value(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """The rows whose figure is the one brought; None for any other question. Where no row has it, no
    other figure stands for it."""
    case = Case(understood, library, lexicon)
    if not _is_asked(case):
        return None
    best: dict[str, Candidate] = {}
    for found in sorted(_rows_with(case), key=lambda c: -c.score):
        best.setdefault(found.row.key if found.row else "", found)
    if not best or len(best) > MOST_ROWS:
        return decline(understood, (), library)
    request, builder = replace(case.request, unit=None), Builder()
    return finish(request, builder, [say_item(request, builder, c) for c in best.values()], understood)


def _is_asked(case: Case) -> bool:
    request = case.request
    return (
        len(case.quoted) == len(case.targets) == 1
        and is_money(case.quoted[0])
        and request.measure == "value"
        and request.combination in ("each", "list")
        and not request.compares_with_previous
        and case.asks("which")
        and not case.asks("asks_amount")
        and read_limits(request, case.lexicon).is_open
    )


def _rows_with(case: Case) -> Iterator[Candidate]:
    """The cells with the figure, below everything that the question names."""
    target, asked = case.targets[0], read_asked(case.request, case.lexicon)
    named = positions(i for i in target.items if i.is_known_name)
    for facts in case.documents:
        for table, cells in link_tables(target, facts, case.lexicon):
            if asked.projects and not is_of_projects(table):
                continue
            for cell in cells:
                is_row = cell.row is not None and bool(cell.row.key) and not cell.row.is_total
                if asked.projects and cell.row and cell.row.row.kind in ("unit", "group"):
                    continue  # what a unit's projects come to is no project
                if not is_row or not says(case.quoted[0], cell.value, cell.unit):
                    continue
                unread = weight_of(unexplained(case.understood, [cell], target))
                if cell.explained >= named and unread <= LEAST_UNREAD:
                    yield cell

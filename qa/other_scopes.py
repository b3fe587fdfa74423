"""The same name with another figure in a table of another scope: one fund, or one kind of spending."""

from __future__ import annotations

from collections.abc import Sequence

from qa.builder import Builder, show
from qa.lexicon import load_lexicon
from qa.linking import Candidate
from qa.phrases import marks, phrase
from qa.request import Request

BEHIND = 4.0
"""How much worse another scope's figure may fit the question and still be told of."""
MOST = 2
"""Other scopes that an answer names."""


def say_other_scopes(
    request: Request, builder: Builder, best: Candidate, ranked: Sequence[Candidate]
) -> list[str]:
    """A line for each table that prints another figure under the very name: of which scope, and what."""
    found: dict[str, Candidate] = {}
    if best.table is not None and best.row is not None and not best.row.is_total:
        for other in ranked:
            if _is_other_scope(best, other) and other.table is not None:
                found.setdefault(other.table.title, other)
    distinct = {c.amount: c for c in reversed(found.values())}
    others = [c for c in found.values() if distinct[c.amount] is c][:MOST]
    return [_say(request, builder, c) for c in others]


def _is_other_scope(best: Candidate, other: Candidate) -> bool:
    """Of the same body, year, stage and name, and of another part of the budget by its title."""
    if other.table is None or other.row is None or other.column is None or best.column is None:
        return False
    assert best.row is not None
    assert best.table is not None
    same_name = other.row.key == best.row.key and other.row.unit_key == best.row.unit_key
    mine, theirs = best.column.column, other.column.column
    same_time = (best.fiscal_year, mine.stage) == (other.fiscal_year, theirs.stage)
    return (
        same_name
        and same_time
        and other.facts is best.facts
        and bool(other.value)
        and other.amount != best.amount
        and other.explained >= best.explained
        and other.score > best.score - BEHIND
        and other.column.is_total
        and not any(a for a in other.column.ancestors[1:])
        and _scope(best.table.title) != _scope(other.table.title)
        and len({best.table.table.side, other.table.table.side} - {None}) < 2
    )


def _scope(title: str) -> frozenset[str]:
    """The funds and kinds of spending that a title names."""
    words = load_lexicon().words
    return frozenset(
        w for kind in ("fund", "restriction", "strong_restriction") for w in words[kind] if w in title
    )


def _say(request: Request, builder: Builder, other: Candidate) -> str:
    assert other.table is not None
    shown = show(other.value, other.unit) if other.value is not None else ""
    cited = marks([builder.cite(other)])
    return phrase(
        request.question.language, "other_scope", table=other.table.table.title, figure=shown, marks=cited
    )

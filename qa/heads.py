"""What the items of a list share is said once, in a line at their head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.answer import Language
from qa.linking import Candidate
from qa.phrases import describe, named_parts, phrase


@dataclass(frozen=True)
class Label:
    """What an item is of: whose, of which year, and its names; those of totals say little."""

    whose: str
    year: str
    names: tuple[str, ...]
    totals: frozenset[str] = frozenset()


class Item(str):
    """A line of a list that knows its label, so that it can be said shorter beside its neighbours."""

    __slots__ = ("label", "language", "name", "parts")
    label: Label
    language: Language
    name: str
    parts: dict[str, str]


def item(language: Language, name: str, candidate: Candidate, own: str | None = None, **parts: str) -> Item:
    """The named phrase for the candidate, under its whole description or a name of its ``own``."""
    line = Item(phrase(language, name, label=own or describe(candidate), **parts))
    organization, year, names = named_parts(candidate)
    totals = frozenset() if own else _totals(candidate)
    line.label = Label(organization, year, (own,) if own else tuple(names), totals)
    line.language, line.name, line.parts = language, name, parts
    return line


def _totals(candidate: Candidate) -> frozenset[str]:
    if candidate.quote is not None or candidate.stated is not None:
        return frozenset()
    names = set()
    if candidate.row is not None and candidate.row.is_total:
        names.add(candidate.row.row.label.strip())
    if candidate.column is not None and candidate.column.is_total:
        names.add(candidate.column.column.path[-1])
    return frozenset(names)


def headed(lines: Sequence[str]) -> Iterator[str]:
    """The lines, every run of items under one head."""
    for is_item, run in groupby(lines, key=lambda line: isinstance(line, Item)):
        together = list(run)
        items = [line for line in together if isinstance(line, Item)]
        yield from _under_one_head(items) if is_item and len(items) > 1 else together


def _under_one_head(items: Sequence[Item]) -> Sequence[str]:
    """The items without what all of them share, behind a line that says it; as they are, where that
    would leave one without a label or two with the same."""
    labels = [i.label for i in items]
    whose = _of_all([x.whose for x in labels])
    year = _of_all([x.year for x in labels])
    shared = [n for n in labels[0].names if all(n in x.names for x in labels)]
    own = [_rest(x, whose, year, shared) for x in labels]
    if not all(own) or len(set(own)) < len({describe_label(x) for x in labels}):
        shared = []
        own = [_rest(x, whose, year, shared) for x in labels]
    if not all(own):
        return items
    tells = [n for n in shared if not any(n in x.totals for x in labels)]
    if shared and not tells and all(set(x.names) <= set(shared) for x in labels):
        tells = shared  # the total is all that they are of
    head = describe_label(Label(whose, year, tuple(tells)))
    said = [phrase(i.language, i.name, label=label, **i.parts) for i, label in zip(items, own, strict=True)]
    return [phrase(items[0].language, "head", label=head), *said] if head else said


def _of_all(values: Sequence[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""


def _rest(label: Label, whose: str, year: str, shared: Sequence[str]) -> str:
    names = tuple(n for n in label.names if n not in shared)
    return describe_label(Label("" if whose else label.whose, "" if year else label.year, names))


def describe_label(label: Label) -> str:
    return " ".join(filter(None, [f"{label.whose}{label.year}", "·".join(label.names)]))

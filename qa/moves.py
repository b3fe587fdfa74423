"""How the members of one family moved over the years: which rose or fell most, which stayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from qa.across import Joined, join, same_family, years_asked
from qa.answer import Answer
from qa.builder import Builder, show
from qa.calculator import CalculationError, difference, growth
from qa.decline import clarify_families
from qa.families import Asked, Family, families
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.members import how_many, is_enough, is_superlative, read_kind, says, told_apart, worth
from qa.phrases import describe, marks, phrase, short
from qa.request import Request, Target
from qa.resolve import documents_for
from qa.say import computed, finish, say_figure, say_item, working
from qa.scope import Library
from qa.understanding import Understood

LONGEST_LIST = 60


def compares_years(understood: Understood, lexicon: Lexicon) -> bool:
    """``哪个大类增加最多``, ``哪些科目没变``: members are asked for by how they moved."""
    request, operation = understood.request, lexicon.operation
    moved = (*operation["rise"], *operation["fall"], *operation["moved"], *operation["unchanged"])
    bodies = {t.body for t in request.targets}
    return (
        len(bodies) == 1
        and says(request, (*moved, *operation["appeared"], *operation["vanished"]))
        and (
            says(request, operation["which"])
            or read_kind(understood, lexicon).is_named
            or _follows(understood, lexicon)
            or (request.combination == "rank" and is_superlative(request, lexicon))
        )
        and not says(request, operation["which_year"])
        and (bodies != {None} or not says(request, operation["which_body"]))
        and (request.combination in ("rank", "list") or says(request, operation["list"]))
    )


def _follows(understood: Understood, lexicon: Lexicon) -> bool:
    """``增长最多的呢`` after a ranking: of the members that were ranked."""
    before = understood.said_before
    return any(w in before for w in (*lexicon.operation["rank"], *lexicon.operation["which"]))


def answer_moved(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    request = understood.request
    years = years_asked(understood, lexicon) or [
        y for y in {d.document.identity.fiscal_year for d in understood.documents} if y
    ]
    if len(years) == 1:
        years = [years[0] - 1, years[0]]
    if len(years) < 2:
        return None
    asked = read_kind(understood, lexicon)
    by_year: list[list[Family]] = []
    for year in years:
        target = replace(request.targets[0], year=year)
        documents = documents_for(target, understood, library)
        by_year.append(families(target, documents, asked, lexicon))
    target = replace(request.targets[0], year=years[-1])
    found = list(_rows_of_families(by_year, understood, target, asked))
    if not found:
        return None
    if question := clarify_families(understood, target, [row[-1] for row in found]):
        return question
    return _say_moved(understood, join(found[0]), lexicon)


def _rows_of_families(
    by_year: Sequence[Sequence[Family]], understood: Understood, target: Target, asked: Asked
) -> Iterator[list[Family]]:
    """The same family in each year, the best of the last year first: those that together explain
    enough of the question, of which one year may explain what the other cannot (年初预算)."""
    for newest in by_year[-1]:
        same = [same_family(newest, found) for found in by_year[:-1]]
        row = [*(f for f in same if f is not None), newest]
        together = frozenset().union(*(f.explained for f in row))
        if len(row) == len(by_year) and is_enough(
            understood, target, replace(newest, explained=together), asked, set()
        ):
            yield row


def _say_moved(understood: Understood, joined: Sequence[Joined], lexicon: Lexicon) -> Answer:
    request, operation, builder = understood.request, lexicon.operation, Builder()
    plain = request.question.plain
    language = request.question.language
    lines: list[str] = []
    if any(w in plain for w in operation["unchanged"]):
        kept = [j for j in joined if j.is_unchanged and j.newest.value]
        lines = [_say_unchanged(request, builder, j, [k.newest for k in joined]) for j in kept]
    elif any(w in plain for w in (*operation["appeared"], *operation["vanished"])):
        at = 0 if any(w in plain for w in operation["appeared"]) else -1
        lines = [say_item(request, builder, j.newest) for j in joined if j.members[at] is None]
    else:
        for way in _ways(request, lexicon):
            for entry in _most_moved(joined, way, request, lexicon):
                lines.append(_say_move(request, builder, entry, [j.newest for j in joined]))
        lines += working(request, builder)
    return finish(request, builder, lines or [phrase(language, "no_members")], understood)


Way = Callable[[Joined], Decimal]


def _ways(request: Request, lexicon: Lexicon) -> list[Way]:
    """What is largest for the members asked for, in the question's order: the rise, the fall, either."""
    plain = request.question.plain
    if says(request, lexicon.operation["moved"]):
        return [_moved]
    places: list[tuple[int, Way]] = []
    for kind, way in (("rise", _risen), ("fall", _fallen)):
        found = [at for word in lexicon.operation[kind] if (at := plain.find(word)) >= 0]
        if found:
            places.append((min(found), way))
    return [way for _, way in sorted(places, key=lambda p: p[0])]


def _moved(entry: Joined) -> Decimal:
    return abs(entry.moved)


def _risen(entry: Joined) -> Decimal:
    return entry.moved


def _fallen(entry: Joined) -> Decimal:
    return -entry.moved


def _most_moved(joined: Sequence[Joined], way: Way, request: Request, lexicon: Lexicon) -> list[Joined]:
    def size(entry: Joined) -> Decimal:
        first = worth(entry.members[0]) if entry.members[0] else Decimal(0)
        return way(entry) / first if request.measure == "growth" and first else way(entry)

    movers = [j for j in joined if way(j) > 0 and (request.measure != "growth" or j.is_whole)]
    count = how_many(request) or (1 if is_superlative(request, lexicon) else LONGEST_LIST)
    return sorted(movers, key=size, reverse=True)[:count]


def _say_unchanged(request: Request, builder: Builder, entry: Joined, members: Sequence[Candidate]) -> str:
    """A member that is the same in every year, with the places of all of them."""
    numbers = [builder.cite(m) for m in reversed(entry.members) if m]
    newest = entry.newest
    name = told_apart(newest, members) or short(newest)
    builder.quoted_figure(newest, name)
    figure = show(newest.value or Decimal(0), newest.unit)
    return phrase(
        request.question.language, "unchanged_item", label=name, figure=figure, marks=marks(numbers)
    )


def _say_move(request: Request, builder: Builder, entry: Joined, members: Sequence[Candidate]) -> str:
    """How one member moved from the first year to the last; one that a year lacks is new or gone."""
    language = request.question.language
    old, new = entry.members[0], entry.members[-1]
    label = told_apart(entry.newest, members) or short(entry.newest)
    if old is None or new is None or old.value is None or new.value is None:
        name = "new_item" if old is None or old.value is None else "gone_item"
        figure, cited = say_figure(request, builder, entry.newest)
        return phrase(language, name, label=label, figure=figure, marks=cited)
    operands = [builder.operand(new), builder.operand(old)]
    rises = entry.moved >= 0
    try:
        if request.measure == "growth":
            worked = growth(*operands)
        else:
            larger, smaller = operands if rises else reversed(operands)
            worked = difference(larger, smaller, request.unit)
    except CalculationError:
        return say_item(request, builder, new)
    figure, cited = computed(builder, worked, operands, request, describe(new))
    return phrase(
        language,
        "change_up" if rises else "change_down",
        label=label,
        figure=figure,
        marks=cited,
        old=show(operands[1].value, operands[1].unit),
        new=show(operands[0].value, operands[0].unit),
    )

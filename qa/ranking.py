"""Rankings, lists and counts: of one family, of several bodies or years, of a family over years."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from qa.across import Joined, choose_alike, join, same_family, spread, years_asked
from qa.answer import Answer, Figure
from qa.builder import Builder, show
from qa.calculator import CalculationError, difference, growth, share
from qa.conditions import keep, read_limits, split_excluded
from qa.decline import clarify_families, decline
from qa.families import Asked, Family, families, is_of_projects, read_asked, titled
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.mentions import positions
from qa.phrases import describe, marks, phrase, short
from qa.prose import prose_families
from qa.reading import LEAST_EXPLAINED, whole_of
from qa.request import Request, Target
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, say_figure, say_item, say_sum, working
from qa.scope import Library
from qa.understanding import Understood

LONGEST_LIST = 60


def answer_list(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Answer a question for a ranking, a list or a count; None for any other question."""
    request = understood.request
    if not request.targets:
        return None
    if _compares_years(understood, lexicon):
        if answer := _answer_moved(understood, library, lexicon):
            return answer
    elif request.combination == "rank" and request.measure == "value":
        targets = spread(understood, library, lexicon)
        if len(targets) > 1:
            return _answer_ranked_targets(understood, targets, library, lexicon)
    several_years = len(years_asked(understood, lexicon)) > 1
    if len(request.targets) > 1 or several_years or not _wants_family(understood, lexicon):
        return None
    return _answer_family(understood, library, lexicon)


def _says(request: Request, words: Sequence[str]) -> bool:
    return any(w in request.question.plain for w in words)


def _wants_family(understood: Understood, lexicon: Lexicon) -> bool:
    request = understood.request
    return (
        request.combination in ("rank", "list")
        or _counts(request, lexicon)
        or (
            _says(request, lexicon.operation["sum"])
            and (
                _says(request, lexicon.words["every_unit"])
                or not read_limits(request, lexicon).is_open
                or bool(split_excluded(request.targets[0], request, lexicon)[1])
            )
        )
    )


def _counts(request: Request, lexicon: Lexicon) -> bool:
    """``超过100万的项目有几个``: how many members, not how much of something."""
    return (
        request.measure == "value"
        and request.combination != "rank"
        and _says(request, lexicon.operation["how_many_members"])
        and not _says(request, lexicon.operation["amounts"])
        and (read_asked(request, lexicon).is_named or not read_limits(request, lexicon).is_open)
    )


# --- one family -----------------------------------------------------------------------------


def _answer_family(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    request = understood.request
    target, excluded = split_excluded(request.targets[0], request, lexicon)
    asked = read_asked(request, lexicon)
    documents = documents_for(target, understood, library)
    found = [
        f
        for f in families(target, documents, asked, lexicon)
        if _is_enough(understood, target, f, asked, positions(excluded))
    ]
    if found:
        if question := clarify_families(understood, target, found):
            return question
        members: Sequence[Candidate] = found[0].members
        keeps_zero = found[0].kind == "units" or _says(request, lexicon.operation["and_zero"])
        keeps_zero |= request.combination == "list" and bool(found[0].parent)
    else:
        asked_for = understood.said_before + request.question.plain
        words = [w for kind in ("parts_of", "which", "amounts", "rank") for w in lexicon.operation[kind]]
        texts = prose_families(asked_for, documents, (*understood.spoken_for, *words))
        members, keeps_zero = next(texts, []), True
    if not members:
        if request.combination != "rank":
            return None
        linked = [link_target(t, understood, library, lexicon) for t in request.targets]
        return decline(understood, linked, library)
    if not keeps_zero:
        members = [m for m in members if m.value] or members
    members = keep(members, read_limits(request, lexicon), excluded)
    return _say_family(understood, members, lexicon)


def _is_enough(
    understood: Understood, target: Target, family: Family, asked: Asked, excluded: set[int]
) -> bool:
    """Whether the family explains enough of the question, and every official name in it."""
    table = family.members[0].table
    if asked.projects and not (table and is_of_projects(table)):
        return False
    return _explains(understood, target, family.explained | excluded, asked)


def _explains(understood: Understood, target: Target, explained: Set[int], asked: Asked) -> bool:
    key = understood.request.question.key
    kind = {p for w in asked.words for at in [key.find(w)] if at >= 0 for p in range(at, at + len(w))}
    explained = explained | kind
    for item in target.items:
        if item.is_known_name and not explained & set(range(item.start, item.end)):
            return False
    missing = len(set(range(len(key))) - explained - understood.explained)
    found = len(explained) + sum(i.end - i.start for i in target.context)
    return missing <= 1 or found / (found + missing) >= LEAST_EXPLAINED


def _say_family(understood: Understood, members: Sequence[Candidate], lexicon: Lexicon) -> Answer:
    request, builder = understood.request, Builder()
    if request.combination == "rank":
        lines = _say_ranking(request, builder, members, lexicon)
    elif _counts(request, lexicon):
        lines = _say_count(request, builder, members)
    elif not members:
        lines = [phrase(request.question.language, "no_members")]
    elif _says(request, lexicon.operation["sum"]) and request.combination != "list":
        lines = [*say_sum(request, builder, list(members)), *working(request, builder)]
    elif _says(request, lexicon.operation["amounts"]):
        lines = [_say_member(request, builder, m, members) for m in members[:LONGEST_LIST]]
    else:
        lines = [_say_name(request, builder, m, members) for m in members[:LONGEST_LIST]]
    return finish(request, builder, lines, understood)


def _say_name(request: Request, builder: Builder, member: Candidate, members: Sequence[Candidate]) -> str:
    name = _told_apart(member, members) or short(member)
    return phrase(request.question.language, "name_item", label=name, marks=marks([builder.cite(member)]))


def _say_member(request: Request, builder: Builder, member: Candidate, members: Sequence[Candidate]) -> str:
    name = _told_apart(member, members)
    if not name:
        return say_item(request, builder, member)
    figure, cited = say_figure(request, builder, member)
    return phrase(request.question.language, "item", label=name, figure=figure, marks=cited)


def _told_apart(member: Candidate, members: Sequence[Candidate]) -> str:
    """Its name with its parent's, where another member bears the same name (一般行政管理事务); else empty."""
    if member.row is None or member.quote is not None:
        return ""
    twins = [m for m in members if m.row and m.row.key == member.row.key and m.row is not member.row]
    same_parent = any(t.row and t.row.ancestors == member.row.ancestors for t in twins)
    if not twins or (same_parent and member.row.row.unit_name is None):
        return ""
    above = member.row.row.unit_name if same_parent else " > ".join(member.row.row.path[-2:-1])
    return f"{above} > {member.row.row.label.strip()}"


def _say_count(request: Request, builder: Builder, members: Sequence[Candidate]) -> list[str]:
    language = request.question.language
    if not members:
        return [phrase(language, "no_members")]
    cited = tuple(builder.cite(m) for m in members)
    unit = request.unit if request.unit in ("个", "项") else "个"
    builder.figures.append(Figure(Decimal(len(members)), unit, phrase(language, "count_label"), cited))
    shown = show(Decimal(len(members)), unit)
    return [
        phrase(language, "count", figure=shown, marks=marks(cited[:1])),
        *(_say_member(request, builder, m, members) for m in members[:LONGEST_LIST]),
    ]


def _directions(request: Request, lexicon: Lexicon) -> list[bool]:
    """Ascending or not, for each superlative in the question's order: ``最高和最低的`` asks for both."""
    plain = request.question.plain
    found = sorted((at, word) for word in lexicon.words["superlative"] if (at := plain.find(word)) >= 0)
    ways = [word in lexicon.operation["rank_ascending"] for _, word in found]
    return list(dict.fromkeys(ways)) if len(set(ways)) > 1 else [request.ascending]


def _say_ranking(
    request: Request, builder: Builder, members: Sequence[Candidate], lexicon: Lexicon
) -> list[str]:
    language = request.question.language
    if not members:
        return [phrase(language, "no_members")]
    lines: list[str] = []
    for ascending in _directions(request, lexicon):
        first = _first(members, request, ascending, lexicon)
        if (len(first) == len(members) and not _is_superlative(request, lexicon)) or (request.top or 1) > 1:
            lines += [_say_member(request, builder, m, members) for m in first]
            continue
        for member in first:
            figure, cited = say_figure(request, builder, member)
            name = "lowest" if ascending else "highest"
            label = _told_apart(member, members) or describe(member)
            lines.append(phrase(language, name, label=label, figure=figure, marks=cited))
            lines += _say_share(request, builder, member)
    return lines


def _is_superlative(request: Request, lexicon: Lexicon) -> bool:
    """``最高`` asks for one; an order (从高到低) for all."""
    return _says(request, lexicon.words["superlative"])


def _first(
    members: Sequence[Candidate], request: Request, ascending: bool, lexicon: Lexicon
) -> list[Candidate]:
    """As many as asked for, best first, with those that tie with the last of them."""
    ordered = sorted(members, key=_worth, reverse=not ascending)
    count = request.top or (1 if _is_superlative(request, lexicon) else LONGEST_LIST)
    last = ordered[:count][-1]
    return [m for n, m in enumerate(ordered) if n < count or _worth(m) == _worth(last)]


def _worth(member: Candidate) -> Decimal:
    return member.amount[0] or Decimal(0)


def _say_share(request: Request, builder: Builder, member: Candidate) -> list[str]:
    """The winner's share of its whole, where the question is about shares."""
    whole = whole_of(member) if request.measure == "share" else None
    if whole is None:
        return []
    operands = [builder.operand(member), builder.operand(whole)]
    figure, cited = computed(builder, share(*operands), operands, request, describe(member))
    language = request.question.language
    line = phrase(language, "share", figure=figure, marks=cited, part=describe(member), whole=describe(whole))
    return [line, *working(request, builder)]


# --- several bodies or years ------------------------------------------------------------------


def _answer_ranked_targets(
    understood: Understood, targets: Sequence[Target], library: Library, lexicon: Lexicon
) -> Answer:
    """The same figure of each target, ranked. Where the question names no body, those that have none
    are left out."""
    asked = read_asked(understood.request, lexicon)
    linked = [link_target(t, understood, library, lexicon) for t in targets]
    if targets[0].body and targets[0].body.end == 0:
        linked = [
            entry
            for entry in linked
            if entry.ranked and _answers(understood, entry.target, entry.ranked[0], asked)
        ]
    chosen = choose_alike([entry.ranked for entry in linked]) if linked else None
    if chosen is None or not all(
        _answers(understood, entry.target, c, asked) for entry, c in zip(linked, chosen, strict=True)
    ):
        return decline(understood, linked, library)
    request, builder = understood.request, Builder()
    distinct = list({c.cell_key or id(c): c for c in chosen}.values())
    lines: list[str] = []
    ordered = sorted(distinct, key=_worth, reverse=not _directions(request, lexicon)[0])
    if _is_superlative(request, lexicon) and not request.top:
        lines = _say_ranking(request, builder, distinct, lexicon)
        said = {f.citations for f in builder.figures}
        ordered = [m for m in ordered if (builder.cite(m),) not in said]
    lines += [say_item(request, builder, m) for m in ordered[: request.top]]
    return finish(request, builder, lines, understood)


def _answers(understood: Understood, target: Target, candidate: Candidate, asked: Asked) -> bool:
    return _explains(understood, target, _explained(candidate, target), asked)


def _explained(candidate: Candidate, target: Target) -> Set[int]:
    """What the figure explains of the question, by its own names and by its table's title."""
    if candidate.quote is not None:
        return positions(target.items)
    return candidate.explained | (titled(candidate.table, target) if candidate.table else set())


# --- one family over years ----------------------------------------------------------------------


def _compares_years(understood: Understood, lexicon: Lexicon) -> bool:
    """``哪个大类增加最多``, ``哪些科目没变``: members are asked for by how they moved."""
    request, operation = understood.request, lexicon.operation
    moved = (*operation["rise"], *operation["fall"], *operation["moved"], *operation["unchanged"])
    return (
        len({t.body for t in request.targets}) == 1
        and _says(request, (*moved, *operation["appeared"], *operation["vanished"]))
        and _says(request, operation["which"])
        and not _says(request, (*operation["which_year"], *operation["which_body"]))
        and (request.combination in ("rank", "list") or _says(request, operation["list"]))
    )


def _answer_moved(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    request = understood.request
    years = years_asked(understood, lexicon) or [
        y for y in {d.document.identity.fiscal_year for d in understood.documents} if y
    ]
    if len(years) == 1:
        years = [years[0] - 1, years[0]]
    if len(years) < 2:
        return None
    asked = read_asked(request, lexicon)
    by_year: list[list[Family]] = []
    for year in years:
        target = replace(request.targets[0], year=year)
        documents = documents_for(target, understood, library)
        by_year.append(families(target, documents, asked, lexicon))
    newest = [f for f in by_year[-1] if _is_enough(understood, request.targets[0], f, asked, set())]
    if not newest:
        return None
    if question := clarify_families(understood, replace(request.targets[0], year=years[-1]), newest):
        return question
    same = [same_family(newest[0], found) for found in by_year[:-1]]
    whole = [f for f in same if f is not None]
    if len(whole) != len(same):
        return None
    return _say_moved(understood, join([*whole, newest[0]]), lexicon)


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
    if _says(request, lexicon.operation["moved"]):
        return [abs_moved]
    places: list[tuple[int, Way]] = []
    for kind, way in (("rise", risen), ("fall", fallen)):
        found = [at for word in lexicon.operation[kind] if (at := plain.find(word)) >= 0]
        if found:
            places.append((min(found), way))
    return [way for _, way in sorted(places, key=lambda p: p[0])]


def abs_moved(entry: Joined) -> Decimal:
    return abs(entry.moved)


def risen(entry: Joined) -> Decimal:
    return entry.moved


def fallen(entry: Joined) -> Decimal:
    return -entry.moved


def _most_moved(joined: Sequence[Joined], way: Way, request: Request, lexicon: Lexicon) -> list[Joined]:
    def size(entry: Joined) -> Decimal:
        first = _worth(entry.members[0]) if entry.members[0] else Decimal(0)
        return way(entry) / first if request.measure == "growth" and first else way(entry)

    movers = [j for j in joined if way(j) > 0 and (request.measure != "growth" or j.is_whole)]
    count = request.top or (1 if _is_superlative(request, lexicon) else LONGEST_LIST)
    return sorted(movers, key=size, reverse=True)[:count]


def _say_unchanged(request: Request, builder: Builder, entry: Joined, members: Sequence[Candidate]) -> str:
    """A member that is the same in every year, with the places of all of them."""
    numbers = [builder.cite(m) for m in reversed(entry.members) if m]
    newest = entry.newest
    name = _told_apart(newest, members) or short(newest)
    builder.quoted_figure(newest, name)
    figure = show(newest.value or Decimal(0), newest.unit)
    return phrase(
        request.question.language, "unchanged_item", label=name, figure=figure, marks=marks(numbers)
    )


def _say_move(request: Request, builder: Builder, entry: Joined, members: Sequence[Candidate]) -> str:
    """How one member moved from the first year to the last; one that a year lacks is new or gone."""
    language = request.question.language
    old, new = entry.members[0], entry.members[-1]
    label = _told_apart(entry.newest, members) or short(entry.newest)
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

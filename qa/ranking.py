"""Rankings, lists and counts: of one family, of several bodies or years, of a family over years."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from decimal import Decimal

from qa.across import choose_alike, spread, years_asked
from qa.answer import Answer, Figure
from qa.builder import Builder, place_in_table, show
from qa.calculator import share
from qa.conditions import has_unread_limit, keep, read_limits, split_excluded
from qa.decline import clarify_families, decline
from qa.facts import DocumentFacts
from qa.families import Asked, Family, families, read_asked, titled
from qa.heads import item
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.members import (
    explains,
    how_many,
    is_enough,
    is_superlative,
    names_unknown_kind,
    read_kind,
    says,
    told_apart,
    which_place,
    worth,
)
from qa.mentions import positions
from qa.moves import answer_moved, compares_years
from qa.phrases import describe, marks, phrase, short
from qa.prose import prose_families
from qa.reading import unexplained, whole_of
from qa.request import Request, Target
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, say_figure, say_item, say_sum, working
from qa.scope import Library
from qa.understanding import Understood

LONGEST_LIST = 60
MOST_LEFT = 2
"""Characters without meaning (们, 三) that a question for the sum of what was ranked may hold."""


def answer_list(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Answer a question for a ranking, a list or a count; None for any other question."""
    if _sums_what_was_ranked(understood, lexicon):
        return _sum_of_ranked(understood, library, lexicon) or _declined(understood, library, lexicon)
    understood = _as_before(understood, lexicon)
    request = understood.request
    if not request.targets:
        return None
    if compares_years(understood, lexicon):
        answer = answer_moved(understood, library, lexicon)
        return answer or (_declined(understood, library, lexicon) if request.combination == "rank" else None)
    if request.combination == "rank" and request.measure == "value":
        targets = spread(understood, library, lexicon)
        if len(targets) > 1:
            return _answer_ranked_targets(understood, targets, library, lexicon)
    several_years = len(years_asked(understood, lexicon)) > 1
    several = len({(t.body, t.year, t.items) for t in request.targets}) > 1
    if several or several_years or not _wants_family(understood, lexicon):
        return None
    return _answer_family(understood, library, lexicon)


def _sums_what_was_ranked(understood: Understood, lexicon: Lexicon) -> bool:
    """``它们合计多少`` after the largest three: neither the largest again nor the whole."""
    request = understood.request
    ranked = any(w in understood.said_before for w in lexicon.operation["rank"])
    nothing_named = not any(t.items for t in request.targets)
    return (
        ranked and nothing_named and says(request, lexicon.operation["sum"]) and request.combination != "rank"
    )


def _sum_of_ranked(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """The sum of the first so many that the question before asked for, where this one names nothing new."""
    before, request = understood.before, understood.request
    names_new = any(m.end for m in understood.mentions.bodies) or len(unexplained(understood, [])) > MOST_LEFT
    if before is None or names_new or before.request.combination != "rank" or not before.request.targets:
        return None
    ranked = before.request
    target, excluded = split_excluded(ranked.targets[0], ranked, lexicon)
    asked = read_kind(before, lexicon)
    found = [
        f
        for f in families(target, documents_for(target, before, library), asked, lexicon)
        if is_enough(before, target, f, asked, positions(excluded))
    ]
    if not found or (how_many(ranked) or 1) < 2 or clarify_families(before, target, found):
        return None
    members = keep(_without_zeros(found[0], ranked, lexicon), read_limits(ranked, lexicon), excluded)
    if not members or _repeat(members):
        return None
    builder = Builder()
    first = _first(members, ranked, ranked.ascending, lexicon)
    return finish(
        request, builder, [*say_sum(request, builder, first), *working(request, builder)], understood
    )


def _as_before(understood: Understood, lexicon: Lexicon) -> Understood:
    """``2024年呢？`` after a ranking asks for the same ranking."""
    request = understood.request
    says_nothing = len(set(range(len(request.question.key))) - understood.explained) <= 1
    ranked = any(w in understood.said_before for w in lexicon.operation["rank"])
    if not (ranked and says_nothing and (request.combination, request.measure) == ("each", "value")):
        return understood
    question = replace(request.question, plain=understood.said_before)
    ascending = any(w in understood.said_before for w in lexicon.operation["rank_ascending"])
    again = replace(request, question=question, combination="rank", ascending=ascending)
    return replace(understood, request=again)


def _wants_family(understood: Understood, lexicon: Lexicon) -> bool:
    request = understood.request
    return (
        request.combination in ("rank", "list")
        or _counts(request, lexicon)
        or (
            says(request, lexicon.operation["sum"])
            and (says(request, lexicon.words["every_unit"]) or not read_limits(request, lexicon).is_open)
        )
        or _leaves_out(request, lexicon)
        or (says(request, lexicon.operation["which"]) and not read_limits(request, lexicon).is_open)
    )


def _leaves_out(request: Request, lexicon: Lexicon) -> bool:
    """``除公务接待费外的三公经费``: the sum of the other parts, said or not."""
    if request.combination not in ("each", "sum") or request.measure != "value":
        return False
    return bool(split_excluded(request.targets[0], request, lexicon)[1])


def _counts(request: Request, lexicon: Lexicon) -> bool:
    """``有几个项目``, ``超过100万的有几个``: how many members, not how much of something."""
    asked, operation = read_asked(request, lexicon), lexicon.operation
    if request.measure != "value" or request.combination == "rank":
        return False
    plain, numbers = request.question.plain, operation["how_many_members"]
    if any(f"{n}{w}" in plain for n in numbers for w in asked.words):
        return True
    if any(
        f"{w}{are}{n}" in plain for n in numbers for w in asked.words for are in ("", *operation["there_are"])
    ):
        return True
    named = asked.is_named or asked.of_projects or not read_limits(request, lexicon).is_open
    return named and says(request, operation["how_many_members"]) and not says(request, operation["amounts"])


# --- one family -----------------------------------------------------------------------------


def _answer_family(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    request = understood.request
    target, excluded = split_excluded(request.targets[0], request, lexicon)
    asked = read_kind(understood, lexicon)
    documents = documents_for(target, understood, library)
    found = [
        f
        for f in families(target, documents, asked, lexicon)
        if is_enough(understood, target, f, asked, positions(excluded))
    ]
    if found and (question := clarify_families(understood, target, found)):
        return question
    limits = read_limits(request, lexicon)
    if found:
        held = (f for f in found if not excluded or keep(f.members, limits, excluded))
        family = next(held, None)
        if family is None and request.combination != "rank":
            return None  # the whole and what is left out of it may be printed otherwise
        members = _without_zeros(family or found[0], request, lexicon)
    else:
        members = _stated_members(understood, documents, asked, lexicon)
    if not members and excluded and request.combination != "rank":
        return None  # what is left out may be a column, or a unit's
    if not members:
        limited = not read_limits(request, lexicon).is_open
        listed = request.combination == "list" and asked.is_named  # a total is no list of projects
        no_other = request.combination == "rank" or listed or limited or asked.units
        return _declined(understood, library, lexicon) if no_other else None
    kept = keep(members, limits, excluded)
    sums = request.combination == "rank" and says(request, lexicon.operation["sum"])
    if sums and _repeat(members) and (how_many(request) or 1) < 2:
        kept = None  # what several rows of one name come to is not among the rows
    if kept is None or has_unread_limit(request, limits, lexicon):
        return _declined(understood, library, lexicon)
    return _say_family(understood, kept, lexicon)


def _repeat(members: Sequence[Candidate]) -> bool:
    names = [short(m) for m in members]
    return len(set(names)) < len(names)


def _without_zeros(family: Family, request: Request, lexicon: Lexicon) -> Sequence[Candidate]:
    """A row of 0 is not the smallest, nor worth listing; but a unit or a named part with 0 is."""
    keeps = family.kind == "units" or says(request, lexicon.operation["and_zero"])
    if keeps or (request.combination == "list" and family.parent):
        return family.members
    return [m for m in family.members if m.value] or family.members


def _stated_members(
    understood: Understood, documents: Sequence[DocumentFacts], asked: Asked, lexicon: Lexicon
) -> Sequence[Candidate]:
    """What one paragraph divides something into, for a question of directions, or of no other kind."""
    request = understood.request
    of_parts = says(request, lexicon.operation["parts_of"])
    if not of_parts and (request.combination != "rank" or asked.is_named):
        return ()
    if names_unknown_kind(request.question.key, understood.explained):
        return ()
    words = [w for kind in ("parts_of", "which", "amounts", "rank") for w in lexicon.operation[kind]]
    asked_for = understood.said_before + request.question.plain
    year = request.targets[0].year  # a document of another year divides that year's money
    of_year = [d for d in documents if year in (None, d.document.identity.fiscal_year)]
    return next(prose_families(asked_for, of_year, (*understood.spoken_for, *words)), ())


def _declined(understood: Understood, library: Library, lexicon: Lexicon) -> Answer:
    """The largest of a family that is not found is no single figure."""
    linked = [link_target(t, understood, library, lexicon) for t in understood.request.targets]
    return decline(understood, linked, library)


def _say_family(understood: Understood, members: Sequence[Candidate], lexicon: Lexicon) -> Answer:
    request, builder = understood.request, Builder()
    first_few = request.combination == "rank" and (how_many(request) or 1) > 1
    if members and first_few and says(request, lexicon.operation["sum"]):
        first = _first(members, request, request.ascending, lexicon)
        lines = [*say_sum(request, builder, first), *working(request, builder)]
    elif request.combination == "rank":
        lines = _say_ranking(request, builder, members, lexicon)
    elif _counts(request, lexicon):
        lines = _say_count(request, builder, members, lexicon)
    elif not members:
        lines = [phrase(request.question.language, "no_members")]
    elif request.combination != "list" and _is_summed(request, lexicon):
        lines = [*say_sum(request, builder, list(members)), *working(request, builder)]
    elif _shows_amounts(understood, lexicon):
        lines = [_say_member(request, builder, m, members) for m in members[:LONGEST_LIST]]
    else:
        lines = [_say_name(request, builder, m, members) for m in members[:LONGEST_LIST]]
    return finish(request, builder, lines, understood)


def _shows_amounts(understood: Understood, lexicon: Lexicon) -> bool:
    """Amounts are asked for, or limit the members; projects are listed with theirs always."""
    request, operation = understood.request, lexicon.operation
    limited = not read_limits(request, lexicon).is_open and not says(request, operation["and_zero"])
    return limited or says(request, operation["amounts"]) or read_kind(understood, lexicon).projects


def _is_summed(request: Request, lexicon: Lexicon) -> bool:
    return says(request, lexicon.operation["sum"]) or _leaves_out(request, lexicon)


def _say_name(request: Request, builder: Builder, member: Candidate, members: Sequence[Candidate]) -> str:
    """A unit is cited by its name: no amount was asked for."""
    name = told_apart(member, members) or short(member)
    if not (member.row and member.row.row.kind == "unit" and member.table and member.column):
        cited = builder.cite(member)
    else:
        where = place_in_table(member.table, member.row, member.column)
        row = member.row.row
        cited = builder.quote(member.facts, row.label.strip(), row.place, None, **where)
    return item(request.question.language, "name_item", member, name, marks=marks([cited]))


def _say_member(request: Request, builder: Builder, member: Candidate, members: Sequence[Candidate]) -> str:
    name = told_apart(member, members)
    if not name:
        return say_item(request, builder, member)
    figure, cited = say_figure(request, builder, member)
    return item(request.question.language, "item", member, name, figure=figure, marks=cited)


def _say_count(
    request: Request, builder: Builder, members: Sequence[Candidate], lexicon: Lexicon
) -> list[str]:
    language = request.question.language
    if not members:
        return [phrase(language, "no_members")]
    cited = tuple(builder.cite(m) for m in members)
    unit = request.unit if request.unit in ("个", "项") else "个"
    builder.figures.append(Figure(Decimal(len(members)), unit, phrase(language, "count_label"), cited))
    shown = show(Decimal(len(members)), unit)
    counted = phrase(language, "count", figure=shown, marks=marks(cited[:1]))
    if says(request, lexicon.operation["sum"]):
        return [counted, *say_sum(request, builder, list(members)), *working(request, builder)]
    return [
        counted,
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
    place = which_place(request)
    if place > 1:
        ordered = sorted(members, key=worth, reverse=not request.ascending)
        named = ordered[place - 1 : place]
        return [_say_member(request, builder, m, members) for m in named] or [phrase(language, "no_members")]
    for ascending in _directions(request, lexicon):
        first = _first(members, request, ascending, lexicon)
        if (len(first) == len(members) and not is_superlative(request, lexicon)) or (
            how_many(request) or 1
        ) > 1:
            lines += [_say_member(request, builder, m, members) for m in first]
            continue
        for member in first:
            figure, cited = say_figure(request, builder, member)
            name = "lowest" if ascending else "highest"
            label = told_apart(member, members) or describe(member)
            lines.append(phrase(language, name, label=label, figure=figure, marks=cited))
            lines += _say_share(request, builder, member)
    return lines


def _first(
    members: Sequence[Candidate], request: Request, ascending: bool, lexicon: Lexicon
) -> list[Candidate]:
    """As many as asked for, best first, with those that tie with the last of them."""
    ordered = sorted(members, key=worth, reverse=not ascending)
    count = how_many(request) or (1 if is_superlative(request, lexicon) else LONGEST_LIST)
    last = ordered[:count][-1]
    return [m for n, m in enumerate(ordered) if n < count or worth(m) == worth(last)]


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
    ordered = sorted(distinct, key=worth, reverse=not _directions(request, lexicon)[0])
    if is_superlative(request, lexicon) and not how_many(request):
        lines = _say_ranking(request, builder, distinct, lexicon)
        said = {f.citations for f in builder.figures}
        ordered = [m for m in ordered if (builder.cite(m),) not in said]
    lines += [say_item(request, builder, m) for m in ordered[: how_many(request)]]
    return finish(request, builder, lines, understood)


def _answers(understood: Understood, target: Target, candidate: Candidate, asked: Asked) -> bool:
    return explains(understood, target, _explained(candidate, target), asked)


def _explained(candidate: Candidate, target: Target) -> Set[int]:
    """What the figure explains of the question, by its own names and by its table's title."""
    if candidate.quote is not None:
        return positions(target.items)
    return candidate.explained | (titled(candidate.table, target) if candidate.table else set())

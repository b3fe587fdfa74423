"""Sums within a share: what several members of a family come to, of a whole (``三个事业单位的住房公积金
加起来占全部的多少``, ``前三大项目合计占项目支出的比重``), and sums over units of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from ingest.numerals import chinese_number
from qa.answer import Answer
from qa.builder import Builder
from qa.calculator import CalculationError, share_of_sums
from qa.conditions import has_unread_limit, keep, read_limits, split_excluded
from qa.decline import decline
from qa.facts import DocumentFacts
from qa.families import Family, families
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.members import how_many, is_enough, read_kind, says, worth
from qa.mentions import ItemMention, positions
from qa.phrases import phrase
from qa.reading import repeats
from qa.request import Target
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, say_item, say_sum, working
from qa.scope import Library
from qa.understanding import Understood

_SEVERAL = r"([一二两三四五六七八九十\d]+)[个家]?(?:下属|所属)?(?:的)?{kind}"


@dataclass(frozen=True)
class Part:
    """The members that a question adds up, and the family that they are of."""

    members: tuple[Candidate, ...]
    family: Family


def answer_nested(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """The sum of some members, or its share of all of them or of what the question names; None for any
    other question."""
    request = understood.request
    if len(request.targets) != 1 or request.combination not in ("each", "sum", "rank", "list"):
        return None
    is_share = request.measure == "share"
    kind = next((w for w in lexicon.words["unit_nature"] if w in request.question.key), "")
    first_few = (how_many(request) or 1) > 1
    several = first_few or says(request, lexicon.words["every_unit"])
    several = several or not read_limits(request, lexicon).is_open
    sums = says(request, lexicon.operation["sum"]) or (is_share and first_few)
    if not sums or not (kind or (is_share and several)) or request.measure not in ("value", "share"):
        return None
    part = _part(understood, library, lexicon, kind)
    if part is None:
        return decline(understood, (), library)
    if not is_share:
        builder = Builder()
        lines = [*say_sum(request, builder, list(part.members)), *working(request, builder)]
        return finish(request, builder, lines, understood)
    wholes = _wholes(part, understood, library, lexicon, kind)
    answer = _say_share(understood, part.members, wholes) if wholes else None
    return answer or decline(understood, (), library)


def _part(understood: Understood, library: Library, lexicon: Lexicon, kind: str) -> Part | None:
    """The members of the best family that the question's conditions leave."""
    request = understood.request
    target = request.targets[0]
    target = replace(target, items=_without(target.items, kind, request.question.key))
    target, excluded = split_excluded(target, request, lexicon)
    asked = replace(read_kind(understood, lexicon), level=None)
    if kind or says(request, lexicon.words["every_unit"]):
        asked = replace(asked, units=True, projects=False)
    spoken = {*_spoken_for(understood, kind), *positions(excluded)}
    limits = read_limits(request, lexicon)
    for family in families(target, documents_for(target, understood, library), asked, lexicon):
        if asked.units and (family.kind != "units" or len({_unit(m) for m in family.members}) < 2):
            continue
        if not is_enough(understood, target, family, asked, spoken):
            continue
        kept = keep(family.members, limits, excluded)
        if kept is None or has_unread_limit(request, limits, lexicon):
            continue
        kept = tuple(m for m in kept if not kind or _is_of_kind(m, kind))
        if count := how_many(request) if request.combination == "rank" else None:
            kept = tuple(sorted(kept, key=worth, reverse=not request.ascending)[:count])
        if kept and not repeats(kept) and _as_many(request.question.key, kind, kept):
            return Part(kept, family)
    return None


def _spoken_for(understood: Understood, kind: str) -> Set[int]:
    """Where the question names the kind of units, how many, and the whole."""
    key, request = understood.request.question.key, understood.request
    found = positions(i for d in request.denominators for i in d.items)
    for match in re.finditer(_SEVERAL.format(kind=kind or r"大?(?:项目|单位)"), key):
        found |= set(range(*match.span()))
    return found | _named_at(kind, key)


def _named_at(kind: str, key: str) -> set[int]:
    return {p for m in re.finditer(kind, key) for p in range(*m.span())} if kind else set()


def _without(items: Sequence[ItemMention], kind: str, key: str) -> tuple[ItemMention, ...]:
    """The names that are no part of the words for the kind of units."""
    said = _named_at(kind, key)
    return tuple(i for i in items if i.start not in said)


def _unit(member: Candidate) -> str | None:
    return member.row.unit_key if member.row else None


def _is_of_kind(member: Candidate, kind: str) -> bool:
    """The document says of the member's unit that it is of the kind: above its rows, or in a list of
    the units."""
    row = member.row
    if row is None:
        return False
    return any(kind in a for a in row.ancestors) or kind in _nature(member.facts, row.unit_key)


def _nature(facts: DocumentFacts, unit_key: str | None) -> str:
    """What the text cells of a row that is nothing but the unit say of it."""
    rows = [
        cell.text
        for table in facts.tables
        if all(c.column.is_text for c in table.columns)
        for row in table.rows
        if unit_key and unit_key in (row.unit_key, row.key)
        for cell in row.row.cells
    ]
    return "，".join(rows)


def _as_many(key: str, kind: str, members: Sequence[Candidate]) -> bool:
    """As many units as the question says, where it says how many of the kind."""
    match = re.search(_SEVERAL.format(kind=kind), key) if kind else None
    if match is None:
        return True
    word = match.group(1)
    said = int(word) if word.isdigit() else chinese_number(word)
    return said in (None, len(members))


def _wholes(
    part: Part, understood: Understood, library: Library, lexicon: Lexicon, kind: str
) -> list[Candidate]:
    """What the question names as the whole, else all of the family."""
    for target in understood.request.denominators:
        items = _without(target.items, kind, understood.request.question.key)
        if not items:
            continue
        linked = link_target(
            replace(target, items=items, unit=None), understood, library, lexicon, ("amount",)
        )
        named = positions(items)
        return [c for c in linked.ranked if c.value and c.explained >= named and _is_whole(c, target)][:1]
    return list(part.family.members)


def _is_whole(candidate: Candidate, target: Target) -> bool:
    """No single unit's."""
    return candidate.row is None or candidate.row.unit_key is None or target.body is None


def _say_share(
    understood: Understood, parts: Sequence[Candidate], wholes: Sequence[Candidate]
) -> Answer | None:
    request, builder = understood.request, Builder()
    language = request.question.language
    upper = [builder.operand(p) for p in parts]
    lower = [builder.operand(w) for w in wholes]
    try:
        worked = share_of_sums(upper, lower)
    except CalculationError:
        return None
    figure, cited = computed(builder, worked, [*upper, *lower], request, "")
    lines = [phrase(language, "share_of_sums", figure=figure, marks=cited)]
    plain = replace(request, unit=None)
    lines += say_sum(plain, builder, list(parts))
    lines += [phrase(language, "share_whole")]
    lines += (
        say_sum(plain, builder, list(wholes)) if len(wholes) > 1 else [say_item(plain, builder, wholes[0])]
    )
    return finish(request, builder, [*lines, *working(request, builder)], understood)

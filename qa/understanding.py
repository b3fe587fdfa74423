"""A question and what was said before -> an Understood question, ready to be linked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pypinyin import lazy_pinyin

from ingest.model import Kind
from ingest.script import simplified
from ingest.values import fold, name_key
from qa.conversation import Said, followed, inherit, said
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.mentions import (
    ItemMention,
    YearMention,
    content_runs,
    explained_by_fillers,
    find_items,
    find_numbers,
    find_partial_items,
    find_years,
    positions,
)
from qa.missing import missing_kind, says_spent, unknown_body, unknown_place
from qa.named_years import years_of_names
from qa.operations import has_any, intent_of
from qa.organizations import BodyMention, find_bodies, once
from qa.padding import as_printed, without_padding
from qa.question import Question, read_question, without_courtesy
from qa.request import Mentions, Request, Target, build_request
from qa.scope import Library, of_bodies, of_year
from qa.talk import is_order, is_talk
from qa.terms import form_words, plain
from qa.turns import Turn, asked_again, asked_of_unit, corrected
from qa.vocabulary import Vocabulary


@dataclass(frozen=True)
class Understood:
    request: Request
    mentions: Mentions
    documents: tuple[DocumentFacts, ...]
    """Those that the named bodies and years leave; targets narrow them further."""
    explained: frozenset[int]
    """Positions that fillers, bodies, years and operation words explain."""
    unknown_body: str | None = None
    """A name that looks like a public body's but is none of the store's."""
    spoken_for: tuple[str, ...] = ()
    """The words that name bodies and years, as typed."""
    said_before: str = ""
    """The earlier question, when this one names nothing of its own."""
    missing_kind: Kind | None = None
    """Final accounts are asked for, and the documents meant are budgets that print none."""
    said: Said | None = None
    """The conversation after this turn."""
    asks_spent: bool = False
    """What was spent is asked for, not what was planned."""
    named_years: frozenset[int] = frozenset()
    """Years that begin a name that is asked for."""
    is_talk: bool = False
    """It asks nothing that a budget could hold: a greeting, thanks, an order to ignore the rules."""
    is_elliptical: bool = False
    """A follow-up to nothing: it points back (那…呢), and there is no earlier turn."""
    turn: Turn | None = None
    before: Understood | None = None
    """What was understood of the turn before."""


def _documents(
    library: Library, bodies: Sequence[BodyMention], years: Sequence[YearMention]
) -> list[DocumentFacts]:
    ours = of_bodies(library.facts(), [b for m in bodies for b in m.bodies])
    if not years:
        return ours
    found: dict[int, DocumentFacts] = {}
    for year in years:
        found.update((d.document_id, d) for d in of_year(ours, year.year))
    return list(found.values())


def _operation_words(lexicon: Lexicon) -> list[str]:
    words = [w for group in (*lexicon.operation.values(), *lexicon.intent.values()) for w in group]
    for kind in ("connector", "previous_year", "whole_department", "kind_unit", "kind_class", "kind_column"):
        words += lexicon.words[kind]
    return words


def understand(raw: str, previous: Understood | None, library: Library, lexicon: Lexicon) -> Understood:
    """Spot the mentions, take from the conversation what is left out, and compose the Request."""
    is_ordered = is_order(fold(raw), lexicon)
    raw = without_padding(without_courtesy(simplified(raw), lexicon), library, lexicon)
    raw = corrected(raw, lexicon) if previous else raw
    question = read_question(raw, lexicon)
    spoken_bodies = _outside_names(find_bodies(question, library.bodies(), lexicon), question, library)
    bodies = once(spoken_bodies)
    years = find_years(question.key)
    own = years_of_names(question, years, of_bodies(library.facts(), [b for m in bodies for b in m.bodies]))
    years = [y for y in years if y not in own]
    turn = Turn(question, tuple(bodies), tuple(years))
    if previous and (again := _asked_again(turn, previous, library, lexicon)):
        return again
    known_bodies = bodies or ([replace_span(b) for b in previous.mentions.bodies[:1]] if previous else [])
    keeps_year = previous is not None and not (bodies and previous.mentions.bodies)  # another body: any year
    known_years = years or (list(previous.mentions.years) if previous and keeps_year else [])
    documents = _documents(library, known_bodies, known_years)
    named = positions(spoken_bodies) | positions(years) | positions(own)
    taken = set(named)
    vocabulary = library.vocabulary(documents or library.facts())
    items = find_items(question, vocabulary, lexicon, taken)
    if _asks_words(question, lexicon) and (spelt := as_printed(raw, items, vocabulary)) != raw:
        return understand(spelt, previous, library, lexicon)
    edges = {0, *question.gaps, len(question.key)} if question.language == "en" else None
    fillers = explained_by_fillers(question.key, lexicon, _operation_words(lexicon), edges) - taken
    if previous:  # 三家 of 三家加起来
        counts = (re.finditer(pattern, question.key) for pattern in lexicon.words["counted_back"])
        fillers |= {p for found in counts for m in found for p in range(*m.span())} - taken
    numbers = find_numbers(question, years, items)
    counted = {p for a in numbers for p in range(a.start, a.end)}
    partial = find_partial_items(question, vocabulary, taken | fillers | counted)
    unknown = unknown_body(question, taken, fillers, lexicon)
    if not spoken_bodies and unknown is None:
        unknown = unknown_place(question, years, fillers, items, partial, lexicon)
    mentions = Mentions(
        tuple(known_bodies),
        tuple(years or known_years),
        tuple(sorted([*items, *(p for p in partial if p.matches)], key=lambda i: i.start)),
        tuple(numbers),
    )
    spoken = replace(mentions, bodies=tuple(bodies), years=tuple(years))
    before = previous.said if previous else None
    request = inherit(build_request(question, spoken, lexicon), mentions, before, lexicon)
    repeated = taken - positions(items)
    request = _of_the_total(_same_year(_of_department(request, library), library), vocabulary, lexicon)
    if (
        previous and question.key and not content_runs(question, taken)
    ):  # a name alone: the conversation's language
        request = replace(request, question=replace(question, language=previous.request.question.language))
    explained = frozenset(named | fillers | counted | repeated)
    elliptical = previous is None and question.plain.startswith(lexicon.words["elliptical"])
    whole = [m for m in bodies if not any(b.is_unit for b in m.bodies)]  # a unit may itself be the subject
    spans = [(m.start, m.end) for m in whole if m.end] + [(y.start, y.end) for y in years]
    spoken_for = tuple(question.key[start:end] for start, end in spans)
    return Understood(
        request,
        mentions,
        tuple(documents),
        explained | _english_names(question, known_bodies, lexicon),
        unknown,
        spoken_for,
        _without_names(previous) if previous and all(plain(i.text) in form_words() for i in items) else "",
        missing_kind(question, items, documents, lexicon),
        said(request, mentions, before),
        says_spent(question, lexicon),
        frozenset(y.year for y in own),
        is_talk(
            request,
            spoken,
            _left(question, explained),
            follows=previous is not None,
            is_ordered=is_ordered,
            lexicon=lexicon,
        ),
        elliptical,
        turn,
        previous,
    )


def _left(question: Question, explained: frozenset[int]) -> str:
    return "".join(c for i, c in enumerate(question.key) if i not in explained)


def _asks_words(question: Question, lexicon: Lexicon) -> bool:
    """Words are asked for, and none doubted: figures are found by the sound of their names anyway."""
    doubts = has_any(question.plain, lexicon.operation["verify"])
    return not doubts and intent_of(question.plain, lexicon) != "figure"


def _asked_again(turn: Turn, previous: Understood, library: Library, lexicon: Lexicon) -> Understood | None:
    """A turn that names another year or body alone, read as the turn before with that name in it."""
    if previous.turn is None or previous.said is None or previous.unknown_body:
        return None
    bodies = previous.mentions.bodies
    text = asked_again(turn, previous.turn, lexicon)
    if text is None and len(bodies) == 1 and len(bodies[0].bodies) == 1:
        text = asked_of_unit(turn, previous.turn, bodies[0].bodies[0].name, lexicon)
    if text is None:
        return None
    again = understand(text, previous.before, library, lexicon)
    return replace(again, said=followed(previous.said, again.said)) if again.said else again


def _outside_names(bodies: list[BodyMention], question: Question, library: Library) -> list[BodyMention]:
    """Without abbreviations that are a piece of a longer name: 政府办 in 政府办公厅及相关机构事务."""
    short = [b for b in bodies if b.end and question.key[b.start : b.end] not in {x.key for x in b.bodies}]
    if not short or question.language == "en":
        return bodies
    names = [
        (m.start, m.end)
        for m in library.vocabulary(library.facts()).whole(question.key)
        if m.kind in ("exact", "core")
    ]
    inside = [
        b for b in short if any(s <= b.start and b.end <= e and (s, e) != (b.start, b.end) for s, e in names)
    ]
    return [b for b in bodies if b not in inside] or bodies


def _of_the_total(request: Request, vocabulary: Vocabulary, lexicon: Lexicon) -> Request:
    """A question for a budget that names nothing in it is for the whole of it, and for nothing else
    that happens to be a total."""
    if request.combination in ("rank", "list", "verify"):
        return request
    name = name_key(lexicon.words["whole_budget"][0])
    matches = tuple(m for m in vocabulary.whole(name) if (m.start, m.end) == (0, len(name)))
    whole = ItemMention(0, len(name), name, matches, names=lexicon.names_of[name])

    def named(targets: tuple[Target, ...]) -> tuple[Target, ...]:
        return tuple(t if t.items or t.context else replace(t, context=(whole,)) for t in targets)

    return replace(request, targets=named(request.targets), denominators=named(request.denominators))


def _of_department(request: Request, library: Library) -> Request:
    """The whole that a unit's figure is a share of (占全部门的比重) is that of the unit's department."""
    bodies = [b for t in request.targets if t.body for b in t.body.bodies]
    if not bodies or not all(b.is_unit for b in bodies):
        return request
    ids = frozenset[int]().union(*(b.document_ids for b in bodies))
    holders = tuple(b for b in library.bodies() if not b.is_unit and ids <= b.document_ids)
    if len(holders) != 1:
        return request
    department = BodyMention(0, 0, holders)
    return replace(
        request,
        denominators=tuple(d if d.body else replace(d, body=department) for d in request.denominators),
    )


def _same_year(request: Request, library: Library) -> Request:
    """Several bodies and no year: the latest year that documents of all of them are of."""
    bodies = [t.body for t in request.targets]
    if len({b for b in bodies if b}) < 2 or any(t.year for t in request.targets):
        return request
    facts = library.facts()
    years = [
        {d.document.identity.fiscal_year for d in of_bodies(facts, body.bodies)} for body in bodies if body
    ]
    common = [y for y in set.intersection(*years) if y]
    if not common:
        return request
    return replace(request, targets=tuple(replace(t, year=max(common)) for t in request.targets))


def _without_names(previous: Understood) -> str:
    """The earlier question without its bodies and years, which the later one inherits by themselves."""
    text = previous.said_before + previous.request.question.plain
    for name in previous.spoken_for:
        text = text.replace(name, "，")
    return text


def _english_names(question: Question, bodies: Sequence[BodyMention], lexicon: Lexicon) -> set[int]:
    """Positions of English words that only spell out a body which is named already."""
    if question.language != "en" or not bodies:
        return set()
    sounds = {"".join(lazy_pinyin(b.key)) for m in bodies for b in m.bodies}
    words = {
        re.sub(r"\W", "", w) for phrase in lexicon.organization_words for w in re.split(r"[\s-]", phrase)
    }
    positions: set[int] = set()
    for word in set(re.findall(r"[a-z]+", re.sub(r"['’]", "", question.plain))):
        if word in words or any(word in s for s in sounds if len(word) > 3):
            positions.update(p for m in re.finditer(word, question.key) for p in range(m.start(), m.end()))
    return positions


def replace_span(mention: BodyMention) -> BodyMention:
    """A body taken over from an earlier turn explains nothing of this question."""
    return replace(mention, start=0, end=0)

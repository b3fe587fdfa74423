"""Whose budget a question is about: full names, abbreviations, slips of sound, and English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pypinyin import lazy_pinyin

from ingest.values import name_key
from qa.lexicon import Lexicon
from qa.mentions import explained_by_fillers
from qa.question import Question
from qa.vocabulary import pieces_of, syllable_pairs


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation with documents of its own, or a budget unit inside some."""

    key: str
    name: str
    document_ids: frozenset[int]
    is_unit: bool


@dataclass(frozen=True, slots=True)
class BodyMention:
    """Characters ``start:end`` of the question's key name one of ``bodies`` (several: unclear which)."""

    start: int
    end: int
    bodies: tuple[Body, ...]
    own_unit: bool = False
    """The organisation's own unit (本级), not the department with its subordinate units."""
    spoken: str = ""
    """The English name that the person used."""


def _strength(short: str, name: str) -> float:
    """How strongly the characters name the body; 0: not at all. The longer and the less broken,
    the stronger; two characters must be one piece."""
    pieces = pieces_of(short, name)
    if pieces is None or (pieces > 1 and len(short) < 3) or pieces > max(3, 1 + len(short) / 2):
        return 0.0
    return len(short) - 0.8 * (pieces - 1) + 0.5 * (short == name) - 0.01 * len(name)


def _spans(text: str, sound: str, suffixes: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Spans that end as the names of bodies do; a suffix of one character must be that character."""
    for end in range(2, len(text) + 1):
        if any(
            text.endswith(s, 0, end) or (len(s) > 1 and sound.endswith(syllable_pairs(s), 0, end))
            for s in suffixes
        ):
            yield from ((start, end) for start in range(max(0, end - 30), end - 1))


def _chinese_mentions(question: Question, bodies: Sequence[Body], lexicon: Lexicon) -> list[BodyMention]:
    text = syllable_pairs(question.key)
    names = [(body, syllable_pairs(body.key)) for body in bodies]
    suffixes = lexicon.words["body_suffix"]
    operations = [w for words in (*lexicon.operation.values(), *lexicon.intent.values()) for w in words]
    fillers = explained_by_fillers(question.key, lexicon, (*lexicon.words["connector"], *operations))
    found: list[tuple[float, BodyMention]] = []
    for start, end in _spans(question.key, text, suffixes):
        if any(start < gap < end for gap in question.gaps) or not _may_begin(question, start, fillers):
            continue
        said = question.key[start:end]
        strengths = [
            (s, b)
            for b, name in names
            if (s := _strength(text[start:end], name)) > 0 and not _is_of_the_city(said, b.key)
        ]
        if not strengths:
            continue
        best = max(s for s, _ in strengths)
        near = _without_offices([b for s, b in strengths if s > best - 0.3])
        alone = question.key[end:] in ("", "呢") and question.key[:start] in ("", "那")
        if end - start == 2 and not alone and not _is_pointed_at(question.key, start, lexicon):
            continue
        found.append((best, BodyMention(start, end, near)))
    return _without_overlaps(found)


_PLACES = re.compile(r"(?:中共)?(.{2,4}?[省市])(.{1,4}?[区县市])")


def _is_of_the_city(said: str, name: str) -> bool:
    """上海市商务委 is not the 商务委员会 of one of its districts: the city is said and the district not."""
    places = _PLACES.match(name)
    if places is None:
        return False
    city, district = places.groups()
    return said.removeprefix("中共")[:1] in city and not set(district[:-1]) & set(said)


def _without_offices(near: Sequence[Body]) -> tuple[Body, ...]:
    """水务局 is the bureau, not its 水务局水文监测中心: names that only go on from another are dropped."""
    return tuple(
        b for b in near if not any(b.key != other.key and b.key.startswith(other.key) for other in near)
    )


def _may_begin(question: Question, start: int, fillers: set[int]) -> bool:
    """A name begins at the beginning, or behind a gap, a number, a filler word or another script:
    黄埔区司法局 is not the 司法局 of another district."""
    if start == 0 or start in question.gaps:
        return True
    before = question.key[start - 1]
    return before.isascii() or before in "年度" or start - 1 in fillers


def _is_pointed_at(key: str, start: int, lexicon: Lexicon) -> bool:
    """Two characters (中心, 本部) are a name only after a pointing word."""
    return key.endswith(lexicon.words["pointing"], 0, start)


def _without_overlaps(found: list[tuple[float, BodyMention]]) -> list[BodyMention]:
    kept: list[BodyMention] = []
    for _, mention in sorted(found, key=lambda f: (-f[0], f[1].start)):
        if all(mention.end <= k.start or k.end <= mention.start for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


_ENGLISH_NAME = re.compile(r"(?:[A-Z][\w'’-]*|[a-z]+(?= [A-Z]))(?:\s+(?:of|and|for|the|[A-Z][\w'’-]*))*")


def _english_strength(phrase: str, body: Body, lexicon: Lexicon) -> tuple[float, int]:
    """How much of the phrase the body's name answers: words of the glossary and places by sound."""
    sound = "".join(lazy_pinyin(body.key))
    rest, strength, words = phrase.lower().replace("’", "'"), 0.0, 0
    for word in sorted(lexicon.organization_words, key=len, reverse=True):
        if re.search(rf"\b{re.escape(word)}\b", rest):
            rest = re.sub(rf"\b{re.escape(word)}\b", " ", rest)
            words += 1
            piece = lexicon.organization_words[word]
            if piece not in body.key and word not in lexicon.words["organization_generic"]:
                return 0.0, 0  # the Education Bureau is no other bureau of its district
            strength += len(piece) / 2 if piece in body.key else -0.5
    for word in re.findall(r"[a-z]{4,}", rest):
        if word in sound:
            words += 1
            strength += 1.5
    return strength, words


def _english_mentions(
    question: Question, raw: str, bodies: Sequence[Body], lexicon: Lexicon
) -> list[BodyMention]:
    mentions: list[BodyMention] = []
    for match in _ENGLISH_NAME.finditer(raw):
        strengths = [(*_english_strength(match.group(), b, lexicon), b) for b in bodies]
        scored = [(s, b) for s, words, b in strengths if words >= 2 and s >= LEAST_STRENGTH]
        scored = scored or _by_one_word(strengths)
        if not scored:
            continue
        best = max(s for s, _ in scored)
        near = _without_offices([b for s, b in scored if s > best - 0.3])
        near = (
            tuple(b for b in near if not b.is_unit) or near
        )  # whose documents these are, before what is in them
        start, end = _key_span(question, match.group(), mentions[-1].end if mentions else 0)
        mentions.append(BodyMention(start, end, near, spoken=match.group()))
    return mentions


LEAST_STRENGTH = 1.5
"""Of an English name for a body."""


def _by_one_word(strengths: Sequence[tuple[float, int, Body]]) -> list[tuple[float, Body]]:
    """The bodies that one word names strongly (Wanli, High Court), if it names no others' units."""
    scored = [(s, b) for s, words, b in strengths if words and s >= LEAST_STRENGTH and not b.is_unit]
    return scored if len(scored) == 1 else []


def _with_capitals(raw: str, bodies: Sequence[Body], lexicon: Lexicon) -> str:
    """The question with capitals where words of bodies' names stand: guangzhou, bureau."""
    sounds = ["".join(lazy_pinyin(b.key)) for b in bodies]
    known = {w for name in lexicon.organization_words for w in re.split(r"[\s-]", name)}

    def capital(match: re.Match[str]) -> str:
        word = match.group()
        is_place = len(word) >= SHORTEST_PIECE and any(word in sound for sound in sounds)
        return word.capitalize() if word in known or is_place else word

    return re.sub(r"[a-z]+", capital, raw)


def _key_span(question: Question, phrase: str, after: int) -> tuple[int, int]:
    """Where the words of an English name stand in the question's key, as far as they are kept there,
    behind the name before it."""
    keys = [name_key(word) for word in phrase.split()]
    places = [(i, i + len(k)) for k in keys if len(k) > 3 and (i := question.key.find(k, after)) >= 0]
    return (min(p[0] for p in places), max(p[1] for p in places)) if places else (0, 0)


SHORTEST_PIECE = 4
"""Characters of a name that may stand for it alone, at the question's beginning."""


def _opening(question: Question, bodies: Sequence[Body]) -> list[BodyMention]:
    """``市长专线2017年…``: a piece that only one body's name holds, right before the year or a gap."""
    year = re.match(r"(?:(?:19|20)\d{2}年?)?", question.key)
    start = year.end() if year else 0
    for end in range(min(len(question.key), start + 20), start + SHORTEST_PIECE - 1, -1):
        piece = question.key[start:end]
        follows = question.key[end : end + 1]
        if not (follows in ("", "的", "呢") or follows.isdigit() or end in question.gaps):
            continue
        holders = [b for b in bodies if piece in b.key]
        if len(holders) == 1:
            return [BodyMention(start, end, (holders[0],))]
    return []


def once(mentions: list[BodyMention]) -> list[BodyMention]:
    """A body that is named twice is one body; its own unit is another."""
    kept: dict[tuple[tuple[Body, ...], bool], BodyMention] = {}
    for mention in mentions:
        kept.setdefault((mention.bodies, mention.own_unit), mention)
    return list(kept.values())


def find_bodies(question: Question, bodies: Sequence[Body], lexicon: Lexicon) -> list[BodyMention]:
    """The bodies that the question names, left to right."""
    mentions = _chinese_mentions(question, bodies, lexicon) or _opening(question, bodies)
    if question.language == "en" and not mentions:
        mentions = _english_mentions(question, question.raw, bodies, lexicon)
        typed = _with_capitals(question.raw, bodies, lexicon)
        mentions = mentions or _english_mentions(question, typed, bodies, lexicon)
    return [_with_own_unit(m, question, bodies, lexicon) for m in mentions]


def _with_own_unit(
    mention: BodyMention, question: Question, bodies: Sequence[Body], lexicon: Lexicon
) -> BodyMention:
    """With the 本级 that stands behind the name; where the documents print such a unit, it is meant,
    as it is when a 单位预算 is asked for and there is one beside the department's."""
    own = lexicon.words["own_unit"]
    word = next((w for w in own if question.key.startswith(w, mention.end)), "")
    keys = {body.key + end for body in mention.bodies for end in own}
    units = tuple(b for b in bodies if b.key in keys)
    by_budget = units and any(w in question.key for w in lexicon.words["unit_budget"])
    if not word and not by_budget:
        return mention
    return BodyMention(mention.start, mention.end + len(word), units or mention.bodies, own_unit=True)

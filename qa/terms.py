"""The words of a text and of a question, and how much of a question a text explains.

Words alone, no model: character bigrams for Chinese, whole words for Latin script and
numbers. The word lists are data (``passages.toml``).
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ingest.model import Direction
from ingest.script import simplified
from ingest.values import find_amounts, fold, name_key, squeeze

_BRACKETS_AND_QUOTES = re.compile(r"[()\[\]{}<>《》“”\"'‘’「」『』【】〔〕]")
_RUN = re.compile(r"\d[\d,]*(?:\.\d+)?%?|[a-z][a-z0-9-]*|[\u3400-\u9fff〇]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d\s*(?:年度|年|fy)?(?![\d.])|(?<!\d)\d\d年(?!\d)", re.IGNORECASE)
_VAGUE = r"[一二两三四五六七八九十百千几](?:[十百千万亿多几]*[元万亿倍成年天月份分项个]|[十百千万]+多?)钱?"
"""A number in words with its measure (两百多万): never printed so, so it names nothing."""

UNKNOWN_FOREIGN_WEIGHT = 0.3
"""A Latin word that no document and no glossary holds counts this much of a Chinese one:
documents in Chinese can not print it, so its absence says little."""


@cache
def words() -> dict[str, Any]:
    """The word lists of ``passages.toml``."""
    return tomllib.loads((Path(__file__).parent / "passages.toml").read_text("utf-8"))


@cache
def form_words() -> frozenset[str]:
    """What only says in which form an answer is to be given (项目, 立项依据), in its plain form."""
    content = words()["intents"]["content"]
    kinds = ("columns", "sections", "second_columns", "second_sections", "form")
    return frozenset(plain(word) for kind in kinds for word in content[kind])


def plain(text: str) -> str:
    """Folded, simplified, lower case, without white space, brackets and quotation marks."""
    return _BRACKETS_AND_QUOTES.sub("", simplified(squeeze(text))).lower()


def terms(text: str) -> frozenset[str]:
    """The distinct tokens of a text."""
    return frozenset(tokens(text))


def tokens(text: str) -> list[str]:
    """Bigrams of each Chinese run (a lone character counts whole), Latin words, numbers, in order.

    Numbers are compared by value: 1,134.30 and 1134.3 are one token.
    """
    found: list[str] = []
    for run in _RUN.findall(plain(text)):
        if run[0].isdigit():
            found.append(_number_term(run))
        elif run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def _number_term(run: str) -> str:
    number = run.replace(",", "").rstrip("%")
    return number.rstrip("0").rstrip(".") if "." in number else number


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a question names, in all the wordings that a document may use."""

    said: str
    alternatives: tuple[frozenset[str], ...]
    """The terms of each wording, the person's own first."""
    optional: bool = False
    """A number in the question: evidence where it is printed, no loss where it is not."""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """Inverse document frequencies over the texts that are searched (as in BM25)."""

    size: int
    frequency: Counter[str]

    @classmethod
    def over(cls, texts: Iterable[frozenset[str]]) -> Weights:
        held = list(texts)
        return cls(len(held), Counter(term for text in held for term in text))

    def __add__(self, other: Weights) -> Weights:
        return Weights(self.size + other.size, self.frequency + other.frequency)

    def idf(self, term: str) -> float:
        n = self.frequency.get(term, 0)
        return math.log(1 + (self.size - n + 0.5) / (n + 0.5))

    def mass(self, of: Iterable[str]) -> float:
        return math.fsum(self.idf(t) for t in of)  # a set comes in any order

    def knows(self, of: frozenset[str]) -> float:
        """The share of the terms that stand anywhere in the searched texts."""
        return sum(t in self.frequency for t in of) / len(of) if of else 0.0


class Asked:
    """A question's concepts, weighed once: how much of them do texts explain?"""

    def __init__(self, concepts: Sequence[Concept], weights: Weights) -> None:
        self.said = frozenset[str]().union(*(a for c in concepts for a in c.alternatives))
        """Every term of the question, in any wording."""
        self._weights = weights
        self._weighed = [
            (
                self._weight(concept),
                [self._shares(wording) for wording in concept.alternatives],
            )
            for concept in concepts
        ]
        self._total = sum(weight for weight, _ in self._weighed)

    def _weight(self, concept: Concept) -> float:
        """The mass of the concept's best attested wording, damped: a long name is still one thing."""
        weights = self._weights
        best = max(concept.alternatives, key=weights.knows)
        known = weights.knows(best)
        if concept.optional and known < 1:
            return 0.0
        scale = UNKNOWN_FOREIGN_WEIGHT if concept.foreign and known == 0 else 1.0
        return scale * weights.mass(best) / math.sqrt(len(best) or 1)

    def _shares(self, wording: frozenset[str]) -> list[tuple[str, float]]:
        mass = self._weights.mass(wording)
        return [(term, self._weights.idf(term) / mass) for term in wording]

    def explained(self, credits: Sequence[tuple[frozenset[str], float]]) -> float:
        """The idf-weighted share (0..1) of the concepts that texts explain.

        ``credits``: terms with what finding a question's term in them is worth, best first.
        A concept counts by its best explained wording. No concepts: 0.
        """
        worth: dict[str, float] = {}
        for found, credit in credits:
            for term in self.said & found:
                worth.setdefault(term, credit)
        if not worth or not self._total:
            return 0.0
        got = sum(
            weight
            * max(math.fsum(share * worth.get(term, 0.0) for term, share in wording) for wording in wordings)
            for weight, wordings in self._weighed
        )
        return round(got / self._total, 9)  # so that what is just as much as a bar meets it

    def named(self, name: frozenset[str]) -> float:
        """The share of a name's terms that the question says, in any wording."""
        said = self.said & name
        return self._weights.mass(said) / self._weights.mass(name) if said else 0.0


@cache
def _english() -> dict[str, tuple[str, ...]]:
    """English wording -> the Chinese terms that it may stand for."""
    back: dict[str, tuple[str, ...]] = {}
    for chinese, forms in (*words()["glossary"].items(), *words()["english"].items()):
        for form in forms:
            key = form.lower().replace("“", "").replace("”", "")
            back[key] = (*back.get(key, ()), chinese)
    return back


@cache
def _wordings() -> dict[str, tuple[str, ...]]:
    """Every word that a question is cut by, in its plain form -> what documents print for it."""
    table: dict[str, tuple[str, ...]] = {plain(w): () for w in words()["glossary"]}
    table |= {plain(w): tuple(ws) for w, ws in words()["synonyms"].items()}
    return table


@cache
def _cutter() -> re.Pattern[str]:
    """Known words and stop words, the longest first; stop words of Latin script stand alone."""
    stop = words()["stop"]
    chinese = sorted({*_wordings(), *map(plain, (*stop["zh"], *stop["soft"])), *_direction_words()}, key=len)
    parts = [re.escape(w) for w in reversed(chinese) if not w.isascii()]
    return re.compile("|".join((_VAGUE, *parts)))


@cache
def _direction_words() -> frozenset[str]:
    return frozenset(plain(w) for ws in words()["direction"].values() for w in ws)


def _without(question: str, ignore: Sequence[str]) -> str:
    """The question without years and the words that are already explained, however spaced."""
    text = _YEAR.sub(" ", simplified(fold(question)))
    for word in sorted({plain(w) for w in ignore} - {""}, key=len, reverse=True):
        spaced = r"[^\w]*".join(map(re.escape, word))
        text = re.sub(spaced, " ", text, flags=re.IGNORECASE)
    return text


def concepts(
    question: str, ignore: Sequence[str] = (), attested: Callable[[str], bool] = lambda _: False
) -> tuple[Concept, ...]:
    """What the question names, without question words, directions, years and ``ignore``.

    What only says in which document to look (预算公开里) counts where nothing else is named.
    ``attested`` tells whether a plain text stands in the documents: a stop word of one
    character is no stop where it stands inside an attested name (事 in 政协事务支出).
    """
    rest, found = _english_concepts(_without(question, ignore))
    rest, amounts = _amounts(rest, attested)
    found += amounts
    for chunk in re.split(r"[\s，。？！、；：,?!;:]+|(?<!\d)\.(?!\d)", rest):
        for run in _runs(plain(chunk), attested):
            found += _known(run) if attested(run) else _cut(run, attested)
    distinct = {c.alternatives[0]: c for c in found if c.alternatives[0]}.values()
    named = [c for c in distinct if len(c.said) > 1 or len(c.alternatives) > 1 or c.said.isdigit()]
    particular = [c for c in named if c.said not in words()["document"]["names"]]
    return tuple(particular or named or distinct)


def about_the_whole(named: Sequence[Concept]) -> tuple[Concept, ...]:
    """A question that names no more than the document (预算为什么增加) is about its totals."""
    document = words()["document"]
    if not named or any(c.said not in document["names"] for c in named):
        return tuple(named)
    return (Concept(named[0].said, tuple(map(terms, document["totals"]))),)


def _runs(text: str, attested: Callable[[str], bool]) -> Iterator[str]:
    """What stands between the stop words. Known words are kept whole, whatever they contain."""
    stop = words()["stop"]
    hard = {*map(plain, stop["zh"]), *_direction_words()}
    matches = list(_cutter().finditer(text))
    at = 0
    for match, after in zip_longest(matches, matches[1:]):
        word, start, end = match.group(), match.start(), match.end()
        inside = start > 0 and end < len(text) and attested(text[start - 1 : end + 1])
        left, right = start - at, (after.start() if after else len(text)) - end
        before_word = left == 1 and right == 0 and after is not None and after.group() in _wordings()
        inside = inside or min(left, right) == 1 or before_word  # 养老金, 养老支出: words, printed or not
        if (word in _wordings() and word not in hard) or (word in stop["soft"] and inside):
            continue
        yield text[at:start]
        at = end
    yield text[at:]


def _cut(run: str, attested: Callable[[str], bool]) -> list[Concept]:
    """A run that no document prints: its known words, and the pieces that stand between them."""
    known = re.compile("|".join(map(re.escape, sorted(_wordings(), key=len, reverse=True))))
    found: list[Concept] = []
    at = 0
    for match in known.finditer(run):
        found += [*_between(run, at, match.start(), attested), *_known(match.group())]
        at = match.end()
    return found + _between(run, at, len(run), attested)


def _between(run: str, start: int, end: int, attested: Callable[[str], bool]) -> list[Concept]:
    """The pieces beside known words. A single character makes another word of its neighbour (电话费,
    停车): what is asked for is not the known word alone."""
    if end - start == 1:
        return _raw(run[start - 1 : end] if start else run[start : end + 1])
    return _pieces(run[start:end], attested)


def _pieces(text: str, attested: Callable[[str], bool]) -> list[Concept]:
    """The longest printed pieces of a text (包邮 and 项目 of 包邮项目); the rest with its neighbours.

    What no document prints keeps the character before it: its absence has to show.
    """
    found: list[Concept] = []
    for run in _RUN.findall(text):
        at = rest = 0
        while at < len(run) and not run[0].isascii():
            end = _printed_end(run, at, attested)
            if end > at:
                found += [*_raw(_rest(run, rest, at)), *_raw(run[at:end])]
                rest = end
            at = max(end, at + 1)
        found += _raw(_rest(run, rest, len(run)))
    return found


def _printed_end(run: str, at: int, attested: Callable[[str], bool]) -> int:
    """Where the longest printed piece ends that begins here; ``at`` when not even two characters are."""
    end = at + 2
    while end <= len(run) and attested(run[at:end]):
        end += 1
    return end - 1 if end > at + 2 else at


def _rest(run: str, start: int, end: int) -> str:
    return run[max(0, start - 1) : end] if start < end else ""


def _english_concepts(text: str) -> tuple[str, list[Concept]]:
    """Glossary terms and other Latin words of a question; the rest of it is left over."""
    found: list[Concept] = []
    forms = "|".join(re.escape(f) for f in sorted(_english(), key=len, reverse=True))

    def take(match: re.Match[str]) -> str:
        chinese = _english()[match.group().lower()]
        found.append(Concept(match.group().lower(), tuple(terms(c) for c in chinese)))
        return " "

    rest = re.sub(rf"(?<![a-z])(?:{forms})(?![a-z])", take, text, flags=re.IGNORECASE)
    return rest, found


def _amounts(text: str, attested: Callable[[str], bool]) -> tuple[str, list[Concept]]:
    """The numbers with a unit, and the rest. A number that is part of a name (12345热线) stays."""
    found: list[Concept] = []
    for amount in reversed([a for a in find_amounts(text) if a.unit]):
        name = plain(text[amount.start : amount.end + 2])
        if len(name) > len(plain(amount.text)) and attested(name):
            continue
        number = _number_term(f"{abs(amount.value):f}")
        found.append(Concept(amount.text, (frozenset({number}),), optional=True))
        text = f"{text[: amount.start]} {text[amount.end :]}"
    return text, found


def _known(word: str) -> list[Concept]:
    """One concept: the word with the wordings that documents use for it."""
    wordings = dict.fromkeys((terms(word), *map(terms, _wordings().get(word, ()))))
    return [Concept(word, tuple(wordings))]


def _raw(text: str) -> list[Concept]:
    """The concepts of a run that no list knows: bare numbers, Latin words, Chinese runs."""
    found = []
    for run in _RUN.findall(text):
        if run in _direction_words() or (run[0].isascii() and run in words()["stop"]["en"]):
            continue
        found.append(Concept(run, (terms(run),), foreign=run[0].isascii() and not run[0].isdigit()))
    return found


def direction(text: str) -> Direction | None:
    """The way that a text says something went, by the first word that tells; the longest wins."""
    kinds: tuple[Direction, ...] = ("unchanged", "increase", "decrease")
    low = f" {simplified(text).lower()} "
    hits = [
        (low.find(word), -len(word), kind)
        for kind in kinds
        for word in words()["direction"][kind]
        if (re.search(rf"\b{word}\b", low) if word.isascii() else word in low)
    ]
    unchanged = [h for h in hits if h[2] == "unchanged"]
    return min(unchanged or hits)[2] if hits else None


def gloss(text: str) -> list[tuple[str, str]]:
    """The standard terms that occur in a Chinese text with their English names, in the text's order.

    Where one term stands inside another (公务接待 in 公务接待费), only the longer is named.
    """
    glossary = {name_key(zh): (zh, forms[0]) for zh, forms in words()["glossary"].items()}
    pattern = "|".join(re.escape(k) for k in sorted(glossary, key=len, reverse=True))
    found = dict.fromkeys(match.group() for match in re.finditer(pattern, name_key(text)))
    return [glossary[key] for key in found]

"""Which of the store's own names a question mentions: exact, by another name, by sound, in part.

Matching by sound (the same syllables, tones aside) is what finds typing errors: Chinese is typed
by sound, so that 公务接代费 for 公务接待费 is the ordinary slip.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pypinyin import lazy_pinyin

from ingest.values import name_key, without_ordinal
from qa.lexicon import Lexicon

MatchKind = Literal["exact", "alias", "core", "sound", "part"]
_QUALITY: dict[str, float] = {"exact": 1.0, "alias": 0.96, "ended": 0.95, "core": 0.92, "sound": 0.9}
_LONGEST_NAME = 48


@dataclass(frozen=True, slots=True)
class Match:
    """Characters ``start:end`` of the question's key mean the name ``label`` (a key)."""

    start: int
    end: int
    label: str
    quality: float
    """1 for the name itself, less for another name, a sound or a part."""
    kind: MatchKind


@lru_cache(maxsize=50_000)
def _syllable(char: str) -> str:
    return lazy_pinyin(char)[0] if "\u3400" <= char <= "\u9fff" else char


def syllables(text: str) -> str:
    """``接待`` -> ``jie dai ``: equal for names that sound alike."""
    return "".join(_syllable(c) + " " for c in text)


def label_key(label: str) -> str:
    """The comparable form of a row or column name: without its ordinal and its year."""
    return re.sub(r"(?:19|20)\d{2}(?:年度?|$)", "", name_key(without_ordinal(label)))


def _is_name(label: str, lexicon: Lexicon) -> bool:
    """Long enough to name something, and neither a filler nor a word for a kind of things (项目)."""
    kinds = (w for kind in ("filler", "kind_project", "kind_unit") for w in lexicon.words[kind])
    return len(label) > 1 and label not in kinds


def bracketless(label: str) -> str | None:
    """The key of a name without what it says in brackets, or the letter that codes it (货物A); None
    when it has neither."""
    bare = re.sub(r"[（(][^（）()]*[）)]|(?<=[\u3400-\u9fff])[A-Z]$", "", label)
    key = label_key(bare)
    return key if bare != label and len(key) > 1 else None


def _cores(label: str, ends: Sequence[str], starts: Sequence[str] = ()) -> Iterator[str]:
    """``三公经费总额`` -> 三公经费: the name without the words that add nothing at its ends."""
    core = label
    while start := next((w for w in starts if core.startswith(w)), None):
        core = core[len(start) :]
        if len(core) < 3:
            return
        yield core
    while end := next((w for w in ends if core.endswith(w)), None):
        core = core[: -len(end)]
        if len(core) < 3:
            return
        yield core


def bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


class Vocabulary:
    """Names to be found in questions. Built once for a set of documents."""

    def __init__(
        self, labels: Iterable[str], lexicon: Lexicon, variants: Iterable[tuple[str, str]] = ()
    ) -> None:
        """``variants``: (another form, name), such as a name without its brackets."""
        self.labels = frozenset(label for label in labels if _is_name(label, lexicon))
        self._lexicon = lexicon
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_bigram: dict[str, list[str]] = defaultdict(list)
        self._by_core: dict[str, list[str]] = defaultdict(list)
        for label in sorted(self.labels):
            self._by_sound[syllables(label)].append(label)
            for core in _cores(label, lexicon.words["name_end"], lexicon.words["name_start"]):
                self._by_core[core].append(label)
            for pair in bigrams(syllable_pairs(label)):
                self._by_bigram[pair].append(label)
        for form, label in sorted(variants):
            self._by_core[form].append(label)
        self._alias_by_sound = {syllables(k): k for k in lexicon.names_of if len(k) > 2}

    def weight(self, pair: str) -> float:
        """Rare pairs of characters tell more (inverse document frequency over the names)."""
        return math.log(1 + len(self.labels) / (4 + len(self._by_bigram.get(pair, ()))))

    def whole(self, text: str) -> Iterator[Match]:
        """Every span of the text that is a name, another name for one, or sounds like one."""
        sounds = [_syllable(c) + " " for c in text]
        for start in range(len(text)):
            for end in range(start + 2, min(len(text), start + _LONGEST_NAME) + 1):
                yield from self._at(text[start:end], "".join(sounds[start:end]), start, end)

    def other_names(self, span: str) -> tuple[str, ...]:
        """What the lexicon calls the same thing, for the span as typed or as it sounds."""
        names = self._lexicon.names_of
        return names.get(span) or names.get(self._alias_by_sound.get(syllables(span), ""), ())

    def spelt(self, span: str) -> str | None:
        """The one name that the span spells wrongly, by its sound; None where it is a name itself."""
        if span in self.labels or span in self._lexicon.names_of or span in self._by_core:
            return None
        sound = syllables(span)
        alias = self._alias_by_sound.get(sound)
        names = {*self._by_sound.get(sound, ()), *filter(None, [alias])}
        return names.pop() if len(names) == 1 else None

    def _at(self, span: str, sound: str, start: int, end: int) -> Iterator[Match]:
        if span in self.labels:
            yield Match(start, end, span, _QUALITY["exact"], "exact")
        names = self._lexicon.names_of.get(span)
        if names is None and end - start > 2:
            names = self._lexicon.names_of.get(self._alias_by_sound.get(sound, ""))
        for name in dict.fromkeys(names or ()):
            if name in self.labels and name != span:
                yield Match(start, end, name, _QUALITY["alias"], "alias")
        yield from self._cores_at(span, names or (), start, end)
        if end - start > 2:
            for label in self._by_sound.get(sound, ()):
                if label != span:
                    yield Match(start, end, label, _QUALITY["sound"], "sound")

    def _cores_at(self, span: str, names: Iterable[str], start: int, end: int) -> Iterator[Match]:
        """Names that differ from the span, or from another name for it, only by empty end words."""
        bare = next(_cores(span, self._lexicon.words["span_end"]), "")
        if bare in self.labels:
            yield Match(start, end, bare, _QUALITY["ended"], "core")
        for name in dict.fromkeys((span, *names, *filter(None, [bare]))):
            for core in dict.fromkeys((name, *self._lexicon.names_of.get(name, ()))):
                if core not in (span, bare) and core in self.labels and core not in names:
                    yield Match(start, end, core, _QUALITY["core"], "core")
                for label in self._by_core.get(core, ()):
                    if label != span:
                        yield Match(start, end, label, _QUALITY["core"], "core")

    def parts(self, text: str, start: int, end: int, least: float = 0.55) -> list[Match]:
        """Names that share most of the run ``start:end``, best first: an abbreviation of a long
        name, or a piece of it. Quality = share of the run's weight that the name holds, times a
        little for how much of the name the run covers."""
        run = syllable_pairs(text[start:end])
        pairs = sorted(bigrams(run))  # in one order, so that sums are the same each time
        weights = {p: self.weight(p) for p in pairs}
        total = sum(weights.values()) or 1.0
        shared: Counter[str] = Counter()
        for pair in pairs:
            for label in self._by_bigram.get(pair, ()):
                shared[label] += weights[pair]  # type: ignore[assignment]
        found = []
        for label, weight in shared.items():
            share = weight / total
            if share >= least and (len(run) > SHORT_RUN or _abbreviates(run, syllable_pairs(label))):
                own = math.fsum(self.weight(p) for p in bigrams(syllable_pairs(label))) or 1.0
                found.append(Match(start, end, label, 0.85 * share * (0.7 + 0.3 * weight / own), "part"))
        return sorted(found, key=lambda m: (-m.quality, m.label))[:40]


SHORT_RUN = 7
"""Up to this many characters a leftover must stand in the name whole, in order and in few pieces:
总建筑面积 is not 地上建筑面积, though most of it is."""
MOST_PIECES = 3


def _abbreviates(short: str, name: str) -> bool:
    pieces = pieces_of(short, name)
    return pieces is not None and pieces <= MOST_PIECES


def pieces_of(short: str, name: str) -> int | None:
    """Into how few pieces ``short`` falls when its characters stand in order in ``name``."""
    best: dict[int, int] = {}  # where the last matched character stands -> pieces so far
    for i, char in enumerate(short):
        step: dict[int, int] = {}
        for j in (j for j, c in enumerate(name) if c == char):
            if i == 0:
                step[j] = 1
                continue
            for last, pieces in best.items():
                if last < j:
                    count = pieces + (last + 1 != j)
                    step[j] = min(count, step.get(j, count))
        best = step
        if not best:
            return None
    return min(best.values(), default=None)


def syllable_pairs(text: str) -> str:
    """A text whose bigrams compare by sound: one private character a syllable."""
    return "".join(_code(_syllable(c)) for c in text)


_CODES: dict[str, str] = {}


def _code(syllable: str) -> str:
    if len(syllable) == 1 and syllable.isascii():
        return syllable
    return _CODES.setdefault(syllable, chr(0xE000 + len(_CODES)))

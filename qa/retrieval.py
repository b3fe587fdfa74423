"""The passages that a question may be about: BM25 over Chinese tokens and nearness in meaning, fused.

Chinese is written without spaces, so that its tokens are pairs of neighbouring characters; Latin words
and numbers are tokens of their own (``qa.terms``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.model import Document
from qa.snippets import Same
from qa.terms import concepts, tokens

K1, B = 1.2, 0.75
"""BM25's usual settings: how soon a repeated token counts no more, how much a long passage pays."""

WORDS_WEIGHT = 0.4
"""What the words count beside nearness in meaning: docs/decisions/passage-retrieval.md."""

Place = tuple[int, int]
"""Document id and passage index."""


class _Index(NamedTuple):
    """What BM25 needs of one document's passages."""

    counts: tuple[Counter[str], ...]
    frequency: Counter[str]
    length: int


@lru_cache(maxsize=128)
def _index(key: Same) -> _Index:
    counts = tuple(Counter(tokens("，".join((*p.section, p.text)))) for p in key.document.passages)
    frequency = Counter(token for count in counts for token in count)
    return _Index(counts, frequency, sum(count.total() for count in counts))


def by_words(
    question: str, documents: Sequence[tuple[int, Document]], ignore: Sequence[str] = ()
) -> dict[Place, float]:
    """BM25 of every passage that shares a token with the question, best first. ``ignore``: words of the
    question that are explained already. English questions are asked in the words that documents print."""
    indexes = [(i, _index(Same(d))) for i, d in documents]
    size = sum(len(index.counts) for _, index in indexes)
    if not size:
        return {}
    mean = sum(index.length for _, index in indexes) / size
    asked = Counter(t for c in concepts(question, ignore) for wording in c.alternatives for t in wording)
    weight = {token: _idf(sum(index.frequency[token] for _, index in indexes), size) for token in asked}
    found: dict[Place, float] = {}
    for document_id, index in indexes:
        for place, count in enumerate(index.counts):
            length = K1 * (1 - B + B * count.total() / mean) if mean else K1
            score = sum(w * n * (K1 + 1) / (n + length) for t, w in weight.items() if (n := count[t]))
            if score > 0:
                found[document_id, place] = score
    return dict(sorted(found.items(), key=lambda f: (-f[1], f[0])))


def _idf(frequency: int, size: int) -> float:
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def fused(
    words: Mapping[Place, float], meanings: Mapping[Place, float], weight: float = WORDS_WEIGHT
) -> dict[Place, float]:
    """Both scores spread over 0..1 and weighed, ``weight`` for the words; best first."""
    scaled = _scaled(words), _scaled(meanings)
    places = dict.fromkeys([*words, *meanings])
    both = {p: weight * scaled[0].get(p, 0.0) + (1 - weight) * scaled[1].get(p, 0.0) for p in places}
    return dict(sorted(both.items(), key=lambda f: (-f[1], f[0])))


def _scaled(scores: Mapping[Place, float]) -> dict[Place, float]:
    """Spread over 0..1: a model's similarities lie close together."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {p: (s - low) / (high - low) if high > low else 1.0 for p, s in scores.items()}

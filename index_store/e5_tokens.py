"""Texts cut into pieces for the bundled model.

Ours, because the ``tokenizers`` package gives the same pieces for 220 MB more of memory
(docs/decisions/ingestion-speed.md).
"""

from __future__ import annotations

import re

from index_store.e5_weights import Weights

_WORD_START = "\u2581"
_IMPOSSIBLE = -1e30


class Tokens:
    """The pieces of the vocabulary that are likeliest together (SentencePiece unigram)."""

    def __init__(self, weights: Weights) -> None:
        self.first, self.last, self._unknown = weights.first, weights.last, weights.unknown
        scores = weights.scores.tolist()
        self._known = {
            piece: (number, score)
            for number, (piece, score) in enumerate(zip(weights.pieces, scores, strict=True))
            if piece and number != self._unknown
        }
        self._replaced = weights.replaced
        self._longest = max(map(len, self._known))
        self._unknown_score = min(scores) - 10

    def of(self, text: str) -> list[int]:
        """The numbers of the text's pieces, without the first and the last that the model wants."""
        text = re.sub("  +", " ", text.translate(self._replaced))
        text = (text if text.startswith(" ") else " " + text).replace(" ", _WORD_START)
        size = len(text)
        best = [0.0] + [_IMPOSSIBLE] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        """For each end: the last piece before it, and where that starts."""
        for start in range(size):
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._known.get(text[start:end])
                if piece and best[start] + piece[1] > best[end]:
                    best[end], back[end] = best[start] + piece[1], (piece[0], start)
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                back[start + 1] = (self._unknown, start)
        tokens = []
        end = size
        while end:
            token, end = back[end]
            tokens.append(token)
        return tokens[::-1]

"""What of a document is embedded: how a row or a passage reads when it stands alone.

Texts, not places: the same row of a thousand documents reads the same and is embedded once.
"""

from __future__ import annotations

import hashlib
import re

from ingest.model import Row, Table
from ingest.values import fold

CHUNK_CHARACTERS = 400
"""Longest text embedded as one: within 512 tokens of Chinese for the bundled model, and within
256 of English for small sentence-transformers models."""

_HEAD_CHARACTERS = 120
"""What of a passage's chunk is embedded: its beginning says what it is about. Of 179 questions, the
passage that answers is among the first 20 as often as with whole chunks, which take 13 % longer."""

_STEP = " > "
"""Between the title of a table and the parts of a row's path."""

_YEAR = re.compile(
    r"(?:(?:19|20)\d\d|[一二][〇零○一二三四五六七八九]{3}|(?:中[华華])?民[国國]\d{2,3})"
    r"(?:\s*[-–—~至]\s*(?:19|20)\d\d)?\s*(?:财年|財年|学年|年度|年)"
    r"|(?:(?:FY|fiscal year)\s*)?(?<![\d.])(?:19|20)\d\d(?:\s*[/–-]\s*\d{2,4})?(?![\d.])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]?")


def reading_id(text: str) -> str:
    """The same text has the same id in every store and every run."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def without_year(title: str) -> str:
    """A table's title as every year's document prints it: ``2024年部门预算表`` -> ``部门预算表``."""
    folded = fold(title)
    return " ".join(_YEAR.sub(" ", folded).split()) or folded


def row_reading(table: Table, row: Row) -> str:
    """``table title without its year > row path``.

    A row without a label (a table of one row, as “三公”经费 often is) reads as its columns do.
    """
    path = [part for part in row.path if part] or [_column_names(table)]
    return _STEP.join(part for part in (without_year(table.title), *path) if part)


def row_parts(reading: str) -> list[str]:
    """The title and the parts of the path that a ``row_reading`` is made of."""
    return reading.split(_STEP)


def _column_names(table: Table) -> str:
    names = dict.fromkeys(column.path[-1] for column in table.columns if column.path)
    return "、".join(names)[:CHUNK_CHARACTERS]


def passage_parts(reading: str) -> list[str]:
    """The beginning of one of the ``passage_readings``."""
    return [reading[:_HEAD_CHARACTERS]]


def passage_readings(text: str) -> list[str]:
    """The text in pieces short enough to embed, cut between sentences where that is possible."""
    pieces: list[str] = []
    for sentence in _SENTENCE.findall(text):
        for start in range(0, len(sentence), CHUNK_CHARACTERS):
            part = sentence[start : start + CHUNK_CHARACTERS]
            if pieces and len(pieces[-1]) + len(part) <= CHUNK_CHARACTERS:
                pieces[-1] += part
            else:
                pieces.append(part)
    return [piece.strip() for piece in pieces if piece.strip()]

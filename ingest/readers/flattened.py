"""Text flattened out of a PDF: every printed line followed by a blank line, cells by a space."""

from __future__ import annotations

from ingest.grid import Grid, TextLine
from ingest.model import Place

_NOWHERE = Place()


def is_flattened(text: str) -> bool:
    """Whether cells and paragraphs close with a space and a blank line follows most lines."""
    lines = [line for line in text.split("\n") if line.strip()]
    closed = sum(line.endswith(" ") for line in lines)
    blank_after = text.count("\n\n")
    return "\t" not in text and blank_after > len(lines) / 2 and closed > len(lines) / 10


def read_blocks(text: str) -> tuple[TextLine | Grid, ...]:
    return tuple(TextLine(line.strip(), _NOWHERE) for line in text.split("\n") if line.strip())

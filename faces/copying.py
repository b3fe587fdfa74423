"""An answer to be pasted elsewhere, always with its sources: as text into a memo, as Markdown, and as
rows into a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from faces.citing import where, written
from faces.export import unarmed
from faces.wording import Words
from qa.answer import Answer, Figure

_MARKDOWN_TRAPS = re.compile(r"[\\<>`_~|]|!(?=\[)|(?<=\])[(:]|^#+", re.MULTILINE)
"""What Markdown would read as more than emphasis and a list, which an answer's own text has."""


def plain_text(answer: Answer, words: Words) -> str:
    """The answer with its sources, to paste into a memo."""
    text = re.sub(r"[*`]|^#+ ", "", answer.text, flags=re.MULTILINE).strip()
    return "\n".join([text, *_beside(answer, words), *_source_lines(answer, words)])


def as_markdown(answer: Answer, words: Words) -> str:
    """The answer with its sources as Markdown, in which a document's own markup stays text."""
    parts = [*answer.text.strip().splitlines(), *_beside(answer, words)]
    sources = [f"- {line}" for line in _source_lines(answer, words)]
    return "\n".join([*map(tamed, _spaced(parts)), "", *map(tamed, sources)])


def as_rows(answer: Answer) -> str:
    """A line for each figure, its fields set apart by tabs: label, value, unit, document, page, table
    or section, row, column. A result has the places of everything that went into it."""
    return "\n".join("\t".join(map(_field, _row(figure, answer))) for figure in answer.figures)


def unsaid_warnings(answer: Answer) -> list[str]:
    """The warnings that the answer's own text does not give."""
    return [warning for warning in answer.warnings if warning not in answer.text]


def _beside(answer: Answer, words: Words) -> list[str]:
    """Working and warnings, unless the text has them."""
    working = [
        f"{words['calculation']}: {written(c)}" for c in answer.calculations if written(c) not in answer.text
    ]
    return [*working, *(f"{words['warnings']}: {warning}" for warning in unsaid_warnings(answer))]


def _source_lines(answer: Answer, words: Words) -> list[str]:
    return [f"[{c.n}] {where(c, words)}: {c.quote}" for c in answer.citations]


def _spaced(lines: Iterable[str]) -> list[str]:
    """Two spaces at its end keep a line of Markdown a line."""
    return [line if line.startswith("- ") else f"{line}  " for line in lines]


def tamed(text: str) -> str:
    """The text for Markdown, in which it stays text: only its emphasis and its lists count."""
    return _MARKDOWN_TRAPS.sub(lambda match: "".join(f"\\{character}" for character in match[0]), text)


def _row(figure: Figure, answer: Answer) -> tuple[str, ...]:
    cited = [c for c in answer.citations if c.n in figure.citations]
    return (
        figure.label,
        f"{figure.value:f}",
        figure.unit or "",
        _all(c.doc for c in cited),
        _all(str(c.page_number) for c in cited if c.page_number),
        _all(c.table or c.section for c in cited),
        _all(c.row for c in cited),
        _all(c.column for c in cited),
    )


def _all(names: Iterable[str | None]) -> str:
    return "; ".join(dict.fromkeys(name for name in names if name))


def _field(text: str) -> str:
    """One field of a spreadsheet's row: no tab or line of its own, and never a formula."""
    return unarmed(" ".join(text.split()))

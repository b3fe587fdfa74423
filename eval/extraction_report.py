"""The accuracy report of reading: documents generated, read, compared, and counted by layout family."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from eval.corpus import writers
from eval.corpus.generate import generate
from eval.corpus.style import families
from eval.extraction import Difference, measure

_MOST_DIFFERENCES = 10_000
"""Kept for listing; counts go on."""
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("docs", "documents"),
    ("tables", "tables"),
    ("right", "tables right"),
    ("missing", "tables missing"),
    ("split", "tables split"),
    ("merged", "tables merged"),
    ("invented", "tables invented"),
    ("cells", "cells"),
    ("right", "cells right"),
    ("wrong", "cells wrong"),
    ("missing", "cells missing"),
    ("invented", "cells invented"),
    ("unmarked", "cells invented unmarked"),
)
_SHARES: tuple[tuple[str, str], ...] = (
    ("headers", "columns"),
    ("rows", "rows"),
    ("sentences", "statements"),
    ("identity", "identity"),
    ("cells", "cells"),
)


@dataclass(slots=True)
class Report:
    """Counts by layout family and format, and the first differences."""

    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def add(self, family: str, file_format: str, counts: Counter[str], found: Sequence[Difference]) -> None:
        self.counts.setdefault((family, file_format), Counter()).update(counts)
        self.differences += found[: max(0, _MOST_DIFFERENCES - len(self.differences))]

    @property
    def total(self) -> Counter[str]:
        whole: Counter[str] = Counter()
        for counts in self.counts.values():
            whole.update(counts)
        return whole

    @property
    def accuracy(self) -> float:
        """The share of the printed cells that were read wholly right, 0 to 1."""
        return _share(self.total, "cells")

    def write_json(self, path: Path) -> None:
        """The counts of every family and format, and all differences kept."""
        content = {
            "accuracy": round(self.accuracy, 6),
            "families": [
                {"family": family, "format": file_format, **counts}
                for (family, file_format), counts in self.counts.items()
            ],
            "differences": [asdict(difference) for difference in self.differences],
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def lines(self) -> Iterator[str]:
        """The table for people: counts, then shares in hundredths."""
        yield _line("family", "format", [head for head, _ in _COLUMNS], [head for head, _ in _SHARES])
        rows = [*self.counts.items()]
        if len(rows) > 1:
            rows.append((("all", ""), self.total))
        for (family, file_format), counts in rows:
            numbers = [str(counts[key]) for _, key in _COLUMNS]
            shares = [f"{_share(counts, key):.2%}" for _, key in _SHARES]
            yield _line(family, file_format, numbers, shares)
        total = self.total
        found, planted = total["contradictions right"], total["contradictions"]
        yield f"audit: {found} of {planted} planted contradictions found"
        yield f"audit: {total['findings unfounded']} certain findings where none was planted"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which documents to generate."""

    documents: int
    """Spread over the families."""
    seed: int
    """The first; each round through the families takes the next."""
    formats: tuple[str, ...]
    """Of ``writers.FORMATS``; every document is written in each."""
    families: tuple[str, ...] = ()
    """Of ``style.families()``; all, if none is named."""
    scale: int = 2
    """From 1 to 200: how large they are; 2 makes some 15 pages, 60 up to 160."""
    contradictions: int = 0
    """Planted into each document."""


def write_corpus(folder: Path, plan: Plan) -> Iterator[tuple[str, str, Path]]:
    """Family, format and path of each file, as it is written."""
    names = plan.families or tuple(families())
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(plan.documents):
        family = names[number % len(names)]
        document = generate(
            family,
            plan.seed + number // len(names),
            scale=plan.scale,
            contradictions=plan.contradictions,
        )
        for file_format in plan.formats:
            yield family, file_format, writers.write(document, folder, file_format)


def measure_corpus(folder: Path, plan: Plan, *, keep: bool) -> Report:
    """Write, read and compare one file after the other; ``keep`` leaves them in the folder."""
    report = Report()
    for family, file_format, path in write_corpus(folder, plan):
        reading = measure(path)
        report.add(family, file_format, reading.counts, reading.differences)
        if not keep:
            path.unlink()
    return report


def _share(counts: Counter[str], key: str) -> float:
    return counts[f"{key} right"] / counts[key] if counts[key] else 1.0


def _line(family: str, file_format: str, numbers: Sequence[str], shares: Sequence[str]) -> str:
    return (
        family.ljust(19)
        + file_format.ljust(7)
        + "".join(number.rjust(9) for number in numbers)
        + "".join(share.rjust(10) for share in shares)
    )


def shortened(text: str, columns: int) -> str:
    """The text cut to so many columns of a terminal, in which a Chinese character takes two."""
    used = 0
    for i, char in enumerate(text):
        used += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used > columns:
            return text[:i] + "…"
    return text

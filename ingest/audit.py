"""Does a document agree with itself?

``audit_tables`` looks within and between its tables, ``audit_prose`` inside its sentences and
between them and the tables. The rules, their words and their sources are in ``audit.toml``; what
all of them share is in ``audit_parts``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest.model import Document, Finding

SIDES: tuple[Callable[[Document], Iterator[Finding]], ...] = ()


def audit(document: Document) -> tuple[Finding, ...]:
    """Everything found, in the order of the pages; () where nothing is wrong."""
    found = [finding for side in SIDES for finding in side(document)]
    return tuple(sorted(found, key=_page))


def _page(finding: Finding) -> int:
    return next((p.place.page_number for p in finding.places if p.place.page_number is not None), 0)

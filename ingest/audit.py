"""Does a document agree with itself?

``audit_tables`` looks within and between its tables, ``audit_prose`` inside its sentences and
between them and the tables. The rules, their words and their sources are in ``audit.toml``; what
all of them share is in ``audit_parts``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.audit_parts import rules
from ingest.audit_prose import prose_findings
from ingest.audit_tables import audit_tables
from ingest.model import Document, Finding, FindingPlace


@dataclass(frozen=True, slots=True)
class Audited:
    findings: tuple[Finding, ...]
    """In the order of the pages; () where nothing is wrong."""
    checked: dict[str, int]
    """For each rule that found something to check, how many relations it checked."""


def audit(document: Document) -> tuple[Finding, ...]:
    """Where the document disagrees with itself, in the order of the pages; () where nowhere."""
    return examine(document).findings


def examine(document: Document) -> Audited:
    """What ``audit`` finds, and what was checked to find it."""
    tables = audit_tables(document)
    wrong_cells = {_spot(finding.places[0]) for finding in tables.findings}
    # Prose that disagrees with a wrong cell is right: the cell's own finding tells of it.
    prose = [f for f in prose_findings(document) if not wrong_cells & set(map(_spot, f.places[1:]))]
    checked = Counter(tables.checked)
    found = sorted((*tables.findings, *prose), key=_page)
    return Audited(tuple(found), {name: checked[name] for name in rules() if checked[name]})


def _spot(place: FindingPlace) -> tuple[object, ...]:
    return place.place, place.table, place.row, place.column


def _page(finding: Finding) -> int:
    return next((p.place.page_number for p in finding.places if p.place.page_number is not None), 0)

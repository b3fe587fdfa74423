"""Does a document agree with itself?

``checks.tables`` looks within and between its tables, ``checks.prose`` inside its sentences and
between them and the tables. The rules, their words and their sources are in ``audit.toml``; what
all of them share is in ``checks.parts``.
"""

from __future__ import annotations

from ingest.checks.parts import rules
from ingest.checks.prose import prose_findings
from ingest.checks.tables import audit_tables
from ingest.model import Document, Finding, FindingPlace


def audit(document: Document) -> tuple[Finding, ...]:
    """Where the document disagrees with itself, in the order of the pages; () where nowhere."""
    tables = audit_tables(document).findings
    wrong_cells = {_spot(finding.places[0]) for finding in tables}
    # Prose that disagrees with a wrong cell is right: the cell's own finding tells of it.
    prose = [f for f in prose_findings(document) if not wrong_cells & set(map(_spot, f.places[1:]))]
    return tuple(sorted((*tables, *prose), key=_page))


def count_checked(document: Document) -> dict[str, int]:
    """For each rule that has something to check in the tables, how many relations it checks."""
    checked = audit_tables(document).checked
    return {name: checked[name] for name in rules() if checked[name]}


def _spot(place: FindingPlace) -> tuple[object, ...]:
    return place.place, place.table, place.row, place.column


def _page(finding: Finding) -> int:
    return next((p.place.page_number for p in finding.places if p.place.page_number is not None), 0)

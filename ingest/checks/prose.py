"""What a document's prose says against itself and against the document's tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.checks.accounts import Accounts, compare
from ingest.checks.headlines import Headlines, headline_findings, near_findings, other_year_findings
from ingest.checks.last_year import last_year_findings
from ingest.checks.moves import growth_findings, read_moves
from ingest.checks.names import name_findings
from ingest.checks.parts import is_recognised, weaker
from ingest.checks.shares import share_findings
from ingest.checks.sums import sum_findings
from ingest.checks.text import text_findings
from ingest.checks.told import read_prose
from ingest.model import Document, Finding, FindingPlace


def prose_findings(document: Document) -> Iterator[Finding]:
    """Where the sentences disagree with each other or with the tables; one finding for one mistake,
    none certain where text recognition has read the document."""
    echoed: set[FindingPlace] = set()
    is_scan = is_recognised(c for table in document.tables for row in table.rows for c in row.cells)
    for finding in _all_findings(document):
        fault = finding.places[0]
        if finding.kind != "text":
            others = finding.places[1:] if finding.rule == "told_sum" else ()
            if fault in echoed or not echoed.isdisjoint(others):
                continue
            echoed.add(fault)
        yield replace(finding, severity=weaker(finding.severity, "suspected")) if is_scan else finding


def _all_findings(document: Document) -> Iterator[Finding]:
    """From what tells most surely which figure is wrong to what only tells that one is."""
    prose, accounts = read_prose(document), Accounts(document)
    headlines, moves = Headlines(accounts), read_moves(prose)
    for index, own in moves.items():
        compared = compare(prose, accounts, index, own)
        yield from compared.findings
        settled = [replace(m, now=tuple(compared.meant.get(t, t) for t in m.now)) for m in own]
        yield from growth_findings(prose, settled, compared.confirmed)
    yield from headline_findings(prose, accounts, headlines)
    yield from sum_findings(prose, accounts, moves)
    yield from last_year_findings(prose, accounts, headlines, moves)
    yield from share_findings(prose)
    yield from near_findings(prose, accounts)
    yield from other_year_findings(prose, accounts, headlines)
    yield from name_findings(prose, accounts)
    yield from text_findings(prose, moves)

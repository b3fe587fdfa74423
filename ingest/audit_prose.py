"""What a document's prose says against itself and against the document's tables."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.audit_accounts import Accounts, compare
from ingest.audit_moves import growth_findings, read_moves
from ingest.audit_told import read_prose
from ingest.model import Document, Finding


def prose_findings(document: Document) -> Iterator[Finding]:
    """Everything that the sentences disagree in, passage by passage."""
    prose, accounts = read_prose(document), Accounts(document)
    for index, moves in read_moves(prose).items():
        compared = compare(prose, accounts, index, moves)
        yield from compared.findings
        yield from growth_findings(prose, moves, compared.confirmed)

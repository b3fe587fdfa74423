"""Which planted contradictions the audit found, and which findings nobody planted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.model import Finding, FindingPlace
from ingest.values import parse_number, squeeze

Contradiction = dict[str, Any]
"""A finding of a truth file, in the form of TABLES.md."""


def missed(planted: Sequence[Contradiction], findings: Sequence[Finding]) -> list[Contradiction]:
    """The contradictions that no finding tells: at the same place, with what is printed there."""
    told = [finding for finding in findings if finding.severity != "note"]
    return [c for c in planted if not any(_tells(finding, c) for finding in told)]


def unfounded(planted: Sequence[Contradiction], findings: Sequence[Finding]) -> list[Finding]:
    """The findings called certain that touch no place where a contradiction was planted."""
    places = [place for contradiction in planted for place in contradiction["places"]]
    return [
        finding
        for finding in findings
        if finding.severity == "certain"
        and not any(_same_place(own, place) for own in finding.places for place in places)
    ]


def _tells(finding: Finding, planted: Contradiction) -> bool:
    same_place = any(_same_place(own, place) for own in finding.places for place in planted["places"])
    return same_place and _same_text(finding.printed, planted["printed"])


def _same_place(own: FindingPlace, planted: dict[str, Any]) -> bool:
    """A cell by its row and column, a sentence by its words."""
    if planted["table"] is None:
        return own.table is None and squeeze(own.quote) in squeeze(planted["quote"])
    if own.table is None or squeeze(planted["table"]) not in squeeze(own.table):
        return False
    return (own.row or "", own.column or "") == (planted["row"], planted["column"])


def _same_text(printed: str, planted: str) -> bool:
    number = parse_number(planted)
    if number is not None:
        return parse_number(printed) == number
    return squeeze(planted) in squeeze(printed)

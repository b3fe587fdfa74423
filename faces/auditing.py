"""What an audit found, in the fixed outside format and in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ingest.audit import count_checked
from ingest.checks.parts import rules
from ingest.model import Document, FindingPlace

SEVERITIES = ("certain", "suspected", "note")
_MOST_PLACES = 6
"""Places that are shown of those that a finding disagrees with."""


def audit_of(document: Document) -> dict[str, Any]:
    """``findings``: as kept with the document, in the outside format; ``checked``: for each rule in
    plain words, how many relations of the tables were checked."""
    findings = [
        {
            "doc": document.file_name,
            "kind": finding.kind,
            "severity": finding.severity,
            "rule": finding.rule,
            "where": finding.where,
            "printed": finding.printed,
            "expected": finding.expected,
            "unit": finding.unit,
            "message": finding.message,
            "places": [_place(place) for place in finding.places],
        }
        for finding in document.findings
    ]
    checked = {rules()[name].text: count for name, count in count_checked(document).items()}
    return {"findings": findings, "checked": checked}


def _place(place: FindingPlace) -> dict[str, Any]:
    return {
        "page": place.place.page_number,
        "bbox": None if place.place.bbox is None else list(place.place.bbox),
        "table": place.table,
        "row": place.row,
        "column": place.column,
        "section": place.section,
        "quote": place.quote,
    }


def audit_lines(audited: Mapping[str, Any]) -> Iterator[str]:
    """The findings by severity, each with its rule and places; then what was checked."""
    findings = sorted(audited["findings"], key=lambda f: SEVERITIES.index(f["severity"]))
    for severity, group in groupby(findings, key=lambda f: f["severity"]):
        found = list(group)
        yield f"{severity}: {len(found)}"
        for finding in found:
            yield from _finding_lines(finding)
        yield ""
    if not findings:
        yield "no contradictions found"
    yield "checked in the tables:" if audited["checked"] else "no figures in tables to check"
    for text, count in audited["checked"].items():
        yield f"{count:>7}  {text}"


def _finding_lines(finding: Mapping[str, Any]) -> Iterator[str]:
    rule = rules().get(finding["rule"])
    yield f"  {finding['message']}"
    if rule is not None:
        yield f"      规则：{rule.text}"
    faulty, *others = finding["places"] or [None]
    if faulty is not None:
        yield f"      {_place_line(finding['doc'], faulty)}"
    for place in others[:_MOST_PLACES]:
        yield f"      对照 {_place_line(finding['doc'], place)}"
    if len(others) > _MOST_PLACES:
        yield f"      对照 … {len(others) - _MOST_PLACES} more"


def _place_line(doc: str, place: Mapping[str, Any]) -> str:
    page = None if place["page"] is None else f"p.{place['page']}"
    parts: Sequence[str | None] = (
        doc,
        page,
        place["table"] or place["section"],
        place["row"],
        place["column"],
    )
    return f"{' · '.join(filter(None, parts))}: {place['quote']}"

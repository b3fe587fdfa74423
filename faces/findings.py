"""What an audit found, as markup, as citations for the evidence, and as records to export."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from faces.auditing import SEVERITIES
from faces.export import Form
from faces.wording import Words
from ingest.audit import count_checked
from ingest.checks.parts import rules
from ingest.model import Document, Finding
from qa.answer import Citation
from qa.contradictions import citation_at

FORMS: tuple[Form, ...] = ("csv", "xlsx", "json")


def findings_html(document: Document, severity: str, words: Words) -> str:
    """The findings of one severity, or of all ("" for ``severity``), the gravest first; then what was
    checked. A button of each leads to its places, by its number in the document."""
    wanted = [f for f in enumerate(document.findings) if severity in ("", f[1].severity)]
    wanted.sort(key=lambda numbered: SEVERITIES.index(numbered[1].severity))
    lines = "".join(_finding(number, finding, words) for number, finding in wanted)
    body = f'<ol class="findings">{lines}</ol>' if wanted else ""
    if not wanted and document.findings:
        body = f'<p class="hint">{escape(words["audit_filtered"])}</p>'
    return f"{_summary(document, words)}{body}{_checked(document, words)}"


def _summary(document: Document, words: Words) -> str:
    if not document.findings:
        return f'<p class="clean">{escape(words["audit_clean"])}</p>'
    counts: Counter[str] = Counter(finding.severity for finding in document.findings)
    found = words["joint"].join(f"{words['severity_' + s]} {counts[s]}" for s in SEVERITIES if counts[s])
    told = words["audit_counts"].format(count=len(document.findings), found=found)
    forms = "".join(
        f'<button type="button" class="save" data-form="{form}">{form.upper()}</button>' for form in FORMS
    )
    return (
        f'<p class="counts">{escape(told)}</p>'
        f'<p class="downloads"><span>{escape(words["export_findings"])}</span>{forms}</p>'
    )


def _finding(number: int, finding: Finding, words: Words) -> str:
    show = words["audit_show" if len(finding.places) > 1 else "audit_show_one"]
    button = f'<button type="button" class="both" data-finding="{number}">{escape(show)}</button>'
    severity = escape(words["severity_" + finding.severity])
    return (
        f'<li class="{finding.severity}"><b class="severity">{severity}</b>'
        f"<div><p>{escape(_message(finding, words))}</p>"
        f'<p class="rule">{escape(words["audit_rule"])}: {escape(rule_text(finding.rule, words))}</p>'
        f"{button if finding.places else ''}</div></li>"
    )


def _message(finding: Finding, words: Words) -> str:
    """In Chinese what the audit says; in English the place, what is printed there and what the rule gives."""
    if words["language"] == "zh":
        return finding.message
    unit = finding.unit or ""
    return (
        f"{finding.where}: {words['audit_printed']} {finding.printed}{unit}; "
        f"{words['audit_expected']} {finding.expected}{unit}"
    )


def rule_text(name: str, words: Words) -> str:
    """The rule in plain words, in the language of the page."""
    return rules()[name].text if words["language"] == "zh" else _english_rules()[name]


@cache
def _english_rules() -> dict[str, str]:
    told: dict[str, str] = tomllib.loads(
        resources.files("faces").joinpath("rules_en.toml").read_text(encoding="utf-8")
    )
    return told


def _checked(document: Document, words: Words) -> str:
    counts = count_checked(document)
    if not counts:
        return f'<p class="hint">{escape(words["audit_unchecked"])}</p>'
    lines = "".join(
        f"<tr><td>{escape(rule_text(name, words))}</td><td>{count:,}</td></tr>"
        for name, count in counts.items()
    )
    summary = escape(words["audit_checked"].format(count=f"{sum(counts.values()):,}"))
    opened = "" if document.findings else " open"
    return f'<details class="checked"{opened}><summary>{summary}</summary><table>{lines}</table></details>'


def citations_of(finding: Finding, document_id: int, file_name: str) -> list[Citation]:
    """The places of a finding, the faulty one first; a place that is named twice is given once."""
    places = dict.fromkeys(finding.places)
    return [citation_at(place, n, document_id, file_name) for n, place in enumerate(places, start=1)]


def finding_records(findings: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The findings of ``faces.auditing.audit_of`` in a line each, for a sheet: the rule in words, and of
    every place where it is and what is printed there."""
    for finding in findings:
        places = finding["places"]
        flat = {name: value for name, value in finding.items() if name != "places"}
        yield flat | {"rule_text": rules()[finding["rule"]].text, "places": [_in_words(p) for p in places]}


def _in_words(place: dict[str, Any]) -> str:
    page = f"p.{place['page']}" if place["page"] else None
    where = (page, place["table"] or place["section"], place["row"], place["column"])
    return f"{' · '.join(part for part in where if part)}: {place['quote']}"

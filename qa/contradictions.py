"""A figure that its document contradicts is given with a warning, and with the places that disagree."""

from __future__ import annotations

from dataclasses import replace

from ingest.checks.parts import rules
from ingest.model import Finding, FindingPlace
from ingest.values import name_key
from qa.answer import Answer, Citation
from qa.facts import DocumentFacts
from qa.phrases import marks, phrase
from qa.scope import Library


def with_contradictions(answer: Answer, library: Library) -> Answer:
    """The answer; where a cited figure is part of a contradiction that the audit is certain of, with a
    warning that names the rule and cites every place of it."""
    cited = {citation.document_id for citation in answer.citations}
    for facts in library.facts():
        if facts.document_id not in cited:
            continue
        for finding in facts.document.findings:
            if finding.severity == "certain" and _concerns(finding, facts, answer):
                answer = _warned(answer, finding, facts)
    return answer


def _concerns(finding: Finding, facts: DocumentFacts, answer: Answer) -> bool:
    return any(
        _is_at(citation, place)
        for citation in answer.citations
        if citation.document_id == facts.document_id
        for place in finding.places
    )


def _is_at(citation: Citation, place: FindingPlace) -> bool:
    """Whether both are one cell, or the one sentence has the other in it."""
    if citation.page_number != place.place.page_number:
        return False
    if citation.bbox is not None and citation.bbox == place.place.bbox:
        return True
    ours, theirs = name_key(citation.quote), name_key(place.quote)
    if place.row is None or citation.row is None:
        return place.row is citation.row and bool(ours) and (ours in theirs or theirs in ours)
    same_row = name_key(place.row).endswith(name_key(citation.row.rpartition(" > ")[2]))
    same_column = name_key(place.column or "") == name_key(citation.column or "")
    return citation.bbox is None and ours == theirs and same_row and same_column


def citation_at(place: FindingPlace, n: int, document_id: int, file_name: str) -> Citation:
    """A place that the audit names, as citation ``n`` of something."""
    return Citation(
        n=n,
        document_id=document_id,
        doc=file_name,
        quote=place.quote,
        page_number=place.place.page_number,
        bbox=place.place.bbox,
        section=place.section,
        table=place.table,
        row=place.row,
        column=place.column,
    )


def _warned(answer: Answer, finding: Finding, facts: DocumentFacts) -> Answer:
    citations = list(answer.citations)
    numbers = []
    for place in finding.places:
        known = next(
            (c for c in citations if c.document_id == facts.document_id and _is_at(c, place)), None
        ) or citation_at(place, len(citations) + 1, facts.document_id, facts.document.file_name)
        if known not in citations:
            citations.append(known)
        numbers.append(known.n)
    warning = phrase(answer.language, "contradiction", rule=rules()[finding.rule].text, marks=marks(numbers))
    return replace(answer, citations=tuple(citations), warnings=(*answer.warnings, warning))

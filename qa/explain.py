"""Why a question was answered as it was: the Request, what each target may mean, and why the rest lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.mentions import ItemMention
from qa.phrases import describe
from qa.reading import Linked, is_enough, unexplained
from qa.resolve import documents_for, link_target
from qa.scope import Library
from qa.understanding import Understood

SHOWN = 6
"""Candidates of a target that are told, best first."""
_MATCHES_SHOWN = 3


def explain(understood: Understood, library: Library, lexicon: Lexicon) -> dict[str, Any]:
    """The question as understood, in plain values: what it asks for, and for each target the names
    with their matches, the documents looked in, and the candidates with score, reasons and verdict."""
    request = understood.request
    asked = {
        "intent": request.intent,
        "measure": request.measure,
        "combination": request.combination,
        "unit": request.unit,
        "decimals": request.decimals,
        "top": request.top,
        "numbers": [amount.text for amount in request.numbers],
    }
    roles = [("part", t) for t in request.targets] + [("whole", t) for t in request.denominators]
    return {
        "request": {name: value for name, value in asked.items() if value not in (None, [], ())},
        "unknown_body": understood.unknown_body,
        "targets": [
            {
                "role": role,
                "asks_for": target.describe(),
                "names": [_name(item) for item in (*target.items, *target.context)],
                "documents": [d.document.file_name for d in documents_for(target, understood, library)],
                "candidates": _candidates(understood, link_target(target, understood, library, lexicon)),
            }
            for role, target in roles
        ],
    }


def _name(item: ItemMention) -> dict[str, Any]:
    matches = sorted(item.matches, key=lambda m: -m.quality)[:_MATCHES_SHOWN]
    return {
        "text": item.text,
        "known": item.is_known_name,
        "matches": [f"{m.label} ({m.kind} {m.quality:.2f})" for m in matches],
    }


def _candidates(understood: Understood, linked: Linked) -> list[dict[str, Any]]:
    shown = linked.ranked[:SHOWN]
    return [
        {
            "figure": " ".join(filter(None, (candidate.text.strip(), candidate.unit))),
            "label": describe(candidate),
            "place": _place(candidate),
            "score": round(candidate.score, 2),
            "reasons": list(candidate.reasons),
            "verdict": _verdict(understood, linked, candidate, shown),
        }
        for candidate in shown
    ]


def _place(candidate: Candidate) -> str:
    page = f"p.{candidate.place.page_number}" if candidate.place.page_number else ""
    where = candidate.table.table.title if candidate.table else candidate.section or "prose"
    return " · ".join(filter(None, (candidate.facts.document.file_name, page, where)))


def _verdict(understood: Understood, linked: Linked, candidate: Candidate, shown: Sequence[Candidate]) -> str:
    if not is_enough(understood, linked.target, [candidate]):
        left = unexplained(understood, [candidate], linked.target)
        return f"not enough: leaves {left!r} unexplained" if left else "not enough: bears no name asked for"
    if candidate is shown[0]:
        return "best"
    if candidate.amount == shown[0].amount:
        return "the same figure in another place"
    return f"{shown[0].score - candidate.score:.2f} behind the best"

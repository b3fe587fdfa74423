"""How a question was understood, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def explained_lines(explained: dict[str, Any]) -> Iterator[str]:
    """What ``Desk.explain`` gives: the request, then each target with its names and candidates."""
    asked = explained["request"]
    yield "request: " + ", ".join(f"{name} {value}" for name, value in asked.items())
    if explained["unknown_body"]:
        yield f"no document is known of: {explained['unknown_body']}"
    for target in explained["targets"]:
        yield f"{target['role']}: {target['asks_for'] or '(the whole)'}"
        yield f"  in: {'、'.join(target['documents']) or 'no document'}"
        for name in target["names"]:
            yield f"  {name['text']} = {'; '.join(name['matches']) or 'nothing printed'}"
        for number, candidate in enumerate(target["candidates"], 1):
            yield f"  {number}. {candidate['figure']}  {candidate['label']}"
            reasons = ", ".join(candidate["reasons"])
            yield f"     {candidate['place']}  score {candidate['score']} ({reasons}): {candidate['verdict']}"

"""Whose figure is it? An answer from one document where several hold what was asked is no answer.

The plain look-up asks back by itself; here the same is asked of every other kind of answer: a
change, a rate, a check, a ranking.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.answer import Answer
from qa.lexicon import Lexicon
from qa.linking import Candidate
from qa.phrases import phrase
from qa.reading import is_enough
from qa.resolve import link_target
from qa.scope import Library
from qa.understanding import Understood

ABOUT_AS_GOOD = 1.5
"""How much worse than the best another body's figure may fit the question, to be meant as well."""
CONSIDERED = 40
MOST_CHOICES = 8


def asked_whose(understood: Understood, answer: Answer, library: Library, lexicon: Lexicon) -> Answer:
    """The answer; or a question for the body or the year, where none was said and another one has the
    same thing."""
    changes = understood.request.measure in ("growth", "change")
    if changes and answer.status == "no_answer" and not understood.mentions.bodies:
        held = [c.facts.document.identity.organization or "" for c in _meant(understood, library, lexicon)]
        return _ask(answer, "which_body", held)
    if answer.status != "answered":
        return answer
    cited = {c.document_id for c in answer.citations}
    identities = {d.document_id: d.document.identity for d in library.facts()}
    whose = {identities[i].organization for i in cited if i in identities}
    years = {identities[i].fiscal_year for i in cited if i in identities}
    if len(whose) != 1 or not understood.documents:
        return answer
    if not understood.mentions.bodies:
        held = [c.facts.document.identity.organization or "" for c in _meant(understood, library, lexicon)]
        return _ask(answer, "which_body", held)
    if not understood.mentions.years and len(years) == 1 and not changes:
        held = [
            str(c.facts.document.identity.fiscal_year or "") for c in _meant(understood, library, lexicon)
        ]
        return _ask(answer, "which_year", sorted(held))
    return answer


def _meant(understood: Understood, library: Library, lexicon: Lexicon) -> Iterator[Candidate]:
    """The places that each target may mean as well as its best one."""
    for target in understood.request.targets:
        if not target.items:
            continue
        ranked = link_target(target, understood, library, lexicon, ("amount", "count")).ranked
        for candidate in ranked[:CONSIDERED]:
            near = candidate.score > ranked[0].score - ABOUT_AS_GOOD
            if near and candidate.bears_name and is_enough(understood, target, [candidate]):
                yield candidate


def _ask(answer: Answer, name: str, held: list[str]) -> Answer:
    choices = tuple(dict.fromkeys(filter(None, held)))[:MOST_CHOICES]
    if len(choices) < 2:
        return answer
    text = phrase(answer.language, name, choices="、".join(choices))
    return Answer("needs_clarification", text, answer.language, choices=choices)

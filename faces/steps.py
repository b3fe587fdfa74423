"""How an answer came about, as steps for a person: how the question was understood, where it was
looked in, what was calculated. Each says what the engine did; none is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from faces.citing import written
from faces.wording import Words
from qa.answer import Answer, Citation

if TYPE_CHECKING:
    from qa.request import Request, Target
    from qa.understanding import Understood

NAMED = 3
"""As many documents or places are named; of the others only the number is told."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    """``understood``, ``searched``, ``used``, ``calculated`` or ``checked``."""
    text: str


def first_steps(understood: Understood, words: Words) -> tuple[Step, ...]:
    """What is known before the answer is: what is asked for, and in which documents it is looked for."""
    if understood.is_talk:
        return ()
    files = [facts.document.file_name for facts in understood.documents]
    return _told(("understood", _asked_for(understood.request, words)), ("searched", _some(files, words)))


def all_steps(answer: Answer, first: Sequence[Step], words: Words) -> tuple[Step, ...]:
    """The whole way to the answer; it begins with what the answer itself says where the first steps
    are not known, as in a conversation that was kept."""
    places = [_place(citation, words) for citation in answer.citations]
    working = [written(calculation) for calculation in answer.calculations]
    checked = words["all_cited"].format(count=len(places)) if places else ""
    return (
        *(first or _told(("understood", answer.understood))),
        *_told(("used", _some(places, words)), ("calculated", "\n".join(working)), ("checked", checked)),
    )


def steps_html(steps: Sequence[Step], words: Words) -> str:
    lines = "".join(
        f"<li><b>{escape(words[f'step_{step.name}'])}</b><span>{escape(step.text)}</span></li>"
        for step in steps
    )
    return f'<ol class="steps">{lines}</ol>' if lines else ""


def running_html(steps: Sequence[Step], words: Words) -> str:
    """The steps so far, while the answer is being made; it can be stopped."""
    return (
        f'<div class="running" aria-busy="true">{steps_html(steps, words)}'
        f'<p>{escape(words["working_on_it"])}<button type="button" class="stop">'
        f"{escape(words['stop'])}</button></p></div>"
    )


def folded_html(steps: Sequence[Step], words: Words) -> str:
    """The steps under one line that opens them."""
    shown = steps_html(steps, words)
    return f'<details class="way"><summary>{escape(words["way"])}</summary>{shown}</details>' if shown else ""


def _told(*named: tuple[str, str]) -> tuple[Step, ...]:
    return tuple(Step(name, text) for name, text in named if text)


def _asked_for(request: Request, words: Words) -> str:
    """``占比：… 公务接待费（占 … 三公经费）``; nothing where no name was found in the question."""
    part, whole = _targets(request.targets, words), _targets(request.denominators, words)
    if not part:
        return ""
    kinds = [request.measure, request.combination] if request.intent == "figure" else [request.intent]
    said = [words[key] for kind in kinds if (key := f"asks_{kind}") in words]
    named = words["part_of"].format(part=part, whole=whole) if whole else part
    return words["asked_for"].format(kind=words["list_joint"].join(said), what=named) if said else named


def _targets(targets: Sequence[Target], words: Words) -> str:
    return words["list_joint"].join(dict.fromkeys(filter(None, (t.describe() for t in targets))))


def _some(names: Iterable[str], words: Words) -> str:
    different = list(dict.fromkeys(names))
    named = words["list_joint"].join(different[:NAMED])
    rest = len(different) - NAMED
    return words["and_more"].format(named=named, count=rest) if rest > 0 else named


def _place(citation: Citation, words: Words) -> str:
    """The table or the section, and its page; the document where it has neither."""
    part = citation.table or citation.section or citation.doc
    page = words["page"].format(page=citation.page_number) if citation.page_number else ""
    return " · ".join(filter(None, (part, page)))

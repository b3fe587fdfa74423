"""How well generated questions over generated documents are answered, and why not: by operation.

Documents are typeset, read as any other and kept in memory, without the model of meanings: what is
measured are words, names and figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.asked_facts import Source, read_source
from eval.asked_maker import Asked
from eval.asked_questions import distorted
from eval.extraction_report import Plan, write_corpus
from eval.formats import answer_from, question_from
from eval.runner import answer_lines
from eval.score import Verdict, error_counts, judge
from eval.shelf import Shelf
from ingest import read_document
from qa.engine import Engine

_PLAIN = ""
"""The name of the questions as they are, among those of their distortions."""


@dataclass(frozen=True, slots=True)
class World:
    """Generated documents as they were read, and what is true of them."""

    shelf: Shelf
    sources: tuple[Source, ...]


def make_world(plan: Plan) -> World:
    """Typeset the documents of the plan in a temporary folder and read them."""
    documents, sources = [], []
    with TemporaryDirectory() as folder:
        for _, _, path in write_corpus(Path(folder), plan):
            truth = path.with_name(path.name + ".truth.json")
            documents.append(read_document(path))
            sources.append(read_source(json.loads(truth.read_text(encoding="utf-8"))))
    return World(Shelf(documents), tuple(sources))


@dataclass(slots=True)
class Outcomes:
    """Verdicts by distortion ("" for none) and operation."""

    verdicts: dict[str, dict[str, list[Verdict]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """What was answered, by question."""

    def add(self, distortion: str, operation: str, verdict: Verdict) -> None:
        self.verdicts.setdefault(distortion, {}).setdefault(operation, []).append(verdict)

    def of(self, distortion: str = _PLAIN) -> list[Verdict]:
        return [v for found in self.verdicts.get(distortion, {}).values() for v in found]

    @property
    def accuracy(self) -> float:
        """The share of the questions as they are that are right and cited, 0 to 1."""
        return _accuracy(self.of())

    @property
    def declined_rightly(self) -> float:
        """The share that is not answered, of the questions that must not be."""
        unanswerable = [v for v in self.of() if v.expected_status != "answered"]
        return _share(sum(v.given_status != "answered" for v in unanswerable), len(unanswerable))

    @property
    def untraceable(self) -> list[str]:
        """Every number without a source, in any answer."""
        return [n for name in self.verdicts for v in self.of(name) for n in v.untraceable]

    def losses(self) -> dict[str, float]:
        """For each distortion, what it costs of the share that is right, 0 to 1."""
        plain = {v.id: v.correct_and_cited for v in self.of()}
        found = {}
        for name in filter(None, self.verdicts):
            verdicts = self.of(name)
            before = _share(sum(plain[v.id] for v in verdicts), len(verdicts))
            found[name] = before - _accuracy(verdicts)
        return found

    def lines(self) -> Iterator[str]:
        """A table for people: by operation, then what the distortions cost."""
        errors = error_counts(self.of())
        yield "operation".ljust(18) + "".join(head.rjust(14) for head in ("n", "right", *errors))
        for operation, verdicts in [*self.verdicts.get(_PLAIN, {}).items(), ("all", self.of())]:
            counts = error_counts(verdicts)
            right = sum(v.correct_and_cited for v in verdicts)
            numbers = [len(verdicts), right, *(counts.get(error, 0) for error in errors)]
            yield operation.ljust(18) + "".join(str(number).rjust(14) for number in numbers)
        yield f"right and cited: {self.accuracy:.2%}"
        yield f"not answered where no answer is right: {self.declined_rightly:.2%}"
        yield f"numbers without a source: {len(self.untraceable)}"
        for name, loss in self.losses().items():
            points = f"{100 * loss:.1f} points of {len(self.of(name))} questions"
            yield f"lost by {name.replace('_', ' ')}: {points}"

    def faults(self) -> Iterator[str]:
        """What is wrong, a line each, with what was answered."""
        for name in self.verdicts:
            for v in self.of(name):
                if not v.correct_and_cited:
                    answer = self.texts.get(v.question, "").replace("\n", " / ")
                    what = f"{name or 'plain'} {v.id} [{', '.join(v.errors)}] {v.question}"
                    yield " | ".join([what, "; ".join(v.reasons), answer])


def measure_answers(world: World, asked: Sequence[Asked], *, perturb: bool, seed: int) -> Outcomes:
    """Ask everything, and every distortion of it if told to, and judge the answers."""
    engine, outcomes = Engine(world.shelf), Outcomes()
    rounds = [(_PLAIN, one) for one in asked]
    rounds += list(distorted(asked, seed)) if perturb else []
    for name, one in rounds:
        question = question_from(one.line, one.id)
        given: Mapping[str, Any] | None = next(answer_lines([question], engine), None)
        answer = answer_from(given) if given else None
        outcomes.add(name, one.operation, judge(question, answer))
        if answer:
            outcomes.texts[question.text] = answer.text
    return outcomes


def _accuracy(verdicts: Sequence[Verdict]) -> float:
    return _share(sum(v.correct_and_cited for v in verdicts), len(verdicts))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0

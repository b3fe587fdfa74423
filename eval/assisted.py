"""What a language model beside the engine writes, and how much of it the checks let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from eval.formats import Question
from qa.answer import Answer
from qa.assisted import AssistedEngine
from qa.guard import numbers
from qa.model import Deadline, LanguageModel, ModelFailure, ModelSettings

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Heard:
    """What the model was asked and what it gave, over a run."""

    asked: dict[str, int] = field(default_factory=lambda: {"plan": 0, "words": 0, "tools": 0})
    failed: dict[str, int] = field(default_factory=lambda: {"plan": 0, "words": 0, "tools": 0})
    texts: list[str] = field(default_factory=list)
    """The sentences since the last question: what would have reached the reader."""


class RecordedModel(LanguageModel):
    """The model of the settings, with a record of its replies."""

    def __init__(self, settings: ModelSettings, heard: Heard) -> None:
        super().__init__(settings)
        self._heard = heard

    def json(self, instructions: str, question: str, schema: dict[str, Any], deadline: Deadline) -> Any:
        return self._recorded(
            "plan", lambda: super(RecordedModel, self).json(instructions, question, schema, deadline)
        )

    def text(self, instructions: str, question: str, deadline: Deadline) -> str:
        text = self._recorded(
            "words", lambda: super(RecordedModel, self).text(instructions, question, deadline)
        )
        self._heard.texts.append(text)
        return text

    def with_tools(
        self, instructions: str, question: str, tools: Sequence[Callable[..., str]], deadline: Deadline
    ) -> str:
        text = self._recorded(
            "tools", lambda: super(RecordedModel, self).with_tools(instructions, question, tools, deadline)
        )
        self._heard.texts.append(text)
        return text

    def _recorded(self, kind: str, call: Callable[[], _Value]) -> _Value:
        self._heard.asked[kind] += 1
        try:
            return call()
        except ModelFailure:
            self._heard.failed[kind] += 1
            raise


@dataclass(slots=True)
class ModelRun:
    """The counts of a run: of questions, of the model's texts, and of the numbers in those."""

    questions: int = 0
    helped: int = 0
    """Answers that read or are found otherwise than without the model."""
    passed_texts: int = 0
    stopped_texts: int = 0
    written_numbers: int = 0
    stopped_numbers: int = 0
    """Numbers of texts that were held back, or of the text's that the answer does not say."""
    foreign_numbers: int = 0
    """Those of the stopped that neither the plain answer nor the question holds: made up, or broken."""
    changed_figures: int = 0
    """Answered questions whose figures differ from the plain ones: must stay 0."""
    heard: Heard = field(default_factory=Heard)

    def __str__(self) -> str:
        calls = ", ".join(
            f"{kind} {self.heard.asked[kind]} ({self.heard.failed[kind]} unusable)"
            for kind in self.heard.asked
        )
        return (
            f"model      {self.questions} questions; calls: {calls}\n"
            f"           texts: {self.passed_texts} passed, {self.stopped_texts} held back; "
            f"{self.helped} answers differ from the plain ones, {self.changed_figures} in their figures\n"
            f"           numbers written {self.written_numbers}, stopped {self.stopped_numbers}, "
            f"of which in no source {self.foreign_numbers}"
        )


def run_model(
    questions: Iterable[Question], engine: Any, store: Any, settings: ModelSettings
) -> tuple[ModelRun, list[dict[str, Any]]]:
    """Every question without and with the model: the counts, and the answer file's lines with it."""
    run = ModelRun()
    assisted = AssistedEngine(engine, store, RecordedModel(settings, run.heard))
    lines = []
    for question in questions:
        plain = engine.answer(question.text, question.history)
        helped = assisted.answer(question.text, question.history)
        _count(run, question, plain, helped)
        lines.append(helped.to_dict(question.id))
    return run, lines


def _count(run: ModelRun, question: Question, plain: Answer, helped: Answer) -> None:
    run.questions += 1
    run.helped += helped.text != plain.text
    run.changed_figures += plain.status == "answered" and plain.figures != helped.figures
    said = set(numbers(helped.text))
    ours = said | set(numbers(plain.text)) | set(numbers(question.text))
    for text in run.heard.texts:
        written: list[Decimal] = list(numbers(text))
        passed = bool(text.strip()) and text.strip() in helped.text
        run.passed_texts += passed
        run.stopped_texts += not passed
        run.written_numbers += len(written)
        run.stopped_numbers += 0 if passed else len(written)
        run.foreign_numbers += sum(number not in ours for number in written)
    run.heard.texts.clear()

"""The engine with a language model beside it, for questions that it cannot read by itself.

The model may say what a question asks for, call the engine and the calculator as tools, and put an
answer in words. Every figure still comes from the engine, and whatever the model writes passes the
guard and ``qa.phrasing``, or the plain answer stands.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from qa.answer import Answer, Citation
from qa.builder import Builder
from qa.engine import Engine
from qa.facts import DocumentFacts
from qa.guard import UnsourcedNumberError, check
from qa.ledger import OPERATIONS, Ledger
from qa.model import Deadline, LanguageModel, ModelFailure, ModelSettings
from qa.nearest import near_passages, nearest_labels
from qa.phrases import marks, phrase
from qa.phrasing import MisphrasedError, check_form, check_phrasing
from qa.scope import StoreLike
from qa.understanding import Understood

logger = logging.getLogger(__name__)

_NAMES_SHOWN = 40
_PASSAGES_FOUND = 4
_LANGUAGES = {"zh": "Chinese", "en": "English"}


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "model.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What the model takes a question to ask for."""

    operation: str
    items: tuple[str, ...]
    whole: str | None
    organizations: tuple[str, ...]
    years: tuple[int, ...]
    unit: str | None


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "operation": {"type": "string"},
        "items": {"type": "array", "items": {"type": "string"}},
        "whole": {"type": ["string", "null"]},
        "organisations": {"type": "array", "items": {"type": "string"}},
        "years": {"type": "array", "items": {"type": "integer"}},
        "unit": {"type": ["string", "null"]},
    },
    "required": ["operation", "items", "whole", "organisations", "years", "unit"],
    "additionalProperties": False,
}


class AssistedEngine:
    """Answers as ``Engine`` does, and asks the model where that declines."""

    def __init__(self, engine: Engine, store: StoreLike, model: LanguageModel) -> None:
        self._engine = engine
        self._store = store
        self._model = model

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The plain answer, or one that the model helped to find; never later than the model's time."""
        plain = self._engine.answer(question, history)
        deadline = Deadline(self._model.settings.seconds)
        helped: Answer | None = None
        try:
            if plain.status == "answered":
                helped = self._phrased(plain, question, deadline) if self._model.settings.phrases else None
            elif plain.status == "no_answer":
                helped = self._found(question, history, deadline)
        except ModelFailure as failure:
            logger.info("%s", failure)
        return replace(helped, elapsed_ms=plain.elapsed_ms + deadline.spent_ms) if helped else plain

    def _found(self, question: str, history: Sequence[str], deadline: Deadline) -> Answer | None:
        understood = self._engine.understand(question, history)
        missing = understood.unknown_body or understood.missing_kind or not understood.documents
        if missing or understood.is_talk:
            return None  # what is missing is known: no other words would find it
        return self._planned(question, understood, deadline) or self._researched(
            question, understood, deadline
        )

    # -- a question put as a plan ----------------------------------------------------------

    def _planned(self, question: str, understood: Understood, deadline: Deadline) -> Answer | None:
        names = self._names(question, understood)
        instructions = _texts()["instructions"]["plan"].format(
            operations=", ".join(_operations()), names="\n".join(names)
        )
        try:
            plan = read_plan(self._model.json(instructions, question, SCHEMA, deadline), names)
        except ModelFailure as failure:
            logger.info("%s", failure)
            return None
        language = understood.request.question.language
        restated = restate(_within(plan, understood), language)
        answer = self._engine.answer(restated)
        if answer.status != "answered":
            return None
        taken_as = phrase(language, "model_understood", question=restated)
        return _passing(replace(answer, text=f"{answer.text}\n\n{taken_as}", understood=restated))

    def _names(self, question: str, understood: Understood) -> list[str]:
        """What the model may name: rows near the question in meaning, and whose documents there are."""
        owners = [d.document.identity.organization for d in understood.documents]
        rows = nearest_labels(self._store, question, understood.documents, _NAMES_SHOWN)
        return list(dict.fromkeys(name for name in (*owners, *rows) if name))

    # -- a question worked with tools ------------------------------------------------------

    def _researched(self, question: str, understood: Understood, deadline: Deadline) -> Answer | None:
        ledger = Ledger()
        language = understood.request.question.language
        fence = _texts()["fence"]
        instructions = _texts()["instructions"]["research"].format(**fence, language=_LANGUAGES[language])
        text = self._model.with_tools(instructions, question, self._tools(ledger, understood), deadline)
        return self._checked(text.strip(), ledger.answer(text.strip(), language), understood)

    def _tools(self, ledger: Ledger, understood: Understood) -> list[Callable[..., str]]:
        def lookup_figures(question: str) -> str:
            """Look figures up: put a short plain question in Chinese, such as 2021年公务接待费是多少."""
            found = self._engine.answer(question)
            return "\n".join(ledger.take(found)) if found.status == "answered" else f"none: {found.text}"

        def search_passages(words: str) -> str:
            """Find passages of the documents by their meaning."""
            near = list(near_passages(self._store, words, understood.documents))[:_PASSAGES_FOUND]
            facts = {d.document_id: d for d in understood.documents}
            return "\n".join(_fenced(_quoted(facts[i], n), ledger) for i, n in near) or "none"

        def calculate(operation: str, figures: list[str]) -> str:
            return ledger.calculate(operation, figures)

        calculate.__doc__ = (
            f"Work {', '.join(OPERATIONS)} over figures by reference, such as ['F1', 'F2']; share is the "
            "first of the second, growth is the first (new) over the second (old)."
        )
        return [lookup_figures, search_passages, calculate]

    # -- an answer put in words ------------------------------------------------------------

    def _phrased(self, plain: Answer, question: str, deadline: Deadline) -> Answer | None:
        instructions = _texts()["instructions"]["phrase"].format(language=_LANGUAGES[plain.language])
        text = self._model.text(instructions, f"{question}\n\n{plain.text}", deadline).strip()
        understood = self._engine.understand(question)
        try:
            check_form(text, f"{question}\n{plain.text}", plain.language)
        except MisphrasedError as error:
            logger.warning("a language model's sentence was held back: %s", error)
            return None
        spoken = self._checked(text, plain, understood)
        if spoken is None or any(marks(f.citations) not in text for f in plain.figures):
            return None  # it left a figure out
        return spoken

    def _checked(self, text: str, found: Answer, understood: Understood) -> Answer | None:
        """The model's words over what was found, or None where they say anything else. The evidence
        is listed below them in our own words."""
        used = [c for c in found.citations if marks([c.n]) in text]
        years = {d.document_id: d.document.identity.fiscal_year for d in understood.documents}
        try:
            check_phrasing(text, found, years)
        except MisphrasedError as error:
            logger.warning("a language model's sentence was held back: %s", error)
            return None
        if not used:
            return None
        return _passing(replace(_only_used(found, text), text="\n".join([text, "", *map(_evidence, used)])))


class Answers(Protocol):
    """Whatever answers questions: the engine, with or without a model beside it."""

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer: ...


def assisted(engine: Engine, store: StoreLike) -> Answers:
    """The engine, with the language model beside it that the environment names, if any.

    Raises ModelSettingsError when its settings do not fit together.
    """
    settings = ModelSettings.from_environment()
    return AssistedEngine(engine, store, LanguageModel(settings)) if settings else engine


def _only_used(found: Answer, text: str) -> Answer:
    """Without the figures and results that the text does not mark."""
    figures = tuple(f for f in found.figures if f.citations and all(marks([n]) in text for n in f.citations))
    return replace(found, figures=figures)


def _evidence(citation: Citation) -> str:
    where = " · ".join(filter(None, (citation.table or citation.section, citation.row, citation.column)))
    return f"- {where}：{citation.quote}{marks([citation.n])}"


def _passing(answer: Answer) -> Answer | None:
    try:
        return check(answer)
    except UnsourcedNumberError as error:
        logger.warning("a language model's answer was held back: %s", error)
        return None


def _quoted(facts: DocumentFacts, passage_index: int) -> list[Citation]:
    """A passage as citations, one for each run of text that stands unbroken in the source."""
    passage = facts.document.passages[passage_index]
    builder = Builder()
    for fragment in passage.fragments:
        text = passage.text[fragment.start : fragment.end].strip()
        if text:
            builder.quote(facts, text, fragment.place, " > ".join(passage.section))
    return builder.citations


def _fenced(passage: Sequence[Citation], ledger: Ledger) -> str:
    fence = _texts()["fence"]
    lines = [f"{citation.quote}{marks([ledger.cite(citation)])}" for citation in passage]
    text = "\n".join(lines).replace(fence["open"], "").replace(fence["close"], "")
    return f"{fence['open']}\n{text}\n{fence['close']}"


def _operations() -> list[str]:
    return [name for name, text in _texts()["question"]["zh"].items() if "{items}" in text]


def read_plan(given: Any, names: Sequence[str]) -> Plan:
    """The plan in a model's JSON. Raises ModelFailure unless it asks for names that were shown."""
    if not isinstance(given, Mapping) or given.get("operation") not in _operations():
        raise ModelFailure("the language model's plan has no known operation")
    whole = given.get("whole")
    items, organizations = _strings(given.get("items")), _strings(given.get("organisations"))
    wanted = [*items, *organizations, *([whole] if isinstance(whole, str) else [])]
    if not items or not set(wanted) <= set(names):
        raise ModelFailure("the language model's plan names what the documents do not")
    years = [year for year in given.get("years") or () if isinstance(year, int) and 1949 <= year <= 2100]
    unit = given.get("unit")
    return Plan(
        given["operation"],
        items,
        whole if isinstance(whole, str) else None,
        organizations,
        tuple(years),
        unit if unit in ("元", "万元", "亿元") else None,
    )


def _strings(given: Any) -> tuple[str, ...]:
    return tuple(given) if isinstance(given, list) and all(isinstance(part, str) for part in given) else ()


def _within(plan: Plan, understood: Understood) -> Plan:
    """The bodies and years that the question names are the question's to say."""
    bodies = tuple(dict.fromkeys(b.name for m in understood.mentions.bodies for b in m.bodies))
    years = tuple(dict.fromkeys(y.year for y in understood.mentions.years))
    return replace(plan, organizations=bodies[:1] or plan.organizations, years=years or plan.years)


def restate(plan: Plan, language: str) -> str:
    """The plan as a question that the engine answers by itself."""
    said = _texts()["question"][language]
    years = said["year_joint"].join(said["year"].format(year=year) for year in plan.years)
    who = said["joint"].join(plan.organizations) + years
    items = said["joint"].join(plan.items)
    whole = plan.whole or ""
    if plan.operation == "share" and not plan.whole:
        raise ModelFailure("the language model's plan is a share of nothing")
    unit = said["unit"].format(unit=plan.unit) if plan.unit else ""
    return str(said[plan.operation]).format(who=who, items=items, whole=whole) + unit

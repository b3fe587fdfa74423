"""The engine: a question in, a guarded Answer out.

understand -> link -> decide -> calculate -> say, each a plain function over frozen values.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import Any, Self

from qa.answer import Answer
from qa.begun import Conversations
from qa.contradictions import with_contradictions
from qa.decline import decline, is_nameless
from qa.explain import explain
from qa.figures import answer_figures
from qa.guard import UnsourcedNumberError, check
from qa.lexicon import load_lexicon
from qa.makeup import answer_makeup
from qa.nearest import nearest_rows
from qa.phrases import phrase
from qa.picks import may_pick, picked
from qa.quotes import SURE_COVERAGE, answer_text, asks_for_words, decline_words, needs_words
from qa.rosters import compare_rosters
from qa.say import told_as_recognised
from qa.scope import Library, StoreLike
from qa.understanding import Understood, understand

logger = logging.getLogger(__name__)


class Engine:
    """Answers questions over one store. Cheap to make; documents are laid out when first asked about."""

    def __init__(self, store: StoreLike) -> None:
        self._store = store
        self._lexicon = load_lexicon()
        self._library = Library(store, self._lexicon)
        self._conversations = Conversations()

    def _now(self) -> Self:
        """This engine over the documents that are kept now, for one question."""
        engine = copy(self)
        engine._library = self._library.now()
        return engine

    def understand(self, question: str, history: Sequence[str] = ()) -> Understood:
        """The question read in the light of the earlier ones, oldest first."""
        return self._now()._understand(question, history)

    def _understand(self, question: str, history: Sequence[str]) -> Understood:
        known, state = self._conversations.latest(history, self._library.facts())
        for earlier in history[known:]:
            turn = understand(self._taken(earlier, state), state, self._library, self._lexicon)
            state = state if turn.is_talk else turn
        turn = understand(self._taken(question, state), state, self._library, self._lexicon)
        after = state if turn.is_talk else turn
        self._conversations.keep((*history, question), self._library.facts(), after)
        return turn

    def _taken(self, text: str, state: Understood | None) -> str:
        """``第二个`` after a question back: the choice that it takes; any other text as it is."""
        if state is None or state.turn is None or not may_pick(text):
            return text
        back = self._respond(state)
        if back.status != "needs_clarification" or not back.choices:
            return text
        return picked(text, back.choices, state.turn.question.raw, self._lexicon) or text

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer, ask back or decline; never a number that the sources do not hold."""
        start = time.perf_counter()
        answer = self._now()._answer(question, history)
        try:
            check(answer)
        except UnsourcedNumberError as error:
            logger.error("an answer was held back: %s", error)
            answer = Answer("no_answer", phrase(answer.language, "missing"), answer.language)
        elapsed = (time.perf_counter() - start) * 1000
        return replace(answer, elapsed_ms=elapsed)

    def explain(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        """How the question is understood and what its figures may be, in plain values, for people."""
        now = self._now()
        return explain(now._understand(question, history), now._library, self._lexicon)

    def _answer(self, question: str, history: Sequence[str]) -> Answer:
        understood = self._understand(question, history)
        return with_contradictions(told_as_recognised(self._respond(understood)), self._library)

    def _respond(self, understood: Understood) -> Answer:
        nothing = understood.is_talk or is_nameless(understood) or not self._library.facts()
        if nothing or understood.missing_kind:
            return decline(understood, (), self._library)
        if (
            understood.unknown_body
            and understood.request.intent == "figure"
            and not asks_for_words(understood)
        ):
            return decline(understood, (), self._library)  # no figure of a body may stand for another's
        if compared := compare_rosters(understood, self._library):
            return compared
        if made := answer_makeup(understood, self._library, self._lexicon):
            return made
        for_words = understood.request.intent != "figure"
        if for_words:
            if quoted := answer_text(understood, self._library, self._lexicon, self._store):
                return quoted
            if understood.documents and needs_words(understood):
                return decline_words(understood, self._store)
        answer = answer_figures(understood, self._library, self._lexicon)
        if asks_for_words(understood) and (answer.status == "no_answer" or _is_prose(answer)):
            # figures of running text stand among the words that are asked for
            quoted = None
            if not for_words:
                quoted = answer_text(understood, self._library, self._lexicon, self._store, SURE_COVERAGE)
            if quoted or _is_prose(answer):
                return quoted or decline_words(understood, self._store)
        return self._with_nearest(answer, understood)

    def _with_nearest(self, answer: Answer, understood: Understood) -> Answer:
        """A refusal that found nothing near in words names the rows that are near in meaning."""
        meant = understood.documents and understood.mentions.bodies and not understood.unknown_body
        if answer.status != "no_answer" or answer.choices or not meant:
            return answer
        names = nearest_rows(self._store, understood.request.question.raw, understood.documents)
        if not names:
            return answer
        near = phrase(answer.language, "nearest", names="；".join(names))
        return replace(answer, text=answer.text + near, choices=tuple(names))


def _is_prose(answer: Answer) -> bool:
    """Does it give figures of running text alone?"""
    return bool(answer.figures) and all(c.table is None for c in answer.citations)

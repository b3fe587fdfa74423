"""The turns of a conversation kept and brought back, as the chat has them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from faces.chat import Turn
from faces.conversations import ConversationError, Conversations, KeptTurn, UnknownConversationError
from qa.answer import Answer

_log = logging.getLogger(__name__)


def earlier_questions(turns: Sequence[Turn]) -> list[str]:
    """What the engine has to know of a conversation, also of one that begins in the middle of another."""
    before = turns[0].kept.history if turns and turns[0].kept else ()
    return [*before, *(turn.question for turn in turns)]


def keep(
    conversations: Conversations, account: str, earlier: Sequence[Turn], question: str, answer: Answer
) -> KeptTurn | None:
    """Keep what was answered after ``earlier``; None if it cannot be kept: the answer is worth showing."""
    last = earlier[-1].kept if earlier else None
    history = earlier_questions(earlier)
    try:
        try:
            return conversations.add(
                account, last.conversation_id or None if last else None, question, answer, history
            )
        except UnknownConversationError:  # deleted meanwhile, in another window
            return conversations.add(account, None, question, answer, history)
    except ConversationError:
        _log.exception("an answer could not be kept")
        return None


def reopened(conversations: Conversations, account: str, conversation_id: str) -> list[Turn]:
    """A kept conversation, to be gone on with. Raises UnknownConversationError."""
    return [Turn(t.question, t.answer, kept=t) for t in conversations.opened(account, conversation_id)]


def linked(conversations: Conversations, account: str, token: str) -> list[Turn]:
    """The one answer of a link; what is asked after it begins a new conversation.

    Raises UnknownConversationError.
    """
    turn = conversations.turn(account, token)
    return [Turn(turn.question, turn.answer, kept=replace(turn, conversation_id=""))]

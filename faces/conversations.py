"""Conversations kept for those who had them: turns with their whole answers, ratings and comments.

They live in an SQLite file of their own beside the figures: whoever shows the figures'
database to others, in Datasette for instance, shows no conversation.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from faces.kept_answers import from_json, to_json
from index_store.figures import connect
from ingest.errors import BudgetQAError
from ingest.script import simplified
from ingest.values import fold
from qa.answer import Answer

FILE_NAME = "conversations.sqlite"

MAX_TURNS = 100
"""A conversation holds at most so many; the next question begins another."""

MAX_COMMENT = 1000
"""Characters of a comment."""

LISTED = 100
"""At most so many conversations are listed; a search finds the older ones."""

_TITLE, _SEARCH, _TERMS = 80, 200, 8
"""Characters of a title and of what is searched for, and how many words of that count."""

Rating = Literal["like", "dislike"]
RATINGS: tuple[Rating, ...] = get_args(Rating)


class ConversationError(BudgetQAError):
    """A conversation cannot be kept or read as it was asked."""


class UnknownConversationError(ConversationError):
    """There is none of that name for that account."""

    def __init__(self) -> None:
        super().__init__("not found: no longer kept, or it belongs to another account")


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    title: str
    """Its first question, cut to a line."""
    started_at: str
    last_at: str
    """ISO 8601, UTC, like ``started_at``."""
    turn_count: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    token: str
    """Public: what a link to this one answer carries. It cannot be guessed."""
    conversation_id: str
    question: str
    answer: Answer
    history: tuple[str, ...]
    """The questions before it that the engine knew of, oldest first."""
    asked_at: str
    """ISO 8601, UTC."""
    rating: Rating | None
    comment: str


_metadata = MetaData()

_conversations = Table(
    "conversations",
    _metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("title", String, nullable=False),
    Column("before", JSON, nullable=False),
    Column("started_at", String, nullable=False),
    Column("last_at", String, nullable=False),
    Index("conversations_by_account", "account", "last_at"),
    Index("conversations_by_age", "last_at"),
    sqlite_with_rowid=False,
)
"""``before``: questions that the engine knew of when the first one was asked."""

_turns = Table(
    "turns",
    _metadata,
    Column("token", String, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("question", String, nullable=False),
    Column("searched", String, nullable=False),
    Column("asked_at", String, nullable=False),
    Column("rating", String),
    Column("comment", String, nullable=False, default=""),
    Column("answer", String, nullable=False),  # last, because it is long: a search need not read over it
    Index("turns_by_conversation", "conversation_id", "number", unique=True),
)


class Conversations:
    """Everything said so far, account by account. Safe under threads.

    An account sees its own: the id or token of another's is not found.
    Every method raises ConversationError when the file cannot be read or written.
    """

    def __init__(
        self,
        directory: Path,
        *,
        keep_days: int | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Open those of a store's directory; the file is made if there is none, for its owner alone.

        ``keep_days``: how long a conversation is kept after its last question; None: until deleted.
        """
        self._keep_days = keep_days
        self._now = now
        self._adding = threading.Lock()
        path = directory / FILE_NAME
        try:
            path.touch(mode=0o600)
            self._engine = connect(f"sqlite:///{path}")
            _metadata.create_all(self._engine)
        except (OSError, SQLAlchemyError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
            raise ConversationError(f"the conversations in {path} cannot be opened: {reason}") from error

    def close(self) -> None:
        self._engine.dispose()

    def add(
        self,
        account: str,
        conversation_id: str | None,
        question: str,
        answer: Answer,
        history: Sequence[str] = (),
    ) -> KeptTurn:
        """Keep a turn: in that conversation, or in a new one where it is None or full.

        ``history``: the earlier questions that the engine was given, oldest first.
        Raises UnknownConversationError when the account has no such conversation.
        """
        # The turns are counted and one is added: nobody may come between.
        with self._adding, self._transaction() as connection:
            number = self._next_number(connection, account, conversation_id)
            now = self._now().isoformat(timespec="milliseconds")
            if conversation_id is None or number == MAX_TURNS:
                number, conversation_id = 0, secrets.token_urlsafe(16)
                connection.execute(
                    insert(_conversations).values(
                        id=conversation_id,
                        account=account,
                        title=" ".join(question.split())[:_TITLE],
                        before=list(history[-MAX_TURNS:]),
                        started_at=now,
                        last_at=now,
                    )
                )
            token = secrets.token_urlsafe(16)
            connection.execute(
                insert(_turns).values(
                    token=token,
                    conversation_id=conversation_id,
                    number=number,
                    question=question,
                    answer=to_json(answer),
                    searched=_searchable(f"{question}\n{answer.text}"),
                    asked_at=now,
                )
            )
            connection.execute(
                update(_conversations).where(_conversations.c.id == conversation_id).values(last_at=now)
            )
        return KeptTurn(token, conversation_id, question, answer, tuple(history), now, None, "")

    def listed(self, account: str, search: str = "", limit: int = LISTED) -> list[Conversation]:
        """The account's, newest first; with ``search``, those with a turn that has all its words."""
        count = select(func.count()).where(_turns.c.conversation_id == _conversations.c.id)
        shown = ("id", "title", "started_at", "last_at")
        wanted = (
            select(*(_conversations.c[name] for name in shown), count.scalar_subquery().label("turn_count"))
            .where(_conversations.c.account == account)
            .order_by(_conversations.c.last_at.desc(), _conversations.c.id)
            .limit(limit)
        )
        terms = _searchable(search[:_SEARCH]).split()[:_TERMS]
        if terms:
            has_all = (_turns.c.searched.contains(term, autoescape=True) for term in terms)
            wanted = wanted.where(exists().where(_turns.c.conversation_id == _conversations.c.id, *has_all))
        with self._transaction() as connection:
            return [Conversation(**row) for row in connection.execute(wanted).mappings()]

    def opened(self, account: str, conversation_id: str) -> list[KeptTurn]:
        """Its turns, oldest first. Raises UnknownConversationError."""
        return self._some(_conversations.c.account == account, _conversations.c.id == conversation_id)

    def turn(self, account: str, token: str) -> KeptTurn:
        """The one of that token. Raises UnknownConversationError."""
        (turn,) = self._some(_conversations.c.account == account, _turns.c.token == token)
        return turn

    def all_turns(self, account: str) -> list[KeptTurn]:
        """Every turn of the account, the newest conversation first."""
        with self._transaction() as connection:
            return _read(connection, _conversations.c.account == account)

    def rated(self) -> list[KeptTurn]:
        """Every rated turn, whoever rated it: for the evaluation, which has no account."""
        with self._transaction() as connection:
            return _read(connection, _turns.c.rating.is_not(None))

    def rate(self, account: str, token: str, rating: Rating | None, comment: str = "") -> None:
        """Say how good an answer was, or take it back. Raises UnknownConversationError.

        Raises ConversationError when the rating is none or the comment too long.
        """
        if rating not in (None, *RATINGS) or len(comment) > MAX_COMMENT:
            raise ConversationError(
                f"a rating is {' or '.join(RATINGS)}, a comment at most {MAX_COMMENT} long"
            )
        own = select(_conversations.c.id).where(_conversations.c.account == account)
        rated = update(_turns).where(_turns.c.token == token, _turns.c.conversation_id.in_(own))
        with self._transaction() as connection:
            if connection.execute(rated.values(rating=rating, comment=comment.strip())).rowcount == 0:
                raise UnknownConversationError

    def delete(self, account: str, conversation_id: str) -> None:
        """Forget a conversation, with its links and ratings. Raises UnknownConversationError."""
        if self._delete(_conversations.c.account == account, _conversations.c.id == conversation_id) == 0:
            raise UnknownConversationError

    def delete_all(self, account: str) -> int:
        """Forget every conversation of the account; gives how many there were."""
        return self._delete(_conversations.c.account == account)

    def _delete(self, *which: ColumnElement[bool]) -> int:
        with self._transaction() as connection:
            return connection.execute(delete(_conversations).where(*which)).rowcount

    def _some(self, *which: ColumnElement[bool]) -> list[KeptTurn]:
        with self._transaction() as connection:
            found = _read(connection, *which)
        if not found:
            raise UnknownConversationError
        return found

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """All or nothing, over what is still to be kept."""
        try:
            with self._engine.begin() as connection:
                if self._keep_days is not None:
                    oldest = (self._now() - timedelta(days=self._keep_days)).isoformat(
                        timespec="milliseconds"
                    )
                    connection.execute(delete(_conversations).where(_conversations.c.last_at < oldest))
                yield connection
        except (SQLAlchemyError, ValueError) as error:  # of a text: half a character, or no answer
            reason = getattr(error, "orig", None) or type(error).__name__
            raise ConversationError(f"the conversations cannot be read or written: {reason}") from error

    @staticmethod
    def _next_number(connection: Connection, account: str, conversation_id: str | None) -> int:
        if conversation_id is None:
            return 0
        own = _conversations.c.account == account, _conversations.c.id == conversation_id
        wanted = select(func.count()).select_from(_conversations.join(_turns)).where(*own)
        count = connection.execute(wanted).scalar_one()
        if count == 0:
            raise UnknownConversationError
        return count


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[KeptTurn]:
    """The turns that fit, each with the questions before it; the newest conversation first."""
    both = _conversations.join(_turns)
    their_conversations = select(_turns.c.conversation_id).select_from(both).where(*which)
    questions: dict[str, list[str]] = defaultdict(list)
    for conversation_id, question in connection.execute(
        select(_turns.c.conversation_id, _turns.c.question)
        .where(_turns.c.conversation_id.in_(their_conversations))
        .order_by(_turns.c.conversation_id, _turns.c.number)
    ):
        questions[conversation_id].append(question)
    found = connection.execute(
        select(_turns, _conversations.c.before)
        .select_from(both)
        .where(*which)
        .order_by(_conversations.c.last_at.desc(), _conversations.c.id, _turns.c.number)
    )
    return [_kept_turn(row, (*row.before, *questions[row.conversation_id][: row.number])) for row in found]


def _kept_turn(row: Any, history: tuple[str, ...]) -> KeptTurn:
    return KeptTurn(
        row.token,
        row.conversation_id,
        row.question,
        from_json(row.answer),
        history,
        row.asked_at,
        row.rating,
        row.comment,
    )


def _searchable(text: str) -> str:
    """Widths, cases and scripts apart: 三公經費 finds 三公经费."""
    return simplified(fold(text)).lower()

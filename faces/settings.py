"""The server's settings, from the environment; nothing else of the page reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ingest.errors import BudgetQAError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

MAX_FILE_MB = 200
QUESTIONS_PER_MINUTE = 600
WAITING = 200
SESSION_HOURS = 12


Default = TypeVar("Default", int, None)


class SettingsError(BudgetQAError):
    """A setting that is not what it has to be."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    auth_file: Path | None = None
    """BUDGET_QA_AUTH_FILE: who may log in (``faces.accounts``); None: nobody has to."""
    max_file_mb: int = MAX_FILE_MB
    """BUDGET_QA_MAX_FILE_MB: the largest file that may be uploaded; reading stops at 200 in any case."""
    questions_per_minute: int = QUESTIONS_PER_MINUTE
    """BUDGET_QA_QUESTIONS_PER_MINUTE: of one account, or of one address where nobody logs in."""
    waiting: int = WAITING
    """BUDGET_QA_WAITING: how many requests of all people may wait for their turn."""
    session_hours: int = SESSION_HOURS
    """BUDGET_QA_SESSION_HOURS: how long a log-in lasts."""
    history_days: int | None = None
    """BUDGET_QA_HISTORY_DAYS: how long a conversation is kept after its last turn; None: until deleted."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> ServerSettings:
        """Raises SettingsError when a number is none or not above 0."""
        given = os.environ if environment is None else environment
        auth_file = given.get("BUDGET_QA_AUTH_FILE", "").strip()
        return cls(
            auth_file=Path(auth_file) if auth_file else None,
            max_file_mb=min(MAX_FILE_MB, _positive(given, "BUDGET_QA_MAX_FILE_MB", MAX_FILE_MB)),
            questions_per_minute=_positive(given, "BUDGET_QA_QUESTIONS_PER_MINUTE", QUESTIONS_PER_MINUTE),
            waiting=_positive(given, "BUDGET_QA_WAITING", WAITING),
            session_hours=_positive(given, "BUDGET_QA_SESSION_HOURS", SESSION_HOURS),
            history_days=_positive(given, "BUDGET_QA_HISTORY_DAYS", None),
        )

    def check_host(self, host: str) -> None:
        """Raises SettingsError when others could reach ``host`` and nobody would have to log in."""
        if host not in LOOPBACK and self.auth_file is None:
            raise SettingsError(
                f"{host} is reached from other machines, and nobody would have to log in: name a file of "
                "accounts in BUDGET_QA_AUTH_FILE (budget-qa account add), or insist with "
                "--allow-without-login"
            )


def _positive(given: Mapping[str, str], name: str, default: Default) -> int | Default:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number above 0: correct or unset it")
    return int(text)

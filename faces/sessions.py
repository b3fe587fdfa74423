"""Who is logged in: random tokens in cookies, known to this process only, and ended with it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from base64 import b64decode
from collections import OrderedDict
from dataclasses import dataclass

from faces.access import Account
from faces.accounts import LONGEST_NAME, Accounts, Entry, Hash
from faces.pace import REMEMBERED, BackOff, Clock

TRIES = 5
"""Wrong passwords of one name from one address before the next one has to wait."""
TRIES_OF_AN_ADDRESS = 50
"""The same for all names together: somebody who tries many names is slowed down, an office is not."""


class WaitError(Exception):
    """Too many tries; ``seconds`` until the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} s")


@dataclass(frozen=True, slots=True)
class _Session:
    name: str
    password: Hash
    """As it was at the log-in: a password that is changed ends the sessions of the old one."""
    until: float


class Sessions:
    """Log-ins and what they last for. Times are seconds; addresses are those of the connections."""

    def __init__(self, accounts: Accounts, hours: int, clock: Clock = time.monotonic) -> None:
        self.seconds = hours * 3600
        self._accounts = accounts
        self._clock = clock
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._key = secrets.token_bytes(32)
        self._by_name = BackOff(TRIES, clock)
        self._by_address = BackOff(TRIES_OF_AN_ADDRESS, clock)

    def log_in(self, name: str, password: str, address: str) -> str | None:
        """A token for the cookie, or None when name and password do not fit. Raises WaitError."""
        entry = self._check(name, password, address)
        return self._begin(entry, secrets.token_urlsafe(32)) if entry else None

    def account(self, token: str) -> Account | None:
        """Whose token it is, with the role of the account's line as it is now."""
        digest = self._digest(token)
        with self._lock:
            session = self._sessions.get(digest)
        if session is None:
            return None
        entry = self._accounts.entry(session.name)
        if entry is None or entry.password != session.password or session.until < self._clock():
            self.end(token)
            return None
        return entry.account

    def account_of_basic(self, header: str, address: str) -> Account | None:
        """Whose ``Authorization: Basic …`` it is: for programs, which keep no cookies. Raises WaitError.

        The password is worked out once a session, not at every request.
        """
        if (known := self.account(header)) is not None:
            return known
        try:
            name, _, password = b64decode(header.split(" ", 1)[1], validate=True).decode().partition(":")
        except (IndexError, ValueError):
            return None
        with self._one_at_a_time:  # a program's first requests may come together
            entry = None if self.account(header) else self._check(name, password, address)
            if entry is not None:
                self._begin(entry, header)
        return self.account(header)

    def end(self, token: str) -> None:
        with self._lock:
            self._sessions.pop(self._digest(token), None)

    def is_other_account(self, page: str, account: Account) -> bool:
        """Whether this page's session (Gradio's session hash) belongs to somebody else.

        It belongs to whoever names it first: the page itself does, as soon as it is loaded.
        """
        with self._lock:
            owner = self._pages.setdefault(page, account.name)
            self._pages.move_to_end(page)
            while len(self._pages) > REMEMBERED:
                self._pages.popitem(last=False)
        return owner != account.name

    def _check(self, name: str, password: str, address: str) -> Entry | None:
        name = name[: LONGEST_NAME + 1]  # a longer one is nobody's, and would be remembered
        for back_off, who in ((self._by_address, address), (self._by_name, (name, address))):
            if seconds := back_off.begin(who):
                raise WaitError(seconds)
        entry = self._accounts.check(name, password)
        if entry is not None:
            self._by_name.succeeded((name, address))
            self._by_address.take_back(address)
        return entry

    def _begin(self, entry: Entry, token: str) -> str:
        with self._lock:
            now = self._clock()
            self._sessions[self._digest(token)] = _Session(
                entry.account.name, entry.password, now + self.seconds
            )
            while len(self._sessions) > REMEMBERED:
                self._sessions.popitem(last=False)
        return token

    def _digest(self, token: str) -> bytes:
        """What of a token is kept: nobody who reads this process's tables can use it."""
        return hmac.digest(self._key, token.encode(), hashlib.sha256)

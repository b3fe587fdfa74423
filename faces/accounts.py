"""The accounts that may log in, one a line of a file: ``name:role:scrypt$N$r$p$salt$key``.

``role`` is ``reader`` or ``editor``; salt and key are base64 (RFC 7914's scrypt of the password).
Lines that begin with ``#`` and blank lines mean nothing. ``budget-qa account add`` writes the file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from faces.access import Account, Role
from ingest.errors import BudgetQAError

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
_COST = (2**14, 8, 5)
"""N, r and p of a new password: 16 MiB and a fifth of a second (OWASP's table, row 4)."""
_HIGHEST_COST = (2**18, 16, 16)
LONGEST_NAME = 64
_NAME = re.compile(r"[^\s:#][^:\n\r]{0,62}[^\s:]|[^\s:#]")
_OTHERS_READ_OR_WRITE = 0o027


class AccountsError(BudgetQAError):
    """The file of accounts cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Hash:
    """A password, as it is kept."""

    cost: tuple[int, int, int]
    salt: bytes
    key: bytes

    @classmethod
    def of(cls, password: str, cost: tuple[int, int, int] = _COST) -> Hash:
        salt = secrets.token_bytes(16)
        return cls(cost, salt, _scrypt(password, salt, cost))

    @classmethod
    def read(cls, text: str) -> Hash:
        """Raises ValueError for anything that ``str`` of a hash does not give."""
        kind, n, r, p, salt, key = text.split("$")
        cost = int(n), int(r), int(p)
        if kind != "scrypt" or any(not 1 <= c <= h for c, h in zip(cost, _HIGHEST_COST, strict=True)):
            raise ValueError(kind)
        return cls(cost, b64decode(salt, validate=True), b64decode(key, validate=True))

    def __str__(self) -> str:
        parts = (*map(str, self.cost), b64encode(self.salt).decode(), b64encode(self.key).decode())
        return "$".join(("scrypt", *parts))

    def fits(self, password: str) -> bool:
        return hmac.compare_digest(_scrypt(password, self.salt, self.cost), self.key)


def _scrypt(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    given = password[:LONGEST_PASSWORD].encode()
    return hashlib.scrypt(given, salt=salt, n=n, r=r, p=p, maxmem=256 * r * (n + p + 4), dklen=32)


_NOBODY = Hash(_COST, b"\0" * 16, b"\0" * 32)
"""What the password of an unknown name is compared with, so that it takes as long."""


@dataclass(frozen=True, slots=True)
class Entry:
    account: Account
    password: Hash


class Accounts:
    """Who may log in, as the file says now: a change of the file counts from the next request."""

    def __init__(self, path: Path) -> None:
        """Raises AccountsError when the file cannot be used or names nobody."""
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._entries: dict[str, Entry] = {}
        if not self._now():
            raise AccountsError(
                f"{path} names nobody; add an account: budget-qa account add NAME --role editor"
            )

    def entry(self, name: str) -> Entry | None:
        """The account of that name, if there is one now."""
        return self._now().get(name)

    def check(self, name: str, password: str) -> Entry | None:
        """The account, if the password is its own. An unknown name takes the same work."""
        entry = self.entry(name)
        fits = (entry.password if entry else _NOBODY).fits(password)
        return entry if entry and fits else None

    def _now(self) -> dict[str, Entry]:
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._entries = read_accounts(self._path)
            self._stamp = stamp
        return self._entries


def _stamp(path: Path) -> tuple[int, int]:
    try:
        told = path.stat()
    except OSError as error:
        raise AccountsError(
            f"the file of accounts {path} cannot be read ({error.strerror}); "
            "make it with: budget-qa account add NAME --role editor"
        ) from error
    return told.st_mtime_ns, told.st_size


def read_accounts(path: Path) -> dict[str, Entry]:
    """Every account by its name. Raises AccountsError naming the first line that is none."""
    try:
        if os.name == "posix" and path.stat().st_mode & _OTHERS_READ_OR_WRITE:
            raise AccountsError(f"{path} can be read or changed by others: run  chmod 600 {path}")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AccountsError(f"the file of accounts {path} cannot be read: {error}") from error
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, role, kept = line.strip().split(":")
            if not _NAME.fullmatch(name) or role not in get_args(Role) or name in entries:
                raise ValueError(name)
            entries[name] = Entry(Account(name, role), Hash.read(kept))  # type: ignore[arg-type]
        except ValueError:
            raise AccountsError(
                f"{path}, line {number}: expected name:role:scrypt$N$r$p$salt$key with a name given once "
                "and the role reader or editor; write it with: budget-qa account add"
            ) from None
    return entries


def add_account(path: Path, name: str, role: Role, password: str) -> bool:
    """Write the account, readable by its owner only; True if the name was there and is replaced.

    Raises AccountsError for a name or password that cannot be one, and for a file that cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise AccountsError(f"{name!r} cannot be a name: 1 to 64 characters, no colon, no space at its ends")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountsError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    entries = read_accounts(path) if path.exists() else {}
    kept = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = [line for line in kept if line.startswith("#") or line.split(":")[0].strip() != name]
    draft = path.with_name(path.name + ".tmp")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write("\n".join([*lines, f"{name}:{role}:{Hash.of(password)}"]) + "\n")
        draft.replace(path)
    except OSError as error:
        raise AccountsError(f"{path} cannot be written ({error.strerror})") from error
    return name in entries

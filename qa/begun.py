"""Conversations that have begun: how they were understood so far, so that a turn need not begin with all
the turns before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from operator import is_

from qa.facts import DocumentFacts
from qa.understanding import Understood

REMEMBERED = 256
"""Turns; where a conversation's are forgotten, all of it is read again. One takes some 5 kB."""


class Conversations:
    """What was understood after each of the latest turns, over the same documents. Safe under threads."""

    def __init__(self) -> None:
        self._facts: list[DocumentFacts] = []
        self._states: OrderedDict[tuple[str, ...], Understood | None] = OrderedDict()
        self._lock = threading.Lock()

    def latest(self, turns: Sequence[str], facts: list[DocumentFacts]) -> tuple[int, Understood | None]:
        """How many of the turns are known, and what was understood after them."""
        with self._lock:
            self._forget_unless(facts)
            for count in range(len(turns), 0, -1):
                key = tuple(turns[:count])
                if key in self._states:
                    self._states.move_to_end(key)
                    return count, self._states[key]
        return 0, None

    def keep(self, turns: tuple[str, ...], facts: list[DocumentFacts], after: Understood | None) -> None:
        with self._lock:
            self._forget_unless(facts)
            self._states[turns] = after
            while len(self._states) > REMEMBERED:
                self._states.popitem(last=False)

    def _forget_unless(self, facts: list[DocumentFacts]) -> None:
        """Of documents that have changed nothing is kept."""
        if len(facts) != len(self._facts) or not all(map(is_, facts, self._facts)):
            self._states.clear()
            self._facts = facts

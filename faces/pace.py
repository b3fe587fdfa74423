"""How often somebody may do something: questions in a minute, and tries at a password."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil

REMEMBERED = 10_000
"""Of so many askers it is known what they did; the one who was quiet longest is forgotten first."""

Clock = Callable[[], float]


class Pace:
    """At most so many in a minute for each asker; who was quiet may ask that many at once."""

    def __init__(self, per_minute: int, clock: Clock = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_seconds(self, asker: Hashable) -> int:
        """0, and it counts; or how long the asker has to wait, and it does not count."""
        with self._lock:
            now = self._clock()
            left, then = self._left.pop(asker, (float(self._per_minute), now))
            left = min(self._per_minute, left + (now - then) * self._per_minute / 60)
            admitted = left >= 1
            self._left[asker] = (left - 1 if admitted else left, now)
            _forget(self._left)
            return 0 if admitted else max(1, ceil((1 - left) * 60 / self._per_minute))


class BackOff:
    """After some failures in a row, each further one doubles the wait before the next try."""

    LONGEST_SECONDS = 900

    def __init__(self, free: int, clock: Clock = time.monotonic) -> None:
        self._free = free
        self._clock = clock
        self._failed: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, who: Hashable) -> int:
        """0 for a try that may go on, and counts as failed until it is told otherwise; or how long to wait.

        Counted before its outcome is known, so that many tries at once gain nothing.
        """
        with self._lock:
            now = self._clock()
            times, until = self._failed.pop(who, (0, now))
            if until > now:
                self._failed[who] = (times, until)
                return ceil(until - now)
            times += 1
            pause = min(self.LONGEST_SECONDS, 2 ** min(times - self._free, 30)) if times >= self._free else 0
            self._failed[who] = (times, now + pause)
            _forget(self._failed)
            return 0

    def succeeded(self, who: Hashable) -> None:
        """Forget what failed before."""
        with self._lock:
            self._failed.pop(who, None)

    def take_back(self, who: Hashable) -> None:
        """The last try did not fail, and says nothing of those before."""
        with self._lock:
            times, _ = self._failed.pop(who, (0, 0.0))
            if times > 1:
                self._failed[who] = (times - 1, self._clock())


def _forget(
    table: OrderedDict[Hashable, tuple[int, float]] | OrderedDict[Hashable, tuple[float, float]],
) -> None:
    while len(table) > REMEMBERED:
        table.popitem(last=False)

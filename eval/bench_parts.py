"""What of an answer's time goes to understanding, linking, deciding, calculating and saying.

Measured from outside: while it is measured, functions of ``qa`` that other modules of it call are
called through a stopwatch. Nothing of that is there otherwise.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType, ModuleType
from typing import Any, TypeVar

PARTS = {
    "understand": ("understanding",),
    "link": (
        "resolve",
        "linking",
        "families",
        "members",
        "heads",
        "passages",
        "retrieval",
        "prose",
        "stated",
    ),
    "decide": (),
    "calculate": ("calculator",),
    "say": ("say", "phrases", "builder", "contradictions", "guard"),
}
"""Part -> the modules of ``qa`` whose public functions it begins with. What they call belongs to it as
far as it is of no other part; what is of none belongs to deciding, which calls the others."""

_REST = "decide"

_Asked = TypeVar("_Asked")


class Stopwatch:
    """Seconds by part: each moment counts for the part that was begun last and is not over."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._count()
        self._open.append(name)
        try:
            yield
        finally:
            self._count()
            self._open.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def through(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed as the beginning of a part."""

        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            with self.part(part):
                return function(*given, **named)

        return timed


def parts_of(answer: Callable[[_Asked], object], questions: Iterable[_Asked]) -> list[dict[str, float]]:
    """Seconds by part that each question takes; nothing else may be answered in this process meanwhile."""
    watch, taken = Stopwatch(), []
    with _watched(watch):
        for question in questions:
            with watch.part(_REST):
                answer(question)
            taken.append(watch.seconds)
            watch.seconds = dict.fromkeys(PARTS, 0.0)
    return taken


@contextmanager
def _watched(watch: Stopwatch) -> Iterator[None]:
    """The entrances of all parts go through the stopwatch, until left."""
    entrances = list(_entrances())
    for module, name, function, part in entrances:
        setattr(module, name, watch.through(part, function))
    try:
        yield
    finally:
        for module, name, function, _ in entrances:
            setattr(module, name, function)


def _entrances() -> Iterator[tuple[ModuleType, str, FunctionType, str]]:
    """Where a module of ``qa`` names a part's function of another one, so that it can be called."""
    part_of = {f"qa.{module}": part for part, modules in PARTS.items() for module in modules}
    for module in [m for n, m in sys.modules.items() if n.startswith("qa.")]:
        for name, value in list(vars(module).items()):
            part = part_of.get(getattr(value, "__module__", None) or "")
            is_plain = isinstance(value, FunctionType) and not inspect.isgeneratorfunction(value)
            if part and is_plain and value.__module__ != module.__name__:
                yield module, name, value, part

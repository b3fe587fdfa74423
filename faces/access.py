"""Who asks: the account behind a request, and what it may do."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from faces.wording import Words, language_of, words

if TYPE_CHECKING:
    import gradio as gr

Role = Literal["reader", "editor"]
Event = TypeVar("Event", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Account:
    """Who is logged in: a reader asks, looks and exports; an editor also changes what is kept."""

    name: str
    """Empty where nobody has to log in."""
    role: Role

    @property
    def may_edit(self) -> bool:
        """Whether it may upload, remove and rebuild."""
        return self.role == "editor"


EVERYBODY = Account("", "editor")
"""Whoever reaches a server that asks for no log-in."""


def account_of(request: gr.Request | None) -> Account:
    """The account that the gate let the request in with (``faces.gate``)."""
    let_in = request.request if request is not None else None
    account: Account = getattr(let_in.state, "account", EVERYBODY) if let_in is not None else EVERYBODY
    return account


def for_editors(event: Event) -> Event:
    """An event or endpoint of the page that changes what is kept: a reader's is refused before it begins.

    What is refused raises ``gr.Error`` with a text in the reader's language.
    """

    def check() -> None:
        import gradio as gr

        request, said = _at_hand()
        if not account_of(request).may_edit:
            raise gr.Error(said["editors_only"], print_exception=False)

    @wraps(event)
    def checked(*given: Any, **named: Any) -> Any:
        check()
        return event(*given, **named)

    @wraps(event)
    def checked_in_steps(*given: Any, **named: Any) -> Any:
        check()
        yield from event(*given, **named)

    return cast(Event, checked_in_steps if inspect.isgeneratorfunction(event) else checked)


def paced(event: Event) -> Event:
    """An event of the page that answers a question in steps: told instead that the account has asked
    enough for the moment, where the gate has found so. (Programs get status 429.)"""

    @wraps(event)
    def told_or_answered(*given: Any, **named: Any) -> Any:
        import gradio as gr

        request, said = _at_hand()
        told = getattr(request.request.state, "told", None) if request and request.request else None
        if told is not None:
            gr.Warning(told, title=said["notice"])
            yield gr.skip()
            return
        yield from event(*given, **named)

    return cast(Event, told_or_answered)


def _at_hand() -> tuple[gr.Request | None, Words]:
    """The request that the event at hand was made with, if any, and the words for who made it."""
    from gradio.context import LocalContext

    request = LocalContext.request.get()
    return request, words(language_of(request.headers.get("accept-language") if request else None))

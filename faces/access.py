"""Who asks: the account behind a request, and what it may do."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from ingest.errors import BudgetQAError

if TYPE_CHECKING:
    import gradio as gr

Role = Literal["reader", "editor"]
Event = TypeVar("Event", bound=Callable[..., Any])


class NotAllowedError(BudgetQAError):
    """A reader asked for something that changes what is kept."""


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
        from gradio.context import LocalContext

        from faces.wording import language_of, words

        request = LocalContext.request.get()
        if not account_of(request).may_edit:
            said = words(language_of(request.headers.get("accept-language") if request else None))
            raise gr.Error(said["editors_only"], print_exception=False) from NotAllowedError()

    @wraps(event)
    def checked(*given: Any, **named: Any) -> Any:
        check()
        return event(*given, **named)

    @wraps(event)
    def checked_in_steps(*given: Any, **named: Any) -> Any:
        check()
        yield from event(*given, **named)

    return cast(Event, checked_in_steps if inspect.isgeneratorfunction(event) else checked)

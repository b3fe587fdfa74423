"""Who asks: the account behind a request, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import gradio as gr

Role = Literal["reader", "editor"]


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


def account_of(request: gr.Request) -> Account:
    """The account that a request was let in with."""
    account: Account = getattr(request.request.state, "account", EVERYBODY) if request.request else EVERYBODY
    return account

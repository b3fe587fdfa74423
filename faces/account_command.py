"""The command ``budget-qa account``: who may log in to the page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from faces.access import Role

app = typer.Typer(help="Who may log in to the page.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """So that ``account`` stays a group of commands while it has one."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the person logs in as.")],
    role: Annotated[
        Role, typer.Option("--role", help="A reader asks and exports; an editor also changes what is kept.")
    ] = "reader",
    file: Annotated[
        Path | None,
        typer.Option("--file", envvar="BUDGET_QA_AUTH_FILE", help="The file of accounts; made if need be."),
    ] = None,
) -> None:
    """Write an account, or another password for it, into the file of accounts.

    Asks for the password, or reads it from the first line of standard input. To take an account
    away, delete its line. A running server sees the change at once.
    """
    from faces.accounts import add_account

    if file is None:
        raise typer.BadParameter("name the file of accounts in BUDGET_QA_AUTH_FILE, or with --file")
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    was_there = add_account(file, name, role, password)
    print(f"{name} ({role}) {'has a new password' if was_there else 'may log in'}: {file}")

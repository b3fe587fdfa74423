"""A server that asks for a log-in, for the tests of who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from small_world import World, build_world

from faces.accounts import Hash
from faces.settings import ServerSettings

READER, EDITOR, OTHER = (
    ("读者甲", "reader's password"),
    ("editor", "editor's password"),
    ("other", "another one"),
)


def account_file(path: Path, cost: tuple[int, int, int] = (2, 1, 1)) -> Path:
    """Three accounts whose passwords are quick to work out."""
    roles = ((READER, "reader"), (EDITOR, "editor"), (OTHER, "reader"))
    lines = [f"{name}:{role}:{Hash.of(password, cost)}\n" for (name, password), role in roles]
    path.touch(mode=0o600)
    path.write_text("".join(lines), encoding="utf-8")
    return path


@dataclass
class Guarded:
    """The server, and ways in."""

    world: World
    address: str
    key: str
    accounts: Path

    @contextmanager
    def client(self, account: tuple[str, str] | None = None, **headers: str) -> Iterator[httpx.Client]:
        """A browser's requests, logged in as the account by its form."""
        spoken = {"accept-language": "en", **headers}
        with httpx.Client(base_url=self.address, headers=spoken, timeout=30) as client:
            if account:
                name, password = account
                sent = client.post("/login", data={"username": name, "password": password})
                assert sent.status_code == 200, sent.text
            yield client


@contextmanager
def guarded(folder: Path, *, with_tools: bool = False, **settings: Any) -> Iterator[Guarded]:
    import app
    from faces.gate import open_doors
    from faces.tools import tool_settings

    world = build_world(folder)
    accounts = account_file(folder / "accounts")
    doors = open_doors(ServerSettings(auth_file=accounts, **settings))
    page = app.build_app(world.desk)
    page.queue(max_size=doors.settings.waiting)
    tools = tool_settings(world.desk) if with_tools else {}
    launched = app.launch_settings("127.0.0.1", doors, tools, world.desk)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **launched)
    try:
        yield Guarded(world, address, doors.owner_key or "", accounts)
    finally:
        page.close()
        world.desk.close()


def call(client: httpx.Client, name: str, *values: Any) -> tuple[int, str]:
    """What a named endpoint answers: the status, and the reply as it came."""
    asked = client.post(f"/gradio_api/call/{name}", json={"data": list(values)})
    if asked.status_code != 200:
        return asked.status_code, asked.text
    return 200, client.get(f"/gradio_api/call/{name}/{asked.json()['event_id']}").text

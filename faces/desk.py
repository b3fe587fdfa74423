"""The requests that a person or a script makes, in plain values, whoever owns the store.

``open_desk`` gives a ``LocalDesk`` when this process may own the store, and a ``RemoteDesk``
when a running ``budget-qa serve`` does: both take the same requests and give the same values,
so the commands do not know the difference. A remote request goes to the server's Gradio
endpoints of the same names, which ``faces.screens.endpoints`` builds from a ``LocalDesk``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import BudgetQAError
from ingest.model import Document, Table

if TYPE_CHECKING:
    import httpx

    from faces.conversations import Conversations
    from index_store.intake import Progress
    from index_store.store import Store, StoredDocument
    from qa.answer import Answer
    from qa.assisted import Answers
    from qa.engine import Engine

Report = Callable[["Progress"], None]

CONNECT_SECONDS = 5.0
"""A server on this machine accepts at once or is not there."""


class DeskError(BudgetQAError):
    """A request that cannot be carried out as it was put."""


class Desk(Protocol):
    """What can be asked. Every method raises BudgetQAError with a text for people."""

    note: str | None
    """What the person should know about where requests go, or None."""

    def ask(self, question: str, history: Sequence[str]) -> dict[str, Any]:
        """The answer in the answer-file format, with ``choices`` and ``understood`` beside it."""
        ...

    def explain(self, question: str, history: Sequence[str]) -> dict[str, Any]:
        """How the question is understood, and what each figure that it asks for may be, with scores."""
        ...

    def documents(self) -> list[dict[str, Any]]:
        """Every document kept, with whose it is and what is in it."""
        ...

    def ingest(self, paths: Sequence[Path], report: Report | None) -> list[dict[str, Any]]:
        """Read files, and those in folders, and keep them: one verdict a file."""
        ...

    def remove(self, name: str) -> dict[str, Any]:
        """Forget one document; gives what it was."""
        ...

    def tables(self, name: str) -> list[dict[str, Any]]:
        """One document's tables in the tables format."""
        ...

    def rows(self, name: str) -> list[dict[str, Any]]:
        """One document's printed cells, a record each (``faces.export``)."""
        ...

    def passages(self, name: str) -> list[dict[str, Any]]:
        """One document's paragraphs with the figures that they state (``faces.export``)."""
        ...

    def findings(self, name: str) -> dict[str, Any]:
        """Where one document disagrees with itself, and what was checked (``faces.auditing``)."""
        ...

    def reindex(self) -> int:
        """Rebuild the index of meanings from the stored figures; gives how many texts it holds."""
        ...

    def close(self) -> None: ...


def open_desk(directory: Path) -> Desk:
    """The desk for the store in ``directory``: its own, or the server's that owns it.

    Raises StoreError when the owner is no server, and DeskError when it does not answer.
    """
    from index_store.errors import StoreOwnedError
    from index_store.store import Store

    try:
        return LocalDesk(Store.open(directory))
    except StoreOwnedError as owned:
        if not owned.address:
            raise
        return RemoteDesk(owned.address, owned.key)


class LocalDesk:
    """Requests answered by this process, which owns the store."""

    note: str | None = None

    def __init__(self, store: Store, engine: Engine | None = None) -> None:
        self.store = store
        self._engine = engine
        self._answers: Answers | None = None
        self._conversations: Conversations | None = None

    @property
    def engine(self) -> Engine:
        """Made at the first question: the other requests do not need it."""
        if self._engine is None:
            from qa.engine import Engine

            self._engine = Engine(self.store)
        return self._engine

    @property
    def answers(self) -> Answers:
        """The engine, with the language model beside it that the environment names, if any."""
        if self._answers is None:
            from qa.assisted import assisted

            self._answers = assisted(self.engine, self.store)
        return self._answers

    @property
    def conversations(self) -> Conversations:
        """What was asked on the page, kept beside the store."""
        if self._conversations is None:
            from faces.conversations import Conversations
            from faces.settings import ServerSettings

            keep_days = ServerSettings.from_environment().history_days
            self._conversations = Conversations(self.store.directory, keep_days=keep_days)
        return self._conversations

    def ask(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        answer: Answer = self.answers.answer(question, history)
        return answer.to_dict() | {"choices": list(answer.choices), "understood": answer.understood}

    def explain(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        return self.engine.explain(question, history)

    def documents(self) -> list[dict[str, Any]]:
        return [describe(document) for document in self.store.documents()]

    def ingest(
        self, paths: Sequence[Path], report: Report | None = None, stop: threading.Event | None = None
    ) -> list[dict[str, Any]]:
        """As the desk's, and broken off once ``stop`` is set: what has been read by then is kept."""
        from index_store.intake import ingest_files

        return [asdict(outcome) for outcome in ingest_files(self.store, paths, report, stop=stop)]

    def remove(self, name: str) -> dict[str, Any]:
        document = find(self.store.documents(), name)
        self.store.remove(document.id)
        return describe(document)

    def tables(self, name: str) -> list[dict[str, Any]]:
        return tables_of(self._document(name))

    def rows(self, name: str) -> list[dict[str, Any]]:
        from faces.export import rows_of

        return rows_of(self._document(name))

    def passages(self, name: str) -> list[dict[str, Any]]:
        from faces.export import passages_of

        return passages_of(self._document(name))

    def _document(self, name: str) -> Document:
        return self.store.load(find(self.store.documents(), name).id)

    def findings(self, name: str) -> dict[str, Any]:
        from faces.auditing import audit_of

        return audit_of(self.store.load(find(self.store.documents(), name).id))

    def reindex(self) -> int:
        return self.store.reindex()

    def close(self) -> None:
        if self._conversations is not None:
            self._conversations.close()
        self.store.close()


class RemoteDesk:
    """Requests sent to the running server that owns the store, on this machine."""

    def __init__(self, address: str, key: str | None = None) -> None:
        """``key``: what the server wrote into the store; who can read it need not log in."""
        import httpx

        self.note: str | None = f"the store belongs to the server at {address}: the request goes there"
        self._client: httpx.Client = httpx.Client(
            base_url=address.rstrip("/") + "/gradio_api",
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            headers={"authorization": f"Bearer {key}"} if key else {},
            trust_env=False,  # a proxy from the environment has no business between us and loopback
        )

    def ask(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        return dict(self._call("ask", question, list(history)))

    def explain(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        return dict(self._call("explain", question, list(history)))

    def documents(self) -> list[dict[str, Any]]:
        return list(self._call("documents"))

    def ingest(self, paths: Sequence[Path], report: Report | None = None) -> list[dict[str, Any]]:
        return [self._ingest_one(file) for path in paths for file in _files(path)]

    def remove(self, name: str) -> dict[str, Any]:
        return dict(self._call("remove", name))

    def tables(self, name: str) -> list[dict[str, Any]]:
        return list(self._call("tables", name))

    def rows(self, name: str) -> list[dict[str, Any]]:
        return list(self._call("rows", name))

    def passages(self, name: str) -> list[dict[str, Any]]:
        return list(self._call("passages", name))

    def findings(self, name: str) -> dict[str, Any]:
        return dict(self._call("audit", name))

    def reindex(self) -> int:
        return int(self._call("reindex"))

    def close(self) -> None:
        self._client.close()

    def _ingest_one(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            uploaded = self._request("POST", "/upload", files={"files": (path.name, file)}).json()
        sent = {"path": uploaded[0], "orig_name": path.name, "meta": {"_type": "gradio.FileData"}}
        (verdict,) = self._call("ingest", [sent])
        return dict(verdict)

    def _call(self, name: str, *values: Any) -> Any:
        event = self._request("POST", f"/call/{name}", json={"data": list(values)}).json()["event_id"]
        reply = self._request("GET", f"/call/{name}/{event}").text
        kind, data = _last_event(reply)
        if kind != "complete":
            reason = (data or {}).get("error") if isinstance(data, dict) else None
            raise DeskError(reason or f"the server could not carry out '{name}': see its log")
        return data[0]

    def _request(self, method: str, path: str, **given: Any) -> httpx.Response:
        import httpx

        try:
            response = self._client.request(method, path, **given)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise DeskError(
                f"the server at {self._client.base_url.host}:{self._client.base_url.port} that owns the "
                f"store did not answer ({error or type(error).__name__}); wait until it is up, or stop it"
            ) from error
        return response


def _files(path: Path) -> list[Path]:
    """The file, or those of our formats in the folder. Raises DeskError when there are none."""
    from index_store.intake import SUFFIXES

    inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    files = [path] if path.is_file() else inside
    if not files:
        raise DeskError(f"{path} is no file and no folder with files of {', '.join(sorted(SUFFIXES))}")
    return files


def _last_event(stream: str) -> tuple[str, Any]:
    """Kind and data of the last event in a finished server-sent-event stream."""
    kind, data = "error", None
    for line in stream.splitlines():
        if line.startswith("event:"):
            kind, data = line[6:].strip(), None
        elif line.startswith("data:"):
            data = json.loads(line[5:])
    return kind, data


def find(documents: Sequence[StoredDocument], name: str) -> StoredDocument:
    """The document of that file name, or number, or the only one whose name contains it.

    Raises DeskError when none or several fit.
    """
    exact = [d for d in documents if name in (d.file_name, str(d.id))]
    fitting = exact or [d for d in documents if name and name in d.file_name]
    if len(fitting) == 1:
        return fitting[0]
    names = "、".join(d.file_name for d in fitting or documents)
    if fitting:
        raise DeskError(f"{name!r} fits several documents: {names}; give one whole name")
    raise DeskError(f"no document is called {name!r}; there are: {names or 'none yet'}")


def describe(document: StoredDocument) -> dict[str, Any]:
    """A stored document for people and scripts, without its content."""
    return asdict(document)


def tables_of(document: Document) -> list[dict[str, Any]]:
    """A document's tables in the fixed outside format."""
    return [_table(table) for table in document.tables]


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "number": table.number,
        "unit": table.unit,
        "side": table.side,
        "pages": list(table.pages),
        "columns": [list(column.path) for column in table.columns],
        "rows": [
            {
                "code": row.code,
                "unit_code": row.unit_code,
                "label": row.label,
                "path": list(row.path),
                "cells": [cell.whole or None for cell in row.cells],
                "page": row.place.page_number,
            }
            for row in table.rows
        ],
        "notes": table.notes,
    }

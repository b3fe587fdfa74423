"""What a server's people wait for when they ask at once, beside one who asks alone in the same run.

The server is ``budget-qa serve`` in a process of its own, over a store that nobody else has open; the
people are programs that ask its endpoint, each a few questions, one after the other without a pause.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from eval.bench_memory import peak_mib
from eval.formats import Question
from eval.score import percentile
from ingest.errors import BudgetQAError

_START_SECONDS = 60
_STOP_SECONDS = 20
_ENDLESS = "1000000"
"""For the server's limit of questions a minute: all people of the bench come from one address."""
_ROUNDS = 2
"""How often the lone person asks everything; the last counts."""


class ServerError(BudgetQAError):
    """The server did not start, or an answer did not come or was another than it should be."""


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    process_id: int

    @property
    def peak_mib(self) -> float:
        """The most that its process has held so far."""
        return peak_mib(str(self.process_id))

    @asynccontextmanager
    async def person(self) -> AsyncIterator[Person]:
        """A connection of its own to the endpoints."""
        async with httpx.AsyncClient(
            base_url=f"{self.address}/gradio_api", timeout=httpx.Timeout(600), trust_env=False
        ) as client:
            yield Person(client)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls the endpoints."""

    client: httpx.AsyncClient

    async def call(self, name: str, *values: Any) -> Any:
        """What the endpoint of that name gives. Raises ServerError when that is a failure."""
        begun = await self.client.post(f"/call/{name}", json={"data": list(values)})
        if begun.status_code != 200:
            raise ServerError(f"{name}: status {begun.status_code}, {begun.text}")
        reply = await self.client.get(f"/call/{name}/{begun.json()['event_id']}")
        kind, _, data = reply.text.strip().rpartition("event: ")[2].partition("\ndata: ")
        if kind != "complete":
            raise ServerError(f"{name}: {reply.text.strip() or reply.status_code}")
        return json.loads(data)[0]

    async def send(self, file: Path) -> dict[str, Any]:
        """The verdict on an uploaded file. Raises ServerError when it is refused."""
        with file.open("rb") as content:
            sent = await self.client.post("/upload", files={"files": (file.name, content)})
        if sent.status_code != 200:
            raise ServerError(f"upload of {file.name}: status {sent.status_code}, {sent.text}")
        uploaded = {"path": sent.json()[0], "orig_name": file.name, "meta": {"_type": "gradio.FileData"}}
        (verdict,) = await self.call("ingest", [uploaded])
        return dict(verdict)


@contextmanager
def serving(store: Path) -> Iterator[Server]:
    """``budget-qa serve`` over the store on a free port, without a language model or accounts, until left.

    Raises ServerError when it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("BUDGET_QA_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--store", str(store), "--port", str(port)],
        env=settings | {"BUDGET_QA_QUESTIONS_PER_MINUTE": _ENDLESS, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.DEVNULL,
    )
    server = Server(f"http://127.0.0.1:{port}", process.pid)
    try:
        _wait_until_up(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(server.address, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise ServerError(f"the server on {server.address} did not start in {_START_SECONDS} s")


# -- asking --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CrowdCost:
    """Milliseconds from a question's sending to its whole answer, as a client sees them."""

    people: int
    questions: int
    """Asked by all of them together."""
    alone_p50_ms: float
    alone_p95_ms: float
    p50_ms: float
    p95_ms: float
    per_second: float
    """Questions of all people answered in a second."""
    peak_mib: float
    """The most that the server held."""

    def __str__(self) -> str:
        return (
            f"serving    {self.people} people at once, {self.questions} questions, no error: "
            f"p50 {self.p50_ms:.0f} ms, p95 {self.p95_ms:.0f} ms, {self.per_second:.0f} answers a second; "
            f"one alone p50 {self.alone_p50_ms:.0f} ms, p95 {self.alone_p95_ms:.0f} ms, "
            f"ratios {self.p50_ms / self.alone_p50_ms:.1f} and {self.p95_ms / self.alone_p95_ms:.1f}; "
            f"server's peak {self.peak_mib:.0f} MiB"
        )


Answers = dict[tuple[str, tuple[str, ...]], str]
"""Question and those before it -> what was answered."""


async def crowd_cost(server: Server, questions: Sequence[Question], people: int, each: int) -> CrowdCost:
    """``people`` who ask ``each`` questions at once, beside one who asks them all alone.

    Raises ServerError when a question fails, or is answered to the crowd otherwise than to the lone one.
    """
    answers: Answers = {}
    for _ in range(_ROUNDS):
        alone = await ask_all(server, questions, answers)
    turns = [[questions[(n + k * people) % len(questions)] for k in range(each)] for n in range(people)]
    started = time.perf_counter()
    crowd = await asyncio.gather(*(ask_all(server, asked, answers) for asked in turns))
    seconds = time.perf_counter() - started
    lone, many = sorted(alone), sorted(ms for one in crowd for ms in one)
    return CrowdCost(
        people=people,
        questions=len(many),
        alone_p50_ms=percentile(lone, 50) or 0.0,
        alone_p95_ms=percentile(lone, 95) or 0.0,
        p50_ms=percentile(many, 50) or 0.0,
        p95_ms=percentile(many, 95) or 0.0,
        per_second=len(many) / seconds,
        peak_mib=server.peak_mib,
    )


async def ask_all(server: Server, questions: Sequence[Question], answers: Answers) -> list[float]:
    """One person's questions, one after the other; gives the milliseconds of each.

    Raises ServerError when one fails, or is answered otherwise than ``answers`` has it.
    """
    async with server.person() as person:
        return [await waited_ms(person, question, answers) for question in questions]


async def waited_ms(person: Person, question: Question, answers: Answers) -> float:
    """The milliseconds of one question. Raises ServerError as ``ask_all``."""
    started = time.perf_counter()
    answer: Mapping[str, Any] = await person.call("ask", question.text, list(question.history))
    milliseconds = 1000 * (time.perf_counter() - started)
    if answers.setdefault((question.text, question.history), answer["text"]) != answer["text"]:
        raise ServerError(f"answered in two ways: {question.text}")
    return milliseconds

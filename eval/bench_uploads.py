"""What uploads cost a running server: time, memory, verdicts, and what somebody waits who asks meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench_memory import watched_children, write_long_pdf
from eval.bench_server import CrowdCost, Server, crowd_cost, serving, waited_ms
from eval.extraction_report import Plan, write_corpus
from eval.formats import Question
from eval.score import percentile

PEOPLE = 50
QUESTIONS_EACH = 5
FILES_AT_ONCE = 20
LARGE_MIB = 100
_SEED = 9000


@dataclass(frozen=True, slots=True)
class UploadCost:
    """Files that as many people send at once, each one."""

    name: str
    mib: float
    """Of all files together."""
    seconds: float
    """Until the last verdict."""
    verdicts: dict[str, int]
    meanwhile_p50_ms: float | None
    """A question of somebody who asks without a pause until then; None when not one was answered."""
    meanwhile_p95_ms: float | None
    server_mib: float
    """The most that the server held since its start."""
    reader_mib: float
    """The most that a process held that reads a file for it."""

    def __str__(self) -> str:
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        asked = "no question answered meanwhile"
        if self.meanwhile_p50_ms is not None and self.meanwhile_p95_ms is not None:
            asked = (
                f"a question meanwhile p50 {self.meanwhile_p50_ms:.0f} ms, p95 {self.meanwhile_p95_ms:.0f} ms"
            )
        return (
            f"upload     {self.name}, {self.mib:.1f} MiB: {self.seconds:.1f} s, {verdicts}; {asked}; "
            f"peaks: server {self.server_mib:.0f} MiB, reader {self.reader_mib:.0f} MiB"
        )


def serving_costs(store: Path, questions: Sequence[Question]) -> Iterator[CrowdCost | UploadCost]:
    """Of a server over a copy of the store, one after the other. Raises ServerError for any failure."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(store, Path(folder) / "store"))
        many = [
            path for _, _, path in write_corpus(Path(folder), Plan(FILES_AT_ONCE, _SEED, ("pdf",), scale=1))
        ]
        large = write_long_pdf(Path(folder) / "large.pdf", 10, attached_mib=LARGE_MIB)
        with serving(copy) as server:
            yield asyncio.run(crowd_cost(server, questions, PEOPLE, QUESTIONS_EACH))
            yield asyncio.run(upload_cost(server, f"{len(many)} files at once", many, questions))
            yield asyncio.run(upload_cost(server, "a large file", [large], questions))


async def upload_cost(
    server: Server, name: str, files: Sequence[Path], questions: Sequence[Question]
) -> UploadCost:
    """Send the files, and ask the questions again and again until all have a verdict.

    Raises ServerError when an upload is refused or a question fails.
    """
    with watched_children(str(server.process_id)) as most:
        started = time.perf_counter()
        sending = asyncio.gather(*(_verdict(server, file) for file in files))
        asking = asyncio.create_task(_ask_until(server, questions, sending.done))
        verdicts = await sending
        seconds = time.perf_counter() - started
        asked = sorted(await asking)
    return UploadCost(
        name=name,
        mib=sum(file.stat().st_size for file in files) / (1 << 20),
        seconds=seconds,
        verdicts=dict(Counter(str(verdict["status"]) for verdict in verdicts)),
        meanwhile_p50_ms=percentile(asked, 50),
        meanwhile_p95_ms=percentile(asked, 95),
        server_mib=server.peak_mib,
        reader_mib=most[0],
    )


async def _verdict(server: Server, file: Path) -> dict[str, Any]:
    async with server.person() as person:
        return await person.send(file)


async def _ask_until(
    server: Server, questions: Sequence[Question], is_over: Callable[[], bool]
) -> list[float]:
    """The milliseconds of each question. What the files add may change the answers: they are not compared."""
    times: list[float] = []
    async with server.person() as person:
        while not is_over():
            times.append(await waited_ms(person, questions[len(times) % len(questions)], {}))
    return times

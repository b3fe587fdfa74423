"""What ingestion costs beside pdfplumber's plain extraction of text and tables, in the same run.

``python -m eval.bench_ingestion`` measures, in a process of its own that may use only so many cores;
``ingestion_costs`` starts it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pdfplumber

from ingest import read_document

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class IngestionCost:
    """Seconds for a set of PDF files, the best of several rounds of each side."""

    name: str
    cores: int
    pages: int
    plain_seconds: float
    """pdfplumber's ``extract_text`` and ``extract_tables`` on every page, each page closed."""
    seconds: float
    """From the files to a store in which all is found, also by meaning."""
    plain_processor_seconds: float
    processor_seconds: float
    """Of all processes and cores, on both sides: what the machine does besides adds little to it."""
    parts: dict[str, float]
    """Seconds in each part, one file after the other in one process: read, structure, audit, store, embed."""

    @property
    def ratio(self) -> float:
        """1: whole ingestion takes as long as plain extraction."""
        return self.seconds / self.plain_seconds

    @property
    def processor_ratio(self) -> float:
        return self.processor_seconds / self.plain_processor_seconds

    def __str__(self) -> str:
        ours, plain = (1000 * s / self.pages for s in (self.seconds, self.plain_seconds))
        parts = ", ".join(f"{part} {1000 * s / self.pages:.1f}" for part, s in self.parts.items())
        return (
            f"ingestion  {self.name}, {self.cores} core{'s' * (self.cores > 1)}, {self.pages} pages: "
            f"{ours:.1f} ms a page, {self.pages / self.seconds:.0f} pages a second; "
            f"pdfplumber {plain:.1f} ms, ratio {self.ratio:.2f} "
            f"(of processor time {self.processor_ratio:.2f})\n           in ms a page: {parts}"
        )


def ingestion_costs(sets: Mapping[str, Sequence[Path]], cores: int, rounds: int) -> list[IngestionCost]:
    """One for each set of files, by its name. Raises ValueError when a set has no file."""
    if empty := [name for name, files in sets.items() if not files]:
        raise ValueError(f"no PDF files to measure in {', '.join(empty)}")
    request = {name: [str(file) for file in files] for name, files in sets.items()}
    command = [sys.executable, "-m", __name__, json.dumps(request), str(cores), str(rounds)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return [IngestionCost(**cost) for cost in json.loads(printed)]


def _measure(name: str, files: Sequence[Path], rounds: int, embedder: BaseEmbedding) -> IngestionCost:
    plain, ours = [], []
    for _ in range(rounds):  # in turn, so that what else the machine does falls on both
        cost, pages = _timed(lambda: [_extract(file) for file in files])
        plain.append(cost)
        ours.append(_timed_ingestion(files, embedder))
    return IngestionCost(
        name=name,
        cores=len(os.sched_getaffinity(0)),
        pages=sum(pages),
        plain_seconds=min(cost.seconds for cost in plain),
        seconds=min(cost.seconds for cost in ours),
        plain_processor_seconds=min(cost.processor_seconds for cost in plain),
        processor_seconds=min(cost.processor_seconds for cost in ours),
        parts=_parts(files, embedder),
    )


def _extract(path: Path) -> int:
    """The plain way; gives the number of pages."""
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.extract_tables()
            page.close()
        return len(pdf.pages)


def _timed_ingestion(files: Sequence[Path], embedder: BaseEmbedding) -> _Cost:
    from index_store import Store
    from index_store.intake import ingest_files

    with TemporaryDirectory() as folder, Store.open(Path(folder), embedder=lambda: embedder) as store:
        cost, outcomes = _timed(lambda: ingest_files(store, files))
    if failed := [outcome.message for outcome in outcomes if outcome.status == "failed"]:
        raise ValueError(f"not read: {failed[0]}")
    return cost


def _parts(files: Sequence[Path], embedder: BaseEmbedding) -> dict[str, float]:
    from index_store import Store
    from ingest.audit import audit

    read_until = 0.0

    def on_page(page: int, pages: int) -> None:
        nonlocal read_until
        read_until = time.perf_counter()

    parts = dict.fromkeys(("read", "structure", "audit", "store", "embed"), 0.0)
    with TemporaryDirectory() as folder, Store.open(Path(folder), embedder=lambda: embedder) as store:
        for file in files:
            started = time.perf_counter()
            document = read_document(file, progress=on_page)
            ended = time.perf_counter()
            audited = _timed(partial(audit, document))[0].seconds
            parts["read"] += read_until - started
            parts["structure"] += ended - read_until - audited
            parts["audit"] += audited
            parts["store"] += _timed(partial(store.add, document, file))[0].seconds
            parts["embed"] += _timed(store.embed_pending)[0].seconds
    return parts


class _Cost(NamedTuple):
    seconds: float
    processor_seconds: float


def _timed(work: Callable[[], _Result]) -> tuple[_Cost, _Result]:
    started = _now()
    result = work()
    return _Cost(*(after - before for before, after in zip(started, _now(), strict=True))), result


def _now() -> tuple[float, float]:
    """The clock, and the processor time of this process and of those it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(u.ru_utime + u.ru_stime for u in used)


def main() -> None:
    from index_store.embeddings import default_embedder

    sets = {name: [Path(file) for file in files] for name, files in json.loads(sys.argv[1]).items()}
    cores, rounds = int(sys.argv[2]), int(sys.argv[3])
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    embedder = default_embedder()
    smallest = min((file for files in sets.values() for file in files), key=lambda file: file.stat().st_size)
    _measure("warming up", [smallest], 1, embedder)
    costs = [_measure(name, files, rounds, embedder) for name, files in sets.items()]
    print(json.dumps([asdict(cost) for cost in costs]))


if __name__ == "__main__":
    main()

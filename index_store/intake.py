"""Files and folders into a store: read, kept, then embedded, each failure told and passed over."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

from index_store.errors import StoreError
from index_store.reading import Read, Reader
from index_store.settings import Settings
from index_store.store import Added, Store
from ingest import read_document
from ingest.cores import core_count
from ingest.errors import BudgetQAError, IngestError
from ingest.model import Document

SUFFIXES = frozenset({".pdf", ".txt", ".md", ".xlsx", ".xls", ".docx", ".html", ".htm", ".mht"})
"""What is taken from a folder; a file named by itself is tried whatever it is called."""

_MOST_WORKERS = 2
"""Files read at once, where there are as many cores."""

_STOP_SECONDS = 0.1
"""How long a request to stop may go unseen."""

Phase = Literal["reading", "storing", "embedding"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is."""

    phase: Phase
    done: int
    total: int
    """Files finished of all files; while embedding, texts."""
    file_name: str | None = None
    """The file this is about; None while embedding."""
    file_number: int | None = None
    """Counts from 1."""
    page_number: int | None = None
    """Pages of the file read so far."""
    page_count: int | None = None
    seconds_left: float | None = None
    """In this phase, by the pace so far; None before there is one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: str
    file_name: str
    status: Added | Literal["failed", "cancelled"]
    document_id: int | None = None
    message: str | None = None
    """Why it failed and what to try; or what else there is to know."""
    warnings: tuple[str, ...] = ()
    """What could not be read well."""
    error: str | None = None
    """The class of the failure, such as ``EncryptedFileError``, to say it in another language."""


Report = Callable[[Progress], None]


def ingest_files(
    store: Store,
    paths: Iterable[Path],
    report: Report | None = None,
    *,
    stop: threading.Event | None = None,
    read: Read = read_document,
    settings: Settings | None = None,
) -> list[Outcome]:
    """Add the files, and those of our formats in the folders, then embed what is new.

    One outcome a file, in the order given, after those for paths where there is no file. A file
    that fails has one too, and the rest goes on. A file with the bytes of a stored document is
    not read again. ``report`` is never called twice at once. Once ``stop`` is set, what is being read
    is dropped and the rest is not begun: those files are ``cancelled``, the others are kept.
    ``read`` has to be a function of a module: it runs in another process.
    """
    files, outcomes = _expand(paths)
    if files:
        given = settings or Settings.from_environment()
        batch = _Batch(store, files, report or _ignore, read, given, stop or threading.Event())
        outcomes += batch.run()
        outcomes = _embed(store, outcomes, report or _ignore)
    return outcomes


def _ignore(progress: Progress) -> None:
    pass


def _expand(paths: Iterable[Path]) -> tuple[list[Path], list[Outcome]]:
    """The files meant, each once, and what went wrong with those that are none."""
    files: dict[Path, Path] = {}
    failed: list[Outcome] = []
    for path in paths:
        found = _files_under(path) if path.is_dir() else [path] if path.is_file() else []
        files.update((file.resolve(), file) for file in found if file.resolve() not in files)
        if not found:
            kinds = "、".join(sorted(SUFFIXES))
            message = (
                f"holds no file of {kinds}" if path.is_dir() else "there is no such file; check the path"
            )
            failed.append(Outcome(str(path), path.name, "failed", message=f"{path.name}: {message}"))
    return list(files.values()), failed


def _files_under(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    )


@dataclass
class _Batch:
    """The reading and storing of several files at once."""

    store: Store
    files: Sequence[Path]
    report: Report
    read: Read
    settings: Settings
    stop: threading.Event
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)
    parts_done: dict[int, float] = field(default_factory=dict)
    """Of each file begun, by its number: how much of it is read, 0 to 1."""

    def run(self) -> list[Outcome]:
        worker_count = min(_MOST_WORKERS, core_count(), len(self.files))
        readers = [Reader(self.settings, self.read) for _ in range(worker_count)]
        idle: SimpleQueue[Reader] = SimpleQueue()
        for reader in readers:
            idle.put(reader)

        def take(number: int, path: Path) -> Outcome:
            reader = idle.get()
            try:
                return self._take(number, path, reader)
            finally:
                idle.put(reader)

        pool = ThreadPoolExecutor(worker_count)
        over = threading.Event()
        threading.Thread(target=self._drop_when_stopped, args=(readers, over), daemon=True).start()
        try:
            return list(pool.map(take, range(1, len(self.files) + 1), self.files))
        finally:  # after an interrupt: no further file, an end to those under way, nothing left behind
            pool.shutdown(wait=False, cancel_futures=True)
            _close(readers)
            pool.shutdown()
            _close(readers)
            over.set()

    def _drop_when_stopped(self, readers: Sequence[Reader], over: threading.Event) -> None:
        """End the reading of the files under way, once that is asked for."""
        while not over.wait(_STOP_SECONDS):
            if self.stop.is_set():
                _close(readers)

    def _take(self, number: int, path: Path, reader: Reader) -> Outcome:
        if self.stop.is_set():
            return Outcome(str(path), path.name, "cancelled")
        self._tell("reading", number, path, 0.0)
        try:
            known = self.store.find(_sha256(path))
            if known is not None:
                message = (
                    None if known.file_name == path.name else f"the same file is stored as {known.file_name}"
                )
                return Outcome(str(path), path.name, "unchanged", known.id, message, known.warnings)

            def on_page(page: int, pages: int) -> None:
                self._tell("reading", number, path, page / pages if pages else 0.0, page, pages)

            document = reader.read(path, on_page)
            self._tell("storing", number, path, 1.0)
            return self._keep(path, document)
        except BudgetQAError as error:
            if self.stop.is_set():
                return Outcome(str(path), path.name, "cancelled")
            return Outcome(str(path), path.name, "failed", message=str(error), error=type(error).__name__)
        finally:
            self._tell("storing", number, path, 1.0)

    def _keep(self, path: Path, document: Document) -> Outcome:
        status = self.store.add(document, path)
        stored = self.store.find(document.sha256)
        document_id = stored.id if stored else None  # None: removed since
        return Outcome(str(path), path.name, status, document_id, None, document.warnings)

    def _tell(
        self,
        phase: Phase,
        number: int,
        path: Path,
        part: float,
        page_number: int | None = None,
        page_count: int | None = None,
    ) -> None:
        with self.lock:
            self.parts_done[number] = part
            total = len(self.files)
            progress = Progress(
                phase,
                sum(done == 1.0 for done in self.parts_done.values()),
                total,
                path.name,
                number,
                page_number,
                page_count,
                _seconds_left(self.started, sum(self.parts_done.values()), total),
            )
            self.report(progress)


def _close(readers: Iterable[Reader]) -> None:
    for reader in readers:
        reader.close()


def _seconds_left(started: float, done: float, total: float) -> float | None:
    return (time.monotonic() - started) * (total - done) / done if done else None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise IngestError(
            f"{path.name} cannot be opened ({error.strerror}); check who may read it"
        ) from error


def _embed(store: Store, outcomes: list[Outcome], report: Report) -> list[Outcome]:
    """Embed what is pending. If that fails, the documents are kept, and say so."""
    started = time.monotonic()

    def tell(done: int, total: int) -> None:
        report(Progress("embedding", done, total, seconds_left=_seconds_left(started, done, total)))

    try:
        store.embed_pending(tell)
    except StoreError as error:
        note = f"kept, but not found by meaning: {error}"
        return [replace(o, message=note) if o.document_id else o for o in outcomes]
    return outcomes

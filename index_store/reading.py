"""Reading a file in a process of its own, so that a hostile one cannot take ours down.

``Reader`` is this side; ``python -m index_store.reading`` is the other. A reader process is
kept for the next file and is killed when one takes too long. It is started as a program, not
with ``multiprocessing``, which would run the caller's main module (and import Gradio) again.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

from index_store.settings import Settings
from ingest.errors import DamagedFileError, FileTooLargeError, IngestError
from ingest.model import Document

OnPage = Callable[[int, int], None]
"""Called with the pages read so far and the number of pages."""

Read = Callable[..., Document]
"""``ingest.read_document``, or a function of a module with the same parameters."""

Message = (
    tuple[Literal["page"], tuple[int, int]]
    | tuple[Literal["document"], Document]
    | tuple[Literal["failed"], tuple[str, str]]
)


_KINDS = {kind.__name__: kind for kind in IngestError.__subclasses__()}


class Reader:
    """Reads files one after the other, each within the settings' limits on time and memory."""

    def __init__(self, settings: Settings, read: Read) -> None:
        self._settings = settings
        self._read = read
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path, on_page: OnPage) -> Document:
        """Raises IngestError when the file cannot be read, also when reading it crashed."""
        process = self._process = self._running()
        is_late = threading.Event()
        watchdog = threading.Timer(self._settings.read_seconds, _kill, (process, is_late))
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._converse(process, path, on_page)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self.close()
            raise self._why_it_ended(path, process, is_late.is_set()) from error
        finally:
            watchdog.cancel()

    def close(self) -> None:
        """End the process, whatever it is doing; any thread may."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(OSError):  # what was left to send to a dead process
                    pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        roots = [str(Path(__file__).resolve().parents[1]), *filter(None, sys.path)]
        process = subprocess.Popen(
            [sys.executable, "-m", "index_store.reading", str(self._settings.read_memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
        )
        return process

    def _converse(self, process: subprocess.Popen[bytes], path: Path, on_page: OnPage) -> Document:
        requests, replies = process.stdin, process.stdout
        if requests is None or replies is None:
            raise EOFError("the reader has no pipes")
        pickle.dump((self._read, path), requests)
        requests.flush()
        while True:
            message: Message = _Unpickler(replies).load()
            if message[0] == "page":
                on_page(*message[1])
            elif message[0] == "document":
                return message[1]
            else:
                kind, text = message[1]
                raise _KINDS.get(kind, IngestError)(text)

    def _why_it_ended(self, path: Path, process: subprocess.Popen[bytes], is_late: bool) -> IngestError:
        if is_late:
            return FileTooLargeError(
                f"{path.name} took longer than {self._settings.read_seconds} s to read and was given up; "
                "split it, or raise BUDGET_QA_READ_SECONDS"
            )
        return DamagedFileError(
            f"{path.name} made the reader end (exit status {process.returncode}); it may be damaged, or need "
            f"more than {self._settings.read_memory_mb} MB (BUDGET_QA_READ_MEMORY_MB): save it as a new PDF"
        )


class _Unpickler(pickle.Unpickler):
    """Loads our own values and nothing else: what comes back was made from a hostile file."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "ingest.model" or (module, name) == ("decimal", "Decimal"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a document")


def _kill(process: subprocess.Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    process.kill()


def _serve(requests: IO[bytes], replies: IO[bytes], memory_mb: int) -> None:
    """Read each file asked for, until there are no more requests."""

    def reply(*message: Any) -> None:
        pickle.dump(message, replies, pickle.HIGHEST_PROTOCOL)
        replies.flush()

    while True:
        try:
            read, path = pickle.load(requests)
        except EOFError:
            return
        try:
            document = read(path, progress=lambda page, pages: reply("page", (page, pages)))
            reply("document", document)
        except (IngestError, MemoryError) as error:
            kind = FileTooLargeError if _is_out_of_memory(error) else type(error)
            reply("failed", (kind.__name__, _explain(error, path, memory_mb)))


def _explain(error: Exception, path: Path, memory_mb: int) -> str:
    if _is_out_of_memory(error):
        return (
            f"{path.name} needs more than {memory_mb} MB to read; split it, or raise BUDGET_QA_READ_MEMORY_MB"
        )
    return str(error)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)


def _limit_memory(megabytes: int) -> None:
    """Where the platform can: not on Windows, and macOS takes no notice."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 1024 * 1024
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    _limit_memory(int(sys.argv[1]))
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the replies
    _serve(sys.stdin.buffer, replies, int(sys.argv[1]))


if __name__ == "__main__":
    main()

"""Programs of ours in processes of their own, and the one that reads files for another.

They are started as programs, not with ``multiprocessing``, which would run the caller's main
module (and import Gradio) again. They end when the process that started them does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from ingest.errors import FileTooLargeError, IngestError


def start(module: str, *arguments: str, leads_group: bool = False) -> subprocess.Popen[bytes]:
    """A Python program that finds what this one finds, to be spoken to through its pipes.

    One that leads a process group can be ended together with those that it starts (see ``end``).
    """
    roots = [str(Path(__file__).resolve().parents[1]), *filter(None, sys.path)]
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
        process_group=0 if leads_group else None,
    )


def end(leader: subprocess.Popen[bytes]) -> None:
    """Kill a program that leads a process group, whatever it is doing, and those that it started."""
    if leader.returncode is None and hasattr(os, "killpg"):
        # Not waited for yet, so nothing else can have its number.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader.pid, signal.SIGKILL)
    leader.kill()


def replies_only() -> IO[bytes]:
    """In such a program: its standard output, which whatever a library prints no longer reaches.

    Ctrl-C is for the process that started it, which then ends it. Libraries warn of every oddity of a
    damaged file; what matters of it is in the error or in the document's own warnings.
    """
    logging.disable(logging.WARNING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _serve(requests: IO[bytes], replies: IO[bytes], memory_mb: int, seconds: int) -> None:
    """Read each file asked for, until there are no more requests.

    ``seconds`` is the longest that a page may take: the other side ends what is late, and where that
    is gone, the system does.
    """

    def reply(*message: Any) -> None:
        pickle.dump(message, replies, pickle.HIGHEST_PROTOCOL)
        replies.flush()

    while True:
        try:
            read, path = pickle.load(requests)
        except EOFError:
            return

        def progress(page: int, pages: int) -> None:
            _end_after(seconds)
            reply("page", (page, pages))

        _end_after(seconds)
        try:
            document = read(path, progress=progress)
            reply("document", document)
        except (IngestError, MemoryError) as error:
            kind = FileTooLargeError if _is_out_of_memory(error) else type(error)
            reply("failed", (kind.__name__, _explain(error, path, memory_mb)))
        _end_after(0)


def _explain(error: Exception, path: Path, memory_mb: int) -> str:
    if _is_out_of_memory(error):
        return (
            f"{path.name} needs more than {memory_mb} MB to read; split it, or raise BUDGET_QA_READ_MEMORY_MB"
        )
    return str(error)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)


def _end_after(seconds: int) -> None:
    """Have the system end this process then; 0 for never. Not on Windows."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


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
    memory_mb, seconds = map(int, sys.argv[1:])
    _limit_memory(memory_mb)
    _serve(sys.stdin.buffer, replies_only(), memory_mb, seconds)


if __name__ == "__main__":
    main()

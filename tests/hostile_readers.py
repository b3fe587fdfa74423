"""Functions in the place of ``ingest.read_document`` for test_intake: some good, some hostile.

They run in a reader process, so they stand in a module of their own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from builders import make_document

from ingest.errors import EncryptedFileError, IngestError
from ingest.model import Document


def read_by_content(path: Path, *, progress: Callable[[int, int], None]) -> Document:
    """What the file says should happen to its reader."""
    content = path.read_bytes()
    if content.startswith(b"locked"):
        raise EncryptedFileError(f"{path.name} needs a password")
    if content.startswith(b"crash"):
        os._exit(11)
    if content.startswith(b"bug"):
        raise ValueError("not an error on purpose")
    if content.startswith(b"hang"):
        while True:
            time.sleep(1)
    if content.startswith(b"devour"):
        _devour(path)
    if content.startswith(b"print"):
        print("a library's chatter", flush=True)
        os.write(1, b"and a C library's\n")
    for page in range(1, 4):
        progress(page, 3)
    document = make_document(path.name, texts=(content.decode(),))
    return dataclasses.replace(document, sha256=hashlib.sha256(content).hexdigest())


def _devour(path: Path) -> None:
    """As read_document does: one kind of error, its cause chained."""
    try:
        bytearray(10**12)
    except MemoryError as error:
        raise IngestError(f"{path.name} cannot be read (MemoryError)") from error


def read_forged(path: Path, *, progress: Callable[[int, int], None]) -> Document:
    """A reader that hostile content has taken over, and that answers with code to run."""
    return _Forged()  # type: ignore[return-value]


class _Forged:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["FORGED_DIRECTORY"],)

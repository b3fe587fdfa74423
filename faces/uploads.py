"""What people upload: moved out of Gradio's folder at once, and gone when it has been dealt with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

ABANDONED_AFTER_SECONDS = 24 * 60 * 60
"""An upload that nobody took is deleted when it is as old as this, or when the server stops."""


@contextmanager
def taken(uploaded: Sequence[str]) -> Iterator[list[Path]]:
    """The files under the names that they came with; deleted in the end, whatever happens.

    What a store keeps of a file is its own copy, so that nothing is left once it forgets it.
    """
    with TemporaryDirectory(prefix="budget-qa-upload-") as folder:
        yield [_moved(Path(file), Path(folder) / str(n)) for n, file in enumerate(dict.fromkeys(uploaded))]


def _moved(file: Path, folder: Path) -> Path:
    folder.mkdir()
    shutil.move(file, folder / file.name)
    with suppress(OSError):  # another upload is in it
        file.parent.rmdir()
    return folder / file.name

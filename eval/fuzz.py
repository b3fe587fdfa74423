"""Bad input on purpose: damaged and hostile files, each read as ingestion reads it, within small limits.

Whatever a file is, reading it has to end in time, in a Document or in an error that names the file and
says what to try, and this process has to go on.
"""

from __future__ import annotations

import random
import re
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from eval.bench_memory import watched_children
from eval.corpus.generate import generate
from eval.corpus.model import GeneratedDocument, GeneratedTable
from eval.corpus.style import families
from eval.corpus.writers import UnknownFormatError, write
from eval.fuzz_damage import DAMAGES, Damage
from eval.fuzz_hostile import hostile_files
from index_store.reading import SECONDS_A_PAGE, Reader
from index_store.settings import Settings
from ingest import read_document
from ingest.errors import BudgetQAError, FileTooLargeError, IngestError
from ingest.model import Document

FORMATS = tuple(DAMAGES)
"""What files can be asked for in."""

_TEMPLATES = 3
"""Whole documents of each format that damaged ones are made from."""
_SLACK_SECONDS = 5.0
"""Starting a process, and ending one, on a busy machine."""
_SAYS_WHAT_TO_TRY = re.compile(r"[;:.?] \w")
"""An error has a second clause: the first says what is wrong."""

End = Literal["read", "refused", "late", "memory", "killed"]


@dataclass(frozen=True, slots=True)
class Case:
    """One bad file: what it is called, and its bytes."""

    name: str
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Trial:
    """What reading one file came to."""

    name: str
    end: End
    seconds: float
    error: str = ""
    """The class of the error; "" for a file that was read."""
    fault: str = ""
    """What must not be; "" where all is well."""


@dataclass(slots=True)
class Tally:
    """All files of one format."""

    file_format: str
    trials: list[Trial] = field(default_factory=list)
    peak_mib: float = 0.0
    """The most that a reader process held."""

    @property
    def faults(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.fault]

    def __str__(self) -> str:
        ends = Counter(trial.end for trial in self.trials)
        slowest = max(self.trials, key=lambda trial: trial.seconds)
        errors = Counter(trial.error for trial in self.trials if trial.end == "refused")
        refused = ", ".join(f"{name} {count}" for name, count in errors.most_common())
        counts = (len(self.trials), *(ends[end] for end in get_args(End)), len(self.faults))
        return (
            f"{self.file_format:<6}{''.join(f'{count:>9,}' for count in counts)}"
            f"{slowest.seconds:>9.1f}{self.peak_mib:>10.0f}  {slowest.name}\n      refused: {refused or '-'}"
        )


HEAD = "          files     read  refused     late   memory   killed   faults  worst s  peak MiB  slowest"


def known_formats(formats: str) -> list[str]:
    """Those that a list with commas names. Raises UnknownFormatError."""
    names = formats.split(",")
    for name in names:
        if name not in FORMATS:
            raise UnknownFormatError(f"no bad files of the format {name!r}; there are: {', '.join(FORMATS)}")
    return names


def fuzz(
    file_format: str,
    files: int,
    *,
    seed: int = 1,
    limits: Settings,
    keep: Path | None = None,
    hostile: bool = True,
) -> Tally:
    """Read so many bad files of a format: first the hostile ones, where wanted, then damaged ones.

    ``limits`` holds the time and memory that reading one may take; files at fault, and those at which
    the reader had to be ended, are put into ``keep``. The same seed gives the same files.
    """
    tally = Tally(file_format)
    with (
        TemporaryDirectory() as folder,
        watched_children() as most,
        Reader(limits, read_strictly) as reader,
    ):
        cases = damaged_files(file_format, seed, Path(folder))
        for case in islice(chain(_hostile(file_format) if hostile else (), cases), files):
            path = Path(folder) / case.name
            path.write_bytes(case.content())
            trial = try_file(reader, path, limits)
            tally.trials.append(trial)
            if keep and (trial.fault or trial.end in ("late", "killed")):
                keep.mkdir(parents=True, exist_ok=True)
                path.replace(keep / case.name)
            path.unlink(missing_ok=True)
        tally.peak_mib = most[0]
    return tally


def read_strictly(path: Path, *, progress: Callable[[int, int], None]) -> Document:
    """``ingest.read_document``; an error that no reader foresaw is told as a bare IngestError.

    It runs in the reader process, where only errors of our own can be sent back.
    """
    try:
        return read_document(path, progress=progress)
    except IngestError as error:
        if error.__traceback__ and error.__cause__ and _is_of_net(error):
            if isinstance(error.__cause__, MemoryError):
                raise
            where = traceback.extract_tb(error.__cause__.__traceback__)
            ours = [frame for frame in where if "site-packages" not in frame.filename]
            place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
            raise IngestError(f"{path.name}: nobody foresaw {error.__cause__!r:.200} at {place}") from error
        raise


def _is_of_net(error: IngestError) -> bool:
    """Whether the error was raised by ``read_document`` itself, and by nothing that it calls."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.name == read_document.__name__


def try_file(reader: Reader, path: Path, limits: Settings) -> Trial:
    """Read the file, and hold what comes of it to what is promised."""
    pages = [0]

    def on_page(page: int, total: int) -> None:
        pages[0] = max(pages[0], page)

    started = time.monotonic()
    found: Document | BaseException
    try:
        found = reader.read(path, on_page)
    except Exception as error:  # anything but our own errors is what is looked for
        found = error
    seconds = time.monotonic() - started
    fault = _fault(found, path)
    if seconds > limits.read_seconds + SECONDS_A_PAGE * pages[0] + _SLACK_SECONDS:
        fault = f"it took {seconds:.1f} s, past every limit"
    kind = "" if isinstance(found, Document) else type(found).__name__
    return Trial(path.name, _end(found), seconds, kind, fault)


def _end(found: Document | BaseException) -> End:
    if isinstance(found, Document):
        return "read"
    is_ended = found.__cause__ is not None  # what the process itself answers comes without a cause
    if isinstance(found, FileTooLargeError):
        return "late" if is_ended else "memory" if "READ_MEMORY" in str(found) else "refused"
    return "killed" if is_ended else "refused"


def _fault(found: Document | BaseException, path: Path) -> str:
    if isinstance(found, Document):
        return "" if found.tables or found.passages or found.warnings else "read, and nothing is in it"
    if not isinstance(found, BudgetQAError):
        return f"not an error of ours: {found!r}"
    if type(found) is IngestError:
        return str(found)
    text = str(found)
    if path.name not in text or not _SAYS_WHAT_TO_TRY.search(text.replace(path.name, "")):
        return f"an error that does not say what to try: {text!r}"
    return ""


def _hostile(file_format: str) -> Iterator[Case]:
    for name, make in hostile_files(file_format):
        yield Case(f"{name}.{file_format}", make)


def damaged_files(file_format: str, seed: int, folder: Path) -> Iterator[Case]:
    """Damaged files without end; the whole ones that they are made from are typeset in ``folder``."""
    templates = _templates(file_format, seed, folder)
    number = 0
    while True:
        number += 1
        rng = random.Random(f"{seed} {file_format} {number}")
        damages = [rng.choice(DAMAGES[file_format]) for _ in range(rng.choice((1, 1, 1, 2)))]
        content = rng.choice(templates)
        for damage in damages:
            content = _damaged(content, damage, rng)
        name = "-".join(damage.__name__ for damage in damages)
        yield Case(f"{number}-{name}.{file_format}", lambda content=content: content)  # type: ignore[misc]


def _damaged(content: bytes, damage: Damage, rng: random.Random) -> bytes:
    """As it was where the format that the damage knows is no longer to be seen."""
    try:
        return damage(content, rng) or content
    except (IndexError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error):
        return content


def _templates(file_format: str, seed: int, folder: Path) -> Sequence[bytes]:
    """Whole documents, small ones, of as many layout families."""
    names = random.Random(f"{seed} {file_format}").sample(families(), _TEMPLATES)
    documents = [generate(name, seed, scale=1, most_tables=2) for name in names]
    if file_format == "txt":
        return [_as_text(document).encode() for document in documents]
    return [write(document, folder, file_format).read_bytes() for document in documents]


def _as_text(document: GeneratedDocument) -> str:
    """The document as text with a tab between cells."""
    lines = [document.title]
    for part in document.parts:
        if isinstance(part, GeneratedTable):
            lines += [part.title, part.unit_line or ""]
            rows: dict[int, list[str]] = {}
            for cell in part.grid_cells():
                rows.setdefault(cell.row, []).append(cell.text.replace("\n", ""))
            lines += ["\t".join(texts) for _, texts in sorted(rows.items())]
        else:
            lines += [part.heading, *(paragraph.text for paragraph in part.paragraphs)]
    return "\n".join(lines)

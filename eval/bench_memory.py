"""How much memory reading and keeping a long PDF takes, in the two processes that do it.

``python -m eval.bench_memory`` ingests one file and tells; ``ingestion_memory`` starts it.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_ROWS_A_PAGE = 30
_PAGES_ALIKE = 20
"""After so many pages the items recur, as they do in a real budget's tables."""
_WIDTHS_MM = (70, 40, 40, 40)
_ITEMS = ("教育支出", "科学技术支出", "卫生健康支出", "节能环保支出", "城乡社区支出", "农林水支出")


@dataclass(frozen=True, slots=True)
class IngestionMemory:
    """The most that each process held, in MiB."""

    pages: int
    reader_mib: float
    keeper_mib: float

    def __str__(self) -> str:
        return f"{self.pages:,} pages: reader {self.reader_mib:.0f} MiB, store {self.keeper_mib:.0f} MiB"


def ingestion_memory(pages: int) -> IngestionMemory:
    """Of one made-up file with so many pages. Needs /proc."""
    with TemporaryDirectory() as folder:
        path = write_long_pdf(Path(folder) / "long.pdf", pages)
        command = [sys.executable, "-m", __name__, str(path)]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return IngestionMemory(pages, **json.loads(printed))


def write_long_pdf(path: Path, pages: int, *, attached_mib: int = 0) -> Path:
    """One table with the same title on each page, and so large a file attached that is no budget.

    Raises FontMissingError without a Chinese font.
    """
    from fpdf import FPDF

    from eval.samples import find_font

    pdf = FPDF()
    pdf.add_font("chinese", "", str(find_font()))
    pdf.set_font("chinese", size=9)
    for page in range(pages):
        pdf.add_page()
        pdf.cell(0, 8, "2017年部门支出明细表", align="C", new_x="LMARGIN", new_y="NEXT")
        pdf.cell(0, 6, "单位：万元", align="R", new_x="LMARGIN", new_y="NEXT")
        for cells in [("项目名称", "合计", "基本支出", "项目支出"), *_rows(page)]:
            for width, text in zip(_WIDTHS_MM, cells, strict=True):
                pdf.cell(width, 7, text, border=1)
            pdf.ln()
    if attached_mib:
        content = random.Random(pages).randbytes(attached_mib << 20)
        pdf.embed_file(bytes=content, basename="attached.bin", compress=False)
    pdf.output(str(path))
    return path


def _rows(page: int) -> Iterator[tuple[str, ...]]:
    for row in range(_ROWS_A_PAGE):
        basic, project = (page * 37 + row * 11) % 9999, (page * 17 + row * 7) % 5555
        label = f"{_ITEMS[row % len(_ITEMS)]}{page % _PAGES_ALIKE * _ROWS_A_PAGE + row}"
        yield label, *(f"{cents // 100}.{cents % 100:02}" for cents in (basic + project, basic, project))


@contextmanager
def watched_children(process: str = "self") -> Iterator[list[float]]:
    """The most that any child of a process has held so far, in MiB, looked at again and again."""
    most = [0.0]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            most[0] = max([most[0], *map(peak_mib, _children(process))])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        is_over.set()
        watcher.join()


def _children(process: str) -> Iterator[str]:
    """Those that run a program of their own: one just forked still holds what its parent does."""
    own = _command(process)
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):  # a thread that has ended
            children = (task / "children").read_text().split()
            yield from (child for child in children if _command(child) != own)


def _command(process: str) -> bytes:
    """Its program and arguments; nothing of one that has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def peak_mib(process: str) -> float:
    """0 for one that has ended. (``getrusage`` would count what its parent held at its start.)"""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def main() -> None:
    from index_store import Store
    from index_store.intake import ingest_files

    with (
        watched_children() as most,
        TemporaryDirectory() as folder,
        Store.open(Path(folder)) as store,
    ):
        (outcome,) = ingest_files(store, [Path(sys.argv[1])])
    if outcome.status == "failed":
        raise ValueError(outcome.message)
    print(json.dumps({"reader_mib": most[0], "keeper_mib": peak_mib("self")}))


if __name__ == "__main__":
    main()

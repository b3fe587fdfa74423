"""A long file read by two processes is the file read by one, also when it ends badly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from pdf_maker import Canvas, write_pdf

from ingest.errors import DamagedFileError
from ingest.grid import Page
from ingest.readers import pdf
from ingest.readers.halves import read_in_two
from ingest.readers.pdf import read_pages, read_pdf

XS, PAGES = [60, 220, 320], 12


def write_book(path: Path, pages: int = PAGES, damaged: int | None = None) -> Path:
    canvases = []
    for number in range(1, pages + 1):
        page = Canvas()
        page.text(60, 30, "年度支出明细")
        page.grid(XS, [100, 120, 140])
        page.cells(XS, [100, 120, 140], [["项目", "金额"], [f"项目{number}", f"{number}.50"]])
        page.text(290, 810, f"— {number} —")
        if number == damaged:
            page.content.append(r"BT (\777) Tj ET")  # no character has this code
        canvases.append(page)
    return write_pdf(path, canvases)


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONG", 2)
    monkeypatch.setattr(pdf, "core_count", lambda: 2)


def alone(path: Path) -> list[Page]:
    return list(read_pages(path, 1, PAGES))


def test_two_read_what_one_reads(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.pdf")
    steps: list[tuple[int, int]] = []
    pages = read_in_two(path, PAGES, read_pages, lambda *step: steps.append(step))
    assert pages == alone(path)
    assert [page.number for page in pages] == list(range(1, PAGES + 1))
    assert steps == sorted(steps)
    assert steps[-1] == (PAGES, PAGES)


def test_heads_and_page_numbers_are_found_over_both_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_book(tmp_path / "book.pdf")
    whole = read_pdf(path)
    monkeypatch.setattr(pdf, "LONG", 2)
    monkeypatch.setattr(pdf, "core_count", lambda: 2)
    assert read_pdf(path) == whole
    assert all(len(page.blocks) == 1 for page in whole)


@pytest.mark.parametrize("damaged", [3, 9])
@pytest.mark.usefixtures("split")
def test_a_damaged_page_is_told_whichever_half_it_is_in(tmp_path: Path, damaged: int) -> None:
    path = write_book(tmp_path / "book.pdf", damaged=damaged)
    with pytest.raises(DamagedFileError) as told:
        alone(path)
    with pytest.raises(DamagedFileError) as told_by_two:
        read_pdf(path)
    assert str(told_by_two.value) == str(told.value)
    assert f"page {damaged} of {PAGES}" in str(told.value)


def test_a_helper_that_dies_is_told(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.pdf")

    def read_slowly(*given: object) -> object:
        path.unlink(missing_ok=True)  # the other process cannot open it then, or has read it already
        yield from ()

    with pytest.raises((DamagedFileError, RuntimeError)):
        read_in_two(path, 2 * PAGES, read_slowly, lambda *step: None)  # type: ignore[arg-type]


INGEST = """
import sys
from pathlib import Path
from index_store import Store
from index_store.intake import ingest_files
with Store.open(Path(sys.argv[1])) as store:
    ingest_files(store, [Path(sys.argv[2])], lambda step: print(step.page_number, flush=True))
"""


def with_mark(mark: str) -> set[int]:
    """The processes that have this in their environment."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if mark.encode() in (folder / "environ").read_bytes():
                    found.add(int(folder.name))
            except OSError:
                continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind(tmp_path: Path, ended_by: signal.Signals) -> None:
    path = write_book(tmp_path / "book.pdf", pages=900)
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-c", INGEST, str(tmp_path / "store"), str(path)],
        env={**os.environ, "MARK": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=Path(__file__).parent.parent,
    )
    assert process.stdout is not None
    while (line := process.stdout.readline()) and not line.strip().isdigit():
        pass
    assert len(with_mark(mark)) >= 2
    if ended_by == signal.SIGINT:
        os.killpg(process.pid, ended_by)  # what Ctrl-C does
    else:
        process.kill()
    process.wait()
    until = time.monotonic() + 10
    while with_mark(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert not with_mark(mark)

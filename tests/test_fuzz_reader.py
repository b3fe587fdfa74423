"""The process that reads a file: whatever happens in it, ours goes on, and nothing is left of it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from hostile_readers import read_by_content

from index_store.reading import Reader
from index_store.settings import Settings
from ingest import read_document
from ingest.child import start
from ingest.detect import MAX_PAGES
from ingest.errors import DamagedFileError, FileTooLargeError, IngestError

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are of POSIX")

MESSAGES = {
    "number": 7,
    "empty": (),
    "no-document": ("document", "not one"),
    "unknown": ("surprise", 1),
    "failed": ("failed", "only one"),
    "page": ("page", ("a", "b")),
}
BYTES = {"no-pickle": b"\xff\xfe", "bad-opcode": b"\x80\x04K", "unbound": b"0.", "memo": b"g99\n."}


def read_with_helper(path: Path, *, progress: Callable[[int, int], None]) -> Any:
    """Starts a process of its own, says which, and hangs."""
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    path.with_suffix(".pid").write_text(str(helper.pid))
    time.sleep(600)


def read_and_say(path: Path, *, progress: Callable[[int, int], None]) -> Any:
    """Answers, before anything else does, with what the file is called."""
    replies = max(
        int(number) for number in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{number}")
    )
    for number in range(3, replies + 1):
        try:
            os.write(number, BYTES.get(path.stem) or pickle.dumps(MESSAGES[path.stem]))
        except OSError:
            continue
    os._exit(0)


def ignore(page: int, pages: int) -> None:
    pass


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
@pytest.mark.parametrize("name", [*MESSAGES, *BYTES])
def test_an_answer_that_is_none_is_an_error_of_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.txt"
    path.write_text("x")
    with (
        Reader(Settings(read_seconds=20), read_and_say) as reader,
        pytest.raises(IngestError, match=name) as caught,
    ):
        reader.read(path, ignore)
    assert name in BYTES or isinstance(caught.value.__cause__, pickle.UnpicklingError)


def test_what_a_reader_started_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    with Reader(Settings(read_seconds=2), read_with_helper) as reader, pytest.raises(FileTooLargeError):
        reader.read(path, ignore)
    helper = int(path.with_suffix(".pid").read_text())
    assert wait_for(lambda: not is_running(helper))


def test_a_page_that_hangs_ends_without_anybody_to_end_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("hang")
    process = start("ingest.child", "4096", "1")
    assert process.stdin
    pickle.dump((read_by_content, path), process.stdin)
    process.stdin.flush()
    assert process.wait(30) == -signal.SIGALRM
    process.communicate()


def test_a_file_of_more_pages_than_are_allowed_is_refused_and_others_are_read(tmp_path: Path) -> None:
    long, short = FPDF(), FPDF()
    for pdf, pages in ((long, 3), (short, 2)):
        pdf.set_font("helvetica")
        for number in range(pages):
            pdf.add_page()
            pdf.cell(text=f"page {number}")
    long.output(str(tmp_path / "long.pdf"))
    short.output(str(tmp_path / "short.pdf"))
    with Reader(Settings(read_pages=2), read_document) as reader:
        with pytest.raises(FileTooLargeError, match=r"3 pages, the limit is 2.*BUDGET_QA_READ_PAGES"):
            reader.read(tmp_path / "long.pdf", ignore)
        assert reader.read(tmp_path / "short.pdf", ignore).page_count == 2
    assert Settings().read_pages == MAX_PAGES


def test_two_bad_files_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    found: dict[str, type[IngestError]] = {}

    def read(name: str) -> None:
        path = tmp_path / f"{name}.txt"
        path.write_text(name)
        with Reader(Settings(read_seconds=2), read_by_content) as reader:
            try:
                reader.read(path, ignore)
            except IngestError as error:
                found[name] = type(error)

    threads = [threading.Thread(target=read, args=(name,)) for name in ("crash", "hang", "devour")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == {"crash": DamagedFileError, "hang": FileTooLargeError, "devour": FileTooLargeError}


def test_an_interrupt_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C reaches a program and not its readers, which it ends itself."""
    path = tmp_path / "a.txt"
    path.write_text("x")
    code = (
        "import sys; from pathlib import Path; from test_fuzz_reader import *\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "with Reader(Settings(read_seconds=60), read_with_helper) as reader:\n"
        f"    reader.read(Path({str(path)!r}), ignore)\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    program = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.DEVNULL
    )
    told = path.with_suffix(".pid")
    assert wait_for(lambda: told.exists() and bool(told.read_text()))
    helper = int(told.read_text())
    program.send_signal(signal.SIGINT)
    assert program.wait(20) != 0
    assert wait_for(lambda: not is_running(helper))


@pytest.mark.parametrize("name", ["a.txt", "a.pdf"])
def test_a_file_that_vanishes_is_told(tmp_path: Path, name: str) -> None:
    with Reader(Settings(read_seconds=20), read_document) as reader:
        with pytest.raises(DamagedFileError, match="cannot be opened"):
            reader.read(tmp_path / name, ignore)
        whole = tmp_path / "b.txt"
        whole.write_text("2025年部门预算\n收入10万元。", encoding="utf-8")
        assert reader.read(whole, ignore).passages


def test_a_file_that_vanishes_while_it_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("2025年部门预算\n收入10万元。", encoding="utf-8")
    monkeypatch.setattr("ingest.detect.detect_format", lambda path, name: path.unlink() or "txt")
    with pytest.raises(DamagedFileError, match=r"can no longer be opened .*check that it is there"):
        read_document(path)

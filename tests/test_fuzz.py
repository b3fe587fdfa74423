"""Bad files on purpose: that they are the same for a seed, that a fault is seen, and that there is none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.fuzz import FORMATS, damaged_files, fuzz, try_file
from eval.fuzz_hostile import hostile_files
from index_store.settings import Settings
from ingest import read_document
from ingest.errors import DamagedFileError, FileTooLargeError, IngestError

LIMITS = Settings(read_seconds=20, read_memory_mb=1536)


def hostile(tmp_path: Path, file_format: str, name: str) -> Path:
    path = tmp_path / f"{name}.{file_format}"
    path.write_bytes(dict(hostile_files(file_format))[name]())
    return path


@pytest.mark.parametrize("file_format", [name for name in FORMATS if name != "pdf"])  # typesetting is slow
def test_the_same_seed_gives_the_same_files(tmp_path: Path, file_format: str) -> None:
    def some(seed: int) -> list[tuple[str, bytes]]:
        cases = islice(damaged_files(file_format, seed, tmp_path), 5)
        return [(case.name, case.content()) for case in cases]

    assert some(1) == some(1)


@pytest.mark.parametrize("file_format", FORMATS)
def test_damaged_files_are_read_or_refused(file_format: str) -> None:
    tally = fuzz(file_format, 4 if file_format == "pdf" else 15, limits=LIMITS, hostile=False)
    assert tally.faults == []
    assert {trial.end for trial in tally.trials} == {"read", "refused"}
    assert 0 < tally.peak_mib < 1536


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (ValueError("x"), "not an error of ours"),
        (IngestError("a.pdf: nobody foresaw it"), "nobody foresaw"),
        (DamagedFileError("a.pdf"), "does not say what to try"),
        (DamagedFileError("the file is broken; save it again"), "does not say what to try"),
        (DamagedFileError("a.pdf is broken; save it again"), ""),
    ],
)
def test_a_fault_is_seen(found: Exception, fault: str) -> None:
    trial = try_file(reader_that_raises(found), Path("a.pdf"), LIMITS)
    assert fault in trial.fault
    assert bool(fault) == bool(trial.fault)


def test_a_limit_that_does_not_hold_is_a_fault() -> None:
    trial = try_file(
        reader_that_raises(DamagedFileError("a.pdf is broken; save it again")),
        Path("a.pdf"),
        Settings(read_seconds=-6),
    )
    assert "past every limit" in trial.fault


def test_the_ends_of_a_reader_are_told_apart() -> None:
    def end(found: Exception, cause: Exception | None) -> str:
        found.__cause__ = cause
        return try_file(reader_that_raises(found), Path("a.pdf"), LIMITS).end

    assert end(FileTooLargeError("a.pdf takes long; split it"), EOFError()) == "late"
    assert end(FileTooLargeError("a.pdf: raise BUDGET_QA_READ_MEMORY_MB"), None) == "memory"
    assert end(FileTooLargeError("a.pdf has many pages; split it"), None) == "refused"
    assert end(DamagedFileError("a.pdf made the reader end; save it"), EOFError()) == "killed"


def reader_that_raises(error: Exception) -> Any:
    def read(path: Path, on_page: Callable[[int, int], None]) -> None:
        raise error

    return SimpleNamespace(read=read)


def test_an_unknown_format_is_told() -> None:
    result = CliRunner().invoke(app, ["fuzz", "--formats", "pdf,doc"])
    assert result.exit_code == 1
    assert "no bad files of the format 'doc'" in str(result.exception)


# What hostile files have shown, each in its smallest form


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["reference-to-itself", "pages-refer-to-themselves", "page-is-itself"])
def test_references_in_a_circle_come_to_an_end(tmp_path: Path, name: str) -> None:
    path = hostile(tmp_path, "pdf", name)
    with suppress(DamagedFileError):
        assert read_document(path).warnings


@pytest.mark.timeout(60)
def test_forms_that_double_are_not_drawn_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.content.MOST_DRAWN", 100)
    with pytest.raises(DamagedFileError, match="page 1 of 1 cannot be read"):
        read_document(hostile(tmp_path, "pdf", "doubling-forms"))


@pytest.mark.parametrize("name", ["tiny-tables", "tiny-grid"])
def test_words_cut_by_several_rules_are_read(tmp_path: Path, name: str) -> None:
    document = read_document(hostile(tmp_path, "pdf", name))
    assert document.tables or document.passages


@pytest.mark.parametrize("name", ["huge-number", "long-number"])
def test_numbers_that_no_spreadsheet_holds_stay_text(tmp_path: Path, name: str) -> None:
    document = read_document(hostile(tmp_path, "xlsx", name))
    assert document.passages or document.tables


@pytest.mark.timeout(30)
def test_totals_that_contradict_one_another_are_not_weighed_for_hours(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    rows = "".join(f"合计\t{n * n % 97}.00\n" for n in range(90))
    path.write_text(f"2025年部门预算\n一、收入预算表\n单位：万元\n项目\t金额\n{rows}", encoding="utf-8")
    assert read_document(path).tables


@pytest.mark.parametrize("file_format", ["xlsx", "docx"])
def test_entities_are_refused(tmp_path: Path, file_format: str) -> None:
    with pytest.raises(DamagedFileError):
        read_document(hostile(tmp_path, file_format, "entities"))

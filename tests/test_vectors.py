"""Meanings follow the figures: found once embedded, gone once removed, whole after a crash."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builders import make_document, make_large_document, make_table
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import Field

from index_store import Store, StoreError
from index_store.errors import EmbedderUnavailableError
from index_store.readings import CHUNK_CHARACTERS, passage_readings, row_reading, without_year
from index_store.vectors import Vectors

HERE = Path(__file__).parent


class LetterEmbedding(BaseEmbedding):
    """A text means its characters: enough to tell whose vector is whose, and quick."""

    dimension: int = 64
    texts_seen: list[str] = Field(default_factory=list)

    def _get_text_embedding(self, text: str) -> list[float]:
        self.texts_seen.append(text)
        return self._get_query_embedding(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        vector = [0.01] * self.dimension
        for character in query:
            vector[hashlib.md5(character.encode()).digest()[0] % self.dimension] += 1.0
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def letters(name: str = "letters", dimension: int = 64) -> LetterEmbedding:
    return LetterEmbedding(model_name=name, dimension=dimension)


@pytest.fixture
def embedder() -> LetterEmbedding:
    return letters()


@pytest.fixture
def store(tmp_path: Path, embedder: LetterEmbedding) -> Iterator[Store]:
    with Store.open(tmp_path, embedder=lambda: embedder) as opened:
        yield opened


def sql(directory: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(directory / "figures.sqlite")
    found = connection.execute(statement).fetchall()
    connection.commit()
    connection.close()
    return found


def vector_ids(directory: Path) -> set[str]:
    """What Chroma itself holds, once the store is closed."""
    vectors = Vectors(directory / "chroma")
    found = vectors.ids("rows") | vectors.ids("passages")
    vectors.close()
    return found


def reading_ids(directory: Path) -> set[object]:
    found = sql(directory, "select id from row_readings union select id from passage_readings")
    return {key for (key,) in found}


# --- readings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("2017年部门支出预算表", "部门支出预算表"),
        ("２０１７年度部门预算表", "部门预算表"),
        ("二〇一七年“三公”经费预算表", "“三公”经费预算表"),
        ("民國114年度歲出預算表", "歲出預算表"),
        ("FY2024 expenditure by department", "expenditure by department"),
        ("Expenditure 2023/24", "Expenditure"),
        ("表2017010号", "表2017010号"),
        ("2017年", "2017年"),
    ],
)
def test_a_title_reads_the_same_in_every_year(title: str, expected: str) -> None:
    assert without_year(title) == expected


def test_a_row_reads_as_its_table_and_its_path() -> None:
    table = make_table(title="2017年支出预算表")
    assert row_reading(table, table.rows[1]) == "支出预算表 > 支出合计 > 行政运行"


def test_a_row_without_a_label_reads_as_its_columns() -> None:
    table = make_table(title="2017年“三公”经费预算表", column_names=("合计", "因公出国（境）费", "合计"))
    row = dataclasses.replace(table.rows[0], label="", path=())
    assert row_reading(table, row) == "“三公”经费预算表 > 合计、因公出国（境）费"


@given(st.text("预算表a1 ，。；！\n", max_size=2000))
def test_pieces_of_a_passage_are_short_and_lose_nothing(text: str) -> None:
    pieces = passage_readings(text)
    assert all(0 < len(piece) <= CHUNK_CHARACTERS for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_passage_is_cut_between_sentences() -> None:
    sentence = "公务接待费预算比上年减少，主要原因是厉行节约。"
    pieces = passage_readings(sentence * 40)
    assert len(pieces) == 3
    assert all(piece.endswith("。") for piece in pieces)


# --- searching -------------------------------------------------------------------------------


def test_rows_and_passages_are_found_by_meaning(store: Store) -> None:
    store.add(make_document(texts=("公务接待费预算减少。", "职工教育培训计划。")))
    assert store.search_rows("公务接待费") == []
    done = []
    assert store.embed_pending(lambda *step: done.append(step)) == 5
    assert done[-1] == (5, 5)
    assert store.documents()[0].is_embedded
    best = store.search_rows("部门支出预算表 > 支出合计 > 公务接待费")[0]
    assert (best.document_id, best.table_index, best.row_index) == (1, 0, 2)
    assert 0.7 < best.score <= 1
    hits = store.search_passages("教育培训", limit=1)
    assert [(hit.document_id, hit.passage_index) for hit in hits] == [(1, 1)]
    scores = [hit.score for hit in store.search_rows("教育支出")]
    assert scores == sorted(scores, reverse=True)


def test_the_score_is_the_cosine(store: Store) -> None:
    store.add(make_document(texts=("甲乙丙",)))
    store.embed_pending()
    (hit,) = store.search_passages("甲乙丙")
    assert hit.score == pytest.approx(1.0, abs=1e-5)


def test_nothing_to_search_for_finds_nothing(store: Store) -> None:
    store.add(make_document())
    store.embed_pending()
    assert store.search_rows("  ") == []
    assert store.search_rows("教育", limit=0) == []
    assert store.search_rows("教育", document_ids=[]) == []
    assert store.search_rows("教育", document_ids=[99]) == []


def test_a_text_is_embedded_once_however_many_documents_have_it(
    store: Store, embedder: LetterEmbedding
) -> None:
    for year in range(2010, 2020):
        table = make_table(title=f"{year}年部门支出预算表")
        store.add(make_document(f"{year}.pdf", tables=(table,)))
    assert store.embed_pending() == 4  # three rows and a passage
    parts = ["部门支出预算表", "支出合计", "公务接待费", "行政运行", "教育支出"]
    assert sorted(embedder.texts_seen[:-1]) == sorted(parts)
    hits = store.search_rows("支出预算表 > 公务接待费", limit=10)
    assert {(hit.document_id, hit.row_index) for hit in hits} == {(i, 2) for i in range(1, 11)}
    assert store.embed_pending() == 0


@pytest.mark.parametrize("exact_limit", [2000, 4])
def test_a_search_within_documents_finds_what_lies_far_down_the_list(
    store: Store, monkeypatch: pytest.MonkeyPatch, exact_limit: int
) -> None:
    """Both ways of searching within documents: by their ids alone, and by searching on and dropping."""
    monkeypatch.setattr("index_store.meanings._EXACT_LIMIT", exact_limit)
    for i in range(8):
        labels = tuple(f"公务接待费{j}" for j in range(i * 50, i * 50 + 50))
        store.add(make_document(f"{i}.pdf", tables=(make_table(labels=labels),)))
    far = make_table(title="附表", labels=("zzzz", "yyyy", "xxxx", "wwww", "vvvv"))
    store.add(make_document("far.pdf", tables=(far,)))
    store.embed_pending()
    hits = store.search_rows("支出预算表 > 公务接待费", limit=4, document_ids=[9])
    assert len(hits) == 4
    assert {hit.document_id for hit in hits} == {9}


def test_among_ids_the_nearest_are_found_each_time_and_in_one_order(tmp_path: Path) -> None:
    """Chroma's graph would miss some, and others in each run."""
    draw = random.Random(5)
    kept = {f"id{i:03}": [draw.gauss(0, 1) for _ in range(16)] for i in range(600)}
    kept |= {"twin b": kept["id000"], "twin a": kept["id000"]}
    vectors = Vectors(tmp_path)
    vectors.add("rows", list(kept), list(kept.values()))
    among = [*list(kept)[300:], "id000"]
    asked = kept["id000"]

    def cosine(key: str) -> float:
        one = kept[key]
        dot = sum(x * y for x, y in zip(one, asked, strict=True))
        return dot / math.hypot(*one) / math.hypot(*asked)

    nearest = sorted(among, key=lambda key: (-round(cosine(key), 6), key))
    found = vectors.search("rows", asked, 100, among)
    vectors.close()
    assert [key for key, _ in found] == nearest[:100]
    assert nearest[:3] == ["id000", "twin a", "twin b"]
    assert [score for _, score in found] == pytest.approx([cosine(key) for key, _ in found], abs=1e-5)


def test_ids_deleted_since_they_were_looked_up_are_passed_over(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path)
    vectors.add("rows", ["east", "north"], [[1.0, 0.0], [0.0, 1.0]])
    assert vectors.search("rows", [1.0, 0.0], 5, ["gone", "east"]) == [("east", pytest.approx(1.0))]
    assert vectors.search("rows", [1.0, 0.0], 5, ["gone"]) == []
    assert vectors.search("rows", [-1.0, 0.0], 1, ["east"]) == [("east", 0.0)]
    vectors.close()


# --- keeping step ----------------------------------------------------------------------------


def test_removing_a_document_removes_the_meanings_only_it_had(tmp_path: Path) -> None:
    shared = make_table()
    own = make_table(title="附表", labels=("独有的一行",))
    with Store.open(tmp_path, embedder=letters) as store:
        store.add(make_document("a.pdf", tables=(shared,)))
        store.add(make_document("b.pdf", tables=(shared, own)))
        store.embed_pending()
        store.remove(2)
        assert {hit.document_id for hit in store.search_rows("独有的一行")} == {1}
    assert vector_ids(tmp_path) == reading_ids(tmp_path)
    assert sql(tmp_path, "select * from forgotten_vectors") == []


def test_a_replacement_embeds_only_what_it_changes(store: Store, embedder: LetterEmbedding) -> None:
    store.add(make_document("a.pdf", "old"))
    store.embed_pending()
    embedder.texts_seen.clear()
    store.add(make_document("a.pdf", "new", texts=("新的一段。",)))
    assert not store.documents()[0].is_embedded
    assert store.embed_pending() == 1
    assert embedder.texts_seen == ["新的一段。"]


def test_reindex_embeds_everything_again(store: Store, embedder: LetterEmbedding) -> None:
    store.add(make_document())
    store.embed_pending()
    before = store.search_rows("教育支出")
    assert store.reindex() == 4
    assert sorted(embedder.texts_seen[:6]) == sorted(embedder.texts_seen[6:])
    assert store.search_rows("教育支出") == before


@pytest.mark.parametrize("other", [letters("another"), letters(dimension=32)])
def test_vectors_of_another_model_are_not_searched_but_made_again(
    tmp_path: Path, other: LetterEmbedding, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(tmp_path, embedder=letters) as store:
        store.add(make_document())
        store.embed_pending()
    with Store.open(tmp_path, embedder=lambda: other) as store:
        assert store.search_rows("教育支出") == []
        assert "was made with letters" in caplog.text
        assert store.embed_pending() == 4
        assert store.search_rows("教育支出")


def test_lost_vectors_are_noticed_and_made_again(tmp_path: Path) -> None:
    with Store.open(tmp_path, embedder=letters) as store:
        store.add(make_document())
        store.embed_pending()
    shutil.rmtree(tmp_path / "chroma")
    with Store.open(tmp_path, embedder=letters) as store:
        assert store.search_rows("教育支出") == []
        assert not store.documents()[0].is_embedded
        assert store.embed_pending() == 4
        assert store.search_rows("教育支出")


def test_damaged_vectors_are_an_error_that_reindex_mends(tmp_path: Path) -> None:
    with Store.open(tmp_path, embedder=letters) as store:
        store.add(make_document())
        store.embed_pending()
    shutil.rmtree(tmp_path / "chroma")
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"damaged" * 1000)
    with Store.open(tmp_path, embedder=letters) as store:
        with pytest.raises(StoreError, match="budget-qa reindex"):
            store.embed_pending()
        assert store.reindex() == 4
        assert store.search_rows("教育支出")


def test_without_a_model_everything_else_works(tmp_path: Path) -> None:
    def unavailable() -> BaseEmbedding:
        raise EmbedderUnavailableError("not for this platform")

    with Store.open(tmp_path, embedder=unavailable) as store:
        store.add(make_document())
        assert store.words_only_reason is None
        assert store.embed_pending() == 0
        assert store.reindex() == 0
        assert store.search_rows("教育支出") == []
        assert store.words_only_reason == "not for this platform"
        store.remove(1)
    assert not (tmp_path / "chroma").exists()


def test_a_document_removed_while_it_is_embedded_leaves_no_vectors(tmp_path: Path) -> None:
    class Removing(LetterEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            if store.documents():
                store.remove(1)
            return super()._get_text_embedding(text)

    embedder = Removing(model_name="letters")
    with Store.open(tmp_path, embedder=lambda: embedder) as store:
        store.add(make_document())
        store.embed_pending()
    assert vector_ids(tmp_path) == set()


def test_threads_may_add_remove_embed_and_search_at_once(tmp_path: Path) -> None:
    with Store.open(tmp_path, embedder=letters) as store:
        for i in range(12):
            store.add(make_large_document(f"{i}.pdf", row_count=20, column_count=1))
        store.embed_pending()
    with Store.open(tmp_path, embedder=letters) as store:  # so that the first users load Chroma together
        barrier = threading.Barrier(4)

        def together(work: Callable[[int], object]) -> None:
            barrier.wait()
            for i in range(10):
                work(i)

        works: list[Callable[[int], object]] = [
            lambda i: store.remove(i + 1),
            lambda i: store.add(make_large_document(f"新{i}.pdf", row_count=20, column_count=1)),
            lambda i: store.search_rows(f"项目{i}", document_ids=[11, 12]),
            lambda i: store.embed_pending(),
        ]
        with ThreadPoolExecutor(len(works)) as pool:
            list(pool.map(together, works))
        store.embed_pending()
        assert len(store.documents()) == 12
        assert all(document.is_embedded for document in store.documents())
    assert vector_ids(tmp_path) == reading_ids(tmp_path)


# --- kill safety -----------------------------------------------------------------------------

EMBED = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_vectors import letters
from index_store import Store
store = Store.open(Path(sys.argv[1]), embedder=letters)
store.embed_pending(lambda done, total: print(done, flush=True))
"""

REMOVE = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_vectors import letters
from index_store import Store
store = Store.open(Path(sys.argv[1]), embedder=letters)
for document in store.documents():
    store.remove(document.id)
    print(document.id, flush=True)
"""


def kill_after(code: str, directory: Path, lines: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(directory), str(HERE), str(HERE.parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for _ in range(lines):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("batches", [1, random.Random(7).randint(2, 12)])
def test_killed_while_embedding_it_catches_up(tmp_path: Path, batches: int) -> None:
    with Store.open(tmp_path, embedder=letters) as store:
        for i in range(3):
            store.add(make_large_document(f"{i}.pdf", row_count=400, column_count=1))
    kill_after(EMBED, tmp_path, batches)
    with Store.open(tmp_path, embedder=letters) as store:
        left = store.embed_pending()
        assert 0 < left < 1201
        assert all(document.is_embedded for document in store.documents())
        assert store.search_rows("2.pdf的项目399", limit=1, document_ids=[3])[0].row_index == 399
    assert vector_ids(tmp_path) == reading_ids(tmp_path)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_while_removing_what_is_left_agrees(tmp_path: Path) -> None:
    with Store.open(tmp_path, embedder=letters) as store:
        for i in range(6):
            store.add(make_large_document(f"{i}.pdf", row_count=100, column_count=1))
        store.embed_pending()
    kill_after(REMOVE, tmp_path, 2)
    with Store.open(tmp_path, embedder=letters) as store:
        store.embed_pending()
        for document in store.documents():
            assert store.load(document.id) == make_large_document(
                document.file_name, row_count=100, column_count=1
            )
    assert vector_ids(tmp_path) == reading_ids(tmp_path)
    assert sql(tmp_path, "select * from forgotten_vectors") == []


def test_a_crash_between_the_vectors_and_sql_costs_nothing(tmp_path: Path) -> None:
    """SQL says less than Chroma holds: the work is repeated, and nothing is there twice."""
    with Store.open(tmp_path, embedder=letters) as store:
        store.add(make_document())
        store.embed_pending()
    sql(tmp_path, "update row_readings set is_embedded = 0")
    with Store.open(tmp_path, embedder=letters) as store:
        assert store.embed_pending() == 3
    assert vector_ids(tmp_path) == reading_ids(tmp_path)


def test_vectors_of_nothing_stored_are_dropped(tmp_path: Path, embedder: LetterEmbedding) -> None:
    """A crash between Chroma and SQL, then the removal of the document."""
    with Store.open(tmp_path, embedder=letters) as store:
        store.add(make_document())
        store.embed_pending()
    vectors = Vectors(tmp_path / "chroma")
    vectors.add("rows", ["stray"], [embedder.get_query_embedding("stray")])
    vectors.close()
    with Store.open(tmp_path, embedder=letters) as store:
        assert len(store.search_rows("教育支出")) == 3
    assert vector_ids(tmp_path) == reading_ids(tmp_path)

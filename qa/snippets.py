"""What of a document can be quoted: sentences of its narrative and its cells of running text.

Each Snippet keeps its span in its source, the words it holds, and the words that stand
around it (headings, row and column), so that a sentence which leaves its subject to the
heading before it is still found by that subject.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ingest.model import Direction, Document, Passage, Place, Statement, Table
from ingest.script import simplified
from ingest.values import squeeze, without_ordinal
from qa.terms import Weights, direction, plain, terms, words

LONGEST_NEIGHBOUR = 40
"""A text cell up to this many characters names its row for the other cells of the row."""
ONE_THING = 4000
"""Sections under one heading up to this many characters are about one thing."""
LONGEST_HEAD = 40
"""A definition's head (what stands before 是指) is a name, not a sentence."""

_ORDINAL = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}\s*[、.．](?!\d)|[①-⑳])\s*"
)
_ITEM_INSIDE = re.compile(
    r"(?<=[\s。；;])(?:\d{1,2}[.、．](?!\d)|[（(][一二三四五六七八九十]{1,3}[）)]|[①-⑳])"
)
SENTENCE_ENDS = "。；;！？!?\n"
_OPENING, _CLOSING = "（(【〔《“", "）)】〕》”"


@dataclass(frozen=True)
class Source:
    """A text that snippets are cut from: a passage, a text cell or a table's notes."""

    text: str
    section: tuple[str, ...]
    """Headings of a passage; title, row path and column path of a cell."""
    place: Place
    passage_index: int | None = None
    table_index: int | None = None
    row_index: int | None = None
    column_index: int | None = None
    around: str = ""
    """Short text cells of the same row, which name it."""
    sibling_terms: frozenset[str] = frozenset()
    """What the sections beside a passage's own say, where they are few enough to be about one thing."""

    @cached_property
    def own_terms(self) -> frozenset[str]:
        return terms(self.text)

    @cached_property
    def heading_terms(self) -> frozenset[str]:
        """What names the text: headings and row, without a heading that lists several things."""
        naming = [h for h in self.section if not self._lists(h)]
        return terms("，".join((*naming, self.around)))

    @cached_property
    def beside_terms(self) -> frozenset[str]:
        """What may be said of the text's subject or of another: the sections beside its own, and
        headings that list several things (``三公经费、会议费、培训费支出情况``)."""
        return self.sibling_terms | terms("，".join(h for h in self.section if self._lists(h)))

    def _lists(self, heading: str) -> bool:
        return self.passage_index is not None and lists_several(heading)


@dataclass(frozen=True)
class Snippet:
    """A sentence (with the sentence of its reason), or a cell's."""

    source: Source
    start: int
    end: int
    statements: tuple[Statement, ...] = ()

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @cached_property
    def own_terms(self) -> frozenset[str]:
        return terms(self.text)

    @cached_property
    def context_terms(self) -> frozenset[str]:
        parts = [part for s in self.statements for part in s.subject.split(" > ")]
        return self.source.heading_terms | terms("，".join(p for p in parts if not lists_several(p)))

    @cached_property
    def subject_terms(self) -> frozenset[str]:
        """The terms before its reason, or all where it gives none."""
        openers = words()["intents"]["reason"]["openers"]
        text = simplified(self.text)
        at = min((i for o in openers if (i := text.find(o)) > 0), default=len(text))
        return terms(self.text[:at])

    @cached_property
    def direction(self) -> Direction | None:
        """Which way it says something went."""
        return direction(self.text)

    @cached_property
    def head(self) -> str | None:
        """What the snippet defines, if it is a definition: ``X：指…``, ``X是指…``; where terms are
        explained, ``X：…`` is one too."""
        text = squeeze(self.text)
        folded = simplified(text)
        match = _definition().match(folded) or (_entry().match(folded) if self._is_among_terms else None)
        return text[match.start("head") : match.end("head")].strip("“”\"'") if match else None

    @property
    def is_glossary(self) -> bool:
        """Does it define something, or stand where terms are explained?"""
        return bool(self.head) or self._is_among_terms

    @property
    def _is_among_terms(self) -> bool:
        titles = words()["intents"]["definition"]["sections"]
        return any(t in simplified(heading) for t in titles for heading in self.source.section)


class Same:
    """A document as a cache key: the object itself, since hashing its content is slow."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.document is self.document


def snippets(document: Document) -> tuple[Snippet, ...]:
    """Everything quotable of a document, in its order, passages first. Kept for the next question."""
    return _snippets(Same(document))


def weights(documents: Iterable[Document]) -> Weights:
    """The weights of terms over everything quotable of the documents."""
    return sum((_weights(Same(d)) for d in documents), start=Weights(0, Counter()))


@lru_cache(maxsize=128)
def _weights(key: Same) -> Weights:
    return Weights.over(s.own_terms | s.context_terms for s in snippets(key.document))


def attested(documents: Iterable[Document], text: str) -> bool:
    """Does a plain text (``terms.plain``) stand in what can be quoted of the documents?"""
    return any(text in _plain_text(Same(document)) for document in documents)


@lru_cache(maxsize=128)
def _plain_text(key: Same) -> str:
    sources = {id(s.source): s.source for s in snippets(key.document)}
    return "\n".join(plain("，".join((*s.section, s.text))) for s in sources.values())


@lru_cache(maxsize=128)
def _snippets(key: Same) -> tuple[Snippet, ...]:
    document = key.document
    by_passage: dict[int, list[Statement]] = {}
    for statement in document.statements:
        by_passage.setdefault(statement.passage_index, []).append(statement)
    beside = _sibling_terms(document.passages)
    found: list[Snippet] = []
    for index, passage in enumerate(document.passages):
        statements = by_passage.get(index, [])
        source = Source(
            passage.text,
            passage.section,
            _place(passage),
            passage_index=index,
            sibling_terms=beside.get(passage.section[:-1], frozenset()),
        )
        for start, end in sentences(passage.text):
            inside = tuple(s for s in statements if s.start < end and start < s.end)
            found.append(Snippet(source, start, end, inside))
    for index, table in enumerate(document.tables):
        for source in _table_sources(index, table):
            found += [Snippet(source, start, end) for start, end in sentences(source.text)]
    return tuple(found)


def _sibling_terms(passages: Sequence[Passage]) -> dict[tuple[str, ...], frozenset[str]]:
    """For each heading with a few short sections below it (one project's description), their terms."""
    below: dict[tuple[str, ...], list[str]] = {}
    for passage in passages:
        if len(passage.section) > 1:
            below.setdefault(passage.section[:-1], []).append(passage.text)
    texts = {section: "，".join(parts) for section, parts in below.items()}
    return {section: terms(text) for section, text in texts.items() if len(text) <= ONE_THING}


def _place(passage: Passage) -> Place:
    return passage.fragments[0].place if passage.fragments else Place()


def _table_sources(index: int, table: Table) -> Iterator[Source]:
    """The table's cells of running text, and its notes."""
    for row_index, row in enumerate(table.rows):
        texts = {
            i: cell.text
            for i, cell in enumerate(row.cells)
            if cell.value is None and re.search(r"\w.*\w", cell.text)
        }
        short = [t for t in texts.values() if len(t) <= LONGEST_NEIGHBOUR]
        path = (table.title, *filter(None, (row.unit_name,)), *row.path)
        for column_index, text in texts.items():
            column = table.columns[column_index].path if column_index < len(table.columns) else ()
            yield Source(
                text,
                (*path, *column),
                row.cells[column_index].place,
                table_index=index,
                row_index=row_index,
                column_index=column_index,
                around="，".join(t for t in short if t != text),
            )
    if table.notes:
        page = table.pages[-1] if table.pages else None
        yield Source(table.notes, (table.title,), Place(page_number=page), table_index=index)


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of sentences: ended by 。；！？, a line break or the next item's mark, not inside brackets.

    A sentence that opens with a reason (主要原因是…) or a comparison (与上年相比…) belongs to
    the sentence before it, which holds what it is about.
    """
    closed = _bracketed(text)
    ends = {at + 1 for at, char in enumerate(text) if char in SENTENCE_ENDS and not closed[at]}
    ends |= {m.start() for m in _ITEM_INSIDE.finditer(text) if not closed[m.start()]}
    spans: list[tuple[int, int]] = []
    start = 0
    for end in sorted(ends | {len(text)}):
        sentence = text[start:end]
        if sentence.strip():
            begin = start + len(sentence) - len(sentence.lstrip())
            if spans and _continues(sentence):
                begin = spans.pop()[0]
            spans.append((begin, start + len(sentence.rstrip())))
        start = end
    return spans


def _continues(sentence: str) -> bool:
    reasons = words()["intents"]["reason"]
    text = squeeze(sentence)
    return (
        text.startswith(tuple(reasons["openers"]))
        or re.match("|".join(reasons["continues"]), text) is not None
    )


def _bracketed(text: str) -> list[bool]:
    """For each character: does it stand inside brackets that are closed again?"""
    inside = [False] * len(text)
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in _OPENING:
            opened.append(at)
        elif char in _CLOSING and opened:
            begin = opened.pop()
            inside[begin:at] = [True] * (at - begin)
    return inside


def lists_several(heading: str) -> bool:
    """Does a heading name several things, so that it says of none that the text is about it?"""
    return "、" in without_ordinal(heading)


def is_item(text: str) -> bool:
    """Does the text open with an item's mark: ``（一）``, ``1.``, ``二、``?"""
    return _ORDINAL.match(text) is not None


@lru_cache(maxsize=1)
def _definition() -> re.Pattern[str]:
    return _headed("|".join(words()["intents"]["definition"]["verbs"]))


@lru_cache(maxsize=1)
def _entry() -> re.Pattern[str]:
    return _headed(":(?=.)")


def _headed(joint: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_ORDINAL.pattern})?(?P<head>[^:,，。;；]{{2,{LONGEST_HEAD}}}?)(?:{joint})")

"""The figures that a document's prose states, ready to be held against each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property, lru_cache

from ingest.checks.parts import Interval, audit_data, plain, rounded_to
from ingest.model import Document, FindingPlace, Passage, Place, StatedFigure, Statement
from ingest.phrases import class_levels, clean_label, without_numbering
from ingest.values import YUAN_PER_UNIT, is_money, name_key, places
from ingest.words import words

_CLAUSE = re.compile(r"[，,。；;：:]")
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*年")
_YEARS = re.compile(r"(?:19|20)\d{2}\s*年度?")
_MOST_NAMES = 1 << 14
_LARGEST = 10**12
_MOST_PLACES = 6
_CLASS_END = re.compile(r"[（(]\d*[类款项][）)]")
_FEE = re.compile(r"费支出$")
_FROM = re.compile(r"[比较由从]")


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of the prose. Two of them are the same only if they stand in the same place."""

    passage_index: int
    statement: Statement
    figure: StatedFigure
    year: int | None
    """The year that it is of; None where neither it nor its sentence says so."""

    @property
    def amount(self) -> Interval:
        """Every amount that is printed so, money in 元; a count is exact."""
        value, unit = self.figure.value, self.figure.unit
        return rounded_to(value, unit) if is_money(unit) or unit == "%" else Interval(value, value)

    @property
    def signed(self) -> Interval:
        """A change or a rate, below 0 for a decrease."""
        size = self.amount if self.figure.value >= 0 else -self.amount
        return -size if self.figure.direction == "decrease" else size

    @property
    def is_amount(self) -> bool:
        return self.figure.role == "amount" and is_money(self.figure.unit)

    @property
    def printed(self) -> str:
        return plain(self.figure.value)


@dataclass(frozen=True)
class Prose:
    """A document's passages with the figures of each, in their order."""

    document: Document
    told: dict[int, tuple[Told, ...]] = field(compare=False)
    _chains: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict, compare=False)

    @cached_property
    def year(self) -> int | None:
        """The document's year; None where most sentences speak of a later one, so that it is doubtful."""
        own = self.document.identity.fiscal_year
        told = Counter(s.fiscal_year for s in self.document.statements if s.fiscal_year)
        later = max((n for year, n in told.items() if own and year > own), default=0)
        return own if own and later <= told[own] else None

    def passage(self, told: Told) -> Passage:
        return self.document.passages[told.passage_index]

    @cached_property
    def _tellers(self) -> dict[tuple[Decimal, str], set[int]]:
        found: defaultdict[tuple[Decimal, str], set[int]] = defaultdict(set)
        for index, told in self.told.items():
            for one in told:
                found[one.figure.value, one.figure.unit].add(index)
        return found

    def use_of_unit(self, told: Told) -> tuple[int, Decimal]:
        """How often the prose uses the figure's unit; of two that are used as often, the larger first."""
        unit = told.figure.unit
        uses = sum(len(passages) for (_, used), passages in self._tellers.items() if used == unit)
        return uses, -YUAN_PER_UNIT.get(unit, Decimal(1))

    def is_repeated(self, told: Told) -> bool:
        """Whether another passage prints the amount as well."""
        return len(self._tellers[told.figure.value, told.figure.unit]) > 1

    def is_own(self, told: Told) -> bool:
        """Whether the figure is of the document's own year."""
        return told.year is None or told.year == self.year

    def chain(self, passage_index: int) -> tuple[tuple[str, str], ...]:
        """The account that the passage opens with, as (level, name): the levels that it leaves out
        are those of the headings above it. () where it opens with none."""
        if passage_index not in self._chains:
            self._chains[passage_index] = self._read_chain(passage_index)
        return self._chains[passage_index]

    def _read_chain(self, passage_index: int) -> tuple[tuple[str, str], ...]:
        passage = self.document.passages[passage_index]
        own = class_levels(_YEARS.sub("", _opening(passage.text)))
        if not own:
            return ()
        above = [link for heading in passage.section for link in class_levels(heading)]
        levels = [level for level, _ in own]
        return (*((level, name) for level, name in above if level not in levels), *own)

    def name(self, told: Told) -> str:
        """What the figure is called; where its label is no name (公务接待费2024年预算), by its clause."""
        if not is_no_name(told.figure.label):
            return told.figure.label
        text = self.passage(told).text
        clause = text[_clause_start(text, told) : told.figure.start]
        return clean_label(_YEARS.sub("", clause), self.document.identity.organization)

    def stage(self, told: Told) -> str | None:
        """The stage (``budget``, ``execution`` …) that the words before the figure name; not that of
        the account's own name (案件执行（项）)."""
        text = self.passage(told).text
        clause = text[_clause_start(text, told) : told.figure.start]
        behind = _CLASS_END.split(clause)
        return stage_of(behind[-1] if len(behind) > 1 else told.figure.label)

    def is_of_own_stage(self, told: Told) -> bool:
        """Whether the figure can be what the document is about: a budget, or a final account."""
        return self.stage(told) in own_stages(self.document)

    def text_place(self, passage_index: int, start: int, end: int) -> FindingPlace:
        """A stretch of a passage, on the page on which it begins."""
        passage = self.document.passages[passage_index]
        at = next((f for f in passage.fragments if f.start <= start < f.end), None)
        return FindingPlace(
            place=at.place if at else Place(),
            quote=passage.text[start : min(end, at.end) if at else end].strip(),
            section=" > ".join(passage.section) or None,
        )

    def place(self, told: Told) -> FindingPlace:
        """The clause that ends with the figure."""
        text = self.passage(told).text
        return self.text_place(told.passage_index, _clause_start(text, told), told.figure.end)

    def where(self, told: Told) -> str:
        """The place in words: the nearest heading and what the figure is called."""
        return self.where_of(told.passage_index, told.figure.label)

    def where_of(self, passage_index: int, label: str = "") -> str:
        section = [without_numbering(h) for h in self.document.passages[passage_index].section[-1:]]
        chain = [name for _, name in self.chain(passage_index)[-1:]]
        return " · ".join(dict.fromkeys(filter(None, (*section, *chain, label))))


def own_stages(document: Document) -> tuple[str | None, ...]:
    """The stages that what the document is about may be printed under."""
    is_final = document.identity.kind == "final_account"
    return (None, "final_account") if is_final else (None, "budget", "original_budget")


def read_prose(document: Document) -> Prose:
    """The prose of the document with its figures in order."""
    told: defaultdict[int, list[Told]] = defaultdict(list)
    for statement in document.statements:
        text = document.passages[statement.passage_index].text
        start = statement.start
        for figure in filter(_is_plausible, statement.figures):
            year = _year_of(document, statement, figure, text[start : figure.start])
            told[statement.passage_index].append(Told(statement.passage_index, statement, figure, year))
            start = figure.end
    ordered = {i: tuple(sorted(f, key=lambda t: t.figure.start)) for i, f in told.items()}
    return Prose(document, ordered)


def _is_plausible(figure: StatedFigure) -> bool:
    """Whether its arithmetic stays exact; no budget prints longer numbers."""
    return abs(figure.value) < _LARGEST and places(figure.value) <= _MOST_PLACES


def _year_of(document: Document, statement: Statement, figure: StatedFigure, lead: str) -> int | None:
    """The year in the figure's own clause, the year before where it says so (上年), else the sentence's."""
    own = document.identity.fiscal_year
    clause = _CLAUSE.split(lead)[-1]
    years = [int(m["year"]) for m in _YEAR.finditer(clause)]
    if figure.role != "amount":
        return statement.fiscal_year
    if any(word in clause for word in words().previous_year):
        return own - 1 if own else None
    if years and (figure.label.startswith(f"{years[-1]}年") or _FROM.search(clause)):
        return years[-1]
    return statement.fiscal_year


def _clause_start(text: str, told: Told) -> int:
    cuts = [m.end() for m in _CLAUSE.finditer(text, told.statement.start, told.figure.start)]
    return max([told.statement.start, *cuts])


def _opening(text: str) -> str:
    return re.split(r"[。；;]", text, maxsplit=1)[0][:120]


@cache
def _affixes() -> tuple[tuple[str, ...], ...]:
    names = audit_data()["prose"]["names"]
    return tuple(tuple(map(name_key, names[place])) for place in ("prefixes", "suffixes", "inner"))


@lru_cache(maxsize=_MOST_NAMES)
def core_name(name: str) -> str:
    """The name as a key without what says no more than that money is budgeted, spent or summed up:
    ``本年支出预算合计`` -> ``支出``. Never "" for a name that has any key."""
    key = name_key(name)
    prefixes, suffixes, inner = _affixes()
    for word in inner:
        key = key[:1] + key[1:].replace(word, "")
    while True:
        before = key
        for prefix in prefixes:
            key = key.removeprefix(prefix) or key
        for suffix in suffixes:
            key = key.removesuffix(suffix) or key
        if key == before:
            return _FEE.sub("费", key)


def stage_of(name: str) -> str | None:
    """The stage (``budget``, ``execution`` …) whose words the name has."""
    return next((stage for stage, names in words().stages if any(n in name for n in names)), None)


def is_no_name(name: str) -> bool:
    """Whether it says no more than that money is budgeted, spent or summed up."""
    return core_name(f"某{_YEARS.sub('', name)}") == "某"


def in_other_unit(told: Told, unit: str) -> Told:
    """The figure as it would be with another unit printed behind it."""
    text = told.figure.text.removesuffix(told.figure.unit) + unit
    return replace(told, figure=replace(told.figure, unit=unit, text=text))


def distinct(figures: Sequence[Told]) -> list[Told]:
    """One figure for each printed amount, the first of each."""
    return list({(t.figure.value, t.figure.unit): t for t in reversed(figures)}.values())[::-1]

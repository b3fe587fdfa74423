"""What a generated document says, as figures that a question can name: from its truth, not from its reading.

A name is kept only where it means one amount in the document. Where several tables print it with
different amounts, a question has to say which table it means, so it is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from eval.corpus.books import data
from ingest.script import simplified
from ingest.values import YUAN_PER_UNIT, name_key, without_ordinal


@dataclass(frozen=True, slots=True)
class Fact:
    """One printed figure and what a question calls it."""

    kind: str
    """The table that prints it, as ``corpus/words.toml`` names it, without ``account_``."""
    name: str
    amount: Decimal
    unit: str
    """Of ``amount``."""
    evidence: tuple[Mapping[str, Any], ...]
    """Where it stands, its own cell first, then every other place that prints the same amount."""
    code: str | None = None
    group: str | None = None
    """The name above it."""
    column: str | None = None
    """The column that a question has to name, where it is not the table's main one."""
    year: int | None = None
    """Of the figure, where it is not the document's."""

    @property
    def yuan(self) -> Decimal:
        return self.amount * YUAN_PER_UNIT.get(self.unit, Decimal(1))

    @property
    def decimals(self) -> int:
        exponent = self.amount.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or a text cell that a question can ask for."""

    name: str
    words: str
    """What the answer has to hold."""
    evidence: tuple[Mapping[str, Any], ...]
    figures: tuple[Mapping[str, Any], ...] = ()
    """Those of the sentence, as the truth has them."""


@dataclass(frozen=True)
class Source:
    """One generated document."""

    file_name: str
    organization: str
    year: int
    is_account: bool
    facts: tuple[Fact, ...]
    """Each a name of its own."""
    columns: tuple[Fact, ...]
    """Named by their row and a column besides the main one."""
    projects: tuple[Fact, ...]
    """Those whose name no other project has."""
    project_count: int
    units: tuple[Fact, ...]
    """What each budget unit spends."""
    reasons: tuple[Text, ...]
    counts: tuple[Text, ...]
    contents: tuple[Text, ...]
    labels: frozenset[str] = field(repr=False, default=frozenset())
    """The key of everything that is printed as a name, and of every sentence."""

    def of_kind(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def named(self, name: str) -> Fact | None:
        key = name_key(name)
        return next((fact for fact in self.facts if name_key(fact.name) == key), None)

    def holds(self, name: str) -> bool:
        """Whether anything printed has the name in it."""
        key = name_key(name)
        return any(key in label for label in self.labels)


def read_source(truth: Mapping[str, Any]) -> Source:
    """The facts of a document, from its truth as ``corpus/truth.py`` gives it."""
    return _Reader(truth).source()


def _table_kind(title: str) -> str:
    """The table's key among the names of ``corpus/words.toml``, without ``account_``."""
    found = [
        (len(name), key)
        for key, names in data("words")["names"].items()
        if key.endswith("_table")
        for name in names
        if name in title
    ]
    return max(found, default=(0, ""))[1].removeprefix("account_").removesuffix("_table")


def _names(*keys: str) -> set[str]:
    words = data("words")["names"]
    return {name_key(name) for key in keys for name in words.get(key, ())}


def _text(printed: str) -> str:
    """In simplified characters, years of 民國 as everybody counts them."""
    return re.sub(r"(?<!\d)(\d{3})年度", lambda y: f"{int(y[1]) + 1911}年度", simplified(printed))


def _bare(label: str) -> str:
    return without_ordinal(_text(label)).removeprefix("其中：").strip()


class _Reader:
    def __init__(self, truth: Mapping[str, Any]) -> None:
        self.truth = truth
        self.year: int = truth["identity"]["fiscal_year"]
        self.totals = _names("total_column", "subtotal_column", "amount_column", "account_amount_column")
        self.totals |= _names("trips_total_column", "now_amount_column", "total_row")
        self.totals |= {
            name_key(f"{self.year}{name}") for name in ("年预算", "年预算数", "年度预算", "年度预算数")
        }
        self.wholes = self.totals | _names("year_spending_total_column", "year_income_total_column")
        self.funds = _names("general_row", "fund_row", "capital_row")
        self.kinds = [_table_kind(_text(t["title"])) for t in truth["tables"]]
        self.places: dict[Decimal, list[Mapping[str, Any]]] = defaultdict(list)
        self.units = {
            name_key(row["label"]) for t in truth["tables"] for row in t["rows"] if row["unit_code"]
        }
        self._note_places()

    def source(self) -> Source:
        identity = self.truth["identity"]
        projects = [*self._projects()]
        facts = [*self._mains()]
        return Source(
            file_name=self.truth["file"],
            organization=_text(identity["organization"]),
            year=self.year,
            is_account=identity["kind"] == "final_account",
            facts=tuple(self._one_meaning(facts)),
            columns=tuple(self._columns()),
            projects=tuple(p for p in projects if sum(q.name == p.name for q in projects) == 1),
            project_count=len(projects),
            units=tuple(self._unit_totals()),
            reasons=tuple(self._statements("rate")),
            counts=tuple(self._statements("count")),
            contents=tuple(self._contents(projects)),
            labels=frozenset(self._labels()),
        )

    # Places

    def _tables(self, *kinds: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for kind, table in zip(self.kinds, self.truth["tables"], strict=True):
            if not kinds or kind in kinds:
                yield kind, table

    def _note_places(self) -> None:
        for _, table in self._tables():
            for row in table["rows"]:
                for at, value in enumerate(row["values"]):
                    if value is not None and row["units"][at] in YUAN_PER_UNIT:
                        yuan = Decimal(value) * YUAN_PER_UNIT[row["units"][at]]
                        self.places[yuan].append(self._place(table, row, at))
        for statement in self.truth["statements"]:
            for figure in statement["figures"]:
                if figure["unit"] in YUAN_PER_UNIT:
                    yuan = Decimal(figure["value"]) * YUAN_PER_UNIT[figure["unit"]]
                    quote = {"doc": self.truth["file"], "quote": figure["text"]}
                    self.places[yuan].append(quote)

    def _place(self, table: Mapping[str, Any], row: Mapping[str, Any], column: int) -> Mapping[str, Any]:
        path = table["columns"][column]
        found = {"doc": self.truth["file"], "table": table["title"], "column": path[-1], "page": row["page"]}
        found |= {"row": row["label"]} if row["label"] else {}
        return {name: value for name, value in found.items() if value is not None}

    def _fact(
        self,
        kind: str,
        table: Mapping[str, Any],
        row: Mapping[str, Any],
        at: int,
        name: str,
        **more: Any,
    ) -> Fact | None:
        value, unit = row["values"][at], row["units"][at]
        if value is None or not Decimal(value):
            return None
        amount, own = Decimal(value), self._place(table, row, at)
        agreeing: list[Mapping[str, Any]] = []
        if unit in YUAN_PER_UNIT:
            yuan = amount * YUAN_PER_UNIT[unit]
            # the prose rounds to 0.01 万元
            agreeing = [p for other, ps in self.places.items() if abs(other - yuan) <= 50 for p in ps]
        group = _bare(row["path"][-2]) if len(row["path"]) > 1 else None
        return Fact(kind, name, amount, unit, (own, *agreeing), row["code"], group, **more)

    # Figures

    def _main_column(self, table: Mapping[str, Any]) -> int | None:
        """The amount of the year itself, over all kinds."""
        before = {name_key(f"{self.year - 1}年"), name_key("上年"), *_names("before_amount_column")}
        choices = [
            at
            for at, path in enumerate(table["columns"])
            if name_key(_text(path[-1])) in self.wholes
            and not any(name_key(_text(part)).startswith(tuple(before)) for part in path)
            and any(row["values"][at] is not None for row in table["rows"])
        ]
        account = [at for at in choices if "决算" in _text(table["columns"][at][-1])]
        return next(iter(account or choices), None)

    def _mains(self) -> Iterator[Fact]:
        """Rows of the tables by account and of the totals, in their main columns; 三公 by its columns."""
        for kind, table in self._tables("economic", "general", "fund", "totals", "appropriation", "trips"):
            main = self._main_column(table)
            if main is None:
                continue
            for row in table["rows"]:
                name = _bare(row["label"])
                if not name or name_key(name) in self.totals | self.units | self.funds:
                    continue
                if fact := self._fact(kind, table, row, main, name):
                    yield fact
            if kind == "trips" and len(table["rows"]) <= 2:
                yield from self._trips_columns(table)

    def _trips_columns(self, table: Mapping[str, Any]) -> Iterator[Fact]:
        if not table["rows"]:
            return
        row = table["rows"][0]
        for at, path in enumerate(table["columns"]):
            keys = [_text(part) for part in path]
            if any(k.startswith((f"{self.year - 1}年", "上年")) for k in keys) or keys[-1] == "预算数":
                continue
            names = [k for k in keys if name_key(k) not in self.totals and k not in ("决算数", "金额")]
            names = [k for k in names if not k.startswith(f"{self.year}年")]
            if names and (fact := self._fact("trips", table, row, at, names[-1])):
                yield fact

    def _one_meaning(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """Of the facts of one name the first, if everything of that name is the same amount."""
        meanings: dict[str, set[Decimal]] = defaultdict(set)
        first: dict[str, Fact] = {}
        for fact in facts:
            key = name_key(fact.name)
            meanings[key].add(fact.yuan)
            first.setdefault(key, fact)
        for kind, table in self._tables("spending", "income"):
            main = self._main_column(table)
            for row in table["rows"]:
                if main is None or row["values"][main] is None or self._is_of_unit(row):
                    continue
                yuan = Decimal(row["values"][main]) * YUAN_PER_UNIT[row["units"][main]]
                meanings[name_key(_bare(row["label"]))].add(yuan)
            if table["rows"]:
                self._note_columns(kind, table, meanings)
        yield from (fact for key, fact in first.items() if len(meanings[key]) == 1)

    def _note_columns(self, kind: str, table: Mapping[str, Any], meanings: dict[str, set[Decimal]]) -> None:
        total = next((r for r in table["rows"] if name_key(_bare(r["label"])) in self.totals), None)
        for at, path in enumerate(table["columns"]):
            if total is not None and total["values"][at] is not None:
                yuan = Decimal(total["values"][at]) * YUAN_PER_UNIT.get(total["units"][at], Decimal(1))
                names = {name_key(_text(part)) for part in path[-2:]} - self.totals
                for key in names:
                    if name_key(path[-1]) in self.totals or key == name_key(_text(path[-1])):
                        meanings[key].add(yuan)

    def _is_of_unit(self, row: Mapping[str, Any]) -> bool:
        return any(name_key(part) in self.units for part in row["path"][:-1])

    def _columns(self) -> Iterator[Fact]:
        """Figures of the general budget by account: what a column says of a row."""
        for kind, table in self._tables("general"):
            names = [_bare(row["label"]) for row in table["rows"]]
            for at, path in enumerate(table["columns"]):
                keys = [_text(part) for part in path]
                name = (
                    keys[-1] if name_key(keys[-1]) not in self.totals else keys[-2] if len(keys) > 1 else ""
                )
                is_before = any(k.startswith(f"{self.year - 1}年") for k in keys)
                if not name or name.startswith((f"{self.year}年", "一般公共预算", "本年")):
                    continue
                for row in table["rows"]:
                    label = _bare(row["label"])
                    if name_key(label) in self.totals or names.count(label) > 1:
                        continue
                    year = self.year - 1 if is_before else None
                    if fact := self._fact(kind, table, row, at, label, column=name, year=year):
                        yield fact

    def _projects(self) -> Iterator[Fact]:
        for _, table in self._tables("projects"):
            at = max((i for i in range(len(table["columns"])) if self._is_money(table, i)), default=None)
            if at is None:
                continue
            parents = {part for row in table["rows"] for part in row["path"][:-1]}
            for row in table["rows"]:
                if row["label"] in parents or name_key(row["label"]) in self.totals:
                    continue
                if fact := self._fact("projects", table, row, at, _text(row["label"])):
                    yield fact

    def _is_money(self, table: Mapping[str, Any], column: int) -> bool:
        return any(row["units"][column] in YUAN_PER_UNIT for row in table["rows"])

    def _unit_totals(self) -> Iterator[Fact]:
        for kind, table in self._tables("spending"):
            main = self._main_column(table)
            for row in table["rows"]:
                if main is None or not row["unit_code"] or name_key(row["label"]) not in self.units:
                    continue
                is_part = row["code"] is None and row["label"] != self.truth["identity"]["organization"]
                if is_part and (fact := self._fact(kind, table, row, main, _text(row["label"]))):
                    yield fact

    # Texts

    def _statements(self, role: str) -> Iterator[Text]:
        found = [s for s in self.truth["statements"] if any(f["role"] == role for f in s["figures"])]
        for statement in found:
            about = _text(statement["about"])
            if sum(_text(s["about"]) == about for s in found) == 1:
                quote = {"doc": self.truth["file"], "quote": statement["figures"][0]["text"]}
                words = _text(statement["reason"] or statement["figures"][0]["text"])
                evidence = (quote, {"doc": self.truth["file"], "quote": statement["quote"]})
                yield Text(about, words, evidence, tuple(statement["figures"]))

    def _contents(self, projects: list[Fact]) -> Iterator[Text]:
        names = [p.name for p in projects]
        for _, table in self._tables("projects"):
            wanted = _names("content_column")
            columns = [i for i, p in enumerate(table["columns"]) if name_key(p[-1]) in wanted]
            for row in table["rows"]:
                for at in columns:
                    name = _text(row["label"])
                    if row["cells"][at] and names.count(name) == 1:
                        words = _text(row["cells"][at]).split("；")[0].rstrip("。")
                        yield Text(name, words, ({"doc": self.truth["file"], "row": row["label"]},))

    def _labels(self) -> Iterator[str]:
        for _, table in self._tables():
            yield name_key(table["title"])
            yield from (name_key(part) for path in table["columns"] for part in path)
            for row in table["rows"]:
                yield name_key(row["label"])
                yield from (name_key(cell) for cell in row["cells"] if cell)
        yield from (name_key(s["quote"]) for s in self.truth["statements"])

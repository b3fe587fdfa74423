"""Seeded questions over generated documents, each with its gold, in the question-file format.

Question and gold are made together from the figures that the documents were typeset from; nothing
of what the readers or the engine make of them is looked at.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from eval.asked_facts import Fact, Source, Text
from eval.asked_perturb import DISTORTIONS, in_traditional
from ingest.values import YUAN_PER_UNIT, name_key
from qa.lexicon import load_lexicon

_WAN = YUAN_PER_UNIT["万元"]
_CENT = Decimal("0.01")


@cache
def phrasings() -> dict[str, Any]:
    """``asked.toml``: how questions are phrased and distorted."""
    source = resources.files("eval").joinpath("asked.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was filled into its phrasing."""

    operation: str
    line: Mapping[str, Any]
    """Of a question file."""
    parts: Mapping[str, str]

    @property
    def id(self) -> str:
        return str(self.line["id"])


def questions_of(sources: Sequence[Source], count: int, seed: int) -> list[Asked]:
    """``count`` questions, every operation as often as another as far as the documents allow.

    Bodies that have several documents, and bodies whose name is part of another's, are not asked about.
    """
    names = [s.organization for s in sources]
    clear = [
        s for s in sources if sum(s.organization in name or name in s.organization for name in names) == 1
    ]
    found: list[Asked] = []
    tries = 0
    while len(found) < count and tries < 20 * count and clear:
        operation = list(OPERATIONS)[tries % len(OPERATIONS)]
        rng = random.Random(f"{seed} {tries}")
        asker = _Asker(rng, rng.choice(clear), clear, operation)
        asked = OPERATIONS[operation][1](asker)
        tries += 1
        if asked and all(asked.line["question"] != other.line["question"] for other in found):
            found.append(Asked(operation, {"id": f"{operation}-{len(found):04}", **asked.line}, asked.parts))
    return found


def write_questions(asked: Sequence[Asked], path: Path) -> None:
    """A question file."""
    path.write_text(
        "".join(json.dumps(one.line, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8"
    )


def distorted(asked: Sequence[Asked], seed: int) -> Iterator[tuple[str, Asked]]:
    """Each question in each way that people distort it, with the distortion's name; those that a
    distortion does not touch are left out."""
    words = phrasings()["perturb"]
    for name, distort in DISTORTIONS.items():
        for one in asked:
            rng = random.Random(f"{seed} {name} {one.id}")
            text = distort(one.line["question"], one.parts, rng, words)
            if text != one.line["question"]:
                yield name, Asked(one.operation, {**one.line, "question": text}, one.parts)


def _figure(value: Decimal, unit: str, decimals: int) -> dict[str, Any]:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return {"value": str(rounded), "unit": unit, "decimals": decimals}


def _stated(fact: Fact) -> dict[str, Any]:
    return _figure(fact.amount, "%" if "率" in (fact.column or "") else fact.unit, fact.decimals)


def _everyday(fact: Fact) -> frozenset[str]:
    """What people say for it, in either language."""
    return frozenset(load_lexicon().names_of.get(name_key(fact.name), ()))


class _Asker:
    """Makes one question about one document, or None where the document lacks what it needs."""

    def __init__(self, rng: random.Random, source: Source, sources: Sequence[Source], operation: str) -> None:
        self.rng = rng
        self.source = source
        self.sources = sources
        self.operation = operation
        self.names = [f for f in source.facts if f.kind in ("economic", "general", "totals", "trips")]

    # Making

    def who(self, source: Source | None = None, language: str = "zh") -> str:
        source = source or self.source
        pattern: str = self.rng.choice(phrasings()["who"][language])
        return pattern.format(org=source.organization, year=source.year)

    def make(
        self,
        key: str,
        figures: Sequence[Mapping[str, Any]] = (),
        evidence: Sequence[Mapping[str, Any]] = (),
        *,
        status: str = "answered",
        keywords: Sequence[Any] = (),
        forbid: Sequence[Mapping[str, Any]] = (),
        language: str = "zh",
        history: Sequence[str] = (),
        **parts: str,
    ) -> Asked:
        source, words = self.source, phrasings()["ask"]
        pattern: str = self.rng.choice(words[key])
        who = self.who(language=language)
        values = {
            "who": who.removesuffix("的") if "who_other" in parts else who,
            "org": source.organization,
            "year": str(source.year),
            "before": str(source.year - 1),
            "spent": words["spent_account" if source.is_account else "spent_budget"],
            **parts,
        }
        expect: dict[str, Any] = {"status": status}
        keywords = [[k, in_traditional(k)] if isinstance(k, str) else k for k in keywords]
        expect |= {
            name: list(given)
            for name, given in (
                ("figures", figures),
                ("keywords", keywords),
                ("forbid", forbid),
                ("evidence", evidence),
            )
            if given
        }
        line: dict[str, Any] = {
            "question": pattern.format(**values).replace("的的", "的"),
            "lang": language,
            "docs": [source.file_name] if status == "answered" else [],
            "type": OPERATIONS[self.operation][0],
            "expect": expect,
        }
        if history:
            line["history"] = [{"question": earlier} for earlier in history]
        return Asked(self.operation, line, {k: v for k, v in values.items() if "{" + k + "}" in pattern})

    def pick(self, facts: Sequence[Fact], count: int = 1) -> list[Fact]:
        """So many, of different names and amounts; [] when there are fewer."""
        chosen = self.rng.sample(list(facts), min(len(facts), count))
        if len({f.yuan for f in chosen}) < count or any(
            f is not g and name_key(f.name) in name_key(g.name) for f in chosen for g in chosen
        ):
            return []
        return chosen

    def computed(self, value: Decimal, unit: str, *facts: Fact, key: str, **parts: Any) -> Asked:
        names = dict(zip(("name", "other", "third"), (f.name for f in facts), strict=False))
        return self.make(key, [_figure(value, unit, 2)], facts[0].evidence, **{**names, **parts})

    # Figures as they are printed

    def lookup(self) -> Asked | None:
        found = self.pick(self.names)
        return (
            self.make("lookup", [_stated(found[0])], found[0].evidence, name=found[0].name) if found else None
        )

    def unit(self) -> Asked | None:
        found = self.pick([f for f in self.names if f.yuan >= _WAN])
        if not found:
            return None
        unit = self.rng.choice(["元", "万元"])
        value = found[0].yuan / YUAN_PER_UNIT[unit]
        decimals = 0 if unit == "元" and found[0].unit == "万元" else 2
        gold = _figure(value, unit, decimals)
        return self.make("unit", [gold], found[0].evidence, name=found[0].name, unit=unit)

    def billion(self) -> Asked | None:
        found = self.pick([f for f in self.names if f.yuan >= 100 * _WAN])
        if not found:
            return None
        gold = _figure(found[0].yuan / YUAN_PER_UNIT["亿元"], "亿元", 4)
        return self.make("billion", [gold], found[0].evidence, name=found[0].name)

    def column(self) -> Asked | None:
        own = [f for f in self.source.columns if f.year is None]
        return self._column("column", own)

    def earlier(self) -> Asked | None:
        return self._column("earlier", [f for f in self.source.columns if f.year is not None])

    def _column(self, key: str, facts: Sequence[Fact]) -> Asked | None:
        found = self.pick(facts)
        if not found:
            return None
        fact = found[0]
        column = (fact.column or "").removesuffix("（%）").removesuffix("(%)")
        return self.make(key, [_stated(fact)], fact.evidence, name=fact.name, column=column)

    def code(self) -> Asked | None:
        found = self.pick([f for f in self.source.of_kind("economic", "general") if f.code])
        if not found:
            return None
        code = (found[0].code or "").replace(" ", "")
        return self.make("code", [_stated(found[0])], found[0].evidence, code=code, name=found[0].name)

    def everyday(self) -> Asked | None:
        """By one of the names that the lexicon knows people to use."""
        pairs = [
            (fact, other)
            for fact in self.names
            for other in sorted(_everyday(fact))
            if name_key(other) != name_key(fact.name) and not other.isascii() and not other.endswith("表")
            if len({f.yuan for f in self.names if other in _everyday(f)}) == 1
            if not self.source.holds(other)
        ]
        if not pairs:
            return None
        fact, name = self.rng.choice(pairs)
        return self.make("lookup", [_stated(fact)], fact.evidence, name=name)

    def english(self) -> Asked | None:
        pairs = [
            (fact, english)
            for fact in self.names
            for english in sorted(_everyday(fact))
            if english.isascii() and len({f.yuan for f in self.names if english in _everyday(f)}) == 1
        ]
        if not pairs:
            return None
        fact, name = self.rng.choice(pairs)
        return self.make("english", [_stated(fact)], fact.evidence, name=name, language="en")

    def unit_of_body(self) -> Asked | None:
        found = self.pick(self.source.units)
        if not found:
            return None
        return self.make("unit_of_body", [_stated(found[0])], found[0].evidence, unit_name=found[0].name)

    def counted(self) -> Asked | None:
        for text in self.source.counts:
            if self.rng.random() < 0.5 or text is self.source.counts[-1]:
                figure = text.figures[0]
                gold = {"value": figure["value"], "unit": figure["unit"], "decimals": 0}
                key = "counted_cars" if figure["unit"] == "辆" else "counted_posts"
                return self.make(key, [gold], text.evidence)
        return None

    def multi(self) -> Asked | None:
        found = self.pick(self.names, 2)
        if not found:
            return None
        return self.make(
            "multi", [*map(_stated, found)], found[0].evidence, name=found[0].name, other=found[1].name
        )

    def follow(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        if not found:
            return None
        first = self.make("follow_first", name=found[0].name).line["question"]
        return self.make(
            "follow", [_stated(found[1])], found[1].evidence, name=found[1].name, history=[first]
        )

    # Worked from printed figures

    def sum(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        return self.computed(self._wan(found), "万元", *found, key="sum") if found else None

    def sum_three(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 3)
        return self.computed(self._wan(found), "万元", *found, key="sum_three") if found else None

    def multi_total(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        if not found:
            return None
        gold = [*map(_stated, found), _figure(self._wan(found), "万元", 2)]
        return self.make("multi_total", gold, found[0].evidence, name=found[0].name, other=found[1].name)

    def _wan(self, facts: Sequence[Fact]) -> Decimal:
        return sum((f.yuan for f in facts), Decimal(0)) / _WAN

    def difference(self) -> Asked | None:
        found = sorted(self.pick(self.source.of_kind("economic"), 2), key=lambda f: -f.yuan)
        if not found:
            return None
        return self.computed((found[0].yuan - found[1].yuan) / _WAN, "万元", *found, key="difference")

    def compare_items(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        if not found:
            return None
        greater = max(found, key=lambda f: f.yuan)
        gold = _figure(abs(found[0].yuan - found[1].yuan) / _WAN, "万元", 2)
        one, two = found
        said = [greater.name]
        return self.make(
            "compare_items", [gold], greater.evidence, keywords=said, name=one.name, other=two.name
        )

    def average(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        return self.computed(self._wan(found) / 2, "万元", *found, key="average") if found else None

    def share(self) -> Asked | None:
        pairs = [
            (fact, whole)
            for fact in self.source.of_kind("economic", "general")
            if fact.group and (whole := self.source.named(fact.group)) and whole.yuan > fact.yuan
        ]
        if not pairs:
            return None
        fact, whole = self.rng.choice(pairs)
        return self.computed(fact.yuan / whole.yuan * 100, "%", fact, whole, key="share")

    def growth(self) -> Asked | None:
        found = self._changed()
        if not found:
            return None
        text, rate = found[0], next(f for f in found[0].figures if f["role"] == "rate")
        started = any(f.name == text.name and "年初" in (f.column or "") for f in self.source.columns)
        key = "growth_from_start" if started and self.rng.random() < 0.5 else "growth"
        return self.make(key, [_figure(Decimal(rate["value"]), "%", 2)], found[1], name=text.name)

    def change(self) -> Asked | None:
        found = self._changed()
        if not found:
            return None
        amount = next(f for f in found[0].figures if f["role"] == "change")
        gold = _figure(Decimal(amount["value"]), "万元", 2)
        return self.make("change", [gold], found[1], name=found[0].name)

    def _changed(self) -> tuple[Text, list[Mapping[str, Any]]] | None:
        """A sentence on how an account changed, and the places where its amounts stand."""
        facts = {t.name: self.source.named(t.name) for t in self.source.reasons}
        texts = [t for t in self.source.reasons if (f := facts[t.name]) and f.yuan % 100 == 0]
        if not texts:
            return None
        text = self.rng.choice(texts)
        fact = self.source.named(text.name)
        return text, [*text.evidence, *(fact.evidence if fact else ())]

    def verify_right(self) -> Asked | None:
        return self._verified(Decimal(1))

    def verify_wrong(self) -> Asked | None:
        return self._verified(Decimal(self.rng.choice(["1.1", "0.9", "2", "1.01"])))

    def _verified(self, factor: Decimal) -> Asked | None:
        found = self.pick([f for f in self.names if f.yuan >= _WAN])
        if not found:
            return None
        claim = (found[0].amount * factor).quantize(Decimal(1).scaleb(-found[0].decimals), ROUND_HALF_UP)
        wrong = [] if factor == 1 else [phrasings()["words"]["wrong"]]
        name, said = found[0].name, f"{claim}{found[0].unit}"
        return self.make(
            "verify", [_stated(found[0])], found[0].evidence, keywords=wrong, name=name, claim=said
        )

    # One of several

    def top(self) -> Asked | None:
        members = self._group(4)
        if not members:
            return None
        best = sorted(members, key=lambda f: -f.yuan)[:3]
        gold = [*map(_stated, best)]
        return self.make("top", gold, best[0].evidence, group=members[0].group or "", keywords=[best[0].name])

    def highest(self) -> Asked | None:
        members = self._group(2)
        if not members:
            return None
        best = max(members, key=lambda f: f.yuan)
        group = members[0].group or ""
        return self.make("highest", [_stated(best)], best.evidence, group=group, keywords=[best.name])

    def listing(self) -> Asked | None:
        members = self._group(2)
        if not members or len(members) > 8:
            return None
        names = [f.name for f in members]
        gold = [*map(_stated, members)]
        return self.make("list", gold, members[0].evidence, group=members[0].group or "", keywords=names)

    def _group(self, least: int) -> Sequence[Fact]:
        """All children of an economic class, where their amounts tell them apart."""
        economic = self.source.of_kind("economic")
        groups = sorted({f.group for f in economic if f.group})
        rest = [g for g in groups if sum(f.group == g for f in economic) >= least]
        if not rest:
            return []
        group = self.rng.choice(rest)
        members = [f for f in economic if f.group == group]
        whole = self.source.named(group)
        is_whole = whole is not None and sum(f.yuan for f in members) == whole.yuan
        return members if is_whole and len({f.yuan for f in members}) == len(members) else []

    def top_projects(self) -> Asked | None:
        best = self._projects()[:3]
        if len(best) < 3:
            return None
        return self.make("top_projects", [*map(_stated, best)], best[0].evidence, keywords=[best[0].name])

    def highest_project(self) -> Asked | None:
        best = self._projects()[:1]
        if not best:
            return None
        return self.make("highest_project", [_stated(best[0])], best[0].evidence, keywords=[best[0].name])

    def count(self) -> Asked | None:
        projects = self._projects()
        if len(projects) < 4:
            return None
        limit = self.rng.choice([10, 50, 100, 200])
        number = sum(p.yuan > limit * _WAN for p in projects)
        gold = {"value": str(number), "unit": "个", "decimals": 0}
        evidence = [place for p in projects for place in p.evidence]
        return self.make("count", [gold], evidence, limit=str(limit)) if number else None

    def reverse(self) -> Asked | None:
        projects = self._projects()
        return self._reversed("reverse", projects)

    def reverse_item(self) -> Asked | None:
        return self._reversed("reverse_item", [f for f in self.source.of_kind("economic") if f.group])

    def _reversed(self, key: str, facts: Sequence[Fact]) -> Asked | None:
        alone = [f for f in facts if sum(g.yuan == f.yuan for g in facts) == 1]
        if not alone:
            return None
        fact = self.rng.choice(alone)
        claim = f"{fact.amount:,}{fact.unit}" if self.rng.random() < 0.5 else f"{fact.amount}{fact.unit}"
        return self.make(key, (), fact.evidence, keywords=[fact.name], claim=claim)

    def _projects(self) -> list[Fact]:
        """The greatest first; [] where some share a name or an amount."""
        projects = sorted(self.source.projects, key=lambda f: -f.yuan)
        alone = len({f.yuan for f in projects}) == len(projects) == self.source.project_count
        return projects if alone else []

    def compare(self) -> Asked | None:
        others = [s for s in self.sources if s is not self.source and s.is_account == self.source.is_account]
        pairs = [
            (fact, twin, other)
            for other in others
            for fact in self.source.of_kind("economic", "trips")
            if (twin := other.named(fact.name)) and twin.kind == fact.kind and twin.yuan != fact.yuan
        ]
        if not pairs:
            return None
        fact, twin, other = self.rng.choice(pairs)
        winner = self.source if fact.yuan > twin.yuan else other
        gold = _figure(abs(fact.yuan - twin.yuan) / _WAN, "万元", 2)
        return self.make(
            "compare",
            [gold],
            fact.evidence,
            keywords=[winner.organization],
            name=fact.name,
            who_other=self.who(other).removesuffix("的"),
        )

    # Words

    def reason(self) -> Asked | None:
        texts = [t for t in self.source.reasons if t.figures[1:2]]
        if not texts:
            return None
        text = self.rng.choice(texts)
        way = "up" if text.figures[1]["direction"] == "increase" else "down"
        return self.make(f"reason_{way}", (), text.evidence, keywords=[text.words], name=text.name)

    def content(self) -> Asked | None:
        if not self.source.contents:
            return None
        text = self.rng.choice(self.source.contents)
        return self.make("content", (), text.evidence, keywords=[text.words], name=text.name)

    def definition(self) -> Asked | None:
        name, words = self.rng.choice(phrasings()["words"]["definitions"])
        return self.make("definition", (), [{"doc": self.source.file_name}], keywords=[words], name=name)

    # Without an answer

    def absent(self) -> Asked | None:
        names = [n for n in phrasings()["words"]["absent"] if not self.source.holds(n)]
        names += [n for s in self.sources for f in s.projects if not self.source.holds(n := f.name)]
        return self.make("absent", status="no_answer", name=self.rng.choice(names))

    def other_year(self) -> Asked | None:
        year = str(self.source.year - self.rng.choice([4, 5, 6]))
        found = self.pick(self.names)
        return (
            self.make("other_year", status="no_answer", name=found[0].name, other_year=year)
            if found
            else None
        )

    def other_body(self) -> Asked | None:
        found = self.pick(self.names)
        body = self.rng.choice(phrasings()["words"]["bodies"])
        return (
            self.make("other_body", status="no_answer", name=found[0].name, other_org=body) if found else None
        )

    def not_budget(self) -> Asked | None:
        return self.make("not_budget", status="no_answer")

    def ambiguous(self) -> Asked | None:
        common = [
            f for f in self.source.of_kind("economic") if sum(bool(s.named(f.name)) for s in self.sources) > 2
        ]
        found = self.pick(common)
        return self.make("ambiguous", status="needs_clarification", name=found[0].name) if found else None


OPERATIONS: dict[str, tuple[str, Callable[[_Asker], Asked | None]]] = {
    "lookup": ("lookup", _Asker.lookup),
    "unit": ("lookup", _Asker.unit),
    "billion": ("lookup", _Asker.billion),
    "column": ("lookup", _Asker.column),
    "earlier": ("lookup", _Asker.earlier),
    "code": ("lookup", _Asker.code),
    "everyday": ("lookup", _Asker.everyday),
    "english": ("lookup", _Asker.english),
    "unit_of_body": ("lookup", _Asker.unit_of_body),
    "counted": ("lookup", _Asker.counted),
    "multi": ("lookup", _Asker.multi),
    "follow": ("lookup", _Asker.follow),
    "sum": ("arithmetic", _Asker.sum),
    "sum_three": ("arithmetic", _Asker.sum_three),
    "multi_total": ("arithmetic", _Asker.multi_total),
    "difference": ("arithmetic", _Asker.difference),
    "average": ("arithmetic", _Asker.average),
    "share": ("arithmetic", _Asker.share),
    "growth": ("arithmetic", _Asker.growth),
    "change": ("arithmetic", _Asker.change),
    "verify_right": ("lookup", _Asker.verify_right),
    "verify_wrong": ("lookup", _Asker.verify_wrong),
    "compare_items": ("compare", _Asker.compare_items),
    "compare": ("compare", _Asker.compare),
    "top": ("rank", _Asker.top),
    "highest": ("rank", _Asker.highest),
    "top_projects": ("rank", _Asker.top_projects),
    "highest_project": ("rank", _Asker.highest_project),
    "list": ("list", _Asker.listing),
    "count": ("rank", _Asker.count),
    "reverse": ("lookup", _Asker.reverse),
    "reverse_item": ("lookup", _Asker.reverse_item),
    "reason": ("reason", _Asker.reason),
    "content": ("text", _Asker.content),
    "definition": ("definition", _Asker.definition),
    "absent": ("no_answer", _Asker.absent),
    "other_year": ("no_answer", _Asker.other_year),
    "other_body": ("no_answer", _Asker.other_body),
    "not_budget": ("no_answer", _Asker.not_budget),
    "ambiguous": ("ambiguous", _Asker.ambiguous),
}
"""What is asked for -> the question's type, and what makes one."""

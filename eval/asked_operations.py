"""The questions that are asked over generated documents: a method for each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from eval.asked_facts import Fact, Text
from eval.asked_maker import WAN, Asked, Maker, everyday_names, figure_of, phrasings, stated
from ingest.values import YUAN_PER_UNIT, name_key


class Asker(Maker):
    """Each method asks one question, or gives None where the document lacks what it needs."""

    # Figures as they are printed

    def lookup(self) -> Asked | None:
        found = self.pick(self.names)
        return (
            self.make("lookup", [stated(found[0])], found[0].evidence, name=found[0].name) if found else None
        )

    def unit(self) -> Asked | None:
        found = self.pick([f for f in self.names if f.yuan >= WAN])
        if not found:
            return None
        unit = self.rng.choice(["元", "万元"])
        value = found[0].yuan / YUAN_PER_UNIT[unit]
        decimals = 0 if unit == "元" and found[0].unit == "万元" else 2
        gold = figure_of(value, unit, decimals)
        return self.make("unit", [gold], found[0].evidence, name=found[0].name, unit=unit)

    def billion(self) -> Asked | None:
        found = self.pick([f for f in self.names if f.yuan >= 100 * WAN])
        if not found:
            return None
        gold = figure_of(found[0].yuan / YUAN_PER_UNIT["亿元"], "亿元", 4)
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
        return self.make(key, [stated(fact)], fact.evidence, name=fact.name, column=column)

    def code(self) -> Asked | None:
        found = self.pick([f for f in self.source.of_kind("economic", "general") if f.code])
        if not found:
            return None
        code = (found[0].code or "").replace(" ", "")
        return self.make("code", [stated(found[0])], found[0].evidence, code=code, name=found[0].name)

    def everyday(self) -> Asked | None:
        """By one of the names that the lexicon knows people to use."""
        pairs = [
            (fact, other)
            for fact in self.names
            for other in sorted(everyday_names(fact))
            if not fact.name.endswith(("合计", "总计"))
            and name_key(other) != name_key(fact.name)
            and not other.isascii()
            and not other.endswith("表")
            if len({f.yuan for f in self.names if other in everyday_names(f)}) == 1
            if not self.source.holds(other)
        ]
        if not pairs:
            return None
        fact, name = self.rng.choice(pairs)
        return self.make("lookup", [stated(fact)], fact.evidence, name=name)

    def english(self) -> Asked | None:
        pairs = [
            (fact, english)
            for fact in self.names
            for english in sorted(everyday_names(fact))
            if english.isascii() and len({f.yuan for f in self.names if english in everyday_names(f)}) == 1
        ]
        if not pairs:
            return None
        fact, name = self.rng.choice(pairs)
        return self.make("english", [stated(fact)], fact.evidence, name=name, language="en")

    def unit_of_body(self) -> Asked | None:
        found = self.pick(self.source.units)
        if not found:
            return None
        return self.make("unit_of_body", [stated(found[0])], found[0].evidence, unit_name=found[0].name)

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
            "multi", [*map(stated, found)], found[0].evidence, name=found[0].name, other=found[1].name
        )

    def follow(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        if not found:
            return None
        first = self.make("follow_first", name=found[0].name).line["question"]
        return self.make("follow", [stated(found[1])], found[1].evidence, name=found[1].name, history=[first])

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
        gold = [*map(stated, found), figure_of(self._wan(found), "万元", 2)]
        return self.make("multi_total", gold, found[0].evidence, name=found[0].name, other=found[1].name)

    def _wan(self, facts: Sequence[Fact]) -> Decimal:
        return sum((f.yuan for f in facts), Decimal(0)) / WAN

    def difference(self) -> Asked | None:
        found = sorted(self.pick(self.source.of_kind("economic"), 2), key=lambda f: -f.yuan)
        if not found:
            return None
        return self.computed((found[0].yuan - found[1].yuan) / WAN, "万元", *found, key="difference")

    def compare_items(self) -> Asked | None:
        found = self.pick(self.source.of_kind("economic"), 2)
        if not found:
            return None
        greater = max(found, key=lambda f: f.yuan)
        gold = figure_of(abs(found[0].yuan - found[1].yuan) / WAN, "万元", 2)
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
        return self.make(key, [figure_of(Decimal(rate["value"]), "%", 1)], found[1], name=text.name)

    def change(self) -> Asked | None:
        found = self._changed()
        if not found:
            return None
        amount = next(f for f in found[0].figures if f["role"] == "change")
        gold = figure_of(Decimal(amount["value"]), "万元", 2)
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
        found = self.pick([f for f in self.names if f.yuan >= WAN])
        if not found:
            return None
        claim = (found[0].amount * factor).quantize(Decimal(1).scaleb(-found[0].decimals), ROUND_HALF_UP)
        wrong = [] if factor == 1 else [phrasings()["words"]["wrong"]]
        name, said = found[0].name, f"{claim}{found[0].unit}"
        return self.make(
            "verify", [stated(found[0])], found[0].evidence, keywords=wrong, name=name, claim=said
        )

    # One of several

    def top(self) -> Asked | None:
        members = self.group(4)
        if not members:
            return None
        best = sorted(members, key=lambda f: -f.yuan)[:3]
        gold = [*map(stated, best)]
        return self.make(
            "top", gold, best[0].evidence, group=members[0].group or "", keywords=[_printed(best[0])]
        )

    def highest(self) -> Asked | None:
        members = self.group(2)
        if not members:
            return None
        best = max(members, key=lambda f: f.yuan)
        group = members[0].group or ""
        return self.make("highest", [stated(best)], best.evidence, group=group, keywords=[best.name])

    def listing(self) -> Asked | None:
        members = self.group(2)
        if not members or len(members) > 8:
            return None
        names = [f.name for f in members]
        gold = [*map(stated, members)]
        return self.make("list", gold, members[0].evidence, group=members[0].group or "", keywords=names)

    def top_projects(self) -> Asked | None:
        best = self.projects()[:3]
        if len(best) < 3:
            return None
        return self.make("top_projects", [*map(stated, best)], best[0].evidence, keywords=[_printed(best[0])])

    def highest_project(self) -> Asked | None:
        best = self.projects()[:1]
        if not best:
            return None
        return self.make("highest_project", [stated(best[0])], best[0].evidence, keywords=[_printed(best[0])])

    def count(self) -> Asked | None:
        projects = self.projects()
        if len(projects) < 4:
            return None
        limit = self.rng.choice([10, 50, 100, 200])
        number = sum(p.yuan > limit * WAN for p in projects)
        gold = {"value": str(number), "unit": "个", "decimals": 0}
        evidence = [place for p in projects for place in p.evidence]
        return self.make("count", [gold], evidence, limit=str(limit)) if number else None

    def reverse(self) -> Asked | None:
        projects = self.projects()
        return self._reversed("reverse", projects)

    def reverse_item(self) -> Asked | None:
        return self._reversed("reverse_item", [f for f in self.source.of_kind("economic") if f.group])

    def _reversed(self, key: str, facts: Sequence[Fact]) -> Asked | None:
        alone = [f for f in facts if sum(g.yuan == f.yuan for g in facts) == 1]
        if not alone:
            return None
        fact = self.rng.choice(alone)
        claim = f"{fact.amount:,}{fact.unit}" if self.rng.random() < 0.5 else f"{fact.amount}{fact.unit}"
        return self.make(key, (), fact.evidence, keywords=[_printed(fact)], claim=claim)

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
        gold = figure_of(abs(fact.yuan - twin.yuan) / WAN, "万元", 2)
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
        names += [f.name for s in self.sources for f in s.projects if not self._is_like_one(f.name)]
        return self.make("absent", status="no_answer", name=self.rng.choice(names))

    def _is_like_one(self, name: str) -> bool:
        """Whether something printed has a good part of the name."""
        return any(self.source.holds(name[at : at + 4]) for at in range(max(1, len(name) - 3)))

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
        alike = [s for s in self.sources if s.is_account == self.source.is_account]
        common = [f for f in self.source.of_kind("economic") if sum(bool(s.named(f.name)) for s in alike) > 2]
        found = self.pick(common)
        return self.make("ambiguous", status="needs_clarification", name=found[0].name) if found else None


def _printed(fact: Fact) -> list[str]:
    """A row's name, as everybody reads it and as it is printed."""
    return [fact.name, str(fact.evidence[0].get("row", fact.name))]


OPERATIONS: dict[str, tuple[str, Callable[[Asker], Asked | None]]] = {
    "lookup": ("lookup", Asker.lookup),
    "unit": ("lookup", Asker.unit),
    "billion": ("lookup", Asker.billion),
    "column": ("lookup", Asker.column),
    "earlier": ("lookup", Asker.earlier),
    "code": ("lookup", Asker.code),
    "everyday": ("lookup", Asker.everyday),
    "english": ("lookup", Asker.english),
    "unit_of_body": ("lookup", Asker.unit_of_body),
    "counted": ("lookup", Asker.counted),
    "multi": ("lookup", Asker.multi),
    "follow": ("lookup", Asker.follow),
    "sum": ("arithmetic", Asker.sum),
    "sum_three": ("arithmetic", Asker.sum_three),
    "multi_total": ("arithmetic", Asker.multi_total),
    "difference": ("arithmetic", Asker.difference),
    "average": ("arithmetic", Asker.average),
    "share": ("arithmetic", Asker.share),
    "growth": ("arithmetic", Asker.growth),
    "change": ("arithmetic", Asker.change),
    "verify_right": ("lookup", Asker.verify_right),
    "verify_wrong": ("lookup", Asker.verify_wrong),
    "compare_items": ("compare", Asker.compare_items),
    "compare": ("compare", Asker.compare),
    "top": ("rank", Asker.top),
    "highest": ("rank", Asker.highest),
    "top_projects": ("rank", Asker.top_projects),
    "highest_project": ("rank", Asker.highest_project),
    "list": ("list", Asker.listing),
    "count": ("rank", Asker.count),
    "reverse": ("lookup", Asker.reverse),
    "reverse_item": ("lookup", Asker.reverse_item),
    "reason": ("reason", Asker.reason),
    "content": ("text", Asker.content),
    "definition": ("definition", Asker.definition),
    "absent": ("no_answer", Asker.absent),
    "other_year": ("no_answer", Asker.other_year),
    "other_body": ("no_answer", Asker.other_body),
    "not_budget": ("no_answer", Asker.not_budget),
    "ambiguous": ("ambiguous", Asker.ambiguous),
}
"""What is asked for -> the question's type, and what makes one."""

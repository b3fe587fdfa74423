"""Makes one question about a generated document, with its gold, in the question-file format."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any

from eval.asked_facts import Fact, Source
from eval.asked_perturb import in_traditional
from ingest.values import YUAN_PER_UNIT, name_key
from qa.lexicon import load_lexicon

WAN = YUAN_PER_UNIT["万元"]


@cache
def phrasings() -> dict[str, Any]:
    """``asked.toml``: how questions are phrased and distorted."""
    source = resources.files("eval").joinpath("asked.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was filled into its phrasing."""

    line: Mapping[str, Any]
    """Of a question file."""
    parts: Mapping[str, str]

    @property
    def id(self) -> str:
        return str(self.line["id"])

    @property
    def operation(self) -> str:
        """What is asked for, as ``asked_operations.OPERATIONS`` names it."""
        return self.id.rpartition("-")[0]


def figure_of(value: Decimal, unit: str, decimals: int) -> dict[str, Any]:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return {"value": str(rounded), "unit": unit, "decimals": decimals}


def stated(fact: Fact) -> dict[str, Any]:
    return figure_of(fact.amount, "%" if "率" in (fact.column or "") else fact.unit, fact.decimals)


def everyday_names(fact: Fact) -> frozenset[str]:
    """What people say for it, in either language."""
    return frozenset(load_lexicon().names_of.get(name_key(fact.name), ()))


class Maker:
    """Makes one question about one document, or None where the document lacks what it needs."""

    def __init__(self, rng: random.Random, source: Source, sources: Sequence[Source], kind: str) -> None:
        self.rng = rng
        self.source = source
        self.sources = sources
        self.kind = kind
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
            "type": self.kind,
            "expect": expect,
        }
        if history:
            line["history"] = [{"question": earlier} for earlier in history]
        return Asked(line, {k: v for k, v in values.items() if k == "org" or "{" + k + "}" in pattern})

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
        return self.make(key, [figure_of(value, unit, 2)], facts[0].evidence, **{**names, **parts})

    # What questions choose from

    def group(self, least: int) -> Sequence[Fact]:
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

    def projects(self) -> list[Fact]:
        """The greatest first; [] where some share a name or an amount."""
        projects = sorted(self.source.projects, key=lambda f: -f.yuan)
        alone = len({f.yuan for f in projects}) == len(projects) == self.source.project_count
        return projects if alone else []

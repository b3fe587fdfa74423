"""The accounts of an invented organisation for one year: random, and consistent to the last 分.

Amounts are whole numbers of 分 (0.01 元). All of them are multiples of the smallest amount that the
document prints, so that its printed parts add up to its printed totals exactly.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

from eval.corpus.numerals import han

FEN_PER_WAN_YUAN = 1_000_000

Fund = Literal["general", "fund", "business", "other"]
"""Whose money is spent: the general public budget's, government funds', earned by own work, other."""


@cache
def data(name: str) -> dict[str, Any]:
    """A data file of this package: ``accounts``, ``bodies`` …"""
    source = resources.files("eval.corpus").joinpath(f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    group: str
    """The kind of unit that it stands under: 行政单位 …"""


@dataclass(frozen=True, slots=True)
class Project:
    unit: int
    """Position among the units."""
    account: str
    """The item that it is paid from."""
    name: str
    content: str
    target: str
    is_recurring: bool
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Purchase:
    project: Project
    name: str
    kind: Literal["货物", "服务"]
    quantity: int
    measure: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Spending:
    """What one unit spends on one item."""

    unit: int
    code: str
    """Seven digits."""
    fund: Fund
    wages_fen: int = 0
    goods_fen: int = 0
    grants_fen: int = 0
    recurring_fen: int = 0
    one_off_fen: int = 0
    carried_fen: int = 0
    """The part paid from what last year left over."""
    left_fen: int = 0
    """What this year's income leaves over, besides."""
    original_fen: int = 0
    """Last year's budget."""
    adjusted_fen: int = 0
    executed_fen: int = 0

    @property
    def basic_fen(self) -> int:
        return self.wages_fen + self.goods_fen + self.grants_fen

    @property
    def projects_fen(self) -> int:
        return self.recurring_fen + self.one_off_fen

    @property
    def total_fen(self) -> int:
        return self.basic_fen + self.projects_fen

    @property
    def income_fen(self) -> int:
        """Of the year itself."""
        return self.total_fen + self.left_fen - self.carried_fen


Measure = Callable[[Spending], int]


@dataclass(frozen=True, slots=True)
class Trips:
    """The 三公 spending of one year, and meetings."""

    abroad_fen: int
    cars_bought_fen: int
    cars_run_fen: int
    reception_fen: int
    meetings_fen: int

    @property
    def cars_fen(self) -> int:
        return self.cars_bought_fen + self.cars_run_fen

    @property
    def total_fen(self) -> int:
        return self.abroad_fen + self.cars_fen + self.reception_fen


@dataclass(frozen=True, slots=True)
class Books:
    place: str
    organization: str
    parent: str | None
    """The body that it belongs to, where it is one unit of it."""
    year: int
    units: tuple[Unit, ...]
    """The organisation itself first."""
    names: dict[str, str]
    """Account code -> official name."""
    spendings: tuple[Spending, ...]
    projects: tuple[Project, ...]
    purchases: tuple[Purchase, ...]
    economics: tuple[tuple[str, int], ...]
    """Economic item -> amount in 分, of the basic spending from the general budget."""
    trips: Trips
    trips_before: Trips

    def total(
        self, measure: Measure, fund: Fund | None = None, code: str = "", unit: int | None = None
    ) -> int:
        """In 分, over the spending of a fund, below an account and of a unit, where they are given."""
        return sum(
            measure(s)
            for s in self.spendings
            if (fund is None or s.fund == fund)
            and s.code.startswith(code)
            and (unit is None or s.unit == unit)
        )

    def codes(self, digits: int, fund: Fund | None = None, below: str = "") -> list[str]:
        """The accounts of one level (3, 5 or 7 digits) that are spent on, in order."""
        return sorted(
            {s.code[:digits] for s in self.spendings if fund in (None, s.fund) and s.code.startswith(below)}
        )


def draw_books(
    rng: random.Random,
    *,
    government_level: str,
    is_unit: bool,
    step_fen: int,
    scale: int,
    has_fund: bool,
    has_own: bool,
    keeps: bool,
) -> Books:
    """Books of a random body of a level of government.

    ``step_fen`` divides every amount; ``scale``, 1 for a small one, says how many units, accounts and
    projects there are, up to 200; ``is_unit`` gives one unit of a body instead of the whole; ``keeps`` leaves
    money over at the year's end.
    """
    bodies = data("bodies")
    place = rng.choice([n for p in bodies["place"] if p["level"] == government_level for n in p["names"]])
    body = rng.choice([b for b in bodies["body"] if government_level in b["levels"]])
    year = rng.randint(2017, 2026)
    units = _units(rng, place, body, 1 if is_unit else 1 + scale)
    if is_unit:
        units = (replace(units[0], name=place + rng.choice(body["units"])),)
    draw = _Draw(rng, step_fen)
    functions = [*body["functions"], *bodies["common"]["functions"]]
    items = _items("functions", functions)
    spendings, projects = _spendings(draw, year, units, items, "general", body, scale)
    if has_fund:
        fund_items = _items("fund_functions", [rng.choice(["21208", "22960"])])
        more, fund_projects = _spendings(draw, year, units[:1], fund_items[:scale], "fund", body, scale)
        spendings, projects = spendings + more, projects + fund_projects
    own: tuple[Fund, ...] = ("business", "other") if has_own else ()
    for fund in own:
        more, own_projects = _spendings(draw, year, units[-1:], items[:scale], fund, body, scale)
        spendings, projects = spendings + more, projects + own_projects
    trips = draw.trips()
    return Books(
        place=place,
        organization=units[0].name,
        parent=place + body["name"] if is_unit else None,
        year=year,
        units=units,
        names={**_accounts("functions"), **_accounts("fund_functions"), **_accounts("economics")},
        spendings=tuple(_with_carried(draw, spendings, keeps=keeps)),
        projects=tuple(projects),
        purchases=tuple(_purchases(draw, projects, scale)),
        economics=_economics(draw, spendings, scale),
        trips=trips,
        trips_before=draw.trips_before(trips),
    )


class _Draw:
    """Random amounts, all multiples of one step."""

    def __init__(self, rng: random.Random, step_fen: int) -> None:
        self.rng = rng
        self.step_fen = step_fen

    def amount(self, low_wan: float, high_wan: float) -> int:
        """In 分, between two amounts in 万元; small ones are as likely as great ones."""
        wan: float = low_wan * (high_wan / low_wan) ** self.rng.random()
        return max(1, round(wan * FEN_PER_WAN_YUAN / self.step_fen)) * self.step_fen

    def share(self, whole: int, low: int, high: int) -> int:
        """Some hundredths of a whole."""
        steps = whole * self.rng.uniform(low, high) / 100 / self.step_fen
        return round(steps) * self.step_fen

    def split(self, whole: int, count: int) -> list[int]:
        """A whole in parts, none of them negative, that add up to it."""
        steps = whole // self.step_fen
        cuts = sorted(self.rng.randint(0, steps) for _ in range(count - 1))
        edges = [0, *cuts, steps]
        parts = [(b - a) * self.step_fen for a, b in pairwise(edges)]
        parts[0] += whole - steps * self.step_fen
        return parts

    def trips(self) -> Trips:
        """Multiples of 100 元 at least, so that a table in 万元 prints them whole."""
        bought = self._hundreds(self.amount(15, 40)) if self.rng.random() < 0.4 else 0
        abroad = self._hundreds(self.amount(2, 40)) if self.rng.random() < 0.6 else 0
        rest = (self._hundreds(self.amount(*range_)) for range_ in ((2, 60), (0.5, 30), (1, 20)))
        return Trips(abroad, bought, *rest)

    def trips_before(self, trips: Trips) -> Trips:
        """The year before: mostly somewhat more or less, sometimes the same."""

        def before(amount: int) -> int:
            same = self.rng.random() < 0.2
            return amount if same else self._hundreds(round(amount * self.rng.uniform(0.7, 1.4)))

        bought = 0 if self.rng.random() < 0.3 else before(trips.cars_bought_fen)
        return Trips(
            before(trips.abroad_fen),
            bought,
            before(trips.cars_run_fen),
            before(trips.reception_fen),
            before(trips.meetings_fen),
        )

    def _hundreds(self, amount_fen: int) -> int:
        step = max(self.step_fen, 10_000)
        return max(1, round(amount_fen / step)) * step if amount_fen else 0


def _accounts(section: str) -> dict[str, str]:
    return {str(code): name for code, name in data("accounts")[section].items()}


def _items(section: str, below: Iterable[str]) -> list[str]:
    prefixes = tuple(below)
    return sorted(code for code in _accounts(section) if len(code) == 7 and code.startswith(prefixes))


def _units(rng: random.Random, place: str, body: dict[str, Any], count: int) -> tuple[Unit, ...]:
    groups = data("bodies")["common"]["unit_groups"]
    stem = rng.randint(101, 489)
    own = Unit(f"{stem}001", place + body["name"], groups[0])
    # A great body has many units of the same name, told apart by numbers.
    names = body["units"] + [f"第{han(n)}{name}" for n in range(1, 100) for name in body["units"]]
    below = rng.sample(names[: max(count - 1, len(body["units"]))], count - 1)
    kinds = sorted(rng.choice(groups[1:]) for _ in below)
    return (
        own,
        *(
            Unit(f"{stem}{number:03}", place + name, group)
            for number, (name, group) in enumerate(zip(below, kinds, strict=True), start=2)
        ),
    )


def _spendings(
    draw: _Draw,
    year: int,
    units: tuple[Unit, ...],
    items: list[str],
    fund: Fund,
    body: dict[str, Any],
    scale: int,
) -> tuple[list[Spending], list[Project]]:
    rng = draw.rng
    spendings: list[Spending] = []
    projects: list[Project] = []
    common = tuple(data("bodies")["common"]["functions"])
    for unit in range(len(units)):
        chosen = sorted(rng.sample(items, min(len(items), 3 + 2 * scale)))
        for code in chosen:
            is_common, is_fund = code.startswith(common), fund != "general"
            own = []
            if is_fund or (not is_common and rng.random() < 0.7):
                own = [_project(draw, year, unit, code, body) for _ in range(rng.randint(1, min(scale, 3)))]
            basic = not is_fund and (is_common or not own or rng.random() < 0.5)
            spending = Spending(
                unit,
                code,
                fund,
                wages_fen=draw.amount(5, 900) if basic and not code.startswith("22102") else 0,
                goods_fen=draw.amount(1, 200) if basic and not is_common else 0,
                grants_fen=draw.amount(1, 90) if basic and (is_common or rng.random() < 0.3) else 0,
                recurring_fen=sum(p.amount_fen for p in own if p.is_recurring),
                one_off_fen=sum(p.amount_fen for p in own if not p.is_recurring),
            )
            spendings.append(_with_last_year(draw, spending))
            projects += own
    return spendings, projects


def _with_last_year(draw: _Draw, spending: Spending) -> Spending:
    if draw.rng.random() < 0.1:
        return spending
    original = draw.share(spending.total_fen, 70, 130)
    adjusted = draw.share(original, 90, 120)
    return replace(
        spending, original_fen=original, adjusted_fen=adjusted, executed_fen=draw.share(adjusted, 60, 100)
    )


def _with_carried(draw: _Draw, spendings: list[Spending], keeps: bool) -> list[Spending]:
    """The greatest spending from the general budget is paid in part from last year's money."""
    greatest = max((s for s in spendings if s.fund == "general"), key=lambda s: s.total_fen)
    changed = replace(
        greatest,
        carried_fen=draw.share(greatest.total_fen, 0, 30),
        left_fen=draw.share(greatest.total_fen, 1, 20) if keeps else 0,
    )
    return [changed if s is greatest else s for s in spendings]


def _project(draw: _Draw, year: int, unit: int, code: str, body: dict[str, Any]) -> Project:
    rng, words = draw.rng, data("bodies")["projects"]
    head = rng.choice([*words["heads"], f"{year}年"])
    return Project(
        unit=unit,
        account=code,
        name=head + rng.choice(body["projects"]) + rng.choice(words["tails"]),
        content=_sentence(rng, words["contents"]),
        target=_sentence(rng, words["targets"]),
        is_recurring=rng.random() < 0.6,
        amount_fen=draw.amount(3, 800),
    )


def _sentence(rng: random.Random, clauses: list[str]) -> str:
    return "；".join(rng.sample(clauses, rng.choice((1, 2, 3, 4, min(8, len(clauses)))))) + "。"


def _purchases(draw: _Draw, projects: list[Project], scale: int) -> Iterable[Purchase]:
    rng, words = draw.rng, data("bodies")["projects"]
    for project in rng.sample(projects, min(len(projects), 2 * scale)):
        kind: Literal["货物", "服务"] = rng.choice(("货物", "服务"))
        key = "goods" if kind == "货物" else "services"
        yield Purchase(
            project=project,
            name=rng.choice(words[key]),
            kind=kind,
            quantity=rng.randint(1, 60) if kind == "货物" else rng.randint(1, 3),
            measure=rng.choice(words[f"{key}_units"]),
            amount_fen=min(project.amount_fen, draw.amount(1, 300)),
        )


def _economics(draw: _Draw, spendings: list[Spending], scale: int) -> tuple[tuple[str, int], ...]:
    """The basic spending from the general budget, over the items of its three economic classes."""
    found: list[tuple[str, int]] = []
    general = [s for s in spendings if s.fund == "general"]
    wholes = (
        ("301", sum(s.wages_fen for s in general)),
        ("302", sum(s.goods_fen for s in general)),
        ("303", sum(s.grants_fen for s in general)),
    )
    for prefix, whole in wholes:
        items = [code for code in _accounts("economics") if len(code) == 5 and code.startswith(prefix)]
        chosen = sorted(draw.rng.sample(items, min(len(items), 3 + 3 * scale)))
        found += zip(chosen, draw.split(whole, len(chosen)), strict=True)
    return tuple(found)

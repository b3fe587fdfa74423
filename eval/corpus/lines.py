"""The lines that the tables of budgets and of final accounts share: accounts, classes, income, 三公."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from eval.corpus.books import Books, Fund, Measure, Trips, data
from eval.corpus.model import TrueCell
from eval.corpus.numerals import han
from eval.corpus.sheets import Line, PrintedColumn
from eval.corpus.style import Style


@dataclass(frozen=True, slots=True)
class Desk:
    """What every table is made of."""

    style: Style
    books: Books

    def name(self, key: str) -> str:
        """A word of ``words.toml`` as this document prints it, with the year put in."""
        year = self.books.year
        return str(self.style.names[key]).replace("{year}", str(year)).replace("{before}", str(year - 1))

    def title(self, key: str) -> str:
        return f"{self.books.year}年" * self.style.year_in_title + self.name(key)

    def nothing_note(self, key: str) -> str:
        """What stands below a table without money."""
        body = data("words")["bodies"][self.style.level]
        return self.name("nothing_note").replace("{body}", body).replace("{what}", self.name(key))

    def cells(self, amounts: Sequence[int]) -> tuple[TrueCell, ...]:
        """Amounts in 分 as cells."""
        return tuple(self.style.money(amount) for amount in amounts)

    def rate(self, column: str, part: Decimal | int, whole: Decimal | int) -> TrueCell:
        """A percentage with two places; blank where the whole is nothing. The sign % is printed in the
        cell unless the name of its column has it."""
        if not whole:
            return TrueCell(None)
        value = percent(part, whole)
        text = self.style.minus * (value < 0) + f"{abs(value)}" + ("" if "%" in self.name(column) else "%")
        return TrueCell(text, value, "%")


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """Hundredths with two places, half up."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def values(*paths: tuple[str, ...], width: int = 12) -> tuple[PrintedColumn, ...]:
    return tuple(PrintedColumn(path, "value", width) for path in paths)


def account_lines(
    desk: Desk,
    measures: Sequence[Measure],
    *,
    funds: Sequence[Fund] | None = None,
    ordinals: bool = False,
) -> list[Line]:
    """Every class, section and item that is spent on, and the total. A line without money is left out."""
    books = desk.books
    spendings = [s for s in books.spendings if funds is None or s.fund in funds]

    def line(code: str, ancestors: tuple[str, ...], ordinal: str) -> Line:
        label = ordinal + books.names[code]
        below = [s for s in spendings if s.code.startswith(code)]
        cells = desk.cells([sum(map(measure, below)) for measure in measures])
        own = desk.style.codes == "own"
        return Line(label, (*ancestors, label), cells, code, depth=len(code) // 2 - 1, own_group=own)

    found: list[Line] = []
    codes = sorted({s.code for s in spendings})
    classes = sorted({code[:3] for code in codes})
    for number, top in enumerate(classes, start=1):
        found.append(head := line(top, (), f"{han(number)}、" if ordinals else ""))
        for section in sorted({code[:5] for code in codes if code.startswith(top)}):
            found.append(middle := line(section, head.path, ""))
            found += [line(code, middle.path, "") for code in codes if code.startswith(section)]
    total = desk.cells([sum(map(measure, spendings)) for measure in measures])
    return with_total(desk, found, total)


def with_total(desk: Desk, lines: list[Line], cells: tuple[TrueCell, ...]) -> list[Line]:
    """The lines with 合计 before or behind them."""
    label = desk.name("total_row")
    total = Line(label, (label,), cells, is_total=True, spread=desk.style.points > 9)
    return [total, *lines] if desk.style.total_first else [*lines, total]


def unit_lines(
    desk: Desk, measures: Sequence[Measure], *, fund: Fund | None = None, items: bool = True
) -> list[Line]:
    """Every kind of unit, unit and (where asked) item of the unit, and the total."""
    books = desk.books
    found: list[Line] = []

    def cells(indexes: Sequence[int], code: str = "") -> tuple[TrueCell, ...]:
        return desk.cells([sum(books.total(m, fund, code, unit) for unit in indexes) for m in measures])

    for group in dict.fromkeys(unit.group for unit in books.units):
        members = [i for i, unit in enumerate(books.units) if unit.group == group]
        found.append(Line(group, (group,), cells(members), depth=1))
        for index in members:
            unit = books.units[index]
            path = (group, unit.name)
            found.append(Line(unit.name, path, cells([index]), unit_code=unit.code, depth=2))
            codes = [s.code for s in books.spendings if s.unit == index and fund in (None, s.fund)]
            for code in sorted(set(codes)) if items else ():
                label = books.names[code]
                found.append(Line(label, (*path, label), cells([index], code), code, unit.code, depth=3))
    return with_total(desk, found, cells(range(len(books.units))))


def class_lines(desk: Desk, measures: Sequence[Measure], fund: Fund | None = None) -> list[Line]:
    """一、一般公共服务支出 …: the classes that are spent on, or all there are."""
    books = desk.books
    spent = {books.names[code]: code for code in books.codes(3, fund)}
    order = data("accounts")["class_order"]["names"]
    names = order if desk.style.all_classes else [n for n in order if n in spent]
    found = []
    for number, name in enumerate(names, start=1):
        amounts = [books.total(m, fund, spent[name]) if name in spent else 0 for m in measures]
        label = f"{han(number)}、{name}"
        found.append(Line(label, (label,), desk.cells(amounts)))
    return found


def numbered(desk: Desk, entries: Sequence[tuple[str, int]], start: int = 1) -> Iterator[Line]:
    """Names and amounts in 分 -> 一、 二、 … lines."""
    for number, (name, amount) in enumerate(entries, start=start):
        label = f"{han(number)}、{name}"
        yield Line(label, (label,), desk.cells([amount]))


def plain(desk: Desk, key: str, amounts: Sequence[int], *, spread: bool = False) -> Line:
    """A line outside the numbered ones: 本年收入合计, 收入总计."""
    label = desk.name(key)
    return Line(label, (label,), desk.cells(amounts), is_total=True, spread=spread)


def level_ends(
    left: Sequence[Line], left_ends: Sequence[Line], right: Sequence[Line], right_ends: Sequence[Line]
) -> tuple[tuple[Line | None, ...], tuple[Line | None, ...]]:
    """Two halves whose last lines stand beside each other, blank lines above the shorter one's."""
    ends = max(len(left_ends), len(right_ends))
    height = max(len(left), len(right)) + ends

    def filled(lines: Sequence[Line], last: Sequence[Line]) -> tuple[Line | None, ...]:
        return (*lines, *[None] * (height - len(lines) - len(last)), *last)

    return filled(left, left_ends), filled(right, right_ends)


def trips_amounts(trips: Trips) -> list[int]:
    """合计, 出国, 公车小计, 购置, 运行, 接待."""
    return [
        trips.total_fen,
        trips.abroad_fen,
        trips.cars_fen,
        trips.cars_bought_fen,
        trips.cars_run_fen,
        trips.reception_fen,
    ]

"""The usual tables of a final account (决算), from one set of books."""

from __future__ import annotations

from dataclasses import replace

from eval.corpus.books import Fund, Measure
from eval.corpus.budget_tables import Maker, label_columns
from eval.corpus.lines import (
    Desk,
    account_lines,
    class_lines,
    level_ends,
    numbered,
    plain,
    trips_amounts,
    values,
    with_total,
)
from eval.corpus.model import GeneratedTable
from eval.corpus.sheets import Block, Line, PrintedColumn, assemble, code_columns

_APPROPRIATED: tuple[Fund, ...] = ("general", "fund")


def _finish(
    desk: Desk, number: int, key: str, blocks: list[Block], notes: str | None = None
) -> GeneratedTable:
    if notes is None and desk.style.notes:
        notes = desk.name("account_note").replace("{what}", desk.name(f"{key}_subject"))
    return assemble(desk.style, number, desk.title(key), blocks, owner=desk.books.organization, notes=notes)


def _half(desk: Desk, side: str, item: str, *amounts: str) -> tuple[PrintedColumn, ...]:
    serial = (PrintedColumn((side, desk.name("lines_column")), "serial", 5),) if desk.style.lines else ()
    return (
        PrintedColumn((side, item), "label", 28),
        *serial,
        *(PrintedColumn((side, amount), "value", 16) for amount in amounts),
    )


def totals(desk: Desk, number: int) -> GeneratedTable:
    """收入支出决算总表."""
    books, amount = desk.books, desk.name("account_amount_column")
    funds: tuple[Fund, ...] = ("general", "fund", "business", "other")
    own = [books.total(lambda s: s.income_fen, fund) for fund in funds]
    income = numbered(
        desk,
        [
            (desk.name("account_general_row"), own[0]),
            (desk.name("account_fund_row"), own[1]),
            (desk.name("account_capital_row"), 0),
            (desk.name("upper_row"), 0),
            (desk.name("business_row"), own[2]),
            (desk.name("operating_row"), 0),
            (desk.name("lower_row"), 0),
            (desk.name("other_row"), own[3]),
        ],
    )
    carried, left = books.total(lambda s: s.carried_fen), books.total(lambda s: s.left_fen)
    left_ends = [
        plain(desk, "income_subtotal", [sum(own)]),
        replace(plain(desk, "account_carried_row", [carried]), is_total=False),
        plain(desk, "total_row", [sum(own) + carried], spread=True),
    ]
    right_ends = [
        plain(desk, "spending_subtotal", [books.total(lambda s: s.total_fen)]),
        replace(plain(desk, "account_left_row", [left]), is_total=False),
        plain(desk, "total_row", [sum(own) + carried], spread=True),
    ]
    halves = level_ends(list(income), left_ends, class_lines(desk, [lambda s: s.total_fen]), right_ends)
    item = desk.name("item_column")
    blocks = [
        Block(_half(desk, "收入", item, amount), halves[0], "收入"),
        Block(_half(desk, "支出", item, amount), halves[1], "支出"),
    ]
    return _finish(desk, number, "account_totals_table", blocks)


def income(desk: Desk, number: int) -> GeneratedTable:
    """收入决算表: this year's income by account and source."""
    columns = (
        *label_columns(desk, by_unit=False),
        PrintedColumn((desk.name("year_income_total_column"),), "value", 13, parts=(1, 2, 3, 4)),
        *values((desk.name("appropriation_column"),), width=13),
        *(
            PrintedColumn((desk.name(key),), "value", 11)
            for key in ("upper_row", "business_row", "other_row")
        ),
    )
    measures: list[Measure] = [
        lambda s: s.income_fen,
        lambda s: s.income_fen * (s.fund in _APPROPRIATED),
        lambda s: 0,
        lambda s: s.income_fen * (s.fund == "business"),
        lambda s: s.income_fen * (s.fund == "other"),
    ]
    lines = tuple(account_lines(desk, measures))
    return _finish(desk, number, "account_income_table", [Block(columns, lines)])


def spending(desk: Desk, number: int) -> GeneratedTable:
    """支出决算表."""
    columns = (
        *label_columns(desk, by_unit=False),
        PrintedColumn((desk.name("year_spending_total_column"),), "value", 13, parts=(1, 2, 3, 4)),
        *values((desk.name("basic_column"),), (desk.name("projects_column"),), width=13),
        *values((desk.name("to_upper_column"),), (desk.name("to_lower_column"),), width=11),
    )
    measures: list[Measure] = [
        lambda s: s.total_fen,
        lambda s: s.basic_fen,
        lambda s: s.projects_fen,
        lambda s: 0,
        lambda s: 0,
    ]
    lines = tuple(account_lines(desk, measures))
    return _finish(desk, number, "account_spending_table", [Block(columns, lines)])


def appropriation(desk: Desk, number: int) -> GeneratedTable:
    """财政拨款收入支出决算总表: what was carried over is told by fund, below its own line."""
    books, amount = desk.books, desk.name("account_amount_column")
    keys = ("account_general_row", "account_fund_row", "account_capital_row")
    own = [books.total(lambda s: s.income_fen, fund) for fund in _APPROPRIATED]
    carried, left = books.total(lambda s: s.carried_fen), books.total(lambda s: s.left_fen)
    income_lines = list(
        numbered(desk, [(desk.name(key), fen) for key, fen in zip(keys, (*own, 0), strict=True)])
    )
    measures: list[Measure] = [
        lambda s: s.total_fen * (s.fund in _APPROPRIATED),
        lambda s: s.total_fen * (s.fund == "general"),
        lambda s: s.total_fen * (s.fund == "fund"),
    ]
    spent = [books.total(measure) for measure in measures]
    left_ends = [
        plain(desk, "income_subtotal", [sum(own)]),
        replace(plain(desk, "account_carried_row", [carried]), is_total=False),
        plain(desk, "total_row", [sum(own) + carried], spread=True),
    ]
    right_ends = [
        plain(desk, "spending_subtotal", spent),
        replace(plain(desk, "account_left_row", [left, left, 0]), is_total=False),
        plain(desk, "total_row", [spent[0] + left, spent[1] + left, spent[2]], spread=True),
    ]
    halves = level_ends(income_lines, left_ends, class_lines(desk, measures), right_ends)
    item = desk.name("item_column")
    kinds = [desk.name("total_column"), *(desk.name(key) for key in keys[:2])]
    blocks = [
        Block(_half(desk, "收入", item, amount), halves[0], "收入"),
        Block(_half(desk, "支出", item, *kinds), halves[1], "支出"),
    ]
    return _finish(desk, number, "account_appropriation_table", blocks)


def general(desk: Desk, number: int) -> GeneratedTable:
    """一般公共预算财政拨款支出决算表."""
    top = (desk.name("year_spending_column"),) if desk.style.numbers == "line" else ()
    columns = (
        *label_columns(desk, by_unit=False),
        PrintedColumn((*top, desk.name("total_column")), "value", 15, parts=(1, 2)),
        *values((*top, desk.name("basic_column")), (*top, desk.name("projects_column")), width=15),
    )
    measures: list[Measure] = [lambda s: s.total_fen, lambda s: s.basic_fen, lambda s: s.projects_fen]
    lines = tuple(account_lines(desk, measures, funds=("general",)))
    return _finish(desk, number, "account_general_table", [Block(columns, lines)])


def economic(desk: Desk, number: int) -> GeneratedTable:
    """基本支出决算表: economic accounts in two blocks under one header, people left, running costs right."""
    books = desk.books
    columns = (
        *code_columns(desk.style, desk.name("economic_code_column"), groups=2),
        PrintedColumn((desk.name("economic_column"),), "label", 22),
        *values((desk.name("account_amount_column"),), width=14),
    )

    def lines(*classes: str) -> list[Line]:
        found = []
        for top in classes:
            entries = [entry for entry in books.economics if entry[0].startswith(top)]
            name = books.names[top]
            found.append(Line(name, (name,), desk.cells([sum(fen for _, fen in entries)]), top))
            for code, fen in entries:
                label = books.names[code]
                found.append(Line(label, (name, label), desk.cells([fen]), code, depth=1))
        return found

    people, running = lines("301", "303"), lines("302")
    height = max(len(people), len(running))
    blocks = [Block(columns, (*part, *[None] * (height - len(part)))) for part in (people, running)]
    return _finish(desk, number, "account_economic_table", blocks)


def trips(desk: Desk, number: int) -> GeneratedTable:
    """“三公”经费支出决算表: budget and final account of each kind, four header levels deep."""
    top, cars = desk.name("trips_row"), desk.name("cars_row")
    paths = [
        (top, desk.name("trips_total_column")),
        (top, desk.name("abroad_row")),
        (top, cars, desk.name("subtotal_column")),
        (top, cars, desk.name("cars_bought_row")),
        (top, cars, desk.name("cars_run_row")),
        (top, desk.name("reception_row")),
    ]
    stages = (desk.name("budget_stage_column"), desk.name("account_stage_column"))
    columns = values(*((*path, stage) for path in paths for stage in stages), width=9)
    before, now = trips_amounts(desk.books.trips_before), trips_amounts(desk.books.trips)
    cells = desk.cells([fen for pair in zip(before, now, strict=True) for fen in pair])
    line = Line("", (), cells)
    return _finish(desk, number, "account_trips_table", [Block(columns, (line,))])


def fund(desk: Desk, number: int) -> GeneratedTable:
    """政府性基金收入支出决算表: carried over, income, spending, left."""
    spent = desk.name("year_spending_column")
    columns = (
        *label_columns(desk, by_unit=False),
        *values((desk.name("account_carried_row"),), (desk.name("year_income_column"),), width=13),
        PrintedColumn((spent, desk.name("subtotal_column")), "value", 13, parts=(3, 4)),
        *values(
            (spent, desk.name("basic_column")),
            (spent, desk.name("projects_column")),
            (desk.name("account_left_row"),),
            width=13,
        ),
    )
    measures: list[Measure] = [
        lambda s: 0,
        lambda s: s.income_fen,
        lambda s: s.total_fen,
        lambda s: s.basic_fen,
        lambda s: s.projects_fen,
        lambda s: 0,
    ]
    lines: list[Line | None] = [*account_lines(desk, measures, funds=("fund",))]
    notes = None
    if not desk.books.total(lambda s: s.total_fen, "fund"):
        blank = with_total(desk, [], desk.cells([0] * 6))
        lines = [*blank, None] if desk.style.zero == "0.00" else [None] * 3
        notes = desk.nothing_note("fund_row")
    return _finish(desk, number, "account_fund_table", [Block(columns, tuple(lines))], notes)


TABLES: tuple[Maker, ...] = (totals, income, spending, appropriation, general, economic, trips, fund)

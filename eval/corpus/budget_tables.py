"""The usual tables of a budget, from one set of books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from eval.corpus.lines import (
    Desk,
    account_lines,
    class_lines,
    level_ends,
    numbered,
    plain,
    unit_lines,
    values,
    with_total,
)
from eval.corpus.model import GeneratedTable, TrueCell
from eval.corpus.numerals import han
from eval.corpus.project_tables import projects, purchases
from eval.corpus.sheets import Block, Line, PrintedColumn, assemble, code_columns
from eval.corpus.trips_tables import trips

Maker = Callable[[Desk, int], GeneratedTable]
"""Makes the table that stands at a place, counted from 1, among a document's tables."""


def label_columns(desk: Desk, *, by_unit: bool) -> tuple[PrintedColumn, ...]:
    """Codes and the label of a table by account, or by unit and account."""
    codes = code_columns(desk.style, desk.name("code_column"))
    if by_unit:
        unit_code = PrintedColumn((desk.name("unit_code_column"),), "unit_code", 8)
        return (*codes, unit_code, PrintedColumn((desk.name("unit_account_column"),), "label", 26))
    return (*codes, PrintedColumn((desk.name("account_column"),), "label", 26))


def _finish(
    desk: Desk, number: int, key: str, blocks: list[Block], notes: str | None = None
) -> GeneratedTable:
    if notes is None and desk.style.notes and number % 3 == 2:
        notes = desk.name("budget_note")
    return assemble(desk.style, number, desk.title(key), blocks, owner=desk.books.organization, notes=notes)


def totals(desk: Desk, number: int) -> GeneratedTable:
    """收支总表: income and spending side by side."""
    books, amount = desk.books, desk.name("amount_column")
    funds = [books.total(lambda s: s.income_fen, fund) for fund in ("general", "fund")]
    income: list[Line] = []
    for line in numbered(
        desk,
        [
            (desk.name("appropriation_row"), sum(funds)),
            (desk.name("special_row"), 0),
            (desk.name("business_row"), books.total(lambda s: s.income_fen, "business")),
            (desk.name("operating_row"), 0),
            (desk.name("other_row"), books.total(lambda s: s.income_fen, "other")),
        ],
    ):
        income.append(line)
        if len(income) == 1:
            for part, (key, fen) in enumerate(
                zip(("general_row", "fund_row", "capital_row"), (*funds, 0), strict=True)
            ):
                label = f"（{'一二三'[part]}）{desk.name(key)}"
                if desk.style.of_which:
                    label = desk.name("of_which") * (part == 0) + desk.name(key)
                income.append(Line(label, (line.label, label), desk.cells([fen]), depth=1))
    spent = books.total(lambda s: s.total_fen)
    earned, carried = books.total(lambda s: s.income_fen), books.total(lambda s: s.carried_fen)
    left_ends = [
        plain(desk, "income_subtotal", [earned]),
        next(numbered(desk, [(desk.name("carried_row"), carried)], start=6)),
        plain(desk, "income_total", [earned + carried]),
    ]
    right_ends = [
        plain(desk, "spending_subtotal", [spent]),
        replace(plain(desk, "left_row", [earned + carried - spent]), is_total=False),
        plain(desk, "spending_total", [earned + carried]),
    ]
    left, right = level_ends(income, left_ends, class_lines(desk, [lambda s: s.total_fen]), right_ends)
    blocks = [Block(_side_columns(("收入",), desk.name("income_item_column"), amount), left, "收入")]
    spending_item = desk.name("spending_item_column")
    if desk.style.by_use:
        # The use stands beside the function: 基本支出 and 项目支出, with the totals below.
        uses = [
            (desk.name("basic_column"), lambda s: s.basic_fen),
            (desk.name("projects_column"), lambda s: s.projects_fen),
        ]
        lines = list(numbered(desk, [(name, books.total(measure)) for name, measure in uses]))
        by_function = (*right[: -len(right_ends)], *[None] * len(right_ends))
        by_use = (*lines, *[None] * (len(right) - len(lines) - len(right_ends)), *right_ends)
        blocks += [
            Block(
                _side_columns(
                    ("支出", desk.name("by_function_column")), desk.name("function_item_column"), amount
                ),
                by_function,
                "支出",
            ),
            Block(
                _side_columns(("支出", desk.name("by_use_column")), desk.name("use_item_column"), amount),
                by_use,
                "支出",
            ),
        ]
    else:
        blocks.append(Block(_side_columns(("支出",), spending_item, amount), right, "支出"))
    return _finish(desk, number, "totals_table", blocks)


def _side_columns(groups: tuple[str, ...], item: str, *amounts: str) -> tuple[PrintedColumn, ...]:
    return (
        PrintedColumn((*groups, item), "label", 28),
        *(PrintedColumn((*groups, amount), "value", 16) for amount in amounts),
    )


def _income_outline(desk: Desk, number: int) -> GeneratedTable:
    """收入总表 as a list: a 小计 and the sources of each kind of money, below its merged name."""
    books, item = desk.books, desk.name("income_item_column")
    columns = (
        PrintedColumn((item,), "group", 22),
        PrintedColumn((item,), "label", 30),
        PrintedColumn((desk.name("amount_column"),), "value", 20),
    )
    general, fund_fen = (books.total(lambda s: s.income_fen, fund) for fund in ("general", "fund"))
    groups: list[tuple[str, list[tuple[str, int]]]] = [
        (desk.name("general_row"), [(desk.name("subsidy_row"), general), (desk.name("earmarked_row"), 0)]),
        (desk.name("fund_row"), [(desk.name("fund_subsidy_row"), fund_fen)]),
        (
            desk.name("other_group_row"),
            [
                (desk.name("business_row"), books.total(lambda s: s.income_fen, "business")),
                (desk.name("other_row"), books.total(lambda s: s.income_fen, "other")),
                (desk.name("carried_row"), books.total(lambda s: s.carried_fen)),
            ],
        ),
    ]
    lines = [plain(desk, "income_total", [sum(fen for _, parts in groups for _, fen in parts)])]
    for group, parts in groups:
        rows = [(desk.name("subtotal_column"), sum(fen for _, fen in parts)), *parts]
        lines += [
            Line(
                name,
                (group, name),
                desk.cells([fen]),
                group=None if at else group,
                group_lines=0 if at else len(rows),
            )
            for at, (name, fen) in enumerate(rows)
        ]
    return _finish(desk, number, "income_table", [Block(columns, tuple(lines))])


def income(desk: Desk, number: int) -> GeneratedTable:
    """收入总表: by unit or by account, with a column for each source; or as an outline."""
    if desk.style.outlines:
        return _income_outline(desk, number)
    group, by_unit = desk.name("appropriation_row"), desk.style.by_unit
    columns = (
        *(c for c in label_columns(desk, by_unit=by_unit) if not (by_unit and c.role == "code")),
        PrintedColumn((desk.name("total_column"),), "value", 13, parts=(1, 4, 5, 6)),
        PrintedColumn((group, desk.name("subtotal_column")), "value", 13, parts=(2, 3)),
        *values((group, desk.name("general_row")), (group, desk.name("fund_row")), width=13),
        *values((desk.name("business_row"),), (desk.name("other_row"),), (desk.name("carried_row"),)),
    )
    appropriated = ("general", "fund")
    measures = [
        lambda s: s.total_fen,
        lambda s: s.income_fen * (s.fund in appropriated),
        lambda s: s.income_fen * (s.fund == "general"),
        lambda s: s.income_fen * (s.fund == "fund"),
        lambda s: s.income_fen * (s.fund == "business"),
        lambda s: s.income_fen * (s.fund == "other"),
        lambda s: s.carried_fen,
    ]
    lines = unit_lines(desk, measures, items=False) if by_unit else account_lines(desk, measures)
    return _finish(desk, number, "income_table", [Block(columns, tuple(lines))])


def spending(desk: Desk, number: int) -> GeneratedTable:
    """支出总表: basic and project spending with their parts."""
    names = [desk.books.names[code] for code in ("301", "302", "303")]
    basic, project, subtotal = map(desk.name, ("basic_column", "projects_column", "subtotal_column"))
    columns = (
        *label_columns(desk, by_unit=desk.style.by_unit),
        PrintedColumn((desk.name("total_column"),), "value", 13, parts=(1, 5)),
        PrintedColumn((basic, subtotal), "value", 13, parts=(2, 3, 4)),
        *values(*((basic, name) for name in names), width=12),
        PrintedColumn((project, subtotal), "value", 13, parts=(6, 7)),
        *values((project, desk.name("recurring_column")), (project, desk.name("one_off_column"))),
    )
    measures = [
        lambda s: s.total_fen,
        lambda s: s.basic_fen,
        lambda s: s.wages_fen,
        lambda s: s.goods_fen,
        lambda s: s.grants_fen,
        lambda s: s.projects_fen,
        lambda s: s.recurring_fen,
        lambda s: s.one_off_fen,
    ]
    lines = (unit_lines if desk.style.by_unit else account_lines)(desk, measures)
    return _finish(desk, number, "spending_table", [Block(columns, tuple(lines))])


def appropriation(desk: Desk, number: int) -> GeneratedTable:
    """财政拨款收支总表: the spending half tells the funds apart."""
    books, amount = desk.books, desk.name("amount_column")
    income_lines = list(
        numbered(
            desk,
            [
                (desk.name("general_row"), books.total(lambda s: s.income_fen, "general")),
                (desk.name("fund_row"), books.total(lambda s: s.income_fen, "fund")),
                (desk.name("capital_row"), 0),
                (desk.name("carried_row"), books.total(lambda s: s.carried_fen)),
            ],
        )
    )
    measures = [
        lambda s: s.total_fen * (s.fund in ("general", "fund")),
        lambda s: s.total_fen * (s.fund == "general"),
        lambda s: s.total_fen * (s.fund == "fund"),
        lambda s: 0,
    ]
    classes = [line for line in class_lines(desk, measures) if desk.style.all_classes or line.cells[0].value]
    whole = [books.total(measure) for measure in measures]
    left, right = level_ends(
        income_lines,
        [plain(desk, "income_total", [whole[0]])],
        _renumbered(classes),
        [plain(desk, "spending_total", whole)],
    )
    kinds = [desk.name(key) for key in ("total_column", "general_row", "fund_row", "capital_row")]
    return _finish(
        desk,
        number,
        "appropriation_table",
        [
            Block(_side_columns(("收入",), desk.name("income_item_column"), amount), left, "收入"),
            Block(_side_columns(("支出",), desk.name("spending_item_column"), *kinds), right, "支出"),
        ],
    )


def _renumbered(lines: list[Line]) -> list[Line]:
    """Class lines with their ordinals counted afresh, after some were left out."""
    names = [line.label.split("、", 1)[1] for line in lines]
    labels = [f"{han(n)}、{name}" for n, name in enumerate(names, start=1)]
    return [replace(line, label=label, path=(label,)) for line, label in zip(lines, labels, strict=True)]


def general(desk: Desk, number: int) -> GeneratedTable:
    """一般公共预算支出表: last year's budget and execution beside this year's, four header levels deep."""
    books = desk.books
    basic = desk.name("basic_column")
    before, now = desk.name("before_column"), desk.name("now_column")
    columns = (
        *label_columns(desk, by_unit=False),
        *values(
            *((before, desk.name(key)) for key in ("original_column", "adjusted_column", "executed_column"))
        ),
        PrintedColumn((before, desk.name("run_rate_column")), "value", 9, ratio=(2, 1)),
        PrintedColumn((now, desk.name("total_column")), "value", 12, parts=(5, 8)),
        PrintedColumn((now, basic, desk.name("subtotal_column")), "value", 12, parts=(6, 7)),
        *values((now, basic, desk.name("personnel_column")), (now, basic, desk.name("running_column"))),
        *values((now, desk.name("projects_column"))),
    )
    measures = [
        lambda s: s.original_fen,
        lambda s: s.adjusted_fen,
        lambda s: s.executed_fen,
        lambda s: s.total_fen,
        lambda s: s.basic_fen,
        lambda s: s.wages_fen + s.grants_fen,
        lambda s: s.goods_fen,
        lambda s: s.projects_fen,
    ]

    def with_rate(line: Line) -> Line:
        executed, adjusted = (line.cells[i].value or 0 for i in (2, 1))
        return replace(
            line, cells=(*line.cells[:3], desk.rate("run_rate_column", executed, adjusted), *line.cells[3:])
        )

    lines = account_lines(desk, measures, funds=("general",), ordinals=desk.style.ordinals)
    top = desk.name("general_top_column") if books.year % 2 else None
    if top:
        columns = tuple(
            replace(column, path=(top, *column.path)) if column.role == "value" else column
            for column in columns
        )
    return _finish(desk, number, "general_table", [Block(columns, tuple(map(with_rate, lines)))])


def economic(desk: Desk, number: int) -> GeneratedTable:
    """基本支出表 by economic class: people and running costs."""
    books = desk.books
    columns = (
        *code_columns(desk.style, desk.name("economic_code_column"), groups=2),
        PrintedColumn((desk.name("economic_column"),), "label", 30),
        PrintedColumn((desk.name("total_column"),), "value", 16, parts=(1, 2)),
        *values((desk.name("personnel_column"),), (desk.name("running_column"),), width=16),
    )

    def cells(entries: list[tuple[str, int]]) -> tuple[TrueCell, ...]:
        running = sum(fen for code, fen in entries if code.startswith("302"))
        whole = sum(fen for _, fen in entries)
        return desk.cells([whole, whole - running, running])

    lines: list[Line] = []
    for top in sorted({code[:3] for code, _ in books.economics}):
        entries = [entry for entry in books.economics if entry[0].startswith(top)]
        lines.append(Line(books.names[top], (books.names[top],), cells(entries), top))
        lines += [
            Line(
                books.names[code], (books.names[top], books.names[code]), cells([(code, fen)]), code, depth=1
            )
            for code, fen in entries
        ]
    whole = with_total(desk, lines, cells(list(books.economics)))
    return _finish(desk, number, "economic_table", [Block(columns, tuple(whole))])


def fund(desk: Desk, number: int) -> GeneratedTable:
    """政府性基金支出表; without such money, an empty table with a note that says so."""
    top = desk.name("fund_top_column")
    columns = (
        *label_columns(desk, by_unit=False),
        PrintedColumn((top, desk.name("total_column")), "value", 16, parts=(1, 2)),
        *values((top, desk.name("basic_column")), (top, desk.name("projects_column")), width=16),
    )
    measures = [lambda s: s.total_fen, lambda s: s.basic_fen, lambda s: s.projects_fen]
    if desk.books.total(lambda s: s.total_fen, "fund"):
        lines: list[Line | None] = [*account_lines(desk, measures, funds=("fund",))]
        return _finish(desk, number, "fund_table", [Block(columns, tuple(lines))])
    return _finish(desk, number, "fund_table", [Block(columns, (None,) * 3)], desk.nothing_note("fund_row"))


TABLES: tuple[Maker, ...] = (
    totals,
    income,
    spending,
    appropriation,
    general,
    economic,
    fund,
    trips,
    projects,
    purchases,
)

"""The tables of projects and of what is bought for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from eval.corpus.books import Project
from eval.corpus.lines import Desk, with_total
from eval.corpus.model import GeneratedTable, TrueCell
from eval.corpus.sheets import Block, Line, PrintedColumn, assemble, code_columns
from eval.corpus.style import Style


def _outline(desk: Desk, number: int) -> GeneratedTable:
    """项目支出明细表 in which the kind of project is merged over its projects."""
    columns = (
        PrintedColumn((desk.name("project_group_column"),), "group", 12),
        PrintedColumn((desk.name("project_name_column"),), "label", 26),
        PrintedColumn((desk.name("amount_column"),), "value", 14),
        PrintedColumn((desk.name("content_column"),), "text", 44),
    )
    whole = sum(project.amount_fen for project in desk.books.projects)
    label = desk.name("total_row")
    lines = [Line(label, (label,), (*desk.cells([whole]), TrueCell(None)), is_total=True)]
    for key, is_recurring in (("recurring_column", True), ("one_off_column", False)):
        group = [project for project in desk.books.projects if project.is_recurring == is_recurring]
        for at, project in enumerate(group):
            lines.append(
                Line(
                    project.name,
                    (desk.name(key), project.name),
                    (*desk.cells([project.amount_fen]), TrueCell(project.content)),
                    group=None if at else desk.name(key),
                    group_lines=0 if at else len(group),
                )
            )
    return _finish(desk, number, "projects_table", columns, lines)


def projects(desk: Desk, number: int) -> GeneratedTable:
    """项目支出明细表: under each unit, recurring projects and others, with long texts."""
    if desk.style.outlines:
        return _outline(desk, number)
    books = desk.books
    columns = (
        *code_columns(_with_code_column(desk.style), desk.name("code_column")),
        PrintedColumn((desk.name("unit_code_column"),), "unit_code", 8),
        PrintedColumn((desk.name("project_column"),), "label", 24),
        PrintedColumn((desk.name("content_column"),), "text", 34),
        PrintedColumn((desk.name("target_column"),), "text", 34),
        PrintedColumn((desk.name("amount_column"),), "value", 13),
    )
    lines: list[Line] = []
    for index, unit in enumerate(books.units):
        own = [project for project in books.projects if project.unit == index]
        if not own:
            continue
        lines.append(Line(unit.name, (unit.name,), _project_cells(desk, own), unit_code=unit.code, depth=1))
        for key, is_recurring in (("recurring_column", True), ("one_off_column", False)):
            group, path = [p for p in own if p.is_recurring == is_recurring], (unit.name, desk.name(key))
            if group:
                lines.append(Line(path[-1], path, _project_cells(desk, group), unit_code=unit.code, depth=2))
            for project in group:
                texts = (TrueCell(project.content), TrueCell(project.target))
                cells = (*texts, *desk.cells([project.amount_fen]))
                lines.append(
                    Line(project.name, (*path, project.name), cells, project.account, unit.code, depth=3)
                )
    whole = with_total(desk, lines, _project_cells(desk, books.projects))
    return _finish(desk, number, "projects_table", columns, whole)


def _with_code_column(style: Style) -> Style:
    """A project has the code of an account that is not its name, so the code has a column."""
    return replace(style, codes="joined") if style.codes == "glued" else style


def _project_cells(desk: Desk, projects: tuple[Project, ...] | list[Project]) -> tuple[TrueCell, ...]:
    blank = TrueCell(None)
    return (blank, blank, *desk.cells([sum(project.amount_fen for project in projects)]))


def purchases(desk: Desk, number: int) -> GeneratedTable:
    """政府采购表: what is bought for which project, how much of it, in what measure."""
    books, blank = desk.books, TrueCell(None)
    columns = (
        PrintedColumn((desk.name("serial_column"),), "serial", 6),
        PrintedColumn((desk.name("project_column"),), "label", 28),
        PrintedColumn((desk.name("purchase_column"),), "text", 24),
        PrintedColumn((desk.name("quantity_column"),), "value", 8),
        PrintedColumn((desk.name("measure_column"),), "text", 9),
        PrintedColumn((desk.name("amount_column"),), "value", 14),
    )
    lines = []
    for purchase in books.purchases:
        quantity = TrueCell(str(purchase.quantity), Decimal(purchase.quantity), purchase.measure)
        cells = (
            TrueCell(purchase.name),
            quantity,
            TrueCell(purchase.measure),
            *desk.cells([purchase.amount_fen]),
        )
        lines.append(Line(purchase.project.name, (purchase.project.name,), cells))
    whole = desk.cells([sum(purchase.amount_fen for purchase in books.purchases)])
    total = with_total(desk, lines, (blank, blank, blank, *whole))
    return _finish(desk, number, "purchases_table", columns, total)


def units_table(desk: Desk) -> GeneratedTable:
    """The units that the budget covers: a small table without figures, amid the prose."""
    columns = (
        PrintedColumn((desk.name("serial_column"),), "serial", 8),
        PrintedColumn((desk.name("unit_column"),), "label", 50),
        PrintedColumn((desk.name("unit_kind_column"),), "text", 42),
    )
    lines = tuple(Line(unit.name, (unit.name,), (TrueCell(unit.group),)) for unit in desk.books.units)
    plain = replace(desk.style, numbers="none", unit_in_header=False, landscape="none", number_format="")
    table = assemble(plain, 0, desk.name("units_table"), [Block(columns, lines)], owner="")
    return replace(table, unit=None, unit_line=None, owner_line=None, starts_page=False)


def _finish(
    desk: Desk, number: int, key: str, columns: tuple[PrintedColumn, ...], lines: list[Line]
) -> GeneratedTable:
    blocks = [Block(columns, tuple(lines))]
    return assemble(desk.style, number, desk.title(key), blocks, owner=desk.books.organization)

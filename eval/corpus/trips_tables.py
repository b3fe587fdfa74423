"""The tables of “三公” spending in a budget: as one row, as a list, or by unit."""

from __future__ import annotations

from eval.corpus.lines import Desk, trips_amounts, values, with_total
from eval.corpus.model import GeneratedTable, TrueCell
from eval.corpus.sheets import Block, Line, PrintedColumn, assemble


def trips(desk: Desk, number: int) -> GeneratedTable:
    """“三公”经费: as one row, as a list with last year's beside it, or by unit."""
    return {"row": _trips_row, "list": _trips_list, "units": _trips_units}[desk.style.trips](desk, number)


def _trips_columns(desk: Desk, top: tuple[str, ...], first: int = 0) -> tuple[PrintedColumn, ...]:
    cars = desk.name("cars_row")
    return (
        PrintedColumn(
            (*top, desk.name("trips_total_column")), "value", 12, parts=(first + 1, first + 2, first + 5)
        ),
        *values((*top, desk.name("abroad_row"))),
        PrintedColumn((*top, cars, desk.name("subtotal_column")), "value", 12, parts=(first + 3, first + 4)),
        *values((*top, cars, desk.name("cars_bought_row")), (*top, cars, desk.name("cars_run_row"))),
        *values((*top, desk.name("reception_row"))),
    )


def _trips_row(desk: Desk, number: int) -> GeneratedTable:
    columns = (*_trips_columns(desk, (desk.name("trips_row"),)), *values((desk.name("meetings_row"),)))
    amounts = [*trips_amounts(desk.books.trips), desk.books.trips.meetings_fen]
    line = Line("", (), desk.cells(amounts))
    return _finish(desk, number, columns, [line])


def _trips_units(desk: Desk, number: int) -> GeneratedTable:
    books = desk.books
    columns = (
        PrintedColumn((desk.name("unit_code_column"),), "unit_code", 8),
        PrintedColumn((desk.name("unit_column"),), "label", 20),
        *_trips_columns(desk, (desk.name("before_column"), desk.name("trips_row"))),
        *_trips_columns(desk, (desk.name("now_column"), desk.name("trips_row")), 6),
    )
    cells = desk.cells([*trips_amounts(books.trips_before), *trips_amounts(books.trips)])
    unit = books.units[0]
    lines = with_total(desk, [Line(unit.name, (unit.name,), cells, unit_code=unit.code, depth=1)], cells)
    return _finish(desk, number, columns, lines)


def _trips_list(desk: Desk, number: int) -> GeneratedTable:
    books = desk.books
    columns = (
        PrintedColumn((desk.name("item_column"),), "label", 34),
        *values((desk.name("before_amount_column"),), (desk.name("now_amount_column"),), width=16),
        *values((desk.name("change_column"),), (desk.name("rate_column"),), width=14),
    )
    before, now = trips_amounts(books.trips_before), trips_amounts(books.trips)
    labels = [
        f"一、{desk.name('abroad_row')}",
        f"二、{desk.name('cars_row')}",
        f"（一）{desk.name('cars_bought_row')}",
        f"（二）{desk.name('cars_run_row')}",
        f"三、{desk.name('reception_row')}",
    ]

    def cells(at: int) -> tuple[TrueCell, ...]:
        change = now[at] - before[at]
        rate = desk.rate("rate_column", change, before[at]) if change else TrueCell(None)
        return (*desk.cells([before[at], now[at], change]), rate)

    lines = [
        Line(label, (labels[1], label) if label[0] == "（" else (label,), cells(at), depth=label[0] == "（")
        for at, label in enumerate(labels, start=1)
    ]
    return _finish(desk, number, columns, with_total(desk, lines, cells(0)))


def _finish(desk: Desk, number: int, columns: tuple[PrintedColumn, ...], lines: list[Line]) -> GeneratedTable:
    blocks = [Block(columns, tuple(lines))]
    return assemble(desk.style, number, desk.title("trips_table"), blocks, owner=desk.books.organization)

"""Columns and lines -> a printed table with its truth: headers merged, codes split, numbers under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from eval.corpus.model import (
    Align,
    GeneratedTable,
    PrintedCell,
    TrueCell,
    TrueColumn,
    TrueRow,
    TrueTable,
)
from eval.corpus.style import Style

ColumnRole = Literal["code", "unit_code", "serial", "group", "label", "value", "text"]
"""``group``: the outer label column of an outline, its cells merged over the lines of a group."""
_WIDE = 100
"""A table whose widths add up to more wants a landscape page where the style has a choice."""


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    path: tuple[str, ...]
    """The header as printed, from the outermost group."""
    role: ColumnRole
    width: int
    """Relative; a portrait page holds about ``_WIDE``."""
    parts: tuple[int, ...] = ()
    """The value columns (counted among these, from 0) that it adds up, for a printed formula."""
    ratio: tuple[int, int] | None = None
    """The value columns that it divides."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row before it is printed."""

    label: str
    path: tuple[str, ...]
    cells: tuple[TrueCell, ...]
    """One for each value and text column."""
    code: str | None = None
    """Without spaces: 2010301, 30101."""
    unit_code: str | None = None
    depth: int = 0
    is_total: bool = False
    group: str | None = None
    """What the group column prints on the group's first line."""
    group_lines: int = 1
    """How many lines that cell covers; 0 on those below the first."""
    spread: bool = False
    """Its label is printed with a full-width space between the characters: 合　计."""
    own_group: bool = False
    """Of a code in several columns, the last group alone is printed."""


@dataclass(frozen=True, slots=True)
class Block:
    """Columns with their lines; several stand side by side. None is a blank line."""

    columns: tuple[PrintedColumn, ...]
    lines: tuple[Line | None, ...]
    side: Literal["收入", "支出"] | None = None


def code_columns(style: Style, heading: str, groups: int = 3) -> tuple[PrintedColumn, ...]:
    """The columns of account codes: none, one, or one for each of 类, 款 and 项."""
    if style.codes == "glued":
        return ()
    if style.codes in ("split", "own"):
        return tuple(PrintedColumn((heading, part), "code", 5) for part in "类款项"[:groups])
    return (PrintedColumn((heading,), "code", 10),)


def assemble(
    style: Style,
    number: int,
    title: str,
    blocks: Sequence[Block],
    *,
    owner: str,
    notes: str | None = None,
) -> GeneratedTable:
    """The table. Blocks of one header become one true table, one block after the other."""
    unit_in_header = style.unit_in_header and all(_takes_unit(block) for block in blocks)
    if unit_in_header:
        blocks = [_with_unit(block, style.unit) for block in blocks]
    columns = [column for block in blocks for column in block.columns]
    wide = sum(column.width for column in columns) > _WIDE
    landscape = style.landscape == "all" or (style.landscape == "wide" and wide)
    return GeneratedTable(
        title=title,
        number=style.table_number(number),
        unit=style.unit,
        unit_line=None if unit_in_header else f"{style.unit_label}：{style.unit}",
        owner_line=_owner_line(style, owner),
        widths=tuple(column.width for column in columns),
        header=_header([column.path for column in columns]),
        header_height=max(len(column.path) for column in columns),
        numbers=_numbers(style, blocks),
        body=_body(style, blocks),
        truths=_truths(style, blocks),
        notes=notes,
        landscape=landscape,
        ruling=style.ruling,
        points=style.points - (wide and not landscape),
        continuation={"none": None, "bare": ""}.get(style.continuation, style.continuation),
        repeats_header=style.repeats_header,
        breaks_rows=style.breaks_rows,
        header_fill=(style.header_fill[0], style.header_fill[1], style.header_fill[2])
        if style.header_fill
        else None,
        turned=style.turned and landscape,
    )


def _owner_line(style: Style, owner: str) -> str | None:
    if not style.owner_label:
        return None
    date: str = style.names["date_line"]
    return f"{style.owner_label}：{owner}" + date * style.date_line


def _takes_unit(block: Block) -> bool:
    """Whether all its figures are money, so that each header can say the unit."""
    units = {cell.unit for line in block.lines if line is not None for cell in line.cells if cell.unit}
    return len(units) == 1


def _with_unit(block: Block, unit: str) -> Block:
    def named(column: PrintedColumn) -> PrintedColumn:
        path = (*column.path[:-1], f"{column.path[-1]}（{unit}）")
        return replace(column, path=path) if column.role == "value" else column

    return replace(block, columns=tuple(map(named, block.columns)))


def _header(paths: Sequence[tuple[str, ...]]) -> tuple[PrintedCell, ...]:
    """Groups are merged over their columns, a name over the levels that it does not use."""
    height = max(map(len, paths))
    cells: list[PrintedCell] = []
    for level in range(height):
        start = 0
        while start < len(paths):
            if level >= len(paths[start]):
                start += 1
                continue
            end = start + 1
            is_group = len(paths[start]) > level + 1
            while end < len(paths) and (
                paths[end] == paths[start] or (is_group and _share(paths[start], paths[end], level))
            ):
                end += 1
            rows = 1 if is_group else height - level
            cells.append(
                PrintedCell(level, start, paths[start][level], rows, end - start, align="center", bold=True)
            )
            start = end
    return tuple(cells)


def _share(one: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    return len(other) > level + 1 and one[: level + 1] == other[: level + 1]


def _numbers(style: Style, blocks: Sequence[Block]) -> tuple[str, ...] | None:
    """The line under the header: 1 2 3 …, formulas, or 栏次 1 2 3 … over the figures alone."""
    if style.numbers == "none":
        return None
    columns = [column for block in blocks for column in block.columns]
    if style.numbers == "line":
        texts: list[str] = []
        count = 0
        for column in columns:
            is_figure = column.role in ("value", "text")
            count += is_figure
            texts.append(
                str(count) if is_figure else style.names["numbers_head"] if column.role == "label" else ""
            )
        return tuple(texts)
    numbers = [str(n) for n in range(1, len(columns) + 1)]
    if style.numbers == "formulas" and len(blocks) == 1:
        figures = [n for n, column in zip(numbers, columns, strict=True) if column.role in ("value", "text")]
        for index, column in enumerate(columns):
            if column.parts:
                numbers[index] += "=" + "+".join(figures[part] for part in column.parts)
            elif column.ratio:
                numbers[index] += f"={figures[column.ratio[0]]}÷{figures[column.ratio[1]]}"
    return tuple(numbers)


def _body(style: Style, blocks: Sequence[Block]) -> tuple[tuple[PrintedCell, ...], ...]:
    height = max(len(block.lines) for block in blocks)
    rows: list[tuple[PrintedCell, ...]] = []
    for number in range(height):
        cells: list[PrintedCell] = []
        offset = 0
        for block in blocks:
            line = block.lines[number] if number < len(block.lines) else None
            if line is not None:
                own = _line_cells(style, block, line, number)
                cells += [replace(cell, row=number, column=cell.column + offset) for cell in own]
            offset += len(block.columns)
        rows.append(tuple(cells))
    return tuple(rows)


def _line_cells(style: Style, block: Block, line: Line, number: int) -> list[PrintedCell]:
    roles = [column.role for column in block.columns]
    codes = [i for i, role in enumerate(roles) if role == "code"]
    groups = _groups(style, line.code, len(codes))
    if line.own_group and len(codes) > 1:
        groups = ["" if i < len(groups) - 1 else group for i, group in enumerate(groups)]
    label = roles.index("label") if "label" in roles else -1
    cells: list[PrintedCell] = []
    figures = iter(line.cells)
    for index, role in enumerate(roles):
        if role in ("value", "text"):
            cell = next(figures)
            align: Align = "left" if role == "text" else "right"
            if cell.text is not None:
                cells.append(PrintedCell(0, index, cell.text, align=align, value=cell.value))
        elif role == "code" and codes.index(index) < len(groups) and groups[codes.index(index)]:
            cells.append(PrintedCell(0, index, groups[codes.index(index)]))
        elif role == "unit_code" and line.unit_code:
            cells.append(PrintedCell(0, index, line.unit_code))
        elif role == "serial" and (block.side or not line.is_total):
            cells.append(PrintedCell(0, index, str(number + 1), align="center"))
        elif role == "group" and line.group:
            cells.append(PrintedCell(0, index, line.group, row_span=line.group_lines))
        elif index == label:
            cells.append(_label_cell(style, line, index, glued=not codes))
    if line.is_total and "group" in roles and not line.group and line.group_lines:
        at = roles.index("group")
        return [replace(c, column=at, column_span=label - at + 1) if c.column == label else c for c in cells]
    spans = line.is_total and style.total_spans_codes and codes and label >= 0
    if spans and codes[0] == 0 and label == len(codes) and not line.code:
        cells = [replace(c, column=0, column_span=label + 1) if c.column == label else c for c in cells]
    return cells


def _label_cell(style: Style, line: Line, column: int, *, glued: bool) -> PrintedCell:
    text = "　".join(line.label) if line.spread else line.label
    if glued and line.code:
        text = f"{line.code} {text}"
    indent = line.depth if style.indents else 0
    align: Align = "center" if line.is_total else "left"
    return PrintedCell(0, column, text, align=align, indent=indent, bold=line.is_total)


def _groups(style: Style, code: str | None, columns: int) -> list[str]:
    """A code as the cells of its columns print it."""
    if not code:
        return []
    parts = [code[:3], *(code[i : i + 2] for i in range(3, len(code), 2))]
    if columns > 1:
        return parts[:columns]
    return [" ".join(parts) if style.codes == "spaced" else code]


def _truths(style: Style, blocks: Sequence[Block]) -> tuple[TrueTable, ...]:
    found: list[TrueTable] = []
    names: list[list[tuple[str, ...]]] = []
    for block in blocks:
        columns = tuple(
            TrueColumn(_names(column.path[1:] if block.side else column.path), column.role == "text")
            for column in block.columns
            if column.role in ("value", "text")
        )
        count = sum(column.role == "code" for column in block.columns)
        rows = tuple(
            TrueRow(number, line.label, line.path, line.cells, _true_code(style, line, count), line.unit_code)
            for number, line in enumerate(block.lines)
            if line is not None
        )
        header = [column.path for column in block.columns]
        if header in names:
            at = names.index(header)
            found[at] = replace(found[at], rows=found[at].rows + rows)
        else:
            names.append(header)
            found.append(TrueTable(columns, rows, block.side))
    return tuple(found)


def _names(path: tuple[str, ...]) -> tuple[str, ...]:
    """Header names as they have to be read: without the space that spreads their characters."""
    return tuple("".join(name.split()) for name in path)


def _true_code(style: Style, line: Line, columns: int) -> str | None:
    return " ".join(_groups(style, line.code, columns)) or None

"""Pages of grids -> Tables: captions found, continuation pages joined, halves told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.blocks import Block, Entry, find_blocks, read_entries, with_own_headings
from ingest.captions import (
    Caption,
    caption_above,
    caption_inside,
    heading_before,
    notes_below,
    notes_inside,
)
from ingest.confidence import of_columns, with_names
from ingest.forms import form_block, form_entries, is_form
from ingest.grid import Grid, Page, TextLine
from ingest.headers import (
    Header,
    column_roles,
    column_stage,
    column_unit,
    column_year,
    find_header,
    header_paths,
)
from ingest.hierarchy import arrange, find_units
from ingest.lattice import Lattice, LatticeRow, aligned, header_text, lattice, stacked, without_ghost_columns
from ingest.model import Cell, Column, Kind, Row, Table
from ingest.values import YUAN_PER_UNIT, name_key, parse_number, parse_quantity
from ingest.words import words

Position = tuple[int, int]
"""(page index, block index), both from 0."""

_LEAST_SHARE_SAME_HEADER = 0.75
_LONGEST_HEADER_NAME = 40
_LONGEST_MEASURE = 4


@dataclass(frozen=True, slots=True)
class TablesRead:
    tables: tuple[Table, ...]
    used: frozenset[Position]
    """Every block that belongs to a table: its grids, title, number, unit and owner lines, notes."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One grid with what is printed around it."""

    position: Position
    page_number: int | None
    caption: Caption
    heading: str
    notes: str | None
    follows_directly: bool
    """No running text stands between the grid before and this one."""
    lattice: Lattice
    """Without caption and notes."""


@dataclass(frozen=True, slots=True)
class _Above:
    """What stands above a grid, in lines or in a grid of its own that holds nothing else."""

    caption: Caption
    heading: str
    takes: frozenset[Position]
    follows_directly: bool


@dataclass(slots=True)
class _Draft:
    """A table while its pages are gathered."""

    caption: Caption
    columns: tuple[tuple[str, ...], ...]
    formulas: tuple[str | None, ...]
    confidences: tuple[float | None, ...]
    """Of each column's name."""
    like: Lattice
    body: list[tuple[LatticeRow, bool]]
    """Rows, and whether each is the first on a further page."""
    pages: list[int]
    notes: list[str] = field(default_factory=list)
    last_page: int | None = None
    page_index: int = 0
    """Where it starts."""
    is_form: bool = False


def read_tables(pages: Sequence[Page], fiscal_year: int | None, kind: Kind | None = None) -> TablesRead:
    """The tables of a document in their order, and the blocks that they take up.

    ``fiscal_year`` and ``kind`` are the document's, for columns whose header names neither.
    """
    used: set[Position] = set()
    drafts: list[_Draft] = []
    for sheet in _sheets(pages, used):
        if not (drafts and _continue(drafts[-1], sheet)):
            drafts.append(_start(sheet, sheet.lattice))
    blocks = [(draft, block, entries) for draft in drafts for block, entries in _entries(draft)]
    units: dict[str, str | None] = {}
    for _, _, entries in blocks:
        units |= find_units([entry.text for entry in entries])
    tables = tuple(_table(*block, units, fiscal_year, kind) for block in blocks)
    return TablesRead(tables, frozenset(used))


def _sheets(pages: Sequence[Page], used: set[Position]) -> Iterator[_Sheet]:
    """Every grid that is a table, with the lines around it; what they take up goes into ``used``."""
    stretches = list(_stretches(pages))
    below: list[tuple[str | None, int]] = [(None, 0)]
    for _, _, after in stretches[1:]:
        below.append(notes_below([line for _, line in after]))
    waiting: _Above | None = None
    for number, (position, grid, after) in enumerate(stretches):
        if grid is None or position is None:
            continue
        before = stretches[number - 1][2][below[number - 1][1] :]
        inner, sheet = caption_inside(lattice(grid))
        inside, sheet = notes_inside(sheet)
        above = _above(inner, position, before, waiting, is_first=number == 1)
        waiting = None if sheet.rows or inside else above
        if sheet.width < 2 or not sheet.rows:
            continue
        note, taken = below[number]
        used |= above.takes
        used.update(at for at, _ in after[:taken])
        yield _Sheet(
            position,
            pages[position[0]].number,
            above.caption,
            above.heading or pages[position[0]].name or "",
            "\n".join(filter(None, (inside, note))) or None,
            above.follows_directly,
            sheet,
        )


def _above(
    inner: Caption,
    position: Position,
    before: Sequence[tuple[Position, TextLine]],
    waiting: _Above | None,
    *,
    is_first: bool,
) -> _Above:
    """What belongs to the grid at ``position``; ``waiting`` is what a grid before it holds of a caption."""
    lines = [line for _, line in before]
    outer = caption_above(lines)
    takes = frozenset((position, *(before[index][0] for index in outer.lines)))
    directly = len(outer.lines) == len(before)
    found = _Above(inner.over(outer), heading_before(lines), takes, directly and not is_first)
    if waiting is None or not directly:
        return found
    return _Above(
        found.caption.over(waiting.caption),
        found.heading or waiting.heading,
        takes | waiting.takes,
        waiting.follows_directly,
    )


def _stretches(
    pages: Sequence[Page],
) -> Iterator[tuple[Position | None, Grid | None, list[tuple[Position, TextLine]]]]:
    """Each grid with the text lines that follow it; the first stretch has the lines before any."""
    position: Position | None = None
    grid: Grid | None = None
    lines: list[tuple[Position, TextLine]] = []
    for page_index, page in enumerate(pages):
        for block_index, block in enumerate(page.blocks):
            if isinstance(block, TextLine):
                lines.append(((page_index, block_index), block))
            else:
                yield position, grid, lines
                position, grid, lines = (page_index, block_index), block, []
    yield position, grid, lines


def _start(sheet: _Sheet, whole: Lattice) -> _Draft:
    header = find_header(whole)
    clean = without_ghost_columns(whole, header.height)
    numbers = clean.rows[header.height] if header.body_start > header.height else None
    form = header.body_start == header.height and is_form(clean.rows[header.height :])
    if form:
        header = Header(0, 0)
    return _Draft(
        caption=replace(sheet.caption, title=sheet.caption.title or sheet.heading),
        columns=((words().form_column,),) if form else header_paths(clean.rows[: header.height], clean.width),
        formulas=tuple(
            (header_text(numbers[i].text) or None) if numbers else None for i in range(clean.width)
        ),
        confidences=of_columns(clean.rows[: header.height], clean.width),
        like=clean,
        body=[(row, False) for row in clean.rows[header.body_start :]],
        pages=[] if sheet.page_number is None else [sheet.page_number],
        notes=[sheet.notes] if sheet.notes else [],
        last_page=sheet.page_number,
        page_index=sheet.position[0],
        is_form=form,
    )


def _continue(draft: _Draft, sheet: _Sheet) -> bool:
    """Add the sheet to the table before it if it goes on from there; say whether it did."""
    if not _may_continue(draft, sheet):
        return False
    if not draft.body and sheet.follows_directly and not sheet.caption.title:
        return _complete_header(draft, sheet)
    header = find_header(sheet.lattice)
    clean = without_ghost_columns(sheet.lattice, header.height)
    columns = header_paths(clean.rows[: header.height], clean.width)
    titled = bool(sheet.caption.title)
    if header.height and not draft.is_form and _same_header(columns, draft.columns, titled):
        body = clean.rows[header.body_start :]
    elif sheet.follows_directly and (
        header.height == 0 or _goes_on_in_text(draft, sheet) or (titled and not _is_named(columns, draft))
    ):
        laid = aligned(sheet.lattice, draft.like)
        if laid is None:
            return False
        body = laid.rows
    else:
        return False
    draft.body += [(row, number == 0) for number, row in enumerate(body)]
    _take_in(draft, sheet)
    return True


def _same_header(ours: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]], titled: bool) -> bool:
    """Whether two headers are one. Below the same title a few names may be printed differently."""
    if len(ours) != len(theirs):
        return False
    same = sum(1 for a, b in zip(ours, theirs, strict=True) if a == b)
    return same == len(ours) or (titled and same >= _LEAST_SHARE_SAME_HEADER * len(ours))


def _complete_header(draft: _Draft, sheet: _Sheet) -> bool:
    """A header that a page broke off: read it again with the rows of the next page."""
    whole = stacked(draft.like, sheet.lattice)
    if whole is None:
        return False
    again = _start(sheet, whole)
    draft.columns, draft.formulas, draft.like = again.columns, again.formulas, again.like
    draft.confidences, draft.body = again.confidences, again.body
    _take_in(draft, sheet)
    return True


def _take_in(draft: _Draft, sheet: _Sheet) -> None:
    """Note the page and the notes of a sheet that goes on with a table."""
    if sheet.page_number is not None and sheet.page_number not in draft.pages:
        draft.pages.append(sheet.page_number)
    if sheet.notes:
        draft.notes.append(sheet.notes)
    draft.last_page = sheet.page_number


def _may_continue(draft: _Draft, sheet: _Sheet) -> bool:
    own, theirs = sheet.caption, draft.caption
    if own.number and theirs.number and own.number != theirs.number:
        return False
    if sheet.page_number is None and sheet.position[0] != draft.page_index:
        return False  # sheets of a workbook are no pages of one table
    if own.title:
        return own.key == theirs.key or own.continued
    return sheet.follows_directly or own.continued


def _is_named(columns: Sequence[tuple[str, ...]], draft: _Draft) -> bool:
    """Whether what looks like a header is one: rows without amounts look like one too."""
    known = words().label_exact | {name_key(name) for path in draft.columns for name in path}
    return any(name_key(name) in known for path in columns for name in path)


def _goes_on_in_text(draft: _Draft, sheet: _Sheet) -> bool:
    """Whether a grid without amounts in its first row starts with the rest of a broken row."""
    if sheet.page_number is None or sheet.page_number == draft.last_page or sheet.caption.title:
        return False
    first = sheet.lattice.rows[0]
    names = [header_text(cell.text) for cell in first]
    if draft.is_form:
        return True
    is_text_table = not any(parse_number(cell.text) is not None for row, _ in draft.body for cell in row)
    return is_text_table or not names[0] or any(len(name) > _LONGEST_HEADER_NAME for name in names)


def _entries(draft: _Draft) -> Iterator[tuple[Block, tuple[Entry, ...]]]:
    """The halves of a table that stand side by side, each with its rows."""
    if draft.is_form:
        rows = tuple(row for row, _ in draft.body)
        fields = form_entries(replace(draft.like, rows=rows))
        yield form_block(fields), fields
        return
    roles = column_roles(draft.columns, [row for row, _ in draft.body])
    draft.columns = with_own_headings(draft.columns, roles)
    for group in find_blocks(draft.columns, roles, [row for row, _ in draft.body]):
        entries = tuple(entry for block in group for entry in read_entries(block, draft.body))
        yield group[0], entries


def _table(
    draft: _Draft,
    block: Block,
    entries: Sequence[Entry],
    units: dict[str, str | None],
    fiscal_year: int | None,
    kind: Kind | None,
) -> Table:
    caption = draft.caption
    paths = [draft.columns[i][block.dropped_levels :] for i in block.shown]
    unit = caption.unit or _common_unit(paths, block)
    columns = tuple(
        Column(
            path=path,
            is_text=is_text,
            fiscal_year=None if is_text else column_year(path, caption.title, fiscal_year),
            stage=None if is_text else column_stage(path, caption.title, kind),
            formula=draft.formulas[i],
        )
        for i, path, is_text in zip(block.shown, paths, block.is_text, strict=True)
    )
    positions = arrange([entry.text for entry in entries], units)
    column_units = [column_unit(column.path, unit) for column in columns]
    rows = tuple(
        Row(
            label=entry.text.label,
            path=position.path,
            cells=_with_units(entry, columns, column_units),
            place=entry.place,
            code=entry.text.code,
            unit_code=position.unit_code,
            unit_name=position.unit_name,
            kind=position.kind,
            parent_index=position.parent_index,
        )
        for entry, position in zip(entries, positions, strict=True)
    )
    names = [entry.confidence for entry in entries], [draft.confidences[i] for i in block.shown]
    return Table(
        title=caption.title,
        number=caption.number,
        unit=unit,
        side=block.side,
        pages=tuple(draft.pages),
        columns=columns,
        rows=with_names(rows, *names),
        notes="\n".join(draft.notes) or None,
        label_header=block.label_header,
    )


def _common_unit(paths: Sequence[tuple[str, ...]], block: Block) -> str | None:
    """The money unit that every figure column names in its own header."""
    found = {
        column_unit(path, None) for path, is_text in zip(paths, block.is_text, strict=True) if not is_text
    }
    money = found & YUAN_PER_UNIT.keys()
    return money.pop() if len(money) == 1 else None


def _with_units(
    entry: Entry, columns: Sequence[Column], column_units: Sequence[str | None]
) -> tuple[Cell, ...]:
    """The cells with the unit each is in: its own %, the row's, the column's, its 计量单位."""
    measure = next(
        (
            cell.text
            for cell, column in zip(entry.cells, columns, strict=True)
            if column.is_text
            and column.path
            and name_key(column.path[-1]) in words().measure_unit
            and len(cell.text) <= _LONGEST_MEASURE
        ),
        None,
    )
    cells = []
    for cell, column, column_unit_name in zip(entry.cells, columns, column_units, strict=True):
        value = None if column.is_text else cell.value
        unit = None
        if value is not None:
            quantity = column.path and name_key(column.path[-1]) in words().quantity
            printed = parse_quantity(cell.text)
            unit = printed[1] if printed else entry.unit or column_unit_name
            unit = measure if quantity and measure else unit
        cells.append(replace(cell, value=value, unit=unit))
    return tuple(cells)


__all__ = ["TablesRead", "read_tables"]

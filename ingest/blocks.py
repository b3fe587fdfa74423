"""Columns that stand side by side -> blocks, and the rows of each block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from ingest.confidence import least
from ingest.grid import GridCell
from ingest.headers import CODE, Role, is_label_name, label_unit
from ingest.hierarchy import RowText, is_kind_of_spending, is_total
from ingest.lattice import LatticeRow, joined, label_text
from ingest.model import SOURCE_BREAK, Cell, Place
from ingest.values import cell_value, fold, parse_number, squeeze
from ingest.words import words

Side = Literal["收入", "支出"]

_GLUED_CODE = re.compile(
    r"[\[［【(（]?(\d{3}(?:\d\d){0,3})[\]］】)）]?[\s\-—]*(?=[^\d\s.,，年])(.+)", re.DOTALL
)
_LEAST_SHARE_GLUED = 0.5
_LEAST_SHARE_OUTLINED = 0.2


@dataclass(frozen=True, slots=True)
class Block:
    """Some of a table's columns, by what each is for (positions in the table)."""

    codes: tuple[int, ...]
    unit_codes: tuple[int, ...]
    labels: tuple[int, ...]
    """The label columns, the outermost first; several only where each is a level."""
    other_labels: tuple[int, ...]
    """Where a row's name is looked for if its label column is blank (totals, groups)."""
    shown: tuple[int, ...]
    """The value and text columns."""
    is_text: tuple[bool, ...]
    label_header: str | None
    side: Side | None = None
    dropped_levels: int = 0
    """Header levels that say the side and nothing else."""
    glued_codes: bool = False
    last: bool = True
    """No block stands right of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row before its place in the table is known."""

    text: RowText
    cells: tuple[Cell, ...]
    place: Place
    unit: str | None
    """The unit that the label names."""
    confidence: float | None = None
    """Of the label and the code."""


def find_blocks(
    paths: Sequence[tuple[str, ...]], roles: Sequence[Role], body: Sequence[LatticeRow]
) -> Iterator[tuple[Block, ...]]:
    """The blocks from left to right; blocks with one header go together, to become one table."""
    spans = _spans(paths, roles)
    groups: list[tuple[list[tuple[str, ...]], list[Block]]] = []
    for number, span in enumerate(spans):
        block = _block(span, paths, roles, body)
        headed = len(spans) > 1 and all(len(paths[i]) > 1 and paths[i][0] == paths[span[0]][0] for i in span)
        block = replace(
            block,
            side=_side(paths[span[0]][0]) if headed else None,
            dropped_levels=1 if headed and _side(paths[span[0]][0]) else 0,
            last=number == len(spans) - 1,
        )
        names = [paths[i] for i in span]
        same = next((blocks for known, blocks in groups if known == names), None)
        if same is None:
            groups.append((names, [block]))
        else:
            same.append(block)
    return (tuple(blocks) for _, blocks in groups)


def with_own_headings(paths: Sequence[tuple[str, ...]], roles: Sequence[Role]) -> tuple[tuple[str, ...], ...]:
    """The header paths, where the heading of one block is drawn over figures of the block left of it:
    these go under the heading of the label that they stand beside."""
    mended = list(paths)
    for span, after in pairwise(_spans(paths, roles)):
        own, other = (next((paths[i][:-1] for i in s if roles[i] == "name"), ()) for s in (span, after))
        for i in span:
            if roles[i] == "value" and own and own != other == paths[i][:-1]:
                mended[i] = (*own, paths[i][-1])
    return tuple(mended)


def read_entries(block: Block, body: Sequence[tuple[LatticeRow, bool]]) -> tuple[Entry, ...]:
    """The block's rows, blank ones left out; the rest of a row broken by a page goes to its row."""
    entries: list[Entry] = []
    outline: tuple[str, ...] = ()
    above: LatticeRow | None = None
    code: str | None = None
    repeats = False  # several rows go by one label, so that a row without one is not the rest of another
    for row, first_on_page in body:
        entry = _entry(block, row, above, outline, code)
        above = row
        if entry is None:
            continue
        code = entry.text.code or code
        if len(block.labels) > 1:
            outline = entry.text.labels
        again = bool(entries) and entry.text.labels == entries[-1].text.labels
        if first_on_page and entries and _is_rest(entry, entries[-1], block, again and not repeats):
            entries[-1] = _rejoined(entries[-1], entry, block)
        else:
            repeats = repeats or again
            entries.append(entry)
    return tuple(entries)


def _spans(paths: Sequence[tuple[str, ...]], roles: Sequence[Role]) -> list[range]:
    """Where a label or code column follows figures under its own heading, a new block starts."""
    starts = [0]
    for index, role in enumerate(roles):
        figures = "value" in roles[starts[-1] : index]
        ahead = "value" in roles[index:]
        is_label = role == "name" and is_label_name(_name(paths[index]))
        opens = is_label or role in ("code", "unit_code", "serial")
        if index and opens and figures and ahead and roles[index - 1] in ("value", "text"):
            headed = len(paths[index]) > 1 and paths[index][0] == paths[min(index + 1, len(paths) - 1)][0]
            repeated = _name(paths[index]) == _name(paths[starts[0]])
            if headed or repeated:
                starts.append(index)
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(roles)], strict=True)]


def _block(
    span: range, paths: Sequence[tuple[str, ...]], roles: Sequence[Role], body: Sequence[LatticeRow]
) -> Block:
    names = [i for i in span if roles[i] == "name"]
    labels = names if _is_outline(names, body) else _most_specific(names, body)
    shown = [i for i in span if roles[i] in ("value", "text") or (roles[i] == "name" and i not in labels)]
    named = [text for row in body for i in labels if (text := squeeze(row[i].text)) and not is_total(text)]
    glued = sum(1 for text in named if _glued_code(text))
    return Block(
        codes=tuple(i for i in span if roles[i] == "code"),
        unit_codes=tuple(i for i in span if roles[i] == "unit_code"),
        labels=tuple(labels),
        other_labels=tuple(i for i in span if roles[i] == "name" and i not in labels),
        shown=tuple(shown),
        is_text=tuple(roles[i] != "value" for i in shown),
        label_header=next((name for i in reversed(labels) if (name := _name(paths[i]))), None),
        glued_codes=bool(named) and glued >= _LEAST_SHARE_GLUED * len(named),
    )


def _glued_code(label: str) -> tuple[str, str] | None:
    """The code of an account and its name, where a label prints both; 12345热线 is a name."""
    match = _GLUED_CODE.fullmatch(label)
    if match is None or not words().account_classes.match(match[1]):
        return None
    return match[1], match[2].strip()


def _is_outline(names: Sequence[int], body: Sequence[LatticeRow]) -> bool:
    """Whether label columns are levels: outer ones merged over, or left out on, the rows below.

    Outer ones of nothing but kinds of spending (经常性专项) are, even with a single row to each.
    """
    if len(names) < 2 or _are_codings([[row[i].text for i in names] for row in body]):
        return False
    outers = [row[i].text for row in body for i in names[:-1] if row[i] is not row[names[-1]]]
    said = [text for text in outers if text.strip() and not is_total(text)]
    if said and all(is_kind_of_spending(text) for text in said):
        return True
    rows = [row for row in body if row[names[-1]].text.strip() or row[names[0]].text.strip()]
    nested = 0
    for above, row in zip([None, *rows], rows, strict=False):
        outer, inner = row[names[0]], [row[i] for i in names[1:]]
        if any(cell is not outer and cell.text.strip() for cell in inner):
            nested += not outer.text.strip() or (above is not None and above[names[0]] is outer)
    return nested >= max(1, _LEAST_SHARE_OUTLINED * len(rows))


def _are_codings(labels: Sequence[Sequence[str]]) -> bool:
    """Whether label columns name the rows by different codings, none a level of another: where the
    code of an account ([30101]基本工资) does not begin with the one left of it ([50101]工资奖金津补贴)."""
    coded = [[parts[0] for text in row if (parts := _glued_code(squeeze(text)))] for row in labels]
    pairs = [(codes[0], codes[-1]) for codes in coded if len(codes) > 1]
    return bool(pairs) and not any(inner.startswith(outer) for outer, inner in pairs)


def _most_specific(names: Sequence[int], body: Sequence[LatticeRow]) -> list[int]:
    """Of name columns that each row fills: the first with which, after those before it, no row
    is told apart by a further one. A project's purchases have the purchase as their label."""
    if not names:
        return []
    full = [[squeeze(row[i].text) for i in names] for row in body if all(row[i].text.strip() for i in names)]
    told_apart = [len({tuple(texts[:size]) for texts in full}) for size in range(1, len(names) + 1)]
    return [names[told_apart.index(max(told_apart))]]


def _entry(
    block: Block,
    row: LatticeRow,
    above: LatticeRow | None,
    outline: tuple[str, ...],
    above_code: str | None,
) -> Entry | None:
    labels, place = _labels(block, row, outline)
    label_cells = [row[i] for i in (*block.labels, *block.codes)]
    if not block.last and any(row[i] is cell for i in block.shown for cell in label_cells):
        return None
    groups = [_code_groups(row[i].text) for i in block.codes]
    code = " ".join(_with_left_groups(groups, above_code)).strip() or None
    indent = _indent(row, block)
    if labels and block.glued_codes and (parts := _glued_code(labels[-1])):
        code, labels = code or parts[0], (*labels[:-1], parts[1])
    cells = tuple(
        _cell(row[i], is_text, repeated=above is not None and above[i] is row[i], label_cells=label_cells)
        for i, is_text in zip(block.shown, block.is_text, strict=True)
    )
    if not labels and not code and not any(cell.text for cell in cells):
        return None
    unit_code = next((text for i in block.unit_codes if CODE.fullmatch(text := squeeze(row[i].text))), None)
    amount = next((cell.value for cell in cells if cell.value is not None), None)
    row_text = RowText(labels, _qualifiers(block, row, labels), indent, code, unit_code, amount)
    unit = label_unit(labels[-1]) if labels else None
    sure = least(cell.confidence for cell in label_cells)
    return Entry(row_text, cells, place or _first_place(row), unit, sure)


def _labels(block: Block, row: LatticeRow, outline: tuple[str, ...]) -> tuple[tuple[str, ...], Place | None]:
    """The row's labels from the outermost, with the place of its own."""
    found: list[tuple[int, GridCell]] = []
    for level, column in enumerate(block.labels):
        cell = row[column]
        if cell.text.strip() and (not found or found[-1][1] is not cell):
            found.append((level, cell))
    if not found and len(block.labels) > 1 and any(row[i].text.strip() for i in block.shown):
        return outline, None
    if not found:
        spare = (row[i] for i in (*block.other_labels, *block.codes, *block.unit_codes))
        named = (c for c in spare if c.text.strip() and not CODE.fullmatch(squeeze(c.text)))
        cell_or_none = next(named, None)
        return ((label_text(cell_or_none.text),), cell_or_none.place) if cell_or_none else ((), None)
    outer = outline[: found[0][0]] if not is_total(found[0][1].text) else ()
    return (*outer, *(label_text(cell.text) for _, cell in found)), found[-1][1].place


def _code_groups(text: str) -> str:
    """A code with the groups that are printed apart, "" for anything else."""
    return " ".join(re.sub(r"\s*\n\s*", "", fold(text)).split()) if CODE.fullmatch(squeeze(text)) else ""


def _with_left_groups(groups: list[str], above_code: str | None) -> list[str]:
    """The groups of a code; where a table prints only the last ones, the rest is the code above's."""
    first = next((i for i, group in enumerate(groups) if group), 0)
    above = (above_code or "").split()
    return [*above[:first], *(group for group in groups[first:] if group)]


def _qualifiers(block: Block, row: LatticeRow, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The names printed left of the row's own label, which it belongs to."""
    if block.glued_codes or len(block.labels) != 1 or not row[block.labels[0]].text.strip():
        return ()
    left = (label_text(row[i].text) for i in block.other_labels if i < block.labels[0])
    return tuple(name for name in left if name and name not in labels)


def _cell(cell: GridCell, is_text: bool, repeated: bool, label_cells: Sequence[GridCell]) -> Cell:
    """A value cell; what a merged cell prints counts once, for figures, and for each row, for texts."""
    if (repeated and not is_text) or any(cell is label for label in label_cells):
        return Cell("", None, None, cell.place)
    text = joined(cell.text).strip()
    if not is_text and parse_number(text) is not None:
        text = "".join(text.split())
    return Cell(text, None if is_text else cell_value(text), None, cell.place, cell.confidence)


def _indent(row: LatticeRow, block: Block) -> int:
    if not block.labels:
        return 0
    text = row[block.labels[-1]].text
    return sum(2 if space == "　" else 1 for space in text[: len(text) - len(text.lstrip())])


def _is_rest(entry: Entry, before: Entry, block: Block, unnamed: bool) -> bool:
    """Whether the first row of a page is the rest of the row that the page before broke off.

    ``unnamed``: it has only the names of the row before, as rows below merged names do.
    """
    pairs = zip(before.cells, entry.cells, strict=True)
    if entry.text.code or entry.text.unit_code or any(not _can_follow(cell, more) for cell, more in pairs):
        return False
    if not entry.text.labels or unnamed:
        return bool(block.labels)
    figures = any(cell.value is not None for cell in before.cells)
    texts = any(cell.text for cell in entry.cells)
    return bool(before.text.code or before.text.unit_code) and figures and (texts or bool(before.text.code))


def _can_follow(cell: Cell, more: Cell) -> bool:
    """Whether what a page prints first can go on in a cell: no figure of its own, or the end of one."""
    cut = cell.text and cell.value is None and parse_number(cell.text + more.text) is not None
    return more.value is None or bool(cut)


def _rejoined(before: Entry, rest: Entry, block: Block) -> Entry:
    """One row of two parts. A number cut by the page is read again, whole."""
    cells = []
    for cell, more, is_text in zip(before.cells, rest.cells, block.is_text, strict=True):
        value = None if is_text else parse_number(cell.text + more.text)
        gap = SOURCE_BREAK if value is None and cell.text and more.text else ""
        sure = least([cell.confidence, more.confidence])
        cells.append(replace(cell, text=cell.text + gap + more.text, value=value, confidence=sure))
    goes_on = rest.text.labels and rest.text.labels != before.text.labels
    label = before.text.label + (rest.text.label if goes_on else "")
    text_row = replace(before.text, labels=(*before.text.labels[:-1], label) if label else ())
    sure = least([before.confidence, rest.confidence])
    return replace(before, text=text_row, cells=tuple(cells), confidence=sure)


def _side(name: str) -> Side | None:
    plain = squeeze(name)
    income, spending = "收入" in plain, "支出" in plain
    return None if income == spending else "收入" if income else "支出"


def _name(path: tuple[str, ...]) -> str:
    return path[-1] if path else ""


def _first_place(row: LatticeRow) -> Place:
    return next((cell.place for cell in row if cell.text.strip()), row[0].place)

"""A generated document as an Excel workbook, in the manners that people lay them out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from eval.corpus.model import GeneratedDocument, GeneratedTable, PrintedCell, Section, WrittenPages

Arrangement = Literal["sheets", "stacked", "beside"]
"""A sheet for each table, all tables below one another, or two beside each other."""
TitleManner = Literal["merged", "across", "plain"]
"""The title is merged over the table's width, centred across it, or just stands in the first cell."""

_PRODUCED = datetime(2026, 1, 1, tzinfo=UTC)
_BORDERS = {"single": 1, "hairline": 7, "double": 6, "filled": 1, "open": 1, "none": 0}
"""Ruling -> the number of the border's style (ISO/IEC 29500-1, 18.18.3)."""
_PLAIN_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(%?)")
_NAME_SIGNS = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31
_MOST_BESIDE_COLUMNS = 8
"""Wider tables do not stand beside another one."""
_LONG_NAME = 6


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person made the workbook."""

    arrangement: Arrangement
    title: TitleManner
    numbers_as_text: bool
    formulas: bool
    """Amounts are formulas with their stored result."""
    thousandths: bool
    """Amounts are stored a thousand times as large and shown in thousands."""
    codes_as_numbers: bool
    indents: bool
    """An indent is the cell's, else spaces in its text."""
    merges_header: bool
    """Groups and names in the header are merged over what they stand for, else blanks follow them."""
    broken_names: bool
    """Long names in headers are broken by hand."""
    hidden: bool
    """Drafts stand on a hidden sheet, and in hidden rows and columns."""
    blank_rows: int
    """Between tables on one sheet."""


def draw_manner(rng: random.Random) -> Manner:
    """Any manner that keeps the truth readable."""
    return Manner(
        arrangement=rng.choice(("sheets", "sheets", "stacked", "beside")),
        title=rng.choice(("merged", "merged", "across", "plain")),
        numbers_as_text=rng.random() < 0.25,
        formulas=rng.random() < 0.3,
        thousandths=rng.random() < 0.15,
        codes_as_numbers=rng.random() < 0.3,
        indents=rng.random() < 0.5,
        merges_header=rng.random() < 0.85,
        broken_names=rng.random() < 0.3,
        hidden=rng.random() < 0.4,
        blank_rows=rng.randint(1, 3),
    )


def write(document: GeneratedDocument, path: Path) -> WrittenPages:
    """Write ``document`` as ``path``, in a manner that its name decides."""
    rng = random.Random(f"excel {document.name}")
    manner = draw_manner(rng)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _PRODUCED.replace(tzinfo=None)})
        _Clerk(document, book, manner, rng).fill()
    return WrittenPages.none(document)


class _Clerk:
    """Fills a workbook, part by part."""

    def __init__(self, document: GeneratedDocument, book: Any, manner: Manner, rng: random.Random) -> None:
        self.document = document
        self.book = book
        self.manner = manner
        self.rng = rng
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names: set[str] = set()
        self.shared_sheet: Any = None
        self.next_row = 0

    def fill(self) -> None:
        cover = self.sheet("封面")
        cover.write_string(3, 0, self.document.title, self.look(bold=True, font_size=22))
        if self.document.identity.parent:
            cover.write_string(5, 0, f"主管部门：{self.document.identity.parent}")
        for part in _runs(self.document.parts):
            if isinstance(part[0], Section):
                self.prose([section for section in part if isinstance(section, Section)])
            else:
                self.tables([table for table in part if isinstance(table, GeneratedTable)])
        if self.manner.hidden:
            draft = self.sheet("底稿")
            for row in range(5):
                draft.write_row(row, 0, [f"测算{row}", row * 1000 + 7])
            draft.hide()

    def sheet(self, name: str) -> Any:
        """A new sheet; a name that is taken gets a number."""
        plain = _NAME_SIGNS.sub("", name)[: _LONGEST_SHEET_NAME - 4]
        numbered = (plain if n == 1 else f"{plain} {n}" for n in range(1, 1000))
        free = next(name for name in numbered if name.lower() not in self.names)
        self.names.add(free.lower())
        return self.book.add_worksheet(free)

    def look(self, **properties: Any) -> Any:
        """The format with these properties; each is made once."""
        key = tuple(
            sorted((name, value) for name, value in properties.items() if value not in (None, 0, False))
        )
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(key))
        return self.formats[key]

    def prose(self, sections: Sequence[Section]) -> None:
        sheet = self.sheet("文字说明")
        sheet.set_column(0, 0, 100)
        row = 0
        for section in sections:
            sheet.write_string(row, 0, section.heading, self.look(bold=True))
            for number, paragraph in enumerate(section.paragraphs, start=1):
                sheet.write_string(row + number, 0, "　　" + paragraph.text, self.look(text_wrap=True))
            row += 1 + len(section.paragraphs)

    # Tables

    def tables(self, tables: Sequence[GeneratedTable]) -> None:
        beside: list[GeneratedTable] = []
        for table in tables:
            narrow = table.column_count <= _MOST_BESIDE_COLUMNS
            if self.manner.arrangement == "beside" and narrow:
                beside.append(table)
                if len(beside) == 2:
                    self.side_by_side(beside)
                    beside = []
                continue
            self.side_by_side(beside)
            beside = []
            if self.manner.arrangement == "stacked":
                self.stack(table)
            else:
                self.side_by_side([table])
        self.side_by_side(beside)

    def side_by_side(self, tables: Sequence[GeneratedTable]) -> None:
        """The tables on a sheet of their own, a blank column between them."""
        if not tables:
            return
        sheet, left = self.sheet(tables[0].title), 0
        for table in tables:
            _TableWriter(self, sheet, table, 0, left, hides=self.manner.hidden and len(tables) == 1).write()
            left += table.column_count + 1

    def stack(self, table: GeneratedTable) -> None:
        """The table below those before it, on one sheet."""
        if self.shared_sheet is None:
            self.shared_sheet, self.next_row = self.sheet("附表"), 0
        end = _TableWriter(self, self.shared_sheet, table, self.next_row, 0, hides=False).write()
        self.next_row = end + self.manner.blank_rows


class _TableWriter:
    """One table with its caption and notes, from a row and a column of a sheet on."""

    def __init__(
        self, clerk: _Clerk, sheet: Any, table: GeneratedTable, top: int, left: int, hides: bool
    ) -> None:
        self.clerk = clerk
        self.sheet = sheet
        self.table = table
        self.top = top
        self.left = left
        self.border = _BORDERS[table.ruling]
        self.hidden_row = self._drawn_hidden_row() if hides else None

    def write(self) -> int:
        """Returns the first row below it."""
        table, row = self.table, self.top
        last = self.left + table.column_count - 1
        if table.number:
            self.sheet.write_string(row, last, table.number)
            row += 1
        self._title(row, last)
        row += 1
        if table.owner_line:
            self.sheet.write_string(row, self.left, table.owner_line)
        if table.unit_line:
            self.sheet.write_string(row, last, table.unit_line, self.clerk.look(align="right"))
        row += bool(table.owner_line or table.unit_line)
        row = self._grid(row)
        for line in (table.notes or "").splitlines():
            self.sheet.write_string(row, self.left, line)
            row += 1
        return row

    def _title(self, row: int, last: int) -> None:
        manner, title = self.clerk.manner.title, self.table.title
        if manner == "merged":
            look = self.clerk.look(bold=True, align="center")
            self.sheet.merge_range(row, self.left, row, last, title, look)
            return
        look = self.clerk.look(bold=True, align="center_across" if manner == "across" else None)
        self.sheet.write_string(row, self.left, title, look)
        if manner == "across":
            for column in range(self.left + 1, last + 1):
                self.sheet.write_blank(row, column, None, look)

    def _drawn_hidden_row(self) -> int | None:
        """The row of the grid before which a hidden one stands: never inside a merged cell."""
        table = self.table
        inside = {row for cell in table.grid_cells() for row in range(cell.row + 1, cell.row + cell.row_span)}
        height = table.head_rows + len(table.body)
        free = [row for row in range(table.head_rows + 1, height) if row not in inside]
        return self.clerk.rng.choice(free) if free else None

    def _grid(self, top: int) -> int:
        """The cells, with a border round each; returns the first row below."""
        table = self.table
        bottom = top + table.head_rows + len(table.body)
        covered: set[tuple[int, int]] = set()
        for cell in table.grid_cells():
            height, width = self._extent(cell)
            covered |= {(cell.row + r, cell.column + c) for r in range(height) for c in range(width)}
            self._cell(self._row(top, cell.row), cell)
        if self.border:
            look = self.clerk.look(border=self.border)
            for row in range(bottom - top):
                for column in range(table.column_count):
                    if (row, column) not in covered:
                        self.sheet.write_blank(self._row(top, row), self.left + column, None, look)
        if self.hidden_row is None:
            return bottom
        hidden = top + self.hidden_row
        for column in range(table.column_count):
            self.sheet.write(hidden, self.left + column, 99_999 if column else "测算数（隐藏）")
        self.sheet.set_row(hidden, None, None, {"hidden": True})
        beyond = self.left + table.column_count
        self.sheet.write_column(top, beyond, ["核对数", *range(70_000, 70_000 + bottom - top)])
        self.sheet.set_column(beyond, beyond, None, None, {"hidden": True})
        return bottom + 1

    def _row(self, top: int, row: int) -> int:
        return top + row + (self.hidden_row is not None and row >= self.hidden_row)

    def _cell(self, row: int, cell: PrintedCell) -> None:
        is_header = cell.row < self.table.header_height
        number = None if is_header else self._number(cell)
        text = cell.text
        looks: dict[str, Any] = {"border": self.border, "bold": cell.bold, "align": cell.align}
        if is_header:
            looks["bg_color"] = (
                "#{:02X}{:02X}{:02X}".format(*self.table.header_fill) if self.table.header_fill else None
            )
            if self.clerk.manner.broken_names and len(text) > _LONG_NAME:
                text, looks["text_wrap"] = _broken(text), True
        if number is None and cell.indent and self.clerk.manner.indents:
            looks |= {"indent": cell.indent, "align": "left"}
        elif cell.indent:
            text = "　" * cell.indent + text
        if number is not None:
            looks["num_format"] = number[1]
        look = self.clerk.look(**looks)
        column = self.left + cell.column
        if (extent := self._extent(cell)) != (1, 1):
            end = row + extent[0] - 1, column + extent[1] - 1
            self.sheet.merge_range(row, column, *end, "", look)
        if number is not None and self.clerk.manner.formulas:
            self.sheet.write_formula(row, column, f"={number[0]}*1", look, float(number[0]))
        elif number is not None:
            self.sheet.write_number(row, column, float(number[0]), look)
        elif text:
            self.sheet.write_string(row, column, text, look)
        else:
            self.sheet.write_blank(row, column, None, look)

    def _extent(self, cell: PrintedCell) -> tuple[int, int]:
        """The rows and columns that are merged for the cell."""
        if cell.row < self.table.header_height and not self.clerk.manner.merges_header:
            return 1, 1
        return cell.row_span, cell.column_span

    def _number(self, cell: PrintedCell) -> tuple[Decimal, str] | None:
        """What is stored and the format that shows the text; None where it is stored as text."""
        manner = self.clerk.manner
        match = _PLAIN_NUMBER.fullmatch(cell.text)
        if match is None or manner.numbers_as_text:
            return None
        if cell.value is None:
            is_code = manner.codes_as_numbers and cell.text.isdecimal() and len(cell.text) < 10
            return (Decimal(cell.text), "0" * len(cell.text)) if is_code else None
        code = ("#,##0" if "," in cell.text or abs(cell.value) < 1000 else "0") + (
            "." + "0" * len(match[1]) if match[1] else ""
        )
        if match[2]:
            return cell.value / 100, code + "%"
        if manner.thousandths:
            return cell.value * 1000, code + ","
        return cell.value, code


def _broken(name: str) -> str:
    """The name on two lines, with no number cut in two."""
    middle = len(name) // 2
    while middle and name[middle - 1].isdigit() and name[middle].isdigit():
        middle -= 1
    return f"{name[:middle]}\n{name[middle:]}" if middle else name


def _runs(parts: Sequence[Section | GeneratedTable]) -> Iterator[list[Section | GeneratedTable]]:
    """Parts of one kind that follow each other."""
    run: list[Section | GeneratedTable] = []
    for part in parts:
        if run and type(run[0]) is not type(part):
            yield run
            run = []
        run.append(part)
    if run:
        yield run

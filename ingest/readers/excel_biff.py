""".xls -> sheets ([MS-XLS]), with xlrd: of the libraries that read it, the one that knows number
formats, merged cells, and hidden rows and columns."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlrd

from ingest.errors import DamagedFileError, EncryptedFileError
from ingest.readers.excel_book import MAX_CELLS, Sheet, SheetDraft, Style
from ingest.readers.excel_numbers import BUILT_IN

_CENTRED_ACROSS = 6
_INDENTED = frozenset({0, 1, 7})
"""Alignments that keep an indent: general, left, distributed."""


def read_xls(path: Path, progress: Callable[[int, int], None] | None = None) -> tuple[list[Sheet], list[str]]:
    """The visible sheets, and the names of the hidden ones.

    Raises EncryptedFileError or DamagedFileError.
    """
    try:
        book = xlrd.open_workbook(
            str(path), formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
        with book:
            return _read(book, progress)
    except MemoryError:
        raise
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise EncryptedFileError(
                f"{path.name} is locked with a password. Save it without one and try again."
            ) from error
        raise _damaged(path, error) from error
    except Exception as error:  # xlrd raises all kinds on broken structures
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DamagedFileError:
    return DamagedFileError(
        f"{path.name} is not a whole Excel file: it is broken or cut short ({error}). Open it in a "
        "spreadsheet program, save it as .xlsx and add that."
    )


def _read(book: Any, progress: Callable[[int, int], None] | None) -> tuple[list[Sheet], list[str]]:
    sheets: list[Sheet] = []
    hidden: list[str] = []
    cells_left = MAX_CELLS
    styles: dict[int, Style] = {}
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        if sheet.visibility:
            hidden.append(sheet.name)
        else:
            draft = SheetDraft(sheet.name, cells_left, book.datemode == 1, bool(sheet.show_zero_values))
            _fill(draft, sheet, book, styles)
            cells_left = draft.cells_left
            sheets.append(draft.finished())
        book.unload_sheet(number)
        if progress:
            progress(number + 1, book.nsheets)
    return sheets, hidden


def _fill(draft: SheetDraft, sheet: Any, book: Any, styles: dict[int, Style]) -> None:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            number = sheet.cell_xf_index(row, column)
            style = styles.get(number)
            if style is None:
                style = styles[number] = _style(book, number)
            draft.add(row, column, _shown(draft, sheet.cell(row, column), style), style)
    draft.hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    draft.hidden_columns = {
        column for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0
    }
    draft.spans = [
        (top, left, bottom - 1, right - 1)
        for top, bottom, left, right in sheet.merged_cells
        if top < bottom and left < right
    ]


def _shown(draft: SheetDraft, cell: Any, style: Style) -> str:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return draft.shown_text(cell.value, style)
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return draft.shown_number(repr(cell.value), style)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        draft.errors += 1
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return ""


def _style(book: Any, number: int) -> Style:
    xf = book.xf_list[number]
    code = BUILT_IN.get(xf.format_key)
    if code is None or xf.format_key >= _FIRST_OWN_FORMAT:
        code = book.format_map[xf.format_key].format_str
    sides = ("left", "right", "top", "bottom")
    return Style(
        code=code,
        is_ruled=any(getattr(xf.border, f"{side}_line_style") for side in sides),
        indent=xf.alignment.indent_level if xf.alignment.hor_align in _INDENTED else 0,
        across=xf.alignment.hor_align == _CENTRED_ACROSS,
    )


_FIRST_OWN_FORMAT = 164

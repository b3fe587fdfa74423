"""Workbooks made by hand, for tests of what reads them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

Value = str | int | float | None
Rows = Sequence[Sequence[Value]]

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(path: Path, **sheets: Rows | Callable[[Any, Any], None]) -> Path:
    """A workbook with these sheets: rows of values, or a function of workbook and sheet that fills one."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            if callable(content):
                content(book, sheet)
            else:
                fill(sheet, content)
    return path


def fill(sheet: Any, rows: Rows, look: Any = None, top: int = 0, left: int = 0) -> None:
    """The rows from a cell on; with a look, blank cells have it too."""
    for row, values in enumerate(rows, start=top):
        for column, value in enumerate(values, start=left):
            if value is not None:
                sheet.write(row, column, value, look)
            elif look is not None:
                sheet.write_blank(row, column, None, look)


def ruled(book: Any, **properties: Any) -> Any:
    return book.add_format({"border": 1, **properties})


def xls(path: Path, fill_sheet: Callable[[Any], None], name: str = "表格") -> Path:
    book = xlwt.Workbook()
    fill_sheet(book.add_sheet(name, cell_overwrite_ok=True))
    book.save(str(path))
    return path


def raw_xlsx(path: Path, rows: str, main: str = _MAIN, **parts: str) -> Path:
    """A workbook whose only sheet is this XML of rows (and what may stand around ``sheetData``).

    ``parts``: ``workbookPr``, ``before`` and ``after`` the rows, ``strings``, ``styles``: XML.
    """
    sheet = f"{parts.get('before', '')}<sheetData>{rows}</sheetData>{parts.get('after', '')}"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
        "_rels/.rels": _rels(r="officeDocument /xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _rels(
            s="worksheet worksheets/sheet1.xml", t="sharedStrings sharedStrings.xml", y="styles styles.xml"
        ),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_KINDS}">{parts.get("workbookPr", "")}'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": parts.get("doctype", "")
        + f'<worksheet xmlns="{main}">{sheet}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{parts.get("strings", "")}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{parts.get("styles", "")}</styleSheet>',
    }
    return zipped(path, files)


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _rels(**targets: str) -> str:
    """``id="kind target"`` as relationships."""
    links = "".join(
        f'<Relationship Id="{key}" Type="{_KINDS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in ((key, text.split()) for key, text in targets.items())
    )
    return f'<Relationships xmlns="{_RELATED}">{links}</Relationships>'

""".xlsx -> sheets: the parts of the package read as a stream (ISO/IEC 29500-1, 18).

Read here and not with a library: see docs/decisions/excel-reader.md. Names are compared without
their namespace, so that both dialects (Transitional and Strict) are read.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lxml import etree

from ingest.errors import DamagedFileError
from ingest.readers.excel_book import MAX_CELLS, Sheet, SheetDraft, Style
from ingest.readers.excel_numbers import BUILT_IN, GENERAL

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.IGNORECASE)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How the format writes a character that XML cannot hold."""
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_SIDES = frozenset({"left", "right", "top", "bottom", "start", "end"})
_PLAIN = Style()
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    LookupError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What a broken package, a missing part or a part of nonsense raises."""
_MOST_BLANK_ROWS = 200
"""Ruled rows without text may belong to a table, but not so many behind one another."""


@dataclass(frozen=True, slots=True)
class _Workbook:
    sheets: tuple[tuple[str, bool, str], ...]
    """Name, whether it is hidden, and the part that holds it."""
    texts: tuple[str, ...]
    styles: tuple[Style, ...]
    since_1904: bool


def read_xlsx(
    path: Path, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Sheet], list[str]]:
    """The visible sheets, and the names of the hidden ones. Raises DamagedFileError."""
    try:
        with zipfile.ZipFile(path) as package:
            book = _workbook(package)
            shown = [(name, part) for name, is_hidden, part in book.sheets if not is_hidden]
            sheets: list[Sheet] = []
            cells_left = MAX_CELLS
            for name, part in shown:
                draft = SheetDraft(name, cells_left, book.since_1904)
                with package.open(part) as stream:
                    _fill(draft, stream, book)
                cells_left = draft.cells_left
                sheets.append(draft.finished())
                if progress:
                    progress(len(sheets), len(shown))
    except _BROKEN as error:
        raise DamagedFileError(
            f"{path.name} is not a whole Excel file: it is broken or cut short ({error}). Try to download "
            "or save it again."
        ) from error
    return sheets, [name for name, is_hidden, _ in book.sheets if is_hidden]


# -- the parts around the sheets -----------------------------------------------------------


def _workbook(package: zipfile.ZipFile) -> _Workbook:
    main = dict(_related(package, "").values())["officeDocument"]
    related = _related(package, main)
    sheets: list[tuple[str, bool, str]] = []
    since_1904 = False
    for element in _elements(package, main, "workbookPr", "sheet"):
        if _name(element) == "workbookPr":
            since_1904 = _is_true(element.get("date1904"))
            continue
        reference = next((value for key, value in element.items() if key.endswith("}id")), "")
        kind, part = related.get(reference, ("", ""))
        if kind == "worksheet":
            hidden = element.get("state", "visible") != "visible"
            sheets.append((element.get("name", ""), hidden, part))
    parts = dict(related.values())
    return _Workbook(
        tuple(sheets),
        _shared_texts(package, parts.get("sharedStrings")),
        _styles(package, parts.get("styles")),
        since_1904,
    )


def _related(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The parts that one refers to: reference -> (kind, part)."""
    folder, name = posixpath.split(part)
    found = {}
    for element in _elements(package, posixpath.join(folder, "_rels", name + ".rels"), "Relationship"):
        target = posixpath.normpath(posixpath.join("/" + folder, element.get("Target", "")))
        if element.get("TargetMode") != "External":
            kind = element.get("Type", "").rsplit("/", 1)[-1]
            found[element.get("Id", "")] = (kind, target.lstrip("/"))
    return found


def _shared_texts(package: zipfile.ZipFile, part: str | None) -> tuple[str, ...]:
    if part is None:
        return ()
    return tuple(_text(element) for element in _elements(package, part, "si"))


def _styles(package: zipfile.ZipFile, part: str | None) -> tuple[Style, ...]:
    if part is None:
        return ()
    codes: dict[str, str] = {str(number): code for number, code in BUILT_IN.items()}
    borders: list[bool] = []
    found: list[Style] = []
    for element in _elements(package, part, "numFmts", "borders", "cellXfs"):
        kind = _name(element)
        if kind == "numFmts":
            codes |= {e.get("numFmtId", ""): e.get("formatCode", GENERAL) for e in element}
        elif kind == "borders":
            borders = [_has_side(border) for border in element]
        else:
            found = [_style(xf, codes, borders) for xf in element]
    return tuple(found)


def _has_side(border: Any) -> bool:
    return any(_name(side) in _SIDES and side.get("style", "none") != "none" for side in border)


def _style(xf: Any, codes: Mapping[str, str], borders: list[bool]) -> Style:
    border = _number(xf.get("borderId"))
    alignment = next((e for e in xf if _name(e) == "alignment"), None)
    across = alignment is not None and alignment.get("horizontal") == "centerContinuous"
    indented = alignment is not None and alignment.get("horizontal", "left") in (
        "left",
        "general",
        "distributed",
    )
    return Style(
        code=codes.get(xf.get("numFmtId", "0"), GENERAL),
        is_ruled=border < len(borders) and borders[border],
        indent=min(_number(alignment.get("indent")), 15) if alignment is not None and indented else 0,
        across=across,
    )


# -- a sheet -------------------------------------------------------------------------------


def _fill(draft: SheetDraft, stream: IO[bytes], book: _Workbook) -> None:
    row = last_filled = -1
    for element in _stream(stream, "row", "mergeCell", "col", "sheetView"):
        kind = _name(element)
        if kind == "row":
            row = _number(element.get("r"), row + 2) - 1
            if not 0 <= row < _LAST_ROW:
                raise ValueError(f"there is no row {row + 1}")
            if _is_true(element.get("hidden")) or element.get("ht") == "0":
                draft.hidden_rows.add(row)
            if next(element.iter("{*}v", "{*}is"), None) is not None:
                last_filled = row
            if len(element) and row <= last_filled + _MOST_BLANK_ROWS:
                _fill_row(draft, row, element, book)
        elif kind == "mergeCell":
            if (span := _span(element.get("ref", ""))) is not None:
                draft.spans.append(span)
        elif kind == "col":
            if _is_true(element.get("hidden")) or element.get("width") == "0":
                first, last = _number(element.get("min"), 1), _number(element.get("max"), 1)
                draft.hidden_columns.update(range(first - 1, min(last, _LAST_COLUMN)))
        elif element.get("showZeros") is not None:
            draft.shows_zeros = _is_true(element.get("showZeros"))


def _fill_row(draft: SheetDraft, row: int, element: Any, book: _Workbook) -> None:
    column = -1
    for cell in element:
        address = _ADDRESS.fullmatch(cell.get("r", ""))
        column = _column(address[1]) if address else column + 1
        if column >= _LAST_COLUMN:
            raise ValueError(f"there is no column {column + 1}")
        number = cell.get("s")
        style = book.styles[int(number)] if number and int(number) < len(book.styles) else _PLAIN
        draft.add(row, column, _shown(draft, cell, style, book) if len(cell) else "", style)


def _shown(draft: SheetDraft, cell: Any, style: Style, book: _Workbook) -> str:
    kind, value, is_formula = cell.get("t", "n"), None, False
    for child in cell:
        name = _name(child)
        if name == "v":
            value = child.text
        elif name == "is":
            return draft.shown_text(_text(child), style)
        elif name == "f":
            is_formula = True
    if value is None:
        draft.without_result += is_formula and kind == "n"
        return ""
    if kind == "s":
        return draft.shown_text(book.texts[int(value)], style)
    if kind in ("str", "d"):
        return draft.shown_text(_unescaped(str(value)), style)
    if kind == "b":
        return "TRUE" if _is_true(value) else "FALSE"
    if kind == "e":
        draft.errors += 1
        return str(value)
    return draft.shown_number(value, style)


# -- XML -----------------------------------------------------------------------------------


def _stream(stream: IO[bytes], *names: str) -> Iterator[Any]:
    """Elements of these names as they end, each forgotten when the next one is asked for."""
    context = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in context:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _elements(package: zipfile.ZipFile, part: str, *names: str) -> Iterator[Any]:
    with package.open(part) as stream:
        yield from _stream(stream, *names)


def _name(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _text(element: Any) -> str:
    """A text of one run or several, without the readings that stand over Chinese words."""
    texts = []
    for child in element:
        name = _name(child)
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts += [part.text or "" for part in child if _name(part) == "t"]
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _number(value: str | None, missing: int = 0) -> int:
    return int(value) if value and value.isdecimal() else missing


def _span(reference: str) -> tuple[int, int, int, int] | None:
    first, _, last = reference.partition(":")
    start, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last)
    if start is None or end is None:
        return None
    top, left, bottom, right = int(start[2]) - 1, _column(start[1]), int(end[2]) - 1, _column(end[1])
    return (top, left, bottom, right) if top <= bottom and left <= right else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1

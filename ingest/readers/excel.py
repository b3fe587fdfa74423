"""Excel workbooks -> Pages, one for each visible sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ingest.errors import EmptyFileError, FileTooLargeError
from ingest.grid import Grid, Page, TextLine
from ingest.model import Place
from ingest.narrative import narrative_words
from ingest.readers.excel_biff import read_xls
from ingest.readers.excel_blocks import read_blocks
from ingest.readers.excel_book import Sheet
from ingest.readers.excel_xml import read_xlsx
from ingest.values import squeeze

_ZIP = b"PK"
_UNNAMED = re.compile(r"(?:sheet|工作表|表单)?\d*(?:\(\d+\))?", re.IGNORECASE)
_SENTENCE = re.compile(r"[。；]")
_SAYS = re.compile(r"[\u3400-\u9fff]")


def read_excel(path: Path, progress: Callable[[int, int], None] | None = None) -> list[Page]:
    """The visible sheets in their order; places have neither page nor box.

    Texts are what the sheets show: a number in its number format, a formula's stored result, an
    indent as full-width spaces. What is hidden is left out and told in the pages' notes.
    ``progress`` is told the sheets read and the sheets there are. Raises EncryptedFileError,
    DamagedFileError, FileTooLargeError, and EmptyFileError when no visible sheet holds anything.
    """
    with path.open("rb") as file:
        read = read_xlsx if file.read(len(_ZIP)) == _ZIP else read_xls
    try:
        sheets, hidden = read(path, progress)
        found = [read_blocks(sheet) for sheet in sheets]
    except FileTooLargeError as error:
        raise FileTooLargeError(f"{path.name}: {error}") from error
    notes = (f"Hidden in the workbook and not read: sheet {', '.join(hidden)}.",) if hidden else ()
    pages = []
    for sheet, blocks in zip(sheets, found, strict=True):
        name = _own_name(sheet)
        blocks = _without_contents(name, blocks)
        if name and _is_prose(blocks):
            blocks = (TextLine(name, Place(), starts_paragraph=True), *blocks)  # it heads the text
        pages.append(Page(None, None, None, blocks, name, (*notes, *sheet.notes)))
        notes = ()
    if not any(page.blocks for page in pages):
        raise EmptyFileError(
            f"{path.name} shows nothing: its {len(sheets) + len(hidden)} sheets are blank or hidden. "
            "Show the sheets, save the file and add it again."
        )
    return pages


def _without_contents(name: str | None, blocks: tuple[TextLine | Grid, ...]) -> tuple[TextLine | Grid, ...]:
    """The sheet without its tables where it is, or is headed as, a list of the workbook's contents."""
    titles = frozenset(narrative_words()["structure"]["contents_titles"])
    lines = [block for block in blocks if isinstance(block, TextLine)]
    others = tuple(line for line in lines if squeeze(line.text).lower() not in titles)
    is_contents = len(others) < len(lines) or squeeze(name or "") in titles
    return others if is_contents else blocks


def _is_prose(blocks: tuple[TextLine | Grid, ...]) -> bool:
    """Whether the sheet holds sentences and no table; a cover has neither."""
    lines = [block.text for block in blocks if isinstance(block, TextLine)]
    return len(lines) == len(blocks) and any(_SENTENCE.search(line) for line in lines)


def _own_name(sheet: Sheet) -> str | None:
    """The sheet's name where somebody gave it one."""
    name = sheet.name.strip()
    return name if _SAYS.search(name) and not _UNNAMED.fullmatch(squeeze(name)) else None

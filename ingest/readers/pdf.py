"""PDF -> Pages: ruled tables rebuilt as Grids, and the lines of text outside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from ingest.cores import core_count
from ingest.errors import DamagedFileError, EmptyFileError, EncryptedFileError
from ingest.grid import Grid, Page, TextLine
from ingest.model import BBox, Place
from ingest.readers.cells import Lines, cell_lines, lattice_grid
from ingest.readers.divided import columns_divided_by_text, divided_by_text, split_tables
from ingest.readers.furniture import without_furniture
from ingest.readers.glyphs import Glyph, Line, into_lines
from ingest.readers.halves import read_in_two
from ingest.readers.paragraphs import text_lines
from ingest.readers.references import end_circles
from ingest.readers.ruling import Lattice, find_lattices
from ingest.readers.strokes import UNREADABLE, Strokes, read_strokes
from ingest.readers.unruled import with_text_tables

end_circles()

Table = tuple[Lattice, list[Lines]]
"""A lattice with the lines in each of its regions."""

LONG = 100
"""From this many pages on, a second process saves more time than its start costs."""
MOSTLY_UNREADABLE = 0.3
"""A page with a larger part of characters that cannot be read counts as one without text."""


def read_pdf(path: Path, progress: Callable[[int, int], None] | None = None) -> list[Page]:
    """Every page, in order; a page without readable text has no blocks.

    ``progress`` is told the pages read and the pages there are. Raises EncryptedFileError,
    DamagedFileError, and EmptyFileError when no page has text, nor a picture of text.
    """
    tell = progress or (lambda done, total: None)
    with _opened(path) as pdf:
        total = len(pdf.pages)
        if total >= LONG and core_count() > 1:
            pages = read_in_two(path, total, read_pages, tell)
        else:
            pages = []
            for page in _pages(path, pdf, 1, total):
                pages.append(page)
                tell(len(pages), total)
    if not any(page.blocks for page in pages):
        raise EmptyFileError(
            f"{path.name}: none of its {total} pages holds text, nor a picture in which text can be "
            "recognised. Try the original file, or a better scan."
        )
    return without_furniture(pages)


def read_pages(path: Path, first: int, last: int) -> Iterator[Page]:
    """From the first page to the last, both counted from 1, heads and feet included. Raises like read_pdf."""
    with _opened(path) as pdf:
        yield from _pages(path, pdf, first, last)


def _pages(path: Path, pdf: Any, first: int, last: int) -> Iterator[Page]:
    for page in pdf.pages[first - 1 : last]:
        try:
            strokes = read_strokes(page)
        except (PdfminerException, TypeError, ValueError) as error:  # the latter two: nonsense boxes
            raise DamagedFileError(
                f"{path.name}: page {page.page_number} of {len(pdf.pages)} cannot be read; the file is "
                "damaged. Try to download or export it again."
            ) from error
        finally:
            _let_go(pdf, page)
        if _is_readable(strokes.glyphs):
            yield _page(strokes, page.page_number)
        else:
            yield _scanned_page(path, page.page_number, replace(strokes, glyphs=[]))


def _scanned_page(path: Path, number: int, without_text: Strokes) -> Page:
    """The page as it is read from its picture; blank where that shows nothing."""
    from ingest.readers.scan import UnreadPictureError, read_scan  # loads OpenCV, which few files need

    try:
        return _page(read_scan(path, number) or without_text, number)
    except UnreadPictureError as error:
        return replace(_page(without_text, number), notes=(str(error),))


def _let_go(pdf: Any, page: Any) -> None:
    """Give back what a page that is read has left in memory, its drawing commands most of all."""
    page.close()
    for stream in page.page_obj.contents:
        pdf.doc._cached_objs.pop(getattr(stream, "objid", None), None)
    page.page_obj.contents = []


def page_count(path: Path) -> int:
    """How many pages the file has, without reading them. Raises like read_pdf."""
    with _opened(path) as pdf:
        return len(pdf.pages)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with path.open("rb") as stream:
        try:
            pdf = pdfplumber.PDF(stream, stream_is_external=True)
            count = len(pdf.pages)
        except PdfminerException as error:
            if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
                raise EncryptedFileError(
                    f"{path.name} is locked with a password. Save it without one and try again."
                ) from error
            raise _damaged(path) from error
        except Exception as error:  # pdfminer raises all kinds on broken structures
            raise _damaged(path) from error
        if not count or (_was_rebuilt(pdf) and not _has_end(stream)):
            raise _damaged(path)
        yield pdf


def _damaged(path: Path) -> DamagedFileError:
    return DamagedFileError(
        f"{path.name} is not a whole PDF file: it is broken or cut short. Try to download or export it again."
    )


def _was_rebuilt(pdf: Any) -> bool:
    """Whether the table of contents of the file was missing, so that its objects were searched for."""
    return any(type(xref).__name__ == "PDFXRefFallback" for xref in pdf.doc.xrefs)


def _has_end(stream: BinaryIO) -> bool:
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - 2048))
    return b"%%EOF" in stream.read()


def _page(strokes: Strokes, number: int) -> Page:
    frame = strokes.frame

    def place(box: BBox) -> Place:
        x0, top, x1, bottom = frame.displayed(box)
        return Place(number, (round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)))

    size = _small_print(strokes.glyphs)
    tables, lines = _tables(strokes, size)
    blocks: list[tuple[float, TextLine | Grid]] = [
        (lattice.ys[0], lattice_grid(lattice, own, place)) for lattice, own in tables if any(own)
    ]
    blocks += [(line[0].top, text) for line, text in zip(lines, text_lines(lines, place), strict=True)]
    blocks.sort(key=lambda block: block[0])
    return Page(number, frame.width, frame.height, tuple(block for _, block in blocks))


def _tables(strokes: Strokes, size: float) -> tuple[list[Table], list[Line]]:
    """The tables of a page, and the lines outside them.

    Their lattices come from rules, and are then corrected and completed by how the text stands.
    """
    ruled = find_lattices(strokes.horizontal, strokes.vertical, size)
    tables, lines = _filled(ruled, strokes.glyphs)
    parts = [part for lattice, own in tables for part in split_tables(lattice, own)]
    columned = [columns_divided_by_text(lattice, own) for lattice, own in parts]
    if columned != ruled:
        parts, _ = _filled(columned, strokes.glyphs)
    corrected = with_text_tables([divided_by_text(lattice, own) for lattice, own in parts], lines)
    return (tables, lines) if corrected == ruled else _filled(corrected, strokes.glyphs)


def _filled(lattices: list[Lattice], glyphs: list[Glyph]) -> tuple[list[Table], list[Line]]:
    """Each lattice with the lines in each of its regions, and the lines outside them all.

    Where one lattice lies in another, the inner one has the text.
    """
    inside: list[list[Glyph]] = [[] for _ in lattices]
    outside: list[Glyph] = []
    innermost_first = sorted(range(len(lattices)), key=lambda i: _area(lattices[i].bbox))
    boxes = [(i, *lattices[i].bbox) for i in innermost_first]
    for glyph in glyphs:
        for i, x0, top, x1, bottom in boxes:
            if x0 <= glyph.centre <= x1 and top <= glyph.middle <= bottom:
                inside[i].append(glyph)
                break
        else:
            outside.append(glyph)
    tables = [(lattice, cell_lines(lattice, own)) for lattice, own in zip(lattices, inside, strict=True)]
    return tables, into_lines(outside)


def _is_readable(glyphs: list[Glyph]) -> bool:
    printed = [g for g in glyphs if not g.text.isspace()]
    unreadable = sum(g.text == UNREADABLE for g in printed)
    return bool(printed) and unreadable <= MOSTLY_UNREADABLE * len(printed)


def _small_print(glyphs: list[Glyph]) -> float:
    """The size that nine characters in ten reach, in points."""
    sizes = sorted(g.size for g in glyphs if not g.text.isspace())
    return min(max(sizes[len(sizes) // 10], 4.0), 12.0) if sizes else 9.0


def _area(box: BBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])

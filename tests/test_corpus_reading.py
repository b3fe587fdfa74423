"""What is printed in real documents is what is read of them: nothing lost, nothing invented.

PDFium reads the same pages a second time, by its own code; the seeds are there in two formats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from conftest import find_shared
from test_tables_corpus import documents, pages_of, tables_of

from ingest.grid import Grid, Page, TextLine
from ingest.model import Row, Table
from ingest.values import fold, parse_number, squeeze

LONG_LINE = 8
"""A line of so many characters does not stand on two pages by chance."""


def pdfs() -> list[Path]:
    return [path for path in documents() if path.suffix == ".pdf"]


def text_of(page: Page) -> str:
    texts = ([b.text] if isinstance(b, TextLine) else [c.text for c in b.cells] for b in page.blocks)
    return "\n".join(text for own in texts for text in own)


def characters(text: str) -> Counter[str]:
    return Counter(c for c in fold(text) if c.isalnum())


def seen_by_pdfium(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range().replace("\ufffe", "") for page in pdf]


def in_sight(text: str, own: str, neighbours: str) -> str:
    """A page's text without lines that its edge cuts off, below a text that goes on elsewhere.

    They are read where they are in sight, on the page before or after.
    """
    lines = text.splitlines()
    elsewhere = [squeeze(line) not in own and squeeze(line) in neighbours for line in lines]
    long = [cut and len(squeeze(line)) >= LONG_LINE for line, cut in zip(lines, elsewhere, strict=True)]
    near = [any(long[max(0, i - 1) : i + 2]) for i in range(len(lines))]
    return "\n".join(line for line, *cut in zip(lines, elsewhere, near, strict=True) if not all(cut))


def is_page_number(lost: Counter[str], text: str) -> bool:
    """Whether what is not read is one line that holds a number and nothing else."""
    numbers = re.findall(r"^[-—\s]*(\d{1,3})[-—\s]*$", text, re.MULTILINE)
    return any(lost == characters(number) for number in numbers)


def test_every_character_is_read_on_its_page() -> None:
    wrong: list[str] = []
    count = 0
    for path in pdfs():
        pages = pages_of(path)
        read = [text_of(page) for page in pages]
        for index, (own, text) in enumerate(zip(read, seen_by_pdfium(path), strict=True)):
            neighbours = squeeze("\n".join(read[max(0, index - 1) : index] + read[index + 1 : index + 2]))
            theirs, ours = characters(in_sight(text, squeeze(own), neighbours)), characters(own)
            lost, invented = theirs - ours, ours - theirs
            count += theirs.total()
            if invented or (lost and not is_page_number(lost, text)):
                wrong.append(f"{path.name} {pages[index].number}: lost {lost}, invented {invented}")
    print(f"{count} characters")
    assert not wrong, "\n".join(wrong)


def is_amount(text: str) -> bool:
    return not {".", ","}.isdisjoint(fold(text)) and parse_number(text) is not None


def grids_of(path: Path) -> Iterator[tuple[int | None, Grid]]:
    for page in pages_of(path):
        yield from ((page.number, block) for block in page.blocks if isinstance(block, Grid))


def test_every_amount_of_a_table_is_exported_once() -> None:
    count = 0
    for path in pdfs():
        printed = Counter(
            (number, squeeze(cell.text))
            for number, grid in grids_of(path)
            for cell in grid.cells
            if is_amount(cell.text)
        )
        exported = Counter(
            (cell.place.page_number, squeeze(cell.text))
            for table in tables_of(path)
            for row in table.rows
            for cell in row.cells
            if cell.value is not None and is_amount(cell.text)
        )
        count += printed.total()
        assert exported == printed, path.name
    print(f"{count} amounts")


def names_of(table: Table) -> Iterator[str]:
    """Everything that a table exports beside its figures."""
    yield from filter(None, (table.title, table.unit, table.notes, table.label_header))
    for column in table.columns:
        yield from column.path
    for row in table.rows:
        yield from (*row.path, row.code or "", row.unit_code or "", *(cell.whole for cell in row.cells))


def test_every_name_beside_an_amount_is_exported() -> None:
    for path in pdfs():
        exported = {squeeze(name) for table in tables_of(path) for name in names_of(table)}
        whole = "\n".join(exported)
        for number, grid in grids_of(path):
            rows = {cell.row for cell in grid.cells if is_amount(cell.text)}
            for cell in grid.cells:
                if cell.row in rows and not is_amount(cell.text):
                    plain = squeeze(cell.text)
                    name = re.sub(r"^\[\d+\]", "", plain)
                    assert name in whole or plain in whole, f"{path.name} {number}: {cell.text}"


def likeness(row: Row) -> tuple[object, ...]:
    return row.code, row.unit_code, row.kind, row.parent_index, [(c.value, c.unit) for c in row.cells]


@pytest.mark.parametrize(
    "name", ["2017年广州市人民政府政务管理办公室部门预算", "2021年广州开发区行政服务管理中心部门预算"]
)
def test_a_document_in_two_formats_has_the_same_tables(name: str) -> None:
    """But for what a plain text cannot tell: white space, and over which rows a cell is merged."""
    folder = find_shared("corpus/seeds")
    pdf, text = (tables_of(folder / f"{name}{suffix}") for suffix in (".pdf", ".txt"))
    assert len(pdf) == len(text)
    for one, other in zip(pdf, text, strict=True):
        for field in ("title", "number", "unit", "side", "columns", "notes"):
            assert getattr(one, field) == getattr(other, field), (one.title, field)
        for row, same in zip(one.rows, other.rows, strict=True):
            assert likeness(row) == likeness(same), (one.title, row.path)
            assert squeeze(same.label) in ("", squeeze(row.label))
            for cell, told in zip(row.cells, same.cells, strict=True):
                assert squeeze(told.whole) in ("", squeeze(cell.whole)), (one.title, row.path)

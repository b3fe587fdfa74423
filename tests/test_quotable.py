"""Whatever is quoted stands in its source in one piece: fragments of passages, parts of cells."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from conftest import find_shared
from grids import flat, grid, pages

from ingest import read_document
from ingest.grid import Page, TextLine
from ingest.model import Document, Place
from ingest.narrative import read_narrative
from ingest.readers import flattened, tabbed
from ingest.tables import read_tables
from ingest.values import name_key

LEAST_SHARE_QUOTABLE = 0.995


def quotable(document: Document) -> Iterator[str]:
    for passage in document.passages:
        yield from (passage.text[fragment.start : fragment.end] for fragment in passage.fragments)
    for table in document.tables:
        for row in table.rows:
            yield from (part for cell in row.cells for part in cell.parts)


def source_text(path: Path) -> str:
    """The file's text without white space and punctuation; a PDF's in reading order and by layout."""
    if path.suffix != ".pdf":
        return name_key(path.read_text("utf-8"))
    if which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed")
    runs = (
        subprocess.run(["pdftotext", way, str(path), "-"], capture_output=True, check=True)
        for way in ("-raw", "-layout")
    )
    return "\n".join(name_key(run.stdout.decode("utf-8", "replace")) for run in runs)


@pytest.mark.parametrize("pattern", ["2017*.txt", "2017*.pdf", "2021*.txt", "2021*.pdf"])
def test_what_is_quoted_of_a_seed_stands_in_its_file(pattern: str) -> None:
    (path,) = find_shared("corpus/seeds").glob(pattern)
    source = source_text(path)
    quotes = [key for text in quotable(read_document(path)) if (key := name_key(text))]
    missing = [key for key in quotes if key not in source]
    share = 1 - len(missing) / len(quotes)
    print(
        f"{path.name}: {len(quotes) - len(missing)} of {len(quotes)} found ({share:.2%})", *missing, sep="\n"
    )
    assert share >= LEAST_SHARE_QUOTABLE, missing


def fragments(lines: list[TextLine]) -> list[str]:
    (passage,) = read_narrative([Page(None, None, None, tuple(lines))], frozenset())
    return [passage.text[fragment.start : fragment.end] for fragment in passage.fragments]


@pytest.mark.parametrize("between", ["\n\n- 7 - \n\n", "\n\n  \n\n7 \n\n  \n\n", "\f"])
def test_flattened_text_is_broken_by_pages_and_their_numbers(between: str) -> None:
    text = f"本部门的主要职责是贯彻执行有关的法律{between}法规和规章。 \n\n"
    lines = [block for block in flattened.read_blocks(text) if isinstance(block, TextLine)]
    assert [line.after_break for line in lines] == [False, True]
    assert fragments(lines) == ["本部门的主要职责是贯彻执行有关的法律", "法规和规章。"]


@pytest.mark.parametrize("between", ["\f", "</p><p>", "<br/>"])
def test_tabbed_text_is_broken_by_pages_and_markup(between: str) -> None:
    lines = list(tabbed.read_blocks(f"本部门的职责是贯彻，并且监督执行有关的法律{between}法规和规章。\n"))
    assert [line.after_break for line in lines if isinstance(line, TextLine)] == [False, True]
    assert fragments([line for line in lines if isinstance(line, TextLine)]) == [
        "本部门的职责是贯彻，并且监督执行有关的法律",
        "法规和规章。",
    ]


def test_markup_inside_a_cell_leaves_a_mark() -> None:
    (table,) = read_tables(flat(grid("项目|内容", "其他|一、培训\f二、会议")), 2020).tables
    (cell,) = table.rows[0].cells
    assert cell.parts == ("一、培训", "二、会议")
    assert cell.whole == "一、培训二、会议"


def test_a_cell_over_a_page_break_keeps_a_mark_but_no_number_does() -> None:
    edges = [0.0, 50.0, 150.0, 300.0, 400.0, 500.0]
    first = grid(
        "编码|项目名称|内容|金额|其中：财政拨款", "301|培训|一、课程；二、|1,2|9.00", page=1, edges=edges
    )
    second = grid("|费用|教材；三、师资。|34.56|", page=2, edges=edges)
    (table,) = read_tables(pages(["项目表", first], [second]), 2020).tables
    (row,) = table.rows
    text, amount, _ = row.cells
    assert (row.label, text.text) == ("培训费用", "一、课程；二、\f教材；三、师资。")
    assert text.place == Place(1, (150.0, 101.0, 300.0, 102.0))
    assert (amount.text, str(amount.value)) == ("1,234.56", "1234.56")

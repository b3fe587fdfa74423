"""The PDF writer's layout: wrapped text, rules, captions inside the grid, contents."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
from hypothesis import given
from hypothesis import strategies as st

from eval.corpus import pdf
from eval.corpus.generate import generate
from eval.corpus.model import GeneratedDocument, Layout
from eval.corpus.pdf_grid import Segment, joined, with_caption_inside, wrapped
from ingest.values import squeeze


def em(text: str, points: float) -> float:
    return len(text) * points


@given(st.text("一二三，。）%12.5"), st.integers(3, 12))
def test_wrapped_lines_hold_the_whole_text_and_fit(text: str, room: int) -> None:
    lines = wrapped(text, room, 1, em)
    assert "".join(lines) == text
    assert all(len(line) <= room for line in lines)


def test_numbers_stay_whole_and_no_closing_mark_begins_a_line() -> None:
    assert wrapped("一二三四五。六", 5, 1, em) == ["一二三四", "五。六"]
    assert wrapped("共计15.90万元", 6, 1, em) == ["共计", "15.90万", "元"]


def test_rules_that_touch_run_through() -> None:
    apart: list[Segment] = [(0, 0, 5, 0), (5, 0, 9, 0), (0, 0, 0, 4), (0, 4, 0, 8), (20, 0, 25, 0)]
    assert sorted(joined(apart)) == [(0, 0, 0, 8), (0, 0, 9, 0), (20, 0, 25, 0)]


def test_a_caption_inside_covers_the_grid_once() -> None:
    for table in generate("district_account", 3).tables:
        inside = with_caption_inside(table)
        covered = Counter(
            (cell.row + row, cell.column + column)
            for cell in inside.grid_cells()
            for row in range(cell.row_span)
            for column in range(cell.column_span)
        )
        assert max(covered.values()) == 1
        assert next(inside.grid_cells()).text == table.title
        assert inside.head_rows > table.head_rows


def page_texts(document: GeneratedDocument, path: Path) -> list[str]:
    pdf.write(document, path)
    written = pdfium.PdfDocument(path)
    try:
        return [squeeze(page.get_textpage().get_text_range()) for page in written]
    finally:
        written.close()


def test_the_contents_name_the_pages_of_the_tables(tmp_path: Path) -> None:
    document = generate("city_budget", 1, scale=1)
    document = replace(document, layout=Layout(contents=True, page_foot="{n}/{count}"))
    pages = pdf.write(document, tmp_path / "a.pdf")
    texts = page_texts(document, tmp_path / "a.pdf")
    for stands, table in zip(pages.tables, document.tables, strict=True):
        entry = squeeze((table.number or "") + table.title)
        assert entry + "." in texts[1]
        assert texts[1].split(entry + ".", 1)[1].lstrip(".").startswith(str(stands.pages[0]))
    assert f"{len(texts)}/{len(texts)}" in texts[-1]


def test_what_a_layout_hides_leaves_the_truth_alone(tmp_path: Path) -> None:
    document = generate("layered_account", 1, scale=1)
    plain = pdf.write(replace(document, layout=Layout()), tmp_path / "plain.pdf")
    trapped = replace(document, layout=Layout(traps=("hidden_text", "text_under_picture", "watermark")))
    assert pdf.write(trapped, tmp_path / "trapped.pdf") == plain

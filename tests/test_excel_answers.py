"""From a workbook to an answer: cited by table, row and column, shown as a table with the cell marked."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlwt
from workbooks import fill, xlsx

from eval.corpus import excel
from eval.corpus.generate import generate
from eval.corpus.style import families
from faces.evidence import View, evidence_html
from faces.wording import words
from index_store import Store
from index_store.errors import EmbedderUnavailableError
from index_store.intake import ingest_files
from ingest.grid import Grid, TextLine
from ingest.lattice import joined
from ingest.readers.excel import read_excel
from qa.engine import Engine


def no_model() -> Any:
    raise EmbedderUnavailableError("no model in this test")


def test_an_answer_cites_the_cell_and_the_page_shows_the_table(tmp_path: Path) -> None:
    def fill_sheet(book: Any, sheet: Any) -> None:
        amount = book.add_format({"num_format": "#,##0.00"})
        fill(sheet, [["2025年支出预算表"], ["部门名称：临江市水务局", None, None, "单位：万元"]])
        fill(
            sheet,
            [["科目编码", "科目名称", "基本支出", "项目支出"], ["213", "农林水支出"], ["21303", "水利"]],
            top=2,
        )
        fill(sheet, [[1300.5, 80], [1300.5, 80]], amount, top=3, left=2)

    with Store.open(tmp_path / "store", embedder=no_model) as store:
        (outcome,) = ingest_files(store, [xlsx(tmp_path / "预算.xlsx", 支出=fill_sheet)])
        assert outcome.status == "added"
        answer = Engine(store).answer("2025年水务局水利的基本支出是多少？")
        citation = answer.citations[0]
        assert (citation.doc, citation.page_number, citation.bbox) == ("预算.xlsx", None, None)
        assert (citation.row, citation.column, citation.quote) == (
            "农林水支出 > 水利",
            "基本支出",
            "1,300.50",
        )
        html = evidence_html(store, View.one(answer.citations, 1), words("zh"))
    assert html.count('mark">1,300.50</td>') == 1
    assert "2025年支出预算表" in html
    assert "<img" not in html


@pytest.mark.parametrize("family", families())
def test_what_is_typeset_is_what_is_read(
    tmp_path: Path, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = excel.draw_manner  # a header that is not merged has other grids by design
    monkeypatch.setattr(excel, "draw_manner", lambda rng: replace(drawn(rng), merges_header=True))
    for seed in (1, 2):
        document = generate(family, seed, scale=1)
        path = tmp_path / f"{document.name}.xlsx"
        excel.write(document, path)
        blocks = [block for page in read_excel(path) for block in page.blocks]
        lines = {block.text.strip() for block in blocks if isinstance(block, TextLine)}
        grids = [block for block in blocks if isinstance(block, Grid)]
        for table, grid in zip(document.tables, grids, strict=True):
            captions = (table.title, table.number, table.unit_line, table.owner_line, table.notes)
            assert lines >= {line for text in captions if text for line in text.splitlines()}
            assert _shape(grid.cells) == _shape(table.grid_cells())
        text = "".join(lines)
        assert all(statement.quote in text for statement in document.statements)
        assert "99999" not in text
        assert not any("（隐藏）" in cell.text for grid in grids for cell in grid.cells)


def test_generated_tables_are_read_from_an_old_workbook(tmp_path: Path) -> None:
    tables = generate(families()[-1], 3, scale=1).tables
    book = xlwt.Workbook()
    plain, amount = xlwt.XFStyle(), xlwt.XFStyle()
    plain.borders.left = amount.borders.left = xlwt.Borders.THIN
    amount.num_format_str = "#,##0.00"
    for number, table in enumerate(tables):
        sheet = book.add_sheet(f"表{number}")
        sheet.write_merge(0, 0, 0, table.column_count - 1, table.title)
        for cell in table.grid_cells():
            is_amount = cell.value is not None and f"{cell.value:,.2f}" == cell.text
            sheet.write_merge(
                cell.row + 1,
                cell.row + cell.row_span,
                cell.column,
                cell.column + cell.column_span - 1,
                float(cell.value) if is_amount and cell.value is not None else cell.text,
                amount if is_amount else plain,
            )
    book.save(str(tmp_path / "a.xls"))
    pages = read_excel(tmp_path / "a.xls")
    for table, page in zip(tables, pages, strict=True):
        title, grid = page.blocks
        assert isinstance(title, TextLine)
        assert isinstance(grid, Grid)
        assert title.text == table.title
        assert _shape(grid.cells) == _shape(table.grid_cells())


def _shape(cells: Any) -> dict[tuple[int, int], tuple[str, int, int]]:
    return {
        (cell.row, cell.column): (joined(cell.text).replace("　", ""), cell.row_span, cell.column_span)
        for cell in cells
        if cell.text
    }


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    document = generate(families()[0], 1, scale=1)
    for name in ("a.xlsx", "b.xlsx"):
        excel.write(document, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_every_manner_is_drawn() -> None:
    manners = [excel.draw_manner(random.Random(seed)) for seed in range(60)]
    for field in ("arrangement", "title", "numbers_as_text", "formulas", "hidden", "merges_header"):
        assert len({getattr(manner, field) for manner in manners}) > 1

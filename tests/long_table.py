"""A typeset table that goes on over pages, read as any file is, and citations of its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from fpdf import FPDF
from small_world import FONT_FILES, FixedEngine, no_model

from faces.desk import LocalDesk
from index_store.store import Store
from ingest import read_document
from ingest.model import BBox
from qa.answer import Answer, Citation, Figure

LEFT, TOP, ROW_HEIGHT, LABEL_WIDTH, VALUE_WIDTH = 60.0, 150.0, 22.0, 200.0, 110.0
ROWS_A_PAGE = 20
ROW_COUNT = 44
"""On three pages."""
GROUP, LEAVES = "本年支出预算", ("基本支出", "项目支出")
TITLE = "支出预算总表"
PAIR_QUESTION = "有没有矛盾？"


def label_of(row: int) -> str:
    return f"第{row + 1}号事务"


def amount_of(row: int, column: int) -> str:
    return f"{100 + row}.{column + 1}0"


def page_of(row: int) -> int:
    return 1 + row // ROWS_A_PAGE


def box_of(row: int, column: int, *, repeated_head: bool) -> BBox:
    """Where a cell is printed; column -1 is the label."""
    line = row % ROWS_A_PAGE + (2 if repeated_head or row < ROWS_A_PAGE else 0)
    left = LEFT if column < 0 else LEFT + LABEL_WIDTH + column * VALUE_WIDTH
    width = LABEL_WIDTH if column < 0 else VALUE_WIDTH
    return (left, TOP + line * ROW_HEIGHT, left + width, TOP + (line + 1) * ROW_HEIGHT)


def leaf_box(column: int) -> BBox:
    """Where the name of a column is printed, on a page that has the head."""
    left = LEFT + LABEL_WIDTH + column * VALUE_WIDTH
    return (left, TOP + ROW_HEIGHT, left + VALUE_WIDTH, TOP + 2 * ROW_HEIGHT)


GROUP_BOX: BBox = (LEFT + LABEL_WIDTH, TOP, LEFT + LABEL_WIDTH + 2 * VALUE_WIDTH, TOP + ROW_HEIGHT)


def typeset_long(path: Path, *, repeated_head: bool) -> None:
    """Three pages; the head is printed on each of them, or on the first alone."""
    font = next((f for f in FONT_FILES if Path(f).exists()), None)
    if font is None:
        pytest.skip("no Chinese font on this machine to typeset a test document with")
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_auto_page_break(False)
    pdf.add_font("zh", fname=font)
    for first in range(0, ROW_COUNT, ROWS_A_PAGE):
        pdf.add_page()
        pdf.set_font("zh", size=14)
        if first == 0:
            pdf.set_xy(LEFT, 60)
            pdf.cell(text="2018年样例市政务管理办公室部门预算")
        pdf.set_font("zh", size=10)
        if first == 0 or repeated_head:
            pdf.set_xy(LEFT, TOP - 24)
            pdf.cell(text=f"{TITLE}{'（续）' if first else ''}　　单位：万元")
            _print_head(pdf)
        for row in range(first, min(ROW_COUNT, first + ROWS_A_PAGE)):
            texts = (label_of(row), amount_of(row, 0), amount_of(row, 1))
            for column, text in enumerate(texts, start=-1):
                _print(pdf, box_of(row, column, repeated_head=repeated_head), text)
    pdf.output(str(path))


def _print_head(pdf: FPDF) -> None:
    _print(pdf, (LEFT, TOP, LEFT + LABEL_WIDTH, TOP + 2 * ROW_HEIGHT), "项目")
    _print(pdf, GROUP_BOX, GROUP)
    for column, leaf in enumerate(LEAVES):
        _print(pdf, leaf_box(column), leaf)


def _print(pdf: FPDF, box: BBox, text: str) -> None:
    pdf.set_xy(box[0], box[1])
    pdf.cell(box[2] - box[0], box[3] - box[1], text, border=1)


@dataclass
class CellEngine(FixedEngine):
    """Answers ``row column`` with the cell of that row and column, and one question with two of them."""

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        if question == PAIR_QUESTION:
            cited = (self.citation(1, 3, 0), self.citation(2, 25, 1))
            return Answer("answered", "两处不一致 [1][2]。", "zh", (), cited, warnings=("两处不一致[1][2]",))
        if re.fullmatch(r"\d+ \d+", question) is None:
            return Answer("no_answer", f"没有找到“{question}”。", "zh")
        row, column = map(int, question.split())
        value = Decimal(amount_of(row, column))
        cited = (self.citation(1, row, column), self.citation(2, 0, 0))
        return Answer("answered", f"{value} [1]", "zh", (Figure(value, "万元", "", (1,)),), cited)

    def citation(self, n: int, row: int, column: int = 0) -> Citation:
        table = self.document.tables[0]
        cell = table.rows[row].cells[column]
        return Citation(
            n=n,
            document_id=self.document_id,
            doc=self.document.file_name,
            quote=cell.text,
            page_number=cell.place.page_number,
            bbox=cell.place.bbox,
            table=table.title,
            row=table.rows[row].label,
            column=" > ".join(table.columns[column].path),
            table_index=0,
            row_index=row,
            column_index=column,
        )


def long_world(folder: Path, *, repeated_head: bool = True) -> tuple[LocalDesk, CellEngine]:
    """The long table read and stored, and a desk over it. The caller closes the desk."""
    file = folder / "2018年样例市政务管理办公室部门预算.pdf"
    typeset_long(file, repeated_head=repeated_head)
    document = read_document(file)
    store = Store.open(folder / "store", embedder=no_model)
    store.add(document, file)
    engine = CellEngine(store.documents()[0].id, document)
    return LocalDesk(store, engine), engine  # type: ignore[arg-type]

"""A small world for the page and the command: a typeset budget, its Document, an engine of fixed answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest
from fpdf import FPDF

from faces.desk import LocalDesk
from index_store.errors import EmbedderUnavailableError
from index_store.store import Store
from ingest.model import (
    BBox,
    Cell,
    Column,
    Document,
    Fragment,
    Identity,
    Passage,
    Place,
    Row,
    Table,
)
from qa.answer import Answer, Calculation, Citation, Figure, Language
from qa.facts import read_facts
from qa.lexicon import load_lexicon
from qa.question import read_question
from qa.request import Mentions, build_request
from qa.understanding import Understood

FONT_FILES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
"""TrueType outlines only: what fpdf2 makes of others, pdfminer reads no text from."""

LABELS = ("“三公”经费合计", "因公出国（境）费", "公务接待费", "公务用车购置及运行维护费")
AMOUNTS = ("71.33", "46.80", "24.53", "")
"""The last is printed blank."""
TITLE = "“三公”经费预算表"
SENTENCE = "2017年“三公”经费预算71.33万元，比上年减少2.15万元，主要是压缩<公务接待>。"

LEFT, TOP, ROW_HEIGHT, LABEL_WIDTH, VALUE_WIDTH = 72.0, 160.0, 26.0, 260.0, 130.0
SHARE_QUESTION = "公务接待费占“三公”经费的比重是多少？"
UNCLEAR_QUESTION = "预算是多少？"
CHOICES = ("2017年“三公”经费预算是多少？", "2017年公务接待费预算是多少？")


def cell_box(row: int) -> BBox:
    """Where the amount of a row stands on the page."""
    top = TOP + (row + 1) * ROW_HEIGHT
    return (LEFT + LABEL_WIDTH, top, LEFT + LABEL_WIDTH + VALUE_WIDTH, top + ROW_HEIGHT)


def typeset(path: Path) -> None:
    """A one-page budget with one ruled table."""
    font = next((f for f in FONT_FILES if Path(f).exists()), None)
    if font is None:
        pytest.skip("no Chinese font on this machine to typeset a test document with")
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_margins(LEFT, 60)
    pdf.add_font("zh", fname=font)
    pdf.set_font("zh", size=16)
    pdf.add_page()
    pdf.cell(text="2017年样例市政务管理办公室部门预算")
    pdf.set_font("zh", size=10)
    pdf.set_xy(LEFT, 90)
    pdf.multi_cell(450, 16, SENTENCE)
    pdf.set_xy(LEFT, TOP - 20)
    pdf.cell(text=f"{TITLE}　　单位：万元")
    for index, (label, amount) in enumerate(zip(("项目", *LABELS), ("2017年预算", *AMOUNTS), strict=True)):
        pdf.set_xy(LEFT, TOP + index * ROW_HEIGHT)
        pdf.cell(LABEL_WIDTH, ROW_HEIGHT, label, border=1)
        pdf.cell(VALUE_WIDTH, ROW_HEIGHT, amount, border=1, align="R")
    pdf.output(str(path))


def document_of(path: Path, *, format_: str = "pdf") -> Document:
    """What reading the typeset file gives."""
    paged = format_ == "pdf"

    def place(box: BBox) -> Place:
        return Place(1, box) if paged else Place()

    rows = tuple(
        Row(
            label=label,
            path=(label,) if index == 0 else (LABELS[0], label),
            cells=(Cell(amount, Decimal(amount) if amount else None, "万元", place(cell_box(index))),),
            place=place(cell_box(index)),
            kind="total" if index == 0 else "of_which",
            parent_index=None if index == 0 else 0,
        )
        for index, (label, amount) in enumerate(zip(LABELS, AMOUNTS, strict=True))
    )
    table = Table(
        TITLE, "表七", "万元", None, (1,) if paged else (), (Column(("2017年预算",), fiscal_year=2017),), rows
    )
    fragment = Fragment(0, len(SENTENCE), place((LEFT, 90, LEFT + 450, 122)))
    return Document(
        file_name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        format=format_,
        page_count=1 if paged else None,
        identity=Identity("样例市政务管理办公室", 2017, "budget", "department"),
        tables=(table,),
        passages=(Passage(("第三部分 情况说明",), SENTENCE, (fragment,)),),
        statements=(),
    )


@dataclass
class FixedEngine:
    """Answers from a document of this world, so that only the faces are under test."""

    document_id: int
    document: Document

    def understand(self, question: str, history: Sequence[str] = ()) -> Understood:
        """Nothing of it, but in which document it is looked for."""
        lexicon = load_lexicon()
        mentions = Mentions((), (), (), ())
        request = build_request(read_question(question, lexicon), mentions, lexicon)
        facts = read_facts(self.document_id, self.document, lexicon)
        return Understood(request, mentions, (facts,), frozenset())

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        if question.startswith("What"):
            return self._one(2, "The 2017 budget for official receptions is **24.53 万元** [1].", "en")
        if question == UNCLEAR_QUESTION:
            return Answer("needs_clarification", "可查的预算有多项。", "zh", choices=CHOICES)
        if question == SHARE_QUESTION:
            return self._share()
        if "接待" in question:
            return self._one(2, "2017年公务接待费预算为 **24.53万元** [1]。", "zh")
        if "原因" in question:
            return self._reason()
        if "三公" in question:
            return self._one(0, "2017年“三公”经费预算为 **71.33万元** [1]。", "zh")
        return Answer("no_answer", f"没有找到“{question}”。", "zh")

    def citation(self, n: int, row: int) -> Citation:
        place = self.document.tables[0].rows[row].cells[0].place
        return Citation(
            n=n,
            document_id=self.document_id,
            doc=self.document.file_name,
            quote=AMOUNTS[row],
            page_number=place.page_number,
            bbox=place.bbox,
            section="第四部分 预算表",
            table=f"表七 {TITLE}",
            row=LABELS[row],
            column="2017年预算",
            table_index=0,
            row_index=row,
            column_index=0,
        )

    def _one(self, row: int, text: str, language: Language) -> Answer:
        figure = Figure(Decimal(AMOUNTS[row]), "万元", LABELS[row], (1,))
        return Answer("answered", text, language, (figure,), (self.citation(1, row),))

    def _share(self) -> Answer:
        share = Calculation(1, "24.53 / 71.33 * 100", Decimal("34.39"), "%", (1, 2))
        return Answer(
            "answered",
            "公务接待费占“三公”经费的 **34.39%**：24.53万元 [1]，71.33万元 [2]。",
            "zh",
            (Figure(Decimal("34.39"), "%", "公务接待费占“三公”经费的比重", (), 1),),
            (self.citation(1, 2), self.citation(2, 0)),
            (share,),
            warnings=("“三公”经费分项之和为71.33万元，与合计一致。",),
        )

    def _reason(self) -> Answer:
        passage = self.document.passages[0]
        place = passage.fragments[0].place
        quote = "主要是压缩<公务接待>"
        cited = Citation(
            n=1,
            document_id=self.document_id,
            doc=self.document.file_name,
            quote=quote,
            page_number=place.page_number,
            bbox=place.bbox,
            section=passage.section[-1],
        )
        return Answer("answered", f"“{quote}” [1]", "zh", (), (cited,))


def no_model() -> NoReturn:
    """An embedder for tests that are not about meanings."""
    raise EmbedderUnavailableError("no model in this test: words alone")


@dataclass
class World:
    """A store with the typeset budget in it, and a desk over it."""

    directory: Path
    file: Path
    document: Document
    desk: LocalDesk


def build_world(folder: Path) -> World:
    """The typeset budget, stored. The caller closes the desk."""
    file = folder / "2017年样例市政务管理办公室部门预算.pdf"
    typeset(file)
    document = document_of(file)
    store = Store.open(folder / "store", embedder=no_model)
    store.add(document, file)
    (stored,) = store.documents()
    return World(folder / "store", file, document, LocalDesk(store, FixedEngine(stored.id, document)))

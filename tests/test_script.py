"""Both scripts: one comparing form, and documents in traditional characters read and kept as printed."""

from __future__ import annotations

import pytest
from grids import grid, pages
from hypothesis import given
from hypothesis import strategies as st
from pdf_maker import Canvas, write_pdf
from shelves import Shelf

from ingest import read_document
from ingest.grid import TextLine
from ingest.model import Document
from ingest.script import folding_of, simplified
from ingest.values import name_key
from qa.engine import Engine
from qa.guard import check

MIXED = st.text(st.sampled_from("預算決后後台臺干乾幹於于單位元年abc，。12"), max_size=40)


@given(st.text(max_size=60))
def test_the_comparing_form_keeps_every_place(text: str) -> None:
    assert len(simplified(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)


def test_names_compare_in_either_script() -> None:
    assert name_key("一般公共預算支出決算總表") == name_key("一般公共预算支出决算总表")


@given(st.lists(MIXED, min_size=1, max_size=8))
def test_what_is_printed_can_always_be_told(lines: list[str]) -> None:
    printed = pages(lines)
    folding = folding_of(printed)
    if folding is not None:
        assert folding.restore(folding.fold(printed)) == printed


def test_the_more_frequent_of_two_characters_takes_the_simplified_form() -> None:
    folding = folding_of(pages(["於是用於單位預算，生於于家"]))
    assert folding is not None
    (page,) = folding.fold(pages(["用於于家"]))
    assert isinstance(page.blocks[0], TextLine)
    assert page.blocks[0].text == "用于於家"


@pytest.mark.parametrize(
    "text", ["乾县财政局2031年部门预算收支总表及情况说明，各项经费按定额编列", "abc 12", ""]
)
def test_simplified_documents_are_read_as_they_are(text: str) -> None:
    assert folding_of(pages([text])) is None


@pytest.fixture(scope="module")
def traditional(tmp_path_factory: pytest.TempPathFactory) -> Document:
    cover, tables, prose = Canvas(), Canvas(), Canvas()
    for place, line in enumerate(("臨江縣政府水利處", "單位預算", "中華民國120年度")):
        cover.text(150, 100 + 40 * place, line, 20)
    tables.text(200, 60, "歲出機關別預算表", 14)
    tables.text(200, 80, "中華民國120年度")
    tables.text(400, 95, "單位：新臺幣千元")
    rows = [
        ("科目", "本年度預算數", "上年度預算數", "說明"),
        ("合計", "1,250", "1,130", ""),
        ("一般行政", "850", "800", "人員維持費等"),
        ("水利工程", "400", "330", "辦理治水後續計畫"),
    ]
    edges = [60, 160, 250, 340, 500]
    tables.grid([float(x) for x in edges], [110.0, 135.0, 160.0, 185.0, 210.0])
    for down, row in enumerate(rows):
        for left, text in zip(edges, row, strict=False):
            tables.text(left + 5, 115 + 25 * down, text, 9)
    prose.text(80, 40, "壹、總說明", 14)
    prose.text(80, 60, "一、歲出編列情形", 14)
    prose.text(80, 90, "本年度歲出預算編列1億2,500萬9千元，較上年度減少1,200萬元，主要係工程減少。", 10)
    path = write_pdf(tmp_path_factory.mktemp("script") / "a.pdf", [cover, tables, prose])
    return read_document(path)


def test_a_budget_in_traditional_characters_is_known(traditional: Document) -> None:
    found = traditional.identity
    assert (found.organization, found.fiscal_year, found.kind) == ("臨江縣政府水利處", 2031, "budget")
    assert (found.level, found.government_level, found.district) == ("unit", "district", "臨江縣")


def test_its_tables_are_read_and_stay_as_printed(traditional: Document) -> None:
    (table,) = traditional.tables
    assert (table.title, table.unit) == ("歲出機關別預算表", "千元")
    assert [(c.path, c.fiscal_year, c.is_text) for c in table.columns] == [
        (("本年度預算數",), 2031, False),
        (("上年度預算數",), 2030, False),
        (("說明",), None, True),
    ]
    assert [(row.label, row.kind) for row in table.rows] == [
        ("合計", "total"),
        ("一般行政", "item"),
        ("水利工程", "item"),
    ]
    assert [(c.text, c.unit) for c in table.rows[2].cells[::2]] == [
        ("400", "千元"),
        ("辦理治水後續計畫", None),
    ]


def test_its_chapters_are_numbered_in_characters_of_their_own(traditional: Document) -> None:
    assert traditional.passages[-1].section == ("壹、總說明", "一、歲出編列情形")


def test_its_statements_are_read(traditional: Document) -> None:
    (statement,) = traditional.statements
    assert [(f.text, f.value, f.unit, f.role, f.direction) for f in statement.figures] == [
        ("1億2,500萬9千元", 125_009_000, "元", "amount", None),
        ("1,200萬元", 1_200, "万元", "change", "decrease"),
    ]
    assert statement.reason == "工程減少"


def test_a_grid_is_folded_cell_by_cell() -> None:
    printed = pages([grid("預算科目|金額")])
    folding = folding_of(printed)
    assert folding is not None
    assert folding.fold(printed) == pages([grid("预算科目|金额")])


@pytest.fixture(scope="module")
def engine(traditional: Document) -> Engine:
    return Engine(Shelf([traditional]))


@pytest.mark.parametrize(
    ("question", "figure", "quote"),
    [
        ("水利工程120年度預算數是多少？", "400 千元", "400"),
        ("水利工程2031年预算数是多少？", "400 千元", "400"),
        ("水利工程2031年预算是多少万元？", "40 万元", "400"),
        ("一般行政2031年預算比2030年增加多少？", "50 千元", "850"),
        ("歲出預算編列多少？", "125,009,000 元", "1億2,500萬9千元"),
        ("岁出预算编列多少万元？", "12,500.9 万元", "1億2,500萬9千元"),
    ],
)
def test_questions_in_either_script_are_answered(
    engine: Engine, question: str, figure: str, quote: str
) -> None:
    answer = check(engine.answer(question))
    assert answer.status == "answered"
    assert figure in answer.text
    assert any(quote in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("question", ["歲出預算為什麼減少？", "岁出预算为什么减少？"])
def test_reasons_are_quoted_as_printed(engine: Engine, question: str) -> None:
    answer = check(engine.answer(question))
    assert "主要係工程減少" in answer.text

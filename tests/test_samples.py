"""The samples: typeset as their tables of figures say, repeatable, and asked about truthfully."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

import pdfplumber
import pytest
from shelves import Shelf

from eval.formats import answer_from, read_questions
from eval.quotes import Sources
from eval.runner import answer_lines
from eval.samples import (
    ABOVE,
    LEFT,
    FontMissingError,
    SampleBudget,
    SampleTable,
    find_font,
    read_budgets,
    typeset,
)
from eval.score import Verdict, add_up, error_counts, judge
from ingest import read_document
from ingest.model import Document, Row, Table
from ingest.values import name_key, parse_number, squeeze
from qa.engine import Engine

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
BUDGETS = read_budgets()
QUESTIONS = read_questions(SAMPLES / "questions.jsonl")
TYPES = {
    "lookup", "arithmetic", "compare", "rank", "list", "reason", "definition", "text",
    "no_answer", "ambiguous", "audit",
}  # fmt: skip


LEAST_ACCURACY = 0.975
"""Of the questions asked of both samples together, without the model of meanings. It only rises."""


@cache
def sample(file_name: str) -> Document:
    return read_document(SAMPLES / file_name)


@lru_cache
def pages_of(file_name: str) -> tuple[tuple[str, list[list[list[str | None]]]], ...]:
    """Each page's text and tables, as pdfplumber reads them."""
    with pdfplumber.open(SAMPLES / file_name) as pdf:
        return tuple((page.extract_text(), page.extract_tables()) for page in pdf.pages)


def printed_rows(budget: SampleBudget, table: SampleTable) -> list[list[str]]:
    """The table's rows read back from its pages, headers and continuation marks left out."""
    rows = []
    for text, tables in pages_of(budget.file_name):
        title = re.compile(re.escape(squeeze(table.title)) + r"(\(续\d+\))?")
        if tables and any(title.fullmatch(squeeze(line)) for line in text.splitlines()[:3]):
            rows += [[squeeze(cell or "") for cell in row] for row in tables[0][len(table.header) :]]
    return rows


def typed_rows(table: SampleTable) -> list[list[str]]:
    return [["" if cell in (LEFT, ABOVE) else squeeze(cell) for cell in row] for row in table.rows]


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda b: b.file_name)
def test_the_pdf_holds_its_table_of_figures(budget: SampleBudget) -> None:
    for table in budget.tables:
        assert printed_rows(budget, table) == typed_rows(table), table.title


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda b: b.file_name)
def test_the_committed_file_is_what_the_generator_makes(budget: SampleBudget) -> None:
    try:
        font = find_font()
    except FontMissingError as problem:
        pytest.skip(str(problem))
    if "wqy" not in font.name:
        pytest.skip(f"the committed samples use another font than {font.name}")
    made = typeset(budget, font)
    assert made == typeset(budget, font)
    assert made == (SAMPLES / budget.file_name).read_bytes()


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda b: b.file_name)
def test_files_stay_small(budget: SampleBudget) -> None:
    assert (SAMPLES / budget.file_name).stat().st_size < 300_000


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda b: b.file_name)
def test_prose_figures_stand_in_the_text(budget: SampleBudget) -> None:
    text = squeeze("".join(text for text, _ in pages_of(budget.file_name)))
    for _, words in budget.prose:
        for figure in re.findall(r"\d[\d,]*\.\d+", words):
            assert figure in text


def test_the_generator_refuses_a_ragged_table() -> None:
    from eval.samples import _table

    with pytest.raises(ValueError, match="expected 2"):
        _table({"title": "表", "header": "甲 | 乙", "rows": "一 | 1 | 2", "widths": [1, 1]}, "元")


def test_there_are_questions_of_every_type_in_both_languages() -> None:
    assert len(QUESTIONS) >= 60
    assert set(Counter(q.type for q in QUESTIONS)) == TYPES
    assert Counter(q.language for q in QUESTIONS).keys() == {"zh", "en"}
    assert sum(q.language == "en" for q in QUESTIONS) >= 10


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_gold_evidence_stands_on_its_page(question: object) -> None:
    from eval.formats import Question

    assert isinstance(question, Question)
    names = {budget.file_name for budget in BUDGETS}
    assert set(question.documents) <= names
    if question.expect.status == "answered":
        assert question.expect.evidence
    for evidence in question.expect.evidence:
        assert evidence["doc"] in question.documents
        text, tables = pages_of(evidence["doc"])[evidence["page"] - 1]
        cells = [cell for table in tables for row in table for cell in row if cell]
        assert name_key(evidence["quote"]) in name_key(text + "\n" + "\n".join(cells))
        if "row" in evidence:
            assert any(
                name_key(evidence["row"]) in name_key("".join(cell or "" for cell in row))
                and any(name_key(evidence["quote"]) == name_key(cell or "") for cell in row)
                for table in tables
                for row in table
            ), f"{evidence} is no row of the page"


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.type == "lookup"], ids=lambda q: q.id)
def test_a_looked_up_figure_is_what_its_evidence_quotes(question: object) -> None:
    from eval.formats import Question

    assert isinstance(question, Question)
    for figure in question.expect.figures:
        assert figure.value is not None
        quoted = [
            parse_number(q)
            for e in question.expect.evidence
            for q in re.findall(r"[\d,]*\d(?:\.\d+)?", e["quote"])
        ]
        assert any(q in (figure.value, figure.value * 10_000, figure.value / 10_000) for q in quoted)


def halves(table: SampleTable) -> dict[str | None, tuple[int, int]]:
    """The column span of each side of a side-by-side table; of the whole table, for others."""
    sides = [
        (i, squeeze(cell)) for i, cell in enumerate(table.header[0]) if squeeze(cell) in ("收入", "支出")
    ]
    if len(sides) != 2:
        return {None: (0, len(table.widths))}
    (start, first), (middle, second) = sides
    return {first: (start, middle), second: (middle, len(table.widths))}


def _own_texts(above: Row | None, row: Row) -> list[str]:
    """What a row prints itself, without what a cell that is merged over it prints above."""
    places = [None if above is None else cell.place for cell in (above or row).cells]
    return [
        "" if cell.place == place else squeeze(cell.text)
        for cell, place in zip(row.cells, places, strict=True)
    ]


def _ends_in(rows: list[list[str]], column: int, names: list[str]) -> bool:
    return all(row[column].endswith(name) for row, name in zip(rows, names, strict=True))


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda b: b.file_name)
def test_our_reader_gives_every_cell_of_every_table(budget: SampleBudget) -> None:
    document = sample(budget.file_name)
    assert document.identity.organization == budget.organization
    assert all(table.unit == budget.tables[0].unit for table in document.tables)
    read = {(table.title, table.side): table for table in document.tables}
    for table in budget.tables:
        for side, (start, end) in halves(table).items():
            found = read.pop((table.title, side))
            typed = [row[start:end] for row in typed_rows(table)]
            typed = [row for row in typed if any(row)]
            named = [squeeze(row.label) for row in found.rows]
            label = next((i for i in range(end - start) if _ends_in(typed, i, named)), 0)
            values = [[*row[:label], *row[label + 1 :]][-len(found.columns) :] for row in typed]
            rows_above = [None, *found.rows][:-1]
            own = [_own_texts(*rows) for rows in zip(rows_above, found.rows, strict=True)]
            assert own == values, table.title
            for row, cells in zip(found.rows, typed, strict=True):
                assert any(cell.endswith(squeeze(row.label)) for cell in cells), table.title
    assert not read


def sum_up(rows: Iterable[Row], column: int) -> Decimal:
    return sum((row.cells[column].value or Decimal(0) for row in rows), Decimal(0))


def wholes_and_parts(table: Table) -> Iterator[tuple[list[Row], list[Row]]]:
    """Account and those one level below it; unit and its accounts; total and classes."""
    accounts = [(re.sub(r"\D", "", row.code), row) for row in table.rows if row.code and not row.unit_code]
    for code in {code for code, _ in accounts}:
        yield [r for c, r in accounts if c == code], [r for c, r in accounts if c[:-2] == code]
    for unit in table.rows:
        if unit.unit_code and unit.kind == "unit":
            yield [unit], [r for r in table.rows if r.code and r.unit_code == unit.unit_code]
        elif unit.kind == "total":
            yield [unit], [r for c, r in accounts if len(c) == 3]


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda b: b.file_name)
def test_the_figures_add_up(budget: SampleBudget) -> None:
    checked = 0
    for table in sample(budget.file_name).tables:
        for wholes, parts in wholes_and_parts(table):
            for column, header in enumerate(table.columns) if parts else ():
                if not header.is_text and wholes[0].cells[column].unit != "%":
                    printed, added = sum_up(wholes, column), sum_up(parts, column)
                    assert printed == added, (table.title, wholes[0].label, header.path)
                    checked += 1
    assert checked >= 100


@cache
def verdicts() -> tuple[Verdict, ...]:
    engine = Engine(Shelf([sample(budget.file_name) for budget in BUDGETS]))
    answers = {line["id"]: answer_from(line) for line in answer_lines(QUESTIONS, engine)}
    sources = Sources([SAMPLES])
    return tuple(judge(q, answers.get(q.id), sources.fault) for q in QUESTIONS)


def test_as_many_answers_are_right_and_cited_as_before() -> None:
    wrong = [f"{v.id} {v.errors} {v.question}: {'; '.join(v.reasons)}" for v in verdicts() if v.errors]
    assert add_up(verdicts()).accuracy >= LEAST_ACCURACY, "\n".join(wrong)


def test_no_answer_makes_anything_up() -> None:
    """No number without a source, no false quote, no answer where none is right, none that fails."""
    assert error_counts(verdicts()).keys().isdisjoint({"untraced", "misquoted", "answered", "failed"})

"""Generated documents: consistent figures, one truth for what is printed, and files that hold it."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.corpus import pdf, truth, writers
from eval.corpus.generate import generate
from eval.corpus.model import GeneratedDocument, GeneratedTable, Section, WrittenPages
from eval.corpus.plant import PLANTERS
from eval.corpus.style import UnknownFamilyError, families
from ingest.script import simplified
from ingest.values import parse_number, squeeze

FAMILIES = families()
documents = st.builds(generate, st.sampled_from(FAMILIES), st.integers(0, 10_000), scale=st.integers(1, 3))


def test_there_are_layout_families_of_every_kind() -> None:
    made = [generate(family, seed) for family in FAMILIES for seed in range(6)]
    assert len(FAMILIES) >= 6
    assert {d.identity.government_level for d in made} == {"province", "city", "district"}
    assert {d.identity.kind for d in made} == {"budget", "final_account"}
    tables = [table for document in made for table in document.tables]
    assert {t.ruling for t in tables} == {"single", "hairline", "double", "filled", "open", "none"}
    assert {t.unit for t in tables} == {"元", "千元", "万元", "百万元", None}
    assert max(t.header_height for t in tables) == 4
    assert {t.landscape for t in tables} == {t.turned for t in tables} == {True, False}
    zeros = {c.text for t in tables for truth in t.truths for r in truth.rows for c in r.cells if not c.value}
    assert {None, "0.00", "—", "无"} <= zeros


@given(documents)
@settings(max_examples=40, deadline=None)
def test_every_position_of_a_grid_is_covered_at_most_once(document: GeneratedDocument) -> None:
    for table in document.tables:
        covered = Counter(
            (cell.row + row, cell.column + column)
            for cell in table.grid_cells()
            for row in range(cell.row_span)
            for column in range(cell.column_span)
        )
        assert max(covered.values()) == 1
        head = {(r, c) for r in range(table.header_height) for c in range(table.column_count)}
        assert head <= covered.keys()
        assert max(column for _, column in covered) < table.column_count


@given(documents)
@settings(max_examples=40, deadline=None)
def test_the_truth_is_what_the_rows_print(document: GeneratedDocument) -> None:
    for table in document.tables:
        for true_table in table.truths:
            for row in true_table.rows:
                printed = Counter(cell.text for cell in table.body[row.printed_row])
                true = Counter(cell.text for cell in row.cells if cell.text is not None)
                assert not true - printed
                assert len(row.cells) == len(true_table.columns)
                assert row.path[-1:] == ((row.label,) if row.label else ())
                for cell in row.cells:
                    assert cell.value is None or parse_number(cell.text or "") == cell.value


def top_sums(table: GeneratedTable) -> list[tuple[Decimal, Decimal]]:
    """Each printed 合计 of a whole table with the sum of the rows that stand outermost."""
    found = []
    for true_table in table.truths:
        tops = [row for row in true_table.rows if len(row.path) == 1]
        whole = [row for row in tops if simplified(row.label) in ("合计", "总计") and not true_table.side]
        parts = [row for row in tops if row not in whole]
        for row, column in itertools.product(whole, range(len(true_table.columns))):
            money = row.cells[column].unit in ("元", "千元", "万元", "百万元")
            values = [part.cells[column].value or Decimal(0) for part in parts]
            if money and len(parts) > 1 and row.cells[column].value is not None:
                found.append((row.cells[column].value or Decimal(0), sum(values, Decimal(0))))
    return found


@given(documents)
@settings(max_examples=40, deadline=None)
def test_printed_parts_add_up_to_printed_totals(document: GeneratedDocument) -> None:
    sums = [pair for table in document.tables for pair in top_sums(table)]
    assert sums
    assert all(whole == parts for whole, parts in sums)


@given(documents)
@settings(max_examples=20, deadline=None)
def test_both_halves_of_the_first_table_end_in_one_total(document: GeneratedDocument) -> None:
    halves = next(table.truths for table in document.tables if len(table.truths) > 1)
    last = [half.rows[-1] for half in halves]
    ends = [row.cells[0].value for row in last if simplified(row.label).endswith(("合计", "总计"))]
    assert len(ends) >= 2
    assert len(set(ends)) == 1


@given(documents)
@settings(max_examples=20, deadline=None)
def test_sentences_state_their_figures(document: GeneratedDocument) -> None:
    assert document.statements
    for statement in document.statements:
        rest = statement.quote
        for figure in statement.figures:
            rest = rest.split(figure.text, 1)[1]
            assert parse_number(re.match(r"[\d,.]+", figure.text)[0]) == figure.value  # type: ignore[index]


@given(st.sampled_from(FAMILIES), st.integers(0, 10_000), st.integers(1, 8))
@settings(max_examples=20, deadline=None)
def test_contradictions_are_printed_and_recorded(family: str, seed: int, count: int) -> None:
    document = generate(family, seed, contradictions=count)
    assert len(document.contradictions) == count
    prose = [p.text for part in document.parts if isinstance(part, Section) for p in part.paragraphs]
    for contradiction in document.contradictions[-1:]:
        place = contradiction.places[0]
        assert contradiction.printed != contradiction.expected
        if place.table is None:
            assert place.quote is not None
            assert any(place.quote in text for text in prose)
        else:
            table = document.tables[place.table]
            row = table.truths[place.truth].rows[place.row or 0]
            assert row.cells[place.column or 0].text == contradiction.printed
            assert contradiction.printed in [cell.text for cell in table.body[row.printed_row]]


def test_traditional_documents_print_no_simplified_characters() -> None:
    """千元 and 元 are written alike; the year is that of 民國."""
    document = generate("traditional_budget", 1)
    year = document.identity.fiscal_year or 0
    assert f"民國{year - 1911}年度" in document.title
    texts = [document.title, *(cell.text for table in document.tables for cell in table.grid_cells())]
    assert any(simplified(text) != text for text in texts)
    assert not {"预", "项", "总", "费"} & set("".join(texts))


def test_every_kind_of_contradiction_can_be_planted() -> None:
    planted = generate("city_budget", 3, contradictions=len(PLANTERS)).contradictions
    assert {c.kind for c in planted} == {"sum", "growth", "cross", "text"}


@given(st.sampled_from(FAMILIES), st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_no_sentence_holds_two_contradictions(family: str, seed: int) -> None:
    places = [c.places[0] for c in generate(family, seed, contradictions=8).contradictions]
    quotes = [place.quote for place in places if place.table is None]
    assert len(quotes) == len(set(quotes))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        document = generate("turned_budget", 5, scale=1, most_tables=2)
        paths.append(writers.write(document, tmp_path / name, "pdf"))
    first, second = paths
    assert first.read_bytes() == second.read_bytes()
    assert truth_file(first) == truth_file(second)


def page_texts(path: Path) -> list[str]:
    written = pdfium.PdfDocument(path)
    try:
        return [squeeze(page.get_textpage().get_text_range()) for page in written]
    finally:
        written.close()


def truth_file(path: Path) -> str:
    return path.with_name(path.name + ".truth.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("family", "seed"), [("city_budget", 2), ("district_account", 1), ("unit_budget", 1)]
)
def test_rows_stand_on_the_pages_that_the_truth_names(tmp_path: Path, family: str, seed: int) -> None:
    path = writers.write(generate(family, seed), tmp_path, "pdf")
    texts = page_texts(path)
    tables = json.loads(truth_file(path))["tables"]
    assert any(len(table["pages"]) > 1 for table in tables)
    for table in tables:
        assert squeeze(table["title"]) in texts[table["pages"][0] - 1]
        for row in table["rows"]:
            assert row["page"] in table["pages"]
            for text in row["cells"]:
                if text is not None and len(text) < 12:
                    assert squeeze(text) in texts[row["page"] - 1]


def test_a_turned_page_is_shown_lying(tmp_path: Path) -> None:
    path = writers.write(generate("turned_budget", 5, scale=1, most_tables=1), tmp_path, "pdf")
    written = pdfium.PdfDocument(path)
    shown = [(page.get_rotation(), page.get_width() > page.get_height()) for page in written]
    written.close()
    assert (90, True) in shown


def test_the_truth_has_the_fields_of_the_outside_formats() -> None:
    document = generate("province_budget", 1, contradictions=2)
    content = truth.truth_of(document, WrittenPages.none(document), "a.html")
    for table in content["tables"]:
        assert table.keys() == {"title", "number", "unit", "side", "pages", "columns", "rows", "notes"}
        assert table["pages"] == []
    assert content["contradictions"][0].keys() >= {"doc", "kind", "severity", "rule", "where", "places"}


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(UnknownFamilyError, match="city_budget"):
        generate("nothing", 1)


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(writers.UnknownFormatError, match="pdf, xlsx"):
        writers.write(generate("city_budget", 1), tmp_path, "odt")


def test_long_texts_go_on_over_the_page(tmp_path: Path) -> None:
    path = writers.write(generate("city_budget", 2, scale=3), tmp_path, "pdf")
    texts = page_texts(path)
    broken = [
        text
        for table in json.loads(truth_file(path))["tables"]
        for row in table["rows"]
        for text in row["cells"]
        if text is not None
        and len(text) > 40
        and squeeze(text[-6:]) not in texts[row["page"] - 1]
        and squeeze(text[-6:]) in texts[row["page"]]
    ]
    assert broken


def test_pages_are_those_of_each_table(tmp_path: Path) -> None:
    document = generate("district_budget", 1, scale=1)
    pages = pdf.write(document, tmp_path / "a.pdf")
    assert len(pages.tables) == len(document.tables)
    for stands, table in zip(pages.tables, document.tables, strict=True):
        assert len(stands.rows) == len(table.body)
        assert set(stands.rows) <= set(stands.pages)
        assert list(stands.pages) == sorted(stands.pages)

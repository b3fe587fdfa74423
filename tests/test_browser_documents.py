"""The Documents and Audit tabs in a real browser: progress, stopping, sorting, filtering, findings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_visit import Visit, needs_browser, serving
from small_world import no_model
from test_documents_screen import contradicting as contradicting
from test_documents_screen import text_file

from faces.desk import LocalDesk
from index_store.intake import ingest_files
from index_store.store import Store

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser


@pytest.fixture
def audited(tmp_path: Path, contradicting: Path) -> Iterator[str]:
    """The page over a document that contradicts itself, and two without tables."""
    desk = LocalDesk(Store.open(tmp_path / "store", embedder=no_model))
    texts = [
        text_file(
            tmp_path / "in",
            f"{year}年样例市{who}局部门预算.txt",
            f"{year}年样例市{who}局部门预算\n\n收入10万元。",
        )
        for who, year in (("水务", 2022), ("交通", 2023))
    ]
    ingest_files(desk.store, [contradicting, *texts])
    with serving(desk) as address:
        yield address


@pytest.fixture(params=["zh", "en"])
def auditing(request: pytest.FixtureRequest, browser: Any, audited: str) -> Iterator[Visit]:
    made = Visit(browser, audited, request.param)
    yield made
    made.close()


def test_many_files_at_once_get_their_verdicts(visit: Visit, tmp_path: Path) -> None:
    files = [
        text_file(
            tmp_path / "in",
            f"{year}年样例市财政局部门预算.txt",
            f"{year}年样例市财政局部门预算\n\n收入{year}万元。",
        )
        for year in range(2001, 2021)
    ]
    visit.tab("tab_documents")
    visit.page.locator("#upload input[type=file]").set_input_files(files)
    playwright.expect(visit.page.locator("#verdicts .verdicts li")).to_have_count(20, timeout=60_000)
    playwright.expect(visit.page.locator("#verdicts .total")).to_contain_text("20")
    playwright.expect(visit.page.locator("#listing tbody tr")).to_have_count(21)
    playwright.expect(visit.page.locator("#upload input[type=file]")).to_be_attached()


def test_the_list_is_filtered_and_sorted_and_stays_so(auditing: Visit) -> None:
    auditing.tab("tab_documents")
    rows = auditing.page.locator("#listing tbody tr:visible")
    playwright.expect(rows).to_have_count(3)
    box = auditing.page.locator("#listing-filter").locator("input, textarea")
    box.fill("水务 2022")
    playwright.expect(rows).to_have_count(1)
    box.fill("nowhere")
    playwright.expect(rows).to_have_count(0)
    box.fill("")
    year = auditing.page.locator("#listing th", has_text=auditing.said["list_year"])
    year.get_by_role("button").click()
    playwright.expect(year).to_have_attribute("aria-sort", "ascending")
    assert [text[:4] for text in rows.locator("td:nth-child(2)").all_inner_texts()] == [
        "2022",
        "2023",
        "2024",
    ]
    year.get_by_role("button").press("Enter")
    assert [text[:4] for text in rows.locator("td:nth-child(2)").all_inner_texts()] == [
        "2024",
        "2023",
        "2022",
    ]
    auditing.tab("tab_ask")
    auditing.tab("tab_documents")  # the list comes anew
    auditing.page.wait_for_timeout(500)
    assert [text[:4] for text in rows.locator("td:nth-child(2)").all_inner_texts()] == [
        "2024",
        "2023",
        "2022",
    ]


def test_a_contradiction_is_shown_at_both_places_and_exported(auditing: Visit, contradicting: Path) -> None:
    auditing.tab("tab_documents")
    auditing.page.locator("#listing tr", has_text=contradicting.name).locator(".audit").click()
    finding = auditing.page.locator("#audit-found .findings li").first
    playwright.expect(finding).to_contain_text("30.00")
    playwright.expect(finding).to_contain_text("35.00")
    finding.locator(".both").click()
    sides = auditing.page.locator("#audit-evidence .side")
    playwright.expect(sides).to_have_count(2)
    playwright.expect(sides.first.locator("blockquote")).to_contain_text("30.00")
    with auditing.page.expect_download() as caught:
        auditing.page.locator("#audit-found .save[data-form=csv]").click()
    rows = list(csv.DictReader(io.StringIO(caught.value.path().read_text("utf-8-sig"))))
    assert rows[0]["printed"] == "30.00"


def test_the_file_of_a_document_is_saved_as_it_came(auditing: Visit, contradicting: Path) -> None:
    auditing.tab("tab_documents")
    line = auditing.page.locator("#listing tr", has_text=contradicting.name)
    with auditing.page.expect_download() as caught:
        line.locator("a.source").click()
    assert caught.value.suggested_filename == contradicting.name
    assert caught.value.path().read_bytes() == contradicting.read_bytes()

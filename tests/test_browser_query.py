"""The Query tab in a real browser: filter, see the place, add up, turn pages, export, send the link."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from builders import make_document, make_table
from page_visit import Visit, needs_browser
from small_world import AMOUNTS, LABELS, World

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser


def rows(visit: Visit) -> Any:
    return visit.page.locator("#query-found tbody tr")


def fill(visit: Visit, field: str, text: str) -> None:
    box = visit.page.locator(f"#query-{field} input")
    box.fill(text)
    box.press("Enter")


def choose(visit: Visit, label: str) -> None:
    rows(visit).get_by_role("checkbox", name=label).check()


def test_a_figure_is_found_seen_and_added_up(visit: Visit) -> None:
    said, expect = visit.said, playwright.expect
    visit.tab("tab_query")
    expect(rows(visit)).to_have_count(3)
    fill(visit, "item", "招待费")
    expect(rows(visit)).to_have_count(1)
    expect(rows(visit)).to_contain_text(LABELS[2])
    visit.page.locator("#query-found .open").press("Enter")
    expect(visit.page.locator("#query-evidence .path")).to_contain_text(LABELS[2])
    expect(visit.page.locator("#query-evidence img").first).to_be_visible()
    choose(visit, LABELS[2])
    expect(visit.page.locator("#query-sum .total")).to_have_text("24.53 万元")
    fill(visit, "item", "")
    expect(rows(visit)).to_have_count(3)
    expect(visit.page.locator("#query-found .choose:checked")).to_have_count(1)
    choose(visit, LABELS[1])
    sum_ = visit.page.locator("#query-sum")
    expect(sum_.locator(".total")).to_have_text("71.33 万元")
    expect(sum_).to_contain_text("24.53 + 46.80")
    expect(sum_).not_to_contain_text(said["query_warn_parts"])
    choose(visit, LABELS[0])
    expect(sum_).to_contain_text(said["query_warn_parts"])
    sum_.locator("summary").click()
    sum_.locator(".place", has_text="2").click()
    expect(visit.page.locator("#query-evidence .path")).to_contain_text(LABELS[1])
    sum_.locator(".drop").last.click()
    expect(sum_.locator(".total")).to_have_text("71.33 万元")
    sum_.locator(".clear").click()
    expect(sum_.locator(".total")).to_have_count(0)
    expect(visit.page.locator("#query-found .choose:checked")).to_have_count(0)


def test_a_link_brings_the_query_back(browser: Any, served: tuple[World, str]) -> None:
    visit = Visit(browser, served[1], "zh")
    visit.tab("tab_query")
    fill(visit, "from", "30")
    playwright.expect(rows(visit)).to_have_count(2)
    fill(visit, "item", "出国")
    playwright.expect(rows(visit)).to_have_count(1)
    visit.page.locator("#query-year input").click()
    visit.page.get_by_role("option", name="2017").click()
    visit.page.keyboard.press("Escape")
    link = visit.page.locator("#query-found .link")
    playwright.expect(link).to_have_attribute("href", re.compile("year=2017"))
    link.click()
    playwright.expect(link).to_have_text(visit.said["query_link_copied"])
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(served[1] + "?query=")
    visit.page.goto("about:blank")
    visit.page.goto(copied)
    playwright.expect(rows(visit)).to_have_count(1)
    playwright.expect(visit.page.locator("#query-item input")).to_have_value("出国")
    playwright.expect(visit.page.locator("#query-from input")).to_have_value("30")
    playwright.expect(visit.page.locator("#query-year")).to_contain_text("2017")
    visit.page.locator("#query-reset").click()
    playwright.expect(rows(visit)).to_have_count(3)
    playwright.expect(visit.page.locator("#query-item input")).to_have_value("")
    visit.close()


def test_pages_are_turned_and_all_of_it_exported(browser: Any, served: tuple[World, str]) -> None:
    many = make_table(labels=tuple(f"第{n}项 <b>&" for n in range(60)), column_names=("数",))
    served[0].desk.store.add(make_document(tables=(many,)))
    visit = Visit(browser, served[1], "en", width=390)
    visit.tab("tab_query")
    fill(visit, "item", "项")
    pages = visit.page.locator("#query-found .pages")
    playwright.expect(pages).to_contain_text("1–50 of 60")
    visit.page.locator("#query-found .every").check()
    playwright.expect(visit.page.locator("#query-sum .total")).to_have_text("1,225 万元")
    pages.get_by_role("button", name=visit.said["query_next"]).click()
    playwright.expect(pages).to_contain_text("51–60 of 60")
    playwright.expect(rows(visit)).to_have_count(10)
    playwright.expect(visit.page.locator("#query-found .choose:checked")).to_have_count(0)
    playwright.expect(rows(visit).last).to_contain_text("第59项 <b>&")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= 390")
    with visit.page.expect_download() as download:
        visit.page.locator("#query-found .export[data-form=csv]").click()
    records = list(
        csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline=""))
    )
    assert [record["value"] for record in records] == [str(n) for n in range(60)]
    visit.close()


def test_what_is_no_amount_is_said(browser: Any, served: tuple[World, str]) -> None:
    visit = Visit(browser, served[1], "zh")
    visit.tab("tab_query")
    fill(visit, "from", "<i>很多")
    found = visit.page.locator("#query-found")
    playwright.expect(found).to_contain_text(visit.said["query_bad_amount"].format(typed="<i>很多"))
    fill(visit, "from", "7133000元")
    playwright.expect(found).to_contain_text(visit.said["query_none"])
    fill(visit, "from", "713300元")
    playwright.expect(rows(visit)).to_have_count(1)
    playwright.expect(rows(visit)).to_contain_text(AMOUNTS[0])
    visit.close()

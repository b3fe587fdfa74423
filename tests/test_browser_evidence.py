"""The evidence in a real browser: the marks on the page, turning, enlarging, comparing, saving."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from long_table import (
    GROUP_BOX,
    PAIR_QUESTION,
    amount_of,
    box_of,
    label_of,
    leaf_box,
    long_world,
)
from page_visit import Visit, needs_browser, serving
from PIL import Image
from small_world import SHARE_QUESTION, FixedEngine, World, document_of

from ingest.model import BBox

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser

PAGE_WIDTH = 595.28
"""A4, in points."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page over the long table, its head printed on each page."""
    desk, _ = long_world(tmp_path_factory.mktemp("plain"))
    with serving(desk) as address:
        yield address


@pytest.fixture(scope="module")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same, its head printed on the first page alone."""
    desk, _ = long_world(tmp_path_factory.mktemp("headless"), repeated_head=False)
    with serving(desk) as address:
        yield address


def coloured(visit: Visit, box: BBox, colour: str) -> float:
    """How much of a box of the page (in points) is red, or yellow, as the browser shows it."""
    image = visit.page.locator("#evidence .page img").first
    image.evaluate("image => image.decode()")
    visit.page.locator("#evidence .sheet").first.evaluate(
        "(sheet, share) => sheet.scrollTo(0, share * sheet.scrollWidth)", (box[1] - 60) / PAGE_WIDTH
    )
    shown, sheet = image.bounding_box(), visit.page.locator("#evidence .sheet").first.bounding_box()
    scale = shown["width"] / PAGE_WIDTH
    clip = {
        "x": shown["x"] + box[0] * scale,
        "y": shown["y"] + box[1] * scale,
        "width": (box[2] - box[0]) * scale,
        "height": (box[3] - box[1]) * scale,
    }
    assert sheet["y"] <= clip["y"] < clip["y"] + clip["height"] <= sheet["y"] + sheet["height"], "in view"
    picture = Image.open(io.BytesIO(visit.page.screenshot(clip=clip))).convert("RGB")
    pixels = list(picture.getdata())
    is_it = {
        "red": lambda r, g, b: r > 150 and g < 120 and b < 120,
        "yellow": lambda r, g, b: r > 230 and b < 225,
    }
    return sum(is_it[colour](*pixel) for pixel in pixels) / len(pixels)


def edge_below(box: BBox) -> BBox:
    return box[0] + 10, box[3], box[2] - 10, box[3] + 3


@pytest.mark.parametrize("repeated", [True, False], ids=["head on each page", "head on the first page"])
def test_the_cell_is_framed_and_its_headings_lit_on_a_later_page_too(
    browser: Any, request: pytest.FixtureRequest, repeated: bool
) -> None:
    row, column = 25, 1
    visit = Visit(browser, request.getfixturevalue("plain" if repeated else "headless"), "zh")
    playwright.expect(visit.ask(f"{row} {column}")).to_contain_text(amount_of(row, column))
    playwright.expect(visit.page.locator("#evidence .turning")).to_contain_text("第 2 页 / 共 3 页")
    cell, other = (box_of(row, c, repeated_head=repeated) for c in (1, 0))
    assert coloured(visit, edge_below(cell), "red") > 0.2
    assert coloured(visit, edge_below(other), "red") == 0
    assert coloured(visit, box_of(row, -1, repeated_head=repeated), "yellow") > 0.5
    assert coloured(visit, box_of(row + 1, -1, repeated_head=repeated), "yellow") == 0
    if not repeated:
        above = box_of(row - 2, column, repeated_head=False)
        assert coloured(visit, above, "yellow") > 0.5, "the column is lit where its heading is not printed"
        visit.page.get_by_role("button", name=visit.said["mark_heading"]).click()
        playwright.expect(visit.page.locator("#evidence .turning")).to_contain_text("第 1 页 / 共 3 页")
    assert coloured(visit, leaf_box(1), "yellow") > 0.5
    assert coloured(visit, leaf_box(0), "yellow") == 0
    assert coloured(visit, GROUP_BOX, "yellow") > 0.5
    visit.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_turned_by_keyboard_and_the_focus_stays(browser: Any, plain: str, language: str) -> None:
    visit = Visit(browser, plain, language)
    visit.ask("3 0")
    number = visit.page.locator("#evidence .turning > span")
    for page, key in ((2, "page_next"), (3, "page_next"), (2, "page_previous")):
        visit.page.get_by_role("button", name=visit.said[key]).focus()
        visit.page.keyboard.press("Enter")
        playwright.expect(number).to_have_text(visit.said["page_of"].format(page=page, count=3))
        playwright.expect(visit.page.locator("#evidence :focus")).to_have_attribute(
            "aria-label", visit.said[key]
        )
    playwright.expect(visit.page.locator("#evidence .box")).to_have_count(0)
    visit.page.get_by_role("button", name=visit.said["page_back"]).click()
    playwright.expect(number).to_have_text(visit.said["page_of"].format(page=1, count=3))
    playwright.expect(visit.page.locator("#evidence .box.cited")).to_have_count(1)
    previous = visit.page.get_by_role("button", name=visit.said["page_previous"])
    playwright.expect(previous).to_have_attribute("aria-disabled", "true")
    visit.close()


def test_the_page_is_enlarged_by_buttons_keys_and_clicks(browser: Any, plain: str) -> None:
    visit = Visit(browser, plain, "zh")
    visit.ask("18 1")
    sheet, image = visit.page.locator("#evidence .sheet"), visit.page.locator("#evidence .page img")
    fit = image.bounding_box()["width"]

    def share() -> float:
        return round(image.bounding_box()["width"] / fit, 1)

    visit.page.get_by_role("button", name=visit.said["zoom_in"]).click()
    visit.page.get_by_role("button", name=visit.said["zoom_in"]).click()
    assert share() == 2.2
    playwright.expect(visit.page.locator("#evidence [data-zoom=fit]")).to_have_text("220%")
    visit.page.get_by_role("button", name=visit.said["page_next"]).click()
    playwright.expect(visit.page.locator("#evidence .turning")).to_contain_text("第 2 页")
    assert share() == 2.2, "the size stays when a page is turned"
    sheet.focus()
    for key, expected in (("-", 1.5), ("+", 2.2), ("0", 1.0)):
        visit.page.keyboard.press(key)
        assert share() == expected
    sheet.click(position={"x": 200, "y": 100})
    assert share() == 2.2
    sheet.click()
    assert share() == 1.0
    visit.close()


def test_a_mark_low_on_the_page_is_brought_into_view(browser: Any, plain: str) -> None:
    visit = Visit(browser, plain, "zh")
    visit.ask("19 1")
    visit.page.wait_for_function("document.querySelector('#evidence .sheet').scrollTop > 50")
    playwright.expect(visit.page.locator("#evidence .box.cited")).to_be_in_viewport()
    visit.close()


def test_another_source_is_chosen_in_the_panel(browser: Any, plain: str) -> None:
    visit = Visit(browser, plain, "zh")
    visit.ask("25 1")
    playwright.expect(visit.page.locator("#evidence .path")).to_contain_text(label_of(25))
    visit.page.locator("#evidence .chooser button", has_text="2").click()
    playwright.expect(visit.page.locator("#evidence .path")).to_contain_text(label_of(0))
    playwright.expect(visit.page.locator("#evidence .chooser :focus")).to_have_text("2")
    visit.close()


@pytest.mark.parametrize(("width", "is_beside"), [(1440, True), (390, False)])
def test_a_warning_shows_both_places(browser: Any, plain: str, width: int, is_beside: bool) -> None:
    visit = Visit(browser, plain, "en", width)
    answer = visit.ask(PAIR_QUESTION)
    answer.get_by_role("button", name=visit.said["compare"]).click()
    sides = visit.page.locator("#evidence .side")
    playwright.expect(sides).to_have_count(2)
    playwright.expect(sides.nth(0).locator(".path")).to_contain_text(label_of(3))
    playwright.expect(sides.nth(1).locator(".path")).to_contain_text(label_of(25))
    playwright.expect(sides.nth(1).locator(".box.cited")).to_be_attached()
    first, second = (sides.nth(number).bounding_box() for number in (0, 1))
    assert (first["x"] + first["width"] <= second["x"]) == is_beside
    assert (first["y"] + first["height"] <= second["y"]) == (not is_beside)
    sides.nth(1).get_by_role("button", name=visit.said["page_next"]).click()
    playwright.expect(sides.nth(1).locator(".turning")).to_contain_text("Page 3 of 3")
    playwright.expect(sides.nth(0).locator(".turning")).to_contain_text("Page 1 of 3")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.close()


def test_the_original_file_is_saved_under_its_name(browser: Any, served: tuple[World, str]) -> None:
    visit = Visit(browser, served[1], "en")
    visit.ask(SHARE_QUESTION)
    with visit.page.expect_download() as saving:
        visit.page.get_by_role("link", name=visit.said["source_download"]).click()
    assert saving.value.suggested_filename == served[0].file.name
    assert Path(saving.value.path()).read_bytes() == served[0].file.read_bytes()
    visit.close()


def test_a_table_without_pages_is_a_grid_whose_headings_stay(
    browser: Any, served: tuple[World, str], tmp_path: Path
) -> None:
    world, address = served
    text = tmp_path / "2017.txt"
    text.write_text("as read", encoding="utf-8")
    document = document_of(text, format_="txt")
    world.desk.store.add(document, text)
    world.desk._engine = FixedEngine(2, document)  # type: ignore[assignment]
    visit = Visit(browser, address, "zh")
    visit.ask(SHARE_QUESTION)
    playwright.expect(visit.page.locator("#evidence td.mark")).to_have_text("24.53")
    assert visit.page.locator("#evidence th.lit").all_inner_texts()[0] == "2017年预算"
    assert (
        visit.page.locator("#evidence thead").evaluate("head => getComputedStyle(head).position") == "sticky"
    )
    assert visit.page.locator("#evidence img").count() == 0
    visit.close()

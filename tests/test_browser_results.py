"""Charts, result tables and downloads in a real browser, over a sample that is really read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT
from openpyxl import load_workbook
from page_visit import Visit, needs_browser, serving
from PIL import Image
from small_world import no_model

from faces.charts import COLOURS
from faces.desk import LocalDesk
from index_store.intake import ingest_files
from index_store.store import Store

pytestmark = needs_browser

QUESTION = "2017年政务办各单位支出预算排名"
VALUES = ["9,251.49", "4,678.57", "1,021.28", "996.64"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = Store.open(tmp_path_factory.mktemp("results"), embedder=no_model)
    for _ in ingest_files(store, sorted((PROJECT / "samples").glob("2017*.pdf"))):
        pass
    with serving(LocalDesk(store)) as made:
        yield made


@pytest.fixture(scope="module", params=["zh", "en"])
def visit(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Visit]:
    made = Visit(browser, address, request.param)
    made.ask(QUESTION).locator(".results").wait_for()
    yield made
    made.close()


def saved(visit: Visit, form: str) -> tuple[str, bytes]:
    """Name and bytes of a file that a button of the answer gives."""
    with visit.page.expect_download() as download:
        visit.page.locator(f'.save[data-form="{form}"]').click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_chart_is_drawn_to_scale_and_labelled(visit: Visit) -> None:
    chart = visit.page.locator(".results .chart")
    assert chart.locator(".value").all_text_contents() == VALUES
    widths = [bar.bounding_box()["width"] for bar in chart.locator("rect").all()]
    values = [float(value.replace(",", "")) for value in VALUES]
    assert widths == pytest.approx([widths[0] * value / values[0] for value in values], abs=1)
    assert visit.page.get_by_role("img", name="广州市人民政府政务管理办公室 2017").count() == 1


def test_the_chart_follows_the_page_into_the_dark(visit: Visit) -> None:
    bar = visit.page.locator(".results .chart rect").first
    colour = "bar => getComputedStyle(bar).fill"
    light = bar.evaluate(colour)
    visit.page.evaluate("document.body.classList.add('dark')")
    assert bar.evaluate(colour) != light
    visit.page.evaluate("document.body.classList.remove('dark')")


def test_rows_are_sorted_from_the_keyboard(visit: Visit) -> None:
    visit.page.locator(".results summary").press("Enter")
    heading = visit.page.locator(".results th", has_text=visit.said["results_value"])
    values = visit.page.locator(".results td.value")
    for direction, order in (("ascending", VALUES[::-1]), ("descending", VALUES)):
        heading.get_by_role("button").press("Enter")
        assert heading.get_attribute("aria-sort") == direction
        assert values.all_text_contents() == order
    visit.page.locator(".results th", has_text=visit.said["results_item"]).get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "none"
    assert values.first.text_content() in VALUES[1:]
    visit.page.locator(".results summary").press("Enter")


def test_the_rows_are_saved_with_their_sources(visit: Visit) -> None:
    name, content = saved(visit, "xlsx")
    assert name.startswith("广州市人民政府政务管理办公室 2017")
    assert name.endswith(".xlsx")
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    headings, *rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert headings[:2] == [visit.said["results_item"], visit.said["results_value"]]
    assert [f"{Decimal(str(row[1])):,.2f}" for row in rows] == VALUES
    name, content = saved(visit, "csv")
    assert name.endswith(".csv")
    records = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [record[visit.said["column_quote"]] for record in records] == VALUES
    assert [record[visit.said["column_page"]] for record in records] == ["7", "7", "8", "8"]
    assert saved(visit, "csv")[1] == content  # asked for again, it comes again


def test_the_chart_is_saved_as_a_picture_for_print(visit: Visit) -> None:
    visit.page.evaluate("document.body.classList.add('dark')")
    name, content = saved(visit, "png")
    visit.page.evaluate("document.body.classList.remove('dark')")
    assert name.endswith(".png")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.width == 2 * (640 + 2 * 20)
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    counts = {colour: count for count, colour in picture.getcolors(picture.width * picture.height) or ()}
    blue = tuple(bytes.fromhex(COLOURS[0][1:]))
    assert counts[blue] > 20_000
    assert sum(count for colour, count in counts.items() if max(colour) < 60) > 2_000  # its letters


@pytest.mark.parametrize("width", [390, 1024])
def test_results_fit_a_narrow_window(browser: Any, address: str, width: int) -> None:
    visit = Visit(browser, address, "zh", width)
    answer = visit.ask(QUESTION)
    answer.locator(".results summary").click()
    chart = answer.locator(".chart")
    right = chart.evaluate("chart => chart.getBoundingClientRect().right")
    ends = [
        label.evaluate("text => text.getBoundingClientRect().right")
        for label in chart.locator(".value, .label, .unit").all()
    ]
    assert max(ends) <= right + 1
    assert right <= width
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert answer.evaluate("answer => answer.scrollWidth <= answer.clientWidth + 1")
    visit.close()

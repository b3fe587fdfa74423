"""Every screen under axe-core, in both languages, light and dark, wide and narrow: nothing serious."""

from __future__ import annotations

from typing import Any

import pytest
from page_visit import Visit, needs_browser
from small_world import SHARE_QUESTION, UNCLEAR_QUESTION, World

axe_sync = pytest.importorskip("axe_playwright_python.sync_playwright")
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser

GRAVE = ("serious", "critical")


def faults(visit: Visit) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own good practice, as far as it is grave."""
    found = axe_sync.Axe().run(visit.page).response["violations"]
    return [
        f"{fault['id']}: {fault['help']}: {node['target']} {node['html'][:160]}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


def walk(visit: Visit) -> list[str]:
    """The faults of each screen as a person comes by it."""
    met = faults(visit)
    visit.ask(UNCLEAR_QUESTION)
    visit.ask(SHARE_QUESTION)
    visit.page.locator("#evidence .sheet img").wait_for()
    met += faults(visit)
    visit.tab("tab_query")
    visit.page.locator("#query-found table").wait_for()
    met += faults(visit)
    visit.tab("tab_documents")
    visit.page.locator("#listing tbody tr").first.wait_for()
    met += faults(visit)
    visit.tab("tab_audit")
    visit.page.locator("#audit-found .clean, #audit-found .counts").wait_for()
    met += faults(visit)
    return met


def test_no_screen_has_a_serious_fault(visit: Visit) -> None:
    assert "\n".join(walk(visit)) == ""


def test_no_screen_has_a_serious_fault_in_the_dark(browser: Any, served: tuple[World, str]) -> None:
    visit = Visit(browser, served[1] + "?__theme=dark", "zh")
    assert "\n".join(walk(visit)) == ""
    visit.close()


def test_no_screen_has_a_serious_fault_on_a_telephone(browser: Any, served: tuple[World, str]) -> None:
    visit = Visit(browser, served[1], "en", width=390)
    assert "\n".join(walk(visit)) == ""
    visit.close()

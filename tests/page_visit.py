"""The page in a real browser, for the tests that drive it: ``conftest.py`` makes its fixtures known to all.

What needs Gradio or Playwright is imported when a fixture is used, so that other tests start without them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from faces.wording import Words, words

if TYPE_CHECKING:
    from small_world import World

    from faces.desk import LocalDesk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
"""How long a page may take to become as expected: the machine may have other work."""
LOCALES = {"zh": "zh-CN", "en": "en-GB"}

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
"""``pytestmark`` of a module that drives the browser."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=PATIENCE_MS)
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@contextmanager
def serving(desk: LocalDesk) -> Iterator[str]:
    """The page over a desk, at the address that is given; page and desk are closed at the end."""
    import app
    from faces.page_states import keep_lightly

    page = app.build_app(desk)
    settings = app.launch_settings("127.0.0.1", desk=desk)
    served, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **settings)
    keep_lightly(served, page)
    try:
        yield address
    finally:
        page.close()
        desk.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[World, str]]:
    """The small world and the address of the page over it."""
    from small_world import build_world

    world = build_world(tmp_path)
    with serving(world.desk) as address:
        yield world, address


class Visit:
    """One browser window on the page, with a log of every request that it makes."""

    def __init__(self, browser: Any, address: str, language: str, width: int = 1440) -> None:
        self.said: Words = words("zh" if language == "zh" else "en")
        context = browser.new_context(locale=LOCALES[language], viewport={"width": width, "height": 900})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = context.new_page()
        self.requested: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.arrive(address)

    def arrive(self, address: str) -> None:
        """Open the page and wait until it can be used."""
        self.page.goto(address)
        self.page.locator("#evidence .evidence").wait_for()

    def ask(self, question: str) -> Any:
        """Ask, and give the answer when it is there."""
        before = self.page.locator(".answer").count()
        self.page.locator("#question textarea").fill(question)
        self.page.keyboard.press("Enter")
        answer = self.page.locator(".answer").nth(before)
        answer.wait_for()
        return answer

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=self.said[name]).click()

    def foreign_requests(self) -> list[str]:
        return [
            url
            for url in self.requested
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1"
        ]

    def close(self) -> None:
        """Close the window; nothing was fetched from elsewhere, and no script failed."""
        assert self.foreign_requests() == []
        assert self.errors == []
        self.page.context.close()


@pytest.fixture(params=["zh", "en"])
def visit(request: pytest.FixtureRequest, browser: Any, served: tuple[World, str]) -> Iterator[Visit]:
    """A visit to the small world's page, once in each language."""
    made = Visit(browser, served[1], request.param)
    yield made
    made.close()

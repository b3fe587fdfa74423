"""Takes the pictures of the README: ``make screenshots``.

Starts the server over the samples in a store of its own, visits it with the system's Chromium as a
person would, and writes PNG files beside this script, in ``images/``.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright

from faces.wording import words
from qa.answer import Language

IMAGES = Path(__file__).parent / "images"
START_SECONDS = 180
LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
WINDOW: ViewportSize = {"width": 1280, "height": 800}
SETTLE_MS = 2500
"""Suggestions and pictures follow an answer."""

ASKED = {
    "zh": ("2017年政务办“三公”经费构成", "2017年政务办公务接待费占三公经费的百分之几？"),
    "en": (
        "What are the three largest projects of 政务办 in 2017?",
        "What share of the three public expenses were official receptions of 政务办 in 2017?",
    ),
}


@contextmanager
def server() -> Iterator[str]:
    """The address of a server over the samples, all read and learnt."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [str(Path(sys.executable).with_name("budget-qa")), "serve", "--samples"]
        command += ["--port", str(port), "--store", folder]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}/"
        try:
            _until_ready(address)
            yield address
        finally:
            running.terminate()
            running.wait()


def _until_ready(address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            event = httpx.post(f"{address}gradio_api/call/documents", json={"data": []}).json()["event_id"]
            told = httpx.get(f"{address}gradio_api/call/documents/{event}").text
            if told.count('"is_embedded": true') == 2:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"the server did not read the samples within {START_SECONDS} s")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with server() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language, locale in LOCALES.items():
            window = browser.new_context(locale=locale, viewport=WINDOW, device_scale_factor=1)
            page = window.new_page()
            page.goto(address)
            page.locator("#evidence .evidence").wait_for()
            _visit(page, language)
            window.close()
        browser.close()


def _visit(page: Page, language: Language) -> None:
    said = words(language)

    def take(name: str) -> None:
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=IMAGES / f"{name}.{language}.png")

    for name, question in zip(("ask-parts", "ask"), ASKED[language], strict=True):
        before = page.locator(".answer").count()
        page.locator("#question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(".answer").nth(before).wait_for()
        page.locator("#evidence .sheet img").first.wait_for()
        take(name)

    page.get_by_role("tab", name=said["tab_query"]).click()
    page.locator("#query-item").locator("input, textarea").fill("公务接待费")
    page.locator("#query-search").click()
    page.locator("#query-found .open").first.click()
    page.locator("#query-evidence .sheet img").first.wait_for()
    take("query")

    page.get_by_role("tab", name=said["tab_documents"]).click()
    page.locator("#listing tbody tr").first.wait_for()
    take("documents")

    page.get_by_role("tab", name=said["tab_audit"]).click()
    page.locator("#audit-found .clean, #audit-found .counts").wait_for()
    take("audit")


if __name__ == "__main__":
    main()

"""Logging in and out in a real browser, by keyboard, as a reader and as an editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from guarded import EDITOR, READER, Guarded, guarded
from page_visit import LOCALES, needs_browser
from small_world import SHARE_QUESTION

from faces.wording import words

pytestmark = needs_browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("guarded"), questions_per_minute=1) as served:
        yield served


@pytest.mark.parametrize(("language", "account"), [("zh", READER), ("en", EDITOR)])
def test_somebody_logs_in_asks_and_logs_out(
    browser: Any, server: Guarded, language: str, account: tuple[str, str]
) -> None:
    said = words(language)  # type: ignore[arg-type]
    context = browser.new_context(locale=LOCALES[language], viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.address)
    assert page.title().startswith(said["login_title"])
    for password, shown in (("a wrong password", "[role=alert]"), (account[1], "#question textarea")):
        page.keyboard.type(account[0])  # the name has the focus
        page.keyboard.press("Tab")
        page.keyboard.type(password)
        page.keyboard.press("Enter")
        page.locator(shown).wait_for()
    page.locator("#account").get_by_text(account[0]).wait_for()

    for _ in range(2):
        page.locator("#question textarea").fill(SHARE_QUESTION)
        page.keyboard.press("Enter")
        page.locator(".answer").first.wait_for()
    page.get_by_text(said["too_many_questions"].partition("{")[0]).wait_for()
    assert page.locator(".answer").count() == 1, "the conversation stays"

    page.get_by_role("tab", name=said["tab_documents"]).click()
    page.locator("#listing .document, #listing tr").first.wait_for()
    assert page.locator("#upload").is_visible() == (account is EDITOR)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=said["logout"]).click()
    page.get_by_role("button", name=said["login_button"]).wait_for()
    page.goto(server.address)
    assert page.url.endswith("/login")
    context.close()

"""Conversations kept, in a real browser: the drawer, the link to one answer, the ratings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from guarded import EDITOR, READER, guarded
from page_visit import Visit, needs_browser
from small_world import SHARE_QUESTION, World

from faces.wording import words

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser

HOSTILE = "<img src=x onerror=alert(1)> {{value}} ${1+1} `三公`"


def opened_drawer(visit: Visit) -> Any:
    visit.page.locator("#history-open").click()
    return visit.page.locator("#history-list .conversation")


def saved(visit: Visit, button: Any) -> str:
    with visit.page.expect_download() as download:
        button.click()
    return Path(download.value.path()).read_text("utf-8")


def test_a_conversation_is_found_gone_on_with_exported_and_deleted(visit: Visit) -> None:
    expect = playwright.expect
    visit.ask(SHARE_QUESTION)
    visit.ask(HOSTILE)
    page = visit.page
    page.reload()
    page.locator("#evidence .evidence").wait_for()
    expect(page.locator(".answer")).to_have_count(0)  # a page begins a new conversation
    visit.ask("2017年公务接待费预算是多少？")
    visit.ask("人口是多少？")

    entries = opened_drawer(visit)
    expect(entries).to_have_count(2)
    expect(entries.first).to_have_attribute("aria-current", "true")
    page.keyboard.type("三公")  # the search box has the focus; the words stand in the older one
    expect(entries).to_have_count(1)
    entries.click()
    expect(page.locator("#chat")).to_contain_text(HOSTILE)
    expect(page.locator("#chat .answer")).to_have_count(2)
    expect(entries).to_have_attribute("aria-current", "true")
    page.locator("#chat .cite").first.click()
    expect(page.locator("#evidence .path")).to_contain_text("公务接待费")
    visit.ask("那因公出国呢？")
    expect(entries).to_contain_text(visit.said["history_count"].format(count=3))

    lines = saved(visit, page.locator("#history-list li [data-form=jsonl]")).splitlines()
    asked = [json.loads(line) for line in lines]
    assert [line["question"] for line in asked] == [SHARE_QUESTION, HOSTILE, "那因公出国呢？"]
    assert asked[0]["calculations"][0]["value"] == "34.39"
    text = saved(visit, page.locator(".everything [data-form=md]"))
    assert text.count("\n# ") + text.startswith("# ") == 2
    assert "34.39%" in text

    delete = page.locator("#history-list li .doings button").last
    delete.click()
    expect(delete).to_have_text(visit.said["history_sure"])
    expect(entries).to_have_count(1)
    delete.click()
    expect(page.locator("#history-list")).to_contain_text(visit.said["history_nothing"])
    expect(page.locator(".answer")).to_have_count(0)  # it was the one that was shown
    page.keyboard.press("Escape")
    expect(page.locator("#history")).to_be_hidden()


def test_a_link_opens_one_answer_for_whom_it_belongs_to(browser: Any, served: tuple[World, str]) -> None:
    expect, address = playwright.expect, served[1]
    visit = Visit(browser, address, "zh")
    page = visit.page
    visit.ask("2017年公务接待费预算是多少？")
    visit.ask(SHARE_QUESTION)
    page.locator(".kept .copy").last.click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(address + "?answer=")
    page.goto(link)
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator(".answer")).to_contain_text("34.39")
    expect(page.locator("#evidence .path")).to_contain_text("公务接待费")
    visit.ask("2017年“三公”经费预算是多少？")
    expect(opened_drawer(visit)).to_have_count(2)  # asked on in a new conversation
    page.goto(address + "?answer=somebody-elses")
    expect(page.get_by_text(visit.said["not_found"])).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)
    visit.close()


def test_a_rating_is_kept_and_the_drawer_makes_way_in_a_narrow_window(
    browser: Any, served: tuple[World, str]
) -> None:
    expect, conversations = playwright.expect, served[0].desk.conversations
    small = Visit(browser, served[1], "en", width=390)
    page = small.page
    small.ask(SHARE_QUESTION)
    like, dislike = page.locator(".rate[data-rating=like]"), page.locator(".rate[data-rating=dislike]")
    like.click()
    dislike.click()
    expect(like).to_have_attribute("aria-pressed", "false")
    page.locator(".kept textarea").fill("分母应为<合计>")
    page.locator(".kept .comment button").click()
    small.ask("2017年公务接待费预算是多少？")
    expect(dislike.first).to_have_attribute("aria-pressed", "true")  # also while others come
    (rated,) = conversations.rated()
    assert (rated.question, rated.rating, rated.comment) == (SHARE_QUESTION, "dislike", "分母应为<合计>")

    expect(page.locator("#history")).to_be_hidden()
    page.locator("#restart").click()
    expect(page.locator(".answer")).to_have_count(0)
    opened_drawer(small).click()
    expect(page.locator("#history")).to_be_hidden()
    expect(page.locator(".answer")).to_have_count(2)
    expect(page.locator(".kept textarea").first).to_have_value("分母应为<合计>")
    dislike.first.click()
    expect(page.locator(".kept .comment").first).to_be_hidden()
    small.ask("人口是多少？")
    assert conversations.rated() == []
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    small.close()


def test_another_account_sees_nothing_of_it(browser: Any, tmp_path: Path) -> None:
    expect = playwright.expect
    with guarded(tmp_path) as server:
        own = logged_in(browser, server.address, EDITOR)
        own.locator("#question textarea").fill(SHARE_QUESTION)
        own.keyboard.press("Enter")
        token = own.locator(".kept").get_attribute("data-token")
        own.goto(f"{server.address}?answer={token}")
        expect(own.locator(".answer")).to_contain_text("34.39")
        other = logged_in(browser, f"{server.address}?answer={token}", READER)
        expect(other.get_by_text(words("en")["not_found"])).to_be_visible()
        other.locator("#history-open").click()
        expect(other.locator("#history-list")).to_contain_text(words("en")["history_empty"])
        expect(other.locator(".answer")).to_have_count(0)
        for page in (own, other):
            page.context.close()


def logged_in(browser: Any, address: str, account: tuple[str, str]) -> Any:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(address)
    for field, text in zip(("username", "password"), account, strict=True):
        page.locator(f"input[name={field}]").fill(text)
    page.keyboard.press("Enter")
    page.locator("#evidence .evidence").wait_for()
    return page

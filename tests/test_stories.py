"""Three people's work on the sample budgets, in a real browser, in both languages, with the real engine."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from guarded import EDITOR, READER, account_file
from page_visit import LOCALES, Visit, needs_browser
from small_world import no_model

from faces.desk import LocalDesk
from faces.gate import open_doors
from faces.settings import ServerSettings
from index_store.intake import ingest_files
from index_store.store import Store

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.pdf"))
OFFICE = "广州市人民政府政务管理办公室"

UNCLEAR = {"zh": "公务接待费预算是多少？", "en": "What is the budget for official receptions?"}
LARGEST = {
    "zh": "2017年政务办项目支出最大的三项是什么？",
    "en": "What are the three largest projects of 政务办 in 2017?",
}


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the samples in it, to be copied."""
    folder = tmp_path_factory.mktemp("samples") / "store"
    with Store.open(folder, embedder=no_model) as store:  # type: ignore[arg-type]
        assert {outcome.status for outcome in ingest_files(store, SAMPLES)} == {"added"}
    return folder


@pytest.fixture
def server(read_once: Path, tmp_path: Path) -> Iterator[str]:
    """The page over the samples, for people with accounts."""
    import app

    shutil.copytree(read_once, tmp_path / "store")
    desk = LocalDesk(Store.open(tmp_path / "store", embedder=no_model))  # type: ignore[arg-type]
    doors = open_doors(ServerSettings(auth_file=account_file(tmp_path / "accounts")))
    page = app.build_app(desk)
    settings = app.launch_settings("127.0.0.1", doors, {}, desk)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **settings)
    yield address
    page.close()
    desk.close()


class Person(Visit):
    """Somebody who logs in first."""

    def __init__(self, browser: Any, address: str, language: str, account: tuple[str, str]) -> None:
        self.account = account
        super().__init__(browser, address, language)

    def arrive(self, address: str) -> None:
        self.page.goto(address)
        name, password = self.account
        self.page.locator("input[name=username]").fill(name)
        self.page.locator("input[name=password]").fill(password)
        self.page.keyboard.press("Enter")
        self.page.locator("#evidence .evidence").wait_for()


def saved(person: Person, button: Any) -> bytes:
    with person.page.expect_download() as caught:
        button.click()
    return Path(caught.value.path()).read_bytes()


@pytest.mark.parametrize("language", LOCALES)
def test_a_member_of_staff_writes_a_memo(browser: Any, server: str, language: str) -> None:
    """Asked back, they choose; see the cell; copy the line with its source; ask on; find it again."""
    expect, person = playwright.expect, Person(browser, server, language, READER)
    page = person.page
    choice = person.ask(UNCLEAR[language]).locator(".choice", has_text=OFFICE).first
    expect(choice).to_be_visible()
    choice.focus()
    page.keyboard.press("Enter")
    answer = page.locator(".answer").nth(1)
    expect(answer).to_contain_text("24.53")
    expect(page.locator("#evidence blockquote")).to_contain_text("24.53")
    expect(page.locator("#evidence .sheet img").first).to_be_visible()
    answer.locator(".tools .copy").first.click()
    memo = page.evaluate("navigator.clipboard.readText()")
    assert "24.53" in memo
    assert SAMPLES[0].name in memo
    next_question = page.locator("#followups button").first
    next_question.click()
    expect(page.locator(".answer")).to_have_count(3)
    page.locator("#restart").click()
    expect(page.locator(".answer")).to_have_count(0)
    page.locator("#history-open").click()
    page.keyboard.type("24.53")
    page.locator("#history-list .conversation").first.click()
    expect(page.locator(".answer")).to_have_count(3)
    person.close()


@pytest.mark.parametrize("language", LOCALES)
def test_a_journalist_finds_compares_and_exports(browser: Any, server: str, language: str) -> None:
    """A ranking with its chart and file; the same rows in the query tab; a link that opens them again."""
    expect, person = playwright.expect, Person(browser, server, language, READER)
    page = person.page
    answer = person.ask(LARGEST[language])
    expect(answer.locator("svg.chart")).to_contain_text("7,699.00")
    content = saved(person, answer.locator(".results .save[data-form=csv]"))
    records = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    values = {value for record in records for value in record.values()}
    assert {"7699.00", "680.00", "524.60"} <= values
    assert SAMPLES[0].name in values

    person.tab("tab_query")
    page.locator("#query-item input, #query-item textarea").fill("公务接待费")
    page.locator("#query-search").click()
    rows = page.locator("#query-found tbody tr")
    expect(rows.first).to_contain_text("公务接待费")
    rows.first.locator(".open").click()
    expect(page.locator("#query-evidence .sheet img").first).to_be_visible()
    rows.nth(0).get_by_role("checkbox").check()
    rows.nth(1).get_by_role("checkbox").check()
    expect(page.locator("#query-sum .total")).to_be_visible()
    link = page.locator("#query-found .link").get_attribute("href") or ""
    page.goto(server + link.removeprefix("/"))
    expect(page.locator("#query-found tbody tr").first).to_contain_text("公务接待费")

    person.tab("tab_audit")
    expect(page.locator("#audit-found .clean, #audit-found .counts")).to_be_visible()
    expect(page.locator("#audit-found .checked")).to_be_visible()
    person.close()


@pytest.mark.parametrize("language", LOCALES)
def test_an_administrator_keeps_the_documents(
    browser: Any, server: str, tmp_path: Path, language: str
) -> None:
    """Adds a file and asks about it, removes it and puts it back; a reader can do none of it."""
    expect, person = playwright.expect, Person(browser, server, language, EDITOR)
    page = person.page
    added = tmp_path / "2018年样例市财政局部门预算.txt"
    added.write_text(
        "2018年样例市财政局部门预算\n\n一、收入\n\n2018年收入预算90.25万元。\n", encoding="utf-8"
    )
    person.tab("tab_documents")
    page.locator("#upload input[type=file]").set_input_files([added])
    expect(page.locator("#verdicts")).to_contain_text(person.said["verdict_added"])
    person.tab("tab_ask")
    expect(person.ask("样例市财政局2018年收入预算是多少？")).to_contain_text("90.25")
    person.tab("tab_documents")
    line = page.locator("#listing tr", has_text=added.name)
    line.locator(".remove").click()
    expect(line).to_have_count(0)
    page.locator("#removed .undo").click()
    expect(line).to_have_count(1)

    reader = Person(browser, server, language, READER)
    reader.tab("tab_documents")
    expect(reader.page.locator("#listing tbody tr")).to_have_count(3)
    expect(reader.page.locator("#upload input[type=file]")).to_have_count(0)
    expect(reader.page.locator("#listing .remove")).to_have_count(0)
    reader.close()
    person.close()

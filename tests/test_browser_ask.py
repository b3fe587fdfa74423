"""The conversation in a real browser: steps, stopping, follow-ups, copies, keys and announcements."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from page_visit import Visit, needs_browser, serving
from small_world import CHOICES, SHARE_QUESTION, UNCLEAR_QUESTION, FixedEngine, World, no_model
from worlds import street_budget_2023, water_budget_2022, water_budget_2023

from faces.desk import LocalDesk
from index_store.store import Store
from qa.answer import Answer

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = needs_browser

COPIED = "navigator.clipboard.readText()"


class Waiting(FixedEngine):
    """Answers when it is told to."""

    told = threading.Event()

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        assert self.told.wait(20)
        return super().answer(question, history)


def wait_with_answers(world: World) -> threading.Event:
    engine = world.desk.engine
    assert isinstance(engine, FixedEngine)
    Waiting.told = threading.Event()
    world.desk._engine = Waiting(engine.document_id, engine.document)
    return Waiting.told


def type_question(visit: Visit, question: str) -> Any:
    box = visit.page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    return box


def test_the_steps_are_shown_while_the_answer_is_made_and_folded_after(
    visit: Visit, served: tuple[World, str]
) -> None:
    world, _ = served
    told = wait_with_answers(world)
    type_question(visit, SHARE_QUESTION)
    running = visit.page.locator("#chat .running")
    playwright.expect(running.locator(".steps")).to_contain_text(visit.said["step_searched"])
    playwright.expect(running).to_contain_text(world.file.name)
    told.set()
    way = visit.page.locator(".answer .way")
    playwright.expect(way.locator("li").first).to_be_hidden()
    way.locator("summary").press("Enter")
    playwright.expect(way).to_contain_text("24.53 ÷ 71.33 × 100 = 34.39%")
    playwright.expect(running).to_have_count(0)


@pytest.mark.parametrize("by", ["key", "button"])
def test_a_running_answer_can_be_stopped(browser: Any, served: tuple[World, str], by: str) -> None:
    world, address = served
    told = wait_with_answers(world)
    visit = Visit(browser, address, "zh")
    box = type_question(visit, SHARE_QUESTION)
    stop = visit.page.locator("#chat .running .stop")
    playwright.expect(stop).to_be_visible()
    box.press("Escape") if by == "key" else stop.click()
    playwright.expect(visit.page.locator("#chat .running")).to_have_count(0)
    playwright.expect(box).to_have_value(SHARE_QUESTION)
    playwright.expect(visit.page.locator("#announced")).to_have_text(visit.said["stopped"])
    told.set()
    box.press("Enter")
    playwright.expect(visit.page.locator(".answer")).to_have_count(1)
    playwright.expect(visit.page.locator("#chat .user-row")).to_have_count(1)
    visit.close()


def test_a_choice_is_taken_with_the_keyboard_and_the_others_stay(visit: Visit) -> None:
    unclear = visit.ask(UNCLEAR_QUESTION)
    choice = unclear.get_by_role("button", name=CHOICES[0])
    choice.focus()
    choice.press("Enter")
    playwright.expect(visit.page.locator(".answer").nth(1)).to_contain_text("71.33")
    box = visit.page.locator("#question textarea")
    box.fill("三公")
    unclear.get_by_role("button", name=CHOICES[1]).click()
    playwright.expect(visit.page.locator(".answer").nth(2)).to_contain_text("24.53")
    playwright.expect(box).to_have_value("三公")


def test_keys_of_the_question_box(browser: Any, served: tuple[World, str]) -> None:
    visit = Visit(browser, served[1], "en")
    box = visit.page.locator("#question textarea")
    playwright.expect(box).to_be_focused()
    box.press_sequentially("三公")
    box.press("Shift+Enter")
    playwright.expect(box).to_have_value("三公\n")
    box.press_sequentially("是多少")
    box.press("Enter")
    visit.page.locator(".answer").wait_for()
    playwright.expect(box).to_have_value("")
    playwright.expect(box).to_be_focused()
    box.press("ArrowUp")
    playwright.expect(box).to_have_value("三公\n是多少")
    box.press("Enter")
    playwright.expect(visit.page.locator(".answer")).to_have_count(2)
    visit.close()


def test_an_answer_is_announced_once_and_begins_at_its_question(visit: Visit) -> None:
    for _ in range(3):
        visit.ask(SHARE_QUESTION)
    announced = visit.page.locator("#announced [role=status], #announced[role=status]")
    playwright.expect(announced).to_contain_text("34.39%")
    playwright.expect(announced).not_to_contain_text("[1]")
    playwright.expect(visit.page.locator("#chat [role=log]")).to_have_attribute("aria-live", "off")
    playwright.expect(visit.page.locator("#chat .user-row").last).to_be_in_viewport()
    playwright.expect(visit.page.locator("#chat .user-row").first).not_to_be_in_viewport()


def test_an_answer_is_copied_in_each_form(visit: Visit) -> None:
    answer = visit.ask(SHARE_QUESTION)
    expected = {"text": "[2] ", "markdown": "**34.39%**", "rows": "\t34.39\t%\t"}
    for form, part in expected.items():
        button = answer.locator(f".copy[data-form={form}]")
        button.click()
        playwright.expect(button).to_have_text(visit.said["copied"])
        assert part in visit.page.evaluate(COPIED)


@pytest.fixture
def water(tmp_path: Path) -> Iterator[str]:
    """The page over documents that the real engine is asked about."""
    store = Store.open(tmp_path / "store", embedder=no_model)
    for document in (water_budget_2022(), water_budget_2023(), street_budget_2023()):
        store.add(document)
    with serving(LocalDesk(store)) as address:
        yield address


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_offered_next_is_answered_when_it_is_clicked(browser: Any, water: str, language: str) -> None:
    visit = Visit(browser, water, language)
    visit.page.locator("#chat button", has_text="2023").first.wait_for()
    questions = {
        "zh": "水务局2023年公务接待费是多少？",
        "en": "How much was “公务接待费” in the 2023 budget of 临川市水务局?",
    }
    visit.ask(questions[language])
    offered = visit.page.locator("#followups button")
    playwright.expect(offered).to_have_count(3)
    offered.first.click()
    playwright.expect(visit.page.locator(".answer").nth(1)).to_contain_text("31.25")
    playwright.expect(offered.first).to_contain_text("2022")
    visit.page.locator("#restart").click()
    playwright.expect(offered).to_have_count(0)
    visit.close()


def test_a_name_that_settles_a_question_leads_to_its_answer(browser: Any, water: str) -> None:
    visit = Visit(browser, water, "zh")
    visit.ask("2023年公务接待费预算是多少？").get_by_role("button", name="临川市柳林街道办事处").click()
    playwright.expect(visit.page.locator(".answer").nth(1)).to_contain_text("8.00")
    visit.close()


def test_a_question_asked_while_another_is_answered_is_answered_after_it(visit: Visit) -> None:
    box = visit.page.locator("#question textarea")
    for question in (SHARE_QUESTION, "2017年公务接待费预算是多少？"):
        playwright.expect(box).to_have_value("")
        box.fill(question)
        box.press("Enter")
    answers = visit.page.locator(".answer")
    playwright.expect(answers).to_have_count(2)
    playwright.expect(answers.first).to_contain_text("34.39")
    playwright.expect(answers.nth(1)).to_contain_text("24.53")

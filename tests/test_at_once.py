"""Many who ask at once: each answer sees one state of the store, and nothing piles up in the server."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from guarded import call
from shelves import Shelf
from small_world import build_world
from worlds import linchuan

from ingest.model import Document
from qa.engine import Engine

QUESTIONS = ("水务局2023年培训费是多少？", "2023年水务局基本支出中最多的是哪一项？", "水务局的职责是什么？")


class Counted(Shelf):
    """A shelf that counts what is read from it."""

    def __init__(self, documents: list[Document]) -> None:
        super().__init__(documents)
        self.listed = 0
        self.loaded: Counter[int] = Counter()

    def documents(self) -> Any:
        self.listed += 1
        return super().documents()

    def load(self, document_id: int) -> Document:
        self.loaded[document_id] += 1
        return super().load(document_id)


@cache
def documents() -> tuple[Document, ...]:
    world = linchuan()
    return tuple(world.load(kept.id) for kept in world.documents())


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_asks_once_what_is_stored(question: str) -> None:
    shelf = Counted(list(documents()))
    Engine(shelf).answer(question, QUESTIONS[:1])
    assert shelf.listed == 1


def test_many_at_once_get_the_answers_of_one_alone_and_lay_each_document_out_once() -> None:
    alone = [Engine(Shelf(documents())).answer(question).text for question in QUESTIONS]
    shelf = Counted(list(documents()))
    engine = Engine(shelf)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(engine.answer, QUESTIONS * 4))
    assert [answer.text for answer in answers] == alone * 4
    assert set(shelf.loaded.values()) == {1}


def test_a_conversation_is_understood_turn_by_turn_and_not_again_from_its_beginning() -> None:
    turns = ["水务局2023年培训费是多少？", "2022年呢？", "谢谢", "它占基本支出的比重呢？", "那公务接待费呢？"]
    shelf = Shelf(documents())
    engine = Engine(shelf)
    alone = [Engine(shelf).answer(turn, turns[:n]).text for n, turn in enumerate(turns)]
    assert [engine.answer(turn, turns[:n]).text for n, turn in enumerate(turns)] == alone
    facts = engine._library.facts()
    assert engine._conversations.latest(turns, facts)[0] == len(turns)
    assert engine._conversations.latest([*turns[:2], "别的"], facts)[0] == 2
    assert engine._conversations.latest(turns, facts[1:]) == (0, None)  # other documents


def test_a_call_of_a_program_leaves_no_state_and_a_page_does(tmp_path: Path) -> None:
    import app
    from faces.page_states import PageStates, keep_lightly

    world = build_world(tmp_path)
    page = app.build_app(world.desk)
    settings = app.launch_settings("127.0.0.1", desk=world.desk)
    served, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **settings)
    keep_lightly(served, page)
    try:
        states = served.state_holder
        assert isinstance(states, PageStates)
        with httpx.Client(base_url=address) as client:
            assert all(call(client, "calculate", "1 + 1")[0] == 200 for _ in range(3))
            assert list(states.session_data) == []
            (asked,) = (f._id for f in page.fns.values() if f.api_name == "calculate")
            joined = {"data": ["1 + 1"], "fn_index": asked, "session_hash": "a-page"}
            assert client.post("/gradio_api/queue/join", json=joined).status_code == 200
        assert list(states.session_data) == ["a-page"]
        assert len(states["a-page"].config_values) <= 2  # of what the event touched
    finally:
        page.close()
        world.desk.close()

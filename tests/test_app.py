"""What the page says and shows, without a browser: markup, pictures, words and the boundary."""

from __future__ import annotations

import json
import re
import shutil
import string
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from decimal import Decimal
from html import unescape
from pathlib import Path

import httpx
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from small_world import (
    CHOICES,
    SHARE_QUESTION,
    UNCLEAR_QUESTION,
    FixedEngine,
    World,
    build_world,
    no_model,
)

import app
from faces.answers import answer_html
from faces.chat import answer_or_say_why
from faces.citing import written
from faces.copying import plain_text
from faces.desk import RemoteDesk
from faces.examples import example_questions
from faces.listing import documents_html, status_html
from faces.uploads import taken
from faces.verdicts import verdicts_html
from faces.wording import language_of, words
from index_store.intake import ingest_files
from index_store.store import Store
from ingest.errors import BudgetQAError, IngestError
from qa.answer import Answer, Calculation, Citation

ZH, EN = words("zh"), words("en")
HOSTILE = '<img src=x onerror=alert(1)> ![x](https://example.org/x.png) [here](javascript:alert(1)) "quoted"'


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build_world(tmp_path)
    yield made
    made.desk.close()


def elements(html: str) -> set[str]:
    return {name.lower() for name in re.findall(r"<([a-zA-Z]+)", html)}


# -- answers -------------------------------------------------------------------------------


def test_an_answer_shows_the_figure_the_working_and_its_sources(world: World) -> None:
    html = answer_html(world.desk.engine.answer(SHARE_QUESTION), 3, ZH)
    assert '<span class="number">34.39</span><span class="unit">%</span>' in html
    assert "24.53 ÷ 71.33 × 100 = 34.39%" in html
    assert html.count('data-turn="3" data-n="1"') == 2  # in the sentence and in the list
    assert ZH["warnings"] in html


def test_only_numbers_of_citations_become_buttons(world: World) -> None:
    engine = world.desk.engine
    assert isinstance(engine, FixedEngine)
    answer = Answer(
        "answered", "甲 [1]，见文件〔2017〕5号 [2017]。", "zh", citations=(engine.citation(1, 0),)
    )
    html = answer_html(answer, 0, ZH)
    assert "[2017]" in html
    assert html.count('<button type="button" class="cite"') == 2


def test_choices_are_buttons_with_the_whole_question(world: World) -> None:
    html = answer_html(world.desk.engine.answer(UNCLEAR_QUESTION), 0, ZH)
    assert [unescape(q) for q in re.findall('data-question="([^"]*)"', html)] == list(CHOICES)


def test_hostile_text_stays_text() -> None:
    cited = Citation(1, 1, HOSTILE, HOSTILE, table=HOSTILE, row=HOSTILE, section=HOSTILE)
    answer = Answer(
        "answered",
        HOSTILE + " [1]",
        "zh",
        citations=(cited,),
        warnings=(HOSTILE,),
        choices=(HOSTILE,),
        calculations=(Calculation(1, HOSTILE, Decimal(1), HOSTILE, (1,)),),
    )
    found = elements(answer_html(answer, 0, ZH))
    assert found <= {"div", "p", "button", "b", "ul", "ol", "li", "span", "code", "details", "summary"}


@given(st.text(alphabet=string.printable + "元年，。“”", max_size=200))
def test_no_text_of_an_answer_makes_an_element_that_fetches_or_runs(text: str) -> None:
    found = elements(answer_html(Answer("answered", text, "zh"), 0, ZH))
    assert not found & {"img", "script", "a", "iframe", "link", "style", "svg", "object", "form", "input"}


def test_the_copied_text_carries_the_sources(world: World) -> None:
    copied = plain_text(world.desk.engine.answer(SHARE_QUESTION), ZH)
    assert "**" not in copied
    assert f"[1] {world.file.name} · 第 1 页 · " in copied


def test_working_is_written_with_the_signs_of_arithmetic() -> None:
    assert written(Calculation(1, "(1071.33 - 24.53) / 2 * 1", Decimal("523.40"), "万元", ())) == (
        "(1,071.33 - 24.53) ÷ 2 × 1 = 523.40 万元"
    )


def test_a_figure_that_the_text_begins_with_is_not_said_twice(world: World) -> None:
    engine = world.desk.engine
    assert isinstance(engine, FixedEngine)
    share = engine.answer(SHARE_QUESTION)
    said = replace(share, text="**34.39%**[1][2]：比重。\n计算：24.53 ÷ 71.33 × 100 = 34.39%")
    html = answer_html(said, 0, ZH)
    assert 'class="lead"' in html
    assert 'class="figure"' not in html


@pytest.mark.parametrize("text", ["**34.39%**[1]。", "**34.39%**[1]。\n计算：24.53 ÷ 71.33 × 100 = 34.39%"])
def test_the_working_is_shown_and_copied_once_whether_the_text_says_it_or_not(
    world: World, text: str
) -> None:
    answer = replace(world.desk.engine.answer(SHARE_QUESTION), text=text)
    html = re.sub(r'data-copy="[^"]*"|<details class="way">.*?</details>', "", answer_html(answer, 0, ZH))
    for shown in (unescape(html), plain_text(answer, ZH)):
        assert shown.count("24.53 ÷ 71.33 × 100 = 34.39%") == 1


def test_what_follows_a_list_is_no_part_of_its_last_item() -> None:
    html = answer_html(Answer("answered", "共两项：\n- 甲\n- 乙\n另有同一数字。", "zh"), 0, ZH)
    assert html.count("<li>") == 2
    assert "<p>另有同一数字。</p>" in html


@pytest.mark.parametrize("separator", ["、", "；"])
def test_choices_are_named_once(separator: str) -> None:
    text = f"找不到“丙”。最接近的是：{separator.join(['甲', '乙'])}。"
    html = answer_html(Answer("no_answer", text, "zh", choices=("甲", "乙")), 0, ZH)
    assert "<p>找不到“丙”。</p>" in html
    assert ZH["nearest"] in html
    assert html.count("甲") == 2  # what the button says, and what it asks


def test_many_sources_are_folded_away(world: World) -> None:
    engine = world.desk.engine
    assert isinstance(engine, FixedEngine)
    cited = tuple(replace(engine.citation(1, 0), n=n) for n in range(1, 9))
    few, many = (
        answer_html(Answer("answered", "甲", "zh", citations=given), 0, ZH) for given in (cited[:3], cited)
    )
    assert '<div class="sources">' in few
    assert '<details class="sources">' in many


def test_the_conversation_goes_on_when_the_engine_fails(world: World) -> None:
    class Failing:
        def answer(self, question: str, history: list[str]) -> Answer:
            raise RuntimeError("<b>broken</b>")

    world.desk._engine = Failing()  # type: ignore[assignment]
    answer = answer_or_say_why(world.desk, "问题", [], ZH)
    assert answer == Answer("no_answer", ZH["failed"], "zh")


# -- documents -----------------------------------------------------------------------------


def test_the_list_names_whose_document_it_is(world: World) -> None:
    html = documents_html(world.desk.store.documents(), ZH)
    for text in ("样例市政务管理办公室", "2017", "部门预算", world.file.name, 'data-document="1"'):
        assert text in html


def test_an_empty_list_says_how_to_bring_documents() -> None:
    assert ZH["list_empty"] in documents_html([], ZH)


def test_the_status_says_what_goes_on(world: World) -> None:
    documents = world.desk.store.documents()
    assert EN["status_learning"] in status_html(documents, None, EN)
    assert "a.pdf" in status_html(documents, "a.pdf", EN)
    assert EN["status_words_only"] in status_html(documents, None, EN, words_only=True)


def test_a_verdict_is_shown_as_text() -> None:
    verdict = {
        "status": "failed",
        "file_name": HOSTILE,
        "message": HOSTILE,
        "warnings": (HOSTILE,),
        "error": None,
    }
    assert elements(verdicts_html([verdict], ZH)) == {"ul", "li", "b", "span"}


def test_examples_are_about_what_is_loaded_and_are_answered(world: World) -> None:
    engine = world.desk.engine
    offered = example_questions(engine, world.desk.store.documents(), "zh")
    assert offered
    assert all("样例市政务管理办公室" in question for question in offered)
    assert all(engine.answer(question).status == "answered" for question in offered)
    assert example_questions(engine, [], "zh") == []


# -- what reading says, in Chinese ---------------------------------------------------------


def subclasses(kind: type[BudgetQAError]) -> set[type[BudgetQAError]]:
    return {kind, *(below for direct in kind.__subclasses__() for below in subclasses(direct))}


@pytest.mark.parametrize("kind", sorted(subclasses(IngestError) - {IngestError}, key=lambda k: k.__name__))
def test_every_failure_to_read_is_told_in_chinese(kind: type[BudgetQAError]) -> None:
    verdict = {"status": "failed", "file_name": "a.pdf", "message": "it broke", "error": kind.__name__}
    told = verdicts_html([verdict | {"warnings": ()}], ZH)
    assert "it broke" not in told
    assert "it broke" in verdicts_html([verdict | {"warnings": ()}], EN)


def test_every_note_from_reading_is_told_in_chinese(tmp_path: Path) -> None:
    file, twin = tmp_path / "a.pdf", tmp_path / "b.pdf"
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.cell(text="nothing that says whose or when")
    pdf.add_page()
    pdf.output(str(file))
    shutil.copy(file, twin)
    with Store.open(tmp_path / "store", embedder=no_model) as store:
        outcomes = [asdict(outcome) for path in (file, twin) for outcome in ingest_files(store, [path])]
        listed = documents_html(store.documents(), ZH)
    assert [len(outcome["warnings"]) for outcome in outcomes] == [3, 3]
    told = re.sub(r"[ab]\.pdf|PDF|<[^>]*>", "", verdicts_html(outcomes, ZH) + listed)
    assert not re.search("[A-Za-z]", told), told


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path.write_bytes(b""), "EmptyFileError"),
        (lambda path: path.write_bytes(b"%PDF-1.7 no more"), "DamagedFileError"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n"), "UnsupportedFileError"),
    ],
)
def test_the_class_of_a_failure_survives_the_reading_process(
    tmp_path: Path, make: Callable[[Path], object], error: str
) -> None:
    file = tmp_path / "a.pdf"
    make(file)
    with Store.open(tmp_path / "store", embedder=no_model) as store:
        (outcome,) = ingest_files(store, [file])
    assert outcome.error == error


# -- words ---------------------------------------------------------------------------------


def test_both_languages_have_the_same_words_and_blanks() -> None:
    assert set(ZH) == set(EN)
    for key in ZH:
        assert set(re.findall(r"{\w+}", ZH[key])) == set(re.findall(r"{\w+}", EN[key])), key


def test_every_word_is_used() -> None:
    project = Path(__file__).resolve().parent.parent
    sources = [project / "app.py", *(project / "faces").rglob("*.py")]
    code = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    stems = tuple(re.findall(r"""["'](\w+_)["'{]""", code))
    for key in ZH:
        assert f'"{key}"' in code or f"'{key}'" in code or key.startswith(stems), key


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh-Hant-TW", "zh"),
        ("fr", "en"),
        (None, "zh"),
    ],
)
def test_the_page_speaks_the_browsers_language(header: str | None, language: str) -> None:
    assert language_of(header) == language


# -- the boundary --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = build_world(tmp_path_factory.mktemp("world"))
    page = app.build_app(made.desk)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **app.launch_settings("127.0.0.1"))
    yield url
    page.close()
    made.desk.close()


def test_the_page_forbids_the_browser_to_fetch_from_elsewhere(address: str) -> None:
    policy = httpx.get(address).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_a_request_under_another_name_is_turned_away(address: str) -> None:
    assert httpx.get(address, headers={"host": "budget.example.org"}).status_code == 403
    assert httpx.get(address, headers={"host": "localhost:7860"}).status_code == 200


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "tests/conftest.py"])
def test_only_uploaded_files_are_read(address: str, path: str) -> None:
    sent = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
    call = f"{address}gradio_api/call/ingest"
    event = httpx.post(call, json={"data": [sent]}).json()["event_id"]
    assert "event: error" in httpx.get(f"{call}/{event}").text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../escaped.txt", r"escaped\.txt"),
        ("..\\..\\escaped.txt", r"[^/\\]*escaped\.txt"),
        ("/etc/escaped.txt", r"escaped\.txt"),
        ("甲" * 1000 + ".txt", r"甲{20,100}\.txt"),
    ],
)
def test_a_name_that_is_a_path_or_huge_is_only_a_name(address: str, name: str, kept: str) -> None:
    text = f"2018年样例市财政局部门预算\n\n一、收入\n\n收入预算{len(name)}.00万元。\n"
    call = f"{address}gradio_api/call/ingest"
    sent = httpx.post(f"{address}gradio_api/upload", files={"files": (name, text.encode())}).json()
    data = [[{"path": path, "meta": {"_type": "gradio.FileData"}} for path in sent]]
    event = httpx.post(call, json={"data": data}).json()["event_id"]
    reply = httpx.get(f"{call}/{event}", timeout=None).text
    ((verdict,),) = json.loads(reply.rpartition("data: ")[2])
    assert verdict["status"] in ("added", "replaced")
    assert re.fullmatch(kept, verdict["file_name"])


# -- uploads -------------------------------------------------------------------------------


SECRET = "2018年样例市保密局部门预算"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything temporary goes during a test."""
    folder = tmp_path / "temporary"
    (folder / "system").mkdir(parents=True)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "system"))
    return folder


def holding(folder: Path, text: str) -> list[Path]:
    """The files that hold the text, in their bytes or in their names."""
    return [
        path
        for path in folder.rglob("*")
        if text in path.name or (path.is_file() and text.encode() in path.read_bytes())
    ]


def test_nothing_of_a_removed_document_stays(temporary: Path, tmp_path: Path) -> None:
    made = build_world(tmp_path)
    page = app.build_app(made.desk)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **app.launch_settings("127.0.0.1"))
    sent = tmp_path / "sent"
    sent.mkdir()
    good, bad = sent / f"{SECRET}.txt", sent / f"{SECRET}.pdf"
    good.write_text(f"{SECRET}\n\n一、收入\n\n收入预算90.00万元。\n", encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7 " + SECRET.encode())
    remote = RemoteDesk(url)
    assert [verdict["status"] for verdict in remote.ingest([good, bad])] == ["added", "failed"]
    assert holding(temporary, SECRET) == []
    assert holding(made.directory, SECRET)
    remote.remove(good.name)
    with good.open("rb") as file:  # an upload that nobody takes
        httpx.post(f"{url}gradio_api/upload", files={"files": (good.name, file)})
    assert holding(temporary, SECRET)
    remote.close()
    page.close()
    made.desk.close()
    assert holding(temporary, SECRET) == []
    assert holding(made.directory, SECRET) == []


def test_uploads_keep_their_names_and_never_meet(tmp_path: Path) -> None:
    files = [tmp_path / folder / "同名.txt" for folder in "ab"]
    for number, file in enumerate(files):
        file.parent.mkdir()
        file.write_text(str(number))
    with taken([str(file) for file in (*files, files[0])]) as paths:
        assert [path.name for path in paths] == ["同名.txt"] * 2
        assert [path.read_text() for path in paths] == ["0", "1"]
    assert not any(path.exists() for path in (*paths, *files, *(file.parent for file in files)))


def test_an_empty_store_opens(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as store:
        assert documents_html(store.documents(), EN)

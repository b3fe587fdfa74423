"""The command ``budget-qa``: what it prints, how it exits, and where its requests go."""

from __future__ import annotations

import csv
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from small_world import AMOUNTS, CHOICES, LABELS, SHARE_QUESTION, TITLE, UNCLEAR_QUESTION, World, build_world

import app
import cli
from faces.desk import DeskError, LocalDesk, RemoteDesk, find, open_desk

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build_world(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command as the shell does, in this process."""

    def run_command(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["budget-qa", *map(str, arguments)])
        capsys.readouterr()
        code: object = 0
        try:
            cli.main()
        except SystemExit as stopped:
            code = stopped.code
        said = capsys.readouterr()
        return Ran(int(str(code or 0)), said.out, said.err)

    return run_command


@pytest.fixture
def local(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Every command gets the world's desk."""
    monkeypatch.setattr(cli, "open_desk", lambda directory: world.desk)
    monkeypatch.setattr(world.desk.store, "close", lambda: None)
    return world


@pytest.mark.parametrize(
    ("question", "code"),
    [(SHARE_QUESTION, 0), ("人口是多少？", 3), (UNCLEAR_QUESTION, 4)],
    ids=["answered", "no answer", "unclear"],
)
def test_the_exit_code_tells_the_status(local: World, run: Run, question: str, code: int) -> None:
    assert run("ask", question).code == code


def test_an_answer_is_printed_with_its_sources(local: World, run: Run) -> None:
    out = run("ask", SHARE_QUESTION).out
    assert "34.39%" in out
    assert f"[1] {local.file.name} · p.1 · 表七 {TITLE} · {LABELS[2]} · 2017年预算: {AMOUNTS[2]}" in out


def test_choices_are_printed_with_a_question_back(local: World, run: Run) -> None:
    out = run("ask", UNCLEAR_QUESTION).out
    assert all(choice in out for choice in CHOICES)


def test_json_has_the_fields_of_an_answer_file_and_no_others(local: World, run: Run) -> None:
    answer = json.loads(run("ask", SHARE_QUESTION, "--json").out)
    fields = {"status", "text", "figures", "citations", "calculations", "warnings", "elapsed_ms"}
    assert set(answer) == fields
    assert answer["calculations"][0]["value"] == "34.39"
    assert answer["citations"][0]["page"] == 1


def test_explain_shows_what_was_understood_and_what_lost(local: World, run: Run) -> None:
    from qa.engine import Engine

    local.desk._engine = Engine(local.desk.store)
    out = run("ask", "2017年公务接待费是多少", "--explain").out
    assert "request: intent figure" in out
    assert "公务接待费 = 公务接待费 (exact 1.00)" in out
    assert f"1. {AMOUNTS[2]} 万元" in out
    assert ": best" in out
    explained = json.loads(run("ask", "2017年公务接待费是多少", "--explain", "--json").out)["explained"]
    assert explained["targets"][0]["documents"] == [local.file.name]
    declined = run("ask", "2017年飞机购置费是多少", "--explain").out
    assert "not enough" in declined or "nothing printed" in declined or "(the whole)" in declined


def test_a_batch_answers_every_question_with_its_history(local: World, run: Run, tmp_path: Path) -> None:
    asked: list[tuple[str, list[str]]] = []
    engine = local.desk.engine

    class Listening:
        def answer(self, question: str, history: list[str]) -> object:
            asked.append((question, history))
            return engine.answer(question, history)

    local.desk._engine = Listening()  # type: ignore[assignment]
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    lines = [
        {"id": "a", "question": SHARE_QUESTION},
        {"id": "b", "question": "招待费呢", "history": [{"question": SHARE_QUESTION}]},
    ]
    questions.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    assert run("ask", "--batch", questions, "--out", answers).code == 0
    written = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in written] == ["a", "b"]
    assert asked == [(SHARE_QUESTION, []), ("招待费呢", [SHARE_QUESTION])]


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "一个问题", "--batch", "q.jsonl", "--out", "a.jsonl"),
        ("ask", "--batch", "nowhere.jsonl", "--out", "a.jsonl"),
        ("ask", " "),
        ("export", "1", "--format", "pictures"),
        ("serve", "--port", "99999"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_2_without_a_traceback(local: World, run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_bad_line_of_a_question_file_is_named(local: World, run: Run, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "a", "question": "?"}\n{"id": "b"}\n', encoding="utf-8")
    ran = run("ask", "--batch", questions, "--out", tmp_path / "a.jsonl")
    assert ran.code == 2
    assert "line 2" in ran.err
    questions.write_text('{"id": "a", "question": "?", "history": ["?"]}\n', encoding="utf-8")
    assert "line 1" in run("ask", "--batch", questions, "--out", tmp_path / "a.jsonl").err


def test_answers_that_cannot_be_written_are_wrong_usage(local: World, run: Run, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "a", "question": "?"}\n', encoding="utf-8")
    ran = run("ask", "--batch", questions, "--out", tmp_path / "nowhere" / "a.jsonl")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_the_readme_lists_the_commands_that_there_are(run: Run) -> None:
    shown = set(re.findall(r"^│ (\w+) ", run("--help").out.split("Commands")[1], re.MULTILINE))
    for name in ("README.md", "README.zh-CN.md"):
        lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
        listed = {match[1] for line in lines if (match := re.match(r"\| `([a-z]+)[ `]", line))}
        assert listed == shown, name


def test_documents_are_listed(local: World, run: Run) -> None:
    assert local.file.name in run("documents").out
    (described,) = json.loads(run("documents", "--json").out)
    assert described["identity"]["fiscal_year"] == 2017


def test_a_removed_document_is_gone(local: World, run: Run) -> None:
    assert run("remove", "样例市").code == 0
    assert local.desk.documents() == []


def test_an_unknown_document_is_one_line_that_says_what_there_is(local: World, run: Run) -> None:
    ran = run("remove", "no such")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert local.file.name in ran.err


def test_a_name_that_fits_several_documents_is_refused(world: World) -> None:
    (kept,) = world.desk.store.documents()
    with pytest.raises(DeskError, match="several"):
        find([kept, kept], "样例")


def test_exported_tables_have_null_where_nothing_is_printed(local: World, run: Run) -> None:
    (table,) = json.loads(run("export", "1").out)
    assert table["title"] == TITLE
    assert table["number"] == "表七"
    assert table["columns"] == [["2017年预算"]]
    assert [row["cells"] for row in table["rows"]] == [[amount] for amount in AMOUNTS[:-1]] + [[None]]
    assert table["rows"][1]["path"] == [LABELS[0], LABELS[1]]
    assert table["rows"][1]["page"] == 1


def test_cells_and_passages_are_exported_as_files(local: World, run: Run, tmp_path: Path) -> None:
    printed, book = tmp_path / "rows.csv", tmp_path / "passages.xlsx"
    assert run("export", "1", "--format", "rows", "--as", "csv", "--out", printed).code == 0
    records = list(csv.DictReader(printed.read_text("utf-8-sig").splitlines()))
    assert [record["text"] for record in records] == list(AMOUNTS[:-1])
    assert run("export", "1", "--format", "passages", "--as", "xlsx", "--out", book).code == 0
    assert book.read_bytes().startswith(b"PK")


def test_an_export_that_makes_no_sense_is_wrong_usage(local: World, run: Run, tmp_path: Path) -> None:
    assert run("export", "1", "--as", "csv").code == 2
    assert run("export", "1", "--format", "rows", "--as", "xlsx").code == 2
    ran = run("export", "1", "--out", tmp_path / "no" / "such.json")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_ingest_gives_a_verdict_a_file_and_fails_if_one_fails(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "2017年样例市财政局部门预算.txt"
    text.write_text(
        "2017年样例市财政局部门预算\n\n一、收入预算说明\n\n2017年收入预算100.00万元。\n", encoding="utf-8"
    )
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and no more")
    ran = run("ingest", text, broken, "--store", tmp_path / "store")
    assert ran.code == 1
    assert f"added: {text.name}" in ran.out
    assert f"failed: {broken.name}" in ran.out
    assert run("ingest", text, "--store", tmp_path / "store").code == 0


def test_an_interrupted_reading_is_one_line_and_keeps_what_was_read(
    local: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(paths: object, report: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(local.desk, "ingest", interrupted)
    ran = run("ingest", "a.pdf")
    assert ran.code == 1
    assert "are kept" in ran.err
    assert "Traceback" not in ran.err


def test_an_empty_store_says_how_to_begin(run: Run, tmp_path: Path) -> None:
    assert "budget-qa ingest" in run("documents", "--store", tmp_path / "new").out


# -- a store owned by a running server -----------------------------------------------------


@pytest.fixture
def server(world: World) -> Iterator[World]:
    page = app.build_app(world.desk)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **app.launch_settings("127.0.0.1"))
    world.desk.store.set_address(address)
    yield world
    page.close()


def test_a_command_goes_to_the_server_that_owns_the_store(server: World, run: Run) -> None:
    ran = run("ask", SHARE_QUESTION, "--store", server.directory)
    assert ran.code == 0
    assert "34.39%" in ran.out
    assert "belongs to the server at http://127.0.0.1" in ran.err


def test_local_and_remote_requests_give_the_same(server: World) -> None:
    remote = open_desk(server.directory)
    assert isinstance(remote, RemoteDesk)
    there, here = json.dumps(remote.documents()), json.dumps(server.desk.documents())
    assert there == here
    assert remote.tables("1") == server.desk.tables("1")
    for there, here in ((remote.rows, server.desk.rows), (remote.passages, server.desk.passages)):
        assert json.dumps(there("1")) == json.dumps(here("1"))
    assert remote.ask(SHARE_QUESTION, []) == server.desk.ask(SHARE_QUESTION, [])
    with pytest.raises(DeskError, match="no document is called"):
        remote.remove("no such")
    assert remote.remove("1")["file_name"] == server.file.name
    assert server.desk.documents() == []
    remote.close()


def test_a_file_is_read_by_the_server(server: World, run: Run, tmp_path: Path) -> None:
    text = tmp_path / "2018年样例市财政局部门预算（公开）.txt"
    text.write_text(
        "2018年样例市财政局部门预算\n\n一、收入预算说明\n\n2018年收入预算90.00万元。\n", encoding="utf-8"
    )
    ran = run("ingest", text, "--store", server.directory)
    assert ran.code == 0, ran.err
    assert text.name in [document["file_name"] for document in server.desk.documents()]


def test_an_owner_that_does_not_answer_is_one_line(world: World, run: Run) -> None:
    world.desk.store.set_address("http://127.0.0.1:9/")
    ran = run("ask", SHARE_QUESTION, "--store", world.directory)
    assert ran.code == 1
    assert "did not answer" in ran.err
    assert "Traceback" not in ran.err


def test_a_taken_port_is_one_line_and_frees_the_store(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run("serve", "--port", taken.getsockname()[1], "--store", tmp_path / "store")
    assert ran.code == 1
    assert "--port" in ran.err
    open_desk(tmp_path / "store").close()


def test_a_second_server_is_refused(server: World, run: Run) -> None:
    ran = run("serve", "--store", server.directory)
    assert ran.code == 1
    assert "open that page" in ran.err


def test_an_owner_that_is_no_server_is_one_line(world: World, run: Run) -> None:
    ran = run("documents", "--store", world.directory)
    assert ran.code == 1
    assert "in use" in ran.err


def test_the_store_of_a_dead_owner_is_taken_over(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    code = (
        "import os; from pathlib import Path; from index_store.store import Store;"
        f"s = Store.open(Path({str(folder)!r})); s.set_address('http://127.0.0.1:9/'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False)
    desk = open_desk(folder)
    assert isinstance(desk, LocalDesk)
    desk.close()


def test_the_command_loads_nothing_heavy() -> None:
    code = "import sys, cli, faces.desk; print(sorted({'gradio', 'chromadb', 'torch'} & set(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"

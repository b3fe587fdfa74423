"""Who may log in, what each may do, and how often: accounts, sessions, the gate and the boundary."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from guarded import EDITOR, OTHER, READER, Guarded, account_file, call, guarded
from small_world import SHARE_QUESTION, build_world

import cli
from faces.access import EVERYBODY, Account, account_of
from faces.accounts import Accounts, AccountsError, Hash, add_account, read_accounts
from faces.boundary import HEADERS
from faces.desk import DeskError, LocalDesk, RemoteDesk, open_desk
from faces.gate import COOKIE
from faces.pace import BackOff, Pace
from faces.sessions import TRIES, Sessions, WaitError
from faces.settings import ServerSettings, SettingsError
from faces.wording import words
from index_store.store import Store

EN = words("en")
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# -- the file of accounts ------------------------------------------------------------------


@posix
def test_the_command_writes_a_file_that_its_owner_alone_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts"
    monkeypatch.setenv("BUDGET_QA_AUTH_FILE", str(file))
    for role, password in (("reader", "first password"), ("editor", "密码很长很长很长")):
        monkeypatch.setattr(sys, "argv", ["budget-qa", "account", "add", "李雷", "--role", role])
        monkeypatch.setattr(sys, "stdin", StringIO(password + "\n"))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = capsys.readouterr().out
    assert "may log in" in said
    assert "has a new password" in said
    text = file.read_text(encoding="utf-8")
    assert re.fullmatch(r"李雷:editor:scrypt\$16384\$8\$5\$[\w+/]+=*\$[\w+/]+=*\n", text)
    assert "密码" not in text + said
    entry = Accounts(file).check("李雷", "密码很长很长很长")
    assert entry is not None
    assert entry.account == Account("李雷", "editor")
    assert Accounts(file).check("李雷", "first password") is None


def test_the_same_password_is_never_kept_the_same_way() -> None:
    first, second = Hash.of("a password"), Hash.of("a password")
    assert first != second
    assert Hash.read(str(first)) == first
    assert first.fits("a password")
    assert not first.fits("a password ")


def test_other_lines_of_the_file_stay(tmp_path: Path) -> None:
    file = account_file(tmp_path / "accounts")
    file.write_text("# ours\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    add_account(file, "new", "reader", "a new password")
    assert file.read_text(encoding="utf-8").startswith("# ours\n\n" + READER[0])
    assert set(read_accounts(file)) == {READER[0], EDITOR[0], OTHER[0], "new"}


@pytest.mark.parametrize("name", ["", " a", "a ", "a:b", "#a", "a\nb", "a" * 65])
def test_a_name_that_would_break_the_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AccountsError, match="cannot be a name"):
        add_account(tmp_path / "accounts", name, "reader", "a password")


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match="8 to"):
        add_account(tmp_path / "accounts", "a", "reader", "1234567")


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a:reader",
        "a:owner:x",
        "a:reader:md5$1$1$1$AA==$AA==",
        "a:reader:scrypt$99999999999$8$1$AA==$AA==",
    ],
)
def test_a_line_that_is_no_account_is_named(tmp_path: Path, line: str) -> None:
    file = account_file(tmp_path / "accounts")
    with file.open("a", encoding="utf-8") as more:
        more.write(line + "\n")
    with pytest.raises(AccountsError, match="line 4"):
        Accounts(file)


@posix
def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = account_file(tmp_path / "accounts")
    file.chmod(0o644)
    with pytest.raises(AccountsError, match="chmod 600"):
        Accounts(file)


def test_a_missing_or_empty_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match="account add"):
        Accounts(tmp_path / "accounts")
    (tmp_path / "accounts").touch(mode=0o600)
    with pytest.raises(AccountsError, match="account add"):
        Accounts(tmp_path / "accounts")


def test_an_unknown_name_takes_the_same_work_as_a_known_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(tmp_path / "accounts", "known", "reader", "a password")
    accounts, worked = Accounts(tmp_path / "accounts"), []
    scrypt = hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda given, **how: worked.append(how) or scrypt(given, **how))
    for name in ("known", "nobody"):
        assert accounts.check(name, "a wrong password") is None
    known, unknown = ({**how, "salt": len(how["salt"])} for how in worked)
    assert known == unknown


# -- how often -----------------------------------------------------------------------------


def test_a_pace_admits_so_many_a_minute_and_says_when_to_go_on() -> None:
    clock = Clock()
    pace = Pace(6, clock)
    assert [pace.wait_seconds("a") for _ in range(7)] == [0] * 6 + [10]
    assert pace.wait_seconds("b") == 0
    clock.now += 9
    assert pace.wait_seconds("a") == 1
    clock.now += 1
    assert [pace.wait_seconds("a") for _ in range(2)] == [0, 10]


def test_tries_double_their_wait_and_success_forgets() -> None:
    clock = Clock()
    back_off = BackOff(3, clock)
    assert [back_off.begin("a") for _ in range(4)] == [0, 0, 0, 1]
    waits = []
    for _ in range(12):
        clock.now += back_off.begin("a")
        assert back_off.begin("a") == 0
        waits.append(back_off.begin("a"))
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == BackOff.LONGEST_SECONDS
    back_off.succeeded("a")
    assert [back_off.begin("a") for _ in range(3)] == [0, 0, 0]


def test_many_tries_at_once_are_no_more_than_many_in_turn(tmp_path: Path) -> None:
    sessions = Sessions(Accounts(account_file(tmp_path / "accounts", cost=(2**12, 8, 1))), 1)

    def one(_: int) -> bool:
        try:
            return sessions.log_in(EDITOR[0], "wrong password", "10.0.0.1") is None
        except WaitError:
            return False

    with ThreadPoolExecutor(16) as many:
        looked_at = sum(many.map(one, range(64)))
    assert looked_at <= TRIES + 1
    assert sessions.log_in(EDITOR[0], EDITOR[1], "10.0.0.2"), (
        "somebody else's tries lock nobody out elsewhere"
    )


# -- sessions ------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    return Sessions(Accounts(account_file(tmp_path / "accounts")), 2, clock)


def logged_in(sessions: Sessions, account: tuple[str, str] = EDITOR) -> str:
    token = sessions.log_in(*account, "10.0.0.1")
    assert token
    return token


def test_a_session_lasts_its_hours(sessions: Sessions, clock: Clock) -> None:
    token = logged_in(sessions)
    clock.now += 2 * 3600 - 1
    assert sessions.account(token) == Account("editor", "editor")
    clock.now += 2
    assert sessions.account(token) is None


def test_a_session_ends_with_its_log_out(sessions: Sessions) -> None:
    token, other = logged_in(sessions), logged_in(sessions)
    sessions.end(token)
    assert sessions.account(token) is None
    assert sessions.account(other)
    assert sessions.account("") is None


def test_the_file_of_accounts_counts_at_once(tmp_path: Path, sessions: Sessions) -> None:
    file = tmp_path / "accounts"
    editor, reader = logged_in(sessions), logged_in(sessions, READER)
    add_account(file, EDITOR[0], "editor", "another password")
    assert sessions.account(editor) is None, "the old password's session"
    assert sessions.account(reader)
    lines = file.read_text(encoding="utf-8").splitlines()
    gone = [line for line in lines if not line.startswith(READER[0])]
    file.write_text("\n".join(gone) + "\n", encoding="utf-8")
    assert sessions.account(reader) is None


def test_a_garbled_file_lets_nobody_in(tmp_path: Path, sessions: Sessions) -> None:
    token = logged_in(sessions)
    (tmp_path / "accounts").write_text("broken\n", encoding="utf-8")
    with pytest.raises(AccountsError):
        sessions.account(token)


# -- a server with log-in ------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("guarded"), questions_per_minute=100) as served:
        yield served


def routes(directory: Path) -> list[tuple[str, str]]:
    """Every address that Gradio and we answer at, with something in place of what varies."""
    from gradio.routes import App

    import app

    with Store.open(directory) as store:
        made = App.create_app(app.build_app(LocalDesk(store)))
    found = []
    for route in made.routes:
        inner = getattr(getattr(route, "original_router", None), "routes", [route])
        for each in inner:
            path = re.sub(r"\{[^}]*\}", "x", getattr(each, "path", ""))
            found += [(method, path) for method in sorted(getattr(each, "methods", None) or ()) if path]
    return found


def test_nothing_is_answered_to_a_stranger(server: Guarded, tmp_path: Path) -> None:
    """Whatever addresses a new version of Gradio brings: they are behind the log-in, or do not exist."""
    found = routes(tmp_path / "store")
    assert len(found) > 50
    with server.client() as stranger:
        for method, path in [*found, ("GET", "/sources/1"), ("POST", "/gradio_api/mcp"), ("GET", "/nowhere")]:
            reply = stranger.request(method, path)
            allowed = (401, 404)
            if path.rstrip("/") == "/login":
                allowed = (400, 429)
            elif path == "/gradio_api/startup-events":
                assert reply.json() in (True, False)
                continue
            elif path == "/logout":
                allowed = (303,)
            assert reply.status_code in allowed, (method, path, reply.status_code)


def test_a_browser_is_led_to_the_log_in_and_back_to_its_link(server: Guarded) -> None:
    with server.client(accept="text/html") as browser:
        reply = browser.get("/?answer=abc")
        assert (reply.status_code, reply.headers["location"]) == (303, "/login?answer=abc")
        page = browser.get("/login?answer=abc")
        assert page.headers["cache-control"] == "no-store"
        assert 'autocomplete="current-password"' in page.text
        wrong = browser.post("/login?answer=abc", data={"username": EDITOR[0], "password": "no"})
        assert wrong.status_code == 400
        assert EN["login_wrong"] in wrong.text
        right = browser.post("/login?answer=abc", data={"username": EDITOR[0], "password": EDITOR[1]})
        assert (right.status_code, right.headers["location"]) == (303, "/?answer=abc")
        cookie = right.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Secure" not in cookie  # this server speaks plain HTTP
        assert browser.get("/?answer=abc").status_code == 200


def test_behind_tls_the_cookie_is_secure(server: Guarded) -> None:
    with server.client(**{"x-forwarded-proto": "https"}) as proxied:
        sent = proxied.post("/login", data={"username": EDITOR[0], "password": EDITOR[1]})
        assert "Secure" in sent.headers["set-cookie"].split("; ")


def test_a_log_out_is_no_link(server: Guarded) -> None:
    with server.client(EDITOR) as editor:
        assert editor.get("/logout").headers["location"] == "/"
        assert editor.get("/config").status_code == 200
        assert editor.post("/logout").headers["location"] == "/login"
        assert editor.get("/config").status_code == 401


def test_the_log_in_speaks_both_languages(server: Guarded) -> None:
    for language in ("zh", "en"):
        said = words(language)  # type: ignore[arg-type]
        shown = httpx.get(f"{server.address}login", headers={"accept-language": language}).text
        assert said["login_password"] in shown
        assert f'lang="{said["language"]}"' in shown


def test_wrong_passwords_have_to_wait(server: Guarded) -> None:
    with server.client(accept="text/html") as browser:
        for _ in range(TRIES):
            tried = browser.post("/login", data={"username": "<b>x</b>", "password": "wrong one"})
            assert tried.status_code == 400
        waiting = browser.post("/login", data={"username": "<b>x</b>", "password": "wrong one"})
        assert waiting.status_code == 429
        assert int(waiting.headers["retry-after"]) >= 1
        assert "Too many tries" in waiting.text
        assert "<b>x</b>" not in waiting.text


def test_programs_send_their_password_or_log_in(server: Guarded) -> None:
    with server.client() as program:
        asked = program.post(
            "/gradio_api/call/calculate",
            json={"data": ["1 + 1"]},
            auth=httpx.BasicAuth(*(EDITOR[0], EDITOR[1])),
        )
        assert asked.status_code == 200
        wrong = program.get("/config", auth=httpx.BasicAuth("editor", "wrong one"))
        assert wrong.status_code == 401
        assert "www-authenticate" not in wrong.headers  # browsers would open a window over the page
        for header in ("Basic", "Basic !", "Basic /w==", "Bearer", f"Bearer {server.key}x"):
            assert program.get("/config", headers={"authorization": header}).status_code == 401

    from gradio_client import Client

    client = Client(server.address, auth=READER, verbose=False, analytics_enabled=False)
    assert client.predict("1 + 1", api_name="/calculate") == {"expression": "1 + 1", "value": "2"}


# -- roles ---------------------------------------------------------------------------------


def test_a_reader_asks_and_looks(server: Guarded) -> None:
    with server.client(READER) as reader:
        status, reply = call(reader, "ask", SHARE_QUESTION, None)
        assert status == 200
        assert "34.39%" in reply
        assert reader.get("/").status_code == 200
        assert reader.get("/sources/1").status_code == 200
        for name, values in (("audit", ["1"]), ("get_document", ["1"]), ("rows", ["1"]), ("documents", [])):
            assert "event: complete" in call(reader, name, *values)[1], name


@pytest.mark.parametrize(("name", "values"), [("remove", ["1"]), ("reindex", []), ("ingest", [[]])])
def test_a_reader_changes_nothing_by_an_endpoint(server: Guarded, name: str, values: list[Any]) -> None:
    with server.client(READER) as reader:
        status, reply = call(reader, name, *values)
        assert status == 200
        assert "event: error" in reply
        assert EN["editors_only"] in reply
        for route in (f"run/{name}", f"api/{name}"):
            direct = reader.post(f"/gradio_api/{route}", json={"data": values})
            assert direct.status_code in (404, 500), route
    assert server.world.desk.documents()


def test_a_reader_uploads_nothing(server: Guarded) -> None:
    files = {"files": ("a.txt", b"text")}
    with server.client(READER) as reader:
        refused = reader.post("/gradio_api/upload", files=files)
        assert (refused.status_code, refused.json()) == (403, {"detail": EN["editors_only"]})
        assert reader.post("/gradio_api/upload/", files=files).status_code == 403
    with server.client(EDITOR) as editor:
        assert editor.post("/gradio_api/upload", files=files).status_code == 200


def fire_every_event(client: httpx.Client, whose: str) -> int:
    """Whatever the page can be made to do, by anybody who writes the requests themselves."""
    config = client.get("/config").json()
    kinds = {component["id"]: component["type"] for component in config["components"]}
    data = {"document": 1, "token": "x", "id": "x", "value": "1", "index": 0, "n": 1}
    for event in config["dependencies"]:
        session = f"{whose}{event['id']}"
        values = ["1" if kinds[component] == "api" else None for component in event["inputs"]]
        body = {"fn_index": event["id"], "data": values, "session_hash": session, "event_data": data}
        joined = client.post("/gradio_api/queue/join", json={**body, "trigger_id": None})
        assert joined.status_code in (200, 422), (event["api_name"], joined.text)
        if joined.status_code == 200:
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as reply:
                for line in reply.iter_lines():
                    if "process_completed" in line or "close_stream" in line:
                        break
    return len(config["dependencies"])


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the calls that would have changed a store."""
    called: list[str] = []
    for name in ("add", "remove", "reindex"):
        monkeypatch.setattr(Store, name, lambda *_, name=name, **__: called.append(name))
    return called


def test_no_event_of_the_page_changes_anything_for_a_reader(server: Guarded, changes: list[str]) -> None:
    with server.client(READER) as reader:
        assert fire_every_event(reader, "reader") > 20
    assert changes == []
    with server.client(OTHER) as other:
        assert other.get("/config").status_code == 200


def test_the_same_events_do_for_an_editor(server: Guarded, changes: list[str]) -> None:
    with server.client(EDITOR) as editor:
        fire_every_event(editor, "editor")
    assert {"remove", "reindex"} <= set(changes)


def test_an_account_is_whose_the_request_is(tmp_path: Path) -> None:
    assert account_of(None) == EVERYBODY
    assert EVERYBODY.may_edit
    assert not Account("a", "reader").may_edit


# -- what belongs to one account -----------------------------------------------------------


def test_a_page_session_is_its_owners(server: Guarded) -> None:
    body = {"fn_index": 0, "data": [], "session_hash": "mine"}
    with server.client(READER) as reader, server.client(OTHER) as other:
        with reader.stream("GET", "/gradio_api/heartbeat/mine") as beat:
            assert beat.status_code == 200
        tries = (
            other.post("/gradio_api/queue/join", json=body),
            other.post("/gradio_api/cancel", json={"session_hash": "mine", "fn_index": 0, "event_id": "x"}),
            other.get("/gradio_api/queue/data?session_hash=mine"),
            other.get("/gradio_api/heartbeat/mine"),
            other.get("/gradio_api/call/ask/mine"),
        )
        assert [reply.status_code for reply in tries] == [403] * len(tries)
        assert tries[0].json() == {"detail": EN["not_yours"]}


def test_an_upload_cannot_be_fetched_by_guessing(server: Guarded) -> None:
    with server.client(EDITOR) as editor, server.client(READER) as reader:
        (path,) = editor.post("/gradio_api/upload", files={"files": ("私.txt", b"secret")}).json()
        folder = Path(path).parent
        assert len(folder.name) == 64
        for guess in (folder, folder.parent, folder.parent / ("0" * 64) / "私.txt", "/etc/passwd"):
            assert reader.get(f"/gradio_api/file={guess}").status_code == 403
        accounts = server.accounts
        for secret in (accounts, server.world.directory / "figures.sqlite", "../../" + str(accounts)):
            assert editor.get(f"/gradio_api/file={secret}").status_code in (403, 404)


@pytest.mark.parametrize("session", [[], {}, 1, None, "x" * 200_000])
def test_a_session_that_is_none_breaks_nothing(server: Guarded, session: object) -> None:
    with server.client(READER) as reader:
        body = {"fn_index": 0, "data": [], "session_hash": session}
        assert reader.post("/gradio_api/queue/join", json=body).status_code in (200, 400, 422)
        deep = reader.post("/gradio_api/queue/join", content="[" * 100_000)
        assert deep.status_code in (400, 422)


def test_a_garbled_file_is_told_to_the_log_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with guarded(tmp_path) as server, server.client(READER) as reader:
        server.accounts.write_text("broken\n", encoding="utf-8")
        for reply in (reader.get("/config"), reader.post("/login", data={"username": "a", "password": "b"})):
            assert (reply.status_code, reply.json()) == (503, {"detail": EN["login_broken"]})
    assert "line 1" in caplog.text


# -- limits --------------------------------------------------------------------------------


def events_of(client: httpx.Client, name: str) -> list[dict[str, Any]]:
    return [e for e in client.get("/config").json()["dependencies"] if e["api_name"] == name]


def test_questions_have_a_pace_for_each_account(tmp_path: Path) -> None:
    with guarded(tmp_path, questions_per_minute=3) as server:
        with server.client(READER) as reader, server.client(OTHER) as other:
            for _ in range(3):
                assert call(reader, "ask", SHARE_QUESTION, None)[0] == 200
            refused = reader.post("/gradio_api/call/v2/ask", json={"question": SHARE_QUESTION})
            assert refused.status_code == 429
            wait = int(refused.headers["retry-after"])
            assert 1 <= wait <= 20
            assert refused.json()["detail"] == EN["too_many_questions"].format(count=3, seconds=wait)
            (asking,) = events_of(reader, "answer_in_chat")
            body = {"fn_index": asking["id"], "data": ["x", []], "session_hash": "s", "event_data": {}}
            for index in (str(asking["id"]), float(asking["id"])):
                sent = reader.post("/gradio_api/queue/join", json=body | {"fn_index": index})
                assert sent.status_code == 429
            assert reader.post("/gradio_api/queue/join", json=body).status_code == 200
            shown = reader.get("/gradio_api/queue/data?session_hash=s").text
            assert "At most 3 questions a minute" in shown
            (done,) = re.findall(r'"process_completed".*', shown)
            assert '"value":null' not in done, "what is on the page stays"
            assert done.count('"__type__":"update"') == len(asking["outputs"])
            assert reader.post("/gradio_api/run/ask", json={"data": ["x", None]}).status_code == 429
            assert call(reader, "calculate", "1 + 1")[0] == 200
            assert call(other, "ask", SHARE_QUESTION, None)[0] == 200
        owner = RemoteDesk(server.address, server.key)
        assert [owner.ask(SHARE_QUESTION)["status"] for _ in range(5)] == ["answered"] * 5
        owner.close()


def test_a_full_queue_says_when_to_come_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradio.queueing import Queue

    with guarded(tmp_path, waiting=7) as server, server.client(READER) as reader:
        monkeypatch.setattr(Queue, "__len__", lambda _: 7)
        for path, body in (("call/ask", {"data": ["x", None]}), ("queue/join", {"fn_index": 0, "data": []})):
            full = reader.post(f"/gradio_api/{path}", json={"session_hash": "s", **body})
            assert full.status_code == 429
            assert int(full.headers["retry-after"]) > 0
            assert full.json()["detail"].startswith("7 requests are waiting already")


def test_a_large_file_or_request_is_refused_in_words(tmp_path: Path) -> None:
    with guarded(tmp_path, max_file_mb=1) as server, server.client(EDITOR) as editor:
        large = editor.post("/gradio_api/upload", files={"files": ("a.pdf", b"x" * (1 << 20 | 1))})
        assert (large.status_code, large.json()) == (
            413,
            {"detail": EN["file_too_large"].format(megabytes=1)},
        )
        assert editor.post("/gradio_api/upload", files={"files": ("a.pdf", b"x" * 1000)}).status_code == 200
        huge = editor.post("/gradio_api/call/ask", json={"data": ["x" * (9 << 20), None]})
        assert huge.status_code == 413


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_setting_that_is_no_number_is_named(value: str) -> None:
    with pytest.raises(SettingsError, match="BUDGET_QA_WAITING"):
        ServerSettings.from_environment({"BUDGET_QA_WAITING": value})


# -- whom the server listens to ------------------------------------------------------------


def test_without_accounts_only_this_machine_is_listened_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[str] = []

    def launch(desk: LocalDesk, *, host: str, **_: object) -> None:
        started.append(host)
        desk.close()

    monkeypatch.setattr("app.launch", launch)
    monkeypatch.delenv("BUDGET_QA_AUTH_FILE", raising=False)

    def serve(*options: str) -> object:
        monkeypatch.setattr(sys, "argv", ["budget-qa", "serve", "--store", str(tmp_path / "store"), *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code or 0

    assert serve("--host", "0.0.0.0") == 1
    told = capsys.readouterr().err
    assert "BUDGET_QA_AUTH_FILE" in told
    assert "--allow-without-login" in told
    assert serve("--host", "0.0.0.0", "--allow-without-login") == 0
    assert serve() == 0
    monkeypatch.setenv("BUDGET_QA_AUTH_FILE", str(account_file(tmp_path / "accounts")))
    assert serve("--host", "0.0.0.0") == 0
    assert started == ["0.0.0.0", "127.0.0.1", "0.0.0.0"]


@posix
def test_the_owner_of_the_store_needs_no_log_in(server: Guarded, tmp_path: Path) -> None:
    store = server.world.desk.store
    store.set_address(server.address, server.key)
    owner_file = store.directory / "owner.json"
    assert stat.S_IMODE(owner_file.stat().st_mode) == 0o600
    assert json.loads(owner_file.read_text(encoding="utf-8"))["key"] == server.key
    desk = open_desk(store.directory)
    assert isinstance(desk, RemoteDesk)
    assert desk.findings("1")["findings"] == []
    text = tmp_path / "2018年样例市财政局部门预算.txt"
    text.write_text("2018年样例市财政局部门预算\n\n一、收入\n\n收入预算5.00万元。\n", encoding="utf-8")
    assert [verdict["status"] for verdict in desk.ingest([text], None)] == ["added"]
    assert desk.remove(text.name)["file_name"] == text.name
    desk.close()
    without = RemoteDesk(server.address)
    with pytest.raises(DeskError, match="401"):
        without.documents()
    without.close()


# -- the boundary --------------------------------------------------------------------------


def test_every_answer_carries_the_headers(server: Guarded) -> None:
    with server.client(READER) as reader:
        for reply in (
            reader.get("/"),
            reader.get("/login"),
            reader.get("/nowhere"),
            httpx.get(server.address),
        ):
            assert HEADERS.items() <= dict(reply.headers).items()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_page_of_another_origin_is_refused(server: Guarded, origin: str) -> None:
    with server.client(EDITOR, origin=server.address.rstrip("/")) as editor:
        assert editor.get("/config").status_code == 200
        for method, path in (("POST", "/gradio_api/upload"), ("GET", "/config"), ("POST", "/login")):
            assert editor.request(method, path, headers={"origin": origin}).status_code == 403


def test_with_log_in_the_server_may_have_any_name(server: Guarded) -> None:
    with server.client(EDITOR) as editor:
        cookie = {COOKIE: editor.cookies[COOKIE]}
    with httpx.Client(base_url=server.address, cookies=cookie) as named:
        assert named.get("/config", headers={"host": "budget.example.org"}).status_code == 200
    assert httpx.get(f"{server.address}config", headers={"host": "budget.example.org"}).status_code == 401


def test_without_log_in_another_name_is_refused(tmp_path: Path) -> None:
    from page_visit import serving

    with serving(build_world(tmp_path).desk) as address:
        for path in ("", "config", "gradio_api/info", "gradio_api/mcp", "login"):
            reply = httpx.get(f"{address}{path}", headers={"host": "evil.example"})
            assert reply.status_code == 403, path
        assert httpx.get(f"{address}login").headers["location"] == "/"


def test_nothing_of_gradio_that_is_not_ours_answers(server: Guarded) -> None:
    """Fetching from elsewhere, monitoring, recording, editing by a model: not even for an editor."""
    config = httpx.get(f"{server.address}config", auth=EDITOR).json()
    assert not config["analytics_enabled"]
    with server.client(EDITOR) as editor:
        for path in (
            "gradio_api/file=https://example.org/",
            "gradio_api/proxy=https://example.hf.space/",
            "monitoring",
            "monitoring/summary",
            "gradio_api/runs",
            "gradio_api/run-history/records",
            "gradio_api/vibe-code",
            "gradio_api/deep_link?session_hash=x",
            "gradio_api/token",
            "openapi.json",
        ):
            assert editor.get(f"/{path}").status_code == 404, path

"""Who is let in, and how often: every request of the page and of programs comes through here.

Gradio's own ``auth`` asks only at the addresses that name it, and the Model Context Protocol is
none of them. Here nothing is answered before the account is known, but the log-in page.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faces.access import EVERYBODY, Account
from faces.accounts import Accounts, AccountsError
from faces.login import login_html
from faces.pace import Pace
from faces.sessions import Sessions, WaitError
from faces.settings import ServerSettings
from faces.wording import Words, language_of, words

_log = logging.getLogger(__name__)

COOKIE = "budget-qa-session"
QUESTIONS = "questions"
"""The group (Gradio's ``concurrency_id``) of the events and endpoints that answer a question."""

MAX_REQUEST_MB = 8
"""Of a request that is no upload: a question with its conversation is a few kB."""
BUSY_SECONDS = 5
_LONGEST_PAGE = 100
"""Of the characters that a page calls its session; Gradio's have about twelve."""

_API = "/gradio_api/"
_MCP = _API + "mcp"
_STARTED = _API + "startup-events"
"""Gradio itself asks here, once it listens, whether it does; the answer is yes or no, to anybody."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the gate needs to know of this server."""

    settings: ServerSettings
    sessions: Sessions | None = None
    """None: nobody has to log in."""
    owner_key: str | None = field(default=None, repr=False)
    """What the store's owner sends from this machine (``faces.desk.RemoteDesk``), read from the store."""


def open_doors(settings: ServerSettings) -> Doors:
    """With a new key for the store's owner. Raises AccountsError when nobody could log in."""
    sessions = None
    if settings.auth_file is not None:
        sessions = Sessions(Accounts(settings.auth_file), settings.session_hours)
    return Doors(settings, sessions, secrets.token_urlsafe(32))


class Gate:
    """ASGI middleware: notes the account in the request, or refuses the request and says why."""

    def __init__(self, app: ASGIApp, *, doors: Doors) -> None:
        self._app = app
        self._doors = doors
        self._pace = Pace(doors.settings.questions_per_minute)
        self._hashing = CapacityLimiter(2)  # a flood of log-ins may take neither all memory nor all threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope)
        try:
            response = await self._answered_here(visit, receive)
            if response is None:
                body = await _body(visit, receive)
                response = self._refusal(visit, _json(body))
        except WaitError as wait:
            response = visit.refused(429, "login_wait", wait=wait.seconds)
        except _TooLargeError:
            response = visit.refused(413, "request_too_large", megabytes=MAX_REQUEST_MB)
        except AccountsError as error:
            _log.error("nobody can log in: %s", error)
            response = visit.refused(503, "login_broken")
        if response is not None:
            await response(scope, receive, send)
        else:
            await self._app(scope, _again(body, receive), self._retold(visit, send))

    async def _answered_here(self, visit: _Visit, receive: Receive) -> Response | None:
        """Log-in and log-out; and what is said to somebody who is not logged in."""
        sessions = self._doors.sessions
        if self._is_owner(visit):
            visit.account = EVERYBODY
            visit.is_owner = True
        elif sessions is None or visit.path == _STARTED:
            visit.account = EVERYBODY
        if visit.path == _STARTED:
            return None
        if sessions is None:
            return RedirectResponse("/", 303) if visit.path in ("/login", "/logout") else None
        if visit.path == "/login":
            return await self._log_in(visit, receive, sessions)
        if visit.path == "/logout":
            if visit.method != "POST":
                return RedirectResponse("/", 303)  # a link or a picture somewhere must log nobody out
            sessions.end(visit.token)
            gone = RedirectResponse("/login", 303)
            gone.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=visit.is_secure)
            return gone
        if not visit.is_owner:
            account = sessions.account(visit.token)
            if account is None and visit.authorization.lower().startswith("basic "):
                given = visit.authorization, visit.address
                account = await to_thread.run_sync(sessions.account_of_basic, *given, limiter=self._hashing)
            if account is None:
                return visit.turned_away()
            visit.account = account
        return None

    async def _log_in(self, visit: _Visit, receive: Receive, sessions: Sessions) -> Response:
        """The form, or what it sent: a page for a browser, JSON for ``gradio_client``."""
        if visit.method != "POST":
            return visit.login_page()
        body = await _body(visit, receive) or b""
        try:
            form = parse_qs(body.decode(), max_num_fields=8)
        except ValueError:
            form = {}
        name, password = (form.get(key, [""])[0] for key in ("username", "password"))
        given = name.strip(), password, visit.address
        token = await to_thread.run_sync(sessions.log_in, *given, limiter=self._hashing)
        if token is None:
            return visit.refused(400, "login_wrong")
        response: Response = JSONResponse({"success": True})
        if visit.wants_page:
            response = RedirectResponse(visit.with_query("/"), 303)
        lasting = {
            "max_age": sessions.seconds,
            "httponly": True,
            "samesite": "lax",
            "secure": visit.is_secure,
        }
        response.set_cookie(COOKIE, token, **lasting)
        return response

    def _is_owner(self, visit: _Visit) -> bool:
        key = self._doors.owner_key
        given = visit.authorization.encode()
        return key is not None and hmac.compare_digest(given, f"Bearer {key}".encode())

    def _refusal(self, visit: _Visit, asked: Any) -> Response | None:
        """Why this account's request is not passed on, if it is not. ``asked``: its JSON."""
        if visit.path == _API + "upload" and not visit.account.may_edit:
            return visit.refused(403, "editors_only")
        if visit.is_owner:
            return None
        sessions, account = self._doors.sessions, visit.account
        if sessions and any(sessions.is_other_account(page, account) for page in visit.pages(asked)):
            return visit.refused(403, "not_yours")
        whose = visit.questions(asked)
        if whose and (wait := self._pace.wait_seconds(account.name or visit.address)):
            count = self._doors.settings.questions_per_minute
            if whose == {"private"}:  # of the page, which says it in its own way (access.paced)
                visit.scope["state"]["told"] = visit.said["too_many_questions"].format(
                    count=count, seconds=wait
                )
                return None
            return visit.refused(429, "too_many_questions", wait=wait, count=count)
        return None

    def _retold(self, visit: _Visit, send: Send) -> Send:
        """Gradio's 503 for a full queue and 413 for a large file, in words for whoever asked."""
        settings = self._doors.settings
        told: Response | None = None

        async def send_retold(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.start":
                if message["status"] == 503 and visit.method == "POST":
                    told = visit.refused(429, "too_many_waiting", wait=BUSY_SECONDS, count=settings.waiting)
                elif message["status"] == 413 and visit.path == _API + "upload":
                    told = visit.refused(413, "file_too_large", megabytes=settings.max_file_mb)
                if told is not None:
                    await told(visit.scope, _nothing, send)
            if told is None:
                await send(message)

        return send_retold


class _Visit:
    """One request, as far as the gate has to know it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.headers = Headers(scope=scope)
        self.path: str = scope["path"].rstrip("/") or "/"
        self.method: str = scope["method"]
        self.address: str = (scope.get("client") or ("",))[0]
        self.is_secure = scope["scheme"] == "https"
        self.authorization = self.headers.get("authorization", "")
        self.wants_page = "text/html" in self.headers.get("accept", "")
        self.is_owner = False

    @property
    def account(self) -> Account:
        account: Account = self.scope["state"]["account"]
        return account

    @account.setter
    def account(self, account: Account) -> None:
        self.scope.setdefault("state", {})["account"] = account

    @property
    def token(self) -> str:
        try:
            cookies = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return ""
        return cookies[COOKIE].value if COOKIE in cookies else ""

    @property
    def said(self) -> Words:
        return words(language_of(self.headers.get("accept-language")))

    def refused(self, status: int, key: str, *, wait: int | None = None, **about: int) -> Response:
        """In words: on the log-in page where the request came from there, as JSON otherwise."""
        told = self.said[key].format(seconds=wait, **about)
        headers = {"retry-after": str(wait)} if wait else {}
        if self.path == "/login" and self.wants_page:
            return self.login_page(told, status, headers)
        return JSONResponse({"detail": told}, status_code=status, headers=headers)

    def login_page(
        self, told: str = "", status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        kept_out = {"cache-control": "no-store", **(headers or {})}
        return HTMLResponse(login_html(self.said, told), status_code=status, headers=kept_out)

    def turned_away(self) -> Response:
        """To the log-in page, and back from there to the link; a script learns what to do. No challenge
        for Basic goes with it: browsers would open a window of their own over the page."""
        if self.wants_page and self.method == "GET":
            return RedirectResponse(self.with_query("/login"), 303)
        return self.refused(401, "login_needed")

    def with_query(self, path: str) -> str:
        query = self.scope["query_string"].decode("latin-1")
        return f"{path}?{query}" if query and self.path in ("/", "/login") else path

    def pages(self, asked: Any) -> set[str]:
        """The page sessions (and single calls of programs) that this request is about."""
        named = parse_qs(self.scope["query_string"].decode("latin-1")).get("session_hash", [])
        if isinstance(asked, dict):
            named.append(asked.get("session_hash"))
        parts = self.path.removeprefix(_API).split("/")
        if parts[0] == "heartbeat" or (parts[0] == "call" and self.method == "GET"):
            named.append(parts[-1])
        return {page[:_LONGEST_PAGE] for page in named if isinstance(page, str)}

    def questions(self, asked: Any) -> set[str]:
        """Who may name what it asks to be answered, by an event, an endpoint or a tool: "private" is the
        page alone. Empty: it asks for no answer."""
        if self.method != "POST" or not isinstance(asked, dict):
            return set()
        if self.path == _MCP:
            return {"public"} if asked.get("method") == "tools/call" else set()
        kind, _, name = self.path.removeprefix(_API).rpartition("/")
        if kind not in ("queue", "call", "call/v2", "run", "api"):
            return set()
        index = asked.get("fn_index")
        if index is not None and not isinstance(index, int):
            return {"public"}  # Gradio may still read a number out of it
        functions = self.scope["app"].get_blocks().fns.values()
        named = (f for f in functions if f._id == index or f.api_name == name)
        return {f.api_visibility for f in named if f.concurrency_id == QUESTIONS}


# -- bodies --------------------------------------------------------------------------------


class _TooLargeError(Exception):
    """A request over ``MAX_REQUEST_MB``."""


async def _body(visit: _Visit, receive: Receive) -> bytes | None:
    """The whole body of a request that is no upload; None where it is left to be read by others.

    Raises _TooLargeError.
    """
    if visit.method in ("GET", "HEAD") or visit.path == _API + "upload":
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_REQUEST_MB << 20:
            raise _TooLargeError
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes | None, receive: Receive) -> Receive:
    """What gives the body that was read here to whoever reads it next."""
    if body is None:
        return receive
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return unread.pop() if unread else await receive()

    return receive_again


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _json(body: bytes | None) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None

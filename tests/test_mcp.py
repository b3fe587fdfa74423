"""The tools for models, asked by the protocol's own client over HTTP."""

from __future__ import annotations

import asyncio
import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from guarded import EDITOR, READER, Guarded, guarded
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from small_world import AMOUNTS, LABELS, SHARE_QUESTION

from faces.programs import looking_requests
from faces.tools import PATH, tool_settings
from ingest.errors import BudgetQAError


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("tools"), with_tools=True, questions_per_minute=20) as served:
        yield served


def asked(server: Guarded, account: tuple[str, str], what: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def session() -> Any:
        given = b64encode(":".join(account).encode()).decode()
        async with (
            httpx2.AsyncClient(headers={"authorization": f"Basic {given}"}, timeout=30) as client,
            streamable_http_client(server.address.rstrip("/") + PATH, http_client=client) as streams,
            ClientSession(*streams[:2]) as opened,
        ):
            await opened.initialize()
            return await what(opened)

    return asyncio.run(session())


def test_the_tools_are_those_that_change_nothing(server: Guarded) -> None:
    tools = asked(server, READER, lambda s: s.list_tools()).tools
    assert {tool.name for tool in tools} == {r.__name__ for r in looking_requests(server.world.desk)}
    assert {"ask", "search_figures", "get_document", "calculate", "audit"} <= {tool.name for tool in tools}
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
    search = next(tool for tool in tools if tool.name == "search_figures").input_schema
    assert search["required"] == ["text"]
    assert "招待费" in next(tool for tool in tools if tool.name == "search_figures").description


def test_a_tool_answers_in_json(server: Guarded) -> None:
    answer = asked(server, READER, lambda s: s.call_tool("ask", {"question": SHARE_QUESTION}))
    assert not answer.is_error
    assert answer.structured_content["status"] == "answered"
    assert answer.structured_content["citations"][0]["quote"] == AMOUNTS[2]
    found = asked(server, READER, lambda s: s.call_tool("search_figures", {"text": LABELS[2]}))
    assert found.structured_content["result"][0]["text"] == AMOUNTS[2]


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("calculate", {"expression": "__import__('os')"}, "not an arithmetic expression"),
        ("calculate", {}, "expression"),
        ("get_document", {"name": "no such"}, "no document is called"),
        ("remove", {"name": "1"}, "remove"),
        ("ingest", {"files": []}, "ingest"),
    ],
)
def test_what_cannot_be_done_is_said(server: Guarded, name: str, arguments: Any, told: str) -> None:
    answer = asked(server, EDITOR, lambda s: s.call_tool(name, arguments))
    assert answer.is_error
    assert told in answer.content[0].text
    assert server.world.desk.documents()


def test_the_tools_are_behind_the_log_in_and_the_boundary(server: Guarded) -> None:
    address = server.address.rstrip("/") + PATH
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}
    assert httpx.post(address, json=request, headers=headers).status_code == 401
    assert httpx.post(address, json=request, headers=headers, auth=("editor", "wrong one")).status_code == 401
    foreign = {**headers, "origin": "https://evil.example"}
    assert httpx.post(address, json=request, headers=foreign, auth=EDITOR).status_code == 403


def test_tool_calls_have_the_pace_of_questions(tmp_path: Path) -> None:
    with guarded(tmp_path, with_tools=True, questions_per_minute=2) as server:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        request = {**call, "params": {"name": "calculate", "arguments": {"expression": "1 + 1"}}}
        headers = {"accept": "application/json, text/event-stream", "authorization": f"Bearer {server.key}"}
        address = server.address.rstrip("/") + PATH
        for _ in range(4):  # the store's owner has no pace
            assert httpx.post(address, json=request, headers=headers).status_code == 200
        del headers["authorization"]
        replies = [httpx.post(address, json=request, headers=headers, auth=EDITOR) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 200, 429]


def test_without_the_package_it_is_said_what_to_install(
    server: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    with pytest.raises(BudgetQAError, match=r"pip install -e '\.\[mcp\]'"):
        tool_settings(server.world.desk)

"""The documents' own files over HTTP: by number, as attachments, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from small_world import World, build_world, document_of
from starlette.applications import Starlette
from starlette.testclient import TestClient

from faces.sources import source_route


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build_world(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture
def client(world: World) -> TestClient:
    return TestClient(Starlette(routes=[source_route(world.desk.store)]))


def test_a_file_is_an_attachment_under_its_own_name(world: World, client: TestClient) -> None:
    reply = client.get("/sources/1")
    assert reply.status_code == 200
    assert reply.content == world.file.read_bytes()
    disposition = reply.headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).endswith(world.file.name)
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "path", ["0", "2", "9" * 40, "-1", "1.5", "..%2f..%2fetc%2fpasswd", "", "figures.sqlite"]
)
def test_nothing_but_documents_is_given(client: TestClient, path: str) -> None:
    reply = client.get(f"/sources/{path}", follow_redirects=False)
    assert reply.status_code in (404, 307)
    assert b"SQLite" not in reply.content


def test_it_says_so_in_the_readers_language(client: TestClient) -> None:
    assert "没有这份文件" in client.get("/sources/7", headers={"accept-language": "zh-CN"}).text
    assert "no such document" in client.get("/sources/7", headers={"accept-language": "en"}).text


def test_a_removed_document_is_not_given(world: World, client: TestClient) -> None:
    world.desk.remove("1")
    assert client.get("/sources/1").status_code == 404


def test_a_hostile_name_adds_no_header(world: World, client: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("as read", encoding="utf-8")
    name = 'a";\r\nset-cookie: x=1\r\n\r\n<script>.txt'
    world.desk.store.add(replace(document_of(file, format_="txt"), file_name=name), file)
    reply = client.get("/sources/2")
    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers
    assert "\n" not in reply.headers["content-disposition"]


def test_it_cannot_be_written_to(client: TestClient) -> None:
    assert client.put("/sources/1", content=b"x").status_code == 405
    assert client.delete("/sources/1").status_code == 405

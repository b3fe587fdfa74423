"""What programs may ask: the named endpoints, their documentation, and the example client."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from page_visit import serving
from small_world import AMOUNTS, LABELS, SHARE_QUESTION, TITLE, World, build_world

from faces.desk import DeskError
from faces.programs import MOST_FOUND, editing_requests, looking_requests

PROJECT = Path(__file__).resolve().parent.parent
READING = {"ask", "search_figures", "documents", "get_document", "calculate", "audit"}
DETAILED = {"explain", "tables", "rows", "passages"}
EDITING = {"remove", "reindex", "ingest"}


@pytest.fixture(scope="module")
def world_and_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    world = build_world(tmp_path_factory.mktemp("world"))
    with serving(world.desk) as address:
        yield world, address


@pytest.fixture
def address(world_and_address: tuple[World, str]) -> str:
    return world_and_address[1]


@pytest.fixture
def named(world_and_address: tuple[World, str]) -> dict[str, Any]:
    return {request.__name__: request for request in looking_requests(world_and_address[0].desk)}


def test_every_request_is_an_endpoint_and_there_are_no_others(address: str) -> None:
    info = httpx.get(f"{address}gradio_api/info").json()
    assert set(info["named_endpoints"]) == {f"/{name}" for name in READING | DETAILED | EDITING}
    assert info["unnamed_endpoints"] == {}


def test_every_endpoint_and_parameter_is_documented(world_and_address: tuple[World, str]) -> None:
    from gradio.utils import get_function_description

    desk = world_and_address[0].desk
    for request in (*looking_requests(desk), *editing_requests(desk)):
        text, parameters, _ = get_function_description(request)
        assert text.endswith("."), request.__name__
        assert all(parameters.values()), request.__name__


def test_open_api_describes_every_endpoint(address: str) -> None:
    schema = httpx.get(f"{address}gradio_api/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    for name in READING | DETAILED | EDITING:
        asked = schema["paths"][f"/gradio_api/call/v2/{name}"]["post"]
        assert asked["description"], name
    figures = schema["paths"]["/gradio_api/call/v2/search_figures"]["post"]["requestBody"]
    properties = figures["content"]["application/json"]["schema"]["properties"]
    assert set(properties) == {"text", "organization", "fiscal_year", "limit"}


def test_figures_are_found_by_name_and_by_another_name(named: dict[str, Any]) -> None:
    for text in (LABELS[2], "招待费"):
        (found,) = named["search_figures"](text)
        assert (found["row"], found["text"], found["page"]) == (LABELS[2], AMOUNTS[2], 1)
        assert found["table"] == TITLE


def test_figures_are_found_within_an_organization_and_a_year(named: dict[str, Any]) -> None:
    search = named["search_figures"]
    assert search(LABELS[2], organization="政务管理", fiscal_year=2017)
    assert search(LABELS[2], organization="财政局") == []
    assert search(LABELS[2], fiscal_year=2016) == []
    assert len(search("费", limit=1)) == 1


@pytest.mark.parametrize(
    "given", [{"text": " "}, {"text": "费", "limit": 0}, {"text": "费", "limit": MOST_FOUND + 1}]
)
def test_a_search_for_nothing_or_too_much_is_refused(named: dict[str, Any], given: dict[str, Any]) -> None:
    with pytest.raises(DeskError):
        named["search_figures"](**given)


def test_a_document_is_described_with_its_tables(named: dict[str, Any]) -> None:
    described = named["get_document"]("样例市")
    assert described["identity"]["fiscal_year"] == 2017
    (table,) = described["tables"]
    assert (table["title"], table["row_count"]) == (TITLE, len(LABELS))


@pytest.mark.parametrize(
    ("expression", "value"),
    [("0.1 + 0.2", "0.3"), ("1,071.33 - 24.53", "1046.80"), ("-(2 + 3) * 4", "-20"), ("7 / 2", "3.5")],
)
def test_calculations_are_exact(named: dict[str, Any], expression: str, value: str) -> None:
    assert named["calculate"](expression) == {"expression": expression, "value": value}


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os')",
        "open('/etc/passwd').read()",
        "1e999999999",
        "9 ** 9",
        "1 / 0",
        "a",
        "",
        "(" * 9000,
        "1;2",
    ],
)
def test_what_is_no_arithmetic_is_refused_and_never_run(named: dict[str, Any], expression: str) -> None:
    with pytest.raises(DeskError):
        named["calculate"](expression)


def test_a_refusal_reaches_a_program_as_its_text(address: str) -> None:
    call = f"{address}gradio_api/call/calculate"
    event = httpx.post(call, json={"data": ["1 / 0"]}).json()["event_id"]
    reply = httpx.get(f"{call}/{event}").text
    assert "event: error" in reply
    assert "no result" in reply


def test_the_example_client_asks_and_calculates(address: str) -> None:
    ran = subprocess.run(
        [sys.executable, str(PROJECT / "examples" / "client.py"), address, SHARE_QUESTION],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert "34.39%" in ran.stdout
    assert "[1]" in ran.stdout

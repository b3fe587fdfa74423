"""A store's SQLite file as people open it: the views, and what Datasette is told about them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import make_document, make_table
from conftest import PROJECT
from small_world import no_model

from faces.export import rows_of
from index_store import Store
from ingest.model import Finding, FindingPlace, Place

METADATA = PROJECT / "docs" / "datasette.yaml"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    (database,) = yaml.safe_load(METADATA.read_text("utf-8"))["databases"].values()
    return dict(database)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    from dataclasses import replace

    finding = Finding(
        "sum", "certain", "total", "合计", "9.00", "8.00", "万元", "不符", (FindingPlace(Place(3), "9.00"),)
    )
    with Store.open(tmp_path, embedder=no_model) as opened:
        opened.add(replace(make_document(tables=(make_table(), make_table())), findings=(finding,)))
        yield opened


@pytest.fixture
def file(store: Store, tmp_path: Path) -> Path:
    return tmp_path / "figures.sqlite"


@pytest.fixture
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The file beside its owner, for reading only, as Datasette opens it."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def test_the_view_has_the_records_of_an_export(store: Store, opened: sqlite3.Connection) -> None:
    (stored,) = store.documents()
    expected = [
        (
            r["document"],
            r["organization"],
            r["table"],
            r["row"],
            " > ".join(r["row_path"]),
            r["text"],
            r["page"],
        )
        for r in rows_of(store.load(stored.id))
    ]
    names = "file_name, organization, table_title, item, item_path, text, page_number"
    assert [tuple(row) for row in opened.execute(f"SELECT {names} FROM figures")] == expected


def test_every_table_and_column_that_is_described_is_there(
    told: dict[str, Any], opened: sqlite3.Connection
) -> None:
    for name, described in told["tables"].items():
        there = {row["name"] for row in opened.execute(f'PRAGMA table_info("{name}")')}
        assert described.get("columns", {}).keys() <= there, name
        assert set(described.get("facets", ())) <= there, name
    for name in ("figures", "contradictions"):
        there = {row["name"] for row in opened.execute(f"PRAGMA table_info({name})")}
        assert told["tables"][name]["columns"].keys() == there


def test_every_ready_question_can_be_asked(told: dict[str, Any], opened: sqlite3.Connection) -> None:
    for name, query in told["queries"].items():
        opened.execute(query["sql"], dict.fromkeys(query.get("params", ()), "")).fetchall()
        assert query["title"], name
    (found,) = opened.execute(told["queries"]["where_documents_disagree"]["sql"])
    assert (found["printed"], found["places"]) == ("9.00", "p. 3: 9.00")


def test_an_older_view_is_made_anew(store: Store, file: Path, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(file) as connection:
        connection.execute("DROP VIEW figures")
        connection.execute("DROP VIEW contradictions")
        connection.execute("CREATE VIEW figures AS SELECT 1 AS old")
    with Store.open(tmp_path, embedder=no_model):
        connection = sqlite3.connect(file)
        assert connection.execute("SELECT count(item) FROM figures").fetchone() == (12,)
        assert connection.execute("SELECT count(*) FROM contradictions").fetchone() == (1,)
        connection.close()


def test_datasette_shows_it(file: Path) -> None:
    app = pytest.importorskip("datasette.app")
    served = app.Datasette([str(file)], metadata=yaml.safe_load(METADATA.read_text("utf-8")))

    async def statuses() -> list[int]:
        await served.invoke_startup()
        pages = [
            "figures/figures",
            "figures/contradictions",
            "figures/cells",
            "figures/largest_items?year=2017",
        ]
        pages += ["figures", "figures/where_documents_disagree", "figures/item_over_the_years?item=公务"]
        return [(await served.client.get(f"/{page}")).status_code for page in pages]

    assert set(asyncio.run(statuses())) == {200}

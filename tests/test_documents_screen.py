"""The documents and their audit without a browser: batches, verdicts, removal, gaps, findings."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from builders import make_document
from fpdf import FPDF
from small_world import FONT_FILES, World, build_world

from faces.auditing import audit_of
from faces.batches import Batch, FileProgress, Snapshot
from faces.desk import DeskError
from faces.export import write_records
from faces.findings import citations_of, finding_records, findings_html, rule_text
from faces.gaps import Gap, gaps, gaps_html
from faces.reading import Reading
from faces.removal import Removals
from faces.verdicts import batch_html, content_line, progress_html
from faces.wording import words
from index_store.errors import UnknownDocumentError
from index_store.intake import Progress
from index_store.store import StoredDocument
from ingest import read_document
from ingest.checks.parts import rules
from ingest.model import Identity, Place
from ingest.standard import standard_names

ZH, EN = words("zh"), words("en")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build_world(tmp_path)


def text_file(
    folder: Path, name: str, content: str = "2018年样例市财政局部门预算\n\n收入预算90.00万元。\n"
) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


# -- batches -------------------------------------------------------------------------------


def test_a_batch_reads_what_was_added_and_tells_what_is_in_it(world: World, tmp_path: Path) -> None:
    files = [text_file(tmp_path / "a", "甲.txt"), text_file(tmp_path / "b", "空.txt", "")]
    batch = Batch(world.desk, Reading(), [str(file) for file in files])
    assert batch.wait(60)
    assert [verdict["status"] for verdict in batch.outcomes] == ["added", "failed"]
    told = batch_html(batch, world.desk.store, ZH)
    assert f"{ZH['verdict_added']} 1 · {ZH['verdict_failed']} 1" in told
    assert all(not file.exists() for file in files), "uploads do not stay"


def test_a_batch_that_waits_for_another_can_be_stopped(world: World, tmp_path: Path) -> None:
    reading = Reading()
    first, go_on = threading.Event(), threading.Event()

    class Slow:
        def ingest(self, *given: object) -> list[object]:
            first.set()
            go_on.wait(30)
            return []

    held = threading.Thread(target=reading.read, args=(Slow(), []))
    held.start()
    assert first.wait(10)
    batch = Batch(world.desk, reading, [str(text_file(tmp_path / "a", "甲.txt"))])
    assert ZH["batch_waiting"] in progress_html(batch.snapshot(), ZH)
    batch.stop()
    go_on.set()
    held.join()
    assert batch.wait(30)
    assert [verdict["status"] for verdict in batch.outcomes] == ["cancelled"]
    assert [document.file_name for document in world.desk.store.documents()] == [world.document.file_name]


def test_progress_is_a_bar_for_the_batch_and_one_for_each_file() -> None:
    files = (
        FileProgress("<甲>.pdf", "reading", 3, 12),
        FileProgress("乙.xlsx", "storing"),
        FileProgress("丙.pdf"),
    )
    last = Progress("reading", 1, 3, "<甲>.pdf", 1, 3, 12, seconds_left=8.4)
    told = progress_html(Snapshot(files, last, stopping=False), ZH)
    assert re.findall(r'value="(\d+)" max="(\d+)"', told) == [("1", "3"), ("3", "12"), ("1", "1"), ("0", "1")]
    assert "约剩 8 秒" in told
    assert "<甲>" not in told
    assert ZH["batch_stopping"] in progress_html(Snapshot(files, last, stopping=True), ZH)


def test_a_verdict_counts_what_was_read() -> None:
    document = make_document("a.pdf")
    rows = [row for table in document.tables for row in table.rows]
    scanned = replace(rows[0].cells[0], confidence=0.9, place=Place(3))
    table = replace(
        document.tables[0], rows=(replace(rows[0], cells=(scanned, *rows[0].cells[1:])), *rows[1:])
    )
    told = content_line(replace(document, tables=(table,), page_count=4), ZH)
    assert "4 页 · 1 张表" in told
    assert "文字识别 1 页" in told


# -- removal -------------------------------------------------------------------------------


def test_a_removed_document_comes_back_exactly(world: World) -> None:
    store, removals = world.desk.store, Removals(world.desk)
    (before,) = store.documents()
    document, source = store.load(before.id), store.source_path(before.id)
    content = source.read_bytes() if source else b""
    token, name = removals.remove(before.id)
    assert name == document.file_name
    assert store.documents() == []
    assert removals.undo(token) == name
    (after,) = store.documents()
    assert store.load(after.id) == document
    restored = store.source_path(after.id)
    assert restored is not None
    assert restored.read_bytes() == content
    with pytest.raises(DeskError, match="too late"):
        removals.undo(token)


def test_undoing_never_pushes_out_a_document_of_the_same_name(world: World) -> None:
    store, removals = world.desk.store, Removals(world.desk)
    (before,) = store.documents()
    document = store.load(before.id)
    token, _ = removals.remove(before.id)
    store.add(replace(document, sha256="0" * 64))
    with pytest.raises(DeskError, match="by now"):
        removals.undo(token)
    assert [d.sha256 for d in store.documents()] == ["0" * 64]


def test_what_was_removed_is_forgotten_in_time(world: World) -> None:
    removals = Removals(world.desk, seconds=0)
    token, _ = removals.remove(world.desk.store.documents()[0].id)
    for timer in [t for t in threading.enumerate() if isinstance(t, threading.Timer) and not t.interval]:
        timer.join(5)
    with pytest.raises(DeskError, match="too late"):
        removals.undo(token)


def test_removing_what_is_gone_says_so(world: World) -> None:
    with pytest.raises(UnknownDocumentError):
        Removals(world.desk).remove(4711)


# -- gaps ----------------------------------------------------------------------------------


def stored(id_: int, who: str | None, year: int | None, kind: str | None = "budget") -> StoredDocument:
    identity = Identity(who, year, kind, "department")  # type: ignore[arg-type]
    return StoredDocument(id_, f"{id_}.pdf", "pdf", 1, identity, 1, 1, 1, 1, 0, True, str(id_), (), "")


def test_a_table_that_the_year_before_has_is_missed() -> None:
    documents = [stored(1, "甲局", 2023), stored(2, "甲局", 2024), stored(3, "甲局", 2024)]
    names = list(standard_names())[:2]
    found = gaps(documents, {1: frozenset(names), 2: frozenset(names[:1])})
    assert found == [Gap("甲局", "budget", 2024, (names[1],))]
    assert gaps(documents, {1: frozenset(names), 2: frozenset(names[:1]), 3: frozenset(names[1:])}) == []


def test_a_body_without_this_years_document_is_missed() -> None:
    documents = [
        stored(1, "甲局", 2023),
        stored(2, "乙局", 2023),
        stored(3, "乙局", 2024),
        stored(4, None, None),
    ]
    assert gaps(documents, {}) == [Gap("甲局", "budget", 2024, ())]
    told = gaps_html(gaps(documents, {}), ZH)
    assert ZH["gap_document"] in told
    assert gaps_html([], ZH) == ""


def test_a_body_of_long_ago_is_not_missed() -> None:
    assert gaps([stored(1, "甲局", 2019), stored(2, "乙局", 2024)], {}) == []


# -- findings ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contradicting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose total is not the sum of its rows."""
    font = next((f for f in FONT_FILES if Path(f).exists()), None)
    if font is None:
        pytest.skip("no Chinese font on this machine to typeset a test document with")
    pdf = FPDF(unit="pt", format="A4")
    pdf.add_font("zh", fname=font)
    pdf.set_font("zh", size=11)
    pdf.add_page()
    pdf.cell(text="2024年样例市<财政>局部门预算")
    pdf.set_xy(60, 90)
    pdf.cell(text="支出预算总表　　单位：万元")
    rows = [("项目", "合计"), ("合计", "30.00"), ("基本支出", "10.00"), ("项目支出", "25.00")]
    for index, (label, amount) in enumerate(rows):
        pdf.set_xy(60, 120 + 24 * index)
        pdf.cell(200, 24, label, border=1)
        pdf.cell(120, 24, amount, border=1, align="R")
    path = tmp_path_factory.mktemp("contradicting") / "2024年样例市财政局部门预算.pdf"
    pdf.output(str(path))
    return path


@pytest.mark.parametrize("said", [ZH, EN], ids=["zh", "en"])
def test_findings_say_what_is_wrong_and_by_which_rule(contradicting: Path, said: dict[str, str]) -> None:
    document = read_document(contradicting)
    assert document.findings, "the total is wrong by 5"
    told = unescape(findings_html(document, "", said))
    finding = document.findings[0]
    assert finding.printed in told
    assert finding.expected in told
    assert rule_text(finding.rule, said) in told
    assert said["severity_" + finding.severity] in told
    assert said["audit_checked"].split("（")[0].split(" (")[0] in told
    others = {"certain", "suspected", "note"} - {f.severity for f in document.findings}
    assert said["audit_filtered"] in findings_html(document, others.pop(), said)


def test_a_clean_document_says_what_was_checked(contradicting: Path) -> None:
    clean = replace(read_document(contradicting), findings=())
    told = findings_html(clean, "", ZH)
    assert ZH["audit_clean"] in told
    assert '<details class="checked" open>' in told


def test_the_places_of_a_finding_are_citations(contradicting: Path) -> None:
    document = read_document(contradicting)
    cited = citations_of(document.findings[0], 7, document.file_name)
    assert [c.n for c in cited] == list(range(1, len(cited) + 1))
    assert {c.document_id for c in cited} == {7}
    assert Decimal(cited[0].quote) == Decimal(document.findings[0].printed)
    assert all(c.page_number == 1 and c.bbox for c in cited)


def test_exported_findings_hold_every_place(contradicting: Path) -> None:
    findings = audit_of(read_document(contradicting))["findings"]
    (record, *_) = finding_records(findings)
    assert len(record["places"]) == len(findings[0]["places"])
    assert findings[0]["printed"] in write_records([record], "csv").decode("utf-8-sig")
    assert json.loads(write_records(findings, "json"))[0]["rule"] == findings[0]["rule"]


def test_every_rule_is_told_in_english() -> None:
    for name in rules():
        assert not re.search("[\u4e00-\u9fff]", rule_text(name, EN))

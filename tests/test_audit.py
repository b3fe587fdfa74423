"""What an audit tells outside: the fixed format, the lines of the command, one finding for one mistake."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from builders import make_document
from small_world import document_of, typeset

import app
import cli
from faces.auditing import audit_lines, audit_of
from faces.desk import LocalDesk, RemoteDesk
from index_store.store import Store
from ingest import read_document
from ingest.model import Document

TEXT = """样例市档案馆2022年部门预算

第一部分 部门预算情况说明

2022年档案事务预算70.20万元，比2021年增加5.20万元，增长8.00%，主要原因是人员增加。

第二部分 部门预算表

表一 支出预算总表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
\t合计\t{total}\t60.10\t30.30
201\t一般公共服务支出\t70.20\t50.10\t20.10
20126\t档案事务\t70.20\t50.10\t20.10
208\t社会保障和就业支出\t20.20\t10.00\t10.20
20805\t行政事业单位养老支出\t20.20\t10.00\t10.20
"""


def read(folder: Path, total: str) -> Document:
    path = folder / "预算.txt"
    path.write_text(TEXT.format(total=total), encoding="utf-8")
    return read_document(path)


def test_what_is_read_is_audited(tmp_path: Path) -> None:
    assert read(tmp_path, "90.40").findings == ()
    (finding,) = read(tmp_path, "94.40").findings
    assert (finding.kind, finding.severity) == ("sum", "certain")
    assert (finding.printed, finding.expected, finding.unit) == ("94.40", "90.40", "万元")
    assert finding.places[0].quote == "94.40"
    assert {"70.20", "20.20", "60.10"} <= {place.quote for place in finding.places[1:]}


def test_prose_that_is_right_is_not_blamed_for_a_wrong_cell(tmp_path: Path) -> None:
    path = tmp_path / "预算.txt"
    wrong = TEXT.replace("20126\t档案事务\t70.20", "20126\t档案事务\t72.20").format(total="90.40")
    path.write_text(wrong, encoding="utf-8")
    (finding,) = read_document(path).findings
    assert (finding.printed, finding.expected) == ("72.20", "70.20")
    assert finding.places[0].table is not None


def test_a_failing_audit_loses_nothing_that_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Document) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr("ingest.audit.audit", fail)
    document = read(tmp_path, "94.40")
    assert document.tables
    assert any("could not be audited" in warning for warning in document.warnings)


def test_the_outside_format_is_the_agreed_one(tmp_path: Path) -> None:
    document = read(tmp_path, "94.40")
    (finding,) = audit_of(document)["findings"]
    assert list(finding) == [
        *("doc", "kind", "severity", "rule", "where", "printed", "expected", "unit", "message", "places")
    ]
    assert finding["doc"] == "预算.txt"
    assert Decimal(finding["printed"]) - Decimal(finding["expected"]) == 4
    for place in finding["places"]:
        assert list(place) == ["page", "bbox", "table", "row", "column", "section", "quote"]
    assert json.loads(json.dumps(finding, ensure_ascii=False)) == finding


def test_people_read_the_rule_both_places_and_what_was_checked(tmp_path: Path) -> None:
    lines = list(audit_lines(audit_of(read(tmp_path, "94.40"))))
    assert lines[0] == "certain: 1"
    assert "印为94.40万元" in lines[1]
    assert "应为90.40万元" in lines[1]
    assert any("合计、小计和上级科目等于所列各行之和" in line for line in lines)
    assert any("表一 支出预算总表 · 合计 · 合计: 94.40" in line for line in lines)
    assert any("对照" in line and line.endswith(": 70.20") for line in lines)
    quiet = "\n".join(audit_lines(audit_of(read(tmp_path, "90.40"))))
    assert quiet.startswith("no contradictions found\nchecked in the tables:\n")
    assert "no figures in tables to check" in "\n".join(audit_lines(audit_of(make_document(tables=()))))


# -- the command and the server ------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LocalDesk]:
    file = tmp_path / "样例市2017.pdf"
    typeset(file)
    found = read(tmp_path, "94.40").findings
    store = Store.open(tmp_path / "store")
    store.add(replace(document_of(file), findings=found), file)
    made = LocalDesk(store)
    yield made
    made.close()


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    monkeypatch.setattr(sys, "argv", ["budget-qa", "audit", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert not stopped.value.code
    return capsys.readouterr().out


def test_the_command_prints_what_the_store_keeps(
    desk: LocalDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "open_desk", lambda directory: desk)
    monkeypatch.setattr(desk, "close", lambda: None)
    assert "certain: 1" in run(monkeypatch, capsys, "样例市")
    (finding,) = json.loads(run(monkeypatch, capsys, "样例市", "--json"))
    assert finding["printed"] == "94.40"


def test_the_server_gives_the_same(desk: LocalDesk) -> None:
    page = app.build_app(desk)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **app.launch_settings("127.0.0.1"))
    remote = RemoteDesk(address)
    try:
        assert remote.findings("样例市") == desk.findings("样例市")
    finally:
        remote.close()
        page.close()

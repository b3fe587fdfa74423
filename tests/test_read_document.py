"""One way in: a file -> a whole Document, or one clear error."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_maker import Canvas, write_pdf

import ingest.detect
from ingest import read_document
from ingest.detect import _data_kind
from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    FileTooLargeError,
    IngestError,
    UnsupportedFileError,
)


def budget_pdf(path: Path) -> Path:
    """A cover, a paragraph and a ruled table."""
    cover = Canvas()
    cover.text(150, 200, "临江市水务局", 24)
    cover.text(150, 260, "2025年部门预算", 24)
    body = Canvas()
    body.text(100, 80, "一、收支情况", 14)
    body.text(100, 110, "2025年收入预算9.47万元，比上年增加1.00万元。", 14)
    body.text(250, 190, "收入预算表", 14)
    body.text(420, 215, "单位：万元")
    body.grid([90, 300, 500], [230, 250, 270, 290])
    for row, (label, amount) in enumerate([("项目", "金额"), ("合计", "9.47"), ("财政拨款", "9.47")]):
        body.text(100, 235 + 20 * row, label)
        body.text_right(490, 235 + 20 * row, amount)
    return write_pdf(path, [cover, body])


def test_a_pdf_is_read_whole(tmp_path: Path) -> None:
    path = budget_pdf(tmp_path / "upload.tmp")
    told: list[tuple[int, int]] = []
    document = read_document(
        path, file_name="部门预算.pdf", progress=lambda done, pages: told.append((done, pages))
    )
    assert (document.file_name, document.format, document.page_count) == ("部门预算.pdf", "pdf", 2)
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (document.identity.organization, document.identity.fiscal_year) == ("临江市水务局", 2025)
    assert [table.title for table in document.tables] == ["收入预算表"]
    assert [figure.text for s in document.statements for figure in s.figures] == ["9.47万元", "1.00万元"]
    assert told[-1] == (2, 2)


def test_a_text_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("临江市水务局2025年部门预算\n\n一、收支情况\n\n收入预算9.47万元。\n".encode("gb18030"))
    document = read_document(path)
    assert (document.format, document.page_count) == ("txt", None)
    assert document.identity.organization == "临江市水务局"
    (statement,) = document.statements
    assert document.passages[statement.passage_index].section == ("一、收支情况",)


def test_what_is_not_known_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("收入预算9.47万元。", encoding="utf-8")
    assert len(read_document(path).warnings) == 2


def test_a_name_that_tries_to_leave_its_folder_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("收入预算9.47万元。", encoding="utf-8")
    assert read_document(path, file_name="../../etc/passwd").file_name == "passwd"


def office(member: str) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "x")

    return write


@pytest.mark.parametrize(
    ("write", "named"),
    [
        (office("xl/workbook.bin"), "binary Excel"),
        (office("OFD.xml"), "OFD"),
        (office("report.txt"), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Word, Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "JPEG"),
        (b"{\\rtf1 budget}", "rich text"),
        (b"PK\x03\x04 cut short", "damaged zip"),
        (bytes(range(256)) * 4 + bytes(9), "binary"),
    ],
)
def test_other_formats_are_named_with_what_to_do(
    tmp_path: Path, write: bytes | Callable[[Path], object], named: str
) -> None:
    path = tmp_path / "预算.pdf"
    if isinstance(write, bytes):
        path.write_bytes(write)
    else:
        write(path)
    with pytest.raises(UnsupportedFileError, match=named) as raised:
        read_document(path)
    assert "as a PDF" in str(raised.value)
    assert "预算.pdf" in str(raised.value)


RECORD = '{"question": "收入预算是多少？", "answer": 9.47}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{RECORD}\n{RECORD}\n", "JSON"),
        (f"\n  [\n  {RECORD}\n]\n", "JSON"),
        (json.dumps({"预算": {"合计": 9.47}}, ensure_ascii=False, indent=2), "JSON"),
        (json.dumps({"text": "预算" * 9000}, ensure_ascii=False), "JSON"),
        ('["收入", "支出"]', "JSON"),
        ("[1, 2.5]\n[3, 4]\n", "JSON"),
        ("{}\n", "JSON"),
        ("id,question,answer\n1,收入预算是多少,9.47\n2,支出预算是多少,9.47\n", "CSV"),
        ('id;note\n1;"two\nlines"\n2;"a;b"\n', "CSV"),
        ("id\tquestion\n" + "1\t收入预算是多少\n" * 900, "TSV"),
    ],
)
def test_data_is_no_budget_document(tmp_path: Path, text: str, named: str, encoding: str) -> None:
    path = tmp_path / "预算.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(UnsupportedFileError, match=f"{named} data") as raised:
        read_document(path)
    assert "预算.txt" in str(raised.value)
    assert "as a PDF or as plain text" in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "[1]\n收入预算9.47万元。\n",
        "[2025年]收入预算9.47万元。\n",
        '["三公"经费]2025年预算9.47万元。\n',
        "{收入预算}9.47万元。\n",
        "收入,支出\n9.47,9.47\n1.00,1.00\n",
        "\t\t\n项目\t金额\t备注\n合计\t9.47\t无\n",
        "A\tB\n收入预算表\n合计\t9.47\n",
        "Budget of 2025, in brief\n收入预算9.47万元, 支出9.47万元\n没有, 结余\n",
    ],
)
def test_a_text_that_only_looks_like_data_is_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert read_document(path).format == "txt"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_json_objects_are_known_whatever_they_hold(value: object) -> None:
    for indent in (None, 2):
        assert _data_kind(json.dumps({"value": value}, indent=indent).encode()) == "JSON data"
        assert _data_kind(json.dumps([{"value": value}] * 2, indent=indent).encode()) == "JSON data"


@given(st.text('[{"\\,;\t\r\n: a1项') | st.text())
def test_telling_data_from_text_never_fails(text: str) -> None:
    assert _data_kind(text.encode()) is None or not text.startswith("项")


def test_a_text_that_begins_like_a_picture_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("BM项目预算9.47万元。", encoding="utf-8")
    assert read_document(path).format == "txt"


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = budget_pdf(tmp_path / "a.pdf")
    monkeypatch.setattr(ingest.detect, "MAX_PAGES", 1)
    with pytest.raises(FileTooLargeError, match="2 pages, the limit is 1"):
        read_document(path)
    monkeypatch.setattr(ingest.detect, "MAX_BYTES", 10)
    with pytest.raises(FileTooLargeError, match="MB"):
        read_document(path)


@pytest.mark.parametrize(("content", "error"), [(b"", EmptyFileError), (b" \n\n ", EmptyFileError)])
def test_nothing_to_read(tmp_path: Path, content: bytes, error: type[IngestError]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(error):
        read_document(path)


def test_a_page_without_text_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError):
        read_document(write_pdf(tmp_path / "a.pdf", [Canvas()]))


def test_a_missing_file_is_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="cannot be opened"):
        read_document(tmp_path / "none.pdf")


def test_whatever_a_library_raises_is_one_kind_of_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("ingest.readers.pdf.read_pdf", fail)
    with pytest.raises(DamagedFileError, match="RecursionError: too deep") as raised:
        read_document(budget_pdf(tmp_path / "a.pdf"))
    assert isinstance(raised.value.__cause__, RecursionError)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(cut=st.integers(0, 3000), change=st.integers(0, 3000), byte=st.integers(0, 255))
def test_a_damaged_pdf_is_read_or_refused_never_a_crash(
    tmp_path: Path, cut: int, change: int, byte: int
) -> None:
    content = bytearray(budget_pdf(tmp_path / "a.pdf").read_bytes())
    content[change % len(content)] = byte
    path = tmp_path / "b.pdf"
    path.write_bytes(content[: len(content) - cut % len(content)])
    try:
        document = read_document(path)
    except IngestError:
        return
    assert document.format in ("pdf", "txt")


def test_importing_the_data_model_loads_no_reader() -> None:
    code = "import sys, ingest.model; assert not {'pdfplumber', 'pdfminer'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)

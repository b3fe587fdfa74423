"""Hostile, locked and broken workbooks end in one clear error, whatever they are called."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import fill, raw_xlsx, xls, xlsx, zipped
from xlwt.CompoundDoc import XlsDoc

import ingest.detect
import ingest.readers.excel_blocks
import ingest.readers.excel_book
from ingest import read_document
from ingest.detect import detect_format
from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    FileTooLargeError,
    IngestError,
    UnsupportedFileError,
)

ROWS = [["收入预算表", None], ["项目", "2025年预算"], ["合计", 300], ["财政拨款", 300]]
CELL = '<row r="1"><c r="A1" t="str"><v>项目</v></c></row>'


def old_workbook(path: Path) -> Path:
    return xls(
        path, lambda sheet: [sheet.write(r, c, v) for r, row in enumerate(ROWS) for c, v in enumerate(row)]
    )


def compound(path: Path, stream: str, content: bytes = b"x" * 5000) -> Path:
    """A compound file with one stream of this name."""
    XlsDoc().save(str(path), content)
    data = bytearray(path.read_bytes())
    entry = data.index("Workbook".encode("utf-16-le"))
    name = stream.encode("utf-16-le")
    data[entry : entry + 64] = name.ljust(64, b"\0")
    data[entry + 64] = len(name) + 2
    path.write_bytes(data)
    return path


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    assert detect_format(xlsx(tmp_path / "a.pdf", Sheet1=ROWS), "a.pdf") == "xlsx"
    assert detect_format(old_workbook(tmp_path / "a.xlsx"), "a.xlsx") == "xls"
    (tmp_path / "b.xls").write_text("2025年预算\n收入10万元。", encoding="utf-8")
    assert detect_format(tmp_path / "b.xls", "b.xls") == "txt"
    workbook = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    (tmp_path / "c.xls").write_text(f'<?xml version="1.0"?>\n{workbook}')
    with pytest.raises(UnsupportedFileError, match="an XML file of Excel 2003"):
        read_document(tmp_path / "c.xls")


def test_a_binary_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsb", {"[Content_Types].xml": "", "xl/workbook.bin": b"\0"})
    with pytest.raises(UnsupportedFileError, match="a binary Excel file"):
        read_document(path)


def test_a_locked_workbook_asks_for_one_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(EncryptedFileError, match=r"预算\.xlsx is locked with a password"):
        read_document(compound(tmp_path / "a", "EncryptedPackage"), file_name="预算.xlsx")
    begin = bytes.fromhex("0908100000060500bb0dcc0700000000060300 00")
    with pytest.raises(EncryptedFileError, match=r"a\.xls is locked"):
        read_document(compound(tmp_path / "a.xls", "Workbook", begin + bytes.fromhex("2f00020000 00") * 900))


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", CELL, strings=" " * 2_000_000)
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(ingest.detect, "MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(FileTooLargeError, match=r"a\.xlsx unpacks to 2 MB, the limit is 0 MB"):
        read_document(path)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))
    doctype = f'<!DOCTYPE worksheet [{declared}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    row = '<row r="1"><c r="A1" t="str"><v>甲&e8;&file;</v></c><c r="B1" t="str"><v>乙</v></c></row>'
    try:
        document = read_document(raw_xlsx(tmp_path / "a.xlsx", row, doctype=doctype))
    except DamagedFileError:
        return
    assert all(len(passage.text) < 100 and "root" not in passage.text for passage in document.passages)


def test_too_many_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "a.xlsx", Sheet1=ROWS)
    monkeypatch.setattr(ingest.readers.excel_blocks, "MAX_POSITIONS", 5)
    with pytest.raises(FileTooLargeError, match=r"a\.xlsx: a table has 3 rows and 2 columns"):
        read_document(path)
    monkeypatch.setattr("ingest.readers.excel_xml.MAX_CELLS", 3)
    with pytest.raises(FileTooLargeError, match="filled cells"):
        read_document(path)


def test_scattered_cells_lose_nothing(tmp_path: Path) -> None:
    letters = "ABCDEFGHIJ"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c>'
        f'<c r="{letters[n % 10]}{letters[n // 10 % 10]}{n}" t="str"><v>甲{n}</v></c></row>'
        for n in range(1, 500)
    )
    document = read_document(raw_xlsx(tmp_path / "a.xlsx", rows))
    text = "".join(passage.text for passage in document.passages)
    assert all(f"甲{n}" in text for n in range(1, 500))


def test_an_empty_workbook_says_so(tmp_path: Path) -> None:
    def hide(book: Any, sheet: Any) -> None:
        fill(sheet, ROWS)
        sheet.hide()

    with pytest.raises(EmptyFileError, match=r"a\.xlsx shows nothing: its 2 sheets are blank or hidden"):
        read_document(xlsx(tmp_path / "a.xlsx", Sheet1=[], Sheet2=hide))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "_rels/.rels"]
)
@pytest.mark.parametrize("content", [b"", b"<a", b"<a/>", b"\xff\xfe\0"])
def test_a_broken_part_is_told(tmp_path: Path, part: str, content: bytes) -> None:
    whole = zipfile.ZipFile(xlsx(tmp_path / "a.xlsx", Sheet1=ROWS))
    files = {name: whole.read(name) for name in whole.namelist()}
    path = zipped(tmp_path / "b.xlsx", files | {part: content})
    with suppress(DamagedFileError, EmptyFileError):  # a part without a sheet's cells is a blank one
        assert read_document(path).tables


@pytest.mark.parametrize(
    "row",
    [
        '<row r="0"><c r="A1"><v>1</v></c></row>',
        '<row r="9999999"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        '<row r="1"><c r="A1" s="x"><v>1</v></c></row>',
    ],
)
def test_nonsense_in_a_sheet_is_damage(tmp_path: Path, row: str) -> None:
    with pytest.raises(DamagedFileError, match=r"a\.xlsx is not a whole Excel file"):
        read_document(raw_xlsx(tmp_path / "a.xlsx", row))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    is_old=st.booleans(),
    cut=st.integers(0, 6000),
    changes=st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 255)), max_size=4),
)
def test_a_damaged_workbook_is_read_or_refused_never_a_crash(
    tmp_path: Path, is_old: bool, cut: int, changes: list[tuple[int, int]]
) -> None:
    original = tmp_path / f"whole{is_old}"
    if not original.exists():
        if is_old:
            old_workbook(original)
        else:
            xlsx(original, Sheet1=ROWS)
    content = bytearray(original.read_bytes())
    for position, byte in changes:
        content[position % len(content)] = byte
    path = tmp_path / "b.xlsx"
    path.write_bytes(content[: len(content) - cut % len(content)])
    try:
        document = read_document(path)
    except IngestError:
        return
    assert document.tables or document.passages

"""Damaged, cut, shuffled and foreign files: a whole Document or an IngestError that says why, nothing else.

``ingest._read`` stands below the net that turns any exception into an IngestError, so what a
reader of ours does wrong is seen here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import find_shared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import _read, read_document
from ingest.errors import DamagedFileError, IngestError, UnsupportedFileError
from ingest.model import Document

FLATTENED = (
    "二、收入预算表 \n\n部门名称：某局      单位：万元 \n\n科目编码 科目名称 合计 一般公共预算 其他资金 \n\n"
    "1 2 3=4+5 4 5 \n\n201 一般公共服务支出 12.50 10.50 2.00 \n\n20103 政府办公厅 12.50 10.50 2.00 \n\n"
    "合计   12.50 10.50 2.00 \n\n备注：1、口径说明。 \n\n2、另一条\n说明。 \n\n- 7 - \n\n三、情况说明 \n\n"
    "2020年收入预算12.50万元，比上年增加2.50万元，增长25.00%，主要原因是项\n目增加。 \n\n"
)
TABBED = (
    "某市某局2020年部门预算\n一、收入预算表\n单位：万元\n科目编码\t科目名称\t金额\n201\t一般公共服务支出\t12.50\n"
    "20103\t<p>政府办公厅</p>\t12.50\n\t合计\t12.50\n二、说明\n2020年收入预算12.50万元，增长25.00%。\n"
)


def outcome(path: Path, reader: Callable[[Path], Document]) -> Document | IngestError:
    try:
        return reader(path)
    except IngestError as error:
        return error


def read_bare(path: Path) -> Document:
    return _read(path, path.name, None)


def check(path: Path, content: bytes, reader: Callable[[Path], Document] = read_bare) -> None:
    """A Document that holds something, or an error that names the file."""
    path.write_bytes(content)
    result = outcome(path, reader)
    if isinstance(result, IngestError):
        assert path.name in str(result)
    else:
        assert result.passages or result.tables


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 5, 50])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def drop_characters(data: bytes, rng: random.Random) -> bytes:
    return "".join(c for c in data.decode() if rng.random() > 0.02).encode()


def shuffle_lines(data: bytes, rng: random.Random) -> bytes:
    lines = data.decode().split("\n")
    rng.shuffle(lines)
    return "\n".join(lines).encode()


def on_one_line(data: bytes, rng: random.Random) -> bytes:
    return data.decode().replace("\n", rng.choice(["", " ", "\t"])).encode()


def repeat(data: bytes, rng: random.Random) -> bytes:
    text = data.decode()
    start = rng.randrange(len(text))
    return (text + text[start : start + 200] * rng.randrange(2, 8)).encode()


def encode_otherwise(data: bytes, rng: random.Random) -> bytes:
    encoding = rng.choice(["gb18030", "utf-16", "utf-16-be", "big5", "shift-jis", "utf-32", "cp037"])
    return data.decode().encode(encoding, "replace")


DAMAGES = [cut, flip, drop_characters, shuffle_lines, on_one_line, repeat, encode_otherwise]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("text", [FLATTENED, TABBED], ids=["flattened", "tabbed"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_text_is_read_or_refused(
    tmp_path: Path, text: str, damage: Callable[[bytes, random.Random], bytes], seed: int
) -> None:
    check(tmp_path / "a.txt", damage(text.encode(), random.Random(seed)))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"%PDF-1.7\n", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04"]),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes, head: bytes) -> None:
    check(tmp_path / "a", head + data, read_document)


@pytest.mark.parametrize("letter", ["一", "1", "1.00 ", "，", "表", "单位：万元 ", "（", "\t", "a"])
@pytest.mark.parametrize("end", ["\n", "\n\n", " \n\n"])
def test_a_huge_line_is_read(tmp_path: Path, letter: str, end: str) -> None:
    check(tmp_path / "a.txt", f"部门预算 {end}{letter * 50_000}{end}".encode())


def test_a_broken_place_in_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("部门预算" * 200).encode()[:-1])
    with pytest.raises(
        DamagedFileError, match=r"a\.txt is UTF-8 text, but damaged or cut short at byte 2,397"
    ):
        read_document(path)


def test_another_encoding_is_not_called_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("部門預算" * 200).encode("utf-16-be")[1:])
    with pytest.raises(UnsupportedFileError):
        read_document(path)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("year", ["2017", "2021"])
def test_a_damaged_seed_is_read_or_refused(
    tmp_path: Path, year: str, damage: Callable[[bytes, random.Random], bytes]
) -> None:
    (path,) = find_shared("corpus/seeds").glob(f"{year}*.txt")
    text = path.read_text("utf-8")
    middle = len(text) // 2
    rng = random.Random(year)
    check(tmp_path / "a.txt", damage(text[middle : middle + 8_000].encode(), rng))


@pytest.mark.parametrize("damage", [cut, flip])
@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_pdf_of_the_corpus_is_read_or_refused(
    tmp_path: Path, damage: Callable[[bytes, random.Random], bytes], seed: int
) -> None:
    (source,) = find_shared("corpus/jiangsu").glob("2017*.pdf")
    check(tmp_path / "a.pdf", damage(source.read_bytes(), random.Random(seed)), read_document)

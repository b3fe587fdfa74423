"""What recognition confuses, told by the printed forms: numbers, signs in two widths, dashes, sizes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.confidence import DOUBTFUL, recognition_warnings, with_names
from ingest.grid import Grid, GridCell, Page, TextLine
from ingest.model import Cell, Place, Row
from ingest.readers.scan_lines import Piece
from ingest.readers.scan_text import Read
from ingest.readers.scan_type import alike, mended, type_size
from ingest.values import parse_number

SIZE = 26
"""Pixels of a Chinese character's ink; its type is 28 pixels high."""


def line(text: str, pitch: dict[str, float] | None = None) -> list[Read]:
    """The characters where type of 28 pixels sets them; ``pitch`` has the widths that differ."""
    read, x = [], 0.0
    for character in text:
        width = 28 * (pitch or {}).get(character, 0.5 if character.isascii() else 1.0)
        read.append(Read(character, x + width / 2, 0.99))
        x += width
    return read


def piece(left: int = 100, top: int = 100) -> Piece:
    return Piece((left, top, left + 200, top + SIZE), (top, top + SIZE), SIZE)


def only(read: list[Read]) -> list[Read]:
    ((_, found),) = mended([(piece(), read)])
    return found


def text_of(read: list[Read]) -> str:
    return "".join(c.text for c in read)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("11.609.49", "11,609.49"),
        ("10,604,41", "10,604.41"),
        ("1.234.567", "1,234,567"),
        ("-2.157.48", "-2,157.48"),
        ("4O.5", "40.5"),
        ("l,234.50", "1,234.50"),
        ("1，234．50", "1,234.50"),
    ],
)
def test_a_number_is_mended_and_doubted(read: str, meant: str) -> None:
    found = only(line(read))
    assert text_of(found) == meant
    assert parse_number(meant) is not None
    assert min(c.confidence for c in found) < DOUBTFUL


@pytest.mark.parametrize("read", ["14,77719", "12,34", "1,2,3", "12.34.5678"])
def test_a_number_that_cannot_be_is_kept_and_doubted(read: str) -> None:
    found = only(line(read))
    assert text_of(found) in (read, "12.34")
    assert min(c.confidence for c in found) < DOUBTFUL


@pytest.mark.parametrize(
    "read", ["1,234.56", "0", "0.00", "100%", "2010301", "201 03 01", "A02010104", "2017.3.1起", "一、1.2"]
)
def test_what_can_be_is_left_alone(read: str) -> None:
    assert only(line(read)) == line(read)


@given(st.decimals(0, 10**12, places=2), st.lists(st.booleans(), min_size=5, max_size=5))
def test_grouped_amounts_survive_any_stop_for_a_comma(amount: Decimal, is_stop: list[bool]) -> None:
    printed = f"{amount:,.2f}"
    stops = iter(is_stop)
    read = "".join("." if c == "," and next(stops) else c for c in printed)
    assert text_of(only(line(read))) == printed


@pytest.mark.parametrize(
    ("printed", "width"),
    [("办公（室）及机构", 1.0), ("办公(室)及机构", 0.4), ("（一）行政运行", 1.0), ("执行率（%）", 1.0)],
)
def test_brackets_have_the_width_that_they_take(printed: str, width: float) -> None:
    read = line(printed.translate({ord("("): "（", ord(")"): "）"}), {"（": width, "）": width})
    assert text_of(only(read)) == printed


def test_signs_among_digits_are_narrow() -> None:
    assert text_of(only(line("（12.50）", {"（": 0.4, "）": 0.4}))) == "(12.50)"
    assert text_of(only(line("）"))) == "）"  # the rest of 执行率（%）
    assert text_of(only(line("单位：万元"))) == "单位：万元"
    assert text_of(only(line("单位：万元", {"：": 0.4}))) == "单位:万元"


def test_a_lone_one_is_a_dash_unless_it_is_counted() -> None:
    alone, away = (piece(), line("一")), (piece(left=900), line("二"))
    assert [text_of(read) for _, read in mended([alone, away])] == ["—", "二"]
    counted = [(piece(), line("一")), (piece(top=160), line("二"))]
    assert [text_of(read) for _, read in mended(counted)] == ["一", "二"]
    assert text_of(only(line("一般"))) == "一般"


def test_a_lone_small_ring_is_a_full_stop() -> None:
    low = Piece((100, 115, 110, 125), (115, 125), SIZE)
    assert [text_of(read) for _, read in mended([(low, line("0"))])] == ["。"]
    assert text_of(only(line("0"))) == "0"


def test_the_size_of_type_is_told_from_its_ink() -> None:
    assert type_size(piece(), line("行政运行"), 200 / 72) == 10
    digits = Piece((0, 0, 90, 20), (0, 20), SIZE)
    assert type_size(digits, line("1234"), 200 / 72) == pytest.approx(10, abs=0.5)
    assert type_size(Piece((0, 0, 20, 3), (0, 3), SIZE), line("—"), 200 / 72) == 10


def test_sizes_that_differ_by_little_are_one() -> None:
    assert alike([10.5, 16.0, 11.5, 10.5, 10.0, 22.0]) == [10.5, 16.0, 10.5, 10.5, 10.5, 22.0]
    assert alike([]) == []


def row(label: str, parent: int | None, *cells: Cell) -> Row:
    return Row(label, (label,), cells, Place(1), parent_index=parent)


def test_no_figure_is_surer_than_the_names_that_it_goes_by() -> None:
    amount, blank = Cell("1.00", Decimal(1), "元", Place(1), 0.95), Cell("", None, None, Place(1))
    rows = (
        row("合计", None, amount, amount),
        row("其中", 0, amount, blank),
        row("其他", None, amount, amount),
    )
    found = with_names(rows, [0.6, 0.99, 0.99], [0.99, 0.7])
    assert [[cell.confidence for cell in r.cells] for r in found] == [[0.6, 0.6], [0.6, None], [0.95, 0.7]]
    typeset = (row("合计", None, Cell("1.00", Decimal(1), "元", Place(1))),)
    assert with_names(typeset, [None], [None]) is typeset


def test_the_warning_names_pages_in_ranges() -> None:
    place = Place(1)
    read, typeset = TextLine("字", place, confidence=0.9), TextLine("字", place)
    grid = Grid(1, 1, (GridCell("1", 0, 0, 1, 1, place, 0.9),), place)
    blocks: list[tuple[TextLine | Grid, ...]] = [(read,), (grid,), (typeset, read), (typeset,), (), (read,)]
    pages = [Page(number, 595, 842, some) for number, some in enumerate(blocks, 1)]
    (warning,) = recognition_warnings(pages, [])
    assert "page 1-3, 6. Of 0 cells, 0 are doubtful" in warning
    assert recognition_warnings(pages[3:5], []) == ()

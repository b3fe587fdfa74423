"""Scanned pages: what they print is read from their pictures, as from the typeset page, and told."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import numpy as np
import pypdfium2 as pdfium
import pytest
from fpdf import FPDF
from PIL import Image, ImageFilter

from eval.corpus.scan import write_scan
from ingest import read_document
from ingest.confidence import DOUBTFUL
from ingest.errors import EmptyFileError
from ingest.grid import Grid, Page, TextLine
from ingest.readers import scan, scan_picture
from ingest.readers.cells import GUESSED
from ingest.readers.pdf import read_pdf
from ingest.readers.picture import MAX_PIXELS
from ingest.readers.scan_text import Recogniser, recogniser
from tests.small_world import AMOUNTS, FONT_FILES, LABELS, cell_box, typeset

PROJECT = Path(__file__).resolve().parent.parent
POINTS_PER_PIXEL = 72 / 200


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("nothing is fetched while a page is read")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recognition fails: for pages that must not come to it."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("this page needs no text recognition")

    monkeypatch.setattr(Recogniser, "read", refuse)


@pytest.fixture
def budget(tmp_path: Path) -> Path:
    typeset(tmp_path / "budget.pdf")
    return tmp_path / "budget.pdf"


def picture_pdf(path: Path, *pictures: Image.Image) -> Path:
    """A page for each picture, at 200 dots per inch."""
    document = pdfium.PdfDocument.new()
    for picture in pictures:
        width, height = (side * POINTS_PER_PIXEL for side in picture.size)
        stream = io.BytesIO()
        picture.convert("L").save(stream, "JPEG", quality=80)
        drawn = pdfium.PdfImage.new(document)
        drawn.load_jpeg(stream)
        drawn.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page = document.new_page(width, height)
        page.insert_obj(drawn)
        page.gen_content()
    document.save(path)
    document.close()
    return path


def drawn(path: Path) -> Image.Image:
    document = pdfium.PdfDocument(path)
    try:
        picture: Image.Image = document[0].render(scale=1 / POINTS_PER_PIXEL).to_pil().convert("L")
        return picture
    finally:
        document.close()


def grids(page: Page) -> list[Grid]:
    return [block for block in page.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.row_span, c.column_span, "".join(c.text.split())) for c in grid.cells]


def indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def lines(page: Page) -> list[str]:
    return ["".join(block.text.split()) for block in page.blocks if isinstance(block, TextLine)]


def header_tree(path: Path) -> Path:
    """A landscape page: spanning names, shading, a wrapped label, indents, a dash, digits set tight."""
    font = next((f for f in FONT_FILES if Path(f).exists()), None)
    if font is None:
        pytest.skip("no Chinese font on this machine to typeset a test document with")
    pdf = FPDF(orientation="landscape", unit="pt", format="A4")
    pdf.add_font("zh", fname=font)
    pdf.set_font("zh", size=9)
    pdf.set_fill_color(205, 222, 240)
    pdf.add_page()
    pdf.set_xy(60, 60)
    pdf.cell(text="表三 支出预算明细表　　单位：万元")
    heads = [(60, 0, 160, 2, "支出项目"), (220, 0, 240, 1, "2024年预算数"), (460, 0, 120, 2, "备注")]
    heads += [(220, 1, 120, 1, "基本支出"), (340, 1, 120, 1, "项目支出")]
    for x, row, width, rows, text in heads:
        pdf.set_xy(x, 90 + 18 * row)
        pdf.cell(width, 18 * rows, text, border=1, align="C", fill=True)
    body = [
        ("一、一般公共服务支出", "1,208.30", "—", ""),
        ("　（一）行政运行", "1,111.11", "0.00", "按编制数（含工勤）核定"),
        ("　（二）信息化建设及运行维护专项经费", "97.19", "—", ""),
        ("合计", "1,208.30", "12,345.67", ""),
    ]
    for number, cells in enumerate(body):
        for x, width, text in zip((60, 220, 340, 460), (160, 120, 120, 120), cells, strict=True):
            pdf.set_xy(x, 126 + 30 * number)
            wrapped = pdf.get_string_width(text) > width - 4
            align = "R" if text[:1].isdigit() or text == "—" else "L"
            pdf.rect(x, 126 + 30 * number, width, 30)
            pdf.multi_cell(width, 13 if wrapped else 30, text, align=align)
    pdf.output(str(path))
    return path


def test_a_scanned_table_is_read_as_the_typeset_one(tmp_path: Path) -> None:
    typeset_page = read_pdf(header_tree(tmp_path / "made.pdf"))[0]
    (page,) = read_pdf(write_scan(tmp_path / "made.pdf", tmp_path / "scan.pdf", seed=3))
    (expected,), (found,) = grids(typeset_page), grids(page)
    assert texts(found) == texts(expected)
    assert lines(page) == lines(typeset_page)
    for ours, theirs in zip(found.cells, expected.cells, strict=True):
        assert ours.place.bbox == pytest.approx(theirs.place.bbox, abs=6)  # half a degree of 700 points
        assert (ours.confidence or 0) > DOUBTFUL if ours.text else ours.confidence is None
    assert {cell.confidence for cell in expected.cells} == {None}
    assert [indent(c.text) for c in found.cells] == [indent(c.text) for c in expected.cells]
    assert [indent(c.text) for c in found.cells if c.text.strip().startswith("（一）")] == [1]


def test_pages_are_scanned_or_typeset_each_by_itself(budget: Path, tmp_path: Path) -> None:
    both = pdfium.PdfDocument(budget)
    both.import_pages(pdfium.PdfDocument(budget))
    both.save(tmp_path / "both.pdf")
    path = write_scan(tmp_path / "both.pdf", tmp_path / "mixed.pdf", pages=[2])
    progress: list[tuple[int, int]] = []
    document = read_document(path, progress=lambda done, total: progress.append((done, total)))
    assert progress == [(1, 2), (2, 2)]
    assert document.identity.fiscal_year == 2017
    cells = [(row.label, cell) for table in document.tables for row in table.rows for cell in row.cells]
    assert [label for label, _ in cells] == [*LABELS, *LABELS]
    assert [cell.whole for _, cell in cells] == [*AMOUNTS, *AMOUNTS]
    assert [cell.value for _, cell in cells][4:7] == [Decimal(amount) for amount in AMOUNTS[:3]]
    assert [cell.place.page_number for _, cell in cells] == [1] * 4 + [2] * 4
    assert [cell.confidence is None for _, cell in cells] == [True] * 4 + [False] * 3 + [True]
    assert cells[6][1].place.bbox == pytest.approx(cell_box(2), abs=5)
    (warning,) = document.warnings
    assert warning.startswith("Read from pictures by text recognition: page 2. Of 3 cells, 0 are doubtful")
    sure = [fragment.confidence for passage in document.passages for fragment in passage.fragments]
    assert None in sure
    assert any(confidence and confidence > DOUBTFUL for confidence in sure)


def test_pages_with_text_do_not_go_to_recognition(
    budget: Path, unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "read_scan", None)
    assert read_document(budget).tables


def test_characters_that_no_font_explains_are_read_from_the_picture(budget: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    written = budget.read_bytes()
    assert b"(UCS)" in written
    broken.write_bytes(written.replace(b"/ToUnicode", b"/NoUnicode").replace(b"(UCS)", b"(OCS)"))
    (grid,) = grids(read_pdf(broken)[0])
    assert [c.text for c in grid.cells if c.column == 1] == ["2017年预算", *AMOUNTS]
    assert all(c.confidence for c in grid.cells if c.text)


def test_a_blank_page_stays_blank(tmp_path: Path, unread: None) -> None:
    grain = np.random.default_rng(1).normal(225, 6, (2339, 1654))
    shaded = np.clip(grain - np.linspace(0, 60, 1654), 0, 255).astype(np.uint8)
    path = picture_pdf(tmp_path / "blank.pdf", Image.fromarray(shaded), Image.new("L", (20, 20)))
    with pytest.raises(EmptyFileError, match="2 pages"):
        read_pdf(path)


@pytest.mark.parametrize("degrees", [1.7, -2.5])
def test_a_crooked_page_is_made_straight(budget: Path, tmp_path: Path, degrees: float) -> None:
    crooked = drawn(budget).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    (page,) = read_pdf(picture_pdf(tmp_path / "crooked.pdf", crooked))
    (grid,) = grids(page)
    assert [c.text for c in grid.cells] == [
        text for row in zip(("项目", *LABELS), ("2017年预算", *AMOUNTS), strict=True) for text in row
    ]
    x0, top, x1, bottom = cell_box(1)
    turned = np.deg2rad(degrees)
    dx, dy = (x0 + x1) / 2 - page.width / 2, (top + bottom) / 2 - page.height / 2  # type: ignore[operator]
    box = grid.cells[5].place.bbox
    assert box is not None
    assert (box[0] + box[2]) / 2 - page.width / 2 == pytest.approx(  # type: ignore[operator]
        dx * np.cos(turned) + dy * np.sin(turned), abs=2
    )
    assert (box[1] + box[3]) / 2 - page.height / 2 == pytest.approx(  # type: ignore[operator]
        dy * np.cos(turned) - dx * np.sin(turned), abs=2
    )


def test_a_sideways_page_is_read_and_shown_where_it_stands(budget: Path, tmp_path: Path) -> None:
    sideways = drawn(budget).rotate(90, expand=True)
    (page,) = read_pdf(picture_pdf(tmp_path / "sideways.pdf", sideways))
    (grid,) = grids(page)
    assert [c.text for c in grid.cells if c.column == 1] == ["2017年预算", *AMOUNTS]
    x0, top, x1, bottom = cell_box(0)
    assert grid.cells[3].place.bbox == pytest.approx((top, 595.28 - x1, bottom, 595.28 - x0), abs=3)


def test_a_faint_blurred_scan_keeps_every_figure(budget: Path, tmp_path: Path) -> None:
    """What is not sure is marked, and nothing is made up."""
    small = drawn(budget).resize((910, 1287), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(0.8))
    faint = small.point(lambda level: 120 + level // 2).resize((1654, 2339), Image.Resampling.BILINEAR)
    (grid,) = grids(read_pdf(picture_pdf(tmp_path / "faint.pdf", faint))[0])
    amounts = [c for c in grid.cells if c.column == 1][1:]
    for cell, amount in zip(amounts, AMOUNTS, strict=True):
        assert cell.text == amount or (cell.confidence or 0) < DOUBTFUL


def test_a_picture_with_too_many_pixels_is_told_and_not_drawn(
    budget: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unread: None
) -> None:
    both = pdfium.PdfDocument(budget)
    both.import_pages(pdfium.PdfDocument(picture_pdf(tmp_path / "large.pdf", drawn(budget))))
    both.save(tmp_path / "both.pdf")
    monkeypatch.setattr(scan_picture, "MAX_STORED_PIXELS", 1_000_000)
    warnings = read_document(tmp_path / "both.pdf").warnings
    assert any("Page 2 is a picture of 3,868,706 pixels" in warning for warning in warnings)


def test_a_page_of_absurd_size_is_drawn_small(tmp_path: Path, budget: Path) -> None:
    document = pdfium.PdfDocument(picture_pdf(tmp_path / "scan.pdf", drawn(budget)))
    page = document[0]
    (image,) = page.get_objects()
    image.set_matrix(pdfium.PdfMatrix().scale(14_000, 14_000))
    page.set_mediabox(0, 0, 14_000, 14_000)
    page.gen_content()
    document.save(tmp_path / "huge.pdf")
    found = scan_picture.draw(tmp_path / "huge.pdf", 1)
    assert found is not None
    assert found.grey.size <= 1.01 * MAX_PIXELS


def test_damaged_pictures_end_in_a_page_or_an_error_of_ours(budget: Path, tmp_path: Path) -> None:
    whole = picture_pdf(tmp_path / "scan.pdf", drawn(budget).resize((400, 565))).read_bytes()
    start = whole.index(b"\xff\xd8\xff")
    for cut in (8, 700, 9_000):
        path = tmp_path / f"{cut}.pdf"
        path.write_bytes(whole[: start + cut] + bytes(1_000) + whole[start + cut + 1_000 :])
        with suppress(EmptyFileError):
            assert len(read_pdf(path)) == 1


@pytest.mark.parametrize("pattern", ["noise", "stripes", "grid"])
def test_pictures_of_no_text_invent_nothing(tmp_path: Path, pattern: str) -> None:
    across, down = np.meshgrid(np.arange(1000), np.arange(1400))
    levels = {
        "noise": np.random.default_rng(1).integers(0, 256, (1400, 1000)),
        "stripes": np.where(across % 8 < 3, 0, 255),
        "grid": np.where((across % 40 < 2) | (down % 40 < 2), 0, 255),
    }[pattern]
    path = picture_pdf(tmp_path / "picture.pdf", Image.fromarray(levels.astype(np.uint8)))
    with pytest.raises(EmptyFileError):
        read_pdf(path)


def test_a_scan_is_the_same_for_the_same_seed_and_has_no_text(budget: Path, tmp_path: Path) -> None:
    one = write_scan(budget, tmp_path / "one.pdf", seed=4).read_bytes()
    assert one == write_scan(budget, tmp_path / "two.pdf", seed=4).read_bytes()
    assert one != write_scan(budget, tmp_path / "three.pdf", seed=5).read_bytes()
    document = pdfium.PdfDocument(tmp_path / "one.pdf")
    assert document[0].get_textpage().count_chars() == 0
    assert document[0].get_size() == pytest.approx(pdfium.PdfDocument(budget)[0].get_size())


def test_recognition_keeps_no_usage_data(tmp_path: Path) -> None:
    """ONNX Runtime would, in the home directory, for sending."""
    code = "from ingest.readers.scan_text import recogniser; recogniser()"
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment | {"HOME": str(tmp_path)}, check=True
    )
    assert list(tmp_path.iterdir()) == []


def test_the_models_are_loaded_once_and_from_the_package() -> None:
    assert recogniser() is recogniser()
    assert recogniser().read([]) == []
    line = np.full((30, 200), 255, np.uint8)
    assert recogniser().read([line]) == [[]]


def test_a_table_without_rules_is_doubtful_in_a_scan(budget: Path, tmp_path: Path) -> None:
    pdf = FPDF(unit="pt", format="A4")
    pdf.add_font("zh", fname=next(f for f in FONT_FILES if Path(f).exists()))
    pdf.set_font("zh", size=12)
    pdf.add_page()
    for number in range(6):
        for x, text in ((60, "一、教育支出"), (300, f"{number + 1},234.50"), (420, f"{number + 2},345.60")):
            pdf.text(x, 120 + 24 * number, text)
    typeset_path = tmp_path / "unruled.pdf"
    pdf.output(str(typeset_path))
    (grid,) = grids(read_pdf(write_scan(typeset_path, tmp_path / "scan.pdf"))[0])
    assert {cell.confidence for cell in grid.cells if cell.text} == {GUESSED}
    (grid,) = grids(read_pdf(typeset_path)[0])
    assert {cell.confidence for cell in grid.cells} == {None}

"""The evidence panel without a browser: what is shown, where it is marked, what is kept."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from long_table import GROUP_BOX, ROW_COUNT, CellEngine, box_of, leaf_box, long_world, page_of
from PIL import Image
from small_world import (
    AMOUNTS,
    LABELS,
    SENTENCE,
    SHARE_QUESTION,
    FixedEngine,
    World,
    build_world,
    cell_box,
    document_of,
)

from faces.desk import LocalDesk
from faces.evidence import View, evidence_html
from faces.evidence_pages import Shelf, glyphs_on
from faces.evidence_places import Mark, cited_cell, cited_row, found_lines, marks_of
from faces.evidence_table import header_cells, table_html
from faces.wording import words
from ingest.errors import DamagedFileError
from ingest.grid import Grid
from ingest.model import (
    SOURCE_BREAK,
    BBox,
    Cell,
    Column,
    Document,
    Fragment,
    Identity,
    Passage,
    Place,
    Row,
    Table,
)
from ingest.readers.glyphs import Glyph
from ingest.readers.picture import draw_page, page_glyphs
from qa.answer import Citation

ZH, EN = words("zh"), words("en")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build_world(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture(params=[True, False], ids=["head on each page", "head on the first page"])
def long(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[LocalDesk, CellEngine, bool]]:
    desk, engine = long_world(tmp_path, repeated_head=request.param)
    yield desk, engine, request.param
    desk.close()


def shown(desk: LocalDesk, question: str, n: int = 1) -> str:
    return evidence_html(desk.store, View.one(desk.engine.answer(question).citations, n), ZH)


def picture_in(html: str) -> Image.Image:
    match = re.search(r'src="data:image/webp;base64,([^"]+)"', html)
    assert match, "no picture in the panel"
    return Image.open(io.BytesIO(base64.b64decode(match[1]))).convert("RGB")


def boxes_in(html: str, role: str) -> list[BBox]:
    """The marked boxes, in points of an A4 page."""
    found = re.findall(
        rf'class="box {role}" style="left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%"', html
    )
    boxes = [[float(side) / 100 for side in box] for box in found]
    return [(x * 595.28, y * 841.89, (x + w) * 595.28, (y + h) * 841.89) for x, y, w, h in boxes]


# -- a page --------------------------------------------------------------------------------


def test_a_pdf_citation_shows_its_page_with_a_frame_around_the_cell(world: World) -> None:
    html = shown(world.desk, SHARE_QUESTION)
    assert picture_in(html).width > 1200
    x0, top, x1, bottom = cell_box(2)
    (frame,) = boxes_in(html, "cited")
    assert frame == pytest.approx((x0 - 2, top - 2, x1 + 2, bottom + 2), abs=0.1)
    assert f'alt="{world.file.name} 第 1 页' in html


def test_the_headings_of_a_cell_are_lit_on_whatever_page_they_are(
    long: tuple[LocalDesk, CellEngine, bool],
) -> None:
    desk, engine, repeated = long
    row, column = 25, 1
    path = desk.store.source_path(engine.document_id)
    assert path is not None
    marks = marks_of(engine.document, engine.citation(1, row, column), partial(glyphs_on, path))
    cited, label, leaf, group, *rest = marks
    assert cited.page_number == label.page_number == page_of(row) == 2
    assert cited.bbox == pytest.approx(box_of(row, column, repeated_head=repeated), abs=0.6)
    assert label.bbox == pytest.approx(box_of(row, -1, repeated_head=repeated), abs=0.6)
    for mark, box in ((leaf, leaf_box(column)), (group, GROUP_BOX)):
        assert (mark.page_number, mark.role) == (2 if repeated else 1, "heading")
        assert (mark.bbox[0], mark.bbox[2]) == pytest.approx((box[0], box[2]), abs=0.6)
        assert box[1] <= mark.bbox[1] < mark.bbox[3] <= box[3], "within the printed cell"
    assert [mark.role for mark in rest] == ([] if repeated else ["band"])


def test_without_text_on_the_page_the_columns_band_is_lit(long: tuple[LocalDesk, CellEngine, bool]) -> None:
    _, engine, repeated = long
    marks = marks_of(engine.document, engine.citation(1, 25, 1), lambda page: ())
    band = next(mark for mark in marks if mark.role == "band")
    first, cell = box_of(20, 1, repeated_head=repeated), box_of(25, 1, repeated_head=repeated)
    assert band.bbox == pytest.approx((cell[0], first[1], cell[2], cell[1]), abs=0.6)


def test_pages_are_turned_and_the_pages_of_the_table_are_linked(
    long: tuple[LocalDesk, CellEngine, bool],
) -> None:
    desk, engine, repeated = long
    view = View.one((engine.citation(1, 25, 1),), 1)
    html = evidence_html(desk.store, view, ZH)
    assert "第 2 页 / 共 3 页" in html
    assert ZH["page_back"] not in html
    pages = re.findall(r'class="turn" data-side="0" data-at="0" data-page="(\d)"[^>]*>([^<]*)<', html)
    heading = "" if repeated else f" · {ZH['mark_heading']}"
    assert pages == [("1", f"第 1 页{heading}"), ("2", f"第 2 页 · {ZH['mark_cited']}"), ("3", "第 3 页")]
    turned = evidence_html(desk.store, view.moved(0, 0, 3), ZH)
    assert "第 3 页 / 共 3 页" in turned
    assert ZH["page_back"] in turned
    assert boxes_in(turned, "cited") == []
    assert re.search(r'class="turn next"[^>]*aria-disabled="true"', turned)
    assert picture_in(turned).tobytes() != picture_in(html).tobytes()


@pytest.mark.parametrize("page_number", [0, -1, 4, 10**12])
def test_a_page_that_the_document_has_not_is_not_turned_to(world: World, page_number: int) -> None:
    view = View.one(world.desk.engine.answer(SHARE_QUESTION).citations, 1)
    assert "第 1 页 / 共 1 页" in evidence_html(world.desk.store, view.moved(0, 0, page_number), ZH)


@pytest.mark.parametrize(("side", "at"), [(1, 0), (-1, 0), (0, 2), (0, -1)])
def test_what_is_not_among_the_citations_is_not_shown(world: World, side: int, at: int) -> None:
    view = View.one(world.desk.engine.answer(SHARE_QUESTION).citations, 1)
    assert view.moved(side, at, None) == view


def test_two_places_stand_side_by_side(long: tuple[LocalDesk, CellEngine, bool]) -> None:
    desk, engine, _ = long
    a, b, c = engine.citation(1, 3, 0), engine.citation(2, 25, 1), engine.citation(3, 43, 0)
    view = View.pair(a, b, [c])
    html = evidence_html(desk.store, view, EN)
    assert html.count('<article class="side"') == 2
    assert html.index("Page 1 of 3") < html.index("Page 2 of 3")
    assert len(boxes_in(html, "cited")) == 2
    other = evidence_html(desk.store, view.moved(1, 2, None), EN)
    assert other.index("Page 1 of 3") < other.index("Page 3 of 3")
    assert view.moved(0, 1, None) == view, "the first place stays"


def test_a_quote_is_marked_line_by_line(world: World) -> None:
    html = shown(world.desk, "原因")
    (line,) = boxes_in(html, "cited")
    fragment = world.document.passages[0].fragments[0].place.bbox
    assert fragment is not None
    assert fragment[0] < line[0] < line[2] < fragment[2], "narrower than the paragraph"
    assert line[3] - line[1] < 20, "one line"


def test_of_equal_quotes_the_one_at_the_cited_place_is_marked() -> None:
    texts, boxes = ("增加5万元，又增加5万元。", "增加5万元。"), ((0, 0, 200, 12), (0, 20, 200, 32))
    passages = tuple(
        Passage(("一",), text, (Fragment(0, len(text), Place(1, box)),))
        for text, box in zip(texts, boxes, strict=True)
    )
    document = Document("a.pdf", "", "pdf", 1, Identity(None, None, None), (), passages, ())
    glyphs = [
        Glyph(c, 10.0 * i, box[1], 10.0 * i + 10, box[1] + 10, 10)
        for text, box in zip(texts, boxes, strict=True)
        for i, c in enumerate(text)
    ]
    citation = Citation(1, 1, "a.pdf", "增加5万元", 1, boxes[1])
    below = Mark(1, (0, 20, 50, 30), "cited")
    assert marks_of(document, citation, lambda page: glyphs) == (below,)
    above = Mark(1, (0, 0, 50, 10), "cited")
    assert marks_of(document, replace(citation, bbox=boxes[0]), lambda page: glyphs) == (above,)
    second = replace(citation, quote="又增加5万元")
    assert marks_of(document, second, lambda page: glyphs) == (Mark(1, (60, 0, 120, 10), "cited"),)


def test_a_place_known_by_its_box_or_names_alone_is_found_in_its_table(
    long: tuple[LocalDesk, CellEngine, bool],
) -> None:
    _, engine, _ = long
    whole = engine.citation(1, 25, 1)
    by_box = replace(whole, table_index=None, row_index=None, column_index=None)
    by_name = replace(by_box, page_number=None, bbox=None)
    for citation in (whole, by_box, by_name):
        found = cited_cell(engine.document, citation)
        assert found is not None
        assert (found.row_index, found.column_index) == (25, 1)
    assert cited_cell(engine.document, replace(by_name, row="no such row")) is None
    assert cited_cell(engine.document, replace(by_name, quote="no such amount")) is None
    label = replace(by_name, column=None, quote=whole.row or "")
    assert cited_cell(engine.document, label) is None
    assert cited_row(engine.document, label) == (engine.document.tables[0], 25)
    assert cited_cell(engine.document, replace(whole, row_index=ROW_COUNT)) is None


def test_a_cell_that_goes_on_over_the_page_is_marked_in_both_places() -> None:
    first: BBox = (100, 700, 200, 800)
    cell = Cell(f"购置服务{SOURCE_BREAK}器三台", None, None, Place(1, first))
    row = Row("某项目", ("某项目",), (cell,), Place(1, (20, 700, 100, 800)))
    table = Table("项目表", None, None, None, (1, 2), (Column(("内容",), is_text=True),), (row,))
    document = Document("a.pdf", "", "pdf", 2, Identity(None, None, None), (table,), (), ())
    rest = [Glyph(text, 110 + 10 * i, 90, 120 + 10 * i, 100, 10) for i, text in enumerate("器三台")]
    citation = Citation(1, 1, "a.pdf", "购置服务", 1, first, table_index=0, row_index=0, column_index=0)

    def cited(quote: str) -> list[Mark]:
        marks = marks_of(document, replace(citation, quote=quote), lambda p: rest if p == 2 else ())
        return [mark for mark in marks if mark.role == "cited"]

    one, two = Mark(1, first, "cited"), Mark(2, (110, 90, 140, 100), "cited")
    assert cited("购置服务") == [one, two]
    assert cited("器三台") == [two, one], "the page of what is quoted is the one that is opened"


# -- a table, a passage --------------------------------------------------------------------


def test_a_text_citation_shows_its_table_with_the_cell_marked(world: World, tmp_path: Path) -> None:
    text = tmp_path / "2017.txt"
    text.write_text("as read", encoding="utf-8")
    document = document_of(text, format_="txt")
    world.desk.store.add(document, text)
    engine = FixedEngine(world.desk.store.documents()[1].id, document)
    store = world.desk.store
    html = evidence_html(store, View.one(engine.answer(SHARE_QUESTION).citations, 1), ZH)
    assert "<img" not in html
    assert f'<td class=" mark">{AMOUNTS[2]}</td>' in html
    lit = re.findall(r'<th [^>]*class="lit"[^>]*>([^<]*)<', html)
    assert [unescape(name) for name in lit] == ["2017年预算", LABELS[0], LABELS[2]]
    reason = evidence_html(store, View.one(engine.answer("原因").citations, 1), ZH)
    assert "<mark>主要是压缩&lt;公务接待&gt;</mark>" in reason


def test_a_long_table_is_shown_around_the_cited_row(world: World) -> None:
    table = world.document.tables[0]
    long = replace(table, rows=tuple(table.rows[0] for _ in range(200)))
    html = table_html(long, 100, 0, ZH)
    assert html.count("<tr class=") == 51 + 2  # the rows around it, and two gaps
    assert html.count(" mark") == 1


def test_labels_of_the_row_are_those_of_the_document(world: World) -> None:
    html = table_html(world.document.tables[0], None, None, ZH)
    assert all(label in unescape(html) for label in LABELS)


paths = st.lists(
    st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=3).map(tuple), min_size=1, max_size=8
)


@given(paths)
def test_header_cells_cover_every_position_once(given_paths: list[tuple[str, ...]]) -> None:
    columns = tuple(Column(path) for path in given_paths)
    depth = max(len(path) for path in given_paths)
    heads = [head for level in range(depth) for head in header_cells(columns, level, depth)]
    assert sum(head.span * head.height for head in heads) == depth * len(columns)
    for index, column in enumerate(columns):
        assert [head.name for head in heads if head.is_over(index)] == list(column.path)


# -- what is not there any more ------------------------------------------------------------


def test_the_evidence_of_a_removed_document_says_so(world: World) -> None:
    answer = world.desk.engine.answer(SHARE_QUESTION)
    world.desk.remove("1")
    assert ZH["gone"] in evidence_html(world.desk.store, View.one(answer.citations, 1), ZH)


def test_without_its_file_a_document_is_shown_as_read(world: World) -> None:
    copy = world.desk.store.source_path(1)
    assert copy is not None
    copy.unlink()
    html = shown(world.desk, SHARE_QUESTION)
    assert ZH["no_file"] in html
    assert f'mark">{AMOUNTS[2]}</td>' in html
    assert ZH["source_download"] not in html


def test_a_file_damaged_since_is_said_to_be_and_shown_as_read(world: World) -> None:
    copy = world.desk.store.source_path(1)
    assert copy is not None
    copy.write_bytes(b"%PDF-1.7 no more")
    html = shown(world.desk, SHARE_QUESTION)
    assert ZH["damaged"] in html
    assert f'mark">{AMOUNTS[2]}</td>' in html
    assert SENTENCE[:12] in unescape(shown(world.desk, "原因"))


# -- pages drawn ---------------------------------------------------------------------------


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (50, 20, 380, 280)], ids=["whole", "cropped"])
def test_boxes_text_and_picture_agree_on_where_things_are(
    tmp_path: Path, crop: tuple[int, ...] | None, rotation: int
) -> None:
    """All are measured from the corner of what is displayed."""
    import pypdfium2 as pdfium

    from ingest.readers.pdf import read_pdf

    path = tmp_path / "made.pdf"
    pdf = FPDF(unit="pt", format=(400, 300))
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.set_text_color(255, 255, 255)
    pdf.set_fill_color(0, 0, 0)
    for row, fill in enumerate((False, True)):
        for column in range(2):
            pdf.set_xy(150 + 50 * column, 80 + 20 * row)
            pdf.set_text_color(0 if not fill else 255)
            pdf.cell(50, 20, f"{row}.{column}", border=1, fill=fill and column == 1)
    pdf.output(str(path))
    document = pdfium.PdfDocument(path)
    if crop:
        document[0].set_cropbox(*crop)
    document[0].set_rotation(rotation)
    path = tmp_path / "turned.pdf"
    document.save(path)
    document.close()
    if rotation == 0:
        (page,) = read_pdf(path)
        (cell,) = (c for b in page.blocks if isinstance(b, Grid) for c in b.cells if c.text == "1.1")
        assert cell.place.bbox == pytest.approx(
            (150, 80, 200, 100) if crop else (200, 100, 250, 120), abs=0.6
        )
    picture = draw_page(path, 1, dots_per_inch=72)
    assert picture.image.size == (round(picture.width_points), round(picture.height_points))
    glyphs = page_glyphs(path, 1)
    on_black = "".join(g.text for g in glyphs).index("1.1")
    for index, glyph in enumerate(glyphs):
        assert (darkness_around(picture.image, glyph) > 0.5) == (0 <= index - on_black < 3)


def darkness_around(picture: Image.Image, glyph: Glyph) -> float:
    """The share of dark pixels in a character's box."""
    box = tuple(map(round, (glyph.x0, glyph.top, glyph.x1, glyph.bottom)))
    part = list(picture.convert("L").crop(box).getdata())  # type: ignore[arg-type]
    share: float = sum(pixel < 128 for pixel in part) / len(part)
    return share


@pytest.mark.parametrize("page_number", [0, 2, -1])
def test_a_page_that_is_not_there_is_refused(world: World, page_number: int) -> None:
    with pytest.raises(DamagedFileError, match=f"page {page_number}"):
        draw_page(world.file, page_number)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 no more")
    with pytest.raises(DamagedFileError, match=r"broken\.pdf"):
        draw_page(broken, 1)
    assert glyphs_on(broken, 1) == ()


def test_text_is_found_across_lines_where_it_stands_lowest() -> None:
    def line(text: str, top: float) -> list[Glyph]:
        return [Glyph(c, 10.0 * i, top, 10.0 * i + 10, top + 10, 10) for i, c in enumerate(text)]

    glyphs = [*line("商品和", 0), *line("商品和", 50), *line("服务支出", 62), *line("1,024.5", 80)]
    assert found_lines(glyphs, "商品和 服务", (0, 0, 100, 79)) == [(0, 50, 30, 60), (0, 62, 20, 72)]
    assert found_lines(glyphs, "商品和", (0, 0, 100, 40)) == [(0, 0, 30, 10)]
    assert found_lines(glyphs, "1,024.5", (0, 0, 100, 79)) == []
    assert found_lines(glyphs, " ", (0, 0, 100, 100)) == []


def test_the_pages_kept_weigh_no_more_than_the_limit() -> None:
    made: list[int] = []

    def make(path: Path, page_number: int) -> bytes:
        made.append(page_number)
        return bytes(40)

    shelf = Shelf(make, len, 100)
    for page_number in (1, 2, 1, 3, 1, 2):
        assert len(shelf.get(Path("a"), page_number)) == 40
    assert made == [1, 2, 3, 2], "page 2 was used longest ago when page 3 came"
    huge = Shelf(lambda path, page_number: bytes(500), len, 100)
    assert len(huge.get(Path("a"), 1)) == 500

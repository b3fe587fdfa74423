"""Where a citation stands in its document: the cell or passage, its headings, and their boxes on pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.model import BBox, Cell, Document, Passage, Place, Table
from ingest.readers.glyphs import Glyph, Line, box_of, into_lines
from qa.answer import Citation

Role = Literal["cited", "heading", "band"]

GlyphsOf = Callable[[int], Sequence[Glyph]]
"""The characters of a page, by its number from 1; none where the page holds no text."""

HEADING_MARGIN = 3.0
"""Points between a heading's characters and the edge of what is lit."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to show on a page: what is cited, a heading, or the band of its row or column."""

    page_number: int
    bbox: BBox
    role: Role


@dataclass(frozen=True, slots=True)
class CitedCell:
    """A cell by its indexes in a document."""

    table: Table
    row_index: int
    column_index: int

    @property
    def cell(self) -> Cell:
        return self.table.rows[self.row_index].cells[self.column_index]


# -- which cell, which passage -------------------------------------------------------------


def cited_cell(document: Document, citation: Citation) -> CitedCell | None:
    """The cell that is cited: by its indexes, or by its box, or by the names of its place."""
    table, row, column = citation.table_index, citation.row_index, citation.column_index
    if table is None or row is None or column is None:
        named = citation.row is not None and citation.column is not None
        return next((c for c in _cells(document) if _is_at(c, citation)), None) if named else None
    if table < len(document.tables) and row < len(document.tables[table].rows):
        found = document.tables[table]
        return CitedCell(found, row, column) if column < len(found.columns) else None
    return None


def _cells(document: Document) -> Iterator[CitedCell]:
    for table in document.tables:
        for row_index in range(len(table.rows)):
            for column_index in range(len(table.columns)):
                yield CitedCell(table, row_index, column_index)


def _is_at(cited: CitedCell, citation: Citation) -> bool:
    if citation.bbox is not None:
        return cited.cell.place == Place(citation.page_number, citation.bbox)
    row, column = cited.table.rows[cited.row_index], cited.table.columns[cited.column_index]
    return (
        cited.table.title in (citation.table or "")
        and _is_named(row.path or (row.label,), citation.row)
        and _is_named(column.path, citation.column)
        and _squeezed(citation.quote) in _squeezed(cited.cell.whole)
    )


def cited_row(document: Document, citation: Citation) -> tuple[Table, int] | None:
    """The row whose label is cited, as the audit cites names."""
    for table in document.tables:
        if citation.column is None and citation.row and table.title in (citation.table or ""):
            for index, row in enumerate(table.rows):
                if citation.row in (row.label, " > ".join(row.path)):
                    return table, index
    return None


def _is_named(path: Sequence[str], name: str | None) -> bool:
    return name is not None and name in (" > ".join(path), *path[-1:])


def cited_passage(document: Document, citation: Citation) -> tuple[Passage, int, int] | None:
    """The passage that holds the quote, with the quote's span: at the cited place, as far as it is known."""
    pattern, section = quote_pattern(citation.quote), citation.section or ""
    if not pattern.pattern:
        return None
    found = [(passage, match) for passage in document.passages for match in pattern.finditer(passage.text)]

    def strangeness(at: tuple[Passage, re.Match[str]]) -> tuple[bool, bool, bool]:
        passage, match = at
        places = {f.place for f in passage.fragments if f.start < match.end() and match.start() < f.end}
        return (
            Place(citation.page_number, citation.bbox) not in places,
            citation.page_number not in {place.page_number for place in places},
            not section.endswith("".join(passage.section[-1:])),
        )

    if not found:
        return None
    passage, match = min(found, key=strangeness)
    return passage, match.start(), match.end()


def quote_pattern(quote: str) -> re.Pattern[str]:
    """The quote, whatever white space stands between its characters."""
    return re.compile(r"\s*".join(re.escape(character) for character in _squeezed(quote)))


# -- boxes on pages ------------------------------------------------------------------------


def marks_of(document: Document, citation: Citation, glyphs_of: GlyphsOf) -> tuple[Mark, ...]:
    """All that is to be marked for a citation, on whatever pages it is; what is cited comes first."""
    if citation.page_number is None:
        return ()
    cell = cited_cell(document, citation)
    if cell is not None:
        marks = [*_cell_marks(cell, citation, glyphs_of), *_heading_marks(cell, glyphs_of)]
    else:
        marks = list(_passage_marks(document, citation, glyphs_of))
    return tuple(marks) or _citation_mark(citation)


def _citation_mark(citation: Citation) -> tuple[Mark, ...]:
    if citation.page_number is None or citation.bbox is None:
        return ()
    return (Mark(citation.page_number, citation.bbox, "cited"),)


def _cell_marks(cited: CitedCell, citation: Citation, glyphs_of: GlyphsOf) -> Iterator[Mark]:
    """The cell; of a cell that goes on over the page, each part, the quoted one first."""
    own = list(_citation_mark(citation)) or list(_box(cited.cell.place, "cited"))
    later = [(mark, part) for part in cited.cell.parts[1:] for mark in _part_marks(cited, part, glyphs_of)]
    quoted = _squeezed(citation.quote)
    ahead = [mark for mark, part in later if quoted and quoted in _squeezed(part)]
    yield from ahead
    yield from own
    yield from (mark for mark, _ in later if mark not in ahead)


def _part_marks(cited: CitedCell, part: str, glyphs_of: GlyphsOf) -> Iterator[Mark]:
    """Where a later part of a cell's text stands: in the same column, on the cell's page or a later one."""
    page_number, bbox = cited.cell.place.page_number, cited.cell.place.bbox
    if page_number is None or bbox is None:
        return
    for page in (p for p in cited.table.pages if p >= page_number):
        lines = found_lines(glyphs_of(page), part, (bbox[0], 0.0, bbox[2], float("inf")))
        if lines:
            yield Mark(page, _around(lines), "cited")
            return


def _heading_marks(cited: CitedCell, glyphs_of: GlyphsOf) -> Iterator[Mark]:
    """The row's labels and the column's headings; where one is not on the cell's page, the band there."""
    page_number, bbox = cited.cell.place.page_number, cited.cell.place.bbox
    if page_number is None or bbox is None:
        return
    labels = list(_label_marks(cited))
    yield from labels
    if not any(label.page_number == page_number for label in labels):
        left = min(box[0] for box in _row_boxes(cited, page_number))
        yield from _band(page_number, (left, bbox[1], bbox[0], bbox[3]))
    headings = _column_headings(cited, page_number, glyphs_of(page_number))
    if headings:
        yield from headings
        return
    first = cited.table.pages[0] if cited.table.pages else page_number
    if first != page_number:
        yield from _column_headings(cited, first, glyphs_of(first))
    top = _first_row_top(cited.table, page_number)
    if top is not None:
        yield from _band(page_number, (bbox[0], top, bbox[2], bbox[1]))


def _label_marks(cited: CitedCell) -> Iterator[Mark]:
    """The row's own label, and those above it in the table's hierarchy that stand on the same page."""
    index: int | None = cited.row_index
    seen: set[int] = set()
    while index is not None and index not in seen:
        seen.add(index)
        row = cited.table.rows[index]
        if index == cited.row_index or row.place.page_number == cited.cell.place.page_number:
            yield from _box(row.place, "heading")
        index = row.parent_index


def _column_headings(cited: CitedCell, page_number: int, glyphs: Sequence[Glyph]) -> list[Mark]:
    """The names in the column's path, looked for above the first row, from the cell's own upwards."""
    path = cited.table.columns[cited.column_index].path
    below = _first_row_top(cited.table, page_number)
    marks: list[Mark] = []
    for level in range(len(path) - 1, -1, -1):
        across = _across(cited.table, cited.column_index, page_number, shared=path[: level + 1])
        if below is None or across is None:
            break
        boxes = found_lines(glyphs, path[level], (across[0], 0.0, across[2], below))
        if not boxes:
            continue
        text = _around(boxes)
        below = text[1]
        box = (across[0], text[1] - HEADING_MARGIN, across[2], text[3] + HEADING_MARGIN)
        marks.append(Mark(page_number, box, "heading"))
    return marks


def _across(table: Table, column: int, page_number: int, shared: tuple[str, ...] = ()) -> BBox | None:
    """The box of a column's cells on a page; with ``shared``, of its neighbours of that path as well."""
    first = last = column
    while shared and first > 0 and table.columns[first - 1].path[: len(shared)] == shared:
        first -= 1
    while shared and last + 1 < len(table.columns) and table.columns[last + 1].path[: len(shared)] == shared:
        last += 1
    boxes = [
        cell.place.bbox
        for row in table.rows
        for cell in row.cells[first : last + 1]
        if cell.place.page_number == page_number and cell.place.bbox is not None
    ]
    return _around(boxes) if boxes else None


def _first_row_top(table: Table, page_number: int) -> float | None:
    tops = [
        place.bbox[1]
        for row in table.rows
        for place in (row.place, *(cell.place for cell in row.cells))
        if place.page_number == page_number and place.bbox is not None
    ]
    return min(tops, default=None)


def _row_boxes(cited: CitedCell, page_number: int) -> list[BBox]:
    places = (cell.place for cell in cited.table.rows[cited.row_index].cells)
    return [p.bbox for p in places if p.page_number == page_number and p.bbox is not None]


def _passage_marks(document: Document, citation: Citation, glyphs_of: GlyphsOf) -> Iterator[Mark]:
    """The lines of the quote on each page that it is on; where they are not found, the paragraph."""
    found = cited_passage(document, citation)
    if found is None:
        return
    passage, start, end = found
    for fragment in passage.fragments:
        first = max(start, fragment.start)
        place, part = fragment.place, passage.text[first : min(end, fragment.end)]
        if place.page_number is None or place.bbox is None or not part.strip():
            continue
        before = _squeezed(passage.text[fragment.start : first]).count(_squeezed(part))
        lines = found_lines(glyphs_of(place.page_number), part, place.bbox, after=before)
        for box in lines or [place.bbox]:
            yield Mark(place.page_number, box, "cited")


def _box(place: Place, role: Role) -> Iterator[Mark]:
    if place.page_number is not None and place.bbox is not None:
        yield Mark(place.page_number, place.bbox, role)


def _band(page_number: int, box: BBox) -> Iterator[Mark]:
    if box[0] < box[2] and box[1] < box[3]:
        yield Mark(page_number, box, "band")


# -- text on a page ------------------------------------------------------------------------


def found_lines(
    glyphs: Iterable[Glyph], wanted: str, within: BBox, *, after: int | None = None
) -> list[BBox]:
    """The boxes of the lines of ``wanted`` inside a part of the page; [] where it is not.

    Of several, the one ``after`` so many others, or else the lowest.
    """
    x0, top, x1, bottom = within
    inside = [g for g in glyphs if x0 <= g.centre <= x1 and top <= g.middle <= bottom]
    lines = into_lines(inside)
    text, sought = "".join(g.text for line in lines for g in line), _squeezed(wanted)
    starts = [match.start() for match in re.finditer(re.escape(sought), text)] if sought else []
    if not starts:
        return []
    start = starts[-1 if after is None else min(after, len(starts) - 1)]
    return [box_of(part) for part in _parts(lines, start, start + len(sought))]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _parts(lines: Sequence[Line], start: int, end: int) -> Iterator[Line]:
    """Of each line, the characters between two positions in the text of all."""
    position = 0
    for line in lines:
        part = line[max(0, start - position) : max(0, end - position)]
        if part:
            yield part
        position += len(line)


def _around(boxes: Sequence[BBox]) -> BBox:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)

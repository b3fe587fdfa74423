"""Typesets the sample budgets: tables of figures and prose (TOML) -> PDF files.

The same input gives the same bytes, so a rebuilt sample shows no difference unless a figure,
a sentence or the font changed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from fpdf import FPDF, FontFace
from fpdf.enums import WrapMode, XPos, YPos

from ingest.errors import BudgetQAError
from ingest.values import parse_number

FONT_PLACES = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
)
"""Where Debian keeps Chinese TrueType fonts; the committed samples use the first."""

LEFT, ABOVE = "<", "^"
"""In a grid: this position belongs to the cell on its left, or to the cell above it."""
_PRODUCED = datetime(2026, 1, 1, tzinfo=UTC)
_BODY_POINTS = 12
_HEADING_POINTS = {"part": 16, "section": 14}


class FontMissingError(BudgetQAError):
    """No Chinese font to typeset with."""


@dataclass(frozen=True, slots=True)
class SampleTable:
    title: str
    number: str | None
    unit: str
    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    """Relative widths of the columns."""
    landscape: bool
    points: float
    notes: str | None

    @property
    def grid(self) -> tuple[tuple[str, ...], ...]:
        return self.header + self.rows


@dataclass(frozen=True, slots=True)
class SampleBudget:
    file_name: str
    title: str
    organization: str
    continuation: str
    """How a table's title is marked on its later pages, with ``{n}`` for the count; may be empty."""
    prose: tuple[tuple[str, str], ...]
    """(part | section | text, words), in order."""
    tables: tuple[SampleTable, ...]


def read_budgets() -> list[SampleBudget]:
    """Every sample of the package's tables of figures, by file name."""
    sources = (f for f in resources.files("eval").joinpath("figures").iterdir() if f.name.endswith(".toml"))
    ordered = sorted(sources, key=lambda f: f.name)
    return [_budget(tomllib.loads(source.read_text(encoding="utf-8"))) for source in ordered]


def find_font() -> Path:
    """Raises FontMissingError with what to install."""
    for place in FONT_PLACES:
        if place.exists():
            return place
    raise FontMissingError("no Chinese TrueType font found; on Debian: apt-get install fonts-wqy-microhei")


def typeset(budget: SampleBudget, font: Path) -> bytes:
    """The PDF file: title page, prose, then the tables, each starting on a page of its own."""
    sheet = _Sheet(font)
    sheet.title_page(budget)
    for kind, words in budget.prose:
        sheet.prose(kind, words)
    for table in budget.tables:
        sheet.table_pages(budget, table)
    return bytes(sheet.output())


def write_samples(folder: Path) -> list[Path]:
    """Typeset every sample into ``folder``. Raises FontMissingError."""
    font = find_font()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for budget in read_budgets():
        path = folder / budget.file_name
        path.write_bytes(typeset(budget, font))
        written.append(path)
    return written


def _budget(source: dict[str, Any]) -> SampleBudget:
    return SampleBudget(
        file_name=source["file_name"],
        title=source["title"],
        organization=source["organization"],
        continuation=source["continuation"],
        prose=tuple(_prose_block(block) for block in source["prose"].split("\n\n") if block.strip()),
        tables=tuple(_table(table, source["unit"]) for table in source["table"]),
    )


def _prose_block(block: str) -> tuple[str, str]:
    words = block.strip()
    for mark, kind in (("## ", "section"), ("# ", "part")):
        if words.startswith(mark):
            return kind, words.removeprefix(mark)
    return "text", words.replace("\n", "")


def _table(source: dict[str, Any], unit: str) -> SampleTable:
    header, rows = _grid(source["header"]), _grid(source["rows"])
    widths = tuple(source["widths"])
    for row in header + rows:
        if len(row) != len(widths):
            raise ValueError(f"{source['title']}: {len(row)} cells in {row}, expected {len(widths)}")
    return SampleTable(
        title=source["title"],
        number=source.get("number"),
        unit=unit,
        header=header,
        rows=rows,
        widths=widths,
        landscape=source.get("landscape", True),
        points=source.get("points", 8),
        notes=source.get("notes"),
    )


def _grid(text: str) -> tuple[tuple[str, ...], ...]:
    """Lines of cells divided by ``|``. A label's indent is written with full-width spaces."""
    lines = (line for line in text.splitlines() if line.strip())
    return tuple(tuple(cell.strip(" ") for cell in line.split("|")) for line in lines)


class _Sheet(FPDF):
    """A4 pages with a numbered foot; a table's title stands on each page that it runs over."""

    def __init__(self, font: Path) -> None:
        super().__init__(unit="pt", format="A4")
        self.set_creation_date(_PRODUCED)
        self.add_font("body", fname=font)
        self.set_font("body", size=_BODY_POINTS)
        self.set_margins(54, 54, 54)
        self.set_auto_page_break(True, margin=54)
        self._running: tuple[SampleBudget, SampleTable] | None = None
        self._pages_of_table = 0

    def header(self) -> None:
        if self._running is None:
            return
        budget, table = self._running
        mark = budget.continuation.format(n=self._pages_of_table) if self._pages_of_table else ""
        self._pages_of_table += 1
        if table.number:
            self._line(table.number, 11, align="R")
        self._line(table.title + mark, 15)
        self.set_font_size(10)
        self.cell(self.epw / 2, 16, f"部门名称：{budget.organization}")
        self.cell(self.epw / 2, 16, f"单位：{table.unit}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def footer(self) -> None:
        self.set_y(-40)
        self._line(f"- {self.page_no()} -", 9)

    def title_page(self, budget: SampleBudget) -> None:
        self.add_page()
        self.ln(220)
        self.set_font_size(22)
        self.multi_cell(0, 40, budget.title, align="C")
        self.add_page()

    def prose(self, kind: str, words: str) -> None:
        if kind == "text":
            self.set_font_size(_BODY_POINTS)
            self._running_text("　　" + words, 22)
        else:
            self.ln(8)
            self._line(words, _HEADING_POINTS[kind], align="C" if kind == "part" else "L")

    def table_pages(self, budget: SampleBudget, table: SampleTable) -> None:
        self._running, self._pages_of_table = (budget, table), 0
        self.add_page(orientation="landscape" if table.landscape else "portrait")
        self.set_font_size(table.points)
        self._draw(table)
        if table.notes:
            self.set_font_size(10)
            self._running_text(f"备注：{table.notes}", 18)
        self._running = None

    def _draw(self, source: SampleTable) -> None:
        with self.table(
            col_widths=source.widths,
            line_height=source.points * 1.5,
            padding=2,
            num_heading_rows=len(source.header),
            headings_style=FontFace(),
            wrapmode=WrapMode.CHAR,
        ) as table:
            for i, cells in enumerate(source.grid):
                row = table.row()
                for j, text in enumerate(cells):
                    if text in (LEFT, ABOVE):
                        continue
                    figure = i >= len(source.header) and parse_number(text) is not None and j > 0
                    row.cell(
                        text,
                        align="R" if figure else "C" if i < len(source.header) else "L",
                        colspan=_run_length(cells[j + 1 :], LEFT),
                        rowspan=_run_length([other[j] for other in source.grid[i + 1 :]], ABOVE),
                    )

    def _running_text(self, words: str, leading: float) -> None:
        self.multi_cell(
            0, leading, words, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def _line(self, words: str, points: float, align: str = "C") -> None:
        self.set_font_size(points)
        self.cell(0, points * 1.7, words, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _run_length(following: Sequence[str], mark: str) -> int:
    """How many positions a cell covers: itself and the marks that follow it."""
    length = 1
    for text in following:
        if text != mark:
            break
        length += 1
    return length

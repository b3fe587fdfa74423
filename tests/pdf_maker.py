"""The smallest writer of PDF files that lets a test put any mark anywhere.

Coordinates are points from the top-left corner. Text is set in a standard Chinese font that
is not embedded: full-width characters are as wide as their size, ASCII half of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE_WIDTH, PAGE_HEIGHT = 595.0, 842.0


class Canvas:
    """One page being drawn."""

    def __init__(self, width: float = PAGE_WIDTH, height: float = PAGE_HEIGHT, extra: str = "") -> None:
        self.width, self.height, self.extra = width, height, extra
        self.content: list[str] = []

    def text(self, x: float, top: float, text: str, size: float = 10, grey: float = 0) -> None:
        matrix = f"1 0 0 1 {x:.2f} {self.height - top - 0.88 * size:.2f}"
        self.text_with_matrix(matrix, text, size, grey)

    def text_with_matrix(self, matrix: str, text: str, size: float = 10, grey: float = 0) -> None:
        code = text.encode("utf-16-be").hex()
        self.content.append(f"{grey} g BT /F1 {size} Tf {matrix} Tm <{code}> Tj ET 0 g")

    def text_right(self, right: float, top: float, text: str, size: float = 10) -> None:
        self.text(right - text_width(text, size), top, text, size)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5, grey: float = 0) -> None:
        a, b = self.height - y0, self.height - y1
        self.content.append(f"{grey} G {width} w {x0:.2f} {a:.2f} m {x1:.2f} {b:.2f} l S 0 G")

    def grid(self, xs: Sequence[float], ys: Sequence[float], outer: bool = True) -> None:
        """All rules of a plain table, or only the inner vertical ones and all horizontal ones."""
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs if outer else xs[1:-1]:
            self.line(x, ys[0], x, ys[-1])

    def cells(self, xs: Sequence[float], ys: Sequence[float], rows: Iterable[Sequence[str]]) -> None:
        """Texts of a plain table: numbers flush right, the rest flush left."""
        for top, row in zip(ys, rows, strict=False):
            for x0, x1, text in zip(xs, xs[1:], row, strict=False):
                if text[:1].isdigit() or text[:1] == "-":
                    self.text_right(x1 - 3, top + 4, text)
                elif text:
                    self.text(x0 + 3, top + 4, text)


def text_width(text: str, size: float) -> float:
    return sum(size * (0.5 if c.isascii() else 1) for c in text)


def write_pdf(path: Path, pages: Sequence[Canvas]) -> Path:
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        "/DescendantFonts [4 0 R] >>"
    )
    descendant = (
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 5 0 R >>"
    )
    descriptor = (
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -120 1000 880] "
        "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>"
    )
    numbers = [6 + 2 * i for i in range(len(pages))]
    kids = " ".join(f"{n} 0 R" for n in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        font,
        descendant,
        descriptor,
    ]
    for number, page in zip(numbers, pages, strict=True):
        stream = "\n".join(page.content)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] {page.extra} "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    body, offsets = "%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    body += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    path.write_text(body, encoding="ascii")
    return path

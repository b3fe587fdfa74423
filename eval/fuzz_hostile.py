"""Files made to harm their reader: small ones that unpack to much, nest deep, or lead back to themselves."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial

from eval.fuzz_damage import pdf_file, pdf_stream, zipped

_DEEP = 100_000
_MANY = 10_000
_MEGABYTES = 300
"""What the bombs unpack to: more than a small limit on memory, less than the readers' own limits."""
_TITLE = "2025年部门预算"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

Make = Callable[[], bytes]


def hostile_files(file_format: str) -> Iterator[tuple[str, Make]]:
    """The hostile files of a format: what each is, with hyphens, and what makes its bytes."""
    yield from _FILES[file_format].items()


# -- workbooks and Word files ---------------------------------------------------------------


def _related(kind: str, target: str) -> bytes:
    relation = f'<Relationship Id="r1" Type="{_RELS}/{kind}" Target="{target}"/>'
    return f'{_XML}<Relationships xmlns="{_PACKAGE}">{relation}</Relationships>'.encode()


def _workbook(rows: bytes | str, *, doctype: str = "", after: str = "", **parts: bytes) -> bytes:
    """``rows`` is what its only sheet holds; ``parts`` are further ones of the folder ``xl``."""
    rows = rows.encode() if isinstance(rows, str) else rows
    sheet = f'{_XML}{doctype}<worksheet xmlns="{_SHEET}"><sheetData>'.encode()
    sheets = f'<sheets><sheet name="S" sheetId="1" r:id="r1" xmlns:r="{_RELS}"/></sheets>'
    return zipped(
        {
            "_rels/.rels": _related("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'{_XML}<workbook xmlns="{_SHEET}">{sheets}</workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": _related("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet + rows + f"</sheetData>{after}</worksheet>".encode(),
        }
        | {f"xl/{name}": content for name, content in parts.items()}
    )


def _cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="str"><v>{text}</v></c>'


def _row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _word(body: bytes | str, doctype: str = "") -> bytes:
    body = body.encode() if isinstance(body, str) else body
    head = f'{_XML}{doctype}<w:document xmlns:w="{_WORD}"><w:body>'.encode()
    return zipped(
        {
            "[Content_Types].xml": f"{_XML}<Types/>".encode(),
            "_rels/.rels": _related("officeDocument", "word/document.xml"),
            "word/document.xml": head + body + b"</w:body></w:document>",
        }
    )


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _word_table(*cells: str) -> str:
    """Of two rows with the cells."""
    row = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
    return f"<w:tbl><w:tr>{row}</w:tr><w:tr>{row}</w:tr></w:tbl>"


def _nested_word_tables(depth: int) -> str:
    start, end = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    return start * depth + _paragraph(_TITLE) + end * depth


def _entities() -> str:
    """Each entity stands for ten of the one before; the last would be 100 GB."""
    declared = (f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(10))
    return f'<!DOCTYPE d [{"".join(declared)}<!ENTITY file SYSTEM "file:///etc/passwd">]>'


_SPACES = b" " * (_MEGABYTES * 1024 * 1024)
_MERGED = '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:XFD1048576"/></mergeCells>'

_WORKBOOKS: dict[str, Make] = {
    "bomb": lambda: _workbook(_SPACES),
    "bomb-of-text": lambda: _workbook(_row(1, _cell("A1", "预" * (_MEGABYTES * 1024 * 256)))),
    "entities": lambda: _workbook(_row(1, _cell("A1", "&e9;&file;")), doctype=_entities()),
    "cells-at-the-corners": lambda: _workbook(
        _row(1, _cell("A1", _TITLE), _cell("XFD1", "1"))
        + _row(1048576, _cell("A1048576", "1"), _cell("XFD1048576", "2"))
    ),
    "merged-billions": lambda: _workbook(
        _row(1, _cell("A1", _TITLE)) + _row(2, _cell("B2", "1")), after=_MERGED
    ),
    "merged-all-over": lambda: _workbook(
        "".join(_row(n, _cell(f"A{n}", "甲"), _cell(f"B{n}", "1")) for n in range(1, 2000)),
        after="<mergeCells>" + '<mergeCell ref="A1:Z5000"/>' * 5000 + "</mergeCells>",
    ),
    "a-diagonal": lambda: _workbook(
        "".join(_row(n, _cell(f"{_letters(n)}{n}", "甲")) for n in range(1, 5000))
    ),
    "tiny-tables": lambda: _workbook(
        "".join(
            _row(n, _cell(f"A{n}", "项目"), _cell(f"B{n}", "金额"))
            + _row(n + 1, _cell(f"A{n + 1}", "合计"), _cell(f"B{n + 1}", "1"))
            for n in range(1, 4 * _MANY, 4)
        )
    ),
    "deep": lambda: _workbook("<x>" * _DEEP + "</x>" * _DEEP),
    "nul-and-broken-utf8": lambda: _workbook(b'<row r="1"><c r="A1" t="str"><v>\xff\xfe\0</v></c></row>'),
    "huge-number": lambda: _workbook(_row(1, _cell("A1", "金额"), '<c r="B1"><v>1e999999999</v></c>')),
    "long-number": lambda: _workbook(_row(1, _cell("A1", "金额"), f'<c r="B1"><v>{"9" * 1_000_000}</v></c>')),
}
_WORDS: dict[str, Make] = {
    "bomb": lambda: _word(_SPACES),
    "bomb-of-text": lambda: _word(_paragraph("预" * (_MEGABYTES * 1024 * 256))),
    "entities": lambda: _word(_paragraph("&e9;&file;"), _entities()),
    "nested-tables": lambda: _word(_nested_word_tables(60)),
    "deep-tables": lambda: _word(_nested_word_tables(_DEEP)),
    "tiny-tables": lambda: _word(
        (_word_table(_paragraph("合计"), _paragraph("1")) + _paragraph("表")) * _MANY
    ),
    "deep": lambda: _word("<w:x>" * _DEEP + "</w:x>" * _DEEP),
    "wide-spans": lambda: _word(
        _word_table(
            *(f'<w:tcPr><w:gridSpan w:val="{10**n}"/></w:tcPr>{_paragraph(str(n))}' for n in range(1, 12))
        )
    ),
    "long-line": lambda: _word(_paragraph("一、1.00 " * 500_000)),
}


def _letters(column: int) -> str:
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


# -- web pages and text ---------------------------------------------------------------------


def _page(body: str) -> bytes:
    head = "<!DOCTYPE html><html><head><meta charset=utf-8></head>"
    return f"{head}<body><p>{_TITLE}</p>{body}</body></html>".encode()


_TINY = "<table><tr><td>项目<td>金额<tr><td>合计<td>1</table>"
_PAGES: dict[str, Make] = {
    "deep": lambda: _page("<div>" * _DEEP + "甲"),
    "nested-tables": lambda: _page("<table><tr><td>甲<td>" * 200),
    "deep-tables": lambda: _page("<table><tr><td>" * _DEEP),
    "tiny-tables": lambda: _page(_TINY * _MANY),
    "wide-spans": lambda: _page("<table>" + "<tr><td colspan=1000 rowspan=65534>甲<td>1" * 5000 + "</table>"),
    "deep-spans": lambda: _page("<table>" + "<tr>" + "<td rowspan=65534>甲" * 3000 + "<tr><td>1" * 3000),
    "long-line": lambda: _page("一、1.00 " * 500_000),
    "mail-in-mail": lambda: (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        + b"--b\nContent-Type: multipart/related; boundary=b\n\n" * 2000
    ),
    "open-brackets": lambda: _page("<" * 1_000_000),
    "attributes": lambda: _page("<p " + "".join(f"a{n}=1 " for n in range(_DEEP)) + ">甲"),
    "styles": lambda: _page("<style>" + ".a{" * _DEEP + "</style><p class=a>甲"),
    "comments": lambda: b"<!--" * 1000 + _page("<!--" * _DEEP),
}
_TEXT = f"{_TITLE}\n一、收入预算表\n单位：万元\n项目\t金额\n合计\t1.00\n" * 50
_TEXTS: dict[str, Make] = {
    "empty": lambda: b"",
    "white": lambda: b" \n" * 1_000_000,
    "nul": lambda: _TEXT.encode().replace(b"\n", b"\0\n"),
    "gb18030": lambda: _TEXT.encode("gb18030"),
    "gb18030-cut": lambda: _TEXT.encode("gb18030")[:-3] + b"\x81",
    "utf-16-without-mark": lambda: _TEXT.encode("utf-16-le"),
    "wrong-mark": lambda: b"\xff\xfe" + _TEXT.encode(),
    "two-encodings": lambda: _TEXT.encode() + _TEXT.encode("gb18030"),
    "one-line": lambda: "一、合计1.00万元，增长2%；".encode() * 3_000,
    "tabs": lambda: ("合计" + "\t1" * 20_000 + "\n").encode() * 5,
    "digits": lambda: b"1" * 3_000_000,
    "brackets": lambda: "（".encode() * 500_000,
    "json": lambda: b'{"a":' * _DEEP,
    "lines": lambda: "合计\n".encode() * 100_000,
}


# -- PDF ------------------------------------------------------------------------------------

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_NO_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Missing /Encoding /Missing-H /DescendantFonts [99 0 R] >>"
)
_TEXT_SHOWN = b"BT /F1 10 Tf 50 700 Td (2025 budget 12.50) Tj ET "


def _pdf(
    content: bytes = _TEXT_SHOWN,
    *,
    page: bytes = b"/MediaBox [0 0 595 842]",
    resources: bytes = b"",
    font: bytes = _FONT,
    head: bytes = b"<< >>",
    pages: bytes = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    more: dict[int, bytes] | None = None,
) -> bytes:
    """One page: objects 1 to 5 are the catalogue, the page tree, the page, its commands and its font."""
    resources = b"<< /Font << /F1 5 0 R >> %b >>" % resources
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: pages,
        3: b"<< /Type /Page /Parent 2 0 R %b /Resources %b /Contents 4 0 R >>" % (page, resources),
        4: pdf_stream(content, head),
        5: font,
    }
    return pdf_file(objects | (more or {}))


def _picture(width: int, height: int) -> bytes:
    """A page that is one picture, packed to almost nothing."""
    packer = zlib.compressobj(9)
    row = b"\xff" * width
    packed = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    head = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8" % (width, height)
    image = pdf_stream(packed, head + b" /ColorSpace /DeviceGray /Filter /FlateDecode >>")
    return _pdf(b"595 0 0 842 0 0 cm /I Do", resources=b"/XObject << /I 6 0 R >>", more={6: image})


def _many_pages(count: int, declared: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (10 + n) for n in range(count))
    tree = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, declared)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %b >>" % (
        b"<< /Font << /F1 5 0 R >> >>"
    )
    return _pdf(pages=tree, more={10 + n: page for n in range(count)})


def _form(content: bytes, drawable: bytes = b"/X 6 0 R /Y 7 0 R") -> bytes:
    head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << %b >> >> >>"
    return pdf_stream(content, head % drawable)


def _doubling_forms(count: int) -> bytes:
    """Each draws the next twice."""
    forms = {6 + n: _form(b"/X Do /X Do", b"/X %d 0 R" % (7 + n)) for n in range(count)}
    return _pdf(b"/X Do", resources=b"/XObject << /X 6 0 R >>", more=forms | {6 + count: _form(_TEXT_SHOWN)})


def _boxes(count: int, size: float) -> bytes:
    across = max(1, int(560 / size))
    return b"0.5 w " + b" ".join(
        b"%.2f %.2f %.2f %.2f re S"
        % (20 + n % across * size, 20 + n // across * size % 800, size * 0.8, size * 0.8)
        for n in range(count)
    )


_TREE_LOOP = b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"
_PDFS: dict[str, Make] = {
    "bomb": lambda: _pdf(zlib.compress(_SPACES, 9), head=b"<< /Filter /FlateDecode >>"),
    "bomb-twice-packed": lambda: _pdf(
        zlib.compress(zlib.compress(_SPACES, 9), 9), head=b"<< /Filter [/FlateDecode /FlateDecode] >>"
    ),
    "bomb-of-commands": lambda: _pdf(
        zlib.compress(b"0 0 m 9 9 l S " * 3_000_000), head=b"<< /Filter /FlateDecode >>"
    ),
    "many-filters": lambda: _pdf(head=b"<< /Filter [" + b"/ASCIIHexDecode " * _MANY + b"] >>"),
    "deep-arrays": lambda: _pdf(page=b"/MediaBox " + b"[" * _DEEP + b"]" * _DEEP),
    "deep-dictionaries": lambda: _pdf(page=b"/A " + b"<< /A " * _DEEP + b">>" * _DEEP),
    "deep-commands": lambda: _pdf(b"[" * _DEEP + b"]" * _DEEP + b" TJ " + _TEXT_SHOWN),
    "saved-states": lambda: _pdf(b"q " * (10 * _DEEP) + _TEXT_SHOWN),
    "page-tree-loop": lambda: _pdf(pages=_TREE_LOOP),
    "page-tree-deep": lambda: _pdf(
        pages=b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>",
        more={10 + n: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (11 + n) for n in range(5000)},
    ),
    "page-is-itself": lambda: _pdf(page=b"/MediaBox 3 0 R"),
    "reference-to-itself": lambda: _pdf(page=b"/MediaBox 6 0 R", more={6: b"6 0 R"}),
    "pages-refer-to-themselves": lambda: _pdf(pages=b"2 0 R"),
    "parent-loop": lambda: _pdf(page=b"/Parent 3 0 R"),
    "no-page": lambda: _pdf(pages=b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "form-draws-itself": lambda: _pdf(
        b"/X Do", resources=b"/XObject << /X 6 0 R >>", more={6: _form(b"/X Do")}
    ),
    "forms-draw-each-other": lambda: _pdf(
        b"/X Do", resources=b"/XObject << /X 6 0 R >>", more={6: _form(b"/Y Do"), 7: _form(b"/X Do")}
    ),
    "doubling-forms": partial(_doubling_forms, 30),
    "tiny-tables": lambda: _pdf(_boxes(_MANY, 7) + b" " + _TEXT_SHOWN),
    "tiny-grid": lambda: _pdf(
        b" ".join(b"%d 0 m %d 842 l S 0 %d m 595 %d l S" % (n, n, n, n) for n in range(0, 800, 2))
        + _TEXT_SHOWN
    ),
    "many-strokes": lambda: _pdf(_boxes(30 * _MANY, 2) + _TEXT_SHOWN),
    "many-characters": lambda: _pdf(_TEXT_SHOWN * (2 * _MANY)),
    "huge-page": lambda: _pdf(page=b"/MediaBox [0 0 14400 14400]"),
    "huge-blank-page": lambda: _pdf(b"", page=b"/MediaBox [0 0 14400 14400]"),
    "endless-page": lambda: _pdf(b"0 0 9 9 re f", page=b"/MediaBox [0 0 1e30 1e30]"),
    "page-of-no-size": lambda: _pdf(b"0 0 9 9 re f", page=b"/MediaBox [0 0 0 0]"),
    "page-of-nothing": lambda: _pdf(b"0 0 9 9 re f", page=b"/MediaBox [1e-30 0 0 1e-30]"),
    "huge-unit": lambda: _pdf(b"0 0 9 9 re f", page=b"/MediaBox [0 0 595 842] /UserUnit 1e9"),
    "pages-2001": partial(_many_pages, 2001, 2001),
    "pages-more-than-said": partial(_many_pages, 20_000, 1),
    "pages-fewer-than-said": partial(_many_pages, 1, 2000),
    "font-missing": lambda: _pdf(font=b"null"),
    "font-unknown": lambda: _pdf(font=_NO_FONT),
    "font-is-a-page": lambda: _pdf(font=b"3 0 R"),
    "text-of-unknown-codes": lambda: _pdf(
        _TEXT_SHOWN.replace(b"(2025 budget 12.50)", b"<0001ffff81308130>"), font=_NO_FONT
    ),
    "picture-100-megapixels": partial(_picture, 10_000, 10_000),
    "picture-200-megapixels": partial(_picture, 20_000, 10_000),
    "picture-30000-high": partial(_picture, 3, 30_000),
    "picture-lies": lambda: _picture(100, 100).replace(b"/Width 100", b"/Width 9999999"),
    "nul": lambda: _pdf().replace(b"\n", b"\n\0"),
    "another-suffix": lambda: _TEXT.encode(),
}

_FILES = {"pdf": _PDFS, "xlsx": _WORKBOOKS, "docx": _WORDS, "html": _PAGES, "txt": _TEXTS}

"""What a file is, by its content, and whether it is within the limits; file names are not trusted."""

from __future__ import annotations

import csv
import json
import re
import shlex
import zipfile
from pathlib import Path
from typing import Literal

import olefile
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfminer.psexceptions import PSException

from ingest.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    FileTooLargeError,
    UnsupportedFileError,
)
from ingest.readers.references import end_circles

end_circles()

Format = Literal["pdf", "txt", "xls", "xlsx", "docx", "html"]

MAX_BYTES = 200 * 1024 * 1024
MAX_PAGES = 2_000
MAX_UNPACKED_BYTES = 1024**3
"""Of all parts of an office file; what they declare is the most that they can unpack to."""

_HEAD_BYTES = 4096
_PDF_HEADER_WITHIN = 1024
"""Readers accept a PDF whose header stands within the first 1,024 bytes (ISO 32000-1, annex H)."""

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (_OLE2, "an old Word, Excel or WPS file"),
    (b"{\\rtf", "a rich text file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "a WebP image or a sound or video file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
)
_ZIP_FORMATS: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"xl/workbook\d*\.xml"), "xlsx"),
    (re.compile(r"word/document\d*\.xml"), "docx"),
)
"""Parts that only this format has (ISO/IEC 29500-2: packages)."""
_OLE2_FORMATS: tuple[tuple[str, Format], ...] = (("Workbook", "xls"), ("Book", "xls"))
"""Streams at the root that only this format has ([MS-XLS] 2.1.2; Book is Excel 95's)."""
_OLE2_WORD = "WordDocument"
"""The stream of a Word 97 to 2003 file ([MS-DOC] 2.1.1), and of what WPS writes under .wps."""
_OLE2_ENCRYPTED = "EncryptedPackage"
"""The stream that holds an office file locked with a password ([MS-OFFCRYPTO] 2.3.4.4)."""
_ZIP_MEMBERS: tuple[tuple[str, str], ...] = (
    ("word/", "a Word file"),
    ("xl/", "a binary Excel file (.xlsb)"),
    ("ppt/", "a PowerPoint file"),
    ("OFD.xml", "an OFD file"),
    ("content.xml", "an OpenDocument file"),
)
_HTML = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|script|style|meta|title|link|table|div|center)\b",
    re.I | re.S,
)
_MHTML = re.compile(
    r"\ufeff?\s*(?=[\w-]+:)(?=.*?^mime-version:)(?=.*?^content-type:\s*(?:multipart/related|multipart/alternative"
    r"|text/html))",
    re.I | re.S | re.M,
)
"""A web page saved as one file is a mail message (RFC 2557)."""
_XML = re.compile(rb"\s*<(?:\?xml|svg)\b", re.I)
_JSON_STRING = r'"(?:[^"\\]|\\.)*"'
_JSON = re.compile(
    rf"[\s\[]*\{{\s*{_JSON_STRING}\s*:"  # an object, or a list of objects
    rf"|[\s\[]*\[\s*(?:{_JSON_STRING}|-?\d[\d.eE+-]*|true|false|null)\s*,"  # a list of values
    r"|(?:\{\s*\}|\[\s*\])\s*$"
)
"""How JSON and JSON Lines begin, whether or not the first line holds a whole value."""
_DATA_HEADING = re.compile(r"[A-Za-z_][\w .-]*", re.ASCII)
_FEWEST_RECORDS = 3


def detect_format(path: Path, file_name: str) -> Format:
    """The format of a file that is within the limits.

    Raises EmptyFileError, FileTooLargeError, UnsupportedFileError (which says what the file
    is) or DamagedFileError (it cannot be opened).
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise DamagedFileError(f"{file_name} cannot be opened ({error.strerror}); check the file") from error
    if size == 0:
        raise EmptyFileError(f"{file_name} is empty (0 bytes); was the download or the copy cut short?")
    if size > MAX_BYTES:
        raise FileTooLargeError(
            f"{file_name} has {size / 1024**2:,.0f} MB, the limit is {MAX_BYTES // 1024**2} MB; split it"
        )
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        _check_page_count(path, file_name)
        return "pdf"
    if (office := _office_format(path, head, file_name)) is not None:
        return office
    if _is_web_page(head):
        return "html"
    if (other := _other_format(path, head)) is not None:
        raise UnsupportedFileError(
            f"{file_name} is {other}; PDF, Excel (.xlsx, .xls), Word (.docx), web pages and plain text are "
            "read. Save it as one of these, or export it as a PDF, and add that"
        )
    if (data := _data_kind(head)) is not None:
        raise UnsupportedFileError(
            f"{file_name} is {data}, no budget document. Add the document itself, as a PDF or as plain text"
        )
    return "txt"


def _office_format(path: Path, head: bytes, file_name: str) -> Format | None:
    """The format of an office file that is read; what its parts unpack to is within the limit."""
    if head.startswith(_OLE2):
        streams = _root_streams(path)
        if _OLE2_ENCRYPTED in streams:
            raise EncryptedFileError(
                f"{file_name} is locked with a password. Save it without one and try again."
            )
        if _OLE2_WORD in streams:
            raise UnsupportedFileError(
                f"{file_name} is an old Word file (.doc). Open it in Word or WPS and save it as .docx, "
                f"or convert it: soffice --headless --convert-to docx {shlex.quote(file_name)}"
            )
        return next((kind for stream, kind in _OLE2_FORMATS if stream in streams), None)
    if not head.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return None
    names = [part.filename for part in parts]
    found = next((kind for part, kind in _ZIP_FORMATS if any(map(part.fullmatch, names))), None)
    if found and (size := sum(part.file_size for part in parts)) > MAX_UNPACKED_BYTES:
        raise FileTooLargeError(
            f"{file_name} unpacks to {size / 1024**2:,.0f} MB, the limit is "
            f"{MAX_UNPACKED_BYTES // 1024**2:,} MB; split it"
        )
    return found


def _root_streams(path: Path) -> frozenset[str]:
    """The streams at the root of a compound file; none where it is broken."""
    try:
        with olefile.OleFileIO(path) as compound:
            return frozenset(entry[0] for entry in compound.listdir() if len(entry) == 1)
    except Exception:  # a hostile file can make it fail in any way
        return frozenset()


def _is_web_page(head: bytes) -> bool:
    text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", "replace")
    return bool(_HTML.match(text.removeprefix("\u00ef\u00bb\u00bf")) or _MHTML.match(text))


def _check_page_count(path: Path, file_name: str) -> None:
    """By the count that the file itself declares: known before anything is read."""
    try:
        with path.open("rb") as file:
            count = resolve1(resolve1(PDFDocument(PDFParser(file)).catalog["Pages"])["Count"])
    except (PSException, OSError, KeyError, TypeError, ValueError):
        return  # locked or broken: the reader says so, in its own words
    if isinstance(count, int) and count > MAX_PAGES:
        raise FileTooLargeError(f"{file_name} has {count:,} pages, the limit is {MAX_PAGES:,}; split it")


def _other_format(path: Path, head: bytes) -> str | None:
    """What the file is, when it is neither PDF nor text."""
    if head.startswith(b"PK"):
        return _zip_kind(path)
    for signature, name in _SIGNATURES:
        if head.startswith(signature) and not _is_ascii_text(signature, head):
            return name
    if _XML.match(head):
        return "an XML file of Excel 2003" if b"office:spreadsheet" in head else "an XML file"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # UTF-16 text has zero bytes
    if b"\0\0" in head:
        return "a binary file of a kind that is not known here"
    return None


def _data_kind(head: bytes) -> str | None:
    """What data for programs the text is, when it is clearly no document."""
    text = head.decode(json.detect_encoding(head), "replace").lstrip()
    if _JSON.match(text):
        return "JSON data"
    for delimiter, name in ((",", "CSV data"), (";", "CSV data"), ("\t", "TSV data")):
        records = [record for record in csv.reader(text.splitlines(), delimiter=delimiter) if record]
        if len(head) == _HEAD_BYTES:
            del records[-1:]  # cut short
        if _is_data(records):
            return f"{name} without a Chinese heading"
    return None


def _is_data(records: list[list[str]]) -> bool:
    """Whether identifiers stand above columns; a table of a budget is headed in Chinese."""
    return (
        len(records) >= _FEWEST_RECORDS
        and len(records[0]) > 1
        and all(map(_DATA_HEADING.fullmatch, records[0]))
        and len({len(record) for record in records}) == 1
    )


def _is_ascii_text(signature: bytes, head: bytes) -> bool:
    """Two letters prove nothing: a text may begin with them."""
    return len(signature) == 2 and signature.isalpha() and b"\0" not in head


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return "a damaged zip archive or office file"
    for prefix, kind in _ZIP_MEMBERS:
        if any(name.startswith(prefix) for name in names):
            return kind
    return "a zip archive"

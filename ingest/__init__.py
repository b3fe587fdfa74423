"""A file -> a Document.

``read_document`` loads the readers when it is called, so that importing the data model
(``ingest.model``) costs nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DamagedFileError, EmptyFileError, IngestError

# ONNX Runtime, which both models run on, sends usage data to Microsoft unless it finds this set when
# it is first imported. Everything else imports this package, so this comes before.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    from ingest.detect import Format
    from ingest.grid import Page
    from ingest.model import Document

Progress = Callable[[int, int], None]
"""Called with the pages read so far and the number of pages."""

_READERS: dict[Format, str] = {
    "pdf": "pdf",
    "txt": "text",
    "xls": "excel",
    "xlsx": "excel",
    "docx": "word",
    "html": "html",
}
"""The module X of ``ingest.readers`` for each format, whose ``read_X(path, progress)`` gives the Pages."""

__all__ = ["Progress", "read_document"]


def read_document(path: Path, *, file_name: str | None = None, progress: Progress | None = None) -> Document:
    """The whole file as a Document, or an IngestError that says why not.

    ``file_name`` is the name people know the file by, when ``path`` is a temporary copy.
    Raises IngestError: UnsupportedFileError, EncryptedFileError, DamagedFileError,
    EmptyFileError or FileTooLargeError.
    """
    name = Path(file_name or path.name).name
    try:
        return _read(path, name, progress)
    except IngestError:
        raise
    except (FileNotFoundError, PermissionError) as error:
        raise DamagedFileError(
            f"{name} can no longer be opened ({error.strerror}); check that it is there and who may read it"
        ) from error
    except Exception as error:
        # A hostile file can make a library fail in any way; people get one kind of error.
        raise DamagedFileError(
            f"{name} cannot be read ({type(error).__name__}: {error}); save it as a new PDF and add that"
        ) from error


def _read(path: Path, name: str, progress: Progress | None) -> Document:
    from ingest.confidence import recognition_warnings
    from ingest.detect import detect_format
    from ingest.identity import identify
    from ingest.model import Document
    from ingest.narrative import read_narrative
    from ingest.script import folding_of
    from ingest.standard import with_standard
    from ingest.statements import read_statements
    from ingest.tables import read_tables

    file_format = detect_format(path, name)
    pages = _read_pages(path, file_format, progress)
    if not any(page.blocks for page in pages):
        raise EmptyFileError(f"{name} holds no text, nor pictures of text; give the original file")
    folding = folding_of(pages)
    if folding:
        pages = folding.fold(pages)
    identity = identify(pages, name)
    tables = read_tables(pages, identity.fiscal_year, identity.kind)
    passages = read_narrative(pages, tables.used)
    document = Document(
        file_name=name,
        sha256=_sha256(path),
        format=file_format,
        page_count=len(pages) if any(page.number is not None for page in pages) else None,
        identity=identity,
        tables=with_standard(tables.tables, identity.kind),
        passages=passages,
        statements=read_statements(passages, identity.organization),
        warnings=(
            *_warnings(pages, identity.organization, identity.fiscal_year),
            *recognition_warnings(pages, tables.tables),
        ),
    )
    document = _audited(document)
    return folding.restore(document) if folding else document


def _audited(document: Document) -> Document:
    """With what it disagrees with itself in; whatever the audit meets, what was read is kept."""
    from ingest.audit import audit

    try:
        return replace(document, findings=audit(document))
    except Exception as error:
        warning = f"The document could not be audited ({type(error).__name__}: {error})."
        return replace(document, warnings=(*document.warnings, warning))


def _read_pages(path: Path, file_format: Format, progress: Progress | None) -> list[Page]:
    name = _READERS[file_format]
    read = getattr(import_module(f"ingest.readers.{name}"), f"read_{name}")
    pages: list[Page] = read(path, progress)
    return pages


def _warnings(pages: list[Page], organization: str | None, fiscal_year: int | None) -> tuple[str, ...]:
    found = []
    if organization is None:
        found.append("The document does not say whose budget it is.")
    if fiscal_year is None:
        found.append("The document does not say which year it is for.")
    if empty := [str(page.number) for page in pages if page.number is not None and not page.blocks]:
        found.append(f"No text on page {', '.join(empty)}: blank, or a picture.")
    return (*found, *(note for page in pages for note in page.notes))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

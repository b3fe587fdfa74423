"""The formats that a generated document can be written in."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.corpus import truth
from eval.corpus.model import GeneratedDocument, WrittenPages
from ingest.errors import BudgetQAError

Writer = Callable[[GeneratedDocument, Path], WrittenPages]

_MODULES = {"pdf": "pdf", "xlsx": "excel", "docx": "word", "html": "html"}
FORMATS = (*_MODULES, "scan")
"""``scan`` is a PDF whose pages are pictures."""


class UnknownFormatError(BudgetQAError):
    """Nothing writes a format of that name."""


def write(document: GeneratedDocument, folder: Path, file_format: str) -> Path:
    """The document in ``folder`` in one of ``FORMATS``, its truth beside it.

    The same document gives the same bytes. Raises UnknownFormatError.
    """
    ending = ".scan.pdf" if file_format == "scan" else f".{file_format}"
    path = folder / f"{document.name}{ending}"
    truth.write(document, path, _writer(file_format)(document, path))
    return path


def _writer(file_format: str) -> Writer:
    """Loaded when asked for: each needs a library of its own."""
    if file_format == "scan":
        return _write_scan
    if file_format not in _MODULES:
        raise UnknownFormatError(f"no writer for {file_format!r}; there are: {', '.join(FORMATS)}")
    writer: Writer = import_module(f"eval.corpus.{_MODULES[file_format]}").write
    return writer


def _write_scan(document: GeneratedDocument, path: Path) -> WrittenPages:
    from eval.corpus import pdf
    from eval.corpus.scan import write_scan

    with TemporaryDirectory() as folder:
        typeset = Path(folder, "typeset.pdf")
        pages = pdf.write(document, typeset)
        write_scan(typeset, path, seed=random.Random(document.name).getrandbits(32))
    return pages

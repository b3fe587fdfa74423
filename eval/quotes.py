"""Is a quote really in its source? Looked up in the file itself, not in what our readers made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pypdfium2

from ingest.values import name_key, squeeze


class Sources:
    """The documents that answers may cite, by file name; their text is read once, when first asked for."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """``paths``: files, or folders taken with all that is below them."""
        files = (f for path in paths for f in (sorted(path.rglob("*")) if path.is_dir() else [path]))
        self._paths = {squeeze(file.name): file for file in files if file.is_file()}
        self._texts: dict[str, str] = {}

    @property
    def paths(self) -> list[Path]:
        return list(self._paths.values())

    def __bool__(self) -> bool:
        return bool(self._paths)

    def fault(self, citation: Mapping[str, Any]) -> str | None:
        """Why the citation's quote is false, or None when it stands in the document.

        Width, white space and punctuation are no difference.
        """
        doc = squeeze(str(citation.get("doc") or ""))
        quote = name_key(str(citation.get("quote") or ""))
        if not quote:
            return f"empty quote from {doc!r}"
        if doc not in self._paths:
            return f"unknown document {doc!r}"
        if quote in self._text(doc) or quote in self._text_at(doc, citation):
            return None
        return f"{citation.get('quote')!r} is not in {doc!r}"

    def _text(self, doc: str) -> str:
        if doc not in self._texts:
            path = self._paths[doc]
            whole = _pdf_text(path) if _is_pdf(path) else path.read_text(encoding="utf-8", errors="replace")
            self._texts[doc] = name_key(whole)
        return self._texts[doc]

    def _text_at(self, doc: str, citation: Mapping[str, Any]) -> str:
        """What stands inside the citation's box: a cell's lines may lie apart in the page's own order."""
        path, page, box = self._paths[doc], citation.get("page"), citation.get("bbox")
        if not (_is_pdf(path) and page and box):
            return ""
        with pypdfium2.PdfDocument(path) as pdf:
            if page > len(pdf):
                return ""
            sheet = pdf[page - 1]
            height = sheet.get_height()
            x0, top, x1, bottom = box
            text = sheet.get_textpage().get_text_bounded(
                x0 - 1, height - bottom - 1, x1 + 1, height - top + 1
            )
        return name_key(text)


def _is_pdf(path: Path) -> bool:
    return path.suffix.lower() == ".pdf"


def _pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)

"""A Word file as XML: its parts, unpacked within limits, and what of their elements counts."""

from __future__ import annotations

import lzma
import posixpath
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

from ingest.errors import DamagedFileError, FileTooLargeError

Element = Any
"""lxml has no types of its own."""

MAX_PART_BYTES = 256 * 1024 * 1024
_PARSER: Final = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}
_BROKEN = (
    *(etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError),
    *(NotImplementedError, OSError, RuntimeError, ValueError),
)
"""What reading a part raises when its bytes are not what they should be."""
_SEE_THROUGH = frozenset(
    {"bdo", "customXml", "dir", "fldSimple", "hyperlink", "ins", "moveTo"}
    | {"oMath", "oMathPara", "ruby", "rubyBase", "sdtContent", "smartTag"}
)
"""Elements that stand around the text and say nothing of it (ISO/IEC 29500-1, 17.5 and 17.13)."""
_CHANGES = ("{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo")
_LEFT_OUT = frozenset(("del", "moveFrom", "rt"))
"""What tracked changes took away, and the pronunciation above a character."""


class Package:
    """The parts of one Word file. Raises DamagedFileError where it is no whole zip archive."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.has_changes = False
        """Whether the body, as far as it has been read, has tracked changes."""
        try:
            self._archive = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise self.damaged(error) from error
        main = self._related("").get("officeDocument", "word/document.xml")
        self.main = main if main in self._archive.namelist() else "word/document.xml"
        self._parts = self._related(self.main)

    def close(self) -> None:
        self._archive.close()

    def damaged(self, error: Exception) -> DamagedFileError:
        return DamagedFileError(
            f"{self.name} is a Word file, but damaged or cut short ({error}); open it in Word or WPS, "
            "save it again as .docx and add that"
        )

    def body(self) -> Iterator[Element]:
        """The elements right inside the body in order, each emptied when the next is asked for."""
        for element in self._elements(self.main):
            parent = element.getparent()
            if parent is not None and local(parent) == "body" and local(parent.getparent()) == "document":
                self.has_changes |= next(element.iter(*_CHANGES), None) is not None
                yield element
                element.clear(keep_tail=False)
                while element.getprevious() is not None:
                    del parent[0]

    def part(self, kind: str) -> Element | None:
        """The root of the part that the document relates to as ``styles``, ``numbering`` …"""
        name = self._parts.get(kind)
        return self._root(name) if name in self._archive.namelist() else None

    def _root(self, name: str) -> Element | None:
        last = deque(self._elements(name), maxlen=1)  # the root ends last
        return last[0] if last else None

    def _related(self, part: str) -> dict[str, str]:
        """The parts that a part names, by the last word of the relationship's type."""
        folder, file = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self._archive.namelist() or (root := self._root(rels)) is None:
            return {}
        return {
            str(relation.get("Type", "")).rpartition("/")[2]: posixpath.normpath(
                posixpath.join("/", folder, relation.get("Target", ""))
            ).lstrip("/")
            for relation in root
            if relation.get("TargetMode") != "External"
        }

    def _elements(self, name: str) -> Iterator[Element]:
        """Every element of a part as it ends."""
        try:
            if self._archive.getinfo(name).file_size > MAX_PART_BYTES:
                raise FileTooLargeError(
                    f"{self.name} unpacks to more than {MAX_PART_BYTES // 1024**2} MB of text; split it"
                )
            with self._archive.open(name) as stream:
                for count, (_, element) in enumerate(etree.iterparse(stream, **_PARSER)):
                    if count == 0 and element.getroottree().docinfo.internalDTD is not None:
                        raise ValueError("it declares entities, which Word files must not")
                    yield element
        except _BROKEN as error:
            raise self.damaged(error) from error


def local(element: Element) -> str:
    """An element's name without its namespace: the strict and the usual kind of file differ only there."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: Element, name: str = "val") -> str | None:
    """An attribute of the element's own namespace."""
    found: str | None = element.get(f"{element.tag.rpartition('}')[0]}}}{name}")
    return found


@cache
def _anywhere(path: str) -> str:
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def find(element: Element | None, path: str) -> Element | None:
    """The first element at a path such as ``pPr/numPr``, whatever the namespace."""
    return None if element is None else element.find(_anywhere(path))


def find_value(element: Element | None, path: str, name: str = "val") -> str | None:
    found = find(element, path)
    return None if found is None else value(found, name)


def number(text: str | None) -> int | None:
    """The whole number that an attribute has to be; None when it is none."""
    digits = (text or "").strip()
    return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 10 else None


def is_on(element: Element | None) -> bool:
    """Whether a switch such as ``<w:vanish/>`` is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off")


def parts(element: Element) -> Iterator[Element]:
    """The children that count."""
    for child in element:
        yield from counted(child)


def counted(element: Element) -> Iterator[Element]:
    """The element, or those within where it only wraps them; nothing when it was deleted."""
    name = local(element)
    if name == "AlternateContent":
        yield from parts(_alternative(element))
    elif name == "sdt":
        if not is_on(find(element, "sdtPr/showingPlcHdr")):
            yield from parts(element)
    elif name in _SEE_THROUGH:
        yield from parts(element)
    elif name and name not in _LEFT_OUT:
        yield element


def _alternative(element: Element) -> Element:
    """One of the ways in which the same thing is written: the first that has any text."""
    return next((way for way in element if next(way.iter("{*}t"), None) is not None), ())

"""Plain text -> Pages: decode the bytes, see which dialect they are written in, let it read them."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from ingest.errors import EmptyFileError, UnsupportedFileError
from ingest.grid import Page
from ingest.readers import flattened, tabbed

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALLOWED_CONTROLS = "\t\n\r\f\v\x1a"
_MAX_STRANGE_SHARE = 0.01


def read_text(path: Path) -> list[Page]:
    """The file as one Page without a number; places have neither page nor box.

    Raises UnsupportedFileError when the bytes are no text in UTF-8, UTF-16 or GB18030, and
    EmptyFileError when there is nothing but white space.
    """
    text = decode(path.read_bytes(), path.name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").rstrip("\x1a")
    if not text.strip():
        raise EmptyFileError(f"{path.name} holds no text; was it saved, or exported from a scan?")
    read = flattened.read_blocks if flattened.is_flattened(text) else tabbed.read_blocks
    return [Page(number=None, width=None, height=None, blocks=read(text))]


def decode(data: bytes, file_name: str) -> str:
    """The text of the bytes, in whichever of UTF-8, UTF-16 and GB18030 they are.

    Raises UnsupportedFileError when they are text in none of them.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_plain(text):
            return text
    raise UnsupportedFileError(
        f"{file_name} is no text in UTF-8, GB18030 or UTF-16; save it as UTF-8 text or give the original"
    )


def _encodings(data: bytes) -> list[str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return [encoding]
    without_bom = ["utf-8", "gb18030"]
    if len(data) % 2 == 0:
        # Without a mark, UTF-16 shows in its line feeds and spaces, whose other byte is zero.
        without_bom += ["utf-16-le", "utf-16-be"] if b"\0" in data else []
    return without_bom


def _is_plain(text: str) -> bool:
    """Whether this is writing: binary data decodes to control, private and unassigned characters."""
    strange = 0
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc" and character not in _ALLOWED_CONTROLS:
            return False
        strange += category in ("Co", "Cn", "Cs")
    return strange <= len(text) * _MAX_STRANGE_SHARE

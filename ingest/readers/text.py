"""Plain text -> Pages: decode the bytes, see which dialect they are written in, let it read them."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from ingest.errors import DamagedFileError, EmptyFileError, UnsupportedFileError
from ingest.grid import Page
from ingest.readers import flattened, tabbed

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALLOWED_CONTROLS = "\t\n\r\f\v\x1a"
_USUAL = re.compile(r"[\s!-~\u00a0-\u00ff\u2000-\u27bf\u3000-\u9fff\uf900-\ufaff\ufe30-\uffef]")
"""Latin, Chinese, and the signs around them."""
_LEAST_USUAL_SHARE = 0.9
_MOST_BROKEN_SHARE = 0.01


def read_text(path: Path, progress: Callable[[int, int], None] | None = None) -> list[Page]:
    """The file as one Page without a number; places have neither page nor box, ``progress`` no step.

    Raises UnsupportedFileError when the bytes are no text in UTF-8, UTF-16 or GB18030,
    DamagedFileError when they are broken UTF-8, and EmptyFileError when there is nothing but
    white space.
    """
    text = decode(path.read_bytes(), path.name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").rstrip("\x1a")
    if not text.strip():
        raise EmptyFileError(f"{path.name} holds no text; was it saved, or exported from a scan?")
    read = flattened.read_blocks if flattened.is_flattened(text) else tabbed.read_blocks
    return [Page(number=None, width=None, height=None, blocks=read(text))]


def decode(data: bytes, file_name: str) -> str:
    """The text of the bytes, in whichever of UTF-8, UTF-16 and GB18030 they are.

    Raises DamagedFileError when they are UTF-8 but for a few broken places, and
    UnsupportedFileError when they are text in none of them.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_plain(text):
            return text
    if (broken := _broken_utf8(data)) is not None:
        raise DamagedFileError(
            f"{file_name} is UTF-8 text, but damaged or cut short at byte {broken:,}; copy or export it again"
        )
    raise UnsupportedFileError(
        f"{file_name} is no text in UTF-8, GB18030 or UTF-16; save it as UTF-8 text or give the original"
    )


def _broken_utf8(data: bytes) -> int | None:
    """Where UTF-8 text first breaks, if nearly all of it is whole; None for anything else."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = text.replace("\ufffd", "")
    if not broken or broken > _MOST_BROKEN_SHARE * len(text) or not _is_plain(whole):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _encodings(data: bytes) -> list[str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return [encoding]
    # Half the bytes of a line feed or a digit are zero in UTF-16, and none in the others.
    return ["utf-16-le", "utf-16-be"] if b"\0" in data else ["utf-8", "gb18030"]


def _is_plain(text: str) -> bool:
    """Whether this is writing: binary data decodes to controls and to letters of all the world."""
    if any(unicodedata.category(c) == "Cc" and c not in _ALLOWED_CONTROLS for c in set(text)):
        return False
    return sum(bool(_USUAL.match(character)) for character in text) >= _LEAST_USUAL_SHARE * len(text)

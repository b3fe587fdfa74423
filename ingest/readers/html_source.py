"""The bytes of a web page -> its text, unpacked and decoded, and the tree of its elements."""

from __future__ import annotations

import codecs
import email.policy
import re
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from ingest.errors import DamagedFileError, FileTooLargeError
from ingest.readers.text import decode

Element = Any
"""lxml has no types of its own."""

MAX_BYTES = 32 * 1024 * 1024
_HEAD_BYTES = 4096
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]{0,100}?encoding=["']([\w-]+)""", re.I
)
_CHINESE = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
}
"""What pages call their encoding -> the widest encoding of the kind (WHATWG Encoding Standard, 4.2)."""
_MOST_BROKEN_SHARE = 0.01
_MAIL_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\w-]+:")


def page_source(data: bytes, file_name: str) -> str:
    """The mark-up of a page, also of one saved as a mail message (.mht).

    Raises FileTooLargeError over ``MAX_BYTES``, UnsupportedFileError when the bytes are text in no
    encoding that is known, and DamagedFileError when they are broken or hold no page.
    """
    if len(data) > MAX_BYTES:
        raise FileTooLargeError(
            f"{file_name} has {len(data) / 1024**2:,.0f} MB, the limit for web pages is "
            f"{MAX_BYTES // 1024**2} MB; split it"
        )
    charset = None
    if _MAIL_HEADER.match(data):
        data, charset = _page_in_mail(data, file_name)
    return _decoded(data, charset, file_name).replace("\0", "")


def page_tree(source: str, file_name: str) -> Element:
    """The root element. Raises DamagedFileError when elements are nested too deep to be a page."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DamagedFileError(f"{file_name} holds no web page ({error}); save the page again") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise DamagedFileError(f"{file_name} nests elements too deep to be read; save the page again")
    return root


def _page_in_mail(data: bytes, file_name: str) -> tuple[bytes, str | None]:
    """The largest page in a mail message, and its encoding: heads and frames are pages of their own."""
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(data)
    pages = [
        (content, part.get_content_charset())
        for part in message.walk()
        if part.get_content_type() == "text/html"
        and isinstance(content := part.get_payload(decode=True), bytes)
    ]
    if not pages:
        raise DamagedFileError(f"{file_name} is a saved web page without the page itself; save it as .html")
    return max(pages, key=lambda page: len(page[0]))


def _decoded(data: bytes, charset: str | None, file_name: str) -> str:
    """By its byte order mark, else UTF-8 if it is that, else as declared; a few broken places are let pass.

    Pages that declare an encoding and are written in UTF-8 are common, the reverse never decodes.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    named = charset or (next(filter(None, declared.groups()), b"").decode("ascii") if declared else "")
    encodings = ["utf-8-sig", _CHINESE.get(named.lower(), "gb18030")]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    texts = [data.decode(encoding, "replace") for encoding in encodings]
    best = min(texts, key=lambda text: text.count("\ufffd"))
    if best.count("\ufffd") <= _MOST_BROKEN_SHARE * len(best):
        return best
    return decode(data, file_name)  # which says what is wrong with it

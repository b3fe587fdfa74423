"""The drawing commands of a PDF page, taken apart by whole tokens.

pdfminer takes them apart character by character, which is most of the time that a page costs.
Here one expression takes whole tokens, and leaves to pdfminer's own code, at the same place,
whatever is out of the ordinary: escapes, comments, dictionaries within others, inline pictures,
and a token that the end of a stream cuts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pdfminer.pdfinterp import PDFContentParser
from pdfminer.psparser import KWD, LIT, PSEOF, PSLiteral, literal_name

_AT_ONCE = 4096
"""Values taken before any is carried out."""

_TOKEN = re.compile(
    rb"""[\s\x00]*(?:
      ([-+]?[0-9]+)(?=[\s/\[\]()<>])                            # 1: a whole number
    | ([-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+))(?=[\s/\[\]()<>])       # 2: another number
    | <((?:[0-9a-fA-F]{2})*)>(?=[^>])                           # 3: a string as hexadecimal digits
    | \(([^()\\]*)\)                                           # 4: a string
    | /([^#/%\[\]()<>{}\s]*)(?=[/%\[\]()<>{}\s])                # 5: a name
    | ((?!true[^A-Za-z]|false[^A-Za-z]|BI[^A-Za-z]|ID[^A-Za-z])  # 6: a word that is no value, and ...
       [A-Za-z][^#/%\[\]()<>{}\s]*)(?=[#/%\[\]()<>{}\s])         #    ... is followed by tokens only
    | ([\[\]])                                                  # 7: the start or end of an array
    | <<([^<>%]*)>>                                             # 8: a dictionary
    )""",
    re.VERBOSE,
)
"""A token that surely ends where it seems to: what follows it is looked at."""
_WORD, _BRACKET, _DICTIONARY = 6, 7, 8


def _name(text: bytes) -> Any:
    try:
        return LIT(text.decode())
    except UnicodeDecodeError:
        return LIT(text)


_VALUE_OF: tuple[Callable[[bytes], Any], ...] = (
    bytes,
    int,
    float,
    lambda text: bytes.fromhex(text.decode()),
    bytes,
    _name,
    KWD,
)
"""By the number of the kind of token."""


class QuickParser(PDFContentParser):  # type: ignore[misc]
    BUFSIZ = 1 << 30
    """A stream is read at once, so that no token is cut but by its end."""

    buf: bytes
    charpos: int

    def values(self) -> Iterator[Any]:
        """What ``nextobject`` gives, until there is no more."""
        while True:
            is_between = not (self._tokens or self.results or self.context or self.eof)
            if is_between and self._parse1 == self._parse_main:
                values, self.charpos = _plain(self.buf, self.charpos)
                if values:
                    yield from values
                    continue
            try:
                yield self.nextobject()[1]
            except PSEOF:
                return


def _plain(text: bytes, position: int) -> tuple[list[Any], int]:
    """The next values, to before the first that is not plain, and where the last of them ends.

    An array comes whole or not at all.
    """
    values: list[Any] = []
    array: list[Any] | None = None
    end = position
    match = _TOKEN.match
    while len(values) < _AT_ONCE and (token := match(text, position)):
        kind = token.lastindex or 0
        position = token.end()
        value: Any
        if kind < _WORD or (kind == _WORD and array is None):
            value = _VALUE_OF[kind](token[kind])
        elif kind == _DICTIONARY:
            value = _dictionary(token[kind])
            if value is None:
                break
        elif kind == _BRACKET and token[kind] == b"[" and array is None:
            array = []
            continue
        elif kind == _BRACKET and token[kind] == b"]" and array is not None:
            value, array = array, None
        else:
            break
        if array is None:
            values.append(value)
            end = position
        else:
            array.append(value)
    return values, end


def _dictionary(text: bytes) -> dict[str, Any] | None:
    """What the text between its brackets says; None when it is not plain names and values."""
    values, end = _plain(text + b" ", 0)
    keys = values[::2]
    if text[end:].strip() or len(values) % 2 or not all(isinstance(key, PSLiteral) for key in keys):
        return None
    return {literal_name(key): value for key, value in zip(keys, values[1::2], strict=True)}

"""What a PDF page draws, by pdfminer, with the drawing commands taken apart more quickly.

pdfminer takes them apart character by character, which is most of the time that a page costs.
Here one expression takes whole tokens, and leaves to pdfminer's own code, at the same place,
whatever is out of the ordinary: escapes, comments, dictionaries, inline pictures, and a token
that the end of a stream cuts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTPage
from pdfminer.pdfinterp import PDFContentParser, PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import KWD, LIT, PSEOF, PSKeyword, keyword_name
from pdfplumber.utils.exceptions import PdfminerException

_TOKEN = re.compile(
    rb"""[\s\x00]*(?:
      (?P<whole>[-+]?[0-9]+)(?=[\s/\[\]()<>])
    | (?P<decimal>[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+))(?=[\s/\[\]()<>])
    | (?P<keyword>[A-Za-z][^#/%\[\]()<>{}\s]*)(?=[#/%\[\]()<>{}\s])
    | <(?P<hexadecimal>(?:[0-9a-fA-F]{2})*)>(?=[^>])
    | \((?P<string>[^()\\]*)\)
    | /(?P<name>[^#/%\[\]()<>{}\s]*)(?=[/%\[\]()<>{}\s])
    | (?P<bracket>[\[\]])
    )""",
    re.VERBOSE,
)
"""A token that surely ends where it seems to: what follows it is looked at."""

_NO_TOKENS = frozenset({b"true", b"false", b"BI", b"ID"})
"""Words that are values, or have what is no token after them."""

Operator = tuple[Callable[..., None], int]
"""What carries a command out, and how many operands it takes."""


def page_layout(page: Any) -> LTPage:
    """Everything that a pdfplumber page draws, in its order. Raises PdfminerException."""
    device = PDFPageAggregator(page.pdf.rsrcmgr, pageno=page.page_number)
    try:
        _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    except Exception as error:  # pdfminer raises all kinds on broken pages
        raise PdfminerException(error) from error
    return device.get_result()


class _Interpreter(PDFPageInterpreter):  # type: ignore[misc]
    def execute(self, streams: Sequence[object]) -> None:
        """Carry out the commands of the streams; one that is being carried out already is passed over."""
        self.stream_ids.clear()
        known = [stream for stream in map(stream_value, streams) if stream.objid is not None]
        fresh = [stream for stream in known if stream.objid not in self.parent_stream_ids]
        self.stream_ids.update(stream.objid for stream in fresh)
        operators: dict[PSKeyword, Operator | None] = {}
        for value in _Parser(fresh).values() if fresh else ():
            if not isinstance(value, PSKeyword):
                self.argstack.append(value)
                continue
            if value not in operators:
                operators[value] = self._operator(keyword_name(value))
            if operator := operators[value]:
                carry_out, count = operator
                operands = self.pop(count)
                if len(operands) == count:
                    carry_out(*operands)

    def _operator(self, name: str) -> Operator | None:
        plain = name.replace("*", "_a").replace('"', "_w").replace("'", "_q")
        found = getattr(self, f"do_{plain}", None)
        return (found, found.__code__.co_argcount - 1) if found else None


class _Parser(PDFContentParser):  # type: ignore[misc]
    BUFSIZ = 1 << 30
    """A stream is read at once, so that no token is cut but by its end."""

    charpos: int

    def values(self) -> Iterator[Any]:
        """What ``nextobject`` gives, until there is no more."""
        while True:
            is_between = not (self._tokens or self.results or self.context or self.eof)
            if is_between and self._parse1 == self._parse_main:
                yield from self._plain_values()
            try:
                yield self.nextobject()[1]
            except PSEOF:
                return

    def _plain_values(self) -> Iterator[Any]:
        """The values from here on, to before the first token that is not plain."""
        position: int = self.charpos
        array: list[Any] | None = None
        value: Any
        while token := _TOKEN.match(self.buf, position):
            kind = token.lastgroup
            text = token[kind or 0]
            if kind == "whole":
                value = int(text)
            elif kind == "decimal":
                value = float(text)
            elif kind == "hexadecimal":
                value = bytes.fromhex(text.decode())
            elif kind == "string":
                value = text
            elif kind == "name":
                value = _literal(text)
            elif kind == "keyword":
                if array is not None or text in _NO_TOKENS:
                    break
                value = KWD(text)
            elif text == b"[" and array is None:
                array = []
                position = token.end()
                continue
            elif text == b"]" and array is not None:
                value, array = array, None
            else:
                break
            position = token.end()
            if array is not None:
                array.append(value)
                continue
            self.charpos = position  # never within an array: the other code takes it from its start
            yield value


def _literal(name: bytes) -> Any:
    try:
        return LIT(name.decode())
    except UnicodeDecodeError:
        return LIT(name)

"""The quick way through drawing commands gives what pdfminer gives, whatever the bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import PDFStream
from pdfminer.psparser import PSEOF

from ingest.readers.tokens import QuickParser

ORDINARY = [
    "12",
    "-0.5",
    ".25",
    "7.",
    "+3",
    "re",
    "T*",
    "f*",
    "(text)",
    "<53a1>",
    "/F1",
    "[",
    "]",
    "<</MCID 3>>",
    "cm",
    "Tj",
]
ODD = [
    *(
        "--5",
        "5-3",
        "1e5",
        "'",
        '"',
        "true",
        "false",
        "null",
        "(a\\)b)",
        "(a(b)c)",
        "(\\101)",
        "<5 3\n>",
        "<5>",
    ),
    *(
        "<",
        ">",
        "<<",
        ">>",
        "<53>>",
        "/A#42",
        "/",
        "% said aside\n",
        "{",
        "}",
        "trueish",
        "BIG",
        "BI /W 1 ID ab\x00c EI",
        "ID",
        "EI",
    ),
    *(
        "\x00",
        "#",
        "a#b",
        ")",
        "(open",
        "/名",
        "<</A[1 /B](c)/D <12>>>",
        "<</A>>",
        "<<1 2>>",
        "<</A true>>",
        "<< >>",
        "<</A 1",
        "1.2.3",
        "-",
        ".",
    ),
]
SPACES = [" ", "\n", "", "\r\n", " \x00 "]

Stream = list[tuple[str, str]]
streams: st.SearchStrategy[list[Stream]] = st.lists(
    st.lists(st.tuples(st.sampled_from(ORDINARY * 3 + ODD), st.sampled_from(SPACES)), max_size=25),
    min_size=1,
    max_size=3,
)


def plainly(parser: PDFContentParser) -> Iterator[Any]:
    while True:
        try:
            yield parser.nextobject()[1]
        except PSEOF:
            return


def all_of(values: Iterator[Any]) -> list[str]:
    """Each value as it prints, and the failure that ends them, if any."""
    found: list[str] = []
    try:
        found.extend(_shown(value) for value in values)
    except Exception as error:
        found.append(type(error).__name__)
    return found


def _shown(value: Any) -> str:
    return repr((value.attrs, value.rawdata)) if isinstance(value, PDFStream) else repr(value)


@given(streams)
@example([[("12", ""), ("/F1", ""), ("[", ""), ("(text)", ""), ("-0.5", "")], [("]", " "), ("Tj", "")]])
@example([[("BI /W 1 ID ab\x00c EI", " "), ("12", " "), ("re", "")]])
def test_the_same_values_as_pdfminer(written: list[Stream]) -> None:
    data = ["".join(token + space for token, space in stream).encode() for stream in written]
    quick = QuickParser([PDFStream({}, piece) for piece in data])
    plain = PDFContentParser([PDFStream({}, piece) for piece in data])
    assert all_of(quick.values()) == all_of(plainly(plain))


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=3))
def test_any_bytes_give_the_same_values_as_pdfminer(data: list[bytes]) -> None:
    quick = QuickParser([PDFStream({}, piece) for piece in data])
    plain = PDFContentParser([PDFStream({}, piece) for piece in data])
    assert all_of(quick.values()) == all_of(plainly(plain))


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_a_stream_that_ends_within_a_token(cut: int) -> None:
    data = b"q 1 0 0 1 72.5 700 cm BT /F1 12 Tf [(ab) -20 <6364>] TJ ET Q"
    pieces = [data[:cut], data[cut:]]
    quick = QuickParser([PDFStream({}, piece) for piece in pieces])
    plain = PDFContentParser([PDFStream({}, piece) for piece in pieces])
    assert all_of(quick.values()) == all_of(plainly(plain))

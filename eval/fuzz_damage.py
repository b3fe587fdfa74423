"""Ways in which a whole file is damaged: by chance, but the same for the same random numbers.

Some damage bytes as a broken disk or download does; others know the format and damage what a checksum
or a compression would otherwise hide: the parts of an office file, the streams of a PDF, numbers.
"""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping

Damage = Callable[[bytes, random.Random], bytes]

_LONGEST_RUN = 4_000
_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj\b", re.S)
_STREAM = re.compile(rb"(.*?)\bstream\r?\n(.*)\r?\nendstream\s*", re.S)
_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"</?\w[^<>]*>")
_EXTREMES = (
    b"0",
    b"-1",
    b"1",
    b"65536",
    b"2147483648",
    b"99999999999999999999",
    b"1e308",
    b"0.0000001",
    b"NaN",
)
_ENCODINGS = ("gb18030", "utf-16", "utf-16-be", "utf-8-sig", "big5", "shift-jis", "utf-32", "cp037", "utf-7")


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 8, 64))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwrite(data: bytes, rng: random.Random) -> bytes:
    """A run of one byte, or of noise, over what was there."""
    start, length = _run(data, rng)
    run = rng.randbytes(length) if rng.random() < 0.5 else rng.choice((b"\0", b"\xff", b" ", b"\n")) * length
    return data[:start] + run + data[start + length :]


def drop(data: bytes, rng: random.Random) -> bytes:
    start, length = _run(data, rng)
    return data[:start] + data[start + length :]


def repeat(data: bytes, rng: random.Random) -> bytes:
    start, length = _run(data, rng)
    return data[:start] + data[start : start + length] * rng.choice((2, 20, 200)) + data[start + length :]


def swap(data: bytes, rng: random.Random) -> bytes:
    """Two neighbouring blocks change places."""
    first, middle, last = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    return data[:first] + data[middle:last] + data[first:middle] + data[last:]


def change_numbers(data: bytes, rng: random.Random) -> bytes:
    """Some of the numbers that the file spells out become extreme."""
    share = rng.choice((0.002, 0.02, 0.2))
    return _NUMBER.sub(lambda found: rng.choice(_EXTREMES) if rng.random() < share else found[0], data)


def lose_tags(data: bytes, rng: random.Random) -> bytes:
    """Some tags of mark-up are lost or come twice."""
    share = rng.choice((0.002, 0.05))
    return _TAG.sub(lambda found: found[0] * rng.choice((0, 2)) if rng.random() < share else found[0], data)


def encode_otherwise(data: bytes, rng: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(rng.choice(_ENCODINGS), "replace")


_OF_BYTES: tuple[Damage, ...] = (cut, flip_bits, overwrite, drop, repeat, swap)
_OF_TEXT: tuple[Damage, ...] = (*_OF_BYTES, change_numbers)
_OF_MARKUP: tuple[Damage, ...] = (*_OF_TEXT, lose_tags)


def lose_part(data: bytes, rng: random.Random) -> bytes:
    parts = _parts(data)
    del parts[rng.choice(list(parts))]
    return zipped(parts)


def double_part(data: bytes, rng: random.Random) -> bytes:
    """A part under the name of another, which is there too."""
    parts = _parts(data)
    names = list(parts)
    return zipped(parts, again={rng.choice(names): parts[rng.choice(names)]})


def damage_part(data: bytes, rng: random.Random) -> bytes:
    """Inside a part, packed again with the right checksum."""
    parts = _parts(data)
    name = rng.choice([name for name in parts if parts[name]])
    parts[name] = rng.choice(_OF_MARKUP)(parts[name], rng)
    return zipped(parts)


def damage_object(data: bytes, rng: random.Random) -> bytes:
    """Inside an object of a PDF, its stream unpacked; the table of contents is made anew."""
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    number = rng.choice(list(objects))
    stream = _STREAM.fullmatch(objects[number])
    if stream is None:
        objects[number] = rng.choice(_OF_TEXT)(objects[number], rng)
    else:
        head, packed = stream.groups()
        is_packed = b"/FlateDecode" in head
        content = rng.choice(_OF_TEXT)((zlib.decompress(packed) if is_packed else packed) or b" ", rng)
        objects[number] = pdf_stream(zlib.compress(content) if is_packed else content, head)
    return pdf_file(objects, _root(data))


DAMAGES: Mapping[str, tuple[Damage, ...]] = {
    "pdf": (*_OF_TEXT, damage_object, damage_object, damage_object),
    "xlsx": (*_OF_BYTES, lose_part, double_part, damage_part, damage_part, damage_part),
    "docx": (*_OF_BYTES, lose_part, double_part, damage_part, damage_part, damage_part),
    "html": (*_OF_MARKUP, lose_tags, encode_otherwise),
    "txt": (*_OF_TEXT, encode_otherwise, encode_otherwise),
}
"""By format; the more telling ones come more often."""


def zipped(parts: Mapping[str, bytes], again: Mapping[str, bytes] | None = None) -> bytes:
    """A zip archive of the parts; ``again`` are members with names that may be there already."""
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of two members with one name
        for name, content in (*parts.items(), *(again or {}).items()):
            info = zipfile.ZipInfo(name)  # without the time of day
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as member:
                member.write(content)
    return packed.getvalue()


def pdf_stream(content: bytes, head: bytes = b"<< >>") -> bytes:
    """The body of a stream object; ``head`` is its dictionary, whose length is set right."""
    head = re.sub(rb"/Length \d+( 0 R)?", b"", head).rstrip().removesuffix(b">>")
    return head + b"/Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def pdf_file(objects: Mapping[int, bytes], root: int = 1) -> bytes:
    """A PDF file of the objects by number; ``root`` is its catalogue."""
    body = bytearray(b"%PDF-1.7\n")
    table = bytearray()
    for number, content in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(body)
    trailer = b"trailer << /Size %d /Root %d 0 R >>" % (max(objects) + 1, root)
    return bytes(body + b"xref\n" + table + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start)


def _root(data: bytes) -> int:
    found = re.search(rb"/Root (\d+) 0 R", data)
    return int(found[1]) if found else 1


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _run(data: bytes, rng: random.Random) -> tuple[int, int]:
    """Where a run of bytes starts, and how long it is: mostly short."""
    start = rng.randrange(len(data))
    return start, min(len(data) - start, int(_LONGEST_RUN ** rng.random()))

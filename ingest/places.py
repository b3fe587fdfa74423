"""Which place a body governs, and at which level of government: by how names of places are made.

A name of a place is a chain from the province down (``上海市`` ``普陀区``); each link ends in one of
the words of ``places.toml``. Nothing is looked up in a list of cities, so nothing unsaid is added.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.model import GovernmentLevel
from ingest.values import squeeze

_STEM = r"[^\W\da-zA-Z_][^\W\da-zA-Z_省市区县旗局委厅]{1,6}?"
"""What stands before the ending, in which no other place or body ends (市北 of 市北区 begins with one)."""
_SHORT_STEM = r"[^\W\da-zA-Z_](?=[县旗])"
_DEPTHS: tuple[GovernmentLevel, ...] = ("central", "province", "city", "district", "township")


@dataclass(frozen=True, slots=True)
class Region:
    """A place that is governed."""

    name: str | None
    """From the widest place that is named: ``上海市普陀区``; None where none is."""
    level: GovernmentLevel


@dataclass(frozen=True, slots=True)
class _Words:
    before_place: re.Pattern[str]
    central: re.Pattern[str]
    province: re.Pattern[str]
    zone: re.Pattern[str]
    city: re.Pattern[str]
    district: re.Pattern[str]
    township: re.Pattern[str]
    no_place: re.Pattern[str]
    said: tuple[tuple[re.Pattern[str], GovernmentLevel], ...]


@cache
def _words() -> _Words:
    data = tomllib.loads((Path(__file__).parent / "places.toml").read_text("utf-8"))
    return _Words(
        before_place=re.compile(f"(?:{_any_of(data['before_place'])})*"),
        central=re.compile(
            rf"(?:{_any_of(data['central_beginnings'])}|(?:{_any_of(data['central_bodies'])})$)"
        ),
        province=re.compile(rf"{_any_of(data['provinces'])}|{_STEM}(?:{_any_of(data['province_endings'])})"),
        zone=re.compile(rf"{_STEM}(?:{_any_of(data['zone_endings'])})"),
        city=re.compile(rf"{_STEM}(?:{_any_of(data['city_endings'])})"),
        district=re.compile(rf"(?:{_STEM}|{_SHORT_STEM})(?:{_any_of(data['district_endings'])})"),
        township=re.compile(rf"{_STEM}(?:{_any_of(data['township_endings'])})"),
        no_place=re.compile(rf"(?:{_any_of(data['no_places'])})$|{_any_of(data['no_parts'])}"),
        said=tuple(
            (re.compile(rf"(?:{_any_of(data['levels'][level])})(?:部门|单位|财政|预算)*(?:预算|决算)"), level)
            for level in _DEPTHS
        ),
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(squeeze(word)) for word in sorted(words, key=len, reverse=True))


def region_of(organization: str | None, cover: Sequence[str], file_stem: str = "") -> Region | None:
    """The place and level of government of a body; None where nothing tells.

    ``cover`` (its lines) and ``file_stem`` come without years. Their own words (区级部门预算) tell
    the level; a place that they name more fully than the body's name does (上海市普陀区 for 普陀区)
    is taken from there.
    """
    own = _place_in(organization or "")
    printed = [place for line in (*cover, "".join(cover), file_stem) if (place := _place_in(line))]
    place = max(
        (p for p in printed if own is None or _is_fuller(p, own)),
        key=lambda region: len(region.name or ""),
        default=own,
    )
    if organization and _words().central.match(organization):
        return Region(place.name if place else None, "central")
    said = next(
        (level for pattern, level in _words().said for line in (*cover, file_stem) if pattern.search(line)),
        None,
    )
    return Region(place.name, said or place.level) if place else None


def _is_fuller(region: Region, own: Region) -> bool:
    """Whether it is the same place, named with the places that it lies in."""
    name, ours = region.name or "", own.name or ""
    above = name.removesuffix(ours)
    wider = _place_in(above)
    return name.endswith(ours) and (not above or (wider is not None and wider.name == above))


def _place_in(text: str) -> Region | None:
    """The place that a name begins with: ``中共上海市普陀区委社会工作部`` -> 上海市普陀区."""
    words = _words()
    before = words.before_place.match(text)
    start = end = before.end() if before else 0
    level: GovernmentLevel = "central"
    links: tuple[tuple[re.Pattern[str], GovernmentLevel], ...] = (
        (words.province, "province"),
        (words.zone, "district"),
        (words.city, "city"),
        (words.zone, "district"),
        (words.district, "district"),
        (words.township, "township"),
    )
    for pattern, link_level in links:
        found = pattern.match(text, end)
        if found and _is_below(link_level, level) and not words.no_place.search(found.group()):
            end, level = found.end(), link_level
    return Region(text[start:end], level) if end > start else None


def _is_below(level: GovernmentLevel, other: GovernmentLevel) -> bool:
    return _DEPTHS.index(level) > _DEPTHS.index(other)

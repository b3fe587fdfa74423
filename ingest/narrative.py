"""Running text -> Passages: one paragraph each, under the headings it stands under.

Lines are joined into paragraphs, contents lists left out, headings turned into the
section path. Every other line ends up in exactly one passage.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import zip_longest
from typing import Any

from ingest.confidence import least
from ingest.grid import Page, bbox_union
from ingest.model import Fragment, Passage, Place
from ingest.numerals import chinese_number
from ingest.prose import Line, gap, join_lines, prose_lines
from ingest.values import find_amounts, squeeze

_MAX_HEADING_LENGTH = 80
_MAX_TITLE_LENGTH = 45
_MAX_CONTENTS_LINES = 400
_SHORT = 0.8
"""A line that reaches less far ends before the margin on purpose: a new paragraph follows."""
_HAS_ROOM = 0.95
"""A line that ends a sentence here was not wrapped: the next character would have fitted."""
_MARKERS: tuple[re.Pattern[str], ...] = (
    re.compile(r"第[一二三四五六七八九十百\d]+(?:部分|章|篇|编)|[壹贰叁参肆伍陆柒捌玖拾]{1,3}\s*[、.．]"),
    re.compile(r"第[一二三四五六七八九十百\d]+节"),
    re.compile(r"[一二三四五六七八九十]{1,3}\s*(?:、|[.．](?!\d))"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"\d{1,2}\s*(?:、|[.．](?!\d)|[.．](?=[12]\d{3}\s*年))"),
    re.compile(r"[（(]\d{1,2}[）)]|\d{1,2}[）)]"),
    re.compile(r"[①-⑳]"),
)
"""Numbering, outermost first. A title without a number stands between chapter and 一、."""
_CHAPTER_LEVEL, _TITLE_LEVEL, _FIRST_ITEM_LEVEL = 0, 1.5, 4
_CLOSING = re.compile(r"[，。；：、！？）》”’】〉,;:!?)]")
_UNIT = re.compile(r"[千万亿百]*元|[%％]")
_LEADERS = re.compile(r"(?:[.．…·。]\s*){3,}[-—\s]*\d+[-—\s]*$")
"""What leads from a heading to its page in a contents list."""


@dataclass(frozen=True, slots=True)
class _Structure:
    """The words of ``narrative.toml`` that divide a text."""

    contents_titles: frozenset[str]
    title_endings: tuple[str, ...]
    sentence_endings: str
    lead_in_endings: str


@cache
def narrative_words() -> dict[str, Any]:
    """The tables of ``narrative.toml``."""
    return tomllib.loads(resources.files("ingest").joinpath("narrative.toml").read_text("utf-8"))


@cache
def _structure() -> _Structure:
    words = narrative_words()["structure"]
    return _Structure(
        contents_titles=frozenset(words["contents_titles"]),
        title_endings=tuple(words["title_endings"]),
        sentence_endings=words["sentence_endings"],
        lead_in_endings=words["lead_in_endings"],
    )


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    fragments: tuple[Fragment, ...]
    level: float | None
    """Of its numbering, or of a title without one; None: plain text."""
    is_heading: bool
    before_table: bool


def read_narrative(pages: Sequence[Page], used: AbstractSet[tuple[int, int]]) -> tuple[Passage, ...]:
    """The passages of all blocks but ``used``: (page index, block index) of those in tables."""
    lines = _without_contents(prose_lines(pages, used))
    return tuple(_passages(_paragraphs(lines)))


# The contents list


def _without_contents(lines: list[Line]) -> list[Line]:
    titles = _structure().contents_titles
    start = next((i for i, line in enumerate(lines) if squeeze(line.text).lower() in titles), None)
    kept = lines if start is None else lines[:start] + lines[_contents_end(lines, start + 1) :]
    return [line for line in kept if not _LEADERS.search(line.text)]


def _contents_end(lines: list[Line], start: int) -> int:
    """The index of the first line after the contents list that begins at ``start``.

    The list is over where its first entry's number comes again, at a sentence, or at a
    new page that goes on with no numbered entry.
    """
    first = _marker_text(lines[start].text) if start < len(lines) else None
    for index in range(start + 1, min(len(lines), start + _MAX_CONTENTS_LINES)):
        text, marker = lines[index].text, _marker_text(lines[index].text)
        before = lines[index - 1].place.page_number
        starts_page = lines[index].place.page_number != before or lines[index].after_break
        if (
            (marker is not None and marker == first)
            or (marker is None and starts_page)
            or (lines[index].after_table or lines[index].is_row)
            or any(end in text[:-1] for end in _structure().sentence_endings)
        ):
            return index
    return start


def _marker_text(text: str) -> str | None:
    found = _marker(text)
    return squeeze(found[1]) if found else None


def _marker(text: str) -> tuple[int, str] | None:
    """The level and the text of the numbering that the line begins with."""
    for level, pattern in enumerate(_MARKERS):
        if match := pattern.match(text):
            return level, match.group()
    return None


# Paragraphs


def _paragraphs(lines: list[Line]) -> list[_Paragraph]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not (_starts_paragraph(groups[-1], line) or _is_next_heading(groups, line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    followers = [group[0] for group in groups[1:]]
    found = [_paragraph(group, after) for group, after in zip_longest(groups, followers)]
    return [_checked_title(found, index) for index in range(len(found))]


def _checked_title(paragraphs: list[_Paragraph], index: int) -> _Paragraph:
    """A title does not stand where the numbering goes on behind it: then it is plain text."""
    paragraph = paragraphs[index]
    if paragraph.level != _TITLE_LEVEL:
        return paragraph
    after = next((p for p in paragraphs[index + 1 :] if p.level is not None), None)
    if after is None or after.level in (_TITLE_LEVEL, _CHAPTER_LEVEL) or _is_first(after):
        return paragraph
    levels = (after.level, _TITLE_LEVEL, _CHAPTER_LEVEL)
    before = next((p for p in reversed(paragraphs[:index]) if p.level in levels), None)
    goes_on = before is not None and before.level == after.level
    return replace(paragraph, level=None, is_heading=False) if goes_on else paragraph


def _is_first(paragraph: _Paragraph) -> bool:
    found = _marker(paragraph.text)
    return found is not None and re.sub(r"\W", "", found[1]) in (
        "一",
        "壹",
        "1",
        "①",
        "第一部分",
        "第一章",
        "第一节",
    )


def _starts_paragraph(group: list[Line], line: Line) -> bool:
    before = group[-1]
    ended = before.text[-1] in _structure().sentence_endings + _structure().lead_in_endings
    is_numbered = _marker(line.text) is not None
    if line.is_row or before.is_row or line.after_table or line.is_title or before.is_title:
        return True
    if _CLOSING.match(line.text) or (before.text[-1].isdigit() and _UNIT.match(line.text)):
        return False
    if before.centred or line.centred:
        elsewhere = before.place.page_number != line.place.page_number
        goes_on = line.centred and (before.centred or _fills_its_line(group))
        return ended or is_numbered or elsewhere or not goes_on
    if is_numbered and (ended or line.starts is not False):
        return True
    if line.starts is None:
        return before.reach < _SHORT or (ended and before.reach < _HAS_ROOM)
    return line.starts or (before.reach < _SHORT and line.place.bbox is not None)


def _fills_its_line(group: list[Line]) -> bool:
    """Whether a chapter's title is as wide as the text, so that it may go on, centred, below."""
    found = _marker(group[0].text)
    return (
        len(group) == 1 and group[0].reach >= _HAS_ROOM and found is not None and found[0] == _CHAPTER_LEVEL
    )


def _is_next_heading(groups: list[list[Line]], line: Line) -> bool:
    """Whether a line is a heading whose number follows the last one's: then the text above lacks its stop."""
    found = _marker(line.text)
    if (
        found is None
        or found[0] >= _FIRST_ITEM_LEVEL
        or line.reach >= _SHORT
        or not _looks_like_heading([line])
    ):
        return False
    last = next((m[1] for g in reversed(groups) if (m := _marker(g[0].text)) and m[0] == found[0]), None)
    here, above = (chinese_number(re.sub(r"[\W第部分章篇编节]", "", m)) for m in (found[1], last or ""))
    return here is not None and above is not None and here == above + 1


def _looks_like_heading(group: list[Line]) -> bool:
    text = join_lines([line.text for line in group])
    found = _marker(text)
    if found is None or len(text) > _MAX_HEADING_LENGTH:
        return False
    level, marker = found
    rest = text[len(marker) :].strip()
    body = rest.rstrip("。：:") if level < _FIRST_ITEM_LEVEL else rest
    if not body or any(end in body for end in _structure().sentence_endings + "：:，,"):
        return False
    return not any(amount.unit not in (None, "年") for amount in find_amounts(body))


def _is_title(group: list[Line]) -> bool:
    """A line without a number that stands alone: centred, or worded as a title."""
    text = join_lines([line.text for line in group])
    if (
        len(text) > _MAX_TITLE_LENGTH
        or _marker(text)
        or (_CLOSING.search(text[-1]) and text[-1] not in "）)”")
    ):
        return False
    if any(end in text for end in _structure().sentence_endings + "，,"):
        return False
    if any(amount.unit not in (None, "年") for amount in find_amounts(text)):
        return False
    if all(line.centred or line.is_title for line in group):
        return True
    plain = re.sub(r"[（(][^（）()]*[）)]$", "", text)
    return group[0].starts is not False and plain.endswith(_structure().title_endings)


def _paragraph(group: list[Line], after: Line | None) -> _Paragraph:
    text, spans = "", []
    for line in group:
        text += gap(text, line.text)
        spans.append((len(text), len(text) + len(line.text), line))
        text += line.text
    found = None if group[0].is_row else _marker(text)
    is_title = found is None and not group[0].is_row and _is_title(group)
    level = float(found[0]) if found else _TITLE_LEVEL if is_title else None
    return _Paragraph(
        text=text,
        fragments=tuple(_fragments(spans)),
        level=level,
        is_heading=is_title or (not group[0].is_row and _looks_like_heading(group)),
        before_table=after is None or after.after_table,
    )


def _fragments(spans: list[tuple[int, int, Line]]) -> Iterator[Fragment]:
    """One fragment for each stretch of the paragraph between breaks in the source."""
    start = 0
    for index, (_, end, line) in enumerate(spans):
        after = spans[index + 1][2] if index + 1 < len(spans) else None
        number = line.place.page_number
        if after is None or after.after_break or after.place.page_number != number:
            own = [line for a, _, line in spans[: index + 1] if a >= start]
            boxes = [line.place.bbox for line in own if line.place.bbox]
            place = Place(number, bbox_union(boxes) if boxes else None)
            yield Fragment(start, end, place, least(line.confidence for line in own))
            start = end


# Passages


def _passages(paragraphs: list[_Paragraph]) -> Iterator[Passage]:
    headings: list[tuple[float, str, bool]] = []
    for index, paragraph in enumerate(paragraphs):
        after = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        level = paragraph.level
        # An item that carried content heads only the deeper items right below it.
        while headings and (
            (level is not None and headings[-1][0] >= level) or (level is None and not headings[-1][2])
        ):
            headings.pop()
        is_empty = _stands_alone(paragraph, after)
        if not paragraph.is_heading or is_empty:
            section = tuple(text for _, text, _ in headings)
            yield Passage(section, paragraph.text, paragraph.fragments)
        if level is not None and (paragraph.is_heading or _leads(paragraph, after)):
            headings.append((level, _heading_text(paragraph), paragraph.is_heading and not is_empty))


def _stands_alone(paragraph: _Paragraph, after: _Paragraph | None) -> bool:
    """A heading with nothing below it: an entry of a list, to be kept as text."""
    if not paragraph.is_heading or paragraph.level is None or paragraph.level == _CHAPTER_LEVEL:
        return False
    if paragraph.before_table and after is not None:
        return False
    return after is None or (after.level is not None and after.level <= paragraph.level)


def _leads(paragraph: _Paragraph, after: _Paragraph | None) -> bool:
    """Whether an item that carries content is followed by items of its own."""
    return (
        after is not None
        and after.level is not None
        and paragraph.level is not None
        and after.level > paragraph.level
    )


def _heading_text(paragraph: _Paragraph) -> str:
    """The heading, or for an item with content the words before its first figure or stop."""
    text = paragraph.text
    if paragraph.is_heading:
        return text.rstrip("。：:") or text
    stop = re.search(rf"[{_structure().sentence_endings}，：:,]", text)
    end = min(
        [stop.start() if stop else len(text), *(a.start for a in find_amounts(text) if a.unit and a.start)]
    )
    return text[:end].strip() or text[:_MAX_HEADING_LENGTH]

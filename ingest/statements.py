"""Passages -> Statements: the sentences that state figures, with their subject, year and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ingest.model import Passage, StatedFigure, Statement
from ingest.narrative import narrative_words
from ingest.phrases import bracket_depth, class_chain, clean_label, stated_figures, without_numbering
from ingest.years import SPELLED, year_of

_ENDS = "。！？!?；;"
_LEAD_IN = ("：", ":")
_ITEM = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳])")
_YEAR = re.compile(rf"{SPELLED}\s*年(?!\s*\d{{1,2}}\s*月)")
_COMPARING = ("比", "较", "与", "和", "同", "〔", "[", "【")
_HEADING_TAIL = re.compile(r"(?:安排|编制)?(?:情况|总体|具体)*(?:说明|情况)$")
_CHAPTER = re.compile(r"第[一二三四五六七八九十\d]+(?:部分|章|篇|编)")
_OPENER = re.compile(r"[。：:，；]")
_OF_WHICH = "其中"
_NEAR = 4
_LONGEST_SENTENCE = 5_000
"""Nobody writes longer ones: that is no prose, and would take time that grows with its square."""
_LONGEST_TOPIC = 80


@dataclass(frozen=True, slots=True)
class _Context:
    """What a sentence inherits from those before it."""

    label: str
    """Names a figure that the sentence does not name itself."""
    whole: str
    """Of which the sentence names parts."""
    topic: tuple[str, ...]
    """What the passage is about, by the words that it opens with."""


@dataclass(frozen=True, slots=True)
class _LeadIn:
    """A passage that ended in ：, and what those that follow it are parts of."""

    section: tuple[str, ...] = ()
    label: str = ""
    is_numbered: bool | None = None
    """Whether the list behind it is; None before its first item."""

    def at(self, passage: Passage) -> _LeadIn:
        """What is left of it at the next passage: nothing behind its section or its list."""
        is_numbered = _ITEM.match(passage.text) is not None
        is_over = self.is_numbered is True and not is_numbered
        if is_over or passage.section[: len(self.section)] != self.section:
            return _LeadIn()
        return replace(self, is_numbered=self.is_numbered or is_numbered)


@cache
def _reason_mark() -> re.Pattern[str]:
    words = narrative_words()["reasons"]
    barred = "|".join(map(re.escape, words["not_before"]))
    marks = "|".join(map(re.escape, sorted(words["marks"], key=len, reverse=True)))
    weak = "|".join(map(re.escape, words["weak_marks"]))
    return re.compile(rf"(?P<strong>{marks})|(?P<weak>{weak})(?!{barred})")


def read_statements(passages: Sequence[Passage], organization: str | None = None) -> tuple[Statement, ...]:
    """The statements of all passages, in order.

    ``organization`` is the body whose document it is; its name is no part of a figure's name.
    """
    found: list[Statement] = []
    lead_in = _LeadIn()
    for index, passage in enumerate(passages):
        lead_in = lead_in.at(passage)
        statements = _passage_statements(index, passage, lead_in.label, organization)
        found.extend(statements)
        if passage.text.rstrip().endswith(_LEAD_IN):
            lead_in = _LeadIn(passage.section, _main_label(statements) or lead_in.label)
    return tuple(found)


def _passage_statements(
    index: int, passage: Passage, inherited: str, organization: str | None
) -> list[Statement]:
    text = passage.text
    context = _Context(label="", whole="", topic=_topic(text, organization))
    headings = _heading_subjects(passage.section)
    base = (*headings, inherited)
    found: list[Statement] = []
    for start, end in _sentences(text):
        figures = stated_figures(text, start, end, context.label or _last(context.topic), organization)
        reason = _reason(text, start, end, figures)
        if not figures and reason is None:
            continue
        continues = found and reason is not None and not figures and found[-1].reason is None
        if continues and not _opens_afresh(text, start):
            found[-1] = replace(found[-1], end=end, reason=reason[1] if reason else None)
            continue
        reason_start = reason[0] if reason else end
        fiscal_year = next(iter(_years(text, start, reason_start)), None)
        statement = Statement(
            passage_index=index,
            start=start,
            end=end,
            subject=_subject(base, context, figures, text[start:reason_start], organization),
            figures=tuple(_named(text, start, figures, fiscal_year, _last(headings))),
            fiscal_year=fiscal_year,
            reason=reason[1] if reason else None,
        )
        found.append(statement)
        label = _carried(statement, text) or context.label
        context = replace(
            context, label=label, whole=_whole(text[start:end], text[end:], label, context.whole)
        )
    return found


# Sentences


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans that end at 。！？；, also where a clause turns to another year (2026年预算安排 …)."""
    start = depth = 0
    for index, char in enumerate(text):
        if char in "（(":
            depth += 1
        elif char in "）)":
            depth = max(0, depth - 1)
        elif char in _ENDS and (depth == 0 or char == "。"):
            yield from _by_year(text, start, index + 1)
            start, depth = index + 1, 0
    if text[start:].strip():
        yield from _by_year(text, start, len(text))


def _by_year(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, cut before each clause that opens with a year other than the one before."""
    if end - start > _LONGEST_SENTENCE:
        return
    year: int | None = None
    for match in _YEAR.finditer(text, start, end):
        opens = (
            match.start() == start
            or not text[start : match.start()].strip()
            or text[match.start() - 1] in "，,："
        )
        if not opens or bracket_depth(text, start, match.start()):
            continue
        if year is not None and year_of(match) != year:
            yield start, match.start()
            start = match.start()
        year = year_of(match)
    yield start, end


def _years(text: str, start: int, end: int) -> list[int]:
    """The years that are spoken of: none that is compared with, cited or part of a date."""
    return [
        year_of(match)
        for match in _YEAR.finditer(text, start, end)
        if not text[max(0, match.start() - _NEAR) : match.start()].rstrip().endswith(_COMPARING)
    ]


def _named(
    text: str, start: int, figures: list[StatedFigure], fiscal_year: int | None, heading: str
) -> Iterator[StatedFigure]:
    """The figures, one without any name under its heading's; one of another year than its
    sentence (（2016年度预算为 …）) with the year in its name."""
    for figure in figures:
        own_years = _years(text, start, figure.start)[-1:]
        named = replace(figure, label=figure.label or heading)
        if figure.role in ("amount", "count") and own_years not in ([], [fiscal_year]):
            named = replace(named, label=f"{own_years[0]}年{named.label}")
        yield named
        start = figure.end


# Reasons


def _reason(text: str, start: int, end: int, figures: list[StatedFigure]) -> tuple[int, str] | None:
    """Where the reason's mark stands, and the words behind it."""
    for match in _reason_mark().finditer(text, start, end):
        if match["weak"] and not _tells_change(text[start : match.start()], match.start(), figures):
            continue
        words = text[match.end() : end].strip(" ：:，,。；;")
        if words:
            return match.start(), words
    return None


def _tells_change(words: str, end: int, figures: list[StatedFigure]) -> bool:
    changed = any(figure.role in ("change", "rate") and figure.end <= end for figure in figures)
    return changed or any(word in words for word in narrative_words()["reasons"]["unchanged"])


def _opens_afresh(text: str, start: int) -> bool:
    """Whether a sentence with a reason has a subject of its own (财政拨款增加的主要原因是 …)."""
    match = _reason_mark().search(text, start)
    return match is not None and len(clean_label(text[start : match.start()], None)) > _LONGEST_TOPIC


# Subjects


def _topic(text: str, organization: str | None) -> tuple[str, ...]:
    """What a passage opens with, when that names something and states no figure."""
    opener = _OPENER.split(text, maxsplit=1)[0]
    chain = class_chain(opener)
    if chain:
        return chain
    if len(opener) > _LONGEST_TOPIC or stated_figures(opener, 0, len(opener), "", None):
        return ()
    starts_item = _ITEM.match(opener)
    label = clean_label(opener, organization)
    return (label,) if starts_item and label and len(label) < _LONGEST_TOPIC / 2 else ()


def _last(topic: tuple[str, ...]) -> str:
    return topic[-1] if topic else ""


def _heading_subjects(section: tuple[str, ...]) -> tuple[str, ...]:
    """The nearest two headings as names, no chapter's: ``五、会议费预算情况说明`` -> ``会议费预算``."""
    names = []
    for heading in section[-2:]:
        if not _CHAPTER.match(heading):
            name = without_numbering(heading)
            names.append(_HEADING_TAIL.sub("", name) or name)
    return tuple(names)


def _subject(
    base: tuple[str, ...],
    context: _Context,
    figures: list[StatedFigure],
    words: str,
    organization: str | None,
) -> str:
    own = figures[0].label if figures else clean_label(words.rstrip("，,"), organization)
    chain = class_chain(words) or context.topic
    parts: list[str] = []
    for part in (*base, *chain, context.whole, own):
        if part and part not in parts:
            parts.append(part)
    return " > ".join(parts)


def _whole(sentence: str, following: str, label: str, before: str) -> str:
    """What the next sentence names parts of: it opens with 其中, or goes on with a list behind ；."""
    if following.lstrip().startswith(_OF_WHICH):
        return label
    if sentence.endswith(("；", ";")):
        return label if _OF_WHICH in sentence else before
    return ""


def _main_label(statements: Sequence[Statement]) -> str:
    """What a list that follows is a part of: the one amount named before it, "" if there are several."""
    names = {
        figure.label
        for statement in statements
        for figure in statement.figures
        if figure.role in ("amount", "count")
    }
    return names.pop() if len(names) == 1 else ""


def _carried(statement: Statement, text: str) -> str:
    """The name that the next sentence inherits: the last amount's before 其中, for parts are not carried."""
    whole_end = text.find(_OF_WHICH, statement.start, statement.end)
    names = [
        figure.label
        for figure in statement.figures
        if figure.role in ("amount", "count")
        and (whole_end < 0 or figure.start < whole_end)
        and not bracket_depth(text, statement.start, figure.start)
    ]
    return names[-1] if names else ""

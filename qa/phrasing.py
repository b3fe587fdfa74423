"""May a language model's sentences stand? Only where every number is marked and called by its name.

The guard (``qa.guard``) asks that each number has a source. Here more is asked, because a model may
put a true number behind a wrong name: within one clause, each number stands in the source that is
marked in that clause, and the clause names the row of that source, or the figure of its sentence, in
the same order. Nor does it stand where the model babbles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ingest.values import fold, name_key, without_ordinal
from qa.answer import Answer, Calculation, Citation, Language
from qa.guard import YEAR, numbers

_CLAUSE_END = re.compile(r"[。；;，！？\n]|,(?!\d{3})|[.!?](?=\s|$)")
_MARK = re.compile(r"\[(\d{1,3})\]")
_DIGIT = "零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟"
_NUMBER_IN_WORDS = re.compile(
    rf"百分之[{_DIGIT}]|[{_DIGIT}几数多]\s*(?:元|成|倍|个百分点|人(?!员)|辆|台|番)|[一过大]半|翻番|"
    r"\b(?:half|third|quarter|double|twice|triple|dozens?|tens?|hundreds?|thousands?|millions?|billions?"
    r"|two|three|four|five|six|seven|eight|nine|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b",
    re.IGNORECASE,
)
"""Amounts without digits: they cannot be held against a source, so a model may not use them."""


_FOREIGN = re.compile(r"[^\W\d_\u3400-\u9fff〇]+")
"""Words in letters that are not Chinese."""
MOST_LONGER = 2
LEAST_ALLOWED = 200
"""Characters: a text may be so many, or twice as long as the answer that it puts in words."""


class MisphrasedError(ValueError):
    """A sentence that says of a number what its source does not."""


def check_form(text: str, said: str, language: Language) -> None:
    """Raises MisphrasedError when the text says a thing twice, is much longer than ``said`` (the question
    and its answer), or has foreign words in Chinese that these do not have."""
    sentences = [s for s in re.split(r"[。\n]", _MARK.sub("", text)) if s.strip()]
    if len(sentences) != len({s.strip() for s in sentences}):
        raise MisphrasedError("it says the same thing twice")
    if len(text) > max(LEAST_ALLOWED, MOST_LONGER * len(said)):
        raise MisphrasedError(f"it is {len(text)} characters long")
    known = said.lower()
    words = _FOREIGN.findall(text) if language == "zh" else ()
    if strange := next((word for word in words if word.lower() not in known), None):
        raise MisphrasedError(f"{strange!r} is no word of the answer")


def check_phrasing(text: str, answer: Answer, years: Mapping[int, int | None]) -> None:
    """Raises MisphrasedError unless every clause keeps to the citations that it marks.

    ``answer`` holds what may be said; ``years`` is the one that each document is about, by its id.
    """
    cited = {c.n: c for c in answer.citations}
    for clause in _CLAUSE_END.split(text):
        marked = [int(mark) for mark in _MARK.findall(clause)]
        bare = _MARK.sub(" ", fold(clause))
        if _NUMBER_IN_WORDS.search(re.sub(r"\d\s*(?:million|billion|[千百]?[万亿]?元)", " ", bare)):
            raise MisphrasedError(f"{clause!r} has a number in words")
        said = set(numbers(YEAR.sub(" ", bare)))
        if not set(marked) <= cited.keys():
            raise MisphrasedError(f"{clause!r} has a mark that stands for nothing")
        if not said:
            continue
        _check_numbers(clause, said, [cited[n] for n in marked], answer.calculations)
        _check_names(clause, [cited[n] for n in marked], answer.calculations)
        _check_told(bare, [cited[n] for n in marked], answer)
        _check_years({int(year) for year in YEAR.findall(bare)}, clause, [cited[n] for n in marked], years)


def _check_numbers(
    clause: str, said: set[Decimal], marked: list[Citation], calculations: tuple[Calculation, ...]
) -> None:
    held = {number for citation in marked for number in numbers(citation.quote)}
    held |= {abs(c.value) for c in _worked_from(marked, calculations)}
    if not said <= held:
        raise MisphrasedError(f"{clause!r} says a number that its marks do not lead to")


def _check_names(clause: str, marked: list[Citation], calculations: tuple[Calculation, ...]) -> None:
    """Each marked row is named, in the order of the marks; a result may go without its figures' names."""
    key = name_key(clause)
    named = [key.find(_name(citation)) for citation in marked if citation.row]
    if all(at < 0 for at in named) and _worked_from(marked, calculations):
        return
    if any(at < 0 for at in named) or named != sorted(named):
        raise MisphrasedError(f"{clause!r} does not name what its marks stand for")


def _check_told(clause: str, marked: list[Citation], answer: Answer) -> None:
    """What only sentences hold is called what the answer's figures are called, in the same order, or
    is quoted as it is printed."""
    in_tables = {number for c in marked if c.row for number in numbers(c.quote)}
    in_tables |= {abs(c.value) for c in _worked_from(marked, answer.calculations)}
    key = name_key(clause)
    if any(key in name_key(c.quote) for c in marked if not c.row):
        return
    ns = {citation.n for citation in marked}
    at = -1
    for number in numbers(YEAR.sub(" ", clause)):
        if number in in_tables:
            continue
        labels = [f.label for f in answer.figures if abs(f.value) == number and ns.issuperset(f.citations)]
        found = [place for label in labels if (place := key.find(_told_name(label), at + 1)) >= 0]
        if not found:
            raise MisphrasedError(f"{clause!r} does not name what {number} is")
        at = min(found)


def _told_name(label: str) -> str:
    return name_key(re.split(r"[·\s]", label)[-1])


def _worked_from(marked: list[Citation], calculations: tuple[Calculation, ...]) -> list[Calculation]:
    """The results whose figures are all marked."""
    ns = {citation.n for citation in marked}
    return [c for c in calculations if ns.issuperset(c.inputs)]


def _name(citation: Citation) -> str:
    return name_key(without_ordinal((citation.row or "").rpartition(" > ")[2]))


def _check_years(
    said: set[int], clause: str, marked: list[Citation], years: Mapping[int, int | None]
) -> None:
    """A year in the clause is printed where the number stands, or is that of the document."""
    for citation in marked:
        printed = " ".join(filter(None, (citation.column, citation.table, citation.section, citation.quote)))
        known = {int(year) for year in YEAR.findall(fold(printed))}
        if not known:
            known = {year for year in (years.get(citation.document_id),) if year}
        if said and not said & known:
            raise MisphrasedError(f"{clause!r} says a year that its marks do not lead to")

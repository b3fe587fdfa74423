"""What styles and automatic numbers add to a paragraph of a Word file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ingest.readers.word_xml import Element, find, find_value, is_on, local, number, value

_DEEPEST_STYLE = 30
_BODY_LEVEL = 9
"""The outline level of text that is no heading (ISO/IEC 29500-1, 17.3.1.20)."""
_PLACEHOLDER = re.compile(r"%([1-9])")


@cache
def word_data() -> dict[str, Any]:
    """The tables of ``word.toml``."""
    return tomllib.loads(resources.files("ingest.readers").joinpath("word.toml").read_text("utf-8"))


class Styles:
    """The styles part; without one, paragraphs are as they say themselves."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else [s for s in root if local(s) == "style"]
        self._by_id = {identifier: s for s in styles if (identifier := value(s, "styleId"))}
        self._known: dict[tuple[str | None, str], Element | None] = {}
        self._default = next(
            (value(s, "styleId") for s in styles if value(s, "type") == "paragraph" and _is_default(s)), None
        )

    def find(self, properties: Element | None, path: str) -> Element | None:
        """What a paragraph's properties say, themselves or by its style and those it is based on."""
        found = find(properties, path)
        if found is not None:
            return found
        return self.in_style(find_value(properties, "pStyle") or self._default, f"pPr/{path}")

    def in_style(self, identifier: str | None, path: str) -> Element | None:
        if (identifier, path) not in self._known:
            found = (find(style, path) for style in self._chain(identifier))
            self._known[identifier, path] = next((e for e in found if e is not None), None)
        return self._known[identifier, path]

    def is_heading(self, properties: Element | None) -> bool:
        level = self.find(properties, "outlineLvl")
        if level is None:
            return self.name(properties) == "title"
        return (number(value(level)) or 0) < _BODY_LEVEL

    def is_hidden(self, run: Element, paragraph: Element | None) -> bool:
        """Whether a run is hidden text, by itself or by the style of its characters or its paragraph."""
        own = find(run, "rPr/vanish")
        if own is None:
            own = self.in_style(find_value(run, "rPr/rStyle"), "rPr/vanish")
        if own is None:
            own = self.in_style(find_value(paragraph, "pStyle") or self._default, "rPr/vanish")
        return is_on(own)

    def name(self, properties: Element | None) -> str:
        """The name of the paragraph's style: ``heading 1``, ``toc 2``."""
        style = self._by_id.get(find_value(properties, "pStyle") or "")
        return (find_value(style, "name") or "").lower()

    def _chain(self, identifier: str | None) -> Iterator[Element]:
        for _ in range(_DEEPEST_STYLE):
            style = self._by_id.get(identifier or "")
            if style is None:
                return
            yield style
            identifier = find_value(style, "basedOn")


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list's numbers."""

    start: int
    format: str
    text: str
    """With ``%1`` … for the counts of the levels."""
    restarts_after: int | None
    """The level, from 1, below which it begins again; 0: never, None: any outer one."""
    is_legal: bool
    """All counts are shown in Arabic digits."""
    style: str | None
    suffix: str
    """What stands behind the number: ``tab``, ``space`` or ``nothing``."""


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs, which have to be asked for in the document's order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        items = [] if root is None else list(root)
        abstract = {value(a, "abstractNumId"): a for a in items if local(a) == "abstractNum"}
        self._instances = {value(n, "numId"): n for n in items if local(n) == "num"}
        self._lists = {
            name: _List(dict(_levels(self._definition(a, abstract)))) for name, a in abstract.items()
        }
        self._begun: set[str] = set()

    def text(self, properties: Element | None) -> str:
        """The number printed before the paragraph with these properties; "" for none or a bullet."""
        own = find(properties, "numPr")
        styled = self._styles.in_style(find_value(properties, "pStyle"), "pPr/numPr")
        identifier = find_value(own, "numId") or find_value(styled, "numId")
        instance = self._instances.get(identifier)
        numbers = self._lists.get(find_value(instance, "abstractNumId"))
        if identifier is None or numbers is None:
            return ""
        depth = number(find_value(own, "ilvl"))
        if depth is None:
            depth = self._depth_of_style(find_value(properties, "pStyle"), numbers, styled)
        levels = numbers.levels | dict(_overrides(instance))
        if depth not in levels:
            return ""
        if identifier not in self._begun:
            self._begun.add(identifier)
            _restart(numbers, instance)
        _count(numbers.counts, levels, depth)
        return _shown(numbers.counts, levels, depth)

    @staticmethod
    def _depth_of_style(style: str | None, numbers: _List, styled: Element | None) -> int:
        linked = next((d for d, level in numbers.levels.items() if style and level.style == style), None)
        return linked if linked is not None else number(find_value(styled, "ilvl")) or 0

    def _definition(self, abstract: Element, known: dict[str | None, Element]) -> Element:
        """The definition that holds the levels: a style may stand between."""
        link = find_value(abstract, "numStyleLink")
        instance = self._instances.get(find_value(self._styles.in_style(link, "pPr/numPr"), "numId"))
        return known.get(find_value(instance, "abstractNumId"), abstract) if link else abstract


def _is_default(style: Element) -> bool:
    return value(style, "default") in ("1", "true", "on")


def _levels(definition: Element) -> Iterator[tuple[int, _Level]]:
    for level in definition:
        if local(level) == "lvl" and (depth := number(value(level, "ilvl"))) is not None:
            start = number(find_value(level, "start"))
            yield (
                depth,
                _Level(
                    start=1 if start is None else start,
                    format=find_value(level, "numFmt") or "decimal",
                    text=find_value(level, "lvlText") or "",
                    restarts_after=number(find_value(level, "lvlRestart")),
                    is_legal=is_on(find(level, "isLgl")),
                    style=find_value(level, "pStyle"),
                    suffix=find_value(level, "suff") or "tab",
                ),
            )


def _overrides(instance: Element) -> Iterator[tuple[int, _Level]]:
    for override in instance:
        if local(override) == "lvlOverride":
            yield from _levels(override)


def _restart(numbers: _List, instance: Element) -> None:
    """Set the counts where a list says that it begins anew."""
    for override in instance:
        start = number(find_value(override, "startOverride"))
        depth = number(value(override, "ilvl"))
        if start is not None and depth is not None:
            numbers.counts[depth] = start - 1


def _count(counts: dict[int, int], levels: dict[int, _Level], depth: int) -> None:
    counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
    for deeper in [d for d in counts if d > depth]:
        after = levels[deeper].restarts_after if deeper in levels else None
        if after is None or (after and depth < after):
            del counts[deeper]


def _shown(counts: dict[int, int], levels: dict[int, _Level], depth: int) -> str:
    own = levels[depth]
    if own.format in ("bullet", "none"):
        return ""

    def count(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        level = levels.get(at, own)
        return format_number(counts.get(at, level.start), "decimal" if own.is_legal else level.format)

    text = _PLACEHOLDER.sub(count, own.text)
    # A tab behind 一、 or （1） only lines up the text; behind 1 it keeps two words apart.
    return f"{text} " if own.suffix == "space" or (own.suffix == "tab" and text[-1:].isalnum()) else text


def format_number(count: int, style: str) -> str:
    """A count as a number format of Word shows it; Arabic digits where the format is not known."""
    data = word_data()
    if count < 1:
        return str(count)
    if signs := data["signs"].get(style):
        # Letters go on with AA, BB; other signs end where they end.
        turns, at = divmod(count - 1, len(signs))
        return signs[at] * (turns + 1) if turns == 0 or (signs[at].isascii() and turns < 5) else str(count)
    if digits := data["digits"].get(style):
        return "".join(digits[int(digit)] for digit in str(count))
    if numerals := data["numerals"].get(style):
        return _in_words(count, numerals, short=style in data["short"]["formats"])
    if style in ("upperRoman", "lowerRoman"):
        return _roman(count) if style == "upperRoman" else _roman(count).lower()
    return f"{count:02}" if style == "decimalZero" else str(count)


def _in_words(count: int, numerals: str, *, short: bool) -> str:
    """一百零五, 十二, 壹拾贰; from ten thousand on in Arabic digits."""
    if count >= 10_000:
        return str(count)
    text, skipped = "", False
    for place, digit in enumerate(map(int, f"{count:04}")):
        if digit:
            text += ("零" if skipped and text else "") + numerals[digit] + ("", *numerals[10:])[3 - place]
        skipped = digit == 0
    return text.removeprefix(numerals[1]) if short and 10 <= count < 20 else text


def _roman(count: int) -> str:
    if count >= 4_000:
        return str(count)
    pairs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
    text = ""
    for worth, letters in pairs:
        times, count = divmod(count, worth)
        text += letters * times
    return text

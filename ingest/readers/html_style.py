"""How elements of a web page look, as far as it tells what is seen and how rows belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.readers.html_source import Element

_MOST_STYLE_CHARACTERS = 1_000_000
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.S)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
"""Rules for printers and small screens are not for the page as it is first seen."""
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][\w-]+)", re.I)
_LENGTH = re.compile(r"(-?\d{1,5}(?:\.\d{1,5})?)(em|rem|ch|px|pt|cm|mm|in)?")
_HALF_WIDTHS_PER_UNIT: dict[str | None, float] = {
    **{"em": 2.0, "rem": 2.0, "ch": 1.0, "px": 1 / 7, "pt": 1 / 5.25, None: 1 / 7},
    **{"in": 72 / 5.25, "cm": 72 / 2.54 / 5.25, "mm": 72 / 25.4 / 5.25},
}
"""Half a Chinese character of 10.5 points (14 pixels), the usual size in tables."""


@dataclass(frozen=True, slots=True)
class Look:
    is_gone: bool
    """It takes no place on the page."""
    is_hidden: bool
    """It takes its place, and shows nothing."""
    is_centred: bool
    half_widths: float
    """How far its first line is set in, in half-width characters."""
    keeps_space: bool
    """White space shows as it stands in the source."""
    numbers_items: bool


class Styles:
    """The style sheets inside the page, as far as they name single classes and ids."""

    def __init__(self, root: Element) -> None:
        self._declared: dict[str, str] = {}
        self._known: dict[tuple[str | None, ...], Look] = {}
        for sheet in root.iter("style"):
            text = _COMMENT.sub("", (sheet.text or "")[:_MOST_STYLE_CHARACTERS])
            for selectors, declarations in _RULE.findall(_AT_RULE.sub("", text)):
                for selector in selectors.split(","):
                    if match := _SELECTOR.fullmatch(selector.strip()):
                        self._declared[match[1]] = f"{self._declared.get(match[1], '')};{declarations}"

    def look(self, element: Element) -> Look:
        key = (
            "pre" if element.tag == "pre" else None,
            element.get("class"),
            element.get("id") if f"#{element.get('id')}" in self._declared else None,
            element.get("style"),
            element.get("align"),
            element.get("hidden"),
        )
        if key not in self._known:
            self._known[key] = self._look(*key)
        return self._known[key]

    def _look(
        self,
        preformatted: str | None,
        classes: str | None,
        identifier: str | None,
        style: str | None,
        align: str | None,
        hidden: str | None,
    ) -> Look:
        names = [*(f".{name}" for name in (classes or "").split()), f"#{identifier}"]
        said = _declarations(";".join([*(self._declared.get(name, "") for name in names), style or ""]))
        lengths = ("padding-left", "margin-left", "text-indent")
        return Look(
            is_gone=hidden is not None or said.get("display") == "none",
            is_hidden=said.get("visibility") in ("hidden", "collapse"),
            is_centred=said.get("text-align", (align or "").lower()) == "center",
            half_widths=sum(_half_widths(said.get(name, "")) for name in lengths),
            keeps_space=preformatted is not None or said.get("white-space", "").startswith("pre"),
            numbers_items="none" not in (said.get("list-style", "") + said.get("list-style-type", "")),
        )


def _declarations(text: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in text.lower().split(";"))
    return {name.strip(): said.replace("!important", "").strip() for name, _, said in pairs}


def _half_widths(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _HALF_WIDTHS_PER_UNIT[match[2]] if match else 0.0

"""A generated document in traditional characters, its years counted from 1912 (民國)."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from eval.corpus.model import GeneratedDocument

_YEAR = re.compile(r"(?<![\d-])(20\d\d)年度?")
_YEAR_ZERO = 1911
_NOT_PRINTED = frozenset({"unit", "side", "name", "family"})
"""Fields of the model that are no printed text: units and sides have one spelling in the truth."""

Value = TypeVar("Value")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


def in_traditional(document: GeneratedDocument) -> GeneratedDocument:
    """The document with every printed text in traditional characters: 2024年度 becomes 113年度."""
    title = _YEAR.sub(r"民國\g<0>", document.title)
    converted: GeneratedDocument = _converted(replace(document, title=title))
    return converted


def _converted(value: Value) -> Value:
    changed: Any = value
    if isinstance(value, str):
        text = _YEAR.sub(lambda match: f"{int(match[1]) - _YEAR_ZERO}年度", value)
        changed = _converter().convert(text)
    elif isinstance(value, tuple):
        changed = tuple(map(_converted, value))
    elif is_dataclass(value) and not isinstance(value, type):
        printed = [field.name for field in fields(value) if field.name not in _NOT_PRINTED]
        changed = replace(value, **{name: _converted(getattr(value, name)) for name in printed})
    result: Value = changed
    return result

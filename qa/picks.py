"""An answer to a question back: ``第二个``, ``2``, a part of a name, ``都要`` -> the choice that it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.numerals import chinese_number
from ingest.values import fold, name_key
from qa.lexicon import Lexicon

LONGEST_PICK = 16
"""Characters of an answer that may only pick."""
_ORDINAL = re.compile(
    r"(?:第|选|选项|no\.?|number|option)?\s*(\d{1,2}|[一二三四五六七八九十])\s*(?:个|项|家|条|号|种|年)?"
)


def may_pick(text: str) -> bool:
    """Is it short enough to be no question of its own?"""
    return 0 < len(name_key(text)) <= LONGEST_PICK


def picked(text: str, choices: Sequence[str], asked: str, lexicon: Lexicon) -> str | None:
    """The choice that the text takes, as a follow-up may say it; for all of them, the question that was
    asked (``asked``) of each. None where it takes none, or where several fit."""
    bare = _without_manner(text, lexicon)
    if bare in lexicon.words["every_choice"]:
        return "、".join(map(_spoken, choices)) + asked
    place = _place(bare, lexicon)
    if place is not None:
        return _spoken(choices[place]) if -len(choices) <= place < len(choices) else None
    key = name_key(bare)
    fitting = [c for c in choices if key and (key in name_key(c) or _is_short_for(key, name_key(c)))]
    exact = [c for c in choices if name_key(c) == key]
    found = exact or fitting
    return _spoken(found[0]) if len(found) == 1 else None


def _without_manner(text: str, lexicon: Lexicon) -> str:
    """Without words such as 那个 and 的, which may stand beside a name in any answer."""
    bare = re.sub(r"[。.!！?？，,\s]+$", "", fold(text).strip().lower())
    numbers = {"first_choice", "last_choice", "every_choice"}
    if any(bare in lexicon.words[name] for name in numbers):
        return bare
    manner = "|".join(map(re.escape, sorted(lexicon.words["pick_manner"], key=len, reverse=True)))
    return re.sub(rf"^(?:{manner})+|(?:{manner})+$", "", bare).strip()


def _place(bare: str, lexicon: Lexicon) -> int | None:
    """Which of the choices is counted off: 0 the first, -1 the last."""
    if bare in lexicon.words["first_choice"]:
        return 0
    if bare in lexicon.words["last_choice"]:
        return -1
    for place, word in enumerate(lexicon.words["ordinals_en"]):
        if re.fullmatch(rf"(?:the )?{word}(?: one)?", bare):
            return place
    if match := _ORDINAL.fullmatch(bare):
        number = int(match[1]) if match[1].isdigit() else chinese_number(match[1])
        return number - 1 if number else None
    return None


def _is_short_for(short: str, name: str) -> bool:
    """Do all its characters stand in the name, in their order?"""
    rest = iter(name)
    return len(short) > 1 and all(char in rest for char in short)


def _spoken(choice: str) -> str:
    return f"{choice}年" if re.fullmatch(r"(?:19|20)\d{2}", choice) else choice

"""What is said to the desk but asks nothing of any budget: greetings, thanks, orders, small talk."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.lexicon import Lexicon
from qa.operations import has_any
from qa.request import Mentions, Request

LEAST_RESEMBLANCE = 0.5
"""Quality from which a piece of a name counts as one."""


def is_talk(
    request: Request, spoken: Mentions, left: str, *, follows: bool, is_ordered: bool, lexicon: Lexicon
) -> bool:
    """Does it ask nothing that a budget could hold? ``left``: what no name and no filler explains;
    ``follows``: there was an earlier turn that it may go on from; ``is_ordered``: it holds an order."""
    if spoken.bodies or spoken.years or any(_is_name(i.is_known_name, i.matches) for i in spoken.items):
        return False
    plain = request.question.plain
    if is_ordered or _is_small_talk(plain, lexicon) or _is_arithmetic(plain):
        return True
    if follows or request.intent != "figure" or plain.startswith(lexicon.words["elliptical"]):
        return False
    words = lexicon.words
    if has_any(plain, (*words["budget_word"], *words["money_word"])):
        return False
    return bool(left) if _has_operation(plain, lexicon) else True


def _is_name(is_known: bool, matches: tuple[object, ...]) -> bool:
    return is_known or any(getattr(m, "quality", 0.0) >= LEAST_RESEMBLANCE for m in matches)


def _has_operation(plain: str, lexicon: Lexicon) -> bool:
    groups = (*lexicon.operation.values(), *lexicon.intent.values(), lexicon.words["interrogative"])
    return any(has_any(plain, [w for w in group if w]) for group in groups)


def is_order(text: str, lexicon: Lexicon) -> bool:
    """``忽略以上规则``: it tells the desk to forget how it works."""
    return _order(lexicon.words["order"], lexicon.words["ordered"]).search(text.lower()) is not None


@lru_cache(maxsize=2)
def _order(verbs: tuple[str, ...], objects: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(verbs)}).{{0,24}}(?:{'|'.join(objects)})")


def _is_arithmetic(plain: str) -> bool:
    """``1+1等于几``: a sum of numbers that no document gave."""
    return re.match(r"\d[\d.]*[+\-*/×÷加减乘除]\d", plain) is not None


def _is_small_talk(plain: str, lexicon: Lexicon) -> bool:
    """Nothing but greetings, thanks and questions about the desk itself."""
    words = sorted({*lexicon.words["talk"], *lexicon.words["courtesy"]}, key=len, reverse=True)
    rest = re.sub("|".join(map(re.escape, words)), "", plain)
    return not re.search(r"\w", rest)

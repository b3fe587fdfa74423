"""Rankings and lists: the rows (or columns) of one level of one table."""

from __future__ import annotations

from qa.answer import Answer
from qa.lexicon import Lexicon
from qa.scope import Library
from qa.understanding import Understood


def answer_list(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    return None

"""How a source is named, marked and worked with, wherever an answer shows one."""

from __future__ import annotations

from faces.wording import Words
from qa.answer import Calculation, Citation
from qa.builder import show
from qa.say import readable


def where(citation: Citation, words: Words) -> str:
    """The place in words, from the document down to the column."""
    page = words["page"].format(page=citation.page_number) if citation.page_number else None
    part = citation.table or citation.section
    places = (citation.doc, page, part, citation.row, citation.column)
    return " · ".join(place for place in places if place)


def written(calculation: Calculation) -> str:
    """``24.53 ÷ 71.33 × 100 = 34.39%``, as the answer's own text has it."""
    return f"{readable(calculation.expression)} = {show(calculation.value, calculation.unit)}"


def cite_button(turn: int, n: int) -> str:
    return f'<button type="button" class="cite" data-turn="{turn}" data-n="{n}">{n}</button>'

"""An answer as markup for the chat, and as plain text for a memo.

Everything that comes from a question or a document is escaped: Markdown is rendered with
HTML, links and images switched off, so a hostile document can neither run a script nor
make the page fetch anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt

from faces.wording import Words
from qa.answer import Answer, Calculation, Citation, Figure

_MARK = re.compile(r"\[(\d{1,3})\]")
_OPERATORS = str.maketrans({"*": "×", "/": "÷", "-": "−"})

_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("table")
    .disable(["link", "image", "autolink", "reference", "html_inline", "html_block"])
)


def answer_html(answer: Answer, turn: int, words: Words) -> str:
    """The answer as a person reads it: figure, sentence, working, notes, choices, sources.

    Citation marks are buttons that carry ``turn`` and the citation's number.
    """
    cited = frozenset(citation.n for citation in answer.citations)
    parts = [
        _headline(answer),
        _linked(_text(answer), turn, cited),
        _working(_unsaid_working(answer), words),
        _notes(_unsaid_warnings(answer), words),
        _choices(answer.choices, words),
        _sources(answer.citations, turn, words),
        _tools(answer, words),
    ]
    body = "".join(part for part in parts if part)
    return f'<div class="answer" data-status="{answer.status}">{body}</div>'


def plain_text(answer: Answer, words: Words) -> str:
    """The answer with its sources, to paste into a memo."""
    text = re.sub(r"[*`]|^#+ ", "", answer.text, flags=re.MULTILINE).strip()
    working = [f"{words['calculation']}: {written(c)}" for c in _unsaid_working(answer)]
    notes = [f"{words['warnings']}: {warning}" for warning in _unsaid_warnings(answer)]
    sources = [f"[{c.n}] {where(c, words)}: {c.quote}" for c in answer.citations]
    return "\n".join([text, *working, *notes, *sources])


def where(citation: Citation, words: Words) -> str:
    """The place in words, from the document down to the column."""
    page = words["page"].format(page=citation.page_number) if citation.page_number else None
    part = citation.table or citation.section
    places = (citation.doc, page, part, citation.row, citation.column)
    return " · ".join(place for place in places if place)


def written(calculation: Calculation) -> str:
    """``24.53 ÷ 71.33 × 100 = 34.39 %``."""
    result = f"{calculation.value:f} {calculation.unit or ''}".strip()
    return f"{calculation.expression.translate(_OPERATORS)} = {result}"


def _unsaid_working(answer: Answer) -> list[Calculation]:
    """The calculations that the text does not write out itself."""
    return [c for c in answer.calculations if c.expression not in answer.text]


def _unsaid_warnings(answer: Answer) -> list[str]:
    return [warning for warning in answer.warnings if warning not in answer.text]


def _text(answer: Answer) -> str:
    """The text rendered; figures that it begins with are set large."""
    html: str = _markdown.render(answer.text)
    return html.replace("<p><strong>", '<p class="lead"><strong>', 1) if _begins_bold(answer) else html


def _begins_bold(answer: Answer) -> bool:
    return answer.text.lstrip().startswith("**")


def _headline(answer: Answer) -> str:
    """The figure, large, when the answer is about one figure and its text does not begin with it."""
    if answer.status != "answered" or len(answer.figures) != 1 or _begins_bold(answer):
        return ""
    figure: Figure = answer.figures[0]
    return (
        f'<div class="figure"><span class="number">{figure.value:,f}</span>'
        f'<span class="unit">{escape(figure.unit or "")}</span>'
        f'<span class="label">{escape(figure.label)}</span></div>'
    )


def _linked(html: str, turn: int, cited: frozenset[int]) -> str:
    """Marks such as ``[1]`` as buttons; a bracketed number that is no citation stays text."""

    def button(match: re.Match[str]) -> str:
        n = int(match[1])
        return cite_button(turn, n) if n in cited else match[0]

    return _MARK.sub(button, html)


def cite_button(turn: int, n: int) -> str:
    return f'<button type="button" class="cite" data-turn="{turn}" data-n="{n}">{n}</button>'


def _working(calculations: Sequence[Calculation], words: Words) -> str:
    if not calculations:
        return ""
    lines = "".join(f"<code>{escape(written(c))}</code>" for c in calculations)
    return f'<div class="working"><b>{escape(words["calculation"])}</b>{lines}</div>'


def _notes(warnings: Sequence[str], words: Words) -> str:
    if not warnings:
        return ""
    lines = "".join(f"<li>{escape(warning)}</li>" for warning in warnings)
    return f'<div class="notes"><b>{escape(words["warnings"])}</b><ul>{lines}</ul></div>'


def _choices(choices: tuple[str, ...], words: Words) -> str:
    if not choices:
        return ""
    buttons = "".join(
        f'<button type="button" class="choice" data-question="{escape(choice)}">{escape(choice)}</button>'
        for choice in choices
    )
    return f'<div class="choices"><b>{escape(words["choices"])}</b>{buttons}</div>'


def _sources(citations: tuple[Citation, ...], turn: int, words: Words) -> str:
    if not citations:
        return ""
    lines = "".join(
        f"<li>{cite_button(turn, c.n)}<span>{escape(where(c, words))}</span></li>" for c in citations
    )
    return f'<div class="sources"><b>{escape(words["sources"])}</b><ol>{lines}</ol></div>'


def _tools(answer: Answer, words: Words) -> str:
    if not answer.citations:
        return ""
    text = escape(plain_text(answer, words))
    done = escape(words["copied"])
    return (
        f'<div class="tools"><button type="button" class="copy" data-copy="{text}" data-done="{done}">'
        f"{escape(words['copy'])}</button></div>"
    )

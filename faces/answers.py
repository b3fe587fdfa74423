"""An answer as markup for the chat.

Everything that comes from a question or a document is escaped: Markdown is rendered with
HTML, links and images switched off, so a hostile document can neither run a script nor
make the page fetch anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt

from faces.citing import cite_button, where, written
from faces.copying import as_markdown, as_rows, plain_text, unsaid_warnings
from faces.results import results_html
from faces.steps import Step, all_steps, folded_html
from faces.wording import Words
from qa.answer import Answer, Calculation, Citation, Figure

_MARK = re.compile(r"\[(\d{1,3})\]")
_LIST_LINE = re.compile(r"- ")
_SENTENCE_END = re.compile(r"[。？！]|[.?!] ")

FOLDED_ABOVE = 6
"""More sources than this are folded away: the marks in the text lead to them too."""

_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("table")
    .disable(["link", "image", "autolink", "reference", "html_inline", "html_block"])
)


def answer_html(answer: Answer, turn: int, words: Words, steps: Sequence[Step] = ()) -> str:
    """The answer as a person reads it: figure, sentence, working, notes, choices, sources.

    Citation marks are buttons that carry ``turn`` and the citation's number. ``steps`` are those
    that were shown while it was made.
    """
    cited = frozenset(citation.n for citation in answer.citations)
    parts = [
        _headline(answer),
        _linked(_text(answer), turn, cited),
        _working(answer.calculations, words),
        results_html(answer, turn, words),
        _notes(unsaid_warnings(answer), turn, cited, words),
        _choices(answer, words),
        _sources(answer.citations, turn, words),
        folded_html(all_steps(answer, steps, words), words),
        _tools(answer, words),
    ]
    body = "".join(part for part in parts if part)
    return f'<div class="answer" data-status="{answer.status}">{body}</div>'


def _text(answer: Answer) -> str:
    """The text rendered, without what is set apart below it; a figure that it begins with is set large."""
    html: str = _markdown.render(_lists_set_apart(_without_choices(answer, _without_working(answer))))
    return html.replace("<p><strong>", '<p class="lead"><strong>', 1) if _begins_bold(answer) else html


def _without_working(answer: Answer) -> str:
    workings = tuple(written(c) for c in answer.calculations)
    return "\n".join(line for line in answer.text.splitlines() if not (workings and line.endswith(workings)))


def _without_choices(answer: Answer, text: str) -> str:
    """Without the sentence that lists the choices, which are buttons here."""
    if not answer.choices or not all(choice in text for choice in answer.choices):
        return text
    before, after = text.split(answer.choices[0], 1)[0], text.rsplit(answer.choices[-1], 1)[1]
    start = max((match.end() for match in _SENTENCE_END.finditer(before)), default=0)
    return (before[:start] + after[1:]).strip()


def _lists_set_apart(text: str) -> str:
    """A line after a list begins a paragraph of its own; Markdown would draw it into the last item."""
    lines = text.splitlines()
    return "\n".join(
        "\n" * _leaves_list(before, line) + line for before, line in zip(["", *lines], lines, strict=False)
    )


def _leaves_list(before: str, line: str) -> bool:
    return bool(_LIST_LINE.match(before)) and not _LIST_LINE.match(line)


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


def _working(calculations: Sequence[Calculation], words: Words) -> str:
    if not calculations:
        return ""
    lines = "".join(f"<code>{escape(written(c))}</code>" for c in calculations)
    return f'<div class="working"><b>{escape(words["calculation"])}</b>{lines}</div>'


def _notes(warnings: Sequence[str], turn: int, cited: frozenset[int], words: Words) -> str:
    if not warnings:
        return ""
    lines = "".join(
        f"<li>{_linked(escape(warning), turn, cited)}{_compare(warning, turn, cited, words)}</li>"
        for warning in warnings
    )
    return f'<div class="notes"><b>{escape(words["warnings"])}</b><ul>{lines}</ul></div>'


def _compare(warning: str, turn: int, cited: frozenset[int], words: Words) -> str:
    """A button that shows the places of a warning side by side, where it names several."""
    numbers = [n for n in dict.fromkeys(map(int, _MARK.findall(warning))) if n in cited]
    if len(numbers) < 2:
        return ""
    return (
        f' <button type="button" class="compare" data-turn="{turn}" data-n="{numbers}">'
        f"{escape(words['compare'])}</button>"
    )


def _choices(answer: Answer, words: Words) -> str:
    """What to ask next at a click: the names to choose from, or the nearest things found."""
    if not answer.choices:
        return ""
    buttons = "".join(
        f'<button type="button" class="choice" data-question="{escape(choice)}">{escape(choice)}</button>'
        for choice in answer.choices
    )
    title = f"<b>{escape(words['nearest'])}</b>" if answer.status == "no_answer" else ""
    return f'<div class="choices">{title}{buttons}</div>'


def _sources(citations: tuple[Citation, ...], turn: int, words: Words) -> str:
    if not citations:
        return ""
    lines = "".join(
        f"<li>{cite_button(turn, c.n)}<span>{escape(where(c, words))}</span></li>" for c in citations
    )
    title = escape(words["sources"])
    if len(citations) > FOLDED_ABOVE:
        summary = f"<summary>{title} ({len(citations)})</summary>"
        return f'<details class="sources">{summary}<ol>{lines}</ol></details>'
    return f'<div class="sources"><b>{title}</b><ol>{lines}</ol></div>'


def _tools(answer: Answer, words: Words) -> str:
    if not answer.citations:
        return ""
    forms = {
        "text": plain_text(answer, words),
        "markdown": as_markdown(answer, words),
        "rows": as_rows(answer),
    }
    buttons = "".join(
        f'<button type="button" class="copy" data-form="{form}" data-copy="{escape(text)}" '
        f'data-done="{escape(words["copied"])}">{escape(words[f"copy_{form}"])}</button>'
        for form, text in forms.items()
        if text
    )
    return f'<div class="tools"><span>{escape(words["copy"])}</span>{buttons}</div>'

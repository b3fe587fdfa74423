"""The conversation: chat on the left, the evidence for its figures on the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from faces.answers import answer_html
from faces.chat import Turn, answer_or_say_why
from faces.desk import LocalDesk
from faces.examples import example_questions
from faces.screens.common import QUIET, words_for
from faces.screens.evidence_panel import EvidencePanel
from faces.wording import Words, language_of, words


def ask_screen(
    page: gr.Blocks, desk: LocalDesk, gestures: gr.HTML, label: gr.I18n
) -> Callable[[Callable[..., Any]], None]:
    """Lay the screen out. Gives a function that renews the examples at a moment of the page."""
    turns = gr.State([])
    with gr.Row(elem_id="ask"):
        with gr.Column(scale=5, min_width=320):
            chat = gr.Chatbot(
                elem_id="chat",
                show_label=False,
                height="100%",
                layout="bubble",
                buttons=[],
                sanitize_html=True,
                render_markdown=False,
            )
            question = gr.Textbox(
                elem_id="question",
                show_label=False,
                placeholder=label("ask_placeholder"),
                submit_btn=True,
                autofocus=True,
                max_length=2000,
            )
            restart = gr.Button(label("new_conversation"), elem_id="restart", size="sm", variant="secondary")
        with gr.Column(scale=4, min_width=320):
            evidence = EvidencePanel(desk, elem_id="evidence", label=label)
    unchanged = [gr.skip() for _ in evidence.outputs]

    def answer_in_chat(asked: str, earlier: list[Turn], request: gr.Request) -> Iterator[Any]:
        said, asked = words_for(request), asked.strip()
        if not asked:
            yield gr.skip(), gr.skip(), gr.skip(), *unchanged
            return
        yield "", _messages([*earlier, Turn(asked)], said), earlier, *unchanged
        answer = answer_or_say_why(desk, asked, [turn.question for turn in earlier], said)
        now = [*earlier, Turn(asked, answer)]
        first = answer.citations[0].n if answer.citations else 0
        yield "", _messages(now, said), now, *evidence.show(answer.citations, first, request)

    def show(earlier: list[Turn], chosen: gr.SelectData, request: gr.Request) -> tuple[Any, ...]:
        answer = earlier[chosen.index].answer if 0 <= chosen.index < len(earlier) else None
        if answer is None:
            return evidence.empty(request)
        return evidence.show(answer.citations, int(chosen.value), request)

    def choose(earlier: list[Turn], event: gr.EventData, request: gr.Request) -> Iterator[Any]:
        yield from answer_in_chat(str(event.question), earlier, request)

    def pick(earlier: list[Turn], event: gr.SelectData, request: gr.Request) -> Iterator[Any]:
        yield from answer_in_chat(str(event.value["text"]), earlier, request)

    def begin(request: gr.Request) -> tuple[Any, ...]:
        return "", [], [], *evidence.empty(request)

    def renew(request: gr.Request) -> Any:
        return _welcome(desk, request)

    outputs = [question, chat, turns, *evidence.outputs]
    question.submit(answer_in_chat, [question, turns], outputs, **QUIET)
    chat.example_select(pick, [turns], outputs, **QUIET)
    gestures.submit(choose, [turns], outputs, **QUIET)
    gestures.select(show, [turns], evidence.outputs, **QUIET)
    for moment in (restart.click, chat.clear, page.load):
        moment(begin, None, outputs, **QUIET)
    return lambda moment: moment(renew, None, chat, **QUIET)


def _welcome(desk: LocalDesk, request: gr.Request) -> Any:
    """The empty chat: what to ask, made from what is loaded, or how to begin."""
    language = language_of(request.headers.get("accept-language"))
    said = words(language)
    documents = desk.store.documents()
    if not documents:
        return gr.Chatbot(placeholder=said["welcome_empty"], examples=[])
    examples: list[Any] = [{"text": q} for q in example_questions(desk.engine, documents, language)]
    return gr.Chatbot(placeholder=said["welcome"], examples=examples)


def _messages(turns: Sequence[Turn], said: Words) -> list[Any]:
    messages: list[Any] = []
    for number, turn in enumerate(turns):
        # Gradio shows a message as HTML when it is not Markdown; a question may be a document's own name.
        messages.append({"role": "user", "content": escape(turn.question)})
        shown = gr.HTML(answer_html(turn.answer, number, said)) if turn.answer else said["working_on_it"]
        messages.append({"role": "assistant", "content": shown})
    return messages

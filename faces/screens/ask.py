"""The conversation: chat on the left, the evidence for its figures on the right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr

from faces.access import account_of, paced
from faces.answers import answer_html
from faces.chat import Turn, Waiting, answer_or_say_why, answered, begun, spoken, unless
from faces.desk import LocalDesk
from faces.examples import Examples
from faces.followups import follow_ups, followups_html
from faces.history import kept_html
from faces.keeping import earlier_questions, keep, linked, reopened
from faces.screens.common import ASKING, QUIET, asset, words_for
from faces.screens.downloads import add_downloads
from faces.screens.evidence_panel import EvidencePanel
from faces.screens.history import HistoryDrawer, told
from faces.steps import running_html
from faces.wording import Words, language_of, words

LONGEST_QUESTION = 2000
"""Characters; of more than that, which the box does not take, only the beginning is read."""

SUGGESTING_SECONDS = 3.0
"""How old an answer may be for what to ask next to be worked out."""


def ask_screen(
    page: gr.Blocks, desk: LocalDesk, gestures: gr.HTML, label: gr.I18n
) -> Callable[[Callable[..., Any]], None]:
    """Lay the screen out. Gives a function that renews the examples at a moment of the page."""
    turns, examples, waiting = gr.State([]), Examples(), Waiting()
    drawer = HistoryDrawer(desk, label)
    with gr.Row(elem_id="ask"):
        with gr.Column(scale=5, min_width=320):
            chat = gr.Chatbot(
                elem_id="chat",
                show_label=False,
                height="100%",
                layout="bubble",
                buttons=[],
                autoscroll=False,
                sanitize_html=True,
                render_markdown=False,
            )
            followups = gr.HTML(elem_id="followups")
            question = gr.Textbox(
                elem_id="question",
                show_label=False,
                placeholder=label("ask_placeholder"),
                submit_btn=True,
                autofocus=True,
                max_length=LONGEST_QUESTION,
            )
            announced = gr.HTML(elem_id="announced", js_on_load=asset("scripts/announced.js"))
            with gr.Row(elem_id="below"):
                restart = gr.Button(label("new_conversation"), elem_id="restart", size="sm", min_width=0)
                gr.Button(label("history_open"), elem_id="history-open", size="sm", min_width=0)
        with gr.Column(scale=4, min_width=320):
            evidence = EvidencePanel(desk, elem_id="evidence", label=label)
    add_downloads(turns)
    unchanged = [gr.skip() for _ in evidence.outputs]

    def answer_in_chat(
        typed: str, earlier: list[Turn], event: gr.EventData, request: gr.Request
    ) -> Iterator[Any]:
        said, asked, done = words_for(request), _asked(typed, event), answered(earlier)
        if not asked:
            yield [gr.skip() for _ in outputs]
            return
        history, over = earlier_questions(done), waiting.begin(str(request.session_hash))
        box = "" if asked == typed.strip() else gr.skip()  # beside a button's question it is kept
        yield box, *_shown([*done, Turn(asked)], said), "", *unchanged
        pending = Turn(asked, steps=begun(desk, asked, history, said))
        yield gr.skip(), *_shown([*done, pending], said), gr.skip(), *unchanged
        answer = unless(over, lambda: answer_or_say_why(desk, asked, history, said))
        if answer is None:  # nothing was answered: the question goes back into its box
            yield asked, *_shown(done, said), said["stopped"], *unchanged
            return
        kept = keep(desk.conversations, account_of(request).name, done, asked, answer)
        if kept is None:
            gr.Warning(said["not_kept"], title=said["notice"])
        yield brought(
            [*done, replace(pending, answer=answer, kept=kept, answered_at=time.monotonic())], request
        )

    def brought(now: list[Turn], request: gr.Request) -> tuple[Any, ...]:
        """The conversation with its last answer, and where that stands."""
        answer = now[-1].answer
        assert answer is not None
        first = answer.citations[0].n if answer.citations else 0
        places = evidence.show(answer.citations, first, request)
        return gr.skip(), *_shown(now, words_for(request)), spoken(answer), *places

    def reopen(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        with told(request):
            return brought(reopened(desk.conversations, account_of(request).name, str(event.id)), request)
        return tuple(gr.skip() for _ in outputs)

    def arrive(request: gr.Request) -> tuple[Any, ...]:
        """An empty conversation, or the answer that the page's address names."""
        if token := request.query_params.get("answer"):
            with told(request):
                return brought(linked(desk.conversations, account_of(request).name, token), request)
        return begin(request)

    def suggest(earlier: list[Turn], request: gr.Request) -> Any:
        """What to ask next, unless the person has long read on: then others wait for an answer."""
        last = earlier[-1] if earlier else None
        if last is None or not last.answer or time.monotonic() - last.answered_at > SUGGESTING_SECONDS:
            return ""
        asked = [*earlier_questions(earlier[:-1]), last.question]
        return followups_html(follow_ups(desk, asked, last.answer), words_for(request))

    def stop(request: gr.Request) -> None:
        waiting.stop(str(request.session_hash))

    def show(earlier: list[Turn], chosen: gr.SelectData, request: gr.Request) -> tuple[Any, ...]:
        answer = earlier[chosen.index].answer if 0 <= chosen.index < len(earlier) else None
        if answer is None:
            return evidence.empty(request)
        return evidence.show(answer.citations, chosen.value, request)

    def begin(request: gr.Request) -> tuple[Any, ...]:
        return "", [], [], "", *evidence.empty(request)

    def renew(request: gr.Request) -> Iterator[Any]:
        yield from _welcome(desk, examples, request)

    outputs = [question, chat, turns, announced, *evidence.outputs]
    asking = gr.on(
        [question.submit, chat.example_select, gestures.submit],
        paced(answer_in_chat),
        [question, turns],
        outputs,
        trigger_mode="always_last",  # what is asked before the answer has come is not lost
        **ASKING,
        **QUIET,
    )
    chat.change(None, None, followups, js="() => ''", **QUIET)
    asking.success(suggest, [turns], followups, **QUIET)
    gestures.stop(stop, None, None, **QUIET)
    gestures.select(show, [turns], evidence.outputs, **QUIET)
    drawer.chosen(reopen, None, outputs, **QUIET)
    page.load(arrive, None, outputs, **QUIET)
    for moment in (restart.click, chat.clear):
        moment(begin, None, outputs, **QUIET)
    return lambda moment: moment(renew, None, chat, **QUIET)


def _asked(typed: str, event: gr.EventData) -> str:
    """The question of a button that was pressed, else the one that was typed."""
    given = event._data or {}
    example = given.get("value")
    chosen = given.get("question") or (example.get("text") if isinstance(example, dict) else None)
    return str(chosen or typed).strip()[:LONGEST_QUESTION]


def _welcome(desk: LocalDesk, made: Examples, request: gr.Request) -> Iterator[Any]:
    """The empty chat: how to begin, and as soon as they are made, questions about what is loaded."""
    language = language_of(request.headers.get("accept-language"))
    said = words(language)
    documents = desk.store.documents()
    yield gr.Chatbot(placeholder=said["welcome" if documents else "welcome_empty"], examples=[])
    if documents:
        asked = made.questions(desk.engine, documents, language)
        yield gr.Chatbot(placeholder=said["welcome"], examples=[{"text": question} for question in asked])


def _shown(turns: list[Turn], said: Words) -> tuple[list[Any], list[Turn]]:
    """The conversation as the chat shows it, and as it is kept."""
    messages: list[Any] = []
    for number, turn in enumerate(turns):
        # Gradio shows a message as HTML when it is not Markdown; a question may be a document's own name.
        messages.append({"role": "user", "content": escape(turn.question)})
        if turn.answer:
            html = answer_html(turn.answer, number, said, turn.steps)
            html += kept_html(turn.kept, said) if turn.kept else ""
        else:
            html = running_html(turn.steps, said)
        messages.append({"role": "assistant", "content": gr.HTML(html)})
    return messages, turns

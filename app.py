"""The Gradio page: screens only. What is asked, kept and shown is other modules' work."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while gradio is imported

import gradio as gr
from starlette.middleware import Middleware

from faces.answers import answer_html
from faces.boundary import Boundary
from faces.chat import Turn, answer_or_say_why
from faces.desk import LocalDesk
from faces.evidence import empty_html, evidence_html
from faces.examples import example_questions
from faces.listing import documents_html, status_html, verdicts_html
from faces.reading import Reading
from faces.uploads import ABANDONED_AFTER_SECONDS, taken
from faces.wording import Words, language_of, words
from index_store.intake import SUFFIXES, Progress
from ingest.errors import BudgetQAError

MAX_FILE_SIZE = "200mb"
POLL_SECONDS = 2.0
"""How often a page asks whether reading or learning has gone on, while it does."""

FONTS = (
    "system-ui",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "sans-serif",
)

_PROGRESS = gr.Progress()
"""As a default it asks Gradio for the progress bar of the event at hand."""

Value = TypeVar("Value")


def launch(desk: LocalDesk, *, host: str, port: int, samples: Sequence[Path] = ()) -> None:
    """Serve the page until stopped; ``samples`` are read into an empty store meanwhile.

    Closes the desk. Raises BudgetQAError when the port cannot be had.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager stops us as Ctrl-C does
    reading = Reading()
    page = build_app(desk, reading)
    try:
        address = _open_page(page, host, port)
        desk.store.set_address(address)
        print(f"Budget Q&A: {address}", flush=True)
        threading.Thread(target=reading.catch_up, args=(desk, samples), daemon=True).start()
        page.block_thread()
    finally:
        desk.close()


def _open_page(page: gr.Blocks, host: str, port: int) -> str:
    try:
        _, address, _ = page.launch(
            server_name=host, server_port=port, prevent_thread_lock=True, quiet=True, **launch_settings(host)
        )
    except OSError as error:
        raise BudgetQAError(
            f"the page cannot be opened on {host}, port {port} (taken or not allowed); "
            "give another --port or --host"
        ) from error
    return str(address)


def launch_settings(host: str) -> dict[str, Any]:
    """How the page looks, and that nothing of it leaves or is reached from another machine."""
    return {
        "theme": _theme(),
        "css": _asset("page.css"),
        "i18n": gr.I18n(**_translations()),
        "footer_links": [],
        "max_file_size": MAX_FILE_SIZE,
        "enable_monitoring": False,
        "share": False,
        "show_error": False,  # an unforeseen failure is for the log: its text may tell of the machine
        "ssr_mode": False,
        "app_kwargs": {"middleware": [Middleware(Boundary, listens_on=host)]},
    }


def _theme() -> gr.themes.Base:
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.sky, neutral_hue=gr.themes.colors.slate, font=FONTS, font_mono=FONTS
    )
    return theme.set(
        body_background_fill="*neutral_50",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        input_background_fill="*background_fill_primary",
        input_background_fill_dark="*background_fill_secondary",
        button_secondary_background_fill="*background_fill_primary",
        button_secondary_border_color="*border_color_primary",
        button_border_width="1px",
        button_cancel_background_fill="#b3261e",
        button_cancel_background_fill_hover="#8f1d17",
        button_cancel_text_color="white",
    )


def _translations() -> dict[str, dict[str, str]]:
    kinds = " ".join(sorted(suffix.removeprefix(".").upper() for suffix in SUFFIXES))
    chinese, english = (
        said | {"upload": said["upload"].format(kinds=kinds)} for said in (words("zh"), words("en"))
    )
    return {"en": english, "zh": chinese, "zh-CN": chinese, "zh-TW": chinese, "zh-HK": chinese}


def _asset(name: str) -> str:
    return resources.files("faces").joinpath(name).read_text(encoding="utf-8")


def _words(request: gr.Request) -> Words:
    return words(language_of(request.headers.get("accept-language")))


# -- the page ------------------------------------------------------------------------------


def build_app(desk: LocalDesk, reading: Reading | None = None) -> gr.Blocks:
    """The whole page over one desk."""
    reading = reading or Reading()
    label = gr.I18n(**_translations())
    with gr.Blocks(
        title=label("title"),
        fill_width=True,
        analytics_enabled=False,
        delete_cache=(ABANDONED_AFTER_SECONDS, ABANDONED_AFTER_SECONDS),
    ) as page:
        gestures = gr.HTML(js_on_load=_asset("page.js"), visible="hidden")
        with gr.Row(elem_id="masthead"):
            gr.Markdown(label("title"), elem_id="title")
            status = gr.HTML(elem_id="status")
        timer = gr.Timer(POLL_SECONDS, active=False)
        with gr.Tabs():
            with gr.Tab(label("tab_ask"), id="ask"):
                refresh_examples = _ask_screen(page, desk, gestures, label)
            with gr.Tab(label("tab_documents"), id="documents") as tab:
                listing = _documents_screen(desk, reading, gestures, timer, label)

        def watch(request: gr.Request) -> tuple[str, str, Any]:
            documents, said = desk.store.documents(), _words(request)
            learning = any(not d.is_embedded for d in documents)
            words_only = learning and desk.store.words_only_reason is not None
            busy = reading.file_name is not None or (learning and not words_only)
            return (
                documents_html(documents, said),
                status_html(documents, reading.file_name, said, words_only=words_only),
                gr.Timer(active=busy),
            )

        shown = [listing, status, timer]
        for moment in (page.load, tab.select, timer.tick, listing.change):
            moment(watch, None, shown, show_progress="hidden", api_visibility="private")
        refresh_examples(page.load)
        refresh_examples(listing.change)
        _endpoints(desk, reading)
    return page


def _ask_screen(
    page: gr.Blocks, desk: LocalDesk, gestures: gr.HTML, label: gr.I18n
) -> Callable[[Callable[..., Any]], None]:
    """Chat on the left, evidence on the right. Gives a function that renews the examples."""
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
            evidence = gr.HTML(elem_id="evidence", js_on_load=_asset("evidence.js"))

    def answer_in_chat(asked: str, earlier: list[Turn], request: gr.Request) -> Iterator[Any]:
        said, asked = _words(request), asked.strip()
        if not asked:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        yield "", _messages([*earlier, Turn(asked)], said), earlier, gr.skip()
        answer = answer_or_say_why(desk, asked, [turn.question for turn in earlier], said)
        now = [*earlier, Turn(asked, answer)]
        first = answer.citations[0].n if answer.citations else 0
        shown = evidence_html(desk.store, answer, len(earlier), first, said)
        yield "", _messages(now, said), now, shown

    def show(earlier: list[Turn], chosen: gr.SelectData, request: gr.Request) -> str:
        answer = earlier[chosen.index].answer if 0 <= chosen.index < len(earlier) else None
        if answer is None:
            return empty_html(_words(request))
        return evidence_html(desk.store, answer, chosen.index, int(chosen.value), _words(request))

    def choose(earlier: list[Turn], event: gr.EventData, request: gr.Request) -> Iterator[Any]:
        yield from answer_in_chat(str(event.question), earlier, request)

    def pick(earlier: list[Turn], event: gr.SelectData, request: gr.Request) -> Iterator[Any]:
        yield from answer_in_chat(str(event.value["text"]), earlier, request)

    def begin(request: gr.Request) -> tuple[str, list[Any], list[Turn], str]:
        return "", [], [], empty_html(_words(request))

    def renew(request: gr.Request) -> Any:
        return _welcome(desk, request)

    outputs = [question, chat, turns, evidence]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    question.submit(answer_in_chat, [question, turns], outputs, **quiet)
    chat.example_select(pick, [turns], outputs, **quiet)
    gestures.submit(choose, [turns], outputs, **quiet)
    gestures.select(show, [turns], evidence, **quiet)
    for moment in (restart.click, chat.clear, page.load):
        moment(begin, None, outputs, **quiet)
    return lambda moment: moment(renew, None, chat, **quiet)


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


def _documents_screen(
    desk: LocalDesk, reading: Reading, gestures: gr.HTML, timer: gr.Timer, label: gr.I18n
) -> gr.HTML:
    """Upload, list, removal. Gives the list; it changes when the documents do."""
    upload = gr.File(elem_id="upload", label=label("upload"), file_count="multiple", height=140)
    verdicts = gr.HTML(elem_id="verdicts")
    doomed = gr.State(None)
    with gr.Row(visible=False, elem_id="confirm") as confirm:
        sure = gr.HTML(elem_id="sure")
        yes = gr.Button(label("remove_yes"), variant="stop", size="sm", min_width=120, elem_id="remove-yes")
        no = gr.Button(label("remove_no"), size="sm", min_width=80, elem_id="remove-no")
    listing = gr.HTML(elem_id="listing")

    def take(files: list[str], request: gr.Request, progress: gr.Progress = _PROGRESS) -> Any:
        said = _words(request)

        def report(step: Progress) -> None:
            page = f" {step.page_number}/{step.page_count}" if step.page_count else ""
            doing = f"{said['doing_' + step.phase]} {step.file_name or ''}{page}"
            progress((step.done, step.total), desc=doing)

        with taken(files) as paths:
            outcomes = reading.read(desk, paths, report)
        return None, verdicts_html(outcomes, said), documents_html(desk.store.documents(), said)

    def doubt(event: gr.EventData, request: gr.Request) -> Any:
        name = next((d.file_name for d in desk.store.documents() if d.id == event.document), None)
        if name is None:
            return gr.skip(), gr.Row(visible=False), gr.skip()
        return (
            event.document,
            gr.Row(visible=True),
            escape(_words(request)["remove_question"].format(name=name)),
        )

    def remove_listed(document_id: int, request: gr.Request) -> Any:
        said = _words(request)
        try:
            told = said["removed"].format(name=desk.remove(str(document_id))["file_name"])
        except BudgetQAError as error:  # somebody else has removed it meanwhile
            told = str(error)
        note = f'<p class="hint">{escape(told)}</p>'
        return None, gr.Row(visible=False), note, documents_html(desk.store.documents(), said)

    quiet: dict[str, Any] = {"api_visibility": "private"}
    upload.upload(lambda: gr.Timer(active=True), None, timer, show_progress="hidden", **quiet)
    upload.upload(take, upload, [upload, verdicts, listing], show_progress_on=verdicts, **quiet)
    gestures.delete(doubt, None, [doomed, confirm, sure], show_progress="hidden", **quiet)
    yes.click(remove_listed, doomed, [doomed, confirm, verdicts, listing], show_progress="hidden", **quiet)
    no.click(lambda: (None, gr.Row(visible=False)), None, [doomed, confirm], show_progress="hidden", **quiet)
    return listing


# -- for scripts ---------------------------------------------------------------------------


def _endpoints(desk: LocalDesk, reading: Reading) -> None:
    """The named endpoints: the desk's requests, as ``faces.desk.RemoteDesk`` sends them."""

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        return desk.ask(question, history or [])

    def explain(question: str, history: list[str] | None = None) -> dict[str, Any]:
        return desk.explain(question, history or [])

    def documents() -> list[dict[str, Any]]:
        return desk.documents()

    def remove(name: str) -> dict[str, Any]:
        return desk.remove(name)

    def tables(name: str) -> list[dict[str, Any]]:
        return desk.tables(name)

    def rows(name: str) -> list[dict[str, Any]]:
        return desk.rows(name)

    def passages(name: str) -> list[dict[str, Any]]:
        return desk.passages(name)

    def findings(name: str) -> dict[str, Any]:
        return desk.findings(name)

    def reindex() -> int:
        return desk.reindex()

    def ingest(files: list[str]) -> list[dict[str, Any]]:
        with taken(files) as paths:
            return reading.read(desk, paths)

    for request in (ask, explain, documents, remove, tables, rows, passages, findings, reindex):
        gr.api(_for_people(request), api_name=request.__name__)
    # A file component, because it lets in only files that were uploaded to this server.
    files, verdicts = gr.File(file_count="multiple", visible=False), gr.JSON(visible=False)
    gr.Button(visible=False).click(_for_people(ingest), files, verdicts, api_name="ingest")


def _for_people(request: Callable[..., Value]) -> Callable[..., Value]:
    """A failure with a text for people reaches the asker as that text, without a traceback here."""

    @wraps(request)
    def answered(*given: Any) -> Value:
        try:
            return request(*given)
        except BudgetQAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return answered

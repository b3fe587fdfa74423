"""The Gradio page: screens only. What is asked, kept and shown is other modules' work."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while gradio is imported

import gradio as gr
from starlette.middleware import Middleware

from faces.access import account_of
from faces.boundary import Boundary
from faces.desk import LocalDesk
from faces.gate import Doors, Gate, open_doors
from faces.listing import status_html
from faces.login import account_html
from faces.page_states import keep_lightly
from faces.reading import Reading
from faces.screens.ask import ask_screen
from faces.screens.audit import audit_screen
from faces.screens.common import QUIET, asset, styles, translations, words_for
from faces.screens.documents import documents_screen, listed
from faces.screens.endpoints import add_endpoints
from faces.screens.query import query_screen
from faces.settings import LOOPBACK, ServerSettings
from faces.sources import source_route
from faces.tools import tool_settings
from faces.uploads import ABANDONED_AFTER_SECONDS
from ingest.errors import BudgetQAError

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


def launch(
    desk: LocalDesk,
    *,
    host: str,
    port: int,
    samples: Sequence[Path] = (),
    settings: ServerSettings | None = None,
    with_tools: bool = False,
) -> None:
    """Serve the page until stopped; ``samples`` are read into an empty store meanwhile.

    ``with_tools``: the requests of programs also as tools for models (``faces.tools``).
    Closes the desk. Raises BudgetQAError when the port cannot be had, or nobody could log in.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager stops us as Ctrl-C does
    reading = Reading()
    try:
        doors = open_doors(settings or ServerSettings.from_environment())
        page = build_app(desk, reading)
        page.queue(max_size=doors.settings.waiting)
        tools = tool_settings(desk) if with_tools else {}
        address = _open_page(page, host, port, launch_settings(host, doors, tools, desk))
        desk.store.set_address(address, doors.owner_key)
        print(f"Budget Q&A: {address}", flush=True)
        if host not in LOOPBACK:
            print("Without a proxy that speaks TLS, everything on this address can be overheard.", flush=True)
        threading.Thread(target=reading.catch_up, args=(desk, samples), daemon=True).start()
        page.block_thread()
    finally:
        desk.close()


def _open_page(page: gr.Blocks, host: str, port: int, settings: dict[str, Any]) -> str:
    try:
        served, address, _ = page.launch(
            server_name=host, server_port=port, prevent_thread_lock=True, quiet=True, **settings
        )
    except OSError as error:
        raise BudgetQAError(
            f"the page cannot be opened on {host}, port {port} (taken or not allowed); "
            "give another --port or --host"
        ) from error
    keep_lightly(served, page)
    return str(address)


def launch_settings(
    host: str,
    doors: Doors | None = None,
    tools: dict[str, Any] | None = None,
    desk: LocalDesk | None = None,
) -> dict[str, Any]:
    """How the page looks, who is let in, and that nothing of it leaves."""
    doors = doors or open_doors(ServerSettings())
    asked_who = doors.sessions is not None
    middleware = [
        Middleware(Boundary, listens_on=host, any_name=asked_who),
        Middleware(Gate, doors=doors),
    ]
    served = tools or {}
    routes = [*([source_route(desk.store)] if desk else []), *served.get("routes", [])]
    return {
        "theme": _theme(),
        "css": styles(),
        "i18n": gr.I18n(**translations()),
        "footer_links": [],
        "max_file_size": f"{doors.settings.max_file_mb}mb",
        "enable_monitoring": False,
        "share": False,
        "mcp_server": False,
        "run_history": False,
        "show_error": False,  # an unforeseen failure is for the log: its text may tell of the machine
        "ssr_mode": False,
        "app_kwargs": {"middleware": middleware, **served, "routes": routes},
    }


def _theme() -> gr.themes.Base:
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.sky, neutral_hue=gr.themes.colors.slate, font=FONTS, font_mono=FONTS
    )
    return theme.set(
        color_accent="#0b5c8a",  # 7:1 on white; sky itself is too light to read
        button_primary_background_fill="#0b5c8a",
        button_primary_background_fill_hover="#084a70",
        button_primary_background_fill_dark="#0b5c8a",
        button_primary_text_color="white",
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


# -- the page ------------------------------------------------------------------------------


def build_app(desk: LocalDesk, reading: Reading | None = None) -> gr.Blocks:
    """The whole page over one desk."""
    reading = reading or Reading()
    label = gr.I18n(**translations())
    with gr.Blocks(
        title=label("title"),
        fill_width=True,
        analytics_enabled=False,
        delete_cache=(ABANDONED_AFTER_SECONDS, ABANDONED_AFTER_SECONDS),
    ) as page:
        add_endpoints(desk, reading)  # first: Gradio gives a name to whoever asks for it first
        script = asset("scripts/page.js") + asset("scripts/gestures.js")
        gestures = gr.HTML(js_on_load=script, visible="hidden")
        with gr.Row(elem_id="masthead"):
            gr.Markdown(label("title"), elem_id="title")
            status = gr.HTML(elem_id="status")
            account = gr.HTML(elem_id="account")
        timer = gr.Timer(POLL_SECONDS, active=False)
        with gr.Tabs() as tabs:
            with gr.Tab(label("tab_ask"), id="ask"):
                refresh_examples = ask_screen(page, desk, gestures, label)
            with gr.Tab(label("tab_query"), id="query") as query_tab:
                query_screen(page, tabs, query_tab, desk, label)
            with gr.Tab(label("tab_documents"), id="documents") as tab:
                listing = documents_screen(page, desk, reading, timer, label)
            with gr.Tab(label("tab_audit"), id="audit") as audit_tab:
                audit_screen(tabs, audit_tab, listing, desk, label)

        def watch(request: gr.Request) -> tuple[str, str, Any]:
            documents, said = desk.store.documents(), words_for(request)
            learning = any(not d.is_embedded for d in documents)
            words_only = learning and desk.store.words_only_reason is not None
            busy = reading.file_name is not None or (learning and not words_only)
            return (
                listed(desk, request),
                status_html(documents, reading.file_name, said, words_only=words_only),
                gr.Timer(active=busy),
            )

        def who(request: gr.Request) -> str:
            return account_html(account_of(request), words_for(request))

        page.load(who, None, account, **QUIET)
        shown = [listing, status, timer]
        for moment in (page.load, tab.select, timer.tick, listing.change):
            moment(watch, None, shown, **QUIET)
        refresh_examples(page.load)
        refresh_examples(listing.change)
    return page

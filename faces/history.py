"""The conversations kept as markup: the list of them, and what belongs to one kept answer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from faces.conversations import LISTED, MAX_COMMENT, RATINGS, Conversation, KeptTurn
from faces.wording import Words


def history_html(conversations: Sequence[Conversation], said: Words, *, searched: bool = False) -> str:
    """The list, newest first, each with what can be done with it; and with all of them."""
    if not conversations:
        return f'<p class="hint">{escape(said["history_nothing" if searched else "history_empty"])}</p>'
    items = "".join(f"<li>{_conversation(c, said)}</li>" for c in conversations)
    limited = escape(said["history_limited"].format(count=LISTED)) if len(conversations) == LISTED else ""
    everything = f"<b>{escape(said['history_all'])}</b>{_doings('', said)}"
    return f'<ol>{items}</ol><p class="hint">{limited}</p><div class="everything">{everything}</div>'


def kept_html(kept: KeptTurn, said: Words) -> str:
    """Under an answer: how good it was, and its link."""
    rates = "".join(
        f'<button type="button" class="rate" data-rating="{rating}" '
        f'aria-pressed="{str(kept.rating == rating).lower()}">{escape(said[rating])}</button>'
        for rating in RATINGS
    )
    hint, send = escape(said["rating_comment"]), escape(said["rating_send"])
    comment = (
        f'<form class="comment"{"" if kept.rating else " hidden"}>'
        f'<textarea rows="2" maxlength="{MAX_COMMENT}" '
        f'aria-label="{hint}" placeholder="{hint}">{escape(kept.comment)}</textarea>'
        f'<button type="submit" data-done="{escape(said["rating_noted"])}">{send}</button></form>'
    )
    link = (
        f'<button type="button" class="copy" data-link="?answer={kept.token}" '
        f'data-done="{escape(said["copied"])}">{escape(said["link_copy"])}</button>'
    )
    return (
        f'<div class="kept" data-token="{kept.token}" data-conversation="{kept.conversation_id}" '
        f'role="group" aria-label="{escape(said["rating_label"])}">{rates}{link}{comment}</div>'
    )


def _conversation(conversation: Conversation, said: Words) -> str:
    count = escape(said["history_count"].format(count=conversation.turn_count))
    # The browser puts the time in its own zone and language.
    when = f'<time datetime="{conversation.last_at}"></time>'
    return (
        f'<button type="button" class="conversation" data-id="{conversation.id}">'
        f"<span>{escape(conversation.title)}</span><small>{when} · {count}</small></button>"
        f"{_doings(conversation.id, said)}"
    )


def _doings(conversation_id: str, said: Words) -> str:
    """Export and deletion of one conversation, or of all where the id is empty."""
    return (
        f'<div class="doings" data-id="{conversation_id}">'
        f'<button type="button" data-form="md">{escape(said["history_text"])}</button>'
        f'<button type="button" data-form="jsonl">{escape(said["history_lines"])}</button>'
        f'<button type="button" data-sure="{escape(said["history_sure"])}">'
        f"{escape(said['history_delete'])}</button></div>"
    )

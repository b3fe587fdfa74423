"""The documents kept, as markup: the list, its state, and the verdict on each new file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from faces.chinese import note, reason
from faces.wording import Words

if TYPE_CHECKING:
    from index_store.store import StoredDocument


def documents_html(documents: Sequence[StoredDocument], words: Words) -> str:
    """The list with a removal button in each line, or how to begin when it is empty."""
    if not documents:
        return f'<p class="hint">{escape(words["list_empty"])}</p>'
    columns = ("organization", "year", "kind", "file", "pages", "tables", "figures", "state")
    head = "".join(f"<th>{escape(words['list_' + column])}</th>" for column in columns)
    ordered = sorted(documents, key=lambda d: (d.identity.organization or "", d.identity.fiscal_year or 0))
    body = "".join(_line(document, words) for document in ordered)
    return (
        '<div class="grid listing"><table>'
        f"<thead><tr>{head}<th></th></tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(document: StoredDocument, words: Words) -> str:
    identity = document.identity
    unknown = words["unknown"]
    values = (
        identity.organization or unknown,
        str(identity.fiscal_year or unknown),
        words[f"kind_{identity.kind}"] if identity.kind else unknown,
        document.file_name,
        str(document.page_count or "—"),
        f"{document.table_count:,}",
        f"{document.cell_count:,}",
    )
    cells = "".join(f"<td>{escape(value)}</td>" for value in values)
    remove = f'<button class="remove" data-document="{document.id}">{escape(words["remove"])}</button>'
    return f"<tr>{cells}<td>{_state(document, words)}</td><td>{remove}</td></tr>"


def _state(document: StoredDocument, words: Words) -> str:
    state = "ready" if document.is_embedded else "learning"
    text = f'<span class="state {state}">{escape(words["state_" + state])}</span>'
    if not document.warnings:
        return text
    notes = "".join(f"<li>{escape(note(warning, words))}</li>" for warning in document.warnings)
    summary = escape(words["state_warnings"].format(count=len(document.warnings)))
    return f"{text}<details><summary>{summary}</summary><ul>{notes}</ul></details>"


def verdicts_html(verdicts: Iterable[dict[str, Any]], words: Words) -> str:
    """One line a file: what became of it, and why."""
    lines = "".join(
        f'<li class="{verdict["status"]}"><b>{escape(words["verdict_" + verdict["status"]])}</b> '
        f"{_reasons(verdict, words)}</li>"
        for verdict in verdicts
    )
    return f'<ul class="verdicts">{lines}</ul>'


def _reasons(verdict: dict[str, Any], words: Words) -> str:
    """The file's name, where the reason does not begin with it; the reason; and the notes from reading."""
    why = reason(verdict, words) or ""
    name = "" if why.startswith(verdict["file_name"]) else verdict["file_name"]
    notes = (note(warning, words) for warning in verdict["warnings"])
    return escape(name) + "".join(f" <span>{escape(text)}</span>" for text in (why, *notes) if text)


def status_html(
    documents: Sequence[StoredDocument], reading: str | None, words: Words, *, words_only: bool = False
) -> str:
    """The line under the title: how many documents, and what is still being done."""
    notes = [words["status_documents"].format(count=len(documents))]
    if reading:
        notes.append(words["status_reading"].format(name=reading))
    if words_only:
        notes.append(words["status_words_only"])
    elif any(not document.is_embedded for document in documents):
        notes.append(words["status_learning"])
    return "".join(f"<span>{escape(note)}</span>" for note in notes)

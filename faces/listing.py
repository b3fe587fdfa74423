"""The documents kept, as markup: the list and the state of each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from faces.chinese import note
from faces.evidence import source_link
from faces.gaps import Gap, gaps_html
from faces.wording import Words

if TYPE_CHECKING:
    from index_store.store import StoredDocument


def documents_html(
    documents: Sequence[StoredDocument], words: Words, *, may_edit: bool = True, missing: Sequence[Gap] = ()
) -> str:
    """The list, or how to begin when it is empty; its headings sort it (``scripts/listing.js``).

    Each line leads to the file and to what the audit found, and for editors to the removal. Below it,
    what is missing compared with the year before.
    """
    if not documents:
        return f'<p class="hint">{escape(words["list_empty"])}</p>'
    head = "".join(
        '<th scope="col" aria-sort="none">'
        f'<button type="button" class="sort">{escape(words["list_" + column])}</button></th>'
        for column in _COLUMNS
    )
    ordered = sorted(documents, key=lambda d: (d.identity.organization or "", d.identity.fiscal_year or 0))
    body = "".join(_line(document, words, may_edit) for document in ordered)
    doing = f'<th scope="col"><span class="unseen">{escape(words["list_doing"])}</span></th>'
    return (
        f'<div class="grid listing" data-none="{escape(words["list_none"])}"><table>'
        f"<thead><tr>{head}{doing}</tr></thead><tbody>{body}</tbody></table></div>{gaps_html(missing, words)}"
    )


_COLUMNS = ("organization", "year", "kind", "file", "pages", "tables", "figures", "findings", "state")


def _line(document: StoredDocument, words: Words, may_edit: bool) -> str:
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
    name = escape(document.file_name)
    audit = (
        f'<button type="button" class="audit" data-document="{document.id}" '
        f'aria-label="{escape(words["list_audit"])}: {name}">{document.finding_count}</button>'
    )
    remove = (
        f'<button type="button" class="remove" data-document="{document.id}" '
        f'aria-label="{escape(words["remove"])}: {name}">{escape(words["remove"])}</button>'
    )
    doing = source_link(document.id, words["list_file_link"]) + (remove if may_edit else "")
    return f"<tr>{cells}<td>{audit}</td><td>{_state(document, words)}</td><td>{doing}</td></tr>"


def _state(document: StoredDocument, words: Words) -> str:
    state = "ready" if document.is_embedded else "learning"
    text = f'<span class="state {state}">{escape(words["state_" + state])}</span>'
    if not document.warnings:
        return text
    notes = "".join(f"<li>{escape(note(warning, words))}</li>" for warning in document.warnings)
    summary = escape(words["state_warnings"].format(count=len(document.warnings)))
    return f"{text}<details><summary>{summary}</summary><ul>{notes}</ul></details>"


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

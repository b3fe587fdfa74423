"""Files being read and what became of them, as markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from faces.auditing import SEVERITIES
from faces.batches import Batch, FileProgress, Snapshot
from faces.chinese import note, reason
from faces.wording import Words
from ingest.errors import BudgetQAError
from ingest.model import Document

if TYPE_CHECKING:
    from index_store.store import Store

MOST_LINES = 60
"""Files of a batch that get a line of their own while they are read."""


def progress_html(snapshot: Snapshot, words: Words) -> str:
    """A bar for the whole batch and one for each file."""
    shown = "".join(_file_line(file, words) for file in snapshot.files[:MOST_LINES])
    hidden = len(snapshot.files) - MOST_LINES
    more = f"<li>{escape(words['batch_more'].format(count=hidden))}</li>" if hidden > 0 else ""
    return f'<div class="batch">{_total(snapshot, words)}<ul>{shown}{more}</ul></div>'


def _total(snapshot: Snapshot, words: Words) -> str:
    last = snapshot.last
    if last is None:
        return f'<p class="total">{escape(words["batch_waiting"])}</p>'
    said = words["batch_embedding" if last.phase == "embedding" else "batch_files"]
    told = said.format(done=last.done, total=last.total)
    if snapshot.stopping:
        told = words["batch_stopping"]
    elif last.seconds_left:
        told += " · " + words["batch_left"].format(seconds=max(1, round(last.seconds_left)))
    return f'<p class="total"><span>{escape(told)}</span>{_bar(last.done, last.total, told)}</p>'


def _bar(done: int, total: int, name: str) -> str:
    return f'<progress value="{done}" max="{max(total, 1)}" aria-label="{escape(name)}"></progress>'


def _file_line(file: FileProgress, words: Words) -> str:
    told = words["file_" + file.state]
    if file.page_count:
        told += f" {file.page_number}/{file.page_count}"
    pages = file.page_count or 1
    done = pages if file.state == "storing" else file.page_number or 0
    bar = _bar(done, pages, file.name)
    return f"<li><span>{escape(file.name)}</span>{bar}<span>{escape(told)}</span></li>"


def batch_html(batch: Batch, store: Store, words: Words) -> str:
    """A batch that is over: its verdicts, or why it broke off."""
    if batch.failure is not None:
        return f'<p class="failed">{escape(batch.failure or words["failed"])}</p>'
    contents = {v["document_id"]: _content(v["document_id"], store, words) for v in batch.outcomes}
    counts = Counter(verdict["status"] for verdict in batch.outcomes)
    total = " · ".join(f"{words['verdict_' + status]} {count}" for status, count in counts.items())
    return f'<p class="total">{escape(total)}</p>{verdicts_html(batch.outcomes, words, contents)}'


def verdicts_html(
    verdicts: Iterable[dict[str, Any]], words: Words, contents: Mapping[int | None, str] | None = None
) -> str:
    """One line a file: what became of it, why it failed if it did, and what is in it (``contents``, by
    the document's id)."""
    lines = "".join(_verdict(v, words, (contents or {}).get(v.get("document_id"), "")) for v in verdicts)
    return f'<ul class="verdicts">{lines}</ul>'


def _verdict(verdict: dict[str, Any], words: Words, content: str) -> str:
    """The name where the reason does not begin with it; the reason; what was read; notes from reading."""
    why = reason(verdict, words) or ""
    name = "" if why.startswith(verdict["file_name"]) else verdict["file_name"]
    told = [why, content, *(note(warning, words) for warning in verdict["warnings"])]
    spans = "".join(f" <span>{escape(text)}</span>" for text in told if text)
    status = words["verdict_" + verdict["status"]]
    return f'<li class="{verdict["status"]}"><b>{escape(status)}</b> {escape(name)}{spans}</li>'


def _content(document_id: int | None, store: Store, words: Words) -> str:
    if document_id is None:
        return ""
    try:
        return content_line(store.load(document_id), words)
    except BudgetQAError:  # removed meanwhile
        return ""


def content_line(document: Document, words: Words) -> str:
    """What was read from a document: pages, tables, rows, figures, pages by text recognition, findings."""
    rows = [row for table in document.tables for row in table.rows]
    counts = {
        "pages": document.page_count or 0,
        "tables": len(document.tables),
        "rows": len(rows),
        "figures": sum(cell.value is not None for row in rows for cell in row.cells),
        "recognised": len(recognised_pages(document)),
    }
    parts = [words["content_" + name].format(count=f"{count:,}") for name, count in counts.items() if count]
    severities: Counter[str] = Counter(finding.severity for finding in document.findings)
    found = [f"{words['severity_' + s]} {severities[s]}" for s in SEVERITIES if severities[s]]
    if found:
        parts.append(words["content_findings"].format(found=words["joint"].join(found)))
    return " · ".join(parts)


def recognised_pages(document: Document) -> set[int]:
    """The pages of which something was read by text recognition."""
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    fragments: Iterable[Any] = (f for passage in document.passages for f in passage.fragments)
    read = [*cells, *fragments]
    return {r.place.page_number for r in read if r.confidence is not None and r.place.page_number}

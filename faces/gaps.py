"""What a body published last year and has not this year: whole documents, and tables in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from faces.wording import Words
from ingest.model import Kind
from ingest.standard import standard_names

if TYPE_CHECKING:
    from index_store.store import StoredDocument


@dataclass(frozen=True, slots=True)
class Gap:
    """A body whose documents of ``fiscal_year`` lack what those of the year before have."""

    organization: str
    kind: Kind
    fiscal_year: int
    tables: tuple[str, ...]
    """Ids of the usual tables that are missing; empty: there is no document of that year at all."""


def gaps(documents: Sequence[StoredDocument], standards: Mapping[int, AbstractSet[str]]) -> list[Gap]:
    """The gaps of each body, in the newest year that any body has a document of that kind for.

    ``standards``: which of the usual tables each document has, by its id. Several documents of one
    body, year and kind are taken together. A body's own older years are compared too.
    """
    have: dict[tuple[str, Kind, int], set[str]] = {}
    for document in documents:
        who, kind, year = _whose(document)
        if who and kind and year:
            have.setdefault((who, kind, year), set()).update(standards.get(document.id, ()))
    newest = {kind: max(y for _, k, y in have if k == kind) for kind in {k for _, k, _ in have}}
    return sorted(_found(have, newest), key=lambda gap: (-gap.fiscal_year, gap.organization, gap.kind))


def _whose(document: StoredDocument) -> tuple[str | None, Kind | None, int | None]:
    return document.identity.organization, document.identity.kind, document.identity.fiscal_year


def _found(have: Mapping[tuple[str, Kind, int], set[str]], newest: Mapping[Kind, int]) -> Iterable[Gap]:
    for (who, kind, year), before in have.items():
        now = have.get((who, kind, year + 1))
        if now is None and year + 1 == newest[kind]:
            yield Gap(who, kind, year + 1, ())
        elif now is not None and (missing := before - now):
            yield Gap(who, kind, year + 1, tuple(i for i in standard_names() if i in missing))


def gaps_html(found: Sequence[Gap], words: Words) -> str:
    """A quiet list under the documents; nothing where nothing is missing."""
    if not found:
        return ""
    names = standard_names()
    lines = "".join(
        f"<li><b>{escape(gap.organization)}</b> {gap.fiscal_year} {escape(words['kind_' + gap.kind])}："
        f"{escape('、'.join(names[i] for i in gap.tables) or words['gap_document'])}</li>"
        for gap in found
    )
    summary = escape(words["gaps"].format(count=len(found)))
    return f'<details class="gaps"><summary>{summary}</summary><ul>{lines}</ul></details>'

"""Is a table empty, as its note says?"""

from __future__ import annotations

from ingest.model import Place
from ingest.values import name_key
from qa.answer import Answer
from qa.builder import Builder
from qa.case import Case
from qa.linking import Candidate, link_tables
from qa.phrases import marks, phrase
from qa.request import Target
from qa.say import finish, say_item
from qa.vocabulary import bigrams


def check_note(case: Case) -> Answer | None:
    """A note that calls its table empty, against the figures that the table has."""
    if not case.asks("empty_note"):
        return None
    words, asked = case.lexicon.operation["empty_note"], bigrams(case.request.question.key)
    noted = [
        (len(asked & bigrams(name_key(f"{table.table.title}{table.table.notes}"))), facts, table, cells)
        for facts in case.documents
        for table, cells in link_tables(Target(()), facts, case.lexicon)
        if table.table.notes and any(w in table.table.notes for w in words)
    ]
    if not noted:
        return None
    _, facts, table, cells = max(noted, key=lambda n: n[0])
    builder = Builder()
    place = Place(table.table.pages[-1] if table.table.pages else None)
    note = builder.quote(facts, table.table.notes or "", place, None, table=table.table.title)
    held = _heads([c for c in cells if c.value])
    name = "note_wrong" if held else "note_right"
    lines = [phrase(case.language, name, title=table.table.title, marks=marks([note]))]
    lines += [say_item(case.request, builder, c) for c in held]
    return finish(case.request, builder, lines, case.understood)


def _heads(cells: list[Candidate]) -> list[Candidate]:
    """The first row's figures, one for each group of columns: its total, else its first."""
    if not cells:
        return []
    rows = [c.row for c in cells if c.row]
    top = min(rows, key=lambda r: (not r.is_total, r.row_index))
    heads: dict[str, Candidate] = {}
    for cell in (c for c in cells if c.row is top and c.column):
        assert cell.column is not None
        group = next(iter(cell.column.column.path), "")
        if group not in heads or (cell.column.is_total and not _is_total(heads[group])):
            heads[group] = cell
    return list(heads.values())


def _is_total(cell: Candidate) -> bool:
    return cell.column is not None and cell.column.is_total

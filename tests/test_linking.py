"""From a target to the cells and statements it may mean: the right one first, with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from shelves import Kept, Shelf
from worlds import STATION, STREET, WATER, linchuan

from qa.facts import read_facts
from qa.lexicon import load_lexicon
from qa.linking import Candidate, link
from qa.reading import are_enough, is_enough
from qa.scope import Library, for_target, of_bodies, of_year
from qa.understanding import Understood, understand

LEXICON = load_lexicon()


@cache
def library() -> Library:
    return Library(linchuan(), LEXICON)


def read(question: str) -> Understood:
    return understand(question, None, library(), LEXICON)


def ranked(question: str) -> list[Candidate]:
    (target,) = read(question).request.targets
    return [c for c in link(target, for_target(library().facts(), target), LEXICON) if c.value is not None]


@pytest.mark.parametrize(
    ("question", "text", "row"),
    [
        ("水务局2023年办公费", "86.00", ("合计", "办公费")),
        ("水务局2022年公务接待费", "10.00", ("公务接待费",)),
        ("水文监测中心2023年基本支出", "420.00", (STATION,)),
        ("水文监测中心2023年住房保障支出", "40.00", (STATION, "住房保障支出")),
        ("水务局2023年项目支出", "680.00", ("合计",)),
        ("柳林街道2023年城乡社区支出的项目支出", "800.00", ("城乡社区支出",)),
        ("水务局2023年防汛物资采购专项", "200.00", ("防汛物资采购专项",)),
    ],
)
def test_the_first_candidate(question: str, text: str, row: tuple[str, ...]) -> None:
    best = ranked(question)[0]
    assert best.text == text
    assert best.row is not None
    assert best.row.row.label == row[-1]
    assert best.reasons or best.explained


def test_candidates_come_best_first_and_explain_parts_of_the_question() -> None:
    understood = read("水务局2023年办公费")
    found = ranked("水务局2023年办公费")
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    for candidate in found:
        assert candidate.explained <= set(range(len(understood.request.question.key)))


def test_every_candidate_stands_in_a_document_of_the_target() -> None:
    for candidate in ranked("水务局2023年公务接待费"):
        assert candidate.facts.document.identity.organization == WATER
        assert candidate.facts.document.identity.fiscal_year == 2023
        if candidate.row and candidate.column:
            cell = candidate.row.row.cells[candidate.column.column_index]
            assert (cell.text, cell.value, cell.unit) == (candidate.text, candidate.value, candidate.unit)


def test_a_stated_figure_is_a_candidate_too() -> None:
    stated = [c for c in ranked("水务局2023年收支总预算") if c.stated]
    assert str(stated[0].value) == "1850.00"
    passages = stated[0].facts.document.passages
    fact = stated[0].stated
    assert fact is not None
    text = passages[fact.statement.passage_index].text
    assert text[fact.figure.start : fact.figure.end] == fact.figure.text


def test_a_figure_stands_for_its_own_name_and_not_for_anothers() -> None:
    understood = read("水务局2023年办公费占公务接待费的百分之几")
    part, whole = (*understood.request.targets, *understood.request.denominators)
    (office, *_), (reception, *_) = (link(t, understood.documents, load_lexicon()) for t in (part, whole))
    assert are_enough(understood, (part, whole), [office, reception])
    everything = replace(office, explained=frozenset())
    assert not is_enough(understood, whole, [everything, office, reception])


def test_amounts_compare_in_yuan() -> None:
    assert str(ranked("水务局2023年办公费")[0].amount[0]) == "860000.00"
    assert ranked("水务局2023年办公费")[0].amount[1] == "元"


def test_bodies_and_units() -> None:
    names = {b.name: b for b in library().bodies()}
    assert {WATER, STREET, STATION} <= names.keys()
    assert names[STATION].is_unit
    assert not names[WATER].is_unit
    assert len(of_bodies(library().facts(), [names[STREET]])) == 1


def test_a_year_has_its_own_documents() -> None:
    facts = library().facts()
    assert {d.document.identity.fiscal_year for d in of_year(facts, 2022)} == {2022}
    assert of_year(facts, None) == facts
    assert of_year(facts, 1999) == []


def test_facts_hold_every_row_and_column_once() -> None:
    document = linchuan().load(2)
    facts = read_facts(2, document, LEXICON)
    for fact, table in zip(facts.tables, document.tables, strict=True):
        assert [r.row for r in fact.rows] == list(table.rows)
        assert [c.column for c in fact.columns] == list(table.columns)
    assert len(facts.stated) == sum(len(s.figures) for s in document.statements)
    assert set(facts.units.values()) == {f"{WATER}本级", STATION}


class Emptying(Shelf):
    """A shelf of which only the first documents are left."""

    left = 4

    def documents(self) -> Sequence[Kept]:
        return super().documents()[: self.left]


def test_what_is_removed_from_the_store_is_forgotten() -> None:
    shelf = Emptying([k.document for k in linchuan().documents()])
    mine = Library(shelf, LEXICON)
    assert len(mine.facts()) == 4
    shelf.left = 3
    assert {d.document.identity.organization for d in mine.facts()} == {WATER}
    assert STREET not in {b.name for b in mine.bodies()}

"""A department's budget and that of its own unit, of one body and year: told apart, never added."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelves import Shelf

from index_store.store import Store
from ingest import read_document
from ingest.model import Document
from qa.answer import Answer
from qa.engine import Engine
from qa.guard import check

DEPARTMENT, OWN_UNIT = "临江市民政局部门预算", "临江市民政局（本级）单位预算"


def budget(folder: Path, name: str, income: str, reception: str) -> Document:
    path = folder / f"{name}.txt"
    path.write_text(
        f"2031年{name}\n\n一、收入预算说明\n\n2031年收入预算{income}万元，比上年增加10.00万元，主要原因是人员增加。\n\n"
        f"“三公”经费预算表\n单位：万元\n项目\t2031年预算\n合计\t{reception}\n公务接待费\t{reception}\n",
        encoding="utf-8",
    )
    return read_document(path)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    folder = tmp_path_factory.mktemp("levels")
    return [budget(folder, DEPARTMENT, "5000.00", "30.00"), budget(folder, OWN_UNIT, "3000.00", "20.00")]


def ask(documents: list[Document], question: str) -> Answer:
    return check(Engine(Shelf(documents)).answer(question))


def test_both_are_of_one_body_at_two_levels(both: list[Document]) -> None:
    assert {d.identity.organization for d in both} == {"临江市民政局"}
    assert [d.identity.level for d in both] == ["department", "unit"]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("临江市民政局2031年公务接待费是多少？", "30.00"),
        ("2031年公务接待费是多少？", "30.00"),
        ("各部门2031年公务接待费一共多少？", "30.00"),
        ("临江市民政局本级2031年公务接待费是多少？", "20.00"),
        ("临江市民政局（本级）2031年公务接待费是多少？", "20.00"),
        ("民政局2031年单位预算里公务接待费是多少？", "20.00"),
        ("临江市民政局2031年收入预算是多少？", "5,000.00"),
        ("临江市民政局本级2031年收入预算是多少？", "3,000.00"),
    ],
)
def test_a_question_gets_the_departments_figure_or_the_own_units(
    both: list[Document], order: int, question: str, value: str
) -> None:
    answer = ask(both[::order], question)
    assert answer.status == "answered"
    assert [f"{figure.value:,}" for figure in answer.figures] == [value]


def test_they_can_be_compared(both: list[Document]) -> None:
    answer = ask(both, "临江市民政局2031年公务接待费和临江市民政局本级2031年公务接待费相差多少？")
    assert "10.00 万元" in answer.text
    assert "临江市民政局（本级）" in answer.text


def test_a_unit_alone_is_the_body_itself(both: list[Document]) -> None:
    answer = ask(both[1:], "临江市民政局2031年公务接待费是多少？")
    assert [figure.value for figure in answer.figures] == [20]


def test_the_store_keeps_both(both: list[Document], tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for document in both:
            store.add(document)
        assert sorted(str(d.identity.level) for d in store.documents()) == ["department", "unit"]

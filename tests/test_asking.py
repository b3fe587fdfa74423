"""What the chat says around an answer: how it was found, what to ask next, and how it is copied."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from markdown_it import MarkdownIt
from worlds import WATER, linchuan

from faces import followups
from faces.answers import answer_html
from faces.copying import as_markdown, as_rows, plain_text
from faces.desk import LocalDesk
from faces.examples import Examples, example_questions
from faces.followups import follow_ups
from faces.steps import Step, all_steps, first_steps
from faces.wording import words
from qa.answer import Answer, Citation, Figure, Language

ZH, EN = words("zh"), words("en")


@pytest.fixture(scope="module")
def desk() -> LocalDesk:
    return LocalDesk(linchuan())  # type: ignore[arg-type]


def steps_of(desk: LocalDesk, question: str) -> dict[str, str]:
    first = first_steps(desk.engine.understand(question), ZH)
    return {step.name: step.text for step in all_steps(desk.engine.answer(question), first, ZH)}


# -- how it was found ----------------------------------------------------------------------


def test_the_steps_say_what_the_engine_did(desk: LocalDesk) -> None:
    question = "水务局2023年公务接待费占“三公”经费的比重是多少？"
    answer, steps = desk.engine.answer(question), steps_of(desk, question)
    assert list(steps) == ["understood", "searched", "used", "calculated", "checked"]
    assert steps["understood"].startswith("比重：临川市水务局 2023年 公务接待费，占")
    assert all(citation.doc in steps["searched"] for citation in answer.citations)
    assert all((c.table or c.section or "") in steps["used"] for c in answer.citations)
    assert steps["calculated"] == "12.50 ÷ 40.00 × 100 = 31.25%"
    assert str(len(answer.citations)) in steps["checked"]


def test_nothing_calculated_is_no_step(desk: LocalDesk) -> None:
    assert "calculated" not in steps_of(desk, "水务局2023年公务接待费是多少？")
    assert steps_of(desk, "你好") == {}


def test_an_answer_that_was_kept_tells_what_it_knows(desk: LocalDesk) -> None:
    answer = desk.engine.answer("水务局2023年公务接待费是多少？")
    assert all_steps(answer, (), ZH)[0] == Step("understood", answer.understood)
    html = answer_html(answer, 0, ZH)
    assert '<details class="way">' in html
    assert ZH["way"] in html


def test_many_documents_are_counted(desk: LocalDesk) -> None:
    first = first_steps(desk.engine.understand("公务接待费是多少？"), EN)
    searched = next(step.text for step in first if step.name == "searched")
    assert searched.endswith("and 1 more")


# -- what to ask next ----------------------------------------------------------------------

ASKED: list[tuple[str, Language]] = [
    ("水务局2023年公务接待费是多少？", "zh"),
    ("水务局2023年公务接待费占“三公”经费的比重是多少？", "zh"),
    ("水务局2023年金额最大的三个项目是什么？", "zh"),
    ("水务局和柳林街道办事处2023年的培训费哪个多？", "zh"),
    ("水务局的主要职责是什么？", "zh"),
    ("How much was “公务接待费” in the 2023 budget of 临川市水务局?", "en"),
]


@pytest.mark.parametrize(("question", "language"), ASKED)
def test_what_to_ask_next_is_answered_with_other_figures(
    desk: LocalDesk, question: str, language: Language
) -> None:
    answer = desk.engine.answer(question)
    offered = follow_ups(desk, [question], answer)
    assert 1 <= len(offered) <= followups.COUNT
    assert question not in offered
    shown = {(figure.value, figure.unit) for figure in answer.figures}
    for next_question in offered:
        found = desk.engine.answer(next_question, [question])
        assert found.status == "answered"
        assert found.language == language
        assert not found.figures or {(f.value, f.unit) for f in found.figures} - shown


def test_a_figure_leads_to_its_share_the_year_before_and_the_reason(desk: LocalDesk) -> None:
    question = "水务局2023年公务接待费是多少？"
    answers = [desk.engine.answer(q) for q in follow_ups(desk, [question], desk.engine.answer(question))]
    assert [a.figures[0].value for a in answers[:2]] == [Decimal("31.25"), Decimal("25.00")]
    assert "外省来访交流增多" in answers[2].text


def test_a_ranking_leads_to_its_first_line(desk: LocalDesk) -> None:
    question = "水务局2023年金额最大的三个项目是什么？"
    offered = follow_ups(desk, [question], desk.engine.answer(question))
    assert all("智慧水务平台二期建设" in q for q in offered)
    assert desk.engine.answer(offered[0]).figures[0].value == Decimal("16.22")  # 300 of 1,850
    assert "水质自动监测站点" in desk.engine.answer(offered[1]).text


def test_the_lines_beside_a_figure_are_its_siblings(desk: LocalDesk) -> None:
    question = "水务局2023年会议费是多少？"
    answer = desk.engine.answer(question)
    parts = followups._parts(desk, desk.engine.understand(question), answer)
    assert parts["whole"][0] == "商品和服务支出"
    assert parts["sibling"][0] == "培训费"
    assert "合计" not in parts["sibling"]
    assert "基本工资" not in parts["sibling"]  # of another group


def test_the_share_of_a_thing_in_itself_is_no_news(desk: LocalDesk) -> None:
    shown = desk.engine.answer("水务局2023年支出总计是多少？")
    whole, part = (
        desk.engine.answer(f"水务局2023年{item}占支出总计的比重是多少？") for item in ("支出总计", "项目支出")
    )
    assert (whole.figures[0].value, part.figures[0].value) == (Decimal(100), Decimal("36.76"))
    assert not followups._is_news(whole, shown)
    assert followups._is_news(part, shown)


def test_a_leftover_that_resembles_a_name_is_not_asked_about(desk: LocalDesk) -> None:
    question = "水务局2023年智慧平台二期是多少？"
    understood = desk.engine.understand(question)
    assert not all(item.is_known_name for item in understood.request.targets[0].items)
    assert followups._parts(desk, understood, desk.engine.answer(question))["item"] == []


def test_what_was_asked_before_is_not_offered_again(desk: LocalDesk) -> None:
    question = "水务局2023年公务接待费是多少？"
    answer = desk.engine.answer(question)
    first = follow_ups(desk, [question], answer)[0]
    assert first not in follow_ups(desk, [first, question], answer)


def test_no_question_is_tried_after_its_time(desk: LocalDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "水务局2023年公务接待费是多少？"
    answer = desk.engine.answer(question)
    monkeypatch.setattr(followups, "TRYING_SECONDS", -1.0)
    assert follow_ups(desk, [question], answer) == []


@pytest.mark.parametrize("question", ["公务接待费是多少？", "水务局2031年公务接待费是多少？"])
def test_what_was_not_answered_leads_nowhere(desk: LocalDesk, question: str) -> None:
    answer = desk.engine.answer(question)
    assert answer.status != "answered"
    assert follow_ups(desk, [question], answer) == []


def test_a_failing_engine_offers_nothing(desk: LocalDesk) -> None:
    class Failing:
        def understand(self, question: str, history: Any) -> Any:
            raise RuntimeError

    answer = desk.engine.answer("水务局2023年公务接待费是多少？")
    broken = LocalDesk(desk.store, Failing())  # type: ignore[arg-type]
    assert follow_ups(broken, ["水务局2023年公务接待费是多少？"], answer) == []


# -- what to begin with --------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_examples_differ_in_kind_and_in_document(desk: LocalDesk, language: Language) -> None:
    offered = example_questions(desk.engine, desk.store.documents(), language)
    found = [desk.engine.understand(question).request for question in offered]
    assert len({(r.intent, r.measure, r.combination) for r in found}) == len(offered) >= 4
    assert {"value", "share"} <= {r.measure for r in found}
    assert len({b.name for r in found for t in r.targets if t.body for b in t.body.bodies}) > 1


def test_examples_are_worked_out_once_for_what_is_loaded(
    desk: LocalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples, documents = Examples(), desk.store.documents()
    offered = examples.questions(desk.engine, documents, "zh")
    monkeypatch.setattr(desk.engine, "answer", None)
    assert examples.questions(desk.engine, documents, "zh") == offered
    assert examples.questions(desk.engine, documents[:1], "zh") == []  # tried again, and nothing answers


# -- copies --------------------------------------------------------------------------------

HOSTILE = "=1+1\t![x](http://192.0.2.1/x.png)<img src=x>"


def hostile_answer() -> Answer:
    cited = Citation(1, 1, HOSTILE, HOSTILE, page_number=3, table=HOSTILE, row=HOSTILE, column=HOSTILE)
    figure = Figure(Decimal("-5.20"), "万元", HOSTILE, (1,))
    return Answer("answered", f"**-5.20 万元**[1]：{HOSTILE}", "zh", (figure,), (cited,))


def test_a_row_holds_the_figure_and_where_it_stands(desk: LocalDesk) -> None:
    answer = desk.engine.answer("水务局2023年公务接待费占“三公”经费的比重是多少？")
    (row,) = csv.reader(io.StringIO(as_rows(answer)), dialect="excel-tab", quoting=csv.QUOTE_NONE)
    label, value, unit, doc, page, table, lines, column = row
    assert (label, value, unit) == (answer.figures[0].label, "31.25", "%")
    assert doc == answer.citations[0].doc
    assert {page, table, column} == {"6", answer.citations[0].table, answer.citations[0].column}
    assert lines == "; ".join(dict.fromkeys(c.row or "" for c in answer.citations))


def test_a_hostile_name_is_neither_a_formula_nor_a_field_of_its_own() -> None:
    fields = as_rows(hostile_answer()).split("\t")
    assert len(fields) == 8
    assert fields[1] == "-5.20"
    assert not any(field.startswith("=") for field in fields)


def test_markdown_keeps_emphasis_and_shows_markup_as_text(desk: LocalDesk) -> None:
    html = MarkdownIt("commonmark").render(as_markdown(hostile_answer(), ZH))
    assert "<strong>-5.20 万元</strong>" in html
    assert set(re.findall(r"<([a-z]+)", html)) <= {"p", "strong", "br", "ul", "li"}
    assert html.count("![x](http://192.0.2.1/x.png)&lt;img src=x&gt;") == 6
    answer = desk.engine.answer("水务局2023年金额最大的三个项目是什么？")
    assert MarkdownIt("commonmark").render(as_markdown(answer, ZH)).count("<li>") == 3 + len(answer.citations)


def test_every_form_is_offered_where_there_is_something_to_copy(desk: LocalDesk) -> None:
    answer = desk.engine.answer("水务局2023年公务接待费是多少？")
    copies = dict(re.findall(r'data-form="(\w+)" data-copy="([^"]*)"', answer_html(answer, 0, ZH)))
    assert unescape(copies["text"]) == plain_text(answer, ZH)
    assert set(copies) == {"text", "markdown", "rows"}
    without = answer_html(replace(answer, figures=()), 0, ZH)
    assert 'data-form="rows"' not in without
    assert WATER in unescape(copies["rows"])


def test_marks_in_a_warning_lead_to_their_places(desk: LocalDesk) -> None:
    answer = desk.engine.answer("水务局2023年公务接待费是多少？")
    html = answer_html(replace(answer, warnings=("两处不一致[1]，见文件[2017]。",)), 2, ZH)
    notes = html.split('<div class="notes">')[1].split("</div>")[0]
    assert notes.count('class="cite" data-turn="2" data-n="1"') == 1
    assert "[2017]" in notes

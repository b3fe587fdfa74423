"""An answer's page, chart, table, files, copy and citations give the same numbers, to the last digit."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from html import unescape
from xml.etree import ElementTree

import pytest
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st
from made_answers import Made
from openpyxl import load_workbook
from shelves import Shelf

from faces.answers import answer_html
from faces.comparing import chart_of
from faces.copying import as_markdown, as_rows
from faces.result_rows import ResultRow, result_rows
from faces.results import results_file
from faces.wording import Words, words
from ingest import read_document
from ingest.values import places
from qa.answer import Answer
from qa.calculator import CalculationError, difference, evaluate, growth, round_half_up, share, total
from qa.engine import Engine

SAMPLES = PROJECT / "samples"
_MOST_EXACT_DIGITS = 15


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    """What the samples' own questions are answered with."""
    engine = Engine(Shelf([read_document(path) for path in sorted(SAMPLES.glob("*.pdf"))]))
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    found = [engine.answer(q["question"], [h["question"] for h in q.get("history", ())]) for q in asked]
    return [answer for answer in found if answer.status == "answered"]


def check(answer: Answer, said: Words) -> None:
    """Everything that is shown or saved of an answer holds the values of its figures."""
    rows = result_rows(answer)
    check_sources(rows)
    check_page(answer, rows, said)
    check_copies(answer, said)
    if rows:
        check_files(answer, rows, said)


def check_sources(rows: tuple[ResultRow, ...]) -> None:
    """A quoted value is printed in its quote, digit by digit; a result is what its expression comes to."""
    for row in rows:
        for calculation in row.workings:
            worked = round_half_up(evaluate(calculation.expression), places(calculation.value))
            assert worked == calculation.value
        if row.calculation is None:
            quote = "".join(citation.quote for citation in row.citations)
            printed = f"{abs(row.value):f}", f"{abs(row.value):,f}"
            assert any(number in quote for number in printed) or row.unit == "个"
        else:
            assert str(row.value) == str(row.calculation.value)


def check_page(answer: Answer, rows: tuple[ResultRow, ...], said: Words) -> None:
    html = answer_html(answer, 0, said)
    if '<div class="results">' not in html:
        return
    table = [unescape(text) for text in re.findall(r'<td class="value"[^>]*>([^<]*)</td>', html)]
    has_share = any(row.share for row in rows)
    shares = [[f"{row.share.value:,f}" if row.share else ""] * has_share for row in rows]
    assert table == [text for row, parts in zip(rows, shares, strict=True) for text in (row.shown, *parts)]
    chart, svg = chart_of(rows, said), re.search(r"<svg.*</svg>", html)
    assert (chart is None) == (svg is None)
    if chart is None or svg is None:
        return
    texts = ElementTree.fromstring(svg[0]).iter("{http://www.w3.org/2000/svg}text")
    labels = [text.text or "" for text in texts if text.get("class") == "value"]
    assert sorted(labels) == sorted(point.shown for point in chart.points)
    for label in labels:
        value, *rest = label.split(" · ")
        number, *unit = value.split(" ")
        [row] = {r.value: r for r in rows if r.shown == number and unit in ([], [r.unit])}.values()
        assert rest in ([], [f"{row.share.value:,f}%"] if row.share else [])


def check_copies(answer: Answer, said: Words) -> None:
    markdown, lines = as_markdown(answer, said).replace("\\", ""), as_rows(answer).splitlines()
    assert [line.split("\t")[1].removeprefix("'") for line in lines] == [
        f"{figure.value:f}" for figure in answer.figures
    ]
    for figure in answer.figures:
        printed = f"{abs(figure.value):,f}", f"{abs(figure.value):f}"
        assert any(number in markdown for number in printed)


def check_files(answer: Answer, rows: tuple[ResultRow, ...], said: Words) -> None:
    text = results_file(answer, "csv", said)[1].decode("utf-8-sig")
    records = list(csv.DictReader(io.StringIO(text)))
    assert [r[said["results_value"]] for r in records] == [f"{row.value:f}" for row in rows]
    assert [r[said["results_share"]] for r in records] == [
        f"{row.share.value:f}" if row.share else "" for row in rows
    ]
    quotes = ["\n".join(c.quote for c in row.citations) for row in rows]
    assert [r[said["column_quote"]].removeprefix("'") for r in records] == [
        q.removeprefix("'") for q in quotes
    ]
    sheet = load_workbook(io.BytesIO(results_file(answer, "xlsx", said)[1])).active
    assert sheet is not None
    column = [cell.value for cell in sheet[1]].index(said["results_value"]) + 1
    for line, row in enumerate(rows, start=2):
        cell = sheet.cell(line, column)
        assert Decimal(str(cell.value)) == row.value
        if len(row.value.as_tuple().digits) <= _MOST_EXACT_DIGITS:
            assert cell.number_format.partition(".")[2] == "0" * places(row.value)
        else:
            assert cell.value == f"{row.value:f}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_over_the_samples_agree_with_all_that_is_made_of_them(
    answers: list[Answer], language: str
) -> None:
    said = words("zh" if language == "zh" else "en")
    assert len(answers) > 60
    assert sum(chart_of(result_rows(answer), said) is not None for answer in answers) > 15
    for answer in answers:
        check(answer, said)


values = (
    st.decimals(-(10**12), 10**12, places=2) | st.decimals(0, 10**6, places=0) | st.decimals(0, 1, places=6)
)
names = st.sampled_from(["会议费", "公务接待费", "一、一般公共服务支出", "=1+1", "项目 <b>"])


@st.composite
def made_answers(draw: st.DrawFn) -> Answer:
    """Figures of any units, years and bodies, and what is worked out of those that go together."""
    made = Made()
    money = draw(st.booleans())
    units = ["元", "万元", "亿元"] if money else ["人", "%"]
    operands = [
        made.figure(
            draw(values),
            *draw(st.lists(names, min_size=1, max_size=2)),
            unit=draw(st.sampled_from(units)) if money else units[0],
            year=draw(st.sampled_from([2016, 2017, 2018, 2019])),
            body=draw(st.sampled_from(["甲局", "乙局"])),
        )
        for _ in range(draw(st.integers(1, 6)))
    ]
    for work in draw(st.lists(st.sampled_from([share, growth, difference]), max_size=3)):
        try:
            made.result(work(operands[0], operands[-1]))
        except CalculationError:  # divided by 0
            continue
    if draw(st.booleans()):
        made.result(total(operands), 2)
    return made.answer()


@settings(max_examples=60)
@given(made_answers())
def test_any_answer_agrees_with_all_that_is_made_of_it(answer: Answer) -> None:
    check(answer, words("zh"))

"""What of an answer is drawn, listed and written to files."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_answers import DOCUMENT, Made, listed
from openpyxl import load_workbook

from faces.charts import Chart
from faces.comparing import MOST_BARS, chart_of
from faces.result_rows import result_rows
from faces.results import results_file, results_html
from faces.wording import words
from qa.answer import Answer, Figure
from qa.calculator import converted, difference, growth, share, total

ZH, EN = words("zh"), words("en")
PARTS = (("因公出国（境）费", "46.80"), ("公务接待费", "24.53"), ("公务用车费", "0.00"))


def chart(answer: Answer) -> Chart:
    made = chart_of(result_rows(answer), ZH)
    assert made is not None
    return made


def drawn(answer: Answer) -> list[tuple[str, str]]:
    return [(point.label, point.shown) for point in chart(answer).points]


# -- what is drawn -------------------------------------------------------------------------


def test_things_of_one_unit_are_bars_in_the_order_of_the_answer() -> None:
    made = chart(listed(PARTS))
    assert made.kind == "bars"
    assert made.unit == "万元"
    assert made.title == "样例市财政局 2017年"
    assert DOCUMENT in made.source
    assert drawn(listed(PARTS)) == list(PARTS)


def test_what_all_names_share_stands_in_the_title() -> None:
    made = Made()
    for name, value in PARTS:
        made.figure(value, "“三公”经费", name, "2017年预算")
    assert chart(made.answer()).title == "样例市财政局 2017年 “三公”经费·预算"
    assert drawn(made.answer()) == list(PARTS)


def test_bodies_are_told_apart_by_their_names() -> None:
    made = Made()
    made.figure("5.00", "会议费", body="甲局")
    made.figure("7.00", "会议费", body="乙局")
    assert drawn(made.answer()) == [("甲局", "5.00"), ("乙局", "7.00")]
    assert chart(made.answer()).title == "2017年 会议费"


def test_three_years_are_a_line_and_two_are_bars_in_their_order() -> None:
    made = Made()
    made.figure("3.00", "会议费", "2019年预算", year=2019)
    made.figure("1.00", "会议费", "2017年预算", year=2017)
    assert chart(made.answer()).kind == "bars"
    assert drawn(made.answer()) == [("2017年", "1.00"), ("2019年", "3.00")]
    made.figure("2.00", "会议费", "2018年预算", year=2018)
    assert chart(made.answer()).kind == "lines"
    assert chart(made.answer()).title == "样例市财政局 会议费·预算"


def test_years_whose_labels_would_touch_are_bars_in_their_order() -> None:
    made = Made()
    for year in range(2019, 2012, -1):
        made.figure("1234567.00", "会议费", year=year)
    assert chart(made.answer()).kind == "bars"
    assert [label for label, _ in drawn(made.answer())] == [f"{year}年" for year in range(2013, 2020)]


def test_several_things_over_years_are_several_lines() -> None:
    made = Made()
    for year in (2017, 2018, 2019):
        for name in ("会议费", "培训费"):
            made.figure("1.00", name, year=year)
    assert chart(made.answer()).kind == "lines"
    assert chart(made.answer()).series == ("会议费", "培训费")


def test_two_years_of_several_things_are_coloured_by_year() -> None:
    made = Made()
    for year in (2018, 2017):
        for name in ("会议费", "培训费"):
            made.figure("1.00", name, year=year)
    assert chart(made.answer()).series == ("2017年", "2018年")
    assert [label for label, _ in drawn(made.answer())] == [
        "2017年 会议费",
        "2018年 会议费",
        "2017年 培训费",
        "2018年 培训费",
    ]


def test_money_is_compared_over_its_units_and_labelled_as_printed() -> None:
    made = Made()
    made.figure("1.50", "甲", unit="万元")
    made.figure("30,000".replace(",", ""), "乙", unit="元")
    assert drawn(made.answer()) == [("甲", "1.50 万元"), ("乙", "30,000 元")]
    assert [point.size for point in chart(made.answer()).points] == [Decimal("1.5"), Decimal(3)]


def test_other_units_are_not_compared() -> None:
    made = Made()
    made.figure("3.00", "金额")
    made.figure("3", "数量", unit="辆")
    assert chart_of(result_rows(made.answer()), ZH) is None


def test_a_change_is_drawn_by_the_figures_that_it_is_worked_from() -> None:
    made = Made()
    now = made.figure("24.53", "公务接待费", year=2017, is_input=True)
    before = made.figure("22.95", "公务接待费", year=2016, is_input=True)
    made.result(growth(now, before))
    made.result(difference(now, before))
    assert drawn(made.answer()) == [("2016年", "22.95"), ("2017年", "24.53")]
    assert [row.shown for row in result_rows(made.answer())] == ["6.88", "1.58", "24.53", "22.95"]


def test_a_whole_is_not_drawn_beside_its_parts() -> None:
    made = Made()
    made.figure("71.33", "合计")
    made.result(total([made.figure(value, name, is_input=True) for name, value in PARTS]))
    assert drawn(made.answer()) == list(PARTS)
    ranked = [("甲", "3.00"), ("乙", "2.00"), ("丙", "1.00")]
    assert drawn(listed(ranked)) == ranked  # that some add up to one makes it no whole


def test_shares_stand_beside_the_parts() -> None:
    made = Made()
    whole = made.figure("71.33", "合计")
    for name, value in PARTS[:2]:
        made.result(share(made.figure(value, name), whole))
    assert drawn(made.answer()) == [
        ("因公出国（境）费", "46.80 · 65.61%"),
        ("公务接待费", "24.53 · 34.39%"),
    ]
    assert [row.share and row.share.value for row in result_rows(made.answer())] == [
        None,
        Decimal("65.61"),
        Decimal("34.39"),
    ]


def test_one_ratio_is_a_row_of_its_own() -> None:
    made = Made()
    made.result(share(made.figure("24.53", "公务接待费"), made.figure("71.33", "合计")))
    assert [(row.shown, row.unit, row.share) for row in result_rows(made.answer())] == [
        ("24.53", "万元", None),
        ("71.33", "万元", None),
        ("34.39", "%", None),
    ]


def test_a_converted_figure_is_drawn_and_its_source_is_a_row() -> None:
    made = Made()
    for name, value in PARTS[:2]:
        made.result(converted(made.figure(value, name, is_input=True), "元"), 0)
    answer = made.answer()
    assert drawn(answer) == [("因公出国（境）费", "468,000"), ("公务接待费", "245,300")]
    assert len(result_rows(answer)) == 4


def test_a_long_list_is_drawn_in_part_and_says_so() -> None:
    answer = listed([(f"项目{n}", f"{n}.00") for n in range(1, MOST_BARS + 10)])
    assert len(chart(answer).points) == MOST_BARS
    assert ZH["results_first"].format(count=MOST_BARS) in chart(answer).source
    assert results_html(answer, 0, ZH).count("<tr>") == MOST_BARS + 10


def test_labels_are_never_alike() -> None:
    labels = [label for label, _ in drawn(listed([("甲", "1.00"), ("甲", "2.00"), ("乙", "3.00")]))]
    assert labels == ["甲 (1)", "甲 (2)", "乙"]


def test_names_are_unlike_the_years_in_them() -> None:
    made = Made()
    for year in (2017, 2018, 2019):
        made.figure("1.00", f"{year}年“三公”经费预算数", year=year)
    assert chart(made.answer()).title == "样例市财政局 “三公”经费预算数"


# -- the page ------------------------------------------------------------------------------


def test_results_show_only_where_there_is_something_to_compare() -> None:
    assert results_html(listed(PARTS[:1]), 0, ZH) == ""
    quoted = Answer("answered", "…", "zh", tuple(Figure(Decimal(n), "万元", "", (1,)) for n in (1, 2)))
    assert results_html(quoted, 0, ZH) == ""
    refused = Answer("no_answer", "没有", "zh")
    assert results_html(refused, 0, ZH) == ""


@pytest.mark.parametrize("said", [ZH, EN])
def test_the_table_has_a_row_for_each_figure_and_its_source(said: dict[str, str]) -> None:
    html = results_html(listed(PARTS), 3, said)
    assert re.findall(r'<td class="value" data-key="([^"]*)"', html) == ["468000.00", "245300.00", "0.00"]
    assert re.findall(r'<td class="value"[^>]*>([^<]*)<', html) == ["46.80", "24.53", "0.00"]
    assert html.count('class="cite" data-turn="3"') == 3
    assert html.count('aria-sort="none"') == 4
    assert re.findall(r'data-form="(\w+)"', html) == ["xlsx", "csv", "png"]
    assert 'data-name="样例市财政局' in html


def test_without_a_chart_the_table_is_open_and_there_is_no_picture() -> None:
    made = Made()
    made.figure("3.00", "金额")
    made.figure("3", "数量", unit="辆")
    html = results_html(made.answer(), 0, ZH)
    assert "<details open>" in html
    assert "png" not in html


HOSTILE = "<img src=x onerror=alert(1)>\"'&=cmd|'/c calc'!A0"


def test_hostile_names_stay_text() -> None:
    html = results_html(listed([(HOSTILE, "1.00"), (f"{HOSTILE}2", "2.00")], body=HOSTILE), 0, ZH)
    assert "<img" not in html
    assert "onerror" in unescape(html)
    assert not re.search(r"<(?:script|img|a|style|foreignObject|use|image)\b", html)


# -- the files -----------------------------------------------------------------------------


def test_files_hold_every_row_with_its_source() -> None:
    made = Made()
    made.result(total([made.figure(value, name) for name, value in PARTS]), label="合计")
    name, content = results_file(made.answer(), "csv", ZH)
    assert name == "样例市财政局 2017年.csv"
    *rows, last = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert [(r[ZH["results_value"]], r[ZH["column_row"]]) for r in rows] == [(v, n) for n, v in PARTS]
    assert [r[ZH["column_page"]] for r in rows] == ["1", "2", "3"]
    assert {r[ZH["column_document"]] for r in rows} == {DOCUMENT}
    assert last[ZH["results_item"]] == f"{ZH['results_calculated']} · 合计"
    assert last[ZH["column_working"]] == "46.80 + 24.53 + 0.00 = 71.33 万元"
    assert last[ZH["column_quote"]] == "46.80\n24.53\n0.00"


def test_a_workbook_keeps_the_decimals_that_are_printed() -> None:
    name, content = results_file(listed([("甲", "1234567.80"), ("乙", "5")]), "xlsx", EN)
    assert name.endswith(".xlsx")
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    values = [sheet.cell(row, 2) for row in (2, 3)]
    assert [(c.value, c.number_format) for c in values] == [(1234567.8, "#,##0.00"), (5, "#,##0")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_a_file_is_a_formula(start: str) -> None:
    armed = f"{start}HYPERLINK(1)"
    answer = listed([(armed, "-1.00"), ("乙", "2.00")], body=armed)
    (row, _) = csv.DictReader(io.StringIO(results_file(answer, "csv", ZH)[1].decode("utf-8-sig")))
    assert row[ZH["column_organization"]].startswith("'")
    assert row[ZH["column_row"]].startswith("'")
    assert row[ZH["results_value"]] == "-1.00"
    sheet = load_workbook(io.BytesIO(results_file(answer, "xlsx", ZH)[1])).active
    assert sheet is not None
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_the_name_of_a_file_is_a_name(body: str, name: str) -> None:
    given_name, _ = results_file(listed([(name, "1.00"), (f"{name}2", "2.00")], body=body), "csv", ZH)
    assert given_name.endswith(".csv")
    assert len(given_name) <= 64
    assert not re.search(r'[\x00-\x1f/\\:*?"<>|]', given_name)
    assert not given_name.startswith(".")


def test_other_files_are_refused() -> None:
    with pytest.raises(ValueError, match="exe"):
        results_file(listed(PARTS), "exe", ZH)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0 rows"):
        results_file(Answer("no_answer", "", "zh"), "csv", ZH)

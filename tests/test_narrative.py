"""Lines -> passages under their headings, with nothing lost; then what questions quote from the corpus."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from grids import flat, matrix_grid
from hypothesis import given
from hypothesis import strategies as st

from ingest.grid import Page, TextLine
from ingest.model import Passage, Place
from ingest.narrative import read_narrative
from ingest.prose import join_lines
from ingest.values import name_key

LEFT, RIGHT, SIZE = 90.0, 505.0, 16.0


def page(number: int, *lines: str, starts: Sequence[bool | None] | None = None) -> Page:
    """A page set like print: ``|`` centres a line, a space in front indents it by two characters."""
    blocks = []
    for index, line in enumerate(lines):
        width = SIZE * len(line.strip("| "))
        x0 = (595 - width) / 2 if line.startswith("|") else LEFT + 2 * SIZE * line.startswith(" ")
        box = (x0, 80.0 + 30 * index, min(x0 + width, RIGHT), 96.0 + 30 * index)
        begins = starts[index] if starts else x0 > LEFT
        blocks.append(TextLine(line.strip("| "), Place(number, box), begins, SIZE))
    return Page(number, 595.0, 842.0, tuple(blocks))


def read(*contents: Page) -> tuple[Passage, ...]:
    return read_narrative(list(contents), frozenset())


FULL = "本年度收支总预算安排用于保障机构正常运转和完成日常工"
"""A line of print that its margin wraps: 26 characters."""


def test_wrapped_lines_are_one_passage_without_spaces() -> None:
    (passage,) = read(page(1, " " + FULL[:24], FULL, "作。"))
    assert passage.text == FULL[:24] + FULL + "作。"


def test_a_number_and_its_unit_are_joined_as_they_read() -> None:
    assert join_lines(["收入预算 15,947.98 ", " 万元，用于", "LED", "screen 2 台"]) == (
        "收入预算 15,947.98万元，用于LED screen 2 台"
    )


def test_a_passage_over_two_pages_has_a_fragment_for_each() -> None:
    (passage,) = read(page(1, " " + FULL[:24], FULL), page(2, FULL, "作。"))
    assert [(f.place.page_number, passage.text[f.start : f.end]) for f in passage.fragments] == [
        (1, FULL[:24] + FULL),
        (2, FULL + "作。"),
    ]
    assert passage.fragments[0].place.bbox == (LEFT, 80.0, RIGHT, 126.0)


def test_headings_become_the_section_path() -> None:
    first, second = read(
        page(
            1,
            "|第三部分 情况说明",
            " 一、收支情况",
            " （一）收入",
            " 收入预算5万元。",
            " 二、支出情况",
            " 支出预算5万元。",
        )
    )
    assert first.section == ("第三部分 情况说明", "一、收支情况", "（一）收入")
    assert second.section == ("第三部分 情况说明", "二、支出情况")


def test_a_centred_title_without_a_number_is_a_heading() -> None:
    first, second = read(page(1, "|其他事项", " 第一段话。", "|名词解释", " 第二段话。"))
    assert (first.section, second.section) == (("其他事项",), ("名词解释",))


def test_a_title_cannot_stand_where_the_numbering_goes_on() -> None:
    passages = read(page(1, " 一、收入情况", " 收入5万元。", "|收入构成", " 二、支出情况", " 支出5万元。"))
    assert passages[-1].section == ("二、支出情况",)
    assert "收入构成" in [passage.text for passage in passages]


def test_a_title_may_stand_before_a_list_that_lacks_its_first_number() -> None:
    *_, last = read(page(1, " （九）完成其他任务。", "|机构设置", " 包括：1.本部", " 2.服务中心"))
    assert last.section == ("机构设置",)


def test_a_title_does_not_go_on_over_the_page() -> None:
    first, second = read(page(1, "|主管部门：水务局"), page(2, "|主要职能", " 负责全市供水。"))
    assert (first.text, second.section) == ("主管部门：水务局", ("主要职能",))


def test_a_chapter_as_wide_as_the_text_goes_on_in_a_centred_line() -> None:
    chapter = "第三部分 " + FULL[:21]
    (passage,) = read(page(1, chapter, "|说明", " " + FULL[:24], FULL, "作。"))
    assert passage.section == (chapter + "说明",)


def test_a_heading_is_none_of_a_text_that_lacks_its_stop() -> None:
    lines = (" 一、运行经费", " " + FULL[:24], "二、采购情况", " " + FULL[:24], "作。")
    first, second = read(page(1, *lines, starts=(True, True, False, True, False)))
    assert (first.section, second.section) == (("一、运行经费",), ("二、采购情况",))


def test_numbered_items_and_definitions_are_passages_of_their_own() -> None:
    passages = read(
        page(1, " 一、名词解释", " 1.基本支出：指保障运转的支出。", " 2.项目支出：指完成任务的支出。")
    )
    assert [p.text[:2] for p in passages] == ["1.", "2."]
    assert {p.section for p in passages} == {("一、名词解释",)}


def test_an_item_with_content_heads_the_items_below_it_only() -> None:
    passages = read(
        page(
            1,
            " 一、经费",
            " 2．车辆费预算3万元。其中：",
            " （1）购置费0万元。",
            " （2）运行费3万元。",
            " 会议费预算1万元。",
        )
    )
    assert [p.section for p in passages] == [
        ("一、经费",),
        ("一、经费", "2．车辆费预算"),
        ("一、经费", "2．车辆费预算"),
        ("一、经费",),
    ]


def test_a_heading_with_text_on_its_line_keeps_it() -> None:
    (passage,) = read(page(1, " 一、机关运行经费情况。本单位运行经费预算为7万元。"))
    assert passage.text.endswith("运行经费预算为7万元。")


def test_entries_of_a_list_without_stops_are_kept_as_text() -> None:
    passages = read(page(1, " 一、内设机构", " 1、办公室", " 2、人事处", " 二、编制", " 编制5人。"))
    assert [p.text for p in passages] == ["1、办公室", "2、人事处", "编制5人。"]


@pytest.mark.parametrize("first", ["第一部分 部门概况", "一、主要职能"])
def test_the_contents_list_is_left_out(first: str) -> None:
    contents = page(1, "|目 录", first, "二、收支情况", "1. 收入预算表……………3", "2. 支出预算表")
    body = page(2, first, " 负责各项工作。", " 二、收支情况", " 收入5万元。")
    passages = read(contents, body)
    assert [p.text for p in passages] == ["负责各项工作。", "收入5万元。"]
    assert passages[0].section == (first,)


def test_the_contents_list_may_run_over_the_page() -> None:
    passages = read(
        page(1, "|目录", "第一部分 概况", "一、职责"),
        page(2, "二、收支", "第二部分 报表"),
        page(3, "|第一部分 概况", " 一、职责", " 负责各项工作。"),
    )
    assert [(p.section, p.text) for p in passages] == [(("第一部分 概况", "一、职责"), "负责各项工作。")]


def test_what_belongs_to_tables_is_left_to_them() -> None:
    table = matrix_grid([["项目", "金额"], ["合计", "5"]])
    content = flat("一、收支情况", "收入预算表", table, "收入5万元。")
    assert [p.text for p in read_narrative(content, {(0, 1), (0, 2)})] == ["收入5万元。"]


def test_a_grid_that_no_table_was_made_of_is_kept_row_by_row() -> None:
    rows = read_narrative(flat(matrix_grid([["甲", "乙"], ["丙\\n丁", ""]])), frozenset())
    assert [p.text for p in rows] == ["甲 乙", "丙丁"]


def test_text_without_places_is_divided_by_the_length_of_its_lines() -> None:
    content = flat(
        "一、收支情况",
        FULL[2:],
        FULL,
        "作。",
        FULL[2:],
        FULL,
        "1,234.5",
        "万元。",
    )
    assert [p.text for p in read_narrative(content, frozenset())] == [
        FULL[2:] + FULL + "作。",
        FULL[2:] + FULL + "1,234.5万元。",
    ]


LINE = st.text(st.sampled_from("本年收入预算一二、（）1.。，：万元第部分 "), min_size=1, max_size=30)


@given(st.lists(LINE, min_size=1, max_size=12))
def test_no_character_is_lost(lines: list[str]) -> None:
    passages = read_narrative(flat(*lines), frozenset())
    found = name_key("".join("".join(p.section) + p.text for p in passages))
    for before, line in zip(["", *lines], lines, strict=False):
        # A chapter's title, whose second line may be the next, may stand over nothing.
        assert name_key(line) in found or _is_chapter(line) or _is_chapter(before)


def _is_chapter(line: str) -> bool:
    return re.match(r"第.{1,3}部分", line.strip()) is not None


@given(st.lists(LINE, min_size=1, max_size=12))
def test_fragments_cover_their_passage_in_order(lines: list[str]) -> None:
    half = len(lines) // 2
    for passage in read(page(1, *lines[:half]), page(2, *lines[half:])):
        assert passage.fragments[0].start == 0
        assert passage.fragments[-1].end == len(passage.text)
        for one, other in zip(passage.fragments, passage.fragments[1:], strict=False):
            assert one.end == other.start

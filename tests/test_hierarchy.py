"""Which row is a part of which."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.hierarchy import RowPosition, RowText, arrange, find_units, ordinal_rank
from ingest.values import name_key


def row(
    label: str,
    code: str | None = None,
    unit_code: str | None = None,
    amount: int | None = None,
    indent: int = 0,
) -> RowText:
    value = None if amount is None else Decimal(amount)
    return RowText((label,), (), indent, code, unit_code, value)


def placed(*rows: RowText, units: tuple[str, ...] = ()) -> tuple[RowPosition, ...]:
    return arrange(rows, {name_key(unit): None for unit in units} | find_units(rows))


def parents(positions: tuple[RowPosition, ...]) -> list[int | None]:
    return [position.parent_index for position in positions]


def kinds(positions: tuple[RowPosition, ...]) -> list[str]:
    return [position.kind for position in positions]


def test_codes_nest_by_prefix() -> None:
    found = placed(
        row("合计"),
        row("一般公共服务", "201"),
        row("政府办公厅", "20103"),
        row("行政运行", "2010301"),
        row("统计", "20105"),
        row("教育", "205"),
    )
    assert parents(found) == [None, None, 1, 2, 1, None]
    assert found[3].path == ("一般公共服务", "政府办公厅", "行政运行")


def test_codes_in_groups_nest_even_where_a_zero_is_left_out() -> None:
    found = placed(row("工资", "301"), row("基本工资", "301 01"), row("津贴", "301 2"), row("商品", "302"))
    assert parents(found) == [None, 0, 0, None]


def test_ordinals_nest_by_style() -> None:
    found = placed(
        row("一、财政拨款"),
        row("（一）一般公共预算"),
        row("1. 本级"),
        row("2. 上级"),
        row("（二）基金"),
        row("二、事业收入"),
        row("本年收入合计"),
        row("上年结转"),
        row("收入总计"),
    )
    assert parents(found) == [None, 0, 1, 1, 0, None, None, None, None]
    assert kinds(found)[-3:] == ["subtotal", "item", "total"]


def test_rows_without_ordinal_belong_to_the_one_above() -> None:
    found = placed(row("一、教育"), row("普通教育"), row("职业教育"), row("二、卫生"), row("结转下年"))
    assert parents(found) == [None, 0, 0, None, None]


def test_indents_nest_where_nothing_else_tells() -> None:
    found = placed(
        row("收入"), row("税", indent=2), row("所得税", indent=4), row("费", indent=2), row("其他")
    )
    assert parents(found) == [None, 0, 1, 0, None]


def test_units_with_their_groups_accounts_and_codes() -> None:
    found = placed(
        row("合计"),
        row("行政单位"),
        row("某市办公室", unit_code="190001"),
        row("行政运行", "201 03 01", "190001"),
        row("住房公积金", "221 02 01", "190001"),
        row("公益一类事业单位"),
        row("某市服务中心", unit_code="190004"),
        row("事业运行", "201 03 50", "190004"),
    )
    assert kinds(found) == ["total", "group", "unit", "item", "item", "group", "unit", "item"]
    assert parents(found) == [None, None, 1, 2, 2, None, 5, 6]
    assert found[4].path == ("行政单位", "某市办公室", "住房公积金")
    assert (found[7].unit_code, found[7].unit_name) == ("190004", "某市服务中心")
    assert (found[0].unit_code, found[0].unit_name) == (None, None)
    assert found[5].unit_name is None


def test_units_known_from_elsewhere_need_no_code() -> None:
    found = placed(
        row("合计"),
        row("某市办公室"),
        row("行政运行", unit_code="190001"),
        row("离退休", unit_code="190001"),
        row("某市服务中心"),
        row("事业运行", unit_code="190004"),
        units=("某市办公室", "某市服务中心"),
    )
    assert kinds(found) == ["total", "unit", "item", "item", "unit", "item"]
    assert parents(found) == [None, None, 1, 1, None, 4]


def test_kinds_of_spending_group_the_projects_of_a_unit() -> None:
    found = placed(
        row("合计", amount=10),
        row("其中：经常性专项", amount=7),
        row("一次性专项", amount=3),
        row("某市办公室", unit_code="1", amount=10),
        row("经常性专项", amount=7),
        row("物业", "201 03 02", "1", 7),
        row("一次性专项", amount=3),
        row("网络", "206 05 03", "1", 3),
    )
    assert kinds(found) == ["total", "of_which", "of_which", "unit", "group", "item", "group", "item"]
    assert parents(found) == [None, 0, 0, None, 3, 4, 3, 6]


def test_a_known_part_of_a_group_stands_below_it() -> None:
    found = placed(
        row("某市办公室", unit_code="1"),
        row("基本支出"),
        row("项目支出"),
        row("经常性专项"),
        row("会议", unit_code="1"),
    )
    assert parents(found) == [None, 0, 0, 2, 3]


def test_of_which_with_ordinals() -> None:
    found = placed(
        row("行政经费"),
        row("三公经费总额"),
        row("其中：（一）出国"),
        row("（二）公车"),
        row("1. 购置"),
        row("2. 运行"),
        row("（三）接待"),
    )
    assert parents(found) == [None, None, 1, 1, 3, 3, 1]
    assert kinds(found) == ["item", "item", "of_which", "of_which", "item", "item", "of_which"]


def test_of_which_ends_when_the_whole_is_spent() -> None:
    found = placed(
        row("工资", amount=10),
        row("其中：基本工资", amount=6),
        row("津贴", amount=4),
        row("会议费", amount=5),
    )
    assert kinds(found) == ["item", "of_which", "of_which", "item"]
    assert parents(found) == [None, 0, 0, None]


def test_label_columns_are_levels() -> None:
    found = arrange(
        [
            RowText(("合计",)),
            RowText(("货物",)),
            RowText(("货物", "设备费", "购置")),
            RowText(("货物", "设备费", "购置", "电脑")),
            RowText(("其他资金", "小计")),
            RowText(("其他资金", "事业收入")),
        ],
        {},
    )
    assert parents(found) == [None, None, 1, 2, None, 4]
    assert kinds(found) == ["total", "item", "item", "item", "subtotal", "item"]


@pytest.mark.parametrize(
    ("label", "rank"),
    [
        ("一、税", 1),
        ("（二）费", 2),
        ("3.车", 3),
        ("（4）油", 4),
        ("其中：（一）车", 2),
        ("2017年", None),
        ("1.5倍", None),
    ],
)
def test_ranks_of_ordinals(label: str, rank: int | None) -> None:
    assert ordinal_rank(label) == rank


LABELS = st.sampled_from(
    [
        "合计",
        "一、税",
        "（一）费",
        "1. 车",
        "其中：油",
        "小计",
        "某市中心",
        "行政单位",
        "经常性专项",
        "基本支出",
        "会议",
    ]
)
ROWS = st.builds(
    row,
    LABELS,
    st.sampled_from([None, None, "201", "20103", "2010301", "201 03"]),
    st.sampled_from([None, None, "190001", "190002"]),
    st.one_of(st.none(), st.integers(0, 99)),
    st.sampled_from([0, 0, 2, 4]),
)


@given(st.lists(ROWS, max_size=25))
def test_every_row_has_a_place_and_parents_come_before(rows: list[RowText]) -> None:
    found = placed(*rows)
    assert len(found) == len(rows)
    for index, (position, text) in enumerate(zip(found, rows, strict=True)):
        assert position.path[-1] == text.label
        assert position.parent_index is None or position.parent_index < index


@given(st.lists(st.integers(0, 2), min_size=1, max_size=30))
def test_codes_give_back_their_tree(depths: list[int]) -> None:
    stack: list[int] = []
    counts = [0, 0, 0]
    rows, expected = [], []
    for index, wanted in enumerate(depths):
        depth = min(wanted, len(stack))
        stack = stack[:depth]
        counts[depth] += 1
        outer = rows[stack[-1]].code if stack else ""
        expected.append(stack[-1] if stack else None)
        rows.append(row(f"科目{index}", f"{outer}{counts[depth] + (200 if depth == 0 else 0):02d}"))
        stack.append(index)
    assert parents(placed(*rows)) == expected


def test_a_list_that_begins_again_is_part_of_the_row_above_it() -> None:
    found = placed(
        row("一、一般公共预算财政拨款"),
        row("二、政府性基金预算财政拨款"),
        row("本年收入合计"),
        row("年初财政拨款结转和结余"),
        row("一、一般公共预算财政拨款"),
        row("二、政府性基金预算财政拨款"),
        row("总计"),
    )
    assert parents(found) == [None, None, None, None, 3, 3, None]
    assert found[5].path == ("年初财政拨款结转和结余", "二、政府性基金预算财政拨款")


def test_a_first_list_stands_for_itself() -> None:
    assert parents(placed(row("上年结转"), row("一、财政拨款"), row("二、其他资金"))) == [None, None, None]


def test_lists_inside_numbered_items_begin_again_under_each() -> None:
    found = placed(row("一、收入"), row("1、税"), row("2、费"), row("二、支出"), row("1、人员"))
    assert parents(found) == [None, 0, 0, None, 3]


def test_in_a_list_of_organisations_none_is_a_part_of_another() -> None:
    rows = [RowText(("青河市水务局",)), RowText(("青河市水文站",)), RowText(("青河市排水中心",))]
    positions = arrange(rows, {name_key("青河市水务局"): "301001"})
    assert [position.path for position in positions] == [row.labels for row in rows]

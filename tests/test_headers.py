"""Where a header ends, what its columns are, and the words they are known by."""

from __future__ import annotations

import pytest
from grids import grid
from hypothesis import given
from hypothesis import strategies as st

from ingest.headers import (
    column_roles,
    column_stage,
    column_unit,
    column_year,
    find_header,
    header_paths,
    is_label_name,
    label_unit,
)
from ingest.lattice import lattice
from ingest.words import words


def roles_of(*rows: str) -> list[str]:
    sheet = lattice(grid(*rows))
    header = find_header(sheet)
    paths = header_paths(sheet.rows[: header.height], sheet.width)
    return list(column_roles(paths, sheet.rows[header.body_start :]))


@pytest.mark.parametrize(
    ("rows", "height", "body_start"),
    [
        (("项目|金额", "税|1"), 1, 1),
        (("项目|2016年|<|2017年|<", "^|预算|决算|预算|决算", "税|1|2|3|4"), 2, 2),
        (("项目|金额", "1|2=3|", "税|1|"), 1, 2),
        (("项目|金额|其中", "栏次|1|2", "税|1|2"), 1, 2),
        (("204|06|司法|5.00", "204|07|法院|6.00"), 0, 0),
        (("合计|<|<", "合计|出国|接待", "3|1|2"), 2, 2),
        (("三公经费|<", "预算数|<", "合计|会议费", "1.5|2"), 3, 3),
        (("序号|单位名称|单位性质", "1|某局|行政单位"), 1, 1),
        (("采购大类|名称|总计", "一、货物|电脑|", "二、服务|租车|5"), 1, 1),
    ],
)
def test_where_the_header_ends(rows: tuple[str, ...], height: int, body_start: int) -> None:
    header = find_header(lattice(grid(*rows)))
    assert (header.height, header.body_start) == (height, body_start)


@pytest.mark.parametrize(
    ("rows", "roles"),
    [
        (
            ("科目编码|<|<|单位编码|单位名称|总计", "类|款|项|^|^|^", "201|03|01|190001|行政运行|5"),
            ["code", "code", "code", "unit_code", "name", "value"],
        ),
        (
            ("序号|项目名称|内容|预算|备注", "1|网络|运维|5|", "2|会议|开会|3|"),
            ["serial", "name", "text", "value", "text"],
        ),
        (("功能分类科目编码|科目名称|决算数", "合计|<|5", "201|教育|5"), ["code", "name", "value"]),
        (("采购项目名称|品目编号|数量|单价", "电脑|A0201|3|0.5"), ["name", "text", "value", "value"]),
        (("科目编码|科目名称|金额", "||"), ["code", "name", "value"]),
        (("科目|名称|金额", "2010301|行政运行|5"), ["code", "name", "value"]),
        (("科目编码|科目名称|金额", "无||", "合计|<|"), ["code", "name", "value"]),
    ],
)
def test_what_columns_are(rows: tuple[str, ...], roles: list[str]) -> None:
    assert roles_of(*rows) == roles


@pytest.mark.parametrize(
    ("path", "title", "year"),
    [
        (("2016年预算", "年初预算"), "", 2016),
        (("上年预算数",), "", 2024),
        (("本年预算",), "", 2025),
        (("预算数",), "2023年收支总表", 2023),
        (("预算数",), "收支总表", 2025),
        (("上年结转",), "", 2025),
        (("民国114年度预算",), "", 2025),
    ],
)
def test_years(path: tuple[str, ...], title: str, year: int) -> None:
    assert column_year(path, title, 2025) == year


def test_an_unknown_year_stays_unknown() -> None:
    assert column_year(("预算数",), "收支总表", None) is None
    assert column_year(("上年数",), "收支总表", None) is None


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        (("2016年预算", "年初预算"), "original_budget"),
        (("2016年预算", "调整后预算"), "adjusted_budget"),
        (("2016年预算", "预算执行"), "execution"),
        (("2020年执行数",), "execution"),
        (("三公经费", "决算数"), "final_account"),
        (("预算数",), "budget"),
        (("2021年预算数比2020年执行数", "增减额"), "budget"),
        (("年初结转和结余",), "final_account"),
        (("一般公共预算",), "final_account"),
    ],
)
def test_stages(path: tuple[str, ...], stage: str) -> None:
    assert column_stage(path, "", "final_account") == stage


def test_a_fund_in_the_title_is_no_stage() -> None:
    title = "一般公共预算财政拨款支出决算表"
    assert column_stage(("合计",), title, "final_account") == "final_account"
    assert column_stage(("合计",), "一般公共预算财政拨款支出表", "budget") == "budget"
    assert column_stage(("合计",), "政府性基金预算支出预算表", "final_account") == "budget"


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        (("2016年预算", "执行率（%）"), "%"),
        (("占比",), "%"),
        (("编制人数",), "人"),
        (("预算（元）",), "元"),
        (("数量",), None),
        (("小计",), "万元"),
    ],
)
def test_units_of_columns(path: tuple[str, ...], unit: str | None) -> None:
    assert column_unit(path, "万元") == unit


def test_units_of_rows() -> None:
    assert label_unit("在职人员（人）") == "人"
    assert label_unit("出国（境）") is None


def test_names_of_label_columns() -> None:
    assert all(map(is_label_name, ["项目", "支出 项目", "功能科目名称", "单位名称（功能科目）", "项目类别"]))
    assert not any(map(is_label_name, ["预算数", "备注", "项目内容", "绩效目标", "合计"]))


def test_the_words_are_all_there() -> None:
    lexicon = words()
    assert "合计" in lexicon.total
    assert {stage for stage, _ in lexicon.stages} == {
        "original_budget",
        "adjusted_budget",
        "budget",
        "execution",
        "final_account",
    }
    assert lexicon.part_of["经常性专项"] == "项目支出"
    assert words() is lexicon


@given(st.integers(1, 6), st.integers(1, 6))
def test_a_row_of_column_numbers_always_ends_the_header(height: int, width: int) -> None:
    names = ["|".join(f"名{level}之{column}" for column in range(width + 2)) for level in range(height)]
    numbers = "|".join(str(column + 1) for column in range(width + 2))
    header = find_header(lattice(grid(*names, numbers, "|".join("5.5" for _ in range(width + 2)))))
    assert (header.height, header.body_start) == (height, height + 1)


def test_a_total_drawn_into_the_header_names_no_column() -> None:
    sheet = lattice(grid("项目|<|收入|支出|<", "编码|名称|^|^|<", "合计|<||合计|基本支出"))
    assert header_paths(sheet.rows, sheet.width) == (
        ("项目", "编码"),
        ("项目", "名称"),
        ("收入",),
        ("支出", "合计"),
        ("支出", "基本支出"),
    )


def test_a_total_of_three_digits_is_no_code() -> None:
    sheet = lattice(grid("合计|公务接待费", "422|120"))
    assert column_roles(header_paths(sheet.rows[:1], 2), sheet.rows[1:]) == ("value", "value")

"""Grids to tables: captions, halves, pages, columns, cells."""

from __future__ import annotations

from decimal import Decimal

import pytest
from grids import LEFT, UP, flat, grid, matrix_grid, pages
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Table
from ingest.script import folding_of
from ingest.tables import TablesRead, read_tables


def only(read: TablesRead) -> Table:
    assert len(read.tables) == 1
    return read.tables[0]


def printed(table: Table) -> list[tuple[str | None, str, list[str]]]:
    return [(row.code, row.label, [cell.text for cell in row.cells]) for row in table.rows]


def test_title_number_unit_and_used_blocks() -> None:
    read = read_tables(
        pages(
            [
                "一、说明文字到此为止。",
                "表三",
                "支出预算总表",
                "部门名称：某某局 单位：万元",
                grid("科目编码|科目名称|金额", "201|教育|1.00"),
                "备注：1、口径说明；",
                "2、另一条说明。",
                "（二）下一节",
            ]
        ),
        2020,
    )
    table = only(read)
    assert (table.title, table.number, table.unit) == ("支出预算总表", "表三", "万元")
    assert table.notes == "备注：1、口径说明；\n2、另一条说明。"
    assert read.used == {(0, index) for index in range(1, 7)}
    assert table.label_header == "科目名称"


@pytest.mark.parametrize("number", ["表五", "表1", "附表3", "预算01表", "公开02表", "表 十一"])
def test_numbers_of_tables(number: str) -> None:
    table = only(read_tables(flat(number, "收入表", grid("项目|金额", "税|1")), 2020))
    assert table.number == number.replace(" ", "")


def test_caption_inside_the_grid() -> None:
    sheet = grid(
        "公开03表\\n支出预算总表\\n部门：某局 单位：万元|<|<", "合计|基本支出|项目支出", "3.00|1.00|2.00"
    )
    table = only(read_tables(pages([sheet]), 2020))
    assert (table.title, table.number, table.unit) == ("支出预算总表", "公开03表", "万元")
    assert [column.path for column in table.columns] == [("合计",), ("基本支出",), ("项目支出",)]
    assert table.rows[0].label == ""
    assert [cell.value for cell in table.rows[0].cells] == [Decimal(3), Decimal(1), Decimal(2)]


def test_unit_in_the_column_header() -> None:
    table = only(
        read_tables(flat("四、重点项目", grid("项目名称|2021 年预算\\n（万元）", "租赁|72.83")), 2020)
    )
    assert table.title == "重点项目"
    assert table.unit == "万元"
    assert table.columns[0].path == ("2021年预算（万元）",)
    assert table.columns[0].fiscal_year == 2021
    assert table.rows[0].cells[0].unit == "万元"


def test_a_sentence_that_points_at_a_table_is_no_title() -> None:
    read = read_tables(
        flat("二、单位构成", "详细情况见下表：", grid("序号|单位名称|单位性质", "1|某局|行政单位")), 2020
    )
    table = only(read)
    assert table.title == "单位构成"
    assert printed(table) == [(None, "某局", ["行政单位"])]
    assert table.columns[0].is_text
    assert read.used == {(0, 2)}


def test_header_tree_with_formulas_years_stages_and_units() -> None:
    table = only(
        read_tables(
            flat(
                "单位：万元",
                grid(
                    "科目编码|<|<|单位名称\\n（功能科目）|2016 年预算|<|<|2017 年预算|<",
                    "类|款|项|^|年初预算|预算\\n执行|执行率\\n（%）|基本支出|<",
                    "^|^|^|^|^|^|^|小 计|工资",
                    "1|2|3|4|5|6|7=6÷5|8=9|9",
                    "201|03|01|行政运行|10.00|9.00|90.00%|1,134.9\\n4|−3.50",
                ),
            ),
            2017,
        )
    )
    assert [column.path for column in table.columns] == [
        ("2016年预算", "年初预算"),
        ("2016年预算", "预算执行"),
        ("2016年预算", "执行率（%）"),
        ("2017年预算", "基本支出", "小计"),
        ("2017年预算", "基本支出", "工资"),
    ]
    assert [column.fiscal_year for column in table.columns] == [2016, 2016, 2016, 2017, 2017]
    assert [column.stage for column in table.columns[:2]] == ["original_budget", "execution"]
    assert [column.formula for column in table.columns] == ["5", "6", "7=6÷5", "8=9", "9"]
    cells = table.rows[0].cells
    assert [cell.unit for cell in cells] == ["万元", "万元", "%", "万元", "万元"]
    assert cells[3].text == "1,134.94"
    assert [cell.value for cell in cells[2:]] == [Decimal("90"), Decimal("1134.94"), Decimal("-3.5")]
    assert (table.rows[0].code, table.rows[0].label) == ("201 03 01", "行政运行")


def test_last_year_and_this_year() -> None:
    table = only(read_tables(flat(grid("项目|上年预算数|本年预算数", "会议费|1|2")), 2025))
    assert [column.fiscal_year for column in table.columns] == [2024, 2025]


def test_blank_dash_none_and_zero_stay_apart() -> None:
    table = only(read_tables(flat(grid("项目|甲|乙|丙|丁", "税||—|无|0.00", "费|1|2|3|4")), 2020))
    cells = table.rows[0].cells
    assert [cell.text for cell in cells] == ["", "—", "无", "0.00"]
    assert [cell.value for cell in cells] == [None, None, None, Decimal(0)]
    assert [cell.unit for cell in cells[:3]] == [None, None, None]


def test_halves_side_by_side() -> None:
    read = read_tables(
        flat(
            "收支总表",
            grid(
                "收 入|<|支 出|<|<",
                "收入项目|预算|支出项目|预算|基金预算",
                "一、税收|5|一、教育|3|1",
                "||二、卫生|2|",
                "收入总计|5|支出总计|5|1",
            ),
        ),
        2020,
    )
    left, right = read.tables
    assert (left.side, right.side) == ("收入", "支出")
    assert printed(left) == [(None, "一、税收", ["5"]), (None, "收入总计", ["5"])]
    assert [row.label for row in right.rows] == ["一、教育", "二、卫生", "支出总计"]
    assert [column.path for column in right.columns] == [("预算",), ("基金预算",)]


def test_a_header_repeated_beside_itself_is_one_table() -> None:
    sheet = grid(
        "科目编码|科目名称|决算数|科目编码|科目名称|决算数",
        "301|工资福利支出|5|302|商品和服务支出|3",
        "30101|基本工资|5|30201|办公费|3",
        "人员经费合计|<|5|公用经费合计|<|3",
    )
    table = only(read_tables(flat(sheet), 2020))
    assert [row.label for row in table.rows] == [
        "工资福利支出",
        "基本工资",
        "人员经费合计",
        "商品和服务支出",
        "办公费",
        "公用经费合计",
    ]
    assert [row.code for row in table.rows][:2] == ["301", "30101"]


def test_a_comparison_of_years_is_not_split() -> None:
    sheet = grid("项目|2016年|<|2017年|<", "^|预算|决算|预算|决算", "会议费|1|2|3|4")
    table = only(read_tables(flat(sheet), 2017))
    assert len(table.columns) == 4


EDGES = (50.0, 100.0, 200.0, 300.0)


def test_pages_of_one_table_by_title_by_header_and_without_header() -> None:
    header = "科目编码|科目名称|金额"
    read = read_tables(
        pages(
            ["表一", "支出总表", grid(header, "201|教育|1", page=1, edges=EDGES)],
            ["表一", "支出总表（续 1）", grid(header, "202|卫生|2", page=2, edges=EDGES)],
            [grid(header, "203|住房|3", page=3, edges=EDGES)],
            [grid("204|交通|4", page=4, edges=EDGES)],
            [grid("合计|10", page=5, edges=(50.0, 200.0, 300.0)), "注：无"],
        ),
        2020,
    )
    table = only(read)
    assert table.pages == (1, 2, 3, 4, 5)
    assert table.notes == "注：无"
    assert [row.label for row in table.rows] == ["教育", "卫生", "住房", "交通", "合计"]
    assert table.rows[-1].cells[0].value == Decimal(10)
    assert table.rows[-1].kind == "total"
    assert [row.place.page_number for row in table.rows] == [1, 2, 3, 4, 5]


def test_a_page_of_blank_rows_without_a_header_goes_on_below_the_same_title() -> None:
    header, edges = "项目|金额|项目|金额", (0.0, 50.0, 100.0, 150.0, 200.0)
    above = ["公开04表", "收支总表", "单位：万元"]
    sides = grid("收入|<|支出|<", header, "一、拨款|5|一、教育|5", page=1, edges=edges)
    rest = grid("||二、国防|", "||三、外交|", "总计|5|总计|5", page=2, edges=edges)
    read = read_tables(pages([*above, sides], [*above, rest]), 2020)
    assert [(table.side, table.pages) for table in read.tables] == [("收入", (1, 2)), ("支出", (1, 2))]
    assert [row.label for row in read.tables[1].rows] == ["一、教育", "二、国防", "三、外交", "总计"]
    other = grid("项目|数量|项目|数量", "甲|5|乙|5", page=2, edges=edges)
    assert len(read_tables(pages([*above, sides], [*above, other]), 2020).tables) > 2


def test_tables_with_other_titles_or_numbers_stay_apart() -> None:
    one = grid("科目编码|科目名称|金额", "201|教育|1")
    read = read_tables(pages(["表五", "甲支出表", one], ["表六", "乙支出表", one]), 2020)
    assert [table.number for table in read.tables] == ["表五", "表六"]


def test_a_header_printed_differently_below_the_same_title_goes_on() -> None:
    read = read_tables(
        pages(
            ["支出总表", grid("科目编码|科目名称|金额|其中：项目", "201|教育|1|1", page=1)],
            ["支出总表", grid("科目编码|科目名称|金额|其中项目", "202|卫生|2|2", page=2)],
        ),
        2020,
    )
    assert [row.label for row in only(read).rows] == ["教育", "卫生"]


def test_a_heading_that_serves_as_title_stays_in_the_text() -> None:
    read = read_tables(flat("八、国有资产占用情况", grid("项目|数量", "车辆|3")), 2020)
    assert only(read).title == "国有资产占用情况"
    assert read.used == {(0, 1)}


def test_a_row_broken_by_a_page_is_one_row() -> None:
    header = "单位编码|项目名称|总计|项目内容"
    read = read_tables(
        pages(
            ["项目表", grid(header, "100|网络|7.5|采购五十", page=1)],
            ["项目表", grid(header, "|||台终端。", "100|会议|1|开会", page=2)],
        ),
        2020,
    )
    table = only(read)
    assert printed(table)[0] == (None, "网络", ["7.5", "采购五十\f台终端。"])
    assert [row.label for row in table.rows] == ["网络", "会议"]


def test_a_header_broken_by_a_page_is_read_whole() -> None:
    read = read_tables(
        pages(
            ["收支总表", grid("收入|支出", page=1, edges=(0.0, 100.0, 200.0))],
            [
                grid(
                    "项目|金额|项目|金额",
                    "一、税|1|一、教育|1",
                    page=2,
                    edges=(0.0, 50.0, 100.0, 150.0, 200.0),
                ),
            ],
        ),
        2020,
    )
    assert [(table.side, table.pages) for table in read.tables] == [("收入", (1, 2)), ("支出", (1, 2))]


def test_merged_labels_go_to_each_row_and_amounts_to_one() -> None:
    sheet = grid(
        "项目名称|<|金额",
        "收入总计|<|9",
        "一般公共预算|小计|9",
        "^|财政拨款|9",
        "^|专项收入|^",
    )
    table = only(read_tables(flat(sheet), 2020))
    assert [row.path for row in table.rows] == [
        ("收入总计",),
        ("一般公共预算", "小计"),
        ("一般公共预算", "财政拨款"),
        ("一般公共预算", "专项收入"),
    ]
    assert [row.cells[0].text for row in table.rows] == ["9", "9", "9", ""]
    assert [row.parent_index for row in table.rows] == [None, None, 1, 1]
    assert table.rows[1].kind == "subtotal"


def test_procurement_keeps_every_name() -> None:
    sheet = grid(
        "单位编码|支出项目名称|采购项目名称|品目编号|数量|计量单位|总计",
        "|合计|||||9.00",
        "100|设备|碎纸机|A02021101|3|台|4.00",
        "100|设备|笔记本\\n电脑|A02010105|1|台|5.00",
    )
    table = only(read_tables(flat(sheet), 2020))
    assert [row.label for row in table.rows] == ["合计", "碎纸机", "笔记本电脑"]
    assert [column.path[-1] for column in table.columns] == [
        "支出项目名称",
        "品目编号",
        "数量",
        "计量单位",
        "总计",
    ]
    assert [cell.text for cell in table.rows[1].cells] == ["设备", "A02021101", "3", "台", "4.00"]
    assert table.rows[1].cells[2].unit == "台"
    assert table.rows[1].path == ("设备", "碎纸机")
    assert table.rows[1].unit_code == "100"


@pytest.mark.parametrize("printed_label", ["[30101]基本工资", "30101 基本工资", "30101基本工资"])
def test_codes_glued_to_labels(printed_label: str) -> None:
    sheet = grid("经济分类|预算", "合计|2", f"{printed_label}|1", "[30102]津贴补贴|1")
    table = only(read_tables(flat(sheet), 2020))
    assert (table.rows[1].code, table.rows[1].label) == ("30101", "基本工资")


def test_codes_keep_the_groups_they_are_printed_in() -> None:
    sheet = grid(
        "科目编码|科目名称|金额", "201|教育|1", "201 03|普通教育|1", "２０２|卫生|1", "2010\n301|小学|1"
    )
    table = only(read_tables(flat(sheet), 2020))
    assert [row.code for row in table.rows] == ["201", "201 03", "202", "2010301"]
    assert [row.parent_index for row in table.rows][:3] == [None, 0, None]


def test_a_project_that_starts_with_a_number_keeps_it() -> None:
    sheet = grid("项目名称|预算", "12345 热线外包|1", "办公楼改造|1", "会议|2", "培训|2")
    assert only(read_tables(flat(sheet), 2020)).rows[0].label == "12345 热线外包"


def test_columns_that_rules_cut_in_two_are_one() -> None:
    sheet = grid("科目编码|科目名称||金额|<", "201|教育|||5", "202|卫生||6|")
    table = only(read_tables(flat(sheet), 2020))
    assert [column.path for column in table.columns] == [("金额",)]
    assert [row.cells[0].text for row in table.rows] == ["5", "6"]


def test_a_table_without_figures_loses_nothing() -> None:
    sheet = grid(
        "年度绩效目标|部门目标|关键指标|预期实现值",
        "^|服务群众|满意度|高",
        "^|减少时限|时限|三天",
    )
    table = only(read_tables(flat("绩效目标表", sheet), 2020))
    assert [row.label for row in table.rows] == ["年度绩效目标", "年度绩效目标"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["服务群众", "满意度", "高"],
        ["减少时限", "时限", "三天"],
    ]


def test_a_list_of_contents_is_no_table() -> None:
    read = read_tables(flat(grid("目录", "一、概况…………1", "二、收支总表……2")), 2020)
    assert read.tables == ()
    assert read.used == frozenset()


def test_a_form_gives_a_row_for_each_value() -> None:
    sheet = grid(
        "项目名称|<|热线外包|<|<|<",
        "主管部门|<|某办公室|<|实施单位|某中心",
        "项目资金（万元）|年度资金总额|<|100.00|<|<",
        "^|其中：财政拨款|<|60.00|<|<",
        "年度总体目标|<|及时接听。|<|<|<",
        "绩效指标|一级指标|二级指标|三级指标|<|指标值",
        "^|产出指标|数量指标|接听量|<|≥100万个",
        "^|^|质量指标|接通率|<|≥95%",
        "^|效益指标|满意度|群众满意度|<|",
    )
    table = only(read_tables(flat("项目支出绩效目标表", "（2021年度）", sheet), 2021))
    assert table.title == "项目支出绩效目标表"
    assert [(row.path, row.cells[0].text) for row in table.rows] == [
        (("项目名称",), "热线外包"),
        (("主管部门",), "某办公室"),
        (("实施单位",), "某中心"),
        (("项目资金（万元）", "年度资金总额"), "100.00"),
        (("项目资金（万元）", "其中：财政拨款"), "60.00"),
        (("年度总体目标",), "及时接听。"),
        (("绩效指标", "一级指标", "二级指标", "三级指标"), "指标值"),
        (("绩效指标", "产出指标", "数量指标", "接听量"), "≥100万个"),
        (("绩效指标", "产出指标", "质量指标", "接通率"), "≥95%"),
        (("绩效指标", "效益指标", "满意度", "群众满意度"), ""),
    ]
    assert table.rows[3].cells[0].value == Decimal(100)
    assert table.rows[3].cells[0].unit == "万元"


def test_units_below_units() -> None:
    sheet = grid("单位代码|单位名称|合计", "101|某局|5", "101001|某局机关|4", "101002|某中心|1")
    table = only(read_tables(flat("收入总表", sheet), 2020))
    assert [row.parent_index for row in table.rows] == [None, 0, 0]


def test_codes_that_print_only_their_last_group() -> None:
    sheet = grid(
        "科目|<|<|<|本年度預算數",
        "款|項|目|名稱及編號|^",
        "2|||某主管|9",
        "|1||某機關|9",
        "||1|一般行政|4",
        "||2|第一預備金|5",
    )
    printed = flat("歲出預算表", "中華民國114年度", "單位：新臺幣千元", sheet)
    folding = folding_of(printed)
    assert folding is not None
    table = only(read_tables(folding.fold(printed), 2025))
    assert (folding.restore(table).title, table.unit) == ("歲出預算表", "千元")
    assert [row.code for row in table.rows] == ["2", "2 1", "2 1 1", "2 1 2"]
    assert [row.parent_index for row in table.rows] == [None, 0, 1, 1]


@pytest.mark.parametrize(
    ("above", "head", "unit"),
    [
        (["收入预算表", "单位：千元"], "金额", "千元"),
        (["收入预算表", "金额单位：人民币百万元"], "金额", "百万元"),
        (["收入预算表", "（千元）"], "金额", "千元"),
        (["收入预算表", "单位：新台币千元"], "金额", "千元"),
        (["收入预算表（千元）"], "金额", "千元"),
        (["收入预算表（单位：百万元）"], "金额", "百万元"),
        (["收入预算表"], "预算数（千元）", "千元"),
        (["收入预算表", "单位：万元"], "预算数：千元", "千元"),
        (["收入预算表", "单位：万元"], "预算数(单位：百万元)", "百万元"),
        (["收入预算表", "单位：万元"], "占比（‰）", "‰"),
        (["收入预算表", "单位：万元"], "增减‰", "‰"),
    ],
)
def test_a_unit_stands_above_in_the_title_or_in_the_header(above: list[str], head: str, unit: str) -> None:
    table = only(read_tables(flat(*above, grid(f"项目|{head}", "合计|12.50", "办公费|2.50")), 2031))
    assert table.title == "收入预算表"
    assert [cell.unit for row in table.rows for cell in row.cells] == [unit, unit]


def test_a_unit_inside_a_cell_is_that_cells() -> None:
    sheet = grid("项目|数额", "合计|12.5万元", "办公费|125,000元", "车辆|3辆", "增幅|2.5‰", "占比|5％")
    cells = [row.cells[0] for row in only(read_tables(flat("情况表", "单位：万元", sheet), 2031)).rows]
    assert [(cell.text, cell.value, cell.unit) for cell in cells] == [
        ("12.5万元", Decimal("12.5"), "万元"),
        ("125,000元", Decimal(125_000), "元"),
        ("3辆", Decimal(3), "辆"),
        ("2.5‰", Decimal("2.5"), "‰"),
        ("5％", Decimal(5), "%"),
    ]


def test_targets_with_a_sign_before_the_number_stay_text() -> None:
    sheet = grid("指标|目标值", "培训人数|≥50人", "满意程度|较高", "场次|3次")
    assert [column.is_text for column in only(read_tables(flat("目标表", sheet), 2031)).columns] == [True]


NAMES = st.text(alphabet="甲乙丙丁戊己庚辛壬癸子丑寅卯", min_size=1, max_size=5)
AMOUNTS = st.one_of(
    st.just(""),
    st.decimals(min_value=0, max_value=10**7, places=2).map(lambda d: f"{d:,.2f}"),
)


@st.composite
def header_trees(draw: st.DrawFn, depth: int = 3) -> list[tuple[str, ...]]:
    """Column paths of a random tree, sisters next to each other and called differently."""
    paths: list[tuple[str, ...]] = []
    for number in range(draw(st.integers(1, 3))):
        name = f"{draw(NAMES)}{number}部"
        children = draw(header_trees(depth=depth - 1)) if depth > 1 and draw(st.booleans()) else []
        if len(children) > 1:
            paths += [(name, *child) for child in children]
        else:
            paths.append((name,))
    return paths


def laid_out(paths: list[tuple[str, ...]]) -> list[list[str]]:
    """The header rows of these columns, after a label column."""
    height = max(len(path) for path in paths)
    rows = [["科目名称" if level == 0 else UP] for level in range(height)]
    for index, path in enumerate(paths):
        for level in range(height):
            if level >= len(path):
                rows[level].append(UP)
            elif index and paths[index - 1][: level + 1] == path[: level + 1]:
                rows[level].append(LEFT)
            else:
                rows[level].append(path[level])
    return rows


@given(st.data())
def test_a_random_table_comes_back(data: st.DataObject) -> None:
    paths = data.draw(header_trees())
    count = data.draw(st.integers(1, 5))
    labels = [f"{data.draw(NAMES)}{index}号" for index in range(count)]
    body = [[data.draw(AMOUNTS) for _ in paths] for _ in labels]
    body[0] = [text or "1.00" for text in body[0]]
    rows = [[label, *texts] for label, texts in zip(labels, body, strict=True)]
    table = only(read_tables(flat("某某表 单位：万元", matrix_grid(laid_out(paths) + rows)), 2020))
    assert [column.path for column in table.columns] == paths
    assert [row.label for row in table.rows] == labels
    assert [[cell.text for cell in row.cells] for row in table.rows] == body
    for row, texts in zip(table.rows, body, strict=True):
        assert [c.value for c in row.cells] == [Decimal(t.replace(",", "")) if t else None for t in texts]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_pages_join_in_order_whatever_their_length(lengths: list[int]) -> None:
    header = "科目编码|科目名称|金额"
    contents, expected = [], []
    for number, length in enumerate(lengths, start=1):
        rows = [f"{number}{row:02d}|第{number}页{row}行|{row}.00" for row in range(length)]
        expected += [f"第{number}页{row}行" for row in range(length)]
        contents.append(["支出总表", grid(header, *rows, page=number, edges=EDGES)])
    table = only(read_tables(pages(*contents), 2020))
    assert [row.label for row in table.rows] == expected
    assert table.pages == tuple(range(1, len(lengths) + 1))


ANYTHING = st.sampled_from(
    [
        "",
        "",
        LEFT,
        UP,
        "合计",
        "项目",
        "科目编码",
        "类",
        "一、税",
        "其中：费",
        "5.00",
        "201",
        "单位：万元",
        "收支总表",
        "注：无",
        "收入",
        "支出",
        "1",
        "2",
    ]
)


@given(
    st.integers(1, 5).flatmap(
        lambda w: st.lists(st.lists(ANYTHING, min_size=w, max_size=w), min_size=1, max_size=7)
    )
)
def test_any_grid_gives_whole_tables(matrix: list[list[str]]) -> None:
    upright = [
        [
            "" if (text == UP and row == 0) or (text == LEFT and column == 0) else text
            for column, text in enumerate(texts)
        ]
        for row, texts in enumerate(matrix)
    ]
    read = read_tables(pages([matrix_grid(upright)], [matrix_grid(upright)]), 2020)
    for table in read.tables:
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        assert all(row.parent_index is None or row.parent_index < i for i, row in enumerate(table.rows))


def test_a_caption_in_a_grid_of_its_own_belongs_to_the_next_grid() -> None:
    lines = ("某局情况。", "支出预算表", grid("部门：某局|单位：万元"), grid("项目|金额", "合计|1.00"))
    found = read_tables(flat(*lines), 2025)
    (table,) = found.tables
    assert (table.title, table.unit) == ("支出预算表", "万元")
    assert found.used == {(0, 1), (0, 2), (0, 3)}


def test_text_after_a_caption_in_a_grid_of_its_own_parts_it_from_the_next() -> None:
    lines = (grid("部门：某局|单位：万元"), "本局今年的支出如下。", grid("项目|金额", "合计|1.00"))
    found = read_tables(flat(*lines), 2025)
    assert found.tables[0].unit is None
    assert found.used == {(0, 2)}


def test_a_label_column_may_say_more_in_brackets() -> None:
    rows = ("收入|<|支出|<", "项目|金额|项目（按功能分类）|金额", "财政拨款|3.00|教育支出|3.00")
    income, spending = read_tables(flat("收支总表", grid(*rows)), 2025).tables
    assert (income.side, spending.side) == ("收入", "支出")
    assert [row.label for row in (*income.rows, *spending.rows)] == ["财政拨款", "教育支出"]


def test_kinds_of_spending_are_a_level_even_with_one_row_to_each() -> None:
    rows = ("项目类别|项目名称|预算数", "经常性专项|系统维护|3.00", "一次性专项|设备购置|1.00", "合计|<|4.00")
    (table,) = read_tables(flat("项目支出表", grid(*rows)), 2025).tables
    assert [row.path for row in table.rows] == [
        ("经常性专项", "系统维护"),
        ("一次性专项", "设备购置"),
        ("合计",),
    ]


@pytest.mark.parametrize(("title", "found"), [("所属单位一览", "所属单位一览"), ("基本情况", "")])
def test_a_title_in_the_grid_ends_as_titles_do(title: str, found: str) -> None:
    sheet = grid(f"{title}|<", "单位名称|人数（人）", "某某站|12")
    assert only(read_tables(flat(sheet), 2025)).title == found


def test_a_year_before_a_name_is_no_code() -> None:
    (table,) = read_tables(
        flat(
            "采购预算表", grid("项目名称|预算数", "112年度农田建设经费|10", "106年度防汛经费|20"), "註：无。"
        ),
        2023,
    ).tables
    assert [(row.code, row.label) for row in table.rows] == [
        (None, "112年度农田建设经费"),
        (None, "106年度防汛经费"),
    ]
    assert table.notes == "註：无。"


def test_amounts_that_look_like_codes_are_amounts_where_nothing_is_named() -> None:
    rows = ("合计|因公出国（境）费|公务接待费", "195|108|87")
    table = only(read_tables(flat("三公经费预算表", grid(*rows)), 2025))
    assert [cell.text for cell in table.rows[0].cells] == ["195", "108", "87"]
    assert table.rows[0].code is None


def test_the_rest_of_a_row_below_a_merged_name_is_no_row_of_its_own() -> None:
    header = "项目类别|项目名称|内容|金额"
    first = [header, "经常性|防汛|巡查河道|3.00", "^|清淤|按期完成；维护|2.00"]
    edges = (0.0, 50.0, 100.0, 150.0, 200.0)
    rest = grid("||设备。|", "|会议|开会|1.00", page=2, edges=edges)
    read = read_tables(pages(["项目表", grid(*first, page=1, edges=edges)], [rest]), 2020)
    assert [row.label for row in only(read).rows] == ["防汛", "清淤", "会议"]
    assert only(read).rows[1].cells[0].whole == "按期完成；维护设备。"


def test_rows_that_share_a_name_stay_apart_over_a_page() -> None:
    header = "项目类别|项目名称|指标|目标值"
    first = [header, "经常性|防汛|响应时间|30分钟", "^|^|满意度|九成", "^|清淤|河道|三条"]
    edges = (0.0, 50.0, 100.0, 150.0, 200.0)
    rest = grid("||深度|一米", page=2, edges=edges)
    read = read_tables(pages(["绩效表", grid(*first, page=1, edges=edges)], [rest]), 2020)
    assert [row.cells[0].text for row in only(read).rows] == ["响应时间", "满意度", "河道", "深度"]


def test_a_page_that_begins_with_the_rest_of_a_text_below_the_same_title() -> None:
    header, edges = "项目名称|内容|金额", (0.0, 100.0, 200.0, 300.0)
    first = grid(header, "防汛项目|巡查河道，维护|3.00", page=1, edges=edges)
    rest = grid("|设备。|", "清淤项目|清淤。|2.00", page=2, edges=edges)
    read = read_tables(pages(["项目表", first], ["项目表（续）", rest]), 2020)
    assert [row.label for row in only(read).rows] == ["防汛项目", "清淤项目"]
    assert only(read).rows[0].cells[0].whole == "巡查河道，维护设备。"


def test_a_name_that_begins_with_digits_is_no_code_and_a_name() -> None:
    sheet = grid("采购项目|金额", "12345热线服务|1.00", "106年度系统维护|2.00")
    assert printed(only(read_tables(flat(sheet), 2020)))[0][:2] == (None, "12345热线服务")
    codes = grid("科目|金额", "201一般公共服务支出|1.00", "20103政府办公厅|1.00")
    assert printed(only(read_tables(flat(codes), 2020)))[1][:2] == ("20103", "政府办公厅")


def test_names_of_another_coding_are_no_level_even_where_they_are_merged() -> None:
    header = "政府预算经济分类|部门预算经济分类|金额"
    one, two = "[50101]工资奖金津补贴", "[501]机关工资福利支出"
    sheet = grid(
        header, f"{two}|[301]工资福利支出|3.00", f"{one}|[30101]基本工资|1.00", "^|[30102]津贴补贴|2.00"
    )
    table = only(read_tables(flat(sheet), 2020))
    assert [column.path for column in table.columns] == [("政府预算经济分类",), ("金额",)]
    assert printed(table)[2] == ("30102", "津贴补贴", [one, "2.00"])
    assert [row.parent_index for row in table.rows] == [None, 0, 0]
    inner = grid("上级科目|科目名称|金额", "[301]工资福利支出|[30101]基本工资|1.00", "^|[30102]津贴补贴|2.00")
    assert only(read_tables(flat(inner), 2020)).rows[1].path == ("[301]工资福利支出", "津贴补贴")


def test_a_heading_drawn_over_figures_of_the_half_before() -> None:
    sheet = grid(
        "收入|<|支出|<|<|<",
        "项目|金额|功能分类|支出用途|<|<",
        "^|^|科目名称|金额|项目名称|金额",
        "一、拨款|2.00|一、教育支出|2.00|一、基本支出|2.00",
    )
    _, middle, last = read_tables(flat(sheet), 2020).tables
    assert [column.path for column in middle.columns] == [("功能分类", "金额")]
    assert [column.path for column in last.columns] == [("支出用途", "金额")]

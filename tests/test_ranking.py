"""Rankings, lists and counts over documents made here: which figures are of one family, and what is said."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelves import Shelf

from ingest.model import Cell, Column, Document, Fragment, Identity, Passage, Place, Row, RowKind, Table
from ingest.statements import read_statements
from ingest.values import parse_number
from qa.across import Joined
from qa.answer import Answer
from qa.conditions import Limits
from qa.engine import Engine
from qa.families import code_key

PARK = "临川市园林管理局"
PORT = "临川市港口管理局"
Line = tuple[str | None, str, RowKind, int | None, Sequence[str]]
"""Code, label, kind, index of the parent, one printed value for each column."""


def make_table(
    title: str, columns: Sequence[Sequence[str]], lines: Sequence[Line], year: int, header: str = "科目名称"
) -> Table:
    rows: list[Row] = []
    unit: str | None = None
    for n, (code, label, kind, parent, values) in enumerate(lines):
        unit = label if kind == "unit" else unit
        path = (*(rows[parent].path if parent is not None else ()), label)
        cells = tuple(
            Cell(v, parse_number(v), "万元", Place(3, (200, 20.0 * n, 260, 20.0 * n + 18))) for v in values
        )
        rows.append(Row(label, path, cells, Place(3), code, None, unit, kind, parent))
    heads = tuple(Column(tuple(c), fiscal_year=year, stage="budget") for c in columns)
    return Table(title, None, "万元", None, (3,), heads, tuple(rows), label_header=header)


def make_document(body: str, year: int, tables: Sequence[Table], texts: Sequence[str] = ()) -> Document:
    passages = tuple(
        Passage(("第四部分 专项情况", "绿道建设专项"), t, (Fragment(0, len(t), Place(5)),)) for t in texts
    )
    return Document(
        f"{body}{year}年部门预算.pdf",
        f"{body}{year}".encode().hex().ljust(64, "0")[:64],
        "pdf",
        9,
        Identity(body, year, "budget", "department"),
        tuple(tables),
        passages,
        read_statements(passages, body),
    )


def functional(year: int, green: str, trees: str, housing: str, new: bool = False) -> Table:
    """Classes, sections and items: 212 holds two sections, one of them two items; 221 holds one of each."""
    roads, staff = "400.00", "150.00"
    community = str(Decimal(green) + Decimal(trees) + Decimal(roads))
    lines: list[Line] = [
        ("212", "城乡社区支出", "item", None, (community, "0", community)),
        ("212 01", "城乡社区管理事务", "item", 0, (str(Decimal(green) + Decimal(trees)), "0", "0")),
        ("212 01 02", "绿化养护", "item", 1, (green, "0", green)),
        ("212 01 04", "古树保护", "item", 1, (trees, "0", trees)),
        ("212 03", "城乡社区公共设施", "item", 0, (roads, "0", roads)),
        ("212 03 99", "园路维护", "item", 4, (roads, "0", roads)),
        ("221", "住房保障支出", "item", None, (housing, housing, "0")),
        ("221 02", "住房改革支出", "item", 6, (housing, housing, "0")),
        ("221 02 01", "住房公积金", "item", 7, (housing, housing, "0")),
        ("208", "社会保障和就业支出", "item", None, (staff, staff, "0")),
        ("208 05", "行政事业单位养老支出", "item", 9, (staff, staff, "0")),
        ("208 05 05", "机关养老保险缴费支出", "item", 10, (staff, staff, "0")),
    ]
    if new:
        lines.append(("208 05 06", "职业年金缴费支出", "item", 10, ("7.00", "7.00", "0")))
    lines.append((None, "合计", "total", None, ("9999", "9999", "9999")))
    return make_table("部门支出预算总表", [("合计",), ("基本支出",), ("项目支出",)], lines, year)


def economic(year: int, office: str) -> Table:
    lines: list[Line] = [
        ("301", "工资福利支出", "item", None, ("330.00",)),
        ("301 01", "基本工资", "item", 0, ("200.00",)),
        ("301 02", "津贴补贴", "item", 0, ("130.00",)),
        ("302", "商品和服务支出", "item", None, (str(Decimal(office) + 25),)),
        ("302 01", "办公费", "item", 3, (office,)),
        ("302 07", "邮电费", "item", 3, ("5.00",)),
        ("302 11", "差旅费", "item", 3, ("0.00",)),
        ("302 13", "维修（护）费", "item", 3, ("20.00",)),
        (None, "合计", "total", None, ("9999",)),
    ]
    return make_table("一般公共预算基本支出表", [("预算数",)], lines, year)


def three_public(year: int, reception: str, running: str) -> Table:
    group = "“三公”经费"
    whole = str(Decimal(reception) + Decimal(running))
    columns = [
        (group, "合计"),
        (group, "因公出国（境）费"),
        (group, "公务用车购置及运行费", "小计"),
        (group, "公务用车购置及运行费", "购置费"),
        (group, "公务用车购置及运行费", "运行费"),
        (group, "公务接待费"),
    ]
    return make_table(
        "“三公”经费预算表",
        columns,
        [(None, "", "item", None, (whole, "0", running, "0", running, reception))],
        year,
    )


def projects(year: int) -> Table:
    lines: list[Line] = [
        (None, "合计", "total", None, ("1200.00",)),
        (None, "临川市园林管理局本级", "unit", None, ("700.00",)),
        (None, "湿地公园改造", "item", 1, ("480.00",)),
        (None, "绿道照明更新", "item", 1, ("220.00",)),
        (None, "临川市苗圃中心", "unit", None, ("500.00",)),
        (None, "育苗温室扩建", "item", 4, ("410.00",)),
        (None, "病虫害监测", "item", 4, ("90.00",)),
    ]
    return make_table("部门项目支出预算表", [("预算金额",)], lines, year, "项目名称")


DIRECTIONS = (
    "2023年绿道建设专项总预算600.00万元，其中支持滨江段贯通350.00万元，支持驿站建设150.00万元，"
    "支持标识更新100.00万元，合计600.00万元。"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(
        Shelf(
            [
                make_document(
                    PARK,
                    2022,
                    [
                        functional(2022, "300.00", "80.00", "60.00"),
                        economic(2022, "40.00"),
                        three_public(2022, "6", "21"),
                    ],
                ),
                make_document(
                    PARK,
                    2023,
                    [
                        functional(2023, "520.00", "30.00", "60.00", new=True),
                        economic(2023, "46.00"),
                        three_public(2023, "4", "22"),
                        projects(2023),
                    ],
                    [DIRECTIONS],
                ),
                make_document(
                    PORT, 2023, [functional(2023, "10.00", "11.00", "12.00"), three_public(2023, "9", "31")]
                ),
            ]
        )
    )


def values(answer: Answer) -> list[str]:
    return [format(f.value, "f") for f in answer.figures]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("园林局2023年哪个功能大类支出最多？", ["950.00"]),
        ("园林局2023年哪个款级科目最少？", ["60.00"]),
        ("Which function category has the largest expenditure of 园林局 in 2023?", ["950.00"]),
        ("园林局2023年预算最大的三个项级功能科目是哪些，各多少", ["520.00", "400.00", "150.00"]),
        ("园林局2023年哪个项目花钱最多？", ["480.00"]),
        ("园林局2023年商品和服务支出里金额最小的是哪一项？", ["5.00"]),
        ("园林局2023年公用经费里最大的两项是什么，各多少？", ["46.00", "20.00"]),
        ("园林局2023年人员经费里最大的一项是什么？", ["200.00"]),
        ("园林局2023年三公经费中哪一项最高？", ["22"]),
        ("园林局2023年绿道建设专项分到哪个方向的钱最多？", ["350.00"]),
        ("园林局2023年最大和最小的功能大类分别是哪个，各多少", ["950.00", "60.00"]),
    ],
)
def test_the_first_of_a_family(engine: Engine, question: str, expected: list[str]) -> None:
    answer = engine.answer(question)
    assert answer.status == "answered", answer.text
    assert values(answer) == expected, answer.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("列一下园林局2023年城乡社区支出下面各款的预算数", ["550.00", "400.00"]),
        ("园林局2023年的项目有哪些，各多少钱？", ["480.00", "220.00", "410.00", "90.00"]),
        ("园林局2023年三公经费由哪几部分构成，各多少", ["26", "0", "0.00", "22", "84.62", "4", "15.38"]),
        ("园林局2023年三公经费各项金额", ["0", "22", "4"]),
        ("园林局2023年三公经费中哪些为零", []),
        ("园林局2023年超过200万元的项目有哪些，各多少？", ["480.00", "220.00", "410.00"]),
        ("园林局2023年200万元以下的项目有哪些，各多少？", ["90.00"]),
        ("园林局2023年100万元到450万元之间的项目有哪些，各多少？", ["220.00", "410.00"]),
        ("园林局2023年除湿地公园改造外，最大的项目是哪个？", ["410.00"]),
    ],
)
def test_the_members_of_a_family(engine: Engine, question: str, expected: list[str]) -> None:
    assert values(engine.answer(question)) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["园林局2023年支出第二高的功能大类是哪个？"], ["150.00"]),
        (["园林局2023年支出最多的功能大类是哪个？", "那最少的呢？"], ["60.00"]),
        (["园林局2022年支出最多的功能大类是哪个？", "2023年呢？"], ["950.00"]),
        (["园林局2023年哪个项目花钱最多？", "前三呢？"], ["480.00", "410.00", "220.00"]),
        (["园林局2023年项级科目中支出为零的有几个？"], []),
        (["Which functional category had the largest expenditure in 园林管理局 2023?"], ["950.00"]),
    ],
)
def test_places_and_turns(engine: Engine, turns: list[str], expected: list[str]) -> None:
    assert values(engine.answer(turns[-1], turns[:-1])) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["园林局2023年支出最高的两个功能大类", "那2022年呢？"], ["780.00", "150.00"]),
        (["园林局2023年支出最高的两个功能大类", "港口局呢？"], ["421.00", "150.00"]),
        (["园林局2023年支出最高的两个功能大类", "港口局呢", "园林局2022年呢"], ["780.00", "150.00"]),
        (["园林局2023年三公经费各项金额", "2022年呢？"], ["0", "21", "6"]),
        (["园林局2023年公务接待费占三公经费的比重", "2022年呢"], ["22.22"]),
        (["园林局2023年公务接待费是多少", "占三公经费的比重是多少", "2022年呢"], ["22.22"]),
        (["园林局2023年公务接待费是多少", "2022年占三公经费多少"], ["22.22"]),
        (["园林局2023年绿化养护和古树保护合计多少", "2022年呢"], ["380.00", "300.00", "80.00"]),
        (["园林局2023年绿化养护和古树保护各多少", "2022年呢"], ["300.00", "80.00"]),
        (["园林局2023年绿化养护和古树保护各多少", "合计呢"], ["550.00", "520.00", "30.00"]),
        (["园林局2023年绿化养护和古树保护各多少", "合计呢", "2022年呢"], ["380.00", "300.00", "80.00"]),
        (["园林局2023年绿化养护和古树保护哪个高", "2022年呢"], ["220.00", "300.00", "80.00"]),
        (["园林局2022年支出最高的两个项级科目", "2023年增长最多的呢"], ["220.00"]),
        (
            ["Which functional category had the largest expenditure in 园林管理局 2023?", "And 2022?"],
            ["780.00"],
        ),
    ],
)
def test_a_name_alone_asks_again(engine: Engine, turns: list[str], expected: list[str]) -> None:
    assert values(engine.answer(turns[-1], turns[:-1])) == expected


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        (
            "园林局2023年支出最高的两个功能大类",
            [
                f"{PARK}2023年：",
                "- 城乡社区支出：**950.00 万元**[1]",
                "- 社会保障和就业支出：**150.00 万元**[2]",
            ],
        ),
        (
            "园林局2023年三公经费各项金额",
            [
                f"{PARK}2023年 “三公”经费：",
                "- 因公出国（境）费：**0 万元**[1]",
                "- 公务用车购置及运行费·小计：**22 万元**[2]",
                "- 公务接待费：**4 万元**[3]",
            ],
        ),
        (
            "2023年园林局和港口局的公务接待费各多少",
            ["2023年 “三公”经费·公务接待费：", f"- {PARK}：**4 万元**[1]", f"- {PORT}：**9 万元**[2]"],
        ),
        (
            "Which two functional categories had the largest expenditure in 园林管理局 2023?",
            [
                f"{PARK}2023年:",
                "- 城乡社区支出: **950.00 万元**[1]",
                "- 社会保障和就业支出: **150.00 万元**[2]",
            ],
        ),
    ],
)
def test_what_all_items_share_is_said_once(engine: Engine, question: str, lines: list[str]) -> None:
    answer = engine.answer(question)
    assert answer.text.split("\n") == lines
    assert all("临川市" in f.label and "2023年" in f.label for f in answer.figures)


def test_the_sum_of_what_was_ranked_is_not_the_largest(engine: Engine) -> None:
    ranked = "园林局2023年支出最高的两个功能大类"
    first = [f.value for f in engine.answer(ranked).figures]
    answer = engine.answer("它们合计多少", [ranked])
    assert len(first) == 2
    assert answer.figures[0].value == sum(first)


def test_what_rose_most_is_not_what_is_largest(engine: Engine) -> None:
    answer = engine.answer("园林局2023年基本支出增加最多的两项")
    assert not {"950.00", "150.00"} & set(values(answer))


def test_a_year_that_the_other_body_lacks_is_not_replaced(engine: Engine) -> None:
    answer = engine.answer("港口局呢？", ["园林局2022年支出最高的两个功能大类"])
    assert (answer.status, answer.figures) == ("no_answer", ())


def test_a_total_is_no_list_of_projects(engine: Engine) -> None:
    assert not engine.answer("港口局2023年有哪些项目？").figures


def test_projects_are_listed_with_their_amounts(engine: Engine) -> None:
    answer = engine.answer("园林局2023年项目都包括哪些？")
    assert values(answer) == ["480.00", "220.00", "410.00", "90.00"]
    assert all(name in answer.text for name in ("湿地公园改造", "绿道照明更新", "育苗温室扩建", "病虫害监测"))
    assert len(answer.citations) == 4


def test_a_count_cites_every_member(engine: Engine) -> None:
    answer = engine.answer("园林局2023年超过200万元的项目有几个？")
    assert (answer.figures[0].value, answer.figures[0].unit) == (3, "个")
    assert len(answer.figures[0].citations) == 3


def test_the_sum_of_what_the_conditions_leave(engine: Engine) -> None:
    answer = engine.answer("园林局2023年超过200万元的项目合计多少万元？")
    assert values(answer)[0] == "1110.00"
    assert answer.calculations[0].expression == "480.00 + 220.00 + 410.00"


def test_what_two_years_make_of_a_family(engine: Engine) -> None:
    answer = engine.answer("和2022年比，园林局2023年哪个项级科目增加最多，哪个减少最多？")
    assert values(answer) == ["220.00", "50.00"]
    assert "绿化养护" in answer.text
    assert "古树保护" in answer.text


def test_what_stayed_the_same(engine: Engine) -> None:
    answer = engine.answer("园林局2022年和2023年完全没变的项级科目有哪些？")
    assert all(name in answer.text for name in ("园路维护", "住房公积金", "机关养老保险缴费支出"))
    assert "绿化养护" not in answer.text
    assert "职业年金" not in answer.text


def test_what_is_new(engine: Engine) -> None:
    answer = engine.answer("园林局2023年比2022年新增的项级科目有哪些？")
    assert values(answer) == ["7.00"]


def test_the_largest_growth_is_no_largest_amount(engine: Engine) -> None:
    answer = engine.answer("园林局2023年公用经费中哪个科目比2022年增幅最大？")
    assert values(answer) == ["15.00"]
    assert answer.figures[0].unit == "%"


def test_bodies_and_years_are_ranked_together(engine: Engine) -> None:
    assert values(engine.answer("2023年园林局和港口局哪家的三公经费最高？"))[0] == "40"
    by_year = engine.answer("园林局2022到2023年哪年的三公经费最低？")
    assert values(by_year)[0] == "26"
    assert "2023" in by_year.text.splitlines()[0]
    every = engine.answer("2023年哪个部门的三公经费最高？")
    assert values(every) == ["40", "26"]
    assert PORT in every.text.splitlines()[0]


def test_a_family_that_several_years_hold_is_asked_back(engine: Engine) -> None:
    assert engine.answer("园林局支出最多的功能大类是哪个？").status == "needs_clarification"


@pytest.mark.parametrize(
    "question",
    [
        "园林局2023年哪个国道收费站收得最多？",
        "园林局2023年除了航道疏浚以外，最大的项目是哪个？",
        "园林局2023年收支总预算中哪些航道为零？",
        "港口局2023年有哪些下属单位？",
    ],
)
def test_what_no_family_explains_is_declined(engine: Engine, question: str) -> None:
    answer = engine.answer(question)
    assert answer.status == "no_answer"
    assert not answer.figures


def test_one_name_in_several_units_is_no_family() -> None:
    lines: list[Line] = [
        (None, "合计", "total", None, ("100.00",)),
        (None, "临川市园林管理局本级", "unit", None, ("60.00",)),
        (None, "行政运行", "item", 1, ("35.00",)),
        (None, "住房公积金", "item", 1, ("25.00",)),
        (None, "临川市苗圃中心", "unit", None, ("40.00",)),
        (None, "行政运行", "item", 4, ("10.00",)),
        (None, "住房公积金", "item", 4, ("30.00",)),
    ]
    table = make_table("部门支出预算总表", [("合计",)], lines, 2023, "单位名称（功能科目）")
    engine = Engine(Shelf([make_document(PARK, 2023, [table])]))
    assert engine.answer("园林局2023年哪个功能科目支出最多？").status == "no_answer"
    assert values(engine.answer("园林局2023年哪个单位的住房公积金最多？")) == ["30.00"]


@given(st.integers(200, 599), st.integers(0, 99), st.integers(0, 99))
def test_codes_are_one_form_however_grouped(group: int, section: int, item: int) -> None:
    spaced = f"{group} {section:02d} {item:02d}"
    assert code_key(spaced) == code_key(spaced.replace(" ", "")) == (group, section, item)
    assert code_key(f"{group} {section} {item}") == (group, section, item)


@given(st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2))
def test_limits_hold_what_lies_between(a: Decimal, b: Decimal, value: Decimal) -> None:
    low, high = sorted((a, b))
    assert Limits(low, high, True, True).hold(value) == (low <= value <= high)
    assert Limits(low, None).hold(value) == (value > low)
    assert Limits(None, high).hold(value) == (value < high)


def test_a_member_that_a_year_lacks_moved_from_nothing() -> None:
    entry = Joined((None, None))
    assert entry.moved == 0
    assert not entry.is_whole

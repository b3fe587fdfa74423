"""The audit of the prose, over sentences and tables of made-up bodies; of real ones where they are shared."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import pytest
from conftest import find_shared
from hypothesis import given
from hypothesis import strategies as st
from worlds import Line, column, document, table

from ingest import rates, read_document
from ingest.audit import audit
from ingest.checks.parts import rounded_to
from ingest.checks.prose import prose_findings
from ingest.checks.slips import is_slip, meant
from ingest.model import Document, Finding, Kind, Table
from ingest.values import squeeze

BODY = "临川市水务局"
HEADING = ("二、预算情况说明",)
MOST_FALSE = 3
"""Certain findings over the whole shared corpus that are none of the known contradictions."""


def told(
    *texts: str | tuple[tuple[str, ...], str],
    year: int = 2023,
    kind: Kind = "budget",
    tables: tuple[Table, ...] = (),
) -> list[Finding]:
    prose = [(HEADING, text) if isinstance(text, str) else text for text in texts]
    return list(prose_findings(document(BODY, year, kind, tables, prose)))


def told_shortly(*texts: str | tuple[tuple[str, ...], str], **more: Any) -> list[tuple[str, str, str]]:
    return [(f.rule, f.printed, f.expected) for f in told(*texts, **more)]


# --- amount, amount before, change, rate -------------------------------------------------

money = st.decimals("1", "99999.99", places=2)


@given(money, money, st.integers(0, 2), st.booleans())
def test_figures_that_are_worked_from_each_other_agree(
    before: Decimal, now: Decimal, decimals: int, tells_before: bool
) -> None:
    way = "增加" if now >= before else "减少"
    rate = (abs(now - before) / before * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    moved = f"比上年{way}{abs(now - before)}万元，{way}{rate}%"
    old = f"2022年预算数为{before}万元。" if tells_before else ""
    assert told(f"防汛抢险项目{old}2023年预算数为{now}万元，{moved}。") == []


@given(money, money, st.integers(2, 60))
def test_a_rate_that_no_rounding_makes_is_found(before: Decimal, now: Decimal, off: int) -> None:
    way = "增加" if now >= before else "减少"
    rate = (abs(now - before) / before * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    wrong = rate + off
    reach = rates.growth(rounded_to(now, "万元"), rounded_to(before, "万元"))
    assert reach is not None
    if rate == 0 or max(abs(reach.low), abs(reach.high)) >= wrong - Decimal("0.02"):
        return
    found = told(f"2022年预算数为{before}万元，2023年预算数为{now}万元，比2022年预算数{way}{wrong}%。")
    assert [f.kind for f in found] == ["growth"]
    assert found[0].severity == "certain"


@pytest.mark.parametrize(
    ("text", "rule", "printed", "expected"),
    [
        ("堤防养护预算90.00万元，与上年相比减少10.00万元，减少12.00%。", "growth", "12.00", "10.00"),
        ("堤防养护预算6149.97万元，与上年相比减少492.92万元，减少7.28%。", "growth", "492.92", "482.92"),
        (
            "泵站运行2022年执行数为54271.30万元，2023年预算安排4881.40万元，比2022年执行数增加14.29%。",
            "growth",
            "54271.30",
            "4271.30",
        ),
        (
            "培训费2022年预算数为0万元，2023年预算数为12.00万元，比2022年预算数增加100.00%。",
            "rate_of_nothing",
            "100.00",
            "上年为0，增幅无法计算",
        ),
        (
            "节水宣传预算30.60万元，比上年增加30.60万元，增长100%。",
            "rate_of_nothing",
            "100",
            "上年为0，增幅无法计算",
        ),
        (
            "河长制工作2022年预算数为15.00万元，2023年预算数为18.00万元，比2022年预算数持平。",
            "not_unchanged",
            "比2022年预算数持平",
            "3.00",
        ),
        (
            "灌区改造预算950.00万元，与上年相比减少100.00万元，减少9.52。",
            "no_percent",
            "减少9.52",
            "减少9.52%",
        ),
        (
            "排涝工程预算321.40亿元，比上年增加21.40万元，增长7.13%。",
            "other_unit",
            "321.40亿元",
            "321.40万元",
        ),
        (
            "水文监测支出决算80.00万元，全年预算为100.00万元，年初预算为0万元，完成全年预算的90%。",
            "share",
            "90",
            "80",
        ),
    ],
)
def test_a_sentence_that_disagrees_with_itself(text: str, rule: str, printed: str, expected: str) -> None:
    kind: Kind = "final_account" if "决算" in text else "budget"
    (found,) = told(text, kind=kind)
    assert (found.rule, found.printed, found.expected) == (rule, printed, expected)
    assert found.severity == "certain"
    assert found.places[0].quote in text


HARMLESS = (
    "水利（款）案件执行（项）2023年年初预算54.70万元，决算44.93万元，完成年初预算的82.14%。",
    "2023年度水利（款）防汛（项）年初预算为25.57万元，支出决算为35.36万元，完成年初预算的138.29%。",
    "2023年度收入总计1,234.56万元，比上年增加100.00万元，增长8.81%，其中：本年收入1,200.00万元，使用非财政拨款结余0万元，年初结转和结余34.56万元。",
    "2023年度“三公”经费财政拨款支出预算为10万元，支出决算为8万元，完成预算的80%，比上年减少2万元，下降20%。",
    "一般公共预算财政拨款支出年初预算为500万元，支出决算为450万元，完成年初预算的90%。决算数小于年初预算数的主要原因是厉行节约。",
    "公务用车购置及运行费支出决算5万元，占62.5%；公务接待费支出决算3万元，占37.5%。",
    "本年支出合计1000万元，其中：基本支出600万元，占60%；项目支出400万元，占40%；经营支出0万元，占0%。",
    "2023年度收、支总计各1,050.00万元。与2022年度相比，收、支总计各增加50.00万元，增长5.00%，主要原因是人员增加。",
    "年初结转和结余30.00万元，较上年减少5.00万元，下降14.29%。",
    "2023年一般公共预算拨款收入3000.00万元，比2022年增加300.00万元，增长11.11%，主要是：人员经费增加100.00万元，项目经费增加200.00万元。",
    "机关运行经费支出120.00万元，比2022年减少30.00万元，降低20%。主要用于办公费、水费、电费。",
    "2023年度政府采购支出总额600.00万元，其中：政府采购货物支出200.00万元、政府采购工程支出100.00万元、政府采购服务支出300.00万元。授予中小企业合同金额500.00万元，占政府采购支出总额的83.33%，其中：授予小微企业合同金额300.00万元，占授予中小企业合同金额的60.00%。",
    "项目支出由上年的200.00万元增加到250.00万元，增长25%。",
    "2023年预算数为80.00万元，比2022年预算数100.00万元减少20.00万元，下降20%。",
    "资产总额5,000.00万元，较上年增加100.00万元，增长2.04%；负债总额300.00万元，较上年减少10.00万元，下降3.23%。",
    "全年预算数为100.00万元，执行数为95.00万元，完成预算的95%。",
    "本部门人员编制50名，实有人数48人，其中：在职40人，离休1人，退休7人。",
    "公务接待费0万元，比上年决算数减少0.50万元，下降100%，主要原因是本年未安排。",
    "财政拨款收入2,000.00万元，占总收入的95.24%；事业收入100.00万元，占总收入的4.76%。",
    "全年预算数1000.00万元，其中年初预算900.00万元，年中追加100.00万元。",
    "一般公共预算拨款收入500.00万元，较上年（450.00万元）增加50.00万元，增长11.11%。",
    "2023年部门预算支出2000.00万元，其中人员经费1200.00万元，比上年增加100.00万元，增长9.09%；公用经费300.00万元，比上年减少50.00万元，下降14.29%；项目经费500.00万元，与上年持平。",
    "2023年收入预算2,500.00万元，其中：一般公共预算拨款2,000.00万元，政府性基金预算拨款500.00万元，比上年增加300.00万元，增长13.64%。",
    "支出总计2,500.00万元，比2022年年初预算增加300.00万元，比2022年决算减少100.00万元，下降3.85%。",
    "人员经费1,500.00万元，占基本支出的75%，公用经费500.00万元，占基本支出的25%。",
    "2022年部门决算支出1,800.00万元，2023年部门预算支出2,000.00万元，比2022年决算增加200.00万元，增长11.11%。",
    "2022年度执行数为1,900.00万元，年初预算为1,800.00万元；2023年预算安排2,000.00万元，比2022年年初预算增加11.11%。",
    "会议费预算5.00万元，其中：一类会议2次，预算3.00万元，二类会议5次，预算2.00万元。",
    "培训费8.00万元，拟开展培训10次，参训500人次，较上年减少2.00万元，主要原因是压减培训。",
    "绩效自评项目20个，涉及资金3,000.00万元，其中优秀15个，良好5个。",
    "本单位共有车辆12辆，其中，副部（省）级及以上领导用车0辆、主要领导干部用车1辆、机要通信用车1辆、应急保障用车2辆、执法执勤用车5辆、特种专业技术用车0辆、离退休干部用车1辆、其他用车2辆，其他用车主要是公务用车；单价50万元（含）以上通用设备3台（套），单价100万元（含）以上专用设备1台（套）。",
    "因公出国（境）团组2个，累计6人次；开支内容包括：国际旅费5.00万元、住宿费3.00万元、伙食费1.00万元。",
    "项目总投资5,000.00万元，其中中央预算内资金2,000.00万元，地方配套3,000.00万元，2023年安排800.00万元，较上年增加300.00万元，增长60%。",
    "2023年安排项目支出800.00万元，其中：防汛抗旱200.00万元，河道整治350.00万元，水质监测100.00万元等。",
    "基本支出比上年增加20.00万元，增长2%，达到1,020.00万元。",
    "本年收入比上年增加10.50%，其中财政拨款增长12%。",
    "2023年“三公”经费预算数为20.00万元，比上年减少5.00万元，下降20%。其中：公务接待费4.00万元，比上年减少1.00万元，下降20%；公务用车运行维护费16.00万元，比上年减少4.00万元，下降20%；因公出国（境）费0万元，与上年持平。",
    "一般公共预算当年拨款支出结构：教育支出300.00万元，占30%；科学技术支出200.00万元，占20%；住房保障支出500.00万元，占50%。",
    "上年结转资金12.00万元，其中：基本支出结转2.00万元，项目支出结转10.00万元。",
    "2023年本级收入预算为123,456元，比2022年增加10,000元，增长8.81%。",
    "2023年部门预算收入总额为1.25亿元，其中财政拨款1.2亿元，较上年减少0.05亿元，下降4%。",
    "住房公积金（项）2023年预算数为66.00万元，比2022年预算数增加6.00万元，增长10%。",
    "1.行政运行（项）2023年预算数为500.00万元，比2022年执行数减少20.00万元，下降3.85%。",
    "政府采购预算总额300.00万元，其中面向中小企业预留280.00万元，占93.33%；面向小微企业预留200.00万元，占66.67%。",
    "国有资产：房屋面积12,000平方米，其中办公用房8,000平方米，业务用房3,000平方米。",
    "公务用车购置及运行费20.00万元，其中：公务用车购置费18.00万元，公务用车运行费2.00万元。公务接待费3.00万元。",
    "2023年度其他收入预算100.00万元，比上年增加100.00万元，主要是新增横向课题。",
    "节能环保支出55.00万元，比上年增加55.00万元，上年无此项支出。",
    "2023年部门预算比2022年部门预算增加200.00万元，增长10%。",
    "按项目分，本年度拟实施5个项目，预算合计1,000.00万元，包括：项目一200.00万元、项目二300.00万元、项目三500.00万元。",
    "全年下达预算1,000.00万元，实际支出950.00万元，预算执行率95%。",
    "职工平均工资8.50万元，比上年增长5%，人均培训费0.20万元。",
    "2023年预算安排专项资金500.00万元用于河道整治，部门项目总预算比上年增加50.00万元，增长5%。",
    "2023年部门预算收入合计3,210.55万元，同比增加210.55万元，同比增长7.02%。",
    "一般公共预算财政拨款支出决算1,520.30万元，完成年初预算的101.35%。年初预算数为1,500.00万元，决算数大于年初预算数的主要原因是追加人员经费。",
    "住房保障支出（类）住房改革支出（款）住房公积金（项）。年初预算为60.00万元，支出决算为58.00万元，完成年初预算的96.67%，决算数小于年初预算数的主要原因是人员减少。",
    "社会保障和就业支出（类）行政事业单位养老支出（款）行政单位离退休（项）。年初预算为0.00万元，支出决算为12.00万元，决算数大于年初预算数的主要原因是年中追加。",
    "2023年度财政拨款收入总计900.00万元、支出总计900.00万元。与2022年相比，财政拨款收入总计减少100.00万元，下降10.00%；财政拨款支出总计减少100.00万元，下降10.00%。",
    "2023年度一般公共预算财政拨款基本支出700.00万元，其中：人员经费600.00万元，占基本支出的85.71%，公用经费100.00万元，占基本支出的14.29%。",
    "“三公”经费支出决算中，因公出国（境）费支出决算0万元，占0%；公务用车购置及运行费支出决算6.00万元，占75%；公务接待费支出决算2.00万元，占25%。",
    "公务接待费支出2.00万元，其中：国内接待费2.00万元（国内公务接待20批次，200人次），国（境）外接待费0万元。",
    "2023年我局收入总预算4,000.00万元，其中：上年结转400.00万元，占10%；一般公共预算拨款收入3,600.00万元，占90%。",
    "2023年部门支出总预算4,000.00万元，其中：基本支出2,400.00万元，占60.00%；项目支出1,600.00万元，占40.00%。较2022年增加400.00万元，增长11.11%。",
    "运转类项目支出300.00万元，特定目标类项目支出1,300.00万元，较上年分别增加30.00万元和减少100.00万元。",
    "较上年预算数增加120.00万元，增幅6.00%，主要原因是一般公共预算增加150.00万元，政府性基金减少30.00万元。",
    "人员类项目经费1,000.00万元，较上年增长8.5%；公用经费200.00万元，较上年下降5%。",
    "机关运行经费财政拨款预算100.00万元，比2022年预算增加8.00万元，增长8.70%，其中办公费20.00万元，印刷费5.00万元，邮电费3.00万元，差旅费30.00万元，会议费6.00万元，福利费8.00万元，日常维修费10.00万元，其他费用18.00万元。",
    "2023年政府购买服务预算120.00万元，较上年减少12.00万元，减少9.09%。",
    "项目支出1,600.00万元，其中100万元以上的项目5个，金额1,200.00万元。",
    "支出功能分类科目：201一般公共服务支出800.00万元；208社会保障和就业支出100.00万元；221住房保障支出100.00万元，合计1,000.00万元。",
    "年末结转和结余50.00万元，比上年减少50.00万元，降低50.00%。",
    "2023年预算总收入为8,000.00万元，比上年执行数7,500.00万元增加500.00万元，增长6.67%；其中财政拨款6,000.00万元，增加300.00万元，增长5.26%。",
    "2021年预算100.00万元，2022年预算110.00万元，2023年预算121.00万元，分别增长10%、10%。",
    "截至2022年12月31日，固定资产原值1,000.00万元，累计折旧400.00万元，净值600.00万元。",
    "项目实施周期为2021年至2025年，总投资5,000.00万元，其中2021年1,000.00万元，2022年1,000.00万元，2023年1,500.00万元。",
    "2023年拟购置车辆2辆，预算40.00万元，单价20.00万元。",
    "完成年初预算的98.5%，比上年增长2.1个百分点。",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_sound_sentences_are_left_alone(text: str) -> None:
    assert told(text) == []
    assert told(text, kind="final_account") == []


# --- wholes and parts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed", "expected", "severity"),
    [
        (
            "泵房总面积12479平方米，其中地上面积7123平方米（其中厂房7018平方米，库房195平方米），地下面积5266平方米。",
            "7123",
            "7213",
            "certain",
        ),
        (
            "政府采购预算60.50万元，其中：货物10.00万元、工程20.00万元、服务30.00万元。",
            "60.50",
            "60.00",
            "certain",
        ),
        (
            "政府采购预算总额61.00万元。其中货物10.00万元；工程20.00万元；服务30.00万元。",
            "61.00",
            "60.00",
            "certain",
        ),
        ("车辆9辆，其中：执法用车3辆、应急用车2辆、其他用车3辆。", "9", "8", "certain"),
        (
            "支出100.00万元，其中：甲类60.00万元，占60.00%；乙类41.00万元，占40.00%。",
            "100.00",
            "101.00",
            "certain",
        ),
        (
            "年度安排170.00万元，其中清淤90.00万元，护岸60.00万元，合计170.00万元。",
            "170.00",
            "150.00",
            "certain",
        ),
        ("项目支出1358.46万元，其中：水闸734.11万元，堤防524.35万元。", "1358.46", "1258.46", "suspected"),
    ],
)
def test_parts_that_do_not_make_their_whole(text: str, printed: str, expected: str, severity: str) -> None:
    found = [f for f in told(text) if f.rule == "told_sum"]
    assert [(f.printed, f.expected, f.severity) for f in found] == [(printed, expected, severity)]


@given(st.lists(st.integers(1, 99999), min_size=2, max_size=6), st.booleans())
def test_parts_that_make_their_whole(fen: list[int], led: bool) -> None:
    amounts = [Decimal(f).scaleb(-2) for f in fen]
    whole = sum(amounts)
    if led:
        items = [f"{n}．第{n}类支出{a}万元，占{a / whole * 100:.2f}%。" for n, a in enumerate(amounts, 1)]
        assert told(f"支出预算{whole}万元，其中：", *items) == []
    else:
        listed = "，".join(f"第{n}类支出{a}万元" for n, a in enumerate(amounts, 1))
        assert told(f"支出预算{whole}万元，其中：{listed}。") == []


CLASS = (*HEADING, "（一）农林水支出（类）")
ITEMS = (
    (HEADING, "农林水（类）支出300.00万元，与上年相比增加{class_change}万元，增长{class_rate}%。"),
    (CLASS, "1．水利（款）防汛（项）支出180.00万元，与上年相比增加60.00万元，增长50.00%。"),
    (CLASS, "2．水利（款）水质监测（项）支出80.00万元，与上年相比减少20.00万元，减少20.00%。"),
    (CLASS, "3．水利（款）水文测报（项）支出40.00万元，与上年一致。"),
)


@pytest.mark.parametrize(
    ("change", "rate", "found"),
    [("40.00", "15.38", []), ("50.00", "20.00", [("told_changes", "50.00", "40.00")])],
)
def test_changes_of_items_make_the_change_of_their_class(
    change: str, rate: str, found: list[tuple[str, str, str]]
) -> None:
    texts = [(section, t.format(class_change=change, class_rate=rate)) for section, t in ITEMS]
    assert told_shortly(*texts) == found


def test_parts_that_exclude_each_other() -> None:
    reserved = "在面向中小企业预留的政府采购项目中，由中小企业中标的采购金额{}万元；"
    others = "在其他政府采购项目中，由中小企业中标的采购金额{}万元。"
    whole = "2023年政府采购金额60.00万元。"
    assert told_shortly(whole, reserved.format("45.00") + others.format("25.00")) == [
        ("part_exceeds", "25.00", "15.00")
    ]
    assert told(whole, reserved.format("45.00") + others.format("15.00")) == []
    assert told_shortly("基本支出80.00万元，其中人员经费90.00万元。") == [("part_exceeds", "90.00", "80.00")]


# --- shares and completion ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "项目支出年初预算为0万元，全年预算为250.00万元，支出决算为200.00万元，完成年初预算的80.00%。",
            [("other_base", "完成年初预算的80.00%", "完成全年预算的80.00%")],
        ),
        (
            "年初预算为60.00万元，支出决算为58.00万元，完成年初预算的96.67%，决算数大于年初预算数的主要原因是节约。",
            [("other_order", "决算数大于年初预算数", "58.00万元、60.00万元")],
        ),
        (
            "会议费3.00万元，占30%；培训费5.00万元，占50%；接待费2.00万元，占25%。",
            [("share", "25", "20")],
        ),
        (
            "水利（款）防汛（项）年初预算为25.00万元，支出决算为35.00万元，完成年初预算的120.00%。",
            [("share", "120.00", "140.00")],
        ),
        (
            "人员经费600.00万元，公用经费150.00万元，公用经费150.00万元占人员经费的20%。",
            [("share", "20", "25")],
        ),
    ],
)
def test_shares_are_worked_again(text: str, found: list[tuple[str, str, str]]) -> None:
    assert told_shortly(text, kind="final_account") == found


# --- prose and tables --------------------------------------------------------------------


def by_function(fund: str = "212.50") -> Table:
    lines: list[Line] = [
        (0, "合计", "total", ("500.00", "300.00", "200.00")),
        (0, "农林水支出", "item", ("287.50", "200.00", "87.50")),
        (1, "水利", "item", ("287.50", "200.00", "87.50")),
        (2, "防汛", "item", ("167.25", "150.00", "17.25")),
        (2, "水质监测", "item", ("120.25", "50.00", "70.25")),
        (0, "住房保障支出", "item", (fund, "100.00", "112.50")),
        (1, "住房改革支出", "item", (fund, "100.00", "112.50")),
        (2, "住房公积金", "item", (fund, "100.00", "112.50")),
    ]
    codes = ["", "213", "21303", "2130314", "2130311", "221", "22102", "2210201"]
    made = table("部门支出预算总表", [column(n, 2023) for n in ("合计", "基本支出", "项目支出")], lines)
    rows = tuple(replace(r, code=c or None) for r, c in zip(made.rows, codes, strict=True))
    return replace(made, rows=rows)


FUND = "住房保障支出（类）住房改革支出（款）住房公积金（项）"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"1.{FUND}212.50万元，主要用于缴存。", []),
        (f"1.{FUND}212.50万元。2023年预算安排218.50万元。", [("two_amounts", "218.50", "212.50")]),
        (f"1.{FUND}231.50万元。2023年预算安排231.50万元。", [("prose_table", "231.50", "212.5")]),
        (f"1.{FUND}212.50亿元，主要用于缴存。", [("other_unit", "212.50亿元", "212.50万元")]),
        (f"1.{FUND}112.50万元，主要用于缴存。", []),
        ("2023年项目支出预算203.00万元。", [("prose_table", "203.00", "200")]),
        ("2019年项目支出预算200.00万元，比上年增加20.00万元。", [("other_year", "2019年", "2023年")]),
        (
            "1.住房保障支出（类）住房改革支出（款）住房积公金（项）212.50万元，主要用于缴存。",
            [("other_account_name", "住房积公金（项）", "住房公积金（项）")],
        ),
        (
            "1.农业支出（类）水利（款）防汛（项）167.25万元，主要用于防汛。",
            [("other_account_name", "农业支出（类）", "农林水支出（类）")],
        ),
    ],
)
def test_prose_against_the_table(text: str, found: list[tuple[str, str, str]]) -> None:
    assert told_shortly(text, tables=(by_function(),)) == found


def test_an_account_of_several_units_is_their_sum() -> None:
    lines: list[Line] = [
        (0, "本级", "unit", ("100.00",)),
        (1, "住房公积金", "item", ("100.00",)),
        (0, "水文站", "unit", ("60.00",)),
        (1, "住房公积金", "item", ("60.00",)),
    ]
    units = table("支出预算表", [column("合计", 2023)], lines)
    assert told("1.住房公积金（项）160.00万元，主要用于缴存。", tables=(units,)) == []


def both_years() -> Table:
    columns = [column("2022年预算>合计", 2022), column("2023年预算>合计", 2023)]
    lines: list[Line] = [
        (0, "合计", "total", ("240.00", "300.00")),
        (0, "项目支出", "item", ("81.50", "95.25")),
    ]
    return table("支出预算表", columns, lines)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年项目支出预算95.25万元，比上年增加13.75万元。", []),
        ("2023年项目支出预算95.25万元，比上年增加18.75万元。", [("last_year", "18.75", "13.75")]),
        (
            "2022年项目支出预算为83.50万元，2023年项目支出预算为95.25万元，比2022年预算增加11.75万元。",
            [("last_year", "83.50", "81.5")],
        ),
    ],
)
def test_the_year_before_as_the_table_prints_it(text: str, found: list[tuple[str, str, str]]) -> None:
    assert told_shortly(text, tables=(both_years(),)) == found


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (
            [
                "内设机构包括：临川市排水设施养护中心、临川市河道堤防管理处。",
                "另有临川市排水养护中心人员8名。",
            ],
            [("misspelt_name", "临川市排水养护中心", "临川市排水设施养护中心")],
        ),
        (["下属单位包括：临川市东城区排水管理中心。", "由临川市排水管理中心指导。"], []),
    ],
)
def test_a_body_that_has_lost_a_part_of_its_name(texts: list[str], found: list[tuple[str, str, str]]) -> None:
    assert told_shortly(*texts) == found


def test_an_amount_that_is_told_in_several_places() -> None:
    once = "2023年防汛专项经费预算安排4157.32万元。"
    again = "2023年防汛专项经费预算安排4152.37万元。"
    assert told_shortly(once, once, again.replace("4152.37", "4157.23")) == [
        ("two_amounts", "4157.23", "4157.32")
    ]
    assert told(once, once, "2023年堤防专项经费预算安排981.20万元。") == []


def economic(postage: str) -> Table:
    names = {"办公费": "12.00", "水费": "3.00", "电费": "5.00", "邮电费": postage}
    lines: list[Line] = [(0, name, "item", (amount,)) for name, amount in names.items()]
    made = table("一般公共预算基本支出表", [column("预算数", 2023)], lines)
    return replace(made, rows=tuple(replace(r, code=f"3020{n}") for n, r in enumerate(made.rows)))


def test_what_is_listed_is_spent_on() -> None:
    text = "公用经费20.00万元，主要包括：办公费、水费、电费、邮电费。"
    (found,) = told(text, tables=(economic("0.00"),))
    assert (found.rule, found.kind, found.printed) == ("listed_nothing", "cross", "邮电费")
    assert found.places[1].table == "一般公共预算基本支出表"
    assert told(text, tables=(economic("4.00"),)) == []


# --- words -------------------------------------------------------------------------------

COVER = ((), "临川市2023年市级部门预算")
EMPTY = "注：本部门2023年无三公经费预算，故本表为空表。"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (
            ["人员经费70.00万元，包括：基本工资、津贴补贴、资金、绩效工资。"],
            [("misspelt_name", "资金", "奖金")],
        ),
        (["财政拨款收入比2023年预算增加5.00万元。"], [("same_year", "比2023年预算增加", "比2022年预算增加")]),
        (["财政拨款收入比2022年预算增加5.00万元，比2023年调整预算减少。"], []),
        (
            [((*HEADING, "五、实施周期"), "2022年1月1日至2022年12月31日")],
            [("past_period", "2022年1月1日至2022年12月31日", "2023年1月1日至2023年12月31日")],
        ),
        ([((*HEADING, "五、实施周期"), "2022年3月至2024年5月")], []),
        (
            [COVER, "“三公”经费：与省级财政有经费领拨关系的部门安排的费用。"],
            [("other_level", "与省级财政有经费领拨关系", "与市级财政有经费领拨关系")],
        ),
        (
            ["1.水利（款）防汛（项）50.00万元，比上年减少10.00万元，减少16.67%。主要原因是防汛经费增加。"],
            [("other_direction", "防汛经费增加", "防汛经费减少")],
        ),
        (
            ["1.水利（款）防汛（项）50.00万元，比上年减少10.00万元，减少16.67%。主要原因是上年新增加设备。"],
            [],
        ),
        (
            [
                "1.水利（款）防汛抢险（项）5.00万元，主要用于防汛抢险的物资储备。",
                "2.水利（款）水质监测（项）6.00万元，主要用于防汛抢险的物资储备。",
            ],
            [("copied_words", "防汛抢险的物资储备", "水质监测")],
        ),
        (
            ["1.住房改革支出（款）提租补贴（项）5.00万元，比上年增加，主要原因是提租补政策调整。"],
            [("misspelt_name", "提租补", "提租补贴")],
        ),
        (
            [
                ((*HEADING, "六、财政拨款支出情况说明"), "本表（公开06表）反映财政拨款支出。"),
                ((*HEADING, "八、基本支出情况说明"), "本表（公开08表）反映基本支出。"),
                ((*HEADING, "八、基本支出情况说明"), "按“公开08表 财政拨款支出表”填写。"),
            ],
            [("other_table", "08表财政拨款支出表", "08表 基本支出表")],
        ),
        (
            [
                ((*HEADING, "（一）政府性基金支出情况"), "2023年政府性基金支出预算0万元，与上年没有变化。"),
                ((*HEADING, "（二）国有资本经营支出情况"), "2023年政府性基金支出预算0万元，与上年没有变化。"),
            ],
            [
                (
                    "copied_words",
                    "2023年政府性基金支出预算0万元，与上年没有变化。",
                    "国有资本经营支出情况",
                )
            ],
        ),
    ],
)
def test_words_that_cannot_be_right(
    texts: list[str | tuple[tuple[str, ...], str]], found: list[tuple[str, str, str]]
) -> None:
    assert told_shortly(*texts) == found


@pytest.mark.parametrize(("amount", "count"), [("9.00", 1), ("", 0), ("0.00", 0)])
def test_a_note_that_calls_its_table_empty(amount: str, count: int) -> None:
    lines: list[Line] = [(0, "合计", "total", (amount,))]
    noted = replace(table("三公经费表", [column("三公经费", 2023)], lines), notes=EMPTY)
    found = told("编制说明。", tables=(noted,))
    assert [f.rule for f in found] == ["not_empty"] * count


def test_a_name_of_rows_that_no_other_table_has() -> None:
    one = table("收支总表", [column("金额", 2023)], [(0, "财政专户管理资金", "item", ("1.00",))])
    other = table("收入总表", [column("金额", 2023)], [(0, "财政转专户管理资金", "item", ("1.00",))])
    third = table("拨款总表", [column("金额", 2023)], [(0, "财政专户管理资金", "item", ("1.00",))])
    assert told_shortly("编制说明。", tables=(one, other, third)) == [
        ("misspelt_name", "财政转专户管理资金", "财政专户管理资金")
    ]


# --- anything at all ---------------------------------------------------------------------

_number = st.one_of(
    st.integers(0, 10**6).map(str),
    st.decimals("0", "9999999", places=2).map(str),
    st.integers(10**20, 10**45).map(str),
    st.sampled_from(["0", "0.00", "-5", "－3.2", "1,234.56", "0.0000000000000000000000000001"]),
)
_words = st.sampled_from(
    [
        *("比上年增加", "减少", "增长", "下降", "其中：", "包括：", "占", "完成年初预算的", "，", "。", "；"),
        *(
            "（",
            "）",
            "：",
            "2023年预算安排",
            "2022年执行数为",
            "年初预算为",
            "支出决算为",
            "项目支出",
            "主要用于",
        ),
        *("教育支出（类）普通教育（款）小学教育（项）", "主要原因是", "与2022年预算持平", "1．", "（一）"),
        *("人员经费", "其他", "政府采购金额", "在面向中小企业预留", "在其他政府采购项目"),
        *("决算数大于预算数", "基本工资、津贴补贴、资金"),
    ]
)
_unit = st.sampled_from(["万元", "元", "亿元", "%", "人", "平方米", "个百分点", ""])
_piece = st.one_of(_words, st.tuples(_number, _unit).map("".join))
_paragraph = st.lists(_piece, min_size=3, max_size=25).map("".join)
_section = st.sampled_from([HEADING, (*HEADING, "（一）教育支出（类）"), (*HEADING, "五、实施周期")])


@given(st.lists(st.tuples(_section, _paragraph), min_size=1, max_size=4), st.booleans())
def test_no_text_stops_the_audit(prose: list[tuple[tuple[str, ...], str]], is_final: bool) -> None:
    kind: Kind = "final_account" if is_final else "budget"
    for finding in told(*prose, kind=kind, tables=(by_function(), economic("0.00"))):
        assert finding.places
        assert finding.message


# --- slips and rates on their own --------------------------------------------------------


@given(st.integers(10_001, 999_999).filter(lambda n: n % 10), st.data())
def test_one_slip_is_seen_both_ways(fen: int, data: st.DataObject) -> None:
    """A digit left out, put in or changed, or two exchanged."""
    amount = Decimal(fen).scaleb(-2)
    digits = str(fen)
    at = data.draw(st.integers(0, len(digits) - 2))
    spelt = data.draw(
        st.sampled_from(
            [
                digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :],
                f"{digits[:at]}{(int(digits[at]) + 3) % 10}{digits[at + 1 :]}",
                f"{digits[:at]}7{digits[at:]}",
            ]
        )
    )
    slipped = Decimal(int(spelt)).scaleb(-2)
    if slipped != amount and spelt[0] != "0":
        assert is_slip(amount, slipped)


def test_what_several_slips_make_is_not_known() -> None:
    assert meant(Decimal("392.92"), lambda v: Decimal("382.40") < v < Decimal("383.08")) == Decimal("382.92")
    assert meant(Decimal("392.92"), lambda v: v > 300) is None
    assert meant(Decimal("12.00"), lambda v: v == 13) is None


@given(money, money)
def test_the_rate_is_in_its_reach(now: Decimal, before: Decimal) -> None:
    exact = (now - before) / before * 100
    reach = rates.growth(rounded_to(now, "万元"), rounded_to(before, "万元"))
    assert reach is not None
    assert reach.low <= exact <= reach.high
    by_change = rates.growth_by(rounded_to(now - before, "万元"), rounded_to(now, "万元"))
    if by_change is not None:
        assert by_change.low <= exact <= by_change.high


# --- real documents ----------------------------------------------------------------------


@cache
def findings_of_corpus() -> dict[str, tuple[Finding, ...]]:
    folder = find_shared("corpus")
    files = sorted([*folder.rglob("*.pdf"), *folder.rglob("*.txt")])
    documents: list[Document] = [read_document(path) for path in files]
    return {document.file_name: audit(document) for document in documents}


def known() -> list[dict[str, Any]]:
    files = sorted(find_shared("questions").glob("*_discrepancies.json"))
    return [entry for path in files for entry in json.loads(path.read_text("utf-8"))]


def tells_of(finding: Finding, entry: dict[str, Any]) -> bool:
    """The same page, the same kind (the three of figures count as one) and the figure or words."""
    alike = finding.kind == entry["kind"] or "text" not in (finding.kind, entry["kind"])
    on_page = finding.places[0].place.page_number == entry["page"]
    wanted, printed = _plain(entry["printed"]), _plain(finding.printed)
    return alike and on_page and (printed in wanted or wanted in printed)


def _plain(text: str) -> str:
    return squeeze(text).replace(",", "").replace("，", "")


def test_known_contradictions_are_found() -> None:
    missed = [
        entry
        for entry in known()
        if not any(tells_of(f, entry) for f in findings_of_corpus().get(entry["doc"], ()))
    ]
    assert [e for e in missed if e["kind"] != "text"] == []
    texts = [e for e in known() if e["kind"] == "text"]
    assert len([e for e in missed if e["kind"] == "text"]) <= len(texts) / 10, missed


def test_little_else_is_called_certain() -> None:
    entries = known()
    others = [
        (name, f.rule, f.message)
        for name, found in findings_of_corpus().items()
        for f in found
        if f.severity == "certain" and not any(tells_of(f, e) for e in entries if e["doc"] == name)
    ]
    assert len(others) <= MOST_FALSE, others

"""Whose budget, of which year: made-up documents, then every document of the shared corpus."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from conftest import find_shared
from grids import matrix_grid, pages
from hypothesis import given
from hypothesis import strategies as st

from ingest.grid import Page
from ingest.identity import identify
from ingest.readers.pdf import read_pdf
from ingest.readers.text import read_text
from ingest.script import folding_of


def test_a_cover_broken_over_lines_gives_the_full_name() -> None:
    found = identify(pages(["中共临江市委", "统战工作部 2023 年度", "部门决算", "目录"]), "x.pdf")
    assert (found.organization, found.fiscal_year, found.kind) == (
        "中共临江市委统战工作部",
        2023,
        "final_account",
    )
    assert found.level == "department"


def test_the_year_may_come_before_the_name() -> None:
    found = identify(pages(["2031 年度临江省高级", "人民法院预算公开", "2031 年 2 月 4 日"]), "x.pdf")
    assert (found.organization, found.fiscal_year, found.kind) == ("临江省高级人民法院", 2031, "budget")


def test_a_label_names_the_body_when_the_cover_names_only_the_place() -> None:
    cover = ["临江市白塔区2025年区级部门预算", "预算主管部门：临江市白塔区水务局"]
    assert identify(pages(cover), "x.pdf").organization == "临江市白塔区水务局"


def test_bare_tables_are_named_by_their_heads_and_dated_by_the_file() -> None:
    table = matrix_grid([["项目", "金额"], ["收入总计", "9.00"]])
    content = ["公开01表", "收支预算总表", "部门：临江省政协办公厅    单位：万元", table]
    found = identify(pages(content), "2018度部门预算公开表.pdf")
    assert (found.organization, found.fiscal_year, found.kind) == ("临江省政协办公厅", 2018, "budget")


def test_a_label_in_a_cell_counts_as_much() -> None:
    table = matrix_grid([["部门：临江省林业厅", "单位：万元"], ["收入总计", "9.00"]])
    assert identify(pages([table]), "x.pdf").organization == "临江省林业厅"


def test_a_units_own_budget_knows_its_parent() -> None:
    content = ["临江市图书馆", "2024年单位预算", "主管部门：临江市文化和旅游局"]
    found = identify(pages(content), "x.pdf")
    assert found.organization == "临江市图书馆"
    assert (found.level, found.parent) == ("unit", "临江市文化和旅游局")


def test_content_counts_before_the_file_name() -> None:
    found = identify(pages(["临江市民政局", "2024年部门预算"]), "2019年白塔区教育局部门预算.pdf")
    assert (found.organization, found.fiscal_year) == ("临江市民政局", 2024)


def test_years_in_passing_do_not_count() -> None:
    content = [
        "临江市民政局部门概况",
        "2022年部门预算情况说明",
        "收入预算5万元，比2021年预算增加1万元，比2021年预算执行数增加2万元。",
        "根据2015年5月印发的文件，2016年成立。",
    ]
    assert identify(pages(content), "x.pdf").fiscal_year == 2022


@pytest.mark.parametrize(
    ("printed", "year"),
    [
        ("二〇一九年", 2019),
        ("二○一九年度", 2019),
        ("民國114年度", 2025),
        ("民国99年", 2010),
        ("２０２０年", 2020),
        ("2019财年", 2019),
        ("FY2019", 2019),
        ("二零一九年", 2019),
    ],
)
def test_other_ways_to_write_a_year(printed: str, year: int) -> None:
    assert identify(pages([f"{printed}临江市民政局部门预算"]), "x.pdf").fiscal_year == year


def test_traditional_characters() -> None:
    printed = pages(["臨江市政府水利處", "單位預算", "中華民國114年度", "臨江市政府水利處114年度單位預算書"])
    folding = folding_of(printed)
    assert folding is not None
    found = folding.restore(identify(folding.fold(printed), "x.pdf"))
    assert (found.organization, found.fiscal_year, found.kind) == ("臨江市政府水利處", 2025, "budget")
    assert found.level == "unit"


def test_the_fund_that_is_called_budget_does_not_make_accounts_a_budget() -> None:
    content = ["一般公共预算财政拨款支出决算表", "政府性基金预算财政拨款收入支出决算表", "一般公共预算收支表"]
    assert identify(pages(content), "x.pdf").kind == "final_account"


@pytest.mark.parametrize(
    ("lines", "organization"),
    [
        (["部门预算公开", "临江市公安局", "2031年"], "临江市公安局"),
        (["101001-临江市民政局机关", "2031年单位预算"], "临江市民政局"),
        (["临江市妇女联合会2031年部门预算调整方案"], "临江市妇女联合会"),
        (["收支总表（2031年度）", "编制单位：[101]临江市档案馆"], "临江市档案馆"),
    ],
)
def test_covers_of_other_manners(lines: list[str], organization: str) -> None:
    found = identify(pages(lines), "附件1.pdf")
    assert (found.organization, found.fiscal_year) == (organization, 2031)


@pytest.mark.parametrize("name", ["2029年度部门预算公开.pdf", "附件1.pdf", "a.pdf"])
def test_a_file_name_that_says_nothing_does_no_harm(name: str) -> None:
    found = identify(pages(["临江市白塔区2031年区级部门预算", "预算主管部门：临江市白塔区水务局"]), name)
    assert (found.organization, found.fiscal_year, found.kind) == ("临江市白塔区水务局", 2031, "budget")


def test_the_cover_tells_the_place_and_its_level_of_government() -> None:
    found = identify(pages(["临江市白塔区2031年区级部门预算", "预算主管部门：白塔区水务局"]), "x.pdf")
    assert (found.organization, found.district) == ("白塔区水务局", "临江市白塔区")
    assert found.government_level == "district"


@pytest.mark.parametrize(
    ("lines", "version"),
    [
        (["临江市民政局", "2031年部门预算（草案）"], "草案"),
        (["临江市民政局2031年调整预算"], "调整"),
        (["临江市民政局2031年部门预算", "（征求意见稿）"], "征求意见稿"),
        (["临江市经济结构调整办公室2031年部门预算"], None),
        (["临江市民政局2031年部门预算", "目录", "预算调整情况"], None),
    ],
)
def test_an_edition_is_what_the_cover_calls_it(lines: list[str], version: str | None) -> None:
    assert identify(pages(lines), "x.pdf").version == version


def test_nothing_is_guessed() -> None:
    found = identify(pages(["第一部分 部门概况", "一、主要职能", "本部门负责各项工作。"]), "scan0001.pdf")
    assert (found.organization, found.fiscal_year, found.kind, found.level) == (None, None, None, None)
    assert identify([], "x.pdf").organization is None


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=30))
def test_any_text_has_an_identity_or_none(lines: list[str], file_name: str) -> None:
    found = identify(pages(lines), file_name)
    assert found.organization is None or found.organization.strip()
    assert found.fiscal_year is None or 1900 <= found.fiscal_year < 3000


CORPUS = {
    "jiangsu/2017年度部门预算公开表.pdf": ("江苏省政协办公厅", 2017),
    "jiangsu/江苏省政协办公厅2017年度部门预算.pdf": ("江苏省政协办公厅", 2017),
    "jiangsu/江苏省政协办公厅2018年度部门预算.pdf": ("江苏省政协办公厅", 2018),
    "jiangsu/江苏省政协办公厅2018度部门预算公开表.pdf": ("江苏省政协办公厅", 2018),
    "jiangsu/江苏省政协办公厅2019年度部门预算.pdf": ("江苏省政协办公厅", 2019),
    "jiangsu/江苏省政协办公厅2019年预算公开表.pdf": ("江苏省政协办公厅", 2019),
    "jiangsu/江苏省高级人民法院2019年度部门预算公开.pdf": ("江苏省高级人民法院", 2019),
    "jiangsu/省法院2018年度部门预算公开.pdf": ("江苏省高级人民法院", 2018),
    "putuo/2024年上海市普陀区人民政府万里街道办事处部门预算.pdf": (
        "上海市普陀区人民政府万里街道办事处",
        2024,
    ),
    "putuo/2024年度中共上海市普陀区委社会工作部部门决算.pdf": ("中共上海市普陀区委社会工作部", 2024),
    "putuo/2025年上海市普陀区人民政府万里街道办事处部门预算.pdf": (
        "上海市普陀区人民政府万里街道办事处",
        2025,
    ),
    "putuo/2025年上海市普陀区商务委员会部门预算.pdf": ("上海市普陀区商务委员会", 2025),
    "putuo/2026年上海市普陀区司法局部门预算.pdf": ("上海市普陀区司法局", 2026),
    "seeds/2017年广州市人民政府政务管理办公室部门预算.pdf": ("广州市人民政府政务管理办公室", 2017),
    "seeds/2017年广州市人民政府政务管理办公室部门预算.txt": ("广州市人民政府政务管理办公室", 2017),
    "seeds/2021年广州开发区行政服务管理中心部门预算.pdf": ("广州开发区行政服务管理中心", 2021),
    "seeds/2021年广州开发区行政服务管理中心部门预算.txt": ("广州开发区行政服务管理中心", 2021),
}


@cache
def corpus_pages(name: str) -> list[Page]:
    path = find_shared(f"corpus/{name}")
    return read_pdf(path) if path.suffix == ".pdf" else read_text(path)


@pytest.mark.parametrize("name", CORPUS)
def test_every_document_of_the_corpus_says_whose_it_is(name: str) -> None:
    found = identify(corpus_pages(name), Path(name).name)
    kind = "final_account" if "决算" in name else "budget"
    assert (found.organization, found.fiscal_year, found.kind) == (*CORPUS[name], kind)
    assert found.level in ("department", None)


@pytest.mark.parametrize("name", CORPUS)
def test_the_name_of_the_body_needs_no_file_name(name: str) -> None:
    assert identify(corpus_pages(name), "download.pdf").organization == CORPUS[name][0]

"""The audit of tables: consistent ones give no finding; an altered figure is found, with both places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from grids import grid, matrix_grid, pages
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tables_corpus import documents as corpus_documents
from test_tables_corpus import tables_of

from eval.corpus.generate import generate
from eval.corpus.writers import write
from ingest import read_document
from ingest.audit import count_checked
from ingest.checks.parts import NamedParts, named_parts, read_pattern, rules
from ingest.checks.tables import audit_tables
from ingest.grid import Grid
from ingest.model import Document, Finding, Identity, Kind, Table
from ingest.standard import with_standard
from ingest.tables import read_tables


def document_of(*blocks: str | Grid, kind: Kind = "budget") -> Document:
    """What is read of pages with these blocks."""
    read = read_tables(pages(blocks), 2022, kind).tables
    return with_tables(with_standard(read, kind), kind)


def with_tables(tables: Sequence[Table], kind: Kind = "budget") -> Document:
    identity = Identity("样例市档案馆", 2022, kind)
    return Document("样例.pdf", "0" * 64, "pdf", 1, identity, tuple(tables), (), ())


def found_in(*blocks: str | Grid, kind: Kind = "budget") -> list[Finding]:
    return list(audit_tables(document_of(*blocks, kind=kind)).findings)


def told(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.severity, finding.printed, finding.expected


# -- any consistent table ------------------------------------------------------------------


@dataclass(frozen=True)
class Ledger:
    """An expenditure table: rows of code, name and amounts in 分, each 合计, 基本支出, 项目支出."""

    unit: str
    places: int
    rows: tuple[tuple[str, str, tuple[int, int, int]], ...]

    def text(self, amount: int) -> str:
        return f"{Decimal(amount).scaleb(-self.places):,}"

    def blocks(self) -> list[str | Grid]:
        header = [
            ["功能分类科目编码", "功能分类科目名称", "支出预算", "<", "<"],
            ["^", "^", "合计", "基本支出", "项目支出"],
        ]
        body = [[code, name, *map(self.text, amounts)] for code, name, amounts in self.rows]
        return ["部门支出预算总表", f"单位：{self.unit}", matrix_grid([*header, *body])]


_amounts = st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)).map(lambda a: (sum(a), *a))
_names = ("档案事务", "财政事务", "税收事务", "审计事务", "海关事务", "人事事务", "商贸事务", "港澳事务")


def _sum(parts: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    first, second, third = (sum(column) for column in zip(*parts, strict=True))
    return first, second, third


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    rows: list[tuple[str, str, tuple[int, int, int]]] = []
    classes = []
    for number in range(draw(st.integers(2, 3))):
        sections = []
        class_at = len(rows)
        for section in range(draw(st.integers(1, 2))):
            items = draw(st.lists(_amounts, min_size=2, max_size=3))
            code = f"{201 + number}{section + 1:02}"
            rows.append((code, _names[2 * number + section], _sum(items)))
            rows += [(f"{code}{i + 1:02}", f"事项{number}{section}{i}", item) for i, item in enumerate(items)]
            sections.append(_sum(items))
        rows.insert(class_at, (f"{201 + number}", f"第{number}类支出", _sum(sections)))
        classes.append(_sum(sections))
    total = ("", "合计", _sum(classes))
    rows = [total, *rows] if draw(st.booleans()) else [*rows, total]
    unit, places = draw(st.sampled_from([("元", 2), ("万元", 2), ("元", 0), ("千元", 1)]))
    return Ledger(unit, places, tuple(rows))


@given(ledgers())
@settings(max_examples=40)
def test_a_consistent_table_gives_no_finding(ledger: Ledger) -> None:
    audited = audit_tables(document_of(*ledger.blocks()))
    assert audited.findings == ()
    assert audited.checked["rows_sum"] == 3 * sum(len(code) < 7 for code, _, _ in ledger.rows)
    assert audited.checked["columns_sum"] == len(ledger.rows)


@given(ledgers(), st.data())
@settings(max_examples=60)
def test_one_altered_figure_is_one_finding_with_both_places(ledger: Ledger, data: st.DataObject) -> None:
    row_at = data.draw(st.integers(0, len(ledger.rows) - 1), label="row")
    column = data.draw(st.integers(0, 2), label="column")
    code, name, amounts = ledger.rows[row_at]
    wrong = amounts[column] + data.draw(st.integers(50, 10**6), label="too much")
    altered = (code, name, (*amounts[:column], wrong, *amounts[column + 1 :]))
    rows = (*ledger.rows[:row_at], altered, *ledger.rows[row_at + 1 :])
    (finding,) = found_in(*replace(ledger, rows=rows).blocks())
    assert (finding.kind, finding.severity) == ("sum", "certain")
    assert (Decimal(finding.printed), Decimal(finding.expected)) == tuple(
        Decimal(amount).scaleb(-ledger.places) for amount in (wrong, amounts[column])
    )
    faulty, *others = finding.places
    assert faulty.quote == ledger.text(wrong)
    assert faulty.row is not None
    assert faulty.row.endswith(name)
    assert others


@given(st.lists(st.integers(100, 10**9), min_size=2, max_size=12))
def test_a_difference_that_rounding_makes_is_no_finding(amounts_yuan: list[int]) -> None:
    def rounded(amount: int) -> str:
        return f"{(Decimal(amount) / 10_000).quantize(Decimal('0.01')):,}"

    rows = [[f"30{n:03}", f"费用{n}", rounded(amount)] for n, amount in enumerate(amounts_yuan, 101)]
    table = matrix_grid([["科目编码", "科目名称", "金额"], ["", "合计", rounded(sum(amounts_yuan))], *rows])
    assert found_in("基本支出预算表", "单位：万元", table) == []


_any_text = st.sampled_from(
    ["合计", "小计", "其中：甲", "一、乙", "1", "2,500.00", "-3", "12 5", "无", "", "9" * 60]
)


@given(st.lists(st.lists(_any_text, min_size=4, max_size=4), min_size=1, max_size=12))
@settings(max_examples=60)
def test_no_table_is_too_odd_to_be_audited(rows: list[list[str]]) -> None:
    table = matrix_grid([["科目名称", "合计", "执行率（%）", "增减额"], *rows])
    blocks = ["收支预算总表", "单位：元", table, *["支出预算表", "单位：万元", table]]
    for finding in found_in(*blocks):
        assert finding.places


# -- rows ----------------------------------------------------------------------------------


def test_a_subtotal_and_a_total_are_summed_up_in_turn() -> None:
    rows = ["一、拨款|90", "二、事业收入|10", "本年收入合计|{}", "上年结转|5", "收入总计|{}"]
    balanced = grid("项目|预算数", *(row.format(v) for row, v in zip(rows, (0, 0, 100, 0, 105), strict=True)))
    assert found_in("收入预算总表", "单位：元", balanced) == []
    wrong = grid("项目|预算数", *(row.format(v) for row, v in zip(rows, (0, 0, 102, 0, 105), strict=True)))
    (finding,) = found_in("收入预算总表", "单位：元", wrong)
    assert told(finding) == ("rows_sum", "certain", "102", "100")


def test_a_part_may_not_exceed_what_it_is_a_part_of() -> None:
    table = grid("项目|预算数", "一、拨款|90", "其中：一般公共预算|95", "二、事业收入|10", "合计|100")
    (finding,) = found_in("收入预算总表", "单位：元", table)
    assert told(finding)[0] == "of_which"
    assert {place.quote for place in finding.places} == {"90", "95"}


def test_units_and_accounts_each_break_down_the_total() -> None:
    rows = ["|合计|100|60", "201|一、公共服务|70|40", "208|二、社会保障|30|20"]
    units = ["|样例市档案馆|{}|35", "|样例市方志馆|45|25"]
    header = "科目编码|单位名称（功能科目）|预算数|基本支出"
    assert found_in("支出预算表", "单位：元", grid(header, *rows, units[0].format(55), units[1])) == []


def test_a_hierarchy_that_nowhere_adds_up_is_a_misreading_not_a_contradiction() -> None:
    rows = [f"20{n}|款{n}|{100 + n}|{50 + n}" for n in range(10, 20)]
    table = grid("科目编码|科目名称|合计|基本支出", "2|类|7|3", *rows, "|合计|9|4")
    assert all(finding.severity != "certain" for finding in found_in("支出预算表", "单位：元", table))


def test_a_sum_that_is_off_by_a_whole_row_is_only_suspected() -> None:
    table = grid("项目|预算数", "一、人员|70", "二、公用|20", "三、补助|10", "合计|90")
    (finding,) = found_in("支出预算表", "单位：元", table)
    assert told(finding) == ("rows_sum", "suspected", "90", "100")


def test_blanks_and_dashes_count_as_nothing() -> None:
    table = grid("项目|合计|基本支出", "一、人员|70|—", "二、公用||", "三、补助|30|无", "合计|100|")
    assert found_in("支出预算表", "单位：元", table) == []


def test_a_part_that_cannot_be_read_leaves_its_sum_unchecked() -> None:
    table = grid("项目|合计|数", "一、人员|70|1", "二、公用|2 0-3|2", "三、补助|20|3", "合计|100|6")
    assert found_in("支出预算表", "单位：元", table) == []


def test_what_text_recognition_read_is_never_certain() -> None:
    document = document_of(
        "支出预算表", "单位：元", grid("项目|预算数", "一、人员|70", "二、公用|23", "合计|100")
    )
    (table,) = document.tables
    rows = tuple(
        replace(row, cells=tuple(replace(cell, confidence=0.9) for cell in row.cells)) for row in table.rows
    )
    (scanned,) = audit_tables(with_tables([replace(table, rows=rows)])).findings
    assert [f.severity for f in audit_tables(document).findings] == ["certain"]
    assert scanned.severity == "suspected"


# -- columns -------------------------------------------------------------------------------


def test_printed_formulas_are_checked() -> None:
    header = "单位|年初预算|调整预算|执行数|执行率（%）|总计", "|1|2|3|4=3÷2|5=1+2"
    good = "一、甲|1000|2000|1500|75.00|3000", "二、乙|500|800|600|75.00|1300"
    assert found_in("预算执行情况表", "单位：元", grid(*header, *good)) == []
    wrong = found_in("预算执行情况表", "单位：元", grid(*header, good[0], "二、乙|500|800|600|70.00|1350"))
    assert {told(finding) for finding in wrong} == {
        ("formula", "certain", "70.00", "75.00"),
        ("formula", "certain", "1350", "1300"),
    }


def test_rates_are_worked_from_the_columns_that_give_most_of_them() -> None:
    rows = [(f"{n}、项目", 1000 + 37 * n, 911 + 13 * n) for n in range(1, 9)]
    texts = [f"{name}|{plan}|{done}|{Decimal(done * 100) / plan:.2f}" for name, plan, done in rows]
    header = "项目名称|全年预算数|全年执行数|执行率（%）"
    assert found_in("项目执行表", "单位：元", grid(header, *texts)) == []
    name, plan, done = rows[3]
    texts[3] = f"{name}|{plan}|{done}|99.99"
    (finding,) = found_in("项目执行表", "单位：元", grid(header, *texts))
    assert told(finding) == ("rate_column", "certain", "99.99", f"{Decimal(done * 100) / plan:.2f}")
    assert {place.quote for place in finding.places[1:]} == {str(plan), str(done)}


@pytest.mark.parametrize("total", ["30.50", "31.50"])
def test_the_three_public_expenses_beside_each_other(total: str) -> None:
    header = "合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费", "^|^|小计|购置费|运行费|^"
    table = grid(*header, f"{total}|3.00|25.50|18.00|7.50|2.00")
    found = found_in("“三公”经费预算表", "单位：万元", table)
    assert [told(f) for f in found] == ([("three_public", "certain", total, "30.50")] * (total != "30.50"))


def test_the_three_public_expenses_under_each_other() -> None:
    rows = "“三公”经费合计|31.50", "其中：（一）因公出国（境）费|3.00", "（二）公务用车购置及运行费|25.50"
    table = grid("项目|预算数", *rows, "（三）公务接待费|2.00")
    (finding,) = found_in("财政拨款“三公”经费预算表", "单位：万元", table)
    assert told(finding) == ("three_public", "certain", "31.50", "30.50")


def test_two_mistakes_in_one_row_are_told_apart() -> None:
    rows = [f"20{n}|类{n}|{300 * n}|{100 * n}|{200 * n}" for n in range(1, 6)]
    header = "科目编码|科目名称|合计|基本支出|项目支出"
    (total, basic) = found_in("支出预算表", "单位：元", grid(header, *rows, "|合计|4570|1530|3000"))
    assert {told(total)[2:], told(basic)[2:]} == {("4570", "4500"), ("1530", "1500")}


# -- tables --------------------------------------------------------------------------------

BALANCE = "收入|<|支出|<", "项目|预算数|项目|预算数"


def balance(income: str, spent: str) -> Grid:
    rows = f"一、财政拨款|{income}|一、公共服务|60", f"二、事业收入||二、社会保障|{int(spent) - 60}"
    return grid(*BALANCE, *rows, f"收入总计|{income}|支出总计|{spent}")


def test_income_is_expenditure() -> None:
    assert found_in("收支预算总表", "单位：元", balance("100", "100")) == []
    (finding,) = found_in("收支预算总表", "单位：元", balance("100", "104"))
    assert told(finding) == ("income_expenditure", "certain", "100", "104")
    assert [place.quote for place in finding.places] == ["100", "104"]


@pytest.mark.parametrize(("total", "is_right"), [("12.35", True), ("12.53", False)])
def test_a_table_in_another_unit_has_the_same_total(total: str, is_right: bool) -> None:
    rows = "一、公共服务|9.23|4.20|5.03", "二、社会保障|3.12|2.00|1.12", f"合计|{total}|6.20|6.15"
    spending = grid("科目名称|合计|基本支出|项目支出", *rows)
    blocks = ["收支预算总表", "单位：元", balance("123456", "123456"), "支出预算总表", "单位：万元", spending]
    found = found_in(*blocks)
    assert [told(f)[1:] for f in found] == ([] if is_right else [("certain", "12.53", "12.35")])
    assert all("收支预算总表 支出" in {place.table for place in f.places} for f in found)


def accounts(title: str, extra: int = 0) -> list[str | Grid]:
    """A table of one column, whose first item may be larger than elsewhere, with all that sums it up."""
    items = [("2010101", 100 + extra), ("2010102", 217), ("2080501", 325), ("2080502", 433), ("2080503", 541)]
    first, second = sum(v for _, v in items[:2]), sum(v for _, v in items[2:])
    sums = [("", "合计", first + second), ("201", "公共服务", first), ("20101", "档案事务", first)]
    rows = [*sums, *((c, f"项{c}", v) for c, v in items[:2])]
    rows += [("208", "社会保障", second), ("20805", "养老支出", second)]
    rows += [(c, f"项{c}", v) for c, v in items[2:]]
    lines = [f"{code}|{name}|{value}" for code, name, value in rows]
    return [title, "单位：元", grid("科目编码|科目名称|金额", *lines)]


def test_tables_of_another_scope_may_differ() -> None:
    """What carries through to every total is another scope; a figure alone is a mistake."""
    blocks = [*accounts("支出预算总表"), *accounts("财政拨款支出预算表", extra=50)]
    assert found_in(*blocks) == []


def test_the_same_account_in_several_tables_tells_which_figure_is_wrong() -> None:
    wrong = accounts("支出预算总表")
    table = wrong[2]
    assert isinstance(table, Grid)
    cells = tuple(replace(c, text="271") if c.text == "217" else c for c in table.cells)
    blocks = [wrong[0], wrong[1], replace(table, cells=cells), *accounts("财政拨款支出预算表")]
    (finding,) = found_in(*blocks)
    assert told(finding)[2:] == ("271", "217")
    assert "支出预算总表" in (finding.places[0].table or "")
    assert any("财政拨款" in (place.table or "") for place in finding.places[1:])


# -- everything ----------------------------------------------------------------------------


def test_every_rule_says_what_it_is_and_where_it_comes_from() -> None:
    for rule in rules().values():
        assert rule.text, rule.name
        assert rule.source, rule.name
        assert "{where}" in rule.message, rule.name


def test_a_pattern_needs_and_bars_words() -> None:
    pattern = read_pattern("公务用车 !运行")
    assert pattern.fits("公务用车购置费")
    assert not pattern.fits("公务用车运行费")
    parts = NamedParts("x", pattern, (read_pattern("甲"), read_pattern("乙")))
    assert parts.find({3: "甲项", 5: "乙项"}) == (3, 5)
    assert parts.find({3: "甲项", 4: "甲", 5: "乙项"}) == ()
    assert {named.rule for named in named_parts()} <= rules().keys()


def test_planted_totals_are_found(tmp_path: Path) -> None:
    for seed, family in enumerate(("province_budget", "district_account", "city_budget")):
        path = write(generate(family, seed, contradictions=6), tmp_path, "html")
        planted = json.loads(Path(f"{path}.truth.json").read_text("utf-8"))["contradictions"]
        totals = {c["printed"].replace(",", "") for c in planted if c["rule"] == "total"}
        findings = audit_tables(read_document(path)).findings
        found = {f.printed for f in findings if f.kind == "sum" and f.severity == "certain"}
        assert totals <= found


def test_the_tables_of_real_documents_hold() -> None:
    checked = 0
    for path in corpus_documents():
        kind: Kind = "final_account" if "决算" in path.name else "budget"
        document = with_tables(with_standard(tables_of(path), kind), kind)
        audited = audit_tables(document)
        assert audited.findings == (), path.name
        checked += sum(audited.checked.values())
    print(f"{checked} relations hold")
    assert checked > 6000


def test_what_is_checked_is_counted() -> None:
    document = document_of("收支预算总表", "单位：元", balance("100", "104"))
    assert count_checked(document) == {"rows_sum": 2, "income_expenditure": 1}

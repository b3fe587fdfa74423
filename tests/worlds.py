"""A small made-up world to ask about: a water bureau's budgets of two years with its two units, its
final account, and a street office's budget, each with tables and prose.

Every amount is in 万元. The tables add up, and the prose says what the tables say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from shelves import Shelf

from ingest.model import (
    Cell,
    Column,
    Document,
    Fragment,
    Identity,
    Kind,
    Passage,
    Place,
    Row,
    RowKind,
    Stage,
    Table,
)
from ingest.statements import read_statements
from ingest.values import parse_number, squeeze
from qa.answer import Answer
from qa.guard import check

WATER = "临川市水务局"
OWN_UNIT = "临川市水务局本级"
STATION = "临川市水文监测中心"
STREET = "临川市柳林街道办事处"

Line = tuple[int, str, RowKind, Sequence[str]]
"""Depth, label, kind, one printed value for each column."""


def column(name: str, year: int, stage: Stage | None = "budget") -> Column:
    return Column(tuple(name.split(">")), fiscal_year=year, stage=stage)


def text_column(name: str) -> Column:
    return Column((name,), is_text=True)


def table(
    title: str,
    columns: Sequence[Column],
    lines: Sequence[Line],
    *,
    number: str | None = None,
    page: int = 1,
    label_header: str = "项目",
) -> Table:
    """Rows hang together by their depth; a row of kind ``unit`` owns what follows it more deeply."""
    rows: list[Row] = []
    above: list[tuple[int, int, str | None]] = []  # depth, row index, unit
    for index, (depth, label, kind, values) in enumerate(lines):
        above = [a for a in above if a[0] < depth]
        unit = label if kind == "unit" else (above[-1][2] if above else None)
        parent = above[-1][1] if above else None
        path = (*(rows[parent].path if parent is not None else ()), label)
        place = Place(page, (60.0, 100.0 + 20 * index, 200.0, 118.0 + 20 * index))
        cells = tuple(
            _cell(v, c, page, index, n) for n, (v, c) in enumerate(zip(values, columns, strict=True))
        )
        rows.append(Row(label, path, cells, place, kind=kind, parent_index=parent, unit_name=unit))
        above.append((depth, index, unit))
    return Table(title, number, "万元", None, (page,), tuple(columns), tuple(rows), label_header=label_header)


def _cell(text: str, header: Column, page: int, row: int, number: int) -> Cell:
    box = (200.0 + 80 * number, 100.0 + 20 * row, 275.0 + 80 * number, 118.0 + 20 * row)
    value = None if header.is_text else parse_number(text)
    return Cell(text, value, None if header.is_text else "万元", Place(page, box))


def document(
    organization: str,
    year: int,
    kind: Kind,
    tables: Sequence[Table],
    prose: Sequence[tuple[tuple[str, ...], str]],
) -> Document:
    """A whole document; ``prose``: (headings, paragraph). What it states is read by the project."""
    name = f"{year}年{organization}部门{'预算' if kind == 'budget' else '决算'}.pdf"
    passages = tuple(
        Passage(section, text, (Fragment(0, len(text), Place(2, (60.0, 90.0, 500.0, 120.0))),))
        for section, text in prose
    )
    return Document(
        file_name=name,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        format="pdf",
        page_count=9,
        identity=Identity(organization, year, kind, "department"),
        tables=tuple(tables),
        passages=passages,
        statements=read_statements(passages, organization),
    )


def spending(year: int, lines: Sequence[tuple[int, str, RowKind, str, str]]) -> Table:
    """Label, basic and project expenditure; the sum of both stands first."""
    columns = [column(n, year) for n in ("合计", "基本支出", "项目支出")]
    with_sums: list[Line] = [
        (depth, label, kind, (f"{Decimal(basic) + Decimal(project):.2f}", basic, project))
        for depth, label, kind, basic, project in lines
    ]
    return table(
        "部门支出总体情况表",
        columns,
        with_sums,
        number="表三",
        page=4,
        label_header="单位名称（功能科目）",
    )


def economic(year: int, amounts: Mapping[str, str]) -> Table:
    """Basic expenditure by economic class; wages and goods are the sums of what follows them."""
    wages = ("基本工资", "津贴补贴", "住房公积金")
    goods = tuple(name for name in amounts if name not in wages)
    lines: list[Line] = [(0, "合计", "total", (_sum(amounts, amounts),))]
    for group, names in (("工资福利支出", wages), ("商品和服务支出", goods)):
        lines.append((0, group, "group", (_sum(amounts, names),)))
        lines += [(1, name, "item", (amounts[name],)) for name in names]
    return table("一般公共预算基本支出表", [column("预算数", year)], lines, number="表六", page=5)


def _sum(amounts: Mapping[str, str], names: Sequence[str] | Mapping[str, str]) -> str:
    return f"{sum((Decimal(amounts[n]) for n in names), Decimal(0)):.2f}"


def three_public(year: int, total: str, reception: str, vehicles: str) -> Table:
    lines: list[Line] = [
        (0, "“三公”经费合计", "total", (total,)),
        (1, "因公出国（境）费", "item", ("",)),
        (1, "公务接待费", "item", (reception,)),
        (1, "公务用车购置及运行维护费", "item", (vehicles,)),
    ]
    return table("“三公”经费支出表", [column("预算数", year)], lines, number="表七", page=6)


def projects(year: int, platform: str, flood: str, dredging: str, total: str) -> Table:
    columns = [column("预算金额", year), text_column("项目内容")]
    lines: list[Line] = [
        (0, "合计", "total", (total, "")),
        (0, "智慧水务平台二期建设", "item", (platform, "建设水质自动监测站点并接入调度平台。")),
        (0, "防汛物资采购专项", "item", (flood, "采购冲锋舟和移动泵车。")),
        (0, "河道清淤整治", "item", (dredging, "清理城区内河淤积。")),
    ]
    return table("部门项目支出表", columns, lines, number="表八", page=7, label_header="项目名称")


PROFILE = ("第一部分 部门概况",)
EXPLAINED = ("第三部分 预算情况说明",)
GLOSSARY = ("第四部分 名词解释",)


def water_budget_2022() -> Document:
    tables = [
        spending(
            2022,
            [
                (0, "合计", "total", "1100.00", "580.00"),
                (0, OWN_UNIT, "unit", "700.00", "430.00"),
                (1, "农林水支出", "item", "610.00", "430.00"),
                (1, "住房保障支出", "item", "90.00", "0.00"),
                (0, STATION, "unit", "400.00", "150.00"),
                (1, "农林水支出", "item", "365.00", "150.00"),
                (1, "住房保障支出", "item", "35.00", "0.00"),
            ],
        ),
        economic(
            2022,
            {
                "基本工资": "560.00",
                "津贴补贴": "220.00",
                "住房公积金": "135.00",
                "办公费": "80.00",
                "会议费": "28.00",
                "培训费": "40.00",
                "公务接待费": "10.00",
                "公务用车运行维护费": "27.00",
            },
        ),
        three_public(2022, "37.00", "10.00", "27.00"),
        projects(2022, "280.00", "150.00", "150.00", "580.00"),
    ]
    prose = [
        ((*PROFILE, "一、主要职责"), "负责全市水资源管理、防汛抗旱和河道治理工作。"),
        (
            (*EXPLAINED, "一、收支预算总体情况"),
            "2022年收支总预算1680.00万元，比上年减少20.00万元，下降1.18%。",
        ),
    ]
    return document(WATER, 2022, "budget", tables, prose)


def water_budget_2023() -> Document:
    tables = [
        spending(
            2023,
            [
                (0, "合计", "total", "1170.00", "680.00"),
                (0, OWN_UNIT, "unit", "750.00", "500.00"),
                (1, "农林水支出", "item", "650.00", "500.00"),
                (1, "住房保障支出", "item", "100.00", "0.00"),
                (0, STATION, "unit", "420.00", "180.00"),
                (1, "农林水支出", "item", "380.00", "180.00"),
                (1, "住房保障支出", "item", "40.00", "0.00"),
            ],
        ),
        economic(
            2023,
            {
                "基本工资": "600.00",
                "津贴补贴": "230.00",
                "住房公积金": "140.00",
                "办公费": "86.00",
                "会议费": "30.00",
                "培训费": "44.00",
                "公务接待费": "12.50",
                "公务用车运行维护费": "27.50",
            },
        ),
        three_public(2023, "40.00", "12.50", "27.50"),
        projects(2023, "300.00", "200.00", "180.00", "680.00"),
    ]
    prose = [
        ((*PROFILE, "一、主要职责"), "负责全市水资源管理、防汛抗旱和河道治理工作，组织编制水利规划。"),
        ((*PROFILE, "二、机构设置"), "本部门编制120人，在职108人，下设2个预算单位。"),
        (
            (*EXPLAINED, "一、收支预算总体情况"),
            "2023年收支总预算1850.00万元，比上年增加170.00万元，增长10.12%，主要原因是智慧水务平台进入二期建设。",
        ),
        (
            (*EXPLAINED, "二、“三公”经费情况"),
            "2023年“三公”经费预算40.00万元，比上年增加3.00万元，增长8.11%。其中，公务接待费12.50万元，"
            "比上年增加2.50万元，主要原因是外省来访交流增多。",
        ),
        ((*EXPLAINED, "三、项目情况"), "智慧水务平台二期建设项目要建成40个水质自动监测站点。"),
        (GLOSSARY, "机关运行经费：指为保障单位日常运转，用于购买货物和服务的各项资金。"),
    ]
    return document(WATER, 2023, "budget", tables, prose)


def water_final_account_2023() -> Document:
    columns = [column("年初预算数", 2023, "original_budget"), column("决算数", 2023, "final_account")]
    lines: list[Line] = [
        (0, "合计", "total", ("1850.00", "1790.40")),
        (0, "农林水支出", "item", ("1710.00", "1652.40")),
        (0, "住房保障支出", "item", ("140.00", "138.00")),
    ]
    tables = [table("支出决算表", columns, lines, number="表三", page=4)]
    prose = [((*EXPLAINED, "一、支出决算情况"), "2023年支出决算1790.40万元，完成年初预算的96.78%。")]
    return document(WATER, 2023, "final_account", tables, prose)


def street_budget_2023() -> Document:
    tables = [
        spending(
            2023,
            [
                (0, "合计", "total", "2000.00", "1200.00"),
                (0, "一般公共服务支出", "item", "1500.00", "300.00"),
                (0, "城乡社区支出", "item", "350.00", "800.00"),
                (0, "住房保障支出", "item", "150.00", "100.00"),
            ],
        ),
        economic(
            2023,
            {
                "基本工资": "1200.00",
                "津贴补贴": "400.00",
                "住房公积金": "250.00",
                "办公费": "100.00",
                "会议费": "10.00",
                "培训费": "20.00",
                "公务接待费": "8.00",
                "公务用车运行维护费": "12.00",
            },
        ),
        three_public(2023, "20.00", "8.00", "12.00"),
    ]
    prose = [
        ((*PROFILE, "一、主要职责"), "负责辖区社区服务和城市管理工作。"),
        (
            (*EXPLAINED, "一、收支预算总体情况"),
            "2023年收支总预算3200.00万元，比上年减少100.00万元，下降3.03%。",
        ),
    ]
    return document(STREET, 2023, "budget", tables, prose)


def linchuan() -> Shelf:
    """The whole world."""
    return Shelf([water_budget_2022(), water_budget_2023(), water_final_account_2023(), street_budget_2023()])


def holds(source: Document, quote: str) -> bool:
    """Whether the words stand, unbroken, in a cell, a label, a note or a paragraph of the document."""
    printed = [p.text for p in source.passages]
    for one in source.tables:
        printed += [r.label for r in one.rows] + [c.text for r in one.rows for c in r.cells]
        printed.append(one.notes or "")
    return any(squeeze(quote) in squeeze(text) for text in printed)


def checked(answer: Answer, world: Shelf) -> Answer:
    """The answer, once the guard has passed it and each of its quotes is found in its document."""
    check(answer)
    for citation in answer.citations:
        assert holds(world.load(citation.document_id), citation.quote), citation.quote
    return answer

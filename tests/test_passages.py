"""Quoted answers: what is found, at which length, and that every quote stands in its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import (
    Cell,
    Column,
    Direction,
    Document,
    FigureRole,
    Fragment,
    Identity,
    Passage,
    Place,
    Row,
    StatedFigure,
    Statement,
    Table,
)
from ingest.values import find_amounts, squeeze
from qa.passages import Extract, find_passages, gloss, stated_figures
from qa.snippets import sentences, snippets
from qa.stated import asked_role, asked_unit, asked_units, same_measure
from qa.terms import Asked, Concept, Weights, concepts, direction, form_words, plain, terms, words

EXPLAINED = "第二部分 说明"
GLOSSARY = "第三部分 名词解释"


def passage(text: str, *section: str, page: int = 1) -> Passage:
    return Passage(section, text, (Fragment(0, len(text), Place(page)),))


def statement(
    passages: Sequence[Passage],
    index: int,
    subject: str,
    roles: Sequence[FigureRole],
    way: Direction | None = None,
    reason: str | None = None,
) -> Statement:
    """The first sentence-with-reason of a passage, with its amounts in the given roles."""
    text = passages[index].text
    amounts = [a for a in find_amounts(text) if a.unit and a.unit != "年"]
    figures = tuple(
        StatedFigure(
            a.start, a.end, a.text, a.value, a.unit or "", role, subject, None if role == "amount" else way
        )
        for a, role in zip(amounts, roles, strict=True)
    )
    return Statement(index, 0, len(text), subject, figures, 2031, reason)


def made_document() -> Document:
    """A budget of an invented lake office: duties, changes with reasons, definitions, a project table."""
    passages = [
        passage("（一）负责湖区水质监测和巡查；组织渔船登记。", "第一部分 概况", "一、主要职责"),
        passage("（二）承担湖区防汛值守，指导各乡镇开展清淤。", "第一部分 概况", "一、主要职责"),
        passage("本部门内设机构4个，分别是办公室、监测科、巡查科、渔政科。", "第一部分 概况", "二、机构设置"),
        passage(
            "公务接待费3.20万元，比上年减少0.80万元，主要原因是来访批次减少。", EXPLAINED, "一、三公经费"
        ),
        passage(
            "公务用车运行维护费9.00万元，比上年增加1.00万元，主要原因是新增巡查艇油料。",
            EXPLAINED,
            "一、三公经费",
        ),
        passage(
            "项目支出60.00万元。与上年相比增加12.00万元。浮标设备到了更换年限，集中采购。",
            EXPLAINED,
            "二、支出",
        ),
        passage("截至上年末，共有车辆7辆；固定资产金额为812.40万元。", EXPLAINED, "三、资产"),
        passage("1.基本支出：指为保障机构正常运转而发生的支出。", GLOSSARY),
        passage("2.项目支出：指在基本支出之外为完成特定任务发生的支出。", GLOSSARY),
    ]
    statements = (
        statement(passages, 3, "三公经费 > 公务接待费", ("amount", "change"), "decrease", "来访批次减少"),
        statement(
            passages,
            4,
            "三公经费 > 公务用车运行维护费",
            ("amount", "change"),
            "increase",
            "新增巡查艇油料",
        ),
        statement(passages, 5, "项目支出", ("amount", "change"), "increase"),
        statement(passages, 6, "资产", ("count", "amount")),
    )
    return Document(
        "湖区管理办公室2031年预算.txt",
        "0" * 64,
        "txt",
        None,
        Identity("湖区管理办公室", 2031, "budget"),
        (project_table(),),
        tuple(passages),
        statements,
    )


def project_table() -> Table:
    def row(name: str, amount: str, content: str, target: str) -> Row:
        cells = (
            Cell(amount, Decimal(amount), "万元", Place(5)),
            Cell(content, None, None, Place(5)),
            Cell(target, None, None, Place(5)),
        )
        return Row(name, (name,), cells, Place(5))

    columns = (
        Column(("预算数",)),
        Column(("项目内容",), is_text=True),
        Column(("绩效目标",), is_text=True),
    )
    rows = (
        row("浮标更新项目", "40.00", "采购自动监测浮标12套，布设在北湖。", "数据上传率达到98%以上。"),
        row("渔船检修项目", "20.00", "对在册渔船做年度安全检修。", "检修覆盖率100%。"),
    )
    return Table("项目支出预算表", "表八", "万元", None, (5,), columns, rows, label_header="项目名称")


DOCUMENTS = [(7, made_document())]
IGNORE = ("湖区管理办公室", "2031年")


def best(question: str, intent: str) -> Extract:
    return find_passages(question, intent, DOCUMENTS, ignore=IGNORE)[0]  # type: ignore[arg-type]


# What is found


@pytest.mark.parametrize(
    ("question", "intent", "expected"),
    [
        ("湖区管理办公室2031年的招待费为什么少了？", "reason", "主要原因是来访批次减少"),
        ("公车运行费怎么涨了", "reason", "新增巡查艇油料"),
        ("Why did official vehicle operation costs go up?", "reason", "新增巡查艇油料"),
        ("什么是项目支出？", "definition", "指在基本支出之外为完成特定任务发生的支出"),
        ("How is basic expenditure defined?", "definition", "指为保障机构正常运转"),
        ("有哪些科室？", "list", "办公室、监测科、巡查科、渔政科"),
        ("防汛这块负责什么", "duty", "承担湖区防汛值守"),
        ("浮标更新项目具体采购什么", "content", "采购自动监测浮标12套"),
        ("渔船检修项目的绩效目标是什么", "content", "检修覆盖率100%"),
        ("固定资产有多少钱", "figure", "固定资产金额为812.40万元"),
    ],
)
def test_the_best_extract_holds_the_answer(question: str, intent: str, expected: str) -> None:
    assert expected in best(question, intent).text


def test_a_reason_comes_with_the_figure_it_explains() -> None:
    assert "3.20万元" in best("公务接待费减少的原因", "reason").text


def test_a_reason_without_an_opening_word_is_found_behind_its_figures() -> None:
    extract = best("项目支出怎么多出来这么多，为啥增加", "reason")
    assert extract.text.startswith("项目支出60.00万元")
    assert "更换年限" in extract.text


def test_a_wrong_supposition_is_marked() -> None:
    assert best("公务接待费为什么增加", "reason").contradicts
    assert not best("公务接待费为什么减少", "reason").contradicts
    assert not best("公务接待费变化的原因", "reason").contradicts


def test_a_definition_is_no_answer_to_another_kind_of_question() -> None:
    assert "指在" not in best("项目支出为什么增加", "reason").text
    assert best("项目支出是什么意思", "definition").section == (GLOSSARY,)


def test_all_duties_are_the_answer_when_no_one_duty_is_named() -> None:
    extract = best("主要职责是什么", "duty")
    assert extract.text.startswith("（一）")
    assert "防汛" in extract.text
    assert "登记" in extract.text


def test_a_cell_names_its_table_row_and_column() -> None:
    extract = best("渔船检修项目的项目内容", "content")
    assert (extract.source, extract.table_index, extract.row_index, extract.column_index) == ("cell", 0, 1, 1)
    assert extract.section == ("项目支出预算表", "渔船检修项目", "项目内容")


def test_what_no_document_says_has_low_coverage() -> None:
    answered = best("浮标更新项目采购什么", "content").coverage
    declined = find_passages("学校食堂补贴发给谁", "text", DOCUMENTS)
    assert answered > 0.7
    assert all(extract.coverage < 0.3 for extract in declined)


def test_vectors_help_where_words_do_not() -> None:
    question = "Who looks out for floods?"
    assert find_passages(question, "duty", DOCUMENTS) == []
    semantic = {(7, index): 0.9 if index == 1 else 0.7 for index in range(9)}
    assert "防汛" in find_passages(question, "duty", DOCUMENTS, semantic)[0].text


def test_nothing_is_found_in_nothing() -> None:
    assert find_passages("什么是项目支出", "definition", []) == []
    assert stated_figures("车辆几辆", []) == []


# Quotes


def test_a_quote_never_crosses_a_page() -> None:
    document = made_document()
    text = "5.会议费：指开会用的场租和材料印刷等各项费用，不含差旅。"
    cut = text.index("材料")
    split = Passage((GLOSSARY,), text, (Fragment(0, cut, Place(8)), Fragment(cut, len(text), Place(9))))
    document = replace(document, passages=(*document.passages, split))
    extract = find_passages("会议费是什么", "definition", [(7, document)])[0]
    assert extract.text == text
    assert {(extract.quote, extract.place.page_number), *((q, p.page_number) for q, p in extract.more)} == {
        (text[:cut], 8),
        (text[cut:], 9),
    }


def sources(document: Document) -> list[str]:
    passages = [p.text[f.start : f.end] for p in document.passages for f in p.fragments]
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return passages + cells


INTENTS = ["reason", "definition", "duty", "content", "list", "text", "figure"]


@given(
    st.text(alphabet="公务接待费用车项目支出浮标渔船为什么多少2031年，？？abc \n", max_size=30),
    st.sampled_from(INTENTS),
)
def test_whatever_is_asked_every_quote_stands_in_a_source(question: str, intent: str) -> None:
    printed = sources(DOCUMENTS[0][1])
    for extract in find_passages(question, intent, DOCUMENTS):  # type: ignore[arg-type]
        for quote in (extract.quote, *(q for q, _ in extract.more)):
            assert any(quote in source for source in printed)
            assert quote in extract.text
        assert 0.0 <= extract.coverage <= 1.0 + 1e-9
    for figure in stated_figures(question, DOCUMENTS):
        assert any(figure.quote in source for source in printed)
        assert figure.figure.text in figure.quote


# Figures in prose


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("有几辆车", "7", "辆"),
        ("固定资产多少钱", "812.40", "万元"),
        ("招待费预算多少", "3.20", "万元"),
        ("招待费减少了多少", "0.80", "万元"),
        ("浮标更新项目要买多少套浮标", "12", "套"),
        ("渔船检修项目的检修覆盖率要达到百分之几", "100", "%"),
    ],
)
def test_the_best_stated_figure_is_the_one_asked_for(question: str, value: str, unit: str) -> None:
    found = stated_figures(question, DOCUMENTS, IGNORE)[0]
    assert (found.figure.value, found.figure.unit, found.fits) == (Decimal(value), unit, True)


def test_a_figure_of_another_unit_does_not_fit() -> None:
    assert not any(f.fits for f in stated_figures("公务接待费有多少人次", DOCUMENTS, IGNORE))


TERMS = st.sets(st.text("甲乙丙丁戊己庚辛", min_size=2, max_size=2), min_size=1).map(frozenset)


@given(st.lists(TERMS), TERMS)
def test_a_share_is_the_same_in_whatever_order_the_terms_come(
    texts: list[frozenset[str]], name: frozenset[str]
) -> None:
    """The order of a set changes from run to run; a share that just meets a bar meets it in each."""
    asked = Asked([Concept("", (name,))], Weights.over(texts))
    assert asked.explained([(name, 0.6)]) == 0.6


def test_the_question_says_which_role_and_unit() -> None:
    assert asked_role("占比是多少") == "share"
    assert asked_role("比上年增加多少") == "change"
    assert asked_role("预算多少") is None
    assert asked_unit("一共几辆") == "辆"
    assert asked_unit("建筑面积多大") == "平方米"
    assert asked_unit("有多少在编人员") == "人"
    assert asked_unit("多少人员经费") is None
    assert asked_unit("几月公开的") is None


# Terms


def test_numbers_are_one_term_however_printed() -> None:
    assert terms("1,134.30万元") & terms("１１３４.３ 万元") >= {"1134.3"}


def test_a_stop_character_inside_a_printed_name_is_no_stop() -> None:
    def said(question: str, text: str) -> list[str]:
        return [c.said for c in concepts(question, (), lambda part: part in plain(text))]

    assert said("数据对接费是多少", "数据对接费 5 万元") == ["数据对接费"]
    assert said("湖区对渔船收费吗", "湖区；渔船收费") == ["湖区", "渔船收费"]


def test_years_organisations_and_question_words_name_nothing() -> None:
    assert concepts("请问湖区管理办公室2031年度都有哪些？", IGNORE) == ()


def test_words_explained_already_are_ignored_however_spaced() -> None:
    ignore = ["lakeoffice", "湖区管理办公室"]
    assert [c.said for c in concepts("How many boats does the Lake Office have", ignore)] == ["boats"]
    assert concepts("“湖区”管理 办公室的呢", ignore) == ()


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("比上年增加3万元", "increase"),
        ("怎么不升反降", "decrease"),
        ("为啥没涨", "unchanged"),
        ("Why did it fall?", "decrease"),
        ("是多少", None),
    ],
)
def test_direction(text: str, way: str | None) -> None:
    assert direction(text) == way


def test_gloss_names_the_longest_standard_terms_in_order() -> None:
    assert gloss("因机构改革，公务接待费并入“三公”经费") == [
        ("机构改革", "institutional reform"),
        ("公务接待费", "official reception expenses"),
        ("“三公”经费", "“three public” expenses"),
    ]
    assert gloss("") == []


def test_every_word_of_the_lists_has_its_use() -> None:
    lists = words()
    assert all(forms and all(forms) for forms in lists["glossary"].values())
    assert all(plain(word) for word in lists["synonyms"])
    assert not set(lists["stop"]["zh"]) & set(lists["stop"]["soft"])
    assert not set(map(plain, lists["glossary"])) & set(map(plain, lists["stop"]["zh"]))


# Sentences


@given(st.text(alphabet="甲乙丙。；（）\n 1.2、", max_size=60))
def test_sentences_are_ordered_and_lose_no_character(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert squeeze("".join(text[a:b] for a, b in spans)) == squeeze(text)


def test_brackets_and_reasons_hold_a_sentence_together() -> None:
    text = "编制增加5人（其中：甲科2人；乙科3人）。主要原因是划入。另有车辆2辆。"
    assert [text[a:b] for a, b in sentences(text)] == [
        "编制增加5人（其中：甲科2人；乙科3人）。主要原因是划入。",
        "另有车辆2辆。",
    ]


def test_a_document_is_cut_once() -> None:
    document = made_document()
    assert snippets(document) is snippets(document)


# Real documents


@pytest.mark.parametrize(
    ("question", "intent", "quote"),
    [
        ("“三公”经费预算没变的原因是什么", "reason", "主要原因是较上年持平"),
        ("机关运行经费减少的原因", "reason", "主要原因是人员减少"),
        ("基本支出指什么", "definition", "基本支出：指预算单位为保障其机构正常运转"),
        ("内设几个部室，分别叫什么", "list", "分别是综合部、协调监督部、政务服务部"),
        ("固定资产金额", "figure", "固定资产金额为 1585.92 万元"),
        ("网格化管理平台由谁管，职责是什么", "duty", "负责区网格化管理平台的日常管理"),
    ],
)
def test_a_real_budget_in_text(
    shared_path: Callable[[str], Path], question: str, intent: str, quote: str
) -> None:
    from ingest import read_document

    path = shared_path("corpus/seeds/2021年广州开发区行政服务管理中心部门预算.txt")
    extract = find_passages(question, intent, [(1, read_document(path))])[0]  # type: ignore[arg-type]
    assert squeeze(quote) in squeeze(extract.quote)


@pytest.mark.parametrize(
    ("question", "units"),
    [("买几台，用几年", ["台", "年"]), ("有几个人", ["人", "个"]), ("多少封信", ["封"]), ("金额多少", [])],
)
def test_every_unit_asked_for_is_known(question: str, units: list[str]) -> None:
    assert asked_units(question) == units


@pytest.mark.parametrize(
    ("printed", "asked", "same"),
    [
        ("人", "名", True),
        ("个", "人", False),
        ("个", "家", True),
        ("万元", "money", True),
        ("台", "money", False),
    ],
)
def test_measures_of_the_same_things(printed: str, asked: str, same: bool) -> None:
    assert same_measure(printed, asked) is same


def test_ten_thousand_letters_are_no_money() -> None:
    assert [(a.value, a.unit) for a in find_amounts("全年10 万封，共20.5万，服务12个月")] == [
        (Decimal(10), None),
        (Decimal("20.5"), "万元"),
        (Decimal(12), "个月"),
    ]


def test_what_names_only_the_document_or_the_form_is_not_what_a_question_is_about() -> None:
    assert [c.said for c in concepts("2031年部门预算公开里的会议费")] == ["会议费"]
    assert [c.said for c in concepts("2031年部门预算是什么")] == ["部门预算"]
    assert {"项目", "立项依据"} <= form_words()

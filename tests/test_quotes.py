"""Quoted answers as a whole: what is asked of whom, at which length, and that quotes are the source's own."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelves import Shelf
from test_passages import EXPLAINED, GLOSSARY, made_document, passage, project_table, statement

import qa.phrases as phrase_module
from index_store import PassageHit, RowHit
from index_store.errors import EmbedderError
from ingest.model import SOURCE_BREAK, Cell, Document, Fragment, Identity, Place, Row
from qa.answer import Answer
from qa.engine import Engine
from qa.lexicon import load_lexicon
from qa.nearest import nearest_passages, nearest_rows
from qa.rosters import names_listed
from qa.scope import Library

LAKE, PARK = "湖区管理办公室", "公园管理中心"


def other_document(name: str = PARK, year: int = 2031) -> Document:
    """Another body's budget, or the lake office's next one, with reasons and lists of its own."""
    passages = [
        passage(
            "本部门内设机构5个，分别是办公室、监测科、科普科、渔政科、信息科。",
            "第一部分 概况",
            "二、机构设置",
        ),
        passage(
            "公务接待费5.00万元，比上年增加1.00万元，主要原因是科普团体增多。", EXPLAINED, "一、三公经费"
        ),
        passage("1.基本支出：指为保障机构正常运转而发生的支出。", GLOSSARY),
        passage("2.项目支出：指为建设公园、举办花展而专门发生的支出。", GLOSSARY),
    ]
    reason = statement(passages, 1, "三公经费 > 公务接待费", ("amount", "change"), "increase", "科普团体增多")
    return Document(
        f"{name}{year}年预算.txt",
        f"{year}" * 16,
        "txt",
        None,
        Identity(name, year, "budget"),
        (),
        tuple(passages),
        (reason,),
    )


def ask(question: str, *documents: Document, history: Sequence[str] = ()) -> Answer:
    answer = Engine(Shelf(documents or (made_document(),))).answer(question, history)
    for citation in answer.citations:
        assert any(citation.quote in text for d in documents or (made_document(),) for text in printed(d))
    return answer


def printed(document: Document) -> list[str]:
    """Every run of text that stands unbroken in the source."""
    runs = [p.text[f.start : f.end] for p in document.passages for f in p.fragments]
    return runs + [part for t in document.tables for r in t.rows for c in r.cells for part in c.parts]


def test_a_figure_is_cited_where_it_is_told_and_not_inside_a_longer_number() -> None:
    """A page breaks the sentence in two: 2人 stands in its second half, and 42人 in its first."""
    told = "编制人数比上年增加70人，其中监测站因承担巡查工作而增加42人，"
    rest = "退休人员增加2人。"
    whole = passage(told + rest, EXPLAINED, "二、人员")
    halves = (Fragment(0, len(told), Place(1)), Fragment(len(told), len(told + rest), Place(2)))
    document = replace(made_document(), passages=(replace(whole, fragments=halves),), statements=())
    answer = ask(f"{LAKE}2031年编制人数为什么增加", document)
    assert rest in answer.text
    quotes = {figure.label: answer.citations[figure.citations[0] - 1].quote for figure in answer.figures}
    assert quotes["2人"] == rest
    assert quotes["42人"] == told


# Whose, and which of several things


def test_each_body_is_asked_for_its_own_reason() -> None:
    answer = ask(
        f"2031年{LAKE}公务用车运行维护费、{PARK}公务接待费都比上年多，原因分别是什么",
        made_document(),
        other_document(),
    )
    assert "新增巡查艇油料" in answer.text
    assert "科普团体增多" in answer.text
    assert "来访批次减少" not in answer.text


def test_each_year_is_asked_for_its_own_direction() -> None:
    answer = ask(
        f"{LAKE}的公务接待费2031年降、2032年又涨，原因分别是什么", made_document(), other_document(LAKE, 2032)
    )
    assert "来访批次减少" in answer.text
    assert "科普团体增多" in answer.text
    assert {c.doc for c in answer.citations} == {made_document().file_name, f"{LAKE}2032年预算.txt"}


def test_all_reasons_of_one_question_are_quoted() -> None:
    answer = ask(f"{LAKE}2031年公务接待费和公务用车运行维护费变动的原因是什么")
    assert "来访批次减少" in answer.text
    assert "新增巡查艇油料" in answer.text


@pytest.mark.parametrize(("term", "said"), [("基本支出", "**一致**"), ("项目支出", "**不同**")])
def test_the_same_or_not(term: str, said: str) -> None:
    answer = ask(f"2031年{LAKE}和{PARK}对“{term}”的解释一样吗", made_document(), other_document())
    assert answer.text.startswith(said)
    assert len({c.doc for c in answer.citations}) == 2


def test_a_follow_up_asks_of_the_same_body() -> None:
    answer = ask("为什么减少", history=[f"{LAKE}2031年公务接待费预算是多少"])
    assert "来访批次减少" in answer.text


def test_a_follow_up_asks_in_the_same_way() -> None:
    first = f"{LAKE}2031年公务接待费为什么减少"
    assert "新增巡查艇油料" in ask("公务用车运行维护费呢", history=[first]).text
    later = ask("那2032年呢", made_document(), other_document(LAKE, 2032), history=[first])
    assert "科普团体增多" in later.text


def test_a_follow_up_for_another_heading_keeps_the_project() -> None:
    answer = ask("项目内容呢", history=[f"{LAKE}2031年渔船检修项目的绩效目标是什么"])
    assert "年度安全检修" in answer.text


def test_a_project_that_no_text_is_about_is_not_answered_from_another() -> None:
    answer = ask(f"{LAKE}2031年渔船登记项目的实施方案是什么")
    assert answer.status == "no_answer"


def test_a_question_for_who_gets_no_number() -> None:
    answer = ask(f"{LAKE}2031年固定资产由谁负责")
    assert (answer.status, answer.figures) == ("no_answer", ())


@pytest.mark.parametrize("asked", ["车辆司机有几名", "巡查一年多少次", "渔政科用房面积多大"])
def test_a_count_that_is_not_printed_is_declined(asked: str) -> None:
    answer = ask(f"{LAKE}2031年{asked}")
    assert (answer.status, answer.figures) == ("no_answer", ())


def test_both_languages_know_the_same_sentences() -> None:
    phrases = tomllib.loads((Path(phrase_module.__file__).parent / "phrases.toml").read_text("utf-8"))
    assert set(phrases["en"]) - set(phrases["zh"]) <= {"gloss"}
    assert set(phrases["zh"]) <= set(phrases["en"])


def test_a_heading_that_lists_several_things_names_none_of_them() -> None:
    document = made_document()
    text = "差旅费2.00万元，比上年减少1.00万元，主要原因是出差减少。"
    several = passage(text, EXPLAINED, "四、会议费、差旅费支出情况")
    document = replace(document, passages=(*document.passages, several))
    assert "出差减少" in ask(f"{LAKE}2031年差旅费为什么减少", document).text
    assert ask(f"{LAKE}2031年会议费为什么减少", document).status == "no_answer"


# What is asked for


def test_a_wrong_supposition_is_said() -> None:
    text = ask(f"{LAKE}2031年公务接待费为什么增加").text
    assert text.startswith("（文件所写的增减方向与提问不同）")


@pytest.mark.parametrize("intent", ["为什么取消龙舟比赛", "“龙舟基金”是什么意思"])
def test_no_figure_stands_in_for_words_that_are_missing(intent: str) -> None:
    answer = ask(f"{LAKE}2031年{intent}")
    assert (answer.status, answer.figures) == ("no_answer", ())


def test_the_document_itself_is_not_what_is_defined() -> None:
    assert "正常运转" in ask(f"{LAKE}2031年预算公开里说的基本支出是什么意思").text


def test_an_english_question_gets_the_chinese_quote_and_its_terms() -> None:
    answer = ask(f"Why did the official reception expenses of {LAKE} fall in 2031?")
    assert "来访批次减少" in answer.text
    assert "公务接待费 = official reception expenses" in answer.text


def test_a_question_for_names_gets_them_beside_their_number() -> None:
    answer = ask(f"{LAKE}2031年内设几个科室，都叫什么")
    assert "办公室、监测科、巡查科、渔政科" in answer.text
    assert (Decimal(4), "个") in [(f.value, f.unit) for f in answer.figures]


# Items of a cell


def document_with(content: str) -> Document:
    cells = (
        Cell("3.00", Decimal(3), "万元", Place(5)),
        Cell(content, None, None, Place(5)),
        Cell("", None, None, Place(5)),
    )
    table = project_table()
    row = Row("信件寄送项目", ("信件寄送项目",), cells, Place(5))
    return replace(made_document(), tables=(replace(table, rows=(*table.rows, row)),))


INDICATORS = (
    "1. 指标名称：寄送完成率 指标内容：完成寄送 指标值：98% "
    "2. 指标名称：寄送时效 指标内容：不超过 3 天 指标值：100% "
    "3. 指标名称：投诉次数 指标内容：收到投诉 指标值：≤10次"
)


def test_the_item_asked_for_is_quoted_and_only_its_figure_given() -> None:
    answer = ask(f"{LAKE}2031年信件寄送项目的指标里，寄送完成率要达到多少", document_with(INDICATORS))
    assert [(f.value, f.unit) for f in answer.figures] == [(Decimal(98), "%")]
    assert "投诉" not in answer.text


def test_the_figure_of_the_unit_asked_for_comes_alone() -> None:
    answer = ask(f"{LAKE}2031年信件寄送项目的寄送时效要求几天之内送到", document_with(INDICATORS))
    assert [(f.value, f.unit) for f in answer.figures] == [(Decimal(3), "天")]


def test_a_quoted_cell_is_cited_by_table_row_and_column() -> None:
    (citation,) = ask(
        f"{LAKE}2031年信件寄送项目的项目内容是什么", document_with("邮政人员上门收件。")
    ).citations
    table = project_table()
    assert citation.table is not None
    assert table.title in citation.table
    assert citation.row == "信件寄送项目"
    assert citation.column == " > ".join(table.columns[1].path)


@pytest.mark.parametrize("asked", ["的绩效目标是什么", "的目标是什么", "的绩效目标"])
def test_what_a_column_says_is_no_definition(asked: str) -> None:
    goal = project_table().columns[2]
    document = document_with("邮政人员上门收件。")
    table = document.tables[0]
    row = replace(
        table.rows[-1], cells=(*table.rows[-1].cells[:2], Cell("全年寄送一万件。", None, None, Place(5)))
    )
    document = replace(document, tables=(replace(table, rows=(*table.rows[:-1], row)),))
    assert goal.path[-1] == "绩效目标"
    assert "一万件" in ask(f"{LAKE}2031年信件寄送项目{asked}", document).text


@pytest.mark.parametrize(("heading", "status"), [(GLOSSARY, "answered"), (EXPLAINED, "no_answer")])
def test_a_colon_defines_only_where_terms_are_explained(heading: str, status: str) -> None:
    document = made_document()
    entry = passage("生态补水：由上游水库向湖里放的水。", heading)
    answer = ask("什么是生态补水", replace(document, passages=(*document.passages, entry)))
    assert answer.status == status
    assert ("上游水库" in answer.text) or status == "no_answer"


# Breaks in the source


def test_a_cell_is_quoted_in_the_parts_that_stand_in_the_source() -> None:
    text = f"寄送群众的办事结果，由邮政人{SOURCE_BREAK}员上门收件，全年寄送。"
    answer = ask(f"{LAKE}2031年信件寄送项目的项目内容是什么", document_with(text))
    assert text.replace(SOURCE_BREAK, "") in answer.text
    assert [c.quote for c in answer.citations] != []


@given(
    st.integers(1, len(INDICATORS) - 1), st.sampled_from(["寄送时效", "寄送完成率", "投诉次数", "项目内容"])
)
def test_wherever_the_source_breaks_quotes_are_its_own(at: int, name: str) -> None:
    broken = INDICATORS[:at] + SOURCE_BREAK + INDICATORS[at:]
    ask(f"{LAKE}2031年信件寄送项目的{name}是多少，怎么写的", document_with(broken))


# Lists compared


def test_new_names_of_a_list() -> None:
    answer = ask(
        f"{LAKE}2032年的内设机构跟2031年比，哪几个是新出现的", made_document(), other_document(LAKE, 2032)
    )
    assert "：科普科、信息科[" in answer.text
    assert len({c.doc for c in answer.citations}) == 2


@pytest.mark.parametrize(
    ("first", "second", "names"), [("2032", "2031", "：科普科、信息科["), ("2031", "2032", "：巡查科[")]
)
def test_the_year_that_lacks_names_is_said(first: str, second: str, names: str) -> None:
    question = f"{LAKE}{first}年的内设机构里，哪些是{second}年没有的"
    assert names in ask(question, made_document(), other_document(LAKE, 2032)).text


def test_names_that_are_gone() -> None:
    answer = ask(
        f"{LAKE}2032年的内设机构跟2031年比，哪几个没有了", made_document(), other_document(LAKE, 2032)
    )
    assert "：巡查科[" in answer.text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("共设4个，分别是甲科、乙科、丙科。另有其他。", ("甲科", "乙科", "丙科")),
        ("机关设机构，包括：甲科、乙科（丙科）、丁科等。", ("甲科", "乙科（丙科）", "丁科")),
        (
            "具体包括：\n1、甲庭\n2、乙庭\n3、丙庭\n另有下属单位共2家，包括：\n1、机关本级",
            ("甲庭", "乙庭", "丙庭"),
        ),
    ],
)
def test_names_listed(text: str, names: tuple[str, ...]) -> None:
    assert names_listed(text) == names


# Meanings


class Wordless(Shelf):
    """A store whose configured model cannot be used."""

    def search_passages(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> Sequence[PassageHit]:
        raise EmbedderError("no model")

    def search_rows(
        self, text: str, limit: int = 20, document_ids: Sequence[int] | None = None
    ) -> Sequence[RowHit]:
        raise EmbedderError("no model")


def test_declining_names_the_nearest_passages() -> None:
    shelf = Shelf([made_document()], passages=[PassageHit(1, 1, 0.9)])
    answer = Engine(shelf).answer(f"{LAKE}2031年为什么取消龙舟比赛")
    assert answer.status == "no_answer"
    assert "防汛" in answer.text


def test_without_a_model_words_alone_answer() -> None:
    engine = Engine(Wordless([made_document()]))
    assert "来访批次减少" in engine.answer(f"{LAKE}2031年公务接待费为什么减少").text
    assert engine.answer(f"{LAKE}2031年为什么取消龙舟比赛").status == "no_answer"


def test_the_nearest_rows_and_passages_are_named_once() -> None:
    document = made_document()
    shelf = Shelf(
        [document, replace(document, sha256="1" * 64)],
        [PassageHit(1, 1, 0.9), PassageHit(2, 1, 0.9), PassageHit(1, 2, 0.8)],
        [RowHit(1, 0, 0, 0.9), RowHit(2, 0, 0, 0.9), RowHit(1, 0, 1, 0.8)],
    )
    documents = Library(shelf, load_lexicon()).facts()
    assert nearest_rows(shelf, "浮标", documents) == [
        "项目支出预算表 › 浮标更新项目",
        "项目支出预算表 › 渔船检修项目",
    ]
    assert [n.split(" › ")[0] for n in nearest_passages(shelf, "防汛", documents)] == [
        "一、主要职责",
        "二、机构设置",
    ]

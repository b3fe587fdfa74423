"""Contradictions planted into a generated document: what is printed is wrong, and an audit has to say so.

The truth of reading stays what is printed; each contradiction is recorded beside it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from eval.corpus.lines import percent
from eval.corpus.model import (
    Contradiction,
    GeneratedDocument,
    GeneratedTable,
    PlantedPlace,
    Section,
    TrueFigure,
    TrueRow,
    TrueStatement,
    TrueTable,
)
from eval.corpus.prose import PROSE_UNIT
from ingest.model import FindingKind
from ingest.values import convert_money, is_money

Planter = Callable[[random.Random, GeneratedDocument], GeneratedDocument | None]
"""A document with one more contradiction, or None where there is no place for it."""


def plant(rng: random.Random, document: GeneratedDocument, count: int) -> GeneratedDocument:
    """The document with ``count`` contradictions, fewer where it offers no place for more."""
    planters = list(PLANTERS)
    rng.shuffle(planters)
    barren = 0
    while len(document.contradictions) < count and barren < len(planters):
        planter = planters.pop(0)
        changed = planter(rng, document)
        barren = 0 if changed else barren + 1
        document = changed or document
        planters.append(planter)
    return document


def wrong_total(rng: random.Random, document: GeneratedDocument) -> GeneratedDocument | None:
    """A 合计 that is not the sum of its parts."""
    places = list(_totals(document))
    if not places:
        return None
    at, truth_at, row_at, column = rng.choice(places)
    table = document.tables[at]
    truth = table.truths[truth_at]
    row = truth.rows[row_at]
    cell = row.cells[column]
    assert cell.value is not None
    assert cell.text is not None
    places_after_point = -int(cell.value.as_tuple().exponent)
    wrong = cell.value + Decimal(rng.randint(11, 97)).scaleb(1 - places_after_point)
    text = f"{wrong:{',' if ',' in cell.text or wrong < 1000 else ''}}"
    cells = (*row.cells[:column], replace(cell, text=text, value=wrong), *row.cells[column + 1 :])
    changed = _with_row(table, truth_at, row_at, replace(row, cells=cells), cell.text, text)
    path = " > ".join(truth.columns[column].path)
    planted = Contradiction(
        kind="sum",
        rule="total",
        where=f"{table.title}: {row.label}, {path}",
        printed=text,
        expected=cell.text,
        unit=cell.unit,
        message=f"{row.label} {text} is not the sum of its parts, {cell.text}",
        places=(PlantedPlace(at, truth_at, row_at, column),),
    )
    return _with(document, table, changed, planted)


def _totals(document: GeneratedDocument) -> Iterator[tuple[int, int, int, int]]:
    """Table, truth, row and column of every printed sum of two or more top rows."""
    for at, table in enumerate(document.tables):
        for truth_at, truth in enumerate(table.truths):
            tops = [row for row in truth.rows if len(row.path) == 1]
            for row_at, row in enumerate(truth.rows):
                if row.label not in ("合计", "总计") or truth.side:
                    continue
                for column in range(len(truth.columns)):
                    own = row.cells[column]
                    parts = [r.cells[column].value or 0 for r in tops if r is not row]
                    if own.value and own.unit != "%" and len(parts) > 1 and sum(parts) == own.value:
                        yield at, truth_at, row_at, column


def _with_row(
    table: GeneratedTable, truth_at: int, row_at: int, row: TrueRow, old: str, new: str
) -> GeneratedTable:
    """The table with one true row, and the printed cell that stands for its changed cell, replaced."""
    truth: TrueTable = table.truths[truth_at]
    was = truth.rows[row_at]
    column = next(i for i, (a, b) in enumerate(zip(was.cells, row.cells, strict=True)) if a != b)
    printed = table.body[row.printed_row]
    # The truth's filled cells stand in the printed row from left to right.
    filled = [i for i, cell in enumerate(was.cells) if cell.text is not None]
    at = [i for i, cell in enumerate(printed) if cell.text in {was.cells[i].text for i in filled}]
    target = at[len(at) - len(filled) + filled.index(column)]
    assert printed[target].text == old
    cells = (
        *printed[:target],
        replace(printed[target], text=new, value=row.cells[column].value),
        *printed[target + 1 :],
    )
    body = (*table.body[: row.printed_row], cells, *table.body[row.printed_row + 1 :])
    rows = (*truth.rows[:row_at], row, *truth.rows[row_at + 1 :])
    truths = (*table.truths[:truth_at], replace(truth, rows=rows), *table.truths[truth_at + 1 :])
    return replace(table, body=body, truths=truths)


def _untouched(document: GeneratedDocument) -> list[TrueStatement]:
    """The sentences without a contradiction yet: two in one sentence would hide each other."""
    planted = {place.quote for c in document.contradictions for place in c.places}
    return [statement for statement in document.statements if statement.quote not in planted]


def wrong_rate(rng: random.Random, document: GeneratedDocument) -> GeneratedDocument | None:
    """A rate that does not follow from the amount and its change."""
    statements = [
        s for s in _untouched(document) if [f.role for f in s.figures] == ["amount", "change", "rate"]
    ]
    if not statements:
        return None
    statement = rng.choice(statements)
    rate = statement.figures[2]
    wrong = rate.value + Decimal(rng.randint(300, 900)) / 100
    figure = replace(rate, text=f"{wrong}%", value=wrong)
    return _restated(document, statement, {2: figure}, "growth", "rate", rate, figure)


def prose_against_table(rng: random.Random, document: GeneratedDocument) -> GeneratedDocument | None:
    """A sentence, consistent in itself, whose amount is not the one that the tables print."""
    statements = [
        s for s in _untouched(document) if [f.role for f in s.figures] == ["amount", "change", "rate"]
    ]
    if not statements:
        return None
    statement = rng.choice(statements)
    amount, change, rate = statement.figures
    signed = change.value if change.direction == "increase" else -change.value
    more = Decimal(rng.randint(500, 5000)) / 100 * (1 if signed > 0 else -1)
    before, now = amount.value - signed, amount.value + more
    if now <= 0:
        return None
    changed = {
        0: replace(amount, text=f"{now:,}{amount.unit}", value=now),
        1: replace(change, text=f"{abs(signed + more):,}{change.unit}", value=abs(signed + more)),
        2: replace(rate, value=(new := abs(percent(signed + more, before))), text=f"{new}%"),
    }
    return _restated(document, statement, changed, "cross", "prose-table", amount, changed[0])


def wrong_unit(rng: random.Random, document: GeneratedDocument) -> GeneratedDocument | None:
    """An amount in 亿元 that was meant in 万元."""
    statements = [s for s in _untouched(document) if s.figures[0].unit == PROSE_UNIT and s.figures[0].value]
    if not statements:
        return None
    statement = rng.choice(statements)
    figure = statement.figures[0]
    wrong = replace(figure, text=figure.text.replace(PROSE_UNIT, "亿元"), unit="亿元")
    return _restated(document, statement, {0: wrong}, "text", "unit", figure, wrong)


def wrong_year(rng: random.Random, document: GeneratedDocument) -> GeneratedDocument | None:
    """A sentence that speaks of another year than the document's, though a table prints its amount."""
    printed = _printed_amounts(document)
    statements = [
        s
        for s in _untouched(document)
        if s.fiscal_year and s.figures[0].role == "amount" and s.figures[0].value in printed
    ]
    if not statements:
        return None
    statement = rng.choice(statements)
    assert statement.fiscal_year is not None
    year, other = f"{statement.fiscal_year}年", f"{statement.fiscal_year - rng.randint(3, 6)}年"
    quote = statement.quote.replace(year, other, 1)
    changed = replace(statement, quote=quote, fiscal_year=int(other[:-1]))
    return _with_statement(document, statement, changed, _finding("text", "year", changed, year, other))


def _printed_amounts(document: GeneratedDocument) -> set[Decimal]:
    """Every amount of the tables as the prose would print it."""
    cells = (c for t in document.tables for truth in t.truths for row in truth.rows for c in row.cells)
    return {
        convert_money(cell.value, cell.unit, PROSE_UNIT).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for cell in cells
        if cell.value is not None and cell.unit is not None and is_money(cell.unit)
    }


def wrong_name(rng: random.Random, document: GeneratedDocument) -> GeneratedDocument | None:
    """A sentence about an account whose name is printed wrong: two characters changed places."""
    statements = [s for s in _untouched(document) if f"{s.about}（项）" in s.quote and len(s.about) >= 4]
    if not statements:
        return None
    statement = rng.choice(statements)
    name = statement.about
    wrong = name[:-4] + name[-2:] + name[-4:-2]
    if wrong == name:
        return None
    quote = statement.quote.replace(f"{name}（项）", f"{wrong}（项）")
    changed = replace(statement, quote=quote, about=wrong)
    return _with_statement(document, statement, changed, _finding("text", "name", changed, name, wrong))


PLANTERS: tuple[Planter, ...] = (
    wrong_total,
    wrong_rate,
    prose_against_table,
    wrong_unit,
    wrong_year,
    wrong_name,
)


def _restated(
    document: GeneratedDocument,
    statement: TrueStatement,
    figures: dict[int, TrueFigure],
    kind: FindingKind,
    rule: str,
    expected: TrueFigure,
    printed: TrueFigure,
) -> GeneratedDocument:
    quote, start = statement.quote, 0
    for at, old in enumerate(statement.figures):
        position = quote.index(old.text, start)
        new = figures.get(at, old)
        quote = quote[:position] + new.text + quote[position + len(old.text) :]
        start = position + len(new.text)
    new_figures = tuple(figures.get(at, old) for at, old in enumerate(statement.figures))
    changed = replace(statement, quote=quote, figures=new_figures)
    same_unit = expected.unit == printed.unit
    texts = [f.text.removesuffix(f.unit) if same_unit else f.text for f in (expected, printed)]
    finding = replace(_finding(kind, rule, changed, *texts), unit=expected.unit if same_unit else None)
    return _with_statement(document, statement, changed, finding)


def _finding(
    kind: FindingKind, rule: str, statement: TrueStatement, expected: str, printed: str
) -> Contradiction:
    return Contradiction(
        kind=kind,
        rule=rule,
        where=statement.about,
        printed=printed,
        expected=expected,
        unit=None,
        message=f"{statement.about}: {printed} is printed, {expected} is meant",
        places=(PlantedPlace(quote=statement.quote),),
    )


def _with_statement(
    document: GeneratedDocument, old: TrueStatement, new: TrueStatement, planted: Contradiction
) -> GeneratedDocument:
    for part in document.parts:
        for at, paragraph in enumerate(part.paragraphs if isinstance(part, Section) else ()):
            if isinstance(part, Section) and any(s is old for s in paragraph.statements):
                statements = tuple(new if s is old else s for s in paragraph.statements)
                text = paragraph.text.replace(old.quote, new.quote)
                changed = replace(paragraph, text=text, statements=statements)
                paragraphs = (*part.paragraphs[:at], changed, *part.paragraphs[at + 1 :])
                return _with(document, part, replace(part, paragraphs=paragraphs), planted)
    raise ValueError(f"the document does not hold the sentence {old.quote}")


def _with(
    document: GeneratedDocument,
    old: Section | GeneratedTable,
    new: Section | GeneratedTable,
    planted: Contradiction,
) -> GeneratedDocument:
    parts = tuple(new if part is old else part for part in document.parts)
    return replace(document, parts=parts, contradictions=(*document.contradictions, planted))

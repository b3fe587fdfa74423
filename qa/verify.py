"""Is a figure that somebody states right? Worked again from the sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ingest.values import YUAN_PER_UNIT, Amount
from qa.answer import Answer
from qa.builder import Builder, show
from qa.calculator import (
    CalculationError,
    Operand,
    Worked,
    evaluate,
    growth,
    places,
    plain,
    round_half_up,
    total,
)
from qa.changes import Change, change_of
from qa.facts import DocumentFacts, StatedFact
from qa.lexicon import Lexicon
from qa.linking import Candidate, link, stated_candidate
from qa.phrases import describe, marks, phrase
from qa.prose import clauses_with
from qa.reading import choose_together, is_enough, usable, whole_of
from qa.request import Request
from qa.resolve import documents_for, link_target
from qa.say import computed, finish, say_item, working
from qa.scope import Library
from qa.understanding import Understood

PERCENT = ("%", "个百分点")


def answer_verification(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Check a stated rate, a sum of parts or a claimed figure; None for any other question."""
    if understood.request.combination != "verify":
        return None
    for check in (_conflict, _rate, _parts, _claim):
        if answer := check(understood, library, lexicon):
            return answer
    return None


def _documents(understood: Understood, library: Library) -> Sequence[DocumentFacts]:
    return documents_for(understood.request.targets[0], understood, library)


def _claims(request: Request, percent: bool) -> list[Amount]:
    return [
        a for a in request.numbers if (a.unit in PERCENT) == percent and (percent or a.unit in YUAN_PER_UNIT)
    ]


def _verdict(request: Request, matches: bool, claim: str, figure: str, cited: str, label: str) -> str:
    if matches:
        return phrase(request.question.language, "correct", claim=claim, figure=figure, marks=cited)
    return phrase(request.question.language, "wrong", label=label, figure=figure, marks=cited)


def _same(value: Decimal, claim: Amount) -> bool:
    return round_half_up(value, places(claim.value)) == abs(claim.value)


def _rate(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """A stated growth rate against the figures that it is the growth of."""
    request = understood.request
    claims = _claims(request, percent=True)
    if not claims or request.measure not in ("growth", "change", "value"):
        return None
    asked = replace(understood, request=replace(request, measure="growth"))
    target = replace(
        request.targets[0], year=None if len(understood.mentions.years) > 1 else request.targets[0].year
    )
    change = change_of(target, asked, library, lexicon) if target.items else None
    change = change or _stated_rate(claims[0], _documents(understood, library))
    if change is None:
        return None
    builder = Builder()
    operands, expression = _rate_operands(builder, change.pair, change.stated)
    if not operands:
        return None
    try:
        worked = expression(operands)
    except CalculationError:
        return None
    worked = Worked(worked.expression, worked.value, "%", worked.inputs)
    decimals = max(request.decimals or 0, 2, places(claims[0].value))
    figure, cited = computed(builder, worked, operands, replace(request, decimals=decimals), "")
    if change.stated:
        cited += marks([builder.cite(change.stated)])
    line = _verdict(request, _same(abs(worked.value), claims[0]), claims[0].text, figure, cited, "")
    if not _same(abs(worked.value), claims[0]):
        line = phrase(request.question.language, "recomputed_wrong", figure=figure, marks=cited)
    elif not any(claims[0].text in c.quote for c in builder.citations):
        line = _verdict(request, True, "", figure, cited, "")
    return finish(request, builder, [line, *working(request, builder)], understood)


def _stated_rate(claim: Amount, documents: Sequence[DocumentFacts]) -> Change | None:
    """Where a document states this very rate."""
    for facts in documents:
        for fact in facts.stated:
            if fact.figure.role == "rate" and fact.figure.value == claim.value:
                return Change(None, stated_candidate(facts, fact))
    return None


def _rate_operands(builder: Builder, pair: tuple[Candidate, Candidate] | None, stated: Candidate | None):  # type: ignore[no-untyped-def]
    """The two figures of a growth; else this year's figure and the change that its sentence states."""
    if pair:
        return [builder.operand(c) for c in pair], lambda o: growth(o[0], o[1])
    if stated is None or stated.stated is None:
        return [], None
    figures = stated.stated.statement.figures
    now = next((f for f in figures if f.role == "amount" and f.start < stated.stated.figure.start), None)
    moved = next((f for f in figures if f.role == "change" and now and f.unit == now.unit), None)
    if now is None or moved is None:
        return [], None
    n = builder.cite(stated)
    sign = "+" if moved.direction == "decrease" else "-"
    operands = [Operand(now.value, now.unit, n), Operand(moved.value, moved.unit, n)]

    def work(given: list[Operand]) -> Worked:
        a, b = plain(given[0].value), plain(given[1].value)
        expression = f"{b} / ({a} {sign} {b}) * 100"
        return Worked(expression, evaluate(expression), "%", (n,))

    return operands, work


def _parts(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Do the parts that a sentence or a question names add up to their total?"""
    request = understood.request
    language = request.question.language
    if not any(w in request.question.plain for w in lexicon.operation["sum"]):
        return None
    builder = Builder()
    shares = _stated_shares(understood, library)
    if shares and (request.unit == "%" or "百分比" in request.question.plain):
        operands = [builder.operand(c) for c in shares]
        worked = total(operands)
        figure, cited = computed(builder, worked, operands, request, "")
        name = "sum_equal" if worked.value == 100 else "sum_not_hundred"
        return finish(
            request,
            builder,
            [phrase(language, name, figure=figure, marks=cited), *working(request, builder)],
            understood,
        )
    if len(request.targets) < 2:
        return None
    documents = _documents(understood, library)
    ranked = [usable(link(t, documents, lexicon)) for t in request.targets]
    parts = choose_together(ranked)
    if not parts or not all(is_enough(understood, t, parts) for t in request.targets):
        return None
    operands = [builder.operand(p) for p in parts]
    worked = total(operands)
    whole = _printed_total(parts, worked, documents)
    figure, cited = computed(builder, worked, operands, request, "")
    lines = [phrase(language, "sum", figure=figure, marks=cited)]
    if whole is not None:
        shown = show(whole.value or Decimal(0), whole.unit)
        equal = whole.amount[0] == worked.value * YUAN_PER_UNIT.get(worked.unit or "", Decimal(1))
        name = "sum_equal_total" if equal else "sum_other_total"
        lines.insert(0, phrase(language, name, figure=shown, marks=marks([builder.cite(whole)])))
    return finish(
        request,
        builder,
        [*lines, *(say_item(request, builder, p) for p in parts), *working(request, builder)],
        understood,
    )


def _printed_total(
    parts: Sequence[Candidate], worked: Worked, documents: Sequence[DocumentFacts]
) -> Candidate | None:
    """The total that stands beside the parts: the row that they are parts of, or the first amount of
    the sentence that lists them."""
    first = parts[0]
    if first.stated is not None:
        figures = first.stated.statement.figures
        head = next((f for f in figures if f.role == "amount" and f.start < first.stated.figure.start), None)
        if head is not None:
            fact = StatedFact(first.stated.statement_index, first.stated.statement, head, "", ())
            return stated_candidate(first.facts, fact)
    return whole_of(first)


def _stated_shares(understood: Understood, library: Library) -> list[Candidate]:
    """The shares of the paragraph that shares most words with the question."""
    best: tuple[float, list[Candidate]] = (0.0, [])
    key = understood.request.question.key
    for facts in _documents(understood, library):
        by_passage: dict[int, list[StatedFact]] = defaultdict(list)
        for fact in facts.stated:
            if fact.figure.role == "share" and fact.figure.unit == "%":
                by_passage[fact.statement.passage_index].append(fact)
        for index, shares in by_passage.items():
            text = facts.document.passages[index].text
            pairs = {text[i : i + 2] for i in range(len(text) - 1)}
            fit = sum(key[i : i + 2] in pairs for i in range(len(key) - 1))
            if len(shares) > 2 and fit > best[0]:
                best = (fit, [stated_candidate(facts, fact) for fact in shares])
    return best[1]


def _claim(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """A claimed amount against the one that the documents give; where they print the claimed one
    elsewhere, that place is named."""
    request = understood.request
    claims = _claims(request, percent=False)
    if not claims:
        return None
    linked = link_target(request.targets[0], understood, library, lexicon)
    if not linked.ranked or not is_enough(understood, linked.target, linked.ranked[:1]):
        return None
    best = linked.ranked[0]
    if best.value is None:
        return None
    builder = Builder()
    builder.quoted_figure(best, describe(best))
    cited, figure = marks([builder.cite(best)]), show(best.value, best.unit)
    claimed = claims[0].value * YUAN_PER_UNIT[claims[0].unit or "元"]
    lines = [_verdict(request, best.amount[0] == claimed, "", figure, cited, describe(best))]
    elsewhere = next((c for c in linked.ranked if c.amount == (claimed, "元")), None)
    if elsewhere is not None and best.amount[0] != claimed:
        place = elsewhere.table.table.title if elsewhere.table else ""
        lines.append(
            phrase(
                request.question.language,
                "claimed_elsewhere",
                figure=show(elsewhere.value or claimed, elsewhere.unit),
                label=" ".join([place, describe(elsewhere)]).strip(),
                marks=marks([builder.cite(elsewhere)]),
            )
        )
    return finish(request, builder, lines, understood)


def _conflict(understood: Understood, library: Library, lexicon: Lexicon) -> Answer | None:
    """Two amounts, ``是 281 万还是 600 万``: where does a document print the one, where the other?"""
    request = understood.request
    claims = _claims(request, percent=False)
    if len(claims) < 2 or "还是" not in request.question.plain:
        return None
    builder = Builder()
    lines = []
    for claim in claims[:2]:
        found = clauses_with(claim, _documents(understood, library), request.question.plain)
        if found is None:
            return None
        figure = builder.quoted_figure(found, describe(found))
        lines.append(
            phrase(
                request.question.language,
                "item",
                label=describe(found),
                figure=show(figure.value, figure.unit),
                marks=marks(figure.citations),
            )
        )
    return finish(request, builder, [phrase(request.question.language, "conflict"), *lines], understood)

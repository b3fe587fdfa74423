"""Figures for a Request: link its targets, decide, calculate, and say what came out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ingest.values import name_key
from qa.answer import Answer, Language
from qa.builder import Builder, show
from qa.by_value import answer_by_value
from qa.calculator import CalculationError, Worked, difference, share, times
from qa.changes import answer_changes
from qa.decline import SAME, clarify_places, decline
from qa.derived import answer_derived
from qa.everyday import answer_everyday
from qa.excluding import answer_without
from qa.lexicon import Lexicon, load_lexicon
from qa.linking import Candidate
from qa.nested import answer_nested
from qa.operations import has_any
from qa.other_scopes import say_other_scopes
from qa.phrases import describe, marks, phrase, short
from qa.ranking import answer_list
from qa.reading import Linked, agreeing, are_enough, choose_together, is_enough, repeats, whole_of
from qa.request import Request
from qa.resolve import beside_counts, finest, link_target
from qa.say import computed, finish, say_figure, say_item, say_row, say_sum, working
from qa.scope import Library
from qa.understanding import Understood
from qa.verify import answer_verification
from qa.whose import asked_whose

CONSIDERED = 24
"""Candidates of a target that are weighed against those of the others."""


def answer_figures(understood: Understood, library: Library, lexicon: Lexicon) -> Answer:
    """Answer a question for figures, ask back, or decline."""
    return asked_whose(understood, _answer(understood, library, lexicon), library, lexicon)


def _answer(understood: Understood, library: Library, lexicon: Lexicon) -> Answer:
    request = understood.request
    for special in (
        answer_everyday,
        answer_by_value,
        answer_verification,
        answer_nested,
        answer_list,
        answer_derived,
    ):
        if answer := special(understood, library, lexicon):
            return answer
    if left := answer_without(understood, library, lexicon):
        return left
    if request.measure in ("growth", "change"):
        return answer_changes(understood, library, lexicon)
    if request.measure in ("average", "reverse"):  # what was divided by, or taken off, is not there
        return decline(understood, (), library)
    linked = [link_target(t, understood, library, lexicon) for t in request.targets]
    linked = beside_counts(linked, understood, library)
    wholes = [link_target(d, understood, library, lexicon) for d in request.denominators]
    linked = _answerable(understood, linked)
    every = [*linked, *wholes]
    chosen = choose_together([_enough(understood, entry) for entry in every])
    if chosen is None or not are_enough(understood, (e.target for e in every), chosen):
        return decline(understood, every, library)
    chosen = [finest(c, entry.ranked) for c, entry in zip(chosen, every, strict=True)]
    if request.combination == "sum" and repeats(chosen[: len(linked)]):
        return decline(understood, every, library)
    if question := clarify_places(understood, every, chosen):
        return _sum_of_equals(understood, linked, chosen) or question
    parts, bases = chosen[: len(linked)], chosen[len(linked) :]
    if request.combination == "each":
        parts = list({(c.cell_key or id(c), c.amount): c for c in parts}.values())
    if request.measure == "share" and not bases:
        bases = [whole for part in parts if (whole := whole_of(part))]
        if len(bases) != len(parts):
            return decline(understood, every, library)
    if _takes_two(request) and len(parts) < 2 and not bases:
        return decline(understood, every, library)
    builder = Builder()
    try:
        text = _say(request, builder, linked, parts, bases)
    except CalculationError:
        return decline(understood, every, library)
    return finish(request, builder, text, understood)


def _takes_two(request: Request) -> bool:
    """A difference or a multiple is asked for: one figure is none."""
    words = load_lexicon().operation
    kinds = {"difference": words["difference"], "times": words["times"]}
    return has_any(request.question.plain, kinds.get(request.combination, ()))


def _sum_of_equals(
    understood: Understood, linked: Sequence[Linked], chosen: Sequence[Candidate]
) -> Answer | None:
    """``餐饮服务全加起来``: the rows of one name in one column of one table, where their sum is asked for."""
    request, best = understood.request, chosen[0]
    sums = has_any(request.question.plain, load_lexicon().operation["sum"])
    if not sums or len(linked) != 1 or request.measure != "value" or best.row is None:
        return None
    same = [
        c
        for c in linked[0].ranked
        if c.table is best.table and c.column is best.column and c.row and c.row.key == best.row.key
    ]
    rows = {c.row.row_index for c in same if c.row}
    parents = {c.row.row.parent_index for c in same if c.row}
    clear = best.table is not None and all(abs(c.score - best.score) < SAME for c in same)
    if (
        not clear
        or len(rows) < 2
        or len(rows) != len(same)
        or rows & parents
        or not all(c.value for c in same)
    ):
        return None
    builder = Builder()
    return finish(
        request, builder, [*say_sum(request, builder, same), *working(request, builder)], understood
    )


def _answerable(understood: Understood, linked: list[Linked]) -> list[Linked]:
    """Of several things asked one after the other, those that the documents hold; all, when none is."""
    if understood.request.combination != "each" or understood.request.measure != "value":
        return linked
    held = [e for e in linked if any(is_enough(understood, e.target, [c]) for c in e.ranked[:CONSIDERED])]
    asked = [e for e in linked if e.target.asked]
    return held if held and len(asked) == len(linked) else linked


def _enough(understood: Understood, entry: Linked) -> Sequence[Candidate]:
    """The candidates that by themselves explain what was asked; all, when none does."""
    return [c for c in entry.ranked[:CONSIDERED] if is_enough(understood, entry.target, [c])] or entry.ranked


def _say(
    request: Request,
    builder: Builder,
    linked: Sequence[Linked],
    parts: list[Candidate],
    bases: list[Candidate],
) -> list[str]:
    if request.measure == "share":
        lines = _say_shares(request, builder, parts, bases)
    elif request.combination == "sum":
        lines = say_sum(request, builder, parts)
    elif request.combination == "times" and len(parts) == 2:
        lines = _say_times(request, builder, parts)
    elif request.combination in ("compare", "difference") and len(parts) == 2:
        lines = _say_difference(request, builder, parts)
    elif request.combination == "rank" and len(parts) > 1:
        ordered = sorted(parts, key=lambda c: c.amount[0] or 0, reverse=not request.ascending)
        lines = [say_item(request, builder, c) for c in ordered]
    elif len(parts) > 1:
        lines = [say_item(request, builder, c) for c in parts]
    else:
        lines = _say_one(request, builder, linked[0], parts[0])
    return lines + working(request, builder)


def _say_one(request: Request, builder: Builder, linked: Linked, best: Candidate) -> list[str]:
    language = request.question.language
    figure, cited = say_figure(request, builder, best)
    lines = [phrase(language, "figure", figure=figure, marks=cited, label=describe(best))]
    if request.asks_yes_no and not best.value and not best.column_is_text:
        lines.insert(0, phrase(language, "none", label=describe(best), marks=cited))
    lines += say_row(request, builder, best)
    places = [builder.cite(c) for c in agreeing(best, linked.ranked)[:3]]
    if others := [n for n in places if n != builder.cite(best)]:  # one cell may be reached in two ways
        lines.append(phrase(language, "agree", marks=marks(others)))
    return lines + say_other_scopes(request, builder, best, linked.ranked)


def _say_shares(
    request: Request, builder: Builder, parts: list[Candidate], bases: list[Candidate]
) -> list[str]:
    language = request.question.language
    lines = []
    for index, part in enumerate(parts):
        base = bases[min(index, len(bases) - 1)]
        operands = [builder.operand(part), builder.operand(base)]
        figure, cited = computed(builder, share(operands[0], operands[1]), operands, request, describe(part))
        lines.append(
            phrase(language, "share", figure=figure, marks=cited, part=describe(part), whole=describe(base))
        )
    if request.combination in ("compare", "difference") and len(parts) == 2:
        first, second = builder.figures[-2:]
        winner = parts[0] if first.value >= second.value else parts[1]
        lines.insert(0, f"**{winner.facts.document.identity.organization or short(winner)}**")
    return lines


def _say_times(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    operands = [builder.operand(p) for p in parts]
    figure, cited = computed(builder, times(operands[0], operands[1]), operands, request, describe(parts[0]))
    return [
        phrase(
            request.question.language,
            "times",
            figure=figure,
            marks=cited,
            part=describe(parts[0]),
            whole=describe(parts[1]),
        )
    ]


def _say_difference(request: Request, builder: Builder, parts: list[Candidate]) -> list[str]:
    language = request.question.language
    first, second = parts
    if (first.amount[0] or Decimal(0)) < (second.amount[0] or Decimal(0)):
        first, second = second, first
    operands = [builder.operand(first), builder.operand(second)]
    worked = difference(operands[0], operands[1], request.unit)
    figure, cited = computed(builder, worked, operands, request, describe(first))
    lines = [
        phrase(
            language,
            _supposed(request, parts) if worked.value else "winner_equal",
            figure=figure,
            marks=cited,
            label=_told_apart(request, first, second),
        )
    ]
    if _are_years_apart(first, second):
        lines = [_say_from_year_to_year(language, first, second, figure, cited)]
    if request.combination == "compare":
        lines = [
            phrase(
                language,
                _winner(request, worked),
                label=_told_apart(request, *((second, first) if request.ascending else (first, second))),
                figure=figure,
                marks=cited,
            )
        ]
    return lines + [say_item(request, builder, p) for p in parts]


def _supposed(request: Request, parts: Sequence[Candidate]) -> str:
    """Whether the question supposes (甲比乙多多少) that the one named first is the larger, and it is not;
    or the smaller, and it is not."""
    first, second = (part.amount[0] or Decimal(0) for part in parts)
    words, plain = load_lexicon().operation, request.question.plain
    if not has_any(plain, words["one_against_other"]) or has_any(plain, words["other_first"]):
        return "difference"
    if first < second and has_any(plain, words["supposes_more"]):
        return "not_more"
    return "not_less" if first > second and has_any(plain, words["supposes_less"]) else "difference"


def _are_years_apart(one: Candidate, other: Candidate) -> bool:
    return (
        one.fiscal_year != other.fiscal_year
        and one.facts.document.identity.organization == other.facts.document.identity.organization
    )


def _say_from_year_to_year(
    language: Language, larger: Candidate, smaller: Candidate, figure: str, cited: str
) -> str:
    """The same thing in two years: it rose or it fell."""
    rises = (larger.fiscal_year or 0) > (smaller.fiscal_year or 0)
    new, old = (larger, smaller) if rises else (smaller, larger)
    shown = {"new": show(new.value or Decimal(0), new.unit), "old": show(old.value or Decimal(0), old.unit)}
    name = "change_up" if rises else "change_down"
    return phrase(language, name, figure=figure, marks=cited, label=describe(new), **shown)


def _winner(request: Request, worked: Worked) -> str:
    if worked.value == 0:
        return "winner_equal"
    return "winner_less" if request.ascending else "winner_more"


def _as_spoken(request: Request, organization: str) -> str:
    """The organisation, with the English name that the person used for it."""
    key = name_key(organization)
    spoken = (
        t.body.spoken for t in request.targets if t.body and t.body.spoken and t.body.bodies[0].key == key
    )
    return " ".join([f"{name} —" for name in [next(spoken, "")] if name] + [organization])


def _told_apart(request: Request, one: Candidate, other: Candidate) -> str:
    """By what the winner differs from the other: its organisation, its unit, its year or its name."""
    mine, theirs = one.facts.document.identity, other.facts.document.identity
    if mine.organization != theirs.organization:
        return _as_spoken(request, mine.organization or "")
    if one.row and other.row and one.row.unit_key != other.row.unit_key and one.row.row.unit_name:
        return one.row.row.unit_name
    if one.fiscal_year != other.fiscal_year:
        return str(one.fiscal_year)
    return short(one) if short(one) != short(other) else describe(one)

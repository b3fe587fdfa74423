"""Do parts add up? Shares to 100 %, named parts to their total, a list to what it is a list of, the
changes of items to the change of their class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from ingest.values import YUAN_PER_UNIT, name_key
from qa.answer import Answer
from qa.breakdown import Breakdown, column_breakdown, rounding, row_breakdown, told_breakdowns, worth
from qa.builder import Builder, show
from qa.calculator import CalculationError, Worked, net, total
from qa.case import Case, Check
from qa.facts import StatedFact
from qa.linking import Candidate, link, stated_candidate
from qa.mentions import ItemMention
from qa.phrases import describe, marks, phrase
from qa.quoted import Stretch, is_rate, named_share, says, stretches
from qa.rates import rates_of
from qa.reading import are_enough, choose_together, is_enough, repeats, usable, whole_of
from qa.resolve import link_target
from qa.say import computed, finish, say_item, working
from qa.vocabulary import bigrams

LEAST_SHARES = 3
MOST_READINGS = 12
NAMED_ENOUGH = 0.5
"""Share of the names asked about that a paragraph must print for its list to be checked."""
SAME_NAME = 0.9
SHORTEST_PREFIX = 3


def check_parts(case: Case) -> Answer | None:
    """The first family of parts that the question fits."""
    sums = case.asks_beside_names("sum")
    if not (sums or case.asks("adds_up")):
        return None
    checks: list[Check] = [_shares, _changes, _quoted_list]
    if sums or case.asks("equals"):
        checks += [_equation, _named_parts, _told_list, _laid_out]
    return next(filter(None, (check(case) for check in checks)), None)


def _shares(case: Case) -> Answer | None:
    """Percentages of one paragraph: do they make 100?"""
    quotes_whole = any(c.value == 100 for c in case.quoted if is_rate(c))
    if case.request.unit != "%" and not quotes_whole:
        return None
    key = bigrams(case.request.question.key)
    listed = [(s, [f for f in rates_of(s) if f.figure.role == "share"]) for s in stretches(case.documents)]
    found = [(len(key & bigrams(s.passage.text)), s, told) for s, told in listed if len(told) >= LEAST_SHARES]
    if not found:
        return None
    _, stretch, shares = max(found, key=lambda f: f[0])
    builder = Builder()
    operands = [builder.operand(stretch.candidate(f)) for f in shares]
    worked = total(operands)
    figure, cited = computed(builder, worked, operands, case.request, "")
    name = "sum_equal" if worked.value == 100 else "sum_not_hundred"
    lines = [phrase(case.language, name, figure=figure, marks=cited), *working(case.request, builder)]
    return finish(case.request, builder, lines, case.understood)


def _changes(case: Case) -> Answer | None:
    """The changes that the items of a class state, against the change that the class states."""
    if not case.asks("item_changes") or len(case.items) != 1:
        return None
    changes = [
        (facts, fact)
        for facts in case.documents
        for fact in facts.stated
        if fact.figure.role == "change" and fact.figure.unit in YUAN_PER_UNIT
    ]
    groups: dict[object, list[Candidate]] = defaultdict(list)
    for facts, fact in changes:
        if _is_under(fact, case.items[0]):
            section = facts.document.passages[fact.statement.passage_index].section
            groups[facts.document_id, section].append(stated_candidate(facts, fact))
    parts = max(groups.values(), key=len, default=[])
    if len(parts) < 2:
        return None
    heads = [stated_candidate(facts, fact) for facts, fact in changes if _is_of(fact, case.items[0])]
    heads = [h for h in heads if h.facts is parts[0].facts]
    claimed = [h for h in heads if any(says(c, h.value, h.unit) for c in case.quoted)]
    return _say_sum(case, parts, next(iter([*claimed, *heads]), None), signed=True)


def _names(item: ItemMention) -> list[str]:
    return [m.label for m in item.matches if m.quality >= SAME_NAME] or [item.text]


def _is_of(fact: StatedFact, item: ItemMention) -> bool:
    """The sentence is about the class itself."""
    own = name_key(fact.statement.subject.split(" > ")[-1])
    return own in _names(item) or fact.key in _names(item)


def _is_under(fact: StatedFact, item: ItemMention) -> bool:
    """The sentence is about an item that stands under the class."""
    names = [n for n in _names(item) if len(n) >= SHORTEST_PREFIX]
    return not _is_of(fact, item) and any(k.startswith(n) for k in fact.context for n in names)


def _quoted_list(case: Case) -> Answer | None:
    """A list that holds a figure which the person quotes."""
    for stretch in case.stretches:
        said = {f.figure.start for f in stretch.quoted}
        lists = [b for b in told_breakdowns(stretch) if said & _starts(b)]
        if lists:
            return _say_lists(case, lists, stretch)
    return None


def _starts(breakdown: Breakdown) -> set[int]:
    return {c.stated.figure.start for c in (breakdown.whole, *breakdown.parts) if c.stated}


def _told_list(case: Case) -> Answer | None:
    """The list of the paragraph that names most of what is asked about."""
    found = [
        (named_share(case.items, s), s, lists)
        for s in stretches(case.documents)
        if (lists := [b for b in told_breakdowns(s) if _is_whole(b, case.items)])
    ]
    best = max(found, key=lambda f: f[0], default=None)
    if best is None or best[0] < NAMED_ENOUGH:
        return None
    return _say_lists(case, best[2], best[1])


def _is_whole(breakdown: Breakdown, items: Sequence[ItemMention]) -> bool:
    """The figure that the list is of is named in the question."""
    fact = breakdown.whole.stated
    assert fact is not None
    subject = name_key(fact.statement.subject.split(" > ")[-1])
    return any(_is_named(k, items) for k in (fact.key, subject) if k)


def _say_lists(case: Case, lists: Sequence[Breakdown], stretch: Stretch) -> Answer | None:
    """The list whose whole is doubted, with what the list around it leaves for that whole; else the
    first that does not add up; else the first."""
    quoted = {f.figure.start for f in stretch.quoted}
    wrong = [b for b in lists if b.gap]
    inner = next((b for b in wrong if b.whole.stated and b.whole.stated.figure.start in quoted), None)
    if inner is None:
        shown = next(iter([*wrong, *lists]))
        return _say_sum(case, shown.parts, shown.whole)
    around = next((b for b in wrong if inner.whole in b.parts), None)
    return _say_sum(case, inner.parts, inner.whole, remainder=around)


def _equation(case: Case) -> Answer | None:
    """``A加B等于C``: what is named before the word for equal are the parts, what follows the whole."""
    key = case.request.question.key
    at = max((key.find(w) for w in case.lexicon.operation["equals"]), default=-1)
    left = [i for i in case.items if i.end <= at]
    right = [i for i in case.items if i.start > at]
    if len(left) < 2 or len(right) > 1 or not (right or _are_joined(case, left)):
        return None
    targets = [replace(case.targets[0], items=(i,)) for i in (*left, *right)]
    chosen = choose_together([usable(link(t, case.documents, case.lexicon)) for t in targets])
    if not chosen or not all(c.explained for c in chosen):
        return None
    parts = chosen[: len(left)]
    return None if repeats(parts) else _say_sum(case, parts, chosen[-1] if right else whole_of(parts[0]))


def _are_joined(case: Case, items: Sequence[ItemMention]) -> bool:
    """Nothing but a word for and, or a mark, stands between one and the next."""
    question = case.request.question
    joints = {"加", "再加", *case.lexicon.words["connector"]}
    links = [question.key[a.end : b.start] or question.gaps.get(b.start, "") for a, b in pairwise(items)]
    return all(link in joints for link in links)


def _named_parts(case: Case) -> Answer | None:
    """Parts that the question names one by one, against the total that stands beside them."""
    if len(case.targets) < 2:
        return None
    parts = choose_together([usable(link(t, case.documents, case.lexicon)) for t in case.targets])
    if not parts or not are_enough(case.understood, case.targets, parts):
        return None
    if repeats(parts):
        return None
    return _say_sum(case, parts, whole_of(parts[0]) or _named_whole(case))


def _named_whole(case: Case) -> Candidate | None:
    """What every part is named under: the 基本支出 whose 人员经费 and 公用经费 are asked about."""
    shared = set.intersection(*(set(t.items) for t in case.targets))
    if not shared:
        return None
    target = replace(case.targets[0], items=tuple(sorted(shared, key=lambda i: i.start)))
    ranked = usable(link(target, case.documents, case.lexicon))
    return next((c for c in ranked if c.explained), None)


def _laid_out(case: Case) -> Answer | None:
    """The columns of the group, or the rows under the row, that is asked about."""
    target = replace(case.targets[0], items=tuple({i.text: i for i in case.items}.values()))
    linked = link_target(target, case.understood, case.library, case.lexicon)
    for cell in linked.ranked[:MOST_READINGS]:
        if not is_enough(case.understood, target, [cell]):
            continue
        if family := _family_of(cell, target.items):
            return _say_sum(case, family.parts, family.whole)
    return None


def _family_of(cell: Candidate, items: Sequence[ItemMention]) -> Breakdown | None:
    if cell.row is None or cell.column is None:
        return None
    if any(_is_named(key, items) for key in cell.column.ancestors[-1:]):
        return column_breakdown(cell)
    if cell.row.is_total or _is_named(cell.row.key, items):
        return row_breakdown(cell) or column_breakdown(cell)
    return None


def _is_named(key: str, items: Sequence[ItemMention]) -> bool:
    return any(i.quality(key) >= SAME_NAME for i in items)


def _say_sum(
    case: Case,
    parts: Sequence[Candidate],
    whole: Candidate | None,
    signed: bool = False,
    remainder: Breakdown | None = None,
) -> Answer | None:
    builder = Builder()
    operands = [builder.operand(p) for p in parts]
    try:
        worked = net(operands, [_falls(p) for p in parts]) if signed else total(operands)
    except CalculationError:
        return None
    figure, cited = computed(builder, worked, operands, case.request, "")
    lines = [phrase(case.language, "sum", figure=figure, marks=cited)]
    if whole is not None:
        lines.insert(0, _say_total(case, builder, worked, whole, rounding((*parts, whole))))
    if remainder is not None and whole is not None:
        lines.append(_say_remainder(case, builder, whole, remainder))
    lines += [_say_change(case, builder, p) if signed else say_item(case.request, builder, p) for p in parts]
    return finish(case.request, builder, [*lines, *working(case.request, builder)], case.understood)


def _say_change(case: Case, builder: Builder, part: Candidate) -> str:
    direction = phrase(case.language, "decrease" if _falls(part) else "increase")
    cited = marks(builder.quoted_figure(part, describe(part)).citations)
    shown = show(part.value or Decimal(0), part.unit)
    return phrase(case.language, "item", label=describe(part), figure=f"{direction} {shown}", marks=cited)


def _falls(part: Candidate) -> bool:
    return bool(part.stated and part.stated.figure.direction == "decrease")


def _say_total(case: Case, builder: Builder, worked: Worked, whole: Candidate, slack: Decimal) -> str:
    shown = show(whole.value or Decimal(0), whole.unit)
    gap = abs(worth(whole) - worked.value * YUAN_PER_UNIT.get(worked.unit or "", Decimal(1)))
    name = "sum_equal_total" if gap == 0 else "sum_near_total" if gap <= slack else "sum_other_total"
    cited = marks(builder.quoted_figure(whole, describe(whole)).citations)
    return phrase(case.language, name, figure=shown, marks=cited, label=describe(whole))


def _say_remainder(case: Case, builder: Builder, doubted: Candidate, family: Breakdown) -> str:
    """What the total leaves for the doubted figure once the others are taken off."""
    others = [p for p in family.parts if p != doubted]
    operands = [builder.operand(family.whole), *(builder.operand(p) for p in others)]
    worked = net(operands, [False, *(True for _ in others)])
    figure, cited = computed(builder, worked, operands, case.request, "")
    return phrase(
        case.language,
        "remainder",
        whole=show(operands[0].value, operands[0].unit),
        figure=figure,
        marks=cited,
    )

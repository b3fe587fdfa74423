"""A question and its mentions -> a Request: a measure of targets, and what to do with the results.

The algebra is small so that compound questions need no pattern of their own: each Target is one
figure to be found; a Measure makes one number of it (itself, its share of another, its growth);
a Combination makes an answer of the numbers (each, their sum, their difference, the largest …).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.values import Amount
from qa.lexicon import Lexicon
from qa.mentions import ItemMention, YearMention, positions
from qa.operations import (
    Combination,
    Intent,
    Measure,
    combination_of,
    decimals_asked,
    has_any,
    how_many_first,
    intent_of,
    measure_of,
    unit_asked,
)
from qa.organizations import BodyMention
from qa.question import Question


@dataclass(frozen=True, slots=True)
class Target:
    """One figure to be found."""

    items: tuple[ItemMention, ...]
    body: BodyMention | None = None
    year: int | None = None
    """Of the figure."""
    document_year: int | None = None
    """Of the document, where it is another: what the 2024 budget says of 2023."""
    context: tuple[ItemMention, ...] = ()
    """Names inherited from the conversation: they help to choose, but need not be explained."""
    unit: str | None = None
    """Asked for by its own clause: ``几辆`` asks for 辆."""
    asked: str = ""
    """Its own clause, when the question asks several things one after the other."""

    def describe(self) -> str:
        body = self.body.bodies[0].name if self.body and len(self.body.bodies) == 1 else ""
        year = f"{self.year}年" if self.year else ""
        return " ".join(filter(None, [body, year, *(i.text for i in self.items)]))


@dataclass(frozen=True, slots=True)
class Request:
    question: Question
    intent: Intent
    measure: Measure
    combination: Combination
    targets: tuple[Target, ...]
    denominators: tuple[Target, ...] = ()
    """For a share: one for each target, or one for all."""
    unit: str | None = None
    """Asked for: the answer is converted to it."""
    decimals: int | None = None
    top: int | None = None
    ascending: bool = False
    numbers: tuple[Amount, ...] = ()
    """Figures that the person brings along."""
    compares_with_previous: bool = False
    asks_yes_no: bool = False
    base_year: int | None = None
    """For a change: the year compared with, where the question names it."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What was spotted in one question."""

    bodies: tuple[BodyMention, ...]
    years: tuple[YearMention, ...]
    items: tuple[ItemMention, ...]
    numbers: tuple[Amount, ...]

    def all(self) -> list[BodyMention | YearMention | ItemMention]:
        return sorted([*self.bodies, *self.years, *self.items], key=lambda m: m.start)


def operation_text(question: Question, mentions: Mentions) -> str:
    """The question with its names blanked out, so that 增长 in a project's name is no operation."""
    if question.language == "en":
        return question.plain
    chars = list(question.key)
    known = [i for i in mentions.items if i.is_known_name]
    for position in positions(mentions.bodies) | positions(known):
        chars[position] = "\0"
    return "".join(chars)


def _between(question: Question, left: int, right: int, mentions: Mentions, dropped: Sequence[str]) -> str:
    """What joins two mentions: the characters between them, without other mentions and fillers."""
    out = []
    for position in range(left, right):
        out.append(question.gaps.get(position, "") if position > left else "")
        if not any(m.start <= position < m.end for m in mentions.all()):
            out.append(question.key[position])
    text = "".join(out) + question.gaps.get(right, "")
    for word in dropped:
        text = text.replace(word, "")
    return re.sub(r"[“”\"'()（）《》\s\[\]]", "", text)


def _joined(
    question: Question,
    spans: Sequence[tuple[int, int]],
    mentions: Mentions,
    lexicon: Lexicon,
    extra: Sequence[str],
    by_comma: bool = True,
    side_by_side: bool = False,
) -> list[list[int]]:
    """Neighbouring mentions of one kind that a connector (or a mere comma, or nothing at all) joins, as
    their indices."""
    connectors = (*lexicon.words["connector"], *extra)
    groups: list[list[int]] = [[0]] if spans else []
    for index in range(1, len(spans)):
        link = _between(
            question, spans[index - 1][1], spans[index][0], mentions, lexicon.words["joint_noise"]
        )
        bare = link.strip(",，;；:：")
        start, end = spans[index]
        if (start == end or (side_by_side and not link and start == spans[index - 1][1])) or (
            link and (bare in connectors or (by_comma and not bare))
        ):  # a year of a range; 会议费培训费
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _span(mention: BodyMention | YearMention | ItemMention) -> tuple[int, int]:
    return mention.start, mention.end


def _clusters(
    question: Question, items: Sequence[ItemMention], mentions: Mentions
) -> list[tuple[ItemMention, ...]]:
    """Items with the names that stand in brackets right behind them: 支出预算总表（表三）."""
    clusters: list[tuple[ItemMention, ...]] = []
    for item in items:
        last = clusters[-1][-1] if clusters else None
        if last and last.end == item.start and question.gaps.get(item.start, "").endswith(("(", "（")):
            clusters[-1] = (*clusters[-1], item)
        else:
            clusters.append((item,))
    return clusters


def _longest(groups: list[list[int]]) -> list[int]:
    best = max(groups, key=len, default=[])
    return best if len(best) > 1 else []


def _targets(
    question: Question, mentions: Mentions, lexicon: Lexicon, extra: Sequence[str]
) -> tuple[Target, ...]:
    """Distribute the joined mentions: what only one of them says holds for all of them."""
    bodies, years = mentions.bodies, mentions.years
    clusters = _clusters(question, mentions.items, mentions)
    body_group = _longest(_joined(question, [_span(b) for b in bodies], mentions, lexicon, extra))
    ranges = (*extra, *lexicon.words["range"])
    year_group = _longest(_joined(question, [_span(y) for y in years], mentions, lexicon, ranges))
    cluster_spans = [(c[0].start, c[-1].end) for c in clusters]
    several = has_any(question.key, lexicon.words["each_of"]) and all(
        len(c) == 1 and {c[0].text, *c[0].names} & lexicon.accounts for c in clusters
    )
    item_group = _longest(
        _joined(question, cluster_spans, mentions, lexicon, extra, by_comma=False, side_by_side=several)
    )
    if len(bodies) > 1 and not body_group:
        body_group = list(range(len(bodies)))
    shared = tuple(i for n, c in enumerate(clusters) if n not in item_group for i in c)
    firsts = [clusters[i][0] for i in item_group]
    if (
        body_group
        and len(body_group) == len(item_group)
        and _alternate([bodies[b] for b in body_group], firsts)
    ):
        return tuple(
            Target((*shared, *clusters[i]), bodies[b], _year_near(bodies[b], years, bodies, question))
            for b, i in zip(body_group, item_group, strict=True)
        )
    scopes: list[tuple[BodyMention | None, int | None]]
    if body_group:
        scopes = [(bodies[b], _year_near(bodies[b], years, bodies, question)) for b in body_group]
    elif year_group:
        scopes = [(bodies[0] if bodies else None, years[y].year) for y in year_group]
    else:
        scopes = [(bodies[0] if bodies else None, years[0].year if years else None)]
    choices = [(*shared, *clusters[i]) for i in item_group] or [mentions.items]
    ordered = [tuple(sorted(c, key=lambda m: m.start)) for c in choices]
    return tuple(Target(choice, body, when) for body, when in scopes for choice in ordered)


def _clauses(question: Question) -> list[tuple[int, int]]:
    marks = [p for p, mark in sorted(question.gaps.items()) if re.search(r"[,，、;；?？。]", mark)]
    edges = [0, *(p for p in marks if 0 < p < len(question.key)), len(question.key)]
    return list(pairwise(edges))


def _clause_targets(question: Question, mentions: Mentions, lexicon: Lexicon) -> tuple[Target, ...]:
    """One target for each clause that asks something of its own: ``面积多大，安排了多少钱``. A clause
    without a name asks of what the clause before it named. () unless at least two clauses ask."""
    asking = [
        (start, end)
        for start, end in _clauses(question)
        if has_any(question.key[start:end], lexicon.words["interrogative"])
    ]
    if len(asking) < 2:
        return ()
    body = mentions.bodies[0] if mentions.bodies else None
    year = mentions.years[0].year if mentions.years else None
    targets: list[Target] = []
    begin = 0
    for start, end in asking:
        items = tuple(i for i in mentions.items if begin <= i.start < end)
        text = question.key[begin:end]
        earlier = targets[-1].items if targets else ()
        if items and all(i.text in lexicon.words["stage_name"] for i in items):
            items = (*earlier, *items)  # 执行数又是多少: of the thing asked about before
        text = targets[-1].asked + text if targets else text
        targets.append(
            Target(
                items or earlier,
                body,
                _year_in(mentions.years, begin, end) or year,
                year,
                unit=unit_asked(question.key[start:end], lexicon),
                asked=text,
            )
        )
        begin = end
    return tuple(targets)


def _year_in(years: Sequence[YearMention], start: int, end: int) -> int | None:
    return next((y.year for y in years if start <= y.start < end), None)


def _alternate(bodies: Sequence[BodyMention], items: Sequence[ItemMention]) -> bool:
    return all(
        b.start < i.start and (n + 1 == len(bodies) or i.start < bodies[n + 1].start)
        for n, (b, i) in enumerate(zip(bodies, items, strict=True))
    )


def _year_near(
    body: BodyMention, years: Sequence[YearMention], bodies: Sequence[BodyMention], question: Question
) -> int | None:
    """The year that a body is asked about: the only one that touches it; else, when the question opens
    with a year, the last one said before it (2017年甲、乙，2021年丙), or the next one said after it."""
    if not years:
        return None
    touching = {y.year for y in years if _touch(y, body, question) or _touch(body, y, question)}
    if len(touching) == 1:
        return touching.pop()
    before = [y.year for y in years if y.end <= body.start]
    after = [y.year for y in years if y.start >= body.end]
    opens_with_year = years[0].start < min(b.start for b in bodies)
    ordered = (before[-1:], after[:1]) if opens_with_year else (after[:1], before[-1:])
    return next((year for found in ordered for year in found), years[0].year)


def _touch(left: YearMention | BodyMention, right: YearMention | BodyMention, question: Question) -> bool:
    """Nothing but a character such as 的 or 在 stands between them."""
    gap = range(left.end, right.start + 1)
    return len(gap) in (1, 2) and not any(question.gaps.get(p, "").strip() for p in gap)


def _has_own_year_each(question: Question, mentions: Mentions) -> bool:
    """``甲2022年和2020年乙``: every body has a year of its own beside it."""
    beside = [
        {y.year for y in mentions.years if _touch(y, b, question) or _touch(b, y, question)}
        for b in mentions.bodies
    ]
    return len(beside) > 1 and all(len(years) == 1 for years in beside)


def build_request(question: Question, mentions: Mentions, lexicon: Lexicon) -> Request:
    """Compose the Request that the question's mentions and operation words make."""
    text = operation_text(question, mentions)
    compares = has_any(text, lexicon.words["previous_year"])
    extra = lexicon.operation["times_of"] if has_any(text, lexicon.operation["times"]) else ()
    between = [
        b
        for b in mentions.bodies
        if mentions.years and mentions.years[0].end <= b.start < mentions.years[-1].start
    ]
    two_years = len({y.year for y in mentions.years}) > 1 and (len(mentions.bodies) < 2 or not between)
    two_years = two_years and not _has_own_year_each(question, mentions)
    asks_which = has_any(text, lexicon.operation["compare"])
    measure = measure_of(
        text, lexicon, compares or (two_years and (not asks_which or len(mentions.bodies) > 1))
    )
    base_year = None
    if measure in ("growth", "change") and two_years and (not asks_which or len(mentions.bodies) > 1):
        newest = max(mentions.years, key=lambda y: y.year)
        base_year = min(y.year for y in mentions.years)
        mentions = replace(mentions, years=(newest,))
    targets = _targets(question, mentions, lexicon, extra)
    combination = combination_of(text, lexicon, len(targets) > 1, mentions.numbers)
    unit = unit_asked(question.plain, lexicon)
    if measure == "value" and len(targets) == 1 and combination == "each":
        by_clause = _clause_targets(question, mentions, lexicon)
        targets, unit = by_clause or targets, None if by_clause else unit
        if not by_clause and two_years:
            first, last = mentions.years[0].year, mentions.years[-1].year
            targets = (replace(targets[0], year=last, document_year=first),)
    denominators: tuple[Target, ...] = ()
    if measure == "share":
        targets, denominators = _split_share(question, mentions, lexicon, targets)
    return Request(
        question,
        intent_of(text, lexicon),
        measure,
        combination,
        targets,
        denominators,
        unit,
        decimals_asked(question.plain),
        how_many_first(text),
        has_any(text, (*lexicon.operation["rank_ascending"], *lexicon.operation["compare_less"])),
        mentions.numbers,
        compares,
        has_any(text, lexicon.operation["yes_no"]),
        base_year,
    )


def _split_share(
    question: Question, mentions: Mentions, lexicon: Lexicon, targets: tuple[Target, ...]
) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """``X 占 Y 的比重``: what stands before 占 is the part, what follows is the whole; a body or year
    that one side does not name is the other's. English says it the other way round."""
    at = max(question.key.find(word) for word in lexicon.words["share_of"])
    if at < 0:
        return targets, ()
    left = [i for i in mentions.items if i.end <= at]
    right = [i for i in mentions.items if i.start > at]
    bodies_right = [b for b in mentions.bodies if b.start > at]
    bodies_left = [b for b in mentions.bodies if b.end <= at]
    part_body: BodyMention | None = next(iter([*bodies_left[:1], *bodies_right[:1]]), None)
    whole_body: BodyMention | None = next(iter([*bodies_right[:1], *bodies_left[:1]]), None)
    part, whole = tuple(left), tuple(right)
    if not left and len(right) > 1:  # the share of the whole that goes to the part
        part, whole = tuple(right[1:]), (right[0],)
    elif not left and question.language == "en" and bodies_right and _is_a_part(right, lexicon):
        part, whole = tuple(right), ()  # what share of a body's budget is the part
    elif not right and len(left) > 1:  # 基本支出里，人员经费占多少: the name before the part is the whole
        whole = tuple(left[:-1])
    elif has_any(question.key[at:], lexicon.words["completion"]):  # 事业运行的决算完成了全年预算的多少
        whole = (*(i for i in left if i.text not in lexicon.words["stage_name"]), *right)
    if len(bodies_left) == 2 and not bodies_right and (nested := _unit_and_whole(bodies_left)):
        unit, organization = nested  # 甲委乙中心的项目支出占全委的多少
        year = targets[0].year
        return (Target(part, unit, year),), (Target(whole or part, organization, year),)
    scopes = {(t.body, t.year): None for t in targets}
    if part and not whole and bodies_left and bodies_right:  # 甲的培训费相当于乙的多少
        year = targets[0].year
        return (Target(part, bodies_left[0], year),), (Target(part, bodies_right[0], year),)
    if len(scopes) > 1:  # the share itself is asked of several bodies or years
        wholes = tuple(Target(whole, b, y) for b, y in scopes) if whole else ()
        return tuple(Target(part, b, y) for b, y in scopes), wholes
    if has_any(question.key[at:], lexicon.words["whole_department"]) and bodies_left:
        whole_body = None
    year = targets[0].year
    groups = [i for t in targets for i in t.items if i.end <= at] if len(targets) > 1 else []
    parts = tuple(
        replace(t, items=tuple(i for i in t.items if i.end <= at) if groups else part, body=part_body)
        for t in targets
    )
    names_whole = whole or has_any(question.key[at:], lexicon.words["total_row"])
    return parts, (Target(whole, whole_body, year),) if names_whole else ()


def _unit_and_whole(bodies: Sequence[BodyMention]) -> tuple[BodyMention, BodyMention] | None:
    """A budget unit and the organisation whose documents it stands in; None for any other two bodies."""
    for unit, whole in (bodies, bodies[::-1]):
        held = {i for b in whole.bodies for i in b.document_ids}
        if all(b.is_unit and b.document_ids <= held for b in unit.bodies) and not any(
            b.is_unit for b in whole.bodies
        ):
            return unit, whole
    return None


def _is_a_part(items: Sequence[ItemMention], lexicon: Lexicon) -> bool:
    """One thing is named, and it is not the whole budget."""
    return len(items) == 1 and not {items[0].text, *items[0].names} & lexicon.whole_budget

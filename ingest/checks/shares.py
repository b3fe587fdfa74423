"""Shares and degrees of completion that the prose states, and the amounts that they are of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from ingest import rates
from ingest.checks.moves import makes
from ingest.checks.parts import Interval, audit_data, make_finding, plain, total_of
from ingest.checks.told import Prose, Told, core_name, stage_of
from ingest.model import Finding, Severity
from ingest.values import name_key, places

_BASE = re.compile(r"(?P<verb>占|完成(?:了)?)(?P<base>[^，,。；;占]{2,30}?)的?(?:约|比重|比例|为|达|到)*$")
_SHARE = "占"
_LEAST_SHARES = 3
WHOLE_PERCENT = Interval(Decimal("99.9"), Decimal("100.1"))
_BUDGET_STAGES = ("original_budget", "adjusted_budget", "budget")


def share_findings(prose: Prose) -> Iterator[Finding]:
    """Every share that is not that of its amount in what it is said to be a share of, and every word
    that calls one of two amounts the larger that is not."""
    named: defaultdict[str, list[Told]] = defaultdict(list)
    for told in prose.told.values():
        for one in told:
            if one.is_amount and prose.is_own(one):
                named[core_name(one.figure.label)].append(one)
    for index, told in prose.told.items():
        for position, share in enumerate(told):
            if share.figure.role == "share" and share.figure.unit == "%":
                yield from _wrong_share(prose, told[:position], share, told, named)
        yield from _group_shares(prose, told)
        yield from _wrong_order(prose, index, told)


def _wrong_share(
    prose: Prose,
    earlier: Sequence[Told],
    share: Told,
    all_told: Sequence[Told],
    named: dict[str, list[Told]],
) -> Iterator[Finding]:
    text = prose.passage(share).text
    base = _BASE.search(text[share.statement.start : share.figure.start].rstrip())
    own = [t for t in earlier if t.is_amount and t.statement is share.statement]
    if base is None or not own:
        return
    finals = [t for t in own if prose.stage(t) == "final_account"]
    part, name = (finals if base["verb"] != _SHARE and finals else own)[-1], base["base"]
    here = [t for t in all_told if t.is_amount and t is not part and _goes_by(prose, t, name)]
    wholes = here or [t for t in named[core_name(name)] if t is not part]
    if not wholes or any(makes(rates.share(part.amount, w.amount), share) for w in wholes):
        return
    others = [t for t in all_told if t.is_amount and t is not part and t not in wholes]
    fitting = [t for t in others if makes(rates.share(part.amount, t.amount), share)]
    whole = wholes[0]
    if here and len(fitting) == 1 and prose.stage(fitting[0]) in _BUDGET_STAGES:
        yield _other_base(prose, share, part, whole, fitting[0], text, base)
        return
    yield wrong_share(prose, share, part, whole, "certain" if len(here) == 1 else "suspected")


def says_whole(prose: Prose, share: Told) -> bool:
    """Whether the sentence names what the share is of."""
    text = prose.passage(share).text[share.statement.start : share.figure.start]
    return _BASE.search(text.rstrip()) is not None


def wrong_share(prose: Prose, share: Told, part: Told, whole: Told, severity: Severity) -> Finding:
    """The share of the part in the whole is another one."""
    return make_finding(
        "share",
        printed=share.printed,
        expected=_percent(part, whole.amount, share),
        unit="%",
        where=prose.where(part),
        places=[prose.place(t) for t in (share, part, whole)],
        severity=severity,
        part=part.figure.text,
        whole=whole.figure.text,
    )


def _percent(part: Told, whole: Interval, share: Told) -> str:
    """The share as it should be, with as many places as it is printed with."""
    reach = rates.share(part.amount, whole)
    if reach is None:
        return str(audit_data()["prose"]["words"]["no_share"])
    return plain(round((reach.low + reach.high) / 2, places(share.figure.value)))


def _goes_by(prose: Prose, told: Told, name: str) -> bool:
    """Whether the amount is called so, or is of the stage that is called so (年初预算)."""
    label, key = name_key(told.figure.label), name_key(name).removesuffix("数")
    stage = stage_of(name)
    return label.removesuffix("数").endswith(key) or (stage is not None and stage == prose.stage(told))


def _other_base(
    prose: Prose, share: Told, part: Told, whole: Told, meant: Told, text: str, base: re.Match[str]
) -> Finding:
    start = share.statement.start
    place = prose.text_place(share.passage_index, start + base.start(), share.figure.end)
    name = audit_data()["prose"]["words"]["stage_names"][prose.stage(meant) or "budget"]
    return make_finding(
        "other_base",
        printed=text[start + base.start() : share.figure.end],
        expected=f"{base['verb']}{name}的{share.figure.text}",
        unit=None,
        where=prose.where(part),
        places=[place, *(prose.place(t) for t in (whole, part, meant))],
        whole=whole.figure.text,
        meant=meant.figure.text,
    )


def _group_shares(prose: Prose, told: Sequence[Told]) -> Iterator[Finding]:
    """Three or more shares of one thing whose amount is not told: the one that is wrong, if all others
    are of the sum of their parts."""
    groups: defaultdict[str, list[tuple[Told, Told]]] = defaultdict(list)
    for part, share in pairwise(told):
        if part.is_amount and share.figure.role == "share" and share.figure.unit == "%":
            text = prose.passage(share).text[share.statement.start : share.figure.start]
            base = _BASE.search(text.rstrip())
            groups[base["base"] if base else ""].append((part, share))
    for pairs in groups.values():
        if len(pairs) < _LEAST_SHARES or total_of(s.amount for _, s in pairs).meets(WHOLE_PERCENT):
            continue
        whole = total_of(part.amount for part, _ in pairs)
        wrong = [(p, s) for p, s in pairs if not makes(rates.share(p.amount, whole), s)]
        if len(wrong) == 1:
            part, share = wrong[0]
            yield make_finding(
                "share",
                printed=share.printed,
                expected=_percent(part, whole, share),
                unit="%",
                where=prose.where(part),
                places=[prose.place(t) for t in (share, part, *(p for p, _ in pairs if p is not part))],
                part=part.figure.text,
                whole="、".join(p.figure.text for p, _ in pairs),
            )


def _wrong_order(prose: Prose, index: int, told: Sequence[Told]) -> Iterator[Finding]:
    """``决算数大于预算数`` where it is less, and the like."""
    text = prose.document.passages[index].text
    finals = [t for t in told if t.is_amount and prose.stage(t) == "final_account"]
    budgets = [t for t in told if t.is_amount and prose.stage(t) in _BUDGET_STAGES]
    if len(finals) != 1 or not budgets:
        return
    final = finals[0]
    for words in audit_data()["prose"]["order"]:
        match = re.search(words["text"], text)
        if match is None:
            continue
        named = [b for b in budgets if _goes_by(prose, b, match["budget"])] or budgets
        if any(_is_so(words["is"], final, b) for b in named):
            continue
        yield make_finding(
            "other_order",
            printed=match.group(),
            expected=f"{final.figure.text}、{named[0].figure.text}",
            unit=None,
            where=prose.where(final),
            places=[prose.text_place(index, *match.span()), prose.place(final), prose.place(named[0])],
        )
        return


def _is_so(order: str, final: Told, budget: Told) -> bool:
    """Whether the final amount can be more or less than the budget, or the same."""
    if order == "more":
        return final.amount.high > budget.amount.low
    if order == "less":
        return final.amount.low < budget.amount.high
    return final.amount.meets(budget.amount)

"""Do the parts that the prose names make their whole?

A list is only known to be complete where something says so: its changes or its shares add up, its
names are a whole by themselves, or it ends with what is left (其他). Of any other list it is certain
only that the parts are not more than the whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from ingest import rates
from ingest.checks.accounts import Accounts
from ingest.checks.families import (
    LEAST_PARTS,
    Family,
    Node,
    class_items,
    holds_zero,
    is_complete,
    led_lists,
    sentence_lists,
)
from ingest.checks.moves import Move, makes
from ingest.checks.parts import audit_data, make_finding, plain, total_of
from ingest.checks.shares import says_whole, wrong_share
from ingest.checks.slips import meant
from ingest.checks.told import Prose, Told
from ingest.model import Finding, Severity
from ingest.values import YUAN_PER_UNIT, places

_INCLUDED = re.compile(r"[，,。（(]?\s*其中[：:，,]?[^，,。；;：:]*$")


def sum_findings(prose: Prose, accounts: Accounts, moves: dict[int, list[Move]]) -> Iterator[Finding]:
    """Every whole that its parts do not make."""
    told = [*sentence_lists(prose), *led_lists(prose, moves)]
    yield from _wrong_lists(prose, accounts, [f for f in told if not holds_zero(f.rest)])
    yield from _wrong_changes(prose, [*told, *class_items(prose, moves)])
    yield from _wrong_shares(prose, told)
    yield from _wrong_reasons(prose, moves)
    yield from _larger_parts(prose)
    yield from _exclusive_parts(prose)


def _wrong_lists(prose: Prose, accounts: Accounts, families: Sequence[Family]) -> Iterator[Finding]:
    """Where one figure is in two lists that it makes wrong in the same way, it is the fault of both."""
    proven = _faults_of_two(families)
    yield from (_list_finding(prose, own, "certain", told, value) for told, value, own in proven)
    done = {id(f) for _, _, own in proven for f in own}
    for family in families:
        severity = None if id(family) in done else _severity(family)
        if severity is not None:
            node = _fault(prose, accounts, family)
            yield _list_finding(prose, [family], severity, node.amount, _mended(family, node))


def _faults_of_two(families: Sequence[Family]) -> list[tuple[Told, Decimal, list[Family]]]:
    found: defaultdict[tuple[Told, Decimal], list[Family]] = defaultdict(list)
    for family in families:
        for node in (family.whole, *family.parts):
            found[node.amount, _mended(family, node)].append(family)
    return [(told, value, own) for (told, value), own in found.items() if len(own) > 1]


def _mended(family: Family, node: Node) -> Decimal:
    """What the amount of the node would be by the others, in its own unit."""
    figure = node.amount.figure
    gap = (family.rest.low + family.rest.high) / 2 / YUAN_PER_UNIT.get(figure.unit, Decimal(1))
    decimals = max(places(n.amount.figure.value) for n in (family.whole, *family.parts))
    return round(figure.value - gap if node is family.whole else figure.value + gap, decimals)


def _fault(prose: Prose, accounts: Accounts, family: Family) -> Node:
    """The one figure that neither a table nor another paragraph has; else the whole."""
    nodes = (family.whole, *family.parts)
    alone = [n for n in nodes if not prose.is_repeated(n.amount) and not accounts.near(n.amount)]
    return alone[0] if len(alone) == 1 and _mended(family, alone[0]) >= 0 else family.whole


def _severity(family: Family) -> Severity | None:
    """How sure it is that the parts should make the whole; None where nothing says so, or where their
    shares tell that they overlap or leave something out."""
    if holds_zero(family.change_rest) or family.shares_are_whole or family.is_closed or is_complete(family):
        return "certain"
    if family.has_right_shares:
        return None
    return "suspected" if family.rest.high < 0 or _is_slip(family) else None


def _is_slip(family: Family) -> bool:
    """Whether one slip in one of the figures is all that is wrong."""
    nodes = (family.whole, *family.parts)
    return any(meant(n.amount.figure.value, _mended(family, n).__eq__) is not None for n in nodes)


def _list_finding(
    prose: Prose, families: Sequence[Family], severity: Severity, told: Told, expected: Decimal
) -> Finding:
    nodes = dict.fromkeys(n.amount for f in families for n in (f.whole, *f.parts))
    parts = families[0].parts
    return make_finding(
        "told_sum",
        printed=told.printed,
        expected=plain(expected),
        unit=told.figure.unit,
        where=prose.where(told),
        places=[prose.place(t) for t in (told, *(t for t in nodes if t != told))],
        severity=severity,
        whole=f"{families[0].whole.amount.figure.label}{families[0].whole.amount.figure.text}",
        parts="、".join(f"{p.amount.figure.label}{p.amount.figure.text}" for p in parts),
    )


def _wrong_changes(prose: Prose, families: Sequence[Family]) -> Iterator[Finding]:
    """Parts that make the amount of the whole and not its change; each change of a whole once."""
    said: set[Told] = set()
    for family in families:
        changed, rest = family.whole.changed, family.change_rest
        if changed is None or rest is None or holds_zero(rest) or not holds_zero(family.rest):
            continue
        if changed in said:
            continue
        said.add(changed)
        size = YUAN_PER_UNIT[changed.figure.unit]
        gap = (rest.low + rest.high) / 2 / size
        expected = changed.figure.value + (gap if changed.figure.direction == "decrease" else -gap)
        yield make_finding(
            "told_changes",
            printed=changed.printed,
            expected=plain(round(expected, places(changed.figure.value))),
            unit=changed.figure.unit,
            where=prose.where(changed),
            places=[prose.place(t) for t in (changed, *(p.changed or p.amount for p in family.parts))],
            whole=family.whole.amount.figure.label,
        )


def _wrong_shares(prose: Prose, families: Sequence[Family]) -> Iterator[Finding]:
    """Shares without a name of what they are of: of the whole, where the parts or another share of
    the list say so."""
    for family in families:
        whole = family.whole.amount
        shares = [
            (p.amount, p.share)
            for p in family.parts
            if p.share and p.amount.figure.value and not says_whole(prose, p.share)
        ]
        wrong = [(t, s) for t, s in shares if not makes(rates.share(t.amount, whole.amount), s)]
        if len(wrong) < len(shares) or holds_zero(family.rest):
            yield from (wrong_share(prose, s, t, whole, "certain") for t, s in wrong)


def _wrong_reasons(prose: Prose, moves: dict[int, list[Move]]) -> Iterator[Finding]:
    """A change and the changes that are given as its reasons, where one slip is all that parts them."""
    for own in moves.values():
        for move in own:
            if move.change is None:
                continue
            told = prose.told[move.change.passage_index]
            text = prose.passage(move.change).text
            reasons = [
                t
                for t in told
                if t.figure.role == "change"
                and t.figure.unit == move.change.figure.unit
                and t.figure.start - move.change.figure.end > 0
                and text.count("。", move.change.figure.end, t.figure.start) < LEAST_PARTS
            ]
            if len(reasons) >= LEAST_PARTS and (found := _reason_slip(prose, move.change, reasons)):
                yield found


def _reason_slip(prose: Prose, change: Told, reasons: Sequence[Told]) -> Finding | None:
    rest = change.signed - total_of(r.signed for r in reasons)
    if holds_zero(rest):
        return None
    size = YUAN_PER_UNIT[change.figure.unit]
    gap = (rest.low + rest.high) / 2 / size
    for reason in sorted(reasons, key=prose.is_repeated):
        step = -gap if reason.figure.direction == "decrease" else gap
        expected = round(reason.figure.value + step, places(reason.figure.value))
        if meant(reason.figure.value, expected.__eq__) is not None:
            return make_finding(
                "told_changes",
                printed=reason.printed,
                expected=plain(expected),
                unit=reason.figure.unit,
                where=prose.where(reason),
                places=[prose.place(t) for t in (reason, change, *(r for r in reasons if r is not reason))],
                severity="suspected",
                whole=change.figure.label,
            )
    return None


def _larger_parts(prose: Prose) -> Iterator[Finding]:
    """``A，其中：B`` with B more than A."""
    for index, told in prose.told.items():
        text = prose.document.passages[index].text
        amounts = [t for t in told if t.figure.role in ("amount", "count")]
        for whole, part in pairwise(amounts):
            joint = text[whole.figure.end : part.figure.start]
            if whole.figure.unit != part.figure.unit or not _INCLUDED.fullmatch(joint):
                continue
            same_stage = prose.stage(whole) == prose.stage(part)
            if part.amount.low > whole.amount.high and whole.year == part.year and same_stage:
                yield _excess(prose, part, whole, whole.figure.value, [whole])


def _exclusive_parts(prose: Prose) -> Iterator[Finding]:
    """Parts that exclude each other and together are more than their whole, in one section."""
    sections: defaultdict[tuple[str, ...], list[Told]] = defaultdict(list)
    for index, told in prose.told.items():
        own = (t for t in told if t.is_amount and prose.is_own(t))
        sections[prose.document.passages[index].section].extend(own)
    for rule in audit_data()["prose"]["exclusive"]:
        for told_here in sections.values():
            whole = next((t for t in told_here if re.search(rule["whole"], t.figure.label)), None)
            parts = [_in_clause(prose, told_here, words) for words in rule["parts"]]
            named = [p for p in parts if p is not None]
            if whole is None or len(named) < len(parts):
                continue
            if total_of(p.amount for p in named).low > whole.amount.high:
                others = sum((p.figure.value for p in named[:-1]), Decimal(0))
                left = max(Decimal(0), whole.figure.value - others)
                yield _excess(prose, named[-1], whole, left, [whole, *named[:-1]])


def _in_clause(prose: Prose, told: Sequence[Told], words: str) -> Told | None:
    """The first amount whose sentence has the words before it."""
    for one in told:
        if re.search(words, prose.passage(one).text[one.statement.start : one.figure.start]):
            return one
    return None


def _excess(prose: Prose, part: Told, whole: Told, most: Decimal, against: Sequence[Told]) -> Finding:
    return make_finding(
        "part_exceeds",
        printed=part.printed,
        expected=plain(most.to_integral() if most == 0 else most),
        unit=part.figure.unit,
        where=prose.where(part),
        places=[prose.place(t) for t in (part, *against)],
        whole=f"{whole.figure.label}{whole.figure.text}",
    )

"""Do the parts that the prose names make their whole?

A list is only known to be complete where something says so: its changes or its shares add up, its
names are a whole by themselves, or it ends with what is left (其他). Of any other list it is certain
only that the parts are not more than the whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from ingest import rates
from ingest.audit_accounts import Accounts, level_key, mentions
from ingest.audit_moves import Move, makes, stage_of
from ingest.audit_parts import NOTHING, Interval, audit_data, make_finding, places, plain, total_of
from ingest.audit_shares import says_whole, wrong_share
from ingest.audit_slips import meant
from ingest.audit_told import Prose, Told
from ingest.lists import told_lists
from ingest.model import Finding, Severity
from ingest.phrases import class_levels
from ingest.values import YUAN_PER_UNIT

_LEAD_IN = ("：", ":")
_ITEM = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳])")
_INCLUDED = re.compile(r"[，,。（(]?\s*其中[：:，,]?[^，,。；;：:]*$")
_SHARES = Interval(Decimal("99.9"), Decimal("100.1"))
_REST = "其他"
_LEAST_PARTS = 2


@dataclass(frozen=True)
class Node:
    """A whole or a part: its amount, its change below 0 for a fall, its share in %."""

    amount: Told
    change: Interval | None = None
    changed: Told | None = None
    share: Told | None = None


@dataclass(frozen=True)
class Family:
    whole: Node
    parts: tuple[Node, ...]

    @property
    def rest(self) -> Interval:
        """The whole less its parts, 元; holds 0 where they may agree."""
        return self.whole.amount.amount - total_of(p.amount.amount for p in self.parts)

    @property
    def change_rest(self) -> Interval | None:
        """The same of the changes; None where not all of them are told."""
        changes = [p.change for p in self.parts if p.change is not None]
        if self.whole.changed is None or len(changes) < len(self.parts):
            return None
        return self.whole.changed.signed - total_of(changes)

    @property
    def shares_are_whole(self) -> bool:
        shares = [p.share.amount for p in self.parts if p.share is not None]
        return len(shares) == len(self.parts) and total_of(shares).meets(_SHARES)

    @property
    def has_right_shares(self) -> bool:
        whole = self.whole.amount.amount
        return all(p.share and makes(rates.share(p.amount.amount, whole), p.share) for p in self.parts)


def sum_findings(prose: Prose, accounts: Accounts, moves: dict[int, list[Move]]) -> Iterator[Finding]:
    """Every whole that its parts do not make."""
    told = [*_sentence_lists(prose), *_led_lists(prose, moves)]
    yield from _wrong_lists(prose, accounts, [f for f in told if not _holds_zero(f.rest)])
    yield from _wrong_changes(prose, [*told, *_classes(prose, moves)])
    yield from _wrong_shares(prose, told)
    yield from _larger_parts(prose)
    yield from _exclusive_parts(prose)


def _holds_zero(interval: Interval | None) -> bool:
    return interval is not None and interval.meets(NOTHING)


# Finding them


def _sentence_lists(prose: Prose) -> Iterator[Family]:
    for index, told in prose.told.items():
        figures = [t for t in told if t.figure.role in ("amount", "count")]
        shares = {a.figure.start: b for a, b in pairwise(told) if b.figure.role == "share"}
        nodes = [Node(t, share=shares.get(t.figure.start)) for t in figures]
        text = prose.document.passages[index].text
        for listed in told_lists(text, [t.figure for t in figures]):
            parts = tuple(nodes[i] for i in listed.parts if not _overlaps(nodes[i]))
            family = Family(nodes[listed.whole], parts)
            if len(parts) >= _LEAST_PARTS and not _is_misread(family, told):
                yield family


def _overlaps(node: Node) -> bool:
    """Whether its name tells that it is a part of another part."""
    words: list[str] = audit_data()["prose"]["words"]["overlapping"]
    return any(word in node.amount.figure.label for word in words)


def _is_misread(family: Family, told: Sequence[Told]) -> bool:
    """Whether the list agrees once what was read as changes is taken for parts (支持稳增长30万元)."""
    start, end = family.whole.amount.figure.end, family.parts[-1].amount.figure.end
    changes = [
        t.amount for t in told if t.figure.role == "change" and start < t.figure.start and t.figure.end < end
    ]
    return bool(changes) and _holds_zero(family.rest - total_of(changes))


def _led_lists(prose: Prose, moves: dict[int, list[Move]]) -> Iterator[Family]:
    """A passage that ends in ： and those that it leads into; budget and account each for itself."""
    for index, passage in enumerate(prose.document.passages):
        if not passage.text.rstrip().endswith(_LEAD_IN):
            continue
        by_stage: defaultdict[str | None, list[Told]] = defaultdict(list)
        for told in prose.told.get(index, ()):
            if told.is_amount and prose.is_own(told):
                by_stage[stage_of(told.figure.label)].append(told)
        for stage, wholes in by_stage.items():
            stages = None if len(by_stage) == 1 else stage
            nodes = (_node(prose, i, moves, stages) for i in _led(prose, index))
            parts = [n for n in nodes if n is not None]
            if len(wholes) == 1 and len(parts) >= _LEAST_PARTS:
                yield _longest_that_agrees(_told_node(wholes[0], moves), parts)


def _longest_that_agrees(whole: Node, parts: Sequence[Node]) -> Family:
    """Where a list ends is not always told: its longest beginning that adds up, else all of it."""
    families = [Family(whole, tuple(parts[:n])) for n in range(len(parts), _LEAST_PARTS - 1, -1)]
    return next((f for f in families if _holds_zero(f.rest)), families[0])


def _led(prose: Prose, lead: int) -> Iterator[int]:
    """The passages behind a lead-in that may be its list: in its section or under it as a heading,
    numbered like the first; where classes head them (（一）教育（类）), the items of all of these."""
    passages = prose.document.passages
    depth = len(passages[lead].section)
    first = passages[lead + 1] if lead + 1 < len(passages) else passages[lead]
    heading = first.section[depth] if len(first.section) > depth else None
    if heading is not None and not class_levels(heading) and not passages[lead].text.startswith(heading):
        return
    by_class = heading is not None and bool(class_levels(heading))
    is_numbered = _ITEM.match(first.text) is not None
    for index in range(lead + 1, len(passages)):
        passage = passages[index]
        if passage.section[:depth] != passages[lead].section:
            return
        if by_class:
            if prose.chain(index):
                yield index
        elif passage.section == first.section:
            if is_numbered != (_ITEM.match(passage.text) is not None):
                return
            yield index
        elif passage.section[: len(first.section)] != first.section:
            return


def _node(prose: Prose, index: int, moves: dict[int, list[Move]], stage: str | None) -> Node | None:
    """The first amount of a passage (of that stage, if any) with its change and its share."""
    told = prose.told.get(index, ())
    amounts = [t for t in told if t.is_amount and prose.is_own(t)]
    amounts = [t for t in amounts if stage is None or stage_of(t.figure.label) == stage]
    if not amounts:
        return None
    shares = [t for t in told if t.figure.role == "share" and t.figure.start > amounts[0].figure.end]
    return replace(_told_node(amounts[0], moves), share=shares[0] if shares else None)


def _change(amount: Told, moves: Sequence[Move]) -> tuple[Told | None, Interval | None]:
    """How far the amount changed, as told."""
    own = next((m for m in moves if amount in m.now), None)
    if own is None:
        return None, None
    if own.unchanged is not None:
        return None, NOTHING
    return own.change, own.change.signed if own.change else None


def _classes(prose: Prose, moves: dict[int, list[Move]]) -> Iterator[Family]:
    """The items under the heading of a class, and each amount that is told of the class itself; only
    where the amounts of the items make it."""
    items: defaultdict[tuple[str, ...], list[Node]] = defaultdict(list)
    for index, passage in enumerate(prose.document.passages):
        if passage.section and class_levels(passage.section[-1]) and (told := mentions(prose, index)):
            items[passage.section].append(_told_node(told[0], moves))
    named: defaultdict[str, list[Told]] = defaultdict(list)
    for own in (t for told in prose.told.values() for t in told if t.is_amount and prose.is_own(t)):
        named[level_key(own.figure.label)].append(own)
    for section, parts in items.items():
        for own in named[level_key(class_levels(section[-1])[-1][1])]:
            family = Family(_told_node(own, moves), tuple(parts))
            if len(parts) >= _LEAST_PARTS and _holds_zero(family.rest):
                yield family


def _told_node(amount: Told, moves: dict[int, list[Move]]) -> Node:
    changed, change = _change(amount, moves.get(amount.passage_index, []))
    return Node(amount, change, changed)


# Judging them


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
    if _holds_zero(family.change_rest) or family.shares_are_whole or _is_complete(family):
        return "certain"
    if family.has_right_shares:
        return None
    return "suspected" if family.rest.high < 0 or _is_slip(family) else None


def _is_slip(family: Family) -> bool:
    """Whether one slip in one of the figures is all that is wrong."""
    nodes = (family.whole, *family.parts)
    return any(meant(n.amount.figure.value, _mended(family, n).__eq__) is not None for n in nodes)


@cache
def _complete() -> tuple[tuple[re.Pattern[str], ...], ...]:
    return tuple(tuple(map(re.compile, names)) for names in audit_data()["prose"]["complete"]["names"])


def _is_complete(family: Family) -> bool:
    """Whether the names of the parts are a whole, or one of them is what is left."""
    labels = [p.amount.figure.label for p in family.parts]
    if len(labels) > _LEAST_PARTS and labels[-1].startswith(_REST):
        return True
    for names in _complete():
        met = [[i for i, label in enumerate(labels) if name.search(label)] for name in names]
        if sorted(met) == [[i] for i in range(len(labels))]:
            return True
    return False


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
        if changed is None or rest is None or _holds_zero(rest) or not _holds_zero(family.rest):
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
        shares = [(p.amount, p.share) for p in family.parts if p.share and not says_whole(prose, p.share)]
        wrong = [(t, s) for t, s in shares if not makes(rates.share(t.amount, whole.amount), s)]
        if len(wrong) < len(shares) or _holds_zero(family.rest):
            yield from (wrong_share(prose, s, t, whole, "certain") for t, s in wrong)


def _larger_parts(prose: Prose) -> Iterator[Finding]:
    """``A，其中：B`` with B more than A."""
    for index, told in prose.told.items():
        text = prose.document.passages[index].text
        amounts = [t for t in told if t.figure.role in ("amount", "count")]
        for whole, part in pairwise(amounts):
            joint = text[whole.figure.end : part.figure.start]
            if whole.figure.unit != part.figure.unit or not _INCLUDED.fullmatch(joint):
                continue
            same_stage = stage_of(whole.figure.label) == stage_of(part.figure.label)
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

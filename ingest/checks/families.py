"""Wholes and their parts in the prose: sentences that list them, passages that lead into them, and
classes whose items follow one by one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from ingest import rates
from ingest.checks.accounts import level_key, mentions
from ingest.checks.moves import Move, makes
from ingest.checks.parts import NOTHING, Interval, audit_data, total_of
from ingest.checks.shares import WHOLE_PERCENT
from ingest.checks.told import Prose, Told, is_no_name
from ingest.lists import told_lists
from ingest.phrases import class_levels

_LEAD_IN = ("：", ":")
_ITEM = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳])")
_LONGEST_LIST = 200
LEAST_PARTS = 2


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
    is_closed: bool = False
    """Whether the list ends with its whole told again: ``…，合计100万元``."""

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
        return len(shares) == len(self.parts) and total_of(shares).meets(WHOLE_PERCENT)

    @property
    def has_right_shares(self) -> bool:
        whole = self.whole.amount.amount
        return all(p.share and makes(rates.share(p.amount.amount, whole), p.share) for p in self.parts)


def holds_zero(interval: Interval | None) -> bool:
    """Whether what is left may be nothing."""
    return interval is not None and interval.meets(NOTHING)


def sentence_lists(prose: Prose) -> Iterator[Family]:
    """The lists that stand in one paragraph."""
    for index, told in prose.told.items():
        figures = [t for t in told if t.figure.role in ("amount", "count")]
        shares = {a.figure.start: b for a, b in pairwise(told) if b.figure.role == "share"}
        nodes = [Node(t, share=shares.get(t.figure.start)) for t in figures]
        text = prose.document.passages[index].text
        for listed in told_lists(text, [t.figure for t in figures]):
            whole = nodes[listed.whole]
            full = Family(whole, _apart(nodes[i] for i in listed.all_parts))
            behind = [nodes[i].amount for i in listed.all_parts if i not in listed.parts][:1]
            is_closed = any(is_no_name(b.figure.label) and b.amount == whole.amount.amount for b in behind)
            own = Family(whole, _apart(nodes[i] for i in listed.parts), is_closed)
            family = full if is_complete(full) else own
            if len(family.parts) >= LEAST_PARTS and not _is_misread(family, told):
                yield family


def _apart(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Without those whose name tells that they are a part of another part."""
    words: list[str] = audit_data()["prose"]["words"]["overlapping"]
    return tuple(n for n in nodes if not any(word in n.amount.figure.label for word in words))


def _is_misread(family: Family, told: Sequence[Told]) -> bool:
    """Whether the list agrees once what was read as changes is taken for parts (支持稳增长30万元)."""
    start, end = family.whole.amount.figure.end, family.parts[-1].amount.figure.end
    changes = [
        t.amount for t in told if t.figure.role == "change" and start < t.figure.start and t.figure.end < end
    ]
    return bool(changes) and holds_zero(family.rest - total_of(changes))


def led_lists(prose: Prose, moves: dict[int, list[Move]]) -> Iterator[Family]:
    """A passage that ends in ：, or heads the next, and those that it leads into; budget and account
    each for itself."""
    for index, passage in enumerate(prose.document.passages):
        if not passage.text.rstrip().endswith(_LEAD_IN) and not _heads(prose, index):
            continue
        by_stage: defaultdict[str | None, list[Told]] = defaultdict(list)
        for told in prose.told.get(index, ()):
            if told.is_amount and prose.is_own(told):
                by_stage[prose.stage(told)].append(told)
        for stage, wholes in by_stage.items():
            stages = None if len(by_stage) == 1 else stage
            nodes = (_node(prose, i, moves, stages) for i in _led(prose, index))
            parts = [n for n in nodes if n is not None]
            if len(wholes) == 1 and len(parts) >= LEAST_PARTS:
                yield _longest_that_agrees(_told_node(wholes[0], moves), parts)


def _heads(prose: Prose, index: int) -> bool:
    """Whether the passage is the heading of the next: its first words are."""
    passages = prose.document.passages
    depth = len(passages[index].section)
    below = passages[index + 1].section if index + 1 < len(passages) else ()
    return len(below) == depth + 1 and passages[index].text.startswith(below[depth])


def _longest_that_agrees(whole: Node, parts: Sequence[Node]) -> Family:
    """Where a list ends is not always told: its longest beginning that adds up, else all of it."""
    families = [Family(whole, tuple(parts[:n])) for n in range(len(parts), LEAST_PARTS - 1, -1)]
    return next((f for f in families if holds_zero(f.rest)), families[0])


def _led(prose: Prose, lead: int) -> Iterator[int]:
    """The passages behind a lead-in that may be its list: in its section or under it as a heading,
    numbered like the first; where classes head them (（一）教育（类）), the items of all of these."""
    passages = prose.document.passages
    depth = len(passages[lead].section)
    first = passages[lead + 1] if lead + 1 < len(passages) else passages[lead]
    heading = first.section[depth] if len(first.section) > depth else None
    is_own = heading is None or passages[lead].text.startswith(heading)
    by_class = not is_own and bool(class_levels(heading or ""))
    if not is_own and not by_class:
        return
    is_numbered = _ITEM.match(first.text) is not None
    for index in range(lead + 1, min(lead + _LONGEST_LIST, len(passages))):
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
    amounts = [t for t in amounts if stage is None or prose.stage(t) == stage]
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


def class_items(prose: Prose, moves: dict[int, list[Move]]) -> Iterator[Family]:
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
            if len(parts) >= LEAST_PARTS and holds_zero(family.rest):
                yield family


def _told_node(amount: Told, moves: dict[int, list[Move]]) -> Node:
    changed, change = _change(amount, moves.get(amount.passage_index, []))
    return Node(amount, change, changed)


@cache
def _complete() -> tuple[tuple[re.Pattern[str], ...], ...]:
    return tuple(tuple(map(re.compile, names)) for names in audit_data()["prose"]["complete"]["names"])


def is_complete(family: Family) -> bool:
    """Whether the names of the parts are a whole, or one of them is what is left."""
    labels = [p.amount.figure.label for p in family.parts]
    if len(labels) > LEAST_PARTS and labels[-1].startswith(audit_data()["prose"]["complete"]["rest"]):
        return True
    for names in _complete():
        met = [[i for i, label in enumerate(labels) if name.search(label)] for name in names]
        if sorted(met) == [[i] for i in range(len(labels))]:
            return True
    return False

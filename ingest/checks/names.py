"""Names in the prose against the names that the tables, the official lists and the text itself have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache

from rapidfuzz.distance import Levenshtein

from ingest.checks.accounts import AccountRow, Accounts, level_key, mentions
from ingest.checks.parts import audit_data, make_finding, table_name
from ingest.checks.told import Prose
from ingest.model import Finding, FindingPlace, Place
from ingest.phrases import class_levels, without_numbering
from ingest.values import name_key, without_ordinal

_LISTING = re.compile(r"包括[：:]?(?P<names>[^。；;：:]+)")
_BETWEEN = re.compile(r"[、,，和及]")
_LEAST_KNOWN = 3
"""So many names of a listing have to be known before one of them is held to be wrong."""
_LEVELS = ("类", "款", "项")
_LEAST_LEVELS = 2
_FAR = 2
"""Edits between a name and one that it may have been meant to be, where the amounts do not tell."""
_MOST_ALIKE = 5
"""Words that more accounts of a list have are nobody's own."""
_SHORTEST_NAME = 4
_SHORTEST_LABEL = 7
_SHORTEST_BODY, _LONGEST_BODY = 9, 40
_KEPT = 3
"""Characters at both ends of a body's name that are never left out."""
_MOST_LEFT_OUT = 2


def name_findings(prose: Prose, accounts: Accounts) -> Iterator[Finding]:
    """Every name that does not fit."""
    for index in range(len(prose.document.passages)):
        yield from _listed_names(prose, accounts, index)
        yield from _other_chain(prose, accounts, index)
        yield from _clipped_name(prose, index)
    yield from _clipped_bodies(prose)
    yield from _copied_words(prose)
    yield from _copied_sections(prose)
    yield from _other_labels(accounts)


# Listed names


@cache
def _official() -> frozenset[str]:
    return frozenset(map(name_key, audit_data()["prose"]["names"]["economic"]))


def _listed_names(prose: Prose, accounts: Accounts, index: int) -> Iterator[Finding]:
    """``包括：A、B、C`` of economic classes: none that the table has as 0, none that is misspelt."""
    for match in _LISTING.finditer(prose.document.passages[index].text):
        names = {name_key(n).removesuffix("等"): n for n in _BETWEEN.split(match["names"])}
        known = {key for key in names if key in _official()}
        if len(known) < _LEAST_KNOWN:
            continue
        start = match.start("names")
        for key, name in names.items():
            at = start + match["names"].index(name)
            place = prose.text_place(index, at, at + len(name))
            if key in known:
                yield from _listed_nothing(prose, accounts, index, place, key, known)
            else:
                yield from _misspelt(prose, index, place, key, names)


def _listed_nothing(
    prose: Prose, accounts: Accounts, index: int, place: FindingPlace, key: str, known: set[str]
) -> Iterator[Finding]:
    rows = _economic_rows(accounts, key)
    spent = [k for k in known if any(c.cell.value for r in _economic_rows(accounts, k) for c in r.cells)]
    if not rows or any(c.cell.value for row in rows for c in row.cells) or len(spent) < _LEAST_KNOWN:
        return
    cell = rows[0].cells[0]
    yield make_finding(
        "listed_nothing",
        printed=place.quote,
        expected=cell.cell.whole,
        unit=cell.cell.unit,
        where=prose.where_of(index),
        places=[place, accounts.place(cell)],
        table=table_name(accounts.document.tables[cell.table_index]),
    )


def _economic_rows(accounts: Accounts, key: str) -> list[AccountRow]:
    """The rows of that name that are classes of spending, by their code."""
    rows = accounts.of([key])
    return [r for r in rows if r.code is not None and name_key(r.code).startswith("3")]


def _misspelt(
    prose: Prose, index: int, place: FindingPlace, key: str, listed: Collection[str]
) -> Iterator[Finding]:
    near = [name for name in _official() if _is_misprint(key, name) and name not in listed]
    if len(near) == 1:
        names = audit_data()["prose"]["names"]["economic"]
        meant = next(n for n in names if name_key(n) == near[0])
        yield make_finding(
            "misspelt_name", place.quote, meant, None, prose.where_of(index), [place], severity="suspected"
        )


def _is_misprint(key: str, name: str) -> bool:
    """Another character in the place of one, or one left out inside."""
    ends_alike = key[:1] == name[:1] and key[-1:] == name[-1:]
    return Levenshtein.distance(key, name) == 1 and (
        len(key) == len(name) or (len(key) < len(name) and ends_alike)
    )


# The account that a paragraph is about


def _other_chain(prose: Prose, accounts: Accounts, index: int) -> Iterator[Finding]:
    """An account of the prose whose names are not those on the way to its row in the tables."""
    passage = prose.document.passages[index]
    chain = dict(prose.chain(index))
    if len(chain) < _LEAST_LEVELS or accounts.of(list(chain.values())):
        return
    row = _meant_row(prose, accounts, index, chain)
    if row is None:
        return
    own = {level for level, _ in class_levels(passage.text[:120])}
    names = dict(zip(_LEVELS, row.path, strict=False))
    wrong = [level for level in chain if level in own and level_key(chain[level]) != level_key(names[level])]
    if not wrong:
        return
    spans = [_span(passage.text, level, chain[level]) for level in wrong]
    place = prose.text_place(index, min(s for s, _ in spans), max(e for _, e in spans))
    yield make_finding(
        "other_account_name",
        printed=place.quote,
        expected="".join(f"{without_ordinal(names[level])}（{level}）" for level in wrong),
        unit=None,
        where=prose.where_of(index),
        places=[place, accounts.place(row.cells[0])],
        severity="suspected",
        table=table_name(accounts.document.tables[row.cells[0].table_index]),
    )


def _span(text: str, level: str, name: str) -> tuple[int, int]:
    spelt = r"\s*".join(map(re.escape, name))
    found = re.search(rf"{spelt}\s*[（(]\d*{level}[）)]", text)
    return found.span() if found else (0, 0)


def _meant_row(prose: Prose, accounts: Accounts, index: int, chain: dict[str, str]) -> AccountRow | None:
    """The one account of the same level that shares a level with these names, and their amount or
    nearly their names. Only in tables whose rows lead from class to item."""
    keys = {level: level_key(name) for level, name in chain.items()}
    depth = _LEVELS.index(list(chain)[-1]) + 1
    told = mentions(prose, index)
    found: dict[tuple[str, ...], tuple[int, AccountRow]] = {}
    for row in accounts.coded(depth):
        names = dict(zip(_LEVELS, row.names, strict=False))
        wrong = [level for level, key in keys.items() if names[level] != key]
        amount = any(c.amount.meets(t.amount) for c in row.cells for t in told)
        near = len(wrong) == 1 and _is_near(keys[wrong[0]], names[wrong[0]])
        if len(wrong) < len(keys) and (amount or near):
            found[row.names] = (len(keys) - len(wrong) + len(keys) * amount + near, row)
    best = max((score for score, _ in found.values()), default=0)
    rows = [row for score, row in found.values() if score == best]
    return rows[0] if len(rows) == 1 else None


def _is_near(one: str, other: str) -> bool:
    """The same characters in another order, or few edits apart."""
    return sorted(one) == sorted(other) or Levenshtein.distance(one, other) <= _FAR


def _clipped_name(prose: Prose, index: int) -> Iterator[Finding]:
    """The account's own name without its last character, further down in its paragraph."""
    passage = prose.document.passages[index]
    endings = tuple(audit_data()["prose"]["names"]["left_out"])
    name = dict(prose.chain(index)).get("项", "")
    if len(name) < _SHORTEST_NAME or name.endswith(endings):
        return
    marks = "|".join(map(re.escape, audit_data()["prose"]["words"]["clause_starts"]))
    found = re.search(rf"(?:{marks})({re.escape(name[:-1])})(?!{re.escape(name[-1])})", passage.text)
    if found:
        place = prose.text_place(index, *found.span(1))
        where = prose.where_of(index)
        yield make_finding("misspelt_name", place.quote, name, None, where, [place], severity="suspected")


def _clipped_bodies(prose: Prose) -> Iterator[Finding]:
    """The document's body, or one that the section lists, by a name with something left out inside."""
    organization = prose.document.identity.organization
    listed: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for passage in prose.document.passages:
        for match in _LISTING.finditer(passage.text):
            listed[passage.section].update(n.removesuffix("等") for n in _BETWEEN.split(match["names"]))
    for index, passage in enumerate(prose.document.passages):
        for name in sorted({*listed[passage.section], *filter(None, (organization,))}):
            for clipped in _clippings(name) if _SHORTEST_BODY <= len(name) <= _LONGEST_BODY else ():
                at = passage.text.find(clipped)
                if at >= 0:
                    place = prose.text_place(index, at, at + len(clipped))
                    where = prose.where_of(index)
                    yield make_finding(
                        "misspelt_name", clipped, name, None, where, [place], severity="suspected"
                    )


def _clippings(name: str) -> Iterator[str]:
    """The name without one or two characters inside, of which none ends the name of a place: the body
    of the place around it is another one."""
    places = tuple(audit_data()["prose"]["names"]["place_endings"])
    for start in range(_KEPT, len(name) - _KEPT):
        for end in range(start + 1, min(start + _MOST_LEFT_OUT, len(name) - _KEPT) + 1):
            if not any(char in places for char in name[start:end]):
                yield name[:start] + name[end:]


# Words that belong elsewhere


def _copied_words(prose: Prose) -> Iterator[Finding]:
    """What an account is for, or why it changed, in the words of another account of the same list."""
    lists: defaultdict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    for index, passage in enumerate(prose.document.passages):
        if chain := prose.chain(index):
            lists[passage.section].append((index, chain[-1][1]))
    said: set[int] = set()
    for items in lists.values():
        told: defaultdict[str, list[tuple[int, str, FindingPlace]]] = defaultdict(list)
        for index, name in items:
            for place in _purposes(prose, index):
                told[name_key(place.quote)].append((index, name, place))
        for key, same in told.items():
            for index, name, place in same if len(same) <= _MOST_ALIKE else ():
                other = next((o for o in same if _is_anothers(key, name, o[1])), None)
                if other is not None and index not in said:
                    said.add(index)
                    yield _copied(prose, index, place, name, other[2])


def _is_anothers(key: str, name: str, other: str) -> bool:
    """Whether the words speak of the other account by its name, and not of this one."""
    own, others = name_key(name), name_key(other)
    return len(others) >= _SHORTEST_NAME and others in key and own not in key and own != others


def _purposes(prose: Prose, index: int) -> Iterator[FindingPlace]:
    """What the passage says after 主要用于, and after 主要原因是."""
    text = prose.document.passages[index].text
    for match in re.finditer(audit_data()["prose"]["words"]["purpose"], text):
        yield prose.text_place(index, *match.span("what"))


def _copied(prose: Prose, index: int, place: FindingPlace, name: str, other: FindingPlace) -> Finding:
    return make_finding(
        "copied_words",
        printed=place.quote,
        expected=name,
        unit=None,
        where=prose.where_of(index),
        places=[place, other],
        severity="suspected",
    )


def _copied_sections(prose: Prose) -> Iterator[Finding]:
    """The text of one section again under the heading of another, whose name it does not have."""
    seen: dict[tuple[tuple[str, ...], str], tuple[str, FindingPlace]] = {}
    for index, passage in enumerate(prose.document.passages):
        if not passage.section:
            continue
        key, name = name_key(passage.text), _heading_key(passage.section[-1])
        place = prose.text_place(index, 0, len(passage.text))
        first = seen.setdefault((passage.section[:-1], key), (name, place))
        if first[0] != name and first[0] in key and name not in key and len(name) >= _SHORTEST_NAME:
            yield _copied(prose, index, place, without_numbering(passage.section[-1]), first[1])


def _heading_key(heading: str) -> str:
    endings = audit_data()["prose"]["names"]["heading_endings"]
    key = name_key(without_numbering(heading))
    for ending in endings:
        key = key.removesuffix(name_key(ending))
    return key


def _other_labels(accounts: Accounts) -> Iterator[Finding]:
    """A group of rows that goes by a name with one character more or less than in the other tables."""
    tables: defaultdict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
    for table_index, table in enumerate(accounts.document.tables):
        for row_index, row in enumerate(table.rows):
            for part in row.path:
                tables[level_key(part)].setdefault(table_index, (row_index, without_ordinal(part)))
    for longer in sorted(tables):
        if len(longer) <= _SHORTEST_LABEL:
            continue
        shorter = {longer[:i] + longer[i + 1 :] for i in range(len(longer))} & tables.keys()
        for other in sorted(shorter):
            if tables[longer].keys() & tables[other].keys():
                continue
            rare, usual = sorted((longer, other), key=lambda name: (len(tables[name]), -len(name)))
            yield _label_finding(accounts, tables[rare], tables[usual])


def _label_finding(
    accounts: Accounts, own: dict[int, tuple[int, str]], others: dict[int, tuple[int, str]]
) -> Finding:
    places = []
    for table_index, (row_index, label) in [next(iter(own.items())), next(iter(others.items()))]:
        table = accounts.document.tables[table_index]
        place = table.rows[row_index].place or Place()
        places.append(FindingPlace(place, quote=label, table=table_name(table), row=label))
    return make_finding(
        "misspelt_name",
        printed=places[0].quote,
        expected=places[1].quote,
        unit=None,
        where=places[0].table or "",
        places=places,
        severity="suspected",
    )

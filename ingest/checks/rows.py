"""What the rows of a table say of each other: totals, subtotals, parents and what is 其中."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.checks.equations import Claim, Equation, Trust, added
from ingest.checks.parts import named_parts
from ingest.checks.sheet import Sheet
from ingest.hierarchy import ordinal_rank
from ingest.model import Row, Table
from ingest.values import name_key

Question = tuple[object, ...]
_PARTS: Question = ("parts",)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A row and rows that may make it up."""

    whole: int
    parts: tuple[int, ...]
    question: Question
    """Shared by the readings of one structure, the most natural first."""


def row_equations(sheet: Sheet, table: int) -> Iterator[Equation]:
    """Every row that adds up others, in every column of amounts."""
    rows, columns = sheet.tables[table].rows, sheet.sum_columns(table)
    if not columns:
        return
    yield from _of_which(sheet, table, columns)
    for whole, parts, rule in _official(sheet.tables[table]):
        about: Question = (table, "official", rule, whole)
        yield from _in_every_column(table, Claim(rule, about, about, "sure"), whole, parts, columns)
    for number, made in enumerate(_sums(rows)):
        trust = _trust([rows[part] for part in made.parts])
        question = (table, *made.question)
        about = (*question, number)
        if made.question == _PARTS:
            # The parents of a table are read in one way, so they vouch for each other.
            question = about = (*question, trust)
        claim = Claim("rows_sum", about, question, trust)
        yield from _in_every_column(table, claim, made.whole, made.parts, columns)


def _in_every_column(
    table: int, claim: Claim, whole: int, parts: Sequence[int], columns: Sequence[int]
) -> Iterator[Equation]:
    for column in columns:
        yield added(claim, (table, whole, column), [(table, part, column) for part in parts])


def _of_which(sheet: Sheet, table: int, columns: Sequence[int]) -> Iterator[Equation]:
    """Each 其中 row is no more than its whole. Several may overlap, or leave something out: only where
    those of most wholes and columns make up the whole are they held to it."""
    under: dict[int, list[int]] = defaultdict(list)
    for index, row in enumerate(sheet.tables[table].rows):
        if row.kind == "of_which" and row.parent_index is not None:
            under[row.parent_index].append(index)
    one, all_ = (table, "of_which"), (table, "all of which")
    for whole, parts in under.items():
        for column in columns:
            spots = [(table, part, column) for part in parts]
            for spot in spots:
                yield added(
                    Claim("of_which", one, one, "likely"), (table, whole, column), [spot], at_most=True
                )
            if len(spots) > 1:
                yield added(Claim("rows_sum", all_, all_, "guess"), (table, whole, column), spots)


def _official(table: Table) -> Iterator[tuple[int, tuple[int, ...], str]]:
    """Rows with the parts that they officially have, under them or beside them: whole, parts, rule."""
    under: dict[int | None, dict[int, str]] = defaultdict(dict)
    for index, row in enumerate(table.rows):
        under[row.parent_index][index] = row.label
    text = name_key("".join(row.label for row in table.rows))
    possible = [named for named in named_parts() if all(w in text for p in named.parts for w in p.needed)]
    for parent, names in under.items() if possible else ():
        for named in possible:
            parts = named.find(names)
            if parent is None:
                wholes = [i for i, name in names.items() if i not in parts and named.whole.fits(name)]
            else:
                # A row that the title alone tells of may have more parts than these.
                told = table.title if len(parts) == len(names) else ""
                wholes = [parent] if named.whole.fits(told + table.rows[parent].label) else []
            if parts and len(wholes) == 1:
                yield wholes[0], parts, named.rule


def _trust(parts: Sequence[Row]) -> Trust:
    """``sure`` where codes, ordinals or units tell that the parts stand on one level."""
    rows = [row for row in parts if row.kind != "subtotal"]
    coded = all(row.code for row in rows)
    units = all(row.kind in ("unit", "group") for row in rows)
    listed = bool(rows) and ordinal_rank(rows[0].label) is not None
    return "sure" if rows and (coded or units or listed) else "likely"


def _sums(rows: Sequence[Row]) -> Iterator[_Sum]:
    under: dict[int | None, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.kind != "of_which":
            under[row.parent_index].append(index)
    # A subtotal without rows of its own under it sums up its neighbours.
    bare = {i for i, row in enumerate(rows) if row.kind == "subtotal" and i not in under}
    for parent, listed in under.items():
        if parent is not None:
            readings = _readings(listed, bare)
            question = _PARTS if len(readings) == 1 else ("parts", parent)
            yield from (_Sum(parent, parts, question) for parts in readings)
        yield from _subtotals(rows, listed, bare)
    yield from _totals(rows, under[None], bare)


def _subtotals(rows: Sequence[Row], listed: Sequence[int], bare: set[int]) -> Iterator[_Sum]:
    """Bare subtotals: of the rows since the subtotal or total before them, or of those and that one;
    where a subtotal comes first, of the rows that follow."""
    run: list[int] = []
    previous: int | None = None
    heads = bool(listed) and listed[0] in bare
    for index in reversed(listed) if heads else listed:
        if rows[index].kind == "total":
            run, previous = [], None
        elif index not in bare:
            run.append(index)
        else:
            if run:
                yield _Sum(index, tuple(run), ("subtotal", index))
                if previous is not None and not heads:
                    yield _Sum(index, (previous, *run), ("subtotal", index))
            run, previous = [], index


def _readings(listed: Sequence[int], bare: set[int]) -> list[tuple[int, ...]]:
    """The ways in which rows that stand together make a whole: with each bare subtotal for what it
    sums up, or without the bare subtotals."""
    ordinary = tuple(index for index in listed if index not in bare)
    places = [place for place, index in enumerate(listed) if index in bare]
    if not places:
        return [ordinary]
    if places[0] == 0:
        collapsed = tuple(index for index in listed if index in bare)
    else:
        collapsed = (*(listed[place] for place in places), *listed[places[-1] + 1 :])
    cumulative = tuple(listed[places[-1] :])
    return list(dict.fromkeys(filter(None, (collapsed, ordinary, cumulative))))


def _totals(rows: Sequence[Row], listed: Sequence[int], bare: set[int]) -> Iterator[_Sum]:
    """Total rows: of what stands before each since the total before it, else of what follows."""
    places = [place for place, index in enumerate(listed) if rows[index].kind == "total"]
    for number, place in enumerate(places):
        begin = places[number - 1] + 1 if number else 0
        end = places[number + 1] if number + 1 < len(places) else len(listed)
        stretch = listed[begin:place] or listed[place + 1 : end]
        question: Question = ("total", listed[place])
        for run in _runs(rows, stretch):
            for parts in _readings(run, bare):
                yield _Sum(listed[place], parts, question)
                if number and place > begin:
                    yield _Sum(listed[place], (listed[places[number - 1]], *parts), question)
        if number > 1:
            yield _Sum(listed[place], tuple(listed[p] for p in places[:number]), question)


def _runs(rows: Sequence[Row], stretch: Sequence[int]) -> list[Sequence[int]]:
    """The rows; where budget units stand among other rows, or rows without a code among those with
    one, the one and the other by themselves too, for each may break down the same total."""
    units = [index for index in stretch if rows[index].kind in ("unit", "group")]
    others = [index for index in stretch if rows[index].kind not in ("unit", "group")]
    if units and others:
        return [units, others, stretch]
    coded = [index for index in stretch if rows[index].code]
    bare = [index for index in stretch if not rows[index].code]
    return [run for run in ([stretch, coded, bare] if coded and bare else [stretch]) if run]

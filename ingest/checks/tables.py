"""Do the tables of a document agree, each with itself and with each other?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingest.checks.columns import column_equations
from ingest.checks.equations import (
    Equation,
    Fault,
    Line,
    Tally,
    column_line,
    faults,
    holds,
    is_short,
    made_of,
    right_readings,
    row_line,
    tally,
)
from ingest.checks.parts import cell_place, is_recognised, make_finding, plain, rules, weaker
from ingest.checks.relations import relation_equations
from ingest.checks.rows import row_equations
from ingest.checks.sheet import Sheet, Spot
from ingest.model import Document, Finding, Severity
from ingest.values import YUAN_PER_UNIT, places

MOST_FAILING = 400
MOST_ADDENDS = 20_000
"""Failing equations, and amounts in them, that are looked into: a document in which more fail is one
that was misread, and the first tell enough."""
_MOST_PARTS = 200
"""Of more parts, runs of neighbours are not added up."""
_MOST_PLACES = 40
"""Places that a finding names; a total of more parts is shown with the first of them."""


@dataclass(frozen=True, slots=True)
class TablesAudited:
    findings: tuple[Finding, ...]
    checked: Counter[str]
    """How many equations of each rule were checked."""


def audit_tables(document: Document) -> TablesAudited:
    """Every contradiction within and between the tables; one mistake is one finding."""
    sheet = Sheet(document)
    tallied = tally(sheet, _equations(sheet))
    right = right_readings(tallied)
    checked = Counter[str]()
    for claim in right:
        checked[claim.rule] += tallied.held[claim] + tallied.failed[claim]
    failing, doubted = _misread(sheet, [e for e in tallied.failing if e.claim in right], tallied)

    def holding(spots: frozenset[Spot]) -> Iterator[Equation]:
        for equation in _equations(sheet):
            if (
                equation.claim in right
                and any(spot in spots for spot in equation.spots)
                and holds(sheet, equation)
            ):
                yield equation

    found = faults(sheet, _first(failing), holding) if failing else []
    doubted |= _in_misread_columns(found, tallied)
    findings = (_finding(sheet, fault, _severity(sheet, fault, tallied, doubted)) for fault in found)
    return TablesAudited(tuple(findings), checked)


def _equations(sheet: Sheet) -> Iterator[Equation]:
    for table in range(len(sheet.tables)):
        yield from row_equations(sheet, table)
        yield from column_equations(sheet, table)
    yield from relation_equations(sheet)


def _first(failing: Sequence[Equation]) -> Iterator[Equation]:
    """As many as can be looked into."""
    addends = 0
    for equation in failing[:MOST_FAILING]:
        addends += len(equation.parts)
        if addends > MOST_ADDENDS:
            break
        yield equation


def _misread(
    sheet: Sheet, failing: Sequence[Equation], tallied: Tally
) -> tuple[list[Equation], frozenset[Equation]]:
    """The equations without those of misread rows, and the one that is left of each such row: one that
    is not the sum of its parts in any of several columns, or is too much in several that agree with
    each other, as if a part were missing."""
    wrong: dict[Line, list[Equation]] = defaultdict(list)
    for equation in failing:
        wrong[row_line(equation)].append(equation)
    told = Counter(spot for e in failing if e.claim.trust != "guess" for spot in e.spots)
    misread = {
        line
        for line, them in wrong.items()
        if len(them) > 1
        and (not tallied.held_lines[line] or all(told[e.whole] == 1 and is_short(sheet, e) for e in them))
    }
    doubted = frozenset(wrong[line][0] for line in misread)
    return [e for e in failing if e in doubted or row_line(e) not in misread], doubted


def _in_misread_columns(found: Sequence[Fault], tallied: Tally) -> frozenset[Equation]:
    """The equations of columns with several faults and no more rows that are right."""
    wrong: dict[Line, list[Equation]] = defaultdict(list)
    for fault in found:
        wrong[column_line(fault.equations[0])].extend(fault.equations)
    count = Counter(column_line(fault.equations[0]) for fault in found)
    misread = [line for line in wrong if count[line] > 1 and count[line] >= tallied.held_lines[line]]
    return frozenset(equation for line in misread for equation in wrong[line])


def _severity(sheet: Sheet, fault: Fault, tallied: Tally, doubted: frozenset[Equation]) -> Severity:
    """How sure the fault is: proved by one rule, or by two that agree."""
    told = [equation for equation in fault.equations if equation.claim.trust != "guess"]
    certain = any(
        equation not in doubted
        and tallied.is_trusted(equation.claim)
        and rules()[equation.claim.rule].severity == "certain"
        and not _is_misplaced(sheet, equation)
        and not _is_cut_off(sheet, equation)
        for equation in told
    )
    agreed = bool(told) and len({equation.claim.rule for equation in fault.equations}) > 1
    cells = (sheet.cell(spot) for equation in fault.equations for spot in equation.spots)
    sure: Severity = "certain" if certain or agreed else "suspected"
    return weaker(sure, "suspected") if is_recognised(cells) else sure


def _is_misplaced(sheet: Sheet, equation: Equation) -> bool:
    """Whether the parts come to as much too much, or too little, as another row of the column or
    neighbouring parts amount to: then a row is likelier to stand on another level than to be wrong."""
    made, whole = made_of(sheet, equation), sheet.amount(equation.whole)
    if made is None or whole is None or equation.base is not None or len(equation.parts) < 2:
        return False
    table, _, column = equation.whole
    gap = abs(made.middle - whole.value)
    rows = range(len(sheet.tables[table].rows))
    others = {a.value for row in rows if (a := sheet.amount((table, row, column)))}
    if gap in others and all(spot[2] == column for spot, _ in equation.parts):
        return True
    sums: set[Decimal] = set()
    for spot, _ in equation.parts[:_MOST_PARTS]:
        amount = sheet.amount(spot)
        value = amount.value if amount else Decimal(0)
        sums = {total + value for total in sums} | {value}
        if gap in sums:
            return True
    return False


def _is_cut_off(sheet: Sheet, equation: Equation) -> bool:
    """Whether parts are missing, and the table after may be the rest of this one: it has no title of
    its own, or columns without names."""
    tables, index = sheet.tables, equation.whole[0]
    if not is_short(sheet, equation) or index + 1 >= len(tables):
        return False
    table, following = tables[index], tables[index + 1]
    same = (following.title, following.side) == (table.title, table.side)
    return same or not following.title or any(not column.path for column in following.columns)


# -- a finding -----------------------------------------------------------------------------


def _finding(sheet: Sheet, fault: Fault, severity: Severity) -> Finding:
    equation = _shown(fault)
    cell = sheet.cell(fault.spot)
    table = sheet.tables[fault.spot[0]]
    faulty = cell_place(table, *fault.spot[1:])
    where = " · ".join(filter(None, (faulty.table, faulty.row, faulty.column)))
    return make_finding(
        equation.claim.rule,
        plain(cell.value or Decimal(0)),
        _expected(sheet, fault),
        cell.unit,
        where,
        [faulty, *(cell_place(sheet.tables[s[0]], *s[1:]) for s in _others(sheet, fault))],
        severity=severity,
    )


def _shown(fault: Fault) -> Equation:
    """The equation that shows the fault best: one in which it is the whole, if any is as trustworthy."""
    first = fault.equations[0]
    alike = (e for e in fault.equations if e.claim.trust == first.claim.trust)
    return next((e for e in alike if e.whole == fault.spot), first)


def _expected(sheet: Sheet, fault: Fault) -> str:
    """What the equations make of the amount, in its unit and as exact as they print it."""
    cell = sheet.cell(fault.spot)
    value = fault.expected.middle / YUAN_PER_UNIT.get(cell.unit or "", Decimal(1))
    cells = [sheet.cell(spot) for equation in fault.equations for spot in equation.spots]
    printed = [places(c.value) for c in (cell, *cells) if c.value is not None and c.unit == cell.unit]
    return plain(value, max(printed))


def _others(sheet: Sheet, fault: Fault) -> Sequence[Spot]:
    """The amounts that the fault disagrees with, those of the equation that shows it first; blank
    ones and zeros are left out."""
    spots = dict.fromkeys(spot for e in (_shown(fault), *fault.equations) for spot in e.spots)
    told = [spot for spot in spots if spot != fault.spot and (a := sheet.amount(spot)) and a.value]
    return told[:_MOST_PLACES]

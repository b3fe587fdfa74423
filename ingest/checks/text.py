"""Words of the prose that cannot be right: years, levels of government, directions, notes, citations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ingest import rates
from ingest.checks.accounts import level_key
from ingest.checks.moves import Move
from ingest.checks.parts import audit_data, cell_place, make_finding, rounded_to, table_name
from ingest.checks.told import Prose, Told
from ingest.model import Finding, FindingPlace, Place
from ingest.narrative import narrative_words
from ingest.phrases import without_numbering
from ingest.values import fold, name_key, squeeze

_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?=\s*[年.\-/])")
_LONGEST_PERIOD = 60


def text_findings(prose: Prose, moves: dict[int, list[Move]]) -> Iterator[Finding]:
    """Everything that the words themselves give away."""
    yield from _same_year(prose)
    yield from _past_period(prose)
    yield from _other_level(prose)
    yield from _empty_notes(prose)
    yield from _cited_tables(prose)
    for index, own in moves.items():
        yield from _other_direction(prose, own)
        yield from _without_percent(prose, index, own)


def _words(name: str) -> list[str]:
    found: list[str] = audit_data()["prose"]["words"][name]
    return found


def _text(name: str) -> str:
    found: str = audit_data()["prose"]["words"][name]
    return found


def _verbs() -> list[str]:
    """The verbs of change, both ways."""
    verbs = narrative_words()["verbs"]
    return [*verbs["increase"], *verbs["decrease"]]


def _any_of(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _once(
    rule: str, prose: Prose, found: Sequence[tuple[int, FindingPlace]], printed: str, expected: str
) -> Finding:
    """One finding for the same words in several places."""
    places = [place for _, place in found]
    return make_finding(rule, printed, expected, None, prose.where_of(found[0][0]), places)


# Years


def _same_year(prose: Prose) -> Iterator[Finding]:
    """A budget that is compared with the budget of its own year, or a later one."""
    if prose.year is None:
        return
    is_final = prose.document.identity.kind == "final_account"
    own, others = _words("own_account" if is_final else "own_budget"), _words("other_stages")
    verbs = _any_of(_verbs())
    same = _any_of(narrative_words()["reasons"]["unchanged"])
    pattern = re.compile(
        rf"(?:比|较|与|同)\s*(?P<year>20\d{{2}})\s*年度?(?P<what>(?:{_any_of(own)})?)(?:数|安排)?(?:相比)?[，,]?"
        rf"(?!{_any_of(others)})(?:{verbs}|{same})"
    )
    found: defaultdict[str, list[tuple[int, FindingPlace]]] = defaultdict(list)
    for index, passage in enumerate(prose.document.passages):
        for match in pattern.finditer(passage.text):
            if int(match["year"]) >= prose.year and (match["what"] or is_final):
                found[squeeze(match.group())].append((index, prose.text_place(index, *match.span())))
    for printed, places in found.items():
        expected = re.sub(r"20\d{2}", str(prose.year - 1), printed, count=1)
        yield _once("same_year", prose, places, printed, expected)


def _past_period(prose: Prose) -> Iterator[Finding]:
    """The period of a project that is over before the budget's year begins."""
    if prose.year is None or prose.document.identity.kind != "budget":
        return
    headings = re.compile(_any_of(_words("period_headings")))
    for index, passage in enumerate(prose.document.passages):
        if not passage.section or not headings.search(passage.section[-1]):
            continue
        years = [int(m["year"]) for m in _YEAR.finditer(fold(passage.text))]
        if years and max(years) < prose.year and len(passage.text) < _LONGEST_PERIOD:
            place = prose.text_place(index, 0, len(passage.text))
            expected = _YEAR.sub(str(prose.year), passage.text) if len(set(years)) == 1 else str(prose.year)
            yield _once("past_period", prose, [(index, place)], place.quote, expected)


# Levels of government


def _other_level(prose: Prose) -> Iterator[Finding]:
    """Set phrases that name another level of government than the document's own."""
    own = _own_levels(prose)
    if not own:
        return
    found: defaultdict[str, list[tuple[int, FindingPlace]]] = defaultdict(list)
    for index, passage in enumerate(prose.document.passages):
        for phrase in _words("level_phrases"):
            match = re.search(phrase, passage.text)
            if match and match["level"] not in own:
                found[match["level"]].append((index, prose.text_place(index, *match.span())))
                break
    for level, places in found.items():
        printed = places[0][1].quote
        yield _once("other_level", prose, places, printed, printed.replace(f"{level}级", f"{own[0]}级"))


def _own_levels(prose: Prose) -> str:
    """The level as the cover says it, else of the organisation."""
    for passage in prose.document.passages[:5]:
        if match := re.search(_text("own_level"), squeeze(passage.text)):
            return match["level"]
    identity = prose.document.identity
    levels: str = audit_data()["prose"]["words"]["level_names"].get(identity.government_level, "")
    ending = (identity.district or "")[-1:]
    return ending if ending and ending in levels else levels


# Tables


def _empty_notes(prose: Prose) -> Iterator[Finding]:
    """A note that calls its table empty under a table with amounts."""
    for table in prose.document.tables:
        note = table.notes or ""
        match = re.search(rf"[^。；;\n]*(?:{_any_of(_words('empty'))})[^。；;\n]*[。；;]?", note)
        if match is None:
            continue
        amounts = [
            (r, c) for r, row in enumerate(table.rows) for c, cell in enumerate(row.cells) if cell.value
        ]
        if not amounts:
            continue
        place = FindingPlace(
            Place(table.pages[-1] if table.pages else None), match.group().strip(), table_name(table)
        )
        row, column = amounts[0]
        cell = table.rows[row].cells[column]
        yield make_finding(
            "not_empty",
            printed=match.group().strip(),
            expected=_text("no_note"),
            unit=None,
            where=table_name(table),
            places=[place, cell_place(table, row, column)],
            figure=f"{cell.whole}{cell.unit or ''}",
        )


def _cited_tables(prose: Prose) -> Iterator[Finding]:
    """A table cited by its number with the title of another: each section that says which table it is
    about gives that number its name."""
    names: dict[str, str] = {}
    for passage in prose.document.passages:
        if (match := re.search(_text("own_table"), passage.text)) and passage.section:
            names.setdefault(squeeze(match["number"]), _section_title(passage.section[-1]))
    for table in prose.document.tables:
        if table.number:
            names.setdefault(squeeze(table.number), table.title)
    of_title = {name_key(title).removesuffix("表"): number for number, title in names.items()}
    found: defaultdict[tuple[str, str], list[tuple[int, FindingPlace]]] = defaultdict(list)
    for index, passage in enumerate(prose.document.passages):
        for match in re.finditer(_text("cited_table"), passage.text):
            number = squeeze(match["number"])
            meant = of_title.get(name_key(match["title"]).removesuffix("表"))
            if meant is not None and number in names and meant != number:
                found[number, squeeze(match.group())].append((index, prose.text_place(index, *match.span())))
    for (number, printed), places in found.items():
        title = names[number] if names[number].endswith("表") else names[number] + "表"
        yield _once("other_table", prose, places, printed, f"{number} {title}")


def _section_title(heading: str) -> str:
    title = without_numbering(heading)
    for ending in audit_data()["prose"]["names"]["heading_endings"]:
        title = title.removesuffix(ending)
    return title


# Directions and rates


def _other_direction(prose: Prose, moves: Sequence[Move]) -> Iterator[Finding]:
    """A fall whose reason is that the account itself rose, or the other way round."""
    verbs = narrative_words()["verbs"]
    for move in moves:
        moved = move.rate or move.change
        if moved is None or moved.figure.direction not in ("increase", "decrease"):
            continue
        reason = moved.statement.reason or ""
        against = verbs["decrease" if moved.figure.direction == "increase" else "increase"]
        both = re.findall(_any_of(_verbs()), reason)
        name = _own_name(prose, move.now[0])
        if len(both) != 1 or both[0] not in against or not reason.endswith(both[0]) or not name:
            continue
        if name in name_key(reason) or name_key(reason.removesuffix(both[0])) in _words("whole_names"):
            text = prose.passage(moved).text
            start = text.find(reason, moved.figure.end)
            places = [prose.text_place(moved.passage_index, start, start + len(reason)), prose.place(moved)]
            other = _text("rise" if moved.figure.direction == "increase" else "fall")
            yield make_finding(
                "other_direction",
                printed=reason,
                expected=reason.removesuffix(both[0]) + other,
                unit=None,
                where=prose.where(moved),
                places=places,
                moved=moved.figure.text,
            )


def _own_name(prose: Prose, told: Told) -> str:
    chain = prose.chain(told.passage_index)
    return level_key(chain[-1][1] if chain else told.figure.label)


def _without_percent(prose: Prose, index: int, moves: Sequence[Move]) -> Iterator[Finding]:
    """A bare number behind a verb of change that is the rate of the change before it."""
    text = prose.document.passages[index].text
    pattern = re.compile(rf"(?:{_any_of(_verbs())})\s*(?P<rate>\d+(?:\.\d+)?)(?=\s*[，,。；;）)])")
    for move in moves:
        if move.change is None or move.rate is not None or not move.change.figure.value:
            continue
        match = pattern.search(text, move.change.figure.end, move.change.figure.end + 24)
        if match is None:
            continue
        reach = rates.growth_by(move.change.signed, move.now[0].amount)
        size = rounded_to(Decimal(match["rate"]), "%")
        if reach is not None and (reach.meets(size) or reach.meets(-size)):
            place = prose.text_place(index, *match.span())
            printed = match.group()
            places = [place, prose.place(move.change)]
            yield make_finding("no_percent", printed, printed + "%", None, prose.where(move.change), places)

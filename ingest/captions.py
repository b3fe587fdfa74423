"""What stands above and below a grid: title, number, unit, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.grid import TextLine
from ingest.lattice import Lattice, joined, own_cells
from ingest.values import name_key, normalize_unit, squeeze, without_ordinal
from ingest.words import words

_MOST_LINES_ABOVE = 8
_MOST_NOTE_LINES = 12
_LONGEST_TITLE = 60
_LONGEST_REMNANT = 10
"""Characters that an owner's or unit's line may hold besides: the rest of a wrapped name."""
_SENTENCE_END = re.compile(r"[。；;，,：:？！]$")
_LEADER = re.compile(r"[.…·]{4,}")
_HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d{1,2}[.．、])"
)


@dataclass(frozen=True, slots=True)
class Caption:
    """What is printed about a table outside its cells."""

    title: str = ""
    number: str | None = None
    unit: str | None = None
    owner: str | None = None
    continued: bool = False
    """It says itself that it goes on from another page (续表)."""
    lines: frozenset[int] = frozenset()
    """The positions of the text lines that it took."""

    @property
    def key(self) -> str:
        return name_key(self.title)

    def over(self, other: Caption) -> Caption:
        """This caption, with what it lacks taken from the other."""
        return Caption(
            title=self.title or other.title,
            number=self.number or other.number,
            unit=self.unit or other.unit,
            owner=self.owner or other.owner,
            continued=self.continued or other.continued,
            lines=self.lines | other.lines,
        )


def caption_above(lines: Sequence[TextLine]) -> Caption:
    """The caption in the lines before a grid (the nearest last).

    Only lines that belong to it are taken: a section's heading may serve as title, and stays a heading.
    """
    found = Caption()
    for position in range(len(lines) - 1, max(-1, len(lines) - 1 - _MOST_LINES_ABOVE), -1):
        read = read_caption(lines[position].text)
        if read is None or (found.title and read.title) or _says_twice(found, read):
            if found.title or read is None:
                break
            continue
        is_heading = read.title and _HEADING.match(lines[position].text.strip())
        own = not is_heading or read.title.endswith(words().title_end[0])
        found = found.over(replace(read, lines=frozenset({position} if own else ())))
    return found


def read_caption(text: str) -> Caption | None:
    """What one line says of a table, or None when it is running text."""
    lexicon, rest = words(), text.strip()
    unit = number = owner = None
    if _LEADER.search(rest):
        return None
    if match := lexicon.unit.search(rest):
        unit = normalize_unit(match.group("unit"))
        rest = rest[: match.start()] + " " + rest[match.end() :]
    continued = bool(lexicon.continued.search(squeeze(rest)))
    rest = lexicon.continued.sub("", rest.strip()).strip()
    if match := lexicon.owner.match(rest):
        owner, rest = squeeze(match.group("owner")) or None, ""
    if match := re.match(rf"(?:{lexicon.number.pattern})(?=[\s:：]|$)", rest):
        number, rest = squeeze(match.group()), rest[match.end() :]
    elif match := re.search(rf"(?<=\s)(?:{lexicon.number.pattern})$", rest):
        number, rest = squeeze(match.group()), rest[: match.start()]
    title = "" if words().year_line.fullmatch(squeeze(rest)) else squeeze_title(rest)
    if title and not _is_title(title):
        if not (unit or owner or number) or len(title) > _LONGEST_REMNANT:
            return None
        title = ""
    return Caption(title, number, unit, owner, continued)


def squeeze_title(text: str) -> str:
    """A title without inner spaces, ordinal and continuation mark, its punctuation as printed."""
    title = re.sub(r"\s+", "", words().continued.sub("", text)).strip(":：")
    if match := _HEADING.match(title):
        title = title[match.end() :]
    return title


def caption_inside(sheet: Lattice) -> tuple[Caption, Lattice]:
    """The caption in the grid's own first rows, and the grid without them."""
    found, start = Caption(), 0
    for row in sheet.rows:
        cells = [cell for cell in own_cells(row) if cell.text.strip()]
        if len(cells) == 1 and cells[0].column_span >= sheet.width > 1:
            readings = [read_caption(line) for line in cells[0].text.split("\n") if line.strip()]
            whole = read_caption(joined(cells[0].text))
            if None in readings and whole is not None:
                readings = [whole]
        else:
            readings = [read_caption(joined(cell.text)) for cell in cells]
            if not all(r and (r.unit or r.owner or r.number) for r in readings):
                break
        if None in readings or not any(
            r and (r.unit or r.owner or r.number or r.title.endswith(words().title_end_inside))
            for r in readings
        ):
            break
        for reading in readings:
            if reading is not None:
                found = found.over(reading)
        start += 1
    return found, replace(sheet, rows=sheet.rows[start:])


def notes_inside(sheet: Lattice) -> tuple[str | None, Lattice]:
    """The note in the grid's own last rows, and the grid without it."""
    notes: list[str] = []
    rows = sheet.rows
    while rows:
        cells = [cell for cell in own_cells(rows[-1]) if cell.text.strip()]
        if len(cells) != 1 or not words().note.match(cells[0].text.strip()):
            break
        notes.insert(0, joined(cells[0].text))
        rows = rows[:-1]
    return "\n".join(notes) or None, replace(sheet, rows=rows)


def notes_below(lines: Sequence[TextLine]) -> tuple[str | None, int]:
    """The note that starts right after a grid, and how many lines it takes."""
    if not lines or not words().note.match(lines[0].text.strip()):
        return None, 0
    notes = [lines[0].text.strip()]
    for line in lines[1:_MOST_NOTE_LINES]:
        text = line.text.strip()
        if words().note.match(text) or re.match(r"\d{1,2}[、.．]", text):
            notes.append(text)
        elif _HEADING.match(text) or line.starts_paragraph or _ends_note(notes[-1], text):
            break
        else:
            notes[-1] += text
    return "\n".join(notes), _line_count(notes, lines)


def _line_count(notes: Sequence[str], lines: Sequence[TextLine]) -> int:
    wanted = sum(len(note) for note in notes)
    count = 0
    while wanted > 0:
        wanted -= len(lines[count].text.strip())
        count += 1
    return count


def _ends_note(last: str, text: str) -> bool:
    """A note ends with its sentence, or before a table's caption."""
    reading = read_caption(text)
    return bool(re.search(r"[。！]$", last)) or bool(
        reading and (reading.number or reading.unit or reading.title.endswith(words().title_end[0]))
    )


def _says_twice(found: Caption, read: Caption) -> bool:
    return bool((found.number and read.number) or (found.unit and read.unit) or (found.owner and read.owner))


def _is_title(title: str) -> bool:
    bare = re.sub(r"[(（][^()（）]*[)）]$", "", title)
    if len(title) > _LONGEST_TITLE or _SENTENCE_END.search(title) or words().points_at_table.search(title):
        return False
    return bare.endswith(words().title_end)


def heading_before(lines: Sequence[TextLine]) -> str:
    """The nearest heading above, where a table has no title of its own."""
    for line in reversed(lines):
        text = line.text.strip()
        if _HEADING.match(text) and len(text) <= _LONGEST_TITLE // 2 and not _SENTENCE_END.search(text):
            return without_ordinal(text)
    return ""

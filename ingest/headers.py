"""The header of a table: how many rows it has, its tree, and what each column is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.lattice import Lattice, LatticeRow, header_text, own_cells
from ingest.model import Kind, Stage
from ingest.values import cell_value, name_key, normalize_unit, parse_number, squeeze
from ingest.words import words

Role = Literal["code", "unit_code", "serial", "name", "value", "text"]
"""``name``: a column that may hold the rows' labels."""

CODE = re.compile(r"[\[［【]?[A-Z]?\d{1,12}[\]］】]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADER_YEAR = re.compile(r"((?:19|20)\d\d)(?:年|$|[^\d])")
_REPUBLIC_YEAR = re.compile(r"(?:民國|民国|中華民國)?(1\d\d)年度?")
_FORMULA = re.compile(r"\(?\d{1,3}\)?栏?(?:=[\d+\-*/÷×xX%().]+)?|[A-Z](?:=[A-Z\d+\-*/÷×%().]+)?")
_PRINTED_UNIT = re.compile(
    r"(?:[(](?:单位[::]?)?(?:人民币|新台币)?|[:,/](?=[^:,/]*$))"
    r"(百万元|千万元|亿元|万元|千元|元|%|‰|人|辆|台|套|个|次|平方米|平米|㎡|户|项|人次)(?:[)]|$)"
)
_LONGEST_HEADER = 8


@dataclass(frozen=True, slots=True)
class Header:
    height: int
    """Rows of names above the body (without the row of column numbers)."""
    body_start: int


def find_header(sheet: Lattice) -> Header:
    """Where the header ends. A height of 0: the grid has none and goes on from another page.

    A row of column numbers (1 2 3 …) or formulas ends it for certain; without one, the header
    is as tall as its spanning cells need, and never reaches into rows that hold amounts.
    """
    for number, row in enumerate(sheet.rows[:_LONGEST_HEADER]):
        if _is_column_numbers(row):
            if number or len(own_cells(row)) > 2:
                return Header(number, number + 1)
        elif number and _is_body(row):
            break
    height = 0
    while height < min(len(sheet.rows), _LONGEST_HEADER):
        row = sheet.rows[height]
        if _is_body(row) or (height and not _has_children(sheet.rows, height)):
            break
        height += 1
    return Header(height, height)


def header_paths(rows: Sequence[LatticeRow], width: int) -> tuple[tuple[str, ...], ...]:
    """Each column's names from the outermost group to its own."""
    paths = []
    for column in range(width):
        cells = [row[column] for row in rows]
        distinct = [
            cell
            for number, (cell, above) in enumerate(zip(cells, [None, *cells], strict=False))
            if cell is not above and not (number and _joins_columns(rows[number], rows[number - 1], column))
        ]
        paths.append(tuple(name for cell in distinct if (name := header_text(cell.text))))
    return tuple(paths)


def _joins_columns(row: LatticeRow, above: LatticeRow, column: int) -> bool:
    """Whether a cell goes over columns that the row above it names apart: 合计 below 编码 and 名称.

    A header divides from top to bottom, so such a cell is a label that was drawn into it.
    """
    others = [i for i in range(len(row)) if row[i] is row[column] and above[i] is not above[column]]
    return bool(above[column].text.strip()) and any(above[i].text.strip() for i in others)


def column_roles(paths: Sequence[tuple[str, ...]], body: Sequence[LatticeRow]) -> tuple[Role, ...]:
    """What each column is for, by its name first and by what stands in it where the name is silent."""
    roles: list[Role] = []
    for index, path in enumerate(paths):
        single = (squeeze(row[index].text) for row in body if not _is_wide(row, index))
        filled = [text for text in single if _says(text)]
        roles.append(_role(path, filled, first="name" not in roles and "value" not in roles))
    if "name" not in roles:  # what look like codes stand for nothing, so they are figures
        named = [_names_codes(path) for path in paths]
        roles = ["value" if r == "code" and not n else r for r, n in zip(roles, named, strict=True)]
    return _with_header_spans(roles, paths)


def is_label_name(name: str) -> bool:
    """Whether a header names a column of labels: 项目, 科目名称 …"""
    bare = _bare(name)
    return not words().label_exact.isdisjoint((name_key(name), name_key(bare))) or bare.endswith(
        words().label_endings
    )


def column_year(path: Sequence[str], title: str, fiscal_year: int | None) -> int | None:
    """The year the figures of a column are of: by its header, else by the title, else the document's."""
    for name in path:
        if match := _HEADER_YEAR.search(squeeze(name)):
            return int(match.group(1))
        if match := _REPUBLIC_YEAR.search(squeeze(name)):
            return int(match.group(1)) + 1911
    if fiscal_year is not None and (back := _years_back("".join(path))) is not None:
        return fiscal_year - back
    if match := _HEADER_YEAR.search(squeeze(title)):
        return int(match.group(1))
    return fiscal_year


def column_stage(path: Sequence[str], title: str, kind: Kind | None) -> Stage | None:
    """Budget, adjusted budget, execution or final account: by the header, the title, the document."""
    for text in map(_without_funds, (*reversed(path), title)):
        said = [
            (text.index(word), -len(word), stage)
            for stage, stage_words in words().stages
            for word in stage_words
            if word in text
        ]
        if said:
            return min(said)[2]
    return kind


def column_unit(path: Sequence[str], table_unit: str | None) -> str | None:
    """The unit of a column's figures: one printed in its header, one its name implies, the table's."""
    for name in reversed(path):
        if match := _PRINTED_UNIT.search(squeeze(name)):
            return normalize_unit(match.group(1))
    own = path[-1] if path else ""
    for word, unit in words().column_units:
        if own.endswith(word):
            return unit
    return None if name_key(own) in words().quantity else table_unit


def label_unit(label: str) -> str | None:
    """The unit that a row's label names: 编制人数（人）."""
    match = _PRINTED_UNIT.search(squeeze(label))
    return normalize_unit(match.group(1)) if match else None


def _years_back(name: str) -> int | None:
    """How far before the document's year a relative year lies: 上年 is 1, 本年 0, none named None."""
    plain = words().compared_year.sub("", name)
    if "结转" in plain or any(word in plain for word in words().current_year):
        return 0
    if any(word in plain for word in words().before_previous_year):
        return 2
    return 1 if any(word in plain for word in words().previous_year) else None


def _is_column_numbers(row: LatticeRow) -> bool:
    texts = [squeeze(cell.text) for cell in own_cells(row) if cell.text.strip()]
    texts = [text for text in texts if name_key(text) and name_key(text) not in words().column_numbers]
    if len(texts) < 2 or not all(_FORMULA.fullmatch(text) for text in texts):
        return False
    leading = [int(match.group()) for text in texts if (match := re.search(r"\d+", text))]
    letters = [text[0] for text in texts if text[0].isalpha()]
    rises = leading == sorted(set(leading)) and leading[:1] in ([0], [1], [2])
    return rises or (len(letters) == len(texts) and letters == sorted(set(letters)))


def _is_body(row: LatticeRow) -> bool:
    """Whether a row holds amounts or codes, so is no header."""
    texts = [squeeze(cell.text) for cell in own_cells(row) if cell.text.strip()]
    amounts = [text for text in texts if cell_value(text) is not None and not _YEAR.fullmatch(text)]
    lone_total = len(texts) == 1 and name_key(texts[0]) in words().total
    return bool(amounts) or (lone_total and row[0] is not row[-1])


def _has_children(rows: Sequence[LatticeRow], height: int) -> bool:
    """Whether the row at ``height`` names parts of a group in the header row above it."""
    above, row = rows[height - 1], rows[height]
    wide = [_is_wide(above, i) and bool(above[i].text.strip()) for i in range(len(row))]
    split = any(wide[i] and above[i] is above[i - 1] and row[i] is not row[i - 1] for i in range(1, len(row)))
    nothing_else = all(row[i] is above[i] or wide[i] for i in range(len(row)))
    return split or nothing_else


def _role(path: tuple[str, ...], filled: list[str], first: bool) -> Role:
    lexicon = words()
    name = path[-1] if path else ""
    key, bare = name_key(name), _bare(name)
    if key in lexicon.serial:
        return "serial"
    codes = all(CODE.fullmatch(text) for text in filled)
    if codes and "科目" not in bare and any(bare.endswith(word) for word in lexicon.unit_code_words):
        return "unit_code"
    if codes and _names_codes(path):
        return "code"
    figures = sum(1 for text in filled if parse_number(text) is not None)
    if not bare.endswith(lexicon.text_words) and all(cell_value(text) is not None for text in filled):
        figures = len(filled)
    if filled and figures * 2 >= len(filled):
        is_codes = first and key not in lexicon.total
        is_codes = is_codes and all(re.fullmatch(r"\d{3}(?:\d\d){0,2}", text) for text in filled)
        return "code" if is_codes else "value"
    if filled:
        return "name" if first or is_label_name(name) else "text"
    if is_label_name(name):
        return "name"
    return "text" if bare.endswith(lexicon.text_words) else "value"


def _says(text: str) -> bool:
    """Whether a cell's text tells what its column is for: not a blank, a dash or 无."""
    return bool(re.search(r"\w", text)) and text not in words().nothing


def _is_wide(row: LatticeRow, index: int) -> bool:
    """Whether the cell at this position covers a neighbour too, so tells nothing of the column."""
    return any(0 <= i < len(row) and row[i] is row[index] for i in (index - 1, index + 1))


def _names_codes(path: tuple[str, ...]) -> bool:
    """Whether a header says that its column holds codes."""
    return _bare(path[-1] if path else "").endswith(words().code_endings) or _is_code_part(path)


def _is_code_part(path: tuple[str, ...]) -> bool:
    """类, 款 or 项: alone, or below a heading that speaks of codes."""
    if name_key(path[-1] if path else "") not in words().code_parts:
        return False
    return len(path) == 1 or any(
        name.endswith(words().code_endings) or "科目" in name or "编码" in name for name in path[:-1]
    )


def _with_header_spans(roles: list[Role], paths: Sequence[tuple[str, ...]]) -> tuple[Role, ...]:
    """A text column beside a label column under the same header is a label column too."""
    for index in range(1, len(roles)):
        same_header = paths[index] in ((), paths[index - 1])
        if roles[index] == "text" and roles[index - 1] == "name" and same_header:
            roles[index] = "name"
    return tuple(roles)


def _bare(name: str) -> str:
    """A header name without what it says in brackets at its end."""
    return re.sub(r"\([^()]*\)?$", "", squeeze(name))


def _without_funds(name: str) -> str:
    """Names of funds (一般公共预算, 政府性基金预算, 国有资本经营预算) say nothing of the stage."""
    return re.sub(r"(?:一般公共|公共财政|政府性基金|国有资本经营|社会保险基金|部门)预算", "", name)

"""The weights by which readings compete, loaded from ``weights.toml``, where each is explained."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FigureWeights:
    """One figure: in characters of the question, earned as shares of a mention and paid for what the
    figure says that the question does not."""

    other_name: float
    column_group: float
    stated_context: float
    title: float
    title_floor: float
    title_beside: float
    ancestor: float
    other_column: float
    inherited: float
    explains: float
    other_year: float
    other_role: float
    other_unit: float
    column_unexplained: float
    other_side: float
    blank: float
    named_year: float
    other_table: float
    other_stage: float
    group_unexplained: float
    restricted_table: float
    stated: float
    lesser_total: float
    one_fund: float
    later_column: float


@dataclass(frozen=True, slots=True)
class FamilyWeights:
    """A family of figures: on the scale of its weakest member's score."""

    kind: float
    says_so: float
    group_named: float
    title: float
    named: float
    other_parts: float
    other_side: float
    part_of_whole: float
    less_likely: float
    other_fund: float


@dataclass(frozen=True, slots=True)
class ReadingWeights:
    """The choice among readings: scores of figures, or shares of the question from 0 to 1."""

    together: int
    same_table: float
    same_column: float
    other_scope: float
    worth_company: float
    close: float
    least_resemblance: float
    least_score: float
    least_explained: float


@dataclass(frozen=True, slots=True)
class PassageWeights:
    """A passage: shares from 0 to 1, but for ``long``, in characters."""

    words: float
    form: float
    meaning: float
    echo: float
    length: float
    own: float
    row: float
    context: float
    neighbour: float
    sibling: float
    first: float
    second: float
    same_way: float
    other_way: float
    formless: float
    nearly: float
    beside: float
    listed: float
    others_definition: float
    long: float


_RAW = tomllib.loads((Path(__file__).parent / "weights.toml").read_text("utf-8"))
FIGURES = FigureWeights(**_RAW["figures"])
FAMILIES = FamilyWeights(**_RAW["families"])
READINGS = ReadingWeights(**_RAW["readings"])
PASSAGES = PassageWeights(**_RAW["passages"])

"""The weights by which readings compete: one file, all of it used."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

import qa
from qa import weights

Held = weights.FigureWeights | weights.FamilyWeights | weights.ReadingWeights | weights.PassageWeights
SECTIONS: dict[str, tuple[str, Held]] = {
    "FIGURES": ("weights", weights.FIGURES),
    "FAMILIES": ("FAMILIES", weights.FAMILIES),
    "READINGS": ("READINGS", weights.READINGS),
    "PASSAGES": ("PASSAGES", weights.PASSAGES),
}
CODE = "\n".join(p.read_text("utf-8") for p in Path(qa.__file__).parent.glob("*.py") if p.stem != "weights")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_weight_is_used(section: str) -> None:
    called, held = SECTIONS[section]
    names = {f.name for f in fields(held)}
    used = set(re.findall(rf"\b(?:{called}|{section})\.(\w+)", CODE))
    assert names <= used


def test_a_weight_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError):
        weights.ReadingWeights(closest=1.0)  # type: ignore[call-arg]


def test_evidence_nearer_to_the_figure_is_worth_more() -> None:
    held = weights.FIGURES
    order = (held.other_name, held.column_group, held.stated_context, held.title, held.ancestor)
    assert list(order) == sorted(order, reverse=True)
    assert held.explains < held.ancestor  # a row above explains what it names
    assert held.one_fund > held.later_column

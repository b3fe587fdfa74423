"""Seeded questions over generated documents, each with its gold, in the question-file format.

Question and gold are made together from the figures that the documents were typeset from; nothing
of what the readers or the engine make of them is looked at.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.asked_facts import Source
from eval.asked_maker import Asked, phrasings
from eval.asked_operations import OPERATIONS, Asker
from eval.asked_perturb import DISTORTIONS


def questions_of(sources: Sequence[Source], count: int, seed: int) -> list[Asked]:
    """``count`` questions, every operation as often as another as far as the documents allow.

    Bodies that have several documents, and bodies whose name is part of another's, are not asked about.
    """
    names = [s.organization for s in sources]
    clear = [
        s for s in sources if sum(s.organization in name or name in s.organization for name in names) == 1
    ]
    found: list[Asked] = []
    tries = 0
    while len(found) < count and tries < 20 * count and clear:
        operation = list(OPERATIONS)[tries % len(OPERATIONS)]
        rng = random.Random(f"{seed} {tries}")
        asker = Asker(rng, rng.choice(clear), clear, OPERATIONS[operation][0])
        asked = OPERATIONS[operation][1](asker)
        tries += 1
        if asked and all(asked.line["question"] != other.line["question"] for other in found):
            found.append(Asked({"id": f"{operation}-{len(found):04}", **asked.line}, asked.parts))
    return found


def write_questions(asked: Sequence[Asked], path: Path) -> None:
    """A question file."""
    path.write_text(
        "".join(json.dumps(one.line, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8"
    )


def distorted(asked: Sequence[Asked], seed: int) -> Iterator[tuple[str, Asked]]:
    """Each question in each way that people distort it, with the distortion's name; those that a
    distortion does not touch are left out."""
    words = phrasings()["perturb"]
    for name, distort in DISTORTIONS.items():
        for one in asked:
            rng = random.Random(f"{seed} {name} {one.id}")
            text = distort(one.line["question"], one.parts, rng, words)
            if text != one.line["question"]:
                yield name, Asked({**one.line, "question": text}, one.parts)

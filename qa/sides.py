"""The two sides of a budget, income and expenditure: all of one, where a question names nothing else."""

from __future__ import annotations

from dataclasses import replace

from ingest.values import name_key
from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.request import Target
from qa.resolve import documents_for
from qa.scope import Library
from qa.understanding import Understood


def other_side(target: Target, lexicon: Lexicon) -> str | None:
    """The side of the budget that is not asked about, where all of the other is; None: a part of it is."""
    names = {n for i in target.items for n in (i.text, *i.names)} & lexicon.whole_budget
    sides = lexicon.words["budget_side"]
    said = [s for s in sides if any(s in n for n in names)]
    return next((s for s in sides if s not in said), None) if said else None


def with_side(target: Target, understood: Understood, library: Library, lexicon: Lexicon) -> Target:
    """Where nothing is named but a side of the budget: all income, or all expenditure."""
    if any(i.text not in lexicon.words["stage_name"] for i in target.items):
        return target
    key = understood.request.question.key
    income, spending = lexicon.words["budget_side"]
    side = income if income in key and spending not in key else spending
    name = name_key(next(n for n in lexicon.words["whole_budget"] if n.startswith(side)))
    vocabulary = library.vocabulary(documents_for(target, understood, library))
    matches = tuple(m for m in vocabulary.whole(name) if (m.start, m.end) == (0, len(name)))
    start = max(key.find(side), 0)
    end = start + len(side) * (side in key)
    whole = ItemMention(start, end or len(key), name, matches, names=lexicon.names_of[name])
    return replace(target, items=(*target.items, whole), context=())

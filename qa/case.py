"""What every check needs: the question as understood, the figures it brings along, and the documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ingest.values import Amount, name_key
from qa.answer import Answer, Language
from qa.facts import DocumentFacts
from qa.lexicon import Lexicon
from qa.mentions import ItemMention
from qa.quoted import Stretch, claims, quoted_stretches
from qa.request import Request, Target
from qa.resolve import documents_for
from qa.scope import Library
from qa.understanding import Understood


@dataclass(frozen=True)
class Case:
    understood: Understood
    library: Library
    lexicon: Lexicon

    @property
    def request(self) -> Request:
        return self.understood.request

    @property
    def language(self) -> Language:
        return self.request.question.language

    def asks(self, operation: str) -> bool:
        """Whether the question holds a word of the operation."""
        return any(w in self.request.question.plain for w in self.lexicon.operation[operation])

    def asks_beside_names(self, operation: str) -> bool:
        """The same, outside the names of things: 本年支出合计 asks for no sum."""
        rest = self.request.question.plain
        for item in self.items:
            rest = rest.replace(item.text, "，") if item.is_known_name else rest
        return any(w in rest for w in self.lexicon.operation[operation])

    @cached_property
    def quoted(self) -> list[Amount]:
        return claims(self.request.question)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Without names that are only the digits of a quoted figure (208 of 208.8万元 is no code)."""
        return tuple(replace(t, items=self._named(t.items)) for t in self.request.targets)

    @property
    def items(self) -> tuple[ItemMention, ...]:
        """Every name asked about, once."""
        return tuple(dict.fromkeys(i for t in self.targets for i in t.items))

    def _named(self, items: Sequence[ItemMention]) -> tuple[ItemMention, ...]:
        numbers = [name_key(a.text) for a in self.quoted]
        return tuple(
            i for i in items if not (i.text.isdigit() and any(n.startswith(i.text) for n in numbers))
        )

    @cached_property
    def documents(self) -> Sequence[DocumentFacts]:
        """Of the bodies asked about; a question of two years is checked in the documents of both."""
        years = {y.year for y in self.understood.mentions.years}
        if len(years) > 1 or not self.targets:
            return self.understood.documents
        return documents_for(self.targets[0], self.understood, self.library)

    @cached_property
    def stretches(self) -> list[Stretch]:
        """The paragraphs that print the quoted figures, best first."""
        return quoted_stretches(self.quoted, self.items, self.documents)


Check = Callable[[Case], Answer | None]
"""One kind of check: its answer, or None where the question is not of its kind."""

"""The prose of a generated document: sections whose sentences state what the tables print."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from eval.corpus.books import data
from eval.corpus.lines import Desk, percent
from eval.corpus.model import GeneratedTable, Paragraph, Section, TrueFigure, TrueStatement
from eval.corpus.numerals import han
from eval.corpus.project_tables import units_table
from eval.corpus.style import in_unit
from ingest.model import Direction, FigureRole

PROSE_UNIT = "万元"


def sections(rng: random.Random, desk: Desk) -> tuple[Section | GeneratedTable, ...]:
    """Duties and units, then what the money is for; the order and the sentences are the seed's."""
    return _Prose(rng, desk).sections()


class _Prose:
    def __init__(self, rng: random.Random, desk: Desk) -> None:
        self.rng = rng
        self.desk = desk
        self.words = data("phrases")
        self.kind = data("words")["kinds"][desk.style.kind]

    def sections(self) -> tuple[Section | GeneratedTable, ...]:
        body = data("words")["bodies"][self.desk.style.level]
        headings, duties = self.words["headings"], self.words["duties"]
        if self.desk.style.prose_first:
            overview: list[Section | GeneratedTable] = [
                Section(headings["overview"].format(body=body), 0),
                Section(headings["duties_heading"], 1, tuple(map(Paragraph, duties["texts"]))),
                Section(headings["units_heading"], 1, (Paragraph(self._units()),)),
            ]
            if len(self.desk.books.units) > 2:
                overview.append(units_table(self.desk))
        else:
            overview = []
        explained = [
            Section(f"{han(number)}、{heading}", 1, paragraphs)
            for number, (heading, paragraphs) in enumerate(self._explained(), start=1)
        ]
        name = headings["explanation"].format(body=body, kind=self.kind)
        return (*overview, Section(name, 0), *explained)

    def _units(self) -> str:
        books, duties = self.desk.books, self.words["duties"]
        below = "、".join(unit.name for unit in books.units[1:])
        text: str = duties["units_with"] if below else duties["units"]
        return text.format(organization=books.organization, units=below)

    def _explained(self) -> list[tuple[str, tuple[Paragraph, ...]]]:
        names, books, subjects = self.words["sections"], self.desk.books, self.words["subjects"]
        totals = [
            self._parts(
                subjects["spending"],
                books.total(lambda s: s.total_fen),
                [
                    (subjects["basic"], books.total(lambda s: s.basic_fen)),
                    (subjects["projects"], books.total(lambda s: s.projects_fen)),
                ],
            )
        ]
        general = [
            self._change(
                subjects["general"],
                books.total(lambda s: s.total_fen, "general"),
                books.total(lambda s: s.original_fen, "general"),
            )
        ]
        for number, code in enumerate(books.codes(7, "general")[:5]):
            name, now = books.names[code], books.total(lambda s: s.total_fen, "general", code)
            before_fen = books.total(lambda s: s.original_fen, "general", code)
            printed = self.words["item"]["name"].format(section=books.names[code[:5]], item=name)
            if self.desk.style.kind == "final_account" and number % 2:
                general.append(self._completion(name, printed, now, before_fen))
            else:
                general.append(self._change(name, now, before_fen, printed))
        trips, before = books.trips, books.trips_before
        kinds = [
            ("abroad_row", trips.abroad_fen, before.abroad_fen),
            ("reception_row", trips.reception_fen, before.reception_fen),
            ("cars_row", trips.cars_fen, before.cars_fen),
        ]
        travel = [
            self._parts(subjects["trips"], trips.total_fen, [(self.desk.name(k), now) for k, now, _ in kinds])
        ]
        travel += [self._change(self.desk.name(key), now, then) for key, now, then in kinds]
        purchases = [
            (subjects[key], sum(p.amount_fen for p in books.purchases if p.kind == kind))
            for key, kind in (("goods", "货物"), ("services", "服务"))
        ]
        bought = self._parts(subjects["purchases"], sum(fen for _, fen in purchases), purchases)
        counts = [self._count("cars", "辆", 30), self._count("posts", "人", 900)]
        found = [
            (self.rng.choice(names["totals"]).format(kind=self.kind), totals),
            (self.rng.choice(names["general"]), general),
            (self.rng.choice(names["trips"]), travel),
            (self.rng.choice(names["purchases"]), [bought]),
            (self.rng.choice(names["assets"]), counts),
            (self.rng.choice(names["glossary"]), [Paragraph(term) for term in names["terms"]]),
        ]
        return [(heading, tuple(paragraphs)) for heading, paragraphs in found]

    # Sentences

    def _change(self, about: str, now: int, before: int, printed: str | None = None) -> Paragraph:
        """An amount, and how it changed against the year before; ``printed`` names it in full."""
        phrases = self.words["change"]
        year, amount = self.desk.books.year, _wan(now)
        if not now:
            return Paragraph(self.rng.choice(phrases["none"]).format(year=year, about=printed or about))
        figures = [_money(amount, "amount")]
        values = {"year": year, "about": printed or about, "kind": self.kind, "amount": figures[0].text}
        if now == before or not before:
            text: str = self.rng.choice(phrases["same"] if now == before else phrases["same"][:1])
            if not before:
                text = text.split("，")[0] + "。"
            quote = text.format(**values)
            return Paragraph(quote, (TrueStatement(quote, about, tuple(figures), year),))
        direction: Direction = "increase" if now > before else "decrease"
        words = self.words[direction]
        rate = abs(percent(amount - _wan(before), _wan(before)))
        reason = self.rng.choice(self.words["reasons"][direction])
        figures += [
            _money(abs(amount - _wan(before)), "change", direction),
            TrueFigure(f"{rate}%", rate, "%", "rate", direction),
        ]
        quote = self.rng.choice(phrases["texts"]).format(
            **values,
            word=self.rng.choice(words["word"]),
            change=figures[1].text,
            rate_word=self.rng.choice(words["rate"]),
            rate=figures[2].text,
            reason=reason,
        )
        return Paragraph(quote, (TrueStatement(quote, about, tuple(figures), year, reason),))

    def _completion(self, about: str, printed: str, now: int, before: int) -> Paragraph:
        """A final account as a share of the budget of the year's beginning."""
        if not before:
            return self._change(about, now, before, printed)
        year, share = self.desk.books.year, percent(_wan(now), _wan(before))
        figures = (
            _money(_wan(before), "amount"),
            _money(_wan(now), "amount"),
            TrueFigure(f"{share}%", share, "%", "share"),
        )
        quote = self.rng.choice(self.words["completion"]["texts"]).format(
            year=year, about=printed, before=figures[0].text, amount=figures[1].text, rate=figures[2].text
        )
        return Paragraph(quote, (TrueStatement(quote, about, figures, year),))

    def _count(self, key: str, unit: str, most: int) -> Paragraph:
        """So many cars, or people."""
        year, number = self.desk.books.year, self.rng.randint(1, most)
        figure = TrueFigure(f"{number}{unit}", Decimal(number), unit, "count")
        quote = self.words["counts"][key].format(year=year, count=figure.text)
        about = self.words["subjects"][key]
        return Paragraph(quote, (TrueStatement(quote, about, (figure,), year),))

    def _parts(self, about: str, whole: int, parts: Sequence[tuple[str, int]]) -> Paragraph:
        """An amount and what it consists of."""
        phrases, year = self.words["parts"], self.desk.books.year
        figures = [_money(_wan(whole), "amount")]
        pieces = []
        with_shares = self.rng.random() < 0.5 and whole > 0
        for name, fen in parts:
            figures.append(_money(_wan(fen), "amount"))
            values = {"part": name, "part_amount": figures[-1].text}
            if with_shares:
                share = percent(_wan(fen), _wan(whole))
                figures.append(TrueFigure(f"{share}%", share, "%", "share"))
                values["share"] = figures[-1].text
            pieces.append(phrases["part_with_share" if with_shares else "part"].format(**values))
        quote = self.rng.choice(phrases["texts"]).format(
            year=year,
            about=about,
            kind=self.kind,
            amount=figures[0].text,
            parts=("；" if with_shares else "，").join(pieces),
        )
        return Paragraph(quote, _statements(quote, about, figures, year))


def _statements(quote: str, about: str, figures: list[TrueFigure], year: int) -> tuple[TrueStatement, ...]:
    """A statement for each sentence of the text, with the figures that stand in it."""
    found: list[TrueStatement] = []
    waiting = list(figures)
    for sentence in (piece for mark in quote.split("。") for piece in mark.split("；")):
        own = []
        rest = sentence
        while waiting and waiting[0].text in rest:
            rest = rest.split(waiting[0].text, 1)[1]
            own.append(waiting.pop(0))
        if own:
            found.append(
                TrueStatement(sentence, about, tuple(own), year if f"{year}年" in sentence else None)
            )
    return tuple(found)


def _wan(amount_fen: int) -> Decimal:
    """As the prose prints it: 万元 with two places."""
    return in_unit(amount_fen, PROSE_UNIT).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _money(amount: Decimal, role: FigureRole, direction: Direction | None = None) -> TrueFigure:
    return TrueFigure(f"{amount:,}{PROSE_UNIT}", amount, PROSE_UNIT, role, direction)

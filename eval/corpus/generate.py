"""A document from a layout family and a seed: the same ones give the same document."""

from __future__ import annotations

import random
from dataclasses import replace

from eval.corpus import account_tables, budget_tables
from eval.corpus.books import Books, data, draw_books
from eval.corpus.lines import Desk
from eval.corpus.model import GeneratedDocument, Section
from eval.corpus.plant import plant
from eval.corpus.project_tables import projects
from eval.corpus.prose import sections
from eval.corpus.script import in_traditional
from eval.corpus.style import Style, draw_style
from ingest.model import Identity


def generate(
    family: str, seed: int, *, scale: int = 2, most_tables: int | None = None, contradictions: int = 0
) -> GeneratedDocument:
    """A document of the family.

    ``scale``, from 1 to 200, sets how many units, accounts and projects there are; ``most_tables`` keeps
    a random choice of the tables; ``contradictions`` are planted, as many as the tables and the prose
    offer a place for. Raises UnknownFamilyError (``style.families`` lists them).
    """
    style = draw_style(family, seed)
    rng = random.Random(f"{family} {seed}")
    is_account = style.kind == "final_account"
    books = draw_books(
        rng,
        government_level=style.government_level,
        is_unit=style.level == "unit",
        step_fen=style.step_fen,
        scale=scale,
        has_fund=rng.random() < 0.5,
        has_own=rng.random() < 0.5,
        keeps=is_account,
    )
    desk = Desk(style, books)
    makers = account_tables.TABLES if is_account else budget_tables.TABLES
    if style.ruling == "none":
        # Without rules nobody could tell texts of many lines apart; such tables always have some.
        makers = tuple(maker for maker in makers if maker is not projects)
    if most_tables is not None:
        makers = tuple(makers[at] for at in sorted(rng.sample(range(len(makers)), most_tables)))
    tables = [maker(desk, number) for number, maker in enumerate(makers, start=1)]
    together = rng.random() < 0.3
    tables = [replace(table, starts_page=not together) for table in tables]
    prose = sections(rng, desk)
    body, kind = data("words")["bodies"][style.level], data("words")["kinds"][style.kind]
    heading = data("phrases")["headings"]["tables"]
    head = [Section(heading.format(n="三" if style.prose_first else "一", body=body, kind=kind), 0)]
    title = style.cover_title(books.organization, books.year, body + kind)
    document = GeneratedDocument(
        name=f"{family}-{seed}",
        family=family,
        seed=seed,
        title=title,
        identity=_identity(style, books),
        parts=(*prose, *head, *tables) if style.prose_first else (*head, *tables, *prose),
        layout=style.layout(title),
    )
    document = plant(rng, document, contradictions)
    return in_traditional(document) if style.script == "traditional" else document


def _identity(style: Style, books: Books) -> Identity:
    return Identity(
        organization=books.organization,
        fiscal_year=books.year,
        kind=style.kind,
        level=style.level,
        parent=books.parent,
        government_level=style.government_level,
        district=books.place,
    )

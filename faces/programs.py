"""What programs may ask, as plain functions: the named endpoints and the tools are made of these.

Their docstrings are the documentation that programs (and models) read. Every value is what JSON can
hold, amounts as decimal text. All raise BudgetQAError with a text for people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from faces.desk import DeskError, LocalDesk, describe, find

MOST_FOUND = 200
"""Figures in one answer of ``search_figures``."""
_LONGEST_RESULT = 100
"""Digits before or after the point: more is no amount, and writing it out could take all memory."""

Request = Callable[..., Any]


def looking_requests(desk: LocalDesk) -> tuple[Request, ...]:
    """Those that change nothing."""

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question about the stored government budget documents, in Chinese or English, every
        figure cited to its document, page, table, row and column, every calculation shown.

        Parameters:
            question: The question, for example "2017年公务接待费是多少？".
            history: Earlier questions of the conversation, oldest first, for follow-ups such as "2016年呢".

        Returns:
            status ("answered", "no_answer" or "needs_clarification"), text, figures, citations,
            calculations, warnings, and choices: questions to choose from where several answers fit.
        """
        return desk.ask(question, history or [])

    def search_figures(
        text: str, organization: str | None = None, fiscal_year: int | None = None, limit: int = 20
    ) -> list[dict[str, Any]]:
        """Find printed figures by the name of their row or column, over all documents.

        Parameters:
            text: What the row or column is called, or another name for it, such as "公务接待费" or "招待费".
            organization: Only figures of organisations whose name contains this.
            fiscal_year: Only figures of this year.
            limit: How many figures at most, 1 to 200.

        Returns:
            A record a cell: document, organization, fiscal_year, table, row_path, column_path, text as
            printed, value in unit, amount_yuan (decimal texts), page and bbox.
        """
        from faces.export import cell_record
        from faces.querying import Query, filter_of

        if not text.strip():
            raise DeskError("text is empty: say what the row or column is called")
        if not 1 <= limit <= MOST_FOUND:
            raise DeskError(f"limit is {limit}; it must be 1 to {MOST_FOUND}")
        organizations = (organization,) if organization else ()
        years = (fiscal_year,) if fiscal_year else ()
        wanted = filter_of(Query(item=text, organizations=organizations, years=years))
        return [
            cell_record(f.file_name, f.identity, f.table, f.row, f.column, f.cell)
            for f in desk.store.cells.page(wanted, "place", 0, limit)
        ]

    def documents() -> list[dict[str, Any]]:
        """List the stored documents: whose, which year, budget or final account, and how much is in each.

        Returns:
            A record a document with id, file_name, identity and counts of tables, rows and findings.
        """
        return desk.documents()

    def get_document(name: str) -> dict[str, Any]:
        """Describe one document: whose it is, and which tables and sections it has.

        Parameters:
            name: File name, number in the list of documents, or a part that only this name has.

        Returns:
            The document's record with its tables (title, unit, pages, column headings, number of rows)
            and its sections.
        """
        stored = find(desk.store.documents(), name)
        document = desk.store.load(stored.id)
        tables = [
            {
                "title": table.title,
                "number": table.number,
                "unit": table.unit,
                "pages": list(table.pages),
                "columns": [list(column.path) for column in table.columns],
                "row_count": len(table.rows),
            }
            for table in document.tables
        ]
        sections = [list(path) for path in dict.fromkeys(p.section for p in document.passages)]
        return describe(stored) | {"tables": tables, "sections": sections}

    def calculate(expression: str) -> dict[str, str]:
        """Work an expression of numbers, + - * /, brackets and roots ``** (1 / n)`` exactly, in decimals.

        Parameters:
            expression: For example "24.53 / 71.33 * 100".

        Returns:
            expression, and value as a decimal text of up to 50 digits, unrounded.
        """
        from qa.calculator import CalculationError, evaluate, plain

        try:
            value = evaluate(expression)
            if value and abs(value.adjusted()) > _LONGEST_RESULT:
                raise CalculationError(f"no amount: more than {_LONGEST_RESULT} digits")
        except CalculationError as error:
            raise DeskError(str(error)) from error
        return {"expression": expression, "value": plain(value)}

    def audit(name: str) -> dict[str, Any]:
        """Say where one document disagrees with itself, and what was checked.

        Parameters:
            name: File name, number in the list of documents, or a part that only this name has.

        Returns:
            findings (severity, rule, what is printed and expected, the places of both), and checked:
            how many relations each rule was held to.
        """
        return desk.findings(name)

    return ask, search_figures, documents, get_document, calculate, audit


def detail_requests(desk: LocalDesk) -> tuple[Request, ...]:
    """Those that change nothing either, and whose answers are whole documents: for scripts."""

    def explain(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Say how a question is understood, and what each figure that it asks for may be, with scores.

        Parameters:
            question: The question.
            history: Earlier questions of the conversation, oldest first.
        """
        return desk.explain(question, history or [])

    def tables(name: str) -> list[dict[str, Any]]:
        """Give one document's tables whole: every cell as printed, null where nothing is printed.

        Parameters:
            name: File name, number in the list of documents, or a part that only this name has.
        """
        return desk.tables(name)

    def rows(name: str) -> list[dict[str, Any]]:
        """Give one document's printed cells, a record each, as ``search_figures`` does.

        Parameters:
            name: File name, number in the list of documents, or a part that only this name has.
        """
        return desk.rows(name)

    def passages(name: str) -> list[dict[str, Any]]:
        """Give one document's paragraphs with the figures that they state.

        Parameters:
            name: File name, number in the list of documents, or a part that only this name has.
        """
        return desk.passages(name)

    return explain, tables, rows, passages


def editing_requests(desk: LocalDesk) -> tuple[Request, ...]:
    """Those that change what is kept, for editors. (Files come in by ``/ingest``, as uploads.)"""

    def remove(name: str) -> dict[str, Any]:
        """Forget a document and everything read from it. Editors only.

        Parameters:
            name: File name, number in the list of documents, or a part that only this name has.
        """
        return desk.remove(name)

    def reindex() -> int:
        """Make the index of meanings again from the stored figures. Editors only.

        Returns:
            How many texts it holds.
        """
        return desk.reindex()

    return remove, reindex

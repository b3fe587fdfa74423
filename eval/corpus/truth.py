"""The truth of a written document as JSON, in the outside formats of tables and findings."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.corpus.model import (
    Contradiction,
    GeneratedDocument,
    GeneratedTable,
    PlantedPlace,
    TablePages,
    TrueRow,
    TrueStatement,
    TrueTable,
    WrittenPages,
)


def write(document: GeneratedDocument, path: Path, pages: WrittenPages) -> Path:
    """The truth of ``document``, typeset as ``path``, into ``NAME.truth.json`` beside it."""
    target = path.with_name(path.name + ".truth.json")
    content = truth_of(document, pages, path.name)
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return target


def truth_of(document: GeneratedDocument, pages: WrittenPages, file_name: str) -> dict[str, Any]:
    """``identity``, ``tables`` (TABLES.md), ``statements`` and ``contradictions`` (TABLES.md's findings).

    A row of ``tables`` has two more fields, each with an entry for each cell: ``values`` (decimal
    strings or null) and ``units``.
    """
    tables = [
        _table(table, truth, stands)
        for table, stands in zip(document.tables, pages.tables, strict=True)
        for truth in table.truths
    ]
    return {
        "file": file_name,
        "family": document.family,
        "seed": document.seed,
        "identity": asdict(document.identity),
        "tables": tables,
        "statements": [_statement(statement) for statement in document.statements],
        "contradictions": [_finding(document, pages, c, file_name) for c in document.contradictions],
    }


def _table(table: GeneratedTable, truth: TrueTable, stands: TablePages) -> dict[str, Any]:
    return {
        "title": table.title,
        "number": table.number,
        "unit": table.unit,
        "side": truth.side,
        "pages": list(stands.pages),
        "columns": [list(column.path) for column in truth.columns],
        "rows": [_row(row, stands) for row in truth.rows],
        "notes": table.notes,
    }


def _row(row: TrueRow, stands: TablePages) -> dict[str, Any]:
    return {
        "code": row.code,
        "unit_code": row.unit_code,
        "label": row.label,
        "path": list(row.path),
        "cells": [cell.text for cell in row.cells],
        "values": [None if cell.value is None else str(cell.value) for cell in row.cells],
        "units": [cell.unit for cell in row.cells],
        "page": stands.rows[row.printed_row],
    }


def _statement(statement: TrueStatement) -> dict[str, Any]:
    return {
        "quote": statement.quote,
        "about": statement.about,
        "fiscal_year": statement.fiscal_year,
        "reason": statement.reason,
        "figures": [asdict(figure) | {"value": str(figure.value)} for figure in statement.figures],
    }


def _finding(
    document: GeneratedDocument, pages: WrittenPages, planted: Contradiction, file_name: str
) -> dict[str, Any]:
    return {
        "doc": file_name,
        "kind": planted.kind,
        "severity": "certain",
        "rule": planted.rule,
        "where": planted.where,
        "printed": planted.printed,
        "expected": planted.expected,
        "unit": planted.unit,
        "message": planted.message,
        "places": [_place(document, pages, place) for place in planted.places],
    }


def _place(document: GeneratedDocument, pages: WrittenPages, place: PlantedPlace) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(("page", "bbox", "table", "row", "column", "section"))
    found["quote"] = place.quote
    if place.table is None:
        return found
    table, stands = document.tables[place.table], pages.tables[place.table]
    truth = table.truths[place.truth]
    found["table"] = table.title
    if place.row is not None:
        row = truth.rows[place.row]
        found |= {"page": stands.rows[row.printed_row], "row": " > ".join(row.path)}
        if place.column is not None:
            found |= {
                "column": " > ".join(truth.columns[place.column].path),
                "quote": row.cells[place.column].text,
            }
    return found

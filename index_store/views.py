"""Views for people who open the store's SQLite file themselves, in Datasette or ``sqlite3``."""

from __future__ import annotations

from sqlalchemy import Connection

VIEWS = {
    "figures": """
        SELECT d.file_name, d.organization, coalesce(k.fiscal_year, d.fiscal_year) AS fiscal_year, d.kind,
            t.number AS table_number, t.title AS table_title, t.standard AS table_kind,
            r.code, r.label AS item,
            (SELECT group_concat(value, ' > ') FROM json_each(r.path)) AS item_path,
            r.kind AS item_kind, r.unit_name,
            (SELECT group_concat(value, ' > ') FROM json_each(k.path)) AS column_path, k.stage,
            replace(c.text, char(12), '') AS text, c.value, c.unit, c.amount_yuan,
            coalesce(c.page_number, r.page_number) AS page_number,
            c.document_id, c.table_index, c.row_index, c.column_index
        FROM cells c
        JOIN documents d ON d.id = c.document_id
        JOIN tables t USING (document_id, table_index)
        JOIN rows r USING (document_id, table_index, row_index)
        JOIN columns k USING (document_id, table_index, column_index)
        WHERE c.text <> ''
    """,
    "contradictions": """
        SELECT d.file_name, d.organization, d.fiscal_year, d.kind AS document_kind,
            f.severity, f.kind, f.rule, f."where", f.printed, f.expected, f.unit, f.message,
            (SELECT group_concat(coalesce('p. ' || p.page_number || ': ', '') || p.quote, ' | ')
                FROM finding_places p
                WHERE p.document_id = f.document_id AND p.finding_index = f.finding_index) AS places,
            f.document_id, f.finding_index
        FROM findings f
        JOIN documents d ON d.id = f.document_id
    """,
}
"""Name -> what it shows: one line for each printed cell, and for each finding."""


def make_views(connection: Connection) -> None:
    """The views as they are to be, where the database is SQLite. They hold nothing of their own."""
    if connection.dialect.name != "sqlite":
        return
    there: dict[str, str] = dict(
        connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'view'").tuples().all()
    )
    for name, shown in VIEWS.items():
        wanted = f"CREATE VIEW {name} AS {shown}".strip()
        if there.get(name) != wanted:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
            connection.exec_driver_sql(wanted)

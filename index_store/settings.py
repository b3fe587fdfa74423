"""The store's settings, from the environment; nothing else in this package reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from index_store.errors import StoreError

READ_SECONDS = 900
READ_MEMORY_MB = 4096
READ_PAGES = 2_000
"""``ingest.detect.MAX_PAGES``, whose module takes long to load."""


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str | None = field(default=None, repr=False)
    """BUDGET_QA_DATABASE_URL: where the tables are, as SQLAlchemy writes it (it may hold a password).
    None: ``figures.sqlite`` in the store's directory."""
    embed_model: str | None = None
    """BUDGET_QA_EMBED_MODEL: a sentence-transformers model's name or path; None: the bundled one."""
    read_seconds: int = READ_SECONDS
    """BUDGET_QA_READ_SECONDS: the longest that reading one file may take."""
    read_memory_mb: int = READ_MEMORY_MB
    """BUDGET_QA_READ_MEMORY_MB: the address space that reading may use, where the platform can say so."""
    read_pages: int = READ_PAGES
    """BUDGET_QA_READ_PAGES: the most pages of one file; reading stops at 2,000 in any case."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Raises StoreError when a number is none or not above 0."""
        given = os.environ if environment is None else environment
        return cls(
            database_url=given.get("BUDGET_QA_DATABASE_URL") or None,
            embed_model=given.get("BUDGET_QA_EMBED_MODEL") or None,
            read_seconds=_positive(given, "BUDGET_QA_READ_SECONDS", READ_SECONDS),
            read_memory_mb=_positive(given, "BUDGET_QA_READ_MEMORY_MB", READ_MEMORY_MB),
            read_pages=min(READ_PAGES, _positive(given, "BUDGET_QA_READ_PAGES", READ_PAGES)),
        )


def _positive(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise StoreError(f"{name} is {text!r}; it must be a whole number above 0: correct or unset it")
    return int(text)

"""Fixtures that every test module may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["page_visit"]

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

PROJECT = Path(__file__).resolve().parent.parent


def find_shared(relative: str) -> Path:
    """A file or folder of the shared corpus, or the test is skipped with the reason."""
    root = Path(os.environ.get("BUDGET_QA_SHARED", PROJECT.parent / "shared"))
    path = root / relative
    if not path.exists():
        pytest.skip(f"no {relative} under {root}; set BUDGET_QA_SHARED to the shared folder")
    return path


@pytest.fixture
def shared_path() -> Callable[[str], Path]:
    """``shared_path("corpus/seeds")`` -> Path."""
    return find_shared

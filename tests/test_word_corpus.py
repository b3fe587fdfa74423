"""Generated budgets as Word files and web pages: what is written is what is read, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.corpus import writers
from eval.corpus.generate import generate
from eval.corpus.style import families
from eval.extraction import measure

FORMATS = ("docx", "html")


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("family", families())
def test_what_is_written_is_what_is_read(tmp_path: Path, family: str, file_format: str) -> None:
    for seed in (1, 2, 3):
        document = generate(family, seed, scale=1, most_tables=4)
        counts = measure(writers.write(document, tmp_path, file_format)).counts
        assert counts["cells right"] == counts["cells"] > 0
        assert counts["cells invented"] == 0


@pytest.mark.parametrize("file_format", FORMATS)
def test_one_document_gives_the_same_bytes(tmp_path: Path, file_format: str) -> None:
    document = generate("city_budget", 7, scale=1, most_tables=3)
    first = writers.write(document, tmp_path, file_format).read_bytes()
    assert writers.write(document, tmp_path, file_format).read_bytes() == first

"""Word (.docx) -> one Page of text lines and Grids, as the file prints with its tracked changes accepted.

Heads, feet, notes and comments live in other parts of the file and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from ingest.grid import Grid, Page, TextLine
from ingest.readers.markup import table_blocks, text_lines
from ingest.readers.word_styles import Numbering, Styles
from ingest.readers.word_table import read_rows
from ingest.readers.word_text import ParagraphText, is_centred
from ingest.readers.word_xml import Element, Package, counted, find, is_on, local

Block = TextLine | Grid


def read_word(path: Path, progress: Callable[[int, int], None] | None = None) -> list[Page]:
    """The file as one Page without a number; places have neither page nor box, ``progress`` no step.

    Raises DamagedFileError when the file is broken, and FileTooLargeError when it is over a limit.
    """
    with closing(Package(path)) as package:
        reader = _Reader(package)
        blocks = tuple(reader.blocks(package.body()))
        return [Page(None, None, None, blocks, notes=reader.notes())]


class _Reader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._styles = Styles(package.part("styles"))
        self._text = ParagraphText(self._styles, Numbering(package.part("numbering"), self._styles))
        self._page_broken = False

    def notes(self) -> tuple[str, ...]:
        """What of the file was left out, once it has been read."""
        notes = []
        if self._package.has_changes:
            notes.append("Changes are tracked in the document: it is read with all of them accepted.")
        if self._text.has_hidden:
            notes.append("Hidden text in the document was not read.")
        return tuple(notes)

    def blocks(self, elements: Iterable[Element]) -> Iterator[Block]:
        """The blocks of some neighbouring elements of the body, a cell or a text box."""
        before = ""
        for wrapped in elements:
            for element in counted(wrapped):
                if local(element) == "tbl":
                    yield from self._table(element)
                elif local(element) == "p":
                    printed = self._text.read(element, before)
                    before = printed.text if printed.goes_on else ""
                    if not printed.goes_on:
                        yield from self._lines(printed.text, find(element, "pPr"))
                    self._page_broken |= printed.breaks_page
                    for box in printed.boxes:
                        yield from self.blocks(box)
        yield from text_lines(before)

    def _lines(self, text: str, properties: Element | None) -> Iterator[TextLine]:
        is_title = self._styles.is_heading(properties) or is_centred(self._styles, properties)
        after_break = self._page_broken or is_on(self._styles.find(properties, "pageBreakBefore"))
        for line in text_lines(text, is_title=is_title, after_break=after_break):
            self._page_broken = False
            yield line

    def _table(self, table: Element) -> list[Block]:
        count, cells = read_rows(table, lambda cell: tuple(self.blocks(cell)))
        return table_blocks(count, cells, self._package.name)

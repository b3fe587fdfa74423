"""Pictures of single lines of text -> their characters, read with the models in rapidocr's wheel.

Nothing is loaded before a page needs it, and nothing is ever downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ingest.cores import core_count
from ingest.errors import IngestError
from ingest.readers.scan_picture import Grey

HEIGHT = 48
"""Pixels; the model reads lines of this height."""
NARROWEST, WIDEST = 64, 3200
"""Pixels; shorter lines are padded, longer ones are squeezed."""
BATCH_PIXELS = 1024
"""The width of all lines that are read at once; more takes more memory and no less time."""
ALIKE = (("（", "("), ("）", ")"), ("：", ":"), ("；", ";"))
"""Signs that differ in the space around them only, and are read as the first of each pair."""
BLANK = 0
"""The model's sign for no character."""


class Read(NamedTuple):
    """A character that was recognised."""

    text: str
    centre: float
    """Pixels from the left side of the line's picture."""
    confidence: float


class Recogniser:
    """Reads lines; made once and kept, since loading takes half a second."""

    def __init__(self) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = min(2, core_count())
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = InferenceSession(_model(), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *listed, " "]
        self._alike = [
            (listed.index(one) + 1, listed.index(other) + 1)
            for one, other in ALIKE
            if one in listed and other in listed
        ]

    def read(self, lines: Sequence[Grey]) -> list[list[Read]]:
        """The characters of each line, from left to right; dark on white, each line one picture."""
        found: list[list[Read]] = [[] for _ in lines]
        widths = [_width(line) for line in lines]
        batch: list[int] = []
        for index in sorted(range(len(lines)), key=lambda i: widths[i]):
            if batch and max(NARROWEST, widths[index]) * (len(batch) + 1) > BATCH_PIXELS:
                self._read_batch(lines, widths, batch, found)
                batch = []
            batch.append(index)
        if batch:
            self._read_batch(lines, widths, batch, found)
        return found

    def _read_batch(
        self, lines: Sequence[Grey], widths: Sequence[int], batch: Sequence[int], found: list[list[Read]]
    ) -> None:
        padded = max(NARROWEST, *(widths[i] for i in batch))
        values = np.zeros((len(batch), 3, HEIGHT, padded), np.float32)
        for row, i in enumerate(batch):
            scaled = cv2.resize(lines[i], (widths[i], HEIGHT), interpolation=cv2.INTER_LINEAR)
            values[row, :, :, : widths[i]] = scaled.astype(np.float32) / 127.5 - 1
        chances = self._session.run(None, {self._input: values})[0]
        for one, other in self._alike:
            chances[:, :, one] += chances[:, :, other]
            chances[:, :, other] = 0
        for row, i in enumerate(batch):
            pixels = padded / chances.shape[1] * lines[i].shape[1] / widths[i]
            found[i] = self._decoded(chances[row], pixels)

    def _decoded(self, chances: npt.NDArray[np.float32], pixels_per_step: float) -> list[Read]:
        """The likeliest character of each step; one that lasts for several steps is printed once."""
        best = chances.argmax(axis=1)
        read: list[Read] = []
        start = 0
        for step in range(1, len(best) + 1):
            if step < len(best) and best[step] == best[start]:
                continue
            if best[start] != BLANK:
                sure = float(chances[start:step, best[start]].max())
                centre = (start + step) / 2 * pixels_per_step
                read.append(Read(self._characters[best[start]], centre, sure))
            start = step
        return read


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The one of this process. Raises IngestError when the models are not installed."""
    return Recogniser()


def _width(line: Grey) -> int:
    return max(8, min(WIDEST, round(int(line.shape[1]) * HEIGHT / int(line.shape[0]))))


def _model() -> str:
    spec = find_spec("rapidocr")
    for folder in spec.submodule_search_locations or () if spec else ():
        for path in sorted((Path(folder) / "models").glob("*_rec_*.onnx")):
            return str(path)
    raise IngestError(
        "the pages are pictures, and text recognition is not installed; pip install 'rapidocr>=3.10,<4'"
    )

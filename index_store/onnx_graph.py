"""A model for ONNX Runtime, written without the ``onnx`` package: its file is Protocol Buffers.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_FLOAT, _INT8, _INT32, _INT64 = 1, 3, 6, 7
_ELEMENTS = {"float32": _FLOAT, "int8": _INT8, "int32": _INT32, "int64": _INT64}
_IR_VERSION, _OPSET, _OWN_OPSET = 8, 18, 1
_OWN_DOMAIN = "com.microsoft"
_OWN = frozenset({"DynamicQuantizeMatMul", "Gelu", "MultiHeadAttention"})
"""Operators that are ONNX Runtime's own, and not ONNX's."""


class Graph:
    """Nodes and constants, in the order in which they are worked."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        dimensions = b"".join(_number(1, size) for size in values.shape)
        kind = _number(2, _ELEMENTS[values.dtype.name])
        data = _bytes(9, np.ascontiguousarray(values).tobytes())
        self._constants.append(_bytes(5, dimensions + kind + _text(8, name) + data))
        return name

    def node(self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: int) -> None:
        body = b"".join(_text(1, name) for name in inputs) + b"".join(_text(2, name) for name in outputs)
        body += _text(4, operator) + b"".join(_attribute(*pair) for pair in attributes.items())
        self._nodes.append(_bytes(1, body + _text(7, _OWN_DOMAIN if operator in _OWN else "")))

    def model(self, inputs: Iterable[bytes], outputs: Iterable[bytes]) -> bytes:
        """The whole file; ``tensor`` makes what goes in and comes out."""
        ends = [_bytes(11, end) for end in inputs] + [_bytes(12, end) for end in outputs]
        graph = b"".join([*self._nodes, _text(2, "graph"), *self._constants, *ends])
        opsets = (_text(1, "") + _number(2, _OPSET), _text(1, _OWN_DOMAIN) + _number(2, _OWN_OPSET))
        return _number(1, _IR_VERSION) + _bytes(7, graph) + b"".join(_bytes(8, opset) for opset in opsets)


def tensor(name: str, element: str, *sizes: int | str) -> bytes:
    """What goes in or comes out; a size that is a name may be any."""
    shape = b"".join(_bytes(1, _text(2, s) if isinstance(s, str) else _number(1, s)) for s in sizes)
    kind = _bytes(1, _number(1, _ELEMENTS[element]) + _bytes(2, shape))
    return _text(1, name) + _bytes(2, kind)


def _attribute(name: str, value: int) -> bytes:
    return _bytes(5, _text(1, name) + _number(3, value) + _number(20, 2))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])

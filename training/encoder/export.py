"""Write a trained encoder as one int8 ONNX file:
`python -m training.encoder.export --trained FOLDER --out pipeline/models/encoder`.

The graph is built node by node, for one window without padding. Matrices are int8 with a scale a
column, the vocabulary int8 with a scale a row; activations get their scale per window at run time.
Attention and the small heads stay float32.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from training.encoder.data import NAMES

_OPSET = 17
_PARTS = ("arc", "label")
_FUSED = "com.microsoft"
_EPSILON = 1e-12
_LARGEST_WEIGHT = 63
"""Seven bits: without VNNI, a processor adds products in 16 bits, which eight would overflow."""


class Graph:
    """Nodes and constants of an ONNX graph under construction."""

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def add(
        self,
        kind: str,
        *inputs: str,
        domain: str = "",
        count: int = 1,
        name: str = "",
        **attributes: object,
    ) -> str:
        """Append a node and return its (first) output; more outputs end in :1, :2 and so on."""
        first = name or f"{kind}_{len(self.nodes)}"
        outputs = [first] + [f"{first}:{n}" for n in range(1, count)]
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return first

    def constant(self, name: str, value: np.ndarray) -> str:
        """Store a constant once and return its name."""
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        """A trained tensor as float32 constant."""
        return self.constant(name, self.tensors[name].astype(np.float32))

    def linear(self, x: str, name: str) -> str:
        """`x` times a float32 matrix, plus bias."""
        matrix = self.constant(f"{name}.matrix", self.tensors[f"{name}.weight"].T)
        return self.add("Add", self.add("MatMul", x, matrix), self.weight(f"{name}.bias"))

    def int8(self, x: str, name: str, bias: bool = True) -> str:
        """`x` times an int8 matrix, plus bias; `x` is quantised by its own range."""
        quantised, scale = columns_int8(self.tensors[f"{name}.weight"].T)
        inputs = [
            x,
            self.constant(f"{name}.int8", quantised),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros(quantised.shape[1], np.int8)),
        ]
        if bias:
            inputs.append(self.weight(f"{name}.bias"))
        return self.add("DynamicQuantizeMatMul", *inputs, domain=_FUSED)

    def norm(self, x: str, other: str, name: str) -> str:
        """Layer norm of a sum, as two nodes: the fused one is eight times as slow on a CPU."""
        total = self.add("Add", x, other)
        return self.add(
            "LayerNormalization",
            total,
            self.weight(f"{name}.weight"),
            self.weight(f"{name}.bias"),
            epsilon=_EPSILON,
        )


def columns_int8(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An int8 matrix and the float32 scale of each column."""
    scale = np.abs(matrix).max(axis=0) / _LARGEST_WEIGHT
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


def build(tensors: dict[str, np.ndarray], sizes: dict[str, int]) -> onnx.ModelProto:
    """The model: `pieces` and `first` (piece number of each word) in, heads' outputs out."""
    graph = Graph(tensors)
    axis = {n: graph.constant(f"axis{n}", np.array([n], np.int64)) for n in (0, 1)}
    rows, scale = columns_int8(tensors["pieces.weight"].T)
    table = graph.constant("pieces.int8", rows.T)
    scales = graph.constant("pieces.scale", scale[:, None])
    x = graph.add("Cast", graph.add("Gather", table, "pieces"), to=TensorProto.FLOAT)
    x = graph.add("Mul", x, graph.add("Gather", scales, "pieces"))
    length = graph.add("Shape", "pieces")
    zero = graph.constant("zero", np.zeros(1, np.int64))
    positions = graph.add("Slice", graph.weight("positions.weight"), zero, length)
    x, positions = (graph.add("Unsqueeze", value, axis[0]) for value in (x, positions))
    x = graph.norm(x, positions, "norm")
    for n in range(sizes["layers"]):
        x = _layer(graph, x, f"layers.{n}", sizes["attention_heads"])
    words = graph.add("Gather", graph.add("Squeeze", x, axis[0]), "first")
    _heads(graph, words, axis)
    return _model(graph, sizes)


def _layer(graph: Graph, x: str, name: str, heads: int) -> str:
    qkv = graph.add("Split", graph.int8(x, f"{name}.qkv"), count=3, axis=2)
    mixed = graph.add(
        "MultiHeadAttention", qkv, f"{qkv}:1", f"{qkv}:2", domain=_FUSED, num_heads=heads
    )
    x = graph.norm(x, graph.int8(mixed, f"{name}.attended"), f"{name}.attended_norm")
    wide = graph.int8(x, f"{name}.wide", bias=False)
    wide = graph.add("BiasGelu", wide, graph.weight(f"{name}.wide.bias"), domain=_FUSED)
    return graph.norm(x, graph.int8(wide, f"{name}.narrow"), f"{name}.norm")


def _heads(graph: Graph, words: str, axis: dict[int, str]) -> None:
    graph.add("Softmax", graph.linear(words, "names"), axis=1, name="names")
    sizes = graph.constant("claim_sizes", np.array([7, 3, 3], np.int64))
    parts = graph.add("Split", graph.linear(words, "claims"), sizes, count=3, axis=1)
    tags = [graph.add("Softmax", part, axis=1) for part in (parts, f"{parts}:1", f"{parts}:2")]
    graph.add("Concat", *tags, axis=1, name="claims")
    start = graph.add("Squeeze", graph.linear(words, "starts"), axis[1])
    graph.add("Sigmoid", start, name="starts")
    graph.add("Softmax", graph.linear(words, "upos"), axis=1, name="upos")

    def part(which: str) -> str:
        return graph.add("Relu", graph.linear(words, f"parser.{which}"))

    def with_one(x: str) -> str:
        pads = graph.constant("one_more", np.array([0, 0, 0, 1], np.int64))
        one = graph.constant("one", np.ones((), np.float32))
        return graph.add("Pad", x, pads, one)

    word = with_one(part("arc_word"))
    head = graph.add("Transpose", part("arc_head"), perm=[1, 0])
    arcs = graph.add("MatMul", graph.add("MatMul", word, graph.weight("parser.arc")), head)
    graph.add("LogSoftmax", arcs, axis=1, name="arcs")
    word = with_one(part("label_word"))
    head = graph.add("Transpose", with_one(part("label_head")), perm=[1, 0])
    labels = graph.add("MatMul", graph.add("MatMul", word, graph.weight("parser.label")), head)
    graph.add("ArgMax", labels, axis=0, keepdims=0, name="labels")


def _model(graph: Graph, sizes: dict[str, int]) -> onnx.ModelProto:
    floats, whole = TensorProto.FLOAT, TensorProto.INT64
    outputs = {
        "names": (floats, ["words", sizes["names"]]),
        "claims": (floats, ["words", 13]),
        "starts": (floats, ["words"]),
        "upos": (floats, ["words", sizes["upos"]]),
        "arcs": (floats, ["words", "words"]),
        "labels": (whole, ["words", "words"]),
    }
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [
                helper.make_tensor_value_info("pieces", whole, ["pieces"]),
                helper.make_tensor_value_info("first", whole, ["words"]),
            ],
            [helper.make_tensor_value_info(name, *shape) for name, shape in outputs.items()],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)],
    )
    model.ir_version = 9
    return model


def with_reference_treebank(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The tensors with the offset of the first treebank worked into the syntax heads' biases."""
    folded = dict(tensors)
    offset = folded.pop("treebanks.weight")[0]
    for name in ("upos", *(f"parser.{part}_{end}" for part in _PARTS for end in ("word", "head"))):
        folded[f"{name}.bias"] = folded[f"{name}.bias"] + folded[f"{name}.weight"] @ offset
    return folded


def export(trained: Path, out: Path, name: str, version: str) -> None:
    """Write `model.onnx`, `pieces.json` and `labels.json` to `out` from a training folder."""
    state = torch.load(trained / "model.pt", map_location="cpu")
    labels = json.loads((trained / "labels.json").read_text("utf-8"))
    tensors = with_reference_treebank({key: value.float().numpy() for key, value in state.items()})
    out.mkdir(parents=True, exist_ok=True)
    model = build(tensors, labels["sizes"])
    onnx.save(model, out / "model.onnx")
    shutil.copyfile(trained / "pieces.json", out / "pieces.json")
    described = {
        "name": name,
        "version": version,
        "longest_pieces": labels["sizes"]["positions"],
        "names": list(NAMES),
        "upos": labels["upos"],
        "deps": labels["deps"],
    }
    (out / "labels.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--trained", type=Path, default=Path("build/encoder"))
    arguments.add_argument("--out", type=Path, default=Path("pipeline/models/encoder"))
    arguments.add_argument("--version", default="1")
    options = arguments.parse_args()
    export(options.trained, options.out, "bilingual-encoder", options.version)


if __name__ == "__main__":
    main()

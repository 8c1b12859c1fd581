"""Take a shipped encoder up again for training:
`python -m training.encoder.resume [--model FOLDER] --out build/encoder`.

Writes what a training stage starts from: the weights (`model.pt`, the int8 ones as float32), the
vocabulary (`pieces.json`, `kept.json`) and the labels (`labels.json`). Then
`python -m training.encoder.train --data DATA --start build/encoder/model.pt --stage NAME` goes on.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.encoder.weights import read_pretrained


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """The float32 tensors of a `model.onnx` that `export.py` wrote, by their training names.

    Raises: ValueError where the file holds no vocabulary of the encoder.
    """
    stored = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer
    }
    if "pieces.int8" not in stored:
        raise ValueError(f"{path} was not written by the encoder's export")
    tensors = {}
    for name, value in stored.items():
        place, _, kind = name.rpartition(".")
        if kind == "int8" and place == "pieces":
            tensors["pieces.weight"] = value * stored["pieces.scale"]
        elif kind == "int8":
            tensors[f"{place}.weight"] = (value * stored[f"{place}.scale"]).T
        elif kind == "matrix":
            tensors[f"{place}.weight"] = value.T
        elif kind in ("weight", "bias") or place == "parser":
            tensors[name] = value
    return {name: np.array(value, np.float32, order="C") for name, value in tensors.items()}


def resume(shipped: Path, out: Path) -> None:
    """Write the training folder `out` from the model in `shipped`."""
    out.mkdir(parents=True, exist_ok=True)
    pretrained = read_pretrained()
    tensors = read_tensors(shipped / "model.onnx")
    described = json.loads((shipped / "labels.json").read_text("utf-8"))
    labels = {layer: described[layer] for layer in ("upos", "deps")}
    rows = {piece: number for number, piece in enumerate(pretrained.pieces)}
    pieces, _ = json.loads((shipped / "pieces.json").read_text("utf-8"))
    (out / "labels.json").write_text(json.dumps(labels), "utf-8")
    (out / "kept.json").write_text(json.dumps([rows[piece] for piece in pieces]), "utf-8")
    shutil.copyfile(shipped / "pieces.json", out / "pieces.json")
    torch.save({name: torch.from_numpy(value) for name, value in tensors.items()}, out / "model.pt")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--model", type=Path, default=Path("pipeline/models/encoder"))
    arguments.add_argument("--out", type=Path, default=Path("build/encoder"))
    options = arguments.parse_args()
    resume(options.model, options.out)


if __name__ == "__main__":
    main()

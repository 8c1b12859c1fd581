"""The encoder's training tools; skipped where PyTorch and ONNX are not installed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

from onnx import numpy_helper

from training.encoder.data import NAMES, Sentence
from training.encoder.export import build, with_reference_treebank
from training.encoder.model import EncoderModel, Sizes
from training.encoder.resume import read_tensors
from training.encoder.swaps import name_pool, swapped
from training.encoder.windows import Window, noisy

PER, IN_PER, ORG, LOC = (NAMES.index(tag) for tag in ("B-PER", "I-PER", "B-ORG", "B-LOC"))
SHIPPED = Path(__file__).parents[2] / "pipeline" / "models" / "encoder" / "model.onnx"


def a_model() -> EncoderModel:
    return EncoderModel(
        Sizes(
            hidden=32,
            layers=1,
            attention_heads=4,
            pieces=20,
            positions=16,
            names=len(NAMES),
            upos=5,
            deps=6,
            arc=8,
            label=8,
            treebanks=3,
        )
    )


class TestResume:
    def test_weights_read_back_export_to_the_same_file(self) -> None:
        tensors = read_tensors(SHIPPED)
        again = build(tensors, {"layers": 10, "attention_heads": 12, "names": len(NAMES)})
        weights = {t.name: numpy_helper.to_array(t) for t in again.graph.initializer}

        import onnx

        for tensor in onnx.load(SHIPPED).graph.initializer:
            np.testing.assert_allclose(
                weights[tensor.name], numpy_helper.to_array(tensor), rtol=1e-6, err_msg=tensor.name
            )

    def test_a_file_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        import onnx

        onnx.save(onnx.ModelProto(), tmp_path / "other.onnx")
        with pytest.raises(ValueError, match="not written by the encoder"):
            read_tensors(tmp_path / "other.onnx")


class TestTreebankOffsets:
    def test_the_first_treebank_s_offset_goes_into_the_biases(self) -> None:
        import torch

        torch.manual_seed(3)
        model = a_model()
        torch.nn.init.normal_(model.treebanks.weight)
        words = torch.randn(1, 4, 32)
        moved = model.syntax_words(words, torch.zeros(1, dtype=torch.long))
        expected = model.upos(moved), model.parser.arcs(moved), model.parser.labels(moved)

        folded = with_reference_treebank({n: t.numpy() for n, t in model.state_dict().items()})
        model.load_state_dict({n: torch.from_numpy(t) for n, t in folded.items()}, strict=False)
        found = model.upos(words), model.parser.arcs(words), model.parser.labels(words)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)


class TestSwaps:
    sentence = Sentence(
        ("Anna", "Rossi", "lives", "in", "Milan", "and", "supports", "Milan", "and", "polizia"),
        (PER, IN_PER, 0, 0, LOC, 0, 0, ORG, 0, ORG),
    )
    window = Window(
        ["Anna", "Rossi", "said", ":", "Anna", "Rossi", "knows", "."],
        [PER, IN_PER, 0, 0, PER, IN_PER, 0, 0],
        [1, 0, 0, 0, 0, 0, 0, 0],
        claims=[(0, 0, 1), (0, 0, 2), (0, 1, 0), (0, 0, 0), *[(1, 0, 0)], *[(2, 0, 0)] * 3],
    )

    def test_the_pool_holds_names_of_one_label_that_begin_with_a_capital(self) -> None:
        pool = name_pool([self.sentence])
        assert pool == {"PER": [("Anna", "Rossi")], "ORG": [], "LOC": []}

    def test_a_recurring_name_gets_the_same_name_and_targets_follow(self) -> None:
        pool = {"PER": [("Chen", "Yu", "Fei")], "ORG": [], "LOC": []}
        found = [swapped(self.window, pool, {}, random.Random(n)) for n in range(20)]
        changed = [window for window in found if window.words != self.window.words]
        assert 0 < len(changed) < 20
        for window in changed:
            assert " ".join(window.words) == "Chen Yu Fei said : Chen Yu Fei knows ."
            assert window.names == [PER, IN_PER, IN_PER, 0, 0, PER, IN_PER, IN_PER, 0, 0]
            assert window.starts == [1] + [0] * 9
            assert [tags[2] for tags in window.claims] == [1, 2, 2] + [0] * 7
            assert [tags[0] for tags in window.claims] == [0] * 5 + [1] + [2] * 4


class TestNoise:
    def test_targets_stay_with_their_words_where_full_stops_are_lost(self) -> None:
        words = ["Torna", "Anna", ".", "Roma", "attende", "."]
        window = Window(words, [0, PER, 0, LOC, 0, 0], [1, 0, 0, 1, 0, 0])
        shorter = [w for n in range(300) if len((w := noisy(window, random.Random(n))).words) < 6]
        assert shorter
        for found in shorter:
            named = {
                word.lower(): name for word, name in zip(found.words, found.names, strict=True)
            }
            assert (named["anna"], named["roma"]) == (PER, LOC)
            assert len(found.starts) == len(found.words)

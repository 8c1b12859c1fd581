"""The public face: names, laziness, and the promises of its three functions."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pipeline


def test_public_names_resolve() -> None:
    assert sorted(pipeline.__all__) == dir(pipeline)
    for name in pipeline.__all__:
        assert getattr(pipeline, name) is not None
    with pytest.raises(AttributeError):
        _ = pipeline.nothing


def test_importing_loads_no_heavy_library() -> None:
    code = (
        "import sys, pipeline, pipeline.cli.main;"
        "heavy = ('spacy', 'pandas', 'onnxruntime', 'numpy', 'rich');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The mayor said that the bridge would open in the spring of next year.", "en"),
        ("La sindaca ha detto che il ponte sarà aperto nella primavera dell'anno prossimo.", "it"),
        ("", "und"),
        ("12345 67890", "und"),
    ],
)
def test_detect_language_gives_a_code_or_abstains(text: str, code: str) -> None:
    found, confidence = pipeline.detect_language(text)
    assert found == code
    assert 0 <= confidence <= 1


@pytest.mark.models
def test_align_segments_covers_both_sides_in_order() -> None:
    english = [
        "The bridge is safe.",
        "It was built in 1998. It cost 3 million euros.",
        "Nobody was hurt.",
    ]
    italian = ["Il ponte è sicuro.", "È stato costruito nel 1998.", "È costato 3 milioni di euro."]
    beads = pipeline.align_segments(english, italian)
    assert [i for bead in beads for i in bead[0]] == [0, 1, 2]
    assert [i for bead in beads for i in bead[1]] == [0, 1, 2]
    assert ((1,), (1, 2)) in [(tuple(bead[0]), tuple(bead[1])) for bead in beads]
    assert pipeline.align_segments([], []) == []
    assert all(0 <= bead[2] <= 1 for bead in beads)

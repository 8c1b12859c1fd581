"""Coverage-guided fuzzing: ``python -m tests.fuzz TARGET [-max_total_time=600]``.

Needs the package atheris. Finds are written to the working directory as ``crash-*``.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["pipeline"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()

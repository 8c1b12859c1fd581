"""Python processes of our own, which find the same modules as the process that starts them.

``python -m`` would look in the current folder first: a file there that is called like a library
(``queue.py`` among somebody's scripts) would be taken for it. And it would not look beside the
script that started a run, where stages of its own may be.
"""

from __future__ import annotations

import json
import os
import sys

_START = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def python_module(module: str, *arguments: str) -> list[str]:
    """The command line that runs ``module`` like ``python -m`` does, with this process's path."""
    path = [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100
    return [sys.executable, "-P", "-c", _START, json.dumps(path), module, *arguments]

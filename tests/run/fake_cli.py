"""The command line over `fake_stages`: ``python -m tests.run.fake_cli run PATHS -o DIR``.

FAKE_BUILDER in the environment names another builder.
"""

import os
from functools import partial

from pipeline.cli.main import cli
from pipeline.run import local, runner
from tests.run.fake_stages import BUILDER

runner.Request = partial(runner.Request, builder=os.environ.get("FAKE_BUILDER", BUILDER))
local.LOADING_SECONDS = 0.0
local.BYTES_PER_START = 0

if __name__ == "__main__":
    cli(prog_name="pipeline")

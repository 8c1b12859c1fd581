"""The command line over `fake_stages`: ``python -m fake_cli run PATHS -o DIR``."""

from functools import partial

import pipeline.run.runner as runner
from fake_stages import BUILDER
from pipeline.cli.main import cli

runner.Request = partial(runner.Request, builder=BUILDER)  # type: ignore[misc, assignment]

if __name__ == "__main__":
    cli(prog_name="pipeline")

"""What every test stands on: the same examples and the same surroundings in every run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# An unlucky example, or one that had to wait for the processor, must not fail a change that has
# nothing to do with it. New examples are looked for on purpose: pytest --hypothesis-profile=search
_PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _PATIENT, derandomize=True)
settings.register_profile("search", _PATIENT, max_examples=2000)
settings.load_profile("same")

# What a shell may say about output, and about the way to services: tests ask those on loopback.
_SURROUNDINGS = (
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
)
for _name in _SURROUNDINGS:
    os.environ.pop(_name, None)
os.environ["TERM"] = "xterm-256color"  # a dumb one has no colours to look for

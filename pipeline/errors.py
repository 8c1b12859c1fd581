"""The error tree, named by consequence.

    PipelineError
    ├── UsageError          wrong use or configuration: exit code 2
    ├── ResourceError       a model, library or service is missing: says which command fetches it
    ├── SkipDocument        the document is left out, with a reason: counted, no failure
    └── DocumentError       the document cannot go on: quarantined with its stage

A message says what happened, where, and what to do.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 1


class UsageError(PipelineError):
    """The call or the configuration is wrong; nothing was done."""

    exit_code = 2


class ResourceError(PipelineError):
    """Something that a stage needs is not installed, not found, or damaged."""

    exit_code = 2


class SkipDocument(PipelineError):
    """This document is not for us (a third language, nothing to read, a duplicate)."""


class DocumentError(PipelineError):
    """This document cannot go on; it is put into quarantine and the others continue."""

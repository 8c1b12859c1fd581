"""Paths and streams become sources."""

from pipeline.inputs.discover import Rejected, discover

__all__ = ["Rejected", "discover"]

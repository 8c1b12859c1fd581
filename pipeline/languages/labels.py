"""Entity labels of the spaCy models, mapped to the common set.

Source: OntoNotes 5 labels for English (Weischedel et al. 2013); the Italian models use
WikiNER's four. Labels that are no names (dates, amounts, nationalities) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.core.layers import Label

_COMMON: Final[Mapping[str, Label]] = {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "MISC": "MISC"}

ENTITY_LABELS: Final[Mapping[str, Mapping[str, Label]]] = {
    "en": {
        **_COMMON,
        "PERSON": "PER",
        "GPE": "LOC",
        "FAC": "LOC",
        "EVENT": "MISC",
        "LAW": "MISC",
        "PRODUCT": "MISC",
        "WORK_OF_ART": "MISC",
    },
    "it": _COMMON,
}

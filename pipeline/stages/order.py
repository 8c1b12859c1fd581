"""The stages, in order. Registration is this list and nothing else."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from pipeline.backends.resources import Resources
from pipeline.config import Config
from pipeline.core.record import Provenance
from pipeline.stages.analyze import AnalyzeStage
from pipeline.stages.assemble import AssembleStage
from pipeline.stages.base import Stage
from pipeline.stages.claims.stage import ClaimsStage
from pipeline.stages.detect import DetectStage
from pipeline.stages.entities.stage import EntitiesStage
from pipeline.stages.ingest.stage import IngestStage
from pipeline.stages.normalize.stage import NormalizeStage
from pipeline.stages.project import ProjectStage
from pipeline.stages.segment import SegmentStage
from pipeline.stages.translate import TranslateStage
from pipeline.stages.values.stage import ValuesStage

STAGE_TYPES: tuple[type[Stage[Any]], ...] = (
    IngestStage,
    DetectStage,
    NormalizeStage,
    AnalyzeStage,
    SegmentStage,
    EntitiesStage,
    ValuesStage,
    ClaimsStage,
    TranslateStage,
    ProjectStage,
    AssembleStage,
)
STAGE_NAMES = tuple(stage.name for stage in STAGE_TYPES)
STAGE_FOLDERS = {stage.name: f"{n:02d}-{stage.name}" for n, stage in enumerate(STAGE_TYPES, 1)}

DISTRIBUTION = "duevoci"


def build_stages(
    config: Config, resources: Resources, settings_sha256: str
) -> tuple[Stage[Any], ...]:
    """The stages with their settings and resources, in order."""
    stages: tuple[Stage[Any], ...] = (
        IngestStage(),
        DetectStage(config.detect, resources.detector),
        NormalizeStage(config.normalize),
        AnalyzeStage(resources.analyzer),
        SegmentStage(),
        EntitiesStage(config.entities),
        ValuesStage(),
        ClaimsStage(config.claims),
        TranslateStage(resources.translator),
        ProjectStage(),
    )
    return (*stages, AssembleStage(_provenance(stages, settings_sha256)))


def package_version() -> str:
    """The version of the installed package."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "0+unknown"


def _provenance(stages: tuple[Stage[Any], ...], settings_sha256: str) -> Provenance:
    versions = {stage.name: stage.version for stage in stages}
    versions[AssembleStage.name] = AssembleStage.version
    models = {name: value for stage in stages for name, value in stage.resources.items()}
    return Provenance(package_version(), versions, models, settings_sha256)

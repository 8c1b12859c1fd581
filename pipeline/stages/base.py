"""What a stage is: a pure function from earlier layers of one document to one new layer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

LayerType = TypeVar("LayerType")
Written_co = TypeVar("Written_co", covariant=True)


class UndeclaredLayer(RuntimeError):
    """A stage looked at a layer that its ``reads`` does not name: a defect of the stage."""


class View:
    """The layers of one document that a stage declared to read.

    ``view[Text]`` is typed as `Text`; a layer missing from the declaration raises.
    """

    __slots__ = ("_allowed", "_layers")

    def __init__(self, layers: Mapping[type, object], allowed: tuple[type, ...]) -> None:
        self._layers = layers
        self._allowed = allowed

    def __getitem__(self, layer: type[LayerType]) -> LayerType:
        if layer not in self._allowed:
            raise UndeclaredLayer(f"{layer.__name__} is not among the declared layers")
        return cast(LayerType, self._layers[layer])


class Stage(ABC, Generic[Written_co]):
    """One step of the pipeline.

    ``version`` is raised whenever the output may change. ``settings`` is the stage's own frozen
    settings object; ``resources`` gives the identity (library and model versions) of whatever the
    stage was constructed with. Name, version, settings, resources and the keys of the layers read
    make the key under which the result is kept.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    reads: ClassVar[tuple[type, ...]]
    writes: ClassVar[type]

    settings: Any = None

    @property
    def resources(self) -> Mapping[str, str]:
        """Names and versions of the resources that shape the output."""
        return {}

    @abstractmethod
    def apply(self, view: View) -> Written_co:
        """The new layer. Pure: no files, clock, environment or module state.

        Raises: SkipDocument or DocumentError when this document cannot go on.
        """

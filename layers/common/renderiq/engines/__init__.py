"""Engines turn a viewport capture into a render. They share one protocol; each has a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from renderiq.domain.render_layers import LayerKind, LayerMaterial
from renderiq.domain.renders import AspectRatio, EngineReport, OutputFormat, Quality
from renderiq.domain.scene_description import Camera, Sun, SurfaceMaterial
from renderiq.domain.styles import SceneSetting, StyleVersion


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """The input of an engine. ``image`` is a PNG or JPEG file, as uploaded.

    If the plugin sent them, ``depth_image`` (grey, white is near), ``material_id_image`` (one flat colour per
    material) and ``normal_image`` (the surface normal as colour) show the same view in the same number of pixels.
    ``materials`` names the material of colours, ``#rrggbb``, of the id image. An engine that cannot use them ignores
    them. ``model`` is
    the provider's id of a model, for an engine that has several. ``model_file`` is a 3D model, for an engine that
    renders models; ``image`` is empty then. The engine may move or change the file. ``output_size`` is set if the
    output keeps the proportions of the capture; ``aspect_ratio`` is then the nearest one, for services that know only
    some ratios. ``setting`` is what the user's own style says of time, weather, season and ground; the prompt
    overrules it. ``layers`` are wanted beside the picture, from an engine that renders models.
    """

    image: bytes
    style: StyleVersion
    quality: Quality
    aspect_ratio: AspectRatio
    seed: int
    prompt: str = ""
    negative_prompt: str = ""
    structure_strength: float = 0.7
    output_format: OutputFormat = OutputFormat.PNG
    depth_image: bytes | None = None
    material_id_image: bytes | None = None
    normal_image: bytes | None = None
    camera: Camera | None = None
    materials: Mapping[str, SurfaceMaterial] = field(default_factory=dict, hash=False)
    model: str = ""
    platform: str = "unknown"
    output_size: tuple[int, int] | None = None
    setting: SceneSetting = field(default_factory=SceneSetting)
    model_file: Path | None = None
    sun: Sun | None = None
    layers: tuple[LayerKind, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """``(width, height)`` that the output must have, in pixels."""
        return self.output_size or self.aspect_ratio.size(self.quality)


@dataclass(frozen=True, slots=True)
class MadeLayer:
    """A layer as a PNG file. ``near`` and ``far`` are metres, of the depth only."""

    kind: LayerKind
    image: bytes
    near: float | None = None
    far: float | None = None
    materials: tuple[LayerMaterial, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """The rendered image and a WebP thumbnail. Both are encoded files without metadata of the input.

    ``report`` is None if the engine does not report how it treated the capture. ``layers`` are those of the request.
    """

    image: bytes
    content_type: str
    thumbnail: bytes
    width: int
    height: int
    report: EngineReport | None = None
    layers: tuple[MadeLayer, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineDependencies:
    """What an engine may need: ``secret`` reads a secret by its id, ``client`` returns the client of an AWS service."""

    secret: Callable[[str], str]
    client: Callable[[str], Any]


class RenderCancelledError(Exception):
    """The engine stopped because ``should_cancel`` returned True."""


class PermanentEngineError(Exception):
    """The request can never be rendered.

    The message is a sentence for the user, and ``code`` is the name of an ``ErrorCode``.
    """

    def __init__(self, message: str, *, code: str = "RENDER_FAILED") -> None:
        super().__init__(message)
        self.code = code


class TooLargeForWorkerError(PermanentEngineError):
    """The request needs more memory or time than this worker has. A larger one may render it."""


class RetryableEngineError(Exception):
    """Another attempt may succeed. ``retry_after`` is in seconds, if the provider gave it."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Engine(Protocol):
    """Renders images."""

    name: str

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """Renders one image. Calls ``on_progress`` with 0 to 100, and ``should_cancel``, between its stages.

        Raises ``RenderCancelledError``, ``RetryableEngineError`` or ``PermanentEngineError``.
        """
        ...


class ProgressReporter:
    """Reports the progress of one render, and stops it if cancellation was requested."""

    def __init__(self, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]) -> None:
        self._on_progress = on_progress
        self._should_cancel = should_cancel

    def report(self, percent: int) -> None:
        """Reports the progress, 0 to 100. Raises ``RenderCancelledError``."""
        # The worker learns of a cancellation when it stores the progress, so this comes first.
        self._on_progress(percent)
        if self._should_cancel():
            raise RenderCancelledError

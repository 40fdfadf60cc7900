"""What turns a viewport capture into a render: one protocol, one module per engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from renderiq.domain.renders import AspectRatio, OutputFormat, Quality, Style


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """One picture to make. ``image`` is a PNG or JPEG file, as uploaded.

    ``depth_image`` (grey, white is near) and ``material_id_image`` (one flat colour per material) show the same view in
    the same number of pixels, where the plugin sent them; an engine that cannot use them ignores them. ``model`` is the
    provider's id of a model, for an engine that has several.
    """

    image: bytes
    style: Style
    quality: Quality
    aspect_ratio: AspectRatio
    seed: int
    prompt: str = ""
    negative_prompt: str = ""
    structure_strength: float = 0.7
    output_format: OutputFormat = OutputFormat.PNG
    depth_image: bytes | None = None
    material_id_image: bytes | None = None
    model: str = ""
    platform: str = "unknown"

    @property
    def size(self) -> tuple[int, int]:
        """``(width, height)`` that the output must have, in pixels."""
        return self.aspect_ratio.size(self.quality)


class EngineMode(StrEnum):
    """How freely an engine treated a capture."""

    REPAINTED = "repainted"
    """All surfaces were shaded anew."""
    MIXED = "mixed"
    """The capture's own pixels were kept and lit; only what is certain, such as the background, was painted anew."""
    GRADED = "graded"
    """The capture was enlarged and graded."""


@dataclass(frozen=True, slots=True)
class EngineReport:
    """How an engine treated a capture, its ``confidence`` (0..1) in what it recognised, and why it kept pixels."""

    mode: EngineMode
    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A finished picture and its small WebP, both as encoded files without any metadata of the input.

    ``report`` is None if the engine does not report how it treated the capture.
    """

    image: bytes
    content_type: str
    thumbnail: bytes
    width: int
    height: int
    report: EngineReport | None = None


@dataclass(frozen=True, slots=True)
class EngineDependencies:
    """What the world outside gives an engine that asks for it: secrets by id, and clients of AWS services by name."""

    secret: Callable[[str], str]
    client: Callable[[str], Any]


class RenderCancelledError(Exception):
    """``should_cancel`` answered yes; the engine stopped between two stages."""


class PermanentEngineError(Exception):
    """The picture can never be made from this request. ``code`` names an entry of the error catalogue."""

    def __init__(self, message: str, *, code: str = "RENDER_FAILED") -> None:
        super().__init__(message)
        self.code = code


class RetryableEngineError(Exception):
    """Worth another attempt; ``retry_after`` is in seconds, where the provider said."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Engine(Protocol):
    """Turns one request into one picture."""

    name: str

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        """Calls ``on_progress`` with 0 to 100 as stages pass, and ``should_cancel`` between them.

        Raises ``RenderCancelledError``, ``RetryableEngineError`` or ``PermanentEngineError``.
        """
        ...


class Stages:
    """The stages of one picture: says that one has passed, and stops there if cancellation was asked for."""

    def __init__(self, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]) -> None:
        self._on_progress = on_progress
        self._should_cancel = should_cancel

    def passed(self, percent: int) -> None:
        """Raises ``RenderCancelledError``."""
        # Reporting is what brings the news of a cancellation.
        self._on_progress(percent)
        if self._should_cancel():
            raise RenderCancelledError

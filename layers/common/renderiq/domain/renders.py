"""A render: what a user may order, what it costs, and its state. ``render_transitions`` has the changes of status."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from renderiq.domain.path_tracing import seconds_to_wait
from renderiq.domain.render_layers import LayerKind, RenderLayer
from renderiq.domain.retention import RetentionPeriod
from renderiq.domain.scene_description import Camera, Sun, SurfaceMaterial
from renderiq.domain.styles import StyleChanges, style_id_of


class Quality(StrEnum):
    """The size of the output, and what it costs."""

    STANDARD = "standard"
    HIGH = "high"
    ULTRA = "ultra"

    @property
    def cost(self) -> int:
        """Credits debited when a render of this quality is accepted."""
        return _COST[self]

    @property
    def short_side(self) -> int:
        """Pixels on the shorter side of the output."""
        return _SHORT_SIDE[self]


class AspectRatio(StrEnum):
    """The proportions of the output, width to height."""

    WIDE = "16:9"
    CLASSIC = "4:3"
    SQUARE = "1:1"
    TALL = "9:16"
    PHOTO = "3:2"
    PHOTO_TALL = "2:3"

    def size(self, quality: Quality) -> tuple[int, int]:
        """Returns the output's ``(width, height)`` in pixels."""
        across, down = (int(part) for part in self.value.split(":"))
        short = quality.short_side
        return short * across // min(across, down), short * down // min(across, down)


def nearest_ratio(size: tuple[int, int]) -> AspectRatio:
    """Returns the ratio that is nearest to that of ``size``; twice as wide is as far as half as wide."""
    width, height = size

    def distance(ratio: AspectRatio) -> float:
        across, down = (int(part) for part in ratio.value.split(":"))
        return abs(math.log(width * down / (height * across)))

    return min(AspectRatio, key=distance)


def source_size(size: tuple[int, int], quality: Quality) -> tuple[int, int]:
    """Returns the output ``(width, height)`` with the ratio of ``size``, up to ``MAX_SOURCE_RATIO`` to 1.

    The shorter side is that of the quality, unless the output would then have more pixels than one of 16:9.
    """
    long, short = max(size), min(size)
    ratio = min(long / short, MAX_SOURCE_RATIO)
    widest, highest = AspectRatio.WIDE.size(quality)
    shorter = min(quality.short_side, math.sqrt(widest * highest / ratio))
    sides = round(shorter * ratio), round(shorter)
    return sides if size[0] >= size[1] else (sides[1], sides[0])


class Fit(StrEnum):
    """How the proportions of the output follow from the request."""

    RATIO = "ratio"
    """The request names an aspect ratio."""
    NEAREST = "nearest"
    """The request names none: it is the supported one that is nearest to the capture's."""
    SOURCE = "source"
    """The output keeps the capture's own proportions."""


class OutputFormat(StrEnum):
    """The file format of the output."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def content_type(self) -> str:
        """The MIME type."""
        return f"image/{self.value}"

    @property
    def extension(self) -> str:
        """The file name extension, without the dot."""
        return "jpg" if self is OutputFormat.JPEG else self.value


_COST: Final = {Quality.STANDARD: 5, Quality.HIGH: 10, Quality.ULTRA: 15}
_SHORT_SIDE: Final = {Quality.STANDARD: 1080, Quality.HIGH: 2160, Quality.ULTRA: 2160}


class Status(StrEnum):
    """The state of a render."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether the render has ended; an ended render never changes its status again."""
        return self not in {Status.PENDING, Status.PROCESSING}


MAX_ATTEMPTS: Final = 3
REDELIVERY_DELAY: Final = timedelta(minutes=1)
"""How long after its due time a render or a delivery may wait before its SQS message counts as lost."""
LINK_TTL: Final = timedelta(hours=24)
"""How long a link to an image works."""
MAX_PROMPT: Final = 2000
MAX_SEED: Final = 2**32 - 1
MAX_COUNT: Final = 4
"""How many renders one order may be for."""
MAX_SOURCE_RATIO: Final = 8.0
"""The longest output for its height, or the other way round, that keeps the proportions of its capture."""
EMBEDDED_ENGINE: Final = "preview"
AI_ENGINE_SECONDS: Final = 40
PATH_TRACER: Final = "cycles"
"""The engine that renders 3D models, and nothing else."""
LARGE_PATH_TRACER: Final = "cycles-batch"
"""The worker of the path tracer for models that need more time or memory than a Lambda function has."""
TRACED_FIRST: Final = frozenset({"gemini"})
"""Engines of pictures that also take a 3D model: the path tracer makes the picture that they work from."""
TRACED_QUALITY: Final = Quality.STANDARD
"""The quality of that picture."""
TRACED_PROGRESS: Final = 60
"""The progress of a render, in percent, when that picture is ready."""


def default_prompt(subject: str, platform: str) -> str:
    """Returns the prompt of a render whose user wrote none. ``subject`` is that of its style's words."""
    source = "" if platform == "unknown" else f" of a {platform} model"
    return f"{subject}{source}, keeping the geometry as it is."


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for. ``prompt`` is never empty; ``callback_url`` has passed ``check_url``.

    ``model`` is the provider's id of a model. It is empty if the engine has only one model. ``output_size`` is the
    ``(width, height)`` of an output that keeps the proportions of its capture; ``aspect_ratio`` is then the nearest.
    ``materials`` has the material of colours, ``#rrggbb`` in lower case, of the material id image. ``style_id`` is
    ``name@version``. ``own_style`` is what the user's own style adds to its base, if it is one: an order holds all that
    it needs, so that it renders the same when the style is gone. ``price`` is in credits, for an engine with
    prices of its own. ``layers`` are wanted beside the picture, each once.
    ``triangles`` are those of its 3D model, 0 if they are not known, and None if it has no model.
    """

    style_id: str
    quality: Quality
    aspect_ratio: AspectRatio
    prompt: str
    negative_prompt: str
    seed: int
    structure_strength: float
    output_format: OutputFormat
    engine: str
    project_id: str | None = None
    callback_url: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict, hash=False)
    model: str = ""
    fit: Fit = Fit.RATIO
    output_size: tuple[int, int] | None = None
    camera: Camera | None = None
    materials: dict[str, SurfaceMaterial] = field(default_factory=dict, hash=False)
    own_style: StyleChanges | None = None
    sun: Sun | None = None
    price: int | None = None
    layers: tuple[LayerKind, ...] = ()
    triangles: int | None = None

    @property
    def style(self) -> str:
        """The name of the style, without the version."""
        return self.style_id.rpartition("@")[0]

    @property
    def base_style_id(self) -> str:
        """The ``styleId`` of the registry that the order renders in."""
        return self.own_style.base if self.own_style else self.style_id

    @property
    def size(self) -> tuple[int, int]:
        """The output's ``(width, height)`` in pixels."""
        return self.output_size or self.aspect_ratio.size(self.quality)

    @property
    def traced_size(self) -> tuple[int, int]:
        """``(width, height)`` of the path-traced picture that an engine of ``TRACED_FIRST`` works from."""
        if self.output_size:
            return source_size(self.output_size, TRACED_QUALITY)
        return self.aspect_ratio.size(TRACED_QUALITY)

    def fitted_to(self, capture_size: tuple[int, int]) -> Order:
        """Returns the order with the proportions that ``fit`` gives it for an upright capture of this size."""
        match self.fit:
            case Fit.RATIO:
                return self
            case Fit.NEAREST:
                return replace(self, aspect_ratio=nearest_ratio(capture_size), fit=Fit.RATIO)
            case Fit.SOURCE:
                return replace(
                    self,
                    aspect_ratio=nearest_ratio(capture_size),
                    output_size=source_size(capture_size, self.quality),
                )

    def variants(self, count: int) -> list[Order]:
        """Returns ``count`` orders that differ in their seed only: that of this one, and the numbers after it."""
        return [replace(self, seed=(self.seed + number) % (MAX_SEED + 1)) for number in range(count)]

    @property
    def cost(self) -> int:
        """The price in credits of one render."""
        return self.quality.cost if self.price is None else self.price

    @property
    def estimated_seconds(self) -> int:
        """An estimate of the render time for progress bars.

        The time of the embedded engine grows with the number of pixels; that of an AI engine hardly does.
        """
        if self.engine == PATH_TRACER:
            return seconds_to_wait(*self.size, self.quality, self.triangles)
        if self.engine != EMBEDDED_ENGINE:
            traced = self.triangles is not None
            first = seconds_to_wait(*self.traced_size, TRACED_QUALITY, self.triangles) if traced else 0
            return first + AI_ENGINE_SECONDS
        width, height = self.size
        return max(3, round(width * height / 1_000_000 * 1.5))


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
class RenderOutput:
    """The keys of a finished render in S3, its size in pixels, and how its engine treated the capture."""

    key: str
    thumbnail_key: str
    width: int
    height: int
    engine_report: EngineReport | None = None
    """None if the engine makes no report."""
    layers: tuple[RenderLayer, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The S3 keys of the image, its thumbnail and its layers."""
        return [self.key, self.thumbnail_key, *(layer.key for layer in self.layers)]


@dataclass(frozen=True, slots=True)
class Structure:
    """The keys of what the path tracer made of a model for another engine, which takes it as its capture."""

    picture_key: str
    depth_key: str

    @property
    def keys(self) -> list[str]:
        """Both keys."""
        return [self.picture_key, self.depth_key]


def worker_of(engine: str, *, has_model: bool, is_traced: bool, is_large: bool) -> str:
    """Returns the name of the worker that makes the next step of a render: an engine, or ``LARGE_PATH_TRACER``.

    ``is_traced`` says that the path tracer has made its picture for the engine, ``is_large`` that the model is too
    large for a Lambda function.
    """
    if not has_model or is_traced:
        return engine
    return LARGE_PATH_TRACER if is_large else PATH_TRACER


@dataclass(frozen=True, slots=True)
class Render:
    """A render. Times are UTC; ``cost`` is in credits, ``progress`` is 0 to 100.

    ``capture_key`` is empty for a render of a 3D model without a capture.
    """

    render_id: str
    user_id: str
    order: Order
    cost: int
    capture_key: str
    platform: str
    created_at: datetime
    plugin_version: str | None = None
    agent: str = ""
    status: Status = Status.PENDING
    progress: int = 0
    attempts: int = 0
    started_at: datetime | None = None
    completed_at: datetime | None = None
    output: RenderOutput | None = None
    error: str | None = None
    error_code: str | None = None
    cancel_requested: bool = False
    pending_events: frozenset[str] = frozenset()
    """Events that have happened and are not yet published (``Event`` values)."""
    depth_key: str | None = None
    material_id_key: str | None = None
    normal_key: str | None = None
    model_key: str | None = None
    batch: tuple[str, ...] = ()
    """The ids of all renders of its order, by seed. It is empty if the order was for one."""
    structure: Structure | None = None
    """Set when the path tracer has made what another engine works from."""
    is_large: bool = False
    """Whether its model is too large for a Lambda function."""
    capture_retention: RetentionPeriod = RetentionPeriod.MONTH
    """How long the images are kept that it is made from, also those that the path tracer makes for another engine."""
    retention: RetentionPeriod = RetentionPeriod.UNTIL_DELETED
    """How long the output and its layers are kept, and with them the record."""
    created_by: str | None = None
    """Who has ordered it for an organisation, which then is ``user_id``: a user id, or ``key#<key id>``."""
    waits: bool = False
    """Whether it is pending because its organisation has as many renders at the same time as it may have."""

    @property
    def worker(self) -> str:
        """The name of the worker that makes its next step."""
        return worker_of(
            self.order.engine,
            has_model=self.model_key is not None,
            is_traced=self.structure is not None,
            is_large=self.is_large,
        )

    @property
    def is_traced_first(self) -> bool:
        """Whether its next step is the path-traced picture that another engine then works from."""
        return self.model_key is not None and self.structure is None and self.order.engine != PATH_TRACER

    @property
    def input_keys(self) -> list[str]:
        """The S3 keys of what was uploaded: the capture, depth, material ids, normals and 3D model that were sent."""
        keys = (self.capture_key, self.depth_key, self.material_id_key, self.normal_key, self.model_key)
        return [key for key in keys if key]

    def has_capture(self, now: datetime) -> bool:
        """Returns whether its capture is still kept."""
        end = self.capture_retention.end(self.created_at)
        return bool(self.capture_key) and (end is None or now < end)

    def seconds_left(self, now: datetime) -> int | None:
        """Returns the estimated seconds to completion, or None if the render has ended."""
        if self.status.is_terminal:
            return None
        total = self.order.estimated_seconds
        if self.started_at is None or self.progress == 0:
            return total
        elapsed = (now - self.started_at).total_seconds()
        return max(1, round(elapsed * (100 - self.progress) / self.progress))

    @property
    def processing_seconds(self) -> float | None:
        """Seconds from the start of the first attempt to the end; None before the end, or if no worker started."""
        if self.started_at is None or self.completed_at is None:
            return None
        return round((self.completed_at - self.started_at).total_seconds(), 3)


@dataclass(frozen=True, slots=True)
class RenderFilters:
    """Which renders a list shows. None means that the field is not filtered."""

    status: Status | None = None
    project_id: str | None = None
    platform: str | None = None


def fingerprint(order: Order, image: bytes, extras: Mapping[str, bytes] | None = None, *, count: int = 1) -> str:
    """Returns a hash that is equal for two requests with the same content, however their bodies were encoded.

    ``extras`` maps form fields to further images. ``count`` is the number of renders.
    """
    asked = {
        "style": order.style,
        "quality": order.quality,
        "aspectRatio": order.fit if order.fit is Fit.SOURCE else order.aspect_ratio,
        "prompt": order.prompt,
        "negativePrompt": order.negative_prompt,
        "structureStrength": order.structure_strength,
        "outputFormat": order.output_format,
        "engine": order.engine,
        "projectId": order.project_id,
        "callbackUrl": order.callback_url,
        "metadata": order.metadata,
        "image": hashlib.sha256(image).hexdigest(),
    }
    if order.style_id != style_id_of(order.style, 1):
        asked["styleId"] = order.style_id
    if count > 1:
        asked["count"] = count
    if order.model:
        asked["model"] = order.model
    if order.camera:
        asked["camera"] = asdict(order.camera)
    if order.sun:
        asked["sun"] = asdict(order.sun)
    if order.materials:
        asked["materials"] = order.materials
    if order.layers:
        asked["layers"] = order.layers
    asked |= {field: hashlib.sha256(data).hexdigest() for field, data in (extras or {}).items()}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

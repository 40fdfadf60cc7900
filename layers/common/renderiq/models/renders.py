"""Requests and responses of the render endpoints."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, field_validator, model_validator

from renderiq.domain.renders import (
    LINK_TTL,
    MAX_COUNT,
    MAX_PROMPT,
    MAX_SEED,
    AspectRatio,
    EngineMode,
    EngineReport,
    Fit,
    Order,
    OutputFormat,
    Quality,
    Render,
    RenderFilters,
    Status,
    Style,
    default_prompt,
)
from renderiq.domain.scene_description import (
    MAX_MATERIAL_NAME,
    MAX_MATERIALS,
    Camera,
    Projection,
    SurfaceMaterial,
    known_materials,
)
from renderiq.models.paging import PageQuery
from renderiq.models.wire import (
    PrintableText,
    RejectBool,
    Timestamp,
    UuidText,
    WireModel,
    find_json_problem,
    read_choice,
)
from renderiq.platform import Platform

MAX_METADATA_BYTES = 4096
_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_MAX_LENGTH = 1e9
"""The largest coordinate or distance of a camera."""


def _parse_object(value: Any) -> Any:
    if isinstance(value, str):  # A form has no objects.
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ValueError("must be a JSON object") from error
        if problem := find_json_problem(value):
            raise ValueError(problem)
    return value


def _parse_metadata(value: Any) -> Any:
    value = _parse_object(value)
    if isinstance(value, dict) and len(_to_bytes(value)) > MAX_METADATA_BYTES:
        raise ValueError("may have at most 4 KB")
    return value


def _to_bytes(metadata: dict[str, Any]) -> bytes:
    return json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _shown_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    # Records from before these limits may hold more than a response can.
    return {} if find_json_problem(metadata) else metadata


def _check_materials(materials: dict[str, str]) -> dict[str, str]:
    if len(materials) > MAX_MATERIALS:
        raise ValueError(f"may have at most {MAX_MATERIALS} colours")
    for colour in materials:
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f"{colour[:32]!r} is not a colour as #a1b2c3")
    return {colour.lower(): name for colour, name in materials.items()}


class AspectRatioOption(StrEnum):
    """The proportions of an output. ``source`` keeps those of the capture, up to 8 to 1."""

    WIDE = "16:9"
    CLASSIC = "4:3"
    SQUARE = "1:1"
    TALL = "9:16"
    PHOTO = "3:2"
    PHOTO_TALL = "2:3"
    SOURCE = "source"


_Number = Annotated[float, Field(ge=-_MAX_LENGTH, le=_MAX_LENGTH), RejectBool]
_Distance = Annotated[float, Field(gt=0, le=_MAX_LENGTH), RejectBool]
_VectorIn = Annotated[list[_Number], Field(min_length=3, max_length=3)]


class CameraIn(WireModel):
    """The camera of the capture. Every field is optional."""

    fov: Annotated[float, Field(ge=1, le=170), RejectBool] | None = Field(
        None, description="The vertical field of view of the whole capture in degrees."
    )
    projection: Projection = Projection.PERSPECTIVE
    position: _VectorIn | None = Field(None, description="Where the camera is, in the coordinates of the scene.")
    target: _VectorIn | None = Field(None, description="What the camera looks at.")
    up: _VectorIn | None = Field(None, description="The direction that is up in the scene. If absent, it is 0, 1, 0.")
    near: _Distance | None = Field(
        None, description="The distance along the view that white of `depthImage` stands for."
    )
    far: _Distance | None = Field(
        None, description="The distance along the view that black of `depthImage` stands for."
    )

    _choices = field_validator("projection", mode="before")(read_choice)

    @model_validator(mode="after")
    def _check_range(self) -> CameraIn:
        if self.near is not None and self.far is not None and self.near >= self.far:
            raise ValueError("near must be less than far")
        return self

    def camera(self) -> Camera:
        """Returns the domain's camera."""
        position, target, up = (
            (each[0], each[1], each[2]) if each else None for each in (self.position, self.target, self.up)
        )
        return Camera(self.fov, self.projection, position, target, up, self.near, self.far)


class OrderIn(WireModel):
    """What a render should be like. Every field has a default."""

    prompt: PrintableText = Field(
        "",
        max_length=MAX_PROMPT,
        description="What the image should show. If absent, a prompt is made from the style and the platform.",
    )
    negative_prompt: PrintableText = Field("", max_length=MAX_PROMPT, description="What the image should not show.")
    quality: Quality = Field(
        Quality.HIGH, description="`standard`: 1080p. `high`: 4K. `ultra`: 4K with additional processing."
    )
    aspect_ratio: AspectRatioOption | None = Field(
        None,
        description="The proportions of the output. A capture with others is cropped at its centre. If absent, the one "
        "that is nearest to the capture's. `source` keeps the capture's own, up to 8 to 1.",
    )
    style: Style = Style.PHOTOREALISTIC
    model: PrintableText = Field(
        "",
        max_length=256,
        description="The model that renders. If it is absent or unknown, the service chooses one. An unknown model is "
        "named in `warnings` of the response.",
    )
    project_id: str | None = Field(
        None, description="The project that the render belongs to.", json_schema_extra={"format": "uuid"}
    )
    callback_url: str | None = Field(
        None,
        validation_alias=AliasChoices("callback_url", "callbackUrl"),
        description="A URL that receives the events of this render, as a webhook would. `callbackUrl` is accepted too.",
        json_schema_extra={"format": "uri"},
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED), RejectBool] | None = Field(
        None,
        description="The same request with the same seed gives the same image, if the model supports seeds. "
        "If absent, the seed is random.",
    )
    structure_strength: Annotated[float, Field(ge=0, le=1), RejectBool] = Field(
        0.7, description="How closely the image follows the geometry of the capture."
    )
    output_format: OutputFormat = OutputFormat.PNG
    metadata: Annotated[dict[str, Any], BeforeValidator(_parse_metadata)] = Field(
        default_factory=dict,
        description="An object of your own that is stored with the render and returned with it: at most 4 KB of JSON "
        "in UTF-8, and 32 levels; in a form, as JSON text.",
    )
    materials: Annotated[
        dict[str, Annotated[PrintableText, Field(max_length=MAX_MATERIAL_NAME)]],
        BeforeValidator(_parse_object),
        AfterValidator(_check_materials),
    ] = Field(
        default_factory=dict,
        description=f'The materials of the colours of `materialIdImage`, as `{{"#a1b2c3": "brick"}}`: at most '
        f"{MAX_MATERIALS}; in a form, as JSON text. Known are {', '.join(SurfaceMaterial)}. An unknown name is no "
        "error; it is named in `warnings` of the response.",
    )
    camera: Annotated[CameraIn, BeforeValidator(_parse_object)] | None = Field(
        None, description="The camera of the capture, for the images beside it; in a form, as JSON text."
    )

    _choices = field_validator("quality", "aspect_ratio", "style", "output_format", "model", mode="before")(read_choice)

    def order(self, *, platform: Platform, engine: str, model: str = "") -> Order:
        """Returns the domain's order.

        A prompt or a seed that the user left open is chosen here, once, so that every attempt renders the same. The
        proportions follow when the capture is known (``Order.fitted_to``).
        """
        ratio, fit = AspectRatio.WIDE, Fit.NEAREST
        if self.aspect_ratio is AspectRatioOption.SOURCE:
            fit = Fit.SOURCE
        elif self.aspect_ratio is not None:
            ratio, fit = AspectRatio(self.aspect_ratio), Fit.RATIO
        return Order(
            style=self.style,
            quality=self.quality,
            aspect_ratio=ratio,
            fit=fit,
            prompt=self.prompt.strip() or default_prompt(self.style, platform),
            negative_prompt=self.negative_prompt.strip(),
            seed=self.seed if self.seed is not None else secrets.randbelow(MAX_SEED + 1),
            structure_strength=round(self.structure_strength, 3),
            output_format=self.output_format,
            engine=engine,
            model=model,
            project_id=self.project_id.strip().lower() if self.project_id else None,
            callback_url=self.callback_url,
            metadata=self.metadata,
            camera=self.camera.camera() if self.camera else None,
            materials=known_materials(self.materials)[0],
        )


_Count = Annotated[int, Field(ge=1, le=MAX_COUNT), RejectBool]


class RenderIn(OrderIn):
    """A render to create. Every field except the image has a default."""

    type: Literal["image"] = "image"
    count: _Count = Field(
        1, description="The number of renders, which differ in their seed: `seed` and the numbers after it."
    )
    uploaded_image_type: Literal["image/png", "image/jpeg", "image/jpg"] | None = Field(
        None, description="The type of `uploadedImageData`. It must match the content."
    )
    image_url: str | None = Field(
        None,
        max_length=4096,
        pattern="^https?://[!-~]+$",
        description="The URL of an image of yours that this API stores, instead of `uploadedImageData`.",
    )
    upload_id: UuidText | None = Field(
        None, description="An upload of yours for `capture`, instead of `uploadedImageData`: up to 100 MB."
    )
    depth_upload_id: UuidText | None = Field(None, description="An upload for `depth`, instead of `depthImage`.")
    material_id_upload_id: UuidText | None = Field(
        None, description="An upload for `materialId`, instead of `materialIdImage`."
    )
    normal_upload_id: UuidText | None = Field(None, description="An upload for `normal`, instead of `normalImage`.")

    _own_choices = field_validator("type", "uploaded_image_type", mode="before")(read_choice)


class EstimateIn(OrderIn):
    """The fields of an order whose price is asked for. Images are ignored."""

    count: _Count = Field(1, description="The number of renders.")


class RenderChangesIn(OrderIn):
    """What differs from the earlier order. An absent field stays; `null` and empty text give it its default."""

    def applied_to(self, render: Render) -> OrderIn:
        """Returns the fields of an order as that of ``render`` with these changes, but without its model."""
        order = render.order
        # A prompt that was made for another style would contradict the new one.
        is_default_prompt = order.prompt == default_prompt(order.style, render.platform)
        camera = CameraIn.model_construct(**asdict(order.camera)) if order.camera else None
        # What was accepted once stays valid, so it is not validated again.
        earlier = OrderIn.model_construct(
            prompt="" if is_default_prompt else order.prompt,
            negative_prompt=order.negative_prompt,
            quality=order.quality,
            aspect_ratio=AspectRatioOption(order.fit if order.fit is Fit.SOURCE else order.aspect_ratio),
            style=order.style,
            project_id=order.project_id,
            callback_url=order.callback_url,
            seed=order.seed,
            structure_strength=order.structure_strength,
            output_format=order.output_format,
            metadata=order.metadata,
            materials=dict(order.materials),
            camera=camera,
        )
        return earlier.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


class RepeatIn(WireModel):
    """An order to repeat."""

    changes: Annotated[RenderChangesIn, BeforeValidator(_parse_object)] = Field(default_factory=RenderChangesIn)
    count: _Count = Field(1, description="The number of renders.")


class EstimateOut(WireModel):
    """What an order would cost now."""

    credits_cost: int
    estimated_time: int = Field(description="In seconds, from the start of the render.")
    balance: int = Field(description="The credits of the account.")
    sufficient: bool = Field(description="Whether the balance suffices for the order.")

    @classmethod
    def of(cls, order: Order, *, count: int, balance: int) -> EstimateOut:
        """Returns the response for an order whose capture is not known, which is taken for one of 16:9."""
        fitted, cost = order.fitted_to(AspectRatio.WIDE.size(order.quality)), count * order.cost
        return cls(
            credits_cost=cost,
            estimated_time=fitted.estimated_seconds,
            balance=balance,
            sufficient=cost <= balance,
        )


class RendersQuery(PageQuery):
    """A page of the renders, all of them or those that match."""

    status: Status | None = Field(None, description="Only renders with this status.")
    project_id: UuidText | None = Field(None, description="Only renders of this project.")
    platform: Platform | None = Field(None, description="Only renders from this platform.")

    _choices = field_validator("status", "platform", mode="before")(read_choice)

    def filters(self) -> RenderFilters:
        """Returns what a render must match."""
        return RenderFilters(self.status, self.project_id, self.platform)


class WarningCode(StrEnum):
    """What was accepted although it was not understood as the client meant it."""

    UNKNOWN_MODEL = "UNKNOWN_MODEL"
    UNKNOWN_MATERIAL = "UNKNOWN_MATERIAL"


_SHOWN_NAMES = 8


class WarningOut(WireModel):
    """A part of an accepted request that the service changed. ``field`` is the name of the field in the request."""

    code: WarningCode
    message: str = Field(description="A sentence for a person.")
    field: str

    @classmethod
    def of_unknown_model(cls, name: str, engine: str, known: tuple[str, ...]) -> WarningOut:
        """Returns the warning that the model ``name`` is unknown and ``engine`` renders instead."""
        return cls(
            code=WarningCode.UNKNOWN_MODEL,
            message=f"The model {name[:64]!r} is unknown, so {engine} renders; choose among {', '.join(known)}.",
            field="model",
        )

    @classmethod
    def of_unknown_materials(cls, names: list[str]) -> WarningOut:
        """Returns the warning that these names of materials are unknown, of which the first few are shown."""
        shown = ", ".join(repr(name[:64]) for name in names[:_SHOWN_NAMES])
        more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
        return cls(
            code=WarningCode.UNKNOWN_MATERIAL,
            message=f"Unknown materials: {shown}{more}; choose among {', '.join(SurfaceMaterial)}.",
            field="materials",
        )


class AcceptedRenderOut(WireModel):
    """One render of an order for several."""

    render_id: str
    status: Status
    seed: int
    status_url: str


class RenderAccepted(WireModel):
    """The render was accepted and is waiting for a worker. Of several, it is the first."""

    render_id: str
    id: str = Field(description="The same as `renderId`: plugins in use read either.")
    status: Status
    credits_cost: int = Field(description="The credits that were charged, for all renders of the order together.")
    estimated_time: int = Field(description="In seconds.")
    engine: str = Field(description="The engine that renders.")
    status_url: str = Field(description="The URL that returns the status of the render.")
    callback_secret: str | None = Field(
        None,
        description="The secret that signs requests to `callback_url`. It is the same for all callbacks of a user.",
    )
    renders: list[AcceptedRenderOut] | None = Field(
        None, description="All renders of the order, if it was for more than one."
    )
    warnings: list[WarningOut] | None = Field(
        None, description="What the service changed in the request. Absent if it changed nothing."
    )

    @classmethod
    def of(
        cls,
        renders: list[Render],
        *,
        url: Callable[[str], str],
        callback_secret: str | None,
        warnings: list[WarningOut],
    ) -> RenderAccepted:
        """Returns the response for the renders of an order.

        ``url`` returns the URL of a render's status by its id. ``callback_secret`` is None without a callback URL.
        """
        first = renders[0]
        several = [
            AcceptedRenderOut(
                render_id=each.render_id, status=each.status, seed=each.order.seed, status_url=url(each.render_id)
            )
            for each in renders
        ]
        return cls(
            render_id=first.render_id,
            id=first.render_id,
            status=first.status,
            credits_cost=sum(each.cost for each in renders),
            estimated_time=first.order.estimated_seconds,
            engine=first.order.engine,
            status_url=url(first.render_id),
            callback_secret=callback_secret,
            renders=several if len(several) > 1 else None,
            warnings=warnings or None,
        )


class EngineReportOut(WireModel):
    """How the engine treated the capture."""

    mode: EngineMode = Field(
        description="`repainted`: all surfaces were shaded anew. `mixed`: pixels of the capture were kept and lit, and "
        "what is certain, such as the background, was painted anew. `graded`: the capture was enlarged and graded."
    )
    confidence: float = Field(description="0 to 1: how sure the engine is of what it recognised.")
    reasons: list[str] = Field(description="Why pixels of the capture were kept.")

    @classmethod
    def of(cls, report: EngineReport) -> EngineReportOut:
        """Returns the response for a report."""
        return cls(mode=report.mode, confidence=report.confidence, reasons=list(report.reasons))


class RenderOut(WireModel):
    """A render."""

    render_id: str
    status: Status
    progress: int = Field(description="0 to 100.")
    estimated_time_remaining: int | None = Field(None, description="In seconds.")
    output_url: str | None = Field(None, description="The URL of the image.")
    output_url_expires_at: Timestamp | None = None
    input_url: str | None = Field(None, description="The URL of the capture. Absent when the capture has expired.")
    batch: list[str] | None = Field(
        None, description="The ids of all renders of the order, if it was for more than one."
    )
    thumbnail_url: str | None = Field(None, description="The URL of a WebP image of at most 512 pixels a side.")
    width: int | None = None
    height: int | None = None
    error: str | None = None
    error_code: str | None = None
    processing_time: float | None = Field(None, description="In seconds.")
    credits_used: int | None = Field(None, description="0 if the credits were refunded.")
    style: Style
    quality: Quality
    aspect_ratio: AspectRatioOption
    output_format: OutputFormat
    prompt: str = Field(description="What was asked for, or what the service chose if nothing was.")
    negative_prompt: str | None = None
    structure_strength: float
    seed: int
    engine: str
    engine_report: EngineReportOut | None = Field(None, description="Absent if the engine does not report it.")
    metadata: dict[str, Any] = Field(description="The object that was sent with the request, else an empty one.")
    project_id: str | None = None
    platform: Platform
    created_at: Timestamp
    completed_at: Timestamp | None = None

    @classmethod
    def of(cls, render: Render, *, link: Callable[[str], str], now: datetime) -> RenderOut:
        """Returns the response for a render. ``link`` makes a URL from the key of a stored image."""
        output, order = render.output, render.order
        return cls(
            render_id=render.render_id,
            status=render.status,
            progress=render.progress,
            estimated_time_remaining=render.seconds_left(now),
            output_url=link(output.key) if output else None,
            output_url_expires_at=now + LINK_TTL if output else None,
            input_url=link(render.capture_key) if render.has_capture(now) else None,
            batch=list(render.batch) or None,
            thumbnail_url=link(output.thumbnail_key) if output else None,
            width=output.width if output else None,
            height=output.height if output else None,
            error=render.error,
            error_code=render.error_code,
            processing_time=render.processing_seconds,
            credits_used=_credits_used(render),
            style=order.style,
            quality=order.quality,
            aspect_ratio=AspectRatioOption(order.fit if order.fit is Fit.SOURCE else order.aspect_ratio),
            output_format=order.output_format,
            prompt=order.prompt,
            negative_prompt=order.negative_prompt or None,
            structure_strength=order.structure_strength,
            seed=order.seed,
            engine=order.engine,
            metadata=_shown_metadata(order.metadata),
            engine_report=EngineReportOut.of(output.engine_report) if output and output.engine_report else None,
            project_id=order.project_id,
            platform=Platform(render.platform),
            created_at=render.created_at,
            completed_at=render.completed_at,
        )


class RenderPage(WireModel):
    """A page of renders, from new to old. ``nextCursor`` is absent on the last page."""

    renders: list[RenderOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, renders: list[Render], cursor: str | None, *, link: Callable[[str], str], now: datetime) -> RenderPage:
        """Returns the page of these renders. ``link`` makes a URL from the key of a stored image."""
        return cls(renders=[RenderOut.of(render, link=link, now=now) for render in renders], next_cursor=cursor)


def _credits_used(render: Render) -> int | None:
    if not render.status.is_terminal:
        return None
    return render.cost if render.status is Status.COMPLETED else 0

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

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from renderiq.domain.render_layers import LayerKind, LayerMaterial, RenderLayer
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
    default_prompt,
)
from renderiq.domain.scene_description import (
    MAX_MATERIAL_NAME,
    MAX_MATERIALS,
    Camera,
    Projection,
    Sun,
    SurfaceMaterial,
    known_materials,
)
from renderiq.domain.styles import STYLE_PATTERN, ChosenStyle, StyleName
from renderiq.models.paging import PageQuery
from renderiq.models.wire import (
    PrintableText,
    RejectBool,
    RejectEpoch,
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


def _parse_list(value: Any) -> Any:
    if isinstance(value, str):  # A form has no lists.
        if value.lstrip().startswith("["):
            return _parse_object(value)
        return [each.strip() for each in value.split(",") if each.strip()]
    return value


def _read_layer(value: Any) -> Any:
    read = read_choice(value)
    return _LAYERS.get(read, value) if isinstance(read, str) else value


_LAYERS = {kind.lower(): kind for kind in LayerKind}


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


def _check_style(text: str) -> str:
    if text and StyleName.parse(text) is None:
        raise ValueError("is not a style; GET /styles lists them")
    return text


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
_Share = Annotated[float, Field(ge=-5, le=5), RejectBool]
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

    lens: Annotated[float, Field(ge=1, le=1000), RejectBool] | None = Field(
        None, description="For a render of a 3D model, instead of `fov`: the focal length in mm on a sensor 36 mm wide."
    )
    shift: Annotated[list[_Share], Field(min_length=2, max_length=2)] | None = Field(
        None,
        description="For a render of a 3D model: moves the picture right and up, in parts of its longer side, so that "
        "verticals stay upright.",
    )
    camera_name: PrintableText | None = Field(
        None,
        max_length=256,
        description="For a render of a 3D model: a camera of the model, or `exterior` or `interior` for a view that is "
        "found. Used without `position`.",
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
        return Camera(
            self.fov,
            self.projection,
            position,
            target,
            up,
            self.near,
            self.far,
            self.lens,
            (self.shift[0], self.shift[1]) if self.shift else None,
            self.camera_name,
        )


_Degrees = Annotated[float, Field(ge=-360, le=360), RejectBool]


class SunIn(WireModel):
    """Where the sun is: `azimuth` and `elevation`, or `latitude`, `longitude` and `date`."""

    azimuth: _Degrees | None = Field(
        None, description="Clockwise from the north of the model, which is -Z, in degrees."
    )
    elevation: Annotated[float, Field(ge=-90, le=90), RejectBool] | None = Field(
        None, description="Above the horizon, in degrees. It is night below it."
    )
    latitude: Annotated[float, Field(ge=-90, le=90), RejectBool] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180), RejectBool] | None = None
    date: Annotated[AwareDatetime, RejectEpoch] | None = Field(None, description="Date and time with a time zone.")
    north: _Degrees = Field(0.0, description="The angle from -Z of the model to the north, clockwise, in degrees.")

    @model_validator(mode="after")
    def _check_complete(self) -> SunIn:
        if self.azimuth is not None and self.elevation is not None:
            return self
        if self.latitude is None or self.longitude is None or self.date is None:
            raise ValueError("needs azimuth and elevation, or latitude, longitude and date")
        return self

    def sun(self) -> Sun:
        """Returns the domain's sun."""
        if self.azimuth is not None and self.elevation is not None:
            return Sun((self.azimuth + self.north) % 360, self.elevation)
        # Not at the top: hardly any order names a place.
        from renderiq.engines.cycles.light import sun_at

        if self.latitude is None or self.longitude is None or self.date is None:
            raise ValueError("the sun is not complete")
        return sun_at(self.latitude, self.longitude, self.date, north=self.north)


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
    style: Annotated[str, AfterValidator(_check_style)] = Field(
        "",
        description="A style of `GET /styles` or of yours: its `name` for the newest version, or its `styleId` for "
        "that version for good. If absent, the first of `GET /styles`.",
        json_schema_extra={"pattern": f"^({STYLE_PATTERN})?$", "examples": ["photorealistic", "photorealistic@1"]},
    )
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
        None,
        description="The camera of the capture, for the images beside it, or that of a render of a 3D model (metres, "
        "Y up); in a form, as JSON text.",
    )
    sun: Annotated[SunIn, BeforeValidator(_parse_object)] | None = Field(
        None, description="For a render of a 3D model: where the sun is. If absent, the style says it."
    )

    layers: Annotated[frozenset[Annotated[LayerKind, BeforeValidator(_read_layer)]], BeforeValidator(_parse_list)] = (
        Field(
            default_factory=frozenset,
            description="For a render of a 3D model by `cycles`: pictures of numbers that are made beside it, which "
            "`GET /renders/{renderId}` links to: `depth`, `normal`, `materialId`. They cost nothing. In a form, as "
            "JSON text or separated by commas.",
        )
    )

    _choices = field_validator("quality", "aspect_ratio", "style", "output_format", "model", mode="before")(read_choice)

    def order(
        self, style: ChosenStyle, *, platform: Platform, engine: str, model: str = "", price: int | None = None
    ) -> Order:
        """Returns the domain's order in the ``style`` that the field ``style`` names.

        A prompt or a seed that the user left open is chosen here, once, so that every attempt renders the same. The
        proportions follow when the capture is known (``Order.fitted_to``).
        """
        own, strength = style.own.changes if style.own else None, self.structure_strength
        if own and own.structure_strength is not None and "structure_strength" not in self.model_fields_set:
            strength = own.structure_strength
        ratio, fit = AspectRatio.WIDE, Fit.NEAREST
        if self.aspect_ratio is AspectRatioOption.SOURCE:
            fit = Fit.SOURCE
        elif self.aspect_ratio is not None:
            ratio, fit = AspectRatio(self.aspect_ratio), Fit.RATIO
        return Order(
            style_id=style.style_id,
            own_style=own,
            quality=self.quality,
            aspect_ratio=ratio,
            fit=fit,
            prompt=self.prompt.strip() or default_prompt(style.base.words.subject, platform),
            negative_prompt=self.negative_prompt.strip(),
            seed=self.seed if self.seed is not None else secrets.randbelow(MAX_SEED + 1),
            structure_strength=round(strength, 3),
            output_format=self.output_format,
            engine=engine,
            model=model,
            project_id=self.project_id.strip().lower() if self.project_id else None,
            callback_url=self.callback_url,
            metadata=self.metadata,
            camera=self.camera.camera() if self.camera else None,
            materials=known_materials(self.materials)[0],
            sun=self.sun.sun() if self.sun else None,
            price=price,
            layers=tuple(kind for kind in LayerKind if kind in self.layers),
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
    model_upload_id: UuidText | None = Field(
        None,
        description="An upload for `model`: the 3D model that `model=cycles` renders. Then no capture is needed.",
    )

    _own_choices = field_validator("type", "uploaded_image_type", mode="before")(read_choice)


class EstimateIn(OrderIn):
    """The fields of an order whose price is asked for. Images are ignored."""

    count: _Count = Field(1, description="The number of renders.")
    model_upload_id: UuidText | None = Field(
        None,
        description="An upload for `model`. Its size, and the triangles of a GLB, are part of the estimate.",
    )

    @field_validator("callback_url")
    @classmethod
    def _check_callback_url(cls, url: str | None) -> str | None:
        # Its host is looked up when a render is ordered, because that may take seconds.
        if url and not re.match(r"https?://[^/?#\s]", url, re.IGNORECASE):
            raise ValueError("must be an absolute URL")
        return url


class RenderChangesIn(OrderIn):
    """What differs from the earlier order. An absent field stays; `null` and empty text give it its default."""

    def applied_to(self, render: Render, *, subject: str) -> OrderIn:
        """Returns the fields of an order as that of ``render`` with these changes, but without its model.

        ``subject`` is that of the words of the earlier style.
        """
        order = render.order
        # A prompt that was made for another style would contradict the new one.
        is_default_prompt = order.prompt == default_prompt(subject, render.platform)
        camera = _camera_in(order.camera) if order.camera else None
        # What was accepted once stays valid, so it is not validated again.
        earlier = OrderIn.model_construct(
            prompt="" if is_default_prompt else order.prompt,
            negative_prompt=order.negative_prompt,
            quality=order.quality,
            aspect_ratio=AspectRatioOption(order.fit if order.fit is Fit.SOURCE else order.aspect_ratio),
            style=order.style_id,
            project_id=order.project_id,
            callback_url=order.callback_url,
            seed=order.seed,
            structure_strength=order.structure_strength,
            output_format=order.output_format,
            metadata=order.metadata,
            materials=dict(order.materials),
            camera=camera,
            sun=SunIn.model_construct(**asdict(order.sun), north=0.0) if order.sun else None,
            layers=frozenset(order.layers),
        )
        return earlier.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


def _camera_in(camera: Camera) -> CameraIn:
    fields = asdict(camera)
    return CameraIn.model_construct(camera_name=fields.pop("name"), **fields)


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
    waiting: Literal[True] | None = Field(
        None, description="The organization has as many renders at the same time as it may have. This one begins later."
    )
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
            waiting=first.waits or None,
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


class LayerMaterialOut(WireModel):
    """A material of the layer `materialId`."""

    colour: str = Field(description="The colour of its pixels, as `#a1b2c3`.")
    name: str = Field(description="Its name in the model, of which the first 64 characters are kept.")
    surface: str = Field(description="The surface that it was rendered as; `file` if the model's own was kept.")
    share: float = Field(description="The part of the picture that it fills, 0 to 1.")

    @classmethod
    def of(cls, material: LayerMaterial) -> LayerMaterialOut:
        """Returns the response for a material."""
        return cls(colour=material.colour, name=material.name, surface=material.surface, share=material.share)


class LayerOut(WireModel):
    """A layer of a render of a 3D model: a PNG of the size of the picture. An edge in it is between two pixels."""

    kind: LayerKind = Field(
        description="`depth`: grey, 16 bits; 65535 is `near`, 1 is `far` and all beyond it, linear between them, along "
        "the view; 0 is where nothing is. `normal`: 16 bits; right, up and towards the camera as red, green and blue, "
        "each from 0 (-1) to 65535 (1); black where nothing is. `materialId`: 8 bits; one flat colour for each "
        "material; black where nothing is."
    )
    url: str = Field(json_schema_extra={"format": "uri"})
    near: float | None = Field(None, description="In metres, of `depth`.")
    far: float | None = Field(None, description="In metres, of `depth`.")
    materials: list[LayerMaterialOut] | None = Field(
        None, description="Of `materialId`: the materials that fill most of the picture, 128 at most."
    )

    @classmethod
    def of(cls, layer: RenderLayer, *, link: Callable[[str], str]) -> LayerOut:
        """Returns the response for a layer. ``link`` makes a URL from the key of a stored image."""
        return cls(
            kind=layer.kind,
            url=link(layer.key),
            near=layer.near,
            far=layer.far,
            materials=[LayerMaterialOut.of(each) for each in layer.materials] or None,
        )


class RenderOut(WireModel):
    """A render."""

    render_id: str
    status: Status
    progress: int = Field(description="0 to 100.")
    waiting: Literal[True] | None = Field(
        None, description="The organization has as many renders at the same time as it may have. This one begins later."
    )
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
    style: str
    style_id: str = Field(
        description="The version of the style, `name@version`. It never changes.",
        json_schema_extra={"pattern": f"^{STYLE_PATTERN}$"},
    )
    quality: Quality
    aspect_ratio: AspectRatioOption
    output_format: OutputFormat
    prompt: str = Field(description="What was asked for, or what the service chose if nothing was.")
    negative_prompt: str | None = None
    structure_strength: float
    seed: int
    engine: str
    engine_report: EngineReportOut | None = Field(None, description="Absent if the engine does not report it.")
    layers: list[LayerOut] | None = Field(
        None, description="The layers that were ordered, of a completed render. Absent in lists."
    )
    metadata: dict[str, Any] = Field(description="The object that was sent with the request, else an empty one.")
    project_id: str | None = None
    platform: Platform
    created_at: Timestamp
    completed_at: Timestamp | None = None

    @classmethod
    def of(cls, render: Render, *, link: Callable[[str], str], now: datetime, has_layers: bool = False) -> RenderOut:
        """Returns the response for a render, with its layers if ``has_layers``.

        ``link`` makes a URL from the key of a stored image.
        """
        output, order = render.output, render.order
        return cls(
            render_id=render.render_id,
            status=render.status,
            progress=render.progress,
            waiting=render.waits or None,
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
            style_id=order.style_id,
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
            layers=[LayerOut.of(each, link=link) for each in output.layers] or None if output and has_layers else None,
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

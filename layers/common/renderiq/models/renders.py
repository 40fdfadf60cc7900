"""Bodies of the render endpoints."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, field_validator

from renderiq.domain.renders import (
    LINK_TTL,
    MAX_PROMPT,
    AspectRatio,
    Order,
    OutputFormat,
    Quality,
    Render,
    RenderFilters,
    Status,
    Style,
    default_prompt,
)
from renderiq.models.wire import Moment, Number, Printable, UuidText, WireModel
from renderiq.platform import Platform

MAX_SEED = 2**32 - 1


def _metadata(value: Any) -> Any:
    if isinstance(value, str):  # a form has no objects
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError("must be a JSON object") from error
    if isinstance(value, dict) and len(json.dumps(value)) > 4096:
        raise ValueError("may have at most 4 KB")
    return value


class RenderIn(WireModel):
    """What is asked for, beside the image itself. Every field has a default."""

    type: Literal["image"] = "image"
    prompt: Printable = Field("", max_length=MAX_PROMPT)
    negative_prompt: Printable = Field("", max_length=MAX_PROMPT)
    quality: Quality = Quality.HIGH
    aspect_ratio: AspectRatio = AspectRatio.WIDE
    style: Style = Style.PHOTOREALISTIC
    model: str = Field("", max_length=64)
    project_id: str | None = Field(None, json_schema_extra={"format": "uuid"})
    callback_url: str | None = Field(
        None, validation_alias=AliasChoices("callback_url", "callbackUrl"), json_schema_extra={"format": "uri"}
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED), Number] | None = None
    structure_strength: Annotated[float, Field(ge=0, le=1), Number] = 0.7
    output_format: OutputFormat = OutputFormat.PNG
    metadata: Annotated[dict[str, Any], BeforeValidator(_metadata)] = Field(default_factory=dict)
    uploaded_image_type: Literal["image/png", "image/jpeg", "image/jpg"] | None = None
    image_url: str | None = Field(None, max_length=4096, pattern="^https?://[!-~]+$")

    @field_validator("quality", "aspect_ratio", "style", "output_format", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    def order(self, *, platform: Platform, engine: str, model: str = "") -> Order:
        """The domain's order; what the user left open is decided here, once, so that a retry asks for the same."""
        return Order(
            style=self.style,
            quality=self.quality,
            aspect_ratio=self.aspect_ratio,
            prompt=self.prompt.strip() or default_prompt(self.style, platform),
            negative_prompt=self.negative_prompt.strip(),
            seed=self.seed if self.seed is not None else secrets.randbelow(MAX_SEED + 1),
            structure_strength=round(self.structure_strength, 3),
            output_format=self.output_format,
            engine=engine,
            model=model,
            project_id=self.project_id.lower() if self.project_id else None,
            callback_url=self.callback_url,
            metadata=self.metadata,
        )


class RendersQuery(WireModel):
    limit: int = Field(20, ge=1, le=100)
    cursor: UuidText | None = None
    status: Status | None = None
    project_id: UuidText | None = None
    platform: Platform | None = None

    def filters(self) -> RenderFilters:
        return RenderFilters(self.status, self.project_id, self.platform)


class RenderAccepted(WireModel):
    """``id`` repeats ``renderId``: shipped plugins read either. ``estimatedTime`` in seconds."""

    render_id: str
    id: str
    status: Status
    credits_cost: int
    estimated_time: int
    status_url: str
    callback_secret: str | None = None

    @classmethod
    def of(cls, render: Render, *, status_url: str, callback_secret: str | None) -> RenderAccepted:
        return cls(
            render_id=render.render_id,
            id=render.render_id,
            status=render.status,
            credits_cost=render.cost,
            estimated_time=render.order.estimated_seconds,
            status_url=status_url,
            callback_secret=callback_secret,
        )


class RenderOut(WireModel):
    """A render as plugins see it. Adding a field is safe; renaming one is a new version of the API."""

    render_id: str
    status: Status
    progress: int
    estimated_time_remaining: int | None = None
    output_url: str | None = None
    output_url_expires_at: Moment | None = None
    thumbnail_url: str | None = None
    width: int | None = None
    height: int | None = None
    error: str | None = None
    error_code: str | None = None
    processing_time: float | None = None
    credits_used: int | None = None
    style: Style
    quality: Quality
    aspect_ratio: AspectRatio
    seed: int
    engine: str
    project_id: str | None = None
    platform: Platform
    created_at: Moment
    completed_at: Moment | None = None

    @classmethod
    def of(cls, render: Render, *, link: Callable[[str], str], now: datetime) -> RenderOut:
        output, order = render.output, render.order
        return cls(
            render_id=render.render_id,
            status=render.status,
            progress=render.progress,
            estimated_time_remaining=render.seconds_left(now),
            output_url=link(output.key) if output else None,
            output_url_expires_at=now + LINK_TTL if output else None,
            thumbnail_url=link(output.thumbnail_key) if output else None,
            width=output.width if output else None,
            height=output.height if output else None,
            error=render.error,
            error_code=render.error_code,
            processing_time=render.processing_seconds,
            credits_used=_credits_used(render),
            style=order.style,
            quality=order.quality,
            aspect_ratio=order.aspect_ratio,
            seed=order.seed,
            engine=order.engine,
            project_id=order.project_id,
            platform=Platform(render.platform),
            created_at=render.created_at,
            completed_at=render.completed_at,
        )


class RenderPage(WireModel):
    """Newest first; ``nextCursor`` is absent on the last page."""

    renders: list[RenderOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, renders: list[Render], cursor: str | None, *, link: Callable[[str], str], now: datetime) -> RenderPage:
        return cls(renders=[RenderOut.of(render, link=link, now=now) for render in renders], next_cursor=cursor)


def _credits_used(render: Render) -> int | None:
    if not render.status.is_terminal:
        return None
    return render.cost if render.status is Status.COMPLETED else 0

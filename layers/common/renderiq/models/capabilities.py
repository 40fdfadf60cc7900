"""The response of the capabilities endpoint."""

from __future__ import annotations

from pydantic import Field

from renderiq import captures
from renderiq.consent_texts import newest_text
from renderiq.domain.consent_needs import consent_for_engine
from renderiq.domain.consents import ConsentName
from renderiq.domain.keys import MAX_ACTIVE
from renderiq.domain.projects import MAX_PROJECTS
from renderiq.domain.renders import MAX_PROMPT, MAX_SOURCE_RATIO, PATH_TRACER, AspectRatio, OutputFormat, Quality
from renderiq.domain.scene_description import MAX_MATERIALS, SurfaceMaterial
from renderiq.domain.styles import MAX_OWN_STYLES
from renderiq.domain.uploads import MAX_OPEN, MAX_PICTURE_BYTES, MAX_STORED_BYTES
from renderiq.domain.webhooks import MAX_WEBHOOKS, SUBSCRIBABLE, Event
from renderiq.engines.inputs import EngineInput, inputs_of
from renderiq.models.renders import MAX_METADATA_BYTES, AspectRatioOption, RenderIn
from renderiq.models.styles import StyleCategoryOut
from renderiq.models.wire import WireModel
from renderiq.platform import Platform
from renderiq.services.capabilities import Capabilities


class OutputSizeOut(WireModel):
    """The size of an output in pixels."""

    aspect_ratio: AspectRatio
    width: int
    height: int


class QualityOut(WireModel):
    """A quality: its price, and the size of its output for each aspect ratio."""

    name: Quality
    credits_cost: int = Field(description="The credits that one render costs.")
    is_default: bool
    sizes: list[OutputSizeOut]

    @classmethod
    def of(cls, quality: Quality) -> QualityOut:
        """Returns the response for a quality."""
        sizes = [(ratio, *ratio.size(quality)) for ratio in AspectRatio]
        return cls(
            name=quality,
            credits_cost=quality.cost,
            is_default=quality is RenderIn().quality,
            sizes=[OutputSizeOut(aspect_ratio=ratio, width=width, height=height) for ratio, width, height in sizes],
        )


class ModelOut(WireModel):
    """A model that may be named in an order."""

    name: str
    aliases: list[str] = Field(description="Other names that mean the same model, such as those of retired ones.")
    engine: str
    is_default: bool = Field(description="Whether it renders if an order names no model.")
    credits_cost: dict[str, int] | None = Field(
        None, description="The credits of one render by quality, if they are not those of `qualities`."
    )
    consent: ConsentName | None = Field(
        None, description="The consent that an order needs, of `consents`. Absent if it needs none."
    )
    inputs: list[EngineInput] = Field(description="The fields of an order that it uses, of those that not all use.")


class ConsentVersionOut(WireModel):
    """The newest version of a consent's text. ``GET /consents`` has the text, and what the user answered."""

    name: ConsentName
    version: int


class LimitsOut(WireModel):
    """The limits of requests and of accounts."""

    max_image_bytes: int = Field(description="Of all images of a request together, before base64.")
    min_image_side: int = Field(description="In pixels.")
    max_image_pixels: int
    max_source_ratio: float = Field(description="The longest output with the aspect ratio `source`.")
    max_prompt_length: int = Field(description="In characters; also of `negativePrompt`.")
    max_metadata_bytes: int = Field(description="Of `metadata` as JSON in UTF-8.")
    max_materials: int
    max_wait_seconds: int = Field(description="The longest wait of a request. 0 if requests may not wait.")
    max_webhooks: int = Field(description="Per account.")
    max_keys: int = Field(description="Active API keys per account.")
    max_projects: int = Field(description="Per account.")
    max_upload_bytes: int = Field(description="Of a picture that is uploaded by `POST /uploads`.")
    max_own_styles: int = Field(description="Per account.")
    max_open_uploads: int = Field(description="Per account.")
    max_stored_upload_bytes: int = Field(description="Of all uploads of an account.")
    requests_per_minute: dict[str, int] = Field(description="By platform, for one user.")


class PluginReleaseOut(WireModel):
    """The versions of a platform's plugin."""

    platform: Platform
    newest_version: str
    oldest_version: str = Field(description="The oldest version that works with this API.")
    download_url: str = Field(json_schema_extra={"format": "uri"})


class CapabilitiesOut(WireModel):
    """What this API offers: everything that the dialog of a plugin lets a user choose, and the limits."""

    qualities: list[QualityOut]
    aspect_ratios: list[AspectRatioOption]
    output_formats: list[OutputFormat]
    models: list[ModelOut]
    style_categories: list[StyleCategoryOut] = Field(
        description="The tree of the categories that `GET /styles` sorts the styles into."
    )
    consents: list[ConsentVersionOut]
    materials: list[SurfaceMaterial] = Field(description="The names that `materials` of an order may have.")
    events: list[Event] = Field(description="The events that a webhook can subscribe to.")
    limits: LimitsOut
    plugins: list[PluginReleaseOut] = Field(description="Platforms without a published plugin are left out.")

    @classmethod
    def of(cls, capabilities: Capabilities) -> CapabilitiesOut:
        """Returns the response for what a deployment offers."""
        models = capabilities.models
        has_path_tracer = any(model.engine == PATH_TRACER for model, _ in models.groups)
        return cls(
            qualities=[QualityOut.of(quality) for quality in Quality],
            aspect_ratios=list(AspectRatioOption),
            output_formats=list(OutputFormat),
            models=[
                ModelOut(
                    name=names[0],
                    aliases=names[1:],
                    engine=model.engine,
                    is_default=model == models.default,
                    credits_cost=dict(capabilities.prices.get(model.engine, {})) or None,
                    consent=consent_for_engine(model.engine),
                    inputs=inputs_of(model.engine, has_path_tracer=has_path_tracer),
                )
                for model, names in models.groups
            ],
            style_categories=[StyleCategoryOut.of(each) for each in capabilities.style_categories],
            consents=[ConsentVersionOut(name=name, version=newest_text(name).version) for name in ConsentName],
            materials=list(SurfaceMaterial),
            events=list(SUBSCRIBABLE),
            limits=LimitsOut(
                max_image_bytes=captures.MAX_BYTES,
                min_image_side=captures.MIN_SIDE,
                max_image_pixels=captures.MAX_PIXELS,
                max_source_ratio=MAX_SOURCE_RATIO,
                max_prompt_length=MAX_PROMPT,
                max_metadata_bytes=MAX_METADATA_BYTES,
                max_materials=MAX_MATERIALS,
                max_wait_seconds=capabilities.max_wait_seconds,
                max_webhooks=MAX_WEBHOOKS,
                max_keys=MAX_ACTIVE,
                max_projects=MAX_PROJECTS,
                max_upload_bytes=MAX_PICTURE_BYTES,
                max_own_styles=MAX_OWN_STYLES,
                max_open_uploads=MAX_OPEN,
                max_stored_upload_bytes=MAX_STORED_BYTES,
                requests_per_minute=dict(capabilities.rate_limits),
            ),
            plugins=[
                PluginReleaseOut(
                    platform=Platform(platform),
                    newest_version=release.newest,
                    oldest_version=release.oldest,
                    download_url=release.download_url,
                )
                for platform, release in capabilities.plugin_releases.items()
            ],
        )

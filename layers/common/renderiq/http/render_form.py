"""POST /renders in all the shapes that plugins send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends
from pydantic import ValidationError

from renderiq import captures
from renderiq.engines.registry import Model
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.bodies import read_fields, validation_error
from renderiq.http.image_fields import read_picture
from renderiq.ids import is_uuid
from renderiq.models.renders import RenderIn
from renderiq.services.renders import Capture, GuideImage
from renderiq.wiring.models import models

_IMAGE_FIELD: Final = "uploadedImageData"
_DEPTH_FIELD: Final = "depthImage"
_MATERIAL_ID_FIELD: Final = "materialIdImage"
_MAX_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class RenderFormData:
    """A checked form."""

    asked: RenderIn
    model: Model
    capture: Capture
    idempotency_key: str | None


def read_render_form(request: Request) -> RenderFormData:
    """Raises the catalogue's error for the first thing that is wrong; the image itself is not looked into here."""
    fields = read_fields(request.resolved_event)
    try:
        asked = RenderIn.model_validate(fields.values)
    except ValidationError as error:
        raise validation_error(error) from error
    if asked.project_id is not None and not is_uuid(asked.project_id.lower()):
        raise ApiError(ErrorCode.INVALID_PROJECT_ID)
    image, prefix_type = read_picture(fields, _IMAGE_FIELD)
    if image is None and asked.image_url is None:
        raise ApiError(
            ErrorCode.MISSING_REQUIRED_FIELD,
            "Send the viewport capture as uploadedImageData.",
            fields=[{"field": _IMAGE_FIELD, "problem": "Field required"}],
        )
    depth, depth_type = read_picture(fields, _DEPTH_FIELD)
    material_ids, material_ids_type = read_picture(fields, _MATERIAL_ID_FIELD)
    if sum(len(each) for each in (image, depth, material_ids) if each) > captures.MAX_BYTES:
        raise captures.too_large()
    return RenderFormData(
        asked=asked,
        model=_model(asked.model),
        capture=Capture(
            image,
            asked.image_url,
            asked.uploaded_image_type or prefix_type,
            depth=GuideImage(_DEPTH_FIELD, depth, depth_type) if depth is not None else None,
            material_ids=GuideImage(_MATERIAL_ID_FIELD, material_ids, material_ids_type)
            if material_ids is not None
            else None,
        ),
        idempotency_key=_idempotency_key(request.headers.get("idempotency-key", "")),
    )


def _model(name: str) -> Model:
    model = models().named(name)
    if model is None:
        raise invalid_field("model", f"choose among {', '.join(models().names)}")
    return model


def _idempotency_key(given: str) -> str | None:
    if len(given) > _MAX_KEY or not given.isprintable():
        raise invalid_field("Idempotency-Key", f"must be at most {_MAX_KEY} printable characters")
    return given or None


RenderForm = Annotated[RenderFormData, Depends(read_render_form)]

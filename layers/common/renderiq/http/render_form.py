"""POST /renders in all the shapes that plugins send."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends
from pydantic import ValidationError

from renderiq import captures
from renderiq.engines import registry
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.bodies import Fields, invalid, read_fields
from renderiq.ids import is_uuid
from renderiq.models.renders import RenderIn
from renderiq.services.renders import Capture
from renderiq.wiring import configuration

_DATA_URL: Final = re.compile(r"data:(image/[a-z+.-]+);base64,", re.IGNORECASE)
_BLANKS: Final = str.maketrans({"\r": None, "\n": None, "\t": None, " ": "+"})
_IMAGE_FIELD: Final = "uploadedImageData"
_MAX_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class RenderFormData:
    """A checked form."""

    asked: RenderIn
    engine: str
    capture: Capture
    idempotency_key: str | None


def read_render_form(request: Request) -> RenderFormData:
    """Raises the catalogue's error for the first thing that is wrong; the image itself is not looked into here."""
    fields = read_fields(request.resolved_event)
    text = fields.values.pop(_IMAGE_FIELD, None)
    try:
        asked = RenderIn.model_validate(fields.values)
    except ValidationError as error:
        raise invalid(error) from error
    if asked.project_id is not None and not is_uuid(asked.project_id.lower()):
        raise ApiError(ErrorCode.INVALID_PROJECT_ID)
    image, prefix_type = _image(fields, text)
    if image is None and asked.image_url is None:
        raise ApiError(
            ErrorCode.MISSING_REQUIRED_FIELD,
            "Send the viewport capture as uploadedImageData.",
            fields=[{"field": _IMAGE_FIELD, "problem": "Field required"}],
        )
    return RenderFormData(
        asked=asked,
        engine=_engine(asked.model),
        capture=Capture(image, asked.image_url, asked.uploaded_image_type or prefix_type),
        idempotency_key=_idempotency_key(request.headers.get("idempotency-key", "")),
    )


def _image(fields: Fields, text: object) -> tuple[bytes | None, str | None]:
    if _IMAGE_FIELD in fields.files:
        return fields.files[_IMAGE_FIELD], None
    if text is None:
        return None, None
    if not isinstance(text, str):
        raise invalid_field(_IMAGE_FIELD, "must be a file or base64 text")
    prefix = _DATA_URL.match(text.lstrip()[:64])
    encoded = text.lstrip()[prefix.end() :] if prefix else text
    if len(encoded) > captures.MAX_BYTES * 3 // 2:
        raise captures.too_large()
    # A space stands where an unescaped form had a plus; other blanks are line breaks of the encoder.
    encoded = encoded.strip().translate(_BLANKS)
    try:
        image = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid_field(_IMAGE_FIELD, "is not base64") from error
    return image, prefix[1].lower() if prefix else None


def _engine(model: str) -> str:
    wanted = model.strip().lower() or configuration().default_engine
    if wanted not in registry.NAMES:
        raise invalid_field("model", f"choose among {', '.join(registry.NAMES)}")
    return wanted


def _idempotency_key(given: str) -> str | None:
    if len(given) > _MAX_KEY or not given.isprintable():
        raise invalid_field("Idempotency-Key", f"must be at most {_MAX_KEY} printable characters")
    return given or None


RenderForm = Annotated[RenderFormData, Depends(read_render_form)]

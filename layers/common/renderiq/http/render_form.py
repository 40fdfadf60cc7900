"""The body of POST /renders, in all the encodings that plugins send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from renderiq import captures
from renderiq.domain.scene_description import known_materials
from renderiq.domain.uploads import Purpose
from renderiq.engines.registry import Model
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.bodies import Fields, read_fields, validate
from renderiq.http.dependencies.idempotency import read_idempotency_key
from renderiq.http.image_fields import ImageField
from renderiq.http.model_names import find_model_for
from renderiq.http.project_ids import check_project_id
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.renders import RenderIn, RepeatIn, WarningOut
from renderiq.services.renders import Capture, GuideImage

CAPTURE: Final = ImageField(
    "uploadedImageData",
    "The viewport capture as PNG or JPEG.",
    required_unless=("uploadId", "imageUrl", "modelUploadId"),
)
DEPTH: Final = ImageField("depthImage", "A grey depth map of the same view and size; white is near. PNG or JPEG.")
MATERIAL_IDS: Final = ImageField(
    "materialIdImage", "The same view in the same size, with one flat colour for each material. PNG or JPEG."
)

NORMALS: Final = ImageField(
    "normalImage",
    "The same view in the same size, with the surface normals as red, green and blue: right, up and towards the "
    "camera, each from 0 (-1) to 255 (1). Other axes, such as those of the scene, are recognised if there is a depth "
    "image. PNG or JPEG.",
)


@dataclass(frozen=True, slots=True)
class RenderFormData:
    """A validated request for a render."""

    body: RenderIn
    model: Model
    warnings: list[WarningOut]
    capture: Capture
    idempotency_key: str | None


def read_render_form(request: Request) -> RenderFormData:
    """Reads a request for a render. The images are not decoded.

    Raises ``INVALID_PROJECT_ID``, ``INVALID_INPUT`` for a model and for an image that is sent twice, and the errors of
    ``read_fields``, ``validate`` and ``ImageField.read``.
    """
    fields = read_fields(request)
    body = validate(RenderIn, fields)
    check_project_id(body)
    model, warnings = find_model_for(body)
    capture = _read_capture(fields, body)
    if unknown := known_materials(body.materials)[1]:
        warnings.append(WarningOut.of_unknown_materials(unknown))
    return RenderFormData(
        body=body,
        model=model,
        warnings=warnings,
        capture=capture,
        idempotency_key=read_idempotency_key(request),
    )


def read_repeat_form(request: Request) -> RepeatIn:
    """Reads a request to repeat an order. Raises the errors of ``read_render_form`` that are not about images."""
    body = validate(RepeatIn, read_fields(request))
    check_project_id(body.changes)
    return body


def _read_capture(fields: Fields, body: RenderIn) -> Capture:
    image, prefix_type = CAPTURE.read(fields)
    if image is None and body.upload_id is None and body.image_url is None and body.model_upload_id is None:
        raise ApiError(
            ErrorCode.MISSING_REQUIRED_FIELD,
            "Send the viewport capture as uploadedImageData.",
            fields=[{"field": CAPTURE.name, "problem": "Field required"}],
        )
    if image is not None and body.upload_id is not None:
        raise invalid_field("uploadId", f"is sent beside {CAPTURE.name}; send one of them")
    capture = Capture(
        image,
        body.image_url,
        body.uploaded_image_type or prefix_type,
        body.upload_id,
        depth=_read_guide_image(fields, DEPTH, Purpose.DEPTH, body.depth_upload_id),
        material_ids=_read_guide_image(fields, MATERIAL_IDS, Purpose.MATERIAL_ID, body.material_id_upload_id),
        normals=_read_guide_image(fields, NORMALS, Purpose.NORMAL, body.normal_upload_id),
        model_upload_id=body.model_upload_id,
    )
    if sum(len(each.data) for each in capture.guides) + len(image or b"") > captures.MAX_BYTES:
        raise captures.too_large()
    return capture


def _read_guide_image(fields: Fields, field: ImageField, purpose: Purpose, upload_id: str | None) -> GuideImage | None:
    image, declared_type = field.read(fields)
    if upload_id is not None:
        name = f"{purpose}UploadId"
        if image is not None:
            raise invalid_field(name, f"is sent beside {field.name}; send one of them")
        return GuideImage(name, purpose, upload_id=upload_id)
    return None if image is None else GuideImage(field.name, purpose, image, declared_type)


RenderForm = Annotated[RenderFormData, Depends(read_render_form)]
RepeatForm = Annotated[RepeatIn, Depends(read_repeat_form)]

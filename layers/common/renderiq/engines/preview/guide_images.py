"""Guide images that a plugin may send with a capture: depth, material ids and normals."""

from __future__ import annotations

from PIL import Image

from renderiq.engines import EngineRequest, PermanentEngineError
from renderiq.engines.images import crop_to_aspect, decode_guide


def decode_guide_images(request: EngineRequest, capture_size: tuple[int, int]) -> dict[str, Image.Image]:
    """Returns the guide images that were sent, cropped as the capture: depth, material_ids and normals.

    Raises ``PermanentEngineError`` if a guide image cannot be decoded or does not have ``capture_size``.
    """
    sent = {
        "depth": _decode(request, request.depth_image, "depth", capture_size),
        "material_ids": _decode(request, request.material_id_image, "material id", capture_size),
        "normals": _decode(request, request.normal_image, "normal", capture_size),
    }
    return {name: image for name, image in sent.items() if image is not None}


def _decode(request: EngineRequest, data: bytes | None, name: str, capture_size: tuple[int, int]) -> Image.Image | None:
    if data is None:
        return None
    picture = decode_guide(data)
    if picture.size != capture_size:
        raise PermanentEngineError(
            f"The {name} image has {picture.width} x {picture.height} pixels; "
            f"it must have as many as the capture, {capture_size[0]} x {capture_size[1]}.",
            code="INVALID_INPUT",
        )
    return crop_to_aspect(picture, request.size)

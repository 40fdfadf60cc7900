"""Guide images that a plugin may send with a capture: depth, and one flat colour per material."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines import EngineRequest, PermanentEngineError
from renderiq.engines.images import crop_to_aspect, decode_guide
from renderiq.engines.preview.raster import I32, U8

_DROPPED_BITS: Final = 3
"""Lower bits of each channel that are ignored, so that JPEG noise does not make new materials."""


@dataclass(frozen=True, slots=True)
class GuideImages:
    """Guide images at working resolution, (height, width); None if the plugin did not send them.

    In ``depth`` 255 is nearest. ``material`` has a number for each material.
    """

    depth: U8 | None
    material: I32 | None

    def material_of_regions(self, label: I32) -> I32 | None:
        """Returns for each region of ``label`` (height, width) the material number that most of its pixels have."""
        if self.material is None:
            return None
        count = int(self.material.max()) + 1
        votes = np.bincount((label * count + self.material).ravel(), minlength=(int(label.max()) + 1) * count)
        most: I32 = votes.reshape(-1, count).argmax(axis=1).astype(np.int32)
        return most


def read_guide_images(
    request: EngineRequest, capture_size: tuple[int, int], working_size: tuple[int, int]
) -> GuideImages:
    """Returns the guide images, cropped as the capture and resized to ``working_size`` = (width, height).

    Raises ``PermanentEngineError`` if a guide image cannot be decoded or does not have ``capture_size``.
    """
    depth_image = _decode(request, request.depth_image, "depth", capture_size)
    material_image = _decode(request, request.material_id_image, "material id", capture_size)
    material = None
    if material_image is not None:
        # Interpolation between two colours would make a third material.
        rgb = np.asarray(material_image.resize(working_size, Image.Resampling.NEAREST)).astype(np.int32)
        red, green, blue = (rgb[..., channel] >> _DROPPED_BITS for channel in range(3))
        code = (red << 10) | (green << 5) | blue
        material = np.unique(code, return_inverse=True)[1].reshape(code.shape).astype(np.int32)
    depth = None
    if depth_image is not None:
        depth = np.asarray(depth_image.convert("L").resize(working_size, Image.Resampling.BILINEAR))
    return GuideImages(depth, material)


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

"""Pictures that a plugin may send beside the capture: depth, and one colour per material."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from renderiq.engines import EngineRequest, PermanentEngineError
from renderiq.engines.images import crop_to_aspect, decode_guide
from renderiq.engines.preview.raster import I32, U8


@dataclass(frozen=True, slots=True)
class Guides:
    """At working resolution: nearness (255 is nearest), and a number per material; none where none was sent."""

    depth: U8 | None
    material: I32 | None

    def of_regions(self, label: I32) -> I32 | None:
        """The material number that most of each region shows."""
        if self.material is None:
            return None
        many = int(self.material.max()) + 1
        votes = np.bincount((label * many + self.material).ravel(), minlength=(int(label.max()) + 1) * many)
        most: I32 = votes.reshape(-1, many).argmax(axis=1).astype(np.int32)
        return most


def read_guides(request: EngineRequest, capture: tuple[int, int], working: tuple[int, int]) -> Guides:
    """The guides cropped as the capture and at the size ``working``.

    Raises ``PermanentEngineError`` for an unreadable one and for one whose size is not that of the ``capture``.
    """
    depth = _fitted(request, request.depth_image, "depth", capture)
    material = _fitted(request, request.material_id_image, "material id", capture)
    numbers = None
    if material is not None:
        # Nearest: a colour between two materials would be a third.
        flat = np.asarray(material.resize(working, Image.Resampling.NEAREST)).astype(np.int32)
        # The upper five bits, so that a JPEG's noise does not make materials.
        code = (flat[..., 0] >> 3 << 10) | (flat[..., 1] >> 3 << 5) | flat[..., 2] >> 3
        numbers = np.unique(code, return_inverse=True)[1].reshape(code.shape).astype(np.int32)
    near = None if depth is None else np.asarray(depth.convert("L").resize(working, Image.Resampling.BILINEAR))
    return Guides(near, numbers)


def _fitted(request: EngineRequest, data: bytes | None, name: str, capture: tuple[int, int]) -> Image.Image | None:
    if data is None:
        return None
    picture = decode_guide(data)
    if picture.size != capture:
        raise PermanentEngineError(
            f"The {name} image has {picture.width} x {picture.height} pixels; "
            f"it must have as many as the capture, {capture[0]} x {capture[1]}.",
            code="INVALID_INPUT",
        )
    return crop_to_aspect(picture, request.size)

"""The options of an order: Python's names become those of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from renderiq.bodies import File, Picture, read_picture
from renderiq.models import OPTION_NAMES

IMAGE_FIELDS: Final = {
    "image": ("uploadedImageData", "uploadId", "capture"),
    "depth_image": ("depthImage", "depthUploadId", "depth"),
    "material_id_image": ("materialIdImage", "materialIdUploadId", "materialId"),
    "normal_image": ("normalImage", "normalUploadId", "normal"),
    "model_file": ("modelFile", "modelUploadId", "model"),
}
"""The name here → the field for the file, the field for an upload, and the purpose of the upload."""
ALWAYS_UPLOADED: Final = frozenset({"model_file"})
"""What an order cannot contain: it has no field for the file of a 3D model."""
MAX_BYTES_IN_ORDER: Final = 4_000_000
"""Pictures that have together more bytes are uploaded before the order."""


def given_pictures(
    image: Picture, depth_image: Picture | None, material_id_image: Picture | None, normal_image: Picture | None
) -> dict[str, Picture]:
    """Returns the pictures that were given, by their names here."""
    named = {
        "image": image,
        "depth_image": depth_image,
        "material_id_image": material_id_image,
        "normal_image": normal_image,
    }
    return {name: each for name, each in named.items() if each is not None}


def read_pictures(
    image: Picture, depth_image: Picture | None, material_id_image: Picture | None, normal_image: Picture | None
) -> dict[str, File]:
    """Reads the pictures that were given. Raises ``OSError`` if one cannot be read."""
    given = given_pictures(image, depth_image, material_id_image, normal_image)
    return {name: read_picture(each, name) for name, each in given.items()}


def wire_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options under their names on the wire. Unknown ones keep their names."""
    return {OPTION_NAMES.get(name, name): value for name, value in options.items()}

"""The images beside a capture, as the API reads them: depth, material ids, normals; and its own colours. Pure.

Arrays are height by width, the first row is the top of the picture.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
BACKDROP: Final = (226, 230, 236)
"""The even light grey behind a Workbench capture, in sRGB."""
_NOTHING: Final = 1e9
"""Blender writes 1e10 as the distance of the background."""
_FAR_STRETCH: Final = 4.0


def is_surface(distances: Array) -> Array:
    """Returns where there is a surface."""
    return np.isfinite(distances) & (distances < _NOTHING) & (distances > 0)


def encode_depth(distances: Array) -> tuple[Array, float, float] | None:
    """Returns levels of the depth image, and the distances that white and black stand for. None without a surface.

    White is the nearest point and 1 the farthest one; 0 is the background. Levels are even in the distance. A few
    points that lie much farther away than all others have level 1, so that they take no levels from the rest.
    """
    surface = is_surface(distances)
    if not surface.any():
        return None
    found = distances[surface]
    near, far = float(found.min()), float(found.max())
    far = min(far, near + _FAR_STRETCH * max(float(np.percentile(found, 98)) - near, 1e-3))
    span = max(far - near, 1e-4)
    levels = np.clip(np.rint(1 + 254 * (near + span - np.where(surface, distances, near)) / span), 1, 255)
    return np.where(surface, levels, 0).astype(np.uint8), near, near + span * 255 / 254


def encode_ids(red: Array, green: Array, blue: Array, distances: Array) -> Array:
    """Returns the material id image. The channels are linear and contain ``level / 255``; the background gets black."""
    levels = np.rint(np.stack([red, green, blue], axis=-1) * 255)
    return np.where(is_surface(distances)[..., None], np.clip(levels, 0, 255), 0).astype(np.uint8)


def colours_in(ids: Array) -> set[tuple[int, int, int]]:
    """Returns the colours of a material id image without its background."""
    flat = ids.reshape(-1, 3).astype(np.uint32)
    numbers = np.unique(flat[:, 0] << 16 | flat[:, 1] << 8 | flat[:, 2])
    return {(int(each) >> 16, int(each) >> 8 & 255, int(each) & 255) for each in numbers if each}


def srgb(linear: Array) -> Array:
    """Returns linear values, encoded for sRGB, 0 to 1."""
    clipped = np.clip(linear, 0, 1)
    encoded: Array = np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * np.power(clipped, 1 / 2.4) - 0.055)
    return encoded


def encode_capture(red: Array, green: Array, blue: Array, alpha: Array) -> Array:
    """Returns the picture of linear premultiplied channels on the even backdrop, in sRGB."""
    colours = srgb(np.stack([red, green, blue], axis=-1) / np.maximum(alpha, 1e-6)[..., None])
    cover = np.clip(alpha, 0, 1)[..., None]
    levels: Array = np.rint(255 * colours * cover + np.array(BACKDROP, np.float32) * (1 - cover))
    return levels.astype(np.uint8)


def encode_normals(
    red: Array, green: Array, blue: Array, distances: Array, tangents: tuple[float, float, float, float]
) -> Array:
    """Returns the normal image: right, up and towards the camera, each from 0 (-1) to 255 (1); the background is black.

    The channels are those of Workbench with the matcap ``check_normal+y``. Its colours are normals about the direction
    from each pixel to the camera, so they are turned into the camera's axes. ``tangents`` are those of the view at its
    left, right, bottom and top border; all are 0 in a parallel projection.
    """
    seen = 2 * srgb(np.stack([red, green, blue], axis=-1)) - 1
    x, y = seen[..., 0], seen[..., 1]
    z = np.sqrt(np.clip(1 - x * x - y * y, 0.0, 1.0))
    height, width = x.shape
    left, right, bottom, top = tangents
    across = left + (right - left) * (np.arange(width, dtype=np.float32) + 0.5) / width
    down = top + (bottom - top) * (np.arange(height, dtype=np.float32) + 0.5) / height
    # The direction from the surface to the camera, and the axes that Workbench makes of it (matcap_uv_compute).
    tangent_x, tangent_y = np.meshgrid(across, down)
    length = np.sqrt(tangent_x**2 + tangent_y**2 + 1)
    i_x, i_y, i_z = -tangent_x / length, -tangent_y / length, 1 / length
    a = 1 / (1 + i_z)
    b = -i_x * i_y * a
    turned = np.stack(
        [
            x * (1 - i_x * i_x * a) + y * b + z * i_x,
            x * b + y * (1 - i_y * i_y * a) + z * i_y,
            -x * i_x - y * i_y + z * i_z,
        ],
        axis=-1,
    )
    turned /= np.maximum(np.linalg.norm(turned, axis=-1, keepdims=True), 1e-6)
    levels = np.clip(np.rint((turned + 1) / 2 * 255), 0, 255)
    return np.where(is_surface(distances)[..., None], levels, 0).astype(np.uint8)

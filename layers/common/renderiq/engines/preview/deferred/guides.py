"""Guide images as numbers: depth, material ids and normals at working resolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderiq.domain.scene_description import SurfaceMaterial
from renderiq.engines.preview.raster import F32, I32, U8, Mask, never_cancelled
from renderiq.engines.preview.segment.coverage import expand_labels
from renderiq.engines.preview.segment.labels import RunLengthLabels
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion, grey_opening, median_3x3

_EXACT_SHARE: Final = 0.985
"""Of an id image: pixels that equal a neighbour exactly, if it was not compressed with loss and is not anti-aliased."""
_MAX_IDS: Final = 1024
_COLOUR_STEP: Final = 16
_PALETTE_DISTANCE: Final = 40
"""Levels, summed over the channels, by which a pixel may differ from the colour that it stands for after JPEG."""
_MIN_ID_PIXELS: Final = 6
_MAX_UNKNOWN: Final = 0.35
"""Of an id image: pixels of no palette colour; with more of them it is a photo or noise."""
_NAMED_DISTANCE: Final = 30
"""Levels, summed over the channels, between a named colour and the nearest one in the image."""
_BLACK: Final = 24
"""Sum of the channels of a background pixel."""
_MAX_ROUGHNESS: Final = 0.35
"""Of the pixels of a depth or normal image: those that stand out from both neighbours; noise has more."""
_STANDS_OUT: Final = 6
_MIN_NORMAL: Final = 0.55
_MAX_NORMAL: Final = 1.5
"""Length of a decoded normal; anything else is background or no normal."""
_MIN_VALID_NORMALS: Final = 0.02
_MIN_LEVELS: Final = 3
"""Levels of grey that a depth image must have."""
_FAR_LEVEL: Final = 2
"""Depth of the background in an image that was compressed with loss."""


@dataclass(frozen=True, slots=True)
class Guides:
    """The guide images that are usable, (height, width); None for the others.

    In ``depth`` 255 is nearest. ``ids`` numbers the materials, and ``named`` has the materials that the plugin has
    named. ``normals`` (height, width, 3) are unit vectors to the right, up and towards the camera, and 0 where there is
    none. The backgrounds are what each guide says to be empty. ``is_exact`` tells whether the depth was not compressed
    with loss.
    """

    depth: U8 | None = None
    ids: I32 | None = None
    named: Mapping[int, SurfaceMaterial] | None = None
    normals: F32 | None = None
    depth_background: Mask | None = None
    id_background: Mask | None = None
    normal_background: Mask | None = None
    is_exact: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there is no guide left."""
        return self.depth is None and self.ids is None and self.normals is None

    @property
    def background(self) -> Mask | None:
        """What is empty, by the most reliable guide that knows it; None if none of them shows any background."""
        for mask in (self.depth_background, self.normal_background, self.id_background):
            if mask is not None:
                return mask
        return None


def read_depth(image: Image.Image, size: tuple[int, int], *, is_exact: bool = True) -> Guides | None:
    """Returns the depth of an image, resized to ``size`` = (width, height), or None if it holds no depth."""
    depth = np.asarray(image.convert("L").resize(size, Image.Resampling.NEAREST))
    count = np.bincount(depth.ravel(), minlength=256)
    if (count > 0).sum() < _MIN_LEVELS or _is_noise(depth):
        return None
    if _is_inverted(depth, count):
        depth = 255 - depth
        count = count[::-1]

    background = None
    limit = 0 if is_exact else _FAR_LEVEL
    if count[: limit + 1].sum() > 0.001 * depth.size:
        background = depth <= limit
        if not is_exact:
            opened = grey_opening(background.astype(np.uint8), 3) > 0
            background = opened
    if background is not None and background.all():
        return None
    return Guides(depth=depth, depth_background=background, is_exact=is_exact)


def read_ids(image: Image.Image, size: tuple[int, int], materials: Mapping[str, SurfaceMaterial]) -> Guides | None:
    """Returns the material ids of an image, resized to ``size`` = (width, height), or None if it holds none."""
    rgb = np.asarray(image.resize(size, Image.Resampling.NEAREST))
    code = (rgb[..., 0].astype(np.int32) << 16) | (rgb[..., 1].astype(np.int32) << 8) | rgb[..., 2]
    alike = np.zeros(code.shape, np.bool_)
    beside, below = code[:, 1:] == code[:, :-1], code[1:] == code[:-1]
    alike[:, 1:] |= beside
    alike[:, :-1] |= beside
    alike[1:] |= below
    alike[:-1] |= below
    values, ids, counts = RunLengthLabels(code).distinct()
    if alike.mean() > _EXACT_SHARE and len(values) <= _MAX_IDS:
        colours = np.stack([values >> 16, (values >> 8) & 255, values & 255], 1).astype(np.float32)
        small = counts < _MIN_ID_PIXELS
        if small.any():
            ids = expand_labels(np.where(small[ids], -1, ids).astype(np.int32))[0]
    else:
        found = _read_compressed_ids(rgb)
        if found is None:
            return None
        ids, colours = found
    used, ids, _ = RunLengthLabels(ids).distinct()
    if len(used) < 2:
        return None
    colours = colours[used]
    black = np.flatnonzero(colours.sum(axis=1) <= _BLACK)
    background = np.isin(ids, black) if len(black) else None
    named = {}
    for text, material in materials.items():
        wanted = np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)], np.float32)
        distance = np.abs(colours - wanted).sum(axis=1)
        if distance.min() <= _NAMED_DISTANCE:
            named[int(distance.argmin())] = material
    return Guides(ids=ids, named=named, id_background=background)


def read_normals(image: Image.Image, size: tuple[int, int]) -> Guides | None:
    """Returns the normals of an image, resized to ``size`` = (width, height), or None if it holds none."""
    rgb = np.asarray(image.resize(size, Image.Resampling.NEAREST))
    if any(_is_noise(np.ascontiguousarray(rgb[..., channel])) for channel in range(3)):
        return None
    normals = rgb.astype(np.float32) * np.float32(1 / 127.5) - 1
    length = np.sqrt((normals * normals).sum(axis=2))
    is_valid = (length > _MIN_NORMAL) & (length < _MAX_NORMAL) & (rgb.max(axis=2) > _BLACK)
    if is_valid.mean() < _MIN_VALID_NORMALS:
        return None
    normals /= np.maximum(length, np.float32(1e-3))[..., None]
    normals[~is_valid] = 0
    if np.abs(normals[is_valid] - normals[is_valid].mean(axis=0)).max() < 0.05:
        return None
    background = ~is_valid
    if background.mean() < 0.001:
        return Guides(normals=normals)
    return Guides(normals=normals, normal_background=background)


def _is_noise(channel: U8) -> bool:
    """Returns whether most pixels differ from both of their neighbours in the same direction, as noise does."""
    level = channel.astype(np.int16)
    before, after = level[:, 1:-1] - level[:, :-2], level[:, 1:-1] - level[:, 2:]
    stands_out = ((before > _STANDS_OUT) & (after > _STANDS_OUT)) | ((before < -_STANDS_OUT) & (after < -_STANDS_OUT))
    return bool(stands_out.mean() > _MAX_ROUGHNESS)


def _is_inverted(depth: U8, count: NDArray[np.integer]) -> bool:
    """Returns whether black is near: exact white, and hardly any black, fills the upper border of the picture."""
    if count[255] < 0.02 * depth.size or (depth[:2] == 0).mean() > 0.1:
        return False
    return bool((depth[:2] == 255).mean() > 0.3)


def _read_compressed_ids(rgb: U8) -> tuple[I32, F32] | None:
    """Returns ids and their colours of an image that was compressed with loss or is anti-aliased, or None."""
    smooth = median_3x3(rgb)
    quantised = (smooth >> 4).astype(np.int32)
    code = (quantised[..., 0] << 8) | (quantised[..., 1] << 4) | quantised[..., 2]
    flat = np.ones(code.shape, np.bool_)
    for channel in range(3):
        level = np.ascontiguousarray(smooth[..., channel])
        flat &= grey_dilation(level, 3) - grey_erosion(level, 3) < _COLOUR_STEP
    count = np.bincount(code[flat], minlength=4096)
    sums = [np.bincount(code[flat], smooth[..., channel][flat], 4096) for channel in range(3)]
    mean = (np.stack(sums, 1) / np.maximum(count, 1)[:, None]).astype(np.float32)
    palette: list[F32] = []
    for each in np.argsort(-count)[:_MAX_IDS]:
        if count[each] < 4 * _MIN_ID_PIXELS:
            break
        if not palette or np.abs(np.array(palette) - mean[each]).sum(axis=1).min() > _PALETTE_DISTANCE:
            palette.append(mean[each])
    if len(palette) < 2:
        return None
    colours = np.array(palette, np.float32)
    values, number, _ = RunLengthLabels(
        (smooth[..., 0].astype(np.int32) << 16) | (smooth[..., 1].astype(np.int32) << 8) | smooth[..., 2]
    ).distinct()
    level = np.stack([values >> 16, (values >> 8) & 255, values & 255], 1).astype(np.float32)
    nearest = np.empty(len(values), np.int32)
    distance = np.empty(len(values), np.float32)
    for start in range(0, len(values), 4096):
        difference = np.abs(level[start : start + 4096, None] - colours).sum(axis=2)
        nearest[start : start + 4096] = difference.argmin(axis=1)
        distance[start : start + 4096] = difference.min(axis=1)
    nearest[distance > _PALETTE_DISTANCE] = -1
    ids = nearest[number]
    # Blends of two colours along a border may look like a third one.
    ids[~flat & _is_thin(ids)] = -1
    if (ids < 0).mean() > _MAX_UNKNOWN:
        return None
    return expand_labels(ids, never_cancelled)[0], colours


def _is_thin(ids: I32) -> Mask:
    """Returns the pixels that belong to no square of 2 x 2 pixels of one id."""
    same = (ids[1:, 1:] == ids[:-1, :-1]) & (ids[1:, :-1] == ids[:-1, 1:]) & (ids[1:, 1:] == ids[1:, :-1])
    thick = np.zeros(ids.shape, np.bool_)
    for part in (np.s_[1:, 1:], np.s_[1:, :-1], np.s_[:-1, 1:], np.s_[:-1, :-1]):
        thick[part] |= same
    return ~thick


def border_mask(*maps: I32 | Mask) -> Mask:
    """Returns the pixels whose right or lower neighbour has another value in one of the maps."""
    border = np.zeros(maps[0].shape, np.bool_)
    for each in maps:
        border[:, :-1] |= each[:, 1:] != each[:, :-1]
        border[:-1] |= each[1:] != each[:-1]
    return border

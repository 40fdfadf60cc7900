"""The model's contour before its background: how much of each mixed pixel is the model, and in which colour."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.raster import F32, U8, Mask
from renderiq.engines.preview.segment.backdrop_model import MATCH
from renderiq.engines.preview.segment.morphology import grey_dilation

_CONTOUR_WIDTH: Final = 2
"""Pixels of the model beside the background that may be mixed with it."""
_FULL_SHARE: Final = 1.1
"""Factor of the opacity, so that shading across the model's edge does not make it transparent."""
_OUTLINE_OPACITY: Final = 0.6
"""Least opacity of an outline within which the model is opaque."""
_PURE: Final = 3
"""Levels per channel between two pixels of one colour."""
_MIN_SHARE: Final = 0.2
"""Less opaque pixels do not tell the colour of the model."""
_FILL_ROUNDS: Final = 3
"""Pixels beyond the contour that get colours of the model."""
_NEIGHBOURS: Final = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))


def unmix_contour(rgb: U8, mask: Mask, behind: F32) -> tuple[F32, U8]:
    """Returns the opacity of the model and its colour without the background, along its contour."""
    opacity = (~mask).astype(np.float32)
    band = grey_dilation(mask.astype(np.uint8), 2 * _CONTOUR_WIDTH + 1) > 0
    rows, columns = np.nonzero(band)
    difference = np.zeros(mask.shape, np.uint8)
    contrast = np.abs(rgb[rows, columns] - behind[rows, columns]).max(axis=1)
    difference[rows, columns] = np.minimum(contrast, 255)
    inner = grey_dilation(mask.astype(np.uint8), 2 * _CONTOUR_WIDTH + 3) > 0
    difference[inner & ~band] = np.abs(rgb[inner & ~band] - behind[inner & ~band]).max(axis=1)
    difference[mask] = 0
    strongest = grey_dilation(difference, 2 * _CONTOUR_WIDTH + 1)
    contour = band & ~mask & (strongest > 3 * MATCH)
    opacity[contour] = np.clip(difference[contour] / strongest[contour].astype(np.float32) * _FULL_SHARE, 0, 1)
    # A face within an outline may have the colour of the background.
    outline = contour & (grey_dilation(mask.astype(np.uint8), 3) > 0)
    within = contour & ~outline
    opacity[within & (grey_dilation((outline & (opacity > _OUTLINE_OPACITY)).astype(np.uint8), 3) > 0)] = 1
    opacity[_find_pure(rgb, mask, contour & (difference > 2 * MATCH))] = 1
    foreground = rgb.astype(np.float32)
    mixed = contour & (opacity > _MIN_SHARE) & (opacity < 1)
    alpha = opacity[mixed][:, None]
    foreground[mixed] = np.clip((foreground[mixed] - (1 - alpha) * behind[mixed]) / alpha, 0, 255)
    # Interpolation during enlargement must find colours of the model outside of its contour as well.
    known = ~mask & (opacity > _MIN_SHARE)
    for _ in range(_FILL_ROUNDS):
        reach = grey_dilation(known.astype(np.uint8), 3) > 0
        y, x = np.nonzero(reach & ~known)
        total = np.zeros((len(y), 3), np.float32)
        count = np.zeros(len(y), np.float32)
        for down, across in _NEIGHBOURS:
            near_y, near_x = np.clip(y + down, 0, len(mask) - 1), np.clip(x + across, 0, mask.shape[1] - 1)
            weight = known[near_y, near_x].astype(np.float32)
            count += weight
            total += foreground[near_y, near_x] * weight[:, None]
        found = count > 0
        foreground[y[found], x[found]] = total[found] / count[found][:, None]
        known[y[found], x[found]] = True
    return opacity, (foreground + 0.5).astype(np.uint8)


def _find_pure(rgb: U8, mask: Mask, contour: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns rows and columns of pixels of the ``contour`` that have the colour of one further from the background.

    Mixed pixels never have it: the further one shows less of the background. So this is the narrow side of a post.
    """
    depth = mask.astype(np.uint8)
    for step in range(_CONTOUR_WIDTH):
        depth += grey_dilation(mask.astype(np.uint8), 2 * step + 3)
    height, width = mask.shape
    y, x = np.nonzero(contour)
    colour, level = rgb[y, x].astype(np.int16), depth[y, x]
    pure = np.zeros(len(y), np.bool_)
    for down, across in _NEIGHBOURS[:4]:
        near = np.clip(y + down, 0, height - 1), np.clip(x + across, 0, width - 1)
        alike = np.abs(colour - rgb[near]).max(axis=1) <= _PURE
        # The pair may be the whole width of a side.
        pure |= alike & (depth[near] != level) & ~mask[near]
    return y[pure], x[pure]

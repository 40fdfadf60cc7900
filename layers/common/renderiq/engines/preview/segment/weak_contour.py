"""Contours beside faces that are hardly brighter or darker than the background: noise and grids make them ragged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.geometry.contours import trace_contours
from renderiq.engines.preview.geometry.rasterizer import rasterize_labels
from renderiq.engines.preview.raster import F32, U8, CheckCancelled, Mask, gaussian_blur
from renderiq.engines.preview.segment.backdrop_model import DARK, I16, chroma_of, difference_from
from renderiq.engines.preview.segment.coverage import expand_labels
from renderiq.engines.preview.segment.morphology import grey_dilation, grey_erosion

_WEAK: Final = 20
"""Levels between the background and a face whose contour is not reliable."""
_SIGMA: Final = 1.6
_SIGMA_ON_DARK: Final = 0.004
"""Blur of such a contour in pixels, and before a dark background, if that is more, as a part of the longer side."""
_TOLERANCE: Final = 3.0
"""Pixels by which a contour before a dark background may deviate from a straight line."""
_FACE_SIGMA: Final = 4.0
"""Pixels around a contour that tell the face beside it."""
_SUBPIXELS: Final = 4
"""Of a pixel, in each direction, that tell how much of it lies beyond the straight line."""
_MARGIN: Final = 5
_MAX_DISTANCE: Final = 8
"""Side in pixels of the square around a straight contour in which no colours are taken for it, and how far away they
are taken at most."""


@dataclass(frozen=True, slots=True)
class WeakContour:
    """A background ``mask`` (height, width) with a smooth contour.

    ``straight`` marks the pixels along the part of it that has become straight, and ``opacity`` (0..1) tells how much
    of each of them shows the model.
    """

    mask: Mask
    straight: Mask
    opacity: F32

    def draw(self, opacity: F32, foreground: U8) -> None:
        """Draws the straight part into the opacity and the colours (height, width, 3) of the model, in place."""
        if not self.straight.any():
            return
        opacity[self.straight] = self.opacity[self.straight]
        around, reached = (
            grey_dilation(self.straight.astype(np.uint8), side) > 0 for side in (_MARGIN, 2 * _MAX_DISTANCE + 1)
        )
        inner = ~self.mask & ~around
        if not inner.any():
            return
        # What is drawn along the contour, as grid lines, is no part of a face. What is far away is no source.
        seeds = np.where(inner, 0, np.where(reached, -1, 1)).astype(np.int32)
        _, place, source = expand_labels(seeds)
        near = self.straight.ravel()[place] & inner.ravel()[source]
        flat = foreground.reshape(-1, 3)
        flat[place[near]] = flat[source[near]]


def smooth_weak_contour(rgb: U8, mask: Mask, model: F32, check_cancelled: CheckCancelled) -> WeakContour:
    """Smooths the contour of the background ``mask`` of ``rgb`` (height, width, 3) where it is not reliable.

    Before a dark background the contour becomes straight lines, because its grid cuts into dark faces. ``model``
    (height, 3) has the colour of the background in each row.
    """
    difference = difference_from(rgb, model)
    is_weak = difference < _WEAK
    is_dark = float(np.median(model)) < DARK
    sigma = max(_SIGMA, _SIGMA_ON_DARK * max(mask.shape)) if is_dark else _SIGMA
    smooth = np.where(is_weak, gaussian_blur(mask.astype(np.uint8) * 255, sigma) > 127, mask)
    if not is_dark:
        return WeakContour(smooth, np.zeros_like(smooth), np.zeros(smooth.shape, np.float32))
    # The viewport darkens the background along edges.
    difference[(rgb < model[:, None]).all(axis=2)] = 0
    solid = smooth.astype(np.uint8)
    contour = (grey_dilation(solid, 3) > grey_erosion(solid, 3)) & _is_alike(difference + chroma_of(rgb), smooth)
    straight = grey_dilation(contour.astype(np.uint8), 2 * round(_TOLERANCE) + 1) > 0
    if not contour.any():
        return WeakContour(smooth, straight, np.zeros(smooth.shape, np.float32))
    opacity = 1 - _straightened(smooth, check_cancelled)
    return WeakContour(np.where(straight, opacity < np.float32(0.5), smooth), straight, opacity)


def _is_alike(difference: I16, background: Mask) -> Mask:
    """Returns where the model around has hardly any ``difference`` from the background."""
    model = (~background).astype(np.uint8) * 255
    total, amount = (
        gaussian_blur(each, _FACE_SIGMA).astype(np.float32)
        for each in (np.minimum(difference, 255).astype(np.uint8) & model, model)
    )
    alike: Mask = total * np.float32(255) < _WEAK * amount
    return alike


def _straightened(mask: Mask, check_cancelled: CheckCancelled) -> F32:
    """Returns how much of each pixel a mask covers (0..1) whose contour is straight lines and smooth curves."""
    height, width = mask.shape
    label = mask.astype(np.int32)
    tolerance = np.full(2, _TOLERANCE)
    contours = trace_contours(label, label, np.ones(label.shape, np.float32), tolerance, check_cancelled)
    size = width * _SUBPIXELS, height * _SUBPIXELS
    large = rasterize_labels(contours, np.full(2, float(_SUBPIXELS)), size, label).astype(np.uint8) * 255
    return np.asarray(Image.fromarray(large).reduce(_SUBPIXELS), np.float32) * np.float32(1 / 255)

"""Edges that the capture shows and the finished picture has lost: they come back as soft seams."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from renderiq.engines.preview.classify.confidence import edge_strength
from renderiq.engines.preview.raster import (
    BAND_ROWS,
    F32,
    U8,
    CheckCancelled,
    Mask,
    UpsampledPlane,
    blend,
    gaussian_blur,
    never_cancelled,
    smoothstep,
)
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion

_SIGMA: Final = 1.0
"""Pixels: blur before edges are compared, so that noise and fine textures are no edges."""
_SEEN: Final = 5
_KEPT: Final = 0.75
_ENOUGH: Final = 13
"""Levels over two pixels: of an edge of the capture that must stay; and of one of the picture that is seen, at most or
as a part of the capture's own."""
_REACH: Final = 3
"""Pixels: the side of the square in which both edges must be."""
_CONTRAST_SIGMA: Final = 3.0
"""Pixels, in a capture of 1280 pixels: contrast over this distance is taken from the capture."""
_LINE_SIDE: Final = 7
"""Pixels, in a capture of 1280 pixels: wider than a drawn line."""
_LINE: Final = 0.86
"""Level over that beside it of a drawn line."""
_RANGE: Final = (0.55, 1.0)
_LINE_EXPONENT: Final = 0.5
"""Limits of one correction, and the exponent of the levels of drawn lines, which become soft seams."""
_RIM: Final = (1.2, 0.5)
"""Sigma in pixels, in a capture of 1280 pixels, and strength of the darkening on the darker side of a contour."""
_SIDE_SIGMA: Final = 2.5
_SIDE_STRETCH_SIGMA: Final = 4.0
_COARSE: Final = 2
_DARKER: Final = 2
"""Pixels around a contour that tell the brightness of either side, and along it that have the same darker side; of how
many pixels in each direction one is looked at; and levels by which the model is darker."""
_STRETCH_SIGMA: Final = 4.0
_CONTOUR_STRETCH_SIGMA: Final = 16.0
_LOST: Final = (0.04, 0.30)
"""Radius in pixels of a stretch of an edge and of the contour, and the part of it that is lost between which all of it
is restored."""
_LINE_SEEN: Final = 30
_LINE_LOST: Final = 12
_LINE_SHARE: Final = (0.25, 0.6)
"""Levels over two pixels of a line that must leave an edge and of the edge that it must leave; and the part of a
stretch that leaves none, between which the line comes back."""
_ROUNDS: Final = 2
_FEW: Final = 0.001
"""Of the edges: fewer lost ones do not matter."""


def restore_edges(
    pixels: U8,
    shown: U8,
    inside: Mask,
    opacity: F32 | None,
    check_cancelled: CheckCancelled = never_cancelled,
    *,
    least: float = 0.0,
) -> U8:
    """Restores the edges that ``pixels`` (height, width, 3), in sRGB, have lost of the capture, in place.

    ``shown`` is the capture at working resolution, ``inside`` where its edges must stay, and ``opacity`` that of the
    model, whose contour must be seen before its background. Stretches of an edge are restored as a whole, so that no
    line is dotted. ``least`` (0..1) is how far edges come back that are not lost, so that all look alike.

    Returns the picture in the size of ``shown``.
    """
    height, width = shown.shape[:2]
    unit = max(1.0, max(height, width) / 1280)
    small = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX, reducing_gap=2.0))
    strength = edge_strength(_smooth(shown))
    wanted = (strength >= _SEEN) & inside
    needed = np.minimum(strength * np.float32(_KEPT), np.float32(_ENOUGH))
    contour = np.zeros_like(wanted)
    if opacity is not None:
        model = (opacity > np.float32(0.5)).astype(np.uint8)
        # What is left of overlays beside the model is thin, and must not become stronger.
        side = 2 * round(4 * unit) + 1
        solid = grey_dilation(grey_erosion(model, side), side + 4)
        contour = (grey_dilation(model, 3) > grey_erosion(model, 3)) & (solid > 0)
        needed[contour] = _ENOUGH
    wanted |= contour
    total = int(wanted.sum())
    if not total:
        return small
    contrast = _contrast(shown, unit)
    rim = None if opacity is None else _rim(small, opacity, contour, unit)
    stretches = [_Stretches(wanted, _STRETCH_SIGMA * unit)]
    if contour.any():
        # Long ones, so that the rim has no gaps.
        stretches.append(_Stretches(contour, _CONTOUR_STRETCH_SIGMA * unit))
    near = grey_dilation(wanted.astype(np.uint8), 2 * round(2 * unit) + 1)
    factor = np.ones((height, width), np.float32)
    picture = small
    for round_number in range(_ROUNDS):
        check_cancelled()
        missing = wanted & (grey_dilation(edge_strength(_smooth(picture)), _REACH) < needed)
        if missing.sum() < _FEW * total and not (least and round_number == 0):
            break
        weight = smoothstep(*_LOST, np.maximum.reduce([each.share_of(missing) for each in stretches]))
        if round_number == 0:
            weight = np.maximum(weight, np.float32(least))
        weight *= near
        place = np.flatnonzero(weight)
        weight = weight.ravel()[place]
        if rim is None or opacity is None:
            factor.ravel()[place] *= contrast.ravel()[place] ** weight
        else:
            own = np.where(opacity.ravel()[place] > np.float32(0.5), contrast.ravel()[place], 1)
            own **= weight * ~rim.near.ravel()[place]
            factor.ravel()[place] *= own * rim.factor.ravel()[place] ** weight
        picture = _multiplied(small, factor)
    if picture is small:
        return small
    plane = UpsampledPlane(factor, (pixels.shape[1], pixels.shape[0]))
    for top in range(0, len(pixels), BAND_ROWS):
        bottom = min(top + BAND_ROWS, len(pixels))
        rows = plane.rows(top, bottom)
        if np.abs(rows - 1).max() > 1e-3:
            pixels[top:bottom] = _multiplied(pixels[top:bottom], rows)
    return picture


def put_lost_lines_back(rgb: U8, seen: U8) -> U8:
    """Returns ``rgb``, from which lines of ``seen`` (height, width, 3) were removed, with those that are missed.

    What leaves no edge in the place of a line was a thin thing rather than a line.
    """
    strength = edge_strength(_smooth(seen))
    wanted = strength >= _LINE_SEEN
    if not wanted.any():
        return rgb
    unit = max(1.0, max(seen.shape) / 1280)
    missing = wanted & (grey_dilation(edge_strength(_smooth(rgb)), _REACH) < _LINE_LOST)
    if not missing.any():
        return rgb
    weight = smoothstep(*_LINE_SHARE, _Stretches(wanted, _STRETCH_SIGMA * unit).share_of(missing))
    weight *= grey_dilation(missing.astype(np.uint8), 2 * round(5 * unit) + 1)
    out = rgb.copy()
    blend(out, seen, weight)
    return out


class _Stretches:
    """The stretches of some edges: what is within ``sigma`` pixels along them counts as one."""

    def __init__(self, edges: Mask, sigma: float) -> None:
        self._edges, self._sigma = edges, sigma
        self._amount: F32 = np.maximum(self._blurred(edges), np.float32(1))

    def share_of(self, missing: Mask) -> F32:
        """Returns which part (0..1) of the stretch at each pixel is ``missing`` (height, width)."""
        share: F32 = (self._blurred(missing & self._edges) / self._amount).astype(np.float32, copy=False)
        return share

    def _blurred(self, mask: Mask) -> F32:
        return gaussian_blur(mask.astype(np.uint8) * 255, self._sigma).astype(np.float32)


class _Rim:
    """The darkening ``factor`` on the darker side of the model's contour, and which pixels are ``near`` it."""

    def __init__(self, factor: F32, near: Mask) -> None:
        self.factor, self.near = factor, near


def _rim(picture: U8, opacity: F32, contour: Mask, unit: float) -> _Rim:
    """Returns a soft shade along the ``contour``, on the side that is darker in ``picture``."""
    share = np.clip(opacity, 0, 1)
    sigma, strength = _RIM
    dark = gaussian_blur(contour.astype(np.uint8) * 255, sigma * unit).astype(np.float32) * np.float32(1 / 255)
    side = np.where(_is_model_darker(picture, share, contour, unit), share, 1 - share)
    near = grey_dilation(contour.astype(np.uint8), 2 * round(3 * unit) + 1) > 0
    factor: F32 = (1 - np.float32(strength) * np.minimum(dark, 1) * side).astype(np.float32)
    return _Rim(factor, near)


def _is_model_darker(picture: U8, share: F32, contour: Mask, unit: float) -> Mask:
    """Returns around the ``contour`` whether the model, of which a pixel has a ``share``, is darker than the rest."""
    grey, model, near = (
        Image.fromarray(each).convert("L").reduce(_COARSE)
        for each in (picture, (share * 255).astype(np.uint8), contour.astype(np.uint8) * 255)
    )
    level, on_contour = np.asarray(grey, np.float32), np.asarray(near) > 0
    sides = []
    for weight in (np.asarray(model), 255 - np.asarray(model)):
        amount = gaussian_blur(weight, _SIDE_SIGMA * unit / _COARSE).astype(np.float32)
        mean = (level * weight * np.float32(1 / 255)).astype(np.uint8)
        sides.append(gaussian_blur(mean, _SIDE_SIGMA * unit / _COARSE) / np.maximum(amount, 1))
    darker, all_of_it = (
        gaussian_blur(each.astype(np.uint8) * 255, _SIDE_STRETCH_SIGMA * unit / _COARSE).astype(np.float32)
        for each in ((sides[0] + _DARKER < sides[1]) & on_contour, on_contour)
    )
    large = (darker > 0.5 * all_of_it).repeat(_COARSE, axis=0).repeat(_COARSE, axis=1)
    return large[: len(share), : share.shape[1]]


def _smooth(rgb: U8) -> U8:
    planes = [gaussian_blur(np.ascontiguousarray(rgb[..., channel]), _SIGMA) for channel in range(3)]
    # Each channel is contiguous, which makes what follows faster.
    return np.moveaxis(np.stack(planes), 0, 2)


def _multiplied(pixels: U8, factor: F32) -> U8:
    out = np.empty_like(pixels)
    for channel in range(3):
        out[..., channel] = np.minimum(pixels[..., channel] * factor + np.float32(0.5), 255).astype(np.uint8)
    return out


def _contrast(shown: U8, unit: float) -> F32:
    """Returns the level of each pixel over that of its surroundings; drawn lines get no bright seam."""
    grey = np.asarray(Image.fromarray(shown).convert("L"))
    level = np.maximum(grey, 6).astype(np.float32)
    around = np.maximum(gaussian_blur(grey, _CONTRAST_SIGMA * unit), 6).astype(np.float32)
    line = level / np.maximum(grey_closing(grey, 2 * round(_LINE_SIDE * unit / 2) + 1), 6)
    near_line = grey_dilation((line < _LINE).astype(np.uint8), 2 * round(2 * unit) + 1) > 0
    found: F32 = (level / around).astype(np.float32)
    found[near_line] = line[near_line] ** np.float32(_LINE_EXPONENT)
    return np.clip(found, *_RANGE)

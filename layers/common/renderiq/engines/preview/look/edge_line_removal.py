"""Edge lines in a capture's own pixels: removed between two colours, weaker where they are joints of one face."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, U8, Mask, gaussian_blur
from renderiq.engines.preview.segment.backdrop_model import chroma_of, highest_channel
from renderiq.engines.preview.segment.inpainting import Inpainting, find_halo, inpaint
from renderiq.engines.preview.segment.labels import connected_components
from renderiq.engines.preview.segment.morphology import grey_closing, grey_dilation, grey_erosion, grey_opening

_MIN_SIDE: Final = 16
_WIDEST: Final = 7
"""Pixels: wider than an edge line."""
_CORE_CONTRAST: Final = 26
"""Levels between a line and the faces beside it."""
_WEAK_CONTRAST: Final = 10
_MIN_CLEAR: Final = 0.3
"""Levels of a line in a dark face, and how much of the line must have more contrast elsewhere."""
_MAX_LEVEL: Final = 120
_MAX_CHROMA: Final = 40
_SIDES: Final = (3, 5, 7)
"""Pixels: sides of the closings that may remove the lines of a capture."""
_SHARE: Final = 0.8
"""Of the contrast that the widest closing removes: what the closing as wide as the lines removes."""
_ROUNDS: Final = 4
"""Pixels that the faces grow into a line from each side."""
_DENSE: Final = (0.18, 0.3)
_DENSITY_SIGMA: Final = 16.0
"""Part of the pixels around a line that are lines as well, between which detail is so dense that lines stay."""
_DENSE_SHARE: Final = 0.25
"""How far lines in dense detail are replaced, over those that stand alone."""
_THIN_CONTRAST: Final = 12
_COMPLETE: Final = (0.7, 0.92)
"""Levels of anything thin and dark, and the part of it around a line that must be lines as well."""
_INK: Final = 0.4
_FAINT_INK: Final = 50
"""How far a black line comes nearer to the brighter face beside it, and the levels of contrast that it keeps."""
_JOINT: Final = 0.5
_BORDER: Final = 1.0
"""How far a line is replaced: between two parts of one face, and between two colours."""
_BORDER_CONTRAST: Final = (22, 48)
"""Levels between the faces beside a line, between which they turn from one colour to two."""
_EVENING_SIGMA: Final = 1.2
_EVENING_LEVEL: Final = 56
"""Blur of the lines of a noisy capture, and the level above which a pixel is a line."""
_PALE: Final = 215
_DRAWING: Final = 0.75
"""Level of what is white, and the part of what is beside the lines that is white in a drawing."""
_DARK: Final = (50, 120)
"""Levels of a face between which its joints become as weak as those of bright faces."""
_SLENDER: Final = 11
"""Pixels: narrower things before the background keep their lines."""
_SLAT_CONTRAST: Final = 16
_SLAT_SIGMA: Final = 7.0
_SLAT_SHARE: Final = 0.12
"""Levels by which a thing between two lines would change, the radius in pixels around it, and its part of the lines."""
_SMOOTHING_SIGMA: Final = 0.9
"""Pixels: anti-aliasing of the border that takes the place of a line."""


def remove_edge_lines(
    rgb: U8, model: Mask | None = None, paper_level: F32 | None = None, *, is_noisy: bool = False
) -> U8:
    """Returns ``rgb`` (height, width, 3), in which the faces beside thin dark lines without colour meet.

    Where both sides have one colour the line stays as a weak joint; in dense detail all lines stay, but weaker.
    ``model`` (height, width) has the pixels that show the model; only they grow into a line. ``paper_level`` (height,)
    is the level of what will be behind the model: an outline goes only if the face within it stands out from that.
    """
    if min(rgb.shape[:2]) < _MIN_SIDE:
        return rgb
    core = _find_lines(rgb)
    if is_noisy:
        core = gaussian_blur(core.astype(np.uint8) * 255, _EVENING_SIGMA) > _EVENING_LEVEL
    if not core.any() or _is_drawing(rgb, core):
        return rgb
    line = core | find_halo(rgb, core)
    strength = _reliability(rgb, core, line, model)
    found = inpaint(rgb, line, line if model is None else line | ~model, _ROUNDS)
    if not is_noisy:
        strength *= ~_find_slats(rgb, core, found)
    low, high = _BORDER_CONTRAST
    is_border = np.clip((found.contrast - low) / (high - low), 0, 1)
    if model is not None:
        # Beside the background there is one face only.
        at_contour = (grey_dilation((~model).astype(np.uint8), 2 * _ROUNDS + 1) > 0).ravel()[found.pixels]
        beyond = np.zeros(len(rgb), np.float32) if paper_level is None else paper_level
        difference = np.abs(found.colour.mean(axis=1) - beyond[found.pixels // rgb.shape[1]])
        is_border[at_contour] = np.clip((difference[at_contour] - low) / (high - low), 0, 1)
        # A post between two outlines would go with them.
        slender = model & (grey_opening(model.astype(np.uint8), _SLENDER) == 0)
        strength[slender] = 0
    if is_noisy:
        # Noise makes the lines' width uneven, and so would be the borders that take their place.
        is_border[:] = 0
    # In a dark face a weaker line would not be seen any more.
    joint = _JOINT * np.clip((found.colour.mean(axis=1) - _DARK[0]) / (_DARK[1] - _DARK[0]), 0, 1)
    amount = (joint + (_BORDER - joint) * is_border) * strength.ravel()[found.pixels]
    out = rgb.copy()
    flat = out.reshape(-1, 3)
    flat[found.pixels] = (found.colour + 0.5).astype(np.uint8)
    for channel in range(3):
        smooth = gaussian_blur(np.ascontiguousarray(out[..., channel]), _SMOOTHING_SIGMA).ravel()[found.pixels]
        before = rgb[..., channel].ravel()[found.pixels].astype(np.float32)
        flat[found.pixels, channel] = (before + (smooth - before) * amount + 0.5).astype(np.uint8)
    return out


def soften_lines(rgb: U8) -> U8:
    """Returns ``rgb`` (height, width, 3), in which thin dark lines are no longer ink.

    All of them stay, also in dense detail and in drawings. Wider dark things, such as posts, stay as they are.
    """
    if min(rgb.shape[:2]) < _MIN_SIDE:
        return rgb
    grey = np.ascontiguousarray(rgb[..., 1])
    is_dark = _is_dark(rgb)
    # What is as wide as the widest line may be posts and frames.
    side = _line_width(grey, is_dark)
    if side == _WIDEST:
        side = _SIDES[0]
    core = is_dark & (grey_closing(grey, side) - grey > _CORE_CONTRAST)
    if not core.any():
        return rgb
    near = grey_dilation(core.astype(np.uint8), 3) > 0
    out = rgb.copy()
    for channel in range(3):
        level = np.ascontiguousarray(rgb[..., channel])
        contrast = (grey_closing(level, side) - level)[near]
        ink = np.maximum(contrast, _FAINT_INK) - _FAINT_INK
        out[..., channel][near] += (ink * np.float32(_INK) + np.float32(0.5)).astype(np.uint8)
    return out


def _find_slats(rgb: U8, core: Mask, found: Inpainting) -> Mask:
    """Returns where two lines are so near that what is between them, in another colour, would go with them."""
    between = (grey_closing(core.astype(np.uint8), _WIDEST) > 0) & ~core
    lost = np.zeros(core.size, np.uint8)
    change = np.abs(rgb.reshape(-1, 3)[found.pixels] - found.colour).max(axis=1, initial=0)
    lost[found.pixels[between.ravel()[found.pixels] & (change > _SLAT_CONTRAST)]] = 255
    around = gaussian_blur(lost.reshape(core.shape), _SLAT_SIGMA).astype(np.float32)
    lines = gaussian_blur(core.astype(np.uint8) * 255, _SLAT_SIGMA).astype(np.float32)
    slats: Mask = around > np.maximum(_SLAT_SHARE * lines, 2)
    return slats


def _is_drawing(rgb: U8, core: Mask) -> bool:
    """Returns whether nearly everything beside the lines is white, so that they are all there is to see."""
    beside = (grey_dilation(core.astype(np.uint8), 9) > 0) & ~core
    pale = rgb[beside][:: max(1, int(beside.sum()) // 20_000)]
    return bool(((np.ptp(pale, axis=1) < _MAX_CHROMA // 2) & (pale.min(axis=1) > _PALE)).mean() > _DRAWING)


def _find_lines(rgb: U8) -> Mask:
    """Returns the pixels of edge lines, without their anti-aliased pixels."""
    green, is_dark = np.ascontiguousarray(rgb[..., 1]), _is_dark(rgb)
    contrast = grey_closing(green, _WIDEST) - green
    weak = is_dark & (contrast > _WEAK_CONTRAST)
    parts = connected_components(grey_dilation(weak.astype(np.uint8), 3))
    count = int(parts.max()) + 1
    clear = np.bincount(parts[weak & (contrast > _CORE_CONTRAST)], minlength=count)
    core: Mask = weak & (clear > _MIN_CLEAR * np.bincount(parts[weak], minlength=count))[parts]
    side = _line_width(green, is_dark)
    if side == _WIDEST:
        # What is that wide may be posts and frames.
        return np.zeros_like(core)
    if side + 2 < _WIDEST:
        core &= grey_dilation(grey_erosion(core.astype(np.uint8), side + 2), side + 4) == 0
    return core


def _is_dark(rgb: U8) -> Mask:
    found: Mask = (highest_channel(rgb) < _MAX_LEVEL) & (chroma_of(rgb) < _MAX_CHROMA)
    return found


def _line_width(grey: U8, is_dark: Mask) -> int:
    """Returns the side of the narrowest closing that removes the lines of a capture; thicker dark parts are none."""
    removed = [float((grey_closing(grey, side) - grey)[is_dark].sum(dtype=np.int64)) for side in _SIDES]
    return next(side for side, each in zip(_SIDES, removed, strict=True) if each >= _SHARE * removed[-1])


def _reliability(rgb: U8, core: Mask, line: Mask, model: Mask | None) -> F32:
    """Returns for each pixel (height, width) in 0..1 how far the lines around it may be removed.

    In dense detail lines are what is seen, and where only some pixels of thin dark things are lines, removing them
    would leave dashes.
    """
    density = gaussian_blur(core.astype(np.uint8) * 255, _DENSITY_SIGMA).astype(np.float32) / 255
    level = np.ascontiguousarray(rgb[..., 1])
    thin = line | (grey_closing(level, _WIDEST) - level > _THIN_CONTRAST)
    if model is not None:
        thin &= grey_erosion(model.astype(np.uint8), 3) > 0
    near = grey_dilation(line.astype(np.uint8), 3) > 0
    found, all_thin = (
        gaussian_blur(mask.astype(np.uint8) * 255, _DENSITY_SIGMA).astype(np.float32) for mask in (near & thin, thin)
    )
    isolated = 1 - (1 - _DENSE_SHARE) * np.clip((density - _DENSE[0]) / (_DENSE[1] - _DENSE[0]), 0, 1)
    complete = np.clip((found / np.maximum(all_thin, 1) - _COMPLETE[0]) / (_COMPLETE[1] - _COMPLETE[0]), 0, 1)
    complete[all_thin < 1] = 1
    return (isolated * complete).astype(np.float32)

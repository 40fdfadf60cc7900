"""Borders whose edge in the finished picture is dotted, ragged or gone: they get the capture's own fine contrast."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

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

I16 = NDArray[np.int16]

_EDGE_SIGMA: Final = 1.0
_DIRECTION_SIGMA: Final = 1.5
"""Pixels: blur of the levels whose gradient is taken, and of the tensor that tells the direction of an edge."""
_ALONG: Final = tuple(range(-6, 7, 2))
_ACROSS: Final = (0, -1, 1)
"""Pixels along an edge in which its gradient must keep its direction, and across it in which the edge may lie."""
_WANTED: Final = 4.5
_SEEN: Final = 10.0
_MAX_GAIN: Final = 2.2
"""Levels per pixel, over the three channels, of an edge of the capture that must be seen and of one in the picture
that is seen; and the highest exponent of the capture's contrast that makes one of the other."""
_COHERENT: Final = 0.7
_EVEN: Final = 0.9
"""The least part of the gradient along an edge that points across it, always to the same side: in the capture, and in a
picture that needs no mending."""
_GAIN_UNIT: Final = 100
"""Of the image that holds these exponents."""
_REACH: Final = 5
_SOFT: Final = 3.5
"""Pixels, in a capture of 1280 pixels: how far around a broken place the contrast is taken, and how softly it ends."""
_SHARE_FACTOR: Final = 1.25
"""Factor of the share of that contrast after the blur: it is 1 again in the middle of a narrow place."""
_LIGHT_SIGMA: Final = 10.0
"""Pixels, in a capture of 1280 pixels: light of the picture that stays; what is finer comes from the capture."""
_LIFT: Final = 8
"""Levels that are added to both, so that dark noise has little contrast."""
_RANGE: Final = (0.3, 2.4)
"""Limits of the level of a pixel over that of its surroundings."""
_ROOM: Final = 60
"""Levels below white from which on a contrast needs care not to glow."""
_BRIGHTER: Final = 12
"""Levels by which a mended pixel may be brighter than the brightest around it."""
_COARSE: Final = 2
_COARSER: Final = 4
"""Of so many pixels in each direction, one tells the direction of an edge, and the light around it."""
_WIDE: Final = 8.0
"""Pixels: sigma from which on means are taken from the coarser copy."""
_NOISE: Final = 4.0
_TURNED: Final = (0.6, 0.85)
"""Deviation in levels that is no structure, and the negative correlations between which the contrast turns round."""
_SIDE_SIGMA: Final = 3.0
"""Pixels around a contour that tell the brightness of either side."""
_DARKEST: Final = 6
"""Levels that are all black."""
_LINE_SIDE: Final = 7
_LINE: Final = 0.86
_LINE_EXPONENT: Final = 0.85
"""Side in pixels of what is wider than a drawn line, level of a line over that beside it, and the exponent of that
level: lines become soft seams."""


def mend_edges(
    pixels: U8, reduced: U8, shown: U8, border: Mask, model: Mask, check_cancelled: CheckCancelled = never_cancelled
) -> U8:
    """Mends the edges along ``border`` that ``pixels`` (height, width, 3), in sRGB, do not show as ``shown`` does.

    ``shown`` is the capture at working resolution, of which ``border`` marks the borders of the scene, and ``model``
    what is not background; ``reduced`` is the picture in its size. Lines that are drawn on the model are borders too:
    they part faces of one material. Where an edge of the capture is broken in the picture, the light of the picture
    stays, and the contrast within a few pixels becomes that of the capture. All other places stay as they are.

    Changes ``pixels`` in place. Returns the picture in the size of ``shown``.
    """
    height, width = border.shape
    unit = max(1.0, max(height, width) / 1280)
    gain = _broken_places(reduced, shown, border | (_drawn_lines(shown) & model))
    if not gain.any():
        return reduced
    check_cancelled()
    side = 2 * round(_REACH * unit) + 1
    soft = gaussian_blur(grey_dilation((gain > 0).astype(np.uint8) * 255, side), _SOFT * unit)
    weight = np.minimum(soft.astype(np.float32) * np.float32(_SHARE_FACTOR), 255).astype(np.uint8)
    weight[~model] = 0
    highest = np.maximum(grey_dilation(gain, side), _GAIN_UNIT)
    exponent = gaussian_blur(highest, _SOFT * unit).astype(np.float32) * np.float32(1 / _GAIN_UNIT)
    mended = _with_contrast_of(reduced, _without_background(shown, model), model, exponent, unit)
    check_cancelled()
    picture, step = Image.fromarray(mended), height / pixels.shape[0]
    share = UpsampledPlane(weight, (pixels.shape[1], pixels.shape[0]))
    for top in range(0, len(pixels), BAND_ROWS):
        bottom = min(top + BAND_ROWS, len(pixels))
        rows = share.rows(top, bottom)
        if rows.any():
            box = (0.0, top * step, float(width), bottom * step)
            large = np.asarray(picture.resize((pixels.shape[1], bottom - top), Image.Resampling.BICUBIC, box=box))
            blend(pixels[top:bottom], large, rows)
    small = reduced.copy()
    blend(small, mended, weight * np.float32(1 / 255))
    return small


def _drawn_lines(shown: U8) -> Mask:
    """Returns which pixels are darker than what is on both sides of them, within a few pixels."""
    grey = np.asarray(Image.fromarray(shown).convert("L"))
    around = grey_closing(grey, _LINE_SIDE)
    lines: Mask = (around - grey > _DARKEST) & (grey < _LINE * around.astype(np.float32))
    return lines


def _broken_places(picture: U8, shown: U8, border: Mask) -> U8:
    """Returns where on ``border`` ``shown`` has an edge that ``picture`` has not, or not evenly.

    There, the value is the exponent that the capture's contrast needs, in units of 1 / ``_GAIN_UNIT``, and 0 elsewhere.
    """
    place = np.argwhere(border)
    points = place.astype(np.float32)
    wanted = _gradients(shown)
    normals = _directions(wanted, place)
    strength = _strength_along(wanted, points, normals, _COHERENT)
    must_stay = strength >= _WANTED
    points, normals, strength = points[must_stay], normals[must_stay], strength[must_stay]
    made = _gradients(picture)
    lost = _strength_along(made, points, normals, _EVEN) < _SEEN
    # Near a corner the capture's own edge is not even.
    at_corner = lost.copy()
    at_corner[lost] = _strength_along(wanted, points[lost], normals[lost], _EVEN) < _WANTED
    lost[at_corner] = _strength_along(made, points[at_corner], normals[at_corner], _COHERENT) < _SEEN
    y, x = points[lost].astype(np.intp).T
    # The same contrast makes a weaker edge in a darker picture.
    around = _Surroundings(np.full(border.shape, 255, np.uint8), _LIGHT_SIGMA)
    before, after = (around.mean(np.asarray(Image.fromarray(each).convert("L"))) for each in (shown, picture))
    light = np.minimum((after[y, x] + np.float32(_LIFT)) / (before[y, x] + np.float32(_LIFT)), 1)
    gain = np.zeros(border.shape, np.uint8)
    gain[y, x] = (np.clip(_SEEN / (strength[lost] * light), 1, _MAX_GAIN) * _GAIN_UNIT).astype(np.uint8)
    return gain


def _gradients(rgb: U8) -> I16:
    """Returns the gradient (height, width, 6) of three channels down, then across, in levels per two pixels."""
    gradients = np.zeros((*rgb.shape[:2], 6), np.int16)
    for channel in range(3):
        soft = gaussian_blur(np.ascontiguousarray(rgb[..., channel]), _EDGE_SIGMA).astype(np.int16)
        np.subtract(soft[2:], soft[:-2], out=gradients[1:-1, :, channel])
        np.subtract(soft[:, 2:], soft[:, :-2], out=gradients[:, 1:-1, 3 + channel])
    return gradients


def _float_blur(planes: F32, sigma: float) -> F32:
    soft: F32 = pyvips.Image.new_from_array(planes).gaussblur(sigma, precision="float").numpy()
    return soft


def _directions(gradients: I16, place: NDArray[np.intp]) -> F32:
    """Returns unit vectors (n, 2) across the strongest edge at each ``place`` (n, 2), by the structure tensor."""
    coarse = gradients[::_COARSE, ::_COARSE].astype(np.float32)
    down, across = coarse[..., :3], coarse[..., 3:]
    tensor = np.stack([np.einsum("ijk,ijk->ij", *each) for each in ((down, down), (across, across), (down, across))], 2)
    soft = _float_blur(tensor, _DIRECTION_SIGMA / _COARSE)
    rows, columns, mixed = soft[place[:, 0] // _COARSE, place[:, 1] // _COARSE].T
    angle = np.float32(0.5) * np.arctan2(2 * mixed, columns - rows)
    return np.stack([np.sin(angle), np.cos(angle)], 1).astype(np.float32)


def _strength_along(gradients: I16, points: F32, normals: F32, coherent: float) -> F32:
    """Returns how strong, in levels per pixel, the edge across ``normals`` is at ``points`` (n, 2).

    It is 0 where less than the part ``coherent`` of the gradient keeps its direction along the edge.
    """
    height, width = gradients.shape[:2]
    flat = gradients.reshape(-1, 6)
    best = np.zeros(len(points), np.float32)
    for across in _ACROSS:
        # What is strong enough on the border itself is not looked for beside it.
        left = np.flatnonzero(best < _SEEN)
        normal = normals[left]
        start = points[left] + np.float32(across) * normal
        step = normal[:, ::-1] * np.array([-1, 1], np.float32)
        signed = np.zeros((len(left), 3), np.float32)
        energy = np.zeros(len(left), np.float32)
        for along in _ALONG:
            place = np.rint(start + np.float32(along) * step).astype(np.int32)
            index = place[:, 0].clip(0, height - 1) * width + place[:, 1].clip(0, width - 1)
            each = flat.take(index, axis=0).astype(np.float32)
            signed += each[:, :3] * normal[:, :1]
            signed += each[:, 3:] * normal[:, 1:]
            energy += np.einsum("ij,ij->i", each, each)
        strength = np.sqrt(np.einsum("ij,ij->i", signed, signed)) / np.float32(len(_ALONG))
        is_even = strength >= coherent * np.sqrt(energy / len(_ALONG))
        best[left] = np.maximum(best[left], np.where(is_even, strength * np.float32(0.5), 0))
    return best


def _without_background(shown: U8, model: Mask) -> U8:
    """Returns the capture with drawn lines made softer, and without a bright background's part in the contour."""
    solid = model.astype(np.uint8) * 255
    grey = np.asarray(Image.fromarray(shown).convert("L"))
    outside, inside = (_Surroundings(each, _SIDE_SIGMA).mean(grey) for each in (255 - solid, solid))
    rim = model & (grey_erosion(solid, 3) == 0) & (outside > inside)
    out = shown.copy()
    for channel in range(3):
        out[..., channel][rim] = grey_erosion(np.ascontiguousarray(shown[..., channel]), 3)[rim]
    grey = np.asarray(Image.fromarray(out).convert("L"))
    around = np.maximum(grey_closing(grey, _LINE_SIDE), _DARKEST).astype(np.float32)
    line = (np.maximum(grey, _DARKEST) / around).ravel()
    place = np.flatnonzero(line < _LINE)
    flat = out.reshape(-1, 3)
    lifted = flat[place] * (line[place] ** np.float32(_LINE_EXPONENT - 1))[:, None]
    flat[place] = np.minimum(lifted, 255).astype(np.uint8)
    return out


def _with_contrast_of(picture: U8, shown: U8, model: Mask, exponent: F32, unit: float) -> U8:
    """Returns ``picture`` with the structure of ``shown`` over short distances, both (height, width, 3) in sRGB.

    The contrast is that of the capture times ``exponent`` (height, width). It is turned round where light falls from
    the other side.
    """
    solid = model.astype(np.uint8) * 255
    sigma = _LIGHT_SIGMA * unit
    surroundings = _Surroundings(solid, sigma)
    strength = exponent * _side_of_light(picture, shown, solid, sigma)
    contrast = _contrast(np.asarray(Image.fromarray(shown).convert("L")), surroundings)
    # Colours keep their contrast.
    factor = np.clip(1 + strength * (contrast - 1), *_RANGE) / np.maximum(contrast, np.float32(_RANGE[0]))
    out = np.empty_like(picture)
    for channel in range(3):
        level, light = (np.ascontiguousarray(each[..., channel]) for each in (shown, picture))
        bright = surroundings.mean(light) + np.float32(_LIFT)
        higher = np.clip(_contrast(level, surroundings), *_RANGE) * factor - 1
        # What is bright does not glow: it has little room to become brighter, and its dark side tells the edge.
        room = np.square(np.clip((255 + _LIFT - bright) * np.float32(1 / _ROOM), 0, 1))
        higher *= np.where(higher > 0, room, np.float32(1))
        mended = bright * (1 + higher) - np.float32(_LIFT)
        # Nor does it get a colour that is much brighter than anything around it.
        np.minimum(mended, grey_dilation(light, 2 * round(sigma) + 1) + np.float32(_BRIGHTER), out=mended)
        out[..., channel] = np.clip(mended + np.float32(0.5), 0, 255).astype(np.uint8)
    return out


def _contrast(level: U8, surroundings: _Surroundings) -> F32:
    """Returns each level over the mean of those around it."""
    found: F32 = (level + np.float32(_LIFT)) / (surroundings.mean(level) + np.float32(_LIFT))
    return found


def _side_of_light(picture: U8, shown: U8, solid: U8, sigma: float) -> F32:
    """Returns 1 where ``picture`` is bright where ``shown`` is, -1 where it is the other way round (height, width)."""
    small = Image.fromarray(solid).reduce(_COARSER)
    share = np.asarray(small, np.float32) * np.float32(1 / 255)
    amount = np.maximum(_float_blur(share, sigma / _COARSER), np.float32(0.02))
    guide, light = (_reduced_grey(each, solid) for each in (shown, picture))
    # What is no model is 0 in both, so that sums over the model are those of all.
    level, made = (each / np.maximum(share, np.float32(0.02)) for each in (guide, light))
    sums = _float_blur(np.stack([guide, light, guide * level, guide * made, light * made], 2), sigma / _COARSER)
    mean, bright, square, product, made_square = np.moveaxis(sums / amount[..., None], 2, 0)
    common = product - mean * bright
    variances = np.maximum(square - mean * mean, 0) * np.maximum(made_square - bright * bright, 0)
    correlation = common / np.maximum(np.sqrt(variances), np.float32(_NOISE))
    side = 1 - 2 * smoothstep(*_TURNED, -correlation)
    size = solid.shape[1], solid.shape[0]
    return np.asarray(Image.fromarray(side.astype(np.float32)).resize(size, Image.Resampling.BILINEAR), np.float32)


def _reduced_grey(rgb: U8, solid: U8) -> F32:
    grey = np.asarray(Image.fromarray(rgb).convert("L")) & solid
    return np.asarray(Image.fromarray(grey).reduce(_COARSER), np.float32)


class _Surroundings:
    """Means around each pixel, weighted with a Gaussian, over the pixels where ``inside`` is 255 and not 0."""

    def __init__(self, inside: U8, sigma: float) -> None:
        self._inside, self._sigma = inside, sigma
        self._step = _COARSE if sigma < _WIDE else _COARSER
        amount = self._blurred(inside).astype(np.float32)
        self._scale = np.float32(255) / np.maximum(amount, np.float32(12))

    def mean(self, level: U8) -> F32:
        """Returns the mean of ``level`` (height, width) around each pixel."""
        mean = Image.fromarray(self._blurred(level & self._inside) * self._scale)
        return np.asarray(mean.resize((level.shape[1], level.shape[0]), Image.Resampling.BILINEAR))

    def _blurred(self, level: U8) -> U8:
        return gaussian_blur(np.asarray(Image.fromarray(level).reduce(self._step)), self._sigma / self._step)

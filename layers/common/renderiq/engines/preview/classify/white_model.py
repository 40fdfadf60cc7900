"""White models (clay renders), whose faces differ only by the light on them."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_MAX_SATURATION: Final = 0.10
_MIN_VALUE: Final = 0.60
_MIN_MEAN_VALUE: Final = 0.70
_MIN_PALE_AREA: Final = 0.8
"""Of the area of all upright faces."""
_MAIN_FACE: Final = 0.06
"""Of the area of all regions: a grey level with at least this much is a main orientation of faces."""
_WHITE_LEVEL: Final = 0.87 * 208
"""Base colour of the main faces, 0..255: brighter ones would be clipped in the sun."""
_WHITE_TINT: Final = (1.01, 1.0, 0.975)
_PANEL_TINT: Final = np.array([0.70, 0.745, 0.80], np.float32)
"""Base colour of a recessed panel, such as a window, over that of its face: it receives less light from the sky."""
_SECOND_INCIDENCE: Final = 0.42
"""Sun incidence of the second of the two main orientations."""
_DEFAULT_SECOND: Final = 0.80
"""Level of the second orientation over that of the brightest one, if there is only one."""
_PANEL_CONTACT: Final = 0.45
_PANEL_EXTENT: Final = 0.65
"""Of a panel: the part of its contour that borders on its face, and its area over that of its box."""
_DARKEST_RATIO: Final = 0.72
"""Level over that of the second orientation at which the sun incidence is 0."""
_MAX_TOP_GAIN: Final = 1.14
"""Of faces that are brighter than the main ones, because they face the sky."""


def is_white_model(scene: Scene, saturation: F32, value: F32, horizontal: Mask) -> bool:
    """Returns whether nearly all faces are pale and without colour.

    ``saturation`` and ``value`` (0..1) are those of the regions; regions in ``horizontal`` do not count.
    """
    area = np.where(horizontal, 0, scene.regions.area).astype(np.float64)
    area[BACKGROUND] = 0
    if scene.is_interior or not area.any():
        return False
    pale = (saturation < _MAX_SATURATION) & (value > _MIN_VALUE)
    covers = area[pale].sum() > _MIN_PALE_AREA * area.sum()
    return bool(covers) and float(np.average(value, weights=area)) > _MIN_MEAN_VALUE


def relight_white_model(scene: Scene, value: F32) -> tuple[F32, F32]:
    """Returns the sun incidence (regions,) and the base colour (regions, 3), 0..255, of a white model.

    A viewport shades the faces of a white model with a few per cent of contrast. Their order is kept and the contrast
    is stretched.
    """
    area = scene.regions.area.astype(np.float64)
    area[BACKGROUND] = 0
    level = np.round(value * 255).astype(np.int32)
    histogram = np.bincount(level, area, 256)
    is_main = histogram > _MAIN_FACE * area.sum()
    brightest = int(histogram.argmax()) if not is_main.any() else int(np.flatnonzero(is_main)[-1])
    others = np.flatnonzero(is_main[: max(0, brightest - 2)])
    second = float(others[-1]) if len(others) else _DEFAULT_SECOND * brightest
    incidence = np.interp(value * 255, [_DARKEST_RATIO * second, second, brightest], [0.0, _SECOND_INCIDENCE, 1.0])
    gain = np.clip(value * 255 / brightest, 1.0, _MAX_TOP_GAIN)
    base_colour = np.repeat((gain * _WHITE_LEVEL)[:, None], 3, axis=1) * np.array(_WHITE_TINT)
    base_colour[_find_panels(scene, level)] *= _PANEL_TINT
    return incidence.astype(np.float32), base_colour.astype(np.float32)


def _find_panels(scene: Scene, level: I32) -> Mask:
    """Returns the rectangular regions that are drawn on a larger face of their own grey level."""
    label, box, area = scene.label, scene.regions.box, scene.regions.area
    count = len(area)
    pairs = []
    for one, two in ((label[:, 1:], label[:, :-1]), (label[1:], label[:-1])):
        differs = one != two
        here, there = one[differs].astype(np.int64), two[differs].astype(np.int64)
        pairs += [here * count + there, there * count + here]
    pair, length = np.unique(np.concatenate(pairs), return_counts=True)
    here, there = np.divmod(pair, count)
    contour = np.maximum(np.bincount(here, length, count), 1)
    is_on_face = (length > _PANEL_CONTACT * contour[here]) & (area[there] > 2 * area[here]) & (there != BACKGROUND)
    is_on_face &= np.abs(level[here] - level[there]) <= 2
    width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    panel = np.zeros(count, np.bool_)
    panel[here[is_on_face]] = True
    panel &= area > _PANEL_EXTENT * width * height
    panel[BACKGROUND] = False
    return panel

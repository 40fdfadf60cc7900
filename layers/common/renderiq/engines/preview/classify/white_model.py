"""White models: as an architect's card model, whose faces differ by their light alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, Mask
from renderiq.engines.preview.segment.regions import BACKGROUND
from renderiq.engines.preview.segment.scene import Scene

_CARD: Final = 0.87
"""Brightness of white card over that of a white viewport: sunlit card is not burnt out."""
_PANEL: Final = np.array([0.70, 0.745, 0.80], np.float32)
"""What is drawn on a face, a window say, over the face: set back, it sees less of the sky's bright part."""
_TURNED: Final = 0.42
"""Sun on the second of the two main faces."""


def is_white_model(scene: Scene, saturation: F32, value: F32, bare: Mask) -> bool:
    """Whether nearly everything that is not ``bare`` ground is pale and has no colour."""
    area = np.where(bare, 0, scene.regions.area).astype(np.float64)
    area[BACKGROUND] = 0
    if scene.is_interior or not area.any():
        return False
    pale = (saturation < 0.10) & (value > 0.60)
    return bool(area[pale].sum() > 0.8 * area.sum()) and float(np.average(value, weights=area)) > 0.70


def shade_white_model(scene: Scene, value: F32) -> tuple[F32, F32]:
    """How sunlit each region's face is, and the colour of its card (0..255).

    A viewport shades a white model by a few per cent only; its order of faces stays, with their distance widened.
    """
    area = scene.regions.area.astype(np.float64)
    area[BACKGROUND] = 0
    level = np.round(value * 255).astype(np.int32)
    votes = np.bincount(level, area, 256)
    main = votes > 0.06 * area.sum()
    brightest = int(votes.argmax()) if not main.any() else int(np.flatnonzero(main)[-1])
    others = np.flatnonzero(main[: max(0, brightest - 2)])
    second = float(others[-1]) if len(others) else 0.80 * brightest
    lit = np.interp(value * 255, [0.72 * second, second, brightest], [0.0, _TURNED, 1.0]).astype(np.float32)
    # All is one card; brighter than the main faces are only those that face the sky.
    tone = np.clip(value * 255 / brightest, 1.0, 1.14)
    card = np.repeat((tone * _CARD * 208)[:, None], 3, axis=1) * np.array([1.01, 1.0, 0.975])
    card[_panels(scene, level)] *= _PANEL
    return lit, card.astype(np.float32)


def _panels(scene: Scene, level: I32) -> Mask:
    """Regions drawn on a larger face of their own shade: four straight sides, and that face along most of them."""
    label, box, area = scene.label, scene.regions.box, scene.regions.area
    many = len(area)
    pairs = []
    for one, two in ((label[:, 1:], label[:, :-1]), (label[1:], label[:-1])):
        differ = one != two
        here, there = one[differ].astype(np.int64), two[differ].astype(np.int64)
        pairs += [here * many + there, there * many + here]
    pair, length = np.unique(np.concatenate(pairs), return_counts=True)
    here, there = np.divmod(pair, many)
    border = np.maximum(np.bincount(here, length, many), 1)
    on_face = (length > 0.45 * border[here]) & (area[there] > 2 * area[here]) & (there != BACKGROUND)
    on_face &= np.abs(level[here] - level[there]) <= 2
    wide, tall = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    panel = np.zeros(many, np.bool_)
    panel[here[on_face]] = True
    panel &= area > 0.65 * wide * tall
    panel[BACKGROUND] = False
    return panel

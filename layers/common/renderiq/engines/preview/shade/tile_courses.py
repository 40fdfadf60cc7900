"""Rows of tiles that follow a roof's eave and ridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import Material, Surfaces
from renderiq.engines.preview.geometry.lines import fit_dominant_line
from renderiq.engines.preview.raster import F32
from renderiq.engines.preview.segment.scene import Scene

_PROBES: Final = 48


@dataclass(frozen=True, slots=True)
class TileCourses:
    """Per region, in output pixels: the eave and the ridge as y = slope * x + base, and how many rows lie between."""

    eave: F32
    ridge: F32
    count: F32
    strength: F32

    def at(self, region: NDArray[np.intp], x: F32, y: F32) -> F32:
        """The row of tiles at a place, counted from the ridge, with its fraction."""
        ridge, eave = self.ridge[region], self.eave[region]
        from_ridge = np.maximum(y - (ridge[:, 0] * x + ridge[:, 1]), 0)
        to_eave = np.maximum((eave[:, 0] * x + eave[:, 1]) - y, 0)
        course: F32 = from_ridge / np.maximum(from_ridge + to_eave, 1) * self.count[region]
        return course


def fit_tile_courses(scene: Scene, surfaces: Surfaces, scale: float) -> TileCourses:
    many = len(scene.regions)
    eave, ridge = np.zeros((many, 2), np.float32), np.zeros((many, 2), np.float32)
    count, strength = np.ones(many, np.float32), np.zeros(many, np.float32)
    for region in np.flatnonzero(surfaces.material == Material.ROOF):
        left, top, right, bottom = scene.regions.box[region]
        mask = scene.label[top:bottom, left:right] == region
        columns = np.flatnonzero(mask.any(axis=0))
        if len(columns) < 12:
            continue
        upper = np.argmax(mask[:, columns], axis=0) + top
        lower = bottom - np.argmax(mask[::-1, columns], axis=0)
        x = columns + left
        for line, y in ((ridge, upper), (eave, lower)):
            slope, base = fit_dominant_line(x.astype(np.float64), y.astype(np.float64))
            line[region] = slope, base * scale
        tall = float(np.percentile(lower - upper, 90))
        unit = max(scene.size) / 1600
        count[region] = max(3.0, round(tall / (7.5 * unit)))
        strength[region] = 1.0 if tall / count[region] * scale > 3 else 0.0
    return TileCourses(eave, ridge, count, strength)

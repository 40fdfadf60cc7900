"""Courses of roof tiles, which follow the eave and the ridge of a roof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderiq.engines.preview.classify.materials import Material
from renderiq.engines.preview.classify.surfaces import Surfaces
from renderiq.engines.preview.geometry.lines import fit_dominant_line
from renderiq.engines.preview.raster import F32
from renderiq.engines.preview.segment.scene import Scene

_MIN_WIDTH: Final = 12
"""Pixels of the capture: narrower roofs get no courses."""
_COURSE_HEIGHT: Final = 7.5
"""Pixels of a capture of 1600 pixels."""
_MIN_COURSES: Final = 3.0
_MIN_OUTPUT_HEIGHT: Final = 3
"""Pixels of the output: lower courses are not visible."""


@dataclass(frozen=True, slots=True)
class TileCourses:
    """The courses of each region, indexed by its label, in output pixels.

    ``eave`` and ``ridge`` (regions, 2) are lines as (slope, intercept). ``count`` is the number of courses between
    them. ``strength`` is 1 if the courses are visible and 0 otherwise.
    """

    eave: F32
    ridge: F32
    count: F32
    strength: F32

    def course_at(self, region: NDArray[np.intp], x: F32, y: F32) -> F32:
        """Returns the number of the course at each pixel, counted from the ridge, with its fraction."""
        ridge, eave = self.ridge[region], self.eave[region]
        from_ridge = np.maximum(y - (ridge[:, 0] * x + ridge[:, 1]), 0)
        to_eave = np.maximum((eave[:, 0] * x + eave[:, 1]) - y, 0)
        course: F32 = from_ridge / np.maximum(from_ridge + to_eave, 1) * self.count[region]
        return course


def fit_tile_courses(scene: Scene, surfaces: Surfaces, scale: float) -> TileCourses:
    """Fits eave and ridge to the contour of each roof. ``scale`` is the output's width over that of the scene."""
    regions = len(scene.regions)
    eave, ridge = np.zeros((regions, 2), np.float32), np.zeros((regions, 2), np.float32)
    count, strength = np.ones(regions, np.float32), np.zeros(regions, np.float32)
    for region in np.flatnonzero(surfaces.material == Material.ROOF):
        left, top, right, bottom = scene.regions.box[region]
        mask = scene.label[top:bottom, left:right] == region
        columns = np.flatnonzero(mask.any(axis=0))
        if len(columns) < _MIN_WIDTH:
            continue
        upper = np.argmax(mask[:, columns], axis=0) + top
        lower = bottom - np.argmax(mask[::-1, columns], axis=0)
        x = columns + left
        for line, y in ((ridge, upper), (eave, lower)):
            slope, intercept = fit_dominant_line(x.astype(np.float64), y.astype(np.float64))
            line[region] = slope, intercept * scale
        height = float(np.percentile(lower - upper, 90))
        unit = max(scene.size) / 1600
        count[region] = max(_MIN_COURSES, round(height / (_COURSE_HEIGHT * unit)))
        strength[region] = 1.0 if height / count[region] * scale > _MIN_OUTPUT_HEIGHT else 0.0
    return TileCourses(eave, ridge, count, strength)

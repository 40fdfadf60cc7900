"""The view: focal length, the direction that is up, and distances from the levels of a depth image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.domain.scene_description import Camera, Projection
from renderiq.engines.preview.raster import F32, F64

# Picture coordinates: x to the right and y up from the centre, in picture heights. View coordinates: x to the right,
# y up, z towards the camera.
_USUAL_FOV: Final = 38.0
"""Degrees, vertical: what is assumed if the plugin sends none and the geometry does not tell."""
_FOVS: Final = (16.0, 20.0, 24.0, 28.0, 32.0, 36.0, 40.0, 45.0, 50.0, 56.0, 62.0, 70.0)
_PARALLEL_SCALES: Final = tuple(float(scale) for scale in np.geomspace(0.15, 8, 24))
_PITCHES: Final = np.radians(np.arange(-30.0, 90.5, 0.5))
_LEVEL_WALL: Final = 0.045
"""Sine of the angle by which a wall may lean."""
_FOV_PRIOR: Final = 0.06
"""Score that a field of view loses for each doubling or halving of the usual one."""
_MIN_GAIN: Final = 0.02
_MIN_PLANE: Final = 60
_MIN_PLANE_SHARE: Final = 0.0006
"""Pixels of a plane that tells something of the view, and their part of all."""
_PITCH_PRIOR: Final = 0.04


@dataclass(frozen=True, slots=True)
class View:
    """How picture coordinates and distances become points in view coordinates.

    ``focal`` is the focal length in picture heights; in a parallel view it is the range of the depth over the height
    of the picture in the scene. ``up`` (3,) is the direction that is up in the scene.
    """

    focal: float
    up: F32
    is_parallel: bool

    @property
    def horizon(self) -> float:
        """The picture coordinate y of the horizon; far outside of the picture if the camera looks straight down."""
        if self.is_parallel:
            return 1e3 if self.up[2] > 0 else -1e3
        return float(self.focal * self.up[2] / max(float(self.up[1]), 1e-3))

    @property
    def pitch(self) -> float:
        """Degrees by which the camera looks down."""
        return float(np.degrees(np.arctan2(self.up[2], self.up[1])))

    def normals(self, planes: F64) -> F32:
        """Returns the unit normals (count, 3), towards the camera, of planes (count, 3) of inverse distance."""
        towards = np.ones(len(planes)) if self.is_parallel else planes[:, 2]
        normal = np.stack([-planes[:, 0] * self.focal, -planes[:, 1] * self.focal, towards], 1)
        found: F32 = (normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)).astype(np.float32)
        return found

    def positions(self, x: F32, y: F32, inverse: F32) -> tuple[F32, F32, F32]:
        """Returns points in view coordinates; ``inverse`` is the inverse distance, or the level in a parallel view."""
        if self.is_parallel:
            scale = np.float32(1 / self.focal)
            return x * scale, y * scale, inverse - np.float32(1)
        distance = 1 / np.maximum(inverse, np.float32(1e-4))
        across = distance * np.float32(1 / self.focal)
        return (x * across).astype(np.float32), (y * across).astype(np.float32), (-distance).astype(np.float32)


def inverse_distance(level: F32, curvature: float) -> F32:
    """Returns the inverse distance for levels of a depth image, 1 being nearest; at the nearest point it is 1.

    Distances are taken to be even in the levels. ``curvature`` is 1 - near / far, as ``find_curvature`` estimates it,
    if the camera does not tell. At 0 the levels are inverse distances themselves, or the view is parallel.
    """
    if curvature <= 0:
        return level
    return np.float32(1 - curvature) / (1 - np.float32(curvature) * level)


def known_curvature(camera: Camera | None) -> float | None:
    """Returns 1 - near / far if the camera tells it, else None."""
    if camera is None:
        return None
    if camera.projection is Projection.PARALLEL:
        return 0.0
    if camera.near is not None and camera.far is not None:
        return 1 - camera.near / camera.far
    return None


def known_focal(camera: Camera | None, cropped: float) -> float | None:
    """Returns the focal length in heights of the picture, which has ``cropped`` (0..1) of the capture's height."""
    if camera is None or camera.fov is None or camera.projection is Projection.PARALLEL:
        return None
    return float(0.5 / np.tan(np.radians(camera.fov) / 2) / cropped)


def known_up(camera: Camera | None) -> F32 | None:
    """Returns the direction that is up in view coordinates, if the camera tells where it looks."""
    if camera is None or camera.position is None or camera.target is None:
        return None
    forward = np.subtract(camera.target, camera.position)
    up = np.array(camera.up or (0.0, 1.0, 0.0))
    length, up_length = float(np.linalg.norm(forward)), float(np.linalg.norm(up))
    if length < 1e-9 or up_length < 1e-9:
        return None
    sine = float(np.clip(forward @ up / (length * up_length), -1, 1))
    return np.array([0, np.sqrt(1 - sine * sine), -sine], np.float32)


def usual_focal() -> float:
    """Returns the focal length of the usual field of view, in picture heights."""
    return float(0.5 / np.tan(np.radians(_USUAL_FOV) / 2))


def find_view(planes: F64, area: F64, camera: Camera | None, cropped: float, *, is_parallel: bool) -> View:
    """Finds what the camera does not tell: the focal length and pitch at which walls are upright and meet squarely.

    ``planes`` (count, 3) are inverse distances as ax + by + c, ``area`` (count,) their pixels.
    """
    focal, up = known_focal(camera, cropped), known_up(camera)
    # The planes of small parts are not reliable.
    telling = area >= max(_MIN_PLANE, _MIN_PLANE_SHARE * float(area.sum()))
    planes, area = planes[telling], area[telling]
    if focal is None:
        usual = usual_focal() if not is_parallel else 1.0
        candidates = _PARALLEL_SCALES if is_parallel else [0.5 / np.tan(np.radians(fov) / 2) / cropped for fov in _FOVS]
        scored = []
        for each in candidates:
            normals = View(each, np.array([0, 1, 0], np.float32), is_parallel).normals(planes)
            score = _score(normals, area, up) - _FOV_PRIOR * abs(np.log2(each / usual))
            scored.append(score)
        at_usual = _score(View(usual, np.array([0, 1, 0], np.float32), is_parallel).normals(planes), area, up)
        best = int(np.argmax(scored))
        focal = float(candidates[best]) if scored[best] > at_usual + _MIN_GAIN else usual
    normals = View(focal, np.array([0, 1, 0], np.float32), is_parallel).normals(planes)
    if up is None:
        up = find_up(normals, area)
    return View(focal, up, is_parallel)


def find_up(normals: F32, area: F64) -> F32:
    """Returns the direction that is up in view coordinates: the pitch at which most surfaces are upright or level."""
    if not len(normals):
        return np.array([0, 1, 0], np.float32)
    return _up_of(float(_PITCHES[int(_pitch_scores(normals, area).argmax())]))


def _up_of(pitch: float) -> F32:
    return np.array([0, np.cos(pitch), np.sin(pitch)], np.float32)


def _pitch_scores(normals: F32, area: F64) -> F64:
    ups = np.stack([np.zeros_like(_PITCHES), np.cos(_PITCHES), np.sin(_PITCHES)], 1)
    cosine = normals.astype(np.float64) @ ups.T
    sine = np.sqrt(np.maximum(1 - cosine * cosine, 0))
    upright = np.exp(-((cosine / _LEVEL_WALL) ** 2))
    level = np.exp(-((sine / _LEVEL_WALL) ** 2)) * (cosine > 0)
    weight = np.sqrt(np.maximum(area, 0))
    scores: F64 = (weight[:, None] * (upright + level)).sum(axis=0) / max(float(weight.sum()), 1e-9)
    preferred: F64 = scores - _PITCH_PRIOR * np.abs(_PITCHES - np.radians(8))
    return preferred


def _score(normals: F32, area: F64, up: F32 | None) -> float:
    """Returns how well surfaces are upright or level, and upright ones at right angles to each other."""
    if not len(normals):
        return 0.0
    scores = _pitch_scores(normals, area)
    best = int(scores.argmax())
    if up is None:
        up, score = _up_of(float(_PITCHES[best])), float(scores[best])
    else:
        pitch = float(np.arctan2(up[2], up[1]))
        score = float(scores[int(np.abs(_PITCHES - pitch).argmin())])
    walls = np.abs(normals @ up) < 3 * _LEVEL_WALL
    wall, weight = normals[walls].astype(np.float64), np.sqrt(area[walls])
    if len(wall) > 1:
        cosine = np.abs(wall @ wall.T)
        square = np.exp(-((cosine / 0.06) ** 2)) + np.exp(-(((1 - cosine) / 0.01) ** 2))
        pair = weight[:, None] * weight[None]
        score += float((square * pair).sum() / pair.sum())
    return score

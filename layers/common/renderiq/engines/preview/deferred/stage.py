"""The stage: whether the model is a room, a house outdoors or a model in a studio, and how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.deferred.geometry import Geometry
from renderiq.engines.preview.deferred.light import Ground, find_ground
from renderiq.engines.preview.geometry.horizon import find_horizon
from renderiq.engines.preview.look.look_modifiers import with_studio_backdrop
from renderiq.engines.preview.look.styles import Look
from renderiq.engines.preview.raster import U8, Mask

_MAX_PITCH: Final = 27.0
_MIN_HORIZON: Final = -0.2
"""Degrees by which a camera may look down, and row of the horizon over the height of the picture, to see the sky."""
_INTERIOR_BACKGROUND: Final = 0.05
_INTERIOR_FRAME: Final = 0.9
"""Of the picture, and of its border: background that a room has at most, and what of the border the room fills."""
_CEILING: Final = 0.015
"""Of the picture: what looks down and is above the camera in a room."""
_LOWEST: Final = 0.4
"""Per cent of the pixels that may be lower than the ground."""
_UPRIGHT: Final = 0.2
_SQUARE: Final = 0.5
_MIN_WALL: Final = 0.02
_WALL_SAMPLES: Final = 600
_FACING: Final = 1.5
_MIN_FACING: Final = 0.02
"""Cosines of walls with the upright and with each other; the part of the picture that is wall; how many points are
compared; and pairs that face each other, over those that turn away from each other, and of all pairs, in a room."""
_OWN_GROUND: Final = 0.45
_LEVEL: Final = 0.97
_LOW: Final = 0.25
_GROUND_AT_FRAME: Final = 0.1
"""Part of a model that is ground, if it brings its own; cosine of the normal of ground with the upright; height of it,
over that of the model; and the part of the picture's border at which it may go on."""
MODEL_HEIGHT: Final = 6.5
_ROOM_HEIGHT: Final = 2.8
"""Metres: how high a model and a room are taken to be, for the size of textures."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the model stands: the look, the ground and the scale."""

    look: Look
    ground: Ground | None
    is_outdoors: bool
    is_interior: bool
    horizon: float
    """The row of the horizon over the height of the picture."""
    metre: float
    """Metres per unit of the positions."""
    height: float
    """Height of what is seen, in the unit of the positions."""

    @classmethod
    def of(cls, geometry: Geometry, look: Look, grey: U8) -> Stage:
        """Finds the stage of a capture from its geometry; ``grey`` (height, width) tells the horizon without a view."""
        is_interior = _is_interior(geometry)
        view = geometry.view
        ground, tall = None, 1.0
        points, heights = geometry.positions(), geometry.heights()
        if points is not None and heights is not None:
            shown = heights[~geometry.background][::7]
            across = np.broadcast_to(points[0], geometry.region.shape)[~geometry.background][::7]
            if len(shown):
                level, low, high = np.percentile(shown, (_LOWEST, 1, 99))
                left, right = np.percentile(across, (2, 98))
                tall = float(max(high - low, 0.25 * (right - left), 1e-4))
                if not is_interior:
                    ground = find_ground(geometry, float(level))
        if view is None:
            horizon = find_horizon(grey) / len(grey)
            is_steep = horizon < _MIN_HORIZON
        else:
            horizon = 0.5 - view.horizon
            is_steep = view.pitch > _MAX_PITCH or view.is_parallel
        outdoors = look.outdoors and not is_interior and not is_steep
        outdoors = outdoors and not is_cut_away(geometry) and not has_own_ground(geometry)
        if not outdoors and not is_interior:
            look = with_studio_backdrop(look) if look.outdoors else look
        metre = (_ROOM_HEIGHT if is_interior else MODEL_HEIGHT) / tall
        return cls(look, ground, outdoors, is_interior, horizon, metre, tall)


def _is_interior(geometry: Geometry) -> bool:
    """Returns whether the capture shows a room from within."""
    background = geometry.background
    frame = _frame_of(background)
    if background.mean() < _INTERIOR_BACKGROUND and 1 - frame.mean() > _INTERIOR_FRAME:
        return True
    view = geometry.view
    if geometry.normals is None or view is None or 1 - frame.mean() < 0.6:
        return False
    fall = (geometry.normals @ view.up) < -0.9
    heights = geometry.heights()
    if heights is not None:
        fall &= heights > 0
    return bool(fall.mean() > _CEILING and fall[: len(fall) // 6].mean() > 0.3)


def is_cut_away(geometry: Geometry) -> bool:
    """Returns whether the capture shows rooms from outside, without a roof or a wall: walls face each other.

    Two walls of a house that meet outside turn away from each other.
    """
    points, view = geometry.positions(), geometry.view
    if points is None or view is None or geometry.normals is None:
        return False
    normals = geometry.normals
    is_wall = (np.abs(normals @ view.up) < _UPRIGHT) & ~geometry.background
    index = np.flatnonzero(is_wall)
    if len(index) < _MIN_WALL * is_wall.size:
        return False
    index = index[:: max(1, len(index) // _WALL_SAMPLES)]
    normal = normals.reshape(-1, 3)[index]
    place = np.stack([np.broadcast_to(each, is_wall.shape).ravel()[index] for each in points], 1)
    # In front of a wall's plane, at the foot of its normal.
    height = (place * normal).sum(axis=1)
    before = place @ normal.T - height[None]
    is_square = np.abs(normal @ normal.T) < _SQUARE
    facing = is_square & (before > 0) & (before.T > 0)
    turned = is_square & (before < 0) & (before.T < 0)
    return bool(facing.sum() > _FACING * turned.sum() and facing.sum() > _MIN_FACING * is_square.size)


def has_own_ground(geometry: Geometry) -> bool:
    """Returns whether most of the model is the ground that it stands on, and the ground ends within the picture."""
    heights, view = geometry.heights(), geometry.view
    if heights is None or view is None or geometry.normals is None:
        return False
    model = ~geometry.background
    is_level = model & (geometry.normals @ view.up > _LEVEL)
    if is_level.sum() < _OWN_GROUND * model.sum():
        return False
    low, high = np.percentile(heights[model][::7], (1, 99))
    is_low = is_level & (heights < low + _LOW * (high - low))
    return bool(is_low.sum() > _OWN_GROUND * model.sum() and _frame_of(is_low).mean() < _GROUND_AT_FRAME)


def _frame_of(mask: Mask) -> Mask:
    """Returns the pixels of a mask along the border of the picture (count,)."""
    return np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])

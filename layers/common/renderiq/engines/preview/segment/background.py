"""The background of a capture: empty model space, and a ground plane that the viewport draws itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from renderiq.engines.preview.raster import F32, I32, U8, Mask
from renderiq.engines.preview.segment.interior import SKY_BLUENESS, find_window_openings, is_ceiling
from renderiq.engines.preview.segment.labels import RunLengthLabels

_SAME_COLOUR: Final = 5
"""Levels per channel within which two components have one colour."""
_SAME_GROUND_COLOUR: Final = 3
_SKY_MIN_BLUE: Final = 160
_SKY_MIN_BORDER: Final = 0.25
"""Of the upper border, for a sky between houses."""
_MIN_BORDER: Final = 0.5
"""Of the top and the upper sides of the frame, for the background around a model."""
_MIN_AREA: Final = 0.04
_GROUND_MIN_BORDER: Final = 0.6
"""Of the lower border of the frame."""
_HORIZON_RANGE: Final = (0.12, 0.75)
"""Rows, as a part of the height, at which a ground plane may begin."""
_LAWN_GREENNESS: Final = 1.06
"""Green over red and blue of a lawn."""
_GROUND_SIDE_ROWS: Final = 0.06
"""Of the height: within so many rows a ground plane meets both sides of the frame."""
_ROAD_MIN_WIDTH: Final = 0.004
"""Of the picture's width, at the vanishing point of a road."""
_ROAD_NARROWING: Final = 0.12
"""Width of a road at its far end over its largest width, if it ends at a vanishing point."""
_ROOM_MIN_AREA: Final = 0.4
"""Of the picture: the faces along the four sides of the frame, in a room."""


@dataclass(frozen=True, slots=True)
class Background:
    """``is_background`` says for each component whether it is background or ground.

    ``horizon`` is the row at which the viewport's own ground plane begins, or None if it draws none. ``is_interior``
    says whether the capture shows a room.
    """

    is_background: Mask
    horizon: float | None
    is_interior: bool


def match_background(colour: F32, area: I32, background: tuple[int, int, int]) -> Background:
    """Returns as background the components that have the colour ``background`` (0..255)."""
    is_background = np.abs(colour - np.array(background)).max(axis=1) < _SAME_COLOUR
    return Background(is_background & (area > 0), None, False)


def find_background(rgb: U8, components: I32, runs: RunLengthLabels, colour: F32, area: I32) -> Background:
    """Finds the background by the colour along the top and the upper sides of the frame.

    All components of that colour are background, also those visible between posts. ``runs`` encodes labels whose
    ``colour`` (labels, 3) and ``area`` are given, and ``components`` is the map of those that are still in use.
    """
    height = components.shape[0]
    top = _most_frequent(components[0], len(area))
    if is_ceiling(components == top, colour[top]):
        return Background(find_window_openings(components, colour, area), None, True)
    third = height // 3
    border = np.concatenate([components[0], components[:third, 0], components[:third, -1]])
    seed = _most_frequent(border, len(area))
    is_alike = (np.abs(colour - colour[seed]).max(axis=1) < _SAME_COLOUR) & (area > 0)
    if is_alike[border].mean() < _MIN_BORDER:
        # In streets and courtyards the sky is only at a part of the upper border.
        is_alike = _find_sky(components, colour) & (area > 0)
    if area[is_alike].sum() < _MIN_AREA * components.size:
        openings = find_window_openings(components, colour, area)
        return Background(openings, None, _is_enclosed(components, area))
    is_background = is_alike.copy()
    is_background |= _matches_gradient(rgb, runs, is_background[components]) & (area > 0)
    bottom = _most_frequent(components[-1], len(area))
    if is_background[bottom] or area[bottom] == 0:
        return Background(is_background, None, False)
    is_ground = (np.abs(colour - colour[bottom]).max(axis=1) < _SAME_GROUND_COLOUR) & (area > 0)
    if is_ground[components[-1]].mean() < _GROUND_MIN_BORDER:
        return Background(is_background, None, False)
    rows = np.flatnonzero(is_ground[components].mean(axis=1) > 0.1)
    lowest, highest = _HORIZON_RANGE
    if not len(rows) or rows[0] < lowest * height:
        return Background(is_background, None, False)
    if not _is_open_ground(is_ground[components], colour[bottom], int(rows[0])):
        return Background(is_background, _vanishing_row(is_ground[components]), False)
    horizon = float(rows[0]) if rows[0] < highest * height else None
    return Background(is_background | is_ground, horizon, False)


def _find_sky(components: I32, colour: F32) -> Mask:
    """Returns the components of the most frequent colour of the upper border, if it is a light, bluish one."""
    top = _most_frequent(components[0], len(colour))
    is_alike: Mask = np.abs(colour - colour[top]).max(axis=1) < _SAME_COLOUR
    red, _, blue = colour[top]
    is_sky = blue > red + SKY_BLUENESS and blue > _SKY_MIN_BLUE and is_alike[components[0]].mean() > _SKY_MIN_BORDER
    return is_alike & bool(is_sky)


def _matches_gradient(rgb: U8, runs: RunLengthLabels, shown: Mask) -> Mask:
    """Returns the labels whose colour matches, row by row, a vertical gradient of the background.

    ``shown`` has the pixels that are known to be background.
    """
    rows = np.flatnonzero(shown.any(axis=1))
    channels = (np.ascontiguousarray(rgb[..., channel]) * shown for channel in range(3))
    gradient = np.stack([channel.sum(axis=1, dtype=np.int64)[rows] for channel in channels], axis=1)
    gradient = gradient / shown.sum(axis=1)[rows, None]
    area = runs.area()
    if np.ptp(gradient, axis=0).max() < _SAME_COLOUR:
        return np.zeros(len(area), np.bool_)
    is_alike = np.ones(len(area), np.bool_)
    for channel in range(3):
        level = np.interp(np.arange(len(shown)), rows, gradient[:, channel]).astype(np.float32)
        is_alike &= runs.sum(np.abs(rgb[..., channel] - level[:, None])) < _SAME_COLOUR * area
    return is_alike


def _is_enclosed(components: I32, area: I32) -> bool:
    """Returns whether a few large faces cover the sides of the frame, as in a room."""
    borders = (components[0], components[-1], components[:, 0], components[:, -1])
    sides = [_most_frequent(border, len(area)) for border in borders]
    covers = sum(int(area[side]) for side in set(sides)) > _ROOM_MIN_AREA * components.size
    return covers and len(set(sides)) >= 3


def _vanishing_row(road: Mask) -> float | None:
    """Returns the row of a road's vanishing point, or None if the road ends before it has become narrow."""
    width = road.sum(axis=1)
    rows = np.flatnonzero(width > _ROAD_MIN_WIDTH * road.shape[1])
    lowest, highest = _HORIZON_RANGE
    if not len(rows) or not lowest < rows[0] / len(road) < highest or width[rows[0]] > _ROAD_NARROWING * width.max():
        return None
    return float(rows[0])


def _is_open_ground(shown: Mask, colour: F32, top: int) -> bool:
    """Returns whether the ground is a lawn or a plane that reaches the horizon on both sides; a road is neither."""
    red, green, blue = (float(channel) for channel in colour)
    if green > _LAWN_GREENNESS * max(red, blue):
        return True
    rows = round(_GROUND_SIDE_ROWS * len(shown))
    return bool(shown[top : top + rows, 0].any() and shown[top : top + rows, -1].any())


def _most_frequent(labels: I32, count: int) -> int:
    """Returns the most frequent label except 0."""
    votes = np.bincount(labels, minlength=count)
    votes[0] = 0
    return int(votes.argmax())
